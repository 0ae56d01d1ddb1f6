/* SPDX-License-Identifier: Apache-2.0
 * The structure pass for the baseline (x86-64-v2): four registers of 16 bytes a word. The loops are
 * in structure_kernel.h. */
#include <immintrin.h>

#include "base/attr.h"
#include "text/structure_impl.h"

struct word {
    __m128i part[4];
};

AS_INLINE void load_word(struct word *w, const uint8_t *p)
{
    for (unsigned i = 0; i < 4; i++) {
        w->part[i] = _mm_loadu_si128((const __m128i_u *)(const void *)(p + 16 * (size_t)i));
    }
}

AS_INLINE uint64_t join(const __m128i part[4])
{
    uint64_t low = (uint32_t)_mm_movemask_epi8(part[0]) | (uint32_t)_mm_movemask_epi8(part[1])
                                                              << 16;
    uint64_t high = (uint32_t)_mm_movemask_epi8(part[2]) | (uint32_t)_mm_movemask_epi8(part[3])
                                                               << 16;
    return low | high << 32;
}

AS_INLINE uint64_t equal(const struct word *w, char c)
{
    __m128i part[4];
    for (unsigned i = 0; i < 4; i++) {
        part[i] = _mm_cmpeq_epi8(w->part[i], _mm_set1_epi8(c));
    }
    return join(part);
}

AS_INLINE uint64_t above(const struct word *w, char c)
{
    __m128i part[4];
    for (unsigned i = 0; i < 4; i++) {
        part[i] = _mm_cmpgt_epi8(w->part[i], _mm_set1_epi8(c));
    }
    return join(part);
}

#define AS_KERNEL(name) as_structure_sse_##name
#define AS_KERNEL_TARGET
#define AS_KERNEL_WORD struct word
#define AS_KERNEL_LOAD(w, p) load_word(w, p)
#define AS_KERNEL_EQUAL(w, c) equal(w, c)
#define AS_KERNEL_ABOVE(w, c) above(w, c)
#include "text/structure_kernel.h"
