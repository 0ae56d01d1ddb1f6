/* SPDX-License-Identifier: Apache-2.0
 * Comparing two sides of `assay diff` and showing what differs: lines for people, or one JSON
 * document (docs/operations.md). */
#ifndef AS_CLI_DIFF_VIEW_H
#define AS_CLI_DIFF_VIEW_H

#include "base/strbuf.h"
#include "cli/diff_read.h"

struct as_diff_counts {
    uint64_t objects_differ; /* a type came, went or changed its count, or the status changed */
    uint64_t objects_same;
    uint64_t only_old; /* objects of one side only */
    uint64_t only_new;
    uint64_t types_came, types_went, types_changed;
    uint64_t statuses_changed;
    uint64_t unread_old, unread_new; /* objects that were not read in full */
};

/** Appends what differs to `out`; when it is full, `flush` is called, which empties it. *counts
 * tells whether there was anything. A status of `flush` ends it. */
typedef enum as_status as_diff_flush_fn(struct as_strbuf *out);
enum as_status as_diff_show(const struct as_diff_side *old_side,
                            const struct as_diff_side *new_side, bool json, struct as_strbuf *out,
                            as_diff_flush_fn *flush, struct as_diff_counts *counts) AS_MUST_CHECK;

#endif
