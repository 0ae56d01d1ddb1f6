/* SPDX-License-Identifier: Apache-2.0
 * The structure pass: what a stretch of text does to the state of lines, rows, columns and quotes.
 *
 * Two ways to use it. as_structure_advance moves a known state over bytes, in order: what the
 * cutter and the locator do. as_structure_summarize condenses bytes whose entry state is not known
 * yet; as_structure_compose applies the summary to the state when it is. Both give the same, and
 * any cut of a text gives the same (property tests in tests/unit/text/test_structure.c).
 *
 * A summary of delimited text holds the outcome for each entry state of a cell (delimited.h), and
 * for entering quotes that the next line end closes, from which the outcome for any count of lines
 * in them follows. They cost less than six passes: after the first byte that is no quote, most have
 * met, and the walk of the others is a search for quotes.
 *
 * Lines: "\n", "\r\n" and a lone "\r" each end one line, at their first byte. Characters are bytes
 * that do not continue a UTF-8 sequence, so malformed bytes count as one each or not at all, and a
 * cut inside a sequence changes nothing. Threads: pure. */
#ifndef AS_TEXT_STRUCTURE_H
#define AS_TEXT_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"

/** Moves *e over `len` bytes of `text` (its kind and delimiter count). */
void as_structure_advance(struct as_entry *e, const struct as_text *text, const uint8_t *bytes,
                          size_t len);

/** Cells and rows of a stretch, entered in one state of a cell. */
struct as_cell_path {
    uint64_t rows;       /* rows ended */
    uint64_t cell_bytes; /* since the cell's start, or the whole stretch when no cell started */
    uint32_t columns;    /* cells ended since the last row end, or in all when no row ended */
    uint8_t cell;        /* enum as_cell_state at the end */
    uint8_t open_lines;  /* at the end */
    bool cell_started;
};

/** Entry states of a summary: those of a cell, and AS_CELL_QUOTED after AS_QUOTED_LINES_MAX line
 * ends. */
#define AS_STRUCTURE_PATHS 6U

/** What a stretch does to any entry state. Zeroed: an empty stretch. */
struct as_structure_summary {
    uint64_t bytes;
    uint64_t lines;      /* lines ended when the byte before is no '\r' */
    uint64_t characters; /* since the last line end, or in all when no line ended */
    bool line_ended;
    bool starts_with_lf; /* after a '\r' the first byte ends no line */
    bool ends_with_cr;
    uint64_t lines_to_quote; /* line ends before the first quote, counted as `lines` */
    bool has_quote;
    /** By enum as_cell_state at entry, the last as above; delimited text only. */
    struct as_cell_path cells[AS_STRUCTURE_PATHS];
};

void as_structure_summarize(const struct as_text *text, const uint8_t *bytes, size_t len,
                            struct as_structure_summary *out);
/** *e moves over the stretch that was summarized. */
void as_structure_compose(struct as_entry *e, const struct as_text *text,
                          const struct as_structure_summary *summary);

/** Characters (bytes that do not continue a UTF-8 sequence) in `len` bytes, at SIMD speed. */
uint64_t as_structure_characters(const uint8_t *bytes, size_t len);
/** Bytes from 0xf0: the first bytes of characters outside the basic plane. */
uint64_t as_structure_supplementary(const uint8_t *bytes, size_t len);
/** Tests and benches: 0 the baseline, 1 AVX2; returns false when the CPU lacks it. The default is
 * the best that the CPU has. Not while other threads run. */
bool as_structure_use_level(int level);

#endif
