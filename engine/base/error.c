/* SPDX-License-Identifier: Apache-2.0
 * Filling struct as_error. Control characters are replaced, since names of objects are foreign
 * text. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            *text = '?';
        }
    }
}

void as_error_clear(struct as_error *err)
{
    if (err != NULL) {
        memset(err, 0, sizeof *err);
    }
}

enum as_status as_fail(struct as_error *err, enum as_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        as_error_clear(err);
        err->status = status;
        va_start(args, format);
        AS_IGNORE(vsnprintf(err->message, sizeof err->message, format, args) < 0,
                  "a cut message is still one");
        va_end(args);
        make_printable(err->message);
    }
    return status;
}

enum as_status as_fail_errno(struct as_error *err, enum as_status status, int sys_errno,
                             const char *format, ...)
{
    if (err != NULL) {
        char reason[128];
        va_list args;
        as_error_clear(err);
        err->status = status;
        err->sys_errno = sys_errno;
        va_start(args, format);
        AS_IGNORE(vsnprintf(err->message, sizeof err->message, format, args) < 0,
                  "a cut message is still one");
        va_end(args);
        const char *text = strerror_r(sys_errno, reason, sizeof reason);
        size_t used = strlen(err->message);
        AS_IGNORE(snprintf(err->message + used, sizeof err->message - used, ": %s", text) < 0,
                  "as above");
        make_printable(err->message);
    }
    return status;
}
