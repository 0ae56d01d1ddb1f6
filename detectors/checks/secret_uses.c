/* SPDX-License-Identifier: Apache-2.0
 * Uses of the words of secrets that have nothing to do with secrets: keys of databases and caches,
 * the results of tests, options in a sentence, captions of forms, services and ports, colours. Each
 * rule rests on the name, the link or the text around, where secret_rules.c looks at the value. A
 * rule refuses what it names and nothing near it: the scorer judges the rest. Pure; every access is
 * within the window. */
#include <string.h>

#include "detectors/checks/secret_text.h"

#define STATEMENT_BACK 256U
#define PRIMARY_MAX 32U /* shorter than the "primaryKey" of a cloud account */

/* Where `lower` stands in [at, end), in any case; `end` when it does not. */
static size_t find(const struct as_value *v, size_t at, size_t end, const char *lower)
{
    size_t len = strlen(lower);
    while (at + len <= end && !is_word(v, at, lower)) {
        at++;
    }
    return at + len <= end ? at : end;
}

static bool holds(const struct as_value *v, size_t at, size_t end, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (find(v, at, end, *words) < end) {
            return true;
        }
    }
    return false;
}

/* Whether [at, end) is one of the words, whole. */
static bool is_any(const struct as_value *v, size_t at, size_t end, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (end - at == strlen(*words) && is_word(v, at, *words)) {
            return true;
        }
    }
    return false;
}

static size_t skip_digits(const struct as_value *v, size_t at, size_t end)
{
    while (at < end && is_digit(v->text[at])) {
        at++;
    }
    return at;
}

/* Passwords are what people choose: numbers and short words among them. */
static bool is_password(const struct as_value *v, const struct as_secret *s)
{
    static const char *const names[] = {"pass",  "pwd", "_pw",        "kennwort", "contrase",
                                        "senha", "pin", "identified", NULL};
    return s->certain || s->link == AS_LINK_URL || holds(v, s->name_start, s->name_end, names);
}

/* A number is an identifier, but where the name says that it is a secret; a colour is a style's. */
static bool is_number_or_colour(const struct as_value *v, const struct as_secret *s)
{
    static const char *const names[] = {"secret", "token", NULL};
    size_t at = s->value_start;
    size_t end = s->value_end;
    if (is_password(v, s)) {
        return false;
    }
    if (skip_digits(v, at, end) == end) {
        return !holds(v, s->name_start, s->name_end, names);
    }
    size_t hex = at + 1;
    while (hex < end && (is_digit(v->text[hex]) ||
                         (to_lower(v->text[hex]) >= 'a' && to_lower(v->text[hex]) <= 'f'))) {
        hex++;
    }
    size_t digits = end - at - 1;
    return v->text[at] == '#' && hex == end && (digits == 3 || digits == 6 || digits == 8);
}

/* Keys that order, find or join, the credit that is due to somebody, keys to be fetched by their
 * fingerprints, the tickets of a list of changes. */
static bool is_other_key(const struct as_value *v, const struct as_secret *s)
{
    static const char *const names[] = {
        "foreign_key", "foreign-key",  "foreignkey",    "sort_key",      "sort-key",
        "sortkey",     "partitionkey", "partition_key", "partition-key", "cache_key",
        "cache-key",   "cachekey",     "recv-key",      "recv_key",      NULL};
    static const char *const primary[] = {"primary_key", "primary-key", "primarykey", NULL};
    bool is_short = s->value_end - s->value_start < PRIMARY_MAX;
    return holds(v, s->name_start, s->name_end, names) ||
           (is_short && holds(v, s->name_start, s->name_end, primary)) ||
           is_word(v, s->stem, "credit") ||
           (s->link == AS_LINK_BLANK && is_word(v, s->stem, "ticket"));
}

/* `KEY_NAME "\x73\x65"`: a constant written byte by byte behind a name and a blank. */
static bool is_bytes_of_macro(const struct as_value *v, const struct as_secret *s)
{
    return s->link == AS_LINK_BLANK && s->quote != 0 && is_word(v, s->value_start, "\\x");
}

/* A digit, and a capital within or a mark that names of files and tests do not have. */
static bool is_mixed(const struct as_value *v, const struct as_secret *s)
{
    bool digit = false;
    bool other = false;
    for (size_t i = s->value_start; i < s->value_end; i++) {
        int c = v->text[i];
        digit = digit || is_digit(c);
        other = other || (is_upper(c) && i > s->value_start) ||
                !(is_alnum(c) || strchr("-_./:()[]", c) != NULL);
    }
    return digit && other;
}

/* `PASS: name of a test`, and "pass" as the verb of a sentence: `do not pass "-x"`, "passes
 * test-1". */
static bool is_pass_alone(const struct as_value *v, const struct as_secret *s)
{
    static const char *const before[] = {"not", "n't", "to",   "must", "should", "you", "can",
                                         "and", "or",  "will", "we",   "also",   NULL};
    if (s->link == AS_LINK_BLANK && s->quote == 0 && is_word(v, s->name_start, "passes")) {
        return true;
    }
    if (s->name_end - s->name_start != 4 || !is_word(v, s->name_start, "pass") ||
        s->name_quote != 0) {
        return false;
    }
    if (s->quote == 0 || s->wrap_end > s->wrap_start) {
        bool capitals = v->text[s->name_start] == 'P' && v->text[s->name_start + 1] == 'A';
        return capitals && s->link == AS_LINK_COLON && !is_mixed(v, s);
    }
    if (s->link != AS_LINK_BLANK) {
        return false;
    }
    size_t end = s->name_start;
    while (end > 0 && is_blank(v->text[end - 1])) {
        end--;
    }
    size_t at = end;
    while (at > 0 && end - at < 16 && (is_letter(v->text[at - 1]) || v->text[at - 1] == '\'')) {
        at--;
    }
    bool negated = end - at >= 3 && is_word(v, end - 3, "n't");
    return v->text[s->value_start] == '-' || negated || is_any(v, at, end, before) ||
           memchr(v->text + s->value_start, ' ', s->value_end - s->value_start) != NULL;
}

/* `the --user and --password options`: an option that is spoken of. */
static bool is_flag_in_sentence(const struct as_value *v, const struct as_secret *s)
{
    static const char *const words[] = {"options",
                                        "option",
                                        "respectively",
                                        "is",
                                        "are",
                                        "and",
                                        "or",
                                        "to",
                                        "for",
                                        "from",
                                        "flag",
                                        "flags",
                                        "with",
                                        "when",
                                        "argument",
                                        "arguments",
                                        "in",
                                        "parameter",
                                        "parameters",
                                        "switch",
                                        "on",
                                        "was",
                                        "can",
                                        "will",
                                        "should",
                                        "must",
                                        "may",
                                        "instead",
                                        "has",
                                        "does",
                                        "switches",
                                        "as",
                                        "the",
                                        "that",
                                        "which",
                                        "if",
                                        "not",
                                        "also",
                                        "supported",
                                        "description",
                                        "simultaneously",
                                        "command",
                                        "it",
                                        "using",
                                        "specified",
                                        "provided",
                                        NULL};
    size_t end = s->value_end;
    while (end > s->value_start && strchr(",.;:)!?", v->text[end - 1]) != NULL) {
        end--;
    }
    return s->link == AS_LINK_FLAG && !s->certain && s->quote == 0 &&
           is_any(v, s->value_start, end, words);
}

/* `identified by constants`: without quotes only a statement of SQL has a password there. */
static bool is_identified_prose(const struct as_value *v, const struct as_secret *s)
{
    static const char *const verbs[] = {"create ", "alter ", "grant ", "connect ", NULL};
    size_t low = s->stem > STATEMENT_BACK ? s->stem - STATEMENT_BACK : 0;
    return is_word(v, s->stem, "identified") && s->quote == 0 && !holds(v, low, s->stem, verbs);
}

/* `kpasswd 464/tcp`: a line of the services. */
static bool is_service(const struct as_value *v, const struct as_secret *s)
{
    static const char *const protocols[] = {"/tcp", "/udp", "/sctp", NULL};
    size_t at = skip_digits(v, s->value_start, s->value_end);
    return at > s->value_start && is_any(v, at, s->value_end, protocols);
}

/* `FUNCTION_PASS("name"`: the macro of a list of passes, in capitals. */
static bool is_pass_macro(const struct as_value *v, const struct as_secret *s)
{
    if (s->link != AS_LINK_CALL || s->name_end - s->name_start < 6 ||
        !is_word(v, s->name_end - 5, "_pass")) {
        return false;
    }
    for (size_t i = s->name_start; i < s->name_end; i++) {
        if (is_letter(v->text[i]) && !is_upper(v->text[i])) {
            return false;
        }
    }
    return true;
}

/* `"operation": "GetPasswordData", "next": …`: the name is a value itself, and what seemed its
 * argument is the key of the next one. */
static bool is_next_key(const struct as_value *v, const struct as_secret *s)
{
    if (s->link != AS_LINK_ARGUMENT || s->quote == 0) {
        return false;
    }
    return byte_at(v, skip_blanks(v, s->value_end + s->escapes + 1)) == ':';
}

/* "reset_password": "Several words": what a form says. */
static bool is_caption(const struct as_value *v, const struct as_secret *s)
{
    static const char *const acts[] = {"reset",  "forgot",  "change", "enter",  "confirm",
                                       "repeat", "update",  "show",   "create", "new",
                                       "wrong",  "invalid", "label",  "title",  NULL};
    size_t at = s->value_start;
    return s->quote != 0 && s->value_end > at + 2 &&
           memchr(v->text + at + 1, ' ', s->value_end - at - 2) != NULL &&
           holds(v, s->name_start, s->name_end, acts);
}

bool as_secret_is_other_use(const struct as_value *v, const struct as_secret *s)
{
    return is_number_or_colour(v, s) || is_other_key(v, s) || is_bytes_of_macro(v, s) ||
           is_pass_alone(v, s) || is_flag_in_sentence(v, s) || is_identified_prose(v, s) ||
           is_service(v, s) || is_pass_macro(v, s) || is_next_key(v, s) || is_caption(v, s);
}
