/* SPDX-License-Identifier: Apache-2.0
 * From a stem of a name ("passw") to the name, its link and its value, in whatever syntax: code,
 * JSON, YAML, XML, properties, shells, URLs, prose. One pass to each side, bounded.
 *
 * The grammar is a union of what languages write between a name and a value, not any language's
 * own: a wrong reading costs a candidate that the rules and the scorer then refuse, a reading that
 * is too strict loses a secret. The cheapest test comes first, since most stems stand in prose and
 * code without a value: the byte after the name must be able to begin a link. */
#include <string.h>

#include "detectors/checks/secret_text.h"

#define WRAP_MAX 48U

/* "TOTP.new(", "token.equals(": a method belongs to the name when it is called with a string. */
static size_t method_end(const struct as_value *v, size_t end)
{
    size_t p = end + 1;
    while (p - end < 20 && is_name_byte(byte_at(v, p))) {
        p++;
    }
    bool called = byte_at(v, end) == '.' && p > end + 1 && byte_at(v, p) == '(' &&
                  is_quote(byte_at(v, p + 1));
    return called ? p : end;
}

size_t as_secret_line(const struct as_value *v, size_t at)
{
    size_t low = at > AS_SECRET_LINE_BACK ? at - AS_SECRET_LINE_BACK : 0;
    while (at > low && v->text[at - 1] != '\n' && v->text[at - 1] != '\r') {
        at--;
    }
    return at;
}

static void find_name(const struct as_value *v, struct as_secret *s)
{
    size_t low = s->stem > AS_SECRET_NAME_BACK ? s->stem - AS_SECRET_NAME_BACK : 0;
    size_t at = s->stem;
    while (at > low &&
           (is_name_byte(v->text[at - 1]) || v->text[at - 1] == '.' || v->text[at - 1] == '$')) {
        at--;
    }
    /* The n of "\n" before a name inside a string is none of its letters. */
    if (at > 0 && v->text[at - 1] == '\\' && at < s->stem &&
        (v->text[at] == 'n' || v->text[at] == 't' || v->text[at] == 'r')) {
        at++;
    }
    s->name_start = at;
    size_t end = s->stem_end;
    size_t high = end + AS_SECRET_NAME_AHEAD;
    while (end < high && is_name_byte(byte_at(v, end))) {
        end++;
    }
    if (byte_at(v, end) == 0xC3 && byte_at(v, end + 1) == 0xB1) { /* an n with a tilde */
        end += 3;
    }
    while (end > s->stem_end && v->text[end - 1] == '-') {
        end--; /* "-->" and "name->field" */
    }
    s->name_end = method_end(v, end);
}

/* The bytes that can follow a name which has a value. */
static bool may_link(int c)
{
    switch (c) {
    case '"':
    case '\'':
    case '`':
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '=':
    case ':':
    case ']':
    case '>':
    case ')':
    case '(':
    case '\\':
    case '*':
    case '&':
    case '?':
    case '!':
    case '+':
    case '|':
    case '<':
    case '-':
    case '.':
    case 0xC3:
        return true;
    default:
        return false;
    }
}

/* Whether a quote at `p` begins a value, from what stands before it since `at`. */
static bool opens_value(const struct as_value *v, size_t at, size_t p)
{
    size_t q = p;
    while (q > at &&
           (is_blank(v->text[q - 1]) || v->text[q - 1] == '\n' || v->text[q - 1] == '\r')) {
        q--;
    }
    if (q == at) {
        return true;
    }
    int before = v->text[q - 1];
    bool prefix =
        q == p && p - at <= 2 && is_letter(before) && is_letter(v->text[at]); /* b"", rb"" */
    bool word = q < p && q >= at + 2 && is_word(v, q - 2, "or");
    return prefix || word || strchr("([{@|?", before) != NULL;
}

/* What may wrap a quoted value: a call, a constructor, a list, a string prefix, a default behind
 * "||". The position of the quote; `at` when no quote follows. */
static size_t skip_wrap(const struct as_value *v, size_t at)
{
    int quote;
    unsigned escapes;
    size_t p = at;
    while (p - at < WRAP_MAX) {
        if (take_quote(v, p, &quote, &escapes) > p) {
            return opens_value(v, at, p) ? p : at;
        }
        int c = byte_at(v, p);
        if (!is_alnum(c) && !is_blank(c) && (c <= 0 || strchr("_.:<>[]({$@&*|?\n\r-", c) == NULL)) {
            return at;
        }
        p++;
    }
    return at;
}

/* End of a quoted value: the first quote with as many backslashes as the opening one. 0 when the
 * line ends first, but in backticks. */
static size_t quoted_end(const struct as_value *v, size_t at, const struct as_secret *s)
{
    size_t limit = at + AS_SECRET_VALUE_MAX;
    for (size_t p = at; p < limit && p < v->text_len; p++) {
        int c = v->text[p];
        if (s->quote == '&' ? is_word(v, p, "&quot;") : c == s->quote) {
            size_t slashes = 0;
            while (p > at + slashes && v->text[p - 1 - slashes] == '\\') {
                slashes++;
            }
            if (slashes <= s->escapes || slashes % 2 == 0) {
                return p - (slashes < s->escapes ? slashes : s->escapes);
            }
        }
        if ((c == '\n' || c == '\r') && s->quote != '`') {
            return 0;
        }
    }
    return 0;
}

/* Whether the name stands in a query or form: "?a=b&name=". */
static bool in_query(const struct as_value *v, const struct as_secret *s)
{
    int before = s->name_start > 0 ? byte_at(v, s->name_start - 1) : 0;
    return before == '?' || before == '&' || before == ';';
}

/* Whether a quote inside of a bare value closes the string that the whole assignment stands in, and
 * is no letter of the value. */
static bool closes(const struct as_value *v, size_t at, const struct as_secret *s)
{
    int quote = v->text[at];
    size_t count = 0;
    for (size_t i = s->line; i < s->value_start; i++) {
        count += v->text[i] == quote ? 1 : 0;
    }
    return count % 2 == 1 || at == s->value_start || !is_alnum(byte_at(v, at + 1));
}

/* End of a value without quotes. */
static size_t bare_end(const struct as_value *v, size_t at, const struct as_secret *s)
{
    size_t p = at;
    bool query = in_query(v, s);
    for (; p - at < AS_SECRET_VALUE_MAX; p++) {
        int c = byte_at(v, p);
        if (c <= ' ' || (is_quote(c) && closes(v, p, s)) || c == ';' || c == '<' ||
            (c == ',' && s->link != AS_LINK_FLAG) || (c == '|' && !is_alnum(byte_at(v, p + 1))) ||
            (query && (c == '&' || (c == '#' && byte_at(v, s->name_start - 1) != ';'))) ||
            (c == '&' && byte_at(v, p + 1) == '&')) {
            break;
        }
        if (c == '\\' && (byte_at(v, p + 1) == 'n' || byte_at(v, p + 1) == 'r' ||
                          is_quote(byte_at(v, p + 1)) || byte_at(v, p + 1) == '\n')) {
            break;
        }
        if (c == '&' && is_name_byte(byte_at(v, p + 1)) && s->link == AS_LINK_ASSIGN) {
            size_t q = p + 1;
            while (q - p < 40 && is_name_byte(byte_at(v, q))) {
                q++;
            }
            if (byte_at(v, q) == '=') {
                break; /* a form without its '?' */
            }
        }
    }
    return p;
}

/* A bracket that the value does not open, and a full stop, belong to the text around. */
static size_t trim_end(const struct as_value *v, size_t start, size_t end)
{
    while (end > start) {
        int c = v->text[end - 1];
        int open = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : 0;
        bool unopened = open != 0 && memchr(v->text + start, open, end - start) == NULL;
        if (!unopened && c != '.' && c != ':' && c != '\\') {
            break;
        }
        end--;
    }
    return end;
}

/* The rest of """ and of two backticks. */
static size_t more_quotes(const struct as_value *v, size_t open, const struct as_secret *s)
{
    bool second = s->quote != '&' && s->escapes == 0 && byte_at(v, open) == s->quote;
    bool third = second && byte_at(v, open + 1) == s->quote;
    return third ? 2 : second && s->quote == '`' ? 1 : 0;
}

/* Whether the quote at `at` closes a string that the name stands in: "password = " + x. */
static bool closes_string(const struct as_value *v, size_t at, const struct as_secret *s)
{
    size_t count = 0;
    if (s->escapes != 0 || s->quote == '&' || s->quote == '`' ||
        (s->line > 0 && v->text[s->line - 1] != '\n' && v->text[s->line - 1] != '\r')) {
        return false; /* the line is too long to know */
    }
    for (size_t i = s->line; i < at; i++) {
        bool escaped = i > s->line && v->text[i - 1] == '\\';
        bool apostrophe = i > s->line && is_letter(v->text[i - 1]) && is_letter(v->text[i + 1]);
        count += v->text[i] == s->quote && !escaped && !apostrophe ? 1 : 0;
    }
    return count % 2 == 1;
}

static bool find_value(const struct as_value *v, size_t at, struct as_secret *s)
{
    if (s->link == AS_LINK_ELEMENT) {
        s->value_start = skip_blanks(v, at);
        s->value_end = s->value_start;
        size_t limit = s->value_start + AS_SECRET_VALUE_MAX;
        while (s->value_end < limit && byte_at(v, s->value_end) > ' ' &&
               byte_at(v, s->value_end) != '<') {
            s->value_end++;
        }
        return byte_at(v, s->value_end) == '<' && byte_at(v, s->value_end + 1) == '/';
    }
    at = skip_blanks(v, at);
    s->wrap_start = at;
    s->wrap_end = skip_wrap(v, at);
    size_t open = take_quote(v, s->wrap_end, &s->quote, &s->escapes);
    if (open > s->wrap_end) {
        if (closes_string(v, open - 1, s)) {
            return false;
        }
        s->value_start = open + more_quotes(v, open, s);
        s->value_end = quoted_end(v, s->value_start, s);
        return s->value_end > s->value_start;
    }
    if (s->link == AS_LINK_CALL || s->link == AS_LINK_ARGUMENT || s->link == AS_LINK_COMPARE) {
        return false; /* an expression */
    }
    s->wrap_end = at;
    s->value_start = at;
    s->value_end = trim_end(v, at, bare_end(v, at, s));
    return s->value_end > at;
}

/* Whether another stem follows in the same name: its own nominee reads the assignment then. */
static bool has_later_stem(const struct as_value *v, const struct as_secret *s)
{
    static const char *const stems[] = {"pass", "pwd",   "secret",    "token",  "key",  "auth",
                                        "cred", "nonce", "signature", "ticket", "totp", "hotp"};
    for (size_t at = s->stem_end; at + 3 <= s->name_end; at++) {
        for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
            if (is_word(v, at, stems[i]) && at + strlen(stems[i]) <= s->name_end) {
                return true;
            }
        }
    }
    return false;
}

/* Letters alone behind a name and a blank are a sentence, but in a .netrc. */
static bool is_prose(const struct as_value *v, const struct as_secret *s)
{
    for (size_t i = s->value_start; i < s->value_end; i++) {
        if (!is_letter(v->text[i]) && v->text[i] != '-' && v->text[i] != '\'') {
            return false;
        }
    }
    return !as_secret_is_netrc(v, s) && !is_word(v, s->stem, "identified");
}

/* Credential("user", "password"): of two strings the second is the secret. */
static void prefer_second(const struct as_value *v, struct as_secret *s)
{
    if (s->link != AS_LINK_CALL || s->quote == 0 ||
        !(is_word(v, s->stem, "cred") || is_word(v, s->stem, "auth"))) {
        return;
    }
    struct as_secret second = *s;
    size_t at = skip_blanks(v, s->value_end + s->escapes + 1);
    if (byte_at(v, at) == ',') {
        at = skip_break(v, at + 1);
        if (take_quote(v, at, &second.quote, &second.escapes) > at && find_value(v, at, &second)) {
            *s = second;
        }
    }
}

/* "Authorization: token …", "ApiKey …": the scheme is no part of the value. Bearer and Basic have
 * detectors of their own. */
static bool skip_scheme(const struct as_value *v, struct as_secret *s)
{
    static const char *const schemes[] = {"token ", "apikey ", "api-key ",
                                          "key ",   "oauth ",  "jwt "};
    if (is_word(v, s->value_start, "bearer ") || is_word(v, s->value_start, "basic ")) {
        return false;
    }
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i]);
        if (!is_word(v, s->value_start, schemes[i])) {
            continue;
        }
        s->value_start += len;
        if (s->quote == 0) {
            s->value_end = trim_end(v, s->value_start, bare_end(v, s->value_start, s));
        }
        break;
    }
    return s->value_end > s->value_start;
}

bool as_secret_parse(const struct as_value *v, struct as_secret *s)
{
    *s = (struct as_secret){.stem = v->start, .stem_end = v->end};
    size_t end = v->end;
    while (end - v->end < AS_SECRET_NAME_AHEAD && is_name_byte(byte_at(v, end))) {
        end++;
    }
    if (!may_link(byte_at(v, end))) {
        return false;
    }
    find_name(v, s);
    size_t at = as_secret_find_link(v, s);
    if (at == 0 || has_later_stem(v, s)) {
        return false;
    }
    s->line = as_secret_line(v, s->name_start);
    if (!find_value(v, at, s)) {
        return false;
    }
    if (s->link == AS_LINK_BLANK && s->quote == 0 && is_prose(v, s)) {
        return false;
    }
    prefer_second(v, s);
    return skip_scheme(v, s) && s->value_end - s->value_start >= AS_SECRET_VALUE_MIN;
}
