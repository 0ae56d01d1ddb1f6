/* SPDX-License-Identifier: Apache-2.0
 * Keywords of all detectors, found at word starts by hash: four lower-cased bytes, a 32 KiB bitmap,
 * then the few keywords of a bucket, then the rest of the keyword and its right boundary. Cost
 * hardly depends on how many keywords there are, and nothing has to be compiled.
 *
 * How a keyword matches (docs/detectors.md):
 *  - it starts at a word's start: no letter before it, or an upper-case letter after a lower-case
 *    one (camelCase); and ends at a word's end likewise. Digits and '_' are no letters;
 *  - case is ignored, for two-byte Latin, Greek and Cyrillic letters too (simple folding);
 *  - a blank in it stands for ' ', '_', '-' or nothing;
 *  - after a keyword that ends with a digit no digit may follow; other last characters have no
 *    boundary.
 * Immutable once made; any thread. */
#ifndef AS_SCAN_KEYWORD_INDEX_H
#define AS_SCAN_KEYWORD_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "detectors/detector.h"

#define AS_KEYWORD_BYTES_MAX 360U

struct as_keyword {
    uint32_t text; /* offset in texts: folded UTF-8, single blanks */
    uint16_t len;  /* bytes */
    uint32_t set;  /* offset in sets: set_words words, a bit a keyworded detector */
    uint64_t mask; /* the set folded: bit (number mod 63) */
};

struct as_keyword_entry {
    uint32_t key; /* as_keyword_key of a form of the keyword */
    uint32_t keyword;
    uint64_t head; /* the bytes before its first blank or letter beyond ASCII, at most 8, | 0x20 */
    uint64_t mask; /* 0xff for each of them */
    uint8_t head_len;
    uint8_t second; /* the ASCII letter or digit behind that blank; 0 for none */
};

struct as_keyword_index {
    uint64_t *bitmap;  /* 2^15 to 2^18 bits, by the number of keywords */
    unsigned shift;    /* of a hash to a bit */
    uint32_t *buckets; /* [4096 + 1] */
    struct as_keyword_entry *entries;
    uint32_t entry_count;
    struct as_keyword *keywords;
    uint32_t keyword_count;
    char *texts;
    uint64_t *sets;
    uint32_t set_words;
    uint32_t detectors;    /* keyworded ones */
    uint16_t *number_of;   /* [detector index] its number, or UINT16_MAX */
    uint32_t longest;      /* bytes a keyword may take in text, blanks included */
    uint16_t *longest_of;  /* [number] of the detector's own */
    uint32_t *letters_of;  /* [number] bit (c & 31) of the letters its keywords begin with; all bits
                              when one begins with anything else */
    uint32_t distance_max; /* characters, over all detectors */
    bool has_short[4];     /* [2], [3]: some keyword has so many letters and no more */
    bool digit_starts;     /* some keyword starts with a digit */
    bool high_starts;      /* some keyword starts with a byte of 0x80 or above */
};

/** From the detectors with enabled[i] whose keyword rule is not NONE. AS_E_USAGE names a keyword
 * that cannot be used. */
enum as_status as_keyword_index_init(struct as_keyword_index *x,
                                     const struct as_detector *detectors, uint32_t count,
                                     const uint8_t *enabled, struct as_error *err) AS_MUST_CHECK;
void as_keyword_index_fini(struct as_keyword_index *x);

AS_INLINE uint32_t as_keyword_hash(uint32_t key)
{
    return key * 0x9E3779B1U;
}

/** The key of the word that starts with the four bytes of `first` (in memory order): bit i of
 * `letters` says that byte i + 1 is an ASCII letter. */
AS_INLINE uint32_t as_keyword_key(uint32_t first, unsigned letters)
{
    static const uint32_t keep[8] = {0xffU, 0xffffU, 0xffU, 0xffffffU,
                                     0xffU, 0xffffU, 0xffU, 0xffffffffU};
    uint32_t mask = (first & 0x80U) != 0 ? 0xffffffffU : keep[letters & 7U];
    return (first | 0x20202020U) & mask;
}

/** The sieve. */
AS_INLINE bool as_keyword_maybe(const struct as_keyword_index *x, uint32_t key)
{
    uint32_t h = as_keyword_hash(key) >> x->shift;
    return (x->bitmap[h >> 6] >> (h & 63U) & 1U) != 0;
}

typedef void as_keyword_fn(void *context, uint32_t keyword, size_t start, size_t end);
/** Calls `found` for each keyword that starts at `at` of text[0, len), boundaries checked; `key` is
 * the word's. Reads no byte outside. */
void as_keyword_match(const struct as_keyword_index *x, const uint8_t *text, size_t len, size_t at,
                      uint32_t key, as_keyword_fn *found, void *context);
/** Every keyword of text[0, len) that starts in [from, to), one call each; for names, paths and the
 * exact rule. */
void as_keyword_scan(const struct as_keyword_index *x, const uint8_t *text, size_t len, size_t from,
                     size_t to, as_keyword_fn *found, void *context);

static inline const uint64_t *as_keyword_set(const struct as_keyword_index *x, uint32_t keyword)
{
    return x->sets + x->keywords[keyword].set;
}

#endif
