/* SPDX-License-Identifier: Apache-2.0
 * Unique device identifiers of medical devices (21 CFR 830), in the forms of the three issuing
 * agencies that the FDA accredits: GS1, HIBCC, ICCBBA. The check begins at the part that each form
 * is known by and finds the whole label. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define UDI_BYTES_MAX 160U
#define HIBC_BYTES_MAX 60U

static bool digits_at(const struct as_value *v, size_t at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(byte_at(v, at + i))) {
            return false;
        }
    }
    return true;
}

/* GTIN-14: weights 3 and 1 from the right, modulo 10. */
static bool gtin_ok(const struct as_value *v, size_t at)
{
    unsigned sum = 0;
    for (size_t i = 0; i < 14; i++) {
        sum += digit((char)v->text[at + i]) * (i % 2 == 0 ? 3U : 1U);
    }
    return sum % 10 == 0;
}

/* One more application identifier in parentheses: dates (11, 13, 17) have six digits, lot and
 * serial (10, 21, 240) up to twenty characters. Its end, or `at` when there is none. */
static size_t element_end(const struct as_value *v, size_t at)
{
    static const struct {
        char id[6];
        bool date;
    } elements[] = {{"(11)", true},  {"(13)", true},  {"(15)", true},  {"(17)", true},
                    {"(10)", false}, {"(21)", false}, {"(240)", false}};
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        size_t n = strlen(elements[i].id);
        if (at > v->text_len || n > v->text_len - at ||
            memcmp(v->text + at, elements[i].id, n) != 0) {
            continue;
        }
        if (elements[i].date) {
            return digits_at(v, at + n, 6) ? at + n + 6 : at;
        }
        size_t end = at + n;
        while (end < at + n + 20 && (is_alnum(byte_at(v, end)) || byte_at(v, end) == '-' ||
                                     byte_at(v, end) == '/' || byte_at(v, end) == '.')) {
            end++;
        }
        while (end > at + n && !is_alnum(byte_at(v, end - 1))) {
            end--;
        }
        return end > at + n ? end : at;
    }
    return at;
}

/* "(01)00672137355201(17)270131(10)LOT7": from the first identifier on. */
static enum as_verdict check_gs1(struct as_value *v)
{
    size_t at = v->start + 4;
    if (!digits_at(v, at, 14) || is_digit(byte_at(v, at + 14)) || !gtin_ok(v, at)) {
        return AS_REJECT;
    }
    at += 14;
    size_t gap = byte_at(v, at) == ' ' ? 1 : 0;
    for (size_t next = element_end(v, at + gap); next > at + gap; next = element_end(v, at + gap)) {
        at = next;
        gap = byte_at(v, at) == ' ' ? 1 : 0;
    }
    v->end = at;
    return AS_ACCEPT;
}

static bool is_hibc(int c)
{
    return is_digit(c) || is_upper(c);
}

/* "+A123BJC5D6E71/$$3270131LOT7G": back to the plus, on to the end. Labeller: a letter and three
 * characters; product: up to eighteen, and the unit of measure, a digit. */
static enum as_verdict check_hibcc(struct as_value *v)
{
    size_t back = 0;
    while (back < HIBC_BYTES_MAX && is_hibc(byte_before(v, back + 1))) {
        back++;
    }
    if (byte_before(v, back + 1) != '+' || back < 6 || back > 23 ||
        !is_upper(byte_before(v, back)) || !is_digit(byte_before(v, 1))) {
        return AS_REJECT;
    }
    size_t end = v->end;
    while (end - v->end < HIBC_BYTES_MAX &&
           (is_hibc(byte_at(v, end)) || byte_at(v, end) == '/' || byte_at(v, end) == '$')) {
        end++;
    }
    if (end - v->end < 5) {
        return AS_REJECT;
    }
    v->start -= back + 1;
    v->end = end;
    return AS_ACCEPT;
}

/* "=/A9999XYZ100T0944=,000025=>014032": 16 characters of facility and product, then the serial
 * number, and dates of six digits. */
static enum as_verdict check_iccbba(struct as_value *v)
{
    size_t at = v->start + 2;
    size_t digits = 0;
    for (size_t i = 0; i < 16; i++, at++) {
        if (!is_hibc(byte_at(v, at))) {
            return AS_REJECT;
        }
        digits += is_digit(byte_at(v, at)) ? 1 : 0;
    }
    if (digits < 4 || byte_at(v, at) != '=') {
        return AS_REJECT;
    }
    while (at - v->start < UDI_BYTES_MAX - 20) {
        int mark = byte_at(v, at + 1);
        bool date = byte_at(v, at) == '=' && (mark == '>' || mark == '}');
        bool known = date || (byte_at(v, at) == '=' && (mark == ',' || is_hibc(mark))) ||
                     (byte_at(v, at) == '&' && mark == ',');
        size_t end = at + 2;
        while (known && end < at + 24 && is_hibc(byte_at(v, end))) {
            end++;
        }
        if (!known || end == at + 2) {
            break;
        }
        at = end;
    }
    v->end = at;
    return at > v->start + 18 ? AS_ACCEPT : AS_REJECT;
}

/** MEDICAL_DEVICE_UDI: ANCHOR, "(01)", "/$$" or "=/A". Sources: 21 CFR 830.20; GS1 General
 * Specifications 3.2 and 7.9; ANSI/HIBC 2.6; ICCBBA ST-017. */
enum as_verdict as_check_udi(struct as_value *v)
{
    int first = byte_at(v, v->start);
    return first == '(' ? check_gs1(v) : first == '/' ? check_hibcc(v) : check_iccbba(v);
}
