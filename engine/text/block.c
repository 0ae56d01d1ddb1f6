/* SPDX-License-Identifier: Apache-2.0
 * Blocks and the pool of their buffers. Buffers are made when they are first needed and kept until
 * the pool goes, so small runs touch little memory and long ones allocate nothing. Taking a buffer
 * waits in steps of at most 100 ms and looks for a cancel between them.
 *
 * Threads: any; the list of free buffers has one lock, taken twice a block. */
#include "text/block.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/delimited.h"
#include "text/json_walk.h"

#define WAIT_MS 100U

struct as_block_pool {
    uint32_t block_bytes; /* constant after new */
    unsigned count;
    const struct as_cancel *cancel;
    struct { /* guarded by lock */
        struct as_buffer *free;
        unsigned made;
    } locked;
    pthread_mutex_t lock;
    pthread_cond_t freed;
};

/** Bytes of one buffer whose payload and ahead take `capacity`. */
static size_t buffer_bytes(size_t capacity)
{
    return sizeof(struct as_buffer) + AS_REACH_BACK + capacity + AS_BUFFER_SLACK + AS_BLOCK_PADDING;
}

static struct as_buffer *buffer_new(size_t capacity)
{
    struct as_buffer *b = as_malloc(buffer_bytes(capacity));
    if (b != NULL) {
        memset(b, 0, sizeof *b);
        b->text = (uint8_t *)(b + 1) + AS_REACH_BACK;
    }
    return b;
}

struct as_block_pool *as_block_pool_new(uint32_t block_bytes, unsigned count,
                                        const struct as_cancel *cancel)
{
    struct as_block_pool *p = as_calloc(1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    p->block_bytes = block_bytes == 0 ? 1 : block_bytes;
    p->block_bytes = p->block_bytes > AS_BLOCK_BYTES_MAX ? AS_BLOCK_BYTES_MAX : p->block_bytes;
    p->count = count < 2 ? 2 : count;
    p->cancel = cancel;
    pthread_mutex_init(&p->lock, NULL);
    as_cond_init(&p->freed);
    return p;
}

void as_block_pool_free(struct as_block_pool *p)
{
    if (p == NULL) {
        return;
    }
    for (struct as_buffer *b = p->locked.free, *next; b != NULL; b = next) {
        next = b->next;
        as_free(b);
    }
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
    as_free(p);
}

uint64_t as_block_pool_bytes(uint32_t block_bytes, unsigned count)
{
    uint64_t payload = block_bytes == 0 ? 1 : block_bytes;
    payload = payload > AS_BLOCK_BYTES_MAX ? AS_BLOCK_BYTES_MAX : payload;
    return sizeof(struct as_block_pool) +
           (uint64_t)(count < 2 ? 2 : count) * buffer_bytes((size_t)payload + AS_REACH_AHEAD);
}

uint32_t as_block_pool_block_bytes(const struct as_block_pool *p)
{
    return p->block_bytes;
}

enum as_status as_block_pool_acquire(struct as_block_pool *p, struct as_buffer **out)
{
    enum as_status status = AS_OK;
    struct as_buffer *b = NULL;
    pthread_mutex_lock(&p->lock);
    while (p->locked.free == NULL && p->locked.made == p->count) {
        if (as_cancel_requested(p->cancel)) {
            status = AS_E_CANCELLED;
            break;
        }
        as_cond_wait_ms(&p->freed, &p->lock, WAIT_MS);
    }
    if (status == AS_OK && p->locked.free != NULL) {
        b = p->locked.free;
        p->locked.free = b->next;
    } else if (status == AS_OK) {
        b = buffer_new((size_t)p->block_bytes + AS_REACH_AHEAD);
        p->locked.made += b != NULL;
        status = b == NULL ? AS_E_NO_MEMORY : AS_OK;
    }
    pthread_mutex_unlock(&p->lock);
    if (status == AS_OK) {
        b->pool = p;
        b->block = (struct as_block){.buffer = b};
        *out = b;
    }
    return status;
}

void as_block_pool_release(struct as_buffer *b)
{
    if (b == NULL) {
        return;
    }
    struct as_block_pool *p = b->pool;
    if (p == NULL) {
        as_free(b);
        return;
    }
    pthread_mutex_lock(&p->lock);
    b->next = p->locked.free;
    p->locked.free = b;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->lock);
}

void as_block_free(struct as_block *b)
{
    if (b == NULL) {
        return;
    }
    as_text_unref(b->text);
    as_json_walk_free(b->walk);
    as_block_pool_release(b->buffer);
}

struct as_block *as_block_of_bytes(struct as_text *text, const void *bytes, size_t len)
{
    if (len > UINT32_MAX - AS_REACH_AHEAD) {
        return NULL;
    }
    struct as_text *owned = text == NULL ? as_text_new() : as_text_ref(text);
    struct as_buffer *b = owned == NULL ? NULL : buffer_new(len);
    if (b == NULL) {
        as_text_unref(owned);
        return NULL;
    }
    if (len != 0) {
        memcpy(b->text, bytes, len);
    }
    memset(b->text + len, 0, AS_BLOCK_PADDING);
    b->block = (struct as_block){.text = owned,
                                 .source_offset = owned->bom_bytes,
                                 .data = b->text,
                                 .size = (uint32_t)len,
                                 .entry = {.cell = as_delimited_start(owned).cell},
                                 .last = true,
                                 .buffer = b};
    return &b->block;
}
