/* SPDX-License-Identifier: Apache-2.0
 * The structure pass against a naive walk, byte by byte, that was written from the rules and shares
 * no code with it: random texts of an alphabet full of quotes and line ends, any cut, both variants
 * of the loops. */
#include "test.h"

#include <string.h>

#include "text/delimited.h"
#include "text/structure.h"

/* The rules of delimited.h and text.h once more, as plainly as can be. */
static void oracle_byte(struct as_entry *e, bool delimited, char delimiter, uint8_t b)
{
    bool second = b == '\n' && e->after_cr;
    bool quoted = delimited && e->cell == AS_CELL_QUOTED;
    bool literal = e->cell == AS_CELL_LITERAL;
    if (quoted && (b == '\r' || (b == '\n' && !second)) && ++e->open_lines > 100) {
        e->open_lines = 0; /* as if it were not quoted */
        quoted = false;
    }
    if (quoted && b == '"') {
        e->open_lines = 0;
    }
    bool ends_row = delimited && !quoted && (b == '\r' || (b == '\n' && !second));
    bool ends_cell = delimited && !quoted && b == (uint8_t)delimiter;
    if (b == '\r' || (b == '\n' && !second)) {
        e->line++;
        e->line_chars = 0;
    } else if (!second) {
        e->line_chars += b < 0x80 || b >= 0xc0;
    }
    e->after_cr = b == '\r';
    if (!delimited) {
        return;
    }
    e->cell_bytes++;
    if (ends_row) {
        e->row++;
        e->column = 0;
    }
    if (ends_cell) {
        e->column++;
    }
    if (ends_row || ends_cell || (second && !quoted)) {
        e->cell_bytes = 0;
        e->cell = literal ? AS_CELL_LITERAL : AS_CELL_START;
    } else if (quoted) {
        e->cell = b == '"' ? AS_CELL_QUOTE_SEEN : AS_CELL_QUOTED;
    } else if (literal) {
        e->cell = AS_CELL_LITERAL;
    } else if (b == '"' && (e->cell == AS_CELL_START || e->cell == AS_CELL_QUOTE_SEEN)) {
        e->cell = AS_CELL_QUOTED;
    } else {
        e->cell = AS_CELL_PLAIN;
    }
    e->in_quotes = e->cell == AS_CELL_QUOTED;
}

static void assert_entries_equal(const struct as_entry *a, const struct as_entry *b)
{
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->line_chars, b->line_chars);
    assert_int_equal(a->row, b->row);
    assert_int_equal(a->cell_bytes, b->cell_bytes);
    assert_int_equal(a->column, b->column);
    assert_int_equal(a->cell, b->cell);
    assert_int_equal(a->open_lines, b->open_lines);
    assert_int_equal(a->in_quotes, b->in_quotes);
    assert_int_equal(a->after_cr, b->after_cr);
}

static uint64_t s_seed; /* set by each test: runs are repeatable */

static uint32_t draw(uint32_t below)
{
    s_seed = s_seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(s_seed >> 33) % below;
}

/** Lines of a few bytes and hardly a quote, so that open ones reach their limit of lines. */
static size_t make_open_text(uint8_t *out, size_t cap)
{
    static const char bytes[] = "\n\n\n\r\r\n\n,a\n";
    size_t len = 0;
    for (; len < cap; len++) {
        out[len] = draw(150) == 0 ? '"' : (uint8_t)bytes[draw(sizeof bytes - 1)];
    }
    return draw((uint32_t)len);
}

/** Random text; `tidy`: quotes mostly where RFC 4180 has them. */
static size_t make_text(uint8_t *out, size_t cap, bool tidy)
{
    if (draw(4) == 0) {
        return make_open_text(out, cap);
    }
    static const char wild[] = "aa\",\",\n\r\xc3\xa9\"x";
    static const char *const cells[] = {"abc",  "\"a,b\"",         "\"x\"\"y\"",
                                        "",     "\"line\r\nend\"", "\xe2\x82\xac 5",
                                        "\"\"", "5\" disk"};
    size_t len = 0;
    while (len + 16 < cap) {
        if (!tidy) {
            out[len++] = (uint8_t)wild[draw(sizeof wild - 1)];
            continue;
        }
        const char *cell = cells[draw(draw(8) == 0 ? 8 : 7)];
        memcpy(out + len, cell, strlen(cell));
        len += strlen(cell);
        const char *end = draw(4) != 0 ? "," : draw(3) == 0 ? "\r" : draw(2) == 0 ? "\n" : "\r\n";
        memcpy(out + len, end, strlen(end));
        len += strlen(end);
    }
    return draw(8) == 0 ? len : draw((uint32_t)len);
}

static void advance_equals_naive_walk_for_any_cut(void **state)
{
    (void)state;
    uint8_t text[700];
    struct as_text t = {.delimiter = ','};
    s_seed = 1;
    for (unsigned round = 0; round < 4000; round++) {
        assert_true(as_structure_use_level(0));
        AS_IGNORE(round % 2 != 0 && as_structure_use_level(1), "older CPUs keep the baseline");
        t.kind = round % 3 == 0 ? AS_TEXT_PLAIN : AS_TEXT_DELIMITED;
        size_t len = make_text(text, 64 + draw(600), round % 5 < 3);
        struct as_entry expected = {.cell = round % 7 == 0 ? AS_CELL_LITERAL : AS_CELL_START};
        struct as_entry actual = expected;
        for (size_t at = 0; at < len;) {
            size_t step = 1 + draw(draw(2) == 0 ? 5 : 200);
            step = step > len - at ? len - at : step;
            for (size_t i = at; i < at + step; i++) {
                oracle_byte(&expected, t.kind == AS_TEXT_DELIMITED, ',', text[i]);
            }
            as_structure_advance(&actual, &t, text + at, step);
            assert_entries_equal(&actual, &expected);
            at += step;
        }
    }
    AS_IGNORE(as_structure_use_level(1), "back to the default");
}

static void compose_equals_advance_from_any_state(void **state)
{
    (void)state;
    uint8_t text[1500];
    struct as_text t = {.delimiter = ','};
    s_seed = 2;
    for (unsigned round = 0; round < 4000; round++) {
        t.kind = round % 4 == 0 ? AS_TEXT_JSON : AS_TEXT_DELIMITED;
        size_t len = make_text(text, 32 + draw(1400), round % 5 < 2);
        struct as_entry expected = {.cell = round % 7 == 0 ? AS_CELL_LITERAL : AS_CELL_START};
        struct as_entry actual = expected;
        for (size_t at = 0; at < len;) {
            size_t step = 1 + draw(draw(2) == 0 ? 6 : 900);
            step = step > len - at ? len - at : step;
            struct as_structure_summary summary;
            as_structure_summarize(&t, text + at, step, &summary);
            as_structure_compose(&actual, &t, &summary);
            as_structure_advance(&expected, &t, text + at, step);
            assert_entries_equal(&actual, &expected);
            at += step;
        }
    }
}

static void summary_of_nothing_changes_nothing(void **state)
{
    (void)state;
    struct as_text t = {.kind = AS_TEXT_DELIMITED, .delimiter = ';'};
    struct as_entry e = {.line = 3, .line_chars = 2, .row = 3, .column = 1, .after_cr = true};
    struct as_entry same = e;
    struct as_structure_summary summary;
    as_structure_summarize(&t, NULL, 0, &summary);
    as_structure_compose(&e, &t, &summary);
    as_structure_advance(&e, &t, NULL, 0);
    assert_entries_equal(&e, &same);
}

static void stray_quote_does_not_flip_what_follows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t rows;
        uint32_t column;
    } cases[] = {
        {"a,5\" disk,b\nc,d\ne", 2, 0},  {"a,\"x,y\",b\nc,d", 1, 1},
        {"a,\"x\ny\",b\nc,d", 1, 1},     {"a,\"he said \"\"no, \"\"\",b", 0, 2},
        {"\"x\" stray \"q, r\nc", 1, 0}, {"a,\"open,b\nc,\"d\",e\nf,g", 1, 1},
        {"a\r\nb\rc\n,", 3, 1},          {"\r\n\r\n", 2, 0},
        {"\"a\r\n\"\r\nb", 1, 0},        {"", 0, 0},
    };
    struct as_text t = {.kind = AS_TEXT_DELIMITED, .delimiter = ','};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_entry e = {0};
        as_structure_advance(&e, &t, (const uint8_t *)cases[i].text, strlen(cases[i].text));
        assert_int_equal(e.row, cases[i].rows);
        assert_int_equal(e.column, cases[i].column);
    }
}

static void quote_that_is_never_closed_takes_a_hundred_lines_and_no_more(void **state)
{
    (void)state;
    struct as_text t = {.kind = AS_TEXT_DELIMITED, .delimiter = ','};
    struct as_entry e = {0};
    as_structure_advance(&e, &t, (const uint8_t *)"1,\"open,x", 9);
    for (unsigned i = 0; i < 100; i++) {
        as_structure_advance(&e, &t, (const uint8_t *)"\r\n2,b,c", 7);
    }
    assert_int_equal(e.row, 0);
    as_structure_advance(&e, &t, (const uint8_t *)"\r\n3,b,c\r\n4,b", 12);
    assert_int_equal(e.row, 2);
    assert_int_equal(e.column, 1);
    assert_int_equal(e.line, 102);
    assert_false(e.in_quotes);
}

static void source_length_counts_units(void **state)
{
    (void)state;
    /* a, é, €, U+10348, repeated so that whole words are counted too */
    static const char once[] = "a\xc3\xa9\xe2\x82\xac\xf0\x90\x8d\x88";
    uint8_t text[20 * 10];
    for (unsigned i = 0; i < 20; i++) {
        memcpy(text + (size_t)10 * i, once, 10);
    }
    for (int level = 0; level < 2; level++) {
        AS_IGNORE(as_structure_use_level(level), "older CPUs keep the baseline");
        assert_int_equal(as_source_length(AS_CHARSET_UTF8, text, 200), 200);
        assert_int_equal(as_source_length(AS_CHARSET_LATIN1, text, 200), 80);
        assert_int_equal(as_source_length(AS_CHARSET_UTF16LE, text, 200), 200);
        assert_int_equal(as_source_length(AS_CHARSET_UTF16BE, text, 6), 6);
        assert_int_equal(as_source_length(AS_CHARSET_LATIN1, text, 0), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_of_nothing_changes_nothing),
        cmocka_unit_test(stray_quote_does_not_flip_what_follows),
        cmocka_unit_test(quote_that_is_never_closed_takes_a_hundred_lines_and_no_more),
        cmocka_unit_test(advance_equals_naive_walk_for_any_cut),
        cmocka_unit_test(compose_equals_advance_from_any_state),
        cmocka_unit_test(source_length_counts_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
