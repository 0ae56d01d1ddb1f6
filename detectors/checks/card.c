/* SPDX-License-Identifier: Apache-2.0
 * Payment card numbers: ISO/IEC 7812-1 (length, Luhn), and the issuer ranges that the schemes
 * publish. A random number of the right length passes about one time in forty, so grouping as cards
 * are printed counts as further evidence, and rows of numbers in groups of four are refused. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define L(n) (1U << (n))
#define MAESTRO (L(12) | L(13) | L(15) | L(16) | L(18) | L(19))

/* Ranges of the first eight digits, and the lengths issued in them, as a bit a length. Ascending;
 * ranges do not overlap. */
static const struct {
    uint32_t low;
    uint32_t high;
    uint32_t lengths;
} ranges[] = {
    {10000000, 19999999, L(15)},                         /* UATP */
    {21310000, 21319999, L(15)},                         /* JCB, of old */
    {22000000, 22059999, L(16) | L(17) | L(18) | L(19)}, /* Mir, BORICA */
    {22210000, 27209999, L(16)},                         /* Mastercard, 2 series */
    {30000000, 30599999, L(14) | L(16) | L(19)},         /* Diners Club */
    {30950000, 30959999, L(14) | L(16) | L(19)},         /* Diners Club */
    {34000000, 34999999, L(15)},                         /* American Express */
    {35280000, 35899999, L(16) | L(17) | L(18) | L(19)}, /* JCB */
    {36000000, 36999999, L(14) | L(16) | L(19)},         /* Diners Club International */
    {37000000, 37999999, L(15)},                         /* American Express */
    {38000000, 39999999, L(14) | L(16) | L(19)},         /* Diners Club, Discover */
    {40000000, 49999999, L(13) | L(16) | L(19)},         /* Visa, Electron, Dankort 4571 */
    {50180000, 50189999, MAESTRO},                       /* Maestro */
    {50190000, 50199999, L(16)},                         /* Dankort */
    {50200000, 50209999, MAESTRO},                       /* Maestro */
    {50380000, 50389999, MAESTRO},                       /* Maestro */
    {50410000, 50419999, L(16)},                         /* Elo */
    {50600000, 50619999, L(16) | L(18) | L(19)},         /* Verve */
    {50660000, 50679999, L(16)},                         /* Elo */
    {50850000, 50999999, L(16)},                         /* RuPay, Elo */
    {51000000, 55999999, L(16)},                         /* Mastercard */
    {56100000, 56109999, L(16)},                         /* Bankcard */
    {56418200, 56418299, L(16) | L(18) | L(19)},         /* Switch */
    {58930000, 58939999, MAESTRO},                       /* Maestro */
    {60110000, 60119999, L(16) | L(17) | L(18) | L(19)}, /* Discover */
    {60400100, 60420099, L(16)},                         /* UkrCard */
    {60610000, 60850099, L(16)},                         /* RuPay, Hipercard */
    {62000000, 62999999, L(16) | L(17) | L(18) | L(19)}, /* UnionPay */
    {63040000, 63049999, MAESTRO},                       /* Maestro, Laser */
    {63311000, 63311099, L(16) | L(18) | L(19)},         /* Switch */
    {63330000, 63349999, L(16) | L(18) | L(19)},         /* Solo */
    {63620000, 63639999, L(16)},                         /* Elo */
    {63700000, 63999999, L(16)},                         /* InstaPayment */
    {64400000, 65999999, L(16) | L(17) | L(18) | L(19)}, /* Discover, RuPay, Elo */
    {67000000, 67999999, MAESTRO},                       /* Maestro */
    {81000000, 81719999, L(16) | L(17) | L(18) | L(19)}, /* UnionPay */
    {86000000, 86009999, L(16)},                         /* Uzcard */
    {97040000, 97049999, L(16) | L(19)},                 /* Napas */
    {97920000, 97929999, L(16)},                         /* Troy */
    {98600000, 98609999, L(16)},                         /* Humo */
};

static bool issued(const char *digits, size_t len)
{
    uint32_t head = (uint32_t)number(digits, 8);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (head >= ranges[i].low && head <= ranges[i].high) {
            return (ranges[i].lengths >> len & 1U) != 0;
        }
    }
    return false;
}

/* Groups of four hex digits in a row (dumps, tables of numbers, UUIDs): how many neighbours on both
 * sides continue the value's own grouping. */
static unsigned continuing_groups(const struct as_value *v, int separator)
{
    unsigned groups = 0;
    bool digits;
    struct as_value probe = *v;
    while (groups < 2 && token_before(&probe, separator, &digits) == 4 && digits) {
        probe.start -= 5;
        groups++;
    }
    probe = *v;
    while (groups < 2 && token_after(&probe, separator, &digits) == 4 && digits) {
        probe.end += 5;
        groups++;
    }
    return groups;
}

/** CREDIT_CARD_NUMBER: SHAPE, 12 to 19 digits. Groups raise the strength, UATP's wide range lowers
 * it. Source: ISO/IEC 7812-1; the schemes' published ranges. */
enum as_verdict as_check_card(struct as_value *v)
{
    const char *digits = v->compact;
    size_t len = v->compact_len;
    if (len < 12 || len > 19 || !all_digits(digits, len) || !luhn_ok(digits, len, 0) ||
        !issued(digits, len) || is_number_piece(v)) {
        return AS_REJECT;
    }
    int separator = separator_of(v);
    if (separator != 0 && continuing_groups(v, separator) >= 2) {
        return AS_REJECT;
    }
    if (digits[0] == '1' || len == 12) {
        v->strength = AS_STRENGTH_STRUCTURE;
    } else if (separator != 0 && v->strength == AS_STRENGTH_DIGIT) {
        v->strength = AS_STRENGTH_STRONG;
    }
    /* Twelve zeroes or more of sixteen, or one digit over and over: a filled-in form, no card. */
    size_t zeroes = 0;
    for (size_t i = 0; i < len; i++) {
        zeroes += digits[i] == '0' ? 1 : 0;
    }
    return zeroes * 4 >= len * 3 || all_same(digits, len) ? AS_PLACEHOLDER : AS_ACCEPT;
}
