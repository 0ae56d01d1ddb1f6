/* SPDX-License-Identifier: Apache-2.0
 * summary.json: what became of everything listed, what was found, what was not looked for, and the
 * evidence for it. Over several lines, for people read it too. Everything that may differ between
 * two equal runs stands under `measured`. docs/findings.md describes each field. Tested by
 * tests/unit/findings/test_summary.c. */
#include "findings/json_doc.h"
#include "findings/summary.h"

static void put_count(struct as_doc *d, cJSON *parent, const char *name, const struct as_count *c)
{
    cJSON *item = as_doc_object(d, parent, name);
    as_doc_number(d, item, "objects", c->objects);
    as_doc_number(d, item, "bytes", c->bytes);
}

static void put_coverage(struct as_doc *d, const struct as_summary *s)
{
    put_count(d, d->root, "listed", &s->listed);
    put_count(d, d->root, "filtered", &s->filtered);
    put_count(d, d->root, "complete", &s->complete);
    put_count(d, d->root, "partial", &s->partial);
    put_count(d, d->root, "skipped", &s->skipped);
    put_count(d, d->root, "notAttempted", &s->not_attempted);
    put_count(d, d->root, "duplicates", &s->duplicates);
    put_count(d, d->root, "skippedMedia", &s->skipped_media);
    cJSON *reasons = as_doc_array(d, d->root, "reasons");
    for (unsigned i = 0; i < AS_REASON_COUNT; i++) {
        if (s->by_reason[i].objects != 0) {
            cJSON *item = as_doc_element(d, reasons);
            as_doc_text(d, item, "reason", as_reason_name((enum as_reason)i));
            as_doc_text(d, item, "text", as_reason_text((enum as_reason)i));
            as_doc_number(d, item, "objects", s->by_reason[i].objects);
            as_doc_number(d, item, "bytes", s->by_reason[i].bytes);
        }
    }
    cJSON *members = as_doc_object(d, d->root, "members");
    as_doc_number(d, members, "opened", s->members);
    as_doc_number(d, members, "partial", s->members_partial);
    as_doc_number(d, members, "skipped", s->members_skipped);
    cJSON *bytes = as_doc_object(d, d->root, "bytes");
    as_doc_number(d, bytes, "listed", s->listed.bytes);
    as_doc_number(d, bytes, "decoded", s->bytes_decoded);
    as_doc_number(d, bytes, "scanned", s->bytes_scanned);
}

static void put_types(struct as_doc *d, cJSON *parent, const struct as_run_facts *run,
                      const struct as_summary *s)
{
    cJSON *types = as_doc_array(d, parent, "byType");
    for (uint32_t i = 0; i < run->catalog->count; i++) {
        if (s->by_detector[i] != 0) {
            const struct as_detector *detector = &run->catalog->detectors[i];
            cJSON *item = as_doc_element(d, types);
            as_doc_text(d, item, "type", detector->id);
            as_doc_text(
                d, item, "category",
                as_category_name(detector->custom ? AS_CUSTOM_IDENTIFIER : detector->category));
            as_doc_number(d, item, "count", s->by_detector[i]);
            as_doc_number(d, item, "objects", s->objects_by_detector[i]);
        }
    }
}

static void put_detections(struct as_doc *d, const struct as_run_facts *run,
                           const struct as_summary *s)
{
    cJSON *hits = as_doc_object(d, d->root, "detections");
    as_doc_number(d, hits, "confirmed", s->confirmed);
    as_doc_number(d, hits, "reported", s->reported);
    cJSON *excluded = as_doc_object(d, hits, "excluded");
    as_doc_number(d, excluded, "testNumber", s->excluded[AS_EXCLUDED_TEST_NUMBER]);
    as_doc_number(d, excluded, "placeholder", s->excluded[AS_EXCLUDED_PLACEHOLDER]);
    as_doc_number(d, excluded, "allowList", s->excluded[AS_EXCLUDED_ALLOW_LIST]);
    as_doc_number(d, excluded, "lowConfidence", s->excluded[AS_EXCLUDED_LOW_CONFIDENCE]);
    put_types(d, hits, run, s);
    cJSON *findings = as_doc_object(d, d->root, "findings");
    as_doc_number(d, findings, "objects", s->objects_with_findings);
    cJSON *severities = as_doc_object(d, findings, "bySeverity");
    as_doc_number(d, severities, "High", s->by_severity[AS_SEVERITY_HIGH]);
    as_doc_number(d, severities, "Medium", s->by_severity[AS_SEVERITY_MEDIUM]);
    as_doc_number(d, severities, "Low", s->by_severity[AS_SEVERITY_LOW]);
    if (run->baseline != NULL) {
        cJSON *fresh = as_doc_object(d, findings, "newBySeverity");
        as_doc_number(d, fresh, "High", s->new_by_severity[AS_SEVERITY_HIGH]);
        as_doc_number(d, fresh, "Medium", s->new_by_severity[AS_SEVERITY_MEDIUM]);
        as_doc_number(d, fresh, "Low", s->new_by_severity[AS_SEVERITY_LOW]);
    }
}

static void put_targets(struct as_doc *d, const struct as_summary *s)
{
    static const char *const statuses[] = {[AS_TARGET_COMPLETE] = "COMPLETE",
                                           [AS_TARGET_PARTIAL] = "PARTIAL",
                                           [AS_TARGET_FAILED] = "FAILED"};
    cJSON *targets = as_doc_array(d, d->root, "targets");
    for (uint32_t i = 0; i < s->target_count; i++) {
        const struct as_target_summary *t = &s->targets[i];
        cJSON *item = as_doc_element(d, targets);
        as_doc_text(d, item, "target", t->facts.target);
        as_doc_text(d, item, "origin", t->facts.origin);
        as_doc_text(d, item, "bucket", t->facts.bucket);
        as_doc_text(d, item, "region", t->facts.region);
        as_doc_text(d, item, "status", statuses[t->status]);
        as_doc_text(d, item, "reason", t->reason[0] == '\0' ? NULL : t->reason);
        as_doc_text(d, item, "message", t->message[0] == '\0' ? NULL : t->message);
        as_doc_bool(d, item, "listingComplete", t->listing_complete);
        put_count(d, item, "listed", &t->listed);
        put_count(d, item, "duplicates", &t->duplicates);
    }
}

/** The detectors that ran, with the hashes of their definitions, and what was not looked for. */
static void put_scope(struct as_doc *d, const struct as_run_facts *run, const struct as_summary *s)
{
    bool category_ran[AS_CATEGORY_COUNT] = {false};
    cJSON *ran = as_doc_array(d, d->root, "detectors");
    for (uint32_t i = 0; i < run->catalog->count; i++) {
        const struct as_detector *detector = &run->catalog->detectors[i];
        if (s->enabled != NULL && s->enabled[i]) {
            cJSON *item = as_doc_element(d, ran);
            as_doc_text(d, item, "id", detector->id);
            as_doc_text(d, item, "sha256", detector->hash);
            category_ran[detector->category] = true;
        }
    }
    cJSON *scope = as_doc_object(d, d->root, "notLookedFor");
    cJSON *categories = as_doc_array(d, scope, "categories");
    for (unsigned i = 0; i < AS_CUSTOM_IDENTIFIER; i++) {
        if (!category_ran[i]) {
            as_doc_text_element(d, categories, as_category_name((enum as_category)i));
        }
    }
    cJSON *left_out = as_doc_array(d, scope, "detectors");
    for (uint32_t i = 0; i < run->catalog->count; i++) {
        if (s->enabled == NULL || !s->enabled[i]) {
            as_doc_text_element(d, left_out, run->catalog->detectors[i].id);
        }
    }
    as_doc_text(d, scope, "noncurrentVersions", "not listed, not scanned");
}

static void put_evidence(struct as_doc *d, const struct as_run_facts *run,
                         const struct as_summary *s)
{
    cJSON *evidence = as_doc_object(d, d->root, "evidence");
    as_doc_text(d, evidence, "program", "assay");
    as_doc_text(d, evidence, "version", s->version);
    as_doc_time(d, evidence, "start", s->start_ms);
    as_doc_time(d, evidence, "end", s->end_ms);
    as_doc_text(d, evidence, "accountId", run->account_id);
    as_doc_bool(d, evidence, "accountIdKnown", strcmp(run->account_id, "000000000000") != 0);
    as_doc_text(d, evidence, "region", run->region);
    as_doc_text(d, evidence, "partition", run->partition);
    as_doc_text(d, evidence, "jobId", run->job_id);
    as_doc_number(d, evidence, "minConfidence", s->confidence_min);
    as_doc_bool(d, evidence, "redactNames", run->redact_names);
    cJSON *arguments = as_doc_array(d, evidence, "arguments");
    for (size_t i = 0; s->arguments != NULL && s->arguments[i] != NULL; i++) {
        as_doc_text_element(d, arguments, s->arguments[i]);
    }
}

static void put_files(struct as_doc *d, const struct as_summary *s)
{
    cJSON *files = as_doc_array(d, d->root, "files");
    for (uint32_t i = 0; i < s->file_count && i < AS_ARRAY_SIZE(s->files); i++) {
        cJSON *item = as_doc_element(d, files);
        as_doc_text(d, item, "name", s->files[i].name);
        as_doc_number(d, item, "bytes", s->files[i].bytes);
        as_doc_text(d, item, "sha256", s->files[i].sha256);
    }
}

static void put_measured(struct as_doc *d, const struct as_summary *s)
{
    cJSON *measured = as_doc_object(d, d->root, "measured");
    as_doc_decimal(d, measured, "wallSeconds", s->wall_seconds);
    as_doc_decimal(d, measured, "cpuSeconds", s->cpu_seconds);
    as_doc_decimal(d, measured, "bytesPerSecond", s->bytes_per_second);
    as_doc_number(d, measured, "peakMemoryBytes", s->peak_memory_bytes);
    as_doc_number(d, measured, "bytesRead", s->bytes_read);
    as_doc_number(d, measured, "requests", s->requests);
    as_doc_number(d, measured, "retries", s->retries);
}

enum as_status as_document_summary(const struct as_run_facts *run, const struct as_summary *s,
                                   struct as_strbuf *out)
{
    struct as_doc d;
    as_doc_init(&d, false);
    as_doc_text(&d, d.root, "schemaVersion", "1");
    as_doc_bool(&d, d.root, "interrupted", s->interrupted);
    as_doc_bool(&d, d.root, "finished", s->finished);
    put_coverage(&d, s);
    put_detections(&d, run, s);
    put_targets(&d, s);
    put_scope(&d, run, s);
    put_evidence(&d, run, s);
    put_files(&d, s);
    put_measured(&d, s);
    AS_TRY(as_doc_finish_pretty(&d, out));
    as_strbuf_putc(out, '\n');
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}
