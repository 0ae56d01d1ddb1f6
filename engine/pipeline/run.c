/* SPDX-License-Identifier: Apache-2.0
 * A run from its options to its exit code: see run.h for the contract and run_internal.h for the
 * picture of the threads.
 *
 * Order of the end, which is what makes a summary's presence mean "whole": the lister closes
 * `listed`, the opener `ready`, the last content thread lets `blocks` and `records` be closed, the
 * writer drains; then the spool is merged, the totals are checked against each other, and
 * summary.json is written last. */
#include "pipeline/run.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "pipeline/baseline_load.h"
#include "pipeline/run_internal.h"

#define MEMORY_MIN_BYTES (64ULL << 20)
#define PART_MIN_BYTES 1U
#define PART_MAX_BYTES (256U << 20)
#define BLOCK_MAX_BYTES (8U << 20)
#define SUMMARY_BYTES_MAX (64U << 20)

static _Thread_local const char *volatile tl_object;

void as_run_set_current_object(const char *name)
{
    tl_object = name;
}

const char *as_run_current_object(void)
{
    return tl_object;
}

const struct as_run_facts *as_run_facts(const struct as_run *r)
{
    return &r->report.facts;
}

const struct as_progress *as_run_progress(const struct as_run *r)
{
    return &r->progress;
}

const struct as_report *as_run_report(const struct as_run *r)
{
    return &r->report;
}

void as_run_abandon(struct as_run *r)
{
    as_cancel_request(&r->stop);
    as_cancel_request(&r->abandon);
}

void as_run_fault(struct as_run *r, enum as_status status, const struct as_error *err)
{
    pthread_mutex_lock(&r->lock);
    if (r->locked.fault == AS_OK) {
        r->locked.fault = status;
        if (err != NULL && err->message[0] != '\0') {
            r->locked.error = *err;
        } else {
            as_fail(&r->locked.error, status, "%s", as_status_text(status));
        }
    }
    pthread_mutex_unlock(&r->lock);
    as_run_abandon(r);
}

static enum as_status check_options(const struct as_run_options *o, struct as_error *err)
{
    if (o->target_count == 0) {
        return as_fail(err, AS_E_USAGE,
                       "no TARGET was given: name an s3://bucket[/prefix], a file, a folder, or -");
    }
    if (o->memory_bytes < MEMORY_MIN_BYTES) {
        return as_fail(err, AS_E_USAGE, "--memory must be at least 64MiB");
    }
    if (o->part_bytes < PART_MIN_BYTES || o->part_bytes > PART_MAX_BYTES) {
        return as_fail(err, AS_E_USAGE, "--part-size must be between 1 and 256MiB");
    }
    if (o->block_bytes < 1 || o->block_bytes > BLOCK_MAX_BYTES) {
        return as_fail(err, AS_E_USAGE, "--block-size must be between 1 and 8MiB");
    }
    if (o->threads > AS_THREADS_MAX) {
        return as_fail(err, AS_E_USAGE, "--threads must be at most %u", AS_THREADS_MAX);
    }
    return AS_OK;
}

static enum as_status load_detectors(struct as_run *r, struct as_error *err)
{
    const struct as_run_options *o = &r->options;
    r->catalog = &as_catalog_builtin;
    if (o->detector_file_count != 0) {
        AS_TRY(as_catalog_extend(&as_catalog_builtin, o->detector_files, o->detector_file_count,
                                 &r->extended, err));
        r->catalog = r->extended;
    }
    r->enabled = as_calloc(r->catalog->count, 1);
    struct as_summary *s = &r->locked.summary;
    s->by_detector = as_calloc(r->catalog->count, sizeof *s->by_detector);
    s->objects_by_detector = as_calloc(r->catalog->count, sizeof *s->objects_by_detector);
    s->severities_by_detector = as_calloc(r->catalog->count, sizeof *s->severities_by_detector);
    if (r->enabled == NULL || s->by_detector == NULL || s->objects_by_detector == NULL ||
        s->severities_by_detector == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    AS_TRY(as_catalog_select(r->catalog, o->select, o->exclude, r->enabled, err));
    if (memchr(r->enabled, 1, r->catalog->count) == NULL) {
        return as_fail(err, AS_E_USAGE,
                       "--select and --exclude leave no detector: nothing would be looked for");
    }
    const struct as_scanner_options options = {
        .catalog = r->catalog,
        .enabled = r->enabled,
        .include_test_data = o->include_test_data,
        .confidence_min = o->confidence_min,
        .value_key = as_random64(),
    };
    return as_scanner_new(&options, &r->scanner, err);
}

static enum as_status open_output(struct as_run *r, struct as_error *err)
{
    const char *dir = r->options.output_dir;
    if (dir == NULL || strcmp(dir, "-") == 0) {
        r->results_location = as_strdup("stdout");
        return r->results_location == NULL ? as_fail(err, AS_E_NO_MEMORY, "out of memory") : AS_OK;
    }
    static const char csv_head_failed[] = "";
    struct as_strbuf head;
    as_strbuf_init(&head, 4096);
    enum as_status status = as_document_csv_header(&head);
    const struct as_spool_file files[AS_SPOOL_SECTIONS] = {
        {.name = "results.jsonl"},
        {.name = "findings.macie.jsonl"},
        {.name = "findings.asff.json",
         .head = as_slice_of("[\n"),
         .between = as_slice_of(",\n"),
         .tail = as_slice_of("\n]\n")},
        {.name = "findings.csv",
         .head = status == AS_OK ? as_strbuf_view(&head) : as_slice_of(csv_head_failed)},
    };
    if (status == AS_OK) {
        status = as_spool_open(dir, r->options.overwrite, files, AS_SPOOL_SECTIONS, r->plan.spool,
                               &r->spool, err);
    }
    as_strbuf_fini(&head);
    AS_TRY(status);
    char *absolute = realpath(dir, NULL);
    if (absolute == NULL) {
        return as_fail(err, AS_E_OUTPUT, "%s: cannot be resolved to an absolute path", dir);
    }
    r->output_dir = as_strdup(absolute);
    free(absolute); /* realpath's own allocation */
    struct as_strbuf location;
    as_strbuf_init(&location, 8192);
    as_strbuf_printf(&location, "file://%s/results.jsonl",
                     r->output_dir == NULL ? "" : r->output_dir);
    r->results_location = as_strbuf_detach(&location);
    return r->output_dir == NULL || r->results_location == NULL
               ? as_fail(err, AS_E_NO_MEMORY, "out of memory")
               : AS_OK;
}

static enum as_status init_queues(struct as_run *r)
{
    AS_TRY(as_queue_init(&r->listed, 4096, &r->stop));
    AS_TRY(as_queue_init(&r->ready, 2U * r->content_threads + 16, &r->stop));
    AS_TRY(as_queue_init(&r->blocks, r->plan.block_count, &r->abandon));
    return as_queue_init(&r->records, 64,
                         NULL); /* drained even when cancelled: what was done is reported */
}

static enum as_status init_threads_and_memory(struct as_run *r, struct as_error *err)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned most = as_memory_threads_max(&r->options);
    unsigned wanted = r->options.threads != 0 ? r->options.threads : cpus < 1 ? 1 : (unsigned)cpus;
    if (most == 0 || r->options.threads > most) {
        return as_fail(
            err, AS_E_USAGE,
            "--memory holds no more than %u threads at this --block-size: raise --memory, "
            "or lower --threads or --block-size",
            most);
    }
    r->scan_threads = wanted < most ? wanted : most;
    r->content_threads = r->scan_threads;
    as_memory_plan_make(&r->plan, &r->options, r->scan_threads);
    as_budget_init(&r->decoders, r->plan.decoders);
    r->pool = as_block_pool_new(r->options.block_bytes, r->plan.block_count, &r->abandon);
    r->env = (struct as_content_env){.limits = r->options.limits,
                                     .decoders = &r->decoders,
                                     .blocks = r->pool,
                                     .cancel = &r->abandon};
    if (r->pool == NULL || init_queues(r) != AS_OK) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    return AS_OK;
}

static void init_facts(struct as_run *r)
{
    struct as_run_facts *f = &r->report.facts;
    const char *region = NULL;
    for (uint32_t i = 0; i < r->options.target_count && region == NULL; i++) {
        region = r->targets[i].facts.region;
    }
    *f = (struct as_run_facts){
        .catalog = r->catalog,
        .account_id = r->options.account_id != NULL ? r->options.account_id : "000000000000",
        .region = region != NULL ? region : "us-east-1",
        .partition = region != NULL && strncmp(region, "cn-", 3) == 0       ? "aws-cn"
                     : region != NULL && strncmp(region, "us-gov-", 7) == 0 ? "aws-us-gov"
                                                                            : "aws",
        .results_location = r->results_location,
        .job_id = r->job_id,
        .stamp_ms = as_stamp_ms(),
        .redact_names = r->options.redact_names,
        .baseline = r->baseline,
    };
    struct as_summary *s = &r->locked.summary;
    s->start_ms = f->stamp_ms;
    s->arguments = r->options.arguments;
    s->version = ASSAY_VERSION;
    s->enabled = r->enabled;
    s->confidence_min = r->options.confidence_min;
    r->report.catalog = r->catalog;
}

enum as_status as_run_new(const struct as_run_options *options, struct as_cancel *cancel,
                          struct as_run **out, struct as_error *err)
{
    AS_TRY(check_options(options, err));
    struct as_run *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    r->options = *options;
    r->cancel = cancel;
    pthread_mutex_init(&r->lock, NULL);
    pthread_mutex_init(&r->reveal_lock, NULL);
    enum as_status status = load_detectors(r, err);
    if (status == AS_OK && options->baseline_dir != NULL) {
        status = as_baseline_load(options->baseline_dir, &r->baseline, err);
    }
    if (status == AS_OK) {
        status = init_threads_and_memory(r, err);
    }
    if (status == AS_OK) {
        status = open_output(r, err);
    }
    if (status == AS_OK) {
        status = as_targets_open(r, err);
    }
    if (status == AS_OK) {
        status = as_job_id(r, r->job_id);
    }
    if (status != AS_OK) {
        as_run_free(r);
        return status;
    }
    init_facts(r);
    *out = r;
    return AS_OK;
}

void as_run_free(struct as_run *r)
{
    if (r == NULL) {
        return;
    }
    as_targets_close(r);
    as_spool_close(r->spool);
    as_queue_fini(&r->listed);
    as_queue_fini(&r->ready);
    as_queue_fini(&r->blocks);
    as_queue_fini(&r->records);
    as_block_pool_free(r->pool);
    if (r->scan_threads != 0) {
        as_budget_fini(&r->decoders);
    }
    as_scanner_free(r->scanner);
    as_past_free(r->baseline);
    as_free(r->enabled);
    as_free(r->locked.summary.by_detector);
    as_free(r->locked.summary.objects_by_detector);
    as_free(r->locked.summary.severities_by_detector);
    as_free(r->locked.summary.targets);
    as_catalog_free(r->extended);
    as_free(r->output_dir);
    as_free(r->results_location);
    pthread_mutex_destroy(&r->reveal_lock);
    pthread_mutex_destroy(&r->lock);
    as_free(r);
}

/* Largest resident set of this program. Not ru_maxrss: that begins with the parent's at fork. */
static uint64_t peak_memory_bytes(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    uint64_t kib = 0;
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtoull(line + 6, NULL, 10);
        }
    }
    if (status != NULL) {
        AS_IGNORE(fclose(status) != 0, "only read");
    }
    return kib * 1024U;
}

static void measure(struct as_run *r, uint64_t started_ns)
{
    struct as_summary *s = &r->locked.summary;
    struct rusage usage;
    s->end_ms = as_stamp_ms();
    s->wall_seconds = (double)(as_monotonic_ns() - started_ns) / 1e9;
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        s->cpu_seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                         ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) / 1e6;
    }
    s->peak_memory_bytes = peak_memory_bytes();
    s->bytes_per_second = s->wall_seconds > 0 ? (double)s->bytes_scanned / s->wall_seconds : 0;
    if (r->s3 != NULL) {
        struct as_s3_counters counters;
        as_s3_client_counters(r->s3, &counters);
        s->requests = counters.requests;
        s->retries = counters.retries;
    }
    s->interrupted = as_cancel_requested(r->cancel);
}

/* A TARGET that is one object has failed when that could not be read, though it could be listed. */
static void settle_targets(struct as_run *r)
{
    for (uint32_t i = 0; i < r->locked.summary.target_count; i++) {
        struct as_target_summary *t = &r->locked.summary.targets[i];
        if (t->unread && t->status == AS_TARGET_COMPLETE) {
            t->status = AS_TARGET_FAILED;
            as_log(AS_LOG_ERROR, "%s: %s", t->facts.target, t->message);
        }
    }
}

/* Exit code by docs/operations.md, before --fail-on. */
static int exit_code(const struct as_run *r)
{
    const struct as_summary *s = &r->locked.summary;
    uint32_t failed = 0;
    uint32_t empty = 0;
    bool listing_incomplete = false;
    for (uint32_t i = 0; i < s->target_count; i++) {
        failed += s->targets[i].status == AS_TARGET_FAILED;
        listing_incomplete = listing_incomplete || s->targets[i].status == AS_TARGET_PARTIAL;
        empty += s->targets[i].status == AS_TARGET_COMPLETE && s->targets[i].listed.objects == 0;
    }
    if (s->interrupted) {
        return 130;
    }
    if (failed == s->target_count) {
        return 4;
    }
    if (s->listed.objects == s->filtered.objects && failed == 0 && !listing_incomplete) {
        return r->options.allow_empty ? 0 : 4;
    }
    uint64_t unread = s->partial.objects + s->skipped.objects + s->not_attempted.objects;
    if (!r->options.strict) {
        unread -= s->skipped_media.objects;
    }
    bool missing = empty != 0 && !r->options.allow_empty; /* a mistyped prefix beside a good one */
    return failed != 0 || listing_incomplete || missing || unread != 0 ? 3 : 0;
}

static enum as_status write_files(struct as_run *r, struct as_error *err)
{
    struct as_summary *s = &r->locked.summary;
    if (r->spool != NULL) {
        static const char *const names[AS_SPOOL_SECTIONS] = {
            "results.jsonl", "findings.macie.jsonl", "findings.asff.json", "findings.csv"};
        struct as_spool_written written[AS_SPOOL_SECTIONS];
        AS_TRY(as_spool_finish(r->spool, written, err));
        for (unsigned i = 0; i < AS_SPOOL_SECTIONS; i++) {
            s->files[i].name = names[i];
            s->files[i].bytes = written[i].bytes;
            memcpy(s->files[i].sha256, written[i].sha256, sizeof written[i].sha256);
        }
        s->file_count = AS_SPOOL_SECTIONS;
    }
    AS_TRY(as_summary_check(&r->report.facts, s, err));
    s->finished = true;
    if (r->spool == NULL) {
        return AS_OK;
    }
    struct as_strbuf text;
    as_strbuf_init(&text, SUMMARY_BYTES_MAX);
    enum as_status status = as_document_summary(&r->report.facts, s, &text);
    if (status == AS_OK) {
        status = as_spool_write_file(r->spool, "summary.json", as_strbuf_view(&text), err);
    }
    as_strbuf_fini(&text);
    return status;
}

static enum as_severity worst_severity(const struct as_run *r)
{
    const struct as_summary *s = &r->locked.summary;
    const uint64_t *objects = r->baseline != NULL ? s->new_by_severity : s->by_severity;
    for (unsigned severity = AS_SEVERITY_HIGH; severity >= AS_SEVERITY_LOW; severity--) {
        if (objects[severity] != 0) {
            return (enum as_severity)severity;
        }
    }
    return (enum as_severity)0;
}

enum as_status as_run_execute(struct as_run *r, struct as_error *err)
{
    uint64_t started_ns = as_monotonic_ns();
    as_run_threads(r);
    measure(r, started_ns);
    settle_targets(r);
    enum as_status status = r->locked.fault;
    if (status != AS_OK) {
        if (err != NULL) {
            *err = r->locked.error;
        }
    } else if (!r->locked.stdout_closed) {
        status = write_files(r, err);
    }
    r->report.summary = r->locked.summary;
    r->report.worst = worst_severity(r);
    r->report.exit_code = status != AS_OK ? 5 : r->locked.stdout_closed ? 3 : exit_code(r);
    return status;
}
