/* SPDX-License-Identifier: Apache-2.0
 * What a cell of delimited text looks like: a name, a value, or neither. Rules of thumb, each pure,
 * that profile_delimited.c weighs. Tests: tests/unit/text/test_profile.c. */
#include "text/profile_cells.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define NAME_BYTES_MAX 96U

struct as_slice as_cell_strip(struct as_slice c)
{
    while (c.len != 0 && (c.ptr[0] == ' ' || c.ptr[0] == '\t')) {
        c = as_slice(c.ptr + 1, c.len - 1);
    }
    while (c.len != 0 && (c.ptr[c.len - 1] == ' ' || c.ptr[c.len - 1] == '\t')) {
        c.len--;
    }
    if (c.len >= 2 && c.ptr[0] == '"' && c.ptr[c.len - 1] == '"') {
        return as_cell_strip(as_slice(c.ptr + 1, c.len - 2));
    }
    return c;
}

static bool is_letter(uint8_t b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b >= 0x80;
}

/** The first byte of a letter; no-break spaces, dashes and signs of money (U+0080 to U+00BF, U+2000
 * to U+2FFF) are none, and neither are the bytes that continue a character. */
static bool starts_letter(uint8_t b)
{
    return is_letter(b) && (b < 0x80 || (b > 0xc2 && b != 0xe2));
}

/** 1900 to 2099 alone: a value as much as a name. */
bool as_cell_is_year(struct as_slice c)
{
    return c.len == 4 && as_cell_is_digit(c.ptr[2]) && as_cell_is_digit(c.ptr[3]) &&
           (memcmp(c.ptr, "19", 2) == 0 || memcmp(c.ptr, "20", 2) == 0);
}

bool as_cell_is_number(struct as_slice c, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < c.len; i++) {
        if (!as_cell_is_digit(c.ptr[i]) || i == 4) {
            return false;
        }
        value = 10 * value + (uint32_t)(c.ptr[i] - '0');
    }
    *out = value;
    return c.len >= 1 && c.len <= 4;
}

/** A value that no name is: an e-mail address, a truth value, or mostly digits in one or two words
 * (numbers, amounts, dates, times, numbers of cards, phones and identity cards). */
bool as_cell_is_typed(struct as_slice c)
{
    static const char *const words[] = {"true", "false", "TRUE", "FALSE", "True", "False"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (as_slice_equal(c, as_slice_of(words[i]))) {
            return true;
        }
    }
    if (c.len == 0 || c.len > 64) {
        return false;
    }
    size_t digits = 0;
    size_t letters = 0;
    size_t spaces = 0;
    size_t others = 0; /* of code */
    const uint8_t *at_sign = memchr(c.ptr, '@', c.len);
    for (size_t i = 0; i < c.len; i++) {
        digits += as_cell_is_digit(c.ptr[i]);
        letters += starts_letter(c.ptr[i]);
        spaces += c.ptr[i] == ' ';
        others += strchr("(){}<>=;\"'", c.ptr[i]) != NULL;
    }
    if (at_sign != NULL && spaces == 0 && at_sign != c.ptr &&
        memchr(at_sign, '.', c.len - (size_t)(at_sign - c.ptr)) != NULL) {
        return true;
    }
    return digits > letters && spaces <= 4 && others <= 2;
}

bool as_cell_is_name(struct as_slice c)
{
    if (c.len == 0 || c.len > NAME_BYTES_MAX || as_cell_is_typed(c)) {
        return false;
    }
    size_t spaces = 0;
    bool letter = false;
    for (size_t i = 0; i < c.len; i++) {
        uint8_t b = c.ptr[i];
        letter |= is_letter(b);
        spaces += b == ' ';
        bool line_end = b == '\n' || b == '\r'; /* spreadsheets wrap long names */
        if (!line_end && (b < 0x20 || strchr("{}<>=;\\@", b) != NULL)) {
            return false;
        }
    }
    return letter && spaces <= 5 && strchr(".!?:,", c.ptr[c.len - 1]) == NULL;
}

/** 2024-01-31 10:20:30 and kin. */
bool as_cell_is_time(struct as_slice c)
{
    size_t colons = 0;
    size_t digits = 0;
    for (size_t i = 0; i < c.len; i++) {
        colons += c.ptr[i] == ':';
        digits += as_cell_is_digit(c.ptr[i]);
    }
    return c.len >= 17 && c.len <= 24 && colons == 2 && digits >= 12;
}

/** What stands for a value that is missing, and so for no name. */
bool as_cell_is_missing(struct as_slice c)
{
    static const char *const words[] = {"n/a", "na", "null", "none", "nan", "unknown"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (c.len == strlen(words[i]) && strncasecmp((const char *)c.ptr, words[i], c.len) == 0) {
            return true;
        }
    }
    return false;
}

/** Neither a name nor a value, but with letters: "ssn?", "note:". */
bool as_cell_is_odd_word(struct as_slice c)
{
    bool letter = false;
    for (size_t i = 0; i < c.len; i++) {
        letter |= is_letter(c.ptr[i]);
    }
    return letter && !as_cell_is_typed(c) && !as_cell_is_missing(c);
}

/** Stands among values as one of them, and so says nothing when it stands over them. */
static bool is_value_word(struct as_slice c)
{
    static const char *const words[] = {
        "nil",      "true", "false",    "yes",     "no",      "male",   "female",        "inf",
        "infinity", "tbd",  "redacted", "missing", "pending", "absent", "not available", "empty",
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (c.len == strlen(words[i]) && strncasecmp((const char *)c.ptr, words[i], c.len) == 0) {
            return true;
        }
    }
    return as_cell_is_missing(c);
}

bool as_cell_is_word(struct as_slice c)
{
    size_t letters = 0;
    for (size_t i = 0; i < c.len; i++) {
        letters += starts_letter(c.ptr[i]);
        if (!is_letter(c.ptr[i]) && memchr("_- ", c.ptr[i], 3) == NULL) {
            return false;
        }
    }
    return letters >= 2 && c.len <= NAME_BYTES_MAX && !is_value_word(c);
}

bool as_cell_begins_value(struct as_slice c)
{
    if (c.len == 0) {
        return false;
    }
    /* U+00A2 to U+00A5 and U+20A0 to U+20BF are signs of money. */
    bool money = (c.len >= 2 && c.ptr[0] == 0xc2 && c.ptr[1] >= 0xa2 && c.ptr[1] <= 0xa5) ||
                 (c.len >= 3 && c.ptr[0] == 0xe2 && c.ptr[1] == 0x82 && c.ptr[2] >= 0xa0);
    size_t spaces = 0;
    for (size_t i = 0; i < c.len; i++) {
        spaces += c.ptr[i] == ' ';
    }
    bool begins = money || as_cell_is_digit(c.ptr[0]) || memchr("+-($", c.ptr[0], 4) != NULL;
    return begins && (spaces < 2 || as_cell_is_typed(c));
}

uint32_t as_cell_count_filled(struct as_slice line, char delimiter)
{
    uint32_t filled = 0;
    size_t start = 0;
    bool quoted = false;
    for (size_t i = 0; i <= line.len; i++) {
        quoted = i < line.len && line.ptr[i] == '"' ? !quoted : quoted;
        if (i == line.len || (line.ptr[i] == (uint8_t)delimiter && !quoted)) {
            filled += as_cell_strip(as_slice(line.ptr + start, i - start)).len != 0;
            start = i + 1;
        }
    }
    return filled;
}
