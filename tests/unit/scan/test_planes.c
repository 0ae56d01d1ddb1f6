/* SPDX-License-Identifier: Apache-2.0
 * The class kernels: every variant that runs here against plain C over random and over all bytes.
 */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "scan/planes.h"

#define WORDS 64U

static uint64_t s_random = 88172645463325252ULL;

static uint8_t random_byte(void)
{
    s_random ^= s_random << 13;
    s_random ^= s_random >> 7;
    s_random ^= s_random << 17;
    return (uint8_t)(s_random >> 24);
}

static bool in(const char *set, uint8_t c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static bool is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void set(uint64_t *plane, size_t i, bool on)
{
    plane[i / 64] |= (uint64_t)on << (i % 64);
}

/* By the words of planes.h. */
static void classify_plainly(struct as_planes *p, const uint8_t *bytes, size_t count, uint8_t mark)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < 64 * count; i++) {
        uint8_t c = bytes[i];
        set(p->alnum, i, is_alnum(c));
        set(p->digit, i, c >= '0' && c <= '9');
        set(p->lower, i, c >= 'a' && c <= 'z');
        set(p->high, i, c >= 0x80);
        set(p->run, i, is_alnum(c) || in("+/_=-", c));
        set(p->hex, i, in("0123456789abcdefABCDEF:.", c));
        set(p->colon, i, c == ':');
        set(p->join, i, in(" )-./_", c) || c >= 0x80);
        set(p->mark, i, c == mark);
    }
}

static void kernels_of_every_level_agree_with_plain_c(void **state)
{
    (void)state;
    static struct as_planes want;
    static struct as_planes have;
    static uint8_t bytes[64 * WORDS + 1];
    for (unsigned level = 0; level < AS_SIMD_COUNT; level++) {
        if (!as_simd_supported((enum as_simd)level)) {
            print_message("%s does not run on this machine\n",
                          as_kernels_of((enum as_simd)level)->name);
            continue;
        }
        const struct as_kernels *k = as_kernels_of((enum as_simd)level);
        for (unsigned round = 0; round < 200; round++) {
            for (size_t i = 0; i < sizeof bytes; i++) {
                /* The first round has every byte value. */
                bytes[i] = round == 0 ? (uint8_t)i : random_byte();
            }
            uint8_t mark = round == 0 ? '@' : random_byte();
            classify_plainly(&want, bytes + 1, WORDS, mark);
            memset(&have, 0, sizeof have);
            k->classify(&have, 0, bytes + 1, WORDS, mark);
            assert_memory_equal(&have, &want, sizeof want);
        }
    }
}

static void match_of_every_level_agrees_with_plain_c(void **state)
{
    (void)state;
    static uint8_t bytes[64 * WORDS];
    static struct as_marks have[WORDS];
    const uint8_t values[4] = {'"', ',', '\r', '\n'};
    for (unsigned level = 0; level < AS_SIMD_COUNT; level++) {
        if (!as_simd_supported((enum as_simd)level)) {
            continue;
        }
        for (size_t i = 0; i < sizeof bytes; i++) {
            uint8_t c = random_byte();
            bytes[i] = c < 128 ? values[c % 4] : c;
        }
        as_kernels_of((enum as_simd)level)->match(have, bytes, WORDS, values);
        for (size_t i = 0; i < sizeof bytes; i++) {
            for (unsigned j = 0; j < 4; j++) {
                assert_int_equal(have[i / 64].bits[j] >> (i % 64) & 1U, bytes[i] == values[j]);
            }
        }
    }
}

static void bits_at_any_place_are_those_of_the_plane(void **state)
{
    (void)state;
    static uint64_t plane[AS_PLANE_WORDS + 1];
    for (size_t k = 0; k < AS_PLANE_WORDS; k++) {
        plane[k] = (uint64_t)random_byte() << 56 | (uint64_t)random_byte() << 31 | random_byte();
    }
    for (size_t at = 0; at < AS_SEGMENT_SPAN; at += 13) {
        uint64_t bits = as_plane_bits(plane, at);
        uint64_t glance = as_plane_glance(plane, at);
        for (unsigned i = 0; i < 64 && at + i < AS_SEGMENT_SPAN; i++) {
            assert_int_equal(bits >> i & 1U, as_plane_has(plane, at + i));
            if (i < AS_PLANE_GLANCE) {
                assert_int_equal(glance >> i & 1U, as_plane_has(plane, at + i));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_of_every_level_agree_with_plain_c),
        cmocka_unit_test(match_of_every_level_agrees_with_plain_c),
        cmocka_unit_test(bits_at_any_place_are_those_of_the_plane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
