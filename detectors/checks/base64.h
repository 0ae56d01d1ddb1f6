/* SPDX-License-Identifier: Apache-2.0
 * Base64 and base64url (RFC 4648), a symbol at a time, for checks that may not allocate. Pure. */
#ifndef AS_DETECTORS_CHECKS_BASE64_H
#define AS_DETECTORS_CHECKS_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detectors/checks/digits.h"

/** Value of a symbol of either alphabet; -1 for anything else, padding included. */
static inline int base64_value(int c)
{
    if (is_upper(c)) {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/** Symbols to bytes; `count` symbols may give at most `cap` bytes into `out`. The number of bytes,
 * or 0 when a symbol is wrong, one symbol is left over, or `cap` is too small. */
static inline size_t base64_decode(const uint8_t *symbols, size_t count, uint8_t *out, size_t cap)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t len = 0;
    if (count % 4 == 1) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        int value = base64_value(symbols[i]);
        if (value < 0) {
            return 0;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xFFFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            if (len == cap) {
                return 0;
            }
            out[len++] = (uint8_t)(bits >> held);
        }
    }
    return len;
}

/** Whether a run of symbols has the variety of random data: at least `least` different bytes. */
static inline bool is_varied(const uint8_t *bytes, size_t len, unsigned least)
{
    uint64_t seen[4] = {0};
    unsigned distinct = 0;
    for (size_t i = 0; i < len; i++) {
        uint64_t bit = (uint64_t)1 << (bytes[i] & 63);
        distinct += (seen[bytes[i] >> 6] & bit) == 0 ? 1 : 0;
        seen[bytes[i] >> 6] |= bit;
    }
    return distinct >= least;
}

#endif
