/* SPDX-License-Identifier: Apache-2.0
 * What the bytes of delimited text mean, 64 at a time: the one definition that the structure pass,
 * the locator and scan's column walk share, so that they cannot disagree.
 *
 * Rules (RFC 4180, made robust). A cell ends at a delimiter or at a line end ("\n", "\r\n", lone
 * "\r") outside quotes; line ends also end the row. A '"' opens quotes only as the first byte of a
 * cell; inside quotes '""' is a quote and a '"' before anything else closes them; a '"' anywhere
 * else is a byte like others. So a stray quote in a cell (5" disk) changes nothing behind it, and
 * even one that wrongly opens a cell is closed by the next quote, or by the line end that follows
 * AS_QUOTED_LINES_MAX line ends without any quote: a quote that is never closed takes so many lines
 * into its cell and no more. A text in which quotes plainly are none (profile_delimited.c) is
 * walked in the state AS_CELL_LITERAL from its start, where a '"' is a byte like others.
 *
 * This is a machine of five states (enum as_cell_state) and a count. Where every opening quote
 * stands at a cell's start or behind a closing quote, the machine equals plain quote parity, which
 * is one prefix XOR a word; as_delimited_word checks that, leaves out the quotes that open nothing,
 * and walks the word byte by byte if there are many of those.
 *
 * The '\n' of "\r\n" belongs to the row end before it: it ends no second row, and the next cell
 * starts behind it. Threads: pure. */
#ifndef AS_TEXT_DELIMITED_H
#define AS_TEXT_DELIMITED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "text/text.h"

/** Line ends in a quoted cell, since its last quote, that are part of it. Longer stretches of lines
 * without any quote are rare in cells (mails, logs), and a table may have as many rows. */
#define AS_QUOTED_LINES_MAX 100U

/** State between two bytes. Zero at the start of a text, but for AS_CELL_LITERAL. */
struct as_delimited_state {
    uint8_t cell;       /* enum as_cell_state */
    uint8_t open_lines; /* AS_CELL_QUOTED: line ends since the last quote; else 0 */
    bool after_cr;      /* the byte before was '\r' */
};

/** Bit i stands for byte i of a word of up to 64 bytes; bits at and above `count` are zero. */
struct as_delimited_masks {
    uint64_t quote;
    uint64_t delimiter;
    uint64_t cr;
    uint64_t lf;
};

/** Where a word's cells and rows end. */
struct as_delimited_ends {
    uint64_t cells; /* delimiters that end a cell */
    uint64_t rows;  /* bytes that end a row (and its last cell) */
    uint64_t
        starts; /* bytes behind which a cell starts: cells, rows, and '\n' of a "\r\n" row end */
};

static inline struct as_delimited_state as_delimited_entry(const struct as_entry *e)
{
    return (struct as_delimited_state){
        .cell = e->cell, .open_lines = e->open_lines, .after_cr = e->after_cr};
}

/** The state at the start of `text`. */
static inline struct as_delimited_state as_delimited_start(const struct as_text *text)
{
    return (struct as_delimited_state){.cell = text->quotes_off ? (uint8_t)AS_CELL_LITERAL
                                                                : (uint8_t)AS_CELL_START};
}

/** One byte. Returns AS_CELL_… events as bits: 1 ends a cell, 2 ends a row, 4 starts a cell. */
static inline unsigned as_delimited_step(struct as_delimited_state *s, uint8_t byte, char delimiter)
{
    bool after_cr = s->after_cr;
    s->after_cr = byte == '\r';
    bool line_end = byte == '\r' || (byte == '\n' && !after_cr);
    if (s->cell == AS_CELL_QUOTED) {
        if (line_end && s->open_lines++ == AS_QUOTED_LINES_MAX) {
            s->open_lines = 0; /* closed: the quote was none */
            s->cell = AS_CELL_START;
            return 2 | 4;
        }
        if (byte == '"') {
            s->open_lines = 0;
            s->cell = AS_CELL_QUOTE_SEEN;
        }
        return 0;
    }
    uint8_t start = s->cell == AS_CELL_LITERAL ? AS_CELL_LITERAL : AS_CELL_START;
    uint8_t plain = s->cell == AS_CELL_LITERAL ? AS_CELL_LITERAL : AS_CELL_PLAIN;
    bool may_open = s->cell == AS_CELL_START || s->cell == AS_CELL_QUOTE_SEEN; /* or doubled */
    s->cell = start;
    if (byte == (uint8_t)delimiter) {
        return 1 | 4;
    }
    if (byte == '\r' || byte == '\n') {
        return line_end ? 2 | 4 : 4;
    }
    s->cell = byte == '"' && may_open ? (uint8_t)AS_CELL_QUOTED : plain;
    return 0;
}

/** Bit i is the parity of bits 0 to i. */
AS_INLINE uint64_t as_delimited_parity(uint64_t m)
{
    m ^= m << 1;
    m ^= m << 2;
    m ^= m << 4;
    m ^= m << 8;
    m ^= m << 16;
    m ^= m << 32;
    return m;
}

/** The word byte by byte: right for any quotes. Out of line in structure.c. */
void as_delimited_word_slow(struct as_delimited_state *s, const struct as_delimited_masks *m,
                            unsigned count, struct as_delimited_ends *out);

/** The quotes of `quote` that are quotes and not plain bytes of a cell, out of line in structure.c:
 * the first opening quote that stands in a cell is none; without it the next is judged, and so on.
 * False when there are many such: as_delimited_word_slow is the better way then. */
bool as_delimited_drop_stray(const struct as_delimited_state *s, struct as_delimited_masks *m);

/** Parity of quotes inside a word, and what follows from it. */
struct as_delimited_view {
    uint64_t inside;
    uint64_t closing;
    uint64_t starts;
    uint64_t stray; /* opening quotes where none can open */
};

AS_INLINE struct as_delimited_view as_delimited_look(const struct as_delimited_state *s,
                                                     const struct as_delimited_masks *m)
{
    struct as_delimited_view v;
    v.inside = s->cell == AS_CELL_QUOTED ? ~UINT64_C(0) : 0;
    if (m->quote != 0) {
        v.inside ^= as_delimited_parity(m->quote);
    }
    v.starts = (m->delimiter | m->cr | m->lf) & ~v.inside;
    v.closing = m->quote & ~v.inside;
    uint64_t may_open =
        (v.starts | v.closing) << 1 | (s->cell == AS_CELL_START || s->cell == AS_CELL_QUOTE_SEEN);
    v.stray = m->quote & v.inside & ~may_open;
    return v;
}

/** Bits above the highest one of `m`; all when there is none. */
AS_INLINE uint64_t as_delimited_above(uint64_t m)
{
    return m == 0 ? ~UINT64_C(0) : ~(~UINT64_C(0) >> __builtin_clzll(m));
}

/** Moves *s over a word of `count` (1 to 64) bytes. */
AS_INLINE void as_delimited_word(struct as_delimited_state *s, const struct as_delimited_masks *m,
                                 unsigned count, struct as_delimited_ends *out)
{
    uint64_t line_ends = m->cr | m->lf;
    uint64_t second = m->lf & (m->cr << 1 | (uint64_t)s->after_cr); /* '\n' of "\r\n" */
    unsigned top = count - 1;
    if (AS_UNLIKELY(s->cell == AS_CELL_LITERAL)) {
        out->cells = m->delimiter;
        out->rows = line_ends & ~second;
        out->starts = m->delimiter | line_ends;
        s->after_cr = (m->cr >> top & 1) != 0;
        return;
    }
    struct as_delimited_masks clean = *m;
    struct as_delimited_view v = as_delimited_look(s, &clean);
    if (AS_UNLIKELY(v.stray != 0)) {
        if (!as_delimited_drop_stray(s, &clean)) {
            as_delimited_word_slow(s, m, count, out);
            return;
        }
        v = as_delimited_look(s, &clean);
    }
    uint64_t within = line_ends & ~second & v.inside;
    unsigned open_lines = clean.quote != 0 ? 0 : s->open_lines;
    if (AS_UNLIKELY(within != 0)) {
        if ((unsigned)__builtin_popcountll(within) + s->open_lines > AS_QUOTED_LINES_MAX) {
            as_delimited_word_slow(s, m, count, out); /* one of them may close the cell */
            return;
        }
        open_lines += (unsigned)__builtin_popcountll(within & as_delimited_above(clean.quote));
    }
    out->cells = m->delimiter & ~v.inside;
    out->rows = line_ends & ~second & ~v.inside;
    out->starts = v.starts;
    s->cell = (uint8_t)((v.inside >> top & 1) != 0    ? AS_CELL_QUOTED
                        : (v.closing >> top & 1) != 0 ? AS_CELL_QUOTE_SEEN
                        : (v.starts >> top & 1) != 0  ? AS_CELL_START
                                                      : AS_CELL_PLAIN);
    s->open_lines = (uint8_t)open_lines;
    s->after_cr = (m->cr >> top & 1) != 0;
}

#endif
