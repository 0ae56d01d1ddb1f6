/* SPDX-License-Identifier: Apache-2.0
 * One object from its listing to its committed record: open, walk, restart when it changed
 * meanwhile, report. Every path through this file ends in exactly one committed record of the
 * object (invariant 2). */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "pipeline/walk_sink.h"

/* What a walk reads from. Counts for progress and totals, ends the reading when the run is
 * interrupted (what was read before is then scanned and reported), and cuts what had no size when
 * it was listed at --max-object-size. */
struct counted_stream {
    struct as_stream base;
    struct as_stream *inner;
    struct as_object_walk *walk;
    uint64_t bytes;
    uint64_t bytes_max; /* UINT64_MAX: no limit */
};

static void count_bytes(struct counted_stream *c, size_t len)
{
    c->bytes += len;
    atomic_fetch_add_explicit(&c->walk->run->progress.bytes_done, len, memory_order_relaxed);
}

static enum as_status check_interrupt(const struct counted_stream *c, struct as_error *err)
{
    return as_cancel_requested(&c->walk->run->stop)
               ? as_fail(err, AS_E_CANCELLED, "%s: reading was interrupted", c->walk->name)
               : AS_OK;
}

/* All that may be read was: AS_OK at the end of the input, else the limit. */
static enum as_status probe_end(struct counted_stream *c, size_t *out_len, struct as_error *err)
{
    uint8_t byte;
    *out_len = 0;
    if (!c->walk->size_cut) {
        AS_TRY(as_stream_read(c->inner, &byte, 1, out_len, err));
        c->walk->size_cut = *out_len != 0;
        *out_len = 0;
    }
    return c->walk->size_cut
               ? as_fail(err, AS_E_LIMIT, "%s: larger than --max-object-size", c->walk->name)
               : AS_OK;
}

static enum as_status counted_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                   struct as_error *err)
{
    struct counted_stream *c = (struct counted_stream *)s;
    uint64_t room = c->bytes_max - c->bytes;
    AS_TRY(check_interrupt(c, err));
    if (room == 0) {
        return probe_end(c, out_len, err);
    }
    AS_TRY(as_stream_read(c->inner, buf, room < cap ? (size_t)room : cap, out_len, err));
    count_bytes(c, *out_len);
    return AS_OK;
}

static enum as_status counted_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                      size_t *out_len, struct as_error *err)
{
    struct counted_stream *c = (struct counted_stream *)s;
    AS_TRY(check_interrupt(c, err));
    AS_TRY(c->inner->ops->read_at(c->inner, offset, buf, len, out_len, err));
    count_bytes(c, *out_len);
    return AS_OK;
}

static void counted_close(struct as_stream *s)
{
    (void)s; /* the inner stream has an owner of its own */
}

static const struct as_stream_ops counted_ops = {counted_read, counted_read_at, counted_close};
static const struct as_stream_ops counted_forward_ops = {counted_read, NULL, counted_close};

/* Progress counts an object's listed size once, however much of it was read and how often. */
static void settle_progress(struct as_run *r, const struct as_object *object, uint64_t read,
                            bool over)
{
    uint64_t size = over ? object->size : 0;
    atomic_fetch_add_explicit(&r->progress.bytes_done, size - read, memory_order_relaxed);
    pthread_mutex_lock(&r->lock);
    r->locked.summary.bytes_read += read;
    pthread_mutex_unlock(&r->lock);
}

static enum as_status commit(struct as_object_walk *w)
{
    AS_TRY(as_writer_commit(w->run, w->job->number, w->attempt));
    atomic_fetch_add_explicit(&w->run->progress.objects_done, 1, memory_order_relaxed);
    return AS_OK;
}

static enum as_status report_skipped(struct as_object_walk *w, enum as_reason reason,
                                     const char *detail)
{
    AS_TRY(as_object_walk_skipped(w, reason, detail));
    settle_progress(w->run, w->job->object, 0, true);
    return commit(w);
}

static enum as_status report_interrupted(struct as_object_walk *w)
{
    AS_TRY(as_object_walk_unwind(w, true, AS_REASON_INTERRUPTED));
    if (!w->finished) {
        AS_TRY(as_object_walk_skipped(w, AS_REASON_INTERRUPTED, NULL));
    }
    return commit(w);
}

/* One try. *out_again: the object changed and should be read anew. */
static enum as_status walk_once(struct as_object_walk *w, bool *out_again)
{
    struct as_run *r = w->run;
    const struct as_object *object = w->job->object;
    struct counted_stream counted = {
        .base = {w->stream->ops->read_at != NULL ? &counted_ops : &counted_forward_ops},
        .inner = w->stream,
        .walk = w,
        .bytes_max = object->size_is_guess ? r->options.object_bytes_max : UINT64_MAX};
    struct as_content_sink sink;
    struct as_error err = {0};
    uint64_t size = object->size_is_guess ? AS_STREAM_SIZE_UNKNOWN : object->size;
    w->bytes_read = &counted.bytes;
    as_object_walk_sink(w, &sink);
    enum as_status status = as_content_walk(&r->env, &counted.base, object->key, size, &sink, &err);
    as_object_walk_learn_version(w);
    settle_progress(r, object, counted.bytes, status != AS_E_OBJECT_CHANGED);
    if (status == AS_OK && w->finished) {
        return commit(w);
    }
    if (status == AS_E_OBJECT_CHANGED) {
        *out_again = true;
        AS_TRY(as_object_walk_unwind(w, false, AS_REASON_NONE));
        return as_object_reveal_restart(w);
    }
    if (status == AS_E_CANCELLED && !w->finished) {
        return report_interrupted(w);
    }
    AS_IGNORE(as_object_walk_unwind(w, false, AS_REASON_NONE),
              "the first fault is the one to tell");
    return status == AS_OK ? as_fail(&err, AS_E_BUG, "a walk ended without its object's end")
                           : status;
}

/* Tries until it is read in one version or has changed too often. Takes job->stream. */
static enum as_status read_object(struct as_run *r, struct as_scan_worker *worker,
                                  struct as_job *job, const char *name)
{
    struct as_source *source = r->targets[job->object->target].source;
    for (uint32_t attempt = 0; attempt <= AS_RESTARTS_MAX; attempt++) {
        struct as_object_walk w = {
            .run = r, .worker = worker, .job = job, .attempt = attempt, .name = name};
        struct as_error err = job->open_error;
        enum as_status status = job->open_status;
        w.stream = job->stream;
        job->stream = NULL;
        job->open_status = AS_OK;
        if (w.stream == NULL && status == AS_OK) {
            status = source->ops->open(source, job->object, attempt, &w.stream, &err);
        }
        if (status != AS_OK && status != AS_E_OBJECT_CHANGED) {
            if (status == AS_E_NO_MEMORY || status == AS_E_BUG) {
                return status;
            }
            return report_skipped(&w, as_reason_of_status(status), err.message);
        }
        bool again = status == AS_E_OBJECT_CHANGED;
        status = again ? AS_OK : walk_once(&w, &again);
        as_stream_close(w.stream);
        if (!again || status != AS_OK) {
            return status;
        }
        as_log(AS_LOG_INFO, "%s changed while it was read: starting again",
               r->options.redact_names ? "an object" : name);
    }
    struct as_object_walk w = {
        .run = r, .worker = worker, .job = job, .attempt = AS_RESTARTS_MAX + 1, .name = name};
    return report_skipped(&w, AS_REASON_OBJECT_VERSION_MISMATCH,
                          "the object changed in every one of four tries");
}

enum as_status as_object_job(struct as_run *r, struct as_scan_worker *worker, struct as_job *job)
{
    AS_CLEANUP(as_free_ptr) char *name = as_memdup0(job->object->key.ptr, job->object->key.len);
    if (name == NULL) {
        return AS_E_NO_MEMORY;
    }
    as_run_set_current_object(name);
    enum as_status status;
    struct as_object_walk w = {.run = r, .worker = worker, .job = job, .name = name};
    if (job->object->skip_reason != AS_REASON_NONE) {
        status = report_skipped(&w, (enum as_reason)job->object->skip_reason, NULL);
    } else if (job->object->size > r->options.object_bytes_max && !job->object->size_is_guess) {
        status =
            report_skipped(&w, AS_REASON_FILE_EXCEEDS_SIZE_LIMIT, "larger than --max-object-size");
    } else {
        status = read_object(r, worker, job, name);
    }
    as_run_set_current_object(NULL);
    return status;
}

enum as_status as_object_not_attempted(struct as_run *r, struct as_job *job)
{
    const struct as_tally nothing = {0};
    struct as_result result = {.target = job->object->target,
                               .target_facts = &r->targets[job->object->target].facts,
                               .key = job->object->key,
                               .version_id = job->object->version_id,
                               .etag = job->object->etag,
                               .storage_class = job->object->storage_class,
                               .size = job->object->size,
                               .last_modified_ms = job->object->last_modified_ms,
                               .member_path = "",
                               .member_size = AS_STREAM_SIZE_UNKNOWN,
                               .member_modified_ms = INT64_MIN,
                               .coverage = AS_SKIPPED,
                               .reason = AS_REASON_INTERRUPTED,
                               .mime = "application/octet-stream",
                               .tally = &nothing};
    AS_TRY(as_writer_put(r, job->number, 0, &result));
    pthread_mutex_lock(&r->lock);
    as_summary_add(&r->report.facts, &r->locked.summary, &result);
    pthread_mutex_unlock(&r->lock);
    return as_writer_commit(r, job->number, 0);
}
