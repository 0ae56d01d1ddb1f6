/* SPDX-License-Identifier: Apache-2.0
 * Places where a protocol, a tool or a file puts a secret without a name: an HTTP Bearer token
 * (RFC 6750 2.1), the password in the authority of a URL (RFC 3986 3.2.1), options of commands
 * (curl -u user:password, mysql -ppassword), lines of a .pgpass file. They are read into the same
 * struct as an assignment, and go through the same rules and scorer. */
#include <string.h>

#include "detectors/checks/secret.h"

#define USER_MAX 128U
#define PASSWORD_MAX 256U
#define TOKEN_MAX 2048U
#define COMMAND_MAX 256U

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

/* An option that takes a password: its tool, its letters, and where the password begins. */
static const struct option {
    const char *tool;
    const char *text;
    bool user;  /* user:password */
    bool joint; /* the value follows without a blank */
} s_options[] = {
    {"curl ", "-u ", true, false},       {"curl ", "--user ", true, false},
    {"wget ", "--user ", true, false},   {"sshpass ", "-p ", false, false},
    {"sshpass ", "-p", false, true},     {"mysql ", "-p", false, true},
    {"mysqldump ", "-p", false, true},   {"mysqladmin ", "-p", false, true},
    {"redis-cli ", "-a ", false, false},
};

static bool is_at(const struct as_value *v, size_t at, const char *text)
{
    size_t i = 0;
    while (text[i] != '\0' && byte_at(v, at + i) == text[i]) {
        i++;
    }
    return text[i] == '\0';
}

/* The value of an option, in quotes or up to a blank. */
static bool take_option(const struct as_value *v, size_t at, const struct option *o,
                        struct as_secret *s)
{
    int c = byte_at(v, at);
    s->quote = c == '"' || c == '\'' ? c : 0;
    at += s->quote != 0 ? 1 : 0;
    size_t end = at;
    while (end - at < PASSWORD_MAX && byte_at(v, end) > ' ' && byte_at(v, end) != s->quote &&
           strchr("\"'`;|<>", byte_at(v, end)) == NULL) {
        end++;
    }
    if (s->quote != 0 && byte_at(v, end) != s->quote) {
        return false;
    }
    const uint8_t *colon = end > at ? memchr(v->text + at, ':', end - at) : NULL;
    if (o->user && colon == NULL) {
        return false;
    }
    s->value_start = o->user ? (size_t)(colon - v->text) + 1 : at;
    s->value_end = end;
    s->wrap_start = s->value_start;
    s->wrap_end = s->value_start;
    return end >= s->value_start + AS_SECRET_VALUE_MIN;
}

bool as_secret_parse_command(const struct as_value *v, struct as_secret *s)
{
    *s = (struct as_secret){
        .stem = v->start, .stem_end = v->end, .link = AS_LINK_FLAG, .certain = true};
    s->name_start = v->start;
    s->name_end = v->end;
    s->line = as_secret_line(v, v->start);
    if (is_alnum(byte_before(v, 1)) || byte_before(v, 1) == '-') {
        return false;
    }
    for (size_t at = v->end; at - v->end < COMMAND_MAX && byte_at(v, at) >= ' '; at++) {
        if (v->text[at] != '-' || v->text[at - 1] != ' ') {
            continue;
        }
        for (size_t i = 0; i < sizeof s_options / sizeof s_options[0]; i++) {
            const struct option *o = &s_options[i];
            size_t value = at + strlen(o->text);
            if (is_at(v, v->start, o->tool) && is_at(v, at, o->text) &&
                (!o->joint || byte_at(v, value) > ' ') && take_option(v, value, o, s)) {
                return true;
            }
        }
    }
    return false;
}

/* A field of a .pgpass line: up to the colon, "\\:" within. */
static size_t field_end(const struct as_value *v, size_t at)
{
    size_t end = at;
    while (end - at < USER_MAX && byte_at(v, end) > ' ' && v->text[end] != ':') {
        end += v->text[end] == '\\' ? 2 : 1;
    }
    return end;
}

/* host:port:database:user:password, the nominee ":5432:" or ":*:". The whole line must be that. */
bool as_secret_parse_pgpass(const struct as_value *v, struct as_secret *s)
{
    *s = (struct as_secret){
        .stem = v->start, .stem_end = v->end, .link = AS_LINK_URL, .certain = true};
    s->line = as_secret_line(v, v->start);
    size_t database = field_end(v, v->end);
    size_t user = byte_at(v, database) == ':' ? field_end(v, database + 1) : database;
    size_t end = byte_at(v, user) == ':' ? field_end(v, user + 1) : user;
    for (size_t i = s->line; i < v->start; i++) {
        if (!is_alnum(v->text[i]) && strchr("._-*[]", v->text[i]) == NULL) {
            return false;
        }
    }
    s->name_start = s->line;
    s->name_end = user;
    s->value_start = user + 1;
    s->value_end = end;
    s->wrap_start = s->value_start;
    s->wrap_end = s->value_start;
    int after = byte_at(v, end);
    return user > database && database > v->end && s->line < v->start &&
           end >= user + 1 + AS_SECRET_VALUE_MIN && (after == '\n' || after == '\r' || after == 0);
}

bool as_secret_parse_any(const struct as_value *v, struct as_secret *s)
{
    int first = byte_at(v, v->start);
    if (first == ':') {
        return as_secret_parse_pgpass(v, s);
    }
    int last = v->end > v->start ? v->text[v->end - 1] : 0;
    return last == ' ' ? as_secret_parse_command(v, s) : as_secret_parse(v, s);
}
