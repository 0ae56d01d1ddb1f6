/* SPDX-License-Identifier: Apache-2.0
 * What checks of national numbers share: the number behind a country's prefix, sums of weighted
 * digits that select a check character, and birth dates within numbers. Nearly every national rule
 * is "multiply by these weights, add, take the rest of a division, look the check character up", so
 * a rule is written as its weights and its table; the table's length is the divisor. Pure; nothing
 * here reads outside of the compact form and the window. */
#ifndef AS_DETECTORS_CHECKS_NATIONAL_H
#define AS_DETECTORS_CHECKS_NATIONAL_H

#include <string.h>

#include "detectors/checks/digits.h"
#include "detectors/checks/window.h"

/* Check characters by the rest of the division; '-' where no number is given out. */
#define REST_10 "0123456789"    /* the rest itself */
#define LESS_10 "0987654321"    /* what is missing to the next multiple */
#define REST_11 "0123456789-"   /* the rest itself, ten is not given out */
#define REST_11_0 "01234567890" /* the rest itself, ten counts as 0 */
#define LESS_11 "0-987654321"   /* what is missing to the next multiple, ten is not given out */
#define LESS_11_0 "00987654321" /* what is missing to the next multiple, ten counts as 0 */

/** Letters and digits of a number, without its country's prefix. */
struct body {
    const char *s;
    size_t len;
};

/** All of the compact form; empty when the nominee is a piece of a longer number. */
static inline struct body body_of(const struct as_value *v)
{
    return is_number_piece(v) ? (struct body){"", 0} : (struct body){v->compact, v->compact_len};
}

/** The same less the prefix, if it is there, which is evidence and makes the value a strong one. */
static inline struct body body_behind(struct as_value *v, const char *prefix)
{
    struct body b = body_of(v);
    size_t n = strlen(prefix);
    if (b.len > n && memcmp(b.s, prefix, n) == 0) {
        b.s += n;
        b.len -= n;
        v->strength = AS_STRENGTH_STRONG;
    }
    return b;
}

static inline bool is_number(struct body b, size_t len)
{
    return b.len == len && all_digits(b.s, len);
}

/** The digits when they are a number of `len` digits, else NULL. */
static inline const char *number_of(const struct as_value *v, size_t len)
{
    struct body b = body_of(v);
    return is_number(b, len) ? b.s : NULL;
}

/** True when s[len] is the check character that the weighted sum of the `len` digits before it
 * selects. */
static inline bool sum_selects(const char *s, size_t len, const uint8_t *weights, const char *table)
{
    return s[len] == table[weighted(s, weights, len) % strlen(table)];
}

/** 0 to 9 and A = 10 to Z = 35. */
static inline unsigned value_36(char c)
{
    return is_digit(c) ? digit(c) : (unsigned)(c - 'A') + 10;
}

/** Sum of the decimal digits of each value times its weight (products below 100). */
static inline unsigned crossed(const char *s, const uint8_t *weights, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned product = value_36(s[i]) * weights[i];
        sum += product / 10 + product % 10;
    }
    return sum;
}

/** Place of `c` in an alphabet; its length when it is not there. */
static inline size_t place_in(const char *alphabet, char c)
{
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? strlen(alphabet) : (size_t)(at - alphabet);
}

/** A number modulo 97 with letters read as 10 to 35 (ISO/IEC 7064 MOD 97-10), from `rest` on. */
static inline unsigned mod_97(const char *s, size_t len, unsigned rest)
{
    for (size_t i = 0; i < len; i++) {
        unsigned value = value_36(s[i]);
        rest = (rest * (value > 9 ? 100U : 10U) + value) % 97;
    }
    return rest;
}

static inline unsigned two(const char *s)
{
    return digit(s[0]) * 10 + digit(s[1]);
}

/** Digits YYMMDD as a day in the century given. */
static inline bool ymd_ok(const char *s, unsigned century)
{
    return date_ok(century + two(s), two(s + 2), two(s + 4));
}

/** Digits DDMMYY. */
static inline bool dmy_ok(const char *s, unsigned century)
{
    return date_ok(century + two(s + 4), two(s + 2), two(s));
}

/** Verdict on a number whose rule holds or not: the same digit throughout, or counting up from 1,
 * is a filler. */
static inline enum as_verdict verdict(struct body b, bool right)
{
    if (!right) {
        return AS_REJECT;
    }
    bool counts = b.len >= 8 && memcmp(b.s, "12345678", 8) == 0;
    return counts || all_same(b.s, b.len) ? AS_PLACEHOLDER : AS_ACCEPT;
}

static inline enum as_verdict verdict_of(const struct as_value *v, bool right)
{
    return verdict((struct body){v->compact, v->compact_len}, right);
}

#endif
