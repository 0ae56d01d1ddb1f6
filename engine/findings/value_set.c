/* SPDX-License-Identifier: Apache-2.0
 * Open addressing with linear probing, at most half full. The values are keyed hashes (XXH3 with a
 * random seed), so their low bits serve as the slot as they are. Most types of most objects have
 * one value or two, so the table starts at 8 slots. Tested by tests/unit/findings/test_tally.c. */
#include "findings/value_set.h"

#include "base/mem.h"
#include "findings/tally.h"

#define SLOTS_FIRST 8U

void as_value_set_fini(struct as_value_set *s)
{
    as_free(s->slots);
    *s = (struct as_value_set){0};
}

/** The slot of `value`, or the empty one where it belongs. */
static uint32_t probe(const uint64_t *slots, uint32_t slot_count, uint64_t value)
{
    uint32_t at = (uint32_t)value & (slot_count - 1);
    while (slots[at] != 0 && slots[at] != value) {
        at = (at + 1) & (slot_count - 1);
    }
    return at;
}

static enum as_status grow(struct as_value_set *s)
{
    uint32_t slot_count = s->slot_count == 0 ? SLOTS_FIRST : s->slot_count * 2;
    uint64_t *slots = as_calloc(slot_count, sizeof *slots);
    if (slots == NULL) {
        return AS_E_NO_MEMORY;
    }
    for (uint32_t i = 0; i < s->slot_count; i++) {
        if (s->slots[i] != 0) {
            slots[probe(slots, slot_count, s->slots[i])] = s->slots[i];
        }
    }
    as_free(s->slots);
    s->slots = slots;
    s->slot_count = slot_count;
    return AS_OK;
}

enum as_status as_value_set_add(struct as_value_set *s, uint64_t value)
{
    if (s->count >= AS_DISTINCT_MAX) {
        return AS_OK;
    }
    if (value == 0) {
        s->count += !s->has_zero;
        s->has_zero = true;
        return AS_OK;
    }
    if (s->count >= s->slot_count / 2) {
        AS_TRY(grow(s));
    }
    uint32_t at = probe(s->slots, s->slot_count, value);
    if (s->slots[at] == 0) {
        s->slots[at] = value;
        s->count++;
    }
    return AS_OK;
}

enum as_status as_value_set_merge(struct as_value_set *into, const struct as_value_set *from)
{
    enum as_status status = from->has_zero ? as_value_set_add(into, 0) : AS_OK;
    for (uint32_t i = 0; i < from->slot_count && status == AS_OK; i++) {
        if (from->slots[i] != 0) {
            status = as_value_set_add(into, from->slots[i]);
        }
    }
    return status;
}

uint64_t as_value_set_bytes(const struct as_value_set *s)
{
    return (uint64_t)s->slot_count * sizeof *s->slots;
}
