/* SPDX-License-Identifier: Apache-2.0
 * Keywords of all detectors, found at word starts by hash: the letters that the word begins with,
 * at most eight, make a key; a bitmap of the keys of all keywords sieves, a table of buckets has
 * the few keywords of a key, and then the rest of the keyword and its right boundary are compared.
 * Cost hardly depends on how many keywords there are, and nothing has to be compiled.
 *
 * How a keyword matches (docs/detectors.md):
 *  - it starts at a word's start: no letter before it, or an upper-case letter after a lower-case
 *    one (camelCase); and ends at a word's end likewise. Digits and '_' are no letters;
 *  - case is ignored, for two-byte Latin, Greek and Cyrillic letters too (simple folding);
 *  - a blank in it stands for ' ', '_', '-' or nothing;
 *  - after a keyword that ends with a digit no digit may follow; other last characters have no
 *    boundary;
 *  - one of at most three bytes, all ASCII, stands by chance in hashes and UUIDs: it does not count
 *    with a digit directly before it, nor when the digits directly behind it go on with a letter.
 * Immutable once made; any thread. */
#ifndef AS_SCAN_KEYWORD_INDEX_H
#define AS_SCAN_KEYWORD_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/slice.h"
#include "detectors/detector.h"

#define AS_KEYWORD_BYTES_MAX 360U

struct as_keyword {
    uint32_t text; /* offset in texts: folded UTF-8, single blanks */
    uint16_t len;  /* bytes */
    uint32_t set;  /* offset in sets: set_words words, a bit a keyworded detector */
    uint64_t mask; /* the set folded: bit (number mod 62) */
    bool is_short; /* at most three bytes, all ASCII */
    bool required; /* some detector of the set has no detection without a keyword */
    bool brief;    /* some such detector has brief shapes; set by the scanner */
};

struct as_keyword_entry {
    uint64_t key; /* of a form of the keyword */
    uint32_t keyword;
    uint8_t next;  /* what goes on behind the key (keyword_index.c); 0: nothing, or anything */
    bool is_whole; /* the key holds all of the keyword, which is ASCII letters */
};

struct as_keyword_index {
    uint64_t *bitmap;      /* 2^15 to 2^18 bits, by the number of keywords: keys of the required */
    uint64_t *bitmap_rest; /* and of the others */
    unsigned shift;        /* of a hash to a bit */
    uint64_t *pairs;       /* as many bits: keys with what goes on behind them */
    unsigned bucket_shift; /* of a hash to a bucket */
    uint32_t *buckets;     /* [2^(64 - bucket_shift) + 1] */
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
    uint32_t distance_max; /* characters, over all detectors */
    bool digit_starts;     /* some keyword starts with a digit */
    bool high_starts;      /* some keyword starts with a byte of 0x80 or above */
};

/** From the detectors with enabled[i] whose keyword rule is not NONE. AS_E_USAGE names a keyword
 * that cannot be used. */
enum as_status as_keyword_index_init(struct as_keyword_index *x,
                                     const struct as_detector *detectors, uint32_t count,
                                     const uint8_t *enabled, struct as_error *err) AS_MUST_CHECK;
void as_keyword_index_fini(struct as_keyword_index *x);

#define AS_KEY_LETTERS 8U

AS_INLINE uint64_t as_keyword_hash(uint64_t key)
{
    return key * UINT64_C(0x9E3779B97F4A7C15);
}

/** The key of a word that starts with the eight bytes of `first` (in memory order), of which
 * `letters` (1 to AS_KEY_LETTERS) count. */
AS_INLINE uint64_t as_keyword_key(uint64_t first, unsigned letters)
{
    return (first | UINT64_C(0x2020202020202020)) & (~UINT64_C(0) >> (64 - 8 * letters));
}

/** Letters that count in the key of a word that starts with a byte of 0x80 or above. */
#define AS_KEY_HIGH_BYTES 4U

/** The sieve, of one bitmap: false when none of its keywords has the key. */
AS_INLINE bool as_keyword_maybe(const uint64_t *bitmap, unsigned shift, uint64_t key)
{
    uint64_t h = as_keyword_hash(key) >> shift;
    return (bitmap[h >> 6] >> (h & 63U) & 1U) != 0;
}

typedef void as_keyword_fn(void *context, uint32_t keyword, size_t start, size_t end);
/** Calls `found` for each keyword of the key that starts at `at` of `text`, boundaries
 * checked. A word has the key of its run of letters, and where its case changes as in camelCase, of
 * what stands before. Reads no byte outside. */
void as_keyword_match(const struct as_keyword_index *x, struct as_slice text, size_t at,
                      uint64_t key, as_keyword_fn *found, void *context);
/** Every keyword of `text` that starts in [from, to), one call each; for names, paths and the
 * exact rule. */
void as_keyword_scan(const struct as_keyword_index *x, struct as_slice text, size_t from, size_t to,
                     as_keyword_fn *found, void *context);

static inline const uint64_t *as_keyword_set(const struct as_keyword_index *x, uint32_t keyword)
{
    return x->sets + x->keywords[keyword].set;
}

#endif
