/* SPDX-License-Identifier: Apache-2.0
 * See thread.h. The signal stack lives in the same allocation as the arguments and goes back when
 * the thread's function returns. Test: tests/unit/base/test_thread.c. */
#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "base/mem.h"

#define SIGNAL_STACK_BYTES 65536U /* a signal frame with AVX-512 state takes about 4 KiB */

struct start {
    as_thread_fn *main;
    void *arg;
    _Alignas(max_align_t) unsigned char stack[SIGNAL_STACK_BYTES];
};

static void *run(void *arg)
{
    struct start *s = arg;
    const stack_t on = {.ss_sp = s->stack, .ss_size = sizeof s->stack};
    const stack_t off = {.ss_flags = SS_DISABLE};
    AS_IGNORE(sigaltstack(&on, NULL) != 0, "then only a stack overflow goes without a message");
    void *result = s->main(s->arg);
    AS_IGNORE(sigaltstack(&off, NULL) != 0, "it is set: this thread does not run on it");
    as_free(s);
    return result;
}

int as_thread_start(pthread_t *out, as_thread_fn *main, void *arg)
{
    struct start *s = as_malloc(sizeof *s);
    if (s == NULL) {
        return ENOMEM;
    }
    s->main = main;
    s->arg = arg;
    int failed = pthread_create(out, NULL, run, s);
    if (failed != 0) {
        as_free(s);
    }
    return failed;
}
