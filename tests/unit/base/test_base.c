/* SPDX-License-Identifier: Apache-2.0
 * The small pieces of engine/base: queue, budget, sizes, time, UTF-8, string buffer. */
#include "test.h"

#include <string.h>

#include "base/budget.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static void queue_full_refuses_and_closed_drains(void **state)
{
    (void)state;
    struct as_queue q;
    int a = 0;
    int b = 0;
    void *out = NULL;
    assert_int_equal(as_queue_init(&q, 1, NULL), AS_OK);
    assert_int_equal(as_queue_try_pop(&q, &out), AS_E_NOT_FOUND);
    assert_int_equal(as_queue_push(&q, &a), AS_OK);
    assert_int_equal(as_queue_try_push(&q, &b), AS_E_LIMIT);
    as_queue_close(&q);
    assert_int_equal(as_queue_push(&q, &b), AS_E_CLOSED);
    assert_int_equal(as_queue_pop(&q, &out), AS_OK);
    assert_ptr_equal(out, &a);
    assert_int_equal(as_queue_pop(&q, &out), AS_E_CLOSED);
    as_queue_fini(&q);
}

static void budget_over_limit_refuses_at_once(void **state)
{
    (void)state;
    struct as_budget b;
    as_budget_init(&b, 100);
    assert_int_equal(as_budget_charge(&b, 101, NULL), AS_E_LIMIT);
    assert_int_equal(as_budget_charge(&b, 60, NULL), AS_OK);
    assert_false(as_budget_try_charge(&b, 41));
    assert_true(as_budget_try_charge(&b, 40));
    as_budget_release(&b, 100);
    assert_int_equal(as_budget_peak(&b), 100);
    as_budget_fini(&b);
}

static void sizes_parse_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        uint64_t bytes;
    } cases[] = {{"", false, 0},
                 {"x", false, 0},
                 {"-1", false, 0},
                 {"8XB", false, 0},
                 {"99999999999999999999", false, 0},
                 {"20000000TiB", false, 0},
                 {"0", true, 0},
                 {"4096", true, 4096},
                 {"8MiB", true, 8U << 20},
                 {"8M", true, 8U << 20},
                 {"1.5GB", true, 1500000000},
                 {"2 kb", true, 2000}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        uint64_t bytes = 0;
        if (as_parse_size(cases[i].text, &bytes) != cases[i].ok || bytes != cases[i].bytes) {
            fail_msg("case '%s' gave %llu", cases[i].text, (unsigned long long)bytes);
        }
    }
}

static void timestamps_round_trip(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000Z"},
                 {951782400000, "2000-02-29T00:00:00.000Z"},
                 {1709164799999, "2024-02-28T23:59:59.999Z"},
                 {-1, "1969-12-31T23:59:59.999Z"}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        char text[AS_TIMESTAMP_SIZE];
        int64_t ms = 0;
        as_format_timestamp(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        assert_true(as_parse_timestamp(text, &ms));
        assert_true(ms == cases[i].ms);
    }
    int64_t ms;
    assert_false(as_parse_timestamp("2024-13-01T00:00:00Z", &ms));
    assert_false(as_parse_timestamp("2024-01-01", &ms));
}

static void utf8_refuses_what_unicode_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool valid;
    } cases[] = {{"", 0, true},
                 {"plain ascii text", 16, true},
                 {"\xc3\xa9", 2, true},
                 {"\xf0\x9f\x92\xa9", 4, true},
                 {"\xc0\x80", 2, false},
                 {"\xed\xa0\x80", 3, false},
                 {"\xf4\x90\x80\x80", 4, false},
                 {"\xe2\x82", 2, false},
                 {"\x80", 1, false}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        if (as_utf8_valid(cases[i].bytes, cases[i].len) != cases[i].valid) {
            fail_msg("case %zu", i);
        }
    }
}

static void strbuf_at_its_limit_sticks_to_failure(void **state)
{
    (void)state;
    struct as_strbuf s;
    as_strbuf_init(&s, 8);
    as_strbuf_puts(&s, "12345678");
    assert_false(s.failed);
    as_strbuf_putc(&s, '9');
    assert_true(s.failed);
    assert_null(as_strbuf_detach(&s));
    as_strbuf_printf(&s, "%d", 42);
    char *text = as_strbuf_detach(&s);
    assert_string_equal(text, "42");
    as_free(text);
    assert_int_equal(as_mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(queue_full_refuses_and_closed_drains),
                                       cmocka_unit_test(budget_over_limit_refuses_at_once),
                                       cmocka_unit_test(sizes_parse_as_people_write_them),
                                       cmocka_unit_test(timestamps_round_trip),
                                       cmocka_unit_test(utf8_refuses_what_unicode_refuses),
                                       cmocka_unit_test(strbuf_at_its_limit_sticks_to_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
