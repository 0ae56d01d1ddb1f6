/* SPDX-License-Identifier: Apache-2.0
 * National identifiers of Canada, Brazil, Australia and India, and vehicle identification numbers.
 * Each rule is the issuing authority's, named at the function. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/iso7064.h"
#include "detectors/checks/window.h"

static bool is_number_of(const struct as_value *v, size_t len)
{
    return v->compact_len == len && all_digits(v->compact, len) && !is_number_piece(v);
}

/** CANADA_SOCIAL_INSURANCE_NUMBER: SHAPE of 9 digits, Luhn; 0 and 8 are not issued. Source:
 * Employment and Social Development Canada, SIN Code of Practice. */
enum as_verdict as_check_sin(struct as_value *v)
{
    if (!is_number_of(v, 9) || v->compact[0] == '0' || v->compact[0] == '8' ||
        !luhn_ok(v->compact, 9, 0)) {
        return AS_REJECT;
    }
    return all_same(v->compact, 9) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* Sum modulo 11 as a check digit, remainders 0 and 1 giving 0; characters count ASCII less 48. */
static bool brazil_digit_ok(const char *s, size_t len, unsigned top)
{
    unsigned sum = 0;
    unsigned weight = 2;
    for (size_t i = len; i-- > 0;) {
        sum += (unsigned)(s[i] - '0') * weight;
        weight = weight == top ? 2 : weight + 1;
    }
    unsigned rest = sum % 11;
    return digit(s[len]) == (rest < 2 ? 0 : 11 - rest);
}

/** BRAZIL_CPF_NUMBER: SHAPE of 11 digits, two check digits. Source: Receita Federal, IN RFB
 * 2172/2024. */
enum as_verdict as_check_cpf(struct as_value *v)
{
    if (!is_number_of(v, 11)) {
        return AS_REJECT;
    }
    if (all_same(v->compact, 11)) {
        return AS_PLACEHOLDER;
    }
    return brazil_digit_ok(v->compact, 9, 11) && brazil_digit_ok(v->compact, 10, 11) ? AS_ACCEPT
                                                                                     : AS_REJECT;
}

/** BRAZIL_CNPJ_NUMBER: SHAPE of 14, letters allowed in the first twelve since July 2026. Source:
 * Receita Federal, IN RFB 2229/2024. */
enum as_verdict as_check_cnpj(struct as_value *v)
{
    if (v->compact_len != 14 || !all_digits(v->compact + 12, 2) || is_number_piece(v)) {
        return AS_REJECT;
    }
    if (all_same(v->compact, 12)) {
        return AS_PLACEHOLDER;
    }
    return brazil_digit_ok(v->compact, 12, 9) && brazil_digit_ok(v->compact, 13, 9) ? AS_ACCEPT
                                                                                    : AS_REJECT;
}

/** AUSTRALIA_TAX_FILE_NUMBER: SHAPE of 8 or 9 digits, weighted sum modulo 11. Source: Australian
 * Taxation Office, electronic reporting specifications, "TFN algorithm". */
enum as_verdict as_check_tfn(struct as_value *v)
{
    static const uint8_t nine[9] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    static const uint8_t eight[8] = {10, 7, 8, 4, 6, 3, 5, 1};
    size_t len = v->compact_len;
    if ((len != 8 && len != 9) || !is_number_of(v, len)) {
        return AS_REJECT;
    }
    if (all_same(v->compact, len)) {
        return AS_PLACEHOLDER;
    }
    return weighted(v->compact, len == 9 ? nine : eight, len) % 11 == 0 ? AS_ACCEPT : AS_REJECT;
}

/** INDIA_AADHAAR_NUMBER: SHAPE of 12 digits, first 2 to 9, Verhoeff. Source: UIDAI, "A UID
 * Numbering Scheme" (2010). */
enum as_verdict as_check_aadhaar(struct as_value *v)
{
    if (!is_number_of(v, 12) || v->compact[0] < '2') {
        return AS_REJECT;
    }
    if (all_same(v->compact, 12)) {
        return AS_PLACEHOLDER;
    }
    return verhoeff_ok(v->compact, 12) ? AS_ACCEPT : AS_REJECT;
}

/** INDIA_PERMANENT_ACCOUNT_NUMBER: SHAPE, 5 letters, 4 digits, a letter; the fourth letter is the
 * holder's kind. The check letter's rule is not public. Source: Income Tax Department, rule 114. */
enum as_verdict as_check_pan(struct as_value *v)
{
    const char *s = v->compact;
    if (v->compact_len != 10 || !all_digits(s + 5, 4) || !is_upper(s[9]) ||
        strchr("ABCFGHJKLPT", s[3]) == NULL) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 5; i++) {
        if (!is_upper(s[i])) {
            return AS_REJECT;
        }
    }
    return number(s + 5, 4) == 0 ? AS_REJECT : AS_ACCEPT;
}

/* Value of a VIN's character by ISO 3779 and 49 CFR 565.15; -1 for I, O and Q. */
static int vin_value(char c)
{
    static const signed char letters[26] = {1, 2,  3, 4,  5, 6, 7, 8, -1, 1, 2, 3, 4,
                                            5, -1, 7, -1, 9, 2, 3, 4, 5,  6, 7, 8, 9};
    return is_digit(c) ? c - '0' : is_upper(c) ? letters[c - 'A'] : -1;
}

/** VEHICLE_IDENTIFICATION_NUMBER: SHAPE of 17. The check digit (place 9) is law in North America
 * and China and is then required; elsewhere a right one raises the strength. Source: ISO 3779, ISO
 * 3780, 49 CFR 565.15, GB 16735. */
enum as_verdict as_check_vin(struct as_value *v)
{
    static const uint8_t weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    const char *s = v->compact;
    unsigned sum = 0;
    size_t digits = 0;
    if (v->compact_len != 17 || s[0] == '0') {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 17; i++) {
        int value = vin_value(s[i]);
        if (value < 0) {
            return AS_REJECT;
        }
        sum += (unsigned)value * weights[i];
        digits += is_digit(s[i]) ? 1 : 0;
    }
    if (digits == 17) {
        return all_same(s, 17) ? AS_PLACEHOLDER : AS_REJECT;
    }
    bool right = s[8] == "0123456789X"[sum % 11];
    bool law = (s[0] >= '1' && s[0] <= '5') || s[0] == 'L';
    if (digits < 3 || !all_digits(s + 14, 3) || (law && !right)) {
        return AS_REJECT;
    }
    if (!right) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return AS_ACCEPT;
}
