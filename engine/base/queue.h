/* SPDX-License-Identifier: Apache-2.0
 * struct as_queue: a bounded queue of pointers for hand-over between threads. What is pushed
 * belongs to the queue, what is popped to the popper. Order is first in, first out.
 *
 * Closing: after as_queue_close no push succeeds and pops drain what is left, then return
 * AS_E_CLOSED. Threads: any number of pushers and poppers. */
#ifndef AS_BASE_QUEUE_H
#define AS_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"
#include "base/status.h"

struct as_queue {
    size_t capacity; /* constant after init */
    const struct as_cancel *cancel;
    void **items;
    struct { /* guarded by lock */
        size_t head;
        size_t count;
        bool closed;
    } locked;
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
};

/** `cancel` may be NULL; once it is requested, blocked calls return AS_E_CANCELLED within 100 ms.
 */
enum as_status as_queue_init(struct as_queue *q, size_t capacity,
                             const struct as_cancel *cancel) AS_MUST_CHECK;
/** The queue must be empty or its items must not need freeing. */
void as_queue_fini(struct as_queue *q);
enum as_status as_queue_push(struct as_queue *q, void *item) AS_MUST_CHECK;
/** AS_E_LIMIT when full. Never blocks. */
enum as_status as_queue_try_push(struct as_queue *q, void *item) AS_MUST_CHECK;
enum as_status as_queue_pop(struct as_queue *q, void **out_item) AS_MUST_CHECK;
/** AS_E_NOT_FOUND when empty and open. Works after a cancel too, for draining. Never blocks. */
enum as_status as_queue_try_pop(struct as_queue *q, void **out_item) AS_MUST_CHECK;
void as_queue_close(struct as_queue *q);
size_t as_queue_count(struct as_queue *q);

#endif
