/* SPDX-License-Identifier: Apache-2.0
 * Log lines go to one callback, set once by the program; without it they are dropped. Only io,
 * pipeline and cli log, and each fault once, by the layer that stops passing it on. Matched bytes
 * are never logged. Threads: any; the callback must be thread-safe. */
#ifndef AS_BASE_LOG_H
#define AS_BASE_LOG_H

#include "base/attr.h"

enum as_log_level { AS_LOG_DEBUG, AS_LOG_INFO, AS_LOG_WARNING, AS_LOG_ERROR };

typedef void as_log_fn(enum as_log_level level, const char *line);

/** NULL turns logging off. */
void as_log_set(as_log_fn *sink, enum as_log_level least);
void as_log(enum as_log_level level, const char *format, ...) AS_PRINTF(2, 3);

#endif
