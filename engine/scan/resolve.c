/* SPDX-License-Identifier: Apache-2.0
 * Overlap resolution of one text.
 *
 * Hits arrive block by block, sorted within a block. A check may move a value's start back by up to
 * AS_REACH_BACK, so what ends at or below block_end - AS_REACH_BACK is settled: later blocks cannot
 * add a hit before it. Settled hits are taken in clusters of hits that overlap each other; within a
 * cluster the best hit stays, what overlaps it goes, and so on.
 *
 * Best: reported, test value or placeholder before low confidence; then keyword present or proof,
 * stronger check, longer, leftmost, of two credentials narrower bounds of length, smaller id.
 * Custom detectors compete with themselves only.
 *
 * A cluster has at most CLUSTER_MAX hits; a longer chain is cut there in order of start, which does
 * not depend on blocks. Memory: the hits of one cluster and of one block. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scan/trace.h"
#include "scan/worker.h"
#include "text/text.h"

#define CLUSTER_MAX 4096U

struct pending {
    struct as_hit hit;
    char *path; /* owned; NULL for none */
    bool dropped;
    bool settled; /* chosen to stay */
};

struct as_resolver {
    const struct as_scanner *scanner;
    as_hit_fn *emit;
    void *context;
    struct pending *items; /* ascending by as_hit_order */
    size_t count;
    size_t cap;
    uint32_t *order; /* scratch of resolve_cluster: [CLUSTER_MAX] */
    const struct as_trace *trace;
};

struct as_resolver *as_resolver_new(const struct as_scanner *s, as_hit_fn *emit, void *context)
{
    struct as_resolver *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    *r = (struct as_resolver){.scanner = s, .emit = emit, .context = context};
    r->order = as_calloc(CLUSTER_MAX, sizeof *r->order);
    if (r->order == NULL) {
        as_free(r);
        return NULL;
    }
    return r;
}

void as_resolver_free(struct as_resolver *r)
{
    if (r == NULL) {
        return;
    }
    for (size_t i = 0; i < r->count; i++) {
        as_free(r->items[i].path);
    }
    as_free(r->items);
    as_free(r->order);
    as_free(r);
}

void as_resolver_trace(struct as_resolver *r, const struct as_trace *trace)
{
    r->trace = trace;
}

/* --- who stays --- */

static bool is_custom(const struct as_resolver *r, const struct as_hit *h)
{
    return r->scanner->catalog->detectors[h->detector].custom;
}

/* Whether two hits stand for the same place: only one of them may stay. */
static bool competes(const struct as_resolver *r, const struct as_hit *a, const struct as_hit *b)
{
    if (a->start >= b->end || b->start >= a->end) {
        return false;
    }
    return a->detector == b->detector || (!is_custom(r, a) && !is_custom(r, b));
}

/* A keyword says what a value is; one that proves itself (a vendor's prefix, a CRC) needs none. */
static int is_sure(const struct as_hit *h)
{
    return h->keyword || h->strength == AS_STRENGTH_PROOF;
}

/* Negative when a is the better one. */
static int rank(const struct as_resolver *r, const struct as_hit *a, const struct as_hit *b)
{
    int low_a = a->state == AS_HIT_LOW_CONFIDENCE;
    int low_b = b->state == AS_HIT_LOW_CONFIDENCE;
    if (low_a != low_b) {
        return low_a - low_b;
    }
    int sure_a = is_sure(a);
    int sure_b = is_sure(b);
    if (sure_a != sure_b) {
        return sure_b - sure_a;
    }
    if (a->strength != b->strength) {
        return b->strength - a->strength;
    }
    uint64_t len_a = a->end - a->start;
    uint64_t len_b = b->end - b->start;
    if (len_a != len_b) {
        return len_a > len_b ? -1 : 1;
    }
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    const struct as_detector *d = r->scanner->catalog->detectors;
    const struct as_detector *of_a = &d[a->detector];
    const struct as_detector *of_b = &d[b->detector];
    unsigned room_a = of_a->max_bytes - of_a->min_bytes;
    unsigned room_b = of_b->max_bytes - of_b->min_bytes;
    if (room_a != room_b && of_a->category == AS_CREDENTIALS && of_b->category == AS_CREDENTIALS) {
        return room_a < room_b ? -1 : 1; /* a vendor's key, rather than any secret */
    }
    return strcmp(d[a->detector].id, d[b->detector].id);
}

static int compare_rank(const void *a, const void *b, void *context)
{
    const struct as_resolver *r = context;
    return rank(r, &r->items[*(const uint32_t *)a].hit, &r->items[*(const uint32_t *)b].hit);
}

/* Drops what overlaps item i; items are ascending by start, so only a stretch can. */
static void drop_rivals(struct as_resolver *r, uint32_t i, size_t count)
{
    const struct as_hit *best = &r->items[i].hit;
    for (size_t j = 0; j < count && r->items[j].hit.start < best->end; j++) {
        struct pending *other = &r->items[j];
        if (j != i && !other->settled && !other->dropped && competes(r, best, &other->hit)) {
            other->dropped = true;
            if (r->trace != NULL) {
                r->trace->lost(r->trace->context, &other->hit, best);
            }
        }
    }
}

static enum as_status emit_cluster(struct as_resolver *r, size_t count)
{
    enum as_status status = AS_OK;
    for (size_t i = 0; i < count; i++) {
        struct pending *p = &r->items[i];
        if (!p->dropped && status == AS_OK) {
            status = r->emit(r->context, &p->hit, p->path != NULL ? p->path : "");
        }
        as_free(p->path);
        p->path = NULL;
    }
    return status;
}

/* The first `count` items are a cluster. */
static enum as_status resolve_cluster(struct as_resolver *r, size_t count)
{
    if (count > 1) {
        for (uint32_t i = 0; i < count; i++) {
            r->order[i] = i;
        }
        qsort_r(r->order, count, sizeof *r->order, compare_rank, r);
        for (size_t i = 0; i < count; i++) {
            struct pending *p = &r->items[r->order[i]];
            if (!p->dropped) {
                p->settled = true;
                drop_rivals(r, r->order[i], count);
            }
        }
    }
    return emit_cluster(r, count);
}

/* --- clusters --- */

/* Items of the first cluster; 0 when it may still grow. `settled`: no hit with a start below can
 * come any more. */
static size_t first_cluster(const struct as_resolver *r, size_t from, uint64_t settled)
{
    uint64_t end = 0;
    for (size_t i = from; i < r->count; i++) {
        const struct as_hit *h = &r->items[i].hit;
        if (h->start >= settled) {
            return i > from && h->start >= end && end <= settled ? i - from : 0;
        }
        if (i > from && (h->start >= end || i - from == CLUSTER_MAX)) {
            return i - from;
        }
        end = h->end > end ? h->end : end;
    }
    return end <= settled ? r->count - from : 0;
}

static enum as_status settle(struct as_resolver *r, uint64_t settled)
{
    size_t done = 0;
    enum as_status status = AS_OK;
    struct as_resolver view = *r;
    while (status == AS_OK && done < r->count) {
        size_t count = first_cluster(r, done, settled);
        if (count == 0) {
            break;
        }
        view.items = r->items + done;
        status = resolve_cluster(&view, count);
        done += count;
    }
    if (done != 0) {
        memmove(r->items, r->items + done, (r->count - done) * sizeof *r->items);
        r->count -= done;
    }
    return status;
}

/* Inserts from the end: hits come nearly in order. */
static enum as_status insert(struct as_resolver *r, const struct as_hit *hit, const char *path)
{
    if (r->count == r->cap) {
        size_t cap = r->cap * 2 + 64;
        struct pending *grown = as_realloc(r->items, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        r->items = grown;
        r->cap = cap;
    }
    struct pending p = {.hit = *hit, .path = path == NULL ? NULL : as_strdup(path)};
    if (path != NULL && p.path == NULL) {
        return AS_E_NO_MEMORY;
    }
    size_t i = r->count++;
    while (i > 0 && as_hit_order(hit, &r->items[i - 1].hit) < 0) {
        r->items[i] = r->items[i - 1];
        i--;
    }
    r->items[i] = p;
    return AS_OK;
}

enum as_status as_resolver_push(struct as_resolver *r, const struct as_hits *hits,
                                uint64_t block_end)
{
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct as_hit *h = &hits->items[i];
        AS_TRY(insert(r, h, h->path == 0 ? NULL : hits->paths + h->path));
    }
    return settle(r, block_end > AS_REACH_BACK ? block_end - AS_REACH_BACK : 0);
}

enum as_status as_resolver_finish(struct as_resolver *r)
{
    return settle(r, UINT64_MAX);
}
