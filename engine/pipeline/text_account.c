/* SPDX-License-Identifier: Apache-2.0
 * See text_account.h. Slots form a ring of `window` entries: a block's slot is its sequence modulo
 * the window, free because at most `window` blocks are unsettled at a time. */
#include "pipeline/text_account.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

struct slot {
    bool filled;
    bool dropped;
    uint64_t block_end;
    struct as_hits hits;
    struct as_kept_values values; /* of hits, in runs that reveal them */
};

struct as_text_account {
    /* constant after new */
    struct as_text *text;
    struct as_tally *tally;
    unsigned window;
    const char *object_name;
    _Atomic uint64_t *reported;
    as_reveal_fn *reveal;
    void *reveal_context;
    pthread_mutex_t *lock; /* the member's */
    pthread_cond_t settled;
    struct { /* guarded by lock */
        struct slot *slots;
        uint64_t begun;
        uint64_t next; /* sequence of the first unsettled block */
        bool broken;   /* a block was dropped: nothing after it is resolved */
        enum as_status status;
        struct as_resolver *resolver;
        struct as_kept_values values;  /* of hits that the resolver may still emit */
        struct as_scan_worker *worker; /* of the thread that settles right now */
        uint8_t *column_known;         /* 0 unknown, 1 fine, 2 sensitive; one a column */
        uint64_t path_hash;            /* the last json path that was judged */
        bool path_sensitive;
    } locked;
};

static bool column_is_sensitive_locked(struct as_text_account *a, uint32_t column)
{
    if (a->locked.column_known == NULL || column >= a->text->column_count) {
        return false;
    }
    uint8_t *known = &a->locked.column_known[column];
    if (*known == 0) {
        *known = as_scan_name_is_sensitive(a->locked.worker, a->text->columns[column].name) ? 2 : 1;
    }
    return *known == 2;
}

static bool path_is_sensitive_locked(struct as_text_account *a, const char *path)
{
    size_t len = strlen(path);
    uint64_t hash = as_hash64(path, len, 1);
    if (hash != a->locked.path_hash) {
        a->locked.path_hash = hash;
        a->locked.path_sensitive = as_scan_name_is_sensitive(a->locked.worker, as_slice(path, len));
    }
    return a->locked.path_sensitive;
}

static enum as_status add_cell_locked(struct as_text_account *a, const struct as_hit *hit,
                                      struct as_occurrence *o)
{
    uint32_t column = hit->place.column - 1;
    o->kind = AS_PLACE_CELL;
    o->row = hit->place.row;
    o->column = hit->place.column;
    char *name = NULL;
    if (a->text->has_header && o->row > a->text->header_row && column < a->text->column_count &&
        a->text->columns[column].name.len != 0 && !column_is_sensitive_locked(a, column)) {
        name = as_memdup0(a->text->columns[column].name.ptr, a->text->columns[column].name.len);
        if (name == NULL) {
            return AS_E_NO_MEMORY;
        }
    }
    o->column_name = name;
    enum as_status status =
        as_tally_add(a->tally, hit->detector, hit->value_hash, hit->confidence, o);
    as_free(name);
    return status;
}

static enum as_status add_record_locked(struct as_text_account *a, const struct as_hit *hit,
                                        const char *path, struct as_occurrence *o)
{
    o->kind = AS_PLACE_RECORD;
    o->record = hit->record;
    char *copy = NULL;
    if (path != NULL && *path != '\0' && !path_is_sensitive_locked(a, path)) {
        copy = as_strdup(path);
        if (copy == NULL) {
            return AS_E_NO_MEMORY;
        }
    }
    o->json_path = copy;
    enum as_status status =
        as_tally_add(a->tally, hit->detector, hit->value_hash, hit->confidence, o);
    as_free(copy);
    return status;
}

static enum as_status on_hit_locked(void *context, const struct as_hit *hit, const char *path)
{
    struct as_text_account *a = context;
    static const enum as_excluded excluded_of[AS_HIT_STATE_COUNT] = {
        [AS_HIT_TEST_VALUE] = AS_EXCLUDED_TEST_NUMBER,
        [AS_HIT_PLACEHOLDER] = AS_EXCLUDED_PLACEHOLDER,
        [AS_HIT_LOW_CONFIDENCE] = AS_EXCLUDED_LOW_CONFIDENCE,
    };
    if (hit->state != AS_HIT_REPORTED) {
        as_tally_exclude(a->tally, excluded_of[hit->state]);
        return AS_OK;
    }
    if (a->reported != NULL) {
        atomic_fetch_add_explicit(a->reported, 1, memory_order_relaxed);
    }
    if (a->text->metadata) { /* its places are not the content's */
        return as_tally_add(a->tally, hit->detector, hit->value_hash, hit->confidence, NULL);
    }
    if (a->reveal != NULL) {
        AS_TRY(a->reveal(a->reveal_context, hit, as_kept_values_find(&a->locked.values, hit)));
    }
    struct as_occurrence o = {.start = hit->place.source_offset,
                              .end = hit->end_place.source_offset,
                              .line = hit->place.line,
                              .end_line = hit->end_place.line,
                              .line_column = hit->place.line_column,
                              .kind = AS_PLACE_LINE,
                              .confidence = hit->confidence};
    if (a->text->kind == AS_TEXT_DELIMITED) {
        if (a->text->has_header &&
            hit->place.row == a->text->header_row) { /* a column's name is no content */
            return as_tally_add(a->tally, hit->detector, hit->value_hash, hit->confidence, NULL);
        }
        return add_cell_locked(a, hit, &o);
    }
    if (a->text->kind == AS_TEXT_JSON || a->text->kind == AS_TEXT_JSON_LINES) {
        return add_record_locked(a, hit, path, &o);
    }
    return as_tally_add(a->tally, hit->detector, hit->value_hash, hit->confidence, &o);
}

struct as_text_account *as_text_account_new(const struct as_text_account_options *options)
{
    struct as_text_account *a = as_calloc(1, sizeof *a);
    if (a == NULL) {
        return NULL;
    }
    a->text = options->text;
    a->tally = options->tally;
    a->window = options->window;
    a->object_name = options->object_name;
    a->reported = options->reported;
    a->reveal = options->reveal;
    a->reveal_context = options->reveal_context;
    a->lock = options->lock;
    as_cond_init(&a->settled);
    a->locked.slots = as_calloc(options->window, sizeof *a->locked.slots);
    a->locked.resolver = as_resolver_new(options->scanner, on_hit_locked, a);
    a->locked.column_known = as_calloc(a->text->column_count, 1);
    if (a->locked.slots == NULL || a->locked.resolver == NULL || a->locked.column_known == NULL) {
        as_text_account_free(a);
        return NULL;
    }
    return a;
}

void as_text_account_free(struct as_text_account *a)
{
    if (a == NULL) {
        return;
    }
    for (unsigned i = 0; a->locked.slots != NULL && i < a->window; i++) {
        as_hits_fini(&a->locked.slots[i].hits);
        as_kept_values_fini(&a->locked.slots[i].values);
    }
    as_kept_values_fini(&a->locked.values);
    as_free(a->locked.slots);
    as_resolver_free(a->locked.resolver);
    as_free(a->locked.column_known);
    pthread_cond_destroy(&a->settled);
    as_free(a);
}

bool as_text_account_begin_block(struct as_text_account *a)
{
    pthread_mutex_lock(a->lock);
    bool room = a->locked.begun - a->locked.next < a->window;
    a->locked.begun += room;
    pthread_mutex_unlock(a->lock);
    return room;
}

/* Resolves every slot that is next in sequence. */
static void settle_locked(struct as_text_account *a, struct as_scan_worker *worker)
{
    a->locked.worker = worker;
    while (true) {
        struct slot *slot = &a->locked.slots[a->locked.next % a->window];
        if (!slot->filled) {
            break;
        }
        a->locked.broken = a->locked.broken || slot->dropped;
        if (!a->locked.broken && a->locked.status == AS_OK) {
            a->locked.status = as_kept_values_move(&a->locked.values, &slot->values);
        }
        if (!a->locked.broken && a->locked.status == AS_OK) {
            a->locked.status = as_resolver_push(a->locked.resolver, &slot->hits, slot->block_end);
        }
        as_hits_reset(&slot->hits);
        slot->filled = false;
        a->locked.next++;
    }
    a->locked.worker = NULL;
    pthread_cond_broadcast(&a->settled);
}

/* `hits` and `values` are exchanged for the slot's empty ones; NULL: the block was dropped. */
static void fill_slot(struct as_block *block, struct as_scan_worker *worker, struct as_hits *hits,
                      struct as_kept_values *values, enum as_status status)
{
    struct as_text_account *a = block->text->owner;
    pthread_mutex_lock(a->lock);
    struct slot *slot = &a->locked.slots[block->sequence % a->window];
    assert(!slot->filled);
    slot->filled = true;
    slot->dropped = hits == NULL;
    slot->block_end = block->offset + block->size;
    if (hits != NULL) {
        struct as_hits spare = slot->hits;
        slot->hits = *hits;
        *hits = spare;
        struct as_kept_values none = slot->values;
        slot->values = *values;
        *values = none;
    }
    if (status != AS_OK && a->locked.status == AS_OK) {
        a->locked.status = status;
    }
    /* The block goes back before waiters hear of it: after the wait the text may be gone. */
    as_block_free(block);
    settle_locked(a, worker);
    pthread_mutex_unlock(a->lock);
}

void as_text_account_scan(struct as_scan_worker *worker, struct as_block *block)
{
    struct as_hits hits;
    as_hits_init(&hits);
    struct as_kept_values values = {0};
    const struct as_text_account *a = block->text->owner;
    enum as_status status = as_scan_block(worker, block, &hits);
    if (status == AS_OK && a->reveal != NULL) {
        status = as_kept_values_copy(&values, block, &hits);
    }
    fill_slot(block, worker, &hits, &values, status);
    as_hits_fini(&hits);
    as_kept_values_fini(&values);
}

void as_text_account_drop(struct as_block *block)
{
    fill_slot(block, NULL, NULL, NULL, AS_OK);
}

static bool idle_locked(const struct as_text_account *a)
{
    return a->locked.next == a->locked.begun;
}

bool as_text_account_idle(struct as_text_account *a)
{
    return as_text_account_wait(a, 0);
}

bool as_text_account_wait(struct as_text_account *a, unsigned ms)
{
    pthread_mutex_lock(a->lock);
    if (ms != 0 && !idle_locked(a)) {
        as_cond_wait_ms(&a->settled, a->lock, ms);
    }
    bool idle = idle_locked(a);
    pthread_mutex_unlock(a->lock);
    return idle;
}

enum as_status as_text_account_finish(struct as_text_account *a, struct as_scan_worker *worker)
{
    pthread_mutex_lock(a->lock);
    assert(idle_locked(a));
    a->locked.worker = worker;
    if (a->locked.status == AS_OK) {
        a->locked.status = as_resolver_finish(a->locked.resolver);
    }
    a->locked.worker = NULL;
    enum as_status status = a->locked.status;
    pthread_mutex_unlock(a->lock);
    return status;
}

const char *as_text_account_object(const struct as_block *block)
{
    const struct as_text_account *a = block->text->owner;
    return a->object_name;
}
