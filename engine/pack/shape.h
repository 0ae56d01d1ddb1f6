/* SPDX-License-Identifier: Apache-2.0
 * The shape grammar of docs/detectors.md, for checking definitions before they run:
 *
 *     shape     = group *( "-" group )          at most 12 groups
 *     group     = 1*( class [ "{" n [ "," m ] "}" ] )   at most 64 bytes a token
 *     class     = "d" digit / "A" upper case / "a" letter / "x" letter or digit
 *     separators: any of " -./_", "n" no-break spaces, "(" closing parenthesis
 */
#ifndef AS_PACK_SHAPE_H
#define AS_PACK_SHAPE_H

#include <stddef.h>

#define AS_SHAPE_GROUPS_MAX 12U
#define AS_SHAPE_TOKEN_BYTES_MAX 64U

/** NULL when `shape` is well-formed, else what is wrong with it (static). `out_min` and `out_max`
 * get the number of letters and digits that it takes. */
const char *as_shape_check(const char *shape, size_t *out_min, size_t *out_max);
/** NULL when `separators` holds only known letters, each once; else what is wrong (static). */
const char *as_separators_check(const char *separators);

#endif
