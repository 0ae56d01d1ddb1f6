/* SPDX-License-Identifier: Apache-2.0
 * struct as_pack_arena: memory of one catalog. Everything a pack's definitions point to lives here
 * and goes in one call, so that a half-read hostile pack cannot leak. Threads: one owner. */
#ifndef AS_PACK_ARENA_H
#define AS_PACK_ARENA_H

#include <stddef.h>

#include "base/attr.h"

struct as_pack_arena_chunk;

struct as_pack_arena {
    struct as_pack_arena_chunk *chunks; /* newest first */
    size_t total_bytes;
    size_t max_bytes; /* total_bytes never exceeds this */
};

void as_pack_arena_init(struct as_pack_arena *a, size_t max_bytes);
void as_pack_arena_fini(struct as_pack_arena *a);
/** `count * size` zeroed bytes, aligned for any type; NULL on overflow, over the limit or when out
 * of memory. */
void *as_pack_arena_alloc(struct as_pack_arena *a, size_t count, size_t size) AS_MUST_CHECK;
/** Copy of `len` bytes with a NUL after them; NULL as above. */
char *as_pack_arena_copy(struct as_pack_arena *a, const void *bytes, size_t len) AS_MUST_CHECK;

#endif
