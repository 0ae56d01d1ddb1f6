/* SPDX-License-Identifier: Apache-2.0
 * What is written in the place of a secret and is none, by rules that hold in any file: variables,
 * templates, calls, masks, and words that ask the reader to put something else. Everything less
 * certain is the scorer's (secret_score.c). */
#include <string.h>

#include "detectors/checks/secret.h"

#define LOOK_MAX 160U /* a template or a request to the reader shows in as many bytes */

static bool is_name_byte(int c)
{
    return is_alnum(c) || c == '_';
}

/* Whether `s` goes on with `lower` at `i`, in any case; the length of `lower`, or 0. */
static size_t word_at(const uint8_t *s, size_t len, size_t i, const char *lower)
{
    size_t k = 0;
    while (lower[k] != '\0' && i + k < len && to_lower(s[i + k]) == lower[k]) {
        k++;
    }
    return lower[k] == '\0' ? k : 0;
}

static bool holds(const uint8_t *s, size_t len, const char *lower)
{
    for (size_t i = 0; i < len; i++) {
        if (to_lower(s[i]) == lower[0] && word_at(s, len, i, lower) > 0) {
            return true;
        }
    }
    return false;
}

static bool is_one_of(const uint8_t *s, size_t len, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (word_at(s, len, 0, *words) == len) {
            return true;
        }
    }
    return false;
}

/* $name, ${name}, $env:name, %name%, %s, @name@, {name}, #{name}, :name: a reference, whole. */
static bool is_reference(const uint8_t *s, size_t len)
{
    size_t i = 0;
    while (i < len && strchr("$%@{#:&*!", s[i]) != NULL && s[i] != 0) {
        i++;
    }
    if (i == 0 || i == len || !(is_letter(s[i]) || s[i] == '_')) {
        return false;
    }
    bool sigil = s[0] == '$' || s[0] == '{' || s[0] == ':' || s[0] == '&';
    bool paired = len > 2 && (s[0] == '%' || s[0] == '@') && s[len - 1] == s[0];
    bool format = s[0] == '%' && len - i <= 2;
    while (i < len && (is_name_byte(s[i]) || s[i] == '.' || s[i] == ':' || s[i] == '-' ||
                       s[i] == '>' || s[i] == '[' || s[i] == ']')) {
        i++;
    }
    while (i < len && (s[i] == '}' || s[i] == '%' || s[i] == '@')) {
        i++;
    }
    return (sigil || paired || format) && i == len;
}

/* A template or a piece of code inside: "a${b}", "{{ b }}", "<%= b %>", "%(b)s", "$(b)". */
static bool is_template(const uint8_t *s, size_t len)
{
    size_t all = len;
    len = len < LOOK_MAX ? len : LOOK_MAX;
    static const char *const marks[] = {"${", "$(",  "{{", "<%", "#{", "%(",
                                        "%{", "\\(", "$[", "@{", "{%", "<?"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (holds(s, len, marks[i])) {
            return true;
        }
    }
    return len > 2 && s[0] == '{' && s[all - 1] == '}';
}

/* Stars, dots, x's, one character over and over: something stood here. */
static bool is_masked(const uint8_t *s, size_t len)
{
    size_t masked = 0;
    size_t longest = 1;
    size_t run = 1;
    for (size_t i = 0; i < len; i++) {
        int c = to_lower(s[i]);
        masked += c == '*' || c == '.' || c == 'x' || c == '#' || c == '?' || c == '-' ||
                          c == '_' || c == ' ' || s[i] >= 0x80
                      ? 1
                      : 0;
        run = i > 0 && s[i] == s[i - 1] ? run + 1 : 1;
        longest = run > longest ? run : longest;
    }
    return longest == len || (masked == len && longest * 2 > len) ||
           (longest >= 4 && longest * 2 >= len) || holds(s, len, "***") || holds(s, len, "...") ||
           holds(s, len, "xxxx");
}

static bool is_filler(const uint8_t *s, size_t len)
{
    size_t all = len;
    len = len < LOOK_MAX ? len : LOOK_MAX;
    static const char *const parts[] = {
        "changeme",   "change_me", "change-me",  "placeholder", "redacted",   "your_",
        "your-",      "yourpass",  "yoursecret", "yourtoken",   "yourkey",    "replaceme",
        "replace_me", "insert_",   "put_your",   "fill_in",     "not_a_real", "example_",
        "_example",   "dummy",     "todo",       "goes_here",   "goes-here",  "your ",
        "enter_",     "<your",     "my_secret",  "some_secret"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (holds(s, len, parts[i])) {
            return true;
        }
    }
    return len > 2 && ((s[0] == '<' && s[all - 1] == '>') || (s[0] == '[' && s[all - 1] == ']'));
}

/* A number too small to be a secret of a program: constants, ports, lengths. Passwords may be such.
 */
static bool is_small_number(const struct as_value *v, const struct as_secret *n, const uint8_t *s,
                            size_t len)
{
    size_t hex = len > 2 && s[0] == '0' && to_lower(s[1]) == 'x' ? 2 : 0;
    int stem = to_lower(v->text[n->stem]);
    if (n->quote != 0 || stem == 'p' || stem == '_' || len > (hex != 0 ? 10U : 5U)) {
        return false;
    }
    for (size_t i = hex; i < len; i++) {
        bool fits = is_digit(s[i]) || s[i] == '.' ||
                    (hex != 0 && to_lower(s[i]) >= 'a' && to_lower(s[i]) <= 'f');
        if (!fits) {
            return false;
        }
    }
    return true;
}

/* What code writes without quotes that is no text: operators, calls, members, literals. */
static bool is_code(const uint8_t *s, size_t len, const struct as_secret *n)
{
    static const char *const literals[] = {
        "true",     "false",   "null",   "none",     "nil",     "undefined", "this",
        "self",     "string",  "str",    "bool",     "boolean", "int",       "bytes",
        "byte",     "char",    "object", "any",      "void",    "new",       "yes",
        "function", "varchar", "text",   "optional", NULL};
    if (is_one_of(s, len, literals)) {
        return true;
    }
    if (n->quote != 0) {
        return false;
    }
    size_t brackets = 0;
    for (size_t i = 0; i < len; i++) {
        bool pair = i + 1 < len;
        if ((s[i] == ':' && pair && s[i + 1] == ':') || (s[i] == '-' && pair && s[i + 1] == '>')) {
            return true;
        }
        brackets += s[i] == '(' || s[i] == '[' || s[i] == ']' || s[i] == ')' || s[i] == '{' ? 1 : 0;
    }
    bool opens = strchr("([{<>*|#=~/\\,.&", s[0]) != NULL;
    return opens || (brackets > 0 && (is_letter(s[0]) || s[0] == '_'));
}

static size_t blanks(const uint8_t *s, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += s[i] == ' ' ? 1 : 0;
    }
    return count;
}

/* A name that says what the value is instead: what was made of a secret, not the secret. */
static bool is_derived(const struct as_value *v, const struct as_secret *n)
{
    static const char *const words[] = {"hash",   "sha1",     "sha2",        "sha256",
                                        "sha512", "md5",      "fingerprint", "thumbprint",
                                        "digest", "checksum", "callback"};
    const uint8_t *name = v->text + n->name_start;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (holds(name, n->name_end - n->name_start, words[i])) {
            return true;
        }
    }
    return false;
}

/* The last word of `text`, a name or a wrapper: the function that is called with the string. */
static size_t last_word(const uint8_t *text, size_t len, const uint8_t **out)
{
    while (len > 0 && !is_name_byte(text[len - 1])) {
        len--;
    }
    size_t end = len;
    while (len > 0 && is_name_byte(text[len - 1])) {
        len--;
    }
    *out = text + len;
    return end - len;
}

/* password.encode("utf-8"), getenv("DB_PASSWORD"), _("Password"): the string is an argument of
 * something that reads, asks or changes. */
static bool is_argument(const struct as_value *v, const struct as_secret *n)
{
    static const char *const functions[] = {"encode",
                                            "replace",
                                            "split",
                                            "strip",
                                            "trim",
                                            "startswith",
                                            "endswith",
                                            "contains",
                                            "match",
                                            "matches",
                                            "indexof",
                                            "join",
                                            "get",
                                            "getenv",
                                            "getstring",
                                            "getproperty",
                                            "opts",
                                            "opt",
                                            "param",
                                            "params",
                                            "env",
                                            "postvalue",
                                            "formvalue",
                                            "fetch",
                                            "lookup",
                                            "find",
                                            "query",
                                            "header",
                                            "cookie",
                                            "prompt",
                                            "input",
                                            "ask",
                                            "gettext",
                                            "_",
                                            "translate",
                                            "permit",
                                            "require",
                                            "format",
                                            "search",
                                            "append",
                                            "getpass",
                                            "environ",
                                            "printf",
                                            "getparameter",
                                            "optionalstring",
                                            "getattribute",
                                            "tobytes",
                                            NULL};
    const uint8_t *word;
    if (n->quote == 0) {
        return false;
    }
    bool wrapped = n->wrap_end > n->wrap_start;
    if (!wrapped && n->link != AS_LINK_CALL) {
        return false;
    }
    size_t from = wrapped ? n->wrap_start : n->name_start;
    size_t to = wrapped ? n->wrap_end : n->name_end;
    size_t len = last_word(v->text + from, to - from, &word);
    return len > 0 && is_one_of(word, len, functions);
}

/* A path of names without quotes: an expression of code. `jwt.HS256`, `req.body.password`. */
static bool is_member(const uint8_t *s, size_t len, const struct as_secret *n)
{
    bool dots = false;
    bool starts = true;
    if (n->quote != 0 || n->link == AS_LINK_FLAG || n->link == AS_LINK_ELEMENT) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '.') {
            dots = true;
            starts = true;
        } else if (!is_name_byte(s[i]) || (starts && is_digit(s[i]))) {
            return false;
        } else {
            starts = false;
        }
    }
    return dots && !starts && len <= 48;
}

/* Values that are something else of a known form: an address, a coordinate of a package
 * (group:name:1.2.3), a JSON Web Token, which has a detector of its own. */
static bool is_other(const uint8_t *s, size_t len)
{
    size_t digits = len;
    while (digits > 0 && (is_digit(s[digits - 1]) || s[digits - 1] == '.')) {
        digits--;
    }
    bool version = len - digits >= 3 && digits > 0 && s[digits - 1] == ':' &&
                   memchr(s + digits, '.', len - digits) != NULL;
    bool address = len > 7 && (holds(s, 7, "http://") || holds(s, 8 < len ? 8 : 7, "https://") ||
                               holds(s, 7, "http%3a") || holds(s, 8 < len ? 8 : 7, "https%3a"));
    bool token = len > 20 && memcmp(s, "eyJ", 3) == 0 && memchr(s, '.', len) != NULL;
    return version || address || token;
}

/* "123456", "abcdef", "000102030405": counted, not chosen. */
static bool is_counted(const uint8_t *s, size_t len)
{
    size_t steps = 0;
    size_t pairs = 0;
    for (size_t i = 1; i < len; i++) {
        int step = s[i] - s[i - 1];
        steps += (step >= -1 && step <= 1) || (s[i - 1] == '9' && s[i] == '0') ? 1 : 0;
        pairs += i >= 3 && i % 2 == 1 && s[i] == s[i - 2] + 1 ? 1 : 0;
    }
    return steps * 10 >= (len - 1) * 9 || (len >= 16 && pairs * 10 >= (len / 2 - 1) * 8);
}

/* ##NAME##, __NAME__, @@NAME@@: to be filled in by a tool. */
static bool is_marked(const uint8_t *s, size_t len)
{
    return len > 6 && strchr("#_@%$!", s[0]) != NULL && s[0] == s[1] && s[len - 1] == s[0] &&
           s[len - 2] == s[0];
}

/* "publicKey", "pub_key", "ssh-rsa …": meant to be known. */
static bool is_public_key(const struct as_value *v, const struct as_secret *n)
{
    const uint8_t *name = v->text + n->name_start;
    size_t len = n->name_end - n->name_start;
    const uint8_t *s = v->text + n->value_start;
    return holds(name, len, "public") || holds(name, len, "pubkey") ||
           holds(name, len, "pub_key") || holds(s, n->value_end - n->value_start, "ssh-rsa ") ||
           holds(s, n->value_end - n->value_start, "ssh-ed25519 ");
}

enum as_verdict as_secret_rules(const struct as_value *v, const struct as_secret *n)
{
    const uint8_t *s = v->text + n->value_start;
    size_t len = n->value_end - n->value_start;
    for (size_t i = 0; i < len; i++) {
        if ((s[i] < 0x20 && n->quote != '`') || s[i] == 0x7F) {
            return AS_REJECT;
        }
    }
    if (is_small_number(v, n, s, len) || is_reference(s, len) || is_template(s, len) ||
        is_code(s, len, n) || blanks(s, len) > 4) {
        return AS_REJECT;
    }
    if (holds(s, len, "-----begin ") || holds(s, len, "putty-user-key") ||
        (s[0] == '$' && len > 12 && s[2 + (s[2] != '$')] == '$')) {
        return AS_REJECT; /* keys and hashes have detectors of their own */
    }
    if (as_secret_is_other_use(v, n) || is_public_key(v, n) || is_derived(v, n) ||
        is_argument(v, n) || is_member(s, len, n) || is_other(s, len)) {
        return AS_REJECT;
    }
    return is_counted(s, len) || is_marked(s, len) || is_masked(s, len) || is_filler(s, len)
               ? AS_PLACEHOLDER
               : AS_ACCEPT;
}
