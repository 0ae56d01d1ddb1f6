/* SPDX-License-Identifier: Apache-2.0
 * Places and cells: known ones, and on random texts those of a block anywhere in the text against a
 * locator that walks from the text's start one byte at a time. */
#include "test.h"

#include <string.h>

#include "text/delimited.h"
#include "text/locate.h"
#include "text/structure.h"

static uint64_t s_seed = 5; /* runs are repeatable */

static uint32_t draw(uint32_t below)
{
    s_seed = s_seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(s_seed >> 33) % below;
}

static struct as_text s_csv = {.kind = AS_TEXT_DELIMITED, .delimiter = ',', .refs = 1000000};
static struct as_text s_plain = {.kind = AS_TEXT_PLAIN, .refs = 1000000};

static void assert_places_equal(const struct as_place *a, const struct as_place *b)
{
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->line_column, b->line_column);
    assert_int_equal(a->row, b->row);
    assert_int_equal(a->column, b->column);
    assert_int_equal(a->source_offset, b->source_offset);
}

static void descending_offsets_and_beyond_the_end_are_answered(void **state)
{
    (void)state;
    struct as_block *b = as_block_of_bytes(&s_plain, "ab\ncd", 5);
    assert_non_null(b);
    struct as_locator l;
    struct as_place place;
    as_locator_init(&l, b);
    as_locate(&l, 4, &place);
    assert_int_equal(place.line, 2);
    as_locate(&l, 1, &place); /* back: from the start again */
    assert_int_equal(place.line, 1);
    assert_int_equal(place.line_column, 2);
    as_locate(&l, 500, &place); /* the end */
    assert_int_equal(place.line, 2);
    assert_int_equal(place.line_column, 3);
    assert_int_equal(place.row, 0);
    assert_int_equal(place.column, 0);
    as_block_free(b);
}

static void places_are_counted_in_lines_characters_rows_and_columns(void **state)
{
    (void)state;
    static const char text[] = "id,\"n\xc3\xa9\nx\",z\r\n1,2";
    static const struct {
        uint64_t at;
        struct as_place place;
    } cases[] = {
        {0, {.line = 1, .line_column = 1, .row = 1, .column = 1, .source_offset = 0}},
        {2, {.line = 1, .line_column = 3, .row = 1, .column = 1, .source_offset = 2}},
        {3, {.line = 1, .line_column = 4, .row = 1, .column = 2, .source_offset = 3}},
        {7, {.line = 1, .line_column = 7, .row = 1, .column = 2, .source_offset = 7}},
        {8, {.line = 2, .line_column = 1, .row = 1, .column = 2, .source_offset = 8}},
        {11, {.line = 2, .line_column = 4, .row = 1, .column = 3, .source_offset = 11}},
        {14, {.line = 3, .line_column = 1, .row = 2, .column = 1, .source_offset = 14}},
        {16, {.line = 3, .line_column = 3, .row = 2, .column = 2, .source_offset = 16}},
    };
    struct as_block *b = as_block_of_bytes(&s_csv, text, sizeof text - 1);
    assert_non_null(b);
    struct as_locator l;
    as_locator_init(&l, b);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_place place;
        as_locate(&l, cases[i].at, &place);
        assert_places_equal(&place, &cases[i].place);
    }
    as_block_free(b);
}

static size_t make_text(uint8_t *out, size_t cap)
{
    static const char *const parts[] = {
        "abc",         ",",        ",",
        "\"a,b\"",     "\r\n",     "\n",
        "\"q\"\"\n\"", "\xc3\xa9", "a cell that is somewhat longer than most"};
    size_t len = 0;
    while (len + 64 < cap) {
        const char *part = parts[draw(AS_ARRAY_SIZE(parts))];
        memcpy(out + len, part, strlen(part));
        len += strlen(part);
    }
    return len;
}

/** Bounds of the cell at `at` by walking the whole text. */
static void naive_cell(const uint8_t *text, size_t len, size_t at, int64_t *start, int64_t *end)
{
    struct as_delimited_state s = {0};
    *start = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned events = as_delimited_step(&s, text[i], ',');
        if (i >= at && (events & 3) != 0) {
            *end = (int64_t)i;
            return;
        }
        if ((events & 4) != 0 && i < at) {
            *start = (int64_t)i + 1;
        }
    }
    *end = (int64_t)len;
}

static void cells_of_a_block_are_those_of_the_text(void **state)
{
    (void)state;
    uint8_t text[1500];
    for (unsigned round = 0; round < 300; round++) {
        size_t len = make_text(text, sizeof text);
        size_t from = draw((uint32_t)len);
        size_t back = from < 100 ? from : 100;
        size_t ahead = (len - from) / 2;
        struct as_block b = {.text = &s_csv,
                             .data = text + from,
                             .size = (uint32_t)(len - from - ahead),
                             .back = (uint32_t)back,
                             .ahead = (uint32_t)ahead,
                             .last = true};
        as_structure_advance(&b.entry, &s_csv, text, from);
        struct as_locator l;
        as_locator_init(&l, &b);
        for (size_t at = draw(9); from + at < len; at += 1 + draw(30)) {
            int64_t start;
            int64_t end;
            naive_cell(text, len, from + at, &start, &end);
            struct as_cell cell;
            struct as_place place;
            if (draw(2) == 0) {
                as_locate(&l, at, &place);
            }
            as_locate_cell(&l, at, &cell);
            int64_t least = -(int64_t)back;
            int64_t expected = start - (int64_t)from;
            assert_int_equal(cell.start, expected < least ? least : expected);
            assert_int_equal(cell.end, end - (int64_t)from);
            assert_int_equal(cell.cut, expected < least);
        }
    }
}

static void places_of_a_block_are_those_of_the_text(void **state)
{
    (void)state;
    uint8_t text[1500];
    for (unsigned round = 0; round < 300; round++) {
        struct as_text *t = round % 2 == 0 ? &s_csv : &s_plain;
        t->charset = round % 3 == 0 ? AS_CHARSET_UTF16LE : AS_CHARSET_UTF8;
        size_t len = make_text(text, sizeof text);
        struct as_block whole = {.text = t, .data = text, .size = (uint32_t)len};
        size_t from = draw((uint32_t)len);
        struct as_block b = {.text = t,
                             .data = text + from,
                             .source_offset = as_source_length(t->charset, text, from),
                             .size = (uint32_t)(len - from)};
        as_structure_advance(&b.entry, t, text, from);
        struct as_locator one;
        struct as_locator l;
        as_locator_init(&one, &whole);
        as_locator_init(&l, &b);
        size_t walked = 0;
        for (size_t at = 0; from + at <= len; at += 1 + draw(50)) {
            struct as_place expected = {0};
            struct as_place place;
            for (; walked <= from + at; walked++) {
                as_locate(&one, walked, &expected);
            }
            as_locate(&l, at, &place);
            assert_places_equal(&place, &expected);
        }
    }
    s_csv.charset = AS_CHARSET_UTF8;
    s_plain.charset = AS_CHARSET_UTF8;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descending_offsets_and_beyond_the_end_are_answered),
        cmocka_unit_test(places_are_counted_in_lines_characters_rows_and_columns),
        cmocka_unit_test(cells_of_a_block_are_those_of_the_text),
        cmocka_unit_test(places_of_a_block_are_those_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
