/* SPDX-License-Identifier: Apache-2.0
 * Bump allocation in chunks of at least 64 KiB; a larger request gets a chunk of its own. */
#include "pack/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct as_pack_arena_chunk {
    struct as_pack_arena_chunk *next;
    size_t used;
    size_t cap;
    alignas(max_align_t) unsigned char bytes[];
};

void as_pack_arena_init(struct as_pack_arena *a, size_t max_bytes)
{
    *a = (struct as_pack_arena){.max_bytes = max_bytes};
}

void as_pack_arena_fini(struct as_pack_arena *a)
{
    struct as_pack_arena_chunk *chunk = a->chunks;
    while (chunk != NULL) {
        struct as_pack_arena_chunk *next = chunk->next;
        as_free(chunk);
        chunk = next;
    }
    as_pack_arena_init(a, a->max_bytes);
}

static struct as_pack_arena_chunk *grow(struct as_pack_arena *a, size_t need)
{
    size_t cap = need > CHUNK_BYTES ? need : CHUNK_BYTES;
    if (cap > a->max_bytes - a->total_bytes) {
        cap = need; /* the last, smaller chunk before the limit */
    }
    if (cap > a->max_bytes - a->total_bytes) {
        return NULL;
    }
    struct as_pack_arena_chunk *chunk = as_calloc(1, sizeof *chunk + cap);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->cap = cap;
    chunk->next = a->chunks;
    a->chunks = chunk;
    a->total_bytes += cap;
    return chunk;
}

void *as_pack_arena_alloc(struct as_pack_arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > a->max_bytes) {
        return NULL;
    }
    size_t align = alignof(max_align_t);
    bytes = (bytes + align - 1) / align * align;
    struct as_pack_arena_chunk *chunk = a->chunks;
    if (chunk == NULL || bytes > chunk->cap - chunk->used) {
        chunk = grow(a, bytes);
        if (chunk == NULL) {
            return NULL;
        }
    }
    void *out = chunk->bytes + chunk->used;
    chunk->used += bytes;
    return out;
}

char *as_pack_arena_copy(struct as_pack_arena *a, const void *bytes, size_t len)
{
    if (len >= a->max_bytes) {
        return NULL;
    }
    char *out = as_pack_arena_alloc(a, len + 1, 1);
    if (out != NULL && len > 0) {
        memcpy(out, bytes, len);
    }
    return out;
}
