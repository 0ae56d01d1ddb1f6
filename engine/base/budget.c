/* SPDX-License-Identifier: Apache-2.0
 * A counter, a lock and a condition; waits are bounded so that a cancelled run ends within 100 ms.
 */
#include "base/budget.h"

#include <assert.h>
#include <time.h>

#include "base/clock.h"

void as_budget_init(struct as_budget *b, uint64_t limit_bytes)
{
    *b = (struct as_budget){.limit_bytes = limit_bytes};
    pthread_mutex_init(&b->lock, NULL);
    as_cond_init(&b->freed);
}

void as_budget_fini(struct as_budget *b)
{
    pthread_cond_destroy(&b->freed);
    pthread_mutex_destroy(&b->lock);
}

static bool charge_locked(struct as_budget *b, uint64_t bytes)
{
    if (bytes > b->limit_bytes - b->locked.used_bytes) {
        return false;
    }
    b->locked.used_bytes += bytes;
    if (b->locked.used_bytes > b->locked.peak_bytes) {
        b->locked.peak_bytes = b->locked.used_bytes;
    }
    return true;
}

bool as_budget_try_charge(struct as_budget *b, uint64_t bytes)
{
    pthread_mutex_lock(&b->lock);
    bool fits = charge_locked(b, bytes);
    pthread_mutex_unlock(&b->lock);
    return fits;
}

enum as_status as_budget_charge(struct as_budget *b, uint64_t bytes, const struct as_cancel *cancel)
{
    if (bytes > b->limit_bytes) {
        return AS_E_LIMIT;
    }
    enum as_status status = AS_OK;
    pthread_mutex_lock(&b->lock);
    while (!charge_locked(b, bytes)) {
        if (as_cancel_requested(cancel)) {
            status = AS_E_CANCELLED;
            break;
        }
        as_cond_wait_ms(&b->freed, &b->lock, 100);
    }
    pthread_mutex_unlock(&b->lock);
    return status;
}

void as_budget_release(struct as_budget *b, uint64_t bytes)
{
    pthread_mutex_lock(&b->lock);
    assert(bytes <= b->locked.used_bytes);
    b->locked.used_bytes -= bytes;
    pthread_cond_broadcast(&b->freed);
    pthread_mutex_unlock(&b->lock);
}

uint64_t as_budget_peak(struct as_budget *b)
{
    pthread_mutex_lock(&b->lock);
    uint64_t peak = b->locked.peak_bytes;
    pthread_mutex_unlock(&b->lock);
    return peak;
}
