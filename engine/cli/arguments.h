/* SPDX-License-Identifier: Apache-2.0
 * Arguments to settings, by the table of options. */
#ifndef AS_CLI_ARGUMENTS_H
#define AS_CLI_ARGUMENTS_H

#include "api/settings.h"

/** Parses argv[1..argc) of a command of `scope`: `--name value`, `--name=value`, `-x value`,
 * `-xvalue`, bundled flags, in any order with what is no option, which goes to settings->targets.
 * `--` ends the options; `-` alone is no option. Names must be whole: an abbreviation could come to
 * mean another option. AS_E_USAGE or AS_E_NOT_YET with one line that hints at the nearest name;
 * --help and --version end parsing, so that they work beside anything. Strings are borrowed. */
enum as_status as_arguments_parse(int argc, char **argv, unsigned scope,
                                  struct as_settings *settings, struct as_error *err) AS_MUST_CHECK;

#endif
