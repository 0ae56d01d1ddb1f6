/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Africa and the Pacific: Australia, Ghana, Kenya, Mauritius, Morocco, New
 * Zealand, South Africa and Tunisia, beside those in national_world.c. Each rule is the issuing
 * authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** AUSTRALIA_BUSINESS_NUMBER (ABN): SHAPE of 11, two check digits in front. Source: Australian
 * Business Register, "Format of the ABN". */
enum as_verdict as_check_au_abn(struct as_value *v)
{
    static const uint8_t weights[9] = {3, 5, 7, 9, 11, 13, 15, 17, 19};
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL &&
                             two(s) == 11 + (88 + 89 * 13 - weighted(s + 2, weights, 9)) % 89);
}

/** AUSTRALIA_COMPANY_NUMBER (ACN): SHAPE of 9. Source: ASIC, "Australian company number digit
 * check". */
enum as_verdict as_check_au_acn(struct as_value *v)
{
    static const uint8_t weights[8] = {8, 7, 6, 5, 4, 3, 2, 1};
    const char *s = number_of(v, 9);
    return verdict_of(v, s != NULL && sum_selects(s, 8, weights, LESS_10));
}

/** GHANA_TAX_IDENTIFICATION_NUMBER: SHAPE, a letter of the holder's kind, 00, digits, a check digit
 * or X. Source: Ghana Revenue Authority, Taxpayers Identification Numbering System Act 2002. */
enum as_verdict as_check_gh_tin(struct as_value *v)
{
    static const uint8_t weights[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct body b = body_of(v);
    if (b.len != 11 || strchr("PCGQV", b.s[0]) == NULL || memcmp(b.s + 1, "00", 2) != 0 ||
        !all_digits(b.s + 1, 9)) {
        return AS_REJECT;
    }
    return verdict((struct body){b.s + 1, 10}, sum_selects(b.s + 1, 9, weights, "0123456789X"));
}

/** KENYA_TAX_IDENTIFICATION_NUMBER (PIN): SHAPE, A (persons) or P (others), 9 digits, a letter
 * whose rule is not public. Source: Kenya Revenue Authority, Tax Procedures Act 2015. */
enum as_verdict as_check_ke_pin(struct as_value *v)
{
    struct body b = body_of(v);
    bool right = b.len == 11 && (b.s[0] == 'A' || b.s[0] == 'P') && all_digits(b.s + 1, 9) &&
                 is_upper(b.s[10]);
    return right ? verdict((struct body){b.s + 1, 9}, true) : AS_REJECT;
}

/** MOROCCO_TAX_IDENTIFICATION_NUMBER (ICE): SHAPE of 15, a multiple of 97. Source: décret
 * n° 2-11-63 du 20 mai 2011; Direction générale des impôts. */
enum as_verdict as_check_ma_ice(struct as_value *v)
{
    const char *s = number_of(v, 15);
    return verdict_of(v, s != NULL && number_mod(s, 15, 97) == 0);
}

/** MAURITIUS_NATIONAL_IDENTIFICATION_NUMBER: SHAPE, a letter, DDMMYY, six digits, a check
 * character. Source: National Identity Card Act 1985; Civil Status Division. */
enum as_verdict as_check_mu_nid(struct as_value *v)
{
    static const uint8_t weights[12] = {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct body b = body_of(v);
    if (b.len != 14 || !is_upper(b.s[0]) || !all_digits(b.s + 1, 12) || !dmy_ok(b.s + 1, 2000)) {
        return AS_REJECT;
    }
    unsigned sum = value_36(b.s[0]) * 14 + weighted(b.s + 1, weights, 12);
    char check = "0123456789ABCDEFG"[(17 - sum % 17) % 17];
    return b.s[13] == check ? AS_ACCEPT : AS_REJECT;
}

/** NEW_ZEALAND_TAX_IDENTIFICATION_NUMBER (IRD): SHAPE of 8 or 9; a second row of weights where the
 * first leaves ten. Source: Inland Revenue, "RWT and NRWT certificate filing specification". */
enum as_verdict as_check_nz_ird(struct as_value *v)
{
    static const uint8_t first[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    static const uint8_t second[8] = {7, 4, 3, 2, 5, 2, 7, 6};
    struct body b = body_of(v);
    if ((!is_number(b, 8) && !is_number(b, 9)) || number(b.s, b.len) <= 10000000 ||
        number(b.s, b.len) >= 150000000) {
        return AS_REJECT;
    }
    size_t n = b.len - 1;
    bool again = weighted(b.s, first + 8 - n, n) % 11 == 1;
    return verdict(b, sum_selects(b.s, n, (again ? second : first) + 8 - n, LESS_11));
}

/* The rule of a bank and its account: weights over 16 digits, what a product above the first
 * divisor is reduced by, and the divisor of the sum. */
struct bank_rule {
    uint8_t weights[16];
    uint8_t product;
    uint8_t sum;
};

static const struct bank_rule bank_rules[] = {
    {{0, 0, 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0}, 11, 11}, /* A */
    {{0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0}, 11, 11}, /* B: A from 0990000 on */
    {{0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0}, 11, 11},  /* D */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1}, 9, 11},   /* E */
    {{0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0}, 10, 10},  /* F */
    {{0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1}, 9, 10},   /* G */
};

static const struct bank_rule *bank_rule_of(unsigned bank, uint64_t account)
{
    bool major = (bank >= 1 && bank <= 4) || bank == 6 || (bank >= 10 && bank <= 24) ||
                 bank == 27 || bank == 30 || bank == 35 || bank == 38;
    if (major) {
        return &bank_rules[account < 990000 ? 0 : 1];
    }
    switch (bank) {
    case 8:
        return &bank_rules[2];
    case 9:
        return &bank_rules[3];
    case 25:
    case 33:
        return &bank_rules[4];
    case 26:
    case 28:
    case 29:
        return &bank_rules[5];
    default:
        return NULL; /* 31 has no check digit; others are no banks */
    }
}

/** NEW_ZEALAND_BANK_ACCOUNT_NUMBER: SHAPE of 15 or 16, bank, branch, account, suffix. Branches are
 * not looked up. Source: Payments NZ; Inland Revenue, "Bank account number validation". */
enum as_verdict as_check_nz_bank(struct as_value *v)
{
    struct body b = body_of(v);
    char s[16];
    if (!is_number(b, 15) && !is_number(b, 16)) {
        return AS_REJECT;
    }
    memcpy(s, b.s, 13);
    s[13] = b.len == 16 ? b.s[13] : '0';
    memcpy(s + 14, b.s + b.len - 2, 2);
    const struct bank_rule *rule = bank_rule_of(two(s), number(s + 6, 7));
    unsigned sum = 0;
    if (rule == NULL) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 16; i++) {
        unsigned product = digit(s[i]) * rule->weights[i];
        sum += product > rule->product ? product % rule->product : product;
    }
    return verdict(b, sum % rule->sum == 0);
}

/** TUNISIA_TAX_IDENTIFICATION_NUMBER (matricule fiscal): SHAPE, 7 digits, a key, and the codes of
 * tax, category and establishment. Source: Code de l'IRPP et de l'IS, article 56; Direction
 * générale des impôts. */
enum as_verdict as_check_tn_mf(struct as_value *v)
{
    struct body b = body_of(v);
    if ((b.len != 8 && b.len != 13) || !all_digits(b.s, 7) || !is_upper(b.s[7]) ||
        strchr("IOU", b.s[7]) != NULL) {
        return AS_REJECT;
    }
    if (b.len == 13 && (strchr("APBDN", b.s[8]) == NULL || strchr("MPCNE", b.s[9]) == NULL ||
                        !all_digits(b.s + 10, 3) || (b.s[9] != 'E' && number(b.s + 10, 3) != 0))) {
        return AS_REJECT;
    }
    bool goes_on = b.len == 8 && byte_after(v, 0) == '/' && is_alnum(byte_after(v, 1));
    return verdict((struct body){b.s, 7}, !goes_on);
}

/** SOUTH_AFRICA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 13, YYMMDD, sex, 0 or 1 for citizens and
 * residents, Luhn. Source: Identification Act 68 of 1997; Department of Home Affairs. */
enum as_verdict as_check_za_id(struct as_value *v)
{
    const char *s = number_of(v, 13);
    return verdict_of(v, s != NULL && ymd_ok(s, 2000) && s[10] <= '1' && luhn_ok(s, 13, 0));
}

/** SOUTH_AFRICA_TAX_IDENTIFICATION_NUMBER: SHAPE of 10 that begins with 0, 1, 2, 3 or 9, Luhn.
 * Source: South African Revenue Service, Tax Administration Act 28 of 2011. */
enum as_verdict as_check_za_tin(struct as_value *v)
{
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && strchr("01239", s[0]) != NULL && luhn_ok(s, 10, 0));
}
