/* SPDX-License-Identifier: Apache-2.0
 * Health care: insurance numbers of the United States, Canada and Europe, procedure and drug codes.
 * Each rule is the authority's, named at the function. Device identifiers: device.c. */
#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"
#include "detectors/checks/national.h"

static bool is_one_of(const char *list, const char *word, size_t len)
{
    for (const char *p = list; *p != '\0';) {
        size_t n = strcspn(p, " ");
        if (n == len && memcmp(p, word, len) == 0) {
            return true;
        }
        p += n + (p[n] == ' ' ? 1 : 0);
    }
    return false;
}

static bool ssn_ok(const char *s)
{
    uint64_t area = number(s, 3);
    return area != 0 && area != 666 && area < 900 && number(s + 3, 2) != 0 && number(s + 5, 4) != 0;
}

/** USA_HEALTH_INSURANCE_CLAIM_NUMBER: SHAPE, a social security number with a beneficiary's code, or
 * the Railroad Retirement Board's: letters, then six or nine digits. Source: CMS, Medicare Claims
 * Processing Manual, chapter 2; SSA, Program Operations Manual System RS 00202. */
enum as_verdict as_check_hicn(struct as_value *v)
{
    static const char railroad[] = "A CA JA MA PA WA WCA WCD PD WD H MH WH WCH PH";
    struct body b = body_of(v);
    size_t letters = 0;
    while (letters < b.len && is_upper(b.s[letters])) {
        letters++;
    }
    if (letters > 0) {
        size_t digits = b.len - letters;
        bool right = (digits == 6 || digits == 9) && all_digits(b.s + letters, digits) &&
                     is_one_of(railroad, b.s, letters) && !as_document_is_filler(v) &&
                     (digits == 6 || ssn_ok(b.s + letters));
        return right ? AS_ACCEPT : AS_REJECT;
    }
    if (b.len < 10 || b.len > 11 || !all_digits(b.s, 9) || !ssn_ok(b.s) ||
        strchr("ABCDEFHJKMTW", b.s[9]) == NULL) {
        return AS_REJECT;
    }
    return all_same(b.s, 9) || as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** USA_MEDICARE_BENEFICIARY_IDENTIFIER: SHAPE of 11: C A AN N A AN N A A N N, without S, L, O, I, B
 * and Z. Source: CMS, Understanding the Medicare Beneficiary Identifier (MBI) Format. */
enum as_verdict as_check_mbi(struct as_value *v)
{
    static const char letters[] = "ACDEFGHJKMNPQRTUVWXY";
    static const char form[] = "CAXNAXNAANN";
    struct body b = body_of(v);
    if (b.len != 11) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 11; i++) {
        bool d = is_digit(b.s[i]);
        bool letter = strchr(letters, b.s[i]) != NULL;
        bool fits = form[i] == 'C'   ? d && b.s[i] != '0'
                    : form[i] == 'N' ? d
                    : form[i] == 'A' ? letter
                                     : d || letter;
        if (!fits) {
            return AS_REJECT;
        }
    }
    return AS_ACCEPT;
}

static bool bc_phn_ok(const char *s)
{
    static const uint8_t weights[8] = {2, 4, 8, 5, 10, 9, 7, 3};
    return sum_selects(s + 1, 8, weights, LESS_11);
}

/* Québec: three letters of the surname, one of the given name, YYMMDD (women's month + 50), two
 * characters more. */
static bool quebec_ok(const char *s)
{
    unsigned month = two(s + 6);
    return date_ok(0, month > 50 ? month - 50 : month, two(s + 8));
}

/** CANADA_HEALTH_NUMBER: SHAPE. British Columbia: ten digits that begin with 9, modulo 11. Ontario:
 * ten digits, Luhn, perhaps two letters. Québec: four letters, a birth date. Numbers of other
 * provinces (nine digits; twelve in Newfoundland) have no published check and need the province's
 * name in the line. Sources: BC Ministry of Health, Conformance Standards (PHN); Ontario Ministry
 * of Health, Health Card Validation Reference Manual; RAMQ; provincial registries. */
enum as_verdict as_check_ca_health(struct as_value *v)
{
    struct body b = body_of(v);
    v->parameter = AS_COUNTRY('C', 'A');
    if (b.len == 12 && !is_digit(b.s[0])) {
        return all_digits(b.s + 4, 8) && quebec_ok(b.s) ? AS_ACCEPT : AS_REJECT;
    }
    bool version = b.len == 12 && is_upper(b.s[10]) && is_upper(b.s[11]);
    if ((b.len == 10 || version) && all_digits(b.s, 10)) {
        bool right =
            b.s[0] == '9' && !version ? bc_phn_ok(b.s) : b.s[0] != '0' && luhn_ok(b.s, 10, 0);
        return right && all_same(b.s, 10) ? AS_PLACEHOLDER : verdict(b, right);
    }
    if ((b.len != 9 && b.len != 12) || !all_digits(b.s, b.len) || !as_country_named(v)) {
        return AS_REJECT;
    }
    v->strength = AS_STRENGTH_NONE;
    return as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** EUROPEAN_HEALTH_INSURANCE_CARD_NUMBER and Finland's: SHAPE of 20 digits: 80 (health insurance),
 * the country's number, the issuer, the card. Finland's own definition has `parameter` FI and wins
 * over the general one. Sources: Decision S2 of the Administrative Commission for the Coordination
 * of Social Security Systems, annex, field 8; EN 1867; ISO 3166-1 numeric. */
enum as_verdict as_check_ehic(struct as_value *v)
{
    static const char countries[] =
        "040 056 100 191 196 203 208 233 246 250 276 300 348 352 372 380 428 438 440 442 470 528 "
        "578 616 620 642 703 705 724 752 756 826";
    const char *s = number_of(v, 20);
    if (s == NULL || memcmp(s, "80", 2) != 0 || !is_one_of(countries, s + 2, 3) ||
        number(s + 5, 15) == 0) {
        return AS_REJECT;
    }
    bool finland = memcmp(s + 2, "246", 3) == 0;
    if (v->parameter == AS_COUNTRY('F', 'I')) {
        return finland ? AS_ACCEPT : AS_REJECT;
    }
    v->strength = finland ? AS_STRENGTH_STRUCTURE : v->strength;
    return AS_ACCEPT;
}

/** FRANCE_HEALTH_INSURANCE_NUMBER: SHAPE of 21 digits, the card's own number. Source: GIE
 * SESAM-Vitale, carte Vitale, zone of identification. */
enum as_verdict as_check_fr_vitale(struct as_value *v)
{
    const char *s = number_of(v, 21);
    if (s == NULL) {
        return AS_REJECT;
    }
    return as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** USA_HEALTHCARE_PROCEDURE_CODE: SHAPE, HCPCS level II (letter, four digits) or CPT (five digits,
 * or four and F, T or U). Source: CMS, HCPCS Level II coding procedures; AMA, CPT code categories.
 */
enum as_verdict as_check_hcpcs(struct as_value *v)
{
    struct body b = body_of(v);
    bool piece = byte_before(v, 1) == '$' || as_document_is_piece(v);
    if (b.len != 5 || piece) {
        return AS_REJECT;
    }
    if (is_upper(b.s[0])) {
        bool group = strchr("ABCDEGHJKLMPQRSTV", b.s[0]) != NULL;
        return group && all_digits(b.s + 1, 4) ? AS_ACCEPT : AS_REJECT;
    }
    if (!all_digits(b.s, 4) || (!is_digit(b.s[4]) && strchr("FTU", b.s[4]) == NULL)) {
        return AS_REJECT;
    }
    bool category_one = is_digit(b.s[4]) && number(b.s, 5) >= 100 && number(b.s, 5) <= 99607;
    return category_one || !is_digit(b.s[4]) ? AS_ACCEPT : AS_REJECT;
}

/** USA_NATIONAL_DRUG_CODE: SHAPE of 10 digits (4-4-2, 5-3-2, 5-4-1) or 11 (5-4-2). Source: 21 CFR
 * 207.33; FDA, National Drug Code Directory; 45 CFR 162 for the form of 11. */
enum as_verdict as_check_ndc(struct as_value *v)
{
    struct body b = body_of(v);
    if ((b.len != 10 && b.len != 11) || !all_digits(b.s, b.len)) {
        return AS_REJECT;
    }
    v->strength = separator_of(v) == 0 ? AS_STRENGTH_NONE : AS_STRENGTH_STRUCTURE;
    return as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}
