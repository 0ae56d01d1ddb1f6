/* SPDX-License-Identifier: Apache-2.0
 * Column evidence of delimited text: what the first rows say about each column.
 *
 * as_scan_profile scans the first PROFILE_BYTES of the text without keyword rules and counts, for
 * each column and detector, the cells that were nominated and those that passed the check. A column
 * speaks for a detector when at least 8 cells are filled and 95 % of them pass; against it when at
 * least 8 were nominated and fewer than half pass. The prefix is fixed, so the answer is too. The
 * header row and the last row, which may be cut, are left out. */
#include <string.h>

#include "base/mem.h"
#include "scan/worker.h"
#include "text/delimited.h"

#define PROFILE_BYTES (64U << 10)
#define PROFILE_COLUMNS_MAX 1024U
#define COUNTERS_MAX (1U << 18)
#define CELLS_MIN 8U

struct tally {
    uint32_t nominated;
    uint32_t passed;
    uint32_t nominated_row; /* the last one counted; rows from 1 */
    uint32_t passed_row;
};

struct as_tally_columns {
    uint32_t columns;
    uint32_t detectors;
    uint64_t first_row; /* 0-based; rows before are not counted */
    uint64_t end_row;
    uint32_t *filled;     /* [column] cells that are not empty */
    struct tally *counts; /* [column * detectors + detector] */
};

struct as_evidence {
    uint32_t columns;
    uint32_t detectors;
    uint8_t says[]; /* [column * detectors + detector] enum as_column_says */
};

enum as_column_says as_evidence_of(const struct as_evidence *e, uint32_t column, uint16_t detector)
{
    if (column >= e->columns || detector >= e->detectors) {
        return AS_COLUMN_SILENT;
    }
    return (enum as_column_says)e->says[(size_t)column * e->detectors + detector];
}

void as_tally_column(struct as_scan_worker *w, uint16_t detector, bool passed)
{
    struct as_tally_columns *t = w->tally;
    const struct as_cell_place *cell = &w->cell;
    if (cell->column >= t->columns || cell->row < t->first_row || cell->row >= t->end_row) {
        return;
    }
    struct tally *c = &t->counts[(size_t)cell->column * t->detectors + detector];
    uint32_t row = (uint32_t)cell->row + 1;
    if (c->nominated_row != row) {
        c->nominated_row = row;
        c->nominated++;
    }
    if (passed && c->passed_row != row) {
        c->passed_row = row;
        c->passed++;
    }
}

/* Filled cells by column, and the number of whole rows. */
static void count_cells(struct as_tally_columns *t, struct as_slice prefix,
                        const struct as_text *text)
{
    struct as_delimited_state state = as_delimited_start(text);
    uint64_t row = 0;
    uint32_t column = 0;
    bool filled = false;
    for (size_t i = 0; i < prefix.len; i++) {
        unsigned event = as_delimited_step(&state, prefix.ptr[i], text->delimiter);
        if ((event & 3U) == 0) {
            filled = filled || ((event & 4U) == 0 && prefix.ptr[i] != '"' && prefix.ptr[i] != ' ');
            continue;
        }
        if (filled && column < t->columns && row >= t->first_row) {
            t->filled[column]++;
        }
        filled = false;
        column = (event & 2U) != 0 ? 0 : column + 1;
        row += (event & 2U) != 0 ? 1 : 0;
    }
    t->end_row = row;
}

static struct as_evidence *judge(const struct as_tally_columns *t)
{
    size_t count = (size_t)t->columns * t->detectors;
    struct as_evidence *e = as_calloc(1, sizeof *e + count);
    if (e == NULL) {
        return NULL;
    }
    e->columns = t->columns;
    e->detectors = t->detectors;
    for (size_t i = 0; i < count; i++) {
        const struct tally *c = &t->counts[i];
        uint32_t filled = t->filled[i / t->detectors];
        if (filled >= CELLS_MIN && (uint64_t)c->passed * 100 >= (uint64_t)filled * 95) {
            e->says[i] = AS_COLUMN_FOR;
        } else if (c->nominated >= CELLS_MIN && (uint64_t)c->passed * 2 < c->nominated) {
            e->says[i] = AS_COLUMN_AGAINST;
        }
    }
    return e;
}

static enum as_status profile_block(struct as_scan_worker *w, struct as_text *text,
                                    struct as_slice prefix, struct as_tally_columns *t)
{
    struct as_block *block = as_block_of_bytes(text, prefix.ptr, prefix.len);
    if (block == NULL) {
        return AS_E_NO_MEMORY;
    }
    struct as_hits none;
    as_hits_init(&none);
    w->tally = t;
    enum as_status status = as_scan_window(w, block, &none);
    w->tally = NULL;
    as_hits_fini(&none);
    as_block_free(block);
    return status;
}

enum as_status as_scan_profile(struct as_scan_worker *w, struct as_text *text,
                               struct as_slice prefix)
{
    uint32_t detectors = w->scanner->catalog->count;
    if (text->kind != AS_TEXT_DELIMITED || detectors == 0 || text->evidence != NULL) {
        return AS_OK;
    }
    prefix.len = prefix.len > PROFILE_BYTES ? PROFILE_BYTES : prefix.len;
    uint32_t columns = text->column_count;
    columns = columns > PROFILE_COLUMNS_MAX ? PROFILE_COLUMNS_MAX : columns;
    columns = columns > COUNTERS_MAX / detectors ? COUNTERS_MAX / detectors : columns;
    struct as_tally_columns t = {
        .columns = columns, .detectors = detectors, .first_row = text->header_row};
    t.filled = as_calloc((size_t)columns + 1, sizeof *t.filled);
    t.counts = as_calloc((size_t)columns * detectors + 1, sizeof *t.counts);
    enum as_status status = t.filled == NULL || t.counts == NULL ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK) {
        count_cells(&t, prefix, text);
        status = profile_block(w, text, prefix, &t);
    }
    if (status == AS_OK) {
        text->evidence = judge(&t);
        text->evidence_free = as_free;
        status = text->evidence == NULL ? AS_E_NO_MEMORY : AS_OK;
    }
    as_free(t.filled);
    as_free(t.counts);
    return status;
}
