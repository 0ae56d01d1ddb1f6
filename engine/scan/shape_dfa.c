/* SPDX-License-Identifier: Apache-2.0
 * Subset construction of the shape automaton (shape_dfa.h).
 *
 * An item is (shape, groups matched); a state is a sorted set of items. Sets are found again
 * through a hash table while building. Sizes are bounded by AS_SHAPE_STATES_MAX and 255 columns;
 * definitions that need more are refused, not cut. */
#include "scan/shape_dfa.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "scan/shape_parse.h"

#define JOINER_BYTES_MAX 3U
#define HASH_SLOTS ((size_t)4 * AS_SHAPE_STATES_MAX)
#define ITEM(shape, matched) ((uint32_t)(shape) << 4 | (matched))

struct item_set {
    uint32_t first;
    uint32_t count;
};

struct builder {
    struct as_shape_dfa *dfa;
    uint32_t *items; /* of all sets, one after the other */
    size_t items_count;
    size_t items_cap;
    struct item_set *sets; /* [state] */
    uint16_t *slots;       /* state by hash of its set; 0 is free */
    uint8_t column_facts[256];
    uint8_t column_len[256];     /* one symbol of each column */
    uint32_t column_begins[256]; /* 1 some token begins with a letter, 2 with a digit */
    size_t accepted_cap;
    uint16_t *next; /* [state * columns + column]; 0 is the dead state, 1 the start */
    uint8_t *more;  /* [state] joiner kinds after which a token may follow */
    uint16_t *list; /* [state] 0 or the index of its list */
};
#define SHAPE_START 1U
#define NOWHERE 1U /* the column of symbols that no group takes; 0 holds a row's facts */

/* --- columns --- */

/* The symbols of all tokens of this length with these facts (shape_parse.h). */
static void set_symbols(struct as_shape_dfa *dfa, unsigned facts, unsigned len, uint8_t column)
{
    unsigned least = (facts & 1U) != 0 ? len : (facts & 2U) != 0 ? 0 : 1;
    unsigned most = (facts & 1U) != 0 ? len : (facts & 2U) != 0 ? 0 : len - 1;
    for (unsigned digits = least; digits <= most; digits++) {
        dfa->symbols[as_shape_symbol(len, digits, facts >> 2 & 1U, facts >> 3 & 1U)] = column;
    }
}

/* Which groups take such a token, as a hash; 0 for none. */
static uint64_t hash_groups(const struct as_shape_dfa *dfa, unsigned facts, unsigned len)
{
    uint64_t hash = 0;
    for (uint32_t g = 0; g < dfa->group_count; g++) {
        if (as_shape_group_takes(dfa, &dfa->groups[g], facts, len)) {
            hash = as_hash64(&g, sizeof g, hash + 1);
        }
    }
    return hash;
}

/* Symbols that the same distinct groups take share a column. */
static enum as_status make_columns(struct builder *b, struct as_error *err)
{
    struct as_shape_dfa *dfa = b->dfa;
    static const uint8_t facts_possible[] = {1 | 8, 2, 2 | 4, 0, 4, 8, 4 | 8};
    uint64_t hashes[256] = {0};
    memset(dfa->symbols, NOWHERE, AS_SYMBOLS);
    dfa->columns = NOWHERE + 1;
    for (unsigned len = 1; len <= AS_TOKEN_BYTES_MAX; len++) {
        for (size_t f = 0; f < sizeof facts_possible; f++) {
            unsigned facts = facts_possible[f];
            uint64_t hash = hash_groups(dfa, facts, len);
            uint32_t column = hash == 0 ? NOWHERE : NOWHERE + 1;
            while (column != NOWHERE && column < dfa->columns && hashes[column] != hash) {
                column++;
            }
            if (column == 256) {
                return as_fail(err, AS_E_USAGE, "the shapes tell too many tokens apart");
            }
            if (column == dfa->columns) {
                hashes[column] = hash;
                b->column_facts[column] = (uint8_t)facts;
                b->column_len[column] = (uint8_t)len;
                dfa->columns++;
            }
            b->column_begins[column] |= (facts & 9U) != 0 ? 2U : 1U;
            set_symbols(dfa, facts, len, (uint8_t)column);
        }
    }
    return AS_OK;
}

/* --- states --- */

static enum as_status reserve_items(struct builder *b, size_t more)
{
    if (b->items_count + more <= b->items_cap) {
        return AS_OK;
    }
    size_t cap = (b->items_count + more) * 2;
    uint32_t *items = as_realloc(b->items, cap, sizeof *items);
    if (items == NULL) {
        return AS_E_NO_MEMORY;
    }
    b->items = items;
    b->items_cap = cap;
    return AS_OK;
}

static enum as_status add_list(struct builder *b, const uint32_t *items, size_t count,
                               uint16_t *out_list)
{
    struct as_shape_dfa *dfa = b->dfa;
    uint32_t first = dfa->accepted_count;
    for (size_t i = 0; i < count; i++) {
        if ((items[i] & 15U) != dfa->shapes[items[i] >> 4].group_count) {
            continue;
        }
        if (dfa->accepted_count == b->accepted_cap) {
            size_t cap = b->accepted_cap * 2 + 64;
            uint32_t *grown = as_realloc(dfa->accepted, cap, sizeof *grown);
            if (grown == NULL) {
                return AS_E_NO_MEMORY;
            }
            dfa->accepted = grown;
            b->accepted_cap = cap;
        }
        dfa->accepted[dfa->accepted_count++] = items[i] >> 4;
    }
    *out_list = 0;
    if (dfa->accepted_count != first) {
        *out_list = (uint16_t)dfa->list_count;
        dfa->lists[dfa->list_count++] =
            (struct as_shape_list){.first = first, .count = dfa->accepted_count - first};
    }
    return AS_OK;
}

/* The state of the item set at the end of b->items (`count` items), made if it is new. */
static enum as_status intern(struct builder *b, size_t count, uint16_t *out_state)
{
    struct as_shape_dfa *dfa = b->dfa;
    const uint32_t *items = b->items + b->items_count;
    size_t slot = as_hash64(items, count * sizeof *items, 0) % HASH_SLOTS;
    while (b->slots[slot] != 0) {
        const struct item_set *set = &b->sets[b->slots[slot]];
        if (set->count == count &&
            memcmp(b->items + set->first, items, count * sizeof *items) == 0) {
            *out_state = b->slots[slot];
            return AS_OK;
        }
        slot = (slot + 1) % HASH_SLOTS;
    }
    if (dfa->states == AS_SHAPE_STATES_MAX) {
        return AS_E_USAGE;
    }
    uint16_t state = (uint16_t)dfa->states;
    b->sets[state] = (struct item_set){(uint32_t)b->items_count, (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        const struct as_shape *shape = &dfa->shapes[items[i] >> 4];
        if ((items[i] & 15U) < shape->group_count) {
            b->more[state] |= shape->joiners;
        }
    }
    AS_TRY(add_list(b, items, count, &b->list[state]));
    b->items_count += count;
    b->slots[slot] = state;
    dfa->states++;
    *out_state = state;
    return AS_OK;
}

static enum as_status step(struct builder *b, uint32_t state, uint32_t column)
{
    struct as_shape_dfa *dfa = b->dfa;
    struct item_set set = b->sets[state];
    AS_TRY(reserve_items(b, set.count));
    size_t count = 0;
    for (uint32_t i = 0; i < set.count; i++) {
        uint32_t item = b->items[set.first + i];
        const struct as_shape *shape = &dfa->shapes[item >> 4];
        unsigned matched = item & 15U;
        if (matched < shape->group_count &&
            as_shape_group_takes(dfa, &dfa->groups[shape->first_group + matched],
                                 b->column_facts[column], b->column_len[column])) {
            b->items[b->items_count + count++] = ITEM(item >> 4, matched + 1);
        }
    }
    if (count == 0) {
        return AS_OK; /* dead */
    }
    return intern(b, count, &b->next[(size_t)state * dfa->columns + column]);
}

/* Whether a shape is one of `which`. */
static bool is_of(const struct as_shape *shape, enum as_shapes which)
{
    return which == AS_SHAPES_ALL || (which == AS_SHAPES_LONG ? !shape->brief : !shape->bound);
}

/* The state before any token. Dead when there is no such shape. */
static enum as_status start_state(struct builder *b, enum as_shapes which, uint16_t *out_state)
{
    struct as_shape_dfa *dfa = b->dfa;
    AS_TRY(reserve_items(b, dfa->shape_count + 1U));
    size_t count = 0;
    for (uint32_t i = 0; i < dfa->shape_count; i++) {
        if (is_of(&dfa->shapes[i], which)) {
            b->items[b->items_count + count++] = ITEM(i, 0);
        }
    }
    return count == 0 ? AS_OK : intern(b, count, out_state);
}

/* The states that follow all that are there, and so on. */
static enum as_status build_steps(struct builder *b)
{
    struct as_shape_dfa *dfa = b->dfa;
    enum as_status status = AS_OK;
    for (uint32_t state = SHAPE_START; status == AS_OK && state < dfa->states; state++) {
        for (uint32_t column = 1; status == AS_OK && column < dfa->columns; column++) {
            status = step(b, state, column);
        }
    }
    return status;
}

static enum as_status build_states(struct builder *b)
{
    struct as_shape_dfa *dfa = b->dfa;
    dfa->states = 1; /* the dead state */
    dfa->list_count = 1;
    for (unsigned which = AS_SHAPES_COUNT; which-- > 0;) { /* all: SHAPE_START */
        uint16_t start = 0;
        AS_TRY(start_state(b, (enum as_shapes)which, &start));
        dfa->starts[which] = start * dfa->columns;
    }
    return build_steps(b);
}

static void find_letter_starts(struct builder *b)
{
    struct as_shape_dfa *dfa = b->dfa;
    for (unsigned len = 1; len <= 4; len++) {
        unsigned upper = b->next[(size_t)SHAPE_START * dfa->columns +
                                 dfa->symbols[as_shape_symbol(len, 0, 0, 0)]];
        unsigned any = b->next[(size_t)SHAPE_START * dfa->columns +
                               dfa->symbols[as_shape_symbol(len, 0, 1, 0)]];
        dfa->letter_joiners = (uint8_t)(dfa->letter_joiners | b->more[upper] | b->more[any]);
    }
}

/* Whether the first group can be letters only, so that the first digit is in a later token. */
static bool starts_with_letters(const struct as_shape_dfa *dfa, const struct as_shape *shape)
{
    const struct as_shape_group *g = &dfa->groups[shape->first_group];
    for (unsigned i = 0; i < g->elements; i++) {
        char kind = dfa->elements[g->first_element + i].kind;
        if (kind == 'd' || (kind == 'x' && shape->group_count == 1)) {
            return false;
        }
    }
    return shape->group_count > 1;
}

/* Whether the first group can hold a digit. */
static bool holds_digit(const struct as_shape_dfa *dfa, const struct as_shape *shape)
{
    const struct as_shape_group *g = &dfa->groups[shape->first_group];
    bool holds = false;
    for (unsigned i = 0; i < g->elements; i++) {
        char kind = dfa->elements[g->first_element + i].kind;
        holds = holds || kind == 'd' || kind == 'x';
    }
    return holds;
}

/* What the shape takes from group `first` on. */
static void take_least(const struct as_shape_dfa *dfa, const struct as_shape *shape, unsigned first,
                       struct as_shape_least *least)
{
    unsigned bytes = 0;
    bool digits = true;
    for (unsigned i = first; i < shape->group_count; i++) {
        const struct as_shape_group *g = &dfa->groups[shape->first_group + i];
        bytes += g->min + (bytes != 0 ? 1U : 0U);
        for (unsigned e = 0; e < g->elements; e++) {
            digits = digits && dfa->elements[g->first_element + e].kind == 'd';
        }
    }
    unsigned *out = digits ? &least->digits : &least->any;
    *out = bytes < *out ? bytes : *out;
}

static unsigned longest_of(const struct as_shape_dfa *dfa, const struct as_shape *shape)
{
    unsigned bytes = 0;
    for (unsigned g = 0; g < shape->group_count; g++) {
        bytes += dfa->groups[shape->first_group + g].max + JOINER_BYTES_MAX;
    }
    return bytes;
}

static void lower(struct as_shape_least *least, const struct as_shape_least *to)
{
    least->digits = to->digits < least->digits ? to->digits : least->digits;
    least->any = to->any < least->any ? to->any : least->any;
}

/* Letters may stand before the first digit in its token, which is counted from its start. */
static void find_least(struct as_shape_dfa *dfa)
{
    const struct as_shape_least most = {AS_LEAST_MAX, AS_LEAST_MAX};
    for (unsigned which = 0; which < AS_SHAPES_COUNT; which++) {
        dfa->least[which] = most;
    }
    for (uint32_t i = 0; i < dfa->shape_count; i++) {
        struct as_shape *shape = &dfa->shapes[i];
        struct as_shape_least own = most;
        unsigned last = starts_with_letters(dfa, shape) ? 1 : 0;
        for (unsigned from = holds_digit(dfa, shape) ? 0 : 1; from <= last; from++) {
            take_least(dfa, shape, from, &own);
        }
        shape->brief = shape->bound && (own.digits < AS_BRIEF_DIGITS || own.any < AS_BRIEF_ANY);
        for (unsigned which = 0; which < AS_SHAPES_COUNT; which++) {
            if (is_of(shape, (enum as_shapes)which)) {
                lower(&dfa->least[which], &own);
            }
        }
        unsigned bytes = shape->bound ? longest_of(dfa, shape) : 0;
        dfa->longest_bound = bytes > dfa->longest_bound ? bytes : dfa->longest_bound;
    }
}

static void fill_joiners(uint8_t *kind_at)
{
    kind_at[' '] = AS_JOINER_BLANK;
    kind_at['-'] = AS_JOINER_HYPHEN;
    kind_at['.'] = AS_JOINER_DOT;
    kind_at['/'] = AS_JOINER_SLASH;
    kind_at['_'] = AS_JOINER_LOW_LINE;
    kind_at[')'] = AS_JOINER_PAREN;
    kind_at[0xC2] = AS_JOINER_NO_BREAK;
    kind_at[0xE2] = AS_JOINER_NO_BREAK;
}

static enum as_status make_rows(struct builder *b, struct as_error *err)
{
    struct as_shape_dfa *dfa = b->dfa;
    dfa->rows = as_calloc((size_t)dfa->states * dfa->columns, sizeof *dfa->rows);
    if (dfa->rows == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "no memory for the shape automaton");
    }
    for (uint32_t state = 0; state < dfa->states; state++) {
        uint32_t *row = dfa->rows + (size_t)state * dfa->columns;
        row[0] = (uint32_t)b->list[state] << AS_FACT_LIST_SHIFT | b->more[state];
        for (uint32_t column = 1; column < dfa->columns; column++) {
            uint16_t next = b->next[(size_t)state * dfa->columns + column];
            row[column] = next * dfa->columns;
            row[0] |= next == 0 ? 0U : b->column_begins[column] << AS_FACT_LETTER_SHIFT;
        }
    }
    return AS_OK;
}

static enum as_status build(struct builder *b, struct as_error *err)
{
    struct as_shape_dfa *dfa = b->dfa;
    dfa->symbols = as_calloc(AS_SYMBOLS + 256U, 1);
    if (dfa->symbols == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "no memory for the shape automaton");
    }
    find_least(dfa);
    AS_TRY(make_columns(b, err));
    fill_joiners(dfa->symbols + AS_SYMBOLS);
    b->next = as_calloc((size_t)AS_SHAPE_STATES_MAX * dfa->columns, sizeof *b->next);
    b->more = as_calloc(AS_SHAPE_STATES_MAX, sizeof *b->more);
    b->list = as_calloc(AS_SHAPE_STATES_MAX, sizeof *b->list);
    dfa->lists = as_calloc(AS_SHAPE_STATES_MAX + 1, sizeof *dfa->lists);
    b->sets = as_calloc(AS_SHAPE_STATES_MAX, sizeof *b->sets);
    b->slots = as_calloc(HASH_SLOTS, sizeof *b->slots);
    if (b->next == NULL || b->more == NULL || b->list == NULL || dfa->lists == NULL ||
        b->sets == NULL || b->slots == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "no memory for the shape automaton");
    }
    enum as_status status = build_states(b);
    if (status == AS_E_USAGE) {
        return as_fail(err, status, "the shapes of all detectors need more than %u states",
                       AS_SHAPE_STATES_MAX);
    }
    if (status != AS_OK) {
        return as_fail(err, status, "no memory for the shape automaton");
    }
    find_letter_starts(b);
    return make_rows(b, err);
}

enum as_status as_shape_dfa_init(struct as_shape_dfa *dfa, const struct as_detector *detectors,
                                 uint32_t count, const uint8_t *enabled, struct as_error *err)
{
    *dfa = (struct as_shape_dfa){0};
    struct builder b = {.dfa = dfa};
    enum as_status status = as_shapes_parse(dfa, detectors, count, enabled, err);
    if (status == AS_OK) {
        status = build(&b, err);
    }
    as_free(b.items);
    as_free(b.sets);
    as_free(b.slots);
    as_free(b.next);
    as_free(b.more);
    as_free(b.list);
    if (status != AS_OK) {
        as_shape_dfa_fini(dfa);
    }
    return status;
}

void as_shape_dfa_fini(struct as_shape_dfa *dfa)
{
    as_free(dfa->shapes);
    as_free(dfa->groups);
    as_free(dfa->elements);
    as_free(dfa->symbols);
    as_free(dfa->rows);
    as_free(dfa->lists);
    as_free(dfa->accepted);
    *dfa = (struct as_shape_dfa){0};
}
