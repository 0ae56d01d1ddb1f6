/* SPDX-License-Identifier: Apache-2.0
 * Private to engine/text: buffers that hold blocks. One allocation holds the block, its bookkeeping
 * and its bytes, so that handing a block over allocates nothing:
 *
 *   struct as_buffer | back | payload and ahead (capacity) | slack | padding
 *
 * Slack lets a decoder that writes several bytes at a time run over the capacity's end. */
#ifndef AS_TEXT_BLOCK_H
#define AS_TEXT_BLOCK_H

#include "text/cutter.h"

#define AS_BUFFER_SLACK 64U

struct as_buffer {
    struct as_block block;
    struct as_block_pool *pool; /* NULL: freed with its block */
    struct as_buffer *next;     /* in the pool's list of free buffers */
    uint8_t *text;              /* where decoded text goes; AS_REACH_BACK bytes lie before */
};

/** Waits for a buffer. AS_E_CANCELLED, AS_E_NO_MEMORY. */
enum as_status as_block_pool_acquire(struct as_block_pool *p, struct as_buffer **out) AS_MUST_CHECK;
/** Gives a buffer back, or frees it when it has no pool. NULL is fine. */
void as_block_pool_release(struct as_buffer *b);
/** Payload bytes of the pool's blocks. */
uint32_t as_block_pool_block_bytes(const struct as_block_pool *p);

#endif
