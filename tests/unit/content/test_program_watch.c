/* SPDX-License-Identifier: Apache-2.0
 * Programs that carry something: behind the end that their tables give, or as packed stretches, in
 * pieces of any size. Programs alone pass. */
#include "harness.h"

#include "content/program_watch.h"

#define SIZE 40000U

static uint8_t s_bytes[SIZE];

static void put(size_t at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        s_bytes[at + i] = (uint8_t)(value >> (8 * i));
    }
}

/* Bytes as uneven as code. */
static void fill(size_t from, size_t to)
{
    uint64_t seed = 5;
    for (size_t i = from; i < to; i++) {
        s_bytes[i] = (uint8_t)(1 + noise(&seed) % 100);
    }
}

/* A 64-bit ELF: one segment up to 20000, two sections of which the second ends at 24000 unless it
 * has no bytes, their headers from `headers_at` on. */
static void make_elf(size_t headers_at, uint32_t type)
{
    memset(s_bytes, 0, sizeof s_bytes);
    fill(64, 24000);
    memcpy(s_bytes,
           "\x7F"
           "ELF\2\1\1",
           7);
    put(16, 2, 2);
    put(20, 1, 4);
    put(32, 64, 8);         /* segments */
    put(40, headers_at, 8); /* sections */
    put(52, 64, 2);
    put(54, 56, 2);
    put(56, 1, 2);
    put(58, 64, 2);
    put(60, 2, 2);
    memset(s_bytes + 64, 0, 56);
    put(64 + 8, 0, 8);
    put(64 + 32, 20000, 8);
    memset(s_bytes + headers_at, 0, 128);
    put(headers_at + 64 + 4, type, 4);
    put(headers_at + 64 + 24, 20000, 8);
    put(headers_at + 64 + 32, 4000, 8);
}

/* A PE with one section up to 12000 and a certificate up to 12100 (8 more than it says). */
static void make_pe(void)
{
    memset(s_bytes, 0, sizeof s_bytes);
    fill(512, 12100);
    memcpy(s_bytes, "MZ", 2);
    put(60, 128, 4);
    memcpy(s_bytes + 128, "PE\0\0", 4);
    put(132 + 2, 1, 2);
    put(132 + 16, 240, 2);
    put(152, 0x20B, 2);
    put(152 + 60, 512, 4);
    put(152 + 108, 16, 4);
    put(152 + 112 + 32, 12000, 4);
    put(152 + 112 + 36, 100, 4);
    put(152 + 240 + 16, 12000 - 512, 4);
    put(152 + 240 + 20, 512, 4);
}

static bool alone(size_t len)
{
    static const size_t steps[] = {SIZE, 1000, 7};
    bool first = false;
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        struct as_program_watch w;
        assert_int_equal(as_program_watch_init(&w, as_slice(s_bytes, len)), AS_OK);
        for (size_t at = 0; at < len; at += steps[i]) {
            as_program_watch_feed(&w, s_bytes + at, len - at < steps[i] ? len - at : steps[i]);
        }
        bool is = as_program_watch_is_alone(&w);
        as_program_watch_fini(&w);
        assert_true(i == 0 || is == first);
        first = is;
    }
    return first;
}

static void nothing_stands_behind_the_end_of_an_elf(void **state)
{
    (void)state;
    make_elf(24000, 1);
    assert_true(alone(24128));
    assert_true(alone(24128 + 64));  /* zeros */
    assert_false(alone(24128 + 65)); /* more of them */
    s_bytes[24128] = 1;
    assert_false(alone(24129));
    make_elf(128, 1); /* headers in front: the last section ends the file */
    assert_true(alone(24000));
    make_elf(128, 8); /* which has no bytes: the segment does */
    assert_false(alone(24000));
    assert_true(alone(20000));
    make_elf(24000, 1);
    assert_false(alone(24100)); /* its tables are not all there */
    put(40, UINT64_MAX - 5, 8);
    assert_false(alone(24128));
    make_elf(24000, 1);
    put(58, 65, 2); /* headers of another size */
    assert_false(alone(24128));
}

static void nothing_stands_behind_the_end_of_a_pe(void **state)
{
    (void)state;
    make_pe();
    assert_true(alone(12100));
    s_bytes[12103] = 1; /* padding of the certificate */
    assert_true(alone(12104));
    s_bytes[12104] = 1;
    assert_false(alone(12105));
    make_pe();
    put(132 + 8, 12104, 4); /* symbols, and their strings */
    put(132 + 12, 2, 4);
    put(12104 + 36, 50, 4);
    fill(12104 + 40, 12104 + 36 + 50);
    assert_true(alone(12104 + 36 + 50));
    s_bytes[12104 + 36 + 50] = 1;
    assert_false(alone(12104 + 36 + 51));
}

static void packed_stretches_are_noticed_in_any_program(void **state)
{
    (void)state;
    for (size_t at = 8000; at < 8000 + 2048; at += 511) {
        memset(s_bytes, 0, sizeof s_bytes);
        memcpy(s_bytes, "\0asm\1\0\0\0", 8);
        fill(8, SIZE);
        assert_true(alone(SIZE));
        uint64_t seed = at;
        for (size_t i = at; i < at + 6144; i++) {
            s_bytes[i] = (uint8_t)(noise(&seed) >> 20);
        }
        assert_false(alone(SIZE));
    }
    for (size_t i = 0; i < SIZE; i++) {
        s_bytes[i] = (uint8_t)i; /* a table that counts */
    }
    assert_true(alone(SIZE));
}

/* Of a few hundred bytes no stretch can be judged: the signature tells. */
static void a_small_packed_file_in_a_program_makes_it_partial(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool packed;
    } rows[] = {{"\x1F\x8B\x08\0aaaa\2\3abcdefgh", true},
                {"\x1F\x8B\x08\0aaaa\x40\3abcdefgh", false}, /* a level that there is not */
                {"BZh91AY&SYabcdefgh", true},
                {"\xFD"
                 "7zXZ\0\0\4abcdefghij",
                 true},
                {"7z\xBC\xAF\x27\x1C\0\4abcdefghij", true},
                {"7z\xBC\xAF\x27\x1C\0\0abcdefghij", false}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(rows); i++) {
        memset(s_bytes, 3, sizeof s_bytes);
        memcpy(s_bytes, "\0asm\1\0\0\0", 8);
        memcpy(s_bytes + 900, rows[i].bytes, 18);
        struct record *r = record_walk_any_step(s_bytes, 1000, record_options_default());
        assert_end(&r->members[0], rows[i].packed ? AS_PARTIAL : AS_COMPLETE,
                   rows[i].packed ? AS_REASON_UNKNOWN_BINARY_FORMAT : AS_REASON_NONE);
        record_free(r);
    }
    make_elf(24000, 1);
    struct record *r = record_walk_any_step(s_bytes, 24128, record_options_default());
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    record_free(r);
    memcpy(s_bytes + 24128, "more", 4);
    r = record_walk_any_step(s_bytes, 24132, record_options_default());
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    record_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_stands_behind_the_end_of_an_elf),
        cmocka_unit_test(nothing_stands_behind_the_end_of_a_pe),
        cmocka_unit_test(packed_stretches_are_noticed_in_any_program),
        cmocka_unit_test(a_small_packed_file_in_a_program_makes_it_partial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
