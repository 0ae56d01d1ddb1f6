/* SPDX-License-Identifier: Apache-2.0
 * Bank accounts as they are written within a country, without an IBAN's country code and check
 * digits: one check, `bank_domestic`, with the country as its parameter. Where the domestic form
 * has check digits of its own they are required; Germany's differ from bank to bank, and the United
 * Kingdom's depend on a table of the banks, so those are known by their keyword. */
#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"
#include "detectors/checks/national.h"

/* France, relevé d'identité bancaire: bank, branch, account with letters, key modulo 97. Letters
 * count by the digit of their column. Source: Comité Français d'Organisation et de Normalisation
 * Bancaires, RIB. */
static bool france(const char *s, size_t len)
{
    static const char values[] = "12345678912345678923456789";
    char digits[23];
    if (len != 23 || !all_digits(s, 10) || !all_digits(s + 21, 2)) {
        return false;
    }
    for (size_t i = 0; i < 23; i++) {
        char c = s[i];
        if (!is_digit(c)) {
            c = values[value_36(c) - 10];
        }
        digits[i] = c;
    }
    return number_mod(digits, 23, 97) == 0;
}

/* Italy: a check letter, bank, branch, account. Odd and even places have tables of their own, as in
 * the codice fiscale. Source: Associazione Bancaria Italiana, CIN of the BBAN. */
static bool italy(const char *s, size_t len)
{
    static const uint8_t odd[26] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                    20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    unsigned sum = 0;
    if (len != 23 || !is_upper(s[0]) || !all_digits(s + 1, 10)) {
        return false;
    }
    for (size_t i = 1; i < 23; i++) {
        unsigned value = is_digit(s[i]) ? digit(s[i]) : (unsigned)(s[i] - 'A');
        sum += i % 2 == 1 ? odd[value] : value;
    }
    return (unsigned)(s[0] - 'A') == sum % 26;
}

/* Poland, numer rachunku bankowego: an IBAN's 26 digits without the PL; the first eight of the
 * account name the bank and end with a check digit, weights 3, 9, 7, 1. Both together need no
 * keyword. Source: Narodowy Bank Polski, zarządzenie 15/2010. */
static bool poland(const char *s, size_t len)
{
    if (len != 26 || !all_digits(s, 26)) {
        return false;
    }
    static const uint8_t weights[7] = {3, 9, 7, 1, 3, 9, 7};
    if (!sum_selects(s + 2, 7, weights, LESS_10)) {
        return false;
    }
    unsigned rest = mod_97(s + 2, 24, 0);
    rest = mod_97("PL", 2, rest);
    return mod_97(s, 2, rest) == 1;
}

/* Germany: Bankleitzahl of eight digits, the first 1 to 8, then up to ten of the account. Source:
 * Deutsche Bundesbank, Bankleitzahlendatei. */
static bool germany(const char *s, size_t len)
{
    return len >= 12 && len <= 18 && all_digits(s, len) && s[0] >= '1' && s[0] <= '8' &&
           number(s + 8, len - 8) != 0;
}

/* United Kingdom: sort code of six digits, account of eight. Source: Pay.UK, Vocalink modulus
 * checking specification, chapter 2. */
static bool britain(const char *s, size_t len)
{
    return len == 14 && all_digits(s, 14) && number(s, 6) != 0 && number(s + 6, 8) != 0;
}

static const struct {
    unsigned country;
    bool (*is_account)(const char *s, size_t len);
    enum as_strength strength;
} countries[] = {
    {AS_COUNTRY('D', 'E'), germany, AS_STRENGTH_STRUCTURE},
    {AS_COUNTRY('F', 'R'), france, AS_STRENGTH_STRONG},
    {AS_COUNTRY('G', 'B'), britain, AS_STRENGTH_STRUCTURE},
    {AS_COUNTRY('I', 'T'), italy, AS_STRENGTH_DIGIT},
    {AS_COUNTRY('P', 'L'), poland, AS_STRENGTH_STRONG},
};

/** <COUNTRY>_DOMESTIC_BANK_ACCOUNT_NUMBER: SHAPE, `parameter` the country. */
enum as_verdict as_check_bank_domestic(struct as_value *v)
{
    struct body b = body_of(v);
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (countries[i].country != v->parameter) {
            continue;
        }
        v->strength = countries[i].strength;
        bool right = countries[i].is_account(b.s, b.len);
        return right && as_document_is_filler(v) ? AS_PLACEHOLDER : verdict(b, right);
    }
    return AS_REJECT;
}
