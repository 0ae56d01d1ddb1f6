/* SPDX-License-Identifier: Apache-2.0
 * as_tally: exact counts, the smallest places whatever the order of arrival, bounded memory; and
 * the cutting of names and paths. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "findings/json_path.h"
#include "findings/tally.h"

static struct as_occurrence place_at(uint64_t start)
{
    return (struct as_occurrence){.start = start,
                                  .end = start + 4,
                                  .line = start / 10 + 1,
                                  .end_line = start / 10 + 1,
                                  .line_column = 1,
                                  .confidence = 80};
}

static void tally_empty_seals_and_frees(void **state)
{
    (void)state;
    struct as_tally t;
    as_tally_init(&t);
    as_tally_seal(&t);
    assert_int_equal(as_tally_bytes(&t), 0);
    as_tally_fini(&t);
    as_tally_fini(&t);
}

static void tally_every_failed_allocation_leaves_it_whole(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    for (uint64_t n = 0;; n++) {
        struct as_tally t;
        as_tally_init(&t);
        uint64_t counted = 0;
        as_mem_fail_after(n);
        enum as_status status = AS_OK;
        for (uint64_t i = 0; i < 40 && status == AS_OK; i++) {
            struct as_occurrence o = place_at(i * 7 % 40);
            char name[] = "name";
            char path[] = "$.a";
            o.column_name = i % 2 == 0 ? name : NULL;
            o.json_path = i % 2 == 1 ? path : NULL;
            status = as_tally_add(&t, (uint32_t)(i % 5), i, 50, &o);
            counted += status == AS_OK;
        }
        as_mem_fail_after(UINT64_MAX);
        uint64_t sum = 0;
        for (uint32_t i = 0; i < t.type_count; i++) {
            sum += t.types[i].count;
        }
        assert_int_equal(sum, counted);
        assert_int_equal(t.confirmed, counted);
        as_tally_fini(&t);
        assert_int_equal(as_mem_live(), live);
        if (status == AS_OK) {
            assert_true(n > 10);
            return;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
    }
}

static void tally_any_order_keeps_the_smallest_places(void **state)
{
    (void)state;
    enum { HITS = 5003 };
    static const uint64_t strides[] = {1, 5002, 7, 2501, 4999};
    for (size_t s = 0; s < sizeof strides / sizeof *strides; s++) {
        struct as_tally t;
        as_tally_init(&t);
        for (uint64_t i = 0; i < HITS; i++) {
            struct as_occurrence o = place_at(i * strides[s] % HITS * 10);
            assert_int_equal(as_tally_add(&t, 9, i % 1500, (uint8_t)(i % 101), &o), AS_OK);
        }
        as_tally_seal(&t);
        assert_int_equal(t.type_count, 1);
        assert_int_equal(t.types[0].count, HITS);
        assert_int_equal(t.types[0].distinct, AS_DISTINCT_MAX);
        assert_int_equal(t.types[0].confidence, 100);
        assert_int_equal(t.types[0].occurrence_count, AS_OCCURRENCES_MAX);
        for (uint32_t i = 0; i < AS_OCCURRENCES_MAX; i++) {
            assert_int_equal(t.types[0].occurrences[i].start, i * 10);
        }
        assert_true(as_tally_bytes(&t) < 256U << 10);
        as_tally_fini(&t);
    }
}

static void tally_equal_offsets_keep_a_total_order(void **state)
{
    (void)state;
    struct as_occurrence places[3] = {place_at(5), place_at(5), place_at(5)};
    char first[] = "a";
    char second[] = "b";
    places[1].column_name = first;
    places[2].column_name = second;
    for (unsigned turn = 0; turn < 3; turn++) {
        struct as_tally t;
        as_tally_init(&t);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(as_tally_add(&t, 0, i, 50, &places[(i + turn) % 3]), AS_OK);
        }
        as_tally_seal(&t);
        assert_null(t.types[0].occurrences[0].column_name);
        assert_string_equal(t.types[0].occurrences[1].column_name, "a");
        assert_string_equal(t.types[0].occurrences[2].column_name, "b");
        as_tally_fini(&t);
    }
}

static void tally_distinct_is_exact_to_the_limit(void **state)
{
    (void)state;
    struct as_tally t;
    as_tally_init(&t);
    for (uint64_t i = 0; i < 3 * 999; i++) {
        assert_int_equal(as_tally_add(&t, 1, i % 999, 50, NULL), AS_OK); /* 0 is a value too */
    }
    assert_int_equal(t.types[0].distinct, 999);
    assert_int_equal(t.types[0].in_name, 3 * 999);
    assert_int_equal(t.types[0].occurrence_count, 0);
    as_tally_fini(&t);
}

static void tally_merge_sums_without_places(void **state)
{
    (void)state;
    struct as_tally object;
    struct as_tally member;
    as_tally_init(&object);
    as_tally_init(&member);
    struct as_occurrence o = place_at(1);
    assert_int_equal(as_tally_add(&member, 4, 11, 70, &o), AS_OK);
    assert_int_equal(as_tally_add(&member, 2, 12, 60, NULL), AS_OK);
    as_tally_exclude(&member, AS_EXCLUDED_TEST_NUMBER);
    assert_int_equal(as_tally_add(&object, 4, 11, 55, NULL), AS_OK);
    assert_int_equal(as_tally_merge(&object, &member), AS_OK);
    assert_int_equal(as_tally_merge(&object, &member), AS_OK);
    as_tally_seal(&object);
    assert_int_equal(object.type_count, 2);
    assert_int_equal(object.types[0].detector, 2);
    assert_int_equal(object.types[1].count, 3);
    assert_int_equal(object.types[1].distinct, 1);
    assert_int_equal(object.types[1].confidence, 70);
    assert_int_equal(object.types[1].in_name, 1);
    assert_int_equal(object.types[1].occurrence_count, 0);
    assert_int_equal(object.excluded[AS_EXCLUDED_TEST_NUMBER], 2);
    assert_int_equal(object.confirmed, 3 + 2 + 2);
    as_tally_fini(&object);
    as_tally_fini(&member);
}

/** `count` copies of `unit` after `head`, then `tail`. */
static char *repeat(const char *head, const char *unit, size_t count, const char *tail)
{
    size_t unit_len = strlen(unit);
    size_t len = strlen(head) + unit_len * count + strlen(tail);
    char *text = as_malloc(len + 1);
    assert_non_null(text);
    memcpy(text, head, strlen(head));
    for (size_t i = 0; i < count; i++) {
        memcpy(text + strlen(head) + i * unit_len, unit, unit_len);
    }
    memcpy(text + len - strlen(tail), tail, strlen(tail) + 1);
    return text;
}

static void json_path_over_limit_is_cut_as_macie_does(void **state)
{
    (void)state;
    struct {
        char *path;
        char *cut; /* NULL: only the limits are checked */
    } cases[] = {
        {repeat("", "", 0, ""), repeat("", "", 0, "")},
        {repeat("$", ".a['b c'][3]", 3, ""), repeat("$", ".a['b c'][3]", 3, "")},
        {repeat("$.", "x", 239, ""), repeat("$.", "x", 239, "")},
        {repeat("$.", "x", 241, ""), repeat("$['...", "x", 237, "']")},
        {repeat("$['", "\xc3\xa9", 300, "']"), repeat("$['...", "\xc3\xa9", 237, "']")},
        {repeat("$", ".a", 200, ".b['c']"), repeat("$.", ".a", 120, ".b['c']")},
        {repeat("$", "['k']", 60, ""), repeat("$..", "['k']", 49, "")},
        {repeat("$['", "\\'.[", 200, "']"), NULL},
        {repeat("", "no path ", 100, ""), NULL},
        {repeat("$['", "unclosed", 100, ""), NULL},
        {repeat("$", "[", 4000, ""), NULL},
        {repeat("$", "\xff\x80", 4000, ""), NULL},
        {repeat("$", "\x80", 4000, ""), NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *cut = as_json_path_cut(cases[i].path);
        assert_non_null(cut);
        if (cases[i].cut != NULL) {
            assert_string_equal(cut, cases[i].cut);
        }
        assert_true(as_utf8_count(cut, strlen(cut)) <= AS_JSON_PATH_CHARS_MAX);
        assert_true(strlen(cut) <= 4U * AS_JSON_PATH_CHARS_MAX);
        char *again = as_json_path_cut(cut);
        assert_string_equal(again, cut);
        as_free(again);
        as_free(cut);
        as_free(cases[i].path);
        as_free(cases[i].cut);
    }
}

static void column_name_over_limit_keeps_its_end(void **state)
{
    (void)state;
    char *name = repeat("head", "\xf0\x9f\x98\x80", 5000, "tail");
    char *cut = as_column_name_cut(name);
    assert_int_equal(as_utf8_count(cut, strlen(cut)), AS_COLUMN_NAME_CHARS_MAX);
    assert_true(as_utf8_valid(cut, strlen(cut)));
    assert_memory_equal(cut, "...", 3);
    assert_string_equal(cut + strlen(cut) - 4, "tail");
    as_free(cut);
    as_free(name);
    cut = as_column_name_cut("ssn");
    assert_string_equal(cut, "ssn");
    as_free(cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tally_empty_seals_and_frees),
        cmocka_unit_test(tally_every_failed_allocation_leaves_it_whole),
        cmocka_unit_test(tally_any_order_keeps_the_smallest_places),
        cmocka_unit_test(tally_equal_offsets_keep_a_total_order),
        cmocka_unit_test(tally_distinct_is_exact_to_the_limit),
        cmocka_unit_test(tally_merge_sums_without_places),
        cmocka_unit_test(json_path_over_limit_is_cut_as_macie_does),
        cmocka_unit_test(column_name_over_limit_keeps_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
