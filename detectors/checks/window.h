/* SPDX-License-Identifier: Apache-2.0
 * Looking around a nominee, within the window only. Every access is bounds-checked, so that a check
 * can look where it likes. Pure. */
#ifndef AS_DETECTORS_CHECKS_WINDOW_H
#define AS_DETECTORS_CHECKS_WINDOW_H

#include "detectors/checks/digits.h"
#include "detectors/detector.h"

/** The byte at `at`; 0 outside the window. */
static inline int byte_at(const struct as_value *v, size_t at)
{
    return at < v->text_len ? v->text[at] : 0;
}

/** The byte `back` places (1 = directly) before the nominee; 0 outside. */
static inline int byte_before(const struct as_value *v, size_t back)
{
    return back <= v->start ? v->text[v->start - back] : 0;
}

/** The byte `ahead` places (0 = directly) after the nominee; 0 outside. */
static inline int byte_after(const struct as_value *v, size_t ahead)
{
    return byte_at(v, v->end + ahead);
}

/** The first byte of the nominee that is no letter or digit; 0 when it has no separators. */
static inline int separator_of(const struct as_value *v)
{
    for (size_t i = v->start; i < v->end && i < v->text_len; i++) {
        if (!is_alnum(v->text[i])) {
            return v->text[i];
        }
    }
    return 0;
}

/** True when the nominee is a piece of a longer number: a decimal fraction, a version, a chain of
 * groups joined by '-' or '.', the digits after a sign. Names before a hyphen ("SSN-…") are fine.
 */
static inline bool is_number_piece(const struct as_value *v)
{
    int before = byte_before(v, 1);
    int after = byte_after(v, 0);
    if (before == '.' || ((before == '-' || before == '+') && is_digit(byte_before(v, 2)))) {
        return true;
    }
    return (after == '.' || after == '-') && is_digit(byte_after(v, 1));
}

/** Letters and digits next to the nominee over exactly one `separator`, on the left: their count;
 * `out_digit` tells whether one of them is a digit. */
static inline size_t token_before(const struct as_value *v, int separator, bool *out_digit)
{
    size_t n = 0;
    *out_digit = false;
    if (byte_before(v, 1) != separator) {
        return 0;
    }
    while (is_alnum(byte_before(v, n + 2))) {
        *out_digit = *out_digit || is_digit(byte_before(v, n + 2));
        n++;
    }
    return n;
}

/** As token_before, on the right. */
static inline size_t token_after(const struct as_value *v, int separator, bool *out_digit)
{
    size_t n = 0;
    *out_digit = false;
    if (byte_after(v, 0) != separator) {
        return 0;
    }
    while (is_alnum(byte_after(v, n + 1))) {
        *out_digit = *out_digit || is_digit(byte_after(v, n + 1));
        n++;
    }
    return n;
}

#endif
