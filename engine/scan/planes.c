/* SPDX-License-Identifier: Apache-2.0
 * The class kernels.
 *
 * Each byte's class is tables[low nibble] & tables[high nibble]: eight bits, each a product of a
 * set of high nibbles and a set of low ones, so that a bit stands where both agree. Bytes of 0x80
 * and above look up 0. What is no such product (letters) is two bits; '.' and lower case are found
 * apart. The same tables serve all variants, so they cannot drift apart; a test compares them. */
#include "scan/planes.h"

#include <cpuid.h>
#include <immintrin.h>

enum {
    CLASS_DIGIT = 1,     /* 3 x 0–9 */
    CLASS_LETTER_LO = 2, /* 4, 6 x 1–F: A–O, a–o */
    CLASS_LETTER_HI = 4, /* 5, 7 x 0–A: P–Z, p–z */
    CLASS_SIGN = 8,      /* 2 x B, D, F: + - / */
    CLASS_JOIN = 16,     /* 2 x 0, 9, D, E, F: blank ) - . / */
    CLASS_LOW_LINE = 32, /* 5 x F */
    CLASS_COLON = 64,    /* 3 x A */
    CLASS_HEX = 128,     /* 4, 6 x 1–6: A–F, a–f */
    CLASS_ALNUM = CLASS_DIGIT | CLASS_LETTER_LO | CLASS_LETTER_HI,
    CLASS_RUN = CLASS_ALNUM | CLASS_SIGN | CLASS_LOW_LINE,   /* and '=' */
    CLASS_HEX_COLON = CLASS_DIGIT | CLASS_HEX | CLASS_COLON, /* and '.' */
    CLASS_JOINER = CLASS_JOIN | CLASS_LOW_LINE               /* and 0x80 and above */
};

#define LO_0 (CLASS_DIGIT | CLASS_LETTER_HI | CLASS_JOIN)
#define LO_1 (CLASS_DIGIT | CLASS_LETTER_LO | CLASS_LETTER_HI | CLASS_HEX)
#define LO_7 (CLASS_DIGIT | CLASS_LETTER_LO | CLASS_LETTER_HI)
#define LO_9 (LO_7 | CLASS_JOIN)
#define LO_A (CLASS_LETTER_LO | CLASS_LETTER_HI | CLASS_COLON)
#define LO_B (CLASS_LETTER_LO | CLASS_SIGN)
#define LO_D (CLASS_LETTER_LO | CLASS_SIGN | CLASS_JOIN)
#define LO_E (CLASS_LETTER_LO | CLASS_JOIN)
#define LO_F (CLASS_LETTER_LO | CLASS_SIGN | CLASS_JOIN | CLASS_LOW_LINE)
#define TABLE_LOW                                                                                  \
    LO_0, LO_1, LO_1, LO_1, LO_1, LO_1, LO_1, LO_7, LO_7, LO_9, LO_A, LO_B, CLASS_LETTER_LO, LO_D, \
        LO_E, LO_F
#define TABLE_HIGH                                                                                 \
    0, 0, CLASS_SIGN | CLASS_JOIN, CLASS_DIGIT | CLASS_COLON, CLASS_LETTER_LO | CLASS_HEX,         \
        CLASS_LETTER_HI | CLASS_LOW_LINE, CLASS_LETTER_LO | CLASS_HEX, CLASS_LETTER_HI, 0, 0, 0,   \
        0, 0, 0, 0, 0

static const AS_ALIGNED(16) uint8_t s_low[16] = {TABLE_LOW};
static const AS_ALIGNED(16) uint8_t s_high[16] = {TABLE_HIGH};

/* The bits of up to 64 bytes of one load, by plane. */
struct lane {
    uint64_t alnum, digit, lower, high, run, hex, colon, join, mark;
};

static inline void store_word(struct as_planes *p, size_t k, const struct lane *l)
{
    p->alnum[k] = l->alnum;
    p->digit[k] = l->digit;
    p->lower[k] = l->lower & l->alnum & ~l->digit;
    p->high[k] = l->high;
    p->run[k] = l->run;
    p->hex[k] = l->hex;
    p->colon[k] = l->colon;
    p->join[k] = l->join | l->high;
    p->mark[k] = l->mark;
}

/* --- SSE4.2 (baseline) --- */

AS_INLINE uint64_t some16(__m128i classes, int mask)
{
    __m128i none =
        _mm_cmpeq_epi8(_mm_and_si128(classes, _mm_set1_epi8((char)mask)), _mm_setzero_si128());
    return (uint32_t)_mm_movemask_epi8(none) ^ 0xffffU;
}

AS_INLINE void lane16(const uint8_t *bytes, __m128i mark, unsigned shift, struct lane *l)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i nibble = _mm_and_si128(_mm_srli_epi16(x, 4), _mm_set1_epi8(15));
    __m128i c = _mm_and_si128(
        _mm_shuffle_epi8(_mm_load_si128((const __m128i *)(const void *)s_low), x),
        _mm_shuffle_epi8(_mm_load_si128((const __m128i *)(const void *)s_high), nibble));
    __m128i dot = _mm_cmpeq_epi8(x, _mm_set1_epi8('.'));
    l->alnum |= some16(c, CLASS_ALNUM) << shift;
    l->digit |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_slli_epi16(c, 7)) << shift;
    l->lower |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_slli_epi16(x, 2)) << shift;
    l->high |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << shift;
    __m128i equals = _mm_cmpeq_epi8(x, _mm_set1_epi8('='));
    l->run |= (some16(c, CLASS_RUN) | (uint32_t)_mm_movemask_epi8(equals)) << shift;
    l->join |= some16(c, CLASS_JOINER) << shift;
    l->hex |= (some16(c, CLASS_HEX_COLON) | (uint32_t)_mm_movemask_epi8(dot)) << shift;
    l->colon |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_slli_epi16(c, 1)) << shift;
    l->mark |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, mark)) << shift;
}

static void classify_sse42(struct as_planes *planes, size_t first, const uint8_t *bytes,
                           size_t count, uint8_t mark)
{
    __m128i m = _mm_set1_epi8((char)mark);
    for (size_t k = 0; k < count; k++) {
        struct lane l = {0};
        for (unsigned i = 0; i < 64; i += 16) {
            lane16(bytes + 64 * k + i, m, i, &l);
        }
        store_word(planes, first + k, &l);
    }
}

static void match_sse42(struct as_marks *out, const uint8_t *bytes, size_t count,
                        const uint8_t values[4])
{
    for (size_t k = 0; k < count; k++) {
        struct as_marks marks = {{0}};
        for (unsigned i = 0; i < 64; i += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 64 * k + i));
            for (unsigned j = 0; j < 4; j++) {
                __m128i same = _mm_cmpeq_epi8(x, _mm_set1_epi8((char)values[j]));
                marks.bits[j] |= (uint64_t)(uint32_t)_mm_movemask_epi8(same) << i;
            }
        }
        out[k] = marks;
    }
}

/* --- AVX2 --- */

#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

TARGET_AVX2 AS_INLINE uint64_t mask32(__m256i x)
{
    return (uint32_t)_mm256_movemask_epi8(x);
}

TARGET_AVX2 AS_INLINE uint64_t some32(__m256i classes, int mask)
{
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8((char)mask)),
                                     _mm256_setzero_si256());
    return mask32(none) ^ 0xffffffffU;
}

TARGET_AVX2 AS_INLINE void lane32(const uint8_t *bytes, __m256i mark, unsigned shift,
                                  struct lane *l)
{
    const __m256i low =
        _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)(const void *)s_low));
    const __m256i high =
        _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)(const void *)s_high));
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i nibble = _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
    __m256i c = _mm256_and_si256(_mm256_shuffle_epi8(low, x), _mm256_shuffle_epi8(high, nibble));
    __m256i dot = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('.'));
    l->alnum |= some32(c, CLASS_ALNUM) << shift;
    l->digit |= mask32(_mm256_slli_epi16(c, 7)) << shift;
    l->lower |= mask32(_mm256_slli_epi16(x, 2)) << shift;
    l->high |= mask32(x) << shift;
    __m256i equals = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('='));
    l->run |= (some32(c, CLASS_RUN) | mask32(equals)) << shift;
    l->join |= some32(c, CLASS_JOINER) << shift;
    l->hex |= (some32(c, CLASS_HEX_COLON) | mask32(dot)) << shift;
    l->colon |= mask32(_mm256_slli_epi16(c, 1)) << shift;
    l->mark |= mask32(_mm256_cmpeq_epi8(x, mark)) << shift;
}

TARGET_AVX2 static void classify_avx2(struct as_planes *planes, size_t first, const uint8_t *bytes,
                                      size_t count, uint8_t mark)
{
    __m256i m = _mm256_set1_epi8((char)mark);
    for (size_t k = 0; k < count; k++) {
        struct lane l = {0};
        lane32(bytes + 64 * k, m, 0, &l);
        lane32(bytes + 64 * k + 32, m, 32, &l);
        store_word(planes, first + k, &l);
    }
}

TARGET_AVX2 static void match_avx2(struct as_marks *out, const uint8_t *bytes, size_t count,
                                   const uint8_t values[4])
{
    for (size_t k = 0; k < count; k++) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 64 * k));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 64 * k + 32));
        for (unsigned j = 0; j < 4; j++) {
            __m256i v = _mm256_set1_epi8((char)values[j]);
            out[k].bits[j] = mask32(_mm256_cmpeq_epi8(a, v)) | mask32(_mm256_cmpeq_epi8(b, v))
                                                                   << 32;
        }
    }
}

/* --- AVX-512BW --- */

#define TARGET_AVX512                                                                              \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt")))

TARGET_AVX512 static void classify_avx512(struct as_planes *planes, size_t first,
                                          const uint8_t *bytes, size_t count, uint8_t mark)
{
    const __m512i low =
        _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)(const void *)s_low));
    const __m512i high =
        _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)(const void *)s_high));
    const __m512i m = _mm512_set1_epi8((char)mark);
    for (size_t k = 0; k < count; k++) {
        __m512i x = _mm512_loadu_si512((const void *)(bytes + 64 * k));
        __m512i nibble = _mm512_and_si512(_mm512_srli_epi16(x, 4), _mm512_set1_epi8(15));
        __m512i c =
            _mm512_and_si512(_mm512_shuffle_epi8(low, x), _mm512_shuffle_epi8(high, nibble));
        struct lane l = {
            .alnum = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_ALNUM)),
            .digit = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_DIGIT)),
            .lower = _mm512_test_epi8_mask(x, _mm512_set1_epi8(0x20)),
            .high = _mm512_movepi8_mask(x),
            .run = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_RUN)) |
                   _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('=')),
            .join = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_JOINER)),
            .hex = _mm512_test_epi8_mask(c, _mm512_set1_epi8((char)CLASS_HEX_COLON)) |
                   _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('.')),
            .colon = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_COLON)),
            .mark = _mm512_cmpeq_epi8_mask(x, m),
        };
        store_word(planes, first + k, &l);
    }
}

TARGET_AVX512 static void match_avx512(struct as_marks *out, const uint8_t *bytes, size_t count,
                                       const uint8_t values[4])
{
    for (size_t k = 0; k < count; k++) {
        __m512i x = _mm512_loadu_si512((const void *)(bytes + 64 * k));
        for (unsigned j = 0; j < 4; j++) {
            out[k].bits[j] = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8((char)values[j]));
        }
    }
}

/* --- choice --- */

static const struct as_kernels s_kernels[AS_SIMD_COUNT] = {
    [AS_SIMD_SSE42] = {"sse4.2", false, classify_sse42, match_sse42},
    [AS_SIMD_AVX2] = {"avx2", true, classify_avx2, match_avx2},
    [AS_SIMD_AVX512] = {"avx512bw", true, classify_avx512, match_avx512},
};

static bool has_bits(void)
{
    /* LZCNT is bit 5 of ECX; clang 14 has no name for it. */
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    bool lzcnt = __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (c >> 5 & 1U) != 0;
    return lzcnt && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

bool as_simd_supported(enum as_simd level)
{
    switch (level) {
    case AS_SIMD_SSE42:
        return true;
    case AS_SIMD_AVX2:
        return __builtin_cpu_supports("avx2") && has_bits();
    case AS_SIMD_AVX512:
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               has_bits();
    case AS_SIMD_COUNT:
        break;
    }
    return false;
}

const struct as_kernels *as_kernels_of(enum as_simd level)
{
    return &s_kernels[level];
}

const struct as_kernels *as_kernels_best(void)
{
    for (unsigned level = AS_SIMD_COUNT; level-- > 0;) {
        if (as_simd_supported((enum as_simd)level)) {
            return &s_kernels[level];
        }
    }
    return &s_kernels[AS_SIMD_SSE42];
}
