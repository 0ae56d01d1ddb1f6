/* SPDX-License-Identifier: Apache-2.0
 * TARGETs to sources, and the identity facts that documents carry (decisions.md, Identity). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/file/file_source.h"
#include "pipeline/run_internal.h"

static bool is_s3(const char *target)
{
    return strncmp(target, "s3://", 5) == 0;
}

static enum as_status client_open(struct as_run *r, struct as_error *err)
{
    if (r->s3 != NULL) {
        return AS_OK;
    }
    struct as_s3_options options = r->options.s3;
    options.part_bytes = r->options.part_bytes;
    options.memory_bytes = r->plan.parts;
    return as_s3_client_new(&options, &r->stop, &r->s3, err);
}

static enum as_status source_open(struct as_run *r, const char *target, struct as_source **out,
                                  struct as_error *err)
{
    if (is_s3(target)) {
        AS_TRY(client_open(r, err));
        return as_s3_source_new(r->s3, target, r->options.exact, out, err);
    }
    return as_file_source_new(target, r->output_dir, out, err);
}

/* Keys of files are relative to a folder: TARGET, or the one that TARGET stands in. */
static void set_root(struct as_target *t, const char *path)
{
    struct stat info;
    const char *slash = strrchr(path, '/');
    t->facts.root_path = path;
    if (slash != NULL && stat(path, &info) == 0 && !S_ISDIR(info.st_mode)) {
        t->root_path = as_memdup0(path, slash == path ? 1 : (size_t)(slash - path));
        t->facts.root_path = t->root_path == NULL ? path : t->root_path;
    }
}

static void set_facts(struct as_run *r, struct as_target *t, const char *target)
{
    const struct as_source *s = t->source;
    t->facts = (struct as_target_facts){
        .origin_kind = (int)s->origin_kind,
        .target = target,
        .origin = s->origin,
        .bucket = s->bucket,
        .region = s->region,
        .endpoint = s->endpoint,
        .root_path = NULL,
    };
    if (r->options.origin_name != NULL && s->origin_kind == AS_ORIGIN_ENDPOINT) {
        t->facts.origin = r->options.origin_name;
    }
    if (s->origin_kind == AS_ORIGIN_FILE && strncmp(s->origin, "file", 4) == 0) {
        set_root(t, s->origin + 4);
    }
}

/* A target that cannot be opened does not keep the others from being read; the summary tells. */
static void set_failed(struct as_run *r, uint32_t i, enum as_status status,
                       const struct as_error *err)
{
    struct as_target_summary *t = &r->locked.summary.targets[i];
    const char *code = err->code[0] != '\0' ? err->code : as_status_name(status);
    t->facts = (struct as_target_facts){.target = r->options.targets[i], .origin = ""};
    t->status = AS_TARGET_FAILED;
    AS_IGNORE(snprintf(t->reason, sizeof t->reason, "%s", code) < 0, "a cut code is still one");
    AS_IGNORE(snprintf(t->message, sizeof t->message, "%s", err->message) < 0, "as above");
}

enum as_status as_targets_open(struct as_run *r, struct as_error *err)
{
    r->targets = as_calloc(r->options.target_count, sizeof *r->targets);
    r->locked.summary.targets =
        as_calloc(r->options.target_count, sizeof *r->locked.summary.targets);
    if (r->targets == NULL || r->locked.summary.targets == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    r->locked.summary.target_count = r->options.target_count;
    struct as_error first = {0};
    uint32_t failed = 0;
    for (uint32_t i = 0; i < r->options.target_count; i++) {
        struct as_error why = {0};
        enum as_status status = source_open(r, r->options.targets[i], &r->targets[i].source, &why);
        if (status == AS_OK) {
            set_facts(r, &r->targets[i], r->options.targets[i]);
            r->locked.summary.targets[i].facts = r->targets[i].facts;
            continue;
        }
        first = failed == 0 ? why : first;
        failed++;
        set_failed(r, i, status, &why);
        if (status == AS_E_USAGE || status == AS_E_NOT_YET || status == AS_E_NO_MEMORY) {
            first = why;
            failed = r->options.target_count;
            break;
        }
    }
    if (failed == r->options.target_count) {
        if (err != NULL) {
            *err = first;
        }
        return first.status;
    }
    for (uint32_t i = 0; i < r->options.target_count; i++) {
        if (r->targets[i].source == NULL) {
            as_log(AS_LOG_ERROR, "%s", r->locked.summary.targets[i].message);
        }
    }
    return AS_OK;
}

void as_targets_close(struct as_run *r)
{
    for (uint32_t i = 0; r->targets != NULL && i < r->options.target_count; i++) {
        as_source_free(r->targets[i].source);
        as_free(r->targets[i].root_path);
        as_free(r->targets[i].last_key);
    }
    as_free(r->targets);
    r->targets = NULL;
    as_s3_client_free(r->s3);
    r->s3 = NULL;
}

static void hash_text(struct as_sha256 *h, const char *text)
{
    uint64_t len = text == NULL ? UINT64_MAX : strlen(text);
    as_sha256_update(h, &len, sizeof len);
    if (text != NULL) {
        as_sha256_update(h, text, (size_t)len);
    }
}

enum as_status as_job_id(const struct as_run *r, char out[33])
{
    struct as_sha256 *h = as_sha256_new();
    uint8_t digest[AS_SHA256_SIZE];
    if (h == NULL) {
        return AS_E_NO_MEMORY;
    }
    hash_text(h, "assay job 1");
    for (uint32_t i = 0; i < r->options.target_count; i++) {
        const struct as_source *source = r->targets[i].source;
        hash_text(h, source == NULL ? r->options.targets[i] : r->targets[i].facts.origin);
        hash_text(h, source == NULL ? NULL : source->bucket);
        hash_text(h, source == NULL ? NULL : source->prefix);
    }
    for (uint32_t i = 0; i < r->catalog->count; i++) {
        if (r->enabled[i]) {
            hash_text(h, r->catalog->detectors[i].hash);
        }
    }
    as_sha256_finish(h, digest);
    as_hex(digest, 16, out);
    return AS_OK;
}
