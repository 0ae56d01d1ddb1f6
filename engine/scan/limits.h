/* SPDX-License-Identifier: Apache-2.0
 * The limits that benches quote beside our own rate: Hyperscan over the same bytes with a given
 * list of patterns, in block mode, without start of match. Not used by scans. */
#ifndef AS_SCAN_LIMITS_H
#define AS_SCAN_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct as_limit;

/** Compiles `count` patterns to one database. `literal`: they are plain text (escaped here),
 * matched in any case. */
enum as_status as_limit_new(const char *const *patterns, size_t count, bool literal,
                            struct as_limit **out, struct as_error *err) AS_MUST_CHECK;
void as_limit_free(struct as_limit *l);
/** Scans in slices of 256 KiB; *out_matches counts the callbacks. */
enum as_status as_limit_scan(struct as_limit *l, const void *bytes, size_t len,
                             uint64_t *out_matches) AS_MUST_CHECK;

#endif
