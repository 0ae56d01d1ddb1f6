/* SPDX-License-Identifier: Apache-2.0
 * A ring under one mutex. Items are whole blocks or objects, so the lock is taken some thousand
 * times a second at most; bench/ would show it if that changed. */
#include "base/queue.h"

#include "base/clock.h"
#include "base/mem.h"

enum as_status as_queue_init(struct as_queue *q, size_t capacity, const struct as_cancel *cancel)
{
    *q = (struct as_queue){.capacity = capacity == 0 ? 1 : capacity, .cancel = cancel};
    q->items = as_calloc(q->capacity, sizeof *q->items);
    if (q->items == NULL) {
        return AS_E_NO_MEMORY;
    }
    pthread_mutex_init(&q->lock, NULL);
    as_cond_init(&q->not_empty);
    as_cond_init(&q->not_full);
    return AS_OK;
}

void as_queue_fini(struct as_queue *q)
{
    if (q->items != NULL) {
        pthread_cond_destroy(&q->not_full);
        pthread_cond_destroy(&q->not_empty);
        pthread_mutex_destroy(&q->lock);
        as_free(q->items);
        q->items = NULL;
    }
}

static enum as_status try_push_locked(struct as_queue *q, void *item)
{
    if (q->locked.closed) {
        return AS_E_CLOSED;
    }
    if (q->locked.count == q->capacity) {
        return AS_E_LIMIT;
    }
    q->items[(q->locked.head + q->locked.count) % q->capacity] = item;
    q->locked.count++;
    pthread_cond_signal(&q->not_empty);
    return AS_OK;
}

static enum as_status try_pop_locked(struct as_queue *q, void **out_item)
{
    if (q->locked.count == 0) {
        return q->locked.closed ? AS_E_CLOSED : AS_E_NOT_FOUND;
    }
    *out_item = q->items[q->locked.head];
    q->locked.head = (q->locked.head + 1) % q->capacity;
    q->locked.count--;
    pthread_cond_signal(&q->not_full);
    return AS_OK;
}

enum as_status as_queue_push(struct as_queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    enum as_status status;
    while ((status = try_push_locked(q, item)) == AS_E_LIMIT) {
        if (as_cancel_requested(q->cancel)) {
            status = AS_E_CANCELLED;
            break;
        }
        as_cond_wait_ms(&q->not_full, &q->lock, 100);
    }
    pthread_mutex_unlock(&q->lock);
    return status;
}

enum as_status as_queue_try_push(struct as_queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    enum as_status status = try_push_locked(q, item);
    pthread_mutex_unlock(&q->lock);
    return status;
}

enum as_status as_queue_pop(struct as_queue *q, void **out_item)
{
    pthread_mutex_lock(&q->lock);
    enum as_status status;
    while (true) {
        if (as_cancel_requested(q->cancel)) {
            status = AS_E_CANCELLED;
            break;
        }
        status = try_pop_locked(q, out_item);
        if (status != AS_E_NOT_FOUND) {
            break;
        }
        as_cond_wait_ms(&q->not_empty, &q->lock, 100);
    }
    pthread_mutex_unlock(&q->lock);
    return status;
}

enum as_status as_queue_try_pop(struct as_queue *q, void **out_item)
{
    pthread_mutex_lock(&q->lock);
    enum as_status status = try_pop_locked(q, out_item);
    pthread_mutex_unlock(&q->lock);
    return status;
}

void as_queue_close(struct as_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->locked.closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->not_full);
    pthread_mutex_unlock(&q->lock);
}

size_t as_queue_count(struct as_queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t count = q->locked.count;
    pthread_mutex_unlock(&q->lock);
    return count;
}
