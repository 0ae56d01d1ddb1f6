/* SPDX-License-Identifier: Apache-2.0
 * See walk_sink.h. Small texts (one block) are scanned at once on the content thread, cache-hot and
 * without hand-over; larger ones go to the scan threads, and the content thread helps whenever it
 * would wait. */
#include "pipeline/walk_sink.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "pipeline/text_account.h"

#define TEXTS_MAX 4U /* open texts of one member: a binary has three readings */

struct as_member_frame {
    struct as_member_frame *parent;
    struct as_object_walk *walk;
    char *path;
    struct as_slice path_raw;
    uint64_t *index;
    uint32_t depth;
    uint64_t size;
    int64_t modified_ms;
    uint64_t text_bytes;
    struct as_tally tally; /* guarded by lock */
    pthread_mutex_t lock;
    struct as_text_account *accounts[TEXTS_MAX];
    struct as_text *texts[TEXTS_MAX];
};

static void frame_free(struct as_member_frame *f)
{
    if (f != NULL) {
        as_tally_fini(&f->tally);
        pthread_mutex_destroy(&f->lock);
        as_free(f->path);
        as_free((void *)(uintptr_t)f->path_raw.ptr);
        as_free(f->index);
        as_free(f);
    }
}

static struct as_member_frame *frame_new(const struct as_member *member)
{
    struct as_member_frame *f = as_calloc(1, sizeof *f);
    if (f == NULL) {
        return NULL;
    }
    pthread_mutex_init(&f->lock, NULL);
    as_tally_init(&f->tally);
    f->depth = member->depth;
    f->size = member->size;
    f->modified_ms = member->modified_ms;
    f->path = as_strdup(member->path);
    f->index = as_calloc(member->depth, sizeof *f->index);
    bool failed = f->path == NULL || f->index == NULL;
    if (!failed && member->path_raw.len != 0) {
        f->path_raw =
            as_slice(as_memdup0(member->path_raw.ptr, member->path_raw.len), member->path_raw.len);
        failed = f->path_raw.ptr == NULL;
    }
    if (failed) {
        frame_free(f);
        return NULL;
    }
    if (member->depth != 0) {
        memcpy(f->index, member->index, member->depth * sizeof *f->index);
    }
    return f;
}

static enum as_status on_member_begin(void *context, const struct as_member *member,
                                      void **out_member)
{
    struct as_object_walk *w = context;
    struct as_member_frame *f = frame_new(member);
    if (f == NULL) {
        return AS_E_NO_MEMORY;
    }
    f->parent = w->top;
    f->walk = w;
    w->top = f;
    w->has_members = w->has_members || member->depth != 0;
    *out_member = f;
    return AS_OK;
}

static enum as_status reveal(void *context, const struct as_hit *hit,
                             const struct as_kept_value *value)
{
    struct as_member_frame *f = context;
    return as_object_reveal(f->walk, f->path, hit, value);
}

static enum as_status on_text_begin(void *context, void *member, struct as_text *text,
                                    struct as_slice prefix)
{
    struct as_object_walk *w = context;
    struct as_member_frame *f = member;
    unsigned slot = 0;
    while (slot < TEXTS_MAX && f->accounts[slot] != NULL) {
        slot++;
    }
    if (slot == TEXTS_MAX) {
        return AS_E_BUG;
    }
    AS_TRY(as_scan_profile(w->worker, text, prefix));
    const struct as_text_account_options options = {
        .scanner = w->run->scanner,
        .text = text,
        .tally = &f->tally,
        .window = w->run->plan.block_count + 1,
        .lock = &f->lock,
        .object_name = w->name,
        .reported = &w->run->progress.findings,
        .reveal = w->run->options.on_revealed != NULL ? reveal : NULL,
        .reveal_context = f,
    };
    struct as_text_account *account = as_text_account_new(&options);
    if (account == NULL) {
        return AS_E_NO_MEMORY;
    }
    text->owner = account;
    f->accounts[slot] = account;
    f->texts[slot] = as_text_ref(text);
    return AS_OK;
}

/* Does one block of work from the queue, whoever it belongs to. False when there was none. */
static bool help(struct as_object_walk *w)
{
    void *item;
    if (as_queue_try_pop(&w->run->blocks, &item) != AS_OK) {
        return false;
    }
    if (as_cancel_requested(&w->run->abandon)) {
        as_text_account_drop(item);
    } else {
        as_text_account_scan(w->worker, item);
    }
    return true;
}

static enum as_status on_block(void *context, void *member, struct as_block *block)
{
    struct as_object_walk *w = context;
    struct as_member_frame *f = member;
    struct as_run *r = w->run;
    if (as_cancel_requested(&r->abandon)) {
        return AS_E_CANCELLED;
    }
    f->text_bytes += block->size;
    atomic_fetch_add_explicit(&r->progress.bytes_scanned, block->size, memory_order_relaxed);
    while (!as_text_account_begin_block(block->text->owner)) {
        if (!help(w)) {
            as_text_account_wait(block->text->owner, 20);
        }
    }
    bool alone = block->last && block->sequence == 0;
    if (alone || block->walk != NULL || as_queue_try_push(&r->blocks, block) != AS_OK) {
        as_text_account_scan(w->worker, block);
    }
    return AS_OK;
}

static enum as_status close_text(struct as_object_walk *w, struct as_member_frame *f, unsigned slot)
{
    struct as_text_account *account = f->accounts[slot];
    while (!as_text_account_idle(account)) {
        if (!help(w)) {
            as_text_account_wait(account, 20);
        }
    }
    as_run_set_current_object(w->name);
    enum as_status status = as_text_account_finish(account, w->worker);
    f->texts[slot]->owner = NULL;
    as_text_unref(f->texts[slot]);
    as_text_account_free(account);
    f->accounts[slot] = NULL;
    f->texts[slot] = NULL;
    return status;
}

static enum as_status on_text_end(void *context, void *member, struct as_text *text,
                                  uint64_t blocks)
{
    struct as_member_frame *f = member;
    (void)blocks;
    for (unsigned slot = 0; slot < TEXTS_MAX; slot++) {
        if (f->texts[slot] == text) {
            return close_text(context, f, slot);
        }
    }
    return AS_E_BUG;
}

/* Counts what detectors find in the object's key or the member's own part of its path. */
static enum as_status scan_own_name(struct as_object_walk *w, struct as_member_frame *f)
{
    static const enum as_excluded excluded_of[AS_HIT_STATE_COUNT] = {
        [AS_HIT_TEST_VALUE] = AS_EXCLUDED_TEST_NUMBER,
        [AS_HIT_PLACEHOLDER] = AS_EXCLUDED_PLACEHOLDER,
        [AS_HIT_LOW_CONFIDENCE] = AS_EXCLUDED_LOW_CONFIDENCE,
    };
    const char *name = f->depth == 0 ? w->name : f->path;
    size_t inherited = f->parent == NULL || f->parent->depth == 0 ? 0 : strlen(f->parent->path) + 2;
    name += inherited < strlen(name) ? inherited : 0;
    struct as_hits hits;
    as_hits_init(&hits);
    enum as_status status = as_scan_name(w->worker, as_slice_of(name), &hits);
    for (uint32_t i = 0; status == AS_OK && i < hits.count; i++) {
        const struct as_hit *hit = &hits.items[i];
        if (hit->state == AS_HIT_REPORTED) {
            status = as_tally_add(&f->tally, hit->detector, hit->value_hash, hit->confidence, NULL);
        } else {
            as_tally_exclude(&f->tally, excluded_of[hit->state]);
        }
    }
    as_hits_fini(&hits);
    return status;
}

static struct as_result result_of(const struct as_object_walk *w)
{
    const struct as_object *o = w->job->object;
    const struct as_object_version *v = &w->version;
    struct as_result r = {
        .target = o->target,
        .target_facts = &w->run->targets[o->target].facts,
        .key = o->key,
        .version_id = v->version_id != NULL ? v->version_id : o->version_id,
        .etag = v->etag != NULL ? v->etag : o->etag,
        .storage_class = o->storage_class,
        .encryption = v->encryption,
        .kms_key_id = v->kms_key_id,
        .size = o->size,
        .last_modified_ms = o->last_modified_ms,
        .member_path = "",
        .member_size = AS_STREAM_SIZE_UNKNOWN,
        .member_modified_ms = INT64_MIN,
    };
    if (v->size != 0) {
        r.size = v->size;
        r.last_modified_ms = v->last_modified_ms;
    }
    return r;
}

void as_object_walk_learn_version(struct as_object_walk *w)
{
    struct as_source *source = w->run->targets[w->job->object->target].source;
    if (w->stream != NULL && source->ops->version != NULL) {
        source->ops->version(source, w->stream, &w->version);
    }
}

static uint64_t bytes_read(const struct as_object_walk *w)
{
    return w->bytes_read == NULL ? 0 : *w->bytes_read;
}

/* Standard input has no size before it ended: what was listed is corrected by what was read. */
static void settle_size(struct as_object_walk *w, enum as_coverage coverage)
{
    struct as_run *r = w->run;
    struct as_object *o = w->job->object;
    uint64_t read = bytes_read(w);
    if (!o->size_is_guess) {
        return;
    }
    uint64_t size = coverage == AS_COMPLETE || read > o->size ? read : o->size;
    uint64_t more = size - o->size; /* modulo 2^64: it may be less */
    pthread_mutex_lock(&r->lock);
    r->locked.summary.listed.bytes += more;
    r->locked.summary.targets[o->target].listed.bytes += more;
    pthread_mutex_unlock(&r->lock);
    atomic_fetch_add_explicit(&r->progress.bytes_listed, more, memory_order_relaxed);
    o->size = size;
    o->size_is_guess = false;
    w->version.size = size;
}

/* The TARGET is this very object, and its source gave nothing of it. A limit, an interrupt or
 * a change while it was read says nothing about that. */
static bool is_unread_target(const struct as_object_walk *w, const struct as_result *result)
{
    return w->run->targets[result->target].source->single && result->coverage == AS_SKIPPED &&
           bytes_read(w) == 0 && result->reason != AS_REASON_INTERRUPTED &&
           result->reason != AS_REASON_FILE_EXCEEDS_SIZE_LIMIT &&
           result->reason != AS_REASON_OBJECT_VERSION_MISMATCH;
}

static void set_unread(struct as_target_summary *t, const struct as_result *result)
{
    t->unread = true;
    AS_IGNORE(snprintf(t->reason, sizeof t->reason, "%s", as_reason_name(result->reason)) < 0,
              "a cut code is still one");
    AS_IGNORE(snprintf(t->message, sizeof t->message, "%s",
                       result->detail != NULL ? result->detail : as_reason_text(result->reason)) <
                  0,
              "a cut message is still one");
}

/* Folds the ended object into the run's totals. */
static void add_to_summary(struct as_object_walk *w, const struct as_result *result)
{
    struct as_run *r = w->run;
    struct as_result listed = *result;
    listed.size = w->job->object->size; /* totals are in bytes as listed, so that they reconcile */
    pthread_mutex_lock(&r->lock);
    struct as_summary *s = &r->locked.summary;
    if (is_unread_target(w, result)) {
        set_unread(&s->targets[result->target], result);
    }
    as_summary_add(&r->report.facts, s, &listed);
    s->members += w->members;
    s->members_partial += w->members_partial;
    s->members_skipped += w->members_skipped;
    s->bytes_decoded += w->decoded_bytes;
    s->bytes_scanned += w->scanned_bytes;
    pthread_mutex_unlock(&r->lock);
    if (result->coverage != AS_COMPLETE && !result->media) {
        atomic_fetch_add_explicit(&r->progress.incomplete, 1, memory_order_relaxed);
    }
}

static void count_member(struct as_object_walk *w, const struct as_member_end *end)
{
    w->members++;
    w->members_partial += end->coverage == AS_PARTIAL;
    w->members_skipped += end->coverage == AS_SKIPPED;
}

/* Listed and delivered sizes of one version differ: what came may be a part of it, so whatever was
 * read of it, the object was not. */
static void settle_disputed_size(struct as_object_walk *w, struct as_member_end *verdict)
{
    if (!w->version.size_disputed || verdict->reason == AS_REASON_INTERRUPTED) {
        return;
    }
    bool skipped = verdict->coverage == AS_SKIPPED || bytes_read(w) == 0;
    verdict->coverage = skipped ? AS_SKIPPED : AS_PARTIAL;
    verdict->reason = AS_REASON_SOURCE_PROTOCOL_ERROR;
    verdict->media = false;
    AS_IGNORE(as_fail(&verdict->error, AS_E_PROTOCOL,
                      "listed with %llu bytes, but the server delivers %llu of the same version",
                      (unsigned long long)w->job->object->size,
                      (unsigned long long)w->version.size),
              "it is the record's detail");
}

/* The object itself ends: its version and size are known, and a cut by --max-object-size is its
 * reason, whatever the layers made of the missing end. */
static void settle_object(struct as_object_walk *w, struct as_member_end *verdict)
{
    as_object_walk_learn_version(w);
    settle_disputed_size(w, verdict);
    if (w->size_cut && verdict->reason != AS_REASON_INTERRUPTED) {
        verdict->coverage = bytes_read(w) == 0 ? AS_SKIPPED : AS_PARTIAL;
        verdict->reason = AS_REASON_FILE_EXCEEDS_SIZE_LIMIT;
        verdict->media = false;
    }
    settle_size(w, verdict->coverage);
}

static enum as_status add_to_object(struct as_object_walk *w, struct as_member_frame *f,
                                    const struct as_member_end *end)
{
    struct as_member_frame *root = f;
    while (root->parent != NULL) {
        root = root->parent;
    }
    count_member(w, end);
    return as_tally_merge(&root->tally, &f->tally);
}

static enum as_status finish_member(struct as_object_walk *w, struct as_member_frame *f,
                                    const struct as_member_end *end)
{
    AS_TRY(scan_own_name(w, f));
    w->decoded_bytes += end->decoded_bytes;
    w->scanned_bytes += f->text_bytes;
    struct as_member_end verdict = *end;
    if (f->depth == 0) {
        settle_object(w, &verdict);
    } else {
        AS_TRY(add_to_object(w, f, end));
    }
    as_tally_seal(&f->tally);
    struct as_result r = result_of(w);
    r.depth = f->depth;
    r.index = f->index;
    r.member_path = f->path;
    r.member_path_raw = f->path_raw;
    r.member_size = f->size != AS_STREAM_SIZE_UNKNOWN ? f->size : end->decoded_bytes;
    r.member_modified_ms = f->modified_ms;
    r.is_archive = f->depth == 0 && w->has_members;
    r.coverage = verdict.coverage;
    r.reason = verdict.reason;
    r.media = verdict.media;
    r.mime = end->mime;
    r.detail = verdict.error.status != AS_OK ? verdict.error.message : NULL;
    r.bytes_classified = r.is_archive ? w->scanned_bytes : f->text_bytes;
    r.tally = &f->tally;
    AS_TRY(as_writer_put(w->run, w->job->number, w->attempt, &r));
    if (f->depth == 0) {
        add_to_summary(w, &r);
        w->finished = true;
    }
    return AS_OK;
}

static enum as_status on_member_end(void *context, void *member, const struct as_member_end *end)
{
    struct as_object_walk *w = context;
    struct as_member_frame *f = member;
    if (f != w->top) {
        return AS_E_BUG;
    }
    AS_TRY(finish_member(w, f, end));
    w->top = f->parent;
    frame_free(f);
    return AS_OK;
}

void as_object_walk_sink(struct as_object_walk *w, struct as_content_sink *out)
{
    *out = (struct as_content_sink){w,        on_member_begin, on_text_begin,
                                    on_block, on_text_end,     on_member_end};
}

enum as_status as_object_walk_unwind(struct as_object_walk *w, bool report, enum as_reason reason)
{
    enum as_status status = AS_OK;
    while (w->top != NULL) {
        struct as_member_frame *f = w->top;
        for (unsigned slot = 0; slot < TEXTS_MAX; slot++) {
            if (f->accounts[slot] != NULL) {
                enum as_status closed = close_text(w, f, slot);
                status = status == AS_OK ? closed : status;
            }
        }
        if (report && status == AS_OK) {
            const struct as_member_end end = {.coverage =
                                                  bytes_read(w) == 0 ? AS_SKIPPED : AS_PARTIAL,
                                              .reason = reason,
                                              .mime = "application/octet-stream",
                                              .text_bytes = f->text_bytes,
                                              .decoded_bytes = f->text_bytes};
            status = finish_member(w, f, &end);
        }
        w->top = f->parent;
        frame_free(f);
    }
    return status;
}

enum as_status as_object_walk_skipped(struct as_object_walk *w, enum as_reason reason,
                                      const char *detail)
{
    struct as_member_frame *f =
        frame_new(&(struct as_member){.path = "", .modified_ms = INT64_MIN});
    if (f == NULL) {
        return AS_E_NO_MEMORY;
    }
    struct as_member_end end = {
        .coverage = AS_SKIPPED, .reason = reason, .mime = "application/octet-stream"};
    if (detail != NULL && *detail != '\0') {
        as_fail(&end.error, AS_E_IO, "%s", detail);
    }
    f->size = w->job->object->size;
    enum as_status status = finish_member(w, f, &end);
    frame_free(f);
    return status;
}
