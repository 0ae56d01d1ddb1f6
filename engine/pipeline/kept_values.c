/* SPDX-License-Identifier: Apache-2.0
 * See kept_values.h. Test: tests/unit/pipeline/test_kept_values.c. */
#include "pipeline/kept_values.h"

#include <string.h>

#include "base/mem.h"

#define FIRST_CAP 64U

static void wipe(struct as_kept_value *value)
{
    explicit_bzero(value->bytes, value->len);
    as_free(value->bytes);
    value->bytes = NULL;
}

void as_kept_values_fini(struct as_kept_values *v)
{
    for (size_t i = v->head; i < v->count; i++) {
        wipe(&v->items[i]);
    }
    as_free(v->items);
    *v = (struct as_kept_values){0};
}

static enum as_status make_room(struct as_kept_values *v, size_t more)
{
    if (v->head != 0 && v->count + more > v->cap) {
        memmove(v->items, v->items + v->head, (v->count - v->head) * sizeof *v->items);
        v->count -= v->head;
        v->head = 0;
    }
    if (v->count + more <= v->cap) {
        return AS_OK;
    }
    size_t cap = v->cap == 0 ? FIRST_CAP : v->cap;
    while (cap < v->count + more) {
        cap *= 2;
    }
    struct as_kept_value *grown = as_realloc(v->items, cap, sizeof *grown);
    if (grown == NULL) {
        return AS_E_NO_MEMORY;
    }
    v->items = grown;
    v->cap = cap;
    return AS_OK;
}

/* The bytes of [start, end) that the block holds, at most the limit, whole characters. */
static struct as_slice value_in(const struct as_block *block, uint64_t start, uint64_t end)
{
    uint64_t first = block->offset - block->back;
    uint64_t behind = block->offset + block->size + block->ahead;
    if (start < first || start >= behind || end <= start) {
        return as_slice(NULL, 0);
    }
    const uint8_t *bytes = block->data - block->back + (start - first);
    uint64_t len = (end < behind ? end : behind) - start;
    if (len > AS_REVEALED_BYTES_MAX) {
        len = AS_REVEALED_BYTES_MAX;
        while (len > AS_REVEALED_BYTES_MAX - 4 && (bytes[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    return as_slice(bytes, (size_t)len);
}

enum as_status as_kept_values_copy(struct as_kept_values *v, const struct as_block *block,
                                   const struct as_hits *hits)
{
    AS_TRY(make_room(v, hits->count));
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct as_hit *hit = &hits->items[i];
        struct as_slice bytes = value_in(block, hit->start, hit->end);
        if (bytes.len == 0 || hit->state != AS_HIT_REPORTED) {
            continue;
        }
        uint8_t *copy = as_malloc(bytes.len);
        if (copy == NULL) {
            return AS_E_NO_MEMORY;
        }
        memcpy(copy, bytes.ptr, bytes.len);
        v->items[v->count++] = (struct as_kept_value){.start = hit->start,
                                                      .end = hit->end,
                                                      .bytes = copy,
                                                      .len = (uint32_t)bytes.len,
                                                      .detector = hit->detector};
    }
    return AS_OK;
}

enum as_status as_kept_values_move(struct as_kept_values *v, struct as_kept_values *from)
{
    size_t more = from->count - from->head;
    if (more == 0) {
        return AS_OK;
    }
    AS_TRY(make_room(v, more));
    memcpy(v->items + v->count, from->items + from->head, more * sizeof *v->items);
    v->count += more;
    from->head = from->count = 0;
    return AS_OK;
}

const struct as_kept_value *as_kept_values_find(struct as_kept_values *v, const struct as_hit *hit)
{
    while (v->head < v->count && v->items[v->head].start < hit->start) {
        wipe(&v->items[v->head++]);
    }
    for (size_t i = v->head; i < v->count && v->items[i].start == hit->start; i++) {
        if (v->items[i].end == hit->end && v->items[i].detector == hit->detector) {
            return &v->items[i];
        }
    }
    return NULL;
}
