/* SPDX-License-Identifier: Apache-2.0
 * What the process does on signals (docs/operations.md, Signals), and keeping what it reads out of
 * core dumps. Handlers need global state: there is one set of handlers a process. */
#ifndef AS_CLI_SIGNALS_H
#define AS_CLI_SIGNALS_H

#include "base/cancel.h"

/** First thing in main: no core dumps (RLIMIT_CORE 0, not dumpable), a closed pipe or a file size
 * limit is an error code and not the end, and a crash (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT)
 * ends with a message and exit code 5. */
void as_signals_harden(void);
/** From now on SIGINT, SIGTERM and SIGHUP request `cancel`; the second one exits with 130 at once.
 * SIGHUP stays ignored where it was (nohup). */
void as_signals_cancel_on_interrupt(struct as_cancel *cancel);
/** Tells the crash message where results so far are kept (a folder), or NULL; copied. With
 * `hide_names` the message does not name the object. */
void as_signals_describe_run(const char *output_dir, bool hide_names);

#endif
