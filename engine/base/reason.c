/* SPDX-License-Identifier: Apache-2.0
 * The tables behind reason.h, made from reason.def. */
#include "base/reason.h"

#include <assert.h>

static const char *const names[] = {
#define AS_REASON(code, text) #code,
#include "base/reason.def"
#undef AS_REASON
};
static const char *const texts[] = {
#define AS_REASON(code, text) text,
#include "base/reason.def"
#undef AS_REASON
};
static_assert(AS_ARRAY_SIZE(names) == AS_REASON_COUNT, "one name a reason");

const char *as_coverage_name(enum as_coverage coverage)
{
    static const char *const coverage_names[] = {"COMPLETE", "PARTIAL", "SKIPPED"};
    return (unsigned)coverage < AS_ARRAY_SIZE(coverage_names) ? coverage_names[coverage]
                                                              : "SKIPPED";
}

const char *as_reason_name(enum as_reason reason)
{
    return (unsigned)reason < AS_REASON_COUNT ? names[reason] : "INTERNAL_FAULT";
}

const char *as_reason_text(enum as_reason reason)
{
    return (unsigned)reason < AS_REASON_COUNT ? texts[reason] : "";
}

enum as_reason as_reason_of_status(enum as_status status)
{
    static const unsigned char of_status[AS_STATUS_COUNT] = {
        [AS_OK] = AS_REASON_NONE,
        [AS_E_THROTTLED] = AS_REASON_SOURCE_THROTTLED,
        [AS_E_NETWORK] = AS_REASON_SOURCE_UNREACHABLE,
        [AS_E_SERVER] = AS_REASON_SOURCE_UNREACHABLE,
        [AS_E_TIMEOUT] = AS_REASON_TIME_CUT_OFF_REACHED,
        [AS_E_OBJECT_CHANGED] = AS_REASON_OBJECT_VERSION_MISMATCH,
        [AS_E_NOT_FOUND] = AS_REASON_SOURCE_OBJECT_NO_LONGER_AVAILABLE,
        [AS_E_DENIED] = AS_REASON_PERMISSION_DENIED,
        [AS_E_OBJECT_STATE] = AS_REASON_INVALID_OBJECT_STATE,
        [AS_E_ENCRYPTION] = AS_REASON_INVALID_ENCRYPTION,
        [AS_E_KMS_KEY] = AS_REASON_INVALID_KMS_KEY,
        [AS_E_IO] = AS_REASON_SOURCE_READ_ERROR,
        [AS_E_CORRUPT] = AS_REASON_MALFORMED_FILE,
        [AS_E_TRUNCATED] = AS_REASON_TRUNCATED_CONTENT,
        [AS_E_LIMIT] = AS_REASON_FILE_EXCEEDS_SIZE_LIMIT,
        [AS_E_UNSUPPORTED] = AS_REASON_UNSUPPORTED_FILE_KIND,
        [AS_E_PROTOCOL] = AS_REASON_SOURCE_PROTOCOL_ERROR,
        [AS_E_NO_BUCKET] = AS_REASON_NO_SUCH_BUCKET_AVAILABLE,
        [AS_E_CREDENTIALS] = AS_REASON_CREDENTIALS_EXPIRED,
        [AS_E_ACCESS_KEY] = AS_REASON_CREDENTIALS_UNKNOWN,
        [AS_E_SIGNATURE] = AS_REASON_SIGNATURE_REJECTED,
        [AS_E_CLOCK] = AS_REASON_CLOCK_SKEWED,
        [AS_E_NO_MEMORY] = AS_REASON_INTERNAL_FAULT,
        [AS_E_OUTPUT] = AS_REASON_INTERNAL_FAULT,
        [AS_E_CLOSED] = AS_REASON_INTERRUPTED,
        [AS_E_CANCELLED] = AS_REASON_INTERRUPTED,
        [AS_E_USAGE] = AS_REASON_INTERNAL_FAULT,
        [AS_E_NOT_YET] = AS_REASON_UNSUPPORTED_FILE_KIND,
        [AS_E_BUG] = AS_REASON_INTERNAL_FAULT,
    };
    return (unsigned)status < AS_STATUS_COUNT ? (enum as_reason)of_status[status]
                                              : AS_REASON_INTERNAL_FAULT;
}
