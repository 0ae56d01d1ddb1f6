/* SPDX-License-Identifier: Apache-2.0
 * How `assay explain` shows what it kept: lines for people, or one JSON document
 * (docs/operations.md). No matched text in either: places, ids, keywords of the definitions. */
#ifndef AS_CLI_EXPLAIN_VIEW_H
#define AS_CLI_EXPLAIN_VIEW_H

#include "base/strbuf.h"
#include "cli/explain_record.h"

struct as_explain_view {
    const char *target;
    const struct as_catalog *catalog;
    const struct as_explain_record *record;
    const struct as_memory_outcome *outcome;
    uint8_t confidence_min;
};

void as_explain_show(const struct as_explain_view *v, struct as_strbuf *out);
/** AS_E_NO_MEMORY only. */
enum as_status as_explain_show_json(const struct as_explain_view *v,
                                    struct as_strbuf *out) AS_MUST_CHECK;

#endif
