/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Austria, Belgium, France, Germany, Ireland, Luxembourg, Monaco, the
 * Netherlands, Switzerland and the United Kingdom, beside those in national_eu.c. Each rule is the
 * issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/iso7064.h"
#include "detectors/checks/national.h"

/** AUSTRIA_VAT_NUMBER: SHAPE, U and 8 digits. Source: Bundesministerium für Finanzen,
 * "Konstruktionsregel der Umsatzsteuer-Identifikationsnummer". */
enum as_verdict as_check_at_uid(struct as_value *v)
{
    static const uint8_t weights[7] = {1, 2, 1, 2, 1, 2, 1};
    struct body b = body_behind(v, "AT");
    if (b.len != 9 || b.s[0] != 'U' || !all_digits(b.s + 1, 8)) {
        return AS_REJECT;
    }
    bool right = b.s[8] == LESS_10[(crossed(b.s + 1, weights, 7) + 4) % 10];
    return verdict((struct body){b.s + 1, 8}, right);
}

/** AUSTRIA_TAX_IDENTIFICATION_NUMBER (Abgabenkontonummer): SHAPE of 9, an office's number in front,
 * Luhn. Source: Bundesministerium für Finanzen, Finanzämter and Abgabenkontonummer. */
enum as_verdict as_check_at_tin(struct as_value *v)
{
    static const char offices[] = "03 04 06 07 08 09 10 12 15 16 18 22 23 29 33 38 41 46 51 52 53 "
                                  "54 57 59 61 65 67 68 69 71 72 81 82 83 84 90 91 93 97 98";
    const char *s = number_of(v, 9);
    char office[3] = {0};
    if (s == NULL) {
        return AS_REJECT;
    }
    memcpy(office, s, 2);
    return verdict_of(v, strstr(offices, office) != NULL && luhn_ok(s, 9, 0));
}

/** AUSTRIA_SOCIAL_SECURITY_NUMBER: SHAPE of 10; the fourth digit checks the others, the last six
 * are a birth date, or a month above 12 when the numbers of a day ran out. Source: ASVG § 460d;
 * Dachverband der Sozialversicherungsträger. */
enum as_verdict as_check_at_vnr(struct as_value *v)
{
    static const uint8_t weights[10] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && s[0] != '0' && weighted(s, weights, 10) % 11 == digit(s[3]));
}

/** AUSTRIA_COMPANY_REGISTRATION_NUMBER: SHAPE, up to six digits and a check letter. Source:
 * Firmenbuchgesetz § 30; Bundesministerium für Justiz. */
enum as_verdict as_check_at_fn(struct as_value *v)
{
    static const uint8_t weights[6] = {6, 4, 14, 15, 10, 1};
    struct body b = body_behind(v, "FN");
    if (b.len < 4 || b.len > 7 || !all_digits(b.s, b.len - 1)) {
        return AS_REJECT;
    }
    unsigned sum = weighted(b.s, weights + (7 - b.len), b.len - 1);
    return b.s[b.len - 1] == "ABDFGHIKMPSTVWXYZ"[sum % 17] ? AS_ACCEPT : AS_REJECT;
}

/** BELGIUM_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11, YYMMDD (month + 20 or + 40 for numbers that
 * are not of the national register), serial, 97 less the rest; who was born since 2000 counts with
 * a 2 in front. Source: loi du 8 août 1983; arrêté royal du 3 avril 1984. */
enum as_verdict as_check_be_nn(struct as_value *v)
{
    const char *s = number_of(v, 11);
    if (s == NULL || two(s + 2) % 20 > 12 || two(s + 2) > 52 || two(s + 4) > 31) {
        return AS_REJECT;
    }
    uint64_t serial = number(s, 9);
    uint64_t check = number(s + 9, 2);
    return verdict_of(v, check != 0 && (97 - serial % 97 == check ||
                                        97 - (serial + UINT64_C(2000000000)) % 97 == check));
}

/** BELGIUM_VAT_NUMBER: SHAPE of 10 that begins with 0 or 1 (9 before 2005). Source: Code de droit
 * économique, article III.17; Banque-Carrefour des Entreprises. */
enum as_verdict as_check_be_vat(struct as_value *v)
{
    struct body b = body_behind(v, "BE");
    bool whole = is_number(b, 10) && b.s[0] <= '1';
    if (!whole && !is_number(b, 9)) {
        return AS_REJECT;
    }
    uint64_t n = number(b.s, b.len - 2);
    return verdict(b, n != 0 && (n + number(b.s + b.len - 2, 2)) % 97 == 0);
}

/** SWITZERLAND_SOCIAL_SECURITY_NUMBER: SHAPE of 13 in 756, check digit of EAN-13. Source: AHVG
 * Art. 50c; Zentrale Ausgleichsstelle. */
enum as_verdict as_check_ch_ahv(struct as_value *v)
{
    static const uint8_t weights[12] = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3};
    const char *s = number_of(v, 13);
    return verdict_of(v, s != NULL && memcmp(s, "756", 3) == 0 &&
                             sum_selects(s, 12, weights, LESS_10));
}

/** SWITZERLAND_BUSINESS_ID and SWITZERLAND_VAT_NUMBER: SHAPE, CHE, 9 digits, and the word for
 * value-added tax in a language of the country where the definition's parameter is 1. Source:
 * UIDG (SR 431.03); Bundesamt für Statistik. */
enum as_verdict as_check_ch_uid(struct as_value *v)
{
    static const uint8_t weights[8] = {5, 4, 3, 2, 7, 6, 5, 4};
    struct body b = body_of(v);
    if (b.len < 12 || memcmp(b.s, "CHE", 3) != 0 || !all_digits(b.s + 3, 9)) {
        return AS_REJECT;
    }
    const char *tax = b.s + 12;
    bool taxed = strcmp(tax, "MWST") == 0 || strcmp(tax, "TVA") == 0 || strcmp(tax, "IVA") == 0 ||
                 strcmp(tax, "TPV") == 0;
    bool whole = v->parameter == 1 ? taxed : *tax == '\0';
    return verdict((struct body){b.s + 3, 9}, whole && sum_selects(b.s + 3, 8, weights, LESS_11));
}

/** GERMANY_VAT_NUMBER: SHAPE of 9, ISO/IEC 7064 MOD 11,10. Source: § 27a UStG;
 * Bundeszentralamt für Steuern. */
enum as_verdict as_check_de_vat(struct as_value *v)
{
    struct body b = body_behind(v, "DE");
    return verdict(b, is_number(b, 9) && b.s[0] != '0' && mod11_10_ok(b.s, 9));
}

/** GERMANY_REGIONAL_TAX_IDENTIFICATION_NUMBER (Steuernummer): SHAPE of 10 or 11 digits as a Land
 * writes it, or of 13 with the Land's digits in front and a 0 in fifth place. The check digits
 * differ by Land and are not looked at. Source: Bundesministerium der Finanzen,
 * ELSTER "Prüfung der Steuernummer". */
enum as_verdict as_check_de_stnr(struct as_value *v)
{
    static const char lands[] = "10 11 21 22 23 24 26 27 28 30 31 32 40 41";
    struct body b = body_of(v);
    if (is_number(b, 10) || is_number(b, 11)) {
        return verdict(b, true);
    }
    if (!is_number(b, 13) || b.s[4] != '0') {
        return AS_REJECT;
    }
    char land[3] = {b.s[0], b.s[1], '\0'};
    return verdict(b, b.s[0] == '9' || b.s[0] == '5' || strstr(lands, land) != NULL);
}

/** GERMANY_COMPANY_REGISTRATION_NUMBER: SHAPE, a register's letters and up to six digits. Source:
 * Handelsregisterverordnung § 3; Genossenschaftsregisterverordnung. */
enum as_verdict as_check_de_register(struct as_value *v)
{
    struct body b = body_of(v);
    bool known = b.len > 5 && (memcmp(b.s, "HRA", 3) == 0 || memcmp(b.s, "HRB", 3) == 0 ||
                               memcmp(b.s, "GNR", 3) == 0);
    return known && b.s[3] != '0' && all_digits(b.s + 3, b.len - 3) ? AS_ACCEPT : AS_REJECT;
}

static bool siren_ok(const char *s)
{
    return luhn_ok(s, 9, 0);
}

/** FRANCE_COMPANY_REGISTRATION_NUMBER: SHAPE of 9 (SIREN) or 14 (SIRET), Luhn; establishments of La
 * Poste count the sum of their digits. Source: INSEE, Code de commerce R123-220 and -221. */
enum as_verdict as_check_fr_siren(struct as_value *v)
{
    struct body b = body_of(v);
    if (is_number(b, 9)) {
        return verdict(b, siren_ok(b.s));
    }
    if (!is_number(b, 14) || !siren_ok(b.s)) {
        return AS_REJECT;
    }
    static const uint8_t ones[14] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    bool post = memcmp(b.s, "356000000", 9) == 0 && memcmp(b.s + 9, "00048", 5) != 0;
    return verdict(b, post ? weighted(b.s, ones, 14) % 5 == 0 : luhn_ok(b.s, 14, 0));
}

/* The two characters before a SIREN: digits are its key modulo 97; with letters among them, both
 * are read as one number of base 24 or 34 that must agree modulo 11. */
static bool french_key_ok(const char *s)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    size_t first = place_in(alphabet, s[0]);
    size_t second = place_in(alphabet, s[1]);
    uint64_t siren = number(s + 2, 9);
    if (first > 33 || second > 33) {
        return false;
    }
    if (first < 10 && second < 10) {
        return first * 10 + second == (siren * 100 + 12) % 97;
    }
    size_t check = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100;
    return (siren + 1 + check / 11) % 11 == check % 11;
}

/** FRANCE_VAT_NUMBER: SHAPE of 11, a key and a SIREN; MONACO_VAT_NUMBER (parameter 1): 000 in its
 * place. Source: CGI, article 286 ter; annexe 3, article 242 decies; European Commission, VIES. */
enum as_verdict as_check_fr_tva(struct as_value *v)
{
    struct body b = body_behind(v, "FR");
    if (b.len != 11 || !all_digits(b.s + 2, 9)) {
        return AS_REJECT;
    }
    bool monaco = memcmp(b.s + 2, "000", 3) == 0;
    bool right = monaco == (v->parameter == 1) && (monaco || siren_ok(b.s + 2));
    return verdict(b, right && french_key_ok(b.s));
}

/** UK_VAT_NUMBER: SHAPE of 9, or 12 for a branch; since 2010 numbers from 100 on may be 55 off
 * modulo 97. Source: HMRC, VAT registration manual; "VAT number algorithm". */
enum as_verdict as_check_gb_vat(struct as_value *v)
{
    static const uint8_t weights[9] = {8, 7, 6, 5, 4, 3, 2, 10, 1};
    bool northern = v->compact[0] == 'X';
    struct body b = body_behind(v, northern ? "XI" : "GB");
    if (!is_number(b, 9) && !is_number(b, 12)) {
        return AS_REJECT;
    }
    unsigned rest = weighted(b.s, weights, 9) % 97;
    return verdict(b, rest == 0 || (b.s[0] != '0' && (rest == 42 || rest == 55)));
}

/** UK_UNIQUE_PUPIL_NUMBER: SHAPE, a check letter, an authority's number (201 to 938), digits, the
 * last may be a letter for temporary ones. Source: Department for Education, "Unique pupil numbers:
 * guide for schools and local authorities". */
enum as_verdict as_check_gb_upn(struct as_value *v)
{
    static const char alphabet[] = "ABCDEFGHJKLMNPQRTUVWXYZ0123456789";
    struct body b = body_of(v);
    if (b.len != 13 || !all_digits(b.s + 1, 11)) {
        return AS_REJECT;
    }
    uint64_t authority = number(b.s + 1, 3);
    size_t sum = 0;
    for (size_t i = 1; i < 13; i++) {
        size_t value = place_in(alphabet, b.s[i]);
        if (value > 32) {
            return AS_REJECT;
        }
        sum += value * (i + 1);
    }
    bool right = authority >= 201 && authority <= 938 && b.s[0] == alphabet[sum % 23];
    return right ? AS_ACCEPT : AS_REJECT;
}

/* Seven digits by weights 8 to 2, a letter behind them by 9, modulo 23. */
static char irish_letter(const char *digits, char behind)
{
    static const uint8_t weights[7] = {8, 7, 6, 5, 4, 3, 2};
    static const char letters[] = "WABCDEFGHIJKLMNOPQRSTUV";
    size_t extra = behind == '\0' ? 0 : place_in(letters, behind);
    return letters[(weighted(digits, weights, 7) + 9 * extra) % 23];
}

/** IRELAND_NATIONAL_IDENTIFICATION_NUMBER (PPS): SHAPE, 7 digits, a check letter, and A, H, W, T
 * or X; of these only A and H count. Source: Department of Social Protection; Social Welfare
 * Consolidation Act 2005, section 262. */
enum as_verdict as_check_ie_pps(struct as_value *v)
{
    struct body b = body_of(v);
    if ((b.len != 8 && b.len != 9) || !all_digits(b.s, 7) ||
        (b.len == 9 && strchr("AHWTX", b.s[8]) == NULL)) {
        return AS_REJECT;
    }
    char behind = b.len == 9 && (b.s[8] == 'A' || b.s[8] == 'H') ? b.s[8] : '\0';
    return verdict((struct body){b.s, 7}, b.s[7] == irish_letter(b.s, behind));
}

/** IRELAND_VAT_NUMBER: SHAPE, 7 digits and one or two letters; in numbers before 1994 the second is
 * a letter. Source: Revenue Commissioners; European Commission, VIES. */
enum as_verdict as_check_ie_vat(struct as_value *v)
{
    struct body b = body_behind(v, "IE");
    if ((b.len != 8 && b.len != 9) || !is_digit(b.s[0]) || !all_digits(b.s + 2, 5) ||
        !is_upper(b.s[7]) || (b.len == 9 && (!is_upper(b.s[8]) || b.s[8] > 'W'))) {
        return AS_REJECT;
    }
    char n[7];
    memcpy(n, b.s, 7);
    if (is_upper(n[1])) {
        n[0] = '0';
        memcpy(n + 1, b.s + 2, 5);
        n[6] = b.s[0];
        return b.s[7] == irish_letter(n, '\0') ? AS_ACCEPT : AS_REJECT;
    }
    bool right = is_digit(n[1]) && b.s[7] == irish_letter(n, b.len == 9 ? b.s[8] : '\0');
    return right ? AS_ACCEPT : AS_REJECT;
}

/** LUXEMBOURG_VAT_NUMBER: SHAPE of 8, the last two being the rest modulo 89. Source:
 * Administration de l'enregistrement et des domaines; European Commission, VIES. */
enum as_verdict as_check_lu_tva(struct as_value *v)
{
    struct body b = body_behind(v, "LU");
    return verdict(b, is_number(b, 8) && number(b.s, 6) % 89 == number(b.s + 6, 2));
}

/* The "elfproef": weights 9 to 2, less the last digit, modulo 11. */
static unsigned eleven_test(const char *s)
{
    static const uint8_t weights[9] = {9, 8, 7, 6, 5, 4, 3, 2, 10};
    return weighted(s, weights, 9) % 11;
}

/** NETHERLANDS_CITIZEN_SERVICE_NUMBER (parameter 0): SHAPE of 9 that passes the eleven test;
 * NETHERLANDS_EDUCATION_NUMBER (parameter 1): begins with 10 and leaves 5. Source: Wet algemene
 * bepalingen burgerservicenummer; Regeling eigenschappen burgerservicenummer; DUO. */
enum as_verdict as_check_nl_bsn(struct as_value *v)
{
    const char *s = number_of(v, 9);
    if (s == NULL) {
        return AS_REJECT;
    }
    bool taught = memcmp(s, "10", 2) == 0 && eleven_test(s) == 5;
    return verdict_of(v, v->parameter == 1 ? taught : eleven_test(s) == 0);
}

/** NETHERLANDS_VAT_NUMBER: SHAPE, 9 digits, B, 2 digits; the nine pass the eleven test, or, since
 * 2020, the whole with NL is 1 modulo 97. Source: Belastingdienst, btw-identificatienummer. */
enum as_verdict as_check_nl_btw(struct as_value *v)
{
    struct body b = body_behind(v, "NL");
    if (b.len != 12 || !all_digits(b.s, 9) || b.s[9] != 'B' || !all_digits(b.s + 10, 2) ||
        number(b.s, 9) == 0 || number(b.s + 10, 2) == 0) {
        return AS_REJECT;
    }
    bool right = eleven_test(b.s) == 0 || mod_97(b.s, 12, 2321) == 1; /* NL reads 23, 21 */
    return verdict(b, right);
}
