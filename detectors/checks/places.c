/* SPDX-License-Identifier: Apache-2.0
 * Pairs of geographic coordinates in decimal degrees (ISO 6709, WGS 84): "40.71278, -74.00594",
 * "[-74.0060, 40.7128]" (RFC 7946), "lat": 40.7128, "lng": -74.0060. The nominee is the first
 * number; the check takes in its sign and the second. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define DECIMALS_MIN 3U
#define DECIMALS_MAX 16U

/* A decimal number at `at`, with its sign: its end and whether it lies within +-limit; 0 for none.
 */
static size_t number_at(const struct as_value *v, size_t at, unsigned limit)
{
    size_t i = at;
    i += byte_at(v, i) == '-' || byte_at(v, i) == '+' ? 1 : 0;
    size_t whole = i;
    unsigned value = 0;
    while (i - whole < 4 && is_digit(byte_at(v, i))) {
        value = value * 10 + digit((char)v->text[i]);
        i++;
    }
    size_t point = i;
    if (point == whole || byte_at(v, point) != '.') {
        return 0;
    }
    bool more = false; /* anything behind the point, for 90.000 and 180.000 */
    i++;
    while (i - point <= DECIMALS_MAX && is_digit(byte_at(v, i))) {
        more = more || v->text[i] != '0';
        i++;
    }
    bool fits = value < limit || (value == limit && !more);
    bool ends = !is_alnum(byte_at(v, i)) && !(byte_at(v, i) == '.' && is_digit(byte_at(v, i + 1)));
    return fits && ends && i - point > DECIMALS_MIN ? i : 0;
}

/* Between the two: a comma, semicolon or blanks, perhaps the second one's name. */
static size_t gap_end(const struct as_value *v, size_t at)
{
    static const char *const names[] = {"longitude", "long", "lng", "lon", "latitude", "lat"};
    size_t i = at;
    while (i - at < 4 && (byte_at(v, i) == ' ' || byte_at(v, i) == ',' || byte_at(v, i) == ';' ||
                          byte_at(v, i) == '"')) {
        i++;
    }
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        size_t len = strlen(names[n]);
        bool same = i <= v->text_len && len <= v->text_len - i;
        for (size_t k = 0; same && k < len; k++) {
            same = to_lower(v->text[i + k]) == (uint8_t)names[n][k];
        }
        if (same) {
            i += len;
            size_t after = i;
            while (i - after < 4 && (byte_at(v, i) == ' ' || byte_at(v, i) == ':' ||
                                     byte_at(v, i) == '=' || byte_at(v, i) == '"')) {
                i++;
            }
            return i > after ? i : at;
        }
    }
    return i;
}

/** LATITUDE_LONGITUDE: SHAPE, the first number of the pair. Either order, since RFC 7946 has the
 * longitude first. A third number makes it a vector of something else. */
enum as_verdict as_check_lat_long(struct as_value *v)
{
    int before = byte_before(v, 1);
    size_t start = v->start - (before == '-' || before == '+' ? 1 : 0);
    before = start > 0 ? v->text[start - 1] : 0;
    if (is_alnum(before) || before == '.' || before == '-' || before == '+' || before == '$') {
        return AS_REJECT;
    }
    size_t first = number_at(v, start, 180);
    size_t gap = first == 0 ? 0 : gap_end(v, first);
    bool latitude = first != 0 && number_at(v, start, 90) != 0;
    size_t second = gap == first ? 0 : number_at(v, gap, latitude ? 180 : 90);
    if (second == 0) {
        return AS_REJECT;
    }
    size_t third = gap_end(v, second);
    if (third != second && number_at(v, third, 9999) != 0) {
        return AS_REJECT;
    }
    v->start = start;
    v->end = second;
    bool zero = v->text[start] == '0' && v->text[gap] == '0';
    return zero ? AS_REJECT : AS_ACCEPT;
}
