/* SPDX-License-Identifier: Apache-2.0
 * struct as_sorter: sorts any number of (key, value) pairs in bounded memory. Keys are byte strings
 * of at most AS_SORT_KEY_MAX; equal keys come out by value. What does not fit in memory goes to a
 * nameless file in the folder that is given. Threads: one owner. */
#ifndef AS_IO_EXTERNAL_SORT_H
#define AS_IO_EXTERNAL_SORT_H

#include "base/error.h"
#include "base/slice.h"

#define AS_SORT_KEY_MAX (64U << 10)

struct as_sorter;

/** `dir_fd`, `dir` (for messages, borrowed): where runs go. `memory_bytes` (>= 256 KiB) for keys;
 * sorting takes up to as much again. */
enum as_status as_sorter_new(int dir_fd, const char *dir, uint64_t memory_bytes,
                             struct as_sorter **out, struct as_error *err) AS_MUST_CHECK;
/** AS_E_OUTPUT when the folder is full. */
enum as_status as_sorter_add(struct as_sorter *s, struct as_slice key, uint64_t value,
                             struct as_error *err) AS_MUST_CHECK;
/** Any status but AS_OK ends the draining with it. */
typedef enum as_status as_sorted_fn(void *context, uint64_t value, struct as_error *err);
/** Calls `emit` with the values in order; once, after the last add. */
enum as_status as_sorter_drain(struct as_sorter *s, as_sorted_fn *emit, void *context,
                               struct as_error *err) AS_MUST_CHECK;
/** NULL is fine. */
void as_sorter_free(struct as_sorter *s);

#endif
