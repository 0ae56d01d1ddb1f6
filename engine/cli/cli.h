/* SPDX-License-Identifier: Apache-2.0
 * The command line: commands, options, progress, summary, exit codes (docs/operations.md). */
#ifndef AS_CLI_CLI_H
#define AS_CLI_CLI_H

/** Runs the program; the result is its exit code. Called once, from main. */
int as_cli_main(int argc, char **argv);

#endif
