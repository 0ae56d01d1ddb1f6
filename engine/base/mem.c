/* SPDX-License-Identifier: Apache-2.0
 * glibc's allocator with two counters: live blocks (leak checks) and a countdown (failure
 * injection). Both are relaxed atomics: they order nothing. */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t s_countdown = UINT64_MAX;
static _Atomic int64_t s_live;

void as_mem_fail_after(uint64_t count)
{
    atomic_store_explicit(&s_countdown, count, memory_order_relaxed);
}

int64_t as_mem_live(void)
{
    return atomic_load_explicit(&s_live, memory_order_relaxed);
}

static bool may_allocate(void)
{
    uint64_t left = atomic_load_explicit(&s_countdown, memory_order_relaxed);
    if (AS_LIKELY(left == UINT64_MAX)) {
        return true;
    }
    while (left != 0 && left != UINT64_MAX) {
        if (atomic_compare_exchange_weak_explicit(&s_countdown, &left, left - 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {
            return true;
        }
    }
    return left != 0;
}

static void *counted(void *block)
{
    if (block != NULL) {
        atomic_fetch_add_explicit(&s_live, 1, memory_order_relaxed);
    }
    return block;
}

void *as_malloc(size_t size)
{
    return may_allocate() ? counted(malloc(size == 0 ? 1 : size)) : NULL;
}

void *as_calloc(size_t count, size_t size)
{
    return may_allocate() ? counted(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size)) : NULL;
}

void *as_realloc(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || !may_allocate()) {
        return NULL;
    }
    void *block = realloc(old, bytes == 0 ? 1 : bytes);
    return old == NULL ? counted(block) : block;
}

void *as_aligned_alloc(size_t alignment, size_t size)
{
    size_t rounded;
    if (__builtin_add_overflow(size, alignment - 1, &rounded) || !may_allocate()) {
        return NULL;
    }
    rounded &= ~(alignment - 1);
    return counted(aligned_alloc(alignment, rounded == 0 ? alignment : rounded));
}

void as_free(void *block)
{
    if (block != NULL) {
        atomic_fetch_sub_explicit(&s_live, 1, memory_order_relaxed);
        free(block);
    }
}

char *as_memdup0(const void *bytes, size_t size)
{
    char *copy = size == SIZE_MAX ? NULL : as_malloc(size + 1);
    if (copy != NULL) {
        if (size != 0) {
            memcpy(copy, bytes, size);
        }
        copy[size] = '\0';
    }
    return copy;
}

char *as_strdup(const char *text)
{
    return text == NULL ? NULL : as_memdup0(text, strlen(text));
}

void as_free_ptr(void *pointer_to_pointer)
{
    void *block;
    memcpy(&block, pointer_to_pointer, sizeof block);
    as_free(block);
}
