/* SPDX-License-Identifier: Apache-2.0
 * Straightforward UTF-8, one sequence at a time; the hot paths have their own SIMD (engine/text).
 */
#include "base/utf8.h"

#include <string.h>

unsigned as_utf8_decode(const uint8_t *p, size_t len, uint32_t *out)
{
    uint32_t c;
    unsigned n;
    if (len == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        c = p[0];
        n = 1;
    } else if (p[0] >= 0xc2 && p[0] <= 0xdf && len >= 2) {
        c = p[0] & 0x1fU;
        n = 2;
    } else if ((p[0] & 0xf0) == 0xe0 && len >= 3) {
        c = p[0] & 0x0fU;
        n = 3;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4 && len >= 4) {
        c = p[0] & 0x07U;
        n = 4;
    } else {
        return 0;
    }
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (p[i] & 0x3fU);
    }
    if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) ||
        (n == 4 && (c < 0x10000 || c > 0x10ffff))) {
        return 0;
    }
    if (out != NULL) {
        *out = c;
    }
    return n;
}

unsigned as_utf8_encode(uint32_t c, uint8_t out[4])
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        c = 0xfffd;
    }
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

bool as_utf8_valid(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    while (len != 0) {
        uint64_t word;
        if (len >= 8 && (memcpy(&word, p, 8), (word & 0x8080808080808080ULL) == 0)) {
            p += 8;
            len -= 8;
            continue;
        }
        unsigned n = as_utf8_decode(p, len, NULL);
        if (n == 0) {
            return false;
        }
        p += n;
        len -= n;
    }
    return true;
}

uint64_t as_utf8_count(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += (p[i] & 0xc0) != 0x80;
    }
    return count;
}

bool as_code_point_steers(uint32_t code_point)
{
    bool control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    bool format = code_point == 0x061C || code_point == 0xFEFF ||
                  (code_point >= 0x200B && code_point <= 0x200F) ||
                  (code_point >= 0x2028 && code_point <= 0x202E) ||
                  (code_point >= 0x2060 && code_point <= 0x206F) ||
                  (code_point >= 0xE0000 && code_point <= 0xE007F);
    return control || format;
}
