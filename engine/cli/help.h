/* SPDX-License-Identifier: Apache-2.0
 * Help texts, made from the tables of commands and options. */
#ifndef AS_CLI_HELP_H
#define AS_CLI_HELP_H

#include "base/strbuf.h"

/** The overview: commands. */
void as_help_text(struct as_strbuf *out);
/** One command with its options, wrapped to `columns`. */
struct as_command;
void as_help_command_text(const struct as_command *command, size_t columns, struct as_strbuf *out);

/** Print to standard output; return the exit code. */
int as_help_overview(void);
int as_help_command(const char *name);
int as_help_version(void);
/** Says on standard error that there is no such command, with the nearest; returns 2. */
int as_help_unknown(const char *word);

#endif
