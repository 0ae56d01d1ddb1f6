/* SPDX-License-Identifier: Apache-2.0
 * What goes to a screen: hostile names made harmless, widths, tables on narrow screens, the line of
 * progress. */
#include "test.h"

#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/width.h"

static void shown_name_does_nothing_to_a_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *shown;
    } cases[] = {
        {"plain", 5, "plain"},
        {"a\033[2Jb", 6, "a?[2Jb"},
        {"a\nb\rc\td", 7, "a?b?c?d"},
        {"nul\0end", 7, "nul?end"},
        {"\x7f", 1, "?"},
        {"caf\xc3\xa9", 5, "caf\xc3\xa9"},
        {"bad\xff\xc3", 5, "bad??"},
        {"csi\xc2\x9b"
         "1m",
         7, "csi?1m"},
        {"rtl\xe2\x80\xae"
         "x",
         7, "rtl?x"},
        {"iso\xe2\x81\xa6"
         "x",
         7, "iso?x"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_strbuf out;
        as_strbuf_init(&out, 1000);
        as_text_show(&out, as_slice(cases[i].text, cases[i].len), SIZE_MAX);
        assert_string_equal(out.ptr, cases[i].shown);
        as_strbuf_fini(&out);
    }
}

static void shown_text_is_cut_by_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *shown;
    } cases[] = {
        {"abcdef", 6, "abcdef"},
        {"abcdefg", 6, "abc..."},
        {"abcdef", 3, "..."},
        {"abcdef", 1, "."},
        {"\xe6\xbc\xa2\xe5\xad\x97\xe5\xad\x97", 6, "\xe6\xbc\xa2\xe5\xad\x97\xe5\xad\x97"},
        {"\xe6\xbc\xa2\xe5\xad\x97\xe5\xad\x97", 5, "\xe6\xbc\xa2..."},
        {"\xe6\xbc\xa2\xe5\xad\x97\xe5\xad\x97", 4, "..."},
        {"e\xcc\x81"
         "e\xcc\x81",
         2,
         "e\xcc\x81"
         "e\xcc\x81"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_strbuf out;
        as_strbuf_init(&out, 1000);
        as_text_show(&out, as_slice_of(cases[i].text), cases[i].columns);
        assert_string_equal(out.ptr, cases[i].shown);
        assert_true(as_text_width(out.ptr) <= cases[i].columns);
        as_strbuf_fini(&out);
    }
}

static void width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(as_text_width(""), 0);
    assert_int_equal(as_text_width("abc"), 3);
    assert_int_equal(as_text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4); /* two CJK characters */
    assert_int_equal(as_text_width("e\xcc\x81"), 1);                /* e and a combining accent */
    assert_int_equal(as_text_width("\xf0\x9f\x98\x80"), 2);         /* an emoji */
    assert_int_equal(as_text_width("\xff\xff"), 2);
}

static const struct as_table_column columns[] = {{"TYPE", false, true}, {"COUNT", true, false}};

static void table_fits_a_narrow_screen(void **state)
{
    (void)state;
    struct as_table t;
    struct as_strbuf out;
    as_strbuf_init(&out, 10000);
    as_table_init(&t, columns, 2);
    as_table_cell(&t, "A_VERY_LONG_TYPE_NAME_INDEED");
    as_table_cell_number(&t, 1234567);
    as_table_cell(&t, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
    as_table_cell_number(&t, 1);
    as_table_render(&t, 24, false, &out);
    assert_string_equal(out.ptr, "  TYPE             COUNT\n"
                                 "  A_VERY_LON...  1234567\n"
                                 "  \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"
                                 "\xe5\xad\x97         1\n");
    as_strbuf_fini(&out);
    as_table_fini(&t);
}

static void table_that_cannot_fit_stays_readable(void **state)
{
    (void)state;
    struct as_table t;
    struct as_strbuf out;
    as_strbuf_init(&out, 10000);
    as_table_init(&t, columns, 2);
    as_table_cell(&t, "LONG_TYPE_NAME");
    as_table_cell_number(&t, 12345678901234567890ULL);
    as_table_render(&t, 1, false, &out);
    assert_non_null(strstr(out.ptr, "LONG_..."));
    assert_non_null(strstr(out.ptr, "12345678901234567890"));
    as_strbuf_fini(&out);
    as_table_fini(&t);
}

static void table_cells_are_made_safe(void **state)
{
    (void)state;
    struct as_table t;
    struct as_strbuf out;
    as_strbuf_init(&out, 10000);
    as_table_init(&t, columns, 2);
    as_table_cell(&t, "evil\033[31m\n");
    as_table_cell(&t, "");
    as_table_render(&t, 80, false, &out);
    assert_null(strchr(out.ptr, '\033'));
    assert_non_null(strstr(out.ptr, "evil?[31m?"));
    as_strbuf_fini(&out);
    as_table_fini(&t);
}

static void progress_line_says_what_is_known(void **state)
{
    (void)state;
    static const struct {
        struct as_progress_view view;
        const char *line;
    } cases[] = {
        {{0}, "0 of 0+ objects, 0 B of 0 B+, 0 found"},
        {{.objects_listed = 10,
          .objects_done = 3,
          .bytes_listed = 4096,
          .bytes_done = 1024,
          .bytes_per_second = 1024,
          .findings = 2},
         "3 of 10+ objects, 1.0 KiB of 4.0 KiB+, 1.0 KiB/s, 2 found"},
        {{.objects_listed = 10,
          .objects_done = 3,
          .bytes_listed = 4096,
          .bytes_done = 1024,
          .bytes_per_second = 1024,
          .listing_done = true,
          .incomplete = 1},
         "3 of 10 objects, 1.0 KiB of 4.0 KiB, 1.0 KiB/s, 4s left, 0 found, 1 not read in full"},
        {{.objects_listed = 2,
          .objects_done = 1,
          .bytes_listed = 1048576 * 200ULL,
          .bytes_done = 1048576 * 100ULL,
          .bytes_per_second = 1048576,
          .listing_done = true},
         "1 of 2 objects, 100.0 MiB of 200.0 MiB, 1.0 MiB/s, 1m41s left, 0 found"},
        {{.objects_listed = 2,
          .objects_done = 2,
          .bytes_listed = 5,
          .bytes_done = 9,
          .bytes_per_second = 7,
          .listing_done = true},
         "2 of 2 objects, 9 B of 5 B, 7 B/s, 0 found"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_strbuf out;
        as_strbuf_init(&out, 1000);
        as_progress_line(&cases[i].view, &out);
        assert_string_equal(out.ptr, cases[i].line);
        as_strbuf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown_name_does_nothing_to_a_terminal),
        cmocka_unit_test(shown_text_is_cut_by_columns),
        cmocka_unit_test(width_counts_columns),
        cmocka_unit_test(table_fits_a_narrow_screen),
        cmocka_unit_test(table_that_cannot_fit_stays_readable),
        cmocka_unit_test(table_cells_are_made_safe),
        cmocka_unit_test(progress_line_says_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
