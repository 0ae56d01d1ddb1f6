/* SPDX-License-Identifier: Apache-2.0
 * The data model of what a run reports: one struct as_result an object tried or member opened.
 * findings turns it into documents (documents.h) and is pure: no I/O, no clock, no global state. */
#ifndef AS_FINDINGS_RESULT_H
#define AS_FINDINGS_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "findings/tally.h"

struct as_past; /* findings/past.h */

/** Facts of the run that stand in every document; constant while it runs. */
struct as_run_facts {
    const struct as_catalog *catalog;
    const char *account_id; /* 12 digits; "000000000000" when unknown */
    const char *region;     /* "us-east-1" when unknown */
    const char *partition;  /* "aws" */
    const char
        *results_location; /* detailedResultsLocation: file:// URL of results.jsonl, or "stdout" */
    const char *job_id;    /* 32 hex digits, from the targets and options: deterministic */
    int64_t stamp_ms;      /* createdAt and updatedAt of every document */
    bool redact_names;
    const struct as_past *baseline; /* what an earlier run found, sorted by id; NULL for none */
};

/** The values of enum as_origin_kind (io/source.h), which findings may not include. */
enum as_result_origin { AS_RESULT_ORIGIN_FILE, AS_RESULT_ORIGIN_AWS, AS_RESULT_ORIGIN_ENDPOINT };

/** One target as documents need it (io/source.h has the live one). */
struct as_target_facts {
    int origin_kind;       /* enum as_result_origin */
    const char *target;    /* as given */
    const char *origin;    /* identity, see decisions.md */
    const char *bucket;    /* NULL for files */
    const char *region;    /* NULL when unknown: the run's */
    const char *endpoint;  /* NULL for AWS and files */
    const char *root_path; /* files: absolute path of TARGET's folder (or of the file's folder);
                              NULL otherwise */
};

struct as_result {
    uint32_t target;
    const struct as_target_facts *target_facts;
    struct as_slice key;
    const char *version_id; /* NULL when none */
    const char *etag;
    const char *storage_class;
    const char *encryption; /* "AES256", "aws:kms", NULL */
    const char *kms_key_id;
    uint64_t size;
    int64_t last_modified_ms; /* INT64_MIN: unknown */

    /* members; depth 0 is the object itself */
    uint32_t depth;
    const uint64_t *index;           /* [depth] */
    const char *member_path;         /* "" for the object */
    struct as_slice member_path_raw; /* when the path is not UTF-8; empty otherwise */
    uint64_t member_size;            /* AS_STREAM_SIZE_UNKNOWN when not told */
    int64_t member_modified_ms;
    bool is_archive; /* the object's own record sums its members: no occurrences */

    enum as_coverage coverage;
    enum as_reason reason;
    bool media;
    const char *mime;
    const char *detail;        /* the error's message, or NULL; no matched bytes */
    uint64_t bytes_classified; /* text bytes scanned */
    const struct as_tally *tally;
};

/** The worst of two coverages with its reason: SKIPPED of a member makes its archive PARTIAL. */
void as_coverage_fold(enum as_coverage *coverage, enum as_reason *reason, enum as_coverage member,
                      enum as_reason member_reason, bool member_media);

#endif
