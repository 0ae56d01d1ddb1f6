/* SPDX-License-Identifier: Apache-2.0
 * The walk 64 bytes at a time, in the manner of simdjson. Masks of quotes and backslashes tell
 * which bytes are inside strings: quotes behind an odd run of backslashes are no quotes, and the
 * parity of the others is the string. Then only brackets and commas outside strings, line ends in
 * JSON Lines, and the strings where a key is due are looked at.
 *
 * Refused, for json_walk.c to walk by bytes: a backslash outside a string, a line end inside one in
 * JSON Lines. Left half done: a word in which a key begins that does not end, or has escapes, and
 * one in which a document ends. Escapes in values need no state but the backslash itself: what
 * \uXXXX decodes to matters in keys only. */
#include <immintrin.h>
#include <string.h>

#include "text/json_walk_impl.h"

#define WORD AS_JSON_WORD

/** What a word of 64 bytes holds; bit i stands for byte i. */
struct word {
    uint64_t quotes;
    uint64_t backslashes;
    uint64_t structure; /* brackets and commas */
    uint64_t line_ends;
};

static void read_word(const uint8_t *p, struct word *out)
{
    *out = (struct word){0};
    for (size_t i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)(p + 16 * i));
        __m128i lower = _mm_or_si128(v, _mm_set1_epi8(0x20)); /* '[' is '{' there, ']' is '}' */
        __m128i structure = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(',')),
                                         _mm_or_si128(_mm_cmpeq_epi8(lower, _mm_set1_epi8('{')),
                                                      _mm_cmpeq_epi8(lower, _mm_set1_epi8('}'))));
        __m128i line_ends = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                         _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
        __m128i quotes = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        __m128i backslashes = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
        out->structure |= (uint64_t)(uint32_t)_mm_movemask_epi8(structure) << (16 * i);
        out->line_ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(line_ends) << (16 * i);
        out->quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(quotes) << (16 * i);
        out->backslashes |= (uint64_t)(uint32_t)_mm_movemask_epi8(backslashes) << (16 * i);
    }
}

/** Bytes behind an odd run of backslashes; *out_next: so is the byte behind the word. */
static uint64_t escaped_bytes(uint64_t backslashes, bool *out_next)
{
    uint64_t escaped = 0;
    *out_next = false;
    while (backslashes != 0) {
        unsigned first = (unsigned)__builtin_ctzll(backslashes);
        if (first == WORD - 1) {
            *out_next = true;
            break;
        }
        escaped |= UINT64_C(2) << first;
        backslashes &= ~(UINT64_C(3) << first); /* an escaped backslash escapes nothing */
    }
    return escaped;
}

AS_INLINE uint64_t parity(uint64_t m)
{
    for (unsigned shift = 1; shift < WORD; shift *= 2) {
        m ^= m << shift;
    }
    return m;
}

/** A key that stands whole in the word, from bit `at`. */
AS_INLINE void set_key(struct as_json_walk *w, const uint8_t *p, unsigned at, uint32_t len)
{
    struct as_json_level *top = &w->levels[w->depth - 1];
    if (len <= 16 && at <= WORD - 16) {
        memcpy(top->key, p + at, 16); /* most keys: one move */
    } else {
        memcpy(top->key, p + at, len);
    }
    top->key_len = len;
    top->key_cut = false;
    top->key_mark = 0;
    top->has_key = true;
}

/** The strings of a word, and the bytes between them that change levels or records. */
struct word_plan {
    uint64_t openings;
    uint64_t closings;
    uint64_t events;
};

enum key_outcome { NO_KEY, KEY_TAKEN, KEY_CUT };

/** Takes the key that opens at or behind bit `from`, before the next event. KEY_CUT: it does not
 * stand whole in the word, or has escapes; then *out_at is its opening quote. */
AS_INLINE enum key_outcome take_key(struct as_json_walk *w, const uint8_t *p,
                                    const struct word *word, const struct word_plan *plan,
                                    uint64_t from, unsigned *out_at)
{
    uint64_t next = plan->openings & from;
    if (next == 0 || (plan->events & from & ((next & -next) - 1)) != 0) {
        return NO_KEY;
    }
    unsigned at = (unsigned)__builtin_ctzll(next);
    uint64_t opening = UINT64_C(1) << at;
    uint64_t behind = plan->closings & ~(opening | (opening - 1));
    if (behind == 0 || (word->backslashes & ((behind & -behind) - opening)) != 0) {
        *out_at = at;
        return KEY_CUT;
    }
    set_key(w, p, at + 1, (uint32_t)__builtin_ctzll(behind) - at - 1);
    return KEY_TAKEN;
}

/** Goes from event to event, and to the keys between them; strings that are values are never looked
 * at. Returns how far it came: short of the word's end behind the quote of a key that is not taken
 * here, and behind a document's end. */
AS_INLINE unsigned walk_events(struct as_json_walk *w, const uint8_t *p, const struct word *word,
                               const struct word_plan *plan, bool lines)
{
    unsigned quote;
    uint64_t events = plan->events;
    if (needs_key(w) && take_key(w, p, word, plan, ~UINT64_C(0), &quote) == KEY_CUT) {
        open_string(w);
        return quote + 1;
    }
    for (; events != 0; events &= events - 1) {
        unsigned at = (unsigned)__builtin_ctzll(events);
        uint8_t byte = p[at];
        switch (byte) {
        case ',':
            next_element(w);
            break;
        case '{':
        case '[':
            push(w, byte == '[');
            break;
        case '}':
        case ']':
            pop(w);
            if (!lines && w->depth == 0) {
                return at + 1;
            }
            break;
        default:
            end_line(w, byte == '\n' && (at == 0 ? w->after_cr : p[at - 1] == '\r'));
            break;
        }
        uint64_t behind = ~UINT64_C(1) << at;
        if (needs_key(w) && take_key(w, p, word, plan, behind, &quote) == KEY_CUT) {
            open_string(w);
            return quote + 1;
        }
    }
    return WORD;
}

/** Up to 64 bytes, where the state is one that words can start in. Returns those taken: 0 when the
 * word is one for walk_bytes. */
AS_INLINE unsigned walk_word(struct as_json_walk *w, const uint8_t *p, bool lines)
{
    struct word word;
    read_word(p, &word);
    uint64_t carried = w->string != OUTSIDE ? ~UINT64_C(0) : 0;
    bool escaped_next = false;
    if (word.backslashes != 0) {
        word.quotes &= ~escaped_bytes(word.backslashes, &escaped_next);
    }
    uint64_t inside = parity(word.quotes) ^ carried;
    if ((word.backslashes & ~inside) != 0 || (lines && (word.line_ends & inside) != 0)) {
        return 0;
    }
    w->string = OUTSIDE;
    struct word_plan plan = {.openings = word.quotes & inside,
                             .closings = word.quotes & ~inside,
                             .events = (word.structure & ~inside) | (lines ? word.line_ends : 0)};
    unsigned taken = walk_events(w, p, &word, &plan, lines);
    if (taken == WORD && w->string != IN_KEY) { /* the last byte may have opened a key */
        w->string = (inside >> (WORD - 1)) != 0 ? IN_STRING : OUTSIDE;
        w->escaped = escaped_next;
    }
    w->after_cr = w->string == OUTSIDE && p[taken - 1] == '\r';
    return taken;
}

unsigned as_json_walk_word(struct as_json_walk *w, const uint8_t *p, bool lines)
{
    return lines ? walk_word(w, p, true) : walk_word(w, p, false);
}
