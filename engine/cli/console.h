/* SPDX-License-Identifier: Apache-2.0
 * Standard error as the user sees it: messages, log lines, and one transient line (progress) that
 * messages never tear. Also what is known about the two output streams: terminal or not, width,
 * colour.
 *
 * There is one console a process, since there is one standard error and the log callback carries no
 * context; that is why its state is global, behind one lock. Threads: any. */
#ifndef AS_CLI_CONSOLE_H
#define AS_CLI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/strbuf.h"

/** What a stream can show. */
struct as_screen {
    bool terminal;
    bool colour;    /* a terminal, NO_COLOR not set (no-color.org), TERM not "dumb" */
    size_t columns; /* of the terminal, or COLUMNS; 80 when unknown */
};
void as_screen_of(int fd, struct as_screen *out);

/** Sends log lines from warnings on (everything when `verbose`, errors only when `quiet`) to
 * standard error. */
void as_console_log_start(bool quiet, bool verbose);
/** "assay: " and one line; control characters become '?'. */
void as_console_message(const char *format, ...) AS_PRINTF(1, 2);
/** "assay: error: " with the error's text, or the status' own when that is empty. */
void as_console_error(enum as_status status, const struct as_error *err);
/** Replaces the transient line; "" removes it. Terminals only. */
void as_console_transient(const char *line);
/** Writes bytes to `fd` in full, after removing the transient line. A reader that has gone (EPIPE)
 * is AS_OK: the run ends quietly. AS_E_OUTPUT when they cannot be written. */
enum as_status as_console_write(int fd, const struct as_strbuf *text) AS_MUST_CHECK;
/** as_console_write to standard output, with the message and exit code that a failure means. */
int as_console_print(const struct as_strbuf *text, int exit_code);

#endif
