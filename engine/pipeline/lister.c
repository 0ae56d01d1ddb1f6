/* SPDX-License-Identifier: Apache-2.0
 * The lister lists every target in order and feeds the queue of objects; the opener opens them
 * ahead of need where reads wait for a network, so that small objects cost no round trip each. One
 * thread each. A target that cannot be listed does not end the run: the others go on, the summary
 * says what happened. */
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "pipeline/run_internal.h"

void as_job_free(struct as_job *job)
{
    if (job != NULL) {
        as_stream_close(job->stream);
        as_object_free(job->object);
        as_free(job);
    }
}

struct listing {
    struct as_run *run;
    uint32_t target;
    uint64_t *next_number;
};

static void count(struct as_count *c, uint64_t bytes)
{
    c->objects++;
    c->bytes += bytes;
}

/* Takes the object on AS_OK. */
static enum as_status queue_object(struct listing *l, struct as_object *object)
{
    struct as_job *job = as_calloc(1, sizeof *job);
    if (job == NULL) {
        return AS_E_NO_MEMORY;
    }
    job->number = (*l->next_number)++;
    job->object = object;
    enum as_status status = as_queue_push(&l->run->listed, job);
    if (status != AS_OK) {
        as_free(job);
    }
    return status;
}

static enum as_status on_object(void *context, struct as_object *object)
{
    struct listing *l = context;
    struct as_run *r = l->run;
    if (as_cancel_requested(&r->stop)) {
        return AS_E_CANCELLED;
    }
    object->target = l->target;
    uint64_t size = object->size;
    bool taken = as_filter_takes(&r->options, object);
    if (taken) {
        /* When the queue is closed the object is not counted as listed: the listing stops here. */
        AS_TRY(queue_object(l, object));
    } else {
        as_object_free(object);
    }
    pthread_mutex_lock(&r->lock);
    count(&r->locked.summary.listed, size);
    count(&r->locked.summary.targets[l->target].listed, size);
    if (!taken) {
        count(&r->locked.summary.filtered, size);
    }
    pthread_mutex_unlock(&r->lock);
    if (taken) {
        atomic_fetch_add_explicit(&r->progress.objects_listed, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&r->progress.bytes_listed, size, memory_order_relaxed);
    }
    return AS_OK;
}

static void end_listing(struct as_run *r, uint32_t target, enum as_status status,
                        const struct as_error *err)
{
    pthread_mutex_lock(&r->lock);
    struct as_target_summary *t = &r->locked.summary.targets[target];
    t->listing_complete = status == AS_OK;
    if (status == AS_OK) {
        t->status = AS_TARGET_COMPLETE;
    } else {
        t->status = t->listed.objects == 0 ? AS_TARGET_FAILED : AS_TARGET_PARTIAL;
        const char *code = err->code[0] != '\0' ? err->code : as_status_name(status);
        AS_IGNORE(snprintf(t->reason, sizeof t->reason, "%s", code) < 0, "a cut code is still one");
        AS_IGNORE(snprintf(t->message, sizeof t->message, "%s",
                           err->message[0] != '\0' ? err->message : as_status_text(status)) < 0,
                  "a cut message is still one");
    }
    bool nothing = status == AS_OK && t->listed.objects == 0;
    pthread_mutex_unlock(&r->lock);
    if (nothing && r->options.target_count > 1 && !r->options.allow_empty) {
        as_log(AS_LOG_ERROR, "%s: nothing is there; --allow-empty makes that fine",
               r->targets[target].facts.target);
    }
    if (status != AS_OK && status != AS_E_CANCELLED) {
        as_log(AS_LOG_ERROR, "%s: %s", r->targets[target].facts.target,
               err->message[0] != '\0' ? err->message : as_status_text(status));
    }
}

void *as_lister_main(void *run)
{
    struct as_run *r = run;
    uint64_t next_number = 0;
    for (uint32_t i = 0; i < r->options.target_count; i++) {
        struct listing l = {r, i, &next_number};
        struct as_source *source = r->targets[i].source;
        struct as_error err = {0};
        if (source == NULL) { /* could not be opened: as_targets_open has said so */
            continue;
        }
        enum as_status status = AS_E_CANCELLED;
        if (!as_cancel_requested(&r->stop)) {
            status = source->ops->list(source, on_object, &l, &r->stop, &err);
        }
        end_listing(r, i, status, &err);
        if (status == AS_E_NO_MEMORY || status == AS_E_BUG) {
            as_run_fault(r, status, &err);
        }
    }
    atomic_store_explicit(&r->progress.listing_done, true, memory_order_relaxed);
    as_queue_close(&r->listed);
    return NULL;
}

void *as_opener_main(void *run)
{
    struct as_run *r = run;
    void *item;
    while (as_queue_pop(&r->listed, &item) == AS_OK) {
        struct as_job *job = item;
        struct as_source *source = r->targets[job->object->target].source;
        if (source->fetches && job->object->skip_reason == AS_REASON_NONE &&
            job->object->size <= r->options.object_bytes_max) {
            job->open_status =
                source->ops->open(source, job->object, 0, &job->stream, &job->open_error);
        }
        if (as_queue_push(&r->ready, job) != AS_OK) {
            AS_IGNORE(as_object_not_attempted(r, job), "a fault is kept by the run");
            as_job_free(job);
            break;
        }
    }
    as_queue_close(&r->ready);
    return NULL;
}
