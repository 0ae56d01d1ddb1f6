/* SPDX-License-Identifier: Apache-2.0
 * struct as_value_set: up to AS_DISTINCT_MAX different 64-bit hashes, for `distinct`. Exact below
 * the limit; at the limit it stops taking more. Threads: one owner. */
#ifndef AS_FINDINGS_VALUE_SET_H
#define AS_FINDINGS_VALUE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct as_value_set {
    uint64_t *slots;     /* open addressing; 0 is empty, so the value 0 stands in has_zero */
    uint32_t slot_count; /* 0 or a power of two */
    uint32_t count;      /* has_zero included; <= AS_DISTINCT_MAX */
    bool has_zero;
};

void as_value_set_fini(struct as_value_set *s);
/** Nothing when it is there already or the set is full. */
enum as_status as_value_set_add(struct as_value_set *s, uint64_t value) AS_MUST_CHECK;
enum as_status as_value_set_merge(struct as_value_set *into,
                                  const struct as_value_set *from) AS_MUST_CHECK;
uint64_t as_value_set_bytes(const struct as_value_set *s);

#endif
