/* SPDX-License-Identifier: Apache-2.0
 * Is it delimited text, by what, and does its first row hold names?
 *
 * For each delimiter the first rows are counted. Consistent counts alone prove nothing (log lines
 * with one comma each, prose, source code), so without a hint in the name more is asked:
 *
 *   - with a header: at least half of the first cells look like names that are told apart, and a
 *     column below holds typed values (numbers, dates, e-mail addresses) under a name. One odd
 *     cell ("#", "active?", "2022", none at all) so costs no header;
 *   - without one: three columns (two for tabs) and three rows, nearly all rows alike, a column of
 *     typed values, no first or last column that is always empty (indented code, statements that
 * end in ';', tables drawn with '|'), no call-like first cells (SQL dumps), and not the pattern of
 *     log time stamps with a decimal comma.
 *
 * With a hint (".csv") the text is delimited whatever it looks like; a header is then also taken
 * where all columns hold words, if no name comes again in its own column.
 *
 * Up to PREAMBLE_LINES lines may stand above the header: blank ones, Excel's "sep=;", comments that
 * begin with '#', and titles without any delimiter. They are passed over only where a header with
 * two columns or more follows, and never when they hold quotes, which could reach into the rows.
 *
 * A text that is delimited
 * but was not recognised loses column names, and one wrongly recognised gets cells for lines: so
 * both errors cost evidence, and neither hides a byte from the scan. */
#include <strings.h>

#include "base/mem.h"
#include "text/delimited.h"
#include "text/profile_impl.h"

#define ROWS_MAX 256U
#define COLUMNS_MAX 512U /* columns that are looked at */
#define NAME_BYTES_MAX 96U
#define PREAMBLE_LINES 4U

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
    uint32_t years;    /* cells that are years */
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

/** The first byte of a letter; no-break spaces, dashes and signs of money (U+0080 to U+00BF, U+2000
 * to U+2FFF) are none, and neither are the bytes that continue a character. */
static bool starts_letter(uint8_t b)
{
    return is_letter(b) && (b < 0x80 || (b > 0xc2 && b != 0xe2));
}

/** 1900 to 2099 alone: a value as much as a name. */
static bool is_year(struct as_slice c)
{
    return c.len == 4 && is_digit(c.ptr[2]) && is_digit(c.ptr[3]) &&
           (memcmp(c.ptr, "19", 2) == 0 || memcmp(c.ptr, "20", 2) == 0);
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
    size_t others = 0; /* of code */
    const uint8_t *at_sign = memchr(c.ptr, '@', c.len);
    for (size_t i = 0; i < c.len; i++) {
        digits += is_digit(c.ptr[i]);
        letters += starts_letter(c.ptr[i]);
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
    c->years += is_year(cell);
    c->times += is_time(cell);
    c->millis += cell.len >= 3 && is_digit(cell.ptr[0]) && is_digit(cell.ptr[1]) &&
                 is_digit(cell.ptr[2]) && (cell.len == 3 || !is_digit(cell.ptr[3]));
    c->name_again |= as_slice_equal(cell, c->name);
}

/** What stands for a value that is missing, and so for no name. */
static bool is_missing(struct as_slice c)
{
    static const char *const words[] = {"n/a", "na", "null", "none", "nan", "unknown"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(words); i++) {
        if (c.len == strlen(words[i]) && strncasecmp((const char *)c.ptr, words[i], c.len) == 0) {
            return true;
        }
    }
    return false;
}

/** Neither a name nor a value, but with letters: "ssn?", "note:". */
static bool is_odd_word(struct as_slice c)
{
    bool letter = false;
    for (size_t i = 0; i < c.len; i++) {
        letter |= is_letter(c.ptr[i]);
    }
    return letter && !is_typed(c) && !is_missing(c);
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
        if (is_name(c) && !is_missing(c) && !came_before(e, i)) {
            r.names++;
        } else if (is_year(c)) {
            r.years++;
        } else if (!is_typed(c) && !is_missing(c)) {
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
        bool year = is_year(c->name) && c->years * 2 < c->filled;
        if (c->name.len == 0 || year || !is_typed_column(c, 80) ||
            (!table && !hint && c->filled * 2 < e->rows)) {
            continue;
        }
        *out_against += is_typed(c->name);
        *out_for += (is_name(c->name) && !is_missing(c->name)) || (hint && is_odd_word(c->name));
    }
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

/** What is known before the rows are looked at. */
struct question {
    struct as_slice window; /* from the row that may be the header */
    bool ends;
    enum as_delimited_hint hint;
    char delimiter; /* as "sep=" says, or 0 */
};

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

static bool is_header(const struct evidence *e, const struct row_tally *t, bool hinted)
{
    struct likeness like = compare_rows(e, t);
    if (t->rows < 2 || e->columns == 0 ||
        (!like.alike && !like.ragged && !like.tailed && !hinted)) {
        return false;
    }
    struct first_row r = judge_first_row(e);
    bool table = t->alike == t->rows && t->mode >= 3;
    uint32_t words = r.names + r.odd;
    bool enough = r.names * 2 >= r.filled || (words * 2 > r.filled && (table || hinted));
    if (!enough || (!hinted && (r.names == 0 || r.filled < 2))) {
        return false;
    }
    uint32_t speak_for;
    uint32_t against;
    weigh_columns(e, table, hinted, &speak_for, &against);
    if (speak_for != 0 && speak_for * 2 >= against) {
        return true;
    }
    /* Words over words: the name alone says that it is a table. */
    return hinted && r.names != 0 && against == 0 && !names_come_again(e) &&
           (r.whole || words + r.years == r.filled);
}

static void judge(const struct question *q, struct evidence *e, struct as_delimited_profile *out)
{
    struct row_tally t;
    char delimiter = q->hint == AS_HINT_TABS ? '\t' : ',';
    if (q->delimiter != 0) {
        delimiter = q->delimiter;
    } else if (!choose(q->window, q->ends, &delimiter, &t) && q->hint == AS_HINT_NONE) {
        return;
    }
    walk_rows(q->window, q->ends, delimiter, NULL, NULL, &t);
    settle_tally(&t);
    uint32_t columns = t.mode > t.first ? t.mode : t.first;
    e->columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    walk_rows(q->window, q->ends, delimiter, gather, e, &t);
    settle_tally(&t);
    bool hinted = q->hint != AS_HINT_NONE;
    *out = (struct as_delimited_profile){.delimiter = delimiter, .columns = columns};
    out->has_header = is_header(e, &t, hinted);
    out->delimited =
        hinted || (out->has_header && t.mode >= 2) ||
        (compare_rows(e, &t).alike && t.mode >= 2 && is_table_without_header(e, &t, delimiter));
}

static bool is_line_end(uint8_t b)
{
    return b == '\n' || b == '\r';
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
    line = strip(line);
    bool is = line.len == 5 && strncasecmp((const char *)line.ptr, "sep=", 4) == 0 &&
              memchr(delimiters, line.ptr[4], sizeof delimiters) != NULL;
    return is ? (char)line.ptr[4] : (char)0;
}

/** A line that may stand above a header. */
static bool is_above(struct as_slice line)
{
    if (memchr(line.ptr, '"', line.len) != NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof delimiters && line.ptr[0] != '#'; i++) {
        if (memchr(line.ptr, delimiters[i], line.len) != NULL) {
            return false;
        }
    }
    return true;
}

/** Looks for a header below lines of comments and titles; leaves *out alone when there is none. */
static void judge_below(struct question q, struct evidence *e, struct as_delimited_profile *out)
{
    const uint8_t *start = q.window.ptr;
    for (uint32_t n = 0; n < PREAMBLE_LINES; n++) {
        struct as_slice line = line_of(q.window);
        if (line.len == 0 || line.len == q.window.len || !is_above(line)) {
            return;
        }
        bool comment = line.ptr[0] == '#';
        q.window = behind(q.window, line.len);
        struct as_delimited_profile p = {0};
        memset(e, 0, sizeof *e);
        struct question below = q;
        below.hint = comment ? q.hint : AS_HINT_NONE;
        judge(&below, e, &p);
        if (p.has_header && p.columns >= 2) {
            p.header_bytes = (size_t)(q.window.ptr - start);
            p.titled = true;
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
    if (line.len != 0 && q.delimiter == 0 && (!row || line.ptr[0] == '#')) {
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
