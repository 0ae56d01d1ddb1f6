/* SPDX-License-Identifier: Apache-2.0
 * Formats a line of at most 1 KiB and hands it to the callback; control characters become '?'. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

static _Atomic(as_log_fn *) s_sink;
static _Atomic int s_least = AS_LOG_WARNING;

void as_log_set(as_log_fn *sink, enum as_log_level least)
{
    atomic_store(&s_least, (int)least);
    atomic_store(&s_sink, sink);
}

void as_log(enum as_log_level level, const char *format, ...)
{
    as_log_fn *sink = atomic_load(&s_sink);
    if (sink == NULL || (int)level < atomic_load(&s_least)) {
        return;
    }
    char line[1024];
    va_list args;
    va_start(args, format);
    AS_IGNORE(vsnprintf(line, sizeof line, format, args) < 0, "a cut line is still one");
    va_end(args);
    for (char *c = line; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    sink(level, line);
}
