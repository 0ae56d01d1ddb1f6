/* SPDX-License-Identifier: Apache-2.0
 * National numbers of China, Hong Kong, India, Indonesia, Israel, Japan, South Korea, Malaysia,
 * Pakistan, Singapore, Taiwan, Thailand and Vietnam, beside those in national_world.c. Each rule is
 * the issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/* Provinces by the first two digits of GB/T 2260. */
static bool chinese_province_ok(const char *s)
{
    static const char provinces[] =
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
        "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";
    char province[3] = {s[0], s[1], '\0'};
    return strstr(provinces, province) != NULL;
}

/** CHINA_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 18, place, YYYYMMDD, serial, ISO 7064 MOD 11-2.
 * Source: GB 11643-1999; GB/T 2260. */
enum as_verdict as_check_cn_ric(struct as_value *v)
{
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    struct body b = body_of(v);
    if (b.len != 18 || !all_digits(b.s, 17) || !chinese_province_ok(b.s)) {
        return AS_REJECT;
    }
    unsigned year = (unsigned)number(b.s + 6, 4);
    bool born = year >= 1800 && year < 2100 && date_ok(year, two(b.s + 10), two(b.s + 12));
    return born && sum_selects(b.s, 17, weights, "10X98765432") ? AS_ACCEPT : AS_REJECT;
}

/** CHINA_TAX_IDENTIFICATION_NUMBER (unified social credit code): SHAPE of 18 without I, O, S, V, Z.
 * Source: GB 32100-2015. */
enum as_verdict as_check_cn_uscc(struct as_value *v)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const uint8_t weights[17] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                        29, 25, 13, 8,  24, 10, 30, 28};
    struct body b = body_of(v);
    size_t sum = 0;
    if (b.len != 18 || !all_digits(b.s, 8)) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 17; i++) {
        size_t value = place_in(alphabet, b.s[i]);
        if (value > 30) {
            return AS_REJECT;
        }
        sum += value * weights[i];
    }
    return verdict(b, b.s[17] == alphabet[(31 - sum % 31) % 31]);
}

/* The check character of a Hong Kong card: letters 10 to 35, 36 for a missing first one. */
static char hong_kong_check(const char *s, size_t letters)
{
    static const uint8_t weights[6] = {7, 6, 5, 4, 3, 2};
    unsigned first = letters == 2 ? value_36(s[0]) : 36;
    unsigned sum = first * 9 + value_36(s[letters - 1]) * 8 + weighted(s + letters, weights, 6);
    return "0A987654321"[sum % 11];
}

/** HONG_KONG_NATIONAL_IDENTIFICATION_NUMBER: SHAPE, one or two letters and 6 digits; the check
 * character follows, mostly in parentheses, which are then part of the value. Source: Immigration
 * Department, Registration of Persons Ordinance (Cap. 177). */
enum as_verdict as_check_hk_id(struct as_value *v)
{
    const char *s = v->compact;
    size_t letters = is_upper(s[0]) ? (is_upper(s[1]) ? 2 : 1) : 0;
    size_t len = v->compact_len;
    if (letters == 0 || len < letters + 6 || len > letters + 7 || !all_digits(s + letters, 6)) {
        return AS_REJECT;
    }
    char check = hong_kong_check(s, letters);
    if (len == letters + 7) {
        return s[len - 1] == check ? AS_ACCEPT : AS_REJECT;
    }
    if (byte_after(v, 0) != '(' || to_upper(byte_after(v, 1)) != check || byte_after(v, 2) != ')') {
        return AS_REJECT;
    }
    v->end += 3;
    v->strength = AS_STRENGTH_STRONG;
    return verdict((struct body){s + letters, 6}, true);
}

/** INDONESIA_TAX_IDENTIFICATION_NUMBER (NPWP): SHAPE of 15, the first nine pass Luhn. Source:
 * Direktorat Jenderal Pajak, PER-20/PJ/2013. */
enum as_verdict as_check_id_npwp(struct as_value *v)
{
    const char *s = number_of(v, 15);
    return verdict_of(v, s != NULL && luhn_ok(s, 9, 0));
}

/** INDONESIA_NATIONAL_IDENTIFICATION_NUMBER (NIK): SHAPE of 16, a province (11 to 96), DDMMYY with
 * day + 40 for women, a serial. Source: UU 23/2006; Peraturan Pemerintah 37/2007, article 37. */
enum as_verdict as_check_id_nik(struct as_value *v)
{
    const char *s = number_of(v, 16);
    if (s == NULL || two(s) < 11 || two(s) > 96 || number(s + 12, 4) == 0) {
        return AS_REJECT;
    }
    unsigned day = two(s + 6) > 40 ? two(s + 6) - 40 : two(s + 6);
    return verdict_of(v, date_ok(0, two(s + 8), day));
}

/** ISRAEL_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 9 (8 without the leading 0), Luhn;
 * ISRAEL_COMPANY_REGISTRATION_NUMBER (parameter 1): 9 that begin with 5. Source: Population and
 * Immigration Authority; Registrar of Companies. */
enum as_verdict as_check_il_id(struct as_value *v)
{
    struct body b = body_of(v);
    bool whole = is_number(b, 9) || (v->parameter == 0 && is_number(b, 8));
    return verdict(b, whole && (v->parameter == 0 || b.s[0] == '5') && luhn_ok(b.s, b.len, 0));
}

/** INDIA_VOTER_ID_NUMBER (EPIC): SHAPE, 3 letters and 7 digits that pass Luhn. Source: Election
 * Commission of India, Manual on Electoral Rolls. */
enum as_verdict as_check_in_epic(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 10 || !is_upper(b.s[0]) || !is_upper(b.s[1]) || !is_upper(b.s[2])) {
        return AS_REJECT;
    }
    struct body digits = {b.s + 3, 7};
    return verdict(digits, is_number(digits, 7) && luhn_ok(digits.s, 7, 0));
}

/* Luhn with letters as 10 to 35, modulo 36. */
static bool luhn_36_ok(const char *s, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned value = value_36(s[len - 1 - i]) * (i % 2 == 1 ? 2U : 1U);
        sum += value / 36 + value % 36;
    }
    return sum % 36 == 0;
}

/** INDIA_GST_NUMBER: SHAPE of 15, state, PAN, count, Z, check character. Source: CGST Rules 2017,
 * rule 10; GSTN. */
enum as_verdict as_check_in_gstin(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 15 || !all_digits(b.s, 2) || !all_digits(b.s + 7, 4) || !is_upper(b.s[11]) ||
        b.s[12] == '0' || b.s[13] != 'Z' || strchr("ABCFGHJKLPT", b.s[5]) == NULL) {
        return AS_REJECT;
    }
    for (size_t i = 2; i < 7; i++) {
        if (!is_upper(b.s[i])) {
            return AS_REJECT;
        }
    }
    bool state = (two(b.s) >= 1 && two(b.s) <= 38) || two(b.s) == 97;
    return state && luhn_36_ok(b.s, 15) ? AS_ACCEPT : AS_REJECT;
}

/** JAPAN_COMPANY_REGISTRATION_NUMBER: SHAPE of 13; the first digit is 9 less the rest modulo 9.
 * Source: 法人番号の指定等に関する省令 (平成26年財務省令第70号) 第2条. */
enum as_verdict as_check_jp_cn(struct as_value *v)
{
    static const uint8_t weights[12] = {2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    const char *s = number_of(v, 13);
    return verdict_of(v, s != NULL && digit(s[0]) == 9 - weighted(s + 1, weights, 12) % 9);
}

/** JAPAN_NATIONAL_IDENTIFICATION_NUMBER (My Number): SHAPE of 12. Source: 行政手続における特定の
 * 個人を識別するための番号の利用等に関する法律施行令; 総務省令第85号 第5条. */
enum as_verdict as_check_jp_my(struct as_value *v)
{
    static const uint8_t weights[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 12);
    return verdict_of(v, s != NULL && sum_selects(s, 11, weights, LESS_11_0));
}

/** SOUTH_KOREA_TAX_IDENTIFICATION_NUMBER (business registration number): SHAPE of 10, check digit.
 * Source: 국세청, 사업자등록번호 체계. */
enum as_verdict as_check_kr_brn(struct as_value *v)
{
    static const uint8_t weights[9] = {1, 3, 7, 1, 3, 7, 1, 3, 5};
    const char *s = number_of(v, 10);
    if (s == NULL || number(s, 3) < 101 || two(s + 3) == 0 || number(s + 5, 4) == 0) {
        return AS_REJECT;
    }
    unsigned sum = weighted(s, weights, 9) + digit(s[8]) * 5 / 10;
    return verdict_of(v, s[9] == LESS_10[sum % 10]);
}

/** SOUTH_KOREA_NATIONAL_IDENTIFICATION_NUMBER (resident registration number): SHAPE of 13, YYMMDD,
 * sex and century, place, check digit. Numbers given out since October 2020 are random behind the
 * sex, so births since then have no check digit. Source: 주민등록법 시행규칙 제2조. */
enum as_verdict as_check_kr_rrn(struct as_value *v)
{
    static const uint8_t weights[12] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    const char *s = number_of(v, 13);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned century = strchr("1256", s[6]) != NULL   ? 1900
                       : strchr("3478", s[6]) != NULL ? 2000
                                                      : 1800;
    if (!ymd_ok(s, century)) {
        return AS_REJECT;
    }
    if (two(s + 7) <= 96 && sum_selects(s, 12, weights, "10987654321")) {
        return verdict_of(v, true);
    }
    v->strength = AS_STRENGTH_STRUCTURE;
    return verdict_of(v, century == 2000 && number(s, 4) >= 2010);
}

/** MALAYSIA_NATIONAL_IDENTIFICATION_NUMBER (MyKad): SHAPE of 12, YYMMDD, place of birth, serial.
 * Source: Jabatan Pendaftaran Negara; National Registration Regulations 1990. */
enum as_verdict as_check_my_nric(struct as_value *v)
{
    const char *s = number_of(v, 12);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned place = two(s + 6);
    bool known = (place >= 1 && place <= 16) || (place >= 21 && place <= 93) || place >= 98;
    bool gap =
        place == 65 || place == 69 || place == 70 || place == 73 || place == 80 || place == 81;
    return verdict_of(v, known && !gap && (ymd_ok(s, 1900) || ymd_ok(s, 2000)));
}

/** PAKISTAN_NATIONAL_IDENTIFICATION_NUMBER (CNIC): SHAPE of 13, a province first, sex last. Source:
 * NADRA Ordinance 2000. */
enum as_verdict as_check_pk_cnic(struct as_value *v)
{
    const char *s = number_of(v, 13);
    return verdict_of(v, s != NULL && s[0] >= '1' && s[0] <= '7' && s[12] != '0');
}

/* T05LL1234X: a decade's letter, year, kind of entity. */
static bool singapore_entity_ok(const char *s)
{
    static const char kinds[] = "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD "
                                "MH MM MQ NB NR PA PB PF RF RP SM SS TC TU VH XL";
    static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    static const uint8_t weights[9] = {4, 3, 5, 3, 10, 2, 2, 5, 7};
    char kind[3] = {s[3], s[4], '\0'};
    size_t sum = 0;
    if (strchr("RST", s[0]) == NULL || !all_digits(s + 1, 2) || !all_digits(s + 5, 4) ||
        !is_upper(s[3]) || !is_upper(s[4]) || strstr(kinds, kind) == NULL) {
        return false;
    }
    for (size_t i = 0; i < 9; i++) {
        sum += place_in(alphabet, s[i]) * weights[i];
    }
    return s[9] == alphabet[(sum + 6) % 11];
}

/** SINGAPORE_TAX_IDENTIFICATION_NUMBER (UEN): SHAPE, 8 digits and a letter (businesses), 9 that
 * begin with the year and a letter (companies), or a letter, year, kind, 4 digits and a letter.
 * Source: ACRA, Business Registration (UEN) rules. */
enum as_verdict as_check_sg_uen(struct as_value *v)
{
    static const uint8_t business[8] = {10, 4, 9, 3, 8, 2, 7, 1};
    static const uint8_t company[9] = {10, 8, 6, 4, 9, 7, 5, 3, 1};
    struct body b = body_of(v);
    if (b.len == 9 && all_digits(b.s, 8)) {
        return verdict((struct body){b.s, 8}, sum_selects(b.s, 8, business, "XMKECAWLJDB"));
    }
    if (b.len != 10) {
        return AS_REJECT;
    }
    if (all_digits(b.s, 9)) {
        bool year = number(b.s, 4) >= 1800 && number(b.s, 4) < 2100;
        return verdict((struct body){b.s, 9}, year && sum_selects(b.s, 9, company, "ZKCMDNERGWH"));
    }
    return singapore_entity_ok(b.s) ? AS_ACCEPT : AS_REJECT;
}

/** SINGAPORE_NATIONAL_IDENTIFICATION_NUMBER (NRIC, FIN): SHAPE, S, T (citizens), F, G, M
 * (foreigners), 7 digits, a check letter. Source: Immigration and Checkpoints Authority, National
 * Registration Act 1965. */
enum as_verdict as_check_sg_nric(struct as_value *v)
{
    static const uint8_t weights[7] = {2, 7, 6, 5, 4, 3, 2};
    static const char *const tables[3] = {"JZIHGFEDCBA", "XWUTRQPNMLK", "XWUTRQPNJLK"};
    static const uint8_t offsets[5] = {0, 4, 0, 4, 3};
    static const uint8_t table_of[5] = {0, 0, 1, 1, 2};
    struct body b = body_of(v);
    size_t kind = b.len == 9 ? place_in("STFGM", b.s[0]) : 5;
    if (kind > 4 || !all_digits(b.s + 1, 7)) {
        return AS_REJECT;
    }
    unsigned sum = weighted(b.s + 1, weights, 7) + offsets[kind];
    return verdict((struct body){b.s + 1, 7}, b.s[8] == tables[table_of[kind]][sum % 11]);
}

/** THAILAND_NATIONAL_IDENTIFICATION_NUMBER (parameter 0): SHAPE of 13 that begins with 1 to 8;
 * THAILAND_TAX_IDENTIFICATION_NUMBER (parameter 1): of companies, begins with 0. Source: Department
 * of Provincial Administration; Revenue Department. */
enum as_verdict as_check_th_pin(struct as_value *v)
{
    static const uint8_t weights[12] = {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 13);
    if (s == NULL) {
        return AS_REJECT;
    }
    bool kind = v->parameter == 1 ? s[0] == '0' : s[0] >= '1' && s[0] <= '8';
    return verdict_of(v, kind && sum_selects(s, 12, weights, "10987654321"));
}

/** TAIWAN_TAX_IDENTIFICATION_NUMBER (unified business number): SHAPE of 8; digits of the products
 * add up to a multiple of 5 (10 until 2023), or to one less where the seventh digit is 7. Source:
 * 財政部, 營利事業統一編號檢查碼邏輯修正 (2023). */
enum as_verdict as_check_tw_ubn(struct as_value *v)
{
    static const uint8_t weights[8] = {1, 2, 1, 2, 1, 2, 4, 1};
    const char *s = number_of(v, 8);
    if (s == NULL) {
        return AS_REJECT;
    }
    unsigned sum = crossed(s, weights, 8);
    if (sum % 10 != 0 && !(s[6] == '7' && sum % 10 == 9)) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return verdict_of(v, sum % 5 == 0 || (s[6] == '7' && sum % 5 == 4));
}

/** TAIWAN_NATIONAL_IDENTIFICATION_NUMBER: SHAPE, a letter of the place, 1 or 2 (8 or 9 for
 * residents), 8 digits. Source: 內政部戶政司, 國民身分證統一編號. */
enum as_verdict as_check_tw_id(struct as_value *v)
{
    static const char places[] = "ABCDEFGHJKLMNPQRSTUVXYWZIO"; /* 10, 11, … */
    static const uint8_t weights[9] = {8, 7, 6, 5, 4, 3, 2, 1, 1};
    struct body b = body_of(v);
    if (b.len != 10 || !is_upper(b.s[0]) || !all_digits(b.s + 1, 9) ||
        strchr("1289", b.s[1]) == NULL) {
        return AS_REJECT;
    }
    size_t place = place_in(places, b.s[0]) + 10;
    size_t sum = place / 10 + place % 10 * 9 + weighted(b.s + 1, weights, 9);
    return verdict((struct body){b.s + 1, 9}, sum % 10 == 0);
}

/** VIETNAM_TAX_IDENTIFICATION_NUMBER (MST): SHAPE of 10, or 13 for a branch. Source: Thông tư
 * 105/2020/TT-BTC. */
enum as_verdict as_check_vn_mst(struct as_value *v)
{
    static const uint8_t weights[9] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
    struct body b = body_of(v);
    if ((!is_number(b, 10) && !is_number(b, 13)) || number(b.s + 2, 7) == 0 ||
        (b.len == 13 && number(b.s + 10, 3) == 0)) {
        return AS_REJECT;
    }
    return verdict(b, sum_selects(b.s, 9, weights, "-9876543210"));
}
