/* SPDX-License-Identifier: Apache-2.0
 * The loops of the structure pass, written once and compiled for each instruction set: a file that
 * includes this defines
 *
 *   AS_KERNEL(name)        the name of a function in this variant
 *   AS_KERNEL_TARGET       AS_TARGET(...) or nothing
 *   AS_KERNEL_WORD         a type that holds 64 bytes
 *   AS_KERNEL_LOAD(w, p)   fills AS_KERNEL_WORD *w from 64 readable bytes at p
 *   AS_KERNEL_EQUAL(w, c)  uint64_t: bit i is set where byte i equals c
 *   AS_KERNEL_ABOVE(w, c)  uint64_t: bit i is set where byte i, taken as signed, is above c
 *
 * A loop works on words of 64 bytes; the last, shorter one is copied to a zeroed word first, so
 * that nothing beyond `len` is ever read. Internal: included by structure_*.c only, once each. */
#ifndef AS_TEXT_STRUCTURE_KERNEL_H
#define AS_TEXT_STRUCTURE_KERNEL_H

#include <string.h>

#include "text/delimited.h"
#include "text/structure_impl.h"

static AS_KERNEL_TARGET inline size_t AS_KERNEL(load)(AS_KERNEL_WORD *w, const uint8_t *p,
                                                      size_t left)
{
    if (AS_LIKELY(left >= 64)) {
        AS_KERNEL_LOAD(w, p);
        return 64;
    }
    uint8_t last[64] = {0};
    memcpy(last, p, left);
    AS_KERNEL_LOAD(w, last);
    return left;
}

static AS_KERNEL_TARGET void AS_KERNEL(lines)(struct as_line_scan *s, const uint8_t *p, size_t len)
{
    uint64_t lines = 0;
    uint64_t behind = s->behind_last;
    uint64_t after_cr = s->after_cr;
    for (size_t at = 0; at < len;) {
        AS_KERNEL_WORD w;
        size_t count = AS_KERNEL(load)(&w, p + at, len - at);
        uint64_t lf = AS_KERNEL_EQUAL(&w, '\n');
        uint64_t cr = AS_KERNEL_EQUAL(&w, '\r');
        if ((lf | cr) != 0) {
            lines += (uint64_t)__builtin_popcountll(cr | (lf & ~(cr << 1 | after_cr)));
            behind = at + 64 - (uint64_t)__builtin_clzll(lf | cr);
        }
        after_cr = cr >> (count - 1) & 1;
        at += count;
    }
    s->lines += lines;
    s->behind_last = behind;
    s->after_cr = after_cr != 0;
}

static AS_KERNEL_TARGET uint64_t AS_KERNEL(characters)(const uint8_t *p, size_t len)
{
    uint64_t n = 0;
    for (size_t at = 0; at < len;) {
        AS_KERNEL_WORD w;
        size_t count = AS_KERNEL(load)(&w, p + at, len - at);
        uint64_t first = AS_KERNEL_ABOVE(&w, -65); /* not 0x80 to 0xbf */
        n += (uint64_t)__builtin_popcountll(first << (64 - count));
        at += count;
    }
    return n;
}

static AS_KERNEL_TARGET uint64_t AS_KERNEL(supplementary)(const uint8_t *p, size_t len)
{
    uint64_t n = 0;
    for (size_t at = 0; at < len;) {
        AS_KERNEL_WORD w;
        size_t count = AS_KERNEL(load)(&w, p + at, len - at);
        uint64_t from_f0 = AS_KERNEL_ABOVE(&w, -17) & ~AS_KERNEL_ABOVE(&w, -1);
        n += (uint64_t)__builtin_popcountll(from_f0);
        at += count;
    }
    return n;
}

/** What a word's ends do to rows, columns and the cell's start; `at` is the word's offset. */
static AS_KERNEL_TARGET inline void
AS_KERNEL(count_cells)(struct as_cell_scan *s, const struct as_delimited_ends *ends, uint64_t at)
{
    if (ends->rows != 0) {
        unsigned last = 63U - (unsigned)__builtin_clzll(ends->rows);
        s->rows += (uint64_t)__builtin_popcountll(ends->rows);
        s->row_ended = true;
        s->columns = (uint64_t)__builtin_popcountll(ends->cells >> last);
    } else {
        s->columns += (uint64_t)__builtin_popcountll(ends->cells);
    }
    if (ends->starts != 0) {
        s->cell_started = true;
        s->cell_start = at + 64 - (uint64_t)__builtin_clzll(ends->starts);
    }
}

static AS_KERNEL_TARGET void AS_KERNEL(cells)(struct as_cell_scan *s, char delimiter,
                                              const uint8_t *p, size_t len)
{
    struct as_cell_scan scan = *s; /* in registers */
    for (size_t at = 0; at < len;) {
        AS_KERNEL_WORD w;
        size_t count = AS_KERNEL(load)(&w, p + at, len - at);
        struct as_delimited_masks m = {.quote = AS_KERNEL_EQUAL(&w, '"'),
                                       .delimiter = AS_KERNEL_EQUAL(&w, delimiter),
                                       .cr = AS_KERNEL_EQUAL(&w, '\r'),
                                       .lf = AS_KERNEL_EQUAL(&w, '\n')};
        uint64_t line_ends = m.cr | m.lf;
        if (line_ends != 0) {
            uint64_t second = m.lf & (m.cr << 1 | (uint64_t)scan.state.after_cr);
            scan.lines.lines += (uint64_t)__builtin_popcountll(line_ends & ~second);
            scan.lines.behind_last = at + 64 - (uint64_t)__builtin_clzll(line_ends);
        }
        struct as_delimited_ends ends;
        as_delimited_word(&scan.state, &m, (unsigned)count, &ends);
        AS_KERNEL(count_cells)(&scan, &ends, at);
        at += count;
    }
    scan.lines.after_cr = scan.state.after_cr;
    *s = scan;
}

/** Offset of the first byte that ends the cell entered in *state (moved along), or len. */
static AS_KERNEL_TARGET size_t AS_KERNEL(cell_end)(struct as_delimited_state *state, char delimiter,
                                                   const uint8_t *p, size_t len)
{
    for (size_t at = 0; at < len;) {
        AS_KERNEL_WORD w;
        size_t count = AS_KERNEL(load)(&w, p + at, len - at);
        struct as_delimited_masks m = {.quote = AS_KERNEL_EQUAL(&w, '"'),
                                       .delimiter = AS_KERNEL_EQUAL(&w, delimiter),
                                       .cr = AS_KERNEL_EQUAL(&w, '\r'),
                                       .lf = AS_KERNEL_EQUAL(&w, '\n')};
        struct as_delimited_ends ends;
        as_delimited_word(state, &m, (unsigned)count, &ends);
        if ((ends.cells | ends.rows) != 0) {
            return at + (size_t)__builtin_ctzll(ends.cells | ends.rows);
        }
        at += count;
    }
    return len;
}

const struct as_structure_kernel AS_KERNEL(kernel) = {.lines = AS_KERNEL(lines),
                                                      .characters = AS_KERNEL(characters),
                                                      .supplementary = AS_KERNEL(supplementary),
                                                      .cells = AS_KERNEL(cells),
                                                      .cell_end = AS_KERNEL(cell_end)};

#endif
