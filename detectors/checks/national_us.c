/* SPDX-License-Identifier: Apache-2.0
 * Identifiers of the United States: SSN, ITIN, bank accounts, DEA and NPI numbers. SSN, ITIN and
 * account numbers have no check digit; their definitions require a keyword. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

/** USA_SOCIAL_SECURITY_NUMBER: SHAPE of 9 digits. Without separators nine of ten numbers pass, so
 * the strength drops to none. Source: SSA, "SSN randomization" (area 000, 666, 900–999, group 00,
 * serial 0000 are never assigned). */
enum as_verdict as_check_ssn(struct as_value *v)
{
    if (v->compact_len != 9 || !all_digits(v->compact, 9) || is_number_piece(v)) {
        return AS_REJECT;
    }
    if (all_same(v->compact, 9)) {
        return AS_PLACEHOLDER; /* before the area rule, for 000-00-0000 and 999-99-9999 */
    }
    uint64_t area = number(v->compact, 3);
    if (area == 0 || area == 666 || area >= 900 || number(v->compact + 3, 2) == 0 ||
        number(v->compact + 5, 4) == 0) {
        return AS_REJECT;
    }
    if (separator_of(v) == 0) {
        v->strength = AS_STRENGTH_NONE;
    }
    return AS_ACCEPT;
}

/** USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER: SHAPE of 9 digits. Source: IRS, Internal Revenue
 * Manual 3.21.263 (9xx, fourth and fifth digit 50–65, 70–88, 90–92, 94–99). */
enum as_verdict as_check_itin(struct as_value *v)
{
    if (v->compact_len != 9 || !all_digits(v->compact, 9) || v->compact[0] != '9' ||
        is_number_piece(v)) {
        return AS_REJECT;
    }
    uint64_t group = number(v->compact + 3, 2);
    bool issued = (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
                  (group >= 90 && group <= 92) || group >= 94;
    if (!issued) {
        return AS_REJECT;
    }
    return all_same(v->compact, 9) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** BANK_ACCOUNT_NUMBER: SHAPE of 9 to 17 digits; nothing but the keyword speaks for it. Source: the
 * field length of NACHA entries. */
enum as_verdict as_check_bank_account(struct as_value *v)
{
    if (v->compact_len < 9 || v->compact_len > 17 || !all_digits(v->compact, v->compact_len) ||
        is_number_piece(v)) {
        return AS_REJECT;
    }
    return all_same(v->compact, v->compact_len) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** US_DRUG_ENFORCEMENT_AGENCY_NUMBER: SHAPE, letter, letter or 9, seven digits. Source: DEA
 * Diversion Control, registrant types; the check digit is that of 21 CFR 1301 registrations. */
enum as_verdict as_check_dea(struct as_value *v)
{
    const char *s = v->compact;
    if (v->compact_len != 9 || strchr("ABCDEFGHJKLMPRSTUX", s[0]) == NULL ||
        !(is_upper(s[1]) || s[1] == '9') || !all_digits(s + 2, 7)) {
        return AS_REJECT;
    }
    unsigned odd = digit(s[2]) + digit(s[4]) + digit(s[6]);
    unsigned even = digit(s[3]) + digit(s[5]) + digit(s[7]);
    if ((odd + 2 * even) % 10 != digit(s[8])) {
        return AS_REJECT;
    }
    return all_same(s + 2, 7) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** USA_NATIONAL_PROVIDER_IDENTIFIER: SHAPE of 10 digits. Source: 45 CFR 162.406; CMS, "Requirements
 * for NPI" (Luhn over 80840 and the number: the prefix adds 24). */
enum as_verdict as_check_npi(struct as_value *v)
{
    const char *s = v->compact;
    if (v->compact_len != 10 || !all_digits(s, 10) || (s[0] != '1' && s[0] != '2') ||
        is_number_piece(v) || !luhn_ok(s, 10, 24)) {
        return AS_REJECT;
    }
    return all_same(s + 1, 9) ? AS_PLACEHOLDER : AS_ACCEPT;
}
