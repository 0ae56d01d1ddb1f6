/* SPDX-License-Identifier: Apache-2.0
 * struct as_cancel: one flag that ends a run early. Set from a signal handler or any thread;
 * blocking calls look at it at least every 100 ms. */
#ifndef AS_BASE_CANCEL_H
#define AS_BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct as_cancel {
    atomic_bool requested;
};

static inline void as_cancel_request(struct as_cancel *c)
{
    atomic_store_explicit(&c->requested, true, memory_order_release);
}

/** NULL: never cancelled. */
static inline bool as_cancel_requested(const struct as_cancel *c)
{
    return c != NULL && atomic_load_explicit(&c->requested, memory_order_acquire);
}

#endif
