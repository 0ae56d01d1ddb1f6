/* SPDX-License-Identifier: Apache-2.0
 * run: one execution of a job. Takes options, wires sources, content, scan and findings together
 * over bounded queues, and ends with the files in the output folder and a report.
 * docs/architecture.md draws the threads. One run at a time a thread; several runs in one process
 * are independent. */
#ifndef AS_PIPELINE_RUN_H
#define AS_PIPELINE_RUN_H

#include "base/cancel.h"
#include "content/content.h"
#include "findings/summary.h"
#include "io/s3/s3.h"
#include "scan/scan.h"

#define AS_REVEALED_BYTES_MAX 4096U

/** One reported detection with its matched text, for a caller that asked for it explicitly. Valid
 * during the call. Hits in names have no place and are not handed over. */
struct as_revealed {
    const char *bucket; /* NULL for files */
    struct as_slice key;
    const char *path;        /* of a file; "-" for standard input; NULL for S3 */
    const char *member_path; /* "" for the object itself */
    const char *type;
    uint64_t start; /* bytes of the object or member, as in results.jsonl */
    uint64_t end;
    uint64_t line; /* from 1 */
    uint64_t line_column;
    uint8_t confidence;
    struct as_slice text; /* as scanned: UTF-8 unless malformed; empty when it was out of reach */
    bool cut;             /* text is only the first AS_REVEALED_BYTES_MAX bytes or fewer */
    bool restarted; /* nothing but this: the object starts again, what was told of it is void */
};
/** Any thread, one call at a time. Any status but AS_OK ends the run. */
typedef enum as_status as_revealed_fn(void *context, const struct as_revealed *revealed);

/** What to scan and how. Zero-fill, then as_run_options_init sets the defaults. Strings are
 * borrowed for the run. */
struct as_run_options {
    const char *const *targets;
    uint32_t target_count;
    const char *output_dir; /* NULL: findings on standard output; "-": results.jsonl lines to
                               standard output */
    bool overwrite;
    const char *select; /* NULL: recommended */
    const char *exclude;
    const char *const *detector_files;
    size_t detector_file_count;
    uint8_t confidence_min;
    bool include_test_data;
    uint32_t threads;            /* 0: one a CPU */
    uint64_t memory_bytes;       /* default 160 MiB; 64 MiB is the least */
    uint32_t part_bytes;         /* default 8 MiB */
    uint32_t block_bytes;        /* default 256 KiB */
    const char *const *includes; /* globs on keys; NULL-terminated or NULL */
    const char *const *excludes;
    bool exact;
    uint64_t object_bytes_max; /* --max-object-size; UINT64_MAX: none */
    struct as_content_limits limits;
    struct as_s3_options s3;
    const char *origin_name; /* --origin */
    const char *account_id;
    bool redact_names;
    bool allow_empty;
    bool strict;
    const char *baseline_dir;    /* --baseline; NULL: everything counts for --fail-on */
    as_revealed_fn *on_revealed; /* NULL: matched text goes nowhere */
    void *revealed_context;
    const char *const *arguments; /* argv, for the summary */
};
void as_run_options_init(struct as_run_options *o);

/** Live figures, read by the progress display at any time. Relaxed atomics. */
struct as_progress {
    _Atomic uint64_t objects_listed, objects_done, bytes_listed, bytes_done, bytes_scanned,
        findings, incomplete;
    _Atomic bool listing_done;
};

struct as_report {
    struct as_summary summary;
    struct as_run_facts facts;
    const struct as_catalog *catalog;
    int exit_code;          /* by interface.md, before --fail-on */
    enum as_severity worst; /* 0 when nothing was found; with a baseline, nothing new */
};

struct as_run;
/** Checks the options, loads detectors, opens the output. AS_E_USAGE: exit code 2. */
enum as_status as_run_new(const struct as_run_options *options, struct as_cancel *cancel,
                          struct as_run **out, struct as_error *err) AS_MUST_CHECK;
/** Blocks until the run is over. Not AS_OK only when results could not be written or on an internal
 * fault (exit code 5). */
enum as_status as_run_execute(struct as_run *r, struct as_error *err) AS_MUST_CHECK;
const struct as_progress *as_run_progress(const struct as_run *r);
/** Valid until as_run_free. */
const struct as_report *as_run_report(const struct as_run *r);
void as_run_free(struct as_run *r);
/** For the crash handler: the name of the object that this thread is working on, or NULL.
 * Async-signal-safe. */
const char *as_run_current_object(void);

#endif
