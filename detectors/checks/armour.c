/* SPDX-License-Identifier: Apache-2.0
 * See armour.h. */
#include "detectors/checks/armour.h"

#include <string.h>

#include "detectors/checks/base64.h"

static size_t text_end(const struct as_value *v, size_t limit)
{
    return limit < v->text_len ? limit : v->text_len;
}

bool as_armour_is(const struct as_value *v, size_t at, const char *literal)
{
    size_t len = strlen(literal);
    return at <= v->text_len && len <= v->text_len - at && memcmp(v->text + at, literal, len) == 0;
}

/* Length of one piece of layout at `at`: a blank, a line end, its escape, a quote; 0 for none. */
static size_t layout_at(const struct as_value *v, size_t at)
{
    int c = byte_at(v, at);
    if (c == '\\') {
        int next = byte_at(v, at + 1);
        if (next == '\\') { /* escaped twice */
            next = byte_at(v, at + 2);
            return next == 'n' || next == 'r' || next == 't' ? 3 : 1;
        }
        return next == 'n' || next == 'r' || next == 't' ? 2 : 1;
    }
    return c != 0 && strchr(" \t\r\n\"',", c) != NULL ? 1 : 0;
}

size_t as_armour_skip(const struct as_value *v, size_t at, size_t limit)
{
    size_t end = text_end(v, limit);
    while (at < end) {
        size_t n = layout_at(v, at);
        if (n == 0) {
            break;
        }
        at += n;
    }
    return at < end ? at : end;
}

size_t as_armour_line_end(const struct as_value *v, size_t at, size_t limit)
{
    size_t end = text_end(v, limit);
    while (at < end) {
        int c = v->text[at];
        int next = byte_at(v, at + 1);
        if (c == '\n' || c == '\r' || (c == '\\' && (next == 'n' || next == 'r'))) {
            break;
        }
        at++;
    }
    return at;
}

static void add_byte(struct as_armour *a, uint8_t byte)
{
    if (a->bytes < AS_ARMOUR_HEAD) {
        a->head[a->bytes] = byte;
    }
    a->bytes++;
    a->crc24 ^= (uint32_t)byte << 16;
    for (int i = 0; i < 8; i++) {
        a->crc24 <<= 1;
        if ((a->crc24 & 0x1000000U) != 0) {
            a->crc24 ^= 0x1864CFBU;
        }
    }
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A '+' between two quotes joins string pieces and is no symbol: "…\n" + "…". Anywhere else it is
 * one, at the end of a line and behind an opening quote too. */
static bool joins_strings(const struct as_value *v, size_t at)
{
    if (byte_at(v, at) != '+') {
        return false;
    }
    size_t back = at;
    while (back > 0 && is_blank(byte_at(v, back - 1))) {
        back--;
    }
    size_t ahead = at + 1;
    while (is_blank(byte_at(v, ahead)) || byte_at(v, ahead) == '\\') {
        ahead++;
    }
    int left = back > 0 ? byte_at(v, back - 1) : 0;
    int right = byte_at(v, ahead);
    return (left == '"' || left == '\'') && (right == '"' || right == '\'');
}

void as_armour_read(const struct as_value *v, size_t *at, size_t limit, struct as_armour *out)
{
    struct as_armour a = {.crc24 = 0xB704CEU, .end = *at};
    size_t end = text_end(v, limit);
    size_t p = *at;
    uint32_t bits = 0;
    unsigned held = 0;
    while (p < end) {
        size_t skip = layout_at(v, p);
        if (skip > 0 || joins_strings(v, p)) {
            p += skip > 0 ? skip : 1;
            continue;
        }
        int c = v->text[p];
        int value = c == '-' || c == '_' ? -1 : base64_value(c);
        if (value < 0) {
            break;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xFFFFFFU;
        held += 6;
        a.symbols++;
        if (held >= 8) {
            held -= 8;
            add_byte(&a, (uint8_t)(bits >> held));
        }
        a.end = ++p;
    }
    while (p < end && byte_at(v, p) == '=' && p - a.end < 2 && a.symbols % 4 != 0) {
        p++;
    }
    if (p > a.end && byte_at(v, p - 1) == '=') {
        a.end = p;
    }
    a.dots = as_armour_is(v, p, "...") || as_armour_is(v, p, "\xE2\x80\xA6") ||
             as_armour_is(v, p, "***");
    a.marked = as_armour_is(v, p, "<") || as_armour_is(v, p, "[");
    *at = p < end ? p : end;
    *out = a;
}
