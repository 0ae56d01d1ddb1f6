/* SPDX-License-Identifier: Apache-2.0
 * struct as_error: the detail of one failure. Caller's storage; never allocates, so that running
 * out of memory can be reported too. Matched bytes never go into it; keys and paths may (they are
 * identity). Threads: one owner. */
#ifndef AS_BASE_ERROR_H
#define AS_BASE_ERROR_H

#include <stdint.h>

#include "base/status.h"

struct as_error {
    enum as_status status;
    int sys_errno;     /* 0 when no system call failed */
    int http_status;   /* 0 when no HTTP answer was seen */
    uint64_t offset;   /* byte offset in the input where it failed; 0 when unknown */
    char code[64];     /* the service's own error code, for example "NoSuchBucket"; may be empty */
    char message[512]; /* what failed, where, why, what to do; one line */
};

/** Fills *err (may be NULL) and returns `status`: `return as_fail(err, AS_E_IO, "…", …);` */
enum as_status as_fail(struct as_error *err, enum as_status status, const char *format, ...)
    AS_PRINTF(3, 4);
/** As as_fail, with the system error's text appended. */
enum as_status as_fail_errno(struct as_error *err, enum as_status status, int sys_errno,
                             const char *format, ...) AS_PRINTF(4, 5);
void as_error_clear(struct as_error *err);

#endif
