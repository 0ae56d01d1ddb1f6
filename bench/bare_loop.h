/* SPDX-License-Identifier: Apache-2.0
 * The limit that receiving is measured against: libcurl alone, ranged GETs of presigned URLs over
 * kept-alive connections, bytes discarded. */
#ifndef AS_BENCH_BARE_LOOP_H
#define AS_BENCH_BARE_LOOP_H

#include <stddef.h>

#include "base/error.h"

struct as_bare_get {
    char *url; /* presigned; owned by the caller */
    uint64_t size;
};

/** Gets every object in ranges of `part_bytes`, `connections` at a time. *out_bytes is what came.
 * AS_E_NETWORK when a GET fails: the limit is then not measured. */
enum as_status as_bare_loop_run(const struct as_bare_get *gets, size_t count, size_t part_bytes,
                                unsigned connections, uint64_t *out_bytes,
                                struct as_error *err) AS_MUST_CHECK;

#endif
