/* SPDX-License-Identifier: Apache-2.0
 * See explain_record.h. A nominee's events come one after another, so one nominee is open at a
 * time; when the next begins it is filed under its interest. A detector with several shapes is told
 * of more than once: the verdict that comes furthest stays. What the resolver drops is told later
 * and found again by its place. */
#include "cli/explain_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/locate.h"

/* Verdicts by how far a candidate came. */
static const uint8_t s_rank[AS_TRACE_VERDICT_COUNT] = {
    [AS_TRACE_SEPARATORS] = 0, [AS_TRACE_SHAPE] = 1,     [AS_TRACE_CHECK] = 2,
    [AS_TRACE_BOUNDS] = 3,     [AS_TRACE_EXCLUDED] = 4,  [AS_TRACE_KEYWORD_PRESENT] = 5,
    [AS_TRACE_NO_KEYWORD] = 6, [AS_TRACE_CONFIRMED] = 7,
};

struct as_explain_record {
    const struct as_catalog *catalog;
    const char *member;
    uint32_t limit;
    struct as_memory_trace trace;
    struct as_explain_totals *totals; /* [detector] */
    struct as_explained *kept[AS_EXPLAIN_INTERESTS];
    uint32_t kept_count[AS_EXPLAIN_INTERESTS];
    struct as_explained *items; /* after finish */
    uint32_t item_count;
    uint64_t count;
    const struct as_text *text; /* of the open nominee */
    struct as_explained open;
    bool is_open;
    uint32_t hit_cap;
    uint32_t reject_cap;
    bool saw_member;
    bool failed;
};

static void explained_fini(struct as_explained *e)
{
    as_free(e->member_path);
    as_free(e->hits);
    as_free(e->rejects);
}

/* --- filing --- */

static enum as_explain_interest interest_of(const struct as_explained *e)
{
    if (e->hit_count != 0) {
        return AS_EXPLAIN_HIT;
    }
    for (uint32_t i = 0; i < e->reject_count; i++) {
        if (s_rank[e->rejects[i].verdict] >= s_rank[AS_TRACE_EXCLUDED]) {
            return AS_EXPLAIN_NEAR;
        }
    }
    return AS_EXPLAIN_FAR;
}

static void count_open(struct as_explain_record *r)
{
    const struct as_explained *e = &r->open;
    r->count++;
    for (uint32_t i = 0; i < e->reject_count; i++) {
        r->totals[e->rejects[i].detector].verdicts[e->rejects[i].verdict]++;
    }
    for (uint32_t i = 0; i < e->hit_count; i++) {
        r->totals[e->hits[i].detector].verdicts[AS_TRACE_CONFIRMED]++;
        r->totals[e->hits[i].detector].states[e->hits[i].state]++;
    }
}

static void close_open(struct as_explain_record *r)
{
    if (!r->is_open) {
        return;
    }
    r->is_open = false;
    count_open(r);
    enum as_explain_interest interest = interest_of(&r->open);
    uint32_t *count = &r->kept_count[interest];
    if (*count < r->limit) {
        r->kept[interest][(*count)++] = r->open;
    } else {
        explained_fini(&r->open);
    }
    r->open = (struct as_explained){0};
    r->hit_cap = 0;
    r->reject_cap = 0;
}

/* --- events --- */

/* `path` is the member asked for, or stands in it. */
static bool wanted(const struct as_explain_record *r, const char *path)
{
    if (r->member == NULL) {
        return true;
    }
    size_t len = strlen(r->member);
    return strncmp(path, r->member, len) == 0 &&
           (path[len] == '\0' || strncmp(path + len, "!/", 2) == 0);
}

static uint64_t source_of(const struct as_block *block, struct as_locator *l, uint64_t offset)
{
    struct as_place place;
    if (offset >= block->offset) {
        as_locate(l, offset - block->offset, &place);
        return place.source_offset;
    }
    /* A check moved the start back, before the block; reach.c lets it go no further than `back`. */
    size_t back = (size_t)(block->offset - offset);
    return block->source_offset - as_source_length(block->text->charset, block->data - back, back);
}

static void begin(struct as_explain_record *r, const char *path, const struct as_trace_event *event)
{
    struct as_locator l;
    as_locator_init(&l, event->block);
    r->open = (struct as_explained){.sequence = r->count,
                                    .text_start = event->nominee_start,
                                    .text_end = event->nominee_end,
                                    .metadata = event->block->text->metadata};
    as_locate(&l, event->nominee_start - event->block->offset, &r->open.place);
    r->open.start = r->open.place.source_offset;
    r->open.end = source_of(event->block, &l, event->nominee_end);
    r->open.member_path = as_strdup(path);
    r->failed = r->failed || r->open.member_path == NULL;
    r->text = event->block->text;
    r->is_open = true;
}

static bool grow(void **items, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap) {
        return true;
    }
    uint32_t more = *cap == 0 ? 4 : *cap * 2;
    void *grown = as_realloc(*items, more, size);
    if (grown == NULL) {
        return false;
    }
    *items = grown;
    *cap = more;
    return true;
}

static void add_reject(struct as_explain_record *r, uint16_t detector,
                       enum as_trace_verdict verdict)
{
    struct as_explained *e = &r->open;
    for (uint32_t i = 0; i < e->reject_count; i++) {
        if (e->rejects[i].detector == detector) {
            bool further = s_rank[verdict] > s_rank[e->rejects[i].verdict];
            e->rejects[i].verdict = further ? (uint8_t)verdict : e->rejects[i].verdict;
            return;
        }
    }
    void *items = e->rejects;
    if (!grow(&items, e->reject_count, &r->reject_cap, sizeof *e->rejects)) {
        r->failed = true;
        return;
    }
    e->rejects = items;
    e->rejects[e->reject_count++] =
        (struct as_explained_reject){.detector = detector, .verdict = (uint8_t)verdict};
}

/* A detector that confirmed in one shape is no reject in another. */
static void drop_reject(struct as_explained *e, uint16_t detector)
{
    for (uint32_t i = 0; i < e->reject_count; i++) {
        if (e->rejects[i].detector == detector) {
            e->rejects[i] = e->rejects[--e->reject_count];
            return;
        }
    }
}

static void add_hit(struct as_explain_record *r, uint16_t detector,
                    const struct as_trace_event *event)
{
    struct as_explained *e = &r->open;
    void *items = e->hits;
    drop_reject(e, detector);
    if (!grow(&items, e->hit_count, &r->hit_cap, sizeof *e->hits)) {
        r->failed = true;
        return;
    }
    e->hits = items;
    struct as_locator l;
    as_locator_init(&l, event->block);
    struct as_explained_hit *hit = &e->hits[e->hit_count++];
    *hit = (struct as_explained_hit){.detector = detector,
                                     .state = event->state,
                                     .strength = event->strength,
                                     .confidence = event->confidence,
                                     .points = event->points,
                                     .keyword = event->keyword,
                                     .text_start = event->start,
                                     .text_end = event->end,
                                     .lost_to = -1};
    hit->start = source_of(event->block, &l, event->start);
    hit->end = source_of(event->block, &l, event->end);
}

static bool has_hit(const struct as_explained *e, uint16_t detector)
{
    for (uint32_t i = 0; i < e->hit_count; i++) {
        if (e->hits[i].detector == detector) {
            return true;
        }
    }
    return false;
}

static void on_event(void *context, const char *path, const struct as_trace_event *event)
{
    struct as_explain_record *r = context;
    if (!wanted(r, path)) {
        return;
    }
    bool same = r->is_open && r->text == event->block->text &&
                r->open.text_start == event->nominee_start &&
                r->open.text_end == event->nominee_end;
    if (!same) {
        close_open(r);
        begin(r, path, event);
    }
    uint16_t detector = (uint16_t)(event->detector - r->catalog->detectors);
    if (event->verdict == AS_TRACE_CONFIRMED) {
        add_hit(r, detector, event);
    } else if (!has_hit(&r->open, detector)) {
        add_reject(r, detector, event->verdict);
    }
}

static bool mark_lost(struct as_explained *e, const struct as_hit *lost, uint16_t winner)
{
    for (uint32_t i = 0; i < e->hit_count; i++) {
        struct as_explained_hit *hit = &e->hits[i];
        if (hit->detector == lost->detector && hit->text_start == lost->start &&
            hit->text_end == lost->end && hit->lost_to < 0) {
            hit->lost_to = winner;
            return true;
        }
    }
    return false;
}

static void on_lost(void *context, const char *path, const struct as_hit *lost,
                    const struct as_hit *winner)
{
    struct as_explain_record *r = context;
    if (!wanted(r, path)) {
        return;
    }
    close_open(r);
    struct as_explain_totals *t = &r->totals[lost->detector];
    t->lost++;
    t->states[lost->state]--;
    /* The latest first: resolving follows soon. */
    for (uint32_t i = r->kept_count[AS_EXPLAIN_HIT]; i > 0; i--) {
        struct as_explained *e = &r->kept[AS_EXPLAIN_HIT][i - 1];
        if (e->member_path != NULL && strcmp(e->member_path, path) == 0 &&
            mark_lost(e, lost, winner->detector)) {
            return;
        }
    }
}

static void on_member(void *context, const char *path)
{
    struct as_explain_record *r = context;
    r->saw_member = r->saw_member || wanted(r, path);
}

/* --- making and reading --- */

struct as_explain_record *as_explain_record_new(const struct as_catalog *catalog,
                                                const char *member, uint32_t limit)
{
    struct as_explain_record *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    *r = (struct as_explain_record){.catalog = catalog,
                                    .member = member,
                                    .limit = limit,
                                    .trace = {r, on_member, on_event, on_lost}};
    r->totals = as_calloc(catalog->count, sizeof *r->totals);
    bool made = r->totals != NULL;
    for (int i = 0; i < AS_EXPLAIN_INTERESTS; i++) {
        r->kept[i] = as_calloc(limit, sizeof *r->kept[i]);
        made = made && r->kept[i] != NULL;
    }
    if (!made) {
        as_explain_record_free(r);
        return NULL;
    }
    return r;
}

void as_explain_record_free(struct as_explain_record *r)
{
    if (r == NULL) {
        return;
    }
    for (int i = 0; i < AS_EXPLAIN_INTERESTS; i++) {
        for (uint32_t k = 0; r->kept[i] != NULL && k < r->kept_count[i]; k++) {
            explained_fini(&r->kept[i][k]);
        }
        as_free(r->kept[i]);
    }
    explained_fini(&r->open);
    as_free(r->items);
    as_free(r->totals);
    as_free(r);
}

const struct as_memory_trace *as_explain_record_trace(const struct as_explain_record *r)
{
    return &r->trace;
}

static int by_sequence(const void *a, const void *b)
{
    const struct as_explained *x = a;
    const struct as_explained *y = b;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

enum as_status as_explain_record_finish(struct as_explain_record *r)
{
    close_open(r);
    r->items = as_calloc(r->limit, sizeof *r->items);
    if (r->failed || r->items == NULL) {
        return AS_E_NO_MEMORY;
    }
    for (int i = 0; i < AS_EXPLAIN_INTERESTS; i++) {
        for (uint32_t k = 0; k < r->kept_count[i] && r->item_count < r->limit; k++) {
            r->items[r->item_count++] = r->kept[i][k]; /* kept[] goes on owning what it points to */
        }
    }
    qsort(r->items, r->item_count, sizeof *r->items, by_sequence);
    return AS_OK;
}

const struct as_explained *as_explain_record_items(const struct as_explain_record *r,
                                                   uint32_t *out_count)
{
    *out_count = r->item_count;
    return r->items;
}

uint64_t as_explain_record_count(const struct as_explain_record *r)
{
    return r->count;
}

const struct as_explain_totals *as_explain_record_totals(const struct as_explain_record *r,
                                                         uint32_t detector)
{
    return &r->totals[detector];
}

bool as_explain_record_saw_member(const struct as_explain_record *r)
{
    return r->saw_member;
}
