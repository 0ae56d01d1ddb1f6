/* SPDX-License-Identifier: Apache-2.0
 * Internet addresses. IPv4 by RFC 791 in dotted decimal, IPv6 by RFC 4291 2.2 in all its text
 * forms. What is no one's address is set apart: masks are refused, unspecified and loopback
 * addresses are placeholders, the documentation blocks (RFC 5737, RFC 3849) test values. Versions
 * look just like IPv4 addresses: with a version's word or a product's name and '/' before it a
 * number is refused, and four small numbers prove nothing. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define PRODUCT_MAX 64U /* bytes of a product's name */

/* A word such as "version 1.2.3.4", "v1…", "release: 1.2.3.4" before the nominee. */
static bool follows_version_word(const struct as_value *v)
{
    static const char *const words[] = {"version", "ver",      "release", "rev",
                                        "build",   "update",   "oid",     "section",
                                        "chapter", "firmware", "v",       "driver"};
    size_t back = 1;
    while (back < 6 && byte_before(v, back) != 0 &&
           strchr(" :=\"'.>-_/(", byte_before(v, back)) != NULL) {
        back++;
    }
    size_t len = 0;
    char word[12] = {0};
    while (len < sizeof word - 1 && is_letter(byte_before(v, back + len))) {
        len++;
    }
    for (size_t i = 0; i < len; i++) {
        word[i] = (char)to_lower(byte_before(v, back + len - 1 - i));
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* "Chrome/131.0.0.0": a product and its version (RFC 9110 10.1.5). A name that itself follows a
 * '/' or '@' is part of a path or URL, and "host/10.1.2.3:80" is how Java writes an address. */
static bool follows_product(const struct as_value *v)
{
    size_t back = 2;
    if (byte_before(v, 1) != '/' || (byte_after(v, 0) == ':' && is_digit(byte_after(v, 1)))) {
        return false;
    }
    while (back - 2 <= PRODUCT_MAX &&
           (is_alnum(byte_before(v, back)) || byte_before(v, back) == '.' ||
            byte_before(v, back) == '_' || byte_before(v, back) == '-')) {
        back++;
    }
    int before = byte_before(v, back);
    return back > 2 && back - 2 <= PRODUCT_MAX && is_letter(byte_before(v, back - 1)) &&
           before != '/' && before != '@' && before != '\\';
}

static bool parse_octets(const struct as_value *v, unsigned out[4])
{
    size_t at = v->start;
    for (size_t i = 0; i < 4; i++) {
        size_t from = at;
        unsigned value = 0;
        while (at < v->end && at - from < 3 && is_digit(v->text[at])) {
            value = value * 10 + (unsigned)(v->text[at++] - '0');
        }
        if (at == from || value > 255 || (at - from > 1 && v->text[from] == '0')) {
            return false;
        }
        out[i] = value;
        if (i < 3 && (at >= v->end || v->text[at++] != '.')) {
            return false;
        }
    }
    return at == v->end;
}

static enum as_verdict judge_octets(struct as_value *v, const unsigned o[4])
{
    static const unsigned documentation[3][3] = {{192, 0, 2}, {198, 51, 100}, {203, 0, 113}};
    if (o[0] == 0 || o[0] == 127) {
        return AS_PLACEHOLDER;
    }
    if (o[0] == 255 || (o[0] >= 224 && o[0] < 240)) {
        return AS_REJECT; /* masks, broadcast, multicast */
    }
    for (size_t i = 0; i < 3; i++) {
        if (memcmp(o, documentation[i], sizeof documentation[i]) == 0) {
            return AS_TEST_VALUE;
        }
    }
    if (o[0] < 20 && o[1] < 20 && o[2] < 20 && o[3] < 20 && o[0] != 10) {
        v->strength = AS_STRENGTH_NONE; /* most likely a version or a section */
    }
    return AS_ACCEPT;
}

/** IP_ADDRESS: SHAPE of four groups over dots. Source: RFC 791, RFC 6943 3.1.1. */
enum as_verdict as_check_ipv4(struct as_value *v)
{
    unsigned octets[4];
    bool piece = byte_before(v, 1) == '.' ||
                 (byte_before(v, 1) == '-' && is_alnum(byte_before(v, 2))) ||
                 (byte_after(v, 0) == '.' && is_alnum(byte_after(v, 1)));
    if (piece || !parse_octets(v, octets) || follows_version_word(v) || follows_product(v)) {
        return AS_REJECT;
    }
    return judge_octets(v, octets);
}

struct groups {
    unsigned value[8];
    size_t count;
    size_t gap;  /* index of the group behind "::"; SIZE_MAX for none */
    bool dotted; /* ends in dotted decimal, which counts as two groups */
};

static bool is_hex(int c)
{
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

static unsigned hex_value(int c)
{
    return (unsigned)(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
}

/* Dotted decimal at the end of an address. */
static bool take_dotted(struct as_value v, size_t at, struct groups *g)
{
    unsigned o[4];
    v.start = at;
    if (g->count > 6 || !parse_octets(&v, o)) {
        return false;
    }
    g->value[g->count++] = o[0] << 8 | o[1];
    g->value[g->count++] = o[2] << 8 | o[3];
    g->dotted = true;
    return true;
}

/* One group of at most four hex digits at *at, or the dotted end. */
static bool take_group(const struct as_value *v, size_t *at, struct groups *g)
{
    size_t from = *at;
    unsigned value = 0;
    while (*at < v->end && *at - from < 5 && is_hex(v->text[*at])) {
        value = value << 4 | hex_value(v->text[(*at)++]);
    }
    if (*at < v->end && v->text[*at] == '.') {
        *at = v->end;
        return take_dotted(*v, from, g);
    }
    if (*at == from || *at - from > 4 || g->count == 8) {
        return false;
    }
    g->value[g->count++] = value;
    return true;
}

static bool parse_groups(const struct as_value *v, struct groups *g)
{
    size_t at = v->start;
    *g = (struct groups){.gap = SIZE_MAX};
    while (at < v->end) {
        if (at + 1 < v->end && v->text[at] == ':' && v->text[at + 1] == ':') {
            if (g->gap != SIZE_MAX) {
                return false;
            }
            g->gap = g->count;
            at += 2;
        } else if (g->count > 0 && g->gap != g->count) {
            if (v->text[at] != ':') {
                return false;
            }
            at++;
            if (!take_group(v, &at, g)) {
                return false;
            }
        } else if (!take_group(v, &at, g)) {
            return false;
        }
    }
    return g->gap == SIZE_MAX ? g->count == 8 : g->count < 8;
}

static enum as_verdict judge_groups(struct as_value *v, const struct groups *g)
{
    bool starts = g->gap != 0;
    if (g->count == 0 || (g->count == 1 && g->gap == 0 && g->value[0] <= 1)) {
        return g->count == 0 ? AS_REJECT : AS_PLACEHOLDER; /* "::" alone is code; ::1 is loopback */
    }
    if (starts && g->count >= 2 && g->value[0] == 0x2001 && g->value[1] == 0xDB8) {
        return AS_TEST_VALUE;
    }
    if (g->gap != SIZE_MAX && g->count < 4) {
        /* "a::b" is also a scope operator: short forms need an assigned prefix in front. */
        bool assigned = starts && g->count >= 2 &&
                        ((g->value[0] >> 13) == 1 || (g->value[0] >> 9) == 0x7E ||
                         (g->value[0] >> 6) == 0x3FA || (g->value[0] >> 8) == 0xFF);
        v->strength = AS_STRENGTH_DIGIT;
        return assigned || g->dotted ? AS_ACCEPT : AS_REJECT;
    }
    v->strength = AS_STRENGTH_STRONG;
    return AS_ACCEPT;
}

/** IPV6_ADDRESS: HEX_COLON. Punctuation at the run's ends is left out. Source: RFC 4291 2.2, RFC
 * 5952, RFC 3849. */
enum as_verdict as_check_ipv6(struct as_value *v)
{
    struct groups g;
    while (v->end > v->start && v->text[v->end - 1] == '.') {
        v->end--;
    }
    if (v->end - v->start > 2 && v->text[v->end - 1] == ':' && v->text[v->end - 2] != ':') {
        v->end--;
    }
    if (v->end - v->start > 2 && v->text[v->start] == ':' && v->text[v->start + 1] != ':') {
        v->start++;
    }
    int before = byte_before(v, 1);
    int after = byte_after(v, 0);
    if (v->end - v->start < 3 || v->end - v->start > 45 || is_alnum(before) || before == '_' ||
        is_alnum(after) || after == '_' || before == '.' || !parse_groups(v, &g)) {
        return AS_REJECT;
    }
    return judge_groups(v, &g);
}
