/* SPDX-License-Identifier: Apache-2.0
 * Shapes to groups and elements, and what a group takes.
 *
 * The pack loader has checked the grammar of definitions in packs; tables made by hand (tests,
 * libassay's callers) come here unchecked, so everything is checked again. */
#include "scan/shape_parse.h"

#include <string.h>

#include "base/mem.h"

/* Kinds of bytes as bits, so that a class of the grammar is a set of them. */
enum { KIND_DIGIT = AS_KIND_DIGIT, KIND_UPPER = 2, KIND_LOWER = 4 };

static void fill_kinds(struct as_shape_dfa *dfa)
{
    for (unsigned i = 0; i < 26; i++) {
        dfa->kinds['A' + i] = KIND_UPPER;
        dfa->kinds['a' + i] = KIND_LOWER;
    }
    for (unsigned i = 0; i < 10; i++) {
        dfa->kinds['0' + i] = KIND_DIGIT;
    }
}

uint8_t as_joiners_of(const char *separators)
{
    static const char letters[] = " -./_(n";
    uint8_t bits = 0;
    for (const char *p = separators; p != NULL && *p != '\0'; p++) {
        const char *found = strchr(letters, *p);
        if (found != NULL) {
            bits = (uint8_t)(bits | 1U << (found - letters));
        }
    }
    return bits;
}

static unsigned take_number(const char **p)
{
    unsigned value = 0;
    while (**p >= '0' && **p <= '9' && value <= AS_TOKEN_BYTES_MAX) {
        value = value * 10 + (unsigned)(**p - '0');
        (*p)++;
    }
    return value;
}

/* One element with its repeat; false when it is none. */
static bool take_element(const char **p, struct as_shape_element *out)
{
    if (**p == '\0' || strchr("dAax", **p) == NULL) {
        return false;
    }
    out->kind = *(*p)++;
    unsigned min = 1;
    unsigned max = 1;
    if (**p == '{') {
        (*p)++;
        min = take_number(p);
        max = min;
        if (**p == ',') {
            (*p)++;
            max = take_number(p);
        }
        if (**p != '}') {
            return false;
        }
        (*p)++;
    }
    if (max == 0 || min > max || max > AS_TOKEN_BYTES_MAX) {
        return false;
    }
    out->min = (uint8_t)min;
    out->max = (uint8_t)max;
    return true;
}

/* Pure: every element is of one kind, so the symbol's facts decide. */
static bool group_is_pure(const struct as_shape_element *e, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        if (e[i].kind != e[0].kind) {
            return false;
        }
    }
    return true;
}

static bool take_group(struct as_shape_dfa *dfa, const char **p, struct as_shape_group *out)
{
    *out = (struct as_shape_group){.first_element = (uint16_t)dfa->element_count};
    unsigned min = 0;
    unsigned max = 0;
    while (**p != '\0' && **p != '-') {
        struct as_shape_element e;
        if (!take_element(p, &e)) {
            return false;
        }
        min += e.min;
        max += e.max;
        dfa->elements[dfa->element_count++] = e;
        out->elements++;
        if (max > AS_TOKEN_BYTES_MAX) {
            return false;
        }
    }
    out->min = (uint8_t)min;
    out->max = (uint8_t)max;
    out->pure = group_is_pure(&dfa->elements[out->first_element], out->elements);
    return min > 0;
}

static unsigned kinds_of_class(char class)
{
    switch (class) {
    case 'd':
        return KIND_DIGIT;
    case 'A':
        return KIND_UPPER;
    case 'a':
        return KIND_UPPER | KIND_LOWER;
    default:
        return KIND_DIGIT | KIND_UPPER | KIND_LOWER;
    }
}

/* Kinds that each of the first bytes may have: of all elements that may cover it. Where the first
 * token may have ended, anything may stand. */
static uint16_t head_of(const struct as_shape_dfa *dfa, const struct as_shape_group *g)
{
    unsigned head = 0;
    for (unsigned at = 0; at < AS_HEAD_BYTES; at++) {
        unsigned kinds = at < g->min ? 0 : KIND_DIGIT | KIND_UPPER | KIND_LOWER;
        unsigned least = 0; /* where the element starts */
        unsigned most = 0;
        for (unsigned i = 0; i < g->elements; i++) {
            const struct as_shape_element *e = &dfa->elements[g->first_element + i];
            kinds |= at >= least && at < most + e->max ? kinds_of_class(e->kind) : 0;
            least += e->min;
            most += e->max;
        }
        head |= kinds << (3 * at);
    }
    return (uint16_t)head;
}

static bool take_shape(struct as_shape_dfa *dfa, const char *text, struct as_shape *shape)
{
    shape->first_group = (uint16_t)dfa->group_count;
    shape->pure = true;
    for (const char *p = text;; p++) {
        struct as_shape_group *g = &dfa->groups[dfa->group_count];
        if (shape->group_count == 12 || !take_group(dfa, &p, g)) {
            return false;
        }
        dfa->group_count++;
        shape->group_count++;
        shape->pure = shape->pure && g->pure;
        if (*p == '\0') {
            shape->head = head_of(dfa, &dfa->groups[shape->first_group]);
            return true;
        }
    }
}

/* Upper bounds of what the shapes need; each byte of a shape makes at most one element. */
static void measure(const struct as_detector *detectors, uint32_t count, const uint8_t *enabled,
                    size_t *out_shapes, size_t *out_bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!enabled[i] || detectors[i].nominator != AS_NOMINATE_SHAPE) {
            continue;
        }
        for (const char *const *s = detectors[i].shapes; s != NULL && *s != NULL; s++) {
            (*out_shapes)++;
            *out_bytes += strlen(*s) + 1;
        }
    }
}

static enum as_status parse_detector(struct as_shape_dfa *dfa, const struct as_detector *d,
                                     uint16_t index, struct as_error *err)
{
    if (d->shapes == NULL || *d->shapes == NULL) {
        return as_fail(err, AS_E_USAGE, "%s: nominated by shape but has none", d->id);
    }
    for (const char *const *s = d->shapes; *s != NULL; s++) {
        struct as_shape *shape = &dfa->shapes[dfa->shape_count];
        *shape = (struct as_shape){.detector = index,
                                   .joiners = as_joiners_of(d->separators),
                                   .joiners_equal = d->separators_equal,
                                   .bound = d->keyword_rule == AS_KEYWORD_REQUIRED};
        if (!take_shape(dfa, *s, shape)) {
            return as_fail(err, AS_E_USAGE, "%s: \"%s\" is no shape", d->id, *s);
        }
        if (shape->group_count > 1 && shape->joiners == 0) {
            return as_fail(err, AS_E_USAGE, "%s: shape \"%s\" has '-' but no separators", d->id,
                           *s);
        }
        dfa->shape_count++;
    }
    return AS_OK;
}

enum as_status as_shapes_parse(struct as_shape_dfa *dfa, const struct as_detector *detectors,
                               uint32_t count, const uint8_t *enabled, struct as_error *err)
{
    size_t shapes = 0;
    size_t bytes = 0;
    fill_kinds(dfa);
    measure(detectors, count, enabled, &shapes, &bytes);
    if (bytes > UINT16_MAX) {
        return as_fail(err, AS_E_USAGE, "the shapes of all detectors exceed %d bytes", UINT16_MAX);
    }
    dfa->shapes = as_calloc(shapes + 1, sizeof *dfa->shapes);
    dfa->groups = as_calloc(bytes + 1, sizeof *dfa->groups);
    dfa->elements = as_calloc(bytes + 1, sizeof *dfa->elements);
    if (dfa->shapes == NULL || dfa->groups == NULL || dfa->elements == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "no memory for shapes");
    }
    enum as_status status = AS_OK;
    for (uint32_t i = 0; status == AS_OK && i < count; i++) {
        if (enabled[i] && detectors[i].nominator == AS_NOMINATE_SHAPE) {
            status = parse_detector(dfa, &detectors[i], (uint16_t)i, err);
        }
    }
    return status;
}

bool as_shape_group_takes(const struct as_shape_dfa *dfa, const struct as_shape_group *g,
                          unsigned facts, unsigned len)
{
    if (len < g->min || len > g->max) {
        return false;
    }
    const struct as_shape_element *e = &dfa->elements[g->first_element];
    bool digits = true;  /* can be all digits */
    bool letters = true; /* can be all letters */
    bool lower = false;  /* can hold lower case */
    bool mixed = false;  /* can hold a digit and a letter */
    for (unsigned i = 0; i < g->elements; i++) {
        digits = digits && (e[i].min == 0 || e[i].kind == 'd' || e[i].kind == 'x');
        letters = letters && (e[i].min == 0 || e[i].kind != 'd');
        lower = lower || e[i].kind == 'a' || e[i].kind == 'x';
        mixed = mixed || e[i].kind == 'x' || e[i].kind != e[0].kind;
    }
    if ((facts & 4U) != 0 && !lower) {
        return false;
    }
    if ((facts & 1U) != 0) {
        return digits;
    }
    if ((facts & 2U) != 0) {
        return letters;
    }
    bool first_digit = (facts & 8U) != 0;
    bool first_fits = e[0].min == 0 || e[0].kind == 'x' || (e[0].kind == 'd') == first_digit;
    return mixed && first_fits;
}

/* Where bytes of a token are of each kind. */
struct token_kinds {
    uint64_t digit;
    uint64_t upper;
    uint64_t lower;
};

static struct token_kinds kinds_of_token(const struct as_shape_dfa *dfa, const uint8_t *text,
                                         size_t len)
{
    struct token_kinds k = {0};
    for (size_t i = 0; i < len; i++) {
        unsigned kind = dfa->kinds[text[i]];
        k.digit |= (uint64_t)(kind & 1U) << i;
        k.upper |= (uint64_t)(kind >> 1 & 1U) << i;
        k.lower |= (uint64_t)(kind >> 2 & 1U) << i;
    }
    return k;
}

/* The first and the last byte against the first and last element: most tokens fail here. */
static bool ends_fit(const struct as_shape_dfa *dfa, const struct as_shape_group *g,
                     const uint8_t *text, size_t len)
{
    const struct as_shape_element *first = &dfa->elements[g->first_element];
    const struct as_shape_element *last = first + g->elements - 1;
    return (first->min == 0 || (dfa->kinds[text[0]] & kinds_of_class(first->kind)) != 0) &&
           (last->min == 0 || (dfa->kinds[text[len - 1]] & kinds_of_class(last->kind)) != 0);
}

/* Whether elements e[0, n) take exactly `len` bytes: the set of reachable positions as one bit
 * each (`full`: position 64), so that no definition can make it slow. */
static bool token_fits(const struct as_shape_dfa *dfa, const struct as_shape_group *g,
                       const uint8_t *text, size_t len)
{
    if (len == 0 || len > AS_TOKEN_BYTES_MAX || !ends_fit(dfa, g, text, len)) {
        return false;
    }
    const struct as_shape_element *e = &dfa->elements[g->first_element];
    struct token_kinds k = kinds_of_token(dfa, text, len);
    uint64_t at = 1;
    bool full = false;
    for (unsigned i = 0; i < g->elements; i++) {
        unsigned kinds = kinds_of_class(e[i].kind);
        uint64_t fits = ((kinds & KIND_DIGIT) != 0 ? k.digit : 0) |
                        ((kinds & KIND_UPPER) != 0 ? k.upper : 0) |
                        ((kinds & KIND_LOWER) != 0 ? k.lower : 0);
        for (unsigned r = 0; r < e[i].min; r++) {
            full = (at & fits) >> 63 != 0;
            at = (at & fits) << 1;
        }
        uint64_t more = at;
        for (unsigned r = e[i].min; r < e[i].max && more != 0; r++) {
            full = full || (more & fits) >> 63 != 0;
            more = (more & fits) << 1;
            at |= more;
        }
        if (at == 0 && !full) {
            return false;
        }
    }
    return len == 64 ? full : (at >> len & 1U) != 0;
}

bool as_shape_matches(const struct as_shape_dfa *dfa, const struct as_shape *shape,
                      const uint8_t *text, size_t len)
{
    size_t at = 0;
    for (unsigned i = 0; i < shape->group_count; i++) {
        const struct as_shape_group *g = &dfa->groups[shape->first_group + i];
        while (at < len && dfa->kinds[text[at]] == 0) {
            at++;
        }
        size_t start = at;
        while (at < len && dfa->kinds[text[at]] != 0) {
            at++;
        }
        bool proved = g->pure; /* by the automaton */
        if (!proved && !token_fits(dfa, g, text + start, at - start)) {
            return false;
        }
    }
    return at == len;
}
