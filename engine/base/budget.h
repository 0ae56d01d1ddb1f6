/* SPDX-License-Identifier: Apache-2.0
 * struct as_budget: how much memory a stage may hold. The run's --memory is split into one budget a
 * stage at start; whatever depends on input is charged before it is allocated. Charging blocks
 * (back-pressure) or refuses (a decoder that is too big). Threads: any. */
#ifndef AS_BASE_BUDGET_H
#define AS_BASE_BUDGET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/status.h"

struct as_budget {
    uint64_t limit_bytes; /* constant after init */
    struct {              /* guarded by lock */
        uint64_t used_bytes;
        uint64_t peak_bytes;
    } locked;
    pthread_mutex_t lock;
    pthread_cond_t freed;
};

void as_budget_init(struct as_budget *b, uint64_t limit_bytes);
void as_budget_fini(struct as_budget *b);
/** False when `bytes` do not fit now. */
bool as_budget_try_charge(struct as_budget *b, uint64_t bytes) AS_MUST_CHECK;
/** Waits until `bytes` fit. AS_E_LIMIT when they never can, AS_E_CANCELLED when `cancel` was set.
 */
enum as_status as_budget_charge(struct as_budget *b, uint64_t bytes,
                                const struct as_cancel *cancel) AS_MUST_CHECK;
void as_budget_release(struct as_budget *b, uint64_t bytes);
uint64_t as_budget_peak(struct as_budget *b);

#endif
