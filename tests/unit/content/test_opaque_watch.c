/* SPDX-License-Identifier: Apache-2.0
 * The watch over texts: what is no text is noticed wherever it stands, in pieces of any size; texts
 * pass. */
#include "test.h"

#include <string.h>

#include "content/opaque_watch.h"

#define SIZE 40000U

static uint8_t s_bytes[SIZE];

static void fill(const char *line)
{
    size_t len = strlen(line);
    for (size_t i = 0; i < SIZE; i++) {
        s_bytes[i] = (uint8_t)line[i % len];
    }
}

static enum as_reason watched(size_t len, size_t step)
{
    static struct as_opaque_watch w;
    as_opaque_watch_init(&w, true);
    for (size_t at = 0; at < len; at += step) {
        as_opaque_watch_feed(&w, s_bytes + at, len - at < step ? len - at : step);
    }
    return as_opaque_watch_end(&w);
}

static void texts_pass(void **state)
{
    (void)state;
    static const char *const lines[] = {"a line of words, 4539 1488 0343 6467\n",
                                        "x\n",
                                        "\t\r\n\f a \x1b[0m\n",
                                        "caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87\n",
                                        "1000,4539148803436467,\x01\n",
                                        "8=FIX.4.2\x01"
                                        "9=65\x01"
                                        "35=A\x01"
                                        "49=X\x01\n",
                                        "one stray \xe9 in a long line of words that are fine\n"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(lines); i++) {
        fill(lines[i]);
        assert_int_equal(watched(SIZE, 1000), AS_REASON_NONE);
    }
    fill("row of a table \n");
    for (size_t i = 13; i < SIZE; i += 15) {
        s_bytes[i] = 0; /* a NUL a line */
    }
    assert_int_equal(watched(SIZE, 1000), AS_REASON_NONE);
}

static void what_is_no_text_is_noticed_in_any_pieces(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 4095, 4096, 4097, SIZE};
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        fill("words and words\n");
        uint32_t random = 1;
        for (size_t at = 20480; at < 24576; at++) {
            random = random * 1664525U + 1013904223U;
            s_bytes[at] = (uint8_t)(random >> 24);
        }
        assert_int_equal(watched(SIZE, steps[i]), AS_REASON_UNKNOWN_BINARY_FORMAT);
        fill("words and words\n");
        for (size_t at = 30001; at < 30061; at += 2) {
            s_bytes[at] = 0; /* thirty letters of UTF-16 */
        }
        assert_int_equal(watched(SIZE, steps[i]), AS_REASON_UNKNOWN_BINARY_FORMAT);
        fill("words and words\n");
        memset(s_bytes + 36864, 0xc1, 2000); /* letters of EBCDIC */
        assert_int_equal(watched(SIZE, steps[i]), AS_REASON_UNKNOWN_TEXT_ENCODING);
    }
}

/* Windows begin at multiples of 4096: the blob is the smaller part of one, or of two. */
static void short_blobs_are_noticed(void **state)
{
    (void)state;
    for (size_t from = 20000; from < 24000; from += 333) {
        uint32_t random = 1;
        fill("a line of words in a long log, with caf\xc3\xa9\n");
        assert_int_equal(watched(SIZE, 1000), AS_REASON_NONE);
        for (size_t at = from; at < from + 1024; at++) {
            random = random * 1664525U + 1013904223U;
            s_bytes[at] = (uint8_t)(random >> 24);
        }
        assert_int_not_equal(watched(SIZE, 1000), AS_REASON_NONE);
    }
}

static void base64_as_a_whole_is_told_from_lists(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"Y3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYyMTQ4NiBlbmQKY3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYy\n"
         "MTQ4NiBlbmQKY3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYyMTQ4NiBlbmQKY3JlZGl0IGNhcmQgNDUz\nOTU=\n",
         true},
        {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
         "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n",
         false}, /* hashes */
        {"Y3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYyMTQ4NiBlbmQKY3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYy\n", false},
        {"word\nword\nword\n", false},
        {"Y3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYyMTQ4NiBlbmQKY3JlZGl0IGNhcmQgNDUzOTU3ODc2MzYy\n"
         "a line of words\n",
         false},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        if (as_is_base64_whole(as_slice_of(cases[i].text)) != cases[i].is) {
            fail_msg("case %zu", i);
        }
    }
}

static void other_encodings_as_a_whole_are_told_from_words_and_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *unit; /* repeated up to 1020 bytes */
        bool is;
    } cases[] = {
        {"U1NOOiA1MzYtMjItODcyNgo", true},            /* base64 in one line */
        {"U1NOOiA1_zYtMjI-ODcyNgo", true},            /* for URLs */
        {"53534e3a203533362d32322d383732360a", true}, /* hex */
        {"KNJU4ORAGUZTMLJSGIWTQNZSGYFA", true},       /* base32 */
        {"53534e3a203533362d32322d383732360a53534e3a203533362d32322d38\n", true}, /* xxd -p */
        {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n", false},
        {"4539578763621486", false},
        {"abcdefghij", false},
        {"user-1234\n", false},
        {"U1NOOiA1MzYtMjItODcyNgo ", false}, /* words */
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        fill(cases[i].unit);
        if (as_is_encoded_whole(as_slice(s_bytes, 1020)) != cases[i].is) {
            fail_msg("case %zu", i);
        }
        assert_false(as_is_encoded_whole(as_slice(s_bytes, 300)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_pass),
        cmocka_unit_test(what_is_no_text_is_noticed_in_any_pieces),
        cmocka_unit_test(other_encodings_as_a_whole_are_told_from_words_and_numbers),
        cmocka_unit_test(short_blobs_are_noticed),
        cmocka_unit_test(base64_as_a_whole_is_told_from_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
