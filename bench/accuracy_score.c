/* SPDX-License-Identifier: Apache-2.0
 * See accuracy_score.h. A prediction finds a label when it covers at least half of it and their
 * types are the same or of one group; same types are paired first. Each label is found once, and
 * further predictions of its group on it are not counted. */
#include "bench/accuracy_score.h"

static uint64_t overlap(const struct as_gold_span *a, const struct as_gold_span *b)
{
    uint64_t start = a->start > b->start ? a->start : b->start;
    uint64_t end = a->end < b->end ? a->end : b->end;
    return end > start ? end - start : 0;
}

static bool finds(const struct as_gold_span *prediction, const struct as_gold_span *label)
{
    uint64_t common = overlap(prediction, label);
    return common != 0 && common * 2 >= label->end - label->start;
}

static void pair(const struct as_type_table *types, struct as_gold_document *d, bool exact)
{
    for (size_t l = 0; l < d->label_count; l++) {
        struct as_gold_span *label = &d->labels[l];
        for (size_t p = 0; p < d->prediction_count && !label->free && !label->hit; p++) {
            struct as_gold_span *prediction = &d->predictions[p];
            bool same = exact ? prediction->type == label->type
                              : as_type_same_group(types, prediction->type, label->type);
            if (same && !prediction->hit && finds(prediction, label)) {
                prediction->hit = true;
                label->hit = true;
            }
        }
    }
}

/* Lies on a label that was found already, or on one that counts neither way. */
static bool excused(const struct as_type_table *types, const struct as_gold_document *d,
                    const struct as_gold_span *prediction)
{
    for (size_t l = 0; l < d->label_count; l++) {
        const struct as_gold_span *label = &d->labels[l];
        if (overlap(prediction, label) != 0 &&
            (label->free ||
             (label->hit && as_type_same_group(types, prediction->type, label->type)))) {
            return true;
        }
    }
    return false;
}

static bool in_scope(const struct as_type_table *types, const struct as_gold_document *d,
                     uint16_t type)
{
    for (size_t i = 0; i < d->scope_count; i++) {
        if (as_type_in_scope(types, d->scope[i], type)) {
            return true;
        }
    }
    return false;
}

static void score_whole(const struct as_type_table *types, const struct as_gold_document *d,
                        struct as_scores *scores)
{
    bool any = false;
    for (size_t p = 0; p < d->prediction_count && !any; p++) {
        any = in_scope(types, d, d->predictions[p].type);
    }
    if (d->expect == AS_EXPECT_SOME) {
        scores->expected_some[any]++;
    } else {
        scores->expected_none[any]++;
    }
}

static void count_labels(const struct as_gold_document *d, struct as_scores *scores,
                         as_score_error_fn *on_error, void *context)
{
    for (size_t l = 0; l < d->label_count; l++) {
        const struct as_gold_span *label = &d->labels[l];
        struct as_score_count *c = &scores->types[label->type];
        if (label->free) {
            c->ignored++;
        } else if (label->hit) {
            c->found++;
        } else {
            c->missed++;
            if (on_error != NULL) {
                on_error(context, d, label, true);
            }
        }
    }
}

void as_score_document(const struct as_type_table *types, struct as_gold_document *d,
                       struct as_scores *scores, as_score_error_fn *on_error, void *context)
{
    scores->documents++;
    scores->bytes += d->bytes;
    if (d->expect != AS_EXPECT_SPANS) {
        score_whole(types, d, scores);
        return;
    }
    pair(types, d, true);
    pair(types, d, false);
    count_labels(d, scores, on_error, context);
    scores->unlabelled_bytes += d->label_count == 0 ? d->bytes : 0;
    for (size_t p = 0; p < d->prediction_count; p++) {
        const struct as_gold_span *prediction = &d->predictions[p];
        if (prediction->hit || excused(types, d, prediction)) {
            continue;
        }
        if (!in_scope(types, d, prediction->type)) {
            scores->unjudged[prediction->type]++;
            continue;
        }
        scores->types[prediction->type].wrong++;
        scores->unlabelled_wrong += d->label_count == 0;
        if (on_error != NULL) {
            on_error(context, d, prediction, false);
        }
    }
}

void as_scores_add(struct as_scores *to, const struct as_scores *more, size_t types)
{
    for (size_t t = 0; t < types; t++) {
        to->types[t].found += more->types[t].found;
        to->types[t].missed += more->types[t].missed;
        to->types[t].wrong += more->types[t].wrong;
        to->types[t].ignored += more->types[t].ignored;
        to->unjudged[t] += more->unjudged[t];
    }
    to->documents += more->documents;
    to->bytes += more->bytes;
    to->unlabelled_bytes += more->unlabelled_bytes;
    to->unlabelled_wrong += more->unlabelled_wrong;
    for (int i = 0; i < 2; i++) {
        to->expected_some[i] += more->expected_some[i];
        to->expected_none[i] += more->expected_none[i];
    }
    to->members += more->members;
    to->incomplete += more->incomplete;
}

struct as_score_rates as_score_rates(const struct as_score_count *c)
{
    struct as_score_rates r = {-1, -1, -1};
    if (c->found + c->wrong != 0) {
        r.precision = (double)c->found / (double)(c->found + c->wrong);
    }
    if (c->found + c->missed != 0) {
        r.recall = (double)c->found / (double)(c->found + c->missed);
    }
    if (r.precision >= 0 && r.recall >= 0 && r.precision + r.recall > 0) {
        r.f1 = 2 * r.precision * r.recall / (r.precision + r.recall);
    }
    return r;
}
