/* SPDX-License-Identifier: Apache-2.0
 * See table.h. Cells are kept row by row and measured at the end; tables of the summary and the
 * catalogue are small (one row a detector at the most). */
#include "cli/table.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/width.h"

#define CELL_BYTES_MAX (1U << 20)
#define CUT_LEAST 8U
#define GAP 2U

void as_table_init(struct as_table *t, const struct as_table_column *columns, size_t column_count)
{
    *t = (struct as_table){
        .columns = columns,
        .column_count = column_count < AS_TABLE_COLUMNS_MAX ? column_count : AS_TABLE_COLUMNS_MAX};
}

void as_table_fini(struct as_table *t)
{
    for (size_t i = 0; i < t->cell_count; i++) {
        as_free(t->cells[i]);
    }
    as_free(t->cells);
    as_table_init(t, t->columns, t->column_count);
}

void as_table_cell(struct as_table *t, const char *text)
{
    if (t->cell_count == t->cell_cap) {
        size_t cap = t->cell_cap == 0 ? 64 : t->cell_cap * 2;
        char **grown = as_realloc(t->cells, cap, sizeof *grown);
        if (grown == NULL) {
            t->failed = true;
            return;
        }
        t->cells = grown;
        t->cell_cap = cap;
    }
    struct as_strbuf safe;
    as_strbuf_init(&safe, CELL_BYTES_MAX);
    as_strbuf_puts(&safe, "");
    as_text_show(&safe, as_slice_of(text), SIZE_MAX);
    char *cell = as_strbuf_detach(&safe);
    if (cell == NULL) {
        cell = as_strdup("");
    }
    if (cell == NULL) {
        t->failed = true;
        return;
    }
    t->cells[t->cell_count++] = cell;
}

void as_table_cell_number(struct as_table *t, unsigned long long value)
{
    char text[24];
    AS_IGNORE(snprintf(text, sizeof text, "%llu", value) < 0, "20 digits fit");
    as_table_cell(t, text);
}

static void measure(const struct as_table *t, size_t *widths)
{
    for (size_t c = 0; c < t->column_count; c++) {
        const char *title = t->columns[c].title;
        widths[c] = title != NULL ? as_text_width(title) : 0;
    }
    for (size_t i = 0; i < t->cell_count; i++) {
        size_t width = as_text_width(t->cells[i]);
        size_t *column = &widths[i % t->column_count];
        *column = width > *column ? width : *column;
    }
}

/* Takes from the columns that may be cut, the last one first (what matters stands before what
 * explains it), until the table fits or nothing more can go. */
static void squeeze(const struct as_table *t, size_t columns_max, size_t *widths)
{
    size_t total = 0;
    for (size_t c = 0; c < t->column_count; c++) {
        total += GAP + widths[c];
    }
    for (size_t c = t->column_count; c-- > 0 && total > columns_max;) {
        size_t spare = widths[c] > CUT_LEAST ? widths[c] - CUT_LEAST : 0;
        if (t->columns[c].may_cut && spare != 0) {
            size_t excess = total - columns_max;
            size_t taken = spare < excess ? spare : excess;
            widths[c] -= taken;
            total -= taken;
        }
    }
}

static void pad(struct as_strbuf *out, size_t count)
{
    for (; count != 0; count--) {
        as_strbuf_putc(out, ' ');
    }
}

static void put_cell(const struct as_table *t, size_t column, const char *text, size_t width,
                     struct as_strbuf *out)
{
    size_t used = as_text_width(text);
    size_t fill = used < width ? width - used : 0;
    bool last = column + 1 == t->column_count;
    if (last && used == 0) {
        return; /* no blanks at the end of a line */
    }
    pad(out, GAP + (t->columns[column].right ? fill : 0));
    if (used > width) {
        as_text_show(out, as_slice_of(text), width);
    } else {
        as_strbuf_puts(out, text);
    }
    if (!t->columns[column].right && !last) {
        pad(out, fill);
    }
}

void as_table_render(const struct as_table *t, size_t columns_max, bool colour,
                     struct as_strbuf *out)
{
    size_t widths[AS_TABLE_COLUMNS_MAX];
    if (t->failed || t->column_count == 0) {
        out->failed = out->failed || t->failed;
        return;
    }
    measure(t, widths);
    squeeze(t, columns_max, widths);
    if (t->columns[0].title != NULL) {
        as_strbuf_puts(out, colour ? "\033[1m" : "");
        for (size_t c = 0; c < t->column_count; c++) {
            put_cell(t, c, t->columns[c].title, widths[c], out);
        }
        as_strbuf_puts(out, colour ? "\033[0m\n" : "\n");
    }
    for (size_t row = 0; row + t->column_count <= t->cell_count; row += t->column_count) {
        for (size_t c = 0; c < t->column_count; c++) {
            put_cell(t, c, t->cells[row + c], widths[c], out);
        }
        as_strbuf_putc(out, '\n');
    }
}
