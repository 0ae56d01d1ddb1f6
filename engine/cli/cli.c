/* SPDX-License-Identifier: Apache-2.0
 * Dispatch of `assay COMMAND`: finds the command in the table and runs it; everything else is wrong
 * usage with a hint. */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/signals.h"

int as_command_help(int argc, char **argv)
{
    if (argc > 2) {
        as_console_message("error: help takes one command");
        return AS_EXIT_USAGE;
    }
    bool overview = argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    return overview ? as_help_overview() : as_help_command(argv[1]);
}

int as_cli_main(int argc, char **argv)
{
    as_signals_harden();
    if (argc < 2) {
        AS_IGNORE(as_help_overview() != AS_EXIT_OK, "it is wrong usage anyway");
        return AS_EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return as_help_overview();
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        return as_help_version();
    }
    if (word[0] == '-') {
        as_console_message("error: a command comes first: assay COMMAND [ARGUMENT...]; see 'assay "
                           "help'");
        return AS_EXIT_USAGE;
    }
    const struct as_command *command = as_command_find(word);
    if (command == NULL) {
        return as_help_unknown(word);
    }
    if (command->run == NULL) {
        as_console_message("error: %s is not yet supported", command->name);
        return AS_EXIT_USAGE;
    }
    return command->run(argc - 1, argv + 1);
}
