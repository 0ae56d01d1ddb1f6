/* SPDX-License-Identifier: Apache-2.0
 * Is it delimited text, by what, and does its first row hold names?
 *
 * For each delimiter the first rows are counted. Consistent counts alone prove nothing (log lines
 * with one comma each, prose, source code), so without a hint in the name more is asked:
 *
 *   - with a header: at least half of the first cells look like names that are told apart, and a
 *     column below holds typed values (numbers, dates, e-mail addresses) under a name. One odd
 *     cell ("#", "active?", "2022", none at all) so costs no header. Whatever the other cells look
 *     like ("A01", "Q1 2023", "2023-01-31"), a plain word over numbers makes the row a header;
 *   - without one: three columns (two for tabs) and three rows, nearly all rows alike, a column of
 *     typed values, no first or last column that is always empty (indented code, statements that
 * end in ';', tables drawn with '|'), no call-like first cells (SQL dumps), and not the pattern of
 *     log time stamps with a decimal comma.
 *
 * With a hint (".csv") the text is delimited whatever it looks like; a header is then also taken
 * where all columns hold words, if no name comes again in its own column.
 *
 * Up to PREAMBLE_LINES lines may stand above the header: Excel's "sep=;", comments that begin with
 * '#', titles and "name: value" pairs, padded with delimiters or not; blank lines beside. They are
 * passed over only where a header follows that has more names than they have cells, and never when
 * a quote in them reaches into the next line.
 *
 * Quotes are turned off where they plainly are none: read with them, lines vanish in cells; without
 * them, the lines have as many cells as the first one, and more lines do so than there are cells
 * that quotes close as they should.
 *
 * A text that is delimited
 * but was not recognised loses column names, and one wrongly recognised gets cells for lines: so
 * both errors cost evidence, and neither hides a byte from the scan. */
#include <strings.h>

#include "base/mem.h"
#include "text/delimited.h"
#include "text/profile_cells.h"
#include "text/profile_impl.h"

#define ROWS_MAX 256U
#define COLUMNS_MAX 512U /* columns that are looked at */
#define PREAMBLE_LINES 10U

static const char delimiters[] = {',', '\t', ';', '|'};

/** Shapes of the first rows under one delimiter. */
struct row_tally {
    uint32_t rows;           /* not blank */
    uint32_t first;          /* cells of the first row */
    uint32_t mode;           /* the commonest count of cells */
    uint32_t alike;          /* rows that have it */
    uint32_t short_of_first; /* rows of at least half the first row's cells and not more */
    uint32_t inner_lines;    /* line ends inside quotes */
    uint32_t closed;         /* cells that end in the quote that closes them */
    size_t bytes;            /* looked at */
    uint32_t cells[ROWS_MAX];
};

/** How rows are told apart. */
struct row_rules {
    char delimiter;
    bool quotes_off;
};

typedef void cell_fn(void *context, uint32_t row, uint32_t column, struct as_slice cell);

static bool is_line_end(uint8_t b)
{
    return b == '\n' || b == '\r';
}

/** Calls `each` (may be NULL) for each cell of the first rows that are complete. */
static void walk_rows(struct as_slice s, bool whole, struct row_rules rules, cell_fn *each,
                      void *context, struct row_tally *out)
{
    const struct as_text text = {.quotes_off = rules.quotes_off};
    struct as_delimited_state state = as_delimited_start(&text);
    uint32_t column = 0;
    size_t cell = 0;
    size_t row_start = 0;
    *out = (struct row_tally){0};
    for (size_t i = 0; i <= s.len && out->rows < ROWS_MAX; i++) {
        bool end = i == s.len;
        if (end && (!whole || row_start == i)) {
            break;
        }
        bool quoted = state.cell == AS_CELL_QUOTED;
        bool closed = state.cell == AS_CELL_QUOTE_SEEN;
        unsigned events = end ? 2 : as_delimited_step(&state, s.ptr[i], rules.delimiter);
        out->closed += closed && (events & 3) != 0;
        out->inner_lines += quoted && !end && is_line_end(s.ptr[i]);
        out->bytes = i;
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
    uint32_t values;   /* cells that begin as numbers, dates and amounts do */
    uint32_t calls;    /* cells with an opening bracket */
    uint32_t years;    /* cells that are years */
    uint32_t times;    /* cells that are dates with a time */
    uint32_t indented; /* cells that begin with white space */
    uint32_t millis;   /* cells that begin with three digits and then no digit */
    bool name_again;   /* a cell below is the same as the first one */
};

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
    cell = as_cell_strip(cell);
    if (row == 0) {
        c->name = cell;
        return;
    }
    e->rows = row;
    c->filled += cell.len != 0;
    c->indented += indented;
    c->typed += as_cell_is_typed(cell);
    c->values += as_cell_begins_value(cell);
    c->calls += cell.len != 0 && memchr(cell.ptr, '(', cell.len) != NULL;
    c->years += as_cell_is_year(cell);
    c->times += as_cell_is_time(cell);
    c->millis += cell.len >= 3 && as_cell_is_digit(cell.ptr[0]) && as_cell_is_digit(cell.ptr[1]) &&
                 as_cell_is_digit(cell.ptr[2]) && (cell.len == 3 || !as_cell_is_digit(cell.ptr[3]));
    c->name_again |= as_slice_equal(cell, c->name);
}

/** Cells of the first row that are not empty. */
struct first_row {
    uint32_t filled;
    uint32_t names; /* look like names, and not like a cell before them */
    uint32_t odd;   /* neither names nor values: "#", "active?", a long question */
    uint32_t years;
    bool whole; /* every cell is filled and a name */
};

static bool came_before(const struct evidence *e, uint32_t column)
{
    for (uint32_t i = 0; i < column; i++) {
        if (as_slice_equal(e->column[column].name, e->column[i].name)) {
            return true;
        }
    }
    return false;
}

static struct first_row judge_first_row(const struct evidence *e)
{
    struct first_row r = {0};
    for (uint32_t i = 0; i < e->columns; i++) {
        struct as_slice c = e->column[i].name;
        if (c.len == 0) {
            continue;
        }
        r.filled++;
        if (as_cell_is_name(c) && !as_cell_is_missing(c) && !came_before(e, i)) {
            r.names++;
        } else if (as_cell_is_year(c)) {
            r.years++;
        } else if (!as_cell_is_typed(c) && !as_cell_is_missing(c)) {
            r.odd++;
        }
    }
    r.whole = r.filled != 0 && r.names == r.filled && (e->columns - r.filled) * 5 <= e->columns;
    return r;
}

static bool is_typed_column(const struct column_evidence *c, uint32_t percent)
{
    return c->typed != 0 && (uint64_t)c->typed * 100 >= (uint64_t)c->filled * percent;
}

static bool has_typed_column(const struct evidence *e, uint32_t percent)
{
    for (uint32_t i = 0; i < e->columns; i++) {
        const struct column_evidence *c = &e->column[i];
        if (is_typed_column(c, percent) && c->filled * 2 >= e->rows) {
            return true;
        }
    }
    return false;
}

/** Columns of typed values under a word speak for a header, those under a value against it. Columns
 * that are mostly empty count where the rows are a `table`, and so do odd words where the name of
 * the text is a `hint`. */
static void weigh_columns(const struct evidence *e, bool table, bool hint, uint32_t *out_for,
                          uint32_t *out_against)
{
    *out_for = 0;
    *out_against = 0;
    for (uint32_t i = 0; i < e->columns; i++) {
        const struct column_evidence *c = &e->column[i];
        bool year = as_cell_is_year(c->name) && c->years * 2 < c->filled;
        if (c->name.len == 0 || year || !is_typed_column(c, 80) ||
            (!table && !hint && c->filled * 2 < e->rows)) {
            continue;
        }
        *out_against += as_cell_is_typed(c->name);
        *out_for += (as_cell_is_name(c->name) && !as_cell_is_missing(c->name)) ||
                    (hint && as_cell_is_odd_word(c->name));
    }
}

/** Cells of the first row that count on: 1, 2, 3 … or 2019, 2020, …, at least three side by side,
 * where the rows below do not. They are names, as of months, years and questions. */
static uint32_t count_sequence(const struct evidence *e)
{
    uint32_t found = 0;
    uint32_t run = 1;
    for (uint32_t i = 1; i <= e->columns; i++) {
        uint32_t before = 0;
        uint32_t here = 0;
        bool next = i < e->columns && as_cell_is_number(e->column[i - 1].name, &before) &&
                    as_cell_is_number(e->column[i].name, &here) && here == before + 1 &&
                    !e->column[i].name_again;
        if (next) {
            run++;
            continue;
        }
        found += run >= 3 ? run : 0;
        run = 1;
    }
    return found;
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

/** What is known before the rows are looked at. */
struct question {
    struct as_slice window; /* from the row that may be the header */
    bool ends;
    enum as_delimited_hint hint;
    char delimiter;  /* as "sep=" says, or 0 */
    bool quotes_off; /* a '"' is a byte like others */
};

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
static bool choose(const struct question *q, char *out_delimiter)
{
    uint64_t best_score = 0;
    struct row_tally t;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        if (!in_first_line(q->window, delimiters[i])) {
            continue;
        }
        const struct row_rules rules = {delimiters[i], q->quotes_off};
        walk_rows(q->window, q->ends, rules, NULL, NULL, &t);
        settle_tally(&t);
        bool alike = (uint64_t)t.alike * 10 >= (uint64_t)t.rows * 9;
        uint64_t score = t.rows == 0 || t.mode < 2
                             ? 0
                             : (uint64_t)t.alike * (alike ? 1000 : 1) * t.mode / t.rows;
        if (score > best_score) {
            best_score = score;
            *out_delimiter = delimiters[i];
        }
    }
    return best_score != 0;
}

/** How alike the rows are. */
struct likeness {
    bool alike;  /* rows have as many cells as the first one */
    bool ragged; /* trailing empty cells were left out */
    bool tailed; /* all rows but the first end in a delimiter */
};

static struct likeness compare_rows(const struct evidence *e, const struct row_tally *t)
{
    bool most = (uint64_t)t->alike * 10 >= (uint64_t)t->rows * 9;
    return (struct likeness){.alike = t->first == t->mode && most,
                             .ragged = t->first >= 4 && t->short_of_first == t->rows,
                             .tailed = t->mode == t->first + 1 && t->mode <= e->columns &&
                                       t->mode >= 3 && t->alike + 1 == t->rows &&
                                       e->column[t->mode - 1].filled == 0};
}

/** A word stands over a column in which (nearly) every value begins as no word does. */
static bool has_word_over_values(const struct evidence *e)
{
    for (uint32_t i = 0; i < e->columns; i++) {
        const struct column_evidence *c = &e->column[i];
        bool values = c->typed >= 3 && (uint64_t)c->values * 10 >= (uint64_t)c->filled * 9;
        if (values && as_cell_is_word(c->name) && !c->name_again) {
            return true;
        }
    }
    return false;
}

static bool is_header(const struct evidence *e, const struct row_tally *t, bool hinted)
{
    struct likeness like = compare_rows(e, t);
    if (t->rows < 2 || e->columns == 0 ||
        (!like.alike && !like.ragged && !like.tailed && !hinted)) {
        return false;
    }
    if ((hinted || (like.alike && t->mode >= 3)) && has_word_over_values(e)) {
        return true;
    }
    struct first_row r = judge_first_row(e);
    bool table = t->alike == t->rows && t->mode >= 3;
    uint32_t counted = count_sequence(e);
    uint32_t words = r.names + r.odd;
    bool enough =
        (r.names + counted) * 2 >= r.filled || (words * 2 > r.filled && (table || hinted));
    if (!enough || (!hinted && (r.names == 0 || r.filled < 2))) {
        return false;
    }
    uint32_t speak_for;
    uint32_t against;
    weigh_columns(e, table, hinted, &speak_for, &against);
    against -= counted < against ? counted : against;
    if (speak_for != 0 && speak_for * 2 >= against) {
        return true;
    }
    /* Words over words: the name alone says that it is a table. */
    return hinted && r.names != 0 && against == 0 && !names_come_again(e) &&
           (r.whole || words + r.years == r.filled);
}

/** True when quotes are none in these rows: see the head of this file. */
static bool quotes_are_none(const struct question *q, char delimiter)
{
    struct row_tally with;
    struct row_tally without;
    walk_rows(q->window, q->ends, (struct row_rules){delimiter, false}, NULL, NULL, &with);
    if (with.inner_lines < 2) {
        return false;
    }
    walk_rows(q->window, q->ends, (struct row_rules){delimiter, true}, NULL, NULL, &without);
    settle_tally(&without);
    /* The same bytes with quotes, and the rows there that are like those without. */
    struct as_slice same = as_slice(q->window.ptr, without.bytes);
    walk_rows(same, false, (struct row_rules){delimiter, false}, NULL, NULL, &with);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < with.rows; i++) {
        kept += with.cells[i] == without.mode;
    }
    bool table = without.mode >= 2 && without.first == without.mode &&
                 (uint64_t)without.alike * 5 >= (uint64_t)without.rows * 4;
    return table && without.alike >= kept + 2 && without.alike - kept > with.closed;
}

/** The delimiter, and whether quotes mean something. False when nothing splits rows. */
static bool find_rules(struct question *q, char *out_delimiter)
{
    *out_delimiter = q->hint == AS_HINT_TABS ? '\t' : ',';
    if (q->delimiter != 0) {
        *out_delimiter = q->delimiter;
        q->quotes_off = quotes_are_none(q, *out_delimiter);
        return true;
    }
    bool chosen = choose(q, out_delimiter);
    char other = *out_delimiter;
    q->quotes_off = true; /* an open quote may have taken all rows */
    q->quotes_off = (chosen || choose(q, &other)) && quotes_are_none(q, other);
    if (q->quotes_off) {
        *out_delimiter = other;
        chosen = choose(q, out_delimiter);
    }
    return chosen || q->hint != AS_HINT_NONE;
}

static void judge(const struct question *asked, struct evidence *e,
                  struct as_delimited_profile *out)
{
    struct row_tally t;
    struct question q = *asked;
    char delimiter;
    if (!find_rules(&q, &delimiter)) {
        return;
    }
    const struct row_rules rules = {delimiter, q.quotes_off};
    walk_rows(q.window, q.ends, rules, NULL, NULL, &t);
    settle_tally(&t);
    uint32_t columns = t.mode > t.first ? t.mode : t.first;
    e->columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    walk_rows(q.window, q.ends, rules, gather, e, &t);
    settle_tally(&t);
    bool hinted = q.hint != AS_HINT_NONE;
    *out = (struct as_delimited_profile){
        .delimiter = delimiter, .columns = columns, .quotes_off = q.quotes_off};
    out->has_header = is_header(e, &t, hinted);
    out->names = judge_first_row(e).filled;
    out->delimited =
        hinted || (out->has_header && t.mode >= 2) ||
        (compare_rows(e, &t).alike && t.mode >= 2 && is_table_without_header(e, &t, delimiter));
}

/** The first line of `s`, without its end. */
static struct as_slice line_of(struct as_slice s)
{
    size_t len = 0;
    while (len < s.len && !is_line_end(s.ptr[len])) {
        len++;
    }
    return as_slice(s.ptr, len);
}

/** `s` behind its first `bytes` bytes and the line ends that follow. */
static struct as_slice behind(struct as_slice s, size_t bytes)
{
    while (bytes < s.len && is_line_end(s.ptr[bytes])) {
        bytes++;
    }
    return as_slice(s.ptr + bytes, s.len - bytes);
}

/** Excel's "sep=;": the delimiter, or 0 when the line is none. */
static char read_separator(struct as_slice line)
{
    line = as_cell_strip(line);
    bool is = line.len == 5 && strncasecmp((const char *)line.ptr, "sep=", 4) == 0 &&
              memchr(delimiters, line.ptr[4], sizeof delimiters) != NULL;
    if (!is) {
        return 0;
    }
    return (char)line.ptr[4];
}

/** A line that may stand above a header: a comment, or a cell or two whose quotes end in it. */
static bool is_above(struct as_slice line, uint32_t *out_filled)
{
    size_t quotes = 0;
    for (size_t i = 0; i < line.len; i++) {
        quotes += line.ptr[i] == '"';
    }
    uint32_t most = 0;
    for (size_t i = 0; i < sizeof delimiters && line.ptr[0] != '#'; i++) {
        uint32_t filled = as_cell_count_filled(line, delimiters[i]);
        most = filled > most ? filled : most;
    }
    *out_filled = most > *out_filled ? most : *out_filled;
    return quotes % 2 == 0 && most <= 2;
}

/** Looks for a header below lines of comments and titles; leaves *out alone when there is none. */
static void judge_below(struct question q, struct evidence *e, struct as_delimited_profile *out)
{
    const uint8_t *start = q.window.ptr;
    uint32_t filled = 0; /* most cells of a line above */
    for (uint32_t n = 0; n < PREAMBLE_LINES; n++) {
        struct as_slice line = line_of(q.window);
        if (line.len == 0 || line.len == q.window.len || !is_above(line, &filled)) {
            return;
        }
        bool comment = line.ptr[0] == '#';
        q.window = behind(q.window, line.len);
        struct as_delimited_profile p = {0};
        memset(e, 0, sizeof *e);
        struct question below = q;
        below.hint = comment ? q.hint : AS_HINT_NONE;
        judge(&below, e, &p);
        if (p.has_header && p.columns >= 2 && p.names > filled) {
            p.header_bytes = (size_t)(q.window.ptr - start);
            *out = p;
            return;
        }
    }
}

static void judge_all(struct question q, struct evidence *e, struct as_delimited_profile *out)
{
    const uint8_t *start = q.window.ptr;
    q.window = behind(q.window, 0);
    struct as_slice line = line_of(q.window);
    q.delimiter = read_separator(line);
    if (q.delimiter != 0) {
        q.window = behind(q.window, line.len);
        q.hint = AS_HINT_DELIMITED;
    }
    size_t above = (size_t)(q.window.ptr - start);
    judge(&q, e, out);
    out->header_bytes = 0;
    line = line_of(q.window);
    bool row = out->has_header && memchr(line.ptr, out->delimiter, line.len) != NULL;
    bool sparse = out->columns >= 3 && as_cell_count_filled(line, out->delimiter) <= 2;
    if (line.len != 0 && q.delimiter == 0 && (!row || sparse || line.ptr[0] == '#')) {
        q.hint = row ? AS_HINT_NONE : q.hint; /* a header may begin with '#' */
        judge_below(q, e, out);
    }
    out->header_bytes += above;
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
    struct question q = {.window = window, .ends = whole && window.len == body.len, .hint = hint};
    judge_all(q, e, out);
    as_free(e);
    return AS_OK;
}
