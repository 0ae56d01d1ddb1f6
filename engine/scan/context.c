/* SPDX-License-Identifier: Apache-2.0
 * Context: how sure a confirmed value is (confidence.h has the table). */
#include "scan/confidence.h"
#include "scan/surroundings.h"
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
    /* What has a check digit by its definition; a telephone number's "+" only counts like one. */
    bool one_digit = c->strength == AS_STRENGTH_DIGIT && c->detector->strength == AS_STRENGTH_DIGIT;
    if (column == AS_COLUMN_SILENT && !c->keyword && one_digit && c->detector->check != NULL &&
        c->candidate->shape != AS_NO_SHAPE) {
        as_surroundings(w, n, c, points);
    }
    int sum = points->base + points->strength + points->keyword + points->definition +
              points->formatted + points->column + points->neighbours + points->time + points->lone;
    return (uint8_t)(sum < 1 ? 1 : sum > 100 ? 100 : sum);
}
