/* SPDX-License-Identifier: Apache-2.0
 * What stands between a name and its value: operators of code and settings, types of declarations,
 * siblings ("name": …, "value": …), arguments, elements, options, verbs of sentences. */
#include <string.h>

#include "detectors/checks/secret_text.h"

#define TYPE_MAX 48U

/* An operator at `at`: its end, and what it means; `at` when there is none. */
static size_t take_operator(const struct as_value *v, size_t at, enum as_secret_link *out)
{
    int c = byte_at(v, at);
    if (c == 0 || strchr("=:!-+?|<", c) == NULL) {
        return at;
    }
    static const struct {
        const char *text;
        enum as_secret_link link;
    } table[] = {
        {"===", AS_LINK_COMPARE}, {"!==", AS_LINK_COMPARE}, {"==", AS_LINK_COMPARE},
        {"!=", AS_LINK_COMPARE},  {"=>", AS_LINK_ARROW},    {"->", AS_LINK_ARROW},
        {":=", AS_LINK_ASSIGN},   {"::=", AS_LINK_ASSIGN},  {"+=", AS_LINK_ASSIGN},
        {"?=", AS_LINK_ASSIGN},   {"||=", AS_LINK_ASSIGN},  {"<-", AS_LINK_ASSIGN},
        {"=", AS_LINK_ASSIGN},    {":", AS_LINK_COLON},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (is_word(v, at, table[i].text)) {
            *out = table[i].link;
            return at + strlen(table[i].text);
        }
    }
    return at;
}

/* `: String =`: the type of a declaration between the name and the operator. */
static size_t skip_type(const struct as_value *v, size_t at)
{
    size_t p = skip_blanks(v, at);
    size_t start = p;
    while (p - start < TYPE_MAX &&
           (is_alnum(byte_at(v, p)) ||
            (byte_at(v, p) > 0 && strchr("_&?<>[].' *|", byte_at(v, p)) != NULL))) {
        p++;
    }
    /* `: abc=` without a blank is the padding of base64. */
    int next = byte_at(v, p + 1);
    bool apart = p > start && (is_blank(v->text[p - 1]) || is_quote(next));
    bool equals = apart && byte_at(v, p) == '=' && next != '=' && next != '>' &&
                  (is_letter(byte_at(v, start)) || byte_at(v, start) == '&');
    return equals ? p + 1 : at;
}

/* name="…" value="…" and "key": "…", "value": "…": the name itself was a value, and its value
 * stands beside it. */
static size_t take_sibling(const struct as_value *v, size_t at)
{
    static const char *const names[] = {"value", "val", "content", "defaultvalue", "default"};
    int quote;
    unsigned escapes;
    size_t p = at;
    if (byte_at(v, p) == ',' || byte_at(v, p) == ';') {
        p++;
    }
    p = skip_break(v, p);
    size_t name = take_quote(v, p, &quote, &escapes);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t end = name + strlen(names[i]);
        if (!is_word(v, name, names[i]) || is_name_byte(byte_at(v, end))) {
            continue;
        }
        end = take_quote(v, end, &quote, &escapes);
        end = skip_blanks(v, end);
        enum as_secret_link link;
        size_t after = take_operator(v, end, &link);
        return after > end ? after : at;
    }
    return at;
}

/* `, "value"` behind a quoted name; `, value` is a list of names. */
static size_t take_argument(const struct as_value *v, size_t at)
{
    int quote;
    unsigned escapes;
    size_t p = skip_break(v, at + 1);
    return take_quote(v, p, &quote, &escapes) > p ? p : at;
}

/* Behind a closing quote, bracket or mark of the name. */
static size_t skip_closers(const struct as_value *v, size_t at, struct as_secret *s)
{
    unsigned escapes;
    at = take_quote(v, at, &s->name_quote, &escapes);
    for (unsigned i = 0; i < 4; i++) {
        int c = byte_at(v, at);
        if (c == ']' || c == '*' || c == '`' || (c == ')' && s->name_quote != 0) ||
            ((c == '?' || c == '!') && byte_at(v, at + 1) == ':')) {
            at++;
        }
    }
    return at;
}

/* "is", "as", "to", "was" in a sentence; "eq" and "to eq" in a test: the end of the word. */
static size_t take_verb(const struct as_value *v, size_t at, enum as_secret_link *out)
{
    static const struct {
        const char *text;
        enum as_secret_link link;
    } table[] = {{"is ", AS_LINK_BLANK},   {"to eq ", AS_LINK_COMPARE}, {"eq ", AS_LINK_COMPARE},
                 {"ne ", AS_LINK_COMPARE}, {"by ", AS_LINK_BLANK},      {"as ", AS_LINK_BLANK},
                 {"to ", AS_LINK_BLANK},   {"with ", AS_LINK_BLANK},    {"was ", AS_LINK_BLANK}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (is_word(v, at, table[i].text)) {
            *out = table[i].link;
            return skip_blanks(v, at + strlen(table[i].text));
        }
    }
    return at;
}

static bool is_flag(const struct as_value *v, const struct as_secret *s)
{
    return s->name_start < s->stem_end && byte_at(v, s->name_start) == '-';
}

/* First on its line, but for ENV of a Dockerfile. */
static bool starts_line(const struct as_value *v, const struct as_secret *s)
{
    size_t at = s->name_start;
    at -= at >= 4 && is_word(v, at - 4, "env ") ? 4 : 0;
    while (at > 0 && is_blank(v->text[at - 1])) {
        at--;
    }
    return at == 0 || v->text[at - 1] == '\n' || v->text[at - 1] == '\r';
}

bool as_secret_is_netrc(const struct as_value *v, const struct as_secret *s)
{
    if (!is_word(v, s->name_start, "passw") || s->name_end - s->name_start > 8) {
        return false;
    }
    size_t line = as_secret_line(v, s->name_start);
    if (!is_word(v, line, "machine ") && !is_word(v, line, "default ")) {
        return false;
    }
    for (size_t i = line; i + 6 < s->name_start; i++) {
        if (is_word(v, i, "login ") || is_word(v, i, "account ")) {
            return true;
        }
    }
    return false;
}

/* A name and a blank: an option, a line of a configuration, or a word before a quoted one. */
static size_t link_blank(const struct as_value *v, size_t at, struct as_secret *s)
{
    int quote;
    unsigned escapes;
    size_t p = skip_blanks(v, at);
    s->link = AS_LINK_BLANK;
    size_t verb = take_verb(v, p, &s->link);
    if (take_quote(v, verb, &quote, &escapes) > verb) {
        return verb;
    }
    if (is_flag(v, s)) {
        s->link = AS_LINK_FLAG;
        return p;
    }
    if (verb > p && (is_word(v, p, "is ") || is_word(v, p, "was "))) {
        return verb;
    }
    bool sql = is_word(v, s->stem, "identified");
    return sql || ((starts_line(v, s) || as_secret_is_netrc(v, s)) && verb == p) ? p : 0;
}

/* Sets s->link; where the value may begin, or 0. */
size_t as_secret_find_link(const struct as_value *v, struct as_secret *s)
{
    size_t at = skip_closers(v, s->name_end, s);
    size_t sibling = s->name_quote != 0 || byte_at(v, at) == '\n' || byte_at(v, at) == '\r'
                         ? take_sibling(v, at)
                         : at;
    if (sibling > at) {
        s->link = AS_LINK_ATTRIBUTE;
        return sibling;
    }
    int c = byte_at(v, at);
    if (c == '(' && s->name_quote == 0) {
        s->link = AS_LINK_CALL;
        return at + 1;
    }
    bool element = s->name_start > 0 &&
                   (byte_at(v, s->name_start - 1) == '<' || byte_at(v, s->name_start - 1) == ':');
    if (c == '>' && element) {
        s->link = AS_LINK_ELEMENT;
        return at + 1;
    }
    size_t p = skip_blanks(v, at);
    if (byte_at(v, p) == ',' && s->name_quote != 0) {
        s->link = AS_LINK_ARGUMENT;
        size_t next = take_argument(v, p);
        return next > p ? next : 0;
    }
    size_t after = take_operator(v, p, &s->link);
    if (after > p) {
        if (s->link == AS_LINK_COLON) {
            size_t typed = skip_type(v, after);
            s->link = typed > after ? AS_LINK_ASSIGN : AS_LINK_COLON;
            after = typed;
        }
        return after;
    }
    return p > at ? link_blank(v, at, s) : 0;
}
