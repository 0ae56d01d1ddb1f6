/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic on strings of digits that many checks share. Callers pass compact forms: letters in
 * upper case and digits only. Pure. */
#ifndef AS_DETECTORS_CHECKS_DIGITS_H
#define AS_DETECTORS_CHECKS_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_upper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool is_letter(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline bool is_alnum(int c)
{
    return is_digit(c) || is_letter(c);
}

static inline int to_upper(int c)
{
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

static inline int to_lower(int c)
{
    return is_upper(c) ? c + ('a' - 'A') : c;
}

static inline bool all_digits(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(s[i])) {
            return false;
        }
    }
    return true;
}

static inline bool all_same(const char *s, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (s[i] != s[0]) {
            return false;
        }
    }
    return true;
}

/** Value of a digit that is known to be one. */
static inline unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/** Value of `len` digits (at most 18). */
static inline uint64_t number(const char *s, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value * 10 + digit(s[i]);
    }
    return value;
}

/** Remainder of a number of any length. */
static inline unsigned number_mod(const char *s, size_t len, unsigned modulus)
{
    unsigned value = 0;
    for (size_t i = 0; i < len; i++) {
        value = (value * 10 + digit(s[i])) % modulus;
    }
    return value;
}

/** Sum of digits times weights. */
static inline unsigned weighted(const char *s, const uint8_t *weights, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += digit(s[i]) * weights[i];
    }
    return sum;
}

/** Luhn (ISO/IEC 7812-1 annex B), `sum` taken on for numbers with a fixed prefix. */
static inline bool luhn_ok(const char *s, size_t len, unsigned sum)
{
    static const uint8_t doubled[10] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
    for (size_t i = 0; i < len; i++) {
        unsigned d = digit(s[len - 1 - i]);
        sum += i % 2 == 1 ? doubled[d] : d;
    }
    return sum % 10 == 0;
}

/** A day of the Gregorian calendar; year 0 stands for any (29 February is then fine). */
static inline bool date_ok(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) {
        return false;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
}

#endif
