/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Argentina, Canada, Costa Rica, Cuba, the Dominican Republic, Ecuador, El
 * Salvador, Guatemala, Paraguay, Peru, the United States, Uruguay and Venezuela, beside those in
 * national_us.c and national_world.c.
 * Each rule is the issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** ARGENTINA_BANK_ACCOUNT_NUMBER (CBU, CVU): SHAPE of 22, a check digit for bank and branch and one
 * for the account. Source: BCRA, Comunicación A 2559 and A 6510. */
enum as_verdict as_check_ar_cbu(struct as_value *v)
{
    static const uint8_t weights[13] = {3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3};
    const char *s = number_of(v, 22);
    return verdict_of(v, s != NULL && sum_selects(s, 7, weights + 2, LESS_10) &&
                             sum_selects(s + 8, 13, weights, LESS_10));
}

/** CANADA_BUSINESS_NUMBER: SHAPE of 9, Luhn, and a programme's letters and four digits. Source:
 * Canada Revenue Agency, "Business number". */
enum as_verdict as_check_ca_bn(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len == 15) {
        bool known = memcmp(b.s + 9, "RC", 2) == 0 || memcmp(b.s + 9, "RM", 2) == 0 ||
                     memcmp(b.s + 9, "RP", 2) == 0 || memcmp(b.s + 9, "RT", 2) == 0;
        if (!known || !all_digits(b.s + 11, 4)) {
            return AS_REJECT;
        }
        v->strength = AS_STRENGTH_STRONG;
        b.len = 9;
    }
    return verdict(b, is_number(b, 9) && luhn_ok(b.s, 9, 0));
}

/** COSTA_RICA_NATIONAL_IDENTIFICATION_NUMBER (cédula de persona física): SHAPE of 9 that begins
 * with the province, 1 to 9, or of 10 with a 0 in front. Source: Tribunal Supremo de Elecciones;
 * Ministerio de Hacienda, resolución DGT-R-48-2016. */
enum as_verdict as_check_cr_cpf(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len == 10 && b.s[0] == '0') {
        b.s++;
        b.len--;
    }
    return verdict(b, is_number(b, 9) && b.s[0] != '0');
}

/** COSTA_RICA_TAX_IDENTIFICATION_NUMBER (cédula jurídica): SHAPE of 10, class and kind of the legal
 * person. Source: Registro Nacional; Ministerio de Hacienda, resolución DGT-R-48-2016. */
enum as_verdict as_check_cr_cpj(struct as_value *v)
{
    const char *s = number_of(v, 10);
    if (s == NULL) {
        return AS_REJECT;
    }
    uint64_t kind = number(s + 1, 3);
    bool two_ok = s[0] == '2' && kind % 100 == 0 && kind >= 100 && kind <= 400;
    bool three_ok = s[0] == '3' && ((kind >= 2 && kind <= 14) || (kind >= 101 && kind <= 110));
    bool rest_ok = (s[0] == '4' && kind == 0) || (s[0] == '5' && kind == 1);
    return verdict_of(v, two_ok || three_ok || rest_ok);
}

/** COSTA_RICA_FOREIGNER_NUMBER (cédula de residencia, DIMEX): SHAPE of 11 or 12 that begins with 1.
 * Source: Dirección General de Migración y Extranjería. */
enum as_verdict as_check_cr_cr(struct as_value *v)
{
    struct body b = body_of(v);
    return verdict(b, (is_number(b, 11) || is_number(b, 12)) && b.s[0] == '1');
}

/** CUBA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11, YYMMDD, a digit of the century. Source: Ley
 * 1234/1971; Ministerio del Interior, carné de identidad. */
enum as_verdict as_check_cu_ni(struct as_value *v)
{
    const char *s = number_of(v, 11);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned century = s[6] == '9' ? 1800 : s[6] <= '5' ? 1900 : 2000;
    return verdict_of(v, ymd_ok(s, century));
}

/** DOMINICAN_REPUBLIC_NATIONAL_IDENTIFICATION_NUMBER (cédula): SHAPE of 11, Luhn. Some hundred old
 * cards break the rule and are not found. Source: Junta Central Electoral, Ley 6125. */
enum as_verdict as_check_do_cedula(struct as_value *v)
{
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && luhn_ok(s, 11, 0));
}

/** DOMINICAN_REPUBLIC_TAX_IDENTIFICATION_NUMBER (RNC): SHAPE of 9. Source: Dirección General de
 * Impuestos Internos, Ley 11-92. */
enum as_verdict as_check_do_rnc(struct as_value *v)
{
    static const uint8_t weights[8] = {7, 9, 8, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 9);
    return verdict_of(v, s != NULL && sum_selects(s, 8, weights, "21987654321"));
}

static bool ecuadorian_province_ok(const char *s)
{
    unsigned province = two(s);
    return (province >= 1 && province <= 24) || province == 30 || province == 50;
}

static bool ecuadorian_person_ok(const char *s)
{
    return ecuadorian_province_ok(s) && s[2] <= '6' && luhn_ok(s, 10, 0);
}

/** ECUADOR_NATIONAL_IDENTIFICATION_NUMBER (cédula): SHAPE of 10, province, Luhn. Source: Registro
 * Civil; Ley Orgánica de Gestión de la Identidad. */
enum as_verdict as_check_ec_ci(struct as_value *v)
{
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && ecuadorian_person_ok(s));
}

/** ECUADOR_TAX_IDENTIFICATION_NUMBER (RUC): SHAPE of 13; the third digit tells persons (0 to 5),
 * public bodies (6) and companies (9) apart. Source: Servicio de Rentas Internas, Ley del RUC. */
enum as_verdict as_check_ec_ruc(struct as_value *v)
{
    static const uint8_t public_body[9] = {3, 2, 7, 6, 5, 4, 3, 2, 1};
    static const uint8_t company[10] = {4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    const char *s = number_of(v, 13);
    if (s == NULL || !ecuadorian_province_ok(s)) {
        return AS_REJECT;
    }
    bool numbered = number(s + 10, 3) != 0;
    bool person = numbered && ecuadorian_person_ok(s);
    bool body = s[2] == '6' && number(s + 9, 4) != 0 && weighted(s, public_body, 9) % 11 == 0;
    bool firm = s[2] == '9' && numbered && weighted(s, company, 10) % 11 == 0;
    return verdict_of(v, person || body || firm);
}

/** GUATEMALA_TAX_IDENTIFICATION_NUMBER (NIT): SHAPE, digits and a check digit or K. Source:
 * Superintendencia de Administración Tributaria. */
enum as_verdict as_check_gt_nit(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len < 3 || b.len > 12 || !all_digits(b.s, b.len - 1)) {
        return AS_REJECT;
    }
    size_t sum = 0;
    for (size_t i = 0; i + 1 < b.len; i++) {
        sum += digit(b.s[i]) * (b.len - i);
    }
    return verdict(b, b.s[b.len - 1] == "0K987654321"[sum % 11]);
}

/** PERU_NATIONAL_IDENTIFICATION_NUMBER (CUI on the DNI): SHAPE of 8 digits, with a check digit or
 * letter behind them, which then counts. Source: RENIEC, Ley 26497. */
enum as_verdict as_check_pe_cui(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_of(v);
    if (is_number(b, 8)) {
        return verdict(b, true);
    }
    if (b.len != 9 || !all_digits(b.s, 8)) {
        return AS_REJECT;
    }
    v->strength = AS_STRENGTH_DIGIT;
    return verdict(b, sum_selects(b.s, 8, weights, "65432110987") ||
                          sum_selects(b.s, 8, weights, "KJIHGFEDCBA"));
}

/** PERU_TAX_IDENTIFICATION_NUMBER (RUC): SHAPE of 11 that begins with 10, 15, 17 or 20. Source:
 * SUNAT, resolución 210-2004. */
enum as_verdict as_check_pe_ruc(struct as_value *v)
{
    static const uint8_t weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 11);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned kind = two(s);
    bool known = kind == 10 || kind == 15 || kind == 17 || kind == 20;
    return verdict_of(v, known && sum_selects(s, 10, weights, "10987654321"));
}

/** PARAGUAY_TAX_IDENTIFICATION_NUMBER (RUC): SHAPE of up to 8 digits and a check digit. Source:
 * Subsecretaría de Estado de Tributación, Ley 1352/88. */
enum as_verdict as_check_py_ruc(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len < 5 || b.len > 9 || !is_number(b, b.len)) {
        return AS_REJECT;
    }
    size_t sum = 0;
    for (size_t i = 0; i + 1 < b.len; i++) {
        sum += digit(b.s[i]) * (b.len - i);
    }
    return verdict(b, b.s[b.len - 1] == LESS_11_0[sum % 11]);
}

/** EL_SALVADOR_TAX_IDENTIFICATION_NUMBER (NIT): SHAPE of 14, place, DDMMYY, serial, check digit;
 * the rule changed with the serials above 100. Source: Ministerio de Hacienda, Ley del Registro y
 * Control Especial de Contribuyentes. */
enum as_verdict as_check_sv_nit(struct as_value *v)
{
    static const uint8_t old[13] = {14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    static const uint8_t new[13] = {2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 14);
    if (s == NULL || strchr("019", s[0]) == NULL) {
        return AS_REJECT;
    }
    bool is_old = number(s + 10, 3) <= 100;
    return verdict_of(v, is_old ? sum_selects(s, 13, old, REST_11_0)
                                : sum_selects(s, 13, new, LESS_11_0));
}

/** URUGUAY_TAX_IDENTIFICATION_NUMBER (RUT): SHAPE of 12, office, serial, 001, check digit. Source:
 * Dirección General Impositiva, decreto 597/988. */
enum as_verdict as_check_uy_rut(struct as_value *v)
{
    static const uint8_t weights[11] = {4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 12);
    if (s == NULL || two(s) < 1 || two(s) > 21 || number(s + 2, 6) == 0) {
        return AS_REJECT;
    }
    return verdict_of(v, number(s + 8, 3) == 1 && sum_selects(s, 11, weights, LESS_11));
}

/** VENEZUELA_TAX_IDENTIFICATION_NUMBER (RIF): SHAPE, a letter of the holder's kind and 9 digits.
 * Source: SENIAT, providencia SNAT/2013/0048. */
enum as_verdict as_check_ve_rif(struct as_value *v)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_of(v);
    size_t kind = b.len == 10 ? place_in("VEJPG", b.s[0]) : 5;
    if (kind > 4 || !all_digits(b.s + 1, 9)) {
        return AS_REJECT;
    }
    size_t sum = (kind + 1) * 4 + weighted(b.s + 1, weights, 8);
    return verdict((struct body){b.s + 1, 9}, b.s[9] == LESS_11_0[sum % 11]);
}

/** USA_ADOPTION_TAX_IDENTIFICATION_NUMBER: SHAPE of 9 that begins with 9, with 93 in the middle.
 * Source: Internal Revenue Service, Form W-7A; Publication 1281. */
enum as_verdict as_check_us_atin(struct as_value *v)
{
    const char *s = number_of(v, 9);
    return verdict_of(v, s != NULL && s[0] == '9' && memcmp(s + 3, "93", 2) == 0);
}

/** USA_EMPLOYER_IDENTIFICATION_NUMBER: SHAPE of 9 that begins with the number of a campus. Source:
 * Internal Revenue Service, "How EINs are assigned and valid EIN prefixes". */
enum as_verdict as_check_us_ein(struct as_value *v)
{
    static const char unused[] = "00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97";
    const char *s = number_of(v, 9);
    if (s == NULL) {
        return AS_REJECT;
    }
    char campus[3] = {s[0], s[1], '\0'};
    return verdict_of(v, strstr(unused, campus) == NULL);
}

/** USA_PREPARER_TAX_IDENTIFICATION_NUMBER: SHAPE, P and 8 digits. Source: Internal Revenue Service,
 * 26 CFR 1.6109-2. */
enum as_verdict as_check_us_ptin(struct as_value *v)
{
    struct body b = body_of(v);
    bool right = b.len == 9 && b.s[0] == 'P' && all_digits(b.s + 1, 8);
    return right ? verdict((struct body){b.s + 1, 8}, true) : AS_REJECT;
}

/** USA_BANK_ROUTING_NUMBER: SHAPE of 9, weights 3, 7, 1; the first two digits are a Federal Reserve
 * district (01 to 12, thrifts + 20, electronic + 60), 00 or 80. Source: American Bankers
 * Association, ABA Routing Number Policy; 12 CFR 229 appendix A. */
enum as_verdict as_check_us_rtn(struct as_value *v)
{
    static const uint8_t weights[8] = {7, 3, 9, 7, 3, 9, 7, 3};
    const char *s = number_of(v, 9);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned district = two(s);
    bool known = district <= 12 || (district >= 21 && district <= 32) ||
                 (district >= 61 && district <= 72) || district == 80;
    return verdict_of(v, known && number(s, 8) != 0 && sum_selects(s, 8, weights, REST_10));
}
