/* SPDX-License-Identifier: Apache-2.0
 * The matched text of hits that are not settled yet. A block's bytes are gone when its hits are
 * resolved; a run that reveals them copies each value while the block is there, and looks it up
 * when the resolver has decided. Only runs with --reveal or --reveal-to have any.
 *
 * Values are held in memory only and wiped when they are freed. Memory: what the blocks in flight
 * and the resolver's horizon hold, at most AS_REVEALED_BYTES_MAX a value. Threads: one owner. */
#ifndef AS_PIPELINE_KEPT_VALUES_H
#define AS_PIPELINE_KEPT_VALUES_H

#include "pipeline/run.h"
#include "scan/scan.h"

struct as_kept_value {
    uint64_t start; /* as in struct as_hit */
    uint64_t end;
    uint8_t *bytes; /* owned */
    uint32_t len;   /* <= AS_REVEALED_BYTES_MAX; less than end - start when it was cut */
    uint16_t detector;
};

/** Ascending by start. Zero-filled is empty. */
struct as_kept_values {
    struct as_kept_value *items;
    size_t head; /* items before it were dropped */
    size_t count;
    size_t cap;
};

void as_kept_values_fini(struct as_kept_values *v);
/** Appends the values of the block's hits, which are those that a report may show. Hits ascend
 * (scan.h), and so do blocks. */
enum as_status as_kept_values_copy(struct as_kept_values *v, const struct as_block *block,
                                   const struct as_hits *hits) AS_MUST_CHECK;
/** Moves everything in `from` to the end of `v`. */
enum as_status as_kept_values_move(struct as_kept_values *v,
                                   struct as_kept_values *from) AS_MUST_CHECK;
/** The value of a resolved hit, or NULL. Drops those that start before it: they lost. Valid until
 * the next call. */
const struct as_kept_value *as_kept_values_find(struct as_kept_values *v, const struct as_hit *hit);

#endif
