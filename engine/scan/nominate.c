/* SPDX-License-Identifier: Apache-2.0
 * Nominators over the class planes: shapes, runs, hex-colon runs, anchors of one byte.
 *
 * Shapes. Tokens that hold a digit are found with one addition a word: in (alnum & ~digit) + starts
 * the carry of each token's start runs up to its first digit and sets that bit, so
 * sum & digit has one bit a token, and the carry out of bit 63 goes on in the next word. From each
 * such token the automaton (shape_dfa.h) is walked over the tokens that follow; where one to four
 * letters stand before it, from those too. Nothing is allocated but the list of nominees, and no
 * detector's rule is known here.
 *
 * Runs. A run of 31 bytes or more covers an aligned group of 16, one of 15 or more a group of 8; so
 * words without a full group are passed over. Hex-colon runs: the same addition as above with
 * colons for digits, twice, finds runs with two colons.
 *
 * A nominee is exact: its bounds do not depend on where segments or blocks begin. Tokens longer
 * than 64 bytes and runs longer than their definitions allow are none. */
#include <string.h>

#include "base/mem.h"
#include "scan/worker.h"

#define NOMINEES_MAX (1U << 24)
#define SWEEP_TAIL_WORDS 4U /* past the end, for triggers of what started before it */

enum as_status as_nominees_add(struct as_nominees *n, struct as_nominee item)
{
    if (AS_UNLIKELY(n->count == n->cap)) {
        uint32_t cap = n->cap * 2 + 1024;
        struct as_nominee *grown =
            cap > NOMINEES_MAX ? NULL : as_realloc(n->items, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        n->items = grown;
        n->cap = cap;
    }
    n->items[n->count++] = item;
    return AS_OK;
}

/* --- loading --- */

static void zero_words(struct as_planes *p, size_t first, size_t count)
{
    uint64_t *planes[] = {p->alnum, p->digit, p->lower, p->high, p->run, p->hex, p->colon, p->mark};
    for (size_t i = 0; i < AS_ARRAY_SIZE(planes); i++) {
        memset(planes[i] + first, 0, count * sizeof(uint64_t));
    }
}

static void shift_words(struct as_planes *p, size_t by, size_t count)
{
    uint64_t *planes[] = {p->alnum, p->digit, p->lower, p->high, p->run, p->hex, p->colon, p->mark};
    for (size_t i = 0; i < AS_ARRAY_SIZE(planes); i++) {
        memmove(planes[i], planes[i] + by, count * sizeof(uint64_t));
    }
}

/* Words [first, AS_PLANE_WORDS) from the window; what is not readable is 0. */
static void load_words(struct as_scan_worker *w, size_t first)
{
    const struct as_kernels *k = w->scanner->kernels;
    uint8_t mark = w->scanner->mark;
    size_t begin = (w->first_bit + 63) / 64; /* whole words from here on */
    zero_words(&w->planes, AS_PLANE_WORDS, 1);
    if (first < begin) {
        zero_words(&w->planes, first, begin - first);
        if ((w->first_bit & 63U) != 0 && begin - 1 >= first) {
            uint8_t head[64] = {0};
            size_t offset = w->first_bit & 63U;
            size_t readable = w->end_bit - w->first_bit;
            memcpy(head + offset, as_byte_of(w, w->first_bit),
                   readable < 64 - offset ? readable : 64 - offset);
            k->classify(&w->planes, begin - 1, head, 1, mark);
        }
        first = begin;
    }
    size_t end = (w->end_bit + 63) / 64;
    if (end > first) {
        k->classify(&w->planes, first, as_byte_of(w, 64 * first), end - first, mark);
    } else {
        end = first;
    }
    zero_words(&w->planes, end, AS_PLANE_WORDS - end);
}

void as_segment_load(struct as_scan_worker *w, bool fresh)
{
    size_t before = w->segment < AS_SEGMENT_BACK ? w->segment : AS_SEGMENT_BACK;
    size_t after = w->window_len - w->segment;
    w->first_bit = AS_SEGMENT_BACK - before;
    w->end_bit =
        AS_SEGMENT_BACK + after < AS_SEGMENT_SPAN ? AS_SEGMENT_BACK + after : AS_SEGMENT_SPAN;
    if (fresh) {
        load_words(w, 0);
        return;
    }
    size_t kept = (AS_SEGMENT_BACK + AS_SEGMENT_AHEAD) / 64;
    shift_words(&w->planes, AS_SEGMENT_BYTES / 64, kept);
    load_words(w, kept);
}

/* --- shapes --- */

/* What the walks share. */
struct sweep {
    struct as_scan_worker *w;
    const uint8_t *bytes; /* byte of bit 0 (not all readable) */
    size_t from;
    size_t to;
    struct as_nominees *out;
    enum as_status status;
};

AS_INLINE uint8_t byte_before(const struct sweep *s, size_t bit)
{
    return bit > s->w->first_bit ? s->bytes[bit - 1] : ' ';
}

/* End of the token at `bit`; 0 when it is longer than 64. */
AS_INLINE size_t token_end(const struct as_planes *p, size_t bit, uint64_t alnum)
{
    if (AS_LIKELY(alnum != ~UINT64_C(0))) {
        return bit + (unsigned)__builtin_ctzll(~alnum);
    }
    return bit + 64 < AS_SEGMENT_SPAN && as_plane_has(p->alnum, bit + 64) ? 0 : bit + 64;
}

/* The automaton's column of the token [bit, bit + len). */
AS_INLINE unsigned token_column(const struct as_scan_worker *w, size_t bit, unsigned len)
{
    uint64_t all = ~UINT64_C(0) >> (64 - len);
    uint64_t digit = as_plane_bits(w->planes.digit, bit) & all;
    uint64_t lower = as_plane_bits(w->planes.lower, bit) & all;
    unsigned facts = (unsigned)(digit == all) | (unsigned)(digit == 0) << 1 |
                     (unsigned)(lower != 0) << 2 | (unsigned)(digit & 1U) << 3;
    return w->scanner->shapes.symbols[facts << 7 | len];
}

/* Bytes of the joiner at `bit` and its kind, or 0. */
static unsigned joiner_at(const struct sweep *s, size_t bit, unsigned kinds, unsigned *out_kind)
{
    const uint8_t *p = s->bytes + bit;
    size_t left = s->w->end_bit - bit;
    if ((kinds & AS_JOINER_PAREN) != 0) {
        *out_kind = AS_JOINER_PAREN;
        return left > 1 && (p[1] == ' ' || p[1] == '-') ? 2 : 1;
    }
    if ((kinds & AS_JOINER_NO_BREAK) != 0) {
        *out_kind = AS_JOINER_NO_BREAK;
        if (p[0] == 0xC2) {
            return left > 1 && p[1] == 0xA0 ? 2 : 0;
        }
        return left > 2 && p[1] == 0x80 && (p[2] == 0x87 || p[2] == 0x89 || p[2] == 0xAF) ? 3 : 0;
    }
    *out_kind = kinds;
    return 1;
}

static void add_shape(struct sweep *s, size_t start, size_t end, uint32_t list, uint8_t joiners)
{
    enum as_status status = as_nominees_add(s->out, (struct as_nominee){.start = (uint32_t)start,
                                                                        .end = (uint32_t)end,
                                                                        .list = list,
                                                                        .joiners = joiners});
    s->status = status != AS_OK ? status : s->status;
}

/* Walks the automaton from the token at `start`, whose left edge is good. */
static inline void walk_tokens(struct sweep *s, size_t start)
{
    const struct as_scan_worker *w = s->w;
    const struct as_shape_dfa *dfa = &w->scanner->shapes;
    unsigned state = AS_SHAPE_START;
    unsigned seen = 0;
    size_t bit = start;
    for (;;) {
        size_t end = token_end(&w->planes, bit, as_plane_bits(w->planes.alnum, bit));
        if (AS_UNLIKELY(end == 0)) {
            return;
        }
        state = dfa->next[state * dfa->columns + token_column(w, bit, (unsigned)(end - bit))];
        if (state == AS_SHAPE_DEAD) {
            return;
        }
        uint8_t after = end < w->end_bit ? s->bytes[end] : 0;
        if (dfa->list[state] != 0 && after != '_') {
            add_shape(s, start, end, dfa->list[state], (uint8_t)seen);
        }
        unsigned kinds = w->scanner->joiner_at[after] & dfa->more[state];
        if (kinds == 0) {
            return;
        }
        unsigned kind = 0;
        unsigned bytes = joiner_at(s, end, kinds, &kind);
        bit = end + bytes;
        if (bytes == 0 || bit >= w->end_bit || !as_plane_has(w->planes.alnum, bit)) {
            return;
        }
        seen |= seen != 0 && (seen & kind) == 0 ? kind | AS_JOINERS_DIFFER : kind;
    }
}

/* One to four letters and a joiner before the token at `bit`: a sequence may start there. */
static void walk_letters_before(struct sweep *s, size_t bit)
{
    const struct as_scan_worker *w = s->w;
    if (bit < 64) {
        return;
    }
    uint64_t alnum = as_plane_bits(w->planes.alnum, bit - 64);
    unsigned gap = alnum == 0 ? 64 : (unsigned)__builtin_clzll(alnum);
    if (gap > 3) {
        return;
    }
    unsigned len = (unsigned)__builtin_clzll(~(alnum << gap));
    uint64_t token = ~UINT64_C(0) << (64 - len);
    if (len > 4 || (as_plane_bits(w->planes.digit, bit - 64) << gap & token) != 0) {
        return;
    }
    if (w->scanner->shapes.letter_upper_only &&
        (as_plane_bits(w->planes.lower, bit - 64) << gap & token) != 0) {
        return;
    }
    size_t start = bit - gap - len;
    if (start >= s->from && start < s->to && byte_before(s, start) != '_') {
        walk_tokens(s, start);
    }
}

AS_INLINE void take_token(struct sweep *s, size_t start)
{
    const struct as_scanner *scanner = s->w->scanner;
    uint8_t before = byte_before(s, start);
    if ((scanner->joiner_before[before] & scanner->shapes.letter_joiners) != 0) {
        walk_letters_before(s, start);
    }
    if (before != '_' && start >= s->from && start < s->to) {
        walk_tokens(s, start);
    }
}

/* The start of the token whose first digit is bit `first` of word k. */
AS_INLINE size_t token_start(const uint64_t *alnum, size_t k, uint64_t starts, unsigned first)
{
    uint64_t upto = starts & (~UINT64_C(0) >> (63 - first));
    if (AS_LIKELY(upto != 0)) {
        return 64 * k + 63 - (unsigned)__builtin_clzll(upto);
    }
    return alnum[k - 1] == ~UINT64_C(0) ? SIZE_MAX
                                        : 64 * k - (unsigned)__builtin_clzll(~alnum[k - 1]);
}

/* Words that hold triggers of what starts in bits [from, to). */
static void sweep_words(size_t from, size_t to, size_t *first, size_t *end)
{
    *first = from / 64 > 2 ? from / 64 - 2 : 1;
    *end = (to + 63) / 64 + SWEEP_TAIL_WORDS;
    *end = *end > AS_PLANE_WORDS ? AS_PLANE_WORDS : *end;
}

static void sweep_shapes(struct sweep *s)
{
    const struct as_planes *p = &s->w->planes;
    size_t first;
    size_t end;
    sweep_words(s->from, s->to, &first, &end);
    uint64_t before = p->alnum[first - 1] >> 63;
    uint64_t carry = 0;
    for (size_t k = first; k < end; k++) {
        uint64_t alnum = p->alnum[k];
        uint64_t digit = p->digit[k];
        uint64_t starts = alnum & ~(alnum << 1 | before);
        uint64_t sum;
        bool over = __builtin_add_overflow(alnum & ~digit, starts, &sum);
        over = __builtin_add_overflow(sum, carry, &sum) || over;
        before = alnum >> 63;
        carry = over;
        for (uint64_t f = sum & digit; f != 0; f &= f - 1) {
            size_t start = token_start(p->alnum, k, starts, (unsigned)__builtin_ctzll(f));
            if (AS_LIKELY(start != SIZE_MAX)) {
                take_token(s, start);
            }
        }
    }
}

/* --- runs --- */

/* Bounds of the run of `plane` that holds `bit`, not followed further than `reach` either way. */
static void run_bounds(const struct as_scan_worker *w, const uint64_t *plane, size_t bit,
                       size_t reach, size_t *out_start, size_t *out_end)
{
    size_t start = bit;
    while (start > w->first_bit && bit - start <= reach && as_plane_has(plane, start - 1)) {
        start--;
    }
    size_t end = bit;
    while (end < w->end_bit && end - bit <= reach && as_plane_has(plane, end)) {
        end++;
    }
    *out_start = start;
    *out_end = end;
}

/* First bits of full aligned groups: 16 wide when runs are of 31 and more, else 8. */
AS_INLINE uint64_t full_groups(uint64_t run, bool wide)
{
    uint64_t ones = wide ? UINT64_C(0x0001000100010001) : UINT64_C(0x0101010101010101);
    uint64_t r = run & run >> 1;
    r &= r >> 2;
    r &= r >> 4;
    r = wide ? r & r >> 8 : r;
    return r & ones;
}

static void sweep_runs(struct sweep *s)
{
    const struct as_scanner *scanner = s->w->scanner;
    const uint64_t *plane = s->w->planes.run;
    size_t first;
    size_t end;
    sweep_words(s->from, s->to, &first, &end);
    bool wide = scanner->run_min >= 31;
    size_t done = 0;
    for (size_t k = first; k < end; k++) {
        for (uint64_t g = full_groups(plane[k], wide); g != 0; g &= g - 1) {
            size_t bit = 64 * k + (unsigned)__builtin_ctzll(g);
            if (bit < done) {
                continue;
            }
            size_t from;
            size_t to;
            run_bounds(s->w, plane, bit, scanner->run_max, &from, &to);
            done = to;
            size_t len = to - from;
            if (len >= scanner->run_min && len <= scanner->run_max && from >= s->from &&
                from < s->to) {
                add_shape(s, from, to, scanner->run_list, 0);
            }
        }
    }
}

/* --- hex-colon runs --- */

static void take_hex(struct sweep *s, size_t bit, size_t *done)
{
    const struct as_scanner *scanner = s->w->scanner;
    size_t from;
    size_t to;
    run_bounds(s->w, s->w->planes.hex, bit, scanner->hex_max, &from, &to);
    if (bit >= *done && to - from <= scanner->hex_max && from >= s->from && from < s->to) {
        add_shape(s, from, to, scanner->hex_list, 0);
    }
    *done = to > *done ? to : *done;
}

static void sweep_hex(struct sweep *s)
{
    const struct as_planes *p = &s->w->planes;
    size_t first;
    size_t end;
    sweep_words(s->from, s->to, &first, &end);
    uint64_t before = p->hex[first - 1] >> 63;
    uint64_t carry_one = 0;
    uint64_t carry_two = 0;
    size_t done = 0;
    for (size_t k = first; k < end; k++) {
        uint64_t hex = p->hex[k];
        uint64_t colon = p->colon[k];
        uint64_t starts = hex & ~(hex << 1 | before);
        before = hex >> 63;
        uint64_t one;
        bool over = __builtin_add_overflow(hex & ~colon, starts, &one);
        over = __builtin_add_overflow(one, carry_one, &one) || over;
        carry_one = over;
        one &= colon; /* the first colon of each run */
        /* From the byte after the first colon, to the next colon. */
        uint64_t rest = colon & ~one;
        uint64_t two;
        over = __builtin_add_overflow(hex & ~rest, one, &two);
        over = __builtin_add_overflow(two, carry_two, &two) || over;
        carry_two = over;
        for (uint64_t f = two & rest; f != 0; f &= f - 1) {
            take_hex(s, 64 * k + (unsigned)__builtin_ctzll(f), &done);
        }
    }
}

/* --- anchors of one byte --- */

static void sweep_marks(struct sweep *s)
{
    const uint64_t *plane = s->w->planes.mark;
    for (size_t k = s->from / 64; k < (s->to + 63) / 64; k++) {
        for (uint64_t f = plane[k]; f != 0; f &= f - 1) {
            size_t bit = 64 * k + (unsigned)__builtin_ctzll(f);
            if (bit >= s->from && bit < s->to) {
                add_shape(s, bit, bit + 1, s->w->scanner->mark_list, 0);
            }
        }
    }
}

static struct sweep sweep_of(struct as_scan_worker *w, size_t from, size_t to,
                             struct as_nominees *out)
{
    return (struct sweep){.w = w,
                          .bytes = w->window + w->segment - AS_SEGMENT_BACK,
                          .from = from < w->first_bit ? w->first_bit : from,
                          .to = to > w->end_bit ? w->end_bit : to,
                          .out = out};
}

enum as_status as_nominate_shapes(struct as_scan_worker *w, size_t from, size_t to,
                                  struct as_nominees *out)
{
    struct sweep s = sweep_of(w, from, to, out);
    sweep_shapes(&s);
    return s.status;
}

enum as_status as_nominate_planes(struct as_scan_worker *w, size_t from, size_t to)
{
    const struct as_scanner *scanner = w->scanner;
    struct sweep s = sweep_of(w, from, to, &w->sources[AS_SOURCE_SHAPES]);
    if (scanner->shapes.shape_count != 0) {
        sweep_shapes(&s);
    }
    if (scanner->run_list != AS_NO_LIST) {
        s.out = &w->sources[AS_SOURCE_RUNS];
        sweep_runs(&s);
    }
    if (scanner->hex_list != AS_NO_LIST) {
        s.out = &w->sources[AS_SOURCE_HEX];
        sweep_hex(&s);
    }
    if (scanner->mark_list != AS_NO_LIST) {
        s.out = &w->sources[AS_SOURCE_MARKS];
        sweep_marks(&s);
    }
    return s.status;
}
