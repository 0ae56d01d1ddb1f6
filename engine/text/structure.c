/* SPDX-License-Identifier: Apache-2.0
 * Lines, rows and cells: from the loops (structure_kernel.h) to entry states and summaries.
 *
 * A summary of delimited text is wanted for six entry states. Walking all would cost six passes,
 * but they meet soon: the states walk side by side over short stretches until no two of them that
 * differ can be expected to meet, and each group then walks once. In practice one group is the text
 * as it is, and the others have lost its quotes and find their way at the next one.
 *
 * Entered inside quotes after k line ends, a stretch with L line ends before its first quote either
 * closes no cell by them (k + L within the limit: the path of k = 0), or at the one that exceeds
 * the limit. From there on every line end closes a row, as on the path entered at the limit, whose
 * first line end does; so that path is right but for the rows that it has more, which are as many
 * as k lacks to the limit.
 *
 * Mutable state: which variant of the loops is used, set before threads start (tests) or by the
 * first caller, who may be several: all write the same value. */
#include "text/structure.h"

#include <stdatomic.h>
#include <string.h>

#include "text/delimited.h"
#include "text/structure_impl.h"

#define STRAY_MAX 12U    /* stray quotes a word that are dropped one by one */
#define PATH_AT_LIMIT 5U /* AS_CELL_QUOTED after as many line ends as a cell may have */
#define MEET_BYTES 256U  /* states are compared after as many bytes */

static _Atomic(const struct as_structure_kernel *) s_kernel;

bool as_structure_use_level(int level)
{
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2");
    if (level > 0 && !has_avx2) {
        return false;
    }
    atomic_store(&s_kernel, level > 0 ? &as_structure_avx2_kernel : &as_structure_sse_kernel);
    return true;
}

const struct as_structure_kernel *as_structure_kernel(void)
{
    const struct as_structure_kernel *k = atomic_load_explicit(&s_kernel, memory_order_relaxed);
    if (AS_UNLIKELY(k == NULL)) {
        if (!as_structure_use_level(1)) {
            AS_IGNORE(as_structure_use_level(0), "the baseline is always there");
        }
        k = atomic_load(&s_kernel);
    }
    return k;
}

uint64_t as_structure_characters(const uint8_t *bytes, size_t len)
{
    return as_structure_kernel()->characters(bytes, len);
}

uint64_t as_structure_supplementary(const uint8_t *bytes, size_t len)
{
    return as_structure_kernel()->supplementary(bytes, len);
}

bool as_delimited_drop_stray(const struct as_delimited_state *s, struct as_delimited_masks *m)
{
    for (unsigned tries = 0; tries < STRAY_MAX; tries++) {
        uint64_t stray = as_delimited_look(s, m).stray;
        if (stray == 0) {
            return true;
        }
        m->quote &= ~(stray & -stray); /* what stands before the first is right */
    }
    return false;
}

void as_delimited_word_slow(struct as_delimited_state *s, const struct as_delimited_masks *m,
                            unsigned count, struct as_delimited_ends *out)
{
    *out = (struct as_delimited_ends){0};
    for (unsigned i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        uint8_t byte = (m->quote & bit) != 0       ? '"'
                       : (m->delimiter & bit) != 0 ? ','
                       : (m->cr & bit) != 0        ? '\r'
                       : (m->lf & bit) != 0        ? '\n'
                                                   : 'x';
        unsigned events = as_delimited_step(s, byte, ',');
        out->cells |= (events & 1) != 0 ? bit : 0;
        out->rows |= (events & 2) != 0 ? bit : 0;
        out->starts |= (events & 4) != 0 ? bit : 0;
    }
}

/** Lines and characters of *e after a stretch. */
static void settle_lines(struct as_entry *e, const struct as_line_scan *s, const uint8_t *bytes,
                         size_t len)
{
    e->line += s->lines;
    if (s->behind_last != 0) {
        e->line_chars = as_structure_characters(bytes + s->behind_last, len - s->behind_last);
    } else {
        e->line_chars += as_structure_characters(bytes, len);
    }
    e->after_cr = s->after_cr;
}

static uint32_t add_columns(uint32_t column, uint64_t more)
{
    uint64_t sum = column + more;
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

void as_structure_advance(struct as_entry *e, const struct as_text *text, const uint8_t *bytes,
                          size_t len)
{
    if (len == 0) {
        return;
    }
    if (text->kind != AS_TEXT_DELIMITED) {
        struct as_line_scan s = {.after_cr = e->after_cr};
        as_structure_kernel()->lines(&s, bytes, len);
        settle_lines(e, &s, bytes, len);
        return;
    }
    struct as_cell_scan s = {.state = as_delimited_entry(e)};
    as_structure_kernel()->cells(&s, text->delimiter, bytes, len);
    settle_lines(e, &s.lines, bytes, len);
    e->row += s.rows;
    e->column = add_columns(s.row_ended ? 0 : e->column, s.columns);
    e->cell_bytes = s.cell_started ? len - s.cell_start : e->cell_bytes + len;
    e->cell = s.state.cell;
    e->open_lines = s.state.open_lines;
    e->in_quotes = s.state.cell == AS_CELL_QUOTED;
}

/** Appends a stretch that was walked as `s` to the path. */
static void append_path(struct as_cell_path *path, const struct as_cell_scan *s, size_t len)
{
    path->rows += s->rows;
    path->columns = add_columns(s->row_ended ? 0 : path->columns, s->columns);
    path->cell_bytes = s->cell_started ? len - s->cell_start : path->cell_bytes + len;
    path->cell_started |= s->cell_started;
    path->cell = s->state.cell;
    path->open_lines = s->state.open_lines;
}

/** Walks all paths over a stretch, those in the same state together. */
static void walk_paths(struct as_cell_path paths[AS_STRUCTURE_PATHS], const struct as_text *text,
                       const uint8_t *bytes, size_t len, bool after_cr)
{
    bool walked[AS_STRUCTURE_PATHS] = {false};
    for (unsigned first = 0; first < AS_STRUCTURE_PATHS; first++) {
        if (walked[first]) {
            continue;
        }
        const struct as_delimited_state entry = {
            .cell = paths[first].cell, .open_lines = paths[first].open_lines, .after_cr = after_cr};
        struct as_cell_scan s = {.state = entry};
        as_structure_kernel()->cells(&s, text->delimiter, bytes, len);
        for (unsigned i = first; i < AS_STRUCTURE_PATHS; i++) {
            if (!walked[i] && paths[i].cell == entry.cell &&
                paths[i].open_lines == entry.open_lines) {
                append_path(&paths[i], &s, len);
                walked[i] = true;
            }
        }
    }
}

/** Line ends before the first quote. */
static void count_to_quote(const uint8_t *bytes, size_t len, struct as_structure_summary *out)
{
    const uint8_t *quote = memchr(bytes, '"', len);
    struct as_line_scan lines = {0};
    as_structure_kernel()->lines(&lines, bytes, quote == NULL ? len : (size_t)(quote - bytes));
    out->has_quote = quote != NULL;
    out->lines_to_quote = lines.lines;
}

void as_structure_summarize(const struct as_text *text, const uint8_t *bytes, size_t len,
                            struct as_structure_summary *out)
{
    *out = (struct as_structure_summary){.bytes = len};
    for (unsigned i = 0; i < PATH_AT_LIMIT; i++) {
        out->cells[i].cell = (uint8_t)i;
    }
    out->cells[PATH_AT_LIMIT].cell = AS_CELL_QUOTED;
    out->cells[PATH_AT_LIMIT].open_lines = AS_QUOTED_LINES_MAX;
    if (len == 0) {
        return;
    }
    struct as_line_scan lines = {0};
    struct as_entry e = {0};
    as_structure_kernel()->lines(&lines, bytes, len);
    settle_lines(&e, &lines, bytes, len);
    out->lines = e.line;
    out->characters = e.line_chars;
    out->line_ended = lines.behind_last != 0;
    out->starts_with_lf = bytes[0] == '\n';
    out->ends_with_cr = e.after_cr;
    if (text->kind != AS_TEXT_DELIMITED) {
        return;
    }
    count_to_quote(bytes, len, out);
    size_t at = 0;
    while (at < len) {
        /* Short stretches at first, while the states meet; then ever longer ones. */
        size_t step = at < MEET_BYTES ? MEET_BYTES : at;
        step = step > len - at ? len - at : step;
        walk_paths(out->cells, text, bytes + at, step, at != 0 && bytes[at - 1] == '\r');
        at += step;
    }
}

void as_structure_compose(struct as_entry *e, const struct as_text *text,
                          const struct as_structure_summary *summary)
{
    if (summary->bytes == 0) {
        return;
    }
    bool second = e->after_cr && summary->starts_with_lf; /* that '\n' had its line end before */
    e->line += summary->lines - second;
    e->line_chars = (summary->line_ended ? 0 : e->line_chars) + summary->characters;
    e->after_cr = summary->ends_with_cr;
    if (text->kind != AS_TEXT_DELIMITED) {
        return;
    }
    const struct as_cell_path *path = &summary->cells[e->cell];
    bool quoted = e->cell == AS_CELL_QUOTED;
    uint64_t within = quoted ? summary->lines_to_quote - second + e->open_lines : 0;
    uint64_t too_many = 0; /* rows that the path at the limit ends before this one ends its first */
    if (within > AS_QUOTED_LINES_MAX) {
        path = &summary->cells[PATH_AT_LIMIT];
        too_many = AS_QUOTED_LINES_MAX - e->open_lines + (uint64_t)second;
    } else if (!quoted) {
        too_many = second;
    }
    bool row_ended = path->rows != 0;
    e->row += path->rows - too_many;
    e->column = add_columns(row_ended ? 0 : e->column, path->columns);
    e->cell_bytes = path->cell_started ? path->cell_bytes : e->cell_bytes + summary->bytes;
    e->cell = path->cell;
    e->in_quotes = path->cell == AS_CELL_QUOTED;
    bool still = quoted && !summary->has_quote && within <= AS_QUOTED_LINES_MAX;
    e->open_lines = still ? (uint8_t)within : path->open_lines;
}
