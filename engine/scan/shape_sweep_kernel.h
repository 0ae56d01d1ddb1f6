/* SPDX-License-Identifier: Apache-2.0
 * Nominating by shape; included by shape_sweep_base.c and shape_sweep_bmi2.c, which say how bits
 * are counted. No include guard: each includes it once.
 *
 * The sieve. A sequence of letters, digits and joiners must be long enough for some shape, and a
 * shape of digits only needs a shorter one, of digits; that leaves few tokens in most text. Those
 * that hold a digit are found with one addition a word: in (alnum & ~digit) + starts the carry of
 * each token's start runs up to its first digit and sets that bit, so sum & digit has one bit a
 * token (its trigger), and the carry out of bit 63 goes on in the next word.
 *
 * The sweep. From each trigger's token, and from one to four letters before it, the automaton
 * (shape_dfa.h) is walked over the tokens that follow. Where no keyword is near, only shapes that
 * need none are looked for: they are fewer, and their sieve is finer.
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

/* Where a walk may begin: its bit, and which shapes are looked for there. */
#define START_OF(bit, which) ((uint32_t)(bit) << 2 | (uint32_t)(which))

/* Starts of the tokens with a good left edge, and of one to four letters and a joiner before a
 * token, as walks. */
SWEEP_TARGET AS_INLINE unsigned choose_starts(const struct step *t, uint32_t *restrict starts,
                                              unsigned count, struct as_walk *restrict out)
{
    const struct as_scan_worker *w = t->sweep->worker;
    const struct as_planes *p = &w->planes;
    const uint8_t *joiner_before = w->scanner->joiner_before;
    const struct as_shape_dfa *dfa = &w->scanner->shapes;
    const unsigned letter_joiners = dfa->letter_joiners;
    const uint32_t *rows = dfa->starts;
    const uint32_t first_bit = (uint32_t)w->first_bit;
    const uint32_t from = (uint32_t)t->sweep->from;
    const uint32_t width = (uint32_t)(t->sweep->to - t->sweep->from);
    unsigned joined = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t start = starts[i] >> 2;
        /* At the start of the text the token's own byte, which says as little as a blank. */
        uint8_t before = t->bytes[start > first_bit ? start - 1 : first_bit];
        out[kept].start = (uint16_t)start;
        out[kept].row = rows[starts[i] & 3U];
        kept += (uint32_t)(start - from < width) & (uint32_t)(before != '_');
        starts[joined] = starts[i];
        /* Before a joiner of one byte stands a letter, else another byte of the joiner. */
        uint8_t other = t->bytes[start > first_bit + 1 ? start - 2 : first_bit];
        joined += (uint32_t)((joiner_before[before] & letter_joiners) != 0) &
                  (uint32_t)(dfa->kinds[other] != AS_KIND_DIGIT) & (uint32_t)(other != ' ');
    }
    for (unsigned i = 0; i < joined; i++) {
        uint32_t token = starts[i] >> 2;
        uint64_t alnum = as_plane_bits(p->alnum, token - 64) | 1U;
        uint64_t digit = as_plane_bits(p->digit, token - 64);
        unsigned gap = LEADING_ZEROS(alnum) & 63U; /* alnum is not 0 */
        uint64_t others = ~(alnum << gap) | 1U;
        unsigned len = LEADING_ZEROS(others);
        uint32_t start = token - gap - len;
        uint8_t before = t->bytes[start > first_bit ? start - 1 : first_bit];
        out[kept].start = (uint16_t)start;
        out[kept].row = rows[starts[i] & 3U];
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
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        struct as_walk first = {
            .row = walks[i].row, .start = walks[i].start, .bit = walks[i].start};
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
SWEEP_TARGET AS_INLINE size_t token_start(const uint64_t *alnum, size_t k, unsigned first)
{
    uint64_t none = ~alnum[k] & ((UINT64_C(1) << first) - 1);
    if (AS_LIKELY(none != 0)) {
        return 64 * k + 64 - LEADING_ZEROS(none);
    }
    return alnum[k - 1] == ~UINT64_C(0) ? SIZE_MAX : 64 * k - LEADING_ZEROS(~alnum[k - 1]);
}

SWEEP_TARGET void SWEEP_NAME(struct as_shape_sweep *s)
{
    struct as_scan_worker *w = s->worker;
    const struct as_shape_dfa *dfa = &w->scanner->shapes;
    const struct as_planes *p = &w->planes;
    struct step t = {.planes = (const uint8_t *)p,
                     .bytes = w->window + w->segment - AS_SEGMENT_BACK,
                     .tables = dfa->symbols,
                     .rows = dfa->rows,
                     .sweep = s};
    uint32_t *restrict out = w->starts;
    unsigned count = 0;
    size_t first;
    size_t end;
    as_sweep_words(s->from, s->to, &first, &end);
    for (size_t k = first; k < end; k++) {
        uint64_t some = s->open == NULL ? ~UINT64_C(0) : s->open->some[k];
        uint64_t brief = s->open == NULL ? ~UINT64_C(0) : s->open->brief[k];
        uint64_t triggers = (w->triggers[AS_SHAPES_ALL][k] & brief) |
                            (w->triggers[AS_SHAPES_LONG][k] & some) |
                            w->triggers[AS_SHAPES_FREE][k];
        for (uint64_t f = triggers; f != 0; f &= f - 1) {
            unsigned bit = TRAILING_ZEROS(f) & 63U; /* f is not 0 */
            size_t start = token_start(p->alnum, k, bit);
            out[count] = START_OF(start, (some >> bit & 1U) + (brief >> bit & 1U));
            count += start != SIZE_MAX;
        }
        if (count >= AS_CHUNK_WALKS - 32) {
            run_walks(&t, count);
            count = 0;
        }
    }
    run_walks(&t, count);
}

/* Four words of a plane. */
typedef uint64_t words __attribute__((vector_size(32)));
#define SIEVE_WORDS 4U

AS_INLINE void load(words *out, const uint64_t *plane)
{
    memcpy(out, plane, sizeof *out);
}

/* Four words and those that follow each. */
struct pair {
    words low;
    words high;
};

/* Bytes that a sequence may consist of: tokens, and bytes of joiners that lead on. What follows the
 * second word is taken to lead on. */
SWEEP_TARGET AS_INLINE void sequence_bytes(const struct pair *tokens, const struct pair *join,
                                           struct pair *out)
{
    words low = tokens->low | join->low;
    words high = tokens->high | join->high;
    out->low = tokens->low | (join->low & (low >> 1 | high << 63));
    out->high = tokens->high | (join->high & (high >> 1 | UINT64_C(1) << 63));
}

/* From where some bytes follow one another, to from where `by` more do; `by` is at most as many. */
SWEEP_TARGET AS_INLINE void lengthen(struct pair *p, unsigned by)
{
    p->low &= p->low >> by | p->high << 1 << (63 - by);
    p->high &= p->high >> by;
}

/* How runs are lengthened step by step from one byte to the least length of all shapes, then to
 * that of the long ones, then of those that need no keyword. */
#define STEPS 3U /* 1 to 8 bytes; where more would be needed, the sieve is coarser */
struct steps {
    unsigned by[AS_SHAPES_COUNT][STEPS];
};

AS_INLINE void plan_steps(const unsigned least[AS_SHAPES_COUNT], struct steps *out)
{
    unsigned have = 1;
    for (unsigned which = AS_SHAPES_COUNT; which-- > 0;) {
        for (unsigned i = 0; i < STEPS; i++) {
            unsigned more = least[which] > have ? least[which] - have : 0;
            out->by[which][i] = more < have ? more : have;
            have += out->by[which][i];
        }
    }
}

/* Token starts from which enough bytes follow, of words [k, k + 4). */
SWEEP_TARGET AS_INLINE void sieve_words(struct as_scan_worker *w, size_t k,
                                        const struct steps *digit_steps,
                                        const struct steps *any_steps)
{
    const struct as_planes *p = &w->planes;
    struct pair alnum;
    struct pair digit;
    struct pair join;
    words before;
    load(&alnum.low, p->alnum + k);
    load(&alnum.high, p->alnum + k + 1);
    load(&digit.low, p->digit + k);
    load(&digit.high, p->digit + k + 1);
    load(&join.low, p->join + k);
    load(&join.high, p->join + k + 1);
    load(&before, p->alnum + k - 1);
    words starts = alnum.low & ~(alnum.low << 1 | before >> 63);
    struct pair any;
    struct pair digits;
    sequence_bytes(&alnum, &join, &any);
    sequence_bytes(&digit, &join, &digits);
    for (unsigned which = AS_SHAPES_COUNT; which-- > 0;) {
        for (unsigned i = 0; i < STEPS; i++) {
            lengthen(&any, any_steps->by[which][i]);
            lengthen(&digits, digit_steps->by[which][i]);
        }
        words enough = starts & (any.low | digits.low);
        memcpy(w->triggers[which] + k, &enough, sizeof enough);
    }
}

/* First digits of the tokens that start at `starts`. */
AS_INLINE uint64_t first_digits(uint64_t alnum, uint64_t digit, uint64_t starts, uint64_t *carry)
{
    uint64_t sum;
    bool over = __builtin_add_overflow(alnum & ~digit, starts, &sum);
    over = __builtin_add_overflow(sum, *carry, &sum) || over;
    *carry = over;
    return sum & digit;
}

/* From token starts to triggers. A token whose first digit is two words on is too long for any
 * shape. */
AS_INLINE void take_digits(struct as_scan_worker *w, size_t first, size_t end)
{
    const struct as_planes *p = &w->planes;
    uint64_t carry[AS_SHAPES_COUNT] = {0};
    for (size_t k = first; k < end; k++) {
        for (unsigned which = 0; which < AS_SHAPES_COUNT; which++) {
            w->triggers[which][k] =
                first_digits(p->alnum[k], p->digit[k], w->triggers[which][k], &carry[which]);
        }
    }
}

SWEEP_TARGET void SIEVE_NAME(struct as_shape_sweep *s)
{
    struct as_scan_worker *w = s->worker;
    const struct as_shape_least *least = w->scanner->shapes.least;
    struct steps digits;
    struct steps any;
    unsigned least_digits[AS_SHAPES_COUNT];
    unsigned least_any[AS_SHAPES_COUNT];
    size_t first;
    size_t end;
    for (unsigned which = 0; which < AS_SHAPES_COUNT; which++) {
        least_digits[which] = least[which].digits;
        least_any[which] = least[which].any;
    }
    as_sweep_words(s->from, s->to, &first, &end);
    plan_steps(least_digits, &digits);
    plan_steps(least_any, &any);
    for (size_t k = first; k < end; k += SIEVE_WORDS) {
        sieve_words(w, k, &digits, &any);
    }
    take_digits(w, first, end);
}

#endif
