/* SPDX-License-Identifier: Apache-2.0
 * What stands around a number with one check digit and no keyword: the confidence that it leaves.
 */
#include "scan_support.h"

#include "base/attr.h"
#include "scan/confidence.h"

#define CARD "4539578763621486"

enum { PLAIN = AS_POINTS_BASE + AS_POINTS_STRENGTH_DIGIT + AS_POINTS_KEYWORD_MISSING };

static const struct {
    const char *what;
    const char *name;
    const char *text;
    int confidence; /* of the first hit */
} s_cases[] = {
    {"a line of its own", "a.txt", "Hello.\n" CARD "\nBye.\n", PLAIN},
    {"the whole text", "a.txt", CARD, PLAIN},
    {"between commas", "a.txt", "Smith," CARD ",Ulm", PLAIN},
    {"between commas and blanks, quoted", "a.txt", "Smith, \"" CARD "\" , Ulm", PLAIN},
    {"between bars", "a.txt", "x | " CARD " | y\n", PLAIN},
    {"in running text", "a.txt", "He gave " CARD " to me.\n", PLAIN + AS_POINTS_LONE},
    {"quoted in running text", "a.txt", "He gave '" CARD "' to me.\n", PLAIN + AS_POINTS_LONE},
    {"behind an equals sign", "a.txt", "trace=" CARD "\n", PLAIN + AS_POINTS_LONE},
    {"a key that is no keyword", "a.json", "{\"trace\": \"" CARD "\"}", PLAIN + AS_POINTS_LONE},
    {"a time before it", "a.txt", "2026-11-21 09:33:38," CARD ",x\n", PLAIN + AS_POINTS_TIME},
    {"a time on the line before", "a.txt", "At 09:33:38 this:\n" CARD "\n", PLAIN + AS_POINTS_TIME},
    {"a time behind it on its line", "a.txt", CARD ",09:33:38\n", PLAIN + AS_POINTS_TIME},
    {"a time on the next line", "a.txt", CARD "\n09:33:38 is later\n", PLAIN},
    {"a Unix time", "a.txt", "1763717618 " CARD "\n", PLAIN + AS_POINTS_TIME + AS_POINTS_LONE},
    {"a Unix time in milliseconds", "a.txt", "1763717618123," CARD "\n", PLAIN + AS_POINTS_TIME},
    {"no time: too many hours", "a.txt", "29:33:38," CARD ",x\n", PLAIN},
    {"cards around it", "a.txt", CARD "\n4929123456789015\n5425233430109903\n",
     PLAIN + AS_POINTS_NEIGHBOURS_FOR},
    {"random numbers around it", "a.txt", CARD "\n4929123456789016\n5425233430109904\n",
     PLAIN + AS_POINTS_NEIGHBOURS_AGAINST},
};

static struct as_scanner *scanner(void)
{
    AS_CLEANUP(as_free_ptr) uint8_t *enabled = as_calloc(as_catalog_builtin.count, 1);
    struct as_scanner *s = NULL;
    assert_non_null(enabled);
    assert_int_equal(as_catalog_select(&as_catalog_builtin, "CREDIT_CARD_NUMBER_(NO_KEYWORD)", NULL,
                                       enabled, NULL),
                     AS_OK);
    const struct as_scanner_options options = {.catalog = &as_catalog_builtin, .enabled = enabled};
    assert_int_equal(as_scanner_new(&options, &s, NULL), AS_OK);
    return s;
}

static void surroundings_decide(void **state)
{
    (void)state;
    struct as_scanner *s = scanner();
    for (size_t i = 0; i < AS_ARRAY_SIZE(s_cases); i++) {
        for (uint32_t block = 1; block <= 4096; block *= 16) {
            struct as_hits hits;
            as_hits_init(&hits);
            support_scan(s, s_cases[i].text, strlen(s_cases[i].text), s_cases[i].name, block,
                         &hits);
            if (hits.count == 0 || hits.items[0].confidence != s_cases[i].confidence) {
                fail_msg("%s, blocks of %u: confidence %d", s_cases[i].what, block,
                         hits.count == 0 ? -1 : (int)hits.items[0].confidence);
            }
            as_hits_fini(&hits);
        }
    }
    as_scanner_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(surroundings_decide)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
