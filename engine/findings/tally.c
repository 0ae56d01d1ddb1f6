/* SPDX-License-Identifier: Apache-2.0
 * Counting and keeping places. Types stand in an array sorted by detector (a search and a rare
 * insertion: an object has few types). The places of a type are a max-heap by place_order, so that
 * the greatest is dropped once AS_OCCURRENCES_MAX are kept; since hits mostly arrive in ascending
 * order, a full heap refuses nearly all of them with one comparison and no copy.
 *
 * Invariants: 1 `confirmed` = sum of counts + sum of `excluded`; 2 which places are kept depends on
 * the set of places alone, not on their order of arrival (place_order is total); 3 strings are cut
 * when they are copied, so memory is bounded by types × places × (record + 2 names).
 * A failed add has counted nothing. Tested by tests/unit/findings/test_tally.c. */
#include "findings/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "findings/json_path.h"
#include "findings/value_set.h"

#define OCCURRENCES_FIRST 4U
#define TYPES_FIRST 4U

void as_tally_init(struct as_tally *t)
{
    *t = (struct as_tally){0};
}

static void occurrence_fini(struct as_occurrence *o)
{
    as_free(o->column_name);
    as_free(o->json_path);
}

void as_tally_fini(struct as_tally *t)
{
    for (uint32_t i = 0; i < t->type_count; i++) {
        struct as_type_tally *type = &t->types[i];
        for (uint32_t k = 0; k < type->occurrence_count; k++) {
            occurrence_fini(&type->occurrences[k]);
        }
        as_free(type->occurrences);
        as_value_set_fini(type->values);
        as_free(type->values);
    }
    as_free(t->types);
    as_tally_init(t);
}

static int order_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int order_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return (a != NULL) - (b != NULL);
    }
    return strcmp(a, b);
}

/** Total: two places that compare equal are written alike. */
static int place_order(const struct as_occurrence *a, const struct as_occurrence *b)
{
    const int orders[] = {order_u64(a->start, b->start),
                          order_u64(a->end, b->end),
                          order_u64(a->kind, b->kind),
                          order_u64(a->line, b->line),
                          order_u64(a->line_column, b->line_column),
                          order_u64(a->end_line, b->end_line),
                          order_u64(a->row, b->row),
                          order_u64(a->column, b->column),
                          order_u64(a->record, b->record),
                          order_u64(a->confidence, b->confidence)};
    for (size_t i = 0; i < AS_ARRAY_SIZE(orders); i++) {
        if (orders[i] != 0) {
            return orders[i];
        }
    }
    int order = order_text(a->column_name, b->column_name);
    return order != 0 ? order : order_text(a->json_path, b->json_path);
}

static void sift_up(struct as_occurrence *heap, uint32_t at)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (place_order(&heap[parent], &heap[at]) >= 0) {
            return;
        }
        struct as_occurrence swap = heap[parent];
        heap[parent] = heap[at];
        heap[at] = swap;
        at = parent;
    }
}

static void sift_down(struct as_occurrence *heap, uint32_t count)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t greatest = at;
        for (uint32_t child = 2 * at + 1; child < count && child <= 2 * at + 2; child++) {
            if (place_order(&heap[child], &heap[greatest]) > 0) {
                greatest = child;
            }
        }
        if (greatest == at) {
            return;
        }
        struct as_occurrence swap = heap[greatest];
        heap[greatest] = heap[at];
        heap[at] = swap;
        at = greatest;
    }
}

static enum as_status place_copy(const struct as_occurrence *place, struct as_occurrence *out)
{
    struct as_occurrence copy = *place;
    copy.column_name = place->column_name == NULL ? NULL : as_column_name_cut(place->column_name);
    copy.json_path = place->json_path == NULL ? NULL : as_json_path_cut(place->json_path);
    if ((place->column_name != NULL && copy.column_name == NULL) ||
        (place->json_path != NULL && copy.json_path == NULL)) {
        occurrence_fini(&copy);
        return AS_E_NO_MEMORY;
    }
    *out = copy;
    return AS_OK;
}

/** Capacity is the power of two at or above the count, so it need not be stored. */
static enum as_status places_reserve(struct as_type_tally *type)
{
    uint32_t count = type->occurrence_count;
    bool full = count == 0 || (count >= OCCURRENCES_FIRST && (count & (count - 1)) == 0);
    if (!full) {
        return AS_OK;
    }
    uint32_t cap = count == 0 ? OCCURRENCES_FIRST : count * 2;
    struct as_occurrence *grown = as_realloc(type->occurrences, cap, sizeof *grown);
    if (grown == NULL) {
        return AS_E_NO_MEMORY;
    }
    type->occurrences = grown;
    return AS_OK;
}

static enum as_status place_add(struct as_type_tally *type, const struct as_occurrence *place)
{
    bool full = type->occurrence_count == AS_OCCURRENCES_MAX;
    if (full && place_order(place, &type->occurrences[0]) >= 0) {
        return AS_OK;
    }
    struct as_occurrence copy;
    AS_TRY(place_copy(place, &copy));
    if (full) {
        occurrence_fini(&type->occurrences[0]);
        type->occurrences[0] = copy;
        sift_down(type->occurrences, type->occurrence_count);
        return AS_OK;
    }
    enum as_status status = places_reserve(type);
    if (status != AS_OK) {
        occurrence_fini(&copy);
        return status;
    }
    type->occurrences[type->occurrence_count] = copy;
    sift_up(type->occurrences, type->occurrence_count++);
    return AS_OK;
}

static enum as_status types_reserve(struct as_tally *t)
{
    if (t->type_count < t->type_cap) {
        return AS_OK;
    }
    uint32_t cap = t->type_cap == 0 ? TYPES_FIRST : t->type_cap * 2;
    struct as_type_tally *grown = as_realloc(t->types, cap, sizeof *grown);
    if (grown == NULL) {
        return AS_E_NO_MEMORY;
    }
    t->types = grown;
    t->type_cap = cap;
    return AS_OK;
}

/** The type's tally, made when it is not there. */
static enum as_status type_of(struct as_tally *t, uint32_t detector, struct as_type_tally **out)
{
    uint32_t low = 0;
    uint32_t high = t->type_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->types[middle].detector < detector) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == t->type_count || t->types[low].detector != detector) {
        AS_TRY(types_reserve(t));
        struct as_value_set *values = as_calloc(1, sizeof *values);
        if (values == NULL) {
            return AS_E_NO_MEMORY;
        }
        memmove(&t->types[low + 1], &t->types[low], (t->type_count - low) * sizeof *t->types);
        t->types[low] = (struct as_type_tally){.detector = detector, .values = values};
        t->type_count++;
    }
    *out = &t->types[low];
    return AS_OK;
}

static struct as_value_set *values_of(const struct as_type_tally *type)
{
    return type->values;
}

enum as_status as_tally_add(struct as_tally *t, uint32_t detector, uint64_t value_hash,
                            uint8_t confidence, const struct as_occurrence *place)
{
    struct as_type_tally *type;
    AS_TRY(type_of(t, detector, &type));
    AS_TRY(as_value_set_add(type->values, value_hash));
    type->distinct = values_of(type)->count;
    if (place != NULL) {
        AS_TRY(place_add(type, place));
    } else {
        type->in_name++;
    }
    type->count++;
    type->confidence = confidence > type->confidence ? confidence : type->confidence;
    t->confirmed++;
    return AS_OK;
}

void as_tally_exclude(struct as_tally *t, enum as_excluded why)
{
    t->excluded[why]++;
    t->confirmed++;
}

enum as_status as_tally_merge(struct as_tally *into, const struct as_tally *member)
{
    for (uint32_t i = 0; i < member->type_count; i++) {
        const struct as_type_tally *from = &member->types[i];
        struct as_type_tally *type;
        AS_TRY(type_of(into, from->detector, &type));
        AS_TRY(as_value_set_merge(type->values, from->values));
        type->distinct = values_of(type)->count;
        type->count += from->count;
        type->in_name += from->in_name;
        type->confidence =
            from->confidence > type->confidence ? from->confidence : type->confidence;
        into->confirmed += from->count;
    }
    for (size_t i = 0; i < AS_EXCLUDED_COUNT; i++) {
        into->excluded[i] += member->excluded[i];
        into->confirmed += member->excluded[i];
    }
    return AS_OK;
}

static int place_order_for_sort(const void *a, const void *b)
{
    return place_order(a, b);
}

void as_tally_seal(struct as_tally *t)
{
    for (uint32_t i = 0; i < t->type_count; i++) {
        if (t->types[i].occurrence_count > 1) {
            qsort(t->types[i].occurrences, t->types[i].occurrence_count,
                  sizeof *t->types[i].occurrences, place_order_for_sort);
        }
    }
}

static uint64_t text_bytes(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

uint64_t as_tally_bytes(const struct as_tally *t)
{
    uint64_t bytes = (uint64_t)t->type_cap * sizeof *t->types;
    for (uint32_t i = 0; i < t->type_count; i++) {
        const struct as_type_tally *type = &t->types[i];
        bytes += sizeof(struct as_value_set) + as_value_set_bytes(type->values);
        for (uint32_t k = 0; k < type->occurrence_count; k++) {
            bytes += text_bytes(type->occurrences[k].column_name) +
                     text_bytes(type->occurrences[k].json_path);
        }
        uint32_t cap = OCCURRENCES_FIRST;
        while (cap < type->occurrence_count) {
            cap *= 2;
        }
        bytes += type->occurrence_count == 0 ? 0 : (uint64_t)cap * sizeof *type->occurrences;
    }
    return bytes;
}
