/* SPDX-License-Identifier: Apache-2.0
 * Status codes: what every fallible function returns, and the class that tells its caller what to
 * do. A status never says what was found: coverage and reason (reason.h) do. Threads: pure. */
#ifndef AS_BASE_STATUS_H
#define AS_BASE_STATUS_H

#include "base/attr.h"

enum as_status {
#define AS_STATUS(code, class, text) AS_##code,
#include "base/status.def"
#undef AS_STATUS
    AS_STATUS_COUNT
};

enum as_status_class {
    AS_CLASS_DONE,        /* success */
    AS_CLASS_RETRY,       /* the same call may succeed later */
    AS_CLASS_SKIP_OBJECT, /* this object or member is over; the run goes on */
    AS_CLASS_STOP_RUN,    /* the run or target cannot go on */
    AS_CLASS_BUG,         /* misuse or a fault of ours */
};

/** Name of a code, for example "E_DENIED". Never NULL. */
const char *as_status_name(enum as_status status);
/** One line of English for a code. Never NULL. */
const char *as_status_text(enum as_status status);
enum as_status_class as_status_class(enum as_status status);

#endif
