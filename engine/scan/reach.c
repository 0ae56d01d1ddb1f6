/* SPDX-License-Identifier: Apache-2.0
 * Which keywords are in reach of a nominee.
 *
 * Macie's rule, by kind of text: unstructured, within keyword_distance characters on either side;
 * delimited, in the same cell or the column's name; JSON, in the same string or any key of the
 * path. Cells and strings are looked at within AS_CELL_REACH bytes of the value.
 *
 * Two steps. as_reach_mask is the gate: word starts in the 64-byte words near a nominee are hashed,
 * each word at most once a segment, and every word keeps a mask of the keywords that overlap it.
 * The gate lets too much through (by up to a word), never too little. as_reach_has decides exactly,
 * for the few values that passed their check. Both read text only, so that neither depends on where
 * blocks were cut. */
#include "scan/reach.h"

#include <string.h>

#include "base/utf8.h"

#define STRETCH_BYTES 96U /* up to here a stretch is looked up for itself, above by whole words */

/* --- hashed words --- */

static void on_word(void *context, uint32_t keyword, size_t start, size_t end)
{
    struct as_scan_worker *w = context;
    uint64_t mask = w->scanner->keywords.keywords[keyword].mask;
    size_t first = start + AS_SEGMENT_BACK - w->segment;
    size_t last = end - 1 + AS_SEGMENT_BACK - w->segment;
    for (size_t k = first / 64; k <= last / 64 && k < AS_PLANE_WORDS; k++) {
        w->words[k] |= mask;
    }
}

/* Where words may start: letters after none, camelCase, and what the keywords ask for besides. */
AS_INLINE uint64_t word_starts(const struct as_scan_worker *w, size_t k)
{
    const struct as_planes *p = &w->planes;
    const struct as_keyword_index *x = &w->scanner->keywords;
    uint64_t letter = p->alnum[k] & ~p->digit[k];
    uint64_t lower = p->lower[k];
    uint64_t letter_before = k == 0 ? 0 : (p->alnum[k - 1] & ~p->digit[k - 1]) >> 63;
    uint64_t lower_before = k == 0 ? 0 : p->lower[k - 1] >> 63;
    uint64_t starts =
        (letter & ~(letter << 1 | letter_before)) | (letter & ~lower & (lower << 1 | lower_before));
    if (AS_UNLIKELY(x->digit_starts)) {
        uint64_t digit_before = k == 0 ? 0 : p->digit[k - 1] >> 63;
        starts |= p->digit[k] & ~(p->digit[k] << 1 | digit_before);
    }
    if (AS_UNLIKELY(x->high_starts)) {
        starts |= p->high[k];
    }
    return starts;
}

/* Words to look up: those that start at bits `starts` of word `k` with one of `letters`. */
struct word_query {
    const struct as_scan_worker *w;
    size_t k;
    uint64_t starts;
    uint32_t letters;
    as_keyword_fn *found;
    void *context;
};

AS_INLINE void hash_starts_body(const struct word_query *q)
{
    const struct as_scan_worker *w = q->w;
    const struct as_keyword_index *x = &w->scanner->keywords;
    const struct as_planes *p = &w->planes;
    const uint64_t *bitmap = x->bitmap;
    const unsigned shift = x->shift;
    const uint32_t wanted = q->letters;
    const size_t k = q->k;
    const uint8_t *bytes = as_byte_of(w, 64 * k);
    uint64_t letter = p->alnum[k] & ~p->digit[k];
    uint64_t letter_next = p->alnum[k + 1] & ~p->digit[k + 1];
    for (uint64_t starts = q->starts; starts != 0; starts &= starts - 1) {
        unsigned i = (unsigned)__builtin_ctzll(starts);
        uint32_t first;
        memcpy(&first, bytes + i, sizeof first);
        if ((wanted >> (first & 31U) & 1U) == 0) {
            continue;
        }
        uint64_t letters = letter >> i >> 1 | letter_next << (63 - i);
        uint32_t key = as_keyword_key(first, (unsigned)letters);
        uint32_t h = as_keyword_hash(key) >> shift;
        if (AS_UNLIKELY((bitmap[h >> 6] >> (h & 63U) & 1U) != 0)) {
            as_keyword_match(x, w->window, w->window_len, as_at_of(w, 64 * k + i), key, q->found,
                             q->context);
        }
    }
}

__attribute__((target("bmi,bmi2"))) static void hash_starts_bmi2(const struct word_query *q)
{
    hash_starts_body(q);
}

static void hash_starts(const struct word_query *q)
{
    if (q->w->scanner->kernels->bmi2) {
        hash_starts_bmi2(q);
    } else {
        hash_starts_body(q);
    }
}

/* Words that start in bits [from, to). */
static void hash_bits(const struct as_scan_worker *w, size_t from, size_t to, uint32_t letters,
                      as_keyword_fn *found, void *context)
{
    struct word_query q = {.w = w, .letters = letters, .found = found, .context = context};
    for (q.k = from / 64; 64 * q.k < to; q.k++) {
        q.starts = word_starts(w, q.k);
        q.starts &= 64 * q.k < from ? ~UINT64_C(0) << (from & 63U) : ~UINT64_C(0);
        q.starts &= to - 64 * q.k < 64 ? (1ULL << (to - 64 * q.k)) - 1 : ~UINT64_C(0);
        hash_starts(&q);
    }
}

/* Looks up the words of bits [from, to) that were not yet. Nominees ascend, so one stretch of bits
 * is all that has to be remembered; a word that is looked up twice changes nothing. */
static void hash_range(struct as_scan_worker *w, size_t from, size_t to, uint32_t letters)
{
    bool apart = from >= w->hashed_to || to <= w->hashed_from;
    if (apart || (letters & ~w->hashed_letters) != 0) {
        hash_bits(w, from, to, letters, on_word, w);
        w->hashed_from = from;
        w->hashed_to = to;
        w->hashed_letters = letters;
        return;
    }
    if (from < w->hashed_from) {
        hash_bits(w, from, w->hashed_from, w->hashed_letters, on_word, w);
        w->hashed_from = from;
    }
    if (to > w->hashed_to) {
        hash_bits(w, w->hashed_to, to, w->hashed_letters, on_word, w);
        w->hashed_to = to;
    }
}

/* A short stretch, looked up for itself: keywords must end in it. */
struct stretch {
    const struct as_scan_worker *w;
    size_t end; /* window */
    uint64_t mask;
};

static void on_stretch(void *context, uint32_t keyword, size_t start, size_t end)
{
    (void)start;
    struct stretch *s = context;
    s->mask |= end <= s->end ? s->w->scanner->keywords.keywords[keyword].mask : 0;
}

static uint64_t stretch_mask(const struct as_scan_worker *w, size_t from, size_t to,
                             uint32_t letters)
{
    struct stretch s = {.w = w, .end = as_at_of(w, to)};
    hash_bits(w, from, to, letters, on_stretch, &s);
    return s.mask;
}

/* Masks of the list's keywords that overlap words of bits [from, to); what was not looked up yet
 * is.
 */
static uint64_t words_mask(struct as_scan_worker *w, size_t from, size_t to,
                           const struct as_candidate_list *list)
{
    size_t first = from > w->first_bit ? from : w->first_bit;
    size_t last = to < w->end_bit ? to : w->end_bit;
    size_t look = first > list->longest + w->first_bit ? first - list->longest : w->first_bit;
    if (last <= look) {
        return 0;
    }
    hash_range(w, look, last, list->letters);
    uint64_t mask = 0;
    for (size_t k = first / 64; 64 * k < last; k++) {
        mask |= w->words[k];
    }
    return mask;
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
    return words_mask(w, n->start > reach ? n->start - reach : 0, n->end + reach, list);
}

/* Text of the same cell or string: bytes that end it are looked for next to the nominee, for a cell
 * or string is seldom long. */
static uint64_t inside_mask(struct as_scan_worker *w, const struct as_nominee *n, uint8_t delimiter)
{
    const struct as_candidate_list *list = &w->scanner->lists[n->list];
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
    if (to - from - (n->end - n->start) > STRETCH_BYTES) {
        return words_mask(w, from, to, list);
    }
    uint64_t mask = from < n->start ? stretch_mask(w, from, n->start, list->letters) : 0;
    return n->end < to ? mask | stretch_mask(w, n->end, to, list->letters) : mask;
}

static void on_line(void *context, uint32_t keyword, size_t start, size_t end)
{
    (void)start;
    (void)end;
    struct as_scan_worker *w = context;
    w->line.mask |= w->scanner->keywords.keywords[keyword].mask;
}

/* JSON Lines: keywords anywhere in the line before the nominee. The keys of its path are among
 * them, and words cost less than a walk. All bits where the line's start is not known, or where the
 * line holds escapes, behind which a key may read otherwise. */
static uint64_t line_mask(struct as_scan_worker *w, const struct as_nominee *n)
{
    struct as_line_words *line = &w->line;
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
        hash_bits(w, line->at - w->segment + AS_SEGMENT_BACK, n->start, UINT32_MAX, on_line, w);
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
    const struct as_scan_worker *w;
    uint16_t number;
    size_t low; /* window; keywords must lie in [low, high), outside [start, end) */
    size_t high;
    size_t start;
    size_t end;
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

/* Looks for the keyword at word starts in [from, to) of the window. Words of the planes whose mask
 * lacks the detector are passed over. */
static void search_range(struct exact_call *c, size_t from, size_t to)
{
    const struct as_scan_worker *w = c->w;
    const struct as_keyword_index *x = &w->scanner->keywords;
    size_t span_start = w->segment + w->first_bit - AS_SEGMENT_BACK;
    size_t span_end = w->segment + w->end_bit - AS_SEGMENT_BACK;
    if (from < span_start || to > span_end) {
        as_keyword_scan(x, w->window, w->window_len, from, to, on_exact, c);
        return;
    }
    uint64_t want = as_mask_of(c->number);
    bool known = (x->letters_of[c->number] & ~w->hashed_letters) == 0;
    while (from < to && !c->found) {
        size_t k = (from - w->segment + AS_SEGMENT_BACK) / 64;
        size_t next = 64 * (k + 1) + w->segment - AS_SEGMENT_BACK;
        next = next > to ? to : next;
        size_t bit = from - w->segment + AS_SEGMENT_BACK;
        bool hashed = known && bit >= w->hashed_from && bit + (next - from) <= w->hashed_to;
        if (!hashed || (w->words[k] & want) != 0) {
            as_keyword_scan(x, w->window, w->window_len, from, next, on_exact, c);
        }
        from = next;
    }
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
static struct exact_call call_around(const struct as_scan_worker *w, uint16_t number, size_t start,
                                     size_t end, size_t reach)
{
    return (struct exact_call){.w = w,
                               .number = number,
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
static struct exact_call call_characters(const struct as_scan_worker *w, uint16_t number,
                                         size_t start, size_t end, size_t characters)
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

static bool cell_has(const struct as_scan_worker *w, uint16_t number, size_t start, size_t end)
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
    bool found;
};

static void on_name(void *context, uint32_t keyword, size_t start, size_t end)
{
    (void)start;
    (void)end;
    struct name_call *c = context;
    c->mask |= c->x->keywords[keyword].mask;
    if (c->number != UINT16_MAX) {
        const uint64_t *set = as_keyword_set(c->x, keyword);
        c->found = c->found || (set[c->number / 64] >> (c->number % 64) & 1U) != 0;
    }
}

uint64_t as_name_mask(const struct as_scan_worker *w, struct as_slice name, size_t from)
{
    struct name_call c = {.x = &w->scanner->keywords, .number = UINT16_MAX};
    as_keyword_scan(c.x, name.ptr, name.len, from, name.len, on_name, &c);
    return c.mask;
}

bool as_name_has(const struct as_scan_worker *w, struct as_slice name, size_t from, uint16_t number)
{
    struct name_call c = {.x = &w->scanner->keywords, .number = number};
    as_keyword_scan(c.x, name.ptr, name.len, from, name.len, on_name, &c);
    return c.found;
}

/* --- turns --- */

void as_reach_begin_block(struct as_scan_worker *w)
{
    w->walk = NULL;
    w->cell = (struct as_cell_place){0};
    w->line = (struct as_line_words){.at = w->block->back, .known = w->block->walk == NULL};
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
    w->hashed_from = 0;
    w->hashed_to = 0;
    w->hashed_letters = 0;
    memset(w->words, 0, sizeof w->words);
    if (w->block->text->kind == AS_TEXT_DELIMITED) {
        as_columns_begin_segment(w);
    }
}

void as_reach_end_segment(struct as_scan_worker *w)
{
    if (w->block->text->kind == AS_TEXT_DELIMITED) {
        as_columns_end_segment(w);
    }
}

void as_reach_end_block(struct as_scan_worker *w)
{
    if (w->walk != NULL) {
        as_paths_end_block(w);
    }
}
