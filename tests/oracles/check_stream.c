/* SPDX-License-Identifier: Apache-2.0
 * Runs checks on numbers from standard input, for tests/oracles/compare_checks.py: a line is
 * CHECK, PARAMETER and VALUE with tabs between them, the answer a line with the verdict's number
 * (enum as_verdict: 0 is a rejection). The parameter is '-', a number, or two letters of a country.
 * Ends with 2 on a line it cannot use. */
#include <stdio.h>
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/digits.h"

/* The value as the scan hands it to a check: the whole text, and its letters and digits. */
static struct as_value value_of(const char *text)
{
    struct as_value v = {
        .text = (const uint8_t *)text, .text_len = strlen(text), .end = strlen(text)};
    for (size_t i = 0; i < v.end && v.compact_len < AS_COMPACT_MAX; i++) {
        if (is_alnum(text[i])) {
            v.compact[v.compact_len++] = (char)to_upper(text[i]);
        }
    }
    v.strength = AS_STRENGTH_DIGIT;
    return v;
}

static unsigned parameter_of(const char *text)
{
    if (text[0] == '-') {
        return 0;
    }
    return is_letter(text[0]) ? (unsigned)text[0] << 8 | (unsigned char)text[1]
                              : (unsigned)number(text, strlen(text));
}

int main(void)
{
    char check[32];
    char parameter[8];
    char value[256];
    while (scanf("%31s %7s %255s", check, parameter, value) == 3) {
        const struct as_check *c = as_check_find(check);
        if (c == NULL) {
            (void)fprintf(stderr, "no check %s\n", check);
            return 2;
        }
        struct as_value v = value_of(value);
        v.parameter = parameter_of(parameter);
        (void)printf("%d\n", (int)c->check(&v));
    }
    return feof(stdin) ? 0 : 2;
}
