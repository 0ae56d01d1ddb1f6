/* SPDX-License-Identifier: Apache-2.0
 * Nominating by shape; included by shape_sweep_base.c and shape_sweep_bmi2.c, which say how bits
 * are counted. No include guard: each includes it once.
 *
 * Tokens that hold a digit are found with one addition a word: in (alnum & ~digit) + starts the
 * carry of each token's start runs up to its first digit and sets that bit, so sum & digit has one
 * bit a token, and the carry out of bit 63 goes on in the next word. Where too few bytes of a
 * sequence follow for any shape, the token is passed over with a mask. From each token left, and
 * from one to four letters before it, the automaton (shape_dfa.h) is walked over the tokens that
 * follow.
 *
 * Walks are moved in batches, one token at a time, with hardly a branch on what the token is: so
 * they overlap in the CPU instead of each waiting for its loads and mispredicted branches.
 *
 * A nominee is exact: its bounds do not depend on where segments or blocks begin. Tokens longer
 * than 64 bytes are none. */

#ifndef AS_SCAN_SHAPE_SWEEP_KERNEL_H
#define AS_SCAN_SHAPE_SWEEP_KERNEL_H

/* Tables that a step reads. */
struct step {
    const uint8_t *planes; /* struct as_planes */
    const uint8_t *bytes;  /* byte of bit 0 (not all readable) */
    const uint8_t *tables; /* symbols, then kinds of joiners by byte */
    const uint32_t *rows;
    struct as_shape_sweep *sweep;
};

#define PLANE(name) offsetof(struct as_planes, name)

/* At least AS_PLANE_GLANCE bits from bit `shift` of the byte at `at` on. */
AS_INLINE uint64_t glance(const uint8_t *at, unsigned shift)
{
    uint64_t bits;
    memcpy(&bits, at, sizeof bits);
    return bits >> shift;
}

/* The automaton's symbol of the token at `bit`, however long, and its length << 16; 0 and 64, which
 * leads nowhere, when it is longer than 64. */
static __attribute__((noinline)) uint32_t long_token(const struct as_planes *p, size_t bit)
{
    uint64_t alnum = as_plane_bits(p->alnum, bit);
    unsigned len = ~alnum != 0 ? (unsigned)__builtin_ctzll(~alnum) : 64;
    if (len == 64 && bit + 64 < AS_SEGMENT_SPAN && as_plane_has(p->alnum, bit + 64)) {
        return 64U << 16;
    }
    uint64_t all = ~UINT64_C(0) >> (64 - len);
    uint64_t digit = as_plane_bits(p->digit, bit) & all;
    return len << 16 | as_shape_symbol(len, (unsigned)__builtin_popcountll(digit),
                                       (as_plane_bits(p->lower, bit) & all) != 0,
                                       (unsigned)digit & 1U);
}

/* Bytes of the joiner at `bit` and its kind, or 0. Joiners of several bytes only. */
static __attribute__((noinline)) uint32_t long_joiner(const struct step *t, size_t bit,
                                                      unsigned kind)
{
    const uint8_t *p = t->bytes + bit;
    size_t left = t->sweep->worker->end_bit - bit;
    if (kind == AS_JOINER_PAREN) {
        return left > 1 && (p[1] == ' ' || p[1] == '-') ? 2 : 1;
    }
    if (p[0] == 0xC2) {
        return left > 1 && p[1] == 0xA0 ? 2 : 0;
    }
    return left > 2 && p[1] == 0x80 && (p[2] == 0x87 || p[2] == 0x89 || p[2] == 0xAF) ? 3 : 0;
}

static __attribute__((noinline)) void add_shape(const struct step *t, const struct as_walk *w,
                                                uint32_t end, uint32_t list)
{
    struct as_shape_sweep *s = t->sweep;
    enum as_status status = as_nominees_add(
        s->out,
        (struct as_nominee){.start = w->start, .end = end, .list = list, .joiners = w->seen});
    s->status = status != AS_OK ? status : s->status;
}

/* Moves a walk over the token at its bit and puts it to *out: 1 when it may go on. */
SWEEP_TARGET AS_INLINE unsigned step_walk(const struct step *t, const struct as_walk *w,
                                          struct as_walk *out)
{
    const uint32_t bit = w->bit;
    const uint8_t *at = t->planes + (bit >> 3);
    const unsigned shift = bit & 7U;
    uint32_t len = TRAILING_ZEROS(~glance(at + PLANE(alnum), shift));
    uint64_t digit = LOW_BITS(glance(at + PLANE(digit), shift), len & 63U);
    unsigned lower = LOW_BITS(glance(at + PLANE(lower), shift), len & 63U) != 0;
    uint32_t symbol =
        as_shape_symbol(len, (unsigned)__builtin_popcountll(digit), lower, (unsigned)digit & 1U);
    if (AS_UNLIKELY(len >= AS_PLANE_GLANCE)) {
        uint32_t token = long_token((const struct as_planes *)(const void *)t->planes, bit);
        symbol = token & 0xffffU;
        len = token >> 16;
    }
    uint32_t row = t->rows[w->row + t->tables[symbol]];
    uint32_t facts = t->rows[row]; /* of the dead state: 0 */
    uint32_t next = bit + len;
    uint8_t after = t->bytes[next]; /* at the end of the text: padding */
    if (AS_UNLIKELY(facts >> AS_FACT_LIST_SHIFT != 0) && after != '_') {
        add_shape(t, w, next, facts >> AS_FACT_LIST_SHIFT);
    }
    uint32_t kind = t->tables[AS_SYMBOLS + after] & facts;
    next++;
    if (AS_UNLIKELY(kind >= AS_JOINER_PAREN)) {
        uint32_t joiner = long_joiner(t, next - 1, kind);
        next += joiner - 1;
        kind = joiner == 0 ? 0 : kind;
    }
    out->row = row;
    out->start = w->start;
    out->bit = (uint16_t)next;
    out->seen = (uint8_t)(w->seen | kind);
    at = t->planes + (next >> 3);
    uint32_t first = (uint32_t)glance(at + PLANE(digit), next & 7U) & 1U;
    uint32_t begins = facts >> AS_FACT_LETTER_SHIFT >> first;
    return (uint32_t)(kind != 0) & (uint32_t)glance(at + PLANE(alnum), next & 7U) & begins & 1U;
}

/* Starts of the tokens with a good left edge, and of one to four letters and a joiner before a
 * token, as walks. */
SWEEP_TARGET AS_INLINE unsigned choose_starts(const struct step *t, uint32_t *restrict starts,
                                              unsigned count, struct as_walk *restrict out)
{
    const struct as_scan_worker *w = t->sweep->worker;
    const struct as_planes *p = &w->planes;
    const uint8_t *joiner_before = w->scanner->joiner_before;
    const unsigned letter_joiners = w->scanner->shapes.letter_joiners;
    const uint32_t first_bit = (uint32_t)w->first_bit;
    const uint32_t from = (uint32_t)t->sweep->from;
    const uint32_t width = (uint32_t)(t->sweep->to - t->sweep->from);
    unsigned joined = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t start = starts[i];
        /* At the start of the text the token's own byte, which says as little as a blank. */
        uint8_t before = t->bytes[start > first_bit ? start - 1 : first_bit];
        out[kept].start = (uint16_t)start;
        kept += (uint32_t)(start - from < width) & (uint32_t)(before != '_');
        starts[joined] = start;
        joined += (joiner_before[before] & letter_joiners) != 0;
    }
    for (unsigned i = 0; i < joined; i++) {
        uint64_t alnum = as_plane_bits(p->alnum, starts[i] - 64) | 1U;
        uint64_t digit = as_plane_bits(p->digit, starts[i] - 64);
        unsigned gap = LEADING_ZEROS(alnum);
        unsigned len = LEADING_ZEROS(~(alnum << gap) | 1U);
        uint32_t start = starts[i] - gap - len;
        uint8_t before = t->bytes[start > first_bit ? start - 1 : first_bit];
        out[kept].start = (uint16_t)start;
        kept += (uint32_t)(gap <= 3) & (uint32_t)(len - 1 < 4) &
                (uint32_t)((digit << gap) >> 1 >> (63 - (len & 63U)) == 0) &
                (uint32_t)(start - from < width) & (uint32_t)(before != '_');
    }
    return kept;
}

SWEEP_TARGET AS_INLINE void run_walks(const struct step *t, unsigned count)
{
    struct as_scan_worker *w = t->sweep->worker;
    struct as_walk *walks = w->walks;
    count = choose_starts(t, w->starts, count, walks);
    const uint32_t row = w->scanner->shapes.columns; /* of the start */
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        struct as_walk first = {.row = row, .start = walks[i].start, .bit = walks[i].start};
        kept += step_walk(t, &first, &walks[kept]);
    }
    while (kept != 0) {
        count = kept;
        kept = 0;
        for (unsigned i = 0; i < count; i++) {
            struct as_walk walk = walks[i];
            kept += step_walk(t, &walk, &walks[kept]);
        }
    }
}

/* The start of the token whose first digit is bit `first` of word k. SIZE_MAX when it is more than
 * 64 bytes before. */
SWEEP_TARGET AS_INLINE size_t token_start(const uint64_t *alnum, size_t k, uint64_t starts,
                                          unsigned first)
{
    uint64_t upto = starts & (~UINT64_C(0) >> (63 - first));
    if (AS_LIKELY(upto != 0)) {
        return 64 * k + 63 - LEADING_ZEROS(upto);
    }
    return alnum[k - 1] == ~UINT64_C(0) ? SIZE_MAX : 64 * k - LEADING_ZEROS(~alnum[k - 1]);
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

SWEEP_TARGET AS_INLINE void sweep(const struct step *t, unsigned least)
{
    const struct as_planes *p = &t->sweep->worker->planes;
    uint32_t *restrict out = t->sweep->worker->starts;
    unsigned count = 0;
    size_t first;
    size_t end;
    as_sweep_words(t->sweep->from, t->sweep->to, &first, &end);
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
            size_t start = token_start(p->alnum, k, starts, TRAILING_ZEROS(f));
            out[count] = (uint32_t)start;
            count += start != SIZE_MAX;
        }
        if (count >= AS_CHUNK_WALKS - 32) {
            run_walks(t, count);
            count = 0;
        }
    }
    run_walks(t, count);
}

SWEEP_TARGET void SWEEP_NAME(struct as_shape_sweep *s)
{
    const struct as_scan_worker *w = s->worker;
    const struct as_shape_dfa *dfa = &w->scanner->shapes;
    struct step t = {.planes = (const uint8_t *)&w->planes,
                     .bytes = w->window + w->segment - AS_SEGMENT_BACK,
                     .tables = dfa->symbols,
                     .rows = dfa->rows,
                     .sweep = s};
    /* The built-in catalog's figure is compiled in. */
    if (dfa->least_bytes == 6) {
        sweep(&t, 6);
    } else {
        sweep(&t, dfa->least_bytes > 8 ? 8 : dfa->least_bytes);
    }
}

#endif
