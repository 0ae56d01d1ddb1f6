/* SPDX-License-Identifier: Apache-2.0
 * See baseline.h. Objects are told apart by the finding's id, so that a moved or renamed object is
 * a new one. A type's severity is that of its whole count, not of the increase. */
#include "findings/baseline.h"

#include "findings/documents.h"

bool as_baseline_severity(const struct as_past *baseline, const struct as_run_facts *run,
                          const struct as_result *r, enum as_severity *out)
{
    char id[33];
    enum as_severity worst = (enum as_severity)0;
    as_finding_id(r->target_facts, r->key, NULL, r->depth, r->index, id);
    const struct as_past_object *past = as_past_find(baseline, id);
    for (uint32_t i = 0; r->tally != NULL && i < r->tally->type_count; i++) {
        const struct as_type_tally *type = &r->tally->types[i];
        if (type->count == 0 || type->detector >= run->catalog->count) {
            continue;
        }
        const struct as_detector *detector = &run->catalog->detectors[type->detector];
        if (past != NULL && as_past_count(past, detector->id) >= type->count) {
            continue;
        }
        enum as_severity severity = as_detector_severity(detector, type->count);
        worst = severity > worst ? severity : worst;
    }
    if (worst != 0) {
        *out = worst;
    }
    return worst != 0;
}
