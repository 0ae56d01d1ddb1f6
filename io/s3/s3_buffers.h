/* SPDX-License-Identifier: Apache-2.0
 * Memory for parts: one budget, shared by three kinds of use so that no reader can be starved.
 *
 *   opener   the first part of an object that nobody reads yet: together at most half of the budget
 *            (one is always allowed), so that objects opened ahead leave room for those being read
 *   window   read-ahead of an object that is being read: as long as the budget lasts
 *   urgent   a reader waits and has nothing under way: always granted, but small, above the budget
 *            if need be
 *
 * No deadlock is possible: a thread in read() waits for bytes that are under way, never for
 * memory. The overdraft is at most AS_S3_URGENT_BYTES a reading thread; a reserve for it is kept
 * back from the budget. Buffers of a full part are kept for reuse, for fresh ones cost page faults.
 *
 * Threads: the owner's lock is held for every call. */
#ifndef AS_IO_S3_BUFFERS_H
#define AS_IO_S3_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define AS_S3_URGENT_BYTES ((size_t)1 << 20)
#define AS_S3_IDLE_MAX 256U

enum as_s3_share { AS_S3_OPENER, AS_S3_WINDOW, AS_S3_URGENT };

struct as_s3_buffers {
    size_t part_bytes;     /* constant */
    uint64_t limit_bytes;  /* constant */
    uint64_t used_bytes;   /* by all shares */
    uint64_t opener_bytes; /* of them by openers */
    uint64_t peak_bytes;
    uint8_t *idle[AS_S3_IDLE_MAX]; /* of part_bytes each */
    size_t idle_count;
};

void as_s3_buffers_init(struct as_s3_buffers *b, size_t part_bytes, uint64_t memory_bytes);
void as_s3_buffers_fini(struct as_s3_buffers *b);
/** `size` bytes (1 … part_bytes), or NULL when they do not fit now or there is no memory. */
uint8_t *as_s3_buffers_take(struct as_s3_buffers *b, size_t size,
                            enum as_s3_share share) AS_MUST_CHECK;
/** `share` as it is now. */
void as_s3_buffers_give(struct as_s3_buffers *b, uint8_t *buffer, size_t size,
                        enum as_s3_share share);
/** The object of an opener is being read now: its buffer counts as window. */
void as_s3_buffers_promote(struct as_s3_buffers *b, size_t size);

#endif
