/* SPDX-License-Identifier: Apache-2.0
 * From a stem of a name ("passw") to the name, its link and its value, in whatever syntax: code,
 * JSON, YAML, XML, properties, shells, URLs, prose. One pass to each side, bounded.
 *
 * The grammar is a union of what languages write between a name and a value, not any language's
 * own: a wrong reading costs a candidate that the rules and the scorer then refuse, a reading that
 * is too strict loses a secret. The cheapest test comes first, since most stems stand in prose and
 * code without a value: the byte after the name must be able to begin a link. */
#include <string.h>

#include "detectors/checks/secret.h"

#define BLANKS_MAX 40U
#define WRAP_MAX 48U

static bool is_name_byte(int c)
{
    return is_alnum(c) || c == '_' || c == '-';
}

static bool is_quote(int c)
{
    return c == '"' || c == '\'' || c == '`';
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

static size_t skip_blanks(const struct as_value *v, size_t at)
{
    size_t limit = at + BLANKS_MAX;
    while (at < limit && is_blank(byte_at(v, at))) {
        at++;
    }
    return at;
}

/* Past blanks and at most one line break with the blanks behind it. */
static size_t skip_break(const struct as_value *v, size_t at)
{
    at = skip_blanks(v, at);
    at += byte_at(v, at) == '\r' ? 1 : 0;
    return byte_at(v, at) == '\n' ? skip_blanks(v, at + 1) : at;
}

static bool is_word(const struct as_value *v, size_t at, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < len; i++) {
        if (to_lower(byte_at(v, at + i)) != word[i]) {
            return false;
        }
    }
    return true;
}

/* A quote with the backslashes before it, or "&quot;". Its end; `at` when there is none. */
static size_t take_quote(const struct as_value *v, size_t at, int *out_quote, unsigned *out_escapes)
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
    s->line = as_secret_line(v, at);
    size_t end = s->stem_end;
    size_t high = end + AS_SECRET_NAME_AHEAD;
    while (end < high && is_name_byte(byte_at(v, end))) {
        end++;
    }
    while (end > s->stem_end && v->text[end - 1] == '-') {
        end--; /* "-->" and "name->field" */
    }
    s->name_end = method_end(v, end);
}

/* The bytes that can follow a name which has a value. */
static bool may_link(int c)
{
    return is_quote(c) || is_blank(c) || (c > 0 && strchr("=:]>)(\\*&?!+|<-,}.", c) != NULL) ||
           c == '\n' || c == '\r';
}

/* An operator at `at`: its end, and what it means; `at` when there is none. */
static size_t take_operator(const struct as_value *v, size_t at, enum as_secret_link *out)
{
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
    while (p - start < WRAP_MAX &&
           (is_alnum(byte_at(v, p)) ||
            (byte_at(v, p) > 0 && strchr("_&?<>[].' *|", byte_at(v, p)) != NULL))) {
        p++;
    }
    bool equals = p > start && byte_at(v, p) == '=' && byte_at(v, p + 1) != '=' &&
                  byte_at(v, p + 1) != '>' &&
                  is_letter(byte_at(v, start) == '&' ? 'a' : byte_at(v, start));
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

static bool starts_line(const struct as_value *v, const struct as_secret *s)
{
    return skip_blanks(v, s->line) == s->name_start;
}

/* "machine m login u password p" on one line of a .netrc. */
static bool is_netrc(const struct as_value *v, const struct as_secret *s)
{
    for (size_t i = s->line; i + 6 < s->name_start; i++) {
        if (is_word(v, i, "login ") || is_word(v, i, "account ")) {
            return is_word(v, s->line, "machine ") || is_word(v, s->line, "default ");
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
    bool sql = is_word(v, s->stem, "identified");
    return sql || ((starts_line(v, s) || is_netrc(v, s)) && verb == p) ? p : 0;
}

/* Sets s->link; where the value may begin, or 0. */
static size_t find_link(const struct as_value *v, struct as_secret *s)
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
    bool prefix = q == p && p - at <= 2 && is_letter(before); /* b"", rb"" */
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
            (c == ',' && s->link != AS_LINK_FLAG) || c == '|' ||
            (query && (c == '&' || c == '#')) || (c == '&' && byte_at(v, p + 1) == '&')) {
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
    return !is_netrc(v, s) && !is_word(v, s->stem, "identified");
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
    size_t at = has_later_stem(v, s) ? 0 : find_link(v, s);
    if (at == 0 || !find_value(v, at, s)) {
        return false;
    }
    if (s->link == AS_LINK_BLANK && s->quote == 0 && is_prose(v, s)) {
        return false;
    }
    prefer_second(v, s);
    return skip_scheme(v, s) && s->value_end - s->value_start >= AS_SECRET_VALUE_MIN;
}
