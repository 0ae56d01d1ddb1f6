/* SPDX-License-Identifier: Apache-2.0
 * Small steps through the text around a secret, for secret_parse.c and secret_link.c: names,
 * blanks, words, quotes. All stay within the window. Pure. */
#ifndef AS_DETECTORS_CHECKS_SECRET_TEXT_H
#define AS_DETECTORS_CHECKS_SECRET_TEXT_H

#include "detectors/checks/secret.h"

#define BLANKS_MAX 40U

static inline bool is_name_byte(int c)
{
    return is_alnum(c) || c == '_' || c == '-';
}

static inline bool is_quote(int c)
{
    return c == '"' || c == '\'' || c == '`';
}

static inline bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

static inline size_t skip_blanks(const struct as_value *v, size_t at)
{
    size_t limit = at + BLANKS_MAX;
    while (at < limit && is_blank(byte_at(v, at))) {
        at++;
    }
    return at;
}

/* Past blanks and at most one line break with the blanks behind it. */
static inline size_t skip_break(const struct as_value *v, size_t at)
{
    at = skip_blanks(v, at);
    at += byte_at(v, at) == '\r' ? 1 : 0;
    return byte_at(v, at) == '\n' ? skip_blanks(v, at + 1) : at;
}

static inline bool is_word(const struct as_value *v, size_t at, const char *word)
{
    size_t i = 0;
    while (word[i] != '\0' && to_lower(byte_at(v, at + i)) == word[i]) {
        i++;
    }
    return word[i] == '\0';
}

/* A quote with the backslashes before it, or "&quot;". Its end; `at` when there is none. */
static inline size_t take_quote(const struct as_value *v, size_t at, int *out_quote,
                                unsigned *out_escapes)
{
    size_t p = at;
    while (p - at < 7 && byte_at(v, p) == '\\') {
        p++;
    }
    *out_escapes = (unsigned)(p - at);
    if (is_quote(byte_at(v, p))) {
        *out_quote = byte_at(v, p);
        return p + 1;
    }
    if (p == at && is_word(v, at, "&quot;")) {
        *out_quote = '&';
        return at + 6;
    }
    *out_quote = 0;
    *out_escapes = 0;
    return at;
}

#endif
