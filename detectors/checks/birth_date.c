/* SPDX-License-Identifier: Apache-2.0
 * Calendar dates that can be birth dates: digits in the usual orders, month names in six languages,
 * years 1900 to 2035. Dates are everywhere, so the definition requires a keyword, and a date with a
 * time of day is a time stamp and refused, but for midnight, which programs add to plain dates. No
 * clock is read: the same text gives the same answer in any year. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define PARTS_MAX 5U
#define YEAR_MIN 1900U
#define YEAR_MAX 2035U

struct part {
    const uint8_t *text;
    size_t len;
    bool word;
    unsigned value; /* of digits, at most four */
};

/* Names by their folded beginning; the first that fits wins, so longer ones stand first. */
static unsigned month_of(const uint8_t *text, size_t len)
{
    static const struct {
        const char *name;
        uint8_t least; /* letters that must be there */
        uint8_t month;
    } names[] = {
        {"january", 3, 1},   {"janvier", 4, 1},   {"januar", 3, 1},     {"janeiro", 3, 1},
        {"enero", 3, 1},     {"gennaio", 3, 1},   {"february", 3, 2},   {"februar", 3, 2},
        {"fevrier", 3, 2},   {"febrero", 3, 2},   {"febbraio", 3, 2},   {"fevereiro", 3, 2},
        {"march", 3, 3},     {"mars", 4, 3},      {"maerz", 4, 3},      {"marzo", 3, 3},
        {"marco", 5, 3},     {"april", 3, 4},     {"avril", 3, 4},      {"abril", 3, 4},
        {"aprile", 3, 4},    {"may", 3, 5},       {"mai", 3, 5},        {"mayo", 4, 5},
        {"maggio", 3, 5},    {"maio", 4, 5},      {"june", 3, 6},       {"juin", 4, 6},
        {"juni", 4, 6},      {"junio", 5, 6},     {"junho", 5, 6},      {"giugno", 3, 6},
        {"july", 3, 7},      {"juillet", 4, 7},   {"juli", 4, 7},       {"julio", 5, 7},
        {"julho", 5, 7},     {"luglio", 3, 7},    {"august", 3, 8},     {"aout", 4, 8},
        {"agosto", 3, 8},    {"september", 3, 9}, {"septembre", 4, 9},  {"septiembre", 4, 9},
        {"setembro", 3, 9},  {"settembre", 3, 9}, {"october", 3, 10},   {"octobre", 3, 10},
        {"oktober", 3, 10},  {"octubre", 3, 10},  {"ottobre", 3, 10},   {"outubro", 3, 10},
        {"november", 3, 11}, {"novembre", 3, 11}, {"noviembre", 3, 11}, {"novembro", 3, 11},
        {"december", 3, 12}, {"decembre", 3, 12}, {"dezember", 3, 12},  {"diciembre", 3, 12},
        {"dicembre", 3, 12}, {"dezembro", 3, 12}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = 0;
        while (n < len && names[i].name[n] != '\0' && to_lower(text[n]) == names[i].name[n]) {
            n++;
        }
        /* A whole name, or an abbreviation of three or four letters. */
        if (n == len && n >= names[i].least && (names[i].name[n] == '\0' || n <= 4)) {
            return names[i].month;
        }
    }
    return 0;
}

static unsigned small_number(const uint8_t *text, size_t len)
{
    unsigned value = 0;
    for (size_t i = 0; i < len && i < 8; i++) {
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    return value;
}

/* Runs of digits and of letters between `start` and `end`, "de" and ordinal endings left out. */
static size_t split(const struct as_value *v, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    for (size_t at = v->start; at < v->end && count < PARTS_MAX;) {
        size_t from = at;
        bool digits = is_digit(v->text[at]);
        while (at < v->end && (digits ? is_digit(v->text[at]) : is_letter(v->text[at]))) {
            at++;
        }
        size_t len = at - from;
        if (len == 0) {
            at++;
            continue;
        }
        if (!digits && len == 2) {
            continue; /* de, st, nd, rd, th */
        }
        unsigned value = digits ? small_number(v->text + from, len) : 0;
        parts[count++] = (struct part){v->text + from, len, !digits, value};
    }
    return count;
}

static bool year_ok(const struct part *p)
{
    return p->len == 2 || (p->len == 4 && p->value >= YEAR_MIN && p->value <= YEAR_MAX);
}

/* `year` of two digits stands for any. */
static bool day_ok(const struct part *year, unsigned month, unsigned day)
{
    return year_ok(year) && date_ok(year->len == 4 ? year->value : 0, month, day);
}

static bool three_ok(const struct part *p)
{
    if (p[0].word) { /* Mar 12 1980 */
        return !p[1].word && !p[2].word && p[1].len <= 2 &&
               day_ok(&p[2], month_of(p[0].text, p[0].len), p[1].value);
    }
    if (p[1].word) { /* 12 March 1980 */
        return !p[2].word && p[0].len <= 2 &&
               day_ok(&p[2], month_of(p[1].text, p[1].len), p[0].value);
    }
    if (p[2].word) {
        return false;
    }
    if (p[0].len == 4) { /* 1980-03-12 */
        return day_ok(&p[0], p[1].value, p[2].value);
    }
    return day_ok(&p[2], p[0].value, p[1].value) || day_ok(&p[2], p[1].value, p[0].value);
}

static bool eight_digits_ok(const uint8_t *s)
{
    struct part first = {s, 4, false, small_number(s, 4)};
    struct part last = {s + 4, 4, false, small_number(s + 4, 4)};
    unsigned a = small_number(s, 2);
    unsigned b = small_number(s + 2, 2);
    return day_ok(&first, small_number(s + 4, 2), small_number(s + 6, 2)) || day_ok(&last, a, b) ||
           day_ok(&last, b, a);
}

/* Two digits at `at`; 100 when there are none. */
static unsigned pair_at(const struct as_value *v, size_t at)
{
    bool digits = is_digit(byte_at(v, at)) && is_digit(byte_at(v, at + 1));
    return digits ? small_number(v->text + at, 2) : 100;
}

/* A time other than midnight behind the value: "T12", "T12:33", " 12:33:11", ":12:33:11". */
static bool is_time_stamp(const struct as_value *v)
{
    size_t at = v->end + 1;
    unsigned hour = pair_at(v, at);
    unsigned minute = byte_at(v, at + 2) == ':' ? pair_at(v, at + 3) : 100;
    unsigned second = byte_at(v, at + 5) == ':' ? pair_at(v, at + 6) : 100;
    bool whole = hour < 24 && minute < 60 && second <= 60;
    bool zero = hour == 0 && minute % 100 == 0 && second % 100 == 0;
    int mark = byte_after(v, 0);
    if (to_upper(mark) == 'T') {
        return hour < 100 && !zero;
    }
    return (mark == ' ' || mark == ':') && whole && !zero;
}

/* The date of a release, as change logs write it: "0.2.0 (" or "[0.2.0] - " before the value. Three
 * numbers of which the last has two digits may be a date themselves: 12.03.80. */
static bool is_release(const struct as_value *v)
{
    size_t back = 0;
    if (byte_before(v, 1) == '(' && byte_before(v, 2) == ' ') {
        back = 3;
    } else if (byte_before(v, 1) == ' ' && byte_before(v, 2) == '-' && byte_before(v, 3) == ' ' &&
               byte_before(v, 4) == ']') {
        back = 5;
    } else {
        return false;
    }
    size_t digits[3] = {0};
    unsigned part = 0;
    for (; part < 3 && digits[part] < 4; back++) {
        int c = byte_before(v, back);
        if (is_digit(c)) {
            digits[part]++;
        } else if (c != '.' || digits[part] == 0 || ++part == 3) {
            break;
        }
    }
    bool three = part == 2 && digits[0] < 4 && digits[1] < 4 && digits[2] > 0 && digits[2] < 4;
    return three && digits[0] != 2;
}

/** DATE_OF_BIRTH: SHAPE. Of "1980-03-12T00:00" the value is the date. Source: the
 * Gregorian calendar (ISO 8601-1). */
enum as_verdict as_check_birth_date(struct as_value *v)
{
    struct part parts[PARTS_MAX];
    if (is_number_piece(v) || is_release(v) || byte_before(v, 1) == '/' ||
        (byte_after(v, 0) == '/' && is_digit(byte_after(v, 1)))) {
        return AS_REJECT;
    }
    size_t count = split(v, parts);
    if (count == 1 && !parts[0].word && parts[0].len == 8) {
        return eight_digits_ok(parts[0].text) && !is_time_stamp(v) ? AS_ACCEPT : AS_REJECT;
    }
    if (count == 5 && parts[3].word && parts[3].len == 1 && to_upper(parts[3].text[0]) == 'T') {
        v->end = (size_t)(parts[3].text - v->text);
        count = 3;
    }
    return count == 3 && three_ok(parts) && !is_time_stamp(v) ? AS_ACCEPT : AS_REJECT;
}

/* "12, 1980" or "12th 1980" behind a month's name; the end, or 0. */
static size_t day_and_year(const struct as_value *v, size_t at, unsigned month)
{
    size_t blanks = 0;
    while (blanks < 2 && byte_at(v, at) == ' ') {
        at++;
        blanks++;
    }
    size_t day_at = at;
    while (at - day_at < 2 && is_digit(byte_at(v, at))) {
        at++;
    }
    unsigned day = at > day_at ? small_number(v->text + day_at, at - day_at) : 0;
    if (is_letter(byte_at(v, at)) && is_letter(byte_at(v, at + 1))) {
        at += 2; /* st, nd, rd, th */
    }
    at += byte_at(v, at) == ',' ? 1 : 0;
    at += byte_at(v, at) == ' ' ? 1 : 0;
    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(byte_at(v, at + i))) {
            return 0;
        }
    }
    struct part year = {v->text + at, 4, false, small_number(v->text + at, 4)};
    bool ok = blanks > 0 && day_ok(&year, month, day) && !is_alnum(byte_at(v, at + 4));
    return ok ? at + 4 : 0;
}

/** DATE_OF_BIRTH_(MONTH_FIRST): ANCHOR, the beginning of an English month's name: "March 12, 1980",
 * "Mar. 12 1980". Source: as above. */
enum as_verdict as_check_birth_date_month_first(struct as_value *v)
{
    size_t at = v->start;
    if (is_alnum(byte_before(v, 1))) {
        return AS_REJECT;
    }
    while (at - v->start < 10 && is_letter(byte_at(v, at))) {
        at++;
    }
    unsigned month = month_of(v->text + v->start, at - v->start);
    at += byte_at(v, at) == '.' ? 1 : 0;
    size_t end = month == 0 ? 0 : day_and_year(v, at, month);
    if (end == 0) {
        return AS_REJECT;
    }
    v->end = end;
    return is_time_stamp(v) ? AS_REJECT : AS_ACCEPT;
}
