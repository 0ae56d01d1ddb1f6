/* SPDX-License-Identifier: Apache-2.0
 * Shapes of the definitions as groups and elements; the first half of as_shape_dfa_init. */
#ifndef AS_SCAN_SHAPE_PARSE_H
#define AS_SCAN_SHAPE_PARSE_H

#include "scan/shape_dfa.h"

/** Fills shapes, groups and elements of `dfa`, which is zero before. */
enum as_status as_shapes_parse(struct as_shape_dfa *dfa, const struct as_detector *detectors,
                               uint32_t count, const uint8_t *enabled,
                               struct as_error *err) AS_MUST_CHECK;
/** Whether a token of `len` bytes with these facts can fit the group. Facts: bit 0 all digits, 1 no
 * digit, 2 some lower case, 3 first byte a digit. */
bool as_shape_group_takes(const struct as_shape_dfa *dfa, const struct as_shape_group *g,
                          unsigned facts, unsigned len);

#endif
