/* SPDX-License-Identifier: Apache-2.0
 * Texts whose parts are written in different character sets: ASCII in any part is handed over,
 * whatever the first part made of the whole, wherever the parts meet and however reads are cut. */
#include "harness.h"

static const char wanted[] = "card 4111 1111 1111 1111";

static void put_ascii(struct as_strbuf *s, const char *text)
{
    as_strbuf_puts(s, text);
}

static void put_wide(struct as_strbuf *s, const char *text, bool big)
{
    for (; *text != 0; text++) {
        char unit[2] = {big ? '\0' : *text, big ? *text : '\0'};
        as_strbuf_append(s, unit, 2);
    }
}

/* Lines of filler until the text has `len` bytes at least. */
static void fill(struct as_strbuf *s, size_t len, int wide)
{
    unsigned line = 0;
    while (s->len < len) {
        char text[64];
        snprintf(text, sizeof text, "line %u of words and no more\n", line++);
        if (wide < 0) {
            put_ascii(s, text);
        } else {
            put_wide(s, text, wide != 0);
        }
    }
}

static unsigned count(const struct recorded_member *m, const char *what)
{
    unsigned found = 0;
    for (uint32_t i = 0; i < m->text_count; i++) {
        const char *p = m->texts[i].bytes.ptr;
        const char *end = p + m->texts[i].bytes.len;
        while ((p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL) {
            found++;
            p++;
        }
    }
    return found;
}

static void assert_found_once(const struct as_strbuf *bytes, const char *what, bool any_step)
{
    struct record_options o = record_options_default();
    struct record *r = any_step ? record_walk_any_step(bytes->ptr, bytes->len, o)
                                : record_walk(bytes->ptr, bytes->len, &o);
    unsigned found = count(&r->members[0], wanted);
    if (found != 1) {
        fail_msg("%s: found %u times, %s", what, found,
                 as_coverage_name(r->members[0].end.coverage));
    }
    record_free(r);
}

/* -1: ASCII, 0: UTF-16LE, 1: UTF-16BE */
static void value_in_another_set_than_the_first_part_is_found(void **state)
{
    (void)state;
    static const char *const names[] = {"ASCII", "UTF-16LE", "UTF-16BE"};
    static const size_t sizes[] = {600, 70000, 1200000};
    for (int first = -1; first < 2; first++) {
        for (int second = -1; second < 2; second++) {
            for (size_t size = 0; size < AS_ARRAY_SIZE(sizes); size++) {
                for (unsigned odd = 0; odd < 2; odd++) {
                    struct as_strbuf s;
                    char what[128];
                    as_strbuf_init(&s, 1U << 24);
                    if (first >= 0) {
                        as_strbuf_append(&s, first == 0 ? "\xff\xfe" : "\xfe\xff", 2);
                    }
                    fill(&s, sizes[size], first);
                    as_strbuf_append(&s, "\n", odd); /* the other parity */
                    fill(&s, s.len + 300, second);
                    if (second < 0) {
                        put_ascii(&s, wanted);
                    } else {
                        put_wide(&s, wanted, second != 0);
                    }
                    fill(&s, s.len + 300, second);
                    snprintf(what, sizeof what, "%s after %zu bytes of %s, odd %u",
                             names[second + 1], sizes[size], names[first + 1], odd);
                    assert_found_once(&s, what, size == 1);
                    as_strbuf_fini(&s);
                }
            }
        }
    }
}

/* The value stands alone, right where the parts meet. */
static void value_alone_in_a_text_of_another_set_is_found(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 70; shift++) {
        for (int first = -1; first < 2; first++) {
            struct as_strbuf s;
            as_strbuf_init(&s, 1U << 20);
            if (first >= 0) {
                as_strbuf_append(&s, first == 0 ? "\xff\xfe" : "\xfe\xff", 2);
            }
            fill(&s, 65536 - 100, first);
            for (unsigned i = 0; i < shift; i++) {
                if (first < 0) {
                    put_ascii(&s, "x");
                } else {
                    put_wide(&s, "x", first != 0);
                }
            }
            put_ascii(&s, "\n");
            if (first < 0) {
                put_wide(&s, wanted, false);
            } else {
                put_ascii(&s, wanted);
            }
            put_ascii(&s, "\n");
            fill(&s, s.len + 4000, first);
            char what[64];
            snprintf(what, sizeof what, "alone, shift %u, first %d", shift, first);
            assert_found_once(&s, what, false);
            as_strbuf_fini(&s);
        }
    }
}

static void bytes_behind_a_mark_of_utf16_are_read_as_what_they_are(void **state)
{
    (void)state;
    struct as_strbuf s;
    as_strbuf_init(&s, 1U << 20);
    as_strbuf_append(&s, "\xff\xfe", 2);
    put_ascii(&s, "name,card\nAnn,");
    put_ascii(&s, wanted);
    put_ascii(&s, "\nBob,card 4222 2222 2222 2222\n");
    assert_found_once(&s, "behind a mark", true);
    as_strbuf_fini(&s);
}

/* Text in one set alone is read once: no other reading is begun beside it. */
static void text_in_one_set_has_one_reading(void **state)
{
    (void)state;
    for (int set = -1; set < 2; set++) {
        struct as_strbuf s;
        struct record_options o = record_options_default();
        as_strbuf_init(&s, 1U << 20);
        if (set >= 0) {
            as_strbuf_append(&s, set == 0 ? "\xff\xfe" : "\xfe\xff", 2);
        }
        fill(&s, 200000, set);
        struct record *r = record_walk(s.ptr, s.len, &o);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_int_equal(r->members[0].text_count, 1);
        record_free(r);
        as_strbuf_fini(&s);
    }
}

/* Sets that hold ASCII and are not decoded: their ASCII is read, and the rest is told. */
static void ascii_of_a_set_that_is_not_decoded_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *letters;
    } sets[] = {{"Shift JIS", "\x93\xfa\x96\x7b\x8c\xea\x82\xcc\x95\xb6\x8f\xcd "},
                {"GB18030", "\xd6\xd0\xce\xc4\xd7\xd6\xb7\xfb\xb2\xe2\xca\xd4 "},
                {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0 "},
                {"EUC-KR", "\xc7\xd1\xb1\xdb\xb9\xae\xc0\xda "}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(sets); i++) {
        struct as_strbuf s;
        as_strbuf_init(&s, 1U << 20);
        for (unsigned line = 0; line < 30; line++) {
            put_ascii(&s, sets[i].letters);
            put_ascii(&s, sets[i].letters);
            put_ascii(&s, line == 17 ? wanted : "x");
            put_ascii(&s, "\n");
        }
        struct record *r = record_walk_any_step(s.ptr, s.len, record_options_default());
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_TEXT_ENCODING);
        assert_int_equal(count(&r->members[0], wanted), 1);
        record_free(r);
        as_strbuf_fini(&s);
    }
}

/* A paragraph in Latin-1 in a text in UTF-8, and the other way round. */
static void ascii_in_parts_of_latin1_and_utf8_is_read(void **state)
{
    (void)state;
    static const char *const parts[] = {"Stra\xc3\x9f"
                                        "e in M\xc3\xbcnchen, \xc3\xa4hnlich\n",
                                        "Stra\xdf"
                                        "e in M\xfcnchen, \xe4hnlich\n"};
    for (unsigned first = 0; first < 2; first++) {
        struct as_strbuf s;
        as_strbuf_init(&s, 1U << 20);
        for (unsigned line = 0; line < 60; line++) {
            put_ascii(&s, parts[line < 40 ? first : 1 - first]);
        }
        put_ascii(&s, wanted);
        assert_found_once(&s, "Latin-1 and UTF-8", true);
        as_strbuf_fini(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_one_set_has_one_reading),
        cmocka_unit_test(bytes_behind_a_mark_of_utf16_are_read_as_what_they_are),
        cmocka_unit_test(ascii_of_a_set_that_is_not_decoded_is_read),
        cmocka_unit_test(ascii_in_parts_of_latin1_and_utf8_is_read),
        cmocka_unit_test(value_alone_in_a_text_of_another_set_is_found),
        cmocka_unit_test(value_in_another_set_than_the_first_part_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
