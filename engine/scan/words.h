/* SPDX-License-Identifier: Apache-2.0
 * The keywords that stand in a segment: looked up where somebody asks, a word of 64 bytes of the
 * planes at a time and each once. Private to the module. */
#ifndef AS_SCAN_WORDS_H
#define AS_SCAN_WORDS_H

#include "scan/worker.h"

/** Forgets the segment before. */
void as_words_begin_segment(struct as_scan_worker *w);
/** Looks up the required keywords that start in words [first, end) of the planes. A failure goes to
 * w->status. */
void as_words_look_up(struct as_scan_worker *w, size_t first, size_t end);
/** The same for bits [from, to), without remembering that it did: what is found is found again when
 * it is asked for again. For short stretches. */
void as_words_look_up_bits(struct as_scan_worker *w, size_t from, size_t to);
/** A plane: where words may start: letters behind none, camelCase, and what the keywords ask for
 * besides. */
const uint64_t *as_words_starts(struct as_scan_worker *w);

typedef bool as_found_fn(void *context, const struct as_found *found);
/** Calls `visit` with every keyword that overlaps or touches bits [from, to] until it says true:
 * those that some detector requires, and with `rest` the others (it may see them without, too).
 * Looks them up where that has not been done. False when none said so. */
bool as_words_visit(struct as_scan_worker *w, size_t from, size_t to, bool rest, as_found_fn *visit,
                    void *context);

#endif
