/* SPDX-License-Identifier: Apache-2.0
 * Passport numbers: one check, `passport`, with the country as its parameter. The number itself has
 * no check digit (the machine-readable zone adds one); only Germany's characters say more than the
 * definition's shape. */
#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"
#include "detectors/checks/national.h"

/* Germany: nine characters without vowels and look-alikes, the first of them the authority's; a
 * tenth is the check digit of ICAO Doc 9303 part 3, weights 7, 3, 1. Source: Passverordnung, annex;
 * Bundesministerium des Innern, Seriennummer. */
static bool german_ok(struct as_value *v)
{
    static const char alphabet[] = "0123456789CFGHJKLMNPRTVWXYZ";
    static const uint8_t weights[3] = {7, 3, 1};
    const char *s = v->compact;
    unsigned sum = 0;
    size_t digits = 0;
    if (strchr("CFGHJK", s[0]) == NULL || v->compact_len < 9) {
        return false;
    }
    for (size_t i = 0; i < 9; i++) {
        if (strchr(alphabet, s[i]) == NULL) {
            return false;
        }
        sum += value_36(s[i]) * weights[i % 3];
        digits += is_digit(s[i]) ? 1 : 0;
    }
    v->strength = v->compact_len == 10 ? AS_STRENGTH_DIGIT : AS_STRENGTH_STRUCTURE;
    bool telling = digits < 8 || v->compact_len == 10 || as_country_named(v);
    return digits >= 2 && telling &&
           (v->compact_len == 9 || (is_digit(s[9]) && digit(s[9]) == sum % 10));
}

/** A country's passport: SHAPE, `parameter` the country. "NID-528502775" is the number of something
 * else. */
enum as_verdict as_check_passport(struct as_value *v)
{
    if (byte_before(v, 1) == '-' && is_letter(byte_before(v, 2))) {
        return AS_REJECT;
    }
    if (v->parameter == AS_COUNTRY('D', 'E')) {
        return as_document_is_piece(v) || !german_ok(v) ? AS_REJECT
               : as_document_is_filler(v)               ? AS_PLACEHOLDER
                                                        : AS_ACCEPT;
    }
    return as_check_document(v);
}
