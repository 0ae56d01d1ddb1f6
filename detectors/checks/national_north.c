/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Denmark, Estonia, the Faroes, Finland, Iceland, Latvia, Lithuania, Norway and
 * Sweden. Each rule is the issuing authority's, named at the function. Dates in the future are not
 * told apart, for a check knows no clock. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** DENMARK_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 10, a birth date whose century the seventh
 * digit tells. Since 2007 numbers that miss modulus 11 are given out, so it only adds strength.
 * Source: CPR-loven; CPR-kontoret, "Personnummeret i CPR". */
enum as_verdict as_check_dk_cpr(struct as_value *v)
{
    static const uint8_t weights[10] = {4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    const char *s = number_of(v, 10);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned year = two(s + 4);
    unsigned seventh = digit(s[6]);
    unsigned century = 2000;
    if (seventh >= 5 && seventh <= 8 && year >= 58) {
        century = 1800;
    } else if (seventh <= 3 || ((seventh == 4 || seventh == 9) && year >= 37)) {
        century = 1900;
    }
    if (weighted(s, weights, 10) % 11 == 0) {
        v->strength = AS_STRENGTH_DIGIT;
    }
    return verdict_of(v, dmy_ok(s, century));
}

/** DENMARK_VAT_NUMBER (CVR): SHAPE of 8. Source: Erhvervsstyrelsen, CVR-loven; "Modulus 11". */
enum as_verdict as_check_dk_cvr(struct as_value *v)
{
    static const uint8_t weights[7] = {2, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "DK");
    return verdict(b, is_number(b, 8) && b.s[0] != '0' && sum_selects(b.s, 7, weights, LESS_11));
}

/* Estonia and Lithuania: weights 1, 2, … 9, 1, …; a rest of ten starts again from weight 3, and
 * then counts as 0. The check digit is the last. */
static bool baltic_digit_ok(const char *s, size_t len)
{
    for (size_t shift = 0; shift <= 2; shift += 2) {
        size_t sum = 0;
        for (size_t i = 0; i + 1 < len; i++) {
            sum += ((i + shift) % 9 + 1) * digit(s[i]);
        }
        if (sum % 11 != 10) {
            return sum % 11 == digit(s[len - 1]);
        }
    }
    return s[len - 1] == '0';
}

/* The first digit tells sex and century: 1 and 2 are the 1800s, 7 and 8 the 2100s. */
static bool baltic_date_ok(const char *s)
{
    return s[0] >= '1' && s[0] <= '8' && ymd_ok(s + 1, 1800 + (digit(s[0]) - 1) / 2 * 100);
}

/** ESTONIA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11. Source: EVS 585:2007. */
enum as_verdict as_check_ee_ik(struct as_value *v)
{
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && baltic_date_ok(s) && baltic_digit_ok(s, 11));
}

/** ESTONIA_VAT_NUMBER: SHAPE of 9. Source: Maksu- ja Tolliamet; European Commission, VIES. */
enum as_verdict as_check_ee_kmkr(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 7, 1, 3, 7, 1, 3, 7};
    struct body b = body_behind(v, "EE");
    return verdict(b, is_number(b, 9) && sum_selects(b.s, 8, weights, LESS_10));
}

/** ESTONIA_COMPANY_REGISTRATION_NUMBER: SHAPE of 8 that begins with 1, 7, 8 or 9. Source:
 * Registrite ja Infosüsteemide Keskus, registrikood. */
enum as_verdict as_check_ee_registrikood(struct as_value *v)
{
    const char *s = number_of(v, 8);
    return verdict_of(v, s != NULL && strchr("1789", s[0]) != NULL && baltic_digit_ok(s, 8));
}

/** LITHUANIA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11; behind a 9 no date is to be read. Source:
 * Lietuvos Respublikos gyventojų registro įstatymas, article 8. */
enum as_verdict as_check_lt_asmens(struct as_value *v)
{
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && (s[0] == '9' || baltic_date_ok(s)) && baltic_digit_ok(s, 11));
}

/** LITHUANIA_VAT_NUMBER: SHAPE of 9, or 12 for those registered for a time; the last but one is 1.
 * Source: Valstybinė mokesčių inspekcija; European Commission, VIES. */
enum as_verdict as_check_lt_pvm(struct as_value *v)
{
    struct body b = body_behind(v, "LT");
    return verdict(b, (is_number(b, 9) || is_number(b, 12)) && b.s[b.len - 2] == '1' &&
                          baltic_digit_ok(b.s, b.len));
}

/** FINLAND_VAT_NUMBER and FINLAND_BUSINESS_ID: SHAPE of 8. Source: Patentti- ja
 * rekisterihallitus, Yritystunnuslaki 244/2001. */
enum as_verdict as_check_fi_alv(struct as_value *v)
{
    static const uint8_t weights[7] = {7, 9, 10, 5, 8, 4, 2};
    struct body b = body_behind(v, "FI");
    return verdict(b, is_number(b, 8) && sum_selects(b.s, 7, weights, LESS_11));
}

/** FINLAND_NATIONAL_IDENTIFICATION_NUMBER: SHAPE, DDMMYY, a sign of the century ('-' leaves the
 * compact form, letters stay), three digits, a check character. Numbers from 900 are temporary and
 * not of the population register. Source: Väestötietoasetus 128/2010 section 2, with the signs of
 * 690/2022. */
enum as_verdict as_check_fi_hetu(struct as_value *v)
{
    struct body b = body_of(v);
    char n[9];
    unsigned century = 1900;
    if (b.len == 11) {
        if (strchr("ABCDEF", b.s[6]) != NULL) {
            century = 2000;
        } else if (strchr("UVWXY", b.s[6]) == NULL) {
            return AS_REJECT;
        }
    } else if (b.len != 10 || separator_of(v) != '-') {
        return AS_REJECT;
    }
    memcpy(n, b.s, 6);
    memcpy(n + 6, b.s + b.len - 4, 3);
    if (!all_digits(n, 9) || !dmy_ok(n, century)) {
        return AS_REJECT;
    }
    uint64_t individual = number(n + 6, 3);
    bool right = b.s[b.len - 1] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[number(n, 9) % 31];
    return individual >= 2 && individual < 900 && right ? AS_ACCEPT : AS_REJECT;
}

/** FINLAND_TAX_NUMBER, and others without a rule of their own: SHAPE, digits only. */
enum as_verdict as_check_plain_number(struct as_value *v)
{
    struct body b = body_of(v);
    return verdict(b, is_number(b, b.len) && b.len > 0);
}

/** ICELAND_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 10, DDMMYY (day + 40 for organisations), two
 * digits, check digit, century. Source: Þjóðskrá Íslands, lög 140/2019. */
enum as_verdict as_check_is_kennitala(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 10);
    if (s == NULL || (s[9] != '0' && s[9] != '9') || s[0] > '7') {
        return AS_REJECT;
    }
    unsigned day = two(s) >= 40 ? two(s) - 40 : two(s);
    unsigned year = (s[9] == '9' ? 1900U : 2000U) + two(s + 4);
    return verdict_of(v, date_ok(year, two(s + 2), day) && sum_selects(s, 8, weights, LESS_11));
}

/* A person's code: DDMMYY, a digit of the century (0 is 1800), three digits, check digit. */
static bool latvian_person_ok(const char *s)
{
    static const uint8_t weights[10] = {10, 5, 8, 4, 2, 1, 6, 3, 7, 9};
    return s[0] <= '3' && dmy_ok(s, 1800 + digit(s[6]) * 100) &&
           (weighted(s, weights, 10) + 1) % 11 % 10 == digit(s[10]);
}

/** LATVIA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11. The codes without a date that begin with 32
 * (since 2017) have no published rule and are not taken. Source: Fizisko personu reģistra likums;
 * Ministru kabineta noteikumi. */
enum as_verdict as_check_lv_pk(struct as_value *v)
{
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && latvian_person_ok(s));
}

/** LATVIA_VAT_NUMBER: SHAPE of 11, a person's code or a number above 3. Source: Valsts ieņēmumu
 * dienests; European Commission, VIES. */
enum as_verdict as_check_lv_pvn(struct as_value *v)
{
    static const uint8_t weights[11] = {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1};
    struct body b = body_behind(v, "LV");
    if (!is_number(b, 11)) {
        return AS_REJECT;
    }
    bool right = b.s[0] > '3' ? weighted(b.s, weights, 11) % 11 == 3 : latvian_person_ok(b.s);
    return verdict(b, right);
}

/* The century from the individual number; 0 when it is of none. */
static unsigned norwegian_century(unsigned individual, unsigned year)
{
    if (individual < 500) {
        return 1900;
    }
    if (individual < 750 && year >= 54) {
        return 1800;
    }
    if (year < 40) {
        return 2000;
    }
    return individual >= 900 ? 1900 : 0;
}

/** NORWAY_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11 with two check digits; day + 40 is a
 * D-number, month + 40 one of the health services. Source: Skatteetaten, folkeregisterloven and
 * -forskriften. */
enum as_verdict as_check_no_fnr(struct as_value *v)
{
    static const uint8_t first[9] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static const uint8_t second[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 11);
    if (s == NULL || two(s) >= 80) {
        return AS_REJECT;
    }
    unsigned day = two(s) > 40 ? two(s) - 40 : two(s);
    unsigned month = two(s + 2) > 40 ? two(s + 2) - 40 : two(s + 2);
    unsigned century = norwegian_century((unsigned)number(s + 6, 3), two(s + 4));
    return verdict_of(v, century != 0 && date_ok(century + two(s + 4), month, day) &&
                             sum_selects(s, 9, first, LESS_11) &&
                             sum_selects(s, 10, second, LESS_11));
}

/** NORWAY_ORGANISATION_NUMBER and NORWAY_VAT_NUMBER: SHAPE of 9, with NO before and MVA behind for
 * value-added tax. Source: Brønnøysundregistrene, enhetsregisterloven. */
enum as_verdict as_check_no_orgnr(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "NO");
    if (b.len == 12 && memcmp(b.s + 9, "MVA", 3) == 0) {
        b.len = 9;
        v->strength = AS_STRENGTH_STRONG;
    }
    return verdict(b, is_number(b, 9) && sum_selects(b.s, 8, weights, LESS_11));
}

/** NORWAY_DOMESTIC_BANK_ACCOUNT_NUMBER: SHAPE of 11; behind four zeroes a number of the old postal
 * bank. Source: Bits AS, "Kontonummer – oppbygging". */
enum as_verdict as_check_no_konto(struct as_value *v)
{
    static const uint8_t weights[10] = {6, 7, 8, 9, 4, 5, 6, 7, 8, 9};
    const char *s = number_of(v, 11);
    if (s == NULL) {
        return AS_REJECT;
    }
    bool postal = memcmp(s, "0000", 4) == 0;
    return verdict_of(v, postal ? luhn_ok(s + 4, 7, 0) : sum_selects(s, 10, weights, REST_11));
}

/** SWEDEN_ORGANISATION_NUMBER: SHAPE of 10, Luhn; the third digit is 2 or more, which tells it from
 * a person's. Source: lag (1974:174) om identitetsbeteckning för juridiska personer. */
enum as_verdict as_check_se_orgnr(struct as_value *v)
{
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && s[2] >= '2' && luhn_ok(s, 10, 0));
}

/** SWEDEN_VAT_NUMBER: SHAPE of 12, an organisation's or a person's number and 01. Source:
 * Skatteverket, momsregistreringsnummer. */
enum as_verdict as_check_se_vat(struct as_value *v)
{
    struct body b = body_behind(v, "SE");
    return verdict(b, is_number(b, 12) && memcmp(b.s + 10, "01", 2) == 0 && luhn_ok(b.s, 10, 0));
}

/** SWEDEN_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 10 or 12, Luhn over the last ten; day + 60 is a
 * coordination number. Source: folkbokföringslagen (1991:481) §§ 18 to 18b. */
enum as_verdict as_check_se_pnr(struct as_value *v)
{
    struct body b = body_of(v);
    if ((b.len != 10 && b.len != 12) || !all_digits(b.s, b.len)) {
        return AS_REJECT;
    }
    const char *s = b.s + b.len - 10;
    unsigned century = b.len == 12 ? two(b.s) * 100 : 2000;
    unsigned day = two(s + 4) > 60 ? two(s + 4) - 60 : two(s + 4);
    bool real = century >= 1800 && century <= 2000;
    return verdict(b, real && date_ok(century + two(s), two(s + 2), day) && luhn_ok(s, 10, 0));
}
