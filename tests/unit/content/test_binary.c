/* SPDX-License-Identifier: Apache-2.0
 * Binaries: printable runs in three readings, at their own offsets, wherever chunks are cut. */
#include "harness.h"

#define CHUNK 65536U

static uint8_t *noise_bytes(size_t len, uint64_t seed)
{
    uint8_t *p = as_malloc(len);
    for (size_t i = 0; i < len; i++) {
        p[i] = (uint8_t)(noise(&seed) % 8); /* nothing printable but no text either */
    }
    return p;
}

static const struct recorded_text *reading(const struct recorded_member *m, enum as_charset charset,
                                           const char *holding)
{
    for (uint32_t i = 0; i < m->text_count; i++) {
        const struct recorded_text *t = &m->texts[i];
        if (t->charset == charset &&
            memmem(t->bytes.ptr, t->bytes.len, holding, strlen(holding)) != NULL) {
            return t;
        }
    }
    return NULL;
}

static void runs_are_found_at_every_place_around_a_chunk_edge(void **state)
{
    (void)state;
    static const char planted[] = "key AKIAEXAMPLE";
    const size_t len = 3 * CHUNK + 77;
    for (unsigned wide = 0; wide < 2; wide++) {
        for (size_t shift = 0; shift < 40; shift++) {
            size_t at = CHUNK - 20 + shift;
            uint8_t *bytes = noise_bytes(len, 7);
            size_t width = wide ? 2 : 1;
            for (size_t i = 0; i < sizeof planted - 1; i++) {
                bytes[at + i * width] = (uint8_t)planted[i];
                if (wide) {
                    bytes[at + i * width + 1] = 0;
                }
            }
            struct record_options o = record_options_default();
            struct record *r = record_walk(bytes, len, &o);
            struct recorded_member *m = &r->members[0];
            assert_end(m, AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
            const struct recorded_text *t =
                reading(m, wide ? AS_CHARSET_UTF16LE : AS_CHARSET_UTF8, planted);
            if (t == NULL) {
                fail_msg("not found: wide %u, shift %zu, %u texts", wide, shift, m->text_count);
            }
            /* one byte stays one byte, one unit one unit: the place is the same */
            const char *hit = memmem(t->bytes.ptr, t->bytes.len, planted, sizeof planted - 1);
            uint64_t place = as_source_length(t->charset, (const uint8_t *)t->bytes.ptr,
                                              (size_t)(hit - t->bytes.ptr)) +
                             (wide ? at % 2 : 0);
            assert_int_equal(place, at);
            record_free(r);
            as_free(bytes);
        }
    }
}

static void utf16_is_not_read_where_there_is_none(void **state)
{
    (void)state;
    uint8_t *bytes = noise_bytes(CHUNK * 2, 9);
    memcpy(bytes + 100, "plain ascii run", 15);
    struct record *r = record_walk_any_step(bytes, CHUNK * 2, record_options_default());
    assert_int_equal(r->members[0].text_count, 1);
    assert_int_equal(r->members[0].texts[0].bytes.len, CHUNK * 2);
    record_free(r);
    as_free(bytes);
}

static void utf8_runs_keep_their_characters_and_lose_broken_ones(void **state)
{
    (void)state;
    uint8_t *bytes = noise_bytes(4000, 3);
    memcpy(bytes + 10,
           "\xFF\xC3Gr\xC3\xBC\xC3\x9F"
           "e \xE2\x82\xAC 5\xF0\x9F",
           17);
    struct record *r = record_walk_any_step(bytes, 4000, record_options_default());
    const struct recorded_text *t = &r->members[0].texts[0];
    assert_int_equal(t->bytes.len, 4000);
    assert_memory_equal(t->bytes.ptr + 10,
                        "\n\nGr\xC3\xBC\xC3\x9F"
                        "e \xE2\x82\xAC 5\n\n",
                        17);
    record_free(r);
    as_free(bytes);
}

static void programs_are_complete_and_unknown_binaries_partial(void **state)
{
    (void)state;
    uint8_t *bytes = noise_bytes(5000, 11);
    struct record *r = record_walk_any_step(bytes, 5000, record_options_default());
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    record_free(r);
    static const char program[] =
        "MZ\x90\0\3\0\0\0\4\0\0\0\xFF\xFF\0\0\xB8\0\0\0\0\0\0\0\x40\0\0\0";
    memcpy(bytes, program, sizeof program - 1);
    r = record_walk_any_step(bytes, 5000, record_options_default());
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_string_equal(r->members[0].end.mime, "application/vnd.microsoft.portable-executable");
    record_free(r);
    as_free(bytes);
}

/* Holes of a sparse file, an empty tar, space set aside: there is nothing that was not read. */
static void zeros_alone_are_complete(void **state)
{
    (void)state;
    uint8_t *bytes = as_calloc(1, 200000);
    struct record_options o = record_options_default();
    struct record *r = record_walk(bytes, 200000, &o);
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    record_free(r);
    bytes[199999] = 1;
    r = record_walk(bytes, 200000, &o);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    record_free(r);
    as_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_found_at_every_place_around_a_chunk_edge),
        cmocka_unit_test(utf16_is_not_read_where_there_is_none),
        cmocka_unit_test(utf8_runs_keep_their_characters_and_lose_broken_ones),
        cmocka_unit_test(zeros_alone_are_complete),
        cmocka_unit_test(programs_are_complete_and_unknown_binaries_partial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
