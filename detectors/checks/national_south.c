/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Andorra, Cyprus, Greece, Italy, Malta, Portugal and Spain, beside those in
 * national_eu.c. Each rule is the issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** ANDORRA_TAX_IDENTIFICATION_NUMBER (NRT): SHAPE, a letter of the holder's kind, 6 digits, a
 * control letter whose rule is not public. Residents (F) stay below 700000, companies (A, L) are
 * in the 700000s. Source: OECD, "Tax identification numbers: Andorra". */
enum as_verdict as_check_ad_nrt(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 8 || strchr("ACDEFGLOPU", b.s[0]) == NULL || !all_digits(b.s + 1, 6) ||
        !is_upper(b.s[7])) {
        return AS_REJECT;
    }
    uint64_t n = number(b.s + 1, 6);
    bool company = b.s[0] == 'A' || b.s[0] == 'L';
    bool right = company ? n > 699999 && n < 800000 : b.s[0] != 'F' || n <= 699999;
    return verdict((struct body){b.s + 1, 6}, right);
}

/** CYPRUS_VAT_NUMBER: SHAPE, 8 digits and a check letter. Source: Tax Department; European
 * Commission, VIES. */
enum as_verdict as_check_cy_vat(struct as_value *v)
{
    static const uint8_t odd[10] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
    struct body b = body_behind(v, "CY");
    if (b.len != 9 || !all_digits(b.s, 8) || memcmp(b.s, "12", 2) == 0) {
        return AS_REJECT;
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++) {
        sum += i % 2 == 0 ? odd[digit(b.s[i])] : digit(b.s[i]);
    }
    return verdict((struct body){b.s, 8}, b.s[8] == (char)('A' + sum % 26));
}

/* Weights 1, 2, 4, … 512 modulo 11; rests 0 and 1 stay. */
static bool spanish_account_ok(const char *ten, char check)
{
    static const uint8_t weights[10] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    return check == "01987654321"[weighted(ten, weights, 10) % 11];
}

/** SPAIN_DOMESTIC_BANK_ACCOUNT_NUMBER (CCC): SHAPE of 20; the ninth digit checks bank and branch,
 * the tenth the account. Source: Banco de España, Circular 2/1990. */
enum as_verdict as_check_es_ccc(struct as_value *v)
{
    const char *s = number_of(v, 20);
    char bank[10] = {'0', '0'};
    if (s == NULL) {
        return AS_REJECT;
    }
    memcpy(bank + 2, s, 8);
    return verdict_of(v, spanish_account_ok(bank, s[8]) && spanish_account_ok(s + 10, s[9]));
}

/** SPAIN_SUPPLY_POINT_CODE (CUPS): SHAPE, ES, 16 digits, two check letters, and a digit and a
 * letter where a point has several. Source: Ministerio de Industria, Resolución de 15 de marzo de
 * 2002; REE P.O. 10.8. */
enum as_verdict as_check_es_cups(struct as_value *v)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    struct body b = body_of(v);
    if ((b.len != 20 && b.len != 22) || memcmp(b.s, "ES", 2) != 0 || !all_digits(b.s + 2, 16) ||
        (b.len == 22 && (!is_digit(b.s[20]) || strchr("FPRCXYZ", b.s[21]) == NULL))) {
        return AS_REJECT;
    }
    uint64_t rest = number(b.s + 2, 16) % 529;
    bool right = b.s[18] == letters[rest / 23] && b.s[19] == letters[rest % 23];
    return verdict((struct body){b.s + 2, 16}, right);
}

/* Seven characters and the four of the building's part; Ñ stands after N in the alphabet. */
static char cadastral_letter(const char *seven, const char *four)
{
    static const uint8_t weights[11] = {13, 15, 12, 5, 4, 17, 9, 21, 3, 7, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < 11; i++) {
        char c = i < 7 ? seven[i] : four[i - 7];
        unsigned value = is_digit(c) ? digit(c) : (unsigned)(c - 'A') + (c > 'N' ? 2U : 1U);
        sum += value * weights[i];
    }
    return "MQWERTYUIOPASDFGHJKLBZX"[sum % 23];
}

/** SPAIN_CADASTRAL_REFERENCE: SHAPE of 20, two check letters. Source: Dirección General del
 * Catastro, Real Decreto Legislativo 1/2004, article 6. */
enum as_verdict as_check_es_catastro(struct as_value *v)
{
    struct body b = body_of(v);
    size_t digits = 0;
    if (b.len != 20) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 20; i++) {
        digits += is_digit(b.s[i]) ? 1 : 0;
    }
    bool right = b.s[18] == cadastral_letter(b.s, b.s + 14) &&
                 b.s[19] == cadastral_letter(b.s + 7, b.s + 14);
    return right && digits >= 5 ? AS_ACCEPT : AS_REJECT;
}

/** GREECE_SOCIAL_SECURITY_NUMBER (AMKA): SHAPE of 11, DDMMYY and Luhn. Source: Law 3655/2008,
 * article 153; IDIKA. */
enum as_verdict as_check_gr_amka(struct as_value *v)
{
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && (dmy_ok(s, 1900) || dmy_ok(s, 2000)) && luhn_ok(s, 11, 0));
}

/** GREECE_TAX_IDENTIFICATION_NUMBER (AFM): SHAPE of 9, powers of two modulo 11. Source: AADE; POL.
 * 1282/1995; European Commission, VIES. */
enum as_verdict as_check_gr_afm(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 7, 9, 10, 5, 8, 4, 2}; /* 256, 128, … 2 modulo 11 */
    bool greek = v->compact[0] == 'G';
    struct body b = body_behind(v, greek ? "GR" : "EL");
    return verdict(b, is_number(b, 9) && sum_selects(b.s, 8, weights, REST_11_0));
}

/** ITALY_VAT_NUMBER (partita IVA): SHAPE of 11, Luhn; digits 8 to 10 are the issuing office.
 * Source: D.P.R. 633/1972, article 35; Agenzia delle Entrate. */
enum as_verdict as_check_it_iva(struct as_value *v)
{
    struct body b = body_behind(v, "IT");
    if (!is_number(b, 11) || number(b.s, 7) == 0) {
        return AS_REJECT;
    }
    uint64_t office = number(b.s + 7, 3);
    bool known = (office >= 1 && office <= 100) || office == 120 || office == 121 ||
                 office == 888 || office == 999;
    return verdict(b, known && luhn_ok(b.s, 11, 0));
}

/** MALTA_VAT_NUMBER: SHAPE of 8, the last two fill up to a multiple of 37. Source: Commissioner for
 * Revenue; European Commission, VIES. */
enum as_verdict as_check_mt_vat(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 4, 6, 7, 8, 9, 10, 1};
    struct body b = body_behind(v, "MT");
    return verdict(b, is_number(b, 8) && b.s[0] != '0' && weighted(b.s, weights, 8) % 37 == 0);
}

/** PORTUGAL_NATIONAL_IDENTIFICATION_NUMBER (cartão de cidadão): SHAPE, 9 digits, two characters of
 * the card's version, a check digit; Luhn with letters as 10 to 35. Source: Lei 7/2007; AMA,
 * "Validação de Número de Documento do Cartão de Cidadão". */
enum as_verdict as_check_pt_cc(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 12 || !all_digits(b.s, 9) || !is_digit(b.s[11])) {
        return AS_REJECT;
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 12; i++) {
        unsigned value = value_36(b.s[i]) * (i % 2 == 0 ? 2U : 1U);
        sum += i % 2 == 0 && value > 9 ? value - 9 : value;
    }
    return verdict(b, sum % 10 == 0);
}

/** PORTUGAL_NIF_NUMBER: SHAPE of 9. Source: Decreto-Lei 14/2013; Autoridade Tributária. */
enum as_verdict as_check_pt_nif(struct as_value *v)
{
    static const uint8_t weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "PT");
    return verdict(b, is_number(b, 9) && b.s[0] != '0' && sum_selects(b.s, 8, weights, LESS_11_0));
}
