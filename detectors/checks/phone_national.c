/* SPDX-License-Identifier: Apache-2.0
 * Telephone numbers of Brazil, France, Germany, Italy, Spain and the United Kingdom, by each
 * country's numbering plan: one check, `phone_national`, with the country as its parameter.
 *
 * With '+' or 00 and the country's code a number proves itself. In the national form several plans
 * may fit one number: the country that the line names comes first, then those whose plan says more;
 * Germany's lengths are open. The definitions take points off, so that without a keyword a national
 * form stays below the default minimum, which is Macie's rule. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/country.h"

/* National significant number: without the trunk's 0 (Italy keeps it). */
struct plan {
    unsigned country;
    char code[3];
    char trunk; /* dialled before the number within the country; 0 for none */
    bool open;  /* lengths say next to nothing */
    bool (*is_number)(const char *s, size_t len);
};

/* Agência Nacional de Telecomunicações, Resolução 749/2022: area 11 to 99 without zeroes; eight
 * digits from 2 to 5, or nine that begin with 9. */
static bool brazil(const char *s, size_t len)
{
    bool area = len >= 10 && s[0] != '0' && s[1] != '0';
    return area && ((len == 10 && s[2] >= '2' && s[2] <= '5') || (len == 11 && s[2] == '9'));
}

/* ARCEP, décision 2018-0881: nine digits, the first 1 to 9. */
static bool france(const char *s, size_t len)
{
    return len == 9 && s[0] >= '1';
}

/* Bundesnetzagentur, Nummernplan: areas begin with 2 to 9, mobiles with 15, 16, 17. */
static bool germany(const char *s, size_t len)
{
    bool mobile = s[0] == '1' && s[1] >= '5' && s[1] <= '7' && (len == 10 || len == 11);
    return mobile || (s[0] >= '2' && len >= 8 && len <= 11);
}

/* AGCOM, delibera 8/15/CIR: fixed lines keep their 0, six to eleven digits; mobiles begin with 3.
 */
static bool italy(const char *s, size_t len)
{
    return (s[0] == '0' && s[1] != '0' && len >= 8 && len <= 11) ||
           (s[0] == '3' && s[1] >= '2' && (len == 9 || len == 10));
}

/* CNMC, Plan Nacional de Numeración: nine digits that begin with 6, 7, 8 or 9. */
static bool spain(const char *s, size_t len)
{
    return len == 9 && s[0] >= '6' && !(s[0] == '7' && s[1] == '0');
}

/* Ofcom, National Telephone Numbering Plan: 1, 2, 3, 5, 7, 8, 9 and nine digits, or eight for some
 * areas and freephone. */
static bool britain(const char *s, size_t len)
{
    bool ten = len == 10 && strchr("1235789", s[0]) != NULL;
    bool nine = len == 9 && (s[0] == '1' || memcmp(s, "800", 3) == 0);
    return (ten || nine) && !(s[0] == '1' && s[1] == '0');
}

static const struct plan plans[] = {
    {AS_COUNTRY('B', 'R'), "55", '0', false, brazil},
    {AS_COUNTRY('D', 'E'), "49", '0', true, germany},
    {AS_COUNTRY('E', 'S'), "34", 0, false, spain},
    {AS_COUNTRY('F', 'R'), "33", '0', false, france},
    {AS_COUNTRY('G', 'B'), "44", '0', false, britain},
    {AS_COUNTRY('I', 'T'), "39", 0, true, italy},
};

static const struct plan *plan_of(unsigned country)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        if (plans[i].country == country) {
            return &plans[i];
        }
    }
    return NULL;
}

/* '+' directly before, itself behind no letter, digit or base64 symbol. */
static bool has_plus(const struct as_value *v)
{
    int before = byte_before(v, 2);
    return byte_before(v, 1) == '+' && !is_alnum(before) && before != '+' && before != '/';
}

/* An opening parenthesis before the nominee belongs to it when one closes within. */
static void take_parenthesis(struct as_value *v)
{
    for (size_t i = v->start; byte_before(v, 1) == '(' && i < v->end; i++) {
        if (v->text[i] == ')') {
            v->start -= 1;
            return;
        }
    }
}

/* "02110-1301": the form of US postal codes. */
static bool is_zip_code(const struct as_value *v)
{
    return v->compact_len == 9 && byte_at(v, v->start + 5) == '-';
}

static enum as_verdict accept(struct as_value *v, const char *s, size_t len)
{
    return all_same(s + 1, len - 1) || as_document_is_filler(v) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* Behind '+' or 00 and the country's code; `zeroes` is the length of 00, or 0. */
static enum as_verdict check_international(struct as_value *v, const struct plan *plan,
                                           size_t zeroes)
{
    const char *s = v->compact + zeroes + 2;
    size_t len = v->compact_len - zeroes - 2;
    size_t trunk = plan->trunk != 0 && s[0] == plan->trunk ? 1 : 0; /* "+44 (0)20" */
    if ((zeroes != 0 && as_document_is_piece(v)) || len < 6 + trunk ||
        !plan->is_number(s + trunk, len - trunk)) {
        return AS_REJECT;
    }
    v->start -= zeroes == 0 ? 1 : 0;
    v->strength = AS_STRENGTH_STRONG;
    return accept(v, s, len);
}

/** <COUNTRY>_PHONE_NUMBER: SHAPE, `parameter` the country. Source: ITU-T E.164, E.123 and the plans
 * above. */
enum as_verdict as_check_phone_national(struct as_value *v)
{
    const struct plan *plan = plan_of(v->parameter);
    const char *s = v->compact;
    size_t len = v->compact_len;
    if (plan == NULL || len < 8 || !all_digits(s, len)) {
        return AS_REJECT;
    }
    size_t zeroes = memcmp(s, "00", 2) == 0 ? 2 : 0;
    bool plus = has_plus(v);
    if ((plus || zeroes == 2) && memcmp(s + (plus ? 0 : zeroes), plan->code, 2) == 0) {
        return check_international(v, plan, plus ? 0 : zeroes);
    }
    bool trunked = plan->trunk == 0 || s[0] == plan->trunk || plan->country == AS_COUNTRY('B', 'R');
    if (plus || as_document_is_piece(v) || !trunked || is_zip_code(v)) {
        return AS_REJECT;
    }
    size_t trunk = plan->trunk != 0 && s[0] == plan->trunk ? 1 : 0;
    if (!plan->is_number(s + trunk, len - trunk)) {
        return AS_REJECT;
    }
    v->strength = as_country_named(v) ? AS_STRENGTH_DIGIT
                  : plan->open        ? AS_STRENGTH_NONE
                                      : AS_STRENGTH_STRUCTURE;
    take_parenthesis(v);
    return accept(v, s, len);
}
