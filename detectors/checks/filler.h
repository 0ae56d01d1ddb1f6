/* SPDX-License-Identifier: Apache-2.0
 * What people write where a key should stand: "xxxx…", "123456…", "your-token-here", "EXAMPLE".
 * Pure. */
#ifndef AS_DETECTORS_CHECKS_FILLER_H
#define AS_DETECTORS_CHECKS_FILLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether `bytes`, the part of a key that should be random, is a filler: too few different
 * symbols, mostly repeated or counted ones, or a word that says so. Values of less than 8 bytes
 * are judged by their words only. */
bool as_is_filler(const uint8_t *bytes, size_t len);
/** Whether the bytes are words and no random symbols: 16 bytes or more, small letters, '_' and '-'
 * alone. Only to be asked where random ones would hold digits or capitals too. */
bool as_is_wordy(const uint8_t *bytes, size_t len);
/** Whether the bytes are a name in camelCase: two thirds of them or more in stretches of three
 * small letters and more, and a capital among them. Not to be asked of alphabets without capitals.
 */
bool as_is_camel(const uint8_t *bytes, size_t len);

#endif
