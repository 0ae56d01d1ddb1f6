/* SPDX-License-Identifier: Apache-2.0
 * Printing accuracy figures: a table for people, or a JSON document (docs/accuracy.md). */
#ifndef AS_BENCH_ACCURACY_REPORT_H
#define AS_BENCH_ACCURACY_REPORT_H

#include "base/strbuf.h"
#include "bench/accuracy_score.h"
#include "findings/json_doc.h"

/** Appends the table of one gold file, or of all (`title`). */
void as_accuracy_table(struct as_strbuf *out, const char *title, const struct as_type_table *types,
                       const struct as_scores *scores);
/** Fills `object` with the same figures. */
void as_accuracy_json(struct as_doc *doc, cJSON *object, const struct as_type_table *types,
                      const struct as_scores *scores);
/** Appends the predictions of one gold file in the form that the corpora's scorer reads. */
enum as_status as_accuracy_predictions(struct as_strbuf *out, const struct as_type_table *types,
                                       const struct as_gold *gold) AS_MUST_CHECK;

#endif
