/* SPDX-License-Identifier: Apache-2.0
 * What the files of the pipeline share: the run, its queues and threads. docs/architecture.md draws
 * it.
 *
 *   lister ─listed─▶ opener ─ready─▶ content threads ─blocks─▶ scan threads
 *                                         │  (records)
 *                                         └──────▶ writer ─▶ spool or standard output
 *
 * Every queue is bounded. Deadlock cannot happen: a content thread that cannot hand a block over
 * scans it itself; the writer waits for nobody; readers are given buffers by their source (io/s3).
 */
#ifndef AS_PIPELINE_RUN_INTERNAL_H
#define AS_PIPELINE_RUN_INTERNAL_H

#include <pthread.h>

#include "base/queue.h"
#include "findings/documents.h"
#include "io/source.h"
#include "io/spool.h"
#include "pipeline/run.h"

#define AS_RESTARTS_MAX 3U

/** How --memory is divided. All in bytes. */
struct as_memory_plan {
    uint64_t parts;    /* S3 parts in flight or waiting */
    uint64_t decoders; /* windows and dictionaries */
    uint64_t blocks;
    uint64_t spool; /* the final merge */
    unsigned block_count;
};

/** One target while the run lasts. */
struct as_target {
    struct as_source *source;
    struct as_target_facts facts;
    char *root_path; /* owned copy behind facts.root_path */
    /* the lister's, once its listing ended */
    bool listed_whole;
    char *last_key; /* of a listing that broke off; NULL when none, or when keys did not ascend */
    size_t last_key_len;
};

/** One listed object on its way. */
struct as_job {
    uint64_t number; /* order of listing: the object's name in the spool */
    struct as_object *object;
    struct as_stream *stream; /* opened ahead, or NULL */
    enum as_status open_status;
    struct as_error open_error;
};

/** What the writer gets. */
struct as_record {
    uint64_t object;
    uint32_t attempt;
    bool commit; /* no record: the attempt counts */
    char *sort_key;
    size_t sort_key_len;
    char *sections[AS_SPOOL_SECTIONS]; /* owned; NULL when empty */
    size_t section_len[AS_SPOOL_SECTIONS];
};

struct as_run {
    /* constant after as_run_new */
    struct as_run_options options;
    struct as_cancel *cancel;    /* the caller's */
    struct as_catalog *extended; /* NULL when only built-in detectors run */
    const struct as_catalog *catalog;
    uint8_t *enabled;
    struct as_past *baseline; /* NULL for none */
    struct as_scanner *scanner;
    struct as_s3_client *s3; /* NULL without S3 targets */
    struct as_target *targets;
    struct as_memory_plan plan;
    struct as_budget decoders;
    struct as_block_pool *pool;
    struct as_content_env env;
    struct as_spool *spool; /* NULL when output goes to standard output */
    char *output_dir;       /* absolute, or NULL */
    char *results_location;
    char job_id[33];
    unsigned scan_threads;
    unsigned content_threads;

    /* The run's own, in two steps, so that an interrupt loses nothing that was read: after `stop`
     * nothing more is listed, opened or read, and what was read is scanned and reported; after
     * `abandon`, a second later or at once on a fault, nothing more is scanned. */
    struct as_cancel stop;
    struct as_cancel abandon;
    uint64_t cancel_seen_ns; /* the caller's; 0 before. Main thread only */
    struct as_queue listed;
    struct as_queue ready;
    struct as_queue blocks;
    struct as_queue records;
    struct as_progress progress;
    struct as_report report;

    pthread_mutex_t reveal_lock; /* calls of options.on_revealed */
    pthread_mutex_t lock;
    struct {                  /* guarded by lock */
        enum as_status fault; /* first failure that ends the run */
        struct as_error error;
        struct as_summary summary;
        bool stdout_closed;
    } locked;
};

/* plan.c */
#define AS_THREADS_MAX 256U
/** Most threads whose working memory fits into half of --memory; 0 when not even one does. */
unsigned as_memory_threads_max(const struct as_run_options *options);
void as_memory_plan_make(struct as_memory_plan *plan, const struct as_run_options *options,
                         unsigned threads);
/* targets.c */
enum as_status as_targets_open(struct as_run *r, struct as_error *err) AS_MUST_CHECK;
void as_targets_close(struct as_run *r);
enum as_status as_job_id(const struct as_run *r, char out[33]) AS_MUST_CHECK;
/* filter.c */
bool as_filter_takes(const struct as_run_options *options, const struct as_object *object);
/* overlap.c */
struct as_listed_keys; /* what one listing has listed lately */
struct as_listed_keys *as_listed_keys_new(void) AS_MUST_CHECK;
void as_listed_keys_free(struct as_listed_keys *k);
/** *out_repeated: this listing has listed the key before. AS_E_PROTOCOL: it goes in circles. */
enum as_status as_listed_keys_add(struct as_listed_keys *k, struct as_slice key, bool *out_repeated,
                                  struct as_error *err) AS_MUST_CHECK;
/** The listing ends: the target learns how far it came. */
void as_listed_keys_end(struct as_listed_keys *k, struct as_target *t);
/** True when a TARGET before the object's has listed it and not filtered it out. */
bool as_listed_before(const struct as_run *r, const struct as_object *o);
/* lister.c */
void *as_lister_main(void *run);
void *as_opener_main(void *run);
void as_job_free(struct as_job *job);
/* object_job.c: reads, scans and reports one object */
enum as_status as_object_job(struct as_run *r, struct as_scan_worker *worker,
                             struct as_job *job) AS_MUST_CHECK;
/** One record for an object that was listed and never started. */
enum as_status as_object_not_attempted(struct as_run *r, struct as_job *job) AS_MUST_CHECK;
/* writer.c */
void *as_writer_main(void *run);
void as_record_free(struct as_record *record);
/** Makes the documents of a result and hands them to the writer. */
enum as_status as_writer_put(struct as_run *r, uint64_t object, uint32_t attempt,
                             const struct as_result *result) AS_MUST_CHECK;
enum as_status as_writer_commit(struct as_run *r, uint64_t object, uint32_t attempt) AS_MUST_CHECK;
/* run_threads.c */
/** Runs all threads to their end; every listed object has its record then. Faults are kept. */
void as_run_threads(struct as_run *r);
/* run.c */
/** Ends everything: nothing more is read or scanned. */
void as_run_abandon(struct as_run *r);
/** The run cannot go on: keeps the first fault and stops everybody. */
void as_run_fault(struct as_run *r, enum as_status status, const struct as_error *err);
const struct as_run_facts *as_run_facts(const struct as_run *r);
void as_run_set_current_object(const char *name);

#endif
