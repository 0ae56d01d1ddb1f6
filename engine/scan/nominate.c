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
 * colons for digits, twice, finds runs with two colons; of those, runs with "::" or at least
 * AS_HEX_COLONS colons are nominees (IPv6 addresses have "::" or six and more, MAC addresses five).
 *
 * A nominee is exact: its bounds do not depend on where segments or blocks begin. Tokens longer
 * than 64 bytes and runs longer than their definitions allow are none. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "scan/worker.h"

#define NOMINEES_MAX (1U << 24)
#define LAST_BIT (UINT64_C(1) << 63)
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
    uint64_t *planes[] = {p->alnum, p->digit, p->lower, p->high, p->run,
                          p->hex,   p->colon, p->join,  p->mark};
    for (size_t i = 0; i < AS_ARRAY_SIZE(planes); i++) {
        memset(planes[i] + first, 0, count * sizeof(uint64_t));
    }
}

static void shift_words(struct as_planes *p, size_t by, size_t count)
{
    uint64_t *planes[] = {p->alnum, p->digit, p->lower, p->high, p->run,
                          p->hex,   p->colon, p->join,  p->mark};
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
    const struct as_planes *planes;
    size_t from;
    size_t to;
    struct as_nominees *out;
    enum as_status status;
};

/* The byte before the token at `bit`; at the start of the text a byte of the token itself, which
 * says as little. */
AS_INLINE uint8_t byte_before(const uint8_t *bytes, uint32_t bit, uint32_t first_bit)
{
    return bytes[bit > first_bit ? bit - 1 : first_bit];
}

/* The automaton's symbol of the token at `bit`, however long; 0, which leads nowhere, when it
 * is longer than 64. */
static unsigned long_token_symbol(const struct as_planes *p, size_t bit, unsigned *out_len)
{
    uint64_t alnum = as_plane_bits(p->alnum, bit);
    unsigned len = ~alnum != 0 ? (unsigned)__builtin_ctzll(~alnum) : 64;
    *out_len = len;
    if (len == 64 && bit + 64 < AS_SEGMENT_SPAN && as_plane_has(p->alnum, bit + 64)) {
        return 0;
    }
    uint64_t all = ~UINT64_C(0) >> (64 - len);
    uint64_t digit = as_plane_bits(p->digit, bit) & all;
    return as_shape_symbol(len, (unsigned)__builtin_popcountll(digit),
                           (as_plane_bits(p->lower, bit) & all) != 0, (unsigned)digit & 1U);
}

/* Bytes of the joiner at `bit` and its kind, or 0. Joiners of several bytes only. */
static unsigned long_joiner_at(const struct sweep *s, size_t bit, unsigned kind)
{
    const uint8_t *p = s->bytes + bit;
    size_t left = s->w->end_bit - bit;
    if (kind == AS_JOINER_PAREN) {
        return left > 1 && (p[1] == ' ' || p[1] == '-') ? 2 : 1;
    }
    if (p[0] == 0xC2) {
        return left > 1 && p[1] == 0xA0 ? 2 : 0;
    }
    return left > 2 && p[1] == 0x80 && (p[2] == 0x87 || p[2] == 0x89 || p[2] == 0xAF) ? 3 : 0;
}

static void add_shape(struct sweep *s, size_t start, size_t end, uint32_t list, uint8_t joiners)
{
    enum as_status status = as_nominees_add(s->out, (struct as_nominee){.start = (uint32_t)start,
                                                                        .end = (uint32_t)end,
                                                                        .list = list,
                                                                        .joiners = joiners});
    s->status = status != AS_OK ? status : s->status;
}

/* Tables that a step reads, in registers rather than behind pointers that stores might change. */
struct step_tables {
    const struct as_planes *planes;
    const uint8_t *bytes;
    const uint8_t *symbols;
    const uint8_t *joiner_at;
    const uint32_t *rows;
};

AS_INLINE struct step_tables tables_of(const struct sweep *s)
{
    const struct as_scanner *scanner = s->w->scanner;
    return (struct step_tables){.planes = s->planes,
                                .bytes = s->bytes,
                                .symbols = scanner->shapes.symbols,
                                .joiner_at = scanner->joiner_at,
                                .rows = scanner->shapes.rows};
}

/* A walk of the automaton, in one word so that it moves in one: start of the sequence (16 bits),
 * bit of the token at which it goes on (16), joiner kinds seen (8), row of its state (24). */
static_assert(AS_SEGMENT_SPAN <= 1U << 16, "bits of the span fit 16 bits");
static_assert(AS_SHAPE_STATES_MAX * 256U <= 1U << 24, "rows fit 24 bits");

/* Moves a walk over the token at its bit and puts it to *out: 1 when it may go on. Hardly a branch
 * depends on what the token is, so that walks overlap in the CPU instead of waiting for each other.
 */
AS_INLINE unsigned step_walk(struct sweep *s, const struct step_tables *t, uint64_t walk,
                             uint64_t *out)
{
    const struct as_planes *p = t->planes;
    const uint32_t bit = (uint32_t)(walk >> 16) & 0xffffU;
    unsigned len = (unsigned)__builtin_ctzll(~as_plane_glance(p->alnum, bit) | LAST_BIT);
    uint64_t below = (UINT64_C(1) << len) - 1;
    uint64_t digit = as_plane_glance(p->digit, bit) & below;
    unsigned lower = (as_plane_glance(p->lower, bit) & below) != 0;
    unsigned symbol =
        as_shape_symbol(len, (unsigned)__builtin_popcountll(digit), lower, (unsigned)digit & 1U);
    if (AS_UNLIKELY(len >= AS_PLANE_GLANCE)) {
        symbol = long_token_symbol(p, bit, &len);
    }
    uint32_t row = t->rows[(walk >> 40) + t->symbols[symbol]];
    uint32_t facts = t->rows[row]; /* of the dead state: 0 */
    uint32_t next = bit + len;
    uint8_t after = t->bytes[next]; /* at the end of the text: padding */
    if (AS_UNLIKELY(facts >> AS_FACT_LIST_SHIFT != 0) && after != '_') {
        add_shape(s, walk & 0xffffU, next, facts >> AS_FACT_LIST_SHIFT, (uint8_t)(walk >> 32));
    }
    uint32_t kind = t->joiner_at[after] & facts;
    next++;
    if (AS_UNLIKELY(kind >= AS_JOINER_PAREN)) {
        uint32_t joiner = long_joiner_at(s, next - 1, kind);
        next += joiner - 1;
        kind = joiner == 0 ? 0 : kind;
    }
    uint64_t seen = (walk & UINT64_C(0xff0000ffff)) | (uint64_t)kind << 32;
    *out = seen | (uint64_t)next << 16 | (uint64_t)row << 40;
    uint32_t begins =
        facts >> (AS_FACT_LETTER_SHIFT + ((uint32_t)as_plane_glance(p->digit, next) & 1U));
    return (uint32_t)(kind != 0) & (uint32_t)as_plane_glance(p->alnum, next) & begins & 1U;
}

/* Moves every walk over one token; those that may go on are kept. */
AS_INLINE unsigned step_walks(struct sweep *s, const struct step_tables *t, uint64_t *walks,
                              unsigned count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        kept += step_walk(s, t, walks[i], &walks[kept]);
    }
    return kept;
}

/* The first step of a walk from each of `starts`. */
AS_INLINE unsigned begin_walks(struct sweep *s, const struct step_tables *t, const uint32_t *starts,
                               unsigned count, uint64_t *walks)
{
    const uint64_t row = (uint64_t)s->w->scanner->shapes.columns << 40; /* of the start */
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        uint64_t start = starts[i];
        kept += step_walk(s, t, row | start << 16 | start, &walks[kept]);
    }
    return kept;
}

/* Starts of the tokens with a good left edge, and of one to four letters and a joiner before a
 * token, into `out`. */
AS_INLINE unsigned choose_starts(const struct sweep *s, uint32_t *restrict starts, unsigned count,
                                 uint32_t *restrict out)
{
    const struct as_planes *restrict p = s->planes;
    const uint8_t *restrict bytes = s->bytes;
    const uint8_t *restrict joiner_before = s->w->scanner->joiner_before;
    const unsigned letter_joiners = s->w->scanner->shapes.letter_joiners;
    const uint32_t first_bit = (uint32_t)s->w->first_bit;
    const uint32_t from = (uint32_t)s->from;
    const uint32_t width = (uint32_t)(s->to - s->from);
    unsigned joined = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t start = starts[i];
        uint8_t before = byte_before(bytes, start, first_bit);
        out[kept] = start;
        kept += (uint32_t)(start - from < width) & (uint32_t)(before != '_');
        starts[joined] = start;
        joined += (joiner_before[before] & letter_joiners) != 0;
    }
    for (unsigned i = 0; i < joined; i++) {
        uint64_t alnum = as_plane_bits(p->alnum, starts[i] - 64) | 1U;
        uint64_t digit = as_plane_bits(p->digit, starts[i] - 64);
        unsigned gap = (unsigned)__builtin_clzll(alnum);
        unsigned len = (unsigned)__builtin_clzll(~(alnum << gap) | 1U);
        uint64_t token = ~UINT64_C(0) << (64 - len);
        uint32_t start = starts[i] - gap - len;
        out[kept] = start;
        kept += (uint32_t)(gap <= 3) & (uint32_t)(len <= 4) &
                (uint32_t)((digit << gap & token) == 0) & (uint32_t)(start - from < width) &
                (uint32_t)(byte_before(bytes, start, first_bit) != '_');
    }
    return kept;
}

AS_INLINE void run_walks(struct sweep *s, unsigned count)
{
    const struct step_tables t = tables_of(s);
    uint64_t *walks = s->w->walks;
    count = choose_starts(s, s->w->starts, count, s->w->chosen);
    count = begin_walks(s, &t, s->w->chosen, count, walks);
    while (count != 0) {
        count = step_walks(s, &t, walks, count);
    }
}

/* The start of the token whose first digit is bit `first` of word k. SIZE_MAX when it is more
 * than 64 bytes before. */
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
    *first = from / 64 > 4 ? from / 64 - 2 : 2;
    *end = (to + 63) / 64 + SWEEP_TAIL_WORDS;
    *end = *end > AS_PLANE_WORDS - 1 ? AS_PLANE_WORDS - 1 : *end;
}

/* Bytes that a sequence may consist of: letters, digits, and bytes of joiners that lead on. */
AS_INLINE uint64_t sequence_bytes(const struct as_planes *p, size_t k)
{
    uint64_t alnum = p->alnum[k];
    uint64_t join = p->join[k];
    uint64_t on = (alnum | join) >> 1 | (p->alnum[k + 1] | p->join[k + 1]) << 63;
    return alnum | (join & on);
}

/* Where a sequence of at least `least` (1 to 8) bytes goes on: from there so many sequence bytes
 * follow one another. */
AS_INLINE uint64_t long_enough(uint64_t low, uint64_t high, unsigned least)
{
    for (unsigned have = 1; have < least;) {
        unsigned by = have < least - have ? have : least - have;
        low &= low >> by | high << (64 - by);
        high &= high >> by;
        have += by;
    }
    return low;
}

AS_INLINE void sweep_shapes_body(struct sweep *s, unsigned least)
{
    const struct as_planes *p = s->planes;
    uint32_t *restrict out = s->w->starts;
    unsigned count = 0;
    size_t first;
    size_t end;
    sweep_words(s->from, s->to, &first, &end);
    uint64_t before = p->alnum[first - 1] >> 63;
    uint64_t carry = 0;
    uint64_t sequence = sequence_bytes(p, first);
    for (size_t k = first; k < end; k++) {
        uint64_t alnum = p->alnum[k];
        uint64_t digit = p->digit[k];
        uint64_t starts = alnum & ~(alnum << 1 | before);
        uint64_t sum;
        bool over = __builtin_add_overflow(alnum & ~digit, starts, &sum);
        over = __builtin_add_overflow(sum, carry, &sum) || over;
        before = alnum >> 63;
        carry = over;
        uint64_t after = sequence_bytes(p, k + 1);
        uint64_t enough = long_enough(sequence, after, least);
        sequence = after;
        for (uint64_t f = sum & digit & (enough | ~starts); f != 0; f &= f - 1) {
            size_t start = token_start(p->alnum, k, starts, (unsigned)__builtin_ctzll(f));
            out[count] = (uint32_t)start;
            count += start != SIZE_MAX;
        }
        if (count >= AS_CHUNK_WALKS - 32) {
            run_walks(s, count);
            count = 0;
        }
    }
    run_walks(s, count);
}

static void sweep_shapes_base(struct sweep *s, unsigned least)
{
    sweep_shapes_body(s, least);
}

/* The same with the shifts and bit counts of newer CPUs. */
__attribute__((target("bmi,bmi2,lzcnt,popcnt"))) static void sweep_shapes_bmi2(struct sweep *s,
                                                                               unsigned least)
{
    if (least == 6) {
        sweep_shapes_body(s, 6); /* the built-in catalog's */
    } else {
        sweep_shapes_body(s, least);
    }
}

static void sweep_shapes(struct sweep *s)
{
    unsigned least = s->w->scanner->shapes.least_bytes;
    least = least > 8 ? 8 : least;
    if (s->w->scanner->kernels->bmi2) {
        sweep_shapes_bmi2(s, least);
    } else {
        sweep_shapes_base(s, least);
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

/* The run around its second colon, which is `bit`. Times ("10:23:45") are passed over at once. */
static void take_hex(struct sweep *s, size_t bit, size_t *done)
{
    const struct as_scanner *scanner = s->w->scanner;
    const struct as_planes *p = s->planes;
    uint64_t back = as_plane_bits(p->hex, bit - 63);
    uint64_t ahead = as_plane_bits(p->hex, bit);
    size_t from = bit + 1 - (~back != 0 ? (unsigned)__builtin_clzll(~back) : 64);
    size_t to = bit + (~ahead != 0 ? (unsigned)__builtin_ctzll(~ahead) : 64);
    if (to - from < 64) {
        uint64_t colons = as_plane_bits(p->colon, from) & ((1ULL << (to - from)) - 1);
        if ((colons & colons >> 1) == 0 && __builtin_popcountll(colons) < AS_HEX_COLONS) {
            return;
        }
    } else {
        run_bounds(s->w, p->hex, bit, scanner->hex_max, &from, &to);
    }
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
                          .planes = &w->planes,
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
