/* SPDX-License-Identifier: Apache-2.0
 * PuTTY private keys (.ppk), versions 1 to 3: PuTTY manual, appendix C. Headers in order, two
 * base64 parts whose line counts must be right, and the MAC at the end, which closes the value.
 * Comments may hold anything. A file that breaks off after the private part began keeps a lowered
 * strength. */
#include <string.h>

#include "detectors/checks/armour.h"
#include "detectors/checks/checks.h"

#define KEY_BYTES_MAX (65536U - 64U) /* with a look past the end, within the scan's reach */
#define LINES_MAX 1000U

struct cursor {
    const struct as_value *v;
    size_t at;
    size_t limit;
};

static void next_line(struct cursor *c)
{
    c->at = as_armour_skip(c->v, as_armour_line_end(c->v, c->at, c->limit), c->limit);
}

/* "Name: " at the cursor; moves behind it. */
static bool take_name(struct cursor *c, const char *name)
{
    if (!as_armour_is(c->v, c->at, name)) {
        return false;
    }
    c->at += strlen(name);
    return true;
}

/* A header line that may say anything. */
static bool skip_header(struct cursor *c, const char *name)
{
    if (!take_name(c, name)) {
        return false;
    }
    next_line(c);
    return true;
}

/* "Name: N" and N lines of base64 of at most 64 symbols; false when one is missing. */
static bool take_lines(struct cursor *c, const char *name, size_t *out_symbols)
{
    size_t lines = 0;
    *out_symbols = 0;
    if (!take_name(c, name)) {
        return false;
    }
    while (is_digit(byte_at(c->v, c->at)) && lines <= LINES_MAX) {
        lines = lines * 10 + (size_t)(byte_at(c->v, c->at++) - '0');
    }
    if (lines == 0 || lines > LINES_MAX) {
        return false;
    }
    for (size_t i = 0; i < lines; i++) {
        size_t start = as_armour_skip(c->v, c->at, c->limit);
        size_t end = as_armour_line_end(c->v, start, c->limit);
        struct as_armour line;
        size_t at = start;
        as_armour_read(c->v, &at, end, &line);
        if (line.symbols == 0 || line.symbols > 64 || line.end == start) {
            return false;
        }
        *out_symbols += line.symbols;
        c->at = line.end;
    }
    c->at = as_armour_skip(c->v, c->at, c->limit);
    return true;
}

/* "Private-MAC: hex" (or Private-Hash in version 1), 40 or 64 hex digits. */
static bool take_mac(struct cursor *c)
{
    if (!take_name(c, "Private-MAC: ") && !take_name(c, "Private-Hash: ")) {
        return false;
    }
    size_t start = c->at;
    while (c->at - start < 65 && is_alnum(byte_at(c->v, c->at)) &&
           to_lower(byte_at(c->v, c->at)) <= 'f') {
        c->at++;
    }
    return c->at - start == 40 || c->at - start == 64;
}

/* Key derivation headers of an encrypted version 3 file. */
static void skip_derivation(struct cursor *c)
{
    static const char *const names[] = {"Key-Derivation: ", "Argon2-Memory: ", "Argon2-Passes: ",
                                        "Argon2-Parallelism: ", "Argon2-Salt: "};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)skip_header(c, names[i]);
    }
}

/** PUTTY_PRIVATE_KEY: ANCHOR "PuTTY-User-Key-File-". Source: PuTTY manual, appendix C. */
enum as_verdict as_check_putty(struct as_value *v)
{
    struct cursor c = {.v = v, .at = v->end, .limit = v->start + KEY_BYTES_MAX};
    int version = byte_at(v, c.at);
    size_t symbols;
    if (version < '1' || version > '3' || byte_at(v, c.at + 1) != ':') {
        return AS_REJECT;
    }
    next_line(&c);
    if (!skip_header(&c, "Encryption: ") || !skip_header(&c, "Comment: ") ||
        !take_lines(&c, "Public-Lines: ", &symbols)) {
        return AS_REJECT;
    }
    skip_derivation(&c);
    size_t private_at = c.at;
    bool whole = take_lines(&c, "Private-Lines: ", &symbols);
    if (symbols == 0) {
        return AS_REJECT; /* the public half is no secret */
    }
    if (whole) {
        private_at = c.at;
        whole = take_mac(&c);
    }
    v->end = whole ? c.at : c.at > private_at ? c.at : private_at;
    while (v->end > v->start && !is_alnum(v->text[v->end - 1]) && v->text[v->end - 1] != '=') {
        v->end--;
    }
    if (!whole) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return AS_ACCEPT;
}
