/* SPDX-License-Identifier: Apache-2.0
 * See signals.h. Handlers use async-signal-safe functions only (POSIX.1-2017, 2.4.3): write, _exit,
 * and lock-free atomics. The crash handler runs on the thread that faulted, which is what makes
 * as_run_current_object() name the right object; that name is a key or path, never content. */
#include "cli/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/commands.h"
#include "pipeline/run.h"

#define CRASH_STACK_BYTES 65536U
#define DIR_BYTES_MAX 4096U
#define NAME_BYTES_SHOWN 1024U

static struct as_cancel *_Atomic s_cancel;
static atomic_uint s_interrupts;
static atomic_bool s_hide_names;
static char s_output_dir[DIR_BYTES_MAX];               /* written before any thread starts */
static unsigned char s_crash_stack[CRASH_STACK_BYTES]; /* the main thread's alternate stack */

static void say(const char *text)
{
    AS_IGNORE(write(STDERR_FILENO, text, strlen(text)) < 0, "there is nobody else to tell");
}

static void on_interrupt(int signal_number)
{
    AS_IGNORE(signal_number == 0, "all interrupts are alike");
    if (atomic_fetch_add(&s_interrupts, 1) != 0) {
        _exit(AS_EXIT_INTERRUPTED);
    }
    struct as_cancel *cancel = atomic_load(&s_cancel);
    if (cancel != NULL) {
        as_cancel_request(cancel);
    }
    say("\nassay: interrupted; reporting what was done (again to exit at once)\n");
}

static void say_name(const char *name)
{
    char safe[NAME_BYTES_SHOWN + 1];
    size_t len = 0;
    /* Only ASCII: what else may steer a terminal takes tables, and this runs in a handler. */
    for (; len < NAME_BYTES_SHOWN && name[len] != '\0'; len++) {
        unsigned char c = (unsigned char)name[len];
        safe[len] = (char)(c < 0x20 || c >= 0x7f ? '?' : name[len]);
    }
    safe[len] = '\0';
    say(safe);
}

static void on_crash(int signal_number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{SIGSEGV, "SIGSEGV"},
                 {SIGBUS, "SIGBUS"},
                 {SIGILL, "SIGILL"},
                 {SIGFPE, "SIGFPE"},
                 {SIGABRT, "SIGABRT"}};
    say("\nassay: error: internal fault (");
    for (size_t i = 0; i < AS_ARRAY_SIZE(names); i++) {
        if (names[i].number == signal_number) {
            say(names[i].name);
        }
    }
    const char *object = as_run_current_object();
    say(")");
    if (object != NULL && !atomic_load(&s_hide_names)) {
        say(" while reading '");
        say_name(object);
        say("'");
    }
    say("; this run is not whole");
    if (s_output_dir[0] != '\0') {
        say("; results so far are in the spool in ");
        say_name(s_output_dir);
    }
    say("\n");
    _exit(AS_EXIT_FAULT);
}

static void handle(int signal_number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    AS_IGNORE(sigemptyset(&action.sa_mask) != 0, "cannot fail");
    AS_IGNORE(sigaction(signal_number, &action, NULL) != 0, "only for numbers that are no signal");
}

void as_signals_harden(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    const struct rlimit no_core = {0, 0};
    AS_IGNORE(setrlimit(RLIMIT_CORE, &no_core) != 0, "lowering a limit is always allowed");
    handle(SIGPIPE, SIG_IGN, 0);
    handle(SIGXFSZ, SIG_IGN, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* Sanitizers report crashes themselves, and the leak check must be allowed to trace. */
    AS_IGNORE(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0, "RLIMIT_CORE holds as well");
    const stack_t stack = {.ss_sp = s_crash_stack, .ss_size = sizeof s_crash_stack};
    AS_IGNORE(sigaltstack(&stack, NULL) != 0, "then only a stack overflow goes without a message");
    for (size_t i = 0; i < AS_ARRAY_SIZE(crashes); i++) {
        handle(crashes[i], on_crash, SA_ONSTACK | (int)SA_RESETHAND);
    }
#else
    AS_IGNORE(crashes[0] == 0 || s_crash_stack[0] != 0 || on_crash == NULL, "not used here");
#endif
}

void as_signals_cancel_on_interrupt(struct as_cancel *cancel)
{
    struct sigaction hangup;
    atomic_store(&s_cancel, cancel);
    atomic_store(&s_interrupts, 0);
    handle(SIGINT, on_interrupt, SA_RESTART);
    handle(SIGTERM, on_interrupt, SA_RESTART);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) {
        handle(SIGHUP, on_interrupt, SA_RESTART);
    }
}

void as_signals_describe_run(const char *output_dir, bool hide_names)
{
    bool has_dir = output_dir != NULL && strcmp(output_dir, "-") != 0;
    AS_IGNORE(snprintf(s_output_dir, sizeof s_output_dir, "%s", has_dir ? output_dir : "") < 0,
              "a cut path is still a hint");
    atomic_store(&s_hide_names, hide_names);
}
