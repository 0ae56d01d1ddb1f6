/* SPDX-License-Identifier: Apache-2.0
 * Reading a base64 body that stands in text: over line ends, their escapes in strings ("\n"),
 * blanks, quotes, commas and plus signs between string pieces. One pass, bounded by `limit`; keeps
 * only the first bytes and a CRC-24. Internal to the checks of keys. */
#ifndef AS_DETECTORS_CHECKS_ARMOUR_H
#define AS_DETECTORS_CHECKS_ARMOUR_H

#include "detectors/checks/window.h"

#define AS_ARMOUR_HEAD 32U

struct as_armour {
    uint8_t head[AS_ARMOUR_HEAD]; /* first decoded bytes */
    size_t bytes;                 /* decoded in all */
    size_t symbols;               /* base64 symbols read */
    size_t end;                   /* behind the last symbol or padding */
    uint32_t crc24;               /* RFC 9580 6.1 */
    bool dots;                    /* "..." follows: somebody cut the body off */
    bool marked; /* "<" or "[" follows: "<your key here>" when nothing stood before */
};

/** Reads symbols from `at` until something that is no body, at most up to `limit`; `*at` is left
 * there. */
void as_armour_read(const struct as_value *v, size_t *at, size_t limit, struct as_armour *out);
/** Skips line ends, their escapes, blanks and quotes. */
size_t as_armour_skip(const struct as_value *v, size_t at, size_t limit);
/** End of a line (real or escaped) at or after `at`. */
size_t as_armour_line_end(const struct as_value *v, size_t at, size_t limit);
/** Whether `literal` stands at `at`. */
bool as_armour_is(const struct as_value *v, size_t at, const char *literal);

#endif
