/* SPDX-License-Identifier: Apache-2.0
 * The places of one type as JSON, in the three forms they are written in. Pure. */
#ifndef AS_FINDINGS_OCCURRENCES_H
#define AS_FINDINGS_OCCURRENCES_H

#include "findings/json_doc.h"
#include "findings/tally.h"

enum as_document_form {
    AS_FORM_RESULT, /* results.jsonl: Macie's keys, null for empty lists, our offsetRanges */
    AS_FORM_MACIE,  /* findings.macie.jsonl: Macie's keys, null for empty lists, no offsets */
    AS_FORM_ASFF    /* findings.asff.json: the same in PascalCase, empty lists left out */
};

/** Adds `occurrences` to `detection` with the first `limit` places (a sealed tally). */
void as_doc_occurrences(struct as_doc *d, cJSON *detection, enum as_document_form form,
                        const struct as_type_tally *type, uint32_t limit);

#endif
