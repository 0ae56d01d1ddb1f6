/* SPDX-License-Identifier: Apache-2.0
 * See s3_buffers.h. Test: tests/unit/io/test_s3_answer.c. */
#include "io/s3/s3_buffers.h"

#include <assert.h>

#include "base/mem.h"

#define RESERVE_MAX ((uint64_t)8 * AS_S3_URGENT_BYTES)

void as_s3_buffers_init(struct as_s3_buffers *b, size_t part_bytes, uint64_t memory_bytes)
{
    uint64_t reserve = memory_bytes / 4 < RESERVE_MAX ? memory_bytes / 4 : RESERVE_MAX;
    *b = (struct as_s3_buffers){.part_bytes = part_bytes, .limit_bytes = memory_bytes - reserve};
}

void as_s3_buffers_fini(struct as_s3_buffers *b)
{
    assert(b->used_bytes == 0);
    while (b->idle_count != 0) {
        as_free(b->idle[--b->idle_count]);
    }
}

static bool fits(const struct as_s3_buffers *b, size_t size, enum as_s3_share share)
{
    if (share == AS_S3_URGENT) {
        return true;
    }
    if (b->used_bytes > b->limit_bytes || size > b->limit_bytes - b->used_bytes) {
        return false;
    }
    return share != AS_S3_OPENER || b->opener_bytes == 0 ||
           b->opener_bytes + size <= b->limit_bytes / 2;
}

/* Idle buffers count against the budget too: they go when others need the room. */
static void trim_idle(struct as_s3_buffers *b, size_t size)
{
    while (b->idle_count != 0 &&
           b->used_bytes + size + (uint64_t)b->idle_count * b->part_bytes > b->limit_bytes) {
        as_free(b->idle[--b->idle_count]);
    }
}

uint8_t *as_s3_buffers_take(struct as_s3_buffers *b, size_t size, enum as_s3_share share)
{
    assert(size != 0 && size <= b->part_bytes);
    if (!fits(b, size, share)) {
        return NULL;
    }
    uint8_t *buffer = NULL;
    if (size == b->part_bytes && b->idle_count != 0) {
        buffer = b->idle[--b->idle_count];
    } else {
        trim_idle(b, size);
        buffer = as_malloc(size);
    }
    if (buffer != NULL) {
        b->used_bytes += size;
        b->opener_bytes += share == AS_S3_OPENER ? size : 0;
        b->peak_bytes = b->used_bytes > b->peak_bytes ? b->used_bytes : b->peak_bytes;
    }
    return buffer;
}

void as_s3_buffers_promote(struct as_s3_buffers *b, size_t size)
{
    assert(size <= b->opener_bytes);
    b->opener_bytes -= size;
}

void as_s3_buffers_give(struct as_s3_buffers *b, uint8_t *buffer, size_t size,
                        enum as_s3_share share)
{
    assert(size <= b->used_bytes);
    b->used_bytes -= size;
    if (share == AS_S3_OPENER) {
        as_s3_buffers_promote(b, size);
    }
    bool keep = size == b->part_bytes && b->idle_count < AS_S3_IDLE_MAX &&
                b->used_bytes + (uint64_t)(b->idle_count + 1) * b->part_bytes <= b->limit_bytes;
    if (keep) {
        b->idle[b->idle_count++] = buffer;
    } else {
        as_free(buffer);
    }
}
