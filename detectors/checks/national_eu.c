/* SPDX-License-Identifier: Apache-2.0
 * National identifiers of the United Kingdom, France, Germany, Spain and Italy. Each rule is the
 * issuing authority's, named at the function. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/iso7064.h"
#include "detectors/checks/window.h"

static bool is_number_of(const struct as_value *v, size_t len)
{
    return v->compact_len == len && all_digits(v->compact, len) && !is_number_piece(v);
}

/** UK_NATIONAL_INSURANCE_NUMBER: SHAPE, 2 letters, 6 digits, A to D. Source: HMRC, National
 * Insurance Manual NIM39110. */
enum as_verdict as_check_nino(struct as_value *v)
{
    static const char *const barred[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    const char *s = v->compact;
    if (v->compact_len != 9 || !is_upper(s[0]) || !is_upper(s[1]) || !all_digits(s + 2, 6) ||
        s[8] < 'A' || s[8] > 'D' || strchr("DFIQUV", s[0]) != NULL ||
        strchr("DFIOQUV", s[1]) != NULL) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < sizeof barred / sizeof barred[0]; i++) {
        if (memcmp(s, barred[i], 2) == 0) {
            return AS_REJECT;
        }
    }
    return all_same(s + 2, 6) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** UK_NHS_NUMBER: SHAPE of 10 digits, modulus 11. Source: NHS Data Dictionary, "NHS NUMBER". */
enum as_verdict as_check_nhs(struct as_value *v)
{
    static const uint8_t weights[9] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    if (!is_number_of(v, 10)) {
        return AS_REJECT;
    }
    unsigned check = (11 - weighted(v->compact, weights, 9) % 11) % 11;
    if (check == 10 || check != digit(v->compact[9])) {
        return AS_REJECT;
    }
    return all_same(v->compact, 10) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** FRANCE_NATIONAL_IDENTIFICATION_NUMBER (NIR): SHAPE of 15, with the key. Source: INSEE, décret
 * 82-103; Corsica's 2A and 2B count as 19 and 18. */
enum as_verdict as_check_insee(struct as_value *v)
{
    char s[15];
    if (v->compact_len != 15 || is_number_piece(v)) {
        return AS_REJECT;
    }
    memcpy(s, v->compact, sizeof s);
    if (s[5] == '2' && (s[6] == 'A' || s[6] == 'B')) {
        s[5] = '1';
        s[6] = s[6] == 'A' ? '9' : '8';
    }
    if (!all_digits(s, 15) || strchr("123478", s[0]) == NULL) {
        return AS_REJECT;
    }
    uint64_t month = number(s + 3, 2); /* above 12: unknown or foreign registration */
    bool month_ok = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
    if (!month_ok || number(s + 10, 3) == 0 ||
        97 - number_mod(s, 13, 97) != (unsigned)number(s + 13, 2)) {
        return AS_REJECT;
    }
    return AS_ACCEPT;
}

/* Among the first ten digits one stands twice or three times (not three times in a row), the others
 * once at most. */
static bool steuer_id_digits_ok(const char *s)
{
    unsigned counts[10] = {0};
    unsigned repeated = 0;
    for (size_t i = 0; i < 10; i++) {
        counts[digit(s[i])]++;
    }
    for (size_t i = 0; i < 10; i++) {
        repeated += counts[i] > 1 ? 1 : 0;
        if (counts[i] > 3) {
            return false;
        }
    }
    for (size_t i = 0; i + 2 < 10; i++) {
        if (s[i] == s[i + 1] && s[i] == s[i + 2]) {
            return false;
        }
    }
    return repeated == 1;
}

/** GERMANY_TAX_IDENTIFICATION_NUMBER: SHAPE of 11 digits. Source: § 139b AO; BZSt, "Aufbau der
 * Identifikationsnummer"; ISO/IEC 7064 MOD 11,10. */
enum as_verdict as_check_steuer_id(struct as_value *v)
{
    if (!is_number_of(v, 11) || v->compact[0] == '0' || !steuer_id_digits_ok(v->compact)) {
        return AS_REJECT;
    }
    return mod11_10_ok(v->compact, 11) ? AS_ACCEPT : AS_REJECT;
}

/* ICAO Doc 9303: weights 7, 3, 1; letters count 10 to 35. */
static unsigned icao_check(const char *s, size_t len)
{
    static const uint8_t weights[3] = {7, 3, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned value = is_digit(s[i]) ? digit(s[i]) : (unsigned)(s[i] - 'A') + 10;
        sum += value * weights[i % 3];
    }
    return sum % 10;
}

/** GERMANY_NATIONAL_IDENTIFICATION_NUMBER: SHAPE of 9, or 10 with its check digit, which then
 * counts as one. Source: Personalausweisverordnung, annex; ICAO Doc 9303 part 3. */
enum as_verdict as_check_personalausweis(struct as_value *v)
{
    const char *s = v->compact;
    size_t digits = 0;
    if ((v->compact_len != 9 && v->compact_len != 10) || is_number_piece(v)) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 9; i++) {
        if (!is_digit(s[i]) && strchr("CFGHJKLMNPRTVWXYZ", s[i]) == NULL) {
            return AS_REJECT;
        }
        digits += is_digit(s[i]) ? 1 : 0;
    }
    bool card = strchr("LMNPRTVWXY", s[0]) != NULL && digits > 0; /* C, F, G, H, J, K: passports */
    if (v->compact_len == 10) {
        if (!is_digit(s[9]) || icao_check(s, 9) != digit(s[9]) || (!card && digits != 9)) {
            return AS_REJECT;
        }
        v->strength = AS_STRENGTH_DIGIT;
        return all_same(s, 9) ? AS_PLACEHOLDER : AS_ACCEPT;
    }
    return card && digits > 2 ? AS_ACCEPT : AS_REJECT;
}

static char spanish_letter(uint64_t n)
{
    return "TRWAGMYFPDXBNJZSQVHLCKE"[n % 23];
}

/** SPAIN_DNI_NUMBER: SHAPE, 8 digits and a letter. Source: Real Decreto 1553/2005; Ministerio del
 * Interior, "Cálculo del dígito de control del NIF/NIE". */
enum as_verdict as_check_dni(struct as_value *v)
{
    const char *s = v->compact;
    if (v->compact_len != 9 || !all_digits(s, 8) || is_number_piece(v) ||
        s[8] != spanish_letter(number(s, 8))) {
        return AS_REJECT;
    }
    return all_same(s, 8) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** SPAIN_NIE_NUMBER: SHAPE, X, Y or Z, 7 digits and a letter. Source: as the DNI, X = 0, Y = 1,
 * Z = 2. */
enum as_verdict as_check_nie(struct as_value *v)
{
    const char *s = v->compact;
    if (v->compact_len != 9 || s[0] < 'X' || s[0] > 'Z' || !all_digits(s + 1, 7) ||
        s[8] != spanish_letter((uint64_t)(s[0] - 'X') * 10000000 + number(s + 1, 7))) {
        return AS_REJECT;
    }
    return all_same(s + 1, 7) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* Digits may be written as letters where two people would get the same code ("omocodia"). */
static bool undo_homocode(const char *s, char out[16])
{
    static const char letters[] = "LMNPQRSTUV";
    static const uint8_t places[] = {6, 7, 9, 10, 12, 13, 14};
    memcpy(out, s, 16);
    for (size_t i = 0; i < sizeof places; i++) {
        char c = s[places[i]];
        const char *letter = strchr(letters, c);
        if (is_digit(c)) {
            continue;
        }
        if (letter == NULL || c == '\0') {
            return false;
        }
        out[places[i]] = (char)('0' + (letter - letters));
    }
    return true;
}

static char codice_check(const char *s)
{
    static const uint8_t odd[36] = {1,  0, 5, 7,  9,  13, 15, 17, 19, 21, 1,  0,
                                    5,  7, 9, 13, 15, 17, 19, 21, 2,  4,  18, 20,
                                    11, 3, 6, 8,  12, 14, 16, 10, 22, 25, 24, 23};
    unsigned sum = 0;
    for (size_t i = 0; i < 15; i++) {
        unsigned at = is_digit(s[i]) ? digit(s[i]) : (unsigned)(s[i] - 'A') + 10;
        unsigned even = is_digit(s[i]) ? at : at - 10;
        sum += i % 2 == 0 ? odd[at] : even;
    }
    return (char)('A' + sum % 26);
}

/** ITALY_NATIONAL_IDENTIFICATION_NUMBER (codice fiscale): SHAPE of 16. Source: D.M. 23/12/1976,
 * with the month letters, days + 40 for women, and the substitutions for homocodes. */
enum as_verdict as_check_codice_fiscale(struct as_value *v)
{
    static const char months[] = "ABCDEHLMPRST";
    const char *s = v->compact;
    char plain[16];
    if (v->compact_len != 16) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 6; i++) {
        if (!is_upper(s[i])) {
            return AS_REJECT;
        }
    }
    const char *month = strchr(months, s[8]);
    if (month == NULL || !is_upper(s[11]) || !is_upper(s[15]) || !undo_homocode(s, plain)) {
        return AS_REJECT;
    }
    unsigned day = (unsigned)number(plain + 9, 2);
    day = day > 40 ? day - 40 : day;
    if (!date_ok(0, (unsigned)(month - months) + 1, day)) {
        return AS_REJECT;
    }
    return codice_check(s) == s[15] ? AS_ACCEPT : AS_REJECT;
}
