/* SPDX-License-Identifier: Apache-2.0
 * Which keywords are in reach of a nominee.
 *
 * Macie's rule, by kind of text: unstructured, within keyword_distance characters on either side;
 * delimited, in the same cell or the column's name; JSON, in the same string or any key of the
 * path. Cells and strings are looked at within AS_CELL_REACH bytes of the value.
 *
 * Three steps. as_reach_open (reach_open.c) says for whole stretches that no detector that needs a
 * keyword can have one. as_reach_mask is the gate, for a nominee: the keywords around it, as a set
 * of detectors. Both let too much through, never too little. as_reach_has decides exactly, for the
 * few values that passed their check. All read text only, so that none depends on where blocks were
 * cut. */
#include "scan/reach.h"

#include <string.h>

#include "base/utf8.h"
#include "scan/words.h"

/* --- the gate --- */

/* Keywords in bits [from, to]. */
struct mask_call {
    const struct as_keyword_index *x;
    size_t from;
    size_t to;
    bool whole; /* they must lie inside */
    uint64_t mask;
};

static bool add_mask(void *context, const struct as_found *found)
{
    struct mask_call *c = context;
    if (!c->whole || (found->start >= c->from && found->end <= c->to)) {
        c->mask |= c->x->keywords[found->keyword].mask;
    }
    return false;
}

/* `n`: for its candidates. `whole`: keywords that overlap the edges do not count. */
static uint64_t mask_of(struct as_scan_worker *w, const struct as_nominee *n, size_t from,
                        size_t to, bool whole)
{
    struct mask_call c = {.x = &w->scanner->keywords, .from = from, .to = to, .whole = whole};
    as_words_visit(w, from, to, w->scanner->lists[n->list].free, add_mask, &c);
    return c.mask;
}

static bool has_high(const struct as_scan_worker *w, size_t from, size_t to)
{
    uint64_t high = 0;
    for (size_t k = from / 64; 64 * k < to && k < AS_PLANE_WORDS; k++) {
        high |= w->planes.high[k];
    }
    return high != 0;
}

static uint64_t plain_mask(struct as_scan_worker *w, const struct as_nominee *n)
{
    const struct as_candidate_list *list = &w->scanner->lists[n->list];
    size_t wide = 4 * (size_t)list->reach + AS_GATE_SLACK;
    size_t from = n->start > wide ? n->start - wide : 0;
    bool ascii = !has_high(w, from, n->end + wide);
    size_t reach = ascii ? list->reach + AS_GATE_SLACK : wide;
    return mask_of(w, n, n->start > reach ? n->start - reach : 0, n->end + reach, false);
}

/* Text of the same cell or string: bytes that end it are looked for next to the nominee, for a cell
 * or string is seldom long. */
static uint64_t inside_mask(struct as_scan_worker *w, const struct as_nominee *n, uint8_t delimiter)
{
    const uint8_t *bytes = w->window + w->segment - AS_SEGMENT_BACK;
    size_t low = n->start > AS_CELL_REACH + w->first_bit ? n->start - AS_CELL_REACH : w->first_bit;
    size_t high = n->end + AS_CELL_REACH < w->end_bit ? n->end + AS_CELL_REACH : w->end_bit;
    size_t from = n->start;
    size_t to = n->end;
    for (; from > low; from--) {
        uint8_t c = bytes[from - 1];
        if (c == '"' || c == '\n' || c == '\r' || c == delimiter) {
            break;
        }
    }
    for (; to < high; to++) {
        uint8_t c = bytes[to];
        if (c == '"' || c == '\n' || c == '\r' || c == delimiter) {
            break;
        }
    }
    return from == n->start && to == n->end ? 0 : mask_of(w, n, from, to, true);
}

/* JSON Lines: keywords anywhere in the line before the nominee. The keys of its path are among
 * them, and words cost less than a walk. All bits where the line's start is not known, or where the
 * line holds escapes, behind which a key may read otherwise. */
static uint64_t line_mask(struct as_scan_worker *w, const struct as_nominee *n)
{
    struct as_line_words *line = &w->line[w->scanner->lists[n->list].free];
    size_t at = as_at_of(w, n->start);
    if (at > line->at) {
        const uint8_t *from = w->window + line->at;
        const uint8_t *end = memrchr(from, '\n', at - line->at);
        if (end != NULL) {
            *line = (struct as_line_words){.at = (size_t)(end + 1 - w->window), .known = true};
        }
    }
    size_t span_start = w->segment + w->first_bit - AS_SEGMENT_BACK;
    line->known = line->known && line->at >= span_start;
    if (!line->known) {
        return ~UINT64_C(0);
    }
    if (at > line->at) {
        if (memchr(w->window + line->at, '\\', at - line->at) != NULL) {
            line->known = false;
            line->at = at;
            return ~UINT64_C(0);
        }
        line->mask |= mask_of(w, n, line->at - w->segment + AS_SEGMENT_BACK, n->start, false);
        line->at = at;
    }
    return line->mask;
}

uint64_t as_reach_mask(struct as_scan_worker *w, const struct as_nominee *n)
{
    if (w->scanner->keywords.keyword_count == 0) {
        return 0;
    }
    const struct as_candidate_list *list = &w->scanner->lists[n->list];
    uint64_t mask = 0;
    switch (w->block->text->kind) {
    case AS_TEXT_PLAIN:
        return plain_mask(w, n);
    case AS_TEXT_DELIMITED:
        as_columns_seek(w, n->start);
        mask = as_columns_mask(w, w->cell.column);
        /* In a quoted cell the delimiter is a byte like others. */
        return mask | inside_mask(w, n, w->cell.quoted ? '"' : (uint8_t)w->block->text->delimiter);
    case AS_TEXT_JSON_LINES:
        mask = inside_mask(w, n, '"');
        if (((line_mask(w, n) | mask) & list->any) == 0) {
            return 0;
        }
        as_paths_seek(w, as_at_of(w, n->start));
        return mask | as_paths_mask(w);
    case AS_TEXT_JSON:
        as_paths_seek(w, as_at_of(w, n->start));
        return as_paths_mask(w) | inside_mask(w, n, '"');
    }
    return mask;
}

/* --- the exact rule --- */

/* A place where a keyword may stand, and what to find in it. */
struct exact_call {
    struct as_scan_worker *w;
    uint16_t number;
    size_t low; /* window; keywords must lie in [low, high), outside [start, end) */
    size_t high;
    size_t start;
    size_t end;
    bool required;  /* the detector has no detection without one */
    bool far_start; /* a keyword may begin before low, and end behind high, when it overlaps */
    bool found;
};

static void on_exact(void *context, uint32_t keyword, size_t start, size_t end)
{
    struct exact_call *c = context;
    const struct as_scan_worker *w = c->w;
    const uint64_t *set = as_keyword_set(&w->scanner->keywords, keyword);
    if ((set[c->number / 64] >> (c->number % 64) & 1U) == 0) {
        return;
    }
    bool before = end <= c->start && end >= c->low && (c->far_start || start >= c->low);
    bool after = start >= c->end && start <= c->high && (c->far_start || end <= c->high);
    c->found = c->found || before || after;
}

static bool visit_exact(void *context, const struct as_found *found)
{
    struct exact_call *c = context;
    size_t shift = c->w->segment - AS_SEGMENT_BACK; /* modulo 2^64: what it is added to makes up */
    on_exact(c, found->keyword, found->start + shift, found->end + shift);
    return c->found;
}

/* Looks for the keyword at word starts in [from, to) of the window. */
static void search_range(struct exact_call *c, size_t from, size_t to)
{
    struct as_scan_worker *w = c->w;
    const struct as_keyword_index *x = &w->scanner->keywords;
    size_t span_start = w->segment + w->first_bit - AS_SEGMENT_BACK;
    size_t span_end = w->segment + w->end_bit - AS_SEGMENT_BACK;
    if (from < span_start || to > span_end) {
        as_keyword_scan(x, as_slice(w->window, w->window_len), from, to, on_exact, c);
        return;
    }
    c->found =
        c->found || as_words_visit(w, from + AS_SEGMENT_BACK - w->segment,
                                   to + AS_SEGMENT_BACK - w->segment, !c->required, visit_exact, c);
}

static bool search(struct exact_call *c)
{
    size_t longest = c->w->scanner->keywords.longest;
    size_t from = c->far_start ? (c->low > longest ? c->low - longest : 0) : c->low;
    search_range(c, from, c->start);
    if (!c->found) {
        size_t limit = c->far_start ? c->high + 1 : c->high;
        search_range(c, c->end, limit < c->w->window_len ? limit : c->w->window_len);
    }
    return c->found;
}

/* Within `reach` bytes of the value. */
static struct exact_call call_around(struct as_scan_worker *w, uint16_t number, size_t start,
                                     size_t end, size_t reach)
{
    return (struct exact_call){.w = w,
                               .number = number,
                               .required = w->scanner->required[number],
                               .low = start > reach ? start - reach : 0,
                               .high = w->window_len - end > reach ? end + reach : w->window_len,
                               .start = start,
                               .end = end};
}

static bool continues_character(uint8_t c)
{
    return (c & 0xC0U) == 0x80;
}

/* Start of the character before `at` (> 0): at most four bytes, whatever stands there, so that the
 * gate knows how far to look. */
static size_t character_start(const uint8_t *text, size_t at)
{
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && continues_character(text[start])) {
        start--;
    }
    return start;
}

/* End of the character at `at` (< len), likewise. */
static size_t character_end(const uint8_t *text, size_t len, size_t at)
{
    size_t end = at + 1;
    while (end < len && end - at < 4 && continues_character(text[end])) {
        end++;
    }
    return end;
}

/* Within `characters` of the value: the gap between keyword and value counts, not the keyword. */
static struct exact_call call_characters(struct as_scan_worker *w, uint16_t number, size_t start,
                                         size_t end, size_t characters)
{
    size_t low = start;
    for (size_t n = 0; n < characters && low > 0; n++) {
        low = character_start(w->window, low);
    }
    size_t high = end;
    for (size_t n = 0; n < characters && high < w->window_len; n++) {
        high = character_end(w->window, w->window_len, high);
    }
    return (struct exact_call){.w = w,
                               .number = number,
                               .required = w->scanner->required[number],
                               .low = low,
                               .high = high,
                               .start = start,
                               .end = end,
                               .far_start = true};
}

/* Narrows [low, high) to the stretch without a byte of `ends` around the value. */
static void narrow(struct exact_call *c, const char *ends, size_t count)
{
    for (size_t at = c->start; at > c->low; at--) {
        if (memchr(ends, c->w->window[at - 1], count) != NULL) {
            c->low = at;
            break;
        }
    }
    for (size_t at = c->end; at < c->high; at++) {
        if (memchr(ends, c->w->window[at], count) != NULL) {
            c->high = at;
            break;
        }
    }
}

static bool cell_has(struct as_scan_worker *w, uint16_t number, size_t start, size_t end)
{
    const struct as_text *text = w->block->text;
    struct as_slice name = {0};
    if (w->cell.column < text->column_count && text->columns != NULL) {
        name = text->columns[w->cell.column].name;
    }
    if (as_name_has(w, name, 0, number)) {
        return true;
    }
    struct exact_call c = call_around(w, number, start, end, AS_CELL_REACH);
    const char plain[] = {text->delimiter, '\n', '\r', '"'};
    narrow(&c, w->cell.quoted ? "\"" : plain, w->cell.quoted ? 1 : sizeof plain);
    return search(&c);
}

static bool string_has(struct as_scan_worker *w, uint16_t number, size_t start, size_t end)
{
    if (as_paths_has(w, number)) {
        return true;
    }
    struct exact_call c = call_around(w, number, start, end, AS_CELL_REACH);
    narrow(&c, "\"\n\r", 3);
    return search(&c);
}

bool as_reach_has(struct as_scan_worker *w, uint16_t number, size_t start, size_t end)
{
    switch (w->block->text->kind) {
    case AS_TEXT_PLAIN:
        break;
    case AS_TEXT_DELIMITED:
        return cell_has(w, number, start, end);
    case AS_TEXT_JSON:
    case AS_TEXT_JSON_LINES:
        return string_has(w, number, start, end);
    }
    struct exact_call c = call_characters(w, number, start, end, w->scanner->distances[number]);
    return search(&c);
}

/* --- names --- */

struct name_call {
    const struct as_keyword_index *x;
    uint16_t number;
    uint64_t mask;
    bool required;
    bool found;
};

static void on_name(void *context, uint32_t keyword, size_t start, size_t end)
{
    (void)start;
    (void)end;
    struct name_call *c = context;
    c->mask |= c->x->keywords[keyword].mask;
    c->required = c->required || c->x->keywords[keyword].required;
    if (c->number != UINT16_MAX) {
        const uint64_t *set = as_keyword_set(c->x, keyword);
        c->found = c->found || (set[c->number / 64] >> (c->number % 64) & 1U) != 0;
    }
}

uint64_t as_name_mask(const struct as_scan_worker *w, struct as_slice name, size_t from,
                      bool *out_required)
{
    struct name_call c = {.x = &w->scanner->keywords, .number = UINT16_MAX};
    as_keyword_scan(c.x, name, from, name.len, on_name, &c);
    *out_required = c.required;
    return c.mask;
}

bool as_name_has(const struct as_scan_worker *w, struct as_slice name, size_t from, uint16_t number)
{
    struct name_call c = {.x = &w->scanner->keywords, .number = number};
    as_keyword_scan(c.x, name, from, name.len, on_name, &c);
    return c.found;
}

/* --- turns --- */

void as_reach_begin_block(struct as_scan_worker *w)
{
    w->walk = NULL;
    w->cell = (struct as_cell_place){0};
    w->line[0] = (struct as_line_words){.at = w->block->back, .known = w->block->walk == NULL};
    w->line[1] = w->line[0];
    w->line_open = w->block->walk != NULL;
    switch (w->block->text->kind) {
    case AS_TEXT_PLAIN:
        break;
    case AS_TEXT_DELIMITED:
        as_columns_begin_block(w);
        break;
    case AS_TEXT_JSON:
    case AS_TEXT_JSON_LINES:
        as_paths_begin_block(w);
        break;
    }
}

void as_reach_begin_segment(struct as_scan_worker *w)
{
    as_words_begin_segment(w);
    if (w->block->text->kind == AS_TEXT_DELIMITED) {
        as_columns_begin_segment(w);
    }
}

void as_reach_end_block(struct as_scan_worker *w)
{
    if (w->walk != NULL) {
        as_paths_end_block(w);
    }
}
