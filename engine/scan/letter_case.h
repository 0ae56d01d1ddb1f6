/* SPDX-License-Identifier: Apache-2.0
 * Letters beyond ASCII as keywords need them: simple case folding of the two-byte letters of Latin,
 * Greek and Cyrillic (Unicode 15, CaseFolding.txt, status C), and what counts as a letter at a
 * word's edge. Pure. */
#ifndef AS_SCAN_LETTER_CASE_H
#define AS_SCAN_LETTER_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Lower case of a code point below U+0800; others are returned as they are. */
uint32_t as_letter_fold(uint32_t c);
/** Upper case partner of a lower-case code point; itself when it has none. */
uint32_t as_letter_upper(uint32_t c);
/** Letters of alphabets that write words apart: ASCII, and U+00C0–U+1FFF without × and ÷. */
bool as_letter_is(uint32_t c);
/** The character that ends just before text[at]; 0 at the start; U+FFFD when malformed. */
uint32_t as_char_before(const uint8_t *text, size_t at);
/** The character at text[at]; 0 at the end; U+FFFD when malformed. */
uint32_t as_char_at(const uint8_t *text, size_t len, size_t at);

#endif
