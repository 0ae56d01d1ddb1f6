/* SPDX-License-Identifier: Apache-2.0
 * as_scan_block: a block in segments, nominees in ascending order through gate and confirm, then
 * the hits located in one pass (worker.h describes the flow). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "scan/worker.h"

/* --- order --- */

static bool nominee_before(const struct as_nominee *a, const struct as_nominee *b)
{
    if (a->start != b->start) {
        return a->start < b->start;
    }
    return a->end != b->end ? a->end < b->end : a->list < b->list;
}

/* The nominees of one source come nearly sorted: what stands out moves a few places only. */
static void sort_nominees(struct as_nominees *n)
{
    for (uint32_t i = 1; i < n->count; i++) {
        struct as_nominee item = n->items[i];
        uint32_t j = i;
        while (j > 0 && nominee_before(&item, &n->items[j - 1])) {
            n->items[j] = n->items[j - 1];
            j--;
        }
        n->items[j] = item;
    }
}

static int compare_hits(const void *a, const void *b)
{
    return as_hit_order(a, b);
}

static int compare_nominees(const void *a, const void *b)
{
    return nominee_before(a, b) ? -1 : nominee_before(b, a) ? 1 : 0;
}

/* --- anchors and patterns --- */

struct hyper_target {
    struct as_scan_worker *w;
    struct as_nominees *out;
    size_t base;  /* added to what Hyperscan reports */
    size_t limit; /* starts at and above are another's */
    size_t low;   /* starts below are another's */
};

static enum as_status on_anchor(void *context, uint32_t list, size_t start, size_t end)
{
    struct hyper_target *t = context;
    if (start >= t->limit) {
        return AS_OK;
    }
    return as_nominees_add(t->out, (struct as_nominee){.start = (uint32_t)(t->base + start),
                                                       .end = (uint32_t)(t->base + end),
                                                       .list = list});
}

/* The longest end for each start: later ends of the same start replace it. */
static enum as_status on_pattern(void *context, uint32_t list, size_t start, size_t end)
{
    struct hyper_target *t = context;
    struct as_nominee item = {
        .start = (uint32_t)(t->base + start), .end = (uint32_t)(t->base + end), .list = list};
    if (item.start < t->low || item.start >= t->limit) {
        return AS_OK;
    }
    for (uint32_t i = t->out->count; i > 0 && t->out->count - i < 64; i--) {
        struct as_nominee *seen = &t->out->items[i - 1];
        if (seen->list == list && seen->start == item.start) {
            seen->end = item.end > seen->end ? item.end : seen->end;
            return AS_OK;
        }
    }
    return as_nominees_add(t->out, item);
}

static enum as_status nominate_anchors(struct as_scan_worker *w, struct as_nominees *out)
{
    size_t longest = as_hyper_anchor_bytes(w->scanner->hyper);
    if (longest == 0) {
        return AS_OK;
    }
    size_t left = w->window_len - w->segment;
    size_t len = w->segment_len + longest - 1;
    struct hyper_target t = {.w = w, .out = out, .base = AS_SEGMENT_BACK, .limit = w->segment_len};
    return as_hyper_anchors(w->scanner->hyper, w->scratch, w->window + w->segment,
                            len < left ? len : left, on_anchor, &t);
}

/* All matches that start in the payload, in window coordinates, ascending. */
static enum as_status nominate_patterns(struct as_scan_worker *w)
{
    w->patterns.count = 0;
    size_t widest = as_hyper_pattern_bytes(w->scanner->hyper);
    if (widest == 0) {
        return AS_OK;
    }
    size_t low = w->block->back;
    size_t from = low > widest + 1 ? low - widest - 1 : 0;
    size_t limit = low + w->block->size;
    size_t to = w->window_len - limit > widest + 1 ? limit + widest + 1 : w->window_len;
    struct hyper_target t = {.w = w, .out = &w->patterns, .base = from, .limit = limit, .low = low};
    AS_TRY(as_hyper_patterns(w->scanner->hyper, w->scratch, w->window + from, to - from, on_pattern,
                             &t));
    if (w->patterns.count > 1) {
        qsort(w->patterns.items, w->patterns.count, sizeof *w->patterns.items, compare_nominees);
    }
    return AS_OK;
}

/* Pattern matches that start in the segment, as nominees of it. */
static enum as_status take_patterns(struct as_scan_worker *w, uint32_t *next)
{
    while (*next < w->patterns.count &&
           w->patterns.items[*next].start < w->segment + w->segment_len) {
        struct as_nominee item = w->patterns.items[(*next)++];
        size_t start = item.start;
        size_t end = item.end;
        if (!as_hyper_value(w->scanner->hyper, w->scratch, item.list, w->window, &start, &end)) {
            continue;
        }
        item.start = (uint32_t)(start - w->segment + AS_SEGMENT_BACK);
        item.end = (uint32_t)(end - w->segment + AS_SEGMENT_BACK);
        AS_TRY(as_nominees_add(&w->sources[AS_SOURCE_PATTERNS], item));
    }
    return AS_OK;
}

/* --- a segment --- */

/* The nominees of all sources, merged in ascending order. Most segments have one or two sources. */
static enum as_status confirm_all(struct as_scan_worker *w)
{
    struct as_nominee *next[AS_SOURCE_COUNT];
    const struct as_nominee *end[AS_SOURCE_COUNT];
    unsigned sources = 0;
    for (unsigned i = 0; i < AS_SOURCE_COUNT; i++) {
        struct as_nominees *n = &w->sources[i];
        if (n->count != 0) {
            sort_nominees(n);
            next[sources] = n->items;
            end[sources++] = n->items + n->count;
        }
    }
    while (sources != 0) {
        unsigned first = 0;
        for (unsigned i = 1; i < sources; i++) {
            first = nominee_before(next[i], next[first]) ? i : first;
        }
        AS_TRY(as_confirm(w, next[first]));
        if (++next[first] == end[first]) {
            sources--;
            next[first] = next[sources];
            end[first] = end[sources];
        }
    }
    return w->status;
}

static enum as_status scan_segment(struct as_scan_worker *w, bool fresh, uint32_t *next_pattern)
{
    as_segment_load(w, fresh);
    as_reach_begin_segment(w);
    for (unsigned i = 0; i < AS_SOURCE_COUNT; i++) {
        w->sources[i].count = 0;
    }
    AS_TRY(as_nominate_segment(w));
    AS_TRY(nominate_anchors(w, &w->sources[AS_SOURCE_ANCHORS]));
    AS_TRY(take_patterns(w, next_pattern));
    return confirm_all(w);
}

/* --- a block --- */

static enum as_status scan_segments(struct as_scan_worker *w)
{
    size_t end = w->block->back + (size_t)w->block->size;
    uint32_t next_pattern = 0;
    AS_TRY(nominate_patterns(w));
    for (size_t at = w->block->back; at < end; at += AS_SEGMENT_BYTES) {
        w->segment = at;
        w->segment_len = end - at < AS_SEGMENT_BYTES ? end - at : AS_SEGMENT_BYTES;
        AS_TRY(scan_segment(w, at == w->block->back, &next_pattern));
    }
    return AS_OK;
}

enum as_status as_scan_window(struct as_scan_worker *w, const struct as_block *block,
                              struct as_hits *out)
{
    w->block = block;
    w->out = out;
    w->window = block->data - block->back;
    w->window_len = (size_t)block->back + block->size + block->ahead;
    w->status = AS_OK;
    as_reach_begin_block(w);
    AS_TRY(w->status);
    enum as_status status = scan_segments(w);
    as_reach_end_block(w);
    return status;
}

/* Places of hits[first, count), which are sorted. Line, row and column are those of the nominee or,
 * when it is later, the value's start; both stand on one line. Ends are located from a copy of the
 * cursor, since they need not ascend. */
static void locate_hits(const struct as_block *block, struct as_hits *h, uint32_t first)
{
    struct as_locator starts;
    as_locator_init(&starts, block);
    enum as_charset charset = block->text->charset;
    for (uint32_t i = first; i < h->count; i++) {
        struct as_hit *hit = &h->items[i];
        uint64_t at = hit->place.source_offset;
        as_locate(&starts, at - block->offset, &hit->place);
        struct as_locator ends = starts;
        as_locate(&ends, hit->end - block->offset, &hit->end_place);
        if (hit->start < at) {
            const uint8_t *value = block->data + ((ptrdiff_t)hit->start - (ptrdiff_t)block->offset);
            size_t len = (size_t)(at - hit->start);
            hit->place.line_column -= as_utf8_count(value, len);
            hit->place.source_offset -= as_source_length(charset, value, len);
        }
        if (block->text->kind == AS_TEXT_JSON_LINES) {
            hit->record = hit->place.line - 1;
        }
    }
}

enum as_status as_scan_block(struct as_scan_worker *w, const struct as_block *block,
                             struct as_hits *out)
{
    uint32_t first = out->count;
    AS_TRY(as_scan_window(w, block, out));
    if (out->count - first > 1) {
        qsort(out->items + first, out->count - first, sizeof *out->items, compare_hits);
    }
    if (out->count > first) {
        locate_hits(block, out, first);
    }
    return AS_OK;
}
