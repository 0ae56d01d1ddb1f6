/* SPDX-License-Identifier: Apache-2.0
 * Building a scanner: tables from the enabled definitions of a catalog. What cannot be used is
 * refused here with the definition's id; nothing is left out silently. */
#include <string.h>

#include "base/mem.h"
#include "scan/worker.h"

#define PATH_BYTES_MAX 4096U

/* Everything that is being put together. */
struct scanner_builder {
    struct as_scanner *s;
    const struct as_detector *detectors;
    uint32_t count;
    struct as_anchor *anchors;
    size_t anchor_count;
    struct as_pattern *patterns;
    size_t pattern_count;
    size_t candidates_cap;
    size_t lists_cap;
};

/* --- candidates and lists --- */

static enum as_status add_candidate(struct scanner_builder *b, uint16_t detector, uint32_t shape)
{
    struct as_scanner *s = b->s;
    if (s->candidate_count == b->candidates_cap) {
        size_t cap = b->candidates_cap * 2 + 256;
        struct as_candidate *grown = as_realloc(s->candidates, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        s->candidates = grown;
        b->candidates_cap = cap;
    }
    struct as_candidate c = {
        .detector = detector,
        .number = s->keywords.number_of[detector],
        .shape = shape,
        .required = b->detectors[detector].keyword_rule == AS_KEYWORD_REQUIRED,
    };
    if (shape != AS_NO_SHAPE) {
        c.head = s->shapes.shapes[shape].head;
        c.joiners = s->shapes.shapes[shape].joiners;
        c.joiners_equal = s->shapes.shapes[shape].joiners_equal;
        c.pure = s->shapes.shapes[shape].pure;
    }
    s->candidates[s->candidate_count++] = c;
    return AS_OK;
}

/* A list of the candidates from `first` on. */
static enum as_status add_list(struct scanner_builder *b, uint32_t first, uint32_t *out_list)
{
    struct as_scanner *s = b->s;
    if (s->list_count == b->lists_cap) {
        size_t cap = b->lists_cap * 2 + 64;
        struct as_candidate_list *grown = as_realloc(s->lists, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        s->lists = grown;
        b->lists_cap = cap;
    }
    struct as_candidate_list list = {.first = first, .count = s->candidate_count - first};
    for (uint32_t i = first; i < s->candidate_count; i++) {
        const struct as_candidate *c = &s->candidates[i];
        if (c->number != UINT16_MAX) {
            uint32_t reach = b->detectors[c->detector].keyword_distance;
            list.any |= as_mask_of(c->number);
            list.reach = reach > list.reach ? reach : list.reach;
        }
        /* The value of an anchor or run may reach far from its nominee: its check goes first. */
        if (c->required && b->detectors[c->detector].nominator != AS_NOMINATE_ANCHOR) {
            list.mask |= as_mask_of(c->number);
        } else {
            list.free = true;
        }
    }
    *out_list = s->list_count;
    s->lists[s->list_count++] = list;
    return AS_OK;
}

static enum as_status add_single(struct scanner_builder *b, uint16_t detector, uint32_t *out_list)
{
    uint32_t first = b->s->candidate_count;
    AS_TRY(add_candidate(b, detector, AS_NO_SHAPE));
    return add_list(b, first, out_list);
}

/* The automaton's lists come first and keep their numbers. */
static enum as_status add_shape_lists(struct scanner_builder *b)
{
    const struct as_shape_dfa *dfa = &b->s->shapes;
    enum as_status status = AS_OK;
    for (uint32_t i = 0; status == AS_OK && i < dfa->list_count; i++) {
        uint32_t first = b->s->candidate_count;
        for (uint32_t j = 0; status == AS_OK && j < dfa->lists[i].count; j++) {
            uint32_t shape = dfa->accepted[dfa->lists[i].first + j];
            status = add_candidate(b, dfa->shapes[shape].detector, shape);
        }
        uint32_t list;
        status = status == AS_OK ? add_list(b, first, &list) : status;
    }
    return status;
}

/* One list of every detector with this nominator; AS_NO_LIST when there is none. */
static enum as_status add_kind_list(struct scanner_builder *b, enum as_nominator kind,
                                    uint32_t *out_list, size_t *out_min, size_t *out_max)
{
    uint32_t first = b->s->candidate_count;
    *out_list = AS_NO_LIST;
    *out_min = SIZE_MAX;
    *out_max = 0;
    enum as_status status = AS_OK;
    for (uint32_t i = 0; status == AS_OK && i < b->count; i++) {
        const struct as_detector *d = &b->detectors[i];
        if (b->s->enabled[i] && d->nominator == kind) {
            status = add_candidate(b, (uint16_t)i, AS_NO_SHAPE);
            *out_min = d->min_bytes < *out_min ? d->min_bytes : *out_min;
            *out_max = d->max_bytes > *out_max ? d->max_bytes : *out_max;
        }
    }
    return status != AS_OK || b->s->candidate_count == first ? status
                                                             : add_list(b, first, out_list);
}

/* --- anchors and patterns --- */

static bool anchor_taken(const struct scanner_builder *b, const char *literal, bool caseless)
{
    for (size_t i = 0; i < b->anchor_count; i++) {
        if (b->anchors[i].caseless == caseless && strcmp(b->anchors[i].literal, literal) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_anchor(const struct as_detector *d, const char *literal, bool caseless)
{
    if (d->nominator != AS_NOMINATE_ANCHOR || d->anchors_caseless != caseless) {
        return false;
    }
    for (const char *const *a = d->anchors; a != NULL && *a != NULL; a++) {
        if (strcmp(*a, literal) == 0) {
            return true;
        }
    }
    return false;
}

/* The list of all detectors with this anchor; the planes find the first one of a single byte that
 * is no letter, Hyperscan the others. */
static enum as_status add_anchor(struct scanner_builder *b, const char *literal, bool caseless)
{
    struct as_scanner *s = b->s;
    uint32_t first = s->candidate_count;
    enum as_status status = AS_OK;
    for (uint32_t i = 0; status == AS_OK && i < b->count; i++) {
        if (s->enabled[i] && has_anchor(&b->detectors[i], literal, caseless)) {
            status = add_candidate(b, (uint16_t)i, AS_NO_SHAPE);
        }
    }
    AS_TRY(status);
    uint32_t list;
    AS_TRY(add_list(b, first, &list));
    if (literal[1] == '\0' && !caseless && s->mark_list == AS_NO_LIST) {
        s->mark_list = list;
        s->mark = (uint8_t)literal[0];
        return AS_OK;
    }
    b->anchors[b->anchor_count++] =
        (struct as_anchor){.literal = literal, .caseless = caseless, .list = list};
    return AS_OK;
}

static enum as_status add_anchors(struct scanner_builder *b, const struct as_detector *d,
                                  struct as_error *err)
{
    if (d->anchors == NULL || *d->anchors == NULL) {
        return as_fail(err, AS_E_USAGE, "%s: nominated by anchor but has none", d->id);
    }
    enum as_status status = AS_OK;
    for (const char *const *a = d->anchors; status == AS_OK && *a != NULL; a++) {
        if (**a == '\0' || strlen(*a) > AS_TOKEN_BYTES_MAX) {
            return as_fail(err, AS_E_USAGE, "%s: an anchor is 1 to %u bytes", d->id,
                           AS_TOKEN_BYTES_MAX);
        }
        bool marked = !d->anchors_caseless && (*a)[1] == '\0' && b->s->mark_list != AS_NO_LIST &&
                      b->s->mark == (uint8_t)(*a)[0];
        if (!marked && !anchor_taken(b, *a, d->anchors_caseless)) {
            status = add_anchor(b, *a, d->anchors_caseless);
        }
    }
    return status;
}

static enum as_status add_pattern(struct scanner_builder *b, uint16_t i, struct as_error *err)
{
    const struct as_detector *d = &b->detectors[i];
    if (d->pattern == NULL || *d->pattern == '\0') {
        return as_fail(err, AS_E_USAGE, "%s: nominated by pattern but has none", d->id);
    }
    uint32_t list;
    AS_TRY(add_single(b, i, &list));
    b->patterns[b->pattern_count++] = (struct as_pattern){
        .id = d->id, .expression = d->pattern, .caseless = d->pattern_caseless, .list = list};
    return AS_OK;
}

static size_t count_anchors(const struct scanner_builder *b)
{
    size_t count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        for (const char *const *a = b->detectors[i].anchors; a != NULL && *a != NULL; a++) {
            count++;
        }
    }
    return count;
}

static enum as_status build_hyper(struct scanner_builder *b, struct as_error *err)
{
    size_t literals = count_anchors(b);
    b->anchors = as_calloc(literals + 1, sizeof *b->anchors);
    b->patterns = as_calloc((size_t)b->count + 1, sizeof *b->patterns);
    if (b->anchors == NULL || b->patterns == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = AS_OK;
    for (uint32_t i = 0; status == AS_OK && i < b->count; i++) {
        if (b->s->enabled[i] && b->detectors[i].nominator == AS_NOMINATE_ANCHOR) {
            status = add_anchors(b, &b->detectors[i], err);
        }
        if (b->s->enabled[i] && b->detectors[i].nominator == AS_NOMINATE_PATTERN) {
            status = add_pattern(b, (uint16_t)i, err);
        }
    }
    AS_TRY(status);
    return as_hyper_new(b->anchors, b->anchor_count, b->patterns, b->pattern_count, &b->s->hyper,
                        err);
}

/* --- the rest --- */

/* Kinds of joiners by their last byte. */
static void fill_joiners(struct as_scanner *s)
{
    s->joiner_before[' '] = AS_JOINER_BLANK | AS_JOINER_PAREN; /* ") " and ")-" too */
    s->joiner_before['-'] = AS_JOINER_HYPHEN | AS_JOINER_PAREN;
    s->joiner_before['.'] = AS_JOINER_DOT;
    s->joiner_before['/'] = AS_JOINER_SLASH;
    s->joiner_before['_'] = AS_JOINER_LOW_LINE;
    s->joiner_before[')'] = AS_JOINER_PAREN;
    /* U+00A0, U+2007, U+2009, U+202F */
    static const uint8_t last[] = {0xA0, 0x87, 0x89, 0xAF};
    for (size_t i = 0; i < sizeof last; i++) {
        s->joiner_before[last[i]] = AS_JOINER_NO_BREAK;
    }
}

static enum as_status fill_distances(struct scanner_builder *b)
{
    struct as_scanner *s = b->s;
    s->distances = as_calloc((size_t)s->keywords.detectors + 1, sizeof *s->distances);
    s->required = as_calloc((size_t)s->keywords.detectors + 1, sizeof *s->required);
    if (s->distances == NULL || s->required == NULL) {
        return AS_E_NO_MEMORY;
    }
    for (uint32_t i = 0; i < b->count; i++) {
        if (s->keywords.number_of[i] != UINT16_MAX) {
            s->distances[s->keywords.number_of[i]] = b->detectors[i].keyword_distance;
            s->required[s->keywords.number_of[i]] =
                b->detectors[i].keyword_rule == AS_KEYWORD_REQUIRED;
        }
    }
    return AS_OK;
}

/* Keywords of detectors with brief shapes. */
static void mark_brief(struct as_scanner *s)
{
    for (uint32_t i = 0; i < s->shapes.shape_count; i++) {
        uint16_t number = s->keywords.number_of[s->shapes.shapes[i].detector];
        for (uint32_t k = 0; s->shapes.shapes[i].brief && k < s->keywords.keyword_count; k++) {
            const uint64_t *set = as_keyword_set(&s->keywords, k);
            bool of = (set[number / 64] >> (number % 64) & 1U) != 0;
            s->keywords.keywords[k].brief = s->keywords.keywords[k].brief || of;
        }
    }
}

/* Limits that the engine has beyond those of the pack format. */
static enum as_status check_limits(const struct scanner_builder *b, struct as_error *err)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct as_detector *d = &b->detectors[i];
        if (!b->s->enabled[i]) {
            continue;
        }
        bool run = d->nominator == AS_NOMINATE_RUN;
        if (run && (d->min_bytes < AS_RUN_MIN || d->max_bytes > AS_RUN_MAX)) {
            return as_fail(err, AS_E_USAGE, "%s: a run is %u to %u bytes", d->id, AS_RUN_MIN,
                           AS_RUN_MAX);
        }
        if (d->nominator == AS_NOMINATE_HEX_COLON && d->max_bytes > AS_HEX_MAX) {
            return as_fail(err, AS_E_USAGE, "%s: a hex_colon run is at most %u bytes", d->id,
                           AS_HEX_MAX);
        }
        if (d->max_bytes > AS_REACH_AHEAD || d->min_bytes == 0 || d->min_bytes > d->max_bytes) {
            return as_fail(err, AS_E_USAGE, "%s: min_bytes or max_bytes is out of range", d->id);
        }
        if (d->keyword_distance > AS_KEYWORD_DISTANCE_MAX) {
            return as_fail(err, AS_E_USAGE, "%s: keyword_distance is at most %u", d->id,
                           AS_KEYWORD_DISTANCE_MAX);
        }
        bool keyworded = d->keywords != NULL && *d->keywords != NULL;
        if (!keyworded && d->keyword_rule == AS_KEYWORD_REQUIRED) {
            return as_fail(err, AS_E_USAGE, "%s: requires a keyword but has none", d->id);
        }
    }
    return AS_OK;
}

static enum as_status build(struct scanner_builder *b, struct as_error *err)
{
    struct as_scanner *s = b->s;
    size_t least;
    AS_TRY(check_limits(b, err));
    AS_TRY(as_keyword_index_init(&s->keywords, b->detectors, b->count, s->enabled, err));
    AS_TRY(as_shape_dfa_init(&s->shapes, b->detectors, b->count, s->enabled, err));
    mark_brief(s);
    AS_TRY(add_shape_lists(b));
    AS_TRY(add_kind_list(b, AS_NOMINATE_RUN, &s->run_list, &s->run_min, &s->run_max));
    AS_TRY(add_kind_list(b, AS_NOMINATE_HEX_COLON, &s->hex_list, &least, &s->hex_max));
    AS_TRY(build_hyper(b, err));
    AS_TRY(fill_distances(b));
    fill_joiners(s);
    return AS_OK;
}

enum as_status as_scanner_new(const struct as_scanner_options *options, struct as_scanner **out,
                              struct as_error *err)
{
    uint32_t count = options->catalog->count;
    if (count > AS_DETECTORS_MAX) {
        return as_fail(err, AS_E_USAGE, "more than %u detectors", AS_DETECTORS_MAX);
    }
    struct as_scanner *s = as_calloc(1, sizeof *s);
    uint8_t *enabled = as_calloc((size_t)count + 1, 1);
    if (s == NULL || enabled == NULL) {
        as_free(s);
        as_free(enabled);
        return as_fail(err, AS_E_NO_MEMORY, "no memory for a scanner");
    }
    if (count != 0) {
        memcpy(enabled, options->enabled, count);
    }
    *s = (struct as_scanner){.catalog = options->catalog,
                             .enabled = enabled,
                             .include_test_data = options->include_test_data,
                             .confidence_min = options->confidence_min,
                             .value_key = options->value_key,
                             .kernels = as_kernels_best(),
                             .run_list = AS_NO_LIST,
                             .hex_list = AS_NO_LIST,
                             .mark_list = AS_NO_LIST};
    struct scanner_builder b = {.s = s, .detectors = options->catalog->detectors, .count = count};
    enum as_status status = build(&b, err);
    if (status == AS_E_NO_MEMORY) {
        (void)as_fail(err, status, "no memory for a scanner");
    }
    as_free(b.anchors);
    as_free(b.patterns);
    if (status != AS_OK) {
        as_scanner_free(s);
        return status;
    }
    *out = s;
    return AS_OK;
}

void as_scanner_free(struct as_scanner *s)
{
    if (s == NULL) {
        return;
    }
    as_shape_dfa_fini(&s->shapes);
    as_keyword_index_fini(&s->keywords);
    as_hyper_free(s->hyper);
    as_free(s->enabled);
    as_free(s->candidates);
    as_free(s->lists);
    as_free(s->distances);
    as_free(s->required);
    as_free(s);
}

/* --- workers --- */

struct as_scan_worker *as_scan_worker_new(const struct as_scanner *s)
{
    struct as_scan_worker *w = as_calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->scanner = s;
    as_strbuf_init(&w->path, PATH_BYTES_MAX);
    w->scratch = as_hyper_scratch_new(s->hyper);
    w->own_walk = as_json_walk_new();
    if (w->scratch == NULL || w->own_walk == NULL) {
        as_scan_worker_free(w);
        return NULL;
    }
    return w;
}

void as_scan_worker_free(struct as_scan_worker *w)
{
    if (w == NULL) {
        return;
    }
    for (unsigned i = 0; i < AS_SOURCE_COUNT; i++) {
        as_free(w->sources[i].items);
    }
    as_free(w->found);
    as_free(w->neighbours.items);
    as_free(w->patterns.items);
    as_free(w->column_masks);
    as_strbuf_fini(&w->path);
    as_hyper_scratch_free(w->scratch);
    as_json_walk_free(w->own_walk);
    as_free(w);
}
