/* SPDX-License-Identifier: Apache-2.0
 * See memory_scan.h. A walk is a stack of frames, one for each member that is open; a frame has a
 * resolver for each of its open texts. Blocks are scanned as they come, on the caller's thread.
 *
 * Matched text is copied only when the caller wants to show it: a block's bytes are gone when the
 * resolver settles, so candidates are kept until something behind them is emitted. */
#include "api/memory_scan.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define TEXTS_MAX 4U /* open texts of one member: a binary has three readings */
#define POOL_BLOCKS (2U * 3U + 4U)
#define BLOCK_BYTES (256U << 10)
#define DECODER_BYTES_DEFAULT (128ULL << 20)

/* What one scan needs and what is worth keeping for the next. */
struct bench {
    struct bench *next;
    struct as_scan_worker *worker;
    struct as_block_pool *pool;
    struct as_budget decoders;
    struct as_hits hits;
};

struct as_memory_scanner {
    /* constant after new */
    struct as_content_limits limits;
    uint64_t decoder_bytes;
    struct as_catalog *extended; /* NULL when only built-in detectors run */
    const struct as_catalog *catalog;
    uint8_t *enabled;
    struct as_scanner *scanner;
    pthread_mutex_t lock;
    struct { /* guarded by lock */
        struct bench *idle;
    } locked;
};

/* A candidate's text, kept until it is settled. */
struct kept_value {
    struct kept_value *next;
    uint64_t start;
    uint64_t end;
    uint32_t detector;
    char *bytes;
};

struct text_state {
    struct as_text *text; /* NULL: the slot is free */
    struct as_resolver *resolver;
    struct frame *frame;
    struct walk *walk;
    struct kept_value *values;
    struct as_trace trace;
};

struct frame {
    struct frame *parent;
    char *path;
    struct text_state texts[TEXTS_MAX];
};

struct walk {
    struct as_memory_scanner *scanner;
    struct bench *bench;
    const struct as_memory_scan *how;
    struct as_memory_outcome *outcome;
    struct frame *top;
    struct as_trace trace;
    bool finished; /* the bytes' own member_end was called */
};

void as_memory_scanner_options_init(struct as_memory_scanner_options *o)
{
    *o = (struct as_memory_scanner_options){.confidence_min = AS_CONFIDENCE_MIN_DEFAULT,
                                            .limits = as_content_limits_default,
                                            .decoder_bytes = DECODER_BYTES_DEFAULT};
}

static void bench_free(struct bench *b)
{
    if (b != NULL) {
        as_hits_fini(&b->hits);
        as_scan_worker_free(b->worker);
        as_block_pool_free(b->pool);
        as_budget_fini(&b->decoders);
        as_free(b);
    }
}

static struct bench *bench_acquire(struct as_memory_scanner *s)
{
    pthread_mutex_lock(&s->lock);
    struct bench *b = s->locked.idle;
    if (b != NULL) {
        s->locked.idle = b->next;
    }
    pthread_mutex_unlock(&s->lock);
    if (b != NULL) {
        return b;
    }
    b = as_calloc(1, sizeof *b);
    if (b == NULL) {
        return NULL;
    }
    as_budget_init(&b->decoders, s->decoder_bytes);
    as_hits_init(&b->hits);
    b->worker = as_scan_worker_new(s->scanner);
    b->pool = as_block_pool_new(BLOCK_BYTES, POOL_BLOCKS, NULL);
    if (b->worker == NULL || b->pool == NULL) {
        bench_free(b);
        return NULL;
    }
    return b;
}

static void bench_release(struct as_memory_scanner *s, struct bench *b)
{
    pthread_mutex_lock(&s->lock);
    b->next = s->locked.idle;
    s->locked.idle = b;
    pthread_mutex_unlock(&s->lock);
}

static enum as_status load(struct as_memory_scanner *s,
                           const struct as_memory_scanner_options *options, struct as_error *err)
{
    s->catalog = &as_catalog_builtin;
    if (options->detector_file_count != 0) {
        AS_TRY(as_catalog_extend(&as_catalog_builtin, options->detector_files,
                                 options->detector_file_count, &s->extended, err));
        s->catalog = s->extended;
    }
    s->enabled = as_calloc(s->catalog->count, 1);
    if (s->enabled == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    AS_TRY(as_catalog_select(s->catalog, options->select, options->exclude, s->enabled, err));
    if (memchr(s->enabled, 1, s->catalog->count) == NULL) {
        return as_fail(err, AS_E_USAGE,
                       "the selection leaves no detector: nothing would be looked for");
    }
    const struct as_scanner_options scanner_options = {
        .catalog = s->catalog,
        .enabled = s->enabled,
        .include_test_data = options->include_test_data,
        .confidence_min = options->confidence_min,
        .value_key = as_random64(),
    };
    return as_scanner_new(&scanner_options, &s->scanner, err);
}

enum as_status as_memory_scanner_new(const struct as_memory_scanner_options *options,
                                     struct as_memory_scanner **out, struct as_error *err)
{
    struct as_memory_scanner *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    s->limits = options->limits;
    s->decoder_bytes = options->decoder_bytes;
    pthread_mutex_init(&s->lock, NULL);
    enum as_status status = load(s, options, err);
    if (status != AS_OK) {
        as_memory_scanner_free(s);
        return status;
    }
    *out = s;
    return AS_OK;
}

void as_memory_scanner_free(struct as_memory_scanner *s)
{
    if (s == NULL) {
        return;
    }
    while (s->locked.idle != NULL) {
        struct bench *b = s->locked.idle;
        s->locked.idle = b->next;
        bench_free(b);
    }
    as_scanner_free(s->scanner);
    as_free(s->enabled);
    as_catalog_free(s->extended);
    pthread_mutex_destroy(&s->lock);
    as_free(s);
}

const struct as_catalog *as_memory_scanner_catalog(const struct as_memory_scanner *s)
{
    return s->catalog;
}

static void value_free(struct kept_value *v)
{
    as_free(v->bytes);
    as_free(v);
}

/* Takes the values that start before `start` off the list: they lost against others. */
static void drop_values_before(struct text_state *t, uint64_t start)
{
    while (t->values != NULL && t->values->start < start) {
        struct kept_value *v = t->values;
        t->values = v->next;
        value_free(v);
    }
}

/* Keeps the list ascending by start, as hits are emitted. */
static enum as_status keep_value(struct text_state *t, const struct as_block *block,
                                 const struct as_hit *hit)
{
    uint64_t first = block->offset - block->back;
    if (hit->start < first || hit->end < hit->start ||
        hit->end - first > (uint64_t)block->back + block->size + block->ahead) {
        return AS_OK; /* out of what can be read: shown without its text */
    }
    struct kept_value *v = as_calloc(1, sizeof *v);
    if (v == NULL) {
        return AS_E_NO_MEMORY;
    }
    *v = (struct kept_value){.start = hit->start, .end = hit->end, .detector = hit->detector};
    const uint8_t *bytes = block->data - block->back + (hit->start - first);
    v->bytes = as_memdup0(bytes, (size_t)(hit->end - hit->start));
    if (v->bytes == NULL) {
        as_free(v);
        return AS_E_NO_MEMORY;
    }
    struct kept_value **at = &t->values;
    while (*at != NULL && (*at)->start <= v->start) {
        at = &(*at)->next;
    }
    v->next = *at;
    *at = v;
    return AS_OK;
}

static struct as_slice find_value(const struct text_state *t, const struct as_hit *hit)
{
    for (const struct kept_value *v = t->values; v != NULL && v->start <= hit->start; v = v->next) {
        if (v->start == hit->start && v->end == hit->end && v->detector == hit->detector) {
            return as_slice(v->bytes, (size_t)(v->end - v->start));
        }
    }
    return as_slice(NULL, 0);
}

static enum as_status on_resolved(void *context, const struct as_hit *hit, const char *path)
{
    struct text_state *t = context;
    struct walk *w = t->walk;
    (void)path; /* elements of a path are data; see docs/findings.md */
    w->outcome->hits[hit->state]++;
    static const struct as_place nowhere; /* beside the content: no place in it */
    bool placed = !t->text->metadata;
    drop_values_before(t, hit->start);
    const struct as_memory_hit told = {
        .detector = &w->scanner->catalog->detectors[hit->detector],
        .member_path = t->frame->path,
        .start = placed ? hit->place.source_offset : 0,
        .end = placed ? hit->end_place.source_offset : 0,
        .place = placed ? &hit->place : &nowhere,
        .record = hit->record,
        .confidence = hit->confidence,
        .state = (enum as_hit_state)hit->state,
        .value = find_value(t, hit),
    };
    return w->how->on_hit(w->how->context, &told);
}

/* --- a trace --- */

static void on_trace_event(void *context, const struct as_trace_event *event)
{
    const struct walk *w = context;
    const struct text_state *t = event->block->text->owner;
    w->how->trace->event(w->how->trace->context, t->frame->path, event);
}

static void on_trace_lost(void *context, const struct as_hit *lost, const struct as_hit *winner)
{
    const struct text_state *t = context;
    const struct as_memory_trace *trace = t->walk->how->trace;
    trace->lost(trace->context, t->frame->path, lost, winner);
}

static void trace_text(struct walk *w, struct text_state *t)
{
    if (w->how->trace != NULL) {
        t->trace = (struct as_trace){.context = t, .lost = on_trace_lost};
        as_resolver_trace(t->resolver, &t->trace);
    }
}

/* --- members and texts --- */

static enum as_status on_member_begin(void *context, const struct as_member *member,
                                      void **out_member)
{
    struct walk *w = context;
    struct frame *f = as_calloc(1, sizeof *f);
    if (f == NULL) {
        return AS_E_NO_MEMORY;
    }
    f->path = as_strdup(member->path);
    if (f->path == NULL) {
        as_free(f);
        return AS_E_NO_MEMORY;
    }
    f->parent = w->top;
    w->top = f;
    w->outcome->members += member->depth != 0;
    if (w->how->trace != NULL) {
        w->how->trace->member(w->how->trace->context, f->path);
    }
    *out_member = f;
    return AS_OK;
}

static enum as_status on_text_begin(void *context, void *member, struct as_text *text,
                                    struct as_slice prefix)
{
    struct walk *w = context;
    struct frame *f = member;
    unsigned slot = 0;
    while (slot < TEXTS_MAX && f->texts[slot].text != NULL) {
        slot++;
    }
    if (slot == TEXTS_MAX) {
        return AS_E_BUG;
    }
    AS_TRY(as_scan_profile(w->bench->worker, text, prefix));
    struct text_state *t = &f->texts[slot];
    *t = (struct text_state){.frame = f, .walk = w};
    t->resolver = as_resolver_new(w->scanner->scanner, on_resolved, t);
    if (t->resolver == NULL) {
        return AS_E_NO_MEMORY;
    }
    trace_text(w, t);
    t->text = as_text_ref(text);
    text->owner = t;
    return AS_OK;
}

static enum as_status on_block(void *context, void *member, struct as_block *block)
{
    struct walk *w = context;
    struct text_state *t = block->text->owner;
    struct as_hits *hits = &w->bench->hits;
    (void)member;
    if (as_cancel_requested(w->how->cancel)) {
        return AS_E_CANCELLED;
    }
    as_hits_reset(hits);
    enum as_status status = as_scan_block(w->bench->worker, block, hits);
    for (uint32_t i = 0; status == AS_OK && w->how->keep_values && i < hits->count; i++) {
        status = keep_value(t, block, &hits->items[i]);
    }
    if (status == AS_OK) {
        status = as_resolver_push(t->resolver, hits, block->offset + block->size);
    }
    AS_TRY(status);
    w->outcome->text_bytes += block->size;
    as_block_free(block);
    return AS_OK;
}

static void text_close(struct text_state *t)
{
    if (t->text == NULL) {
        return;
    }
    drop_values_before(t, UINT64_MAX);
    as_resolver_free(t->resolver);
    t->text->owner = NULL;
    as_text_unref(t->text);
    *t = (struct text_state){0};
}

static enum as_status on_text_end(void *context, void *member, struct as_text *text,
                                  uint64_t blocks)
{
    struct text_state *t = text->owner;
    (void)context;
    (void)member;
    (void)blocks;
    enum as_status status = as_resolver_finish(t->resolver);
    text_close(t);
    return status;
}

static void pop_frame(struct walk *w)
{
    struct frame *f = w->top;
    w->top = f->parent;
    for (unsigned slot = 0; slot < TEXTS_MAX; slot++) {
        text_close(&f->texts[slot]);
    }
    as_free(f->path);
    as_free(f);
}

static enum as_status on_member_end(void *context, void *member, const struct as_member_end *end)
{
    struct walk *w = context;
    struct as_memory_outcome *o = w->outcome;
    if (member != w->top) {
        return AS_E_BUG;
    }
    if (w->top->parent == NULL) {
        w->finished = true;
        o->coverage = end->coverage;
        o->reason = end->reason;
        o->media = end->media;
        if (end->error.status != AS_OK) {
            AS_IGNORE(snprintf(o->detail, sizeof o->detail, "%s", end->error.message) < 0,
                      "a cut detail is still one");
        }
    }
    o->decoded_bytes += end->decoded_bytes;
    pop_frame(w);
    return AS_OK;
}

enum as_status as_memory_scan(struct as_memory_scanner *s, struct as_stream *stream, uint64_t size,
                              const struct as_memory_scan *how, struct as_memory_outcome *out,
                              struct as_error *err)
{
    struct bench *bench = bench_acquire(s);
    if (bench == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    struct as_memory_outcome outcome = {.coverage = AS_SKIPPED, .reason = AS_REASON_INTERNAL_FAULT};
    struct walk w = {.scanner = s, .bench = bench, .how = how, .outcome = &outcome};
    const struct as_content_sink sink = {&w,       on_member_begin, on_text_begin,
                                         on_block, on_text_end,     on_member_end};
    const struct as_content_env env = {.limits = s->limits,
                                       .decoders = &bench->decoders,
                                       .blocks = bench->pool,
                                       .cancel = how->cancel};
    w.trace = (struct as_trace){.context = &w, .event = on_trace_event};
    as_scan_worker_trace(bench->worker, how->trace != NULL ? &w.trace : NULL);
    enum as_status status = as_content_walk(&env, stream, how->name, size, &sink, err);
    while (w.top != NULL) {
        pop_frame(&w);
    }
    as_scan_worker_trace(bench->worker, NULL);
    bench_release(s, bench);
    if (status == AS_OK && !w.finished) {
        return as_fail(err, AS_E_BUG, "the walk ended without an end");
    }
    if (status == AS_OK) {
        *out = outcome;
    }
    return status;
}
