/* SPDX-License-Identifier: Apache-2.0
 * What stands around a value that has one check digit and no keyword, for context.c: numbers like
 * it, times, and whether it is a field of its own. One number in ten passes such a check, and logs
 * are full of long numbers, so that a lone one is taken for what it is not.
 *
 * Everything is looked for within AS_NEIGHBOUR_REACH bytes of the value, so that the answer does
 * not depend on where segments or blocks begin; only for such values, which are rare. */
#include "scan/surroundings.h"

#include "scan/confidence.h"

/* The candidate of the same detector in a nominee's list, or NULL. */
static const struct as_candidate *same_detector(const struct as_scanner *s,
                                                const struct as_nominee *n, uint16_t detector)
{
    struct as_candidate_list list = s->lists[n->list];
    for (uint32_t i = list.first; i < list.first + list.count; i++) {
        if (s->candidates[i].detector == detector) {
            return &s->candidates[i];
        }
    }
    return NULL;
}

static int neighbour_points(struct as_scan_worker *w, const struct as_nominee *n,
                            const struct as_context *c)
{
    w->neighbours.count = 0;
    if (as_nominate_shapes(w, n->start - AS_NEIGHBOUR_REACH, n->end + AS_NEIGHBOUR_REACH,
                           &w->neighbours) != AS_OK) {
        w->status = AS_E_NO_MEMORY;
        return 0;
    }
    unsigned passed = 0;
    unsigned failed = 0;
    for (uint32_t i = 0; i < w->neighbours.count; i++) {
        const struct as_nominee *other = &w->neighbours.items[i];
        bool overlaps = other->start < n->end && n->start < other->end;
        const struct as_candidate *same =
            overlaps ? NULL : same_detector(w->scanner, other, c->candidate->detector);
        if (same == NULL) {
            continue;
        }
        struct as_value v;
        enum as_verdict verdict;
        as_value_prepare(w, other, &v);
        if (as_confirm_check(w, other, same, &v, &verdict)) {
            passed++;
        } else {
            failed++;
        }
    }
    if (failed >= 5 && passed == 0) {
        return AS_POINTS_NEIGHBOURS_RANDOM;
    }
    if (failed == 0 && passed >= 2) {
        return AS_POINTS_NEIGHBOURS_FOR;
    }
    return failed >= 2 && failed > passed ? AS_POINTS_NEIGHBOURS_AGAINST : 0;
}

/* --- times --- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Two digits of at most `most`. */
static bool is_pair(const uint8_t *p, unsigned most)
{
    return is_digit(p[0]) && is_digit(p[1]) && (p[0] - '0') * 10U + (p[1] - '0') <= most;
}

/* "23:59:59" at p, of which 8 bytes can be read. */
static bool is_clock(const uint8_t *p)
{
    return p[2] == ':' && p[5] == ':' && is_pair(p, 23) && is_pair(p + 3, 59) && is_pair(p + 6, 60);
}

/* A token of ten or thirteen digits between the years 2001 and 2033 as Unix time, in seconds or
 * milliseconds. `len`: digits of the token at p. */
static bool is_unix_time(const uint8_t *p, size_t len)
{
    return (len == 10 || len == 13) && p[0] == '1';
}

static bool has_time(const uint8_t *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!is_digit(text[i])) {
            continue;
        }
        if (to - i >= 8 && is_clock(text + i)) {
            return true;
        }
        size_t end = i;
        while (end < to && is_digit(text[end])) {
            end++;
        }
        if (is_unix_time(text + i, end - i)) {
            return true;
        }
        i = end; /* a clock begins a token: it was looked for above */
    }
    return false;
}

/* A time before the value, or behind it on its line: the line of a log, or what follows one. */
static int time_points(const struct as_scan_worker *w, size_t start, size_t end)
{
    size_t low = start > AS_NEIGHBOUR_REACH ? start - AS_NEIGHBOUR_REACH : 0;
    size_t high = end;
    while (high < w->window_len && high - end < AS_NEIGHBOUR_REACH && w->window[high] != '\n') {
        high++;
    }
    return has_time(w->window, low, start) || has_time(w->window, end, high) ? AS_POINTS_TIME : 0;
}

/* --- a field of its own --- */

static bool ends_field(uint8_t c)
{
    return c == '\n' || c == '\r' || c == ',' || c == ';' || c == '|' || c == '\t';
}

static bool is_quote(uint8_t c)
{
    return c == '"' || c == '\'';
}

/* The value, with its quotes if it has any, is all that stands between two separators or line ends,
 * blanks aside. */
static bool is_field(const struct as_scan_worker *w, size_t start, size_t end)
{
    const uint8_t *text = w->window;
    bool quoted = start > 0 && end < w->window_len && is_quote(text[start - 1]) &&
                  text[end] == text[start - 1];
    start -= quoted;
    end += quoted;
    for (unsigned i = 0; i < 4 && start > 0 && text[start - 1] == ' '; i++) {
        start--;
    }
    for (unsigned i = 0; i < 4 && end < w->window_len && text[end] == ' '; i++) {
        end++;
    }
    return (start == 0 || ends_field(text[start - 1])) &&
           (end == w->window_len || ends_field(text[end]));
}

/* Fields that have a name have one that is no keyword of the definition. */
static bool is_named(const struct as_text *text)
{
    return text->kind == AS_TEXT_JSON || text->kind == AS_TEXT_JSON_LINES ||
           (text->kind == AS_TEXT_DELIMITED && text->has_header);
}

void as_surroundings(struct as_scan_worker *w, const struct as_nominee *n,
                     const struct as_context *c, struct as_points *points)
{
    size_t start = as_at_of(w, n->start);
    size_t end = as_at_of(w, n->end);
    points->neighbours = neighbour_points(w, n, c);
    points->time = time_points(w, start, end);
    bool lone = is_named(w->block->text) || !is_field(w, start, end);
    points->lone = lone && !c->formatted ? AS_POINTS_LONE : 0;
}
