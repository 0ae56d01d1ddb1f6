/* SPDX-License-Identifier: Apache-2.0
 * Starting threads. Each gets a stack of its own for signal handlers (sigaltstack), so that the
 * program's crash handler can say what happened when a thread's stack has run over: without one,
 * the handler would need the very stack that is used up. Threads: any. */
#ifndef AS_BASE_THREAD_H
#define AS_BASE_THREAD_H

#include <pthread.h>

#include "base/attr.h"

typedef void *as_thread_fn(void *arg);

/** Runs main(arg) on a new thread, which the caller joins. 0, or the error number. `main` must
 * return and not call pthread_exit. */
int as_thread_start(pthread_t *out, as_thread_fn *main, void *arg) AS_MUST_CHECK;

#endif
