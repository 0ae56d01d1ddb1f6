/* SPDX-License-Identifier: Apache-2.0
 * UTF-8 by the Unicode Standard 15, section 3.9 (no surrogates, no overlong forms, at most
 * U+10FFFF). Pure. */
#ifndef AS_BASE_UTF8_H
#define AS_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes (1–4) of the well-formed sequence at p, or 0. `out` (may be NULL) gets the code point. */
unsigned as_utf8_decode(const uint8_t *p, size_t len, uint32_t *out);
/** Writes 1–4 bytes; surrogates and values above U+10FFFF become U+FFFD. */
unsigned as_utf8_encode(uint32_t code_point, uint8_t out[4]);
bool as_utf8_valid(const void *bytes, size_t len);
/** Characters in `len` bytes: bytes that do not continue a sequence. */
uint64_t as_utf8_count(const void *bytes, size_t len);

/** True for what a terminal obeys instead of showing, or what reorders or hides the text around it:
 * C0 and C1 controls, line separators, bidirectional and other invisible format characters. */
bool as_code_point_steers(uint32_t code_point);

#endif
