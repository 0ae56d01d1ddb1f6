/* SPDX-License-Identifier: Apache-2.0
 * National numbers of Moldova, Montenegro, North Macedonia, Russia, Serbia, Turkey and Ukraine.
 * Each rule is the issuing authority's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/iso7064.h"
#include "detectors/checks/national.h"

/** MOLDOVA_NATIONAL_IDENTIFICATION_NUMBER (IDNP) and MOLDOVA_COMPANY_REGISTRATION_NUMBER (IDNO):
 * SHAPE of 13. Source: Legea 1320/1997; Hotărârea Guvernului 272/2002. */
enum as_verdict as_check_md_idno(struct as_value *v)
{
    static const uint8_t weights[12] = {7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1};
    const char *s = number_of(v, 13);
    return verdict_of(v, s != NULL && sum_selects(s, 12, weights, REST_10));
}

/** MONTENEGRO_TAX_IDENTIFICATION_NUMBER (PIB): SHAPE of 8. Source: Poreska uprava Crne Gore. */
enum as_verdict as_check_me_pib(struct as_value *v)
{
    static const uint8_t weights[7] = {8, 7, 6, 5, 4, 3, 2};
    const char *s = number_of(v, 8);
    return verdict_of(v, s != NULL && sum_selects(s, 7, weights, LESS_11_0));
}

/** NORTH_MACEDONIA_TAX_IDENTIFICATION_NUMBER (EDB): SHAPE of 13. Source: Управа за јавни приходи,
 * Закон за даночна постапка. */
enum as_verdict as_check_mk_edb(struct as_value *v)
{
    static const uint8_t weights[12] = {7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    struct body b = body_behind(v, "MK");
    return verdict(b, is_number(b, 13) && sum_selects(b.s, 12, weights, LESS_11_0));
}

/** RUSSIA_TAX_IDENTIFICATION_NUMBER (INN): SHAPE of 10 (companies) or 12 (persons, two check
 * digits). Source: приказ ФНС России от 26.06.2025 № ЕД-7-14/559@ and those before it. */
enum as_verdict as_check_ru_inn(struct as_value *v)
{
    static const uint8_t weights[11] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    struct body b = body_of(v);
    if (is_number(b, 10)) {
        return verdict(b, sum_selects(b.s, 9, weights + 2, REST_11_0));
    }
    v->strength = AS_STRENGTH_STRONG;
    return verdict(b, is_number(b, 12) && sum_selects(b.s, 10, weights + 1, REST_11_0) &&
                          sum_selects(b.s, 11, weights, REST_11_0));
}

/** RUSSIA_SOCIAL_SECURITY_NUMBER (SNILS): SHAPE of 11; nine digits by 9 to 1, modulo 101, 100
 * counting as 0. Source: постановление Правления ПФР от 13.06.2019 № 335п. */
enum as_verdict as_check_ru_snils(struct as_value *v)
{
    static const uint8_t weights[9] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && number(s, 9) > 1001998 &&
                             weighted(s, weights, 9) % 101 % 100 == number(s + 9, 2));
}

/** SERBIA_TAX_IDENTIFICATION_NUMBER (PIB): SHAPE of 9, ISO/IEC 7064 MOD 11,10. Source: Zakon o
 * poreskom postupku i poreskoj administraciji; Poreska uprava. */
enum as_verdict as_check_rs_pib(struct as_value *v)
{
    const char *s = number_of(v, 9);
    return verdict_of(v, s != NULL && mod11_10_ok(s, 9));
}

/** TURKIYE_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 11 with two check digits. Source: 5490 sayılı
 * Nüfus Hizmetleri Kanunu; Nüfus ve Vatandaşlık İşleri. */
enum as_verdict as_check_tr_kimlik(struct as_value *v)
{
    static const uint8_t first[9] = {3, 1, 3, 1, 3, 1, 3, 1, 3};
    static const uint8_t second[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const char *s = number_of(v, 11);
    return verdict_of(v, s != NULL && s[0] != '0' && sum_selects(s, 9, first, LESS_10) &&
                             sum_selects(s, 10, second, REST_10));
}

/** TURKIYE_TAX_IDENTIFICATION_NUMBER (VKN): SHAPE of 10; each digit plus its place from the right,
 * times a power of two, modulo 9 with 9 for 0. Source: Gelir İdaresi Başkanlığı. */
enum as_verdict as_check_tr_vkn(struct as_value *v)
{
    const char *s = number_of(v, 10);
    unsigned sum = 0;
    if (s == NULL) {
        return AS_REJECT;
    }
    for (unsigned i = 1; i <= 9; i++) {
        unsigned shifted = (digit(s[9 - i]) + i) % 10;
        unsigned rest = (shifted << i) % 9;
        sum += shifted != 0 && rest == 0 ? 9 : rest;
    }
    return verdict_of(v, s[9] == LESS_10[sum % 10]);
}

/** UKRAINE_COMPANY_REGISTRATION_NUMBER (EDRPOU): SHAPE of 8; other weights where the first digit is
 * 3, 4 or 5, and both two higher where the rest is ten. Source: постанова КМУ від 22.01.1996 № 118;
 * Держстат. */
enum as_verdict as_check_ua_edrpou(struct as_value *v)
{
    static const uint8_t weights[2][7] = {{1, 2, 3, 4, 5, 6, 7}, {7, 1, 2, 3, 4, 5, 6}};
    static const uint8_t higher[2][7] = {{3, 4, 5, 6, 7, 8, 9}, {9, 3, 4, 5, 6, 7, 8}};
    const char *s = number_of(v, 8);
    if (s == NULL) {
        return AS_REJECT;
    }
    size_t kind = s[0] >= '3' && s[0] <= '5' ? 1 : 0;
    bool again = weighted(s, weights[kind], 7) % 11 == 10;
    return verdict_of(v, sum_selects(s, 7, again ? higher[kind] : weights[kind], REST_11));
}

/** UKRAINE_TAX_IDENTIFICATION_NUMBER (RNOKPP): SHAPE of 10. Source: наказ Мінфіну від 29.09.2017
 * № 822. */
enum as_verdict as_check_ua_rntrc(struct as_value *v)
{
    static const uint8_t weights[9] = {10, 5, 7, 9, 4, 6, 10, 5, 7};
    const char *s = number_of(v, 10);
    return verdict_of(v, s != NULL && sum_selects(s, 9, weights, REST_11_0));
}
