/* SPDX-License-Identifier: Apache-2.0
 * Looking up the keywords of a segment (words.h).
 *
 * Keywords that some detector requires are looked up apart from the others: they are asked for near
 * everything that might be a nominee, the others near nominees only.
 *
 * Word starts come from the class planes as bits. Each is hashed and sieved, and only what passes
 * the sieve is compared. Found keywords hang in a list at the word of the planes in which they
 * start, so nothing has to be sorted and a question about a place looks at a few lists, most of
 * them empty.
 *
 * Limit: FOUND_MAX found keywords a segment, more than its bytes can hold. */
#include "scan/words.h"

#include <string.h>

#include "base/mem.h"

#define FOUND_MAX (1U << 22)

void as_words_begin_segment(struct as_scan_worker *w)
{
    w->found_count = 0;
    w->words_known = false;
    memset(w->looked_up, 0, sizeof w->looked_up);
    memset(w->looked_up_rest, 0, sizeof w->looked_up_rest);
    memset(w->found_at, 0, sizeof w->found_at);
    memset(w->keyword_at, 0, sizeof w->keyword_at);
}

static void on_word(void *context, uint32_t keyword, size_t start, size_t end)
{
    struct as_scan_worker *w = context;
    bool required = w->scanner->keywords.keywords[keyword].required;
    if (required != w->looks_required) {
        return;
    }
    if (w->found_count == w->found_cap) {
        uint32_t cap = w->found_cap * 2 + 256;
        struct as_found *grown = cap > FOUND_MAX ? NULL : as_realloc(w->found, cap, sizeof *grown);
        if (grown == NULL) {
            w->status = AS_E_NO_MEMORY;
            return;
        }
        w->found = grown;
        w->found_cap = cap;
    }
    uint32_t bit = (uint32_t)(start + AS_SEGMENT_BACK - w->segment);
    w->found[w->found_count++] = (struct as_found){
        .start = bit,
        .end = (uint32_t)(end + AS_SEGMENT_BACK - w->segment),
        .keyword = keyword,
        .next = w->found_at[bit / 64],
    };
    w->found_at[bit / 64] = w->found_count;
    if (required) {
        w->keyword_at[bit / 64] |= UINT64_C(1) << (bit & 63U);
    }
}

AS_INLINE uint64_t shifted(const uint64_t *plane, size_t k)
{
    return plane[k] << 1 | plane[k - 1] >> 63;
}

/* Letters, word starts, and starts within other words, of the segment; once somebody asks. Word 0
 * lies so far before the segment that nobody asks for it. */
static void find_words(struct as_scan_worker *w)
{
    const struct as_planes *p = &w->planes;
    const struct as_keyword_index *x = &w->scanner->keywords;
    const uint64_t digit_starts = x->digit_starts ? ~UINT64_C(0) : 0;
    const uint64_t high_starts = x->high_starts ? ~UINT64_C(0) : 0;
    uint64_t *letters = w->letters;
    for (size_t k = 0; k < AS_PLANE_WORDS; k++) {
        letters[k] = p->alnum[k] & ~p->digit[k];
    }
    letters[AS_PLANE_WORDS] = 0;
    for (size_t k = 1; k < AS_PLANE_WORDS; k++) {
        const uint64_t letter = letters[k];
        const uint64_t letter_before = shifted(letters, k);
        const uint64_t digit_before = shifted(p->digit, k) & digit_starts;
        const uint64_t camel = ~p->lower[k] & shifted(p->lower, k);
        const uint64_t starts = letter & (~letter_before | camel);
        w->starts_of_words[k] =
            starts | (p->digit[k] & digit_starts & ~digit_before) | (p->high[k] & high_starts);
        w->changes_of_words[k] = starts & (letter_before | digit_before);
    }
    w->starts_of_words[0] = 0;
    w->changes_of_words[0] = 0;
    w->starts_of_words[AS_PLANE_WORDS] = 0;
}

const uint64_t *as_words_starts(struct as_scan_worker *w)
{
    if (!w->words_known) {
        find_words(w);
        w->words_known = true;
    }
    return w->starts_of_words;
}

/* Words [first, end), of which only the starts in bits [from, to) count. */
struct look_up {
    size_t first;
    size_t end;
    size_t from;
    size_t to;
};

static const uint64_t *bitmap_of(const struct as_scan_worker *w)
{
    const struct as_keyword_index *x = &w->scanner->keywords;
    return w->looks_required ? x->bitmap : x->bitmap_rest;
}

static __attribute__((noinline)) void match(struct as_scan_worker *w, size_t bit, uint64_t key)
{
    as_keyword_match(&w->scanner->keywords, as_slice(w->window, w->window_len), as_at_of(w, bit),
                     key, on_word, w);
}

/* A word's start at `bit` in another word, where the case changes or letters follow a digit: that
 * word has a key for what stands before. */
static __attribute__((noinline)) void look_up_change(struct as_scan_worker *w, size_t bit,
                                                     const struct look_up *l)
{
    for (size_t letters = 1; letters < AS_KEY_LETTERS && letters <= bit; letters++) {
        size_t start = bit - letters;
        if (as_plane_has(w->starts_of_words, start) && start >= l->from && start < l->to) {
            uint64_t first;
            memcpy(&first, as_byte_of(w, start), sizeof first);
            uint64_t key = as_keyword_key(first, (unsigned)letters);
            if (as_keyword_maybe(bitmap_of(w), w->scanner->keywords.shift, key)) {
                match(w, start, key);
            }
        }
        if (!as_plane_has(w->letters, start)) {
            break;
        }
    }
}

static void look_up_changes(struct as_scan_worker *w, const struct look_up *l)
{
    size_t end = l->end < AS_PLANE_WORDS ? l->end + 1 : l->end; /* behind the last start */
    for (size_t k = l->first; k < end; k++) {
        for (uint64_t c = w->changes_of_words[k]; c != 0; c &= c - 1) {
            look_up_change(w, 64 * k + (unsigned)__builtin_ctzll(c), l);
        }
    }
}

/* `high`: words may start beyond ASCII. */
AS_INLINE void look_up_body(struct as_scan_worker *w, const struct look_up *l, bool high)
{
    const uint64_t *bitmap = bitmap_of(w);
    const unsigned shift = w->scanner->keywords.shift;
    for (size_t k = l->first; k < l->end; k++) {
        const uint8_t *bytes = as_byte_of(w, 64 * k);
        const uint64_t others = ~w->letters[k];
        const uint64_t others_next = ~w->letters[k + 1];
        uint64_t starts = w->starts_of_words[k];
        if (AS_UNLIKELY(64 * k < l->from || l->to - 64 * k < 64)) {
            starts &= 64 * k < l->from ? ~UINT64_C(0) << (l->from & 63U) : ~UINT64_C(0);
            starts &= l->to - 64 * k < 64 ? (UINT64_C(1) << (l->to & 63U)) - 1 : ~UINT64_C(0);
        }
        for (; starts != 0; starts &= starts - 1) {
            const unsigned i = (unsigned)__builtin_ctzll(starts);
            const uint64_t ends = others >> i | others_next << 1 << (63 - i);
            uint64_t first;
            memcpy(&first, bytes + i, sizeof first); /* behind the last byte is padding */
            unsigned letters =
                (unsigned)__builtin_ctzll((ends & ~UINT64_C(1)) | 1U << AS_KEY_LETTERS);
            letters = high && (first & 0x80U) != 0 ? AS_KEY_HIGH_BYTES : letters;
            const uint64_t key = as_keyword_key(first, letters);
            if (AS_UNLIKELY(as_keyword_maybe(bitmap, shift, key))) {
                match(w, 64 * k + i, key);
            }
        }
    }
}

__attribute__((target("bmi,bmi2"))) static void look_up_bmi2(struct as_scan_worker *w,
                                                             const struct look_up *l)
{
    if (w->scanner->keywords.high_starts) {
        look_up_body(w, l, true);
    } else {
        look_up_body(w, l, false);
    }
}

static void look_up(struct as_scan_worker *w, const struct look_up *l, bool required)
{
    as_words_starts(w);
    w->looks_required = required;
    if (w->scanner->kernels->bmi2) {
        look_up_bmi2(w, l);
    } else {
        look_up_body(w, l, true);
    }
    look_up_changes(w, l);
}

void as_words_look_up_bits(struct as_scan_worker *w, size_t from, size_t to)
{
    if (from < to) {
        const struct look_up l = {from / 64, (to + 63) / 64, from, to};
        look_up(w, &l, true);
    }
}

/* Words [first, end) that `done` does not hold yet. */
static void look_up_once(struct as_scan_worker *w, size_t first, size_t end, uint64_t *done,
                         bool required)
{
    end = end > AS_PLANE_WORDS ? AS_PLANE_WORDS : end;
    for (size_t k = first; k < end;) {
        size_t from = k;
        while (k < end && (done[k / 64] >> (k % 64) & 1U) == 0) {
            done[k / 64] |= UINT64_C(1) << (k % 64);
            k++;
        }
        if (k > from) {
            const struct look_up l = {from, k, 64 * from, 64 * k};
            look_up(w, &l, required);
        }
        k++;
    }
}

void as_words_look_up(struct as_scan_worker *w, size_t first, size_t end)
{
    look_up_once(w, first, end, w->looked_up, true);
}

bool as_words_visit(struct as_scan_worker *w, size_t from, size_t to, bool rest, as_found_fn *visit,
                    void *context)
{
    from = from > w->first_bit ? from : w->first_bit;
    to = to < w->end_bit ? to : w->end_bit;
    size_t longest = w->scanner->keywords.longest;
    size_t first = (from > longest ? from - longest : 0) / 64;
    if (to < from) {
        return false;
    }
    as_words_look_up(w, first, to / 64 + 1);
    if (rest) {
        look_up_once(w, first, to / 64 + 1, w->looked_up_rest, false);
    }
    for (size_t k = first; 64 * k <= to && k < AS_PLANE_WORDS; k++) {
        for (uint32_t i = w->found_at[k]; i != 0; i = w->found[i - 1].next) {
            const struct as_found *f = &w->found[i - 1];
            if (f->end >= from && f->start <= to && visit(context, f)) {
                return true;
            }
        }
    }
    return false;
}
