/* SPDX-License-Identifier: Apache-2.0
 * Exit codes from statuses and from what was found. Pure. The list is in cli/commands.h and
 * docs/operations.md. */
#ifndef AS_CLI_EXIT_CODE_H
#define AS_CLI_EXIT_CODE_H

#include "base/status.h"

/** For a command that could not do its work. AS_OK is 0. */
int as_exit_code_of_status(enum as_status status);
/** A run's exit code after --fail-on: 0 becomes 1 and 3 becomes 6 when `worst` (enum as_severity, 0
 * for nothing found) reaches `fail_on` (0: never). Others stay. */
int as_exit_code_with_fail_on(int exit_code, int worst, int fail_on);

#endif
