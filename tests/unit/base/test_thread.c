/* SPDX-License-Identifier: Apache-2.0
 * A thread whose stack runs over still reaches the handler of SIGSEGV. */
#include "test.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/thread.h"

#define TOLD 42

static void on_fault(int number)
{
    _exit(number == SIGSEGV ? TOLD : 1);
}

/* Not a tail call, and no end that the compiler could see. */
static unsigned recurse(volatile unsigned *depth)
{
    volatile unsigned char room[1024];
    room[*depth % sizeof room] = 1;
    *depth += 1;
    return *depth == 0 ? 0 : recurse(depth) + room[0];
}

static void *overflow(void *arg)
{
    volatile unsigned depth = 1;
    return (void *)(uintptr_t)(recurse(&depth) + (arg != NULL));
}

static void a_stack_that_runs_over_is_reported(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        struct sigaction action = {.sa_flags = SA_ONSTACK};
        pthread_t thread;
        action.sa_handler = on_fault;
        sigemptyset(&action.sa_mask);
        if (setrlimit(RLIMIT_CORE, &no_core) == 0 && sigaction(SIGSEGV, &action, NULL) == 0 &&
            as_thread_start(&thread, overflow, NULL) == 0) {
            pthread_join(thread, NULL);
        }
        _exit(3);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), TOLD);
}

static void *add_one(void *arg)
{
    *(unsigned *)arg += 1;
    return arg;
}

static void a_thread_runs_and_gives_its_result(void **state)
{
    (void)state;
    unsigned value = 6;
    void *result = NULL;
    pthread_t thread;
    assert_int_equal(as_thread_start(&thread, add_one, &value), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &value);
    assert_int_equal(value, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_that_runs_over_is_reported),
        cmocka_unit_test(a_thread_runs_and_gives_its_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
