/* SPDX-License-Identifier: Apache-2.0
 * Driving licence numbers: one check, `licence`, with the country as its parameter.
 *
 * Most authorities publish a length and no more; then the keyword carries the evidence, and what is
 * plainly something else (dates, pieces of numbers, filling) is refused. Where a number holds a
 * birth date, a state or a check digit, it is looked at: each rule is named at its function.
 *
 * Canada, the United States and Australia have a form for each province or state. The definitions'
 * shapes are their union; a bare number of up to six digits is too little without a name of the
 * state or country beside it. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"

/* A form's verdict: none of ours, or what it proves. */
enum form { FORM_NONE = -1, FORM_PLAIN, FORM_STRUCTURE, FORM_DIGIT };

#define BARE_DIGITS_MIN 7U

static bool all_upper(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_upper(s[i])) {
            return false;
        }
    }
    return true;
}

/* Letters at the beginning. */
static size_t letters_of(const char *s)
{
    size_t n = 0;
    while (is_upper(s[n])) {
        n++;
    }
    return n;
}

static enum form plain(const char *s, size_t len)
{
    (void)s;
    (void)len;
    return FORM_PLAIN;
}

/* AAMVA DL/ID Card Design Standard leaves the number to the states; their forms: letters, then
 * digits, then at most two letters. One letter and seven digits or more, or two or three letters
 * before digits, are hardly anything else beside the keyword. */
static enum form form_us(const char *s, size_t len)
{
    size_t letters = letters_of(s);
    if (letters == len || (letters > 3 && letters != 7)) {
        return FORM_NONE;
    }
    if (letters == 0) {
        return all_digits(s, len) ? FORM_PLAIN : FORM_STRUCTURE;
    }
    return len - letters >= 6 ? FORM_STRUCTURE : FORM_PLAIN;
}

static bool birth_date(unsigned month, unsigned day)
{
    return date_ok(0, month > 50 ? month - 50 : month, day);
}

/* Ontario: letter, 14 digits that end with the birth date, year first. Québec: letter, 12 digits
 * with the birth date in the middle, day first. Nova Scotia: five letters, birth date, three
 * digits. Women's months are raised by 50. Sources: Ontario Highway Traffic Act licence number;
 * Société de l'assurance automobile du Québec; Nova Scotia Registry of Motor Vehicles. */
static enum form form_canada(const char *s, size_t len)
{
    size_t letters = letters_of(s);
    if (letters == 1 && len == 15) {
        return birth_date((unsigned)number(s + 11, 2), (unsigned)number(s + 13, 2)) ? FORM_DIGIT
                                                                                    : FORM_NONE;
    }
    if (letters == 1 && len == 13) {
        return birth_date((unsigned)number(s + 7, 2), (unsigned)number(s + 5, 2)) ? FORM_DIGIT
                                                                                  : FORM_NONE;
    }
    if (letters == 5) {
        return birth_date((unsigned)number(s + 7, 2), (unsigned)number(s + 5, 2)) ? FORM_DIGIT
                                                                                  : FORM_NONE;
    }
    return FORM_PLAIN;
}

/* Great Britain: five letters of the surname filled with 9, decade, month (women + 5 in its first
 * digit), day, year, two initials or 9, an arbitrary character, two letters; then perhaps the issue
 * number. Northern Ireland: eight digits. Source: DVLA, INF1D and the driver number in the Road
 * Traffic data standards. */
static enum form form_uk(const char *s, size_t len)
{
    if (len == 8) {
        return FORM_PLAIN;
    }
    size_t letters = letters_of(s);
    bool name = letters >= 1 && letters <= 5;
    for (size_t i = letters; name && i < 5; i++) {
        name = s[i] == '9';
    }
    if (len < 16 || !name || !all_digits(s + 5, 6)) {
        return FORM_NONE;
    }
    bool initials = is_upper(s[11]) && (is_upper(s[12]) || s[12] == '9');
    bool issue = len == 16 || (len == 18 && all_digits(s + 16, 2));
    bool born = birth_date((unsigned)number(s + 6, 2), (unsigned)number(s + 8, 2));
    return initials && issue && born && all_upper(s + 14, 2) ? FORM_DIGIT : FORM_NONE;
}

/* India: state, office, year of issue, seven digits. Source: Central Motor Vehicles Rules 1989,
 * rule 16 and the Sarathi form of numbers; ISO 3166-2:IN with OD, TS and UK. */
static enum form form_india(const char *s, size_t len)
{
    static const char states[] =
        "AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML "
        "MN MP MZ NL OD OR PB PY RJ SK TN TR TS UA UK UP WB ";
    bool known = false;
    for (const char *p = states; *p != '\0'; p += 3) {
        known = known || memcmp(p, s, 2) == 0;
    }
    if (!known || len != 15 || !all_digits(s + 2, 13) || number(s + 2, 2) == 0) {
        return FORM_NONE;
    }
    uint64_t year = number(s + 4, 4);
    return year >= 1950 && year <= 2099 ? FORM_DIGIT : FORM_NONE;
}

/* Germany since 1999: authority, five characters, check digit, copy. Weights 9 to 1 over the first
 * nine, letters from 10, modulo 11 with X for 10. Source: Fahrerlaubnis-Verordnung, annex 8, field
 * 5; Kraftfahrt-Bundesamt. Older numbers have no check digit, so a wrong one only proves less. */
static enum form form_germany(const char *s, size_t len)
{
    unsigned sum = 0;
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        digits += is_digit(s[i]) ? 1 : 0;
    }
    if (len != 11 || digits < 4 || digits == 11) {
        return FORM_NONE;
    }
    for (unsigned i = 0; i < 9; i++) {
        sum += (9 - i) * (is_digit(s[i]) ? digit(s[i]) : (unsigned)(s[i] - 'A') + 10);
    }
    return s[9] == "0123456789X"[sum % 11] ? FORM_DIGIT : FORM_PLAIN;
}

/* France: year, month, department and serial of the first application (NEPH). Source: arrêté du 20
 * avril 2012 fixant les conditions d'établissement du permis de conduire. */
static enum form form_france(const char *s, size_t len)
{
    (void)len;
    uint64_t month = number(s + 2, 2);
    return month >= 1 && month <= 12 ? FORM_STRUCTURE : FORM_NONE;
}

/* Italy: ten characters, either two letters of the province, seven digits and a letter, or U1 and
 * seven characters and a letter. Source: Ministero delle Infrastrutture, field 5 of the licence. */
static enum form form_italy(const char *s, size_t len)
{
    bool digits = len == 10 && all_digits(s + 2, 7);
    bool central = s[0] == 'U' && s[1] == '1';
    bool letters = is_upper(s[0]) && is_upper(s[1]);
    return (central || (letters && digits)) && is_upper(s[9]) ? FORM_STRUCTURE : FORM_NONE;
}

/* Spain: the holder's DNI or NIE. Source: Reglamento General de Conductores (RD 818/2009), annex I.
 */
static enum form form_spain(const char *s, size_t len)
{
    uint64_t value =
        is_digit(s[0]) ? number(s, 8) : (uint64_t)(s[0] - 'X') * 10000000 + number(s + 1, 7);
    bool first = is_digit(s[0]) || (s[0] >= 'X' && s[0] <= 'Z');
    return len == 9 && first && s[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[value % 23] ? FORM_DIGIT
                                                                              : FORM_NONE;
}

/* Czechia: E, a letter, six digits. Estonia: ET, six digits. */
static enum form form_czechia(const char *s, size_t len)
{
    (void)len;
    return s[0] == 'E' ? FORM_STRUCTURE : FORM_NONE;
}

static enum form form_estonia(const char *s, size_t len)
{
    (void)len;
    return memcmp(s, "ET", 2) == 0 ? FORM_STRUCTURE : FORM_NONE;
}

static const struct {
    unsigned code;
    enum form (*form)(const char *s, size_t len);
} countries[] = {
    {AS_COUNTRY('C', 'A'), form_canada},  {AS_COUNTRY('C', 'Z'), form_czechia},
    {AS_COUNTRY('D', 'E'), form_germany}, {AS_COUNTRY('E', 'E'), form_estonia},
    {AS_COUNTRY('E', 'S'), form_spain},   {AS_COUNTRY('F', 'R'), form_france},
    {AS_COUNTRY('G', 'B'), form_uk},      {AS_COUNTRY('I', 'N'), form_india},
    {AS_COUNTRY('I', 'T'), form_italy},   {AS_COUNTRY('U', 'S'), form_us},
};

static enum form form_of(const struct as_value *v)
{
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (countries[i].code == v->parameter) {
            return countries[i].form(v->compact, v->compact_len);
        }
    }
    return plain(v->compact, v->compact_len);
}

/* "MORGA 657054 SM9IJ": the nominee begins at the date, since a group of five letters begins none.
 * Takes in the letters. */
static bool take_surname(struct as_value *v)
{
    bool gap = byte_before(v, 1) == ' ' || byte_before(v, 1) == '-';
    if (v->parameter != AS_COUNTRY('G', 'B') || !is_digit(v->compact[0]) || v->compact_len < 11) {
        return v->parameter != AS_COUNTRY('G', 'B') || v->compact_len >= 16 || v->compact_len == 8;
    }
    if (!gap || v->start < 6 || is_alnum(byte_before(v, 7))) {
        return false;
    }
    memmove(v->compact + 5, v->compact, v->compact_len + 1);
    for (size_t i = 0; i < 5; i++) {
        v->compact[i] = (char)to_upper(v->text[v->start - 6 + i]);
    }
    v->compact_len += 5;
    v->start -= 6;
    return true;
}

static enum as_verdict judge(struct as_value *v)
{
    if (as_document_is_piece(v) || as_document_is_date(v->compact, v->compact_len) ||
        !take_surname(v)) {
        return AS_REJECT;
    }
    enum form form = form_of(v);
    bool named = as_country_named(v);
    bool bare = v->compact_len < BARE_DIGITS_MIN && all_digits(v->compact, v->compact_len) &&
                v->parameter != AS_COUNTRY('L', 'U');
    if (form == FORM_NONE || (bare && !named)) {
        return AS_REJECT;
    }
    v->strength = form == FORM_DIGIT                ? AS_STRENGTH_DIGIT
                  : form == FORM_STRUCTURE || named ? AS_STRENGTH_STRUCTURE
                                                    : AS_STRENGTH_NONE;
    return as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** A country's driving licence: SHAPE, `parameter` the country. Taking in a surname changes the
 * compact form, which other detectors read after this one: so on a copy. */
enum as_verdict as_check_licence(struct as_value *v)
{
    struct as_value own = *v;
    enum as_verdict verdict = judge(&own);
    if (verdict != AS_REJECT) {
        v->start = own.start;
        v->strength = own.strength;
    }
    return verdict;
}
