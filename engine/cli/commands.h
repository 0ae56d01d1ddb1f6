/* SPDX-License-Identifier: Apache-2.0
 * The table of commands: names, synopsis, help and the function that runs each. Feeds dispatch,
 * help, the man page and the completions. */
#ifndef AS_CLI_COMMANDS_H
#define AS_CLI_COMMANDS_H

#include <stddef.h>

/** Exit codes, as docs/operations.md lists them. */
enum as_exit {
    AS_EXIT_OK = 0,
    AS_EXIT_FINDINGS = 1,
    AS_EXIT_USAGE = 2,
    AS_EXIT_PARTIAL = 3,
    AS_EXIT_NO_TARGET = 4,
    AS_EXIT_FAULT = 5,
    AS_EXIT_PARTIAL_FINDINGS = 6,
    AS_EXIT_INTERRUPTED = 130
};

/** What a code means, for help and documents. Ends with a NULL text. */
struct as_exit_code {
    int code;
    const char *text;
};
extern const struct as_exit_code as_exit_codes[];

/** argv[0] is the command's name; the rest are its arguments. Returns an exit code. */
typedef int as_command_fn(int argc, char **argv);

/** One command. Strings are static. */
struct as_command {
    const char *name;
    as_command_fn *run;   /* NULL: reserved, not yet supported */
    unsigned scope;       /* its bit in enum as_setting_scope; 0 when it parses its own arguments */
    const char *synopsis; /* what follows "assay " */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs for `assay help NAME` and the man page */
};

/** Ends with a NULL name. */
extern const struct as_command as_commands[];
/** NULL when there is none of that name. */
const struct as_command *as_command_find(const char *name);

int as_command_scan(int argc, char **argv);
int as_command_detectors(int argc, char **argv);
int as_command_bench(int argc, char **argv);
int as_command_explain(int argc, char **argv);
int as_command_diff(int argc, char **argv);
int as_command_version(int argc, char **argv);
int as_command_help(int argc, char **argv);

#endif
