/* SPDX-License-Identifier: Apache-2.0
 * The lister lists every target in order and feeds the queue of objects; the opener opens them
 * ahead of need where reads wait for a network, so that small objects cost no round trip each. One
 * thread each. A target that cannot be listed does not end the run: the others go on, the summary
 * says what happened. */
#include <inttypes.h>
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
    uint64_t next_number; /* over all targets */
    struct as_listed_keys *keys;
    struct as_error *err;
    uint64_t elsewhere; /* objects that an earlier TARGET has listed */
    uint64_t repeated;  /* entries that this listing has given before */
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
    job->number = l->next_number++;
    job->object = object;
    enum as_status status = as_queue_push(&l->run->listed, job);
    if (status != AS_OK) {
        as_free(job);
    }
    return status;
}

/* *out_taken: it is to be read. *out_duplicate: it is not, since it is listed elsewhere. */
static enum as_status judge(struct listing *l, const struct as_object *object, bool *out_duplicate,
                            bool *out_taken)
{
    bool repeated = false;
    AS_TRY(as_listed_keys_add(l->keys, object->key, &repeated, l->err));
    *out_taken = as_filter_takes(&l->run->options, object);
    if (*out_taken) {
        bool elsewhere = !repeated && as_listed_before(l->run, object);
        *out_duplicate = repeated || elsewhere;
        *out_taken = !*out_duplicate;
        l->repeated += repeated;
        l->elsewhere += elsewhere;
    }
    return AS_OK;
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
    bool duplicate = false;
    bool taken = false;
    AS_TRY(judge(l, object, &duplicate, &taken));
    if (taken) {
        /* When the queue is closed the object is not counted as listed: the listing stops here. */
        AS_TRY(queue_object(l, object));
    } else {
        as_object_free(object);
    }
    pthread_mutex_lock(&r->lock);
    struct as_summary *s = &r->locked.summary;
    count(&s->listed, size);
    count(&s->targets[l->target].listed, size);
    if (!taken) {
        count(&s->filtered, size);
    }
    if (duplicate) {
        count(&s->duplicates, size);
        count(&s->targets[l->target].duplicates, size);
    }
    pthread_mutex_unlock(&r->lock);
    if (taken) {
        atomic_fetch_add_explicit(&r->progress.objects_listed, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&r->progress.bytes_listed, size, memory_order_relaxed);
    }
    return AS_OK;
}

static void set_broken(struct as_target_summary *t, enum as_status status,
                       const struct as_error *err)
{
    const char *code = err->code[0] != '\0' ? err->code : as_status_name(status);
    const char *text = err->message[0] != '\0' ? err->message : as_status_text(status);
    t->status = t->listed.objects == 0 ? AS_TARGET_FAILED : AS_TARGET_PARTIAL;
    AS_IGNORE(snprintf(t->reason, sizeof t->reason, "%s", code) < 0, "a cut code is still one");
    AS_IGNORE(snprintf(t->message, sizeof t->message, "%s", text) < 0, "a cut text is still one");
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
        set_broken(t, status, err);
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

static void tell_duplicates(const struct listing *l)
{
    const char *target = l->run->targets[l->target].facts.target;
    if (l->elsewhere != 0) {
        as_log(AS_LOG_WARNING,
               "%s: %" PRIu64 " of its objects were listed by an earlier TARGET, and are scanned "
               "and reported once, under that",
               target, l->elsewhere);
    }
    if (l->repeated != 0) {
        as_log(AS_LOG_WARNING,
               "%s: the listing repeats %" PRIu64 " of its entries; each is scanned once", target,
               l->repeated);
    }
}

static void list_target(struct listing *l, uint32_t target)
{
    struct as_run *r = l->run;
    struct as_target *t = &r->targets[target];
    struct as_error err = {0};
    struct as_error own = {0}; /* a source words a stopped listing its own way */
    *l = (struct listing){.run = r,
                          .target = target,
                          .next_number = l->next_number,
                          .keys = as_listed_keys_new(),
                          .err = &own};
    enum as_status status = l->keys == NULL ? AS_E_NO_MEMORY : AS_E_CANCELLED;
    if (l->keys != NULL && !as_cancel_requested(&r->stop)) {
        status = t->source->ops->list(t->source, on_object, l, &r->stop, &err);
    }
    if (own.status != AS_OK && own.status == status) {
        AS_IGNORE(as_fail(&err, status, "%s: %s", t->facts.target, own.message), "as before");
    }
    t->listed_whole = status == AS_OK;
    if (l->keys != NULL) {
        as_listed_keys_end(l->keys, t);
        as_listed_keys_free(l->keys);
    }
    end_listing(r, target, status, &err);
    tell_duplicates(l);
    if (status == AS_E_NO_MEMORY || status == AS_E_BUG) {
        as_run_fault(r, status, &err);
    }
}

void *as_lister_main(void *run)
{
    struct as_run *r = run;
    struct listing l = {.run = r};
    for (uint32_t i = 0; i < r->options.target_count; i++) {
        if (r->targets[i].source != NULL) { /* else as_targets_open has said why */
            list_target(&l, i);
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
