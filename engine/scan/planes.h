/* SPDX-License-Identifier: Apache-2.0
 * Character-class planes: one bit a byte of text, 64 bytes a word. The one pass of the scan that
 * touches every byte; all nominators but Hyperscan's work on these bits.
 *
 * Three variants of the same kernel (AVX-512BW, AVX2, SSE4.2 as the baseline x86-64-v2) are chosen
 * at run time; they give identical bits. Classes are found by two table look-ups (pshufb) over the
 * nibbles of a byte, in the manner of simdjson (Langdale, Lemire 2019, section 3.1.2).
 * Threads: pure functions. */
#ifndef AS_SCAN_PLANES_H
#define AS_SCAN_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* A segment is what the nominators work on at a time: small enough for the first-level cache. The
 * planes hold what stands before and after it as well. Bytes; multiples of 64. */
#define AS_SEGMENT_BACK 2048U
#define AS_SEGMENT_BYTES 32768U
#define AS_SEGMENT_AHEAD 4096U
#define AS_SEGMENT_SPAN (AS_SEGMENT_BACK + AS_SEGMENT_BYTES + AS_SEGMENT_AHEAD)
#define AS_PLANE_WORDS (AS_SEGMENT_SPAN / 64U)

/** Bit i of word k stands for byte 64 k + i of the span. One word more than the span, always 0, so
 * that two words can be read at any place; five where four words at a time are read. */
struct as_planes {
    uint64_t alnum[AS_PLANE_WORDS + 5]; /* [A-Za-z0-9] */
    uint64_t digit[AS_PLANE_WORDS + 5]; /* [0-9] */
    uint64_t lower[AS_PLANE_WORDS + 1]; /* [a-z] */
    uint64_t high[AS_PLANE_WORDS + 1];  /* 0x80 and above */
    uint64_t run[AS_PLANE_WORDS + 1];   /* [A-Za-z0-9+/_=-] */
    uint64_t hex[AS_PLANE_WORDS + 1];   /* [0-9A-Fa-f:.] */
    uint64_t colon[AS_PLANE_WORDS + 1]; /* ':' */
    uint64_t join[AS_PLANE_WORDS + 5];  /* bytes of joiners: blank ) - . / _ and 0x80 and above */
    uint64_t mark[AS_PLANE_WORDS + 1];  /* a byte of the caller's choice */
};

/** Fills words [first, first + count) of every plane from 64 * count bytes at `bytes`. */
typedef void as_classify_fn(struct as_planes *planes, size_t first, const uint8_t *bytes,
                            size_t count, uint8_t mark);

/** Where bytes equal one of up to four values; for structural characters. */
struct as_marks {
    uint64_t bits[4];
};
/** out[k].bits[j]: where byte 64 k + i equals values[j]. */
typedef void as_match_fn(struct as_marks *out, const uint8_t *bytes, size_t count,
                         const uint8_t values[4]);

enum as_simd { AS_SIMD_SSE42, AS_SIMD_AVX2, AS_SIMD_AVX512, AS_SIMD_COUNT };

struct as_kernels {
    const char *name;
    bool bmi2; /* BMI1, BMI2 and LZCNT are there too */
    as_classify_fn *classify;
    as_match_fn *match;
};

/** False when this machine cannot run it. */
bool as_simd_supported(enum as_simd level);
const struct as_kernels *as_kernels_of(enum as_simd level);
/** The fastest that runs here. */
const struct as_kernels *as_kernels_best(void);

/** 64 bits of a plane from bit `at` on; at <= AS_SEGMENT_SPAN - 1. */
AS_INLINE uint64_t as_plane_bits(const uint64_t *plane, size_t at)
{
    size_t k = at >> 6;
    unsigned r = (unsigned)(at & 63U);
    return plane[k] >> r | plane[k + 1] << 1 << (63U - r);
}

/** At least AS_PLANE_GLANCE bits of a plane from bit `at` on (bits above are unset or right): one
 * load where as_plane_bits needs two. */
#define AS_PLANE_GLANCE 57U
AS_INLINE uint64_t as_plane_glance(const uint64_t *plane, size_t at)
{
    uint64_t bits;
    memcpy(&bits, (const uint8_t *)plane + (at >> 3), sizeof bits);
    return bits >> (at & 7U);
}

AS_INLINE bool as_plane_has(const uint64_t *plane, size_t at)
{
    return (plane[at >> 6] >> (at & 63U) & 1U) != 0;
}

#endif
