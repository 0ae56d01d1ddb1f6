/* SPDX-License-Identifier: Apache-2.0
 * Where bytes of a block stand: line, column, row, record. Locations are worked out only for
 * detections; a cursor walks forward once, so that all detections of a block together cost one pass
 * at SIMD speed at most. */
#ifndef AS_TEXT_LOCATE_H
#define AS_TEXT_LOCATE_H

#include "text/text.h"

/** A place in a text. All numbers as results.jsonl has them (docs/findings.md). */
struct as_place {
    uint64_t line;          /* 1-based */
    uint64_t line_column;   /* 1-based, characters */
    uint64_t row;           /* 1-based, delimited text; 0 otherwise */
    uint32_t column;        /* 1-based, delimited text; 0 otherwise */
    uint64_t source_offset; /* bytes of the member before charset decoding */
};

struct as_locator {
    const struct as_block *block;
    uint64_t position; /* payload-relative, where the state below holds; may run into `ahead` */
    uint64_t source_offset;
    struct as_entry state;
    uint64_t cell_end; /* end of the cell that holds `position`, payload-relative; 0: not known */
};

/** Bounds of a cell of delimited text, payload-relative, half-open, with its quotes. A cell that
 * reaches beyond what the block can read (back, ahead) is cut there. */
struct as_cell {
    int64_t start; /* >= -back */
    int64_t end;   /* <= size + ahead; the delimiter or line end is not part of the cell */
    bool cut;      /* the cell begins before or ends after the readable bytes */
};

void as_locator_init(struct as_locator *l, const struct as_block *block);
/** Place of payload-relative offset `at` (may lie in `ahead`, not before the payload). Offsets must
 * not descend (if they do, the walk starts again from the payload's start: right, but slow).
 * Offsets behind the readable bytes count as their end. */
void as_locate(struct as_locator *l, uint64_t at, struct as_place *out);
/** The cell that holds `at`; a delimiter belongs to the cell that it ends. The text must be
 * AS_TEXT_DELIMITED. The same order of offsets as as_locate, with which calls may alternate. */
void as_locate_cell(struct as_locator *l, uint64_t at, struct as_cell *out);

#endif
