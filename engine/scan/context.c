/* SPDX-License-Identifier: Apache-2.0
 * Context: how sure a confirmed value is (confidence.h has the table).
 *
 * Neighbours are looked for anew around each value, within AS_NEIGHBOUR_REACH bytes, so that the
 * answer does not depend on where segments begin; only for values whose one check digit is all that
 * speaks for them, which are rare. */
#include "scan/confidence.h"
#include "scan/trace.h"
#include "scan/worker.h"

static int strength_points(enum as_strength strength)
{
    switch (strength) {
    case AS_STRENGTH_NONE:
        return AS_POINTS_STRENGTH_NONE;
    case AS_STRENGTH_STRUCTURE:
        return AS_POINTS_STRENGTH_STRUCTURE;
    case AS_STRENGTH_DIGIT:
        return AS_POINTS_STRENGTH_DIGIT;
    case AS_STRENGTH_STRONG:
        return AS_POINTS_STRENGTH_STRONG;
    case AS_STRENGTH_PROOF:
        return AS_POINTS_STRENGTH_PROOF;
    }
    return 0;
}

static int keyword_points(const struct as_context *c)
{
    if (c->keyword) {
        return AS_POINTS_KEYWORD;
    }
    return c->detector->keyword_rule == AS_KEYWORD_NONE ? AS_POINTS_KEYWORD_NONE
                                                        : AS_POINTS_KEYWORD_MISSING;
}

/* The candidate of the same detector in a nominee's list, or NULL. */
static const struct as_candidate *same_detector(const struct as_scanner *s,
                                                const struct as_nominee *n, uint16_t detector)
{
    struct as_candidate_list list = s->lists[n->list];
    for (uint32_t i = list.first; i < list.first + list.count; i++) {
        if (s->candidates[i].detector == detector) {
            return &s->candidates[i];
        }
    }
    return NULL;
}

static int neighbour_points(struct as_scan_worker *w, const struct as_nominee *n,
                            const struct as_context *c)
{
    w->neighbours.count = 0;
    if (as_nominate_shapes(w, n->start - AS_NEIGHBOUR_REACH, n->end + AS_NEIGHBOUR_REACH,
                           &w->neighbours) != AS_OK) {
        w->status = AS_E_NO_MEMORY;
        return 0;
    }
    unsigned passed = 0;
    unsigned failed = 0;
    for (uint32_t i = 0; i < w->neighbours.count; i++) {
        const struct as_nominee *other = &w->neighbours.items[i];
        bool overlaps = other->start < n->end && n->start < other->end;
        const struct as_candidate *same =
            overlaps ? NULL : same_detector(w->scanner, other, c->candidate->detector);
        if (same == NULL) {
            continue;
        }
        struct as_value v;
        enum as_verdict verdict;
        as_value_prepare(w, other, &v);
        if (as_confirm_check(w, other, same, &v, &verdict)) {
            passed++;
        } else {
            failed++;
        }
    }
    if (failed >= 5 && passed == 0) {
        return AS_POINTS_NEIGHBOURS_RANDOM;
    }
    return failed >= 2 && failed > passed ? AS_POINTS_NEIGHBOURS_AGAINST : 0;
}

uint8_t as_context_confidence(struct as_scan_worker *w, const struct as_nominee *n,
                              const struct as_context *c, struct as_points *points)
{
    *points = (struct as_points){.base = AS_POINTS_BASE,
                                 .strength = strength_points(c->strength),
                                 .keyword = keyword_points(c),
                                 .definition = c->detector->confidence,
                                 .formatted = c->formatted ? AS_POINTS_FORMATTED : 0};
    enum as_column_says column = AS_COLUMN_SILENT;
    if (w->block->text->kind == AS_TEXT_DELIMITED && w->block->text->evidence != NULL) {
        as_columns_seek(w, n->start);
        column = as_evidence_of(w->block->text->evidence, w->cell.column, c->candidate->detector);
    }
    points->column = column == AS_COLUMN_FOR       ? AS_POINTS_COLUMN_FOR
                     : column == AS_COLUMN_AGAINST ? AS_POINTS_COLUMN_AGAINST
                                                   : 0;
    if (column == AS_COLUMN_SILENT && !c->keyword && c->strength == AS_STRENGTH_DIGIT &&
        c->detector->check != NULL && c->candidate->shape != AS_NO_SHAPE) {
        points->neighbours = neighbour_points(w, n, c);
    }
    int sum = points->base + points->strength + points->keyword + points->definition +
              points->formatted + points->column + points->neighbours;
    return (uint8_t)(sum < 1 ? 1 : sum > 100 ? 100 : sum);
}
