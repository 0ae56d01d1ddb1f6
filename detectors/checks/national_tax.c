/* SPDX-License-Identifier: Apache-2.0
 * Tax numbers of people in France and the United Kingdom. Each rule is the authority's, named at
 * the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** FRANCE_TAX_IDENTIFICATION_NUMBER (numéro fiscal, SPI): SHAPE of 13 digits, the last three the
 * first ten modulo 511. Source: Direction générale des finances publiques; European Commission, TIN
 * by country, France. */
enum as_verdict as_check_fr_spi(struct as_value *v)
{
    const char *s = number_of(v, 13);
    if (s == NULL || s[0] > '3' || number(s, 10) == 0) {
        return AS_REJECT;
    }
    return verdict_of(v, number(s, 10) % 511 == number(s + 10, 3));
}

/* A UTR's check digit stands first. */
static bool utr_ok(const char *s)
{
    static const uint8_t weights[9] = {6, 7, 8, 9, 10, 5, 4, 3, 2};
    return s[0] == "21987654321"[weighted(s + 1, weights, 9) % 11];
}

/** UK_TAX_IDENTIFICATION_NUMBER: SHAPE, a UTR of 10 digits, perhaps with K behind it, or a TRN: two
 * digits, a letter, five digits. Source: HMRC, Unique Taxpayer Reference (check digit of the
 * electronic filing specifications); HMRC, National Insurance Manual NIM39120 for the TRN. */
enum as_verdict as_check_gb_utr(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len == 8 && all_digits(b.s, 2) && is_upper(b.s[2]) && all_digits(b.s + 3, 5)) {
        v->strength = AS_STRENGTH_STRUCTURE;
        return number(b.s + 3, 5) == 0 ? AS_REJECT : AS_ACCEPT;
    }
    bool utr = (b.len == 10 || (b.len == 11 && b.s[10] == 'K')) && all_digits(b.s, 10);
    if (!utr || !utr_ok(b.s)) {
        return AS_REJECT;
    }
    return all_same(b.s, 10) ? AS_PLACEHOLDER : AS_ACCEPT;
}
