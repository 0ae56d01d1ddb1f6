/* SPDX-License-Identifier: Apache-2.0
 * Parts of reach that are apart because they differ by kind of text. Private to the module. */
#ifndef AS_SCAN_REACH_H
#define AS_SCAN_REACH_H

#include "scan/worker.h"

/* --- columns.c: delimited text --- */
void as_columns_begin_block(struct as_scan_worker *w);
void as_columns_begin_segment(struct as_scan_worker *w);
/** Keywords in the name of a column, folded; with AS_MASK_REQUIRED. */
uint64_t as_columns_mask(struct as_scan_worker *w, uint32_t column);

/* --- json_paths.c --- */
void as_paths_begin_block(struct as_scan_worker *w);
void as_paths_end_block(struct as_scan_worker *w);
/** Keywords in the keys of the path at the walk's place, folded. */
uint64_t as_paths_mask(struct as_scan_worker *w);
bool as_paths_has(struct as_scan_worker *w, uint16_t number);

/** Whether a keyword of detector `number` stands anywhere in `name`, from byte `from` on (1 when
 * what stood before the name was cut off). */
bool as_name_has(const struct as_scan_worker *w, struct as_slice name, size_t from,
                 uint16_t number);
/** Keywords in `name`, folded. *out_required: some detector has no detection without one. */
uint64_t as_name_mask(const struct as_scan_worker *w, struct as_slice name, size_t from,
                      bool *out_required);

#endif
