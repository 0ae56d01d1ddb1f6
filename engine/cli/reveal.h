/* SPDX-License-Identifier: Apache-2.0
 * Showing matched text to a user who asked for it: --reveal on a terminal, --reveal-to FILE as one
 * JSON line a detection in a file of mode 0600. Nothing else of the program ever writes a value. */
#ifndef AS_CLI_REVEAL_H
#define AS_CLI_REVEAL_H

#include "api/settings.h"

struct as_reveal;

/** Checks what was asked for, makes a file beside FILE, and sets the callback in settings->run.
 * *out is NULL when nothing is to be revealed. AS_E_USAGE: standard output is no terminal, names
 * are to be masked, FILE exists (without --overwrite), is a TARGET, or stands below one or below
 * the output folder. AS_E_OUTPUT. */
enum as_status as_reveal_open(struct as_settings *settings, struct as_reveal **out,
                              struct as_error *err) AS_MUST_CHECK;
/** Removes the file that was made, and leaves what stands at FILE: the run never began, or failed.
 * NULL is fine. */
void as_reveal_discard(struct as_reveal *r);
/** Writes what is left and puts the file at FILE; AS_E_OUTPUT when it cannot, and then nothing of
 * it stays. Frees in any case. NULL is AS_OK. */
enum as_status as_reveal_close(struct as_reveal *r, struct as_error *err) AS_MUST_CHECK;

#endif
