/* SPDX-License-Identifier: Apache-2.0
 * Nominators over the class planes: runs, hex-colon runs, anchors of one byte; shapes are found in
 * shape_sweep_kernel.h. Nothing is allocated but the lists of nominees, and no detector's rule is
 * known here.
 *
 * Runs. A run of 31 bytes or more covers an aligned group of 16, one of 15 or more a group of 8; so
 * words without a full group are passed over. Hex-colon runs: the same addition as above with
 * colons for digits, twice, finds runs with two colons; of those, runs with "::" or at least
 * AS_HEX_COLONS colons are nominees (IPv6 addresses have "::" or six and more, MAC addresses five).
 *
 * A nominee is exact: its bounds do not depend on where segments or blocks begin. Tokens longer
 * than 64 bytes and runs longer than their definitions allow are none. */
#include <string.h>

#include "base/mem.h"
#include "scan/shape_sweep.h"

#define NOMINEES_MAX (1U << 24)

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

/* --- runs --- */

/* What the sweeps share. */
struct sweep {
    struct as_scan_worker *w;
    const struct as_planes *planes;
    size_t from;
    size_t to;
    struct as_nominees *out;
    enum as_status status;
};

static void add_nominee(struct sweep *s, size_t start, size_t end, uint32_t list)
{
    enum as_status status = as_nominees_add(
        s->out, (struct as_nominee){.start = (uint32_t)start, .end = (uint32_t)end, .list = list});
    s->status = status != AS_OK ? status : s->status;
}

/* Bounds of the run of `plane` that holds `bit`, not followed much further than `reach` either way.
 * Beyond what is readable the planes are 0. */
static void run_bounds(const uint64_t *plane, size_t bit, size_t reach, size_t *out_start,
                       size_t *out_end)
{
    size_t k = bit / 64;
    uint64_t none = ~plane[k] & ((UINT64_C(1) << (bit & 63U)) - 1);
    while (none == 0 && k > 0 && bit - 64 * k <= reach) {
        none = ~plane[--k];
    }
    *out_start = none == 0 ? 64 * k : 64 * k + 64 - (unsigned)__builtin_clzll(none);
    k = bit / 64;
    none = ~plane[k] & (~UINT64_C(0) << (bit & 63U));
    while (none == 0 && k + 1 < AS_PLANE_WORDS && 64 * (k + 1) - bit <= reach) {
        none = ~plane[++k];
    }
    *out_end = none == 0 ? 64 * k + 64 : 64 * k + (unsigned)__builtin_ctzll(none);
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
    as_sweep_words(s->from, s->to, &first, &end);
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
            run_bounds(plane, bit, scanner->run_max, &from, &to);
            done = to;
            size_t len = to - from;
            if (len >= scanner->run_min && len <= scanner->run_max && from >= s->from &&
                from < s->to) {
                add_nominee(s, from, to, scanner->run_list);
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
        run_bounds(p->hex, bit, scanner->hex_max, &from, &to);
    }
    if (bit >= *done && to - from <= scanner->hex_max && from >= s->from && from < s->to) {
        add_nominee(s, from, to, scanner->hex_list);
    }
    *done = to > *done ? to : *done;
}

static void sweep_hex(struct sweep *s)
{
    const struct as_planes *p = &s->w->planes;
    size_t first;
    size_t end;
    as_sweep_words(s->from, s->to, &first, &end);
    uint64_t before = p->hex[first - 1] >> 63;
    uint64_t carry_one = 0;
    uint64_t carry_two = 0;
    size_t done = 0;
    for (size_t k = first; k < end; k++) {
        uint64_t hex = p->hex[k];
        uint64_t colon = p->colon[k];
        if (colon == 0) {
            /* A run that goes on into the next word has no colon so far, unless it had. */
            bool through = hex == ~UINT64_C(0);
            carry_one = hex >> 63 != 0 && (!through || before == 0 || carry_one != 0);
            carry_two = through && carry_two != 0;
            before = hex >> 63;
            continue;
        }
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
                add_nominee(s, bit, bit + 1, s->w->scanner->mark_list);
            }
        }
    }
}

static void sieve_shapes(struct as_shape_sweep *s)
{
    if (s->worker->scanner->kernels->bmi2) {
        as_shape_sieve_bmi2(s);
    } else {
        as_shape_sieve_base(s);
    }
}

static void sweep_shapes(struct as_shape_sweep *s)
{
    if (s->worker->scanner->kernels->bmi2) {
        as_shape_sweep_bmi2(s);
    } else {
        as_shape_sweep_base(s);
    }
}

enum as_status as_nominate_shapes(struct as_scan_worker *w, size_t from, size_t to,
                                  struct as_nominees *out)
{
    struct as_shape_sweep s = {.worker = w,
                               .from = from < w->first_bit ? w->first_bit : from,
                               .to = to > w->end_bit ? w->end_bit : to,
                               .out = out};
    if (w->scanner->shapes.shape_count != 0 && s.from < s.to) {
        sieve_shapes(&s);
        sweep_shapes(&s);
    }
    return s.status;
}

/* The shapes of the segment, those that need a keyword only where one may be in reach. */
static enum as_status nominate_open_shapes(struct as_scan_worker *w)
{
    struct as_shape_sweep s = {.worker = w,
                               .from = AS_SEGMENT_BACK,
                               .to = AS_SEGMENT_BACK + w->segment_len,
                               .out = &w->sources[AS_SOURCE_SHAPES]};
    if (w->scanner->shapes.shape_count != 0 && s.from < s.to) {
        sieve_shapes(&s);
        const struct as_open *open = as_reach_open(w);
        s.open = w->trace != NULL ? NULL : open; /* a trace is told what is passed over */
        sweep_shapes(&s);
    }
    return s.status;
}

enum as_status as_nominate_segment(struct as_scan_worker *w)
{
    const struct as_scanner *scanner = w->scanner;
    AS_TRY(nominate_open_shapes(w));
    struct sweep s = {.w = w,
                      .planes = &w->planes,
                      .from = AS_SEGMENT_BACK,
                      .to = AS_SEGMENT_BACK + w->segment_len};
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
