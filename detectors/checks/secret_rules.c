/* SPDX-License-Identifier: Apache-2.0
 * What is written in the place of a secret and is none, by rules that hold in any file: variables,
 * templates, calls, masks, and words that ask the reader to put something else. Everything less
 * certain is the scorer's (secret_score.c). */
#include <string.h>

#include "detectors/checks/secret.h"

static bool is_name_byte(int c)
{
    return is_alnum(c) || c == '_';
}

static bool holds(const uint8_t *s, size_t len, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i + n <= len; i++) {
        size_t k = 0;
        while (k < n && to_lower(s[i + k]) == lower[k]) {
            k++;
        }
        if (k == n) {
            return true;
        }
    }
    return false;
}

static bool is_one_of(const uint8_t *s, size_t len, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == len && holds(s, len, *words)) {
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
    static const char *const marks[] = {"${", "$(",  "{{", "<%", "#{", "%(",
                                        "%{", "\\(", "$[", "@{", "{%", "<?"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (holds(s, len, marks[i])) {
            return true;
        }
    }
    return len > 2 && s[0] == '{' && s[len - 1] == '}';
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
    return len > 2 && ((s[0] == '<' && s[len - 1] == '>') || (s[0] == '[' && s[len - 1] == ']'));
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
    if (is_reference(s, len) || is_template(s, len) || is_code(s, len, n) || blanks(s, len) > 4) {
        return AS_REJECT;
    }
    if (holds(s, len, "-----begin ") || holds(s, len, "putty-user-key") ||
        (s[0] == '$' && len > 12 && s[2 + (s[2] != '$')] == '$')) {
        return AS_REJECT; /* keys and hashes have detectors of their own */
    }
    if (is_public_key(v, n)) {
        return AS_REJECT;
    }
    return is_masked(s, len) || is_filler(s, len) ? AS_PLACEHOLDER : AS_ACCEPT;
}
