/* SPDX-License-Identifier: Apache-2.0
 * The column cursor: column, row and quotes of each nominee of delimited text.
 *
 * The structural masks of a segment are walked once, word by word (text/delimited.h has the rules,
 * so that structure pass, locator and this agree), from the state that the segment before ended in.
 * The state before each word is kept, and within a word the state at a nominee is had by masking
 * off what follows. */
#include <string.h>

#include "base/mem.h"
#include "scan/reach.h"

#define COLUMN_MASKS_MAX 65536U
#define COLUMNS_EAGER_MAX 64U /* above, names are looked up when their cells come */

static void know_column(struct as_scan_worker *w, uint32_t column)
{
    bool required = false;
    uint64_t mask = as_name_mask(w, w->block->text->columns[column].name, 0, &required);
    w->column_masks[column] = mask | AS_MASK_KNOWN | (required ? AS_MASK_REQUIRED : 0);
}

void as_columns_begin_block(struct as_scan_worker *w)
{
    const struct as_entry *e = &w->block->entry;
    const struct as_text *text = w->block->text;
    w->cursors[AS_SEGMENT_BYTES / 64] = (struct as_column_cursor){
        .state = as_delimited_entry(e), .column = e->column, .row = e->row};
    uint32_t count = text->columns == NULL ? 0 : text->column_count;
    count = count > COLUMN_MASKS_MAX ? COLUMN_MASKS_MAX : count;
    if (count > w->column_masks_cap) {
        uint64_t *grown = as_realloc(w->column_masks, count, sizeof *grown);
        if (grown == NULL) {
            w->status = AS_E_NO_MEMORY;
            return;
        }
        w->column_masks = grown;
        w->column_masks_cap = count;
    }
    if (count != 0) {
        memset(w->column_masks, 0, count * sizeof *w->column_masks);
    }
    w->columns_open = count > COLUMNS_EAGER_MAX;
    for (uint32_t i = 0; i < count && !w->columns_open; i++) {
        know_column(w, i);
        w->columns_open = (w->column_masks[i] & AS_MASK_REQUIRED) != 0;
    }
}

AS_INLINE void move_over(struct as_column_cursor *c, uint64_t cells, uint64_t rows)
{
    if (rows == 0) {
        c->column += (uint32_t)__builtin_popcountll(cells);
        return;
    }
    unsigned last = 63 - (unsigned)__builtin_clzll(rows);
    uint64_t after = last == 63 ? 0 : ~UINT64_C(0) << (last + 1);
    c->row += (uint64_t)__builtin_popcountll(rows);
    c->column = (uint32_t)__builtin_popcountll(cells & after);
}

/* Moves the cursor over the first `count` bytes of the segment's word `i`. */
AS_INLINE void move_in_word(const struct as_scan_worker *w, size_t i, unsigned count,
                            struct as_column_cursor *c, struct as_delimited_ends *ends)
{
    const struct as_marks *m = &w->marks[i];
    uint64_t below = count == 64 ? ~UINT64_C(0) : (1ULL << count) - 1;
    struct as_delimited_masks masks = {.quote = m->bits[0] & below,
                                       .delimiter = m->bits[1] & below,
                                       .cr = m->bits[2] & below,
                                       .lf = m->bits[3] & below};
    as_delimited_word(&c->state, &masks, count, ends);
    move_over(c, ends->cells, ends->rows);
}

AS_INLINE void walk_words_body(struct as_scan_worker *w, size_t words)
{
    struct as_column_cursor c = w->cursors[AS_SEGMENT_BYTES / 64];
    for (size_t i = 0; i < words; i++) {
        struct as_delimited_ends ends;
        w->cursors[i] = c;
        move_in_word(w, i, 64, &c, &ends);
        w->cells[i] = (struct as_cell_ends){.cells = ends.cells | ends.rows, .rows = ends.rows};
    }
    /* A last part of a word belongs to the block's last segment: then nobody asks for this. */
    w->cursors[AS_SEGMENT_BYTES / 64] = c;
}

__attribute__((target("bmi,bmi2,lzcnt,popcnt"))) static void
walk_words_bmi2(struct as_scan_worker *w, size_t words)
{
    walk_words_body(w, words);
}

void as_columns_begin_segment(struct as_scan_worker *w)
{
    const uint8_t values[4] = {'"', (uint8_t)w->block->text->delimiter, '\r', '\n'};
    size_t words = (w->segment_len + 63) / 64;
    w->scanner->kernels->match(w->marks, w->window + w->segment, words, values);
    if (w->scanner->kernels->bmi2) {
        walk_words_bmi2(w, words);
    } else {
        walk_words_body(w, words);
    }
}

void as_columns_seek(struct as_scan_worker *w, size_t bit)
{
    size_t i = (bit - AS_SEGMENT_BACK) / 64;
    struct as_column_cursor c = w->cursors[i];
    if ((bit & 63U) != 0) {
        struct as_delimited_ends ends;
        move_in_word(w, i, (unsigned)(bit & 63U), &c, &ends);
    }
    w->cell = (struct as_cell_place){
        .column = c.column, .row = c.row, .quoted = c.state.cell == AS_CELL_QUOTED};
}

uint64_t as_columns_mask(struct as_scan_worker *w, uint32_t column)
{
    const struct as_text *text = w->block->text;
    if (column >= text->column_count || column >= w->column_masks_cap || text->columns == NULL) {
        return 0;
    }
    if (w->column_masks[column] == 0) {
        know_column(w, column);
    }
    return w->column_masks[column];
}
