/* SPDX-License-Identifier: Apache-2.0
 * Values of hits: cut at the limit between characters, never out of the block's bytes, found again
 * by place and detector, and dropped when what starts later was asked for. */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "pipeline/kept_values.h"

static struct as_hit hit_of(uint64_t start, uint64_t end, uint16_t detector)
{
    return (struct as_hit){.start = start, .end = end, .detector = detector};
}

/* A block of payload [100, 100 + size) with `back` bytes before and `ahead` after it. */
static struct as_block block_of(const char *bytes, uint32_t back, uint32_t size, uint32_t ahead)
{
    return (struct as_block){.offset = 100,
                             .data = (const uint8_t *)bytes + back,
                             .size = size,
                             .back = back,
                             .ahead = ahead};
}

static void values_are_found_by_place_and_detector(void **state)
{
    (void)state;
    struct as_hit items[] = {hit_of(97, 101, 1),  hit_of(102, 104, 1), hit_of(102, 104, 2),
                             hit_of(102, 106, 1), hit_of(108, 112, 7), hit_of(111, 200, 3)};
    items[4].state = AS_HIT_TEST_VALUE;
    const struct as_hits hits = {.items = items, .count = AS_ARRAY_SIZE(items)};
    const struct as_block block = block_of("xyzABCDEFGHIJKLMN", 3, 12, 2);
    static const struct {
        uint64_t start, end;
        uint16_t detector;
        const char *text; /* NULL: not kept */
    } cases[] = {{97, 101, 1, "xyzA"},  {97, 101, 2, NULL},  {102, 104, 2, "CD"},
                 {102, 106, 1, "CDEF"}, {102, 104, 1, "CD"}, {108, 112, 7, NULL},
                 {111, 200, 3, "LMN"},  {111, 201, 3, NULL}, {300, 301, 1, NULL},
                 {111, 200, 3, NULL}};
    struct as_kept_values some = {0};
    struct as_kept_values all = {0};
    assert_int_equal(as_kept_values_copy(&some, &block, &hits), AS_OK);
    assert_int_equal(as_kept_values_move(&all, &some), AS_OK);
    assert_int_equal(some.count, 0);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        const struct as_hit asked = hit_of(cases[i].start, cases[i].end, cases[i].detector);
        const struct as_kept_value *value = as_kept_values_find(&all, &asked);
        if (cases[i].text == NULL) {
            assert_null(value);
        } else {
            assert_non_null(value);
            assert_int_equal(value->len, strlen(cases[i].text));
            assert_memory_equal(value->bytes, cases[i].text, value->len);
        }
    }
    as_kept_values_fini(&some);
    as_kept_values_fini(&all);
}

static void a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    static char text[AS_REVEALED_BYTES_MAX + 64];
    for (unsigned shift = 0; shift < 4; shift++) {
        memset(text, 'a', sizeof text);
        for (size_t i = shift; i + 4 <= sizeof text; i += 4) {
            memcpy(text + i, "\xf0\x9f\x98\x80", 4);
        }
        struct as_hit item = hit_of(100, 100 + sizeof text, 0);
        const struct as_hits hits = {.items = &item, .count = 1};
        const struct as_block block = block_of(text, 0, sizeof text, 0);
        struct as_kept_values v = {0};
        assert_int_equal(as_kept_values_copy(&v, &block, &hits), AS_OK);
        const struct as_kept_value *value = as_kept_values_find(&v, &item);
        assert_non_null(value);
        assert_int_equal(value->len, AS_REVEALED_BYTES_MAX - (shift == 0 ? 0 : 4 - shift));
        as_kept_values_fini(&v);
    }
}

static void many_blocks_go_through_one_list(void **state)
{
    (void)state;
    struct as_kept_values all = {0};
    for (uint64_t b = 0; b < 1000; b++) {
        struct as_hit items[10];
        for (unsigned i = 0; i < AS_ARRAY_SIZE(items); i++) {
            items[i] = hit_of(b * 10 + i, b * 10 + i + 1, (uint16_t)i);
        }
        const struct as_hits hits = {.items = items, .count = AS_ARRAY_SIZE(items)};
        struct as_block block = block_of("0123456789", 0, 10, 0);
        struct as_kept_values some = {0};
        block.offset = b * 10;
        assert_int_equal(as_kept_values_copy(&some, &block, &hits), AS_OK);
        assert_int_equal(as_kept_values_move(&all, &some), AS_OK);
        as_kept_values_fini(&some);
        const struct as_kept_value *value = as_kept_values_find(&all, &items[7]);
        assert_non_null(value);
        assert_int_equal(value->bytes[0], '7');
    }
    assert_in_range(all.cap, 1, 256); /* what was dropped makes room */
    as_kept_values_fini(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_place_and_detector),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(many_blocks_go_through_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
