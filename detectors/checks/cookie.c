/* SPDX-License-Identifier: Apache-2.0
 * HTTP cookies: the header fields Cookie and Set-Cookie (RFC 6265 section 4). The value is what
 * stands behind the field's name: pairs of name and value, and a Set-Cookie's attributes. */
#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define COOKIE_BYTES_MAX 4096U
#define NAME_BYTES_MAX 256U

/* token of RFC 9110 5.6.2. */
static bool is_token(int c)
{
    switch (c) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '*':
    case '+':
    case '-':
    case '.':
    case '^':
    case '_':
    case '|':
    case '~':
        return true;
    default:
        return is_alnum(c);
    }
}

/* cookie-octet: no blank, quote, comma, semicolon, backslash. Commas and blanks stand in the dates
 * of a Set-Cookie's Expires only. */
static bool is_octet(int c)
{
    return c > ' ' && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\' && c != '\'';
}

/* One pair at `at`; its end, 0 for none. */
static size_t pair_end(const struct as_value *v, size_t at, size_t limit)
{
    size_t i = at;
    while (i < limit && i - at < NAME_BYTES_MAX && is_token(byte_at(v, i))) {
        i++;
    }
    if (i == at || byte_at(v, i) != '=') {
        return 0;
    }
    size_t value = ++i;
    while (i < limit && is_octet(byte_at(v, i))) {
        i++;
    }
    return i > value ? i : 0;
}

/* An attribute of Set-Cookie: a word, perhaps '=' and text up to the next semicolon. */
static size_t attribute_end(const struct as_value *v, size_t at, size_t limit)
{
    size_t i = at;
    while (i < limit && is_token(byte_at(v, i))) {
        i++;
    }
    if (i == at) {
        return 0;
    }
    if (byte_at(v, i) == '=') {
        i++;
        while (i < limit &&
               (is_octet(byte_at(v, i)) || byte_at(v, i) == ' ' || byte_at(v, i) == ',')) {
            i++;
        }
    }
    while (byte_at(v, i - 1) == ' ' || byte_at(v, i - 1) == ',') {
        i--;
    }
    return i;
}

/* The first value is no template: "${…}", "<…>", "{{…}}", "%s", "...". */
static bool is_template(const struct as_value *v, size_t at, size_t end)
{
    while (at < end && v->text[at] != '=') {
        at++;
    }
    int c = byte_at(v, at + 1);
    return c == '$' || c == '<' || c == '{' || c == '[' || c == '.' ||
           (c == '%' && !is_digit(byte_at(v, at + 2)) && !is_upper(byte_at(v, at + 2))) ||
           (c == '*' && byte_at(v, at + 2) == '*');
}

/* Whether some value may tell one visitor from another: eight characters or more with a digit. What
 * documentation shows ("fig=newton", "theme=dark") proves nothing. */
static bool tells_apart(const struct as_value *v)
{
    size_t len = 0;
    bool digits = false;
    for (size_t i = v->start; i <= v->end; i++) {
        int c = i < v->end ? v->text[i] : ';';
        if (c == ';' || c == ' ' || c == '=') {
            if (len >= 8 && digits) {
                return true;
            }
            len = 0;
            digits = false;
            continue;
        }
        len++;
        digits = digits || is_digit(c);
    }
    return false;
}

/** HTTP_COOKIE: ANCHOR, "cookie:" in any case, or with a quote before the colon. What stands before
 * it must be the beginning of a line, a blank, a quote, or "Set-" behind one. Source: RFC
 * 6265 4.1, 4.2. */
enum as_verdict as_check_cookie(struct as_value *v)
{
    size_t name = v->start;
    bool set = name >= 4 && to_lower(v->text[name - 4]) == 's' && v->text[name - 1] == '-';
    size_t field = set ? name - 4 : name;
    int before = field > 0 ? v->text[field - 1] : '\n';
    if (before != '\n' && before != '\r' && before != '"' && before != '\'' && before != ' ' &&
        before != '\t' && before != '>' && before != '<') {
        return AS_REJECT;
    }
    size_t at = v->end;
    while (at - v->end < 4 &&
           (byte_at(v, at) == ' ' || byte_at(v, at) == '"' || byte_at(v, at) == '\'')) {
        at++;
    }
    size_t limit = at + COOKIE_BYTES_MAX < v->text_len ? at + COOKIE_BYTES_MAX : v->text_len;
    size_t end = pair_end(v, at, limit);
    if (end == 0 || is_template(v, at, end)) {
        return AS_REJECT;
    }
    for (;;) {
        size_t next = end;
        next += byte_at(v, next) == ';' ? 1 : 0;
        size_t blank = next;
        next += byte_at(v, next) == ' ' ? 1 : 0;
        size_t more = blank == end ? 0
                      : set        ? attribute_end(v, next, limit)
                                   : pair_end(v, next, limit);
        if (more == 0) {
            break;
        }
        end = more;
    }
    v->start = at;
    v->end = end;
    v->strength = tells_apart(v) ? AS_STRENGTH_STRUCTURE : AS_STRENGTH_NONE;
    return AS_ACCEPT;
}
