/* SPDX-License-Identifier: Apache-2.0
 * The structure pass for CPUs with AVX2: two registers of 32 bytes a word. The loops are in
 * structure_kernel.h. Called only after structure.c has asked the CPU. */
#include <immintrin.h>

#include "base/attr.h"
#include "text/structure_impl.h"

#define AS_KERNEL_TARGET AS_TARGET("avx2,bmi,bmi2,lzcnt,popcnt")

struct word {
    __m256i part[2];
};

AS_KERNEL_TARGET AS_INLINE void load_word(struct word *w, const uint8_t *p)
{
    w->part[0] = _mm256_loadu_si256((const __m256i_u *)(const void *)p);
    w->part[1] = _mm256_loadu_si256((const __m256i_u *)(const void *)(p + 32));
}

AS_KERNEL_TARGET AS_INLINE uint64_t join(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AS_KERNEL_TARGET AS_INLINE uint64_t equal(const struct word *w, char c)
{
    __m256i all = _mm256_set1_epi8(c);
    return join(_mm256_cmpeq_epi8(w->part[0], all), _mm256_cmpeq_epi8(w->part[1], all));
}

AS_KERNEL_TARGET AS_INLINE uint64_t above(const struct word *w, char c)
{
    __m256i all = _mm256_set1_epi8(c);
    return join(_mm256_cmpgt_epi8(w->part[0], all), _mm256_cmpgt_epi8(w->part[1], all));
}

#define AS_KERNEL(name) as_structure_avx2_##name
#define AS_KERNEL_WORD struct word
#define AS_KERNEL_LOAD(w, p) load_word(w, p)
#define AS_KERNEL_EQUAL(w, c) equal(w, c)
#define AS_KERNEL_ABOVE(w, c) above(w, c)
#include "text/structure_kernel.h"
