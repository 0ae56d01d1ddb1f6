/* SPDX-License-Identifier: Apache-2.0
 * Scoring one document's predictions against its labels, by the rules of docs/accuracy.md. Pure but
 * for the `hit` marks in the document. */
#ifndef AS_BENCH_ACCURACY_SCORE_H
#define AS_BENCH_ACCURACY_SCORE_H

#include "bench/accuracy_gold.h"

struct as_score_count {
    uint64_t found;   /* labels that a prediction covers: true positives */
    uint64_t missed;  /* labels without one: false negatives */
    uint64_t wrong;   /* predictions where nothing is labelled: false positives */
    uint64_t ignored; /* labels that count neither way */
};

/** Sums over documents; all zero at the start. Indexed by type number. */
struct as_scores {
    struct as_score_count types[AS_TYPES_MAX];
    uint64_t unjudged[AS_TYPES_MAX]; /* predictions of types that the document does not label */
    uint64_t documents;
    uint64_t bytes;
    uint64_t unlabelled_bytes; /* of documents without any label, and what was predicted there */
    uint64_t unlabelled_wrong;
    uint64_t expected_some[2]; /* whole-document labels: [1] with a prediction, [0] without */
    uint64_t expected_none[2];
    uint64_t members;    /* hits inside members or beside the content: no place in the document */
    uint64_t incomplete; /* documents that were not read in full */
};

/** Told of each missed label and each wrong prediction, in this order. May be NULL. */
typedef void as_score_error_fn(void *context, const struct as_gold_document *d,
                               const struct as_gold_span *span, bool missed);

void as_score_document(const struct as_type_table *types, struct as_gold_document *d,
                       struct as_scores *scores, as_score_error_fn *on_error, void *context);
void as_scores_add(struct as_scores *to, const struct as_scores *more, size_t types);

struct as_score_rates {
    double precision, recall, f1; /* below 0: nothing to divide by */
};
struct as_score_rates as_score_rates(const struct as_score_count *c);

#endif
