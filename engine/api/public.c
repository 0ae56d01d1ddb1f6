/* SPDX-License-Identifier: Apache-2.0
 * See public.h. Every status of the modules has a public one in a table; the public ones are few
 * and never change meaning. */
#include "api/public.h"

#include <stdio.h>
#include <string.h>

static const enum assay_status public_of[AS_STATUS_COUNT] = {
    [AS_OK] = ASSAY_OK,
    [AS_E_THROTTLED] = ASSAY_E_UNREACHABLE,
    [AS_E_NETWORK] = ASSAY_E_UNREACHABLE,
    [AS_E_SERVER] = ASSAY_E_UNREACHABLE,
    [AS_E_TIMEOUT] = ASSAY_E_UNREACHABLE,
    [AS_E_OBJECT_CHANGED] = ASSAY_E_UNREACHABLE,
    [AS_E_NOT_FOUND] = ASSAY_E_UNREACHABLE,
    [AS_E_DENIED] = ASSAY_E_UNREACHABLE,
    [AS_E_OBJECT_STATE] = ASSAY_E_UNREACHABLE,
    [AS_E_ENCRYPTION] = ASSAY_E_UNREACHABLE,
    [AS_E_KMS_KEY] = ASSAY_E_UNREACHABLE,
    [AS_E_IO] = ASSAY_E_UNREACHABLE,
    [AS_E_CORRUPT] = ASSAY_E_UNREACHABLE,
    [AS_E_TRUNCATED] = ASSAY_E_UNREACHABLE,
    [AS_E_LIMIT] = ASSAY_E_UNREACHABLE,
    [AS_E_UNSUPPORTED] = ASSAY_E_UNREACHABLE,
    [AS_E_PROTOCOL] = ASSAY_E_UNREACHABLE,
    [AS_E_NO_BUCKET] = ASSAY_E_UNREACHABLE,
    [AS_E_CREDENTIALS] = ASSAY_E_UNREACHABLE,
    [AS_E_ACCESS_KEY] = ASSAY_E_UNREACHABLE,
    [AS_E_SIGNATURE] = ASSAY_E_UNREACHABLE,
    [AS_E_CLOCK] = ASSAY_E_UNREACHABLE,
    [AS_E_NO_MEMORY] = ASSAY_E_NO_MEMORY,
    [AS_E_OUTPUT] = ASSAY_E_OUTPUT,
    [AS_E_CLOSED] = ASSAY_E_FAULT,
    [AS_E_CANCELLED] = ASSAY_E_CANCELLED,
    [AS_E_USAGE] = ASSAY_E_USAGE,
    [AS_E_NOT_YET] = ASSAY_E_NOT_YET,
    [AS_E_BUG] = ASSAY_E_FAULT,
};

const char *assay_version(void)
{
    return ASSAY_VERSION;
}

const char *assay_status_text(enum assay_status status)
{
    static const char *const texts[] = {
        [ASSAY_OK] = "success",
        [ASSAY_E_USAGE] = "wrong usage or configuration",
        [ASSAY_E_NOT_YET] = "not yet supported",
        [ASSAY_E_NO_MEMORY] = "out of memory",
        [ASSAY_E_CANCELLED] = "cancelled",
        [ASSAY_E_OUTPUT] = "results cannot be written",
        [ASSAY_E_UNREACHABLE] = "the target cannot be read",
        [ASSAY_E_FAULT] = "internal fault",
    };
    return (size_t)status < AS_ARRAY_SIZE(texts) ? texts[status] : "unknown status";
}

enum assay_status as_public_status(enum as_status status)
{
    return (unsigned)status < AS_STATUS_COUNT ? public_of[status] : ASSAY_E_FAULT;
}

enum assay_status as_public_fail(struct assay_error *to, enum as_status status,
                                 const struct as_error *from)
{
    enum assay_status told = as_public_status(status);
    if (to != NULL) {
        bool has_message = from != NULL && from->message[0] != '\0';
        to->status = told;
        AS_IGNORE(snprintf(to->message, sizeof to->message, "%s",
                           has_message ? from->message : as_status_text(status)) < 0,
                  "a cut message is still one");
    }
    return told;
}

static bool take_size(const void *given, size_t *out_size)
{
    memcpy(out_size, given, sizeof *out_size);
    return *out_size > sizeof *out_size;
}

bool as_public_config_take(void *own, size_t own_size, const void *given)
{
    size_t size;
    if (!take_size(given, &size)) {
        return false;
    }
    memcpy(own, given, size < own_size ? size : own_size);
    return true;
}

bool as_public_struct_give(void *given, const void *own, size_t own_size)
{
    size_t size;
    if (!take_size(given, &size)) {
        return false;
    }
    size_t from = sizeof size; /* the size field stays the caller's */
    size_t until = size < own_size ? size : own_size;
    memcpy((char *)given + from, (const char *)own + from, until - from);
    return true;
}
