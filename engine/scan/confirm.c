/* SPDX-License-Identifier: Apache-2.0
 * Confirm: from a nominee to a raw hit.
 *
 * For each candidate of the nominee, cheapest test first: joiners, the gate's mask, the exact
 * shape, the check, bounds, exclusions, test values and placeholders; then the exact keyword rule
 * and confidence. What a check sees (struct as_value) is a window relative to the nominee, never to
 * the block, so that its verdict cannot depend on where blocks were cut. */
#include <string.h>

#include "base/hash.h"
#include "scan/trace_impl.h"
#include "scan/worker.h"
#include "text/text.h"

#define CHECKS_FIRST_MAX 6U

size_t as_value_base(const struct as_scan_worker *w, const struct as_value *v)
{
    return (size_t)(v->text - w->window);
}

/* Sets the window and bounds for a nominee at window [start, end). */
static void set_bounds(const struct as_scan_worker *w, size_t start, size_t end, struct as_value *v)
{
    size_t low = start > AS_REACH_BACK ? start - AS_REACH_BACK : 0;
    size_t high = w->window_len - start > AS_REACH_AHEAD ? start + AS_REACH_AHEAD : w->window_len;
    v->text = w->window + low;
    v->text_len = high - low;
    v->start = start - low;
    v->end = end - low;
}

/* Letters in upper case and digits; kinds has 4 for lower case. */
static void set_compact(const uint8_t *kinds, struct as_value *v)
{
    size_t n = 0;
    for (size_t i = v->start; i < v->end && n < AS_COMPACT_MAX; i++) {
        uint8_t c = v->text[i];
        unsigned kind = kinds[c];
        v->compact[n] = (char)(c - ((kind & 4U) << 3));
        n += kind != 0;
    }
    v->compact[n] = '\0';
    v->compact_len = n;
}

void as_value_prepare(const struct as_scan_worker *w, const struct as_nominee *n,
                      struct as_value *v)
{
    set_bounds(w, as_at_of(w, n->start), as_at_of(w, n->end), v);
    v->compact[0] = '\0';
    v->compact_len = 0;
}

/* Whether a list of the definition holds the value: its compact form for shapes, else its bytes. */
static bool is_listed(const char *const *list, const struct as_value *v, bool compact)
{
    const char *text = compact ? v->compact : (const char *)v->text + v->start;
    size_t len = compact ? v->compact_len : v->end - v->start;
    for (; list != NULL && *list != NULL; list++) {
        bool same = **list == text[0] && strlen(*list) == len && memcmp(*list, text, len) == 0;
        if (same) {
            return true;
        }
    }
    return false;
}

/* The definition's bounds. A start that was moved back must stand on the nominee's line, so that it
 * can be located from a block that begins between the two. */
static bool is_bounded(const struct as_detector *d, const struct as_value *v, size_t nominee)
{
    if (v->start >= v->end || v->end <= nominee || v->end > v->text_len ||
        v->end - v->start < d->min_bytes || v->end - v->start > d->max_bytes) {
        return false;
    }
    for (size_t i = v->start; i < nominee; i++) {
        if (v->text[i] == '\n' || v->text[i] == '\r') {
            return false;
        }
    }
    return true;
}

/* Whether the nominee has the candidate's shape, byte for byte. */
static bool fits(const struct as_shape_dfa *dfa, const struct as_candidate *c,
                 const struct as_value *v)
{
    const uint8_t *text = v->text + v->start;
    size_t len = v->end - v->start;
    return c->pure || ((as_shape_head(dfa, text, len) & ~(unsigned)c->head) == 0 &&
                       as_shape_matches(dfa, &dfa->shapes[c->shape], text, len));
}

bool as_confirm_check(struct as_scan_worker *w, const struct as_nominee *n,
                      const struct as_candidate *c, struct as_value *v, enum as_verdict *out)
{
    const struct as_detector *d = &w->scanner->catalog->detectors[c->detector];
    bool differ = (n->joiners & (n->joiners - 1U)) != 0;
    if ((n->joiners & ~(unsigned)c->joiners) != 0 || (c->joiners_equal && differ)) {
        w->rejection = AS_TRACE_SEPARATORS;
        return false;
    }
    size_t start = v->start;
    size_t end = v->end;
    const struct as_shape *shape =
        c->shape == AS_NO_SHAPE ? NULL : &w->scanner->shapes.shapes[c->shape];
    if (shape != NULL && !fits(&w->scanner->shapes, c, v)) {
        w->rejection = AS_TRACE_SHAPE;
        return false;
    }
    if (shape != NULL && v->compact_len == 0) {
        set_compact(w->scanner->shapes.kinds, v);
    }
    v->parameter = d->parameter;
    v->strength = d->strength;
    v->definition = d;
    enum as_verdict verdict = d->check == NULL ? AS_ACCEPT : d->check(v);
    /* The gate looked for keywords around the nominee, with this much to spare. */
    bool strayed =
        shape != NULL && (v->start + AS_GATE_SLACK < start || v->end > end + AS_GATE_SLACK);
    w->rejection = AS_TRACE_CONFIRMED;
    if (verdict == AS_REJECT) {
        w->rejection = AS_TRACE_CHECK;
    } else if (strayed || !is_bounded(d, v, start)) {
        w->rejection = AS_TRACE_BOUNDS;
    } else if (is_listed(d->excludes, v, shape != NULL)) {
        w->rejection = AS_TRACE_EXCLUDED;
    }
    if (w->rejection != AS_TRACE_CONFIRMED) {
        v->start = start;
        v->end = end;
        return false;
    }
    if (verdict == AS_ACCEPT && is_listed(d->test_values, v, shape != NULL)) {
        verdict = AS_TEST_VALUE;
    }
    if (verdict == AS_ACCEPT && is_listed(d->placeholders, v, shape != NULL)) {
        verdict = AS_PLACEHOLDER;
    }
    *out = verdict;
    return true;
}

static uint8_t state_of(const struct as_scanner *s, enum as_verdict verdict, uint8_t confidence)
{
    if (verdict == AS_TEST_VALUE && !s->include_test_data) {
        return AS_HIT_TEST_VALUE;
    }
    if (verdict == AS_PLACEHOLDER && !s->include_test_data) {
        return AS_HIT_PLACEHOLDER;
    }
    return confidence < s->confidence_min ? AS_HIT_LOW_CONFIDENCE : AS_HIT_REPORTED;
}

static enum as_status add_path(struct as_scan_worker *w, size_t at, uint32_t *out)
{
    if (w->walk == NULL) {
        return AS_OK;
    }
    as_paths_seek(w, at);
    as_strbuf_reset(&w->path);
    as_json_walk_path(w->walk, &w->path);
    return w->path.failed ? AS_E_NO_MEMORY
                          : as_hits_add_path(w->out, as_strbuf_view(&w->path), out);
}

static enum as_status report(struct as_scan_worker *w, const struct as_nominee *n,
                             const struct as_context *c, const struct as_value *v,
                             enum as_verdict verdict)
{
    const struct as_scanner *s = w->scanner;
    const struct as_block *b = w->block;
    size_t start = as_value_base(w, v) + v->start;
    size_t end = as_value_base(w, v) + v->end;
    bool compact = c->candidate->shape != AS_NO_SHAPE;
    struct as_points points;
    uint8_t confidence = as_context_confidence(w, n, c, &points);
    struct as_hit hit = {
        .start = b->offset + start - b->back,
        .end = b->offset + end - b->back,
        .value_hash = compact ? as_hash64(v->compact, v->compact_len, s->value_key)
                              : as_hash64(v->text + v->start, v->end - v->start, s->value_key),
        .detector = c->candidate->detector,
        .confidence = confidence,
        .state = state_of(s, verdict, confidence),
        .keyword = c->keyword,
        .strength = (uint8_t)v->strength,
    };
    /* Until it is located: the place whose line, row and column the hit gets. */
    uint64_t nominee = b->offset + as_at_of(w, n->start) - b->back;
    hit.place.source_offset = hit.start > nominee ? hit.start : nominee;
    AS_TRY(add_path(w, as_at_of(w, n->start), &hit.path));
    if (w->walk != NULL) {
        hit.record = as_json_walk_record(w->walk);
    }
    if (AS_UNLIKELY(w->trace != NULL)) {
        as_trace_confirmed(w, n, c, v, &hit, &points);
    }
    return as_hits_add(w->out, &hit);
}

/* What is known of the keywords in reach of the nominee at hand. */
struct gate {
    uint64_t mask;
    bool known;
};

static uint64_t gate_mask(struct as_scan_worker *w, const struct as_nominee *n, struct gate *g)
{
    if (!g->known) {
        g->mask = as_reach_mask(w, n);
        g->known = true;
    }
    return g->mask;
}

/* The exact keyword rule. False: no detection. A value that is not nominated by shape may be far
 * longer than its nominee, so the gate's mask says nothing about it. */
static bool keyword_rule(struct as_scan_worker *w, const struct as_nominee *n,
                         const struct as_candidate *c, struct gate *g, const struct as_value *v,
                         bool *out_keyword)
{
    const struct as_detector *d = &w->scanner->catalog->detectors[c->detector];
    *out_keyword = false;
    if (c->number != UINT16_MAX) {
        uint64_t mask = gate_mask(w, n, g);
        if (c->shape == AS_NO_SHAPE || (mask & as_mask_of(c->number)) != 0) {
            size_t base = as_value_base(w, v);
            *out_keyword = as_reach_has(w, c->number, base + v->start, base + v->end);
        }
    }
    switch (d->keyword_rule) {
    case AS_KEYWORD_REQUIRED:
        return *out_keyword;
    case AS_KEYWORD_ABSENT:
        return !*out_keyword;
    case AS_KEYWORD_NONE:
    case AS_KEYWORD_RAISES:
        break;
    }
    return true;
}

/* One candidate, v prepared. *out_done: it took the nominee. */
static enum as_status try_candidate(struct as_scan_worker *w, const struct as_nominee *n,
                                    const struct as_candidate *c, struct gate *g,
                                    struct as_value *v, bool *out_done)
{
    enum as_verdict verdict = AS_REJECT;
    bool passed = as_confirm_check(w, n, c, v, &verdict);
    if (w->tally != NULL) {
        as_tally_column(w, c->detector, passed);
        return AS_OK;
    }
    bool keyword = false;
    if (!passed || !keyword_rule(w, n, c, g, v, &keyword)) {
        if (AS_UNLIKELY(w->trace != NULL)) {
            as_trace_rejected(w, n, c,
                              !passed   ? (enum as_trace_verdict)w->rejection
                              : keyword ? AS_TRACE_KEYWORD_PRESENT
                                        : AS_TRACE_NO_KEYWORD);
        }
        return AS_OK;
    }
    struct as_context context = {.detector = &w->scanner->catalog->detectors[c->detector],
                                 .candidate = c,
                                 .keyword = keyword,
                                 .formatted = n->joiners != 0,
                                 .strength = v->strength};
    *out_done = true;
    return report(w, n, &context, v, verdict);
}

/* In a JSON document a path costs more than a few checks, most of which fail. */
static bool checks_first(const struct as_scan_worker *w, struct as_candidate_list list)
{
    return w->block->text->kind == AS_TEXT_JSON && list.count <= CHECKS_FIRST_MAX;
}

enum as_status as_confirm(struct as_scan_worker *w, const struct as_nominee *n)
{
    const struct as_scanner *s = w->scanner;
    struct as_candidate_list list = s->lists[n->list];
    struct gate gate = {0};
    if (w->tally != NULL) {
        as_columns_seek(w, n->start);
    } else if (!list.free && !checks_first(w, list) && (gate_mask(w, n, &gate) & list.mask) == 0) {
        if (AS_UNLIKELY(w->trace != NULL)) {
            as_trace_dropped(w, n);
        }
        return AS_OK;
    }
    struct as_value v;
    as_value_prepare(w, n, &v);
    size_t start = v.start;
    size_t end = v.end;
    uint32_t done = UINT32_MAX; /* the detector that took this nominee in another shape */
    for (uint32_t i = list.first; i < list.first + list.count; i++) {
        const struct as_candidate *c = &s->candidates[i];
        bool shut = c->required && c->shape != AS_NO_SHAPE && gate.known &&
                    (gate.mask & as_mask_of(c->number)) == 0;
        if (shut || c->detector == done) {
            if (AS_UNLIKELY(w->trace != NULL) && shut) {
                as_trace_shut(w, n, c);
            }
            continue;
        }
        bool took = false;
        AS_TRY(try_candidate(w, n, c, &gate, &v, &took));
        done = took ? c->detector : done;
        v.start = start;
        v.end = end;
    }
    return AS_OK;
}
