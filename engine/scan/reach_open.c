/* SPDX-License-Identifier: Apache-2.0
 * Where shapes that need a keyword are worth looking for (reach.h): a plane of the segment.
 *
 * Most nominees of most text need a keyword and have none near; not nominating them at all is far
 * cheaper than dropping each. A bit is set wherever a nominee that covers it may have a required
 * keyword in reach, so never too little is open:
 *
 *  - plain text: words of the planes around each keyword found near a trigger of the sieve. Near
 *    allows for the longest nominee on both sides, so that one bit of a nominee speaks for all;
 *  - delimited text: cells of the columns whose names hold a keyword, and cells that hold one;
 *  - JSON Lines: from the first keyword of a line to the line's end (the keys of a path stand
 *    before the value), and that keyword's string. A line is open from a backslash on, behind which
 *    keys may read otherwise, and when its start was not seen;
 *  - JSON documents: everything, since keys may stand anywhere before.
 *
 * What stands beyond the segment, and cells that reach beyond it, are open. */
#include <string.h>

#include "scan/reach.h"
#include "scan/shape_sweep.h"
#include "scan/words.h"

#define FIRST_WORD (AS_SEGMENT_BACK / 64)
#define WALK_COST 3U      /* of a trigger, */
#define LOOK_UP_COST 4U   /* and of 64 bytes: about fifty instructions each */
#define STRETCH_BITS 128U /* up to here a cell is looked up for itself */

static size_t segment_words(const struct as_scan_worker *w)
{
    return (w->segment_len + 63) / 64;
}

/* Opens bits [from, to). */
static void open_bits(struct as_scan_worker *w, size_t from, size_t to)
{
    for (size_t k = from / 64; 64 * k < to; k++) {
        uint64_t mask = 64 * k < from ? ~UINT64_C(0) << (from & 63U) : ~UINT64_C(0);
        mask &= to - 64 * k < 64 ? (UINT64_C(1) << (to & 63U)) - 1 : ~UINT64_C(0);
        w->open.some[k] |= mask;
    }
}

/* Closes the segment's words, opens the others. */
static void close_segment(struct as_scan_worker *w)
{
    size_t end = FIRST_WORD + segment_words(w);
    memset(w->open.some, 0xff, sizeof w->open.some);
    memset(w->open.some + FIRST_WORD, 0, (end - FIRST_WORD) * sizeof *w->open.some);
}

static bool any_trigger(const struct as_scan_worker *w)
{
    uint64_t any = 0;
    for (size_t k = FIRST_WORD; k < FIRST_WORD + segment_words(w); k++) {
        any |= w->triggers[AS_SHAPES_ALL][k];
    }
    return any != 0;
}

static bool has_high(const struct as_scan_worker *w)
{
    uint64_t high = 0;
    for (size_t k = 0; k < AS_PLANE_WORDS; k++) {
        high |= w->planes.high[k];
    }
    return high != 0;
}

/* --- plain text --- */

static void open_around(struct as_scan_worker *w, const struct as_found *found, size_t reach)
{
    uint64_t brief = w->scanner->keywords.keywords[found->keyword].brief ? ~UINT64_C(0) : 0;
    size_t first = (found->start > reach ? found->start - reach : 0) / 64;
    size_t last = (found->end + reach) / 64;
    for (size_t k = first; k <= last && k < AS_PLANE_WORDS; k++) {
        w->open.some[k] = ~UINT64_C(0);
        w->open.brief[k] |= brief;
    }
}

/* Whether looking up the words near all triggers costs less than walking from all of them. Near the
 * triggers of brief shapes they must be looked up anyway, for these are nominees more often than
 * not. */
static bool pays(const struct as_scan_worker *w, size_t first, size_t end, size_t around)
{
    size_t walks = 0;
    size_t words = 0;
    size_t done = 0;
    uint64_t brief = 0;
    for (size_t k = first; k < end; k++) {
        uint64_t some = w->triggers[AS_SHAPES_LONG][k];
        brief |= w->triggers[AS_SHAPES_ALL][k] & ~some;
        if (some != 0) {
            walks += (unsigned)__builtin_popcountll(some & ~w->triggers[AS_SHAPES_FREE][k]);
            words += k + around - (done > k ? done : k);
            done = k + around;
        }
    }
    return brief != 0 || walks * WALK_COST > words * LOOK_UP_COST;
}

static const struct as_open *open_plain(struct as_scan_worker *w)
{
    const struct as_scanner *s = w->scanner;
    size_t reach = (has_high(w) ? 4 : 1) * (size_t)s->keywords.distance_max + AS_GATE_SLACK +
                   s->shapes.longest_bound;
    size_t before = (reach + s->keywords.longest + 63) / 64;
    size_t after = (reach + 63) / 64;
    size_t first;
    size_t end;
    as_sweep_words(AS_SEGMENT_BACK, AS_SEGMENT_BACK + w->segment_len, &first, &end);
    if (!pays(w, first, end, before + after + 1)) {
        return NULL;
    }
    memset(&w->open, 0, sizeof w->open);
    size_t from = 0; /* words [from, to) are to be looked up: few long stretches */
    size_t to = 0;
    for (size_t k = first; k < end; k++) {
        if (w->triggers[AS_SHAPES_ALL][k] == 0) {
            continue;
        }
        if (k > to + before) {
            as_words_look_up(w, from, to);
            from = k - before;
        }
        to = k + after + 1;
    }
    as_words_look_up(w, from, to);
    for (uint32_t i = 0; i < w->found_count; i++) {
        open_around(w, &w->found[i], reach); /* so far, only required ones were looked up */
    }
    return &w->open;
}

/* --- delimited text --- */

/* Cells of columns whose names hold a keyword. */
static void open_columns(struct as_scan_worker *w)
{
    for (size_t i = 0; i < segment_words(w); i++) {
        uint32_t column = w->cursors[i].column;
        uint64_t open = 0;
        uint64_t from = ~UINT64_C(0); /* bits of the cell at hand and what follows */
        for (uint64_t ends = w->cells[i].cells; ends != 0; ends &= ends - 1) {
            uint64_t end = ends & -ends;
            uint64_t upto = end | (end - 1);
            bool is_open = (as_columns_mask(w, column) & AS_MASK_REQUIRED) != 0;
            open |= is_open ? from & upto : 0;
            from = ~upto;
            column = (w->cells[i].rows & end) != 0 ? 0 : column + 1;
        }
        open |= (as_columns_mask(w, column) & AS_MASK_REQUIRED) != 0 ? from : 0;
        w->open.some[FIRST_WORD + i] |= open;
    }
}

/* Start of the cell that ends at bit `end` of the segment's word i: segment bits. */
static size_t cell_start(const struct as_scan_worker *w, size_t i, unsigned end)
{
    uint64_t before = w->cells[i].cells & ((UINT64_C(1) << end) - 1);
    while (before == 0 && i > 0) {
        before = w->cells[--i].cells;
    }
    return before == 0 ? 0 : 64 * i + 64 - (unsigned)__builtin_clzll(before);
}

/* Opens the cell [from, to) of the segment when it holds a keyword. */
static void open_cell(struct as_scan_worker *w, size_t from, size_t to)
{
    size_t first = AS_SEGMENT_BACK + from;
    size_t last = AS_SEGMENT_BACK + to;
    if (to - from <= STRETCH_BITS) {
        as_words_look_up_bits(w, first, last);
    } else {
        as_words_look_up(w, first / 64, (last + 63) / 64);
    }
    for (size_t k = first / 64; 64 * k < last; k++) {
        uint64_t mask = 64 * k < first ? ~UINT64_C(0) << (first & 63U) : ~UINT64_C(0);
        mask &= last - 64 * k < 64 ? (UINT64_C(1) << (last & 63U)) - 1 : ~UINT64_C(0);
        if ((w->keyword_at[k] & mask) != 0) {
            open_bits(w, first, last);
            return;
        }
    }
}

/* Cells that hold both a trigger and a word. In ~ends + words the carry of a cell's words runs up
 * to its end and sets that bit, and the carry out of bit 63 goes on in the next word. */
static void open_cells(struct as_scan_worker *w)
{
    const uint64_t *starts = as_words_starts(w);
    uint64_t word_carry = 0;
    uint64_t trigger_carry = 0;
    for (size_t i = 0; i < segment_words(w); i++) {
        const uint64_t ends = w->cells[i].cells;
        const uint64_t inner = ~ends;
        const uint64_t words = starts[FIRST_WORD + i] & inner;
        const uint64_t triggers =
            w->triggers[AS_SHAPES_ALL][FIRST_WORD + i] & ~w->open.some[FIRST_WORD + i] & inner;
        uint64_t with_word;
        uint64_t with_trigger;
        bool over = __builtin_add_overflow(inner, words, &with_word);
        over = __builtin_add_overflow(with_word, word_carry, &with_word) || over;
        word_carry = over;
        over = __builtin_add_overflow(inner, triggers, &with_trigger);
        over = __builtin_add_overflow(with_trigger, trigger_carry, &with_trigger) || over;
        trigger_carry = over;
        for (uint64_t both = with_word & with_trigger & ends; both != 0; both &= both - 1) {
            unsigned end = (unsigned)__builtin_ctzll(both);
            open_cell(w, cell_start(w, i, end), 64 * i + end);
        }
    }
}

/* The cells that reach beyond the segment. */
static void open_edges(struct as_scan_worker *w)
{
    size_t words = segment_words(w);
    size_t i = 0;
    while (i < words && w->cells[i].cells == 0) {
        i++;
    }
    size_t first_end =
        i == words ? 64 * words : 64 * i + (unsigned)__builtin_ctzll(w->cells[i].cells);
    open_bits(w, AS_SEGMENT_BACK, AS_SEGMENT_BACK + first_end);
    size_t last = words;
    while (last > 0 && w->cells[last - 1].cells == 0) {
        last--;
    }
    size_t last_start =
        last == 0 ? 0 : 64 * last - (unsigned)__builtin_clzll(w->cells[last - 1].cells);
    open_bits(w, AS_SEGMENT_BACK + last_start, AS_SEGMENT_BACK + 64 * words);
}

static void open_delimited(struct as_scan_worker *w)
{
    close_segment(w);
    open_edges(w);
    if (w->columns_open) {
        open_columns(w);
    }
    open_cells(w);
}

/* --- JSON Lines --- */

/* The string that holds the keyword at segment bit `bit`, up to it. */
static void open_string_before(struct as_scan_worker *w, size_t bit)
{
    size_t reach = AS_CELL_REACH + AS_GATE_SLACK + w->scanner->shapes.longest_bound;
    size_t low = bit > reach ? bit - reach : 0;
    size_t k = bit / 64;
    const struct as_marks *m = &w->marks[k];
    uint64_t stops = (m->bits[0] | m->bits[2] | m->bits[3]) & ((UINT64_C(1) << (bit & 63U)) - 1);
    while (stops == 0 && k > 0 && 64 * k > low) {
        m = &w->marks[--k];
        stops = m->bits[0] | m->bits[2] | m->bits[3];
    }
    size_t from = stops == 0 ? 64 * k : 64 * k + 64 - (unsigned)__builtin_clzll(stops);
    open_bits(w, AS_SEGMENT_BACK + from, AS_SEGMENT_BACK + bit);
}

static void open_lines(struct as_scan_worker *w)
{
    const uint8_t values[4] = {'"', '\\', '\r', '\n'};
    size_t words = segment_words(w);
    close_segment(w);
    if (!any_trigger(w)) {
        w->line_open = true; /* not looked at: for the next segment, all may be */
        return;
    }
    w->scanner->kernels->match(w->marks, w->window + w->segment, words, values);
    as_words_look_up(w, FIRST_WORD, FIRST_WORD + words);
    uint64_t carry = w->line_open;
    for (size_t i = 0; i < words; i++) {
        const struct as_marks *m = &w->marks[i];
        const uint64_t ends = m->bits[2] | m->bits[3];
        const uint64_t inner = ~ends;
        const uint64_t keywords = w->keyword_at[FIRST_WORD + i] & inner;
        const uint64_t from = keywords | m->bits[1];
        uint64_t sum;
        /* From the first of `from` in a line, the carry clears all bits up to the line's end but
         * those of the others. */
        bool over = __builtin_add_overflow(inner, from, &sum);
        over = __builtin_add_overflow(sum, carry, &sum) || over;
        const uint64_t open = inner & (~sum | from);
        for (uint64_t f = keywords & ~(open << 1 | carry); f != 0; f &= f - 1) {
            open_string_before(w, 64 * i + (unsigned)__builtin_ctzll(f));
        }
        w->open.some[FIRST_WORD + i] |= open;
        carry = over;
    }
    w->line_open = carry != 0;
}

const struct as_open *as_reach_open(struct as_scan_worker *w)
{
    if (w->open_everywhere || w->tally != NULL || w->scanner->shapes.longest_bound == 0) {
        return NULL;
    }
    switch (w->block->text->kind) {
    case AS_TEXT_PLAIN:
        return open_plain(w);
    case AS_TEXT_DELIMITED:
        open_delimited(w);
        break;
    case AS_TEXT_JSON:
        return NULL;
    case AS_TEXT_JSON_LINES:
        open_lines(w);
        break;
    }
    memcpy(w->open.brief, w->open.some, sizeof w->open.brief);
    return &w->open;
}
