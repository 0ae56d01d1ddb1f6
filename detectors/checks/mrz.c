/* SPDX-License-Identifier: Apache-2.0
 * Machine-readable zones of travel documents: two lines of 44 (passports, visas A) or 36 (cards,
 * visas B), or three of 30 (cards). Number, birth and expiry each carry a check digit, and all but
 * visas one more over the whole, so a chance match is rarer than one in a thousand times the odds
 * of the form. Source: ICAO Doc 9303, parts 3 to 7. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

static bool is_mrz(int c)
{
    return c == '<' || is_digit(c) || is_upper(c);
}

/* Weights 7, 3, 1 go on over several fields; '<' counts 0. */
static unsigned add_field(unsigned sum, size_t *place, const uint8_t *text, size_t len)
{
    static const uint8_t weights[3] = {7, 3, 1};
    for (size_t i = 0; i < len; i++, (*place)++) {
        sum += (text[i] == '<' ? 0 : value_36((char)text[i])) * weights[*place % 3];
    }
    return sum;
}

/* True when the character behind the field is its check digit. */
static bool field_ok(const uint8_t *text, size_t len)
{
    size_t place = 0;
    return add_field(0, &place, text, len) % 10 + '0' == text[len];
}

/* YYMMDD; unknown parts of a birth date are '<'. */
static bool is_date(const uint8_t *text)
{
    for (size_t i = 0; i < 6; i++) {
        if (!is_digit(text[i]) && text[i] != '<') {
            return false;
        }
    }
    return text[2] == '<' || text[2] <= '1';
}

/* Second line of the documents with two: number, nationality, birth, sex, expiry, and the rest. */
static bool second_line_ok(const uint8_t *s, size_t len, bool visa)
{
    if (!field_ok(s, 9) || !field_ok(s + 13, 6) || !field_ok(s + 21, 6) || !is_date(s + 13) ||
        !is_date(s + 21) || !is_upper(s[10])) {
        return false;
    }
    size_t place = 0;
    unsigned sum = add_field(0, &place, s, 10);
    sum = add_field(sum, &place, s + 13, 7);
    sum = add_field(sum, &place, s + 21, len - 22);
    return visa || sum % 10 + '0' == s[len - 1];
}

/* The three lines of a card. */
static bool card_ok(const uint8_t *first, const uint8_t *second)
{
    if (!field_ok(first + 5, 9) || !field_ok(second, 6) || !field_ok(second + 8, 6) ||
        !is_date(second) || !is_date(second + 8)) {
        return false;
    }
    size_t place = 0;
    unsigned sum = add_field(0, &place, first + 5, 25);
    sum = add_field(sum, &place, second, 7);
    sum = add_field(sum, &place, second + 8, 7);
    sum = add_field(sum, &place, second + 18, 11);
    return sum % 10 + '0' == second[29];
}

/* Length of the line of the zone's characters at `at`. */
static size_t line_length(const struct as_value *v, size_t at)
{
    size_t n = 0;
    while (n < 45 && is_mrz(byte_at(v, at + n))) {
        n++;
    }
    return n;
}

/* The start of the next line of `len` characters behind `at`, over one line break; 0 for none. */
static size_t next_line(const struct as_value *v, size_t at, size_t len)
{
    while (byte_at(v, at) == ' ' || byte_at(v, at) == '\r') {
        at++;
    }
    if (byte_at(v, at) != '\n') {
        return 0;
    }
    at++;
    while (byte_at(v, at) == ' ' || byte_at(v, at) == '\t') {
        at++;
    }
    return line_length(v, at) == len ? at : 0;
}

/** PASSPORT_MACHINE_READABLE_ZONE: ANCHOR, the first two characters of a zone; the value is all its
 * lines. */
enum as_verdict as_check_mrz(struct as_value *v)
{
    size_t len = line_length(v, v->start);
    if (is_mrz(byte_before(v, 1)) || (len != 44 && len != 36 && len != 30) ||
        !is_upper(byte_at(v, v->start + 2))) {
        return AS_REJECT;
    }
    size_t second = next_line(v, v->start + len, len);
    if (second == 0) {
        return AS_REJECT;
    }
    size_t last = second;
    if (len == 30) {
        last = next_line(v, second + len, len);
        if (last == 0 || !card_ok(v->text + v->start, v->text + second)) {
            return AS_REJECT;
        }
    } else if (!second_line_ok(v->text + second, len, v->text[v->start] == 'V')) {
        return AS_REJECT;
    }
    v->end = last + len;
    return AS_ACCEPT;
}
