/* SPDX-License-Identifier: Apache-2.0
 * Is it delimited text, by what, and does its first row hold names?
 *
 * For each delimiter the first rows are counted. Consistent counts alone prove nothing (log lines
 * with one comma each, prose, source code), so without a hint in the name more is asked:
 *
 *   - with a header: every first cell looks like a name, no two are the same, and a column below
 *     holds typed values (numbers, dates, e-mail addresses) under a name that is none;
 *   - without one: three columns (two for tabs) and three rows, nearly all rows alike, a column of
 *     typed values, no first or last column that is always empty (indented code, statements that
 * end in ';', tables drawn with '|'), no call-like first cells (SQL dumps), and not the pattern of
 *     log time stamps with a decimal comma.
 *
 * With a hint (".csv") the text is delimited whatever it looks like; a header is then also taken
 * where all columns hold words, if no name comes again in its own column. A text that is delimited
 * but was not recognised loses column names, and one wrongly recognised gets cells for lines: so
 * both errors cost evidence, and neither hides a byte from the scan. */
#include "base/mem.h"
#include "text/delimited.h"
#include "text/profile_impl.h"

#define ROWS_MAX 256U
#define COLUMNS_MAX 512U /* columns that are looked at */
#define NAME_BYTES_MAX 96U

static const char delimiters[] = {',', '\t', ';', '|'};

/** Shapes of the first rows under one delimiter. */
struct row_tally {
    uint32_t rows;           /* not blank */
    uint32_t first;          /* cells of the first row */
    uint32_t mode;           /* the commonest count of cells */
    uint32_t alike;          /* rows that have it */
    uint32_t short_of_first; /* rows of at least half the first row's cells and not more */
    uint32_t cells[ROWS_MAX];
};

typedef void cell_fn(void *context, uint32_t row, uint32_t column, struct as_slice cell);

/** Calls `each` (may be NULL) for each cell of the first rows that are complete. */
static void walk_rows(struct as_slice s, bool whole, char delimiter, cell_fn *each, void *context,
                      struct row_tally *out)
{
    struct as_delimited_state state = {0};
    uint32_t column = 0;
    size_t cell = 0;
    size_t row_start = 0;
    out->rows = 0;
    for (size_t i = 0; i <= s.len && out->rows < ROWS_MAX; i++) {
        bool end = i == s.len;
        if (end && (!whole || row_start == i)) {
            break;
        }
        unsigned events = end ? 2 : as_delimited_step(&state, s.ptr[i], delimiter);
        bool blank = (events & 2) != 0 && row_start == i;
        if ((events & 3) != 0 && !blank) {
            if (each != NULL) {
                each(context, out->rows, column, as_slice(s.ptr + cell, i - cell));
            }
            column++;
        }
        if ((events & 2) != 0 && !blank) {
            out->cells[out->rows++] = column;
            column = 0;
        }
        if ((events & 4) != 0) {
            cell = i + 1;
            row_start = (events & 1) != 0 ? row_start : i + 1;
        }
    }
}

static void settle_tally(struct row_tally *t)
{
    t->first = t->rows == 0 ? 0 : t->cells[0];
    t->mode = 0;
    t->alike = 0;
    t->short_of_first = 0;
    for (uint32_t i = 0; i < t->rows; i++) {
        t->short_of_first += t->cells[i] <= t->first && t->cells[i] * 2 >= t->first;
        uint32_t same = 0;
        for (uint32_t j = 0; j < t->rows; j++) {
            same += t->cells[j] == t->cells[i];
        }
        if (same > t->alike) {
            t->alike = same;
            t->mode = t->cells[i];
        }
    }
}

/** What the rows below the first say about a column. */
struct column_evidence {
    struct as_slice name; /* first row's cell, stripped */
    uint32_t filled;
    uint32_t typed;
    uint32_t calls;    /* cells with an opening bracket */
    uint32_t times;    /* cells that are dates with a time */
    uint32_t indented; /* cells that begin with white space */
    uint32_t millis;   /* cells that begin with three digits and then no digit */
    bool name_again;   /* a cell below is the same as the first one */
};

static struct as_slice strip(struct as_slice c)
{
    while (c.len != 0 && (c.ptr[0] == ' ' || c.ptr[0] == '\t')) {
        c = as_slice(c.ptr + 1, c.len - 1);
    }
    while (c.len != 0 && (c.ptr[c.len - 1] == ' ' || c.ptr[c.len - 1] == '\t')) {
        c.len--;
    }
    if (c.len >= 2 && c.ptr[0] == '"' && c.ptr[c.len - 1] == '"') {
        return strip(as_slice(c.ptr + 1, c.len - 2));
    }
    return c;
}

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static bool is_letter(uint8_t b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b >= 0x80;
}

/** A value that no name is: an e-mail address, a truth value, or mostly digits in one or two words
 * (numbers, amounts, dates, times, numbers of cards, phones and identity cards). */
static bool is_typed(struct as_slice c)
{
    static const char *const words[] = {"true", "false", "TRUE", "FALSE", "True", "False"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (as_slice_equal(c, as_slice_of(words[i]))) {
            return true;
        }
    }
    if (c.len == 0 || c.len > 64) {
        return false;
    }
    size_t digits = 0;
    size_t letters = 0;
    size_t spaces = 0;
    size_t others = 0;
    const uint8_t *at_sign = memchr(c.ptr, '@', c.len);
    for (size_t i = 0; i < c.len; i++) {
        digits += is_digit(c.ptr[i]);
        letters += is_letter(c.ptr[i]);
        spaces += c.ptr[i] == ' ';
        others += strchr("(){}<>=;\"'", c.ptr[i]) != NULL;
    }
    if (at_sign != NULL && spaces == 0 && at_sign != c.ptr &&
        memchr(at_sign, '.', c.len - (size_t)(at_sign - c.ptr)) != NULL) {
        return true;
    }
    return digits > letters && spaces <= 4 && others <= 2;
}

static bool is_name(struct as_slice c)
{
    if (c.len == 0 || c.len > NAME_BYTES_MAX || is_typed(c)) {
        return false;
    }
    size_t spaces = 0;
    bool letter = false;
    for (size_t i = 0; i < c.len; i++) {
        uint8_t b = c.ptr[i];
        letter |= is_letter(b);
        spaces += b == ' ';
        bool line_end = b == '\n' || b == '\r'; /* spreadsheets wrap long names */
        if (!line_end && (b < 0x20 || strchr("{}<>=;\\@", b) != NULL)) {
            return false;
        }
    }
    return letter && spaces <= 5 && strchr(".!?:,", c.ptr[c.len - 1]) == NULL;
}

/** 2024-01-31 10:20:30 and kin. */
static bool is_time(struct as_slice c)
{
    size_t colons = 0;
    size_t digits = 0;
    for (size_t i = 0; i < c.len; i++) {
        colons += c.ptr[i] == ':';
        digits += is_digit(c.ptr[i]);
    }
    return c.len >= 17 && c.len <= 24 && colons == 2 && digits >= 12;
}

struct evidence {
    uint32_t columns; /* <= COLUMNS_MAX */
    uint32_t rows;    /* below the first */
    struct column_evidence column[COLUMNS_MAX];
};

static void gather(void *context, uint32_t row, uint32_t column, struct as_slice cell)
{
    struct evidence *e = context;
    if (column >= e->columns) {
        return;
    }
    struct column_evidence *c = &e->column[column];
    bool indented = cell.len != 0 && (cell.ptr[0] == ' ' || cell.ptr[0] == '\t');
    cell = strip(cell);
    if (row == 0) {
        c->name = cell;
        return;
    }
    e->rows = row;
    c->filled += cell.len != 0;
    c->indented += indented;
    c->typed += is_typed(cell);
    c->calls += cell.len != 0 && memchr(cell.ptr, '(', cell.len) != NULL;
    c->times += is_time(cell);
    c->millis += cell.len >= 3 && is_digit(cell.ptr[0]) && is_digit(cell.ptr[1]) &&
                 is_digit(cell.ptr[2]) && (cell.len == 3 || !is_digit(cell.ptr[3]));
    c->name_again |= as_slice_equal(cell, c->name);
}

/** The first row has names only (one in five may be empty, as index columns are), each once. */
static bool has_names(const struct evidence *e)
{
    uint32_t empty = 0;
    for (uint32_t i = 0; i < e->columns; i++) {
        struct as_slice name = e->column[i].name;
        if (name.len == 0) {
            empty++;
            continue;
        }
        if (!is_name(name)) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (as_slice_equal(name, e->column[j].name)) {
                return false;
            }
        }
    }
    return empty * 5 <= e->columns;
}

static bool has_typed_column(const struct evidence *e, uint32_t percent)
{
    for (uint32_t i = 0; i < e->columns; i++) {
        const struct column_evidence *c = &e->column[i];
        if (c->typed != 0 && (uint64_t)c->typed * 100 >= (uint64_t)c->filled * percent &&
            c->filled * 2 >= e->rows) {
            return true;
        }
    }
    return false;
}

static bool names_come_again(const struct evidence *e)
{
    for (uint32_t i = 0; i < e->columns; i++) {
        if (e->column[i].name.len != 0 && e->column[i].name_again) {
            return true;
        }
    }
    return false;
}

static bool is_table_without_header(const struct evidence *e, const struct row_tally *t,
                                    char delimiter)
{
    const struct column_evidence *first = &e->column[0];
    const struct column_evidence *last = &e->column[e->columns - 1];
    uint32_t least = delimiter == '\t' ? 2 : 3;
    bool alike = (uint64_t)t->alike * 100 >= (uint64_t)t->rows * 98;
    bool log = delimiter == ',' && first->times * 10 >= e->rows * 9 &&
               e->column[1].millis * 10 >= e->rows * 9;
    /* Lines of code end in a delimiter; rows of tables may, but then have more columns. */
    bool code = last->filled == 0 &&
                (delimiter == ';' || delimiter == '|' || t->mode < 4 || first->indented == e->rows);
    return t->mode >= least && t->rows >= 3 && alike && first->filled != 0 && !code &&
           first->calls * 10 < e->rows && !log && has_typed_column(e, 95);
}

/** A delimiter that the first line lacks splits nothing that has a header or rows alike. */
static bool in_first_line(struct as_slice window, char delimiter)
{
    const uint8_t *end = window.ptr + window.len;
    const uint8_t *p = window.ptr;
    while (p < end && (*p == '\n' || *p == '\r')) { /* blank rows do not count */
        p++;
    }
    const uint8_t *lf = p == end ? NULL : memchr(p, '\n', (size_t)(end - p));
    return p != end && memchr(p, delimiter, (size_t)((lf == NULL ? end : lf) - p)) != NULL;
}

/** The delimiter whose rows are most alike; more columns count more. False when none splits rows.
 */
static bool choose(struct as_slice window, bool ends, char *out_delimiter, struct row_tally *best)
{
    uint64_t best_score = 0;
    struct row_tally t;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        if (!in_first_line(window, delimiters[i])) {
            continue;
        }
        walk_rows(window, ends, delimiters[i], NULL, NULL, &t);
        settle_tally(&t);
        bool alike = (uint64_t)t.alike * 10 >= (uint64_t)t.rows * 9;
        uint64_t score = t.rows == 0 || t.mode < 2
                             ? 0
                             : (uint64_t)t.alike * (alike ? 1000 : 1) * t.mode / t.rows;
        if (score > best_score) {
            best_score = score;
            *best = t;
            *out_delimiter = delimiters[i];
        }
    }
    return best_score != 0;
}

static void judge(struct as_slice window, bool ends, enum as_delimited_hint hint,
                  struct evidence *e, struct as_delimited_profile *out)
{
    struct row_tally t;
    char delimiter = hint == AS_HINT_TABS ? '\t' : ',';
    if (!choose(window, ends, &delimiter, &t)) {
        if (hint == AS_HINT_NONE) {
            return;
        }
        walk_rows(window, ends, delimiter, NULL, NULL, &t); /* one column */
        settle_tally(&t);
    }
    e->columns = t.first > COLUMNS_MAX ? COLUMNS_MAX : t.first;
    walk_rows(window, ends, delimiter, gather, e, &t);
    settle_tally(&t);
    bool hinted = hint != AS_HINT_NONE;
    bool alike = t.first == t.mode && (uint64_t)t.alike * 10 >= (uint64_t)t.rows * 9;
    /* Trailing empty cells may be left out. */
    bool ragged = t.first >= 4 && t.short_of_first == t.rows;
    bool names = t.rows >= 2 && e->columns != 0 && has_names(e) && (alike || ragged || hinted);
    bool typed = has_typed_column(e, 80);
    *out = (struct as_delimited_profile){.delimiter = delimiter,
                                         .columns = t.mode > t.first ? t.mode : t.first};
    out->has_header = names && (typed || (hinted && !names_come_again(e)));
    out->delimited = hinted || (names && typed && t.mode >= 2) ||
                     (alike && t.mode >= 2 && is_table_without_header(e, &t, delimiter));
}

enum as_status as_profile_delimited(struct as_slice body, bool whole, enum as_delimited_hint hint,
                                    struct as_delimited_profile *out)
{
    *out = (struct as_delimited_profile){0};
    struct as_slice window = as_profile_window(body);
    if (window.len == 0) {
        return AS_OK;
    }
    struct evidence *e = as_calloc(1, sizeof *e);
    if (e == NULL) {
        return AS_E_NO_MEMORY;
    }
    judge(window, whole && window.len == body.len, hint, e, out);
    as_free(e);
    return AS_OK;
}
