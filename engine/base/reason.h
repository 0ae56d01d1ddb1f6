/* SPDX-License-Identifier: Apache-2.0
 * Coverage and reason: how much of an object or member was read, and why not all of it. This is
 * data, not an error; "not read in full" can never look like "clean". Threads: pure. */
#ifndef AS_BASE_REASON_H
#define AS_BASE_REASON_H

#include "base/status.h"

enum as_coverage { AS_COMPLETE, AS_PARTIAL, AS_SKIPPED };

enum as_reason {
#define AS_REASON(code, text) AS_REASON_##code,
#include "base/reason.def"
#undef AS_REASON
    AS_REASON_COUNT
};

/** "COMPLETE", "PARTIAL" or "SKIPPED". */
const char *as_coverage_name(enum as_coverage coverage);
/** The code as it stands in results, for example "PERMISSION_DENIED"; "NONE" for no reason. */
const char *as_reason_name(enum as_reason reason);
/** One line of English. */
const char *as_reason_text(enum as_reason reason);
/** The reason a result carries when reading ended with `status` (never for AS_OK). */
enum as_reason as_reason_of_status(enum as_status status);

#endif
