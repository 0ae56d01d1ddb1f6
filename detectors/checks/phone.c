/* SPDX-License-Identifier: Apache-2.0
 * Telephone numbers: E.164 with its '+' and an assigned country code, and numbers of the North
 * American Numbering Plan as they are written at home. The latter have no structure to speak of
 * (two in three random numbers of ten digits pass), so their strength is none and a keyword has to
 * speak for them; Unix times, which begin with 1, are not among them. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define E164_MIN 10U
#define E164_MAX 15U

/* ITU-T E.164, list of assigned country codes: for each leading pair of digits, whether it is a
 * code itself (2), or begins three-digit ones, of which `last` holds the third digits in use as
 * bits. */
static bool country_ok(const char *digits)
{
    static const struct {
        uint8_t pair;
        uint16_t last;
    } three[] = {{21, 0x14E}, {22, 0x3FF}, {23, 0x3FF}, {24, 0x3FF}, {25, 0x1FF}, {26, 0x3FF},
                 {29, 0x383}, {35, 0x3FF}, {37, 0x3FF}, {38, 0x2EF}, {42, 0x00B}, {50, 0x3FF},
                 {59, 0x3FF}, {67, 0x3FD}, {68, 0x3EF}, {69, 0x007}, {80, 0x101}, {85, 0x06D},
                 {87, 0x101}, {88, 0x14F}, {96, 0x1FF}, {97, 0x2FF}, {99, 0x17C}};
    static const uint8_t two[] = {20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                  47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                  64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
    unsigned pair = digit(digits[0]) * 10 + digit(digits[1]);
    if (digits[0] == '1' || digits[0] == '7') {
        return true;
    }
    for (size_t i = 0; i < sizeof two; i++) {
        if (two[i] == pair) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++) {
        if (three[i].pair == pair) {
            return (three[i].last >> digit(digits[2]) & 1U) != 0;
        }
    }
    return false;
}

/* Area and exchange begin with 2 to 9. N11 codes and areas with a 9 in the middle are not assigned:
 * what is written as a phone number may have them, bare digits may not. */
static bool nanp_ok(const char *s, bool written)
{
    bool assigned = s[1] != '9' && !(s[1] == '1' && s[2] == '1') && !(s[4] == '1' && s[5] == '1');
    return s[0] >= '2' && s[3] >= '2' && (written || assigned) && !all_same(s, 10);
}

/* Whether what stands `back` places before the nominee ends a name: a quote, or a letter with at
 * most two digits behind it. */
static bool ends_name(const struct as_value *v, size_t back)
{
    for (size_t i = 0; i < 2 && is_digit(byte_before(v, back)); i++) {
        back++;
    }
    int c = byte_before(v, back);
    return is_letter(c) || c == '_' || c == '"' || c == '\'';
}

/* '+' directly before, which itself follows no letter, digit or base64 symbol; '=' is padding
 * unless it follows a name ("tel=+44…"). */
static bool has_plus(const struct as_value *v, size_t back)
{
    int before = byte_before(v, back + 1);
    return byte_before(v, back) == '+' && !is_alnum(before) && before != '+' && before != '/' &&
           (before != '=' || ends_name(v, back + 2));
}

/* 555-0100 to 555-0199 are set aside for fiction (ATIS-0300115). `s`: ten digits. */
static bool is_fictional(const char *s)
{
    return memcmp(s + 3, "55501", 5) == 0;
}

static bool continues(const struct as_value *v)
{
    int after = byte_after(v, 0);
    return (after == '.' || after == '-' || after == '/') && is_digit(byte_after(v, 1));
}

/* "(415) 555-…", with "+1 ", "1 " or "1-" before the parenthesis. True when there was a '+'. */
static bool take_parenthesis(struct as_value *v)
{
    v->start -= 1;
    int gap = byte_before(v, 1);
    size_t one = gap == ' ' || gap == '-' || gap == '.' ? 2 : 1;
    if (byte_before(v, one) == '1' && has_plus(v, one + 1)) {
        v->start -= one + 1;
        return true;
    }
    return false;
}

/* "+46 (0)8 928…": the trunk digit in parentheses behind a country code. Takes in the code and puts
 * it in the place of the zero. */
static bool take_trunk(struct as_value *v, char digits[AS_COMPACT_MAX + 1], size_t *out_len)
{
    size_t back = 2;
    back += byte_before(v, back) == ' ' ? 1 : 0;
    size_t count = 0;
    while (count < 3 && is_digit(byte_before(v, back + count))) {
        count++;
    }
    if (byte_before(v, 1) != '(' || byte_at(v, v->start) != '0' ||
        byte_at(v, v->start + 1) != ')' || count == 0 || !has_plus(v, back + count) ||
        count + v->compact_len > AS_COMPACT_MAX) {
        return false;
    }
    v->start -= back + count - 1;
    memcpy(digits, v->text + v->start, count);
    memcpy(digits + count, v->compact + 1, v->compact_len - 1);
    *out_len = count + v->compact_len - 1;
    return true;
}

/* `s`: the digits, of which the first stands at v->start behind a '+'. */
static enum as_verdict check_e164(struct as_value *v, const char *s, size_t len)
{
    if (len < E164_MIN || len > E164_MAX || s[0] == '0' || !country_ok(s) ||
        (s[0] == '1' && (len != 11 || !nanp_ok(s + 1, true)))) {
        return AS_REJECT;
    }
    v->start -= 1;
    v->strength = AS_STRENGTH_DIGIT; /* '+', an assigned code and a length: as telling as one */
    bool filler = all_same(s + 1, len - 1) || (s[0] == '1' && is_fictional(s + 1));
    return filler ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** PHONE_NUMBER: SHAPE. The value takes in '+', the country code and the parenthesis. Source: ITU-T
 * E.164; NANPA, "North American Numbering Plan" (NXX-NXX-XXXX). */
enum as_verdict as_check_phone(struct as_value *v)
{
    const char *s = v->compact;
    size_t len = v->compact_len;
    if (!all_digits(s, len) || continues(v)) {
        return AS_REJECT;
    }
    if (has_plus(v, 1)) {
        return check_e164(v, s, len);
    }
    char digits[AS_COMPACT_MAX + 1];
    if (take_trunk(v, digits, &len)) {
        return check_e164(v, digits, len);
    }
    if (len == 11 && s[0] == '1') {
        s++;
        len--;
    }
    int before = byte_before(v, 1);
    bool piece = before == '.' || before == '+' || before == '/' ||
                 (before == ':' && !ends_name(v, 2)) ||
                 (before == '-' && is_alnum(byte_before(v, 2)));
    int separator = separator_of(v);
    if (len != 10 || piece || !nanp_ok(s, before == '(')) {
        return AS_REJECT;
    }
    if (before == '(' && take_parenthesis(v)) {
        v->strength = AS_STRENGTH_DIGIT;
    } else if (separator != '-' && before != '(') {
        v->strength = AS_STRENGTH_NONE; /* groups of 3-3-4 over hyphens are hardly anything else */
    }
    return is_fictional(s) ? AS_PLACEHOLDER : AS_ACCEPT;
}
