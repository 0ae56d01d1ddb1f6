/* SPDX-License-Identifier: Apache-2.0
 * What stands on a payment card beside its number: expiration date, security code, magnetic stripe.
 * The first two are a few digits, so that the keyword is all the evidence; the check only refuses
 * what is plainly something else. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"

#define YEAR_FIRST 2000U
#define YEAR_LAST 2060U
#define TRACK_NAME_MAX 26U

static bool expires_ok(uint64_t month, uint64_t year)
{
    uint64_t full = year < 100 ? year + 2000 : year;
    return month >= 1 && month <= 12 && full >= YEAR_FIRST && full <= YEAR_LAST;
}

/** CREDIT_CARD_EXPIRATION: SHAPE, month and year, or year and month. Pieces of whole dates are
 * none. Source: ISO/IEC 7813, expiration date (YYMM), and the forms in which it is printed. */
enum as_verdict as_check_card_expiry(struct as_value *v)
{
    const char *s = v->compact;
    int separator = separator_of(v);
    int before = byte_before(v, 1);
    int after = byte_after(v, 0);
    if (!all_digits(s, v->compact_len) || as_document_is_piece(v) || separator == 0 ||
        (before == separator && is_alnum(byte_before(v, 2))) ||
        (after == separator && is_alnum(byte_after(v, 1))) || after == ':') {
        return AS_REJECT;
    }
    size_t first = 0;
    while (is_digit(byte_at(v, v->start + first))) {
        first++;
    }
    uint64_t left = number(s, first);
    uint64_t right = number(s + first, v->compact_len - first);
    bool right_way = first == 4 ? expires_ok(right, left) : expires_ok(left, right);
    return right_way ? AS_ACCEPT : AS_REJECT;
}

/** CREDIT_CARD_SECURITY_CODE: SHAPE of 3 or 4 digits. Source: the schemes' names of it (CVV2, CVC2,
 * CID, CVN); PCI DSS v4.0, glossary, "Card Verification Code". */
enum as_verdict as_check_card_code(struct as_value *v)
{
    int before = byte_before(v, 1);
    int after = byte_after(v, 0);
    bool joined = before == '-' || before == '.' || before == '/' || before == '+' ||
                  before == '#' || before == '&' || before == '\\';
    bool amount = before == '$' || after == '%' || after == '/' || after == '(' || after == ':';
    bool comment = before == ' ' && byte_before(v, 2) == '*'; /* the value of a constant, in C */
    bool goes_on = (after == '-' || after == '.' || after == ',') && is_digit(byte_after(v, 1));
    if (!all_digits(v->compact, v->compact_len) || joined || amount || comment || goes_on) {
        return AS_REJECT;
    }
    /* "CVV 2024": four digits that are a year of our days. */
    uint64_t value = number(v->compact, v->compact_len);
    return v->compact_len == 4 && value >= 1990 && value <= 2035 ? AS_REJECT : AS_ACCEPT;
}

/* The card number at [from, to) of the window. */
static bool card_at(const struct as_value *v, size_t from, size_t to)
{
    struct as_value card = *v;
    card.start = from;
    card.end = to;
    card.compact_len = to - from;
    if (card.compact_len < 12 || card.compact_len > 19) {
        return false;
    }
    memcpy(card.compact, v->text + from, card.compact_len);
    card.compact[card.compact_len] = '\0';
    return as_check_card(&card) == AS_ACCEPT;
}

static size_t digits_end(const struct as_value *v, size_t at, size_t most)
{
    size_t end = at;
    while (end - at < most && is_digit(byte_at(v, end))) {
        end++;
    }
    return end;
}

/* Year, month, service code and what follows, up to the end sentinel. 0 when it is no track. */
static size_t track_end(const struct as_value *v, size_t at)
{
    size_t end = digits_end(v, at, 40);
    if (end - at < 7) {
        return 0;
    }
    unsigned month = digit((char)v->text[at + 2]) * 10 + digit((char)v->text[at + 3]);
    if (month < 1 || month > 12) {
        return 0;
    }
    return byte_at(v, end) == '?' ? end + 1 : end;
}

/** CREDIT_CARD_MAGNETIC_STRIPE: RUN, track 2: card number, '=', year, month, service code, the
 * issuer's data, with its sentinels ';' and '?' where they stand. Source: ISO/IEC 7813. */
enum as_verdict as_check_track_two(struct as_value *v)
{
    size_t from = v->start;
    size_t to = digits_end(v, from, 20);
    if (byte_at(v, to) != '=' || !card_at(v, from, to)) {
        return AS_REJECT;
    }
    size_t end = track_end(v, to + 1);
    if (end == 0 || end < v->end) {
        return AS_REJECT;
    }
    v->start -= byte_before(v, 1) == ';' ? 1 : 0;
    v->end = end;
    return AS_ACCEPT;
}

/** CREDIT_CARD_MAGNETIC_STRIPE_(TRACK_1): ANCHOR, "%B" and the card number's first digit; the
 * number,
 * '^', the name, '^', year, month, service code, the issuer's data. Source: ISO/IEC 7813. */
enum as_verdict as_check_track_one(struct as_value *v)
{
    size_t from = v->start + 2;
    size_t to = digits_end(v, from, 20);
    if (byte_at(v, to) != '^' || !card_at(v, from, to)) {
        return AS_REJECT;
    }
    size_t at = to + 1;
    while (at - to <= TRACK_NAME_MAX && byte_at(v, at) >= ' ' && byte_at(v, at) != '^' &&
           byte_at(v, at) != '?') {
        at++;
    }
    size_t end = byte_at(v, at) == '^' ? track_end(v, at + 1) : 0;
    if (end == 0) {
        return AS_REJECT;
    }
    size_t tail = end;
    while (tail - end < 30 && (byte_at(v, tail) == ' ' || is_digit(byte_at(v, tail)))) {
        tail++;
    }
    v->end = byte_at(v, tail) == '?' && byte_at(v, end - 1) != '?' ? tail + 1 : end;
    return AS_ACCEPT;
}
