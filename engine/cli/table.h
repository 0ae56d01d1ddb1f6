/* SPDX-License-Identifier: Apache-2.0
 * A plain table for people: columns as wide as their widest cell, measured in terminal columns,
 * squeezed to the screen by cutting the columns that say they may be cut. Pure. */
#ifndef AS_CLI_TABLE_H
#define AS_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/strbuf.h"

#define AS_TABLE_COLUMNS_MAX 8U

struct as_table_column {
    const char *title; /* NULL in every column: no title line */
    bool right;        /* numbers */
    bool may_cut;      /* cut with dots on a narrow screen; its least width is 8 */
};

struct as_table {
    const struct as_table_column *columns; /* kept alive by the caller */
    size_t column_count;
    char **cells; /* row by row; owned */
    size_t cell_count;
    size_t cell_cap;
    bool failed; /* out of memory */
};

void as_table_init(struct as_table *t, const struct as_table_column *columns, size_t column_count);
void as_table_fini(struct as_table *t);
/** Adds the next cell, copied and made safe to show (width.h). Errors stick in `failed`. */
void as_table_cell(struct as_table *t, const char *text);
void as_table_cell_number(struct as_table *t, unsigned long long value);
/** Appends the table, each line indented by two blanks, within `columns_max` columns where the
 * columns that may be cut allow it. `colour`: a bold title line. Complete rows only. */
void as_table_render(const struct as_table *t, size_t columns_max, bool colour,
                     struct as_strbuf *out);

#endif
