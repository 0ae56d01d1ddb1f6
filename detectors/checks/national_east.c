/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Albania, Bulgaria, Belarus, Croatia, the Czech Republic, Hungary, Poland,
 * Romania, Slovakia and Slovenia. Each rule is the issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/iso7064.h"
#include "detectors/checks/national.h"

/** ALBANIA_TAX_IDENTIFICATION_NUMBER (NIPT): SHAPE, a letter of the decade (J 1990s, K, L, M),
 * 8 digits, a letter. Source: Law 9920/2008; Drejtoria e Përgjithshme e Tatimeve. */
enum as_verdict as_check_al_nipt(struct as_value *v)
{
    struct body b = body_behind(v, "AL");
    bool right =
        b.len == 10 && b.s[0] >= 'J' && b.s[0] <= 'M' && all_digits(b.s + 1, 8) && is_upper(b.s[9]);
    return right ? verdict((struct body){b.s + 1, 8}, true) : AS_REJECT;
}

/* Month + 20 is the 1800s, + 40 the 2000s. */
static bool egn_ok(const char *s)
{
    static const uint8_t weights[9] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    unsigned month = two(s + 2);
    unsigned century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    month = month > 40 ? month - 40 : month > 20 ? month - 20 : month;
    return date_ok(century + two(s), month, two(s + 4)) && sum_selects(s, 9, weights, REST_11_0);
}

static bool pnf_ok(const char *s)
{
    static const uint8_t weights[9] = {21, 19, 17, 13, 11, 9, 7, 3, 1};
    return sum_selects(s, 9, weights, REST_10);
}

/** BULGARIA_NATIONAL_IDENTIFICATION_NUMBER (EGN): SHAPE of 10. Source: Закон за гражданската
 * регистрация, article 11; Наредба № РД-02-20-9/2012. */
enum as_verdict as_check_bg_egn(struct as_value *v)
{
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && egn_ok(s));
}

/** BULGARIA_FOREIGNER_NUMBER (LNCh): SHAPE of 10. Source: Закон за чужденците, article 15; МВР. */
enum as_verdict as_check_bg_pnf(struct as_value *v)
{
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && pnf_ok(s));
}

static bool bulgarian_company_ok(const char *s)
{
    static const uint8_t first[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t second[8] = {3, 4, 5, 6, 7, 8, 9, 10};
    bool again = weighted(s, first, 8) % 11 == 10;
    return sum_selects(s, 8, again ? second : first, REST_11_0);
}

/** BULGARIA_VAT_NUMBER: SHAPE of 9 (companies) or 10 (persons, foreigners, others). Source: НАП;
 * Закон за регистър БУЛСТАТ; European Commission, VIES. */
enum as_verdict as_check_bg_vat(struct as_value *v)
{
    static const uint8_t weights[9] = {4, 3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "BG");
    if (is_number(b, 9)) {
        return verdict(b, bulgarian_company_ok(b.s));
    }
    return verdict(b, is_number(b, 10) &&
                          (egn_ok(b.s) || pnf_ok(b.s) || sum_selects(b.s, 9, weights, LESS_11)));
}

/** BELARUS_TAX_IDENTIFICATION_NUMBER (UNP): SHAPE of 9, two letters in front for persons. Source:
 * Министерство по налогам и сборам, постановление 31.12.2010 № 96. */
enum as_verdict as_check_by_unp(struct as_value *v)
{
    static const char letters[] = "ABCEHKMOPT";
    static const uint8_t weights[7] = {19, 17, 13, 7, 5, 3, 0};
    struct body b = body_of(v);
    if (b.len != 9 || !all_digits(b.s + 2, 7) || place_in("1234567ABCEHKM", b.s[0]) > 13) {
        return AS_REJECT;
    }
    size_t second = is_digit(b.s[0]) ? digit(b.s[1]) : place_in(letters, b.s[1]);
    if (second > 9 || is_digit(b.s[0]) != is_digit(b.s[1])) {
        return AS_REJECT;
    }
    size_t sum = value_36(b.s[0]) * 29 + second * 23 + weighted(b.s + 2, weights, 7);
    return verdict((struct body){b.s + 2, 7}, b.s[8] == REST_11[sum % 11]);
}

/* Month + 50 for women, + 20 when the day's numbers ran out; nine digits until 1953. */
static bool birth_number_ok(struct body b)
{
    if (!is_number(b, 9) && !is_number(b, 10)) {
        return false;
    }
    unsigned year = 1900 + two(b.s);
    if (b.len == 9) {
        year -= year >= 1980 ? 100 : 0;
    } else {
        year += year < 1954 ? 100 : 0;
    }
    if ((b.len == 9 && year > 1953) || !date_ok(year, two(b.s + 2) % 50 % 20, two(b.s + 4))) {
        return false;
    }
    uint64_t rest = b.len == 10 ? number(b.s, 9) % 11 : 0;
    return b.len == 9 || digit(b.s[9]) == (year < 1985 ? rest % 10 : rest);
}

/** CZECH_REPUBLIC_ and SLOVAKIA_NATIONAL_IDENTIFICATION_NUMBER (rodné číslo): SHAPE of 10 with
 * modulus 11, or of 9 until 1953. Source: zákon č. 133/2000 Sb. § 13; zákon č. 301/1995 Z. z. */
enum as_verdict as_check_cz_rc(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len == 9) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return verdict(b, birth_number_ok(b));
}

/** CZECH_REPUBLIC_VAT_NUMBER (DIČ): SHAPE of 8 (companies), 9 that begin with 6 (special cases), or
 * a birth number. Source: zákon č. 280/2009 Sb. § 130; European Commission, VIES. */
enum as_verdict as_check_cz_dic(struct as_value *v)
{
    static const uint8_t weights[7] = {8, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "CZ");
    if (is_number(b, 8)) {
        return verdict(b, b.s[0] != '9' && sum_selects(b.s, 7, weights, "10987654321"));
    }
    if (is_number(b, 9) && b.s[0] == '6') {
        return verdict(b, sum_selects(b.s + 1, 7, weights, "89012345678"));
    }
    return verdict(b, birth_number_ok(b));
}

/* The digits text[start, end) by the weights of a bank's number, the last by 1. */
static bool czech_account_ok(const uint8_t *text, size_t len)
{
    static const uint8_t weights[10] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += digit((char)text[len - 1 - i]) * weights[i];
    }
    return sum % 11 == 0;
}

/** CZECH_REPUBLIC_ and SLOVAKIA_DOMESTIC_BANK_ACCOUNT_NUMBER: SHAPE, a prefix of up to 6 digits and
 * '-', 2 to 10 digits, '/', the bank's 4. Prefix and number pass modulus 11 each. Source: Česká
 * národní banka, vyhláška č. 169/2011 Sb. */
enum as_verdict as_check_cz_account(struct as_value *v)
{
    const uint8_t *text = v->text + v->start;
    size_t len = v->end - v->start;
    const uint8_t *slash = memchr(text, '/', len);
    const uint8_t *hyphen = memchr(text, '-', len);
    if (slash == NULL || is_number_piece(v) || !all_digits(v->compact, v->compact_len) ||
        text + len - slash != 5 || (hyphen != NULL && hyphen > slash)) {
        return AS_REJECT;
    }
    const uint8_t *root = hyphen == NULL ? text : hyphen + 1;
    size_t prefix = hyphen == NULL ? 0 : (size_t)(hyphen - text);
    size_t digits = (size_t)(slash - root);
    bool right = prefix <= 6 && digits >= 2 && digits <= 10 && czech_account_ok(text, prefix) &&
                 czech_account_ok(root, digits);
    return verdict_of(v, right);
}

/** CROATIA_NATIONAL_IDENTIFICATION_NUMBER (OIB): SHAPE of 11, ISO/IEC 7064 MOD 11,10. Source: Zakon
 * o osobnom identifikacijskom broju (NN 60/08). */
enum as_verdict as_check_hr_oib(struct as_value *v)
{
    struct body b = body_behind(v, "HR");
    return verdict(b, is_number(b, 11) && mod11_10_ok(b.s, 11));
}

/** HUNGARY_TAX_IDENTIFICATION_NUMBER (adószám): SHAPE of 8, or 11 with the code of the tax and of
 * the county. Source: 2017. évi CL. törvény (Art.), annex; European Commission, VIES. */
enum as_verdict as_check_hu_anum(struct as_value *v)
{
    static const uint8_t weights[7] = {9, 7, 3, 1, 9, 7, 3};
    struct body b = body_behind(v, "HU");
    bool whole = is_number(b, 8) || (is_number(b, 11) && b.s[8] >= '1' && b.s[8] <= '5');
    return verdict(b, whole && sum_selects(b.s, 7, weights, LESS_10));
}

/** POLAND_TAX_IDENTIFICATION_NUMBER (NIP): SHAPE of 10. Source: ustawa z dnia 13 października 1995
 * r. o zasadach ewidencji i identyfikacji podatników. */
enum as_verdict as_check_pl_nip(struct as_value *v)
{
    static const uint8_t weights[9] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    struct body b = body_behind(v, "PL");
    return verdict(b, is_number(b, 10) && sum_selects(b.s, 9, weights, REST_11));
}

/** POLAND_PESEL_NUMBER: SHAPE of 11, YYMMDD with the century in the month. Source: ustawa z dnia 24
 * września 2010 r. o ewidencji ludności, article 15. */
enum as_verdict as_check_pl_pesel(struct as_value *v)
{
    static const uint8_t weights[10] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    static const uint16_t centuries[5] = {1900, 2000, 2100, 2200, 1800};
    const char *s = number_of(v, 11);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned month = two(s + 2);
    bool born = date_ok(centuries[month / 20] + two(s), month % 20, two(s + 4));
    return verdict_of(v, born && sum_selects(s, 10, weights, LESS_10));
}

/** POLAND_COMPANY_REGISTRATION_NUMBER (REGON): SHAPE of 9, or 14 for a local unit. Source:
 * rozporządzenie Rady Ministrów z dnia 30 listopada 2015 r. w sprawie rejestru REGON. */
enum as_verdict as_check_pl_regon(struct as_value *v)
{
    static const uint8_t nine[8] = {8, 9, 2, 3, 4, 5, 6, 7};
    static const uint8_t fourteen[13] = {2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8};
    struct body b = body_of(v);
    if ((!is_number(b, 9) && !is_number(b, 14)) || !sum_selects(b.s, 8, nine, REST_11_0)) {
        return AS_REJECT;
    }
    return verdict(b, b.len == 9 || sum_selects(b.s, 13, fourteen, REST_11_0));
}

/** ROMANIA_NATIONAL_IDENTIFICATION_NUMBER (CNP): SHAPE of 13, sex and century, YYMMDD, county,
 * serial, check digit. Source: Legea 105/1996; OUG 97/2005. */
enum as_verdict as_check_ro_cnp(struct as_value *v)
{
    static const uint8_t weights[12] = {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9};
    const char *s = number_of(v, 13);
    if (s == NULL || s[0] == '0') {
        return AS_REJECT;
    }
    unsigned century = s[0] == '3' || s[0] == '4' ? 1800 : s[0] == '5' || s[0] == '6' ? 2000 : 1900;
    return verdict_of(v, ymd_ok(s + 1, century) && sum_selects(s, 12, weights, "01234567891"));
}

/** ROMANIA_TAX_IDENTIFICATION_NUMBER (CUI, CIF): SHAPE of 2 to 10 digits. Source: Codul de
 * procedură fiscală, article 82; ANAF. */
enum as_verdict as_check_ro_cui(struct as_value *v)
{
    static const uint8_t weights[9] = {7, 5, 3, 2, 1, 7, 5, 3, 2};
    struct body b = body_behind(v, "RO");
    if (b.len < 2 || b.len > 10 || !is_number(b, b.len) || b.s[0] == '0') {
        return AS_REJECT;
    }
    size_t n = b.len - 1;
    return verdict(b, digit(b.s[n]) == weighted(b.s, weights + 9 - n, n) * 10 % 11 % 10);
}

/** ROMANIA_COMPANY_REGISTRATION_NUMBER (ONRC): SHAPE, J, F or C and a county, serial, year. Source:
 * Legea 26/1990; Oficiul Național al Registrului Comerțului. */
enum as_verdict as_check_ro_onrc(struct as_value *v)
{
    struct body b = body_of(v);
    const uint8_t *text = v->text + v->start;
    const uint8_t *slash = memchr(text, '/', v->end - v->start);
    if (slash == NULL || b.len < 7 || strchr("JFC", b.s[0]) == NULL ||
        !all_digits(b.s + 1, b.len - 1) || slash - text < 2 || slash - text > 3) {
        return AS_REJECT;
    }
    uint64_t county = number(b.s + 1, (size_t)(slash - text) - 1);
    uint64_t year = number(b.s + b.len - 4, 4);
    bool known = (county >= 1 && county <= 40) || county == 51 || county == 52;
    return known && year >= 1990 && year < 2100 ? AS_ACCEPT : AS_REJECT;
}

/** SLOVENIA_VAT_NUMBER: SHAPE of 8. Source: Zakon o davčnem postopku; FURS; European Commission,
 * VIES. */
enum as_verdict as_check_si_ddv(struct as_value *v)
{
    static const uint8_t weights[7] = {8, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "SI");
    return verdict(b,
                   is_number(b, 8) && b.s[0] != '0' && sum_selects(b.s, 7, weights, "-0987654321"));
}

/** SLOVENIA_NATIONAL_IDENTIFICATION_NUMBER (EMŠO) and its kin in the states of former Yugoslavia
 * (JMBG): SHAPE of 13, DDMMYYY, region, serial, check digit. Source: Zakon o centralnem registru
 * prebivalstva; Službeni list SFRJ 58/76. */
enum as_verdict as_check_si_emso(struct as_value *v)
{
    static const uint8_t weights[12] = {7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 13);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned year = (unsigned)number(s + 4, 3);
    year += year < 800 ? 2000 : 1000;
    return verdict_of(v,
                      date_ok(year, two(s + 2), two(s)) && sum_selects(s, 12, weights, LESS_11_0));
}

/** SLOVAKIA_VAT_NUMBER (IČ DPH): SHAPE of 10, a birth number or a multiple of 11 whose third digit
 * is 2, 3, 4, 7, 8 or 9. Source: zákon č. 222/2004 Z. z.; European Commission, VIES. */
enum as_verdict as_check_sk_dph(struct as_value *v)
{
    struct body b = body_behind(v, "SK");
    if (!is_number(b, 10)) {
        return AS_REJECT;
    }
    bool company = b.s[0] != '0' && strchr("234789", b.s[2]) != NULL && number(b.s, 10) % 11 == 0;
    return verdict(b, company || birth_number_ok(b));
}
