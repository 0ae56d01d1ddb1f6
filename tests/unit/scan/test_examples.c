/* SPDX-License-Identifier: Apache-2.0
 * Every definition's own examples, with all detectors on: a hit stands exactly between the marks, a
 * miss has none of that id; whole, at a block's edge, and across every split point. */
#include "scan_support.h"

#include "pack/pack.h"

#define OPEN "\xE2\x9F\xA6"  /* U+27E6 */
#define CLOSE "\xE2\x9F\xA7" /* U+27E7 */
#define TEXT_MAX 65536

static struct as_scanner *s_scanner;

/* Copies without the marks; offsets of what stood between. */
static size_t unmark(const char *example, char *out, size_t *start, size_t *end)
{
    const char *open = strstr(example, OPEN);
    const char *close = open == NULL ? NULL : strstr(open, CLOSE);
    if (close == NULL) {
        size_t len = strlen(example);
        memcpy(out, example, len);
        return len;
    }
    *start = (size_t)(open - example);
    *end = (size_t)(close - open) - 3 + *start;
    size_t tail = strlen(close + 3);
    assert_true(*end + tail < TEXT_MAX);
    memcpy(out, example, *start);
    memcpy(out + *start, open + 3, *end - *start);
    memcpy(out + *end, close + 3, tail);
    return *end + tail;
}

/* Reported hits of one id; test values and placeholders are excluded, not reported. */
static unsigned count_of(const struct as_hits *hits, unsigned detector, size_t start, size_t end,
                         unsigned *out_exact)
{
    unsigned count = 0;
    *out_exact = 0;
    for (uint32_t i = 0; i < hits->count; i++) {
        if (hits->items[i].detector == detector && hits->items[i].state == AS_HIT_REPORTED) {
            count++;
            *out_exact += hits->items[i].start == start && hits->items[i].end == end;
        }
    }
    return count;
}

static bool check_hit(unsigned d, const char *example, uint32_t block_bytes, size_t pad)
{
    static char text[TEXT_MAX + 64];
    size_t start = 0;
    size_t end = 0;
    memset(text, '\n', pad);
    size_t len = unmark(example, text + pad, &start, &end) + pad;
    struct as_hits hits;
    as_hits_init(&hits);
    support_scan(s_scanner, text, len, "", block_bytes, &hits);
    unsigned exact = 0;
    unsigned count = count_of(&hits, d, start + pad, end + pad, &exact);
    bool good = count == 1 && exact == 1;
    if (!good) {
        print_error("%s, block %u: %u hits, %u exact, in: %s\n", as_catalog_builtin.detectors[d].id,
                    block_bytes, count, exact, example);
        for (uint32_t i = 0; i < hits.count; i++) {
            print_error("    %s [%llu, %llu) confidence %u\n",
                        as_catalog_builtin.detectors[hits.items[i].detector].id,
                        (unsigned long long)hits.items[i].start,
                        (unsigned long long)hits.items[i].end, hits.items[i].confidence);
        }
    }
    as_hits_fini(&hits);
    return good;
}

static bool check_miss(unsigned d, const char *example)
{
    struct as_hits hits;
    as_hits_init(&hits);
    support_scan(s_scanner, example, strlen(example), "", 1U << 18, &hits);
    unsigned exact = 0;
    unsigned count = count_of(&hits, d, 0, 0, &exact);
    if (count != 0) {
        print_error("%s: a hit in: %s\n", as_catalog_builtin.detectors[d].id, example);
    }
    as_hits_fini(&hits);
    return count == 0;
}

static unsigned over_hits(uint32_t block_bytes, size_t pad)
{
    unsigned failed = 0;
    for (unsigned d = 0; d < as_catalog_builtin.count; d++) {
        const char *const *e = as_catalog_builtin.detectors[d].examples_hit;
        for (; e != NULL && *e != NULL; e++) {
            failed += !check_hit(d, *e, block_bytes, pad);
        }
    }
    return failed;
}

static void examples_that_hit_are_found_exactly(void **state)
{
    (void)state;
    assert_int_equal(over_hits(1U << 18, 0), 0);
}

static void examples_that_miss_are_not_found(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (unsigned d = 0; d < as_catalog_builtin.count; d++) {
        const char *const *e = as_catalog_builtin.detectors[d].examples_miss;
        for (; e != NULL && *e != NULL; e++) {
            failed += !check_miss(d, *e);
        }
    }
    assert_int_equal(failed, 0);
}

static void examples_across_every_split_point_are_found(void **state)
{
    (void)state;
    assert_int_equal(over_hits(1, 0), 0);
    assert_int_equal(over_hits(7, 0), 0);
    assert_int_equal(over_hits(64, 0), 0);
}

static int set_up(void **state)
{
    (void)state;
    s_scanner = support_scanner(&as_catalog_builtin);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    as_scanner_free(s_scanner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_that_hit_are_found_exactly),
        cmocka_unit_test(examples_that_miss_are_not_found),
        cmocka_unit_test(examples_across_every_split_point_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
