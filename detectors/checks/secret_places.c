/* SPDX-License-Identifier: Apache-2.0
 * Places where a protocol puts a secret without a name: an HTTP Bearer token (RFC 6750 2.1) and the
 * password in the authority of a URL (RFC 3986 3.2.1). They are read into the same struct as an
 * assignment, and go through the same rules and scorer. */
#include <string.h>

#include "detectors/checks/secret.h"

#define USER_MAX 128U
#define PASSWORD_MAX 256U
#define TOKEN_MAX 2048U

/* The quote that opened the string around [from, at), or 0. */
static int quote_around(const struct as_value *v, size_t from, size_t at)
{
    while (at > from) {
        int c = v->text[--at];
        if (c == '"' || c == '\'' || c == '`') {
            return c;
        }
    }
    return 0;
}

/* b64token of RFC 6750: letters, digits and -._~+/ and then '='. */
static bool is_token_byte(int c)
{
    return is_alnum(c) || (c > 0 && strchr("-._~+/=|:%", c) != NULL);
}

/* Letters alone, and few: "the bearer certificate". */
static bool is_word(const struct as_value *v, size_t at, size_t end)
{
    for (size_t i = at; i < end; i++) {
        if (!is_letter(v->text[i])) {
            return false;
        }
    }
    return end - at < 16;
}

bool as_secret_parse_bearer(const struct as_value *v, struct as_secret *s)
{
    *s = (struct as_secret){.stem = v->start, .stem_end = v->end - 1, .link = AS_LINK_SCHEME};
    size_t at = v->end;
    while (at - v->end < 4 && byte_at(v, at) == ' ') {
        at++;
    }
    size_t end = at;
    while (end - at < TOKEN_MAX && is_token_byte(byte_at(v, end))) {
        end++;
    }
    while (end > at && strchr(".:", v->text[end - 1]) != NULL) {
        end--;
    }
    if (end - at < 6 || is_alnum(byte_before(v, 1)) || is_word(v, at, end)) {
        return false;
    }
    s->name_start = v->start;
    s->name_end = v->end - 1;
    s->line = as_secret_line(v, v->start);
    s->quote = quote_around(v, s->line, v->start);
    s->wrap_start = at;
    s->wrap_end = at;
    s->value_start = at;
    s->value_end = end;
    return true;
}

static bool is_authority_byte(int c)
{
    return c > ' ' && c != 0x7F && strchr("/\"'`<>\\,", c) == NULL;
}

bool as_secret_parse_url(const struct as_value *v, struct as_secret *s)
{
    size_t colon = 0;
    size_t sign = 0;
    size_t at = v->end;
    for (; at - v->end < USER_MAX + PASSWORD_MAX && is_authority_byte(byte_at(v, at)); at++) {
        int c = v->text[at];
        if (c == ':' && colon == 0) {
            colon = at;
        } else if (c == '@' && colon != 0) {
            sign = at;
        } else if (c == '@' && sign == 0) {
            return false; /* a user alone */
        }
    }
    if (sign == 0 || sign < colon + 1 + AS_SECRET_VALUE_MIN || colon - v->end > USER_MAX ||
        !(is_alnum(byte_at(v, sign + 1)) || byte_at(v, sign + 1) == '[' ||
          byte_at(v, sign + 1) == '$' || byte_at(v, sign + 1) == '{')) {
        return false;
    }
    *s = (struct as_secret){.stem = v->start, .stem_end = v->end, .link = AS_LINK_URL};
    s->name_start = v->start;
    while (s->name_start > 0 && v->start - s->name_start < 20 &&
           (is_alnum(v->text[s->name_start - 1]) || v->text[s->name_start - 1] == '+')) {
        s->name_start--;
    }
    s->name_end = colon; /* scheme and user */
    s->line = as_secret_line(v, v->start);
    s->quote = quote_around(v, s->line, s->name_start);
    s->wrap_start = colon + 1;
    s->wrap_end = colon + 1;
    s->value_start = colon + 1;
    s->value_end = sign;
    return s->name_start < v->start;
}
