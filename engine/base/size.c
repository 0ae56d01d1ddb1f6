/* SPDX-License-Identifier: Apache-2.0
 * Sizes as text. Integers go through 64-bit arithmetic, so that no digit is lost; only fractions
 * use a double. */
#include "base/size.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/attr.h"

static bool unit_of(const char *text, uint64_t *out_factor)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {{"", 1},
                 {"b", 1},
                 {"k", 1ULL << 10},
                 {"kb", 1000ULL},
                 {"kib", 1ULL << 10},
                 {"m", 1ULL << 20},
                 {"mb", 1000000ULL},
                 {"mib", 1ULL << 20},
                 {"g", 1ULL << 30},
                 {"gb", 1000000000ULL},
                 {"gib", 1ULL << 30},
                 {"t", 1ULL << 40},
                 {"tb", 1000000000000ULL},
                 {"tib", 1ULL << 40}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(units); i++) {
        if (strcasecmp(text, units[i].name) == 0) {
            *out_factor = units[i].factor;
            return true;
        }
    }
    return false;
}

bool as_parse_size(const char *text, uint64_t *out_bytes)
{
    uint64_t whole = 0;
    if (!isdigit((unsigned char)*text)) {
        return false;
    }
    for (; isdigit((unsigned char)*text); text++) {
        if (__builtin_mul_overflow(whole, 10U, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole)) {
            return false;
        }
    }
    double fraction = 0;
    if (*text == '.') {
        double scale = 0.1;
        for (text++; isdigit((unsigned char)*text); text++, scale /= 10) {
            fraction += (*text - '0') * scale;
        }
    }
    text += *text == ' ';
    uint64_t factor;
    if (!unit_of(text, &factor) || __builtin_mul_overflow(whole, factor, &whole)) {
        return false;
    }
    return !__builtin_add_overflow(whole, (uint64_t)(fraction * (double)factor), out_bytes);
}

void as_format_size(uint64_t bytes, char out[AS_SIZE_TEXT])
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    unsigned unit = 0;
    for (; value >= 1024 && unit + 1 < AS_ARRAY_SIZE(names); unit++) {
        value /= 1024;
    }
    AS_IGNORE(snprintf(out, AS_SIZE_TEXT, unit == 0 ? "%.0f %s" : "%.1f %s", value, names[unit]) <
                  0,
              "the buffer is long enough");
}
