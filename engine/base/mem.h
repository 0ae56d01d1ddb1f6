/* SPDX-License-Identifier: Apache-2.0
 * The only allocator of the project: malloc and kin are banned outside engine/base. Tests make the
 * n-th allocation fail with as_mem_fail_after and count what is live with as_mem_live.
 * Threads: any. Memory that depends on input is charged to a budget (budget.h) by its owner. */
#ifndef AS_BASE_MEM_H
#define AS_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/** `size` bytes, uninitialised; NULL when there is no memory. Size 0 gives a unique pointer. */
void *as_malloc(size_t size) AS_MUST_CHECK;
/** `count * size` zeroed bytes; NULL on overflow or when there is no memory. */
void *as_calloc(size_t count, size_t size) AS_MUST_CHECK;
/** As realloc for `count * size` bytes; on NULL the old block is untouched. */
void *as_realloc(void *old, size_t count, size_t size) AS_MUST_CHECK;
/** `size` bytes aligned to `alignment` (a power of two); free with as_free. */
void *as_aligned_alloc(size_t alignment, size_t size) AS_MUST_CHECK;
/** NULL is fine. */
void as_free(void *block);
/** Copy of `size` bytes with a NUL after them; NULL when there is no memory. */
char *as_memdup0(const void *bytes, size_t size) AS_MUST_CHECK;
/** Copy of a string; NULL in, NULL out. */
char *as_strdup(const char *text) AS_MUST_CHECK;
/** Cleanup function for AS_CLEANUP(as_free_ptr) on any pointer variable. */
void as_free_ptr(void *pointer_to_pointer);

/** Tests: let the next `count` allocations succeed and fail all after; UINT64_MAX for never. */
void as_mem_fail_after(uint64_t count);
/** Blocks allocated and not freed. */
int64_t as_mem_live(void);

#endif
