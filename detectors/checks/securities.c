/* SPDX-License-Identifier: Apache-2.0
 * Numbers of securities, legal entities, creditors and banks: ISIN, CUSIP, SEDOL, FIGI, LEI, SEPA
 * creditor identifiers and BIC. Each rule is the standard's, named at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/* ISO 3166-1, with the codes that ISO 6166 and ISO 9362 add. */
static bool is_country(const char *two_letters)
{
    static const char codes[] = "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF "
                                "BG BH BI BJ BL BM BN BO BQ "
                                "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV "
                                "CW CX CY CZ DE DJ DK DM DO "
                                "DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH "
                                "GI GL GM GN GP GQ GR GS GT "
                                "GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO "
                                "JP KE KG KH KI KM KN KP KR "
                                "KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
                                "ML MM MN MO MP MQ MR MS MT "
                                "MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
                                "PG PH PK PL PM PN PR PS PT "
                                "PW PY QA QS QT RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM "
                                "SN SO SR SS ST SV SX SY SZ "
                                "TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ "
                                "VA VC VE VG VI VN VU WF WS "
                                "XA XB XC XD XF XK XS YE YT ZA ZM ZW";
    char code[4] = {two_letters[0], two_letters[1], '\0', '\0'};
    return is_upper(code[0]) && is_upper(code[1]) && strstr(codes, code) != NULL;
}

/** ISIN: SHAPE of 12, a country, nine characters, Luhn over digits and letters written as 10 to 35.
 * Source: ISO 6166. */
enum as_verdict as_check_isin(struct as_value *v)
{
    struct body b = body_of(v);
    char digits[24];
    size_t n = 0;
    if (b.len != 12 || !is_country(b.s) || !is_digit(b.s[11])) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 12; i++) {
        unsigned value = value_36(b.s[i]);
        if (value > 9) {
            digits[n++] = (char)('0' + value / 10);
        }
        digits[n++] = (char)('0' + value % 10);
    }
    return luhn_ok(digits, n, 0) ? AS_ACCEPT : AS_REJECT;
}

static const uint8_t ones_and_twos[11] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};

/** CUSIP: SHAPE of 9, every second value doubled. Source: ANSI X9.6. */
enum as_verdict as_check_cusip(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len != 9 || !is_digit(b.s[8])) {
        return AS_REJECT;
    }
    return verdict(b, b.s[8] == LESS_10[crossed(b.s, ones_and_twos, 8) % 10]);
}

/* No vowels. */
static bool is_consonant_or_digit(char c)
{
    return is_digit(c) || (is_upper(c) && strchr("AEIOU", c) == NULL);
}

/** SEDOL: SHAPE of 7 without vowels; digits only where the first is one. Source: London Stock
 * Exchange, SEDOL Masterfile, technical specification. */
enum as_verdict as_check_sedol(struct as_value *v)
{
    static const uint8_t weights[6] = {1, 3, 1, 7, 3, 9};
    struct body b = body_of(v);
    unsigned sum = 0;
    if (b.len != 7 || !is_digit(b.s[6]) || (is_digit(b.s[0]) && !all_digits(b.s, 7))) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 6; i++) {
        if (!is_consonant_or_digit(b.s[i])) {
            return AS_REJECT;
        }
        sum += value_36(b.s[i]) * weights[i];
    }
    return verdict(b, b.s[6] == LESS_10[sum % 10]);
}

/** FIGI: SHAPE of 12, two letters that are none of five countries', G, eight characters without
 * vowels, a check digit. Source: ANSI X9.145; OMG, Financial Instrument Global Identifier. */
enum as_verdict as_check_figi(struct as_value *v)
{
    static const char barred[] = "BS BM GG GB VG";
    struct body b = body_of(v);
    if (b.len != 12 || b.s[2] != 'G' || is_digit(b.s[0]) || is_digit(b.s[1]) ||
        !is_digit(b.s[11])) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 11; i++) {
        if (!is_consonant_or_digit(b.s[i])) {
            return AS_REJECT;
        }
    }
    char two_letters[3] = {b.s[0], b.s[1], '\0'};
    bool right = b.s[11] == LESS_10[crossed(b.s, ones_and_twos, 11) % 10];
    return right && strstr(barred, two_letters) == NULL ? AS_ACCEPT : AS_REJECT;
}

/** LEGAL_ENTITY_IDENTIFIER: SHAPE of 20, ISO/IEC 7064 MOD 97-10. Source: ISO 17442. */
enum as_verdict as_check_lei(struct as_value *v)
{
    struct body b = body_of(v);
    bool right = b.len == 20 && all_digits(b.s + 18, 2) && mod_97(b.s, 20, 0) == 1;
    return verdict(b, right);
}

/** SEPA_CREDITOR_IDENTIFIER: SHAPE, a country, two check digits, three characters of the creditor's
 * own that do not count, the national number. Source: European Payments Council, EPC262-08 (AT-02).
 */
enum as_verdict as_check_sepa_creditor(struct as_value *v)
{
    struct body b = body_of(v);
    if (b.len < 9 || b.len > 35 || !is_country(b.s) || !all_digits(b.s + 2, 2)) {
        return AS_REJECT;
    }
    unsigned rest = mod_97(b.s, 4, mod_97(b.s + 7, b.len - 7, 0));
    return rest == 1 ? AS_ACCEPT : AS_REJECT;
}

/* Words that may stand between "SWIFT" or "BIC" and the code. */
static bool is_filler(const uint8_t *text, size_t len)
{
    static const char *const words[] = {"bic", "swift", "code", "no", "nr",  "number",
                                        "id",  "is",    "der",  "of", "bank"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = 0;
        while (n < len && words[i][n] != '\0' && to_lower(text[n]) == words[i][n]) {
            n++;
        }
        if (n == len && words[i][n] == '\0') {
            return true;
        }
    }
    return false;
}

/* A code at text[0, len): a bank's four letters, a country, a place, maybe a branch. */
static bool is_bic(const uint8_t *text, size_t len)
{
    if (len != 8 && len != 11) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_upper(text[i]) && (i < 6 || !is_digit(text[i]))) {
            return false;
        }
    }
    char country[2] = {(char)text[4], (char)text[5]};
    return is_country(country);
}

/** SWIFT_CODE: ANCHOR "swift" or "bic" as a word of its own; the code follows on the line, over
 * punctuation and words of the kind of "code", at least one of them a sign or such a word, so that
 * "SWIFT LANGUAGE" is none. Source: ISO 9362:2022. */
enum as_verdict as_check_bic(struct as_value *v)
{
    size_t at = v->end;
    bool told = false;
    if (is_alnum(byte_before(v, 1)) || is_letter(byte_after(v, 0))) {
        return AS_REJECT;
    }
    while (at < v->text_len && at < v->end + 32) {
        int c = v->text[at];
        if (!is_alnum(c)) {
            if (c == 0 || strchr(" _-/.:=#\"'(>,;|\t", c) == NULL) {
                return AS_REJECT;
            }
            told = told || strchr(":=|\"\t>", c) != NULL;
            at++;
            continue;
        }
        size_t end = at;
        while (end < v->text_len && is_alnum(v->text[end]) && end - at < 12) {
            end++;
        }
        if (is_filler(v->text + at, end - at)) {
            told = true;
            at = end;
            continue;
        }
        if (!told || !is_bic(v->text + at, end - at) || is_alnum(byte_at(v, end))) {
            return AS_REJECT;
        }
        v->start = at;
        v->end = end;
        return AS_ACCEPT;
    }
    return AS_REJECT;
}
