/* SPDX-License-Identifier: Apache-2.0
 * Countries named beside a number, and what a document number is not (country.h).
 *
 * Several countries use the same keywords for numbers of the same form (nine digits behind
 * "passport number"). A name in the line decides between them: the check raises the strength of the
 * one that is named, and the stronger of two that overlap stays. Only what stands in the same line
 * within HINT_REACH bytes counts, so the verdict does not depend on how a text was cut. */
#include "detectors/checks/country.h"

#include <string.h>

#include "detectors/checks/checks.h"

#define HINT_REACH 64U
#define FILLER_MIN 6U
#define LABEL_BYTES 24U

/* In lower case: the beginning of a word, in any case. In upper case: a whole word as it stands. */
struct hints {
    unsigned code;
    const char *const *words;
};

/* clang-format off */
static const char *const us_words[] = {
    "license", "driver", "dl", "united states", "usa", "u.s.", "dmv", "american",
    "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA",
    "WI", "WV", "WY", NULL};
static const char *const ca_words[] = {
    "canad", "ontario", "quebec", "qu\303\251bec", "alberta", "manitoba", "saskatchewan",
    "nova scotia", "new brunswick", "newfoundland", "british columbia", "yukon",
    "ON", "QC", "BC", "AB", "MB", "SK", "NS", "NB", "PE", "NL", "YT", "NT", "NU", NULL};
static const char *const au_words[] = {
    "australia", "queensland", "victoria", "tasmania", "new south", "service nsw", "vicroads",
    "NSW", "VIC", "QLD", "TAS", "ACT", "SA", "NT", NULL};
static const char *const gb_words[] = {
    "united kingdom", "british", "britain", "england", "scotland", "wales", "northern ireland",
    "driving licence", "dvla", "hmpo", "UK", "GB", "GBR", "NI", NULL};
static const char *const ie_words[] = {"irish", "ireland", "ndls", "IE", NULL};
static const char *const in_words[] = {"india", "rto", "IN", NULL};
static const char *const nl_words[] = {"nederland", "netherlands", "dutch", "rijbewijs",
                                       "rdw", "NL", NULL};
static const char *const be_words[] = {"belgi", "vlaams", "brussel", "bruxelles", "BE", NULL};
static const char *const ar_words[] = {"argentin", "buenos aires", "AR", NULL};
static const char *const co_words[] = {"colombia", "bogot", "CO", NULL};
static const char *const br_words[] = {"brazil", "brasil", "celular", "BR", NULL};
static const char *const cl_words[] = {"rut", "chile", "rol unico", "unique tax", "CL", NULL};
static const char *const es_words[] = {"espa", "spain", "spanish", "m\xC3\xB3vil",
                                       "tlf", "ES", NULL};
static const char *const de_words[] = {"deutsch", "german", "bundesrepublik", "telefon:",
                                       "telefonnummer", "handy", "rufnummer", "DE", NULL};
static const char *const fr_words[] = {"fran", "french", "t\xC3\xA9l", "portable", "FR", NULL};
static const char *const it_words[] = {"ital", "cellulare", "IT", NULL};
/* clang-format on */

static const struct hints countries[] = {
    {AS_COUNTRY('A', 'R'), ar_words}, {AS_COUNTRY('A', 'U'), au_words},
    {AS_COUNTRY('B', 'E'), be_words}, {AS_COUNTRY('B', 'R'), br_words},
    {AS_COUNTRY('C', 'A'), ca_words}, {AS_COUNTRY('C', 'L'), cl_words},
    {AS_COUNTRY('C', 'O'), co_words}, {AS_COUNTRY('D', 'E'), de_words},
    {AS_COUNTRY('E', 'S'), es_words}, {AS_COUNTRY('F', 'R'), fr_words},
    {AS_COUNTRY('G', 'B'), gb_words}, {AS_COUNTRY('I', 'E'), ie_words},
    {AS_COUNTRY('I', 'N'), in_words}, {AS_COUNTRY('I', 'T'), it_words},
    {AS_COUNTRY('N', 'L'), nl_words}, {AS_COUNTRY('U', 'S'), us_words},
};

static const char *const *words_of(unsigned code)
{
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (countries[i].code == code) {
            return countries[i].words;
        }
    }
    return NULL;
}

static bool word_at(const struct as_value *v, size_t at, size_t limit, const char *word)
{
    size_t len = strlen(word);
    bool whole = is_upper(word[0]);
    if (len > limit - at) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        int c = v->text[at + i];
        if ((whole ? c : to_lower(c)) != (uint8_t)word[i]) {
            return false;
        }
    }
    return !whole || !is_alnum(byte_at(v, at + len));
}

static bool has_word(const struct as_value *v, size_t from, size_t to, const char *const *words)
{
    for (size_t at = from; at < to; at++) {
        if (at > 0 && is_letter(v->text[at - 1])) {
            continue;
        }
        for (const char *const *w = words; *w != NULL; w++) {
            if (word_at(v, at, to, *w)) {
                return true;
            }
        }
    }
    return false;
}

bool as_country_named(const struct as_value *v)
{
    const char *const *words = words_of(v->parameter);
    if (words == NULL) {
        return false;
    }
    size_t from = v->start;
    while (from > 0 && v->start - from < HINT_REACH && v->text[from - 1] != '\n') {
        from--;
    }
    size_t to = v->end;
    while (to < v->text_len && to - v->end < HINT_REACH && v->text[to] != '\n') {
        to++;
    }
    return has_word(v, from, v->start, words) || has_word(v, v->end, to, words);
}

bool as_document_is_labelled(const struct as_value *v)
{
    static const char *const others[] = {
        "passport", "phone", "tel", "fax", "mobile", "cell",    "ssn", "social", "licen", "driver",
        "account",  "iban",  "vin", "zip", "order",  "invoice", "npi", "dea",    NULL};
    size_t at = v->start;
    size_t gap = at;
    while (at > 0 && gap - at < 4 && (v->text[at - 1] == ' ' || v->text[at - 1] == '"')) {
        at--;
    }
    if (at == 0 || (v->text[at - 1] != ':' && v->text[at - 1] != '=')) {
        return false;
    }
    size_t end = --at;
    while (at > 0 && end - at < LABEL_BYTES &&
           (is_letter(v->text[at - 1]) || v->text[at - 1] == ' ' || v->text[at - 1] == '_' ||
            v->text[at - 1] == '"' || v->text[at - 1] == '\'' || v->text[at - 1] == '-')) {
        at--;
    }
    return has_word(v, at, end, others);
}

bool as_document_is_piece(const struct as_value *v)
{
    int before = byte_before(v, 1);
    int second = byte_before(v, 2);
    int after = byte_after(v, 0);
    bool joint = before == '-' || before == '+' || before == '/';
    if ((before == '.' && !is_letter(second)) || (joint && is_digit(second)) || before == '$' ||
        before == '@' || before == '%' || before == '\\') {
        return true;
    }
    if (after == '@' || after == '%') {
        return true;
    }
    bool digits = false;
    size_t letters = token_after(v, '-', &digits);
    if (letters > 0 && (digits || (letters == 4 && byte_after(v, 5) == '-'))) {
        return true;
    }
    return (after == '.' || after == '/') && is_digit(byte_after(v, 1));
}

bool as_document_is_filler(const struct as_value *v)
{
    char digits[AS_COMPACT_MAX];
    size_t n = 0;
    for (size_t i = 0; i < v->compact_len; i++) {
        if (is_digit(v->compact[i])) {
            digits[n++] = v->compact[i];
        }
    }
    if (n < FILLER_MIN) {
        return n > 0 && number(digits, n) == 0;
    }
    unsigned step = (digit(digits[1]) + 10 - digit(digits[0])) % 10;
    for (size_t i = 2; i < n; i++) {
        if ((digit(digits[i]) + 10 - digit(digits[i - 1])) % 10 != step) {
            return false;
        }
    }
    return step == 0 || step == 1 || step == 9;
}

bool as_document_is_date(const char *s, size_t len)
{
    if (len != 8 || !all_digits(s, 8)) {
        return false;
    }
    unsigned first = (unsigned)number(s, 4);
    unsigned last = (unsigned)number(s + 4, 4);
    if (first >= 1900 && first < 2100) {
        return date_ok(first, last / 100, last % 100);
    }
    return last >= 1900 && last < 2100 &&
           (date_ok(last, first / 100, first % 100) || date_ok(last, first % 100, first / 100));
}

/** Numbers that a keyword alone makes a document's: SHAPE. Not a piece of something else, no date;
 * filling is a placeholder; a country named beside it counts as structure. */
enum as_verdict as_check_document(struct as_value *v)
{
    if (as_document_is_piece(v) || as_document_is_date(v->compact, v->compact_len)) {
        return AS_REJECT;
    }
    if (as_country_named(v)) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/** As document, where the issuer is not told: refuses what another label claims. */
enum as_verdict as_check_unstated(struct as_value *v)
{
    return as_document_is_labelled(v) ? AS_REJECT : as_check_document(v);
}
