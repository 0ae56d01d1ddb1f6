/* SPDX-License-Identifier: Apache-2.0
 * A listing that repeats keys: what was seen lately is known again, what only comes out of order is
 * never taken for a duplicate, and a listing that goes in circles ends. */
#include "test.h"

#include <stdio.h>

#include "base/mem.h"
#include "pipeline/run_internal.h"

static bool repeated(struct as_listed_keys *k, const char *key)
{
    bool again = false;
    struct as_error err = {0};
    assert_int_equal(as_listed_keys_add(k, as_slice_of(key), &again, &err), AS_OK);
    return again;
}

static void keys_repeated_are_known_and_others_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        bool again;
    } cases[] = {{"", false}, {"", true},   {"a", false}, {"a", true},  {"b", false},
                 {"a", true}, {"c", false}, {"B", false}, {"B", true},  {"a\xff", false},
                 {"b", true}, {"d", false}, {"", true},   {"zz", false}};
    struct as_listed_keys *k = as_listed_keys_new();
    assert_non_null(k);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        assert_int_equal(repeated(k, cases[i].key), cases[i].again);
    }
    as_listed_keys_free(k);
}

static void a_page_given_again_is_known(void **state)
{
    (void)state;
    char key[32];
    struct as_listed_keys *k = as_listed_keys_new();
    assert_non_null(k);
    for (unsigned page = 0; page < 20; page++) {
        for (unsigned time = 0; time < 3; time++) {
            for (unsigned i = 0; i < 1000; i++) {
                snprintf(key, sizeof key, "%05u", page * 1000 + i);
                assert_int_equal(repeated(k, key), time != 0);
            }
        }
    }
    as_listed_keys_free(k);
}

static void the_end_tells_how_far_an_ordered_listing_came(void **state)
{
    (void)state;
    for (int ordered = 0; ordered < 2; ordered++) {
        struct as_target t = {0};
        struct as_listed_keys *k = as_listed_keys_new();
        assert_non_null(k);
        assert_false(repeated(k, "b"));
        assert_false(repeated(k, ordered ? "c" : "a"));
        as_listed_keys_end(k, &t);
        as_listed_keys_free(k);
        if (ordered) {
            assert_int_equal(t.last_key_len, 1);
            assert_memory_equal(t.last_key, "c", 1);
        } else {
            assert_null(t.last_key);
        }
        as_free(t.last_key);
    }
}

static void a_listing_in_circles_ends(void **state)
{
    (void)state;
    struct as_listed_keys *k = as_listed_keys_new();
    struct as_error err = {0};
    bool again = false;
    unsigned turns = 0;
    assert_non_null(k);
    while (as_listed_keys_add(k, as_slice_of("x"), &again, &err) == AS_OK && turns < 1000000) {
        turns++;
    }
    assert_int_equal(err.status, AS_E_PROTOCOL);
    assert_in_range(turns, 2000, 100000);
    as_listed_keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_repeated_are_known_and_others_are_not),
        cmocka_unit_test(a_page_given_again_is_known),
        cmocka_unit_test(the_end_tells_how_far_an_ordered_listing_came),
        cmocka_unit_test(a_listing_in_circles_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
