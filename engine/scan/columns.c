/* SPDX-License-Identifier: Apache-2.0
 * The column cursor: column, row and quotes of each nominee of delimited text.
 *
 * It walks the structural masks of the segment word by word (text/delimited.h has the rules, so
 * that structure pass, locator and this agree), from the block's entry state on. Within a word the
 * state at a nominee is had by masking off what follows. */
#include <string.h>

#include "base/mem.h"
#include "scan/reach.h"

#define COLUMN_MASKS_MAX 65536U

void as_columns_begin_block(struct as_scan_worker *w)
{
    const struct as_entry *e = &w->block->entry;
    w->cursor = (struct as_column_cursor){
        .state = as_delimited_entry(e), .column = e->column, .row = e->row};
    uint32_t count = w->block->text->column_count;
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
}

void as_columns_begin_segment(struct as_scan_worker *w)
{
    const uint8_t values[4] = {'"', (uint8_t)w->block->text->delimiter, '\r', '\n'};
    size_t words = (w->segment_len + 63) / 64;
    w->cursor.word = AS_SEGMENT_BACK / 64;
    w->scanner->kernels->match(w->marks, w->window + w->segment, words, values);
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

/* Moves the cursor over the first `count` bytes of its word; the word stays the same. */
AS_INLINE void move_in_word(const struct as_scan_worker *w, struct as_column_cursor *c,
                            unsigned count)
{
    const struct as_marks *m = &w->marks[c->word - AS_SEGMENT_BACK / 64];
    uint64_t below = count == 64 ? ~UINT64_C(0) : (1ULL << count) - 1;
    struct as_delimited_masks masks = {.quote = m->bits[0] & below,
                                       .delimiter = m->bits[1] & below,
                                       .cr = m->bits[2] & below,
                                       .lf = m->bits[3] & below};
    struct as_delimited_ends ends;
    as_delimited_word(&c->state, &masks, count, &ends);
    move_over(c, ends.cells, ends.rows);
}

static void move_to_word(struct as_scan_worker *w, size_t word)
{
    while (w->cursor.word < word) {
        move_in_word(w, &w->cursor, 64);
        w->cursor.word++;
    }
}

void as_columns_end_segment(struct as_scan_worker *w)
{
    size_t end = AS_SEGMENT_BACK + w->segment_len;
    move_to_word(w, end / 64); /* a last part of a word belongs to the block's last segment */
}

void as_columns_seek(struct as_scan_worker *w, size_t bit)
{
    move_to_word(w, bit / 64);
    struct as_column_cursor c = w->cursor;
    if ((bit & 63U) != 0) {
        move_in_word(w, &c, (unsigned)(bit & 63U));
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
        w->column_masks[column] = as_name_mask(w, text->columns[column].name, 0) | AS_MASK_KNOWN;
    }
    return w->column_masks[column];
}
