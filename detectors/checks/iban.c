/* SPDX-License-Identifier: Apache-2.0
 * International bank account numbers: ISO 13616-1. One table of countries from the IBAN registry
 * (SWIFT, release 99; Senegal from the WAEMU's RIB), the structure of the national part, and the
 * check of ISO/IEC 7064 MOD 97-10. National check digits inside the account are not enforced: banks
 * have issued numbers without them. A random string with the right country passes one time in 97,
 * and hardly any string has the right country, length and structure. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

/* Country and structure of the national part: n digits, a letters, c either, as in the registry. */
static const struct {
    char country[3];
    char structure[12];
} registry[] = {
    /* clang-format off */
    {"AD", "8n12c"}, {"AE", "19n"}, {"AL", "8n16c"}, {"AT", "16n"}, {"AZ", "4a20c"}, {"BA", "16n"},
    {"BE", "12n"}, {"BG", "4a6n8c"}, {"BH", "4a14c"}, {"BI", "23n"}, {"BR", "23n1a1c"},
    {"BY", "4c4n16c"}, {"CH", "5n12c"}, {"CR", "18n"}, {"CY", "8n16c"}, {"CZ", "20n"},
    {"DE", "18n"}, {"DJ", "23n"}, {"DK", "14n"}, {"DO", "4c20n"}, {"EE", "16n"}, {"EG", "25n"},
    {"ES", "20n"}, {"FI", "14n"}, {"FK", "2a12n"}, {"FO", "14n"}, {"FR", "10n11c2n"},
    {"GB", "4a14n"}, {"GE", "2a16n"}, {"GI", "4a15c"}, {"GL", "14n"}, {"GR", "7n16c"},
    {"GT", "24c"}, {"HN", "4a20n"}, {"HR", "17n"}, {"HU", "24n"}, {"IE", "4a14n"}, {"IL", "19n"},
    {"IQ", "4a15n"}, {"IS", "22n"}, {"IT", "1a10n12c"}, {"JO", "4a4n18c"}, {"KW", "4a22c"},
    {"KZ", "3n13c"}, {"LB", "4n20c"}, {"LC", "4a24c"}, {"LI", "5n12c"}, {"LT", "16n"},
    {"LU", "3n13c"}, {"LV", "4a13c"}, {"LY", "21n"}, {"MC", "10n11c2n"}, {"MD", "20c"},
    {"ME", "18n"}, {"MK", "3n10c2n"}, {"MN", "16n"}, {"MR", "23n"}, {"MT", "4a5n18c"},
    {"MU", "4a19n3a"}, {"NI", "4a20n"}, {"NL", "4a10n"}, {"NO", "11n"}, {"OM", "3n16c"},
    {"PK", "4a16c"}, {"PL", "24n"}, {"PS", "4a21c"}, {"PT", "21n"}, {"QA", "4a21c"},
    {"RO", "4a16c"}, {"RS", "18n"}, {"RU", "14n15c"}, {"SA", "2n18c"}, {"SC", "4a20n3a"},
    {"SD", "14n"}, {"SE", "20n"}, {"SI", "15n"}, {"SK", "20n"}, {"SM", "1a10n12c"}, {"SN", "2a22n"},
    {"SO", "19n"}, {"ST", "21n"}, {"SV", "4a20n"}, {"TL", "19n"}, {"TN", "20n"}, {"TR", "6n16c"},
    {"UA", "6n19c"}, {"VA", "18n"}, {"VG", "4a16n"}, {"XK", "16n"}, {"YE", "4a4n18c"},
    /* clang-format on */
};

static const char *structure_of(const char *country)
{
    for (size_t i = 0; i < sizeof registry / sizeof registry[0]; i++) {
        if (registry[i].country[0] == country[0] && registry[i].country[1] == country[1]) {
            return registry[i].structure;
        }
    }
    return NULL;
}

static bool class_ok(char kind, char c)
{
    return kind == 'n' ? is_digit(c) : kind == 'a' ? is_upper(c) : is_digit(c) || is_upper(c);
}

/* Exactly the letters and digits that `structure` says. */
static bool structure_ok(const char *structure, const char *national)
{
    while (*structure != '\0') {
        size_t count = 0;
        while (is_digit(*structure)) {
            count = count * 10 + digit(*structure++);
        }
        for (char kind = *structure++; count > 0; count--, national++) {
            if (!class_ok(kind, *national)) {
                return false;
            }
        }
    }
    return *national == '\0';
}

/* ISO/IEC 7064 MOD 97-10 with the first four characters moved to the end; letters count 10 to 35.
 */
static bool mod97_ok(const char *iban, size_t len)
{
    unsigned rest = 0;
    for (size_t i = 0; i < len; i++) {
        char c = iban[(i + 4) % len];
        rest = is_digit(c) ? rest * 10 + digit(c) : rest * 100 + (unsigned)(c - 'A') + 10;
        rest %= 97;
    }
    return rest == 1;
}

/* An IBAN is written in one case. */
static bool one_case(const struct as_value *v)
{
    bool upper = false;
    bool lower = false;
    for (size_t i = v->start; i < v->end; i++) {
        int c = byte_at(v, i);
        upper = upper || is_upper(c);
        lower = lower || (c >= 'a' && c <= 'z');
    }
    return !(upper && lower);
}

/** …_BANK_ACCOUNT_NUMBER: SHAPE; `parameter` is the country, c1 << 8 | c2. Source: ISO 13616-1, the
 * IBAN registry, ISO/IEC 7064. */
enum as_verdict as_check_iban(struct as_value *v)
{
    const char *iban = v->compact;
    if (v->compact_len < 15 || (unsigned)iban[0] != v->parameter >> 8 ||
        (unsigned)iban[1] != (v->parameter & 0xFF) || !all_digits(iban + 2, 2)) {
        return AS_REJECT;
    }
    const char *structure = structure_of(iban);
    if (structure == NULL || !structure_ok(structure, iban + 4) ||
        !mod97_ok(iban, v->compact_len) || !one_case(v)) {
        return AS_REJECT;
    }
    /* Check digits run from 02 to 98 by construction; 00, 01 and 99 only pass by chance. */
    uint64_t check = number(iban + 2, 2);
    if (check < 2 || check > 98) {
        return AS_REJECT;
    }
    return all_same(iban + 4, v->compact_len - 4) ? AS_PLACEHOLDER : AS_ACCEPT;
}
