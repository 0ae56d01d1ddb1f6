/* SPDX-License-Identifier: Apache-2.0
 * The commands. A reserved one is known, so that the answer is "not yet supported" and not "unknown
 * command". */
#include "cli/commands.h"

#include <string.h>

#include "api/settings.h"

const struct as_exit_code as_exit_codes[] = {
    {AS_EXIT_OK, "everything listed was read in full"},
    {AS_EXIT_FINDINGS, "as 0, and a finding is at least as severe as --fail-on says"},
    {AS_EXIT_USAGE, "wrong usage or configuration; nothing was scanned"},
    {AS_EXIT_PARTIAL,
     "at least one object was not read in full, or one of several targets failed, or "
     "the reader of standard output closed it early"},
    {AS_EXIT_NO_TARGET, "no target could be read: no such bucket, denied, unreachable, bad "
                        "credentials, or nothing matches the prefix or filter (--allow-empty makes "
                        "that 0)"},
    {AS_EXIT_FAULT, "results could not be written, or an internal fault"},
    {AS_EXIT_PARTIAL_FINDINGS, "as 3, and a finding is at least as severe as --fail-on says"},
    {AS_EXIT_INTERRUPTED, "interrupted; what was done until then is reported"},
    {0, NULL},
};

const struct as_command as_commands[] = {
    {.name = "scan",
     .run = as_command_scan,
     .scope = AS_FOR_SCAN,
     .synopsis = "scan TARGET... [--output DIR] [OPTION...]",
     .summary = "find sensitive data in buckets, files, folders or standard input",
     .details =
         "TARGET is s3://bucket[/prefix], a file, a folder, or - for standard input. A prefix is a "
         "plain string: s3://b/logs also takes logs-old/. Archives and compressed files are "
         "opened, nested ones too.\n\n"
         "With --output DIR the findings are written as findings.asff.json, findings.macie.jsonl, "
         "findings.csv, results.jsonl (one record for each object, whatever became of it) and "
         "summary.json. The last line on the screen says what was not read."},
    {.name = "detectors",
     .run = as_command_detectors,
     .scope = AS_FOR_DETECTORS,
     .synopsis = "detectors list | show ID... | test ID FILE",
     .summary = "the catalogue of what can be found; try one detector on a file",
     .details =
         "list prints all detectors, or those that --select names; a star marks the recommended "
         "ones. show prints whole definitions. test runs one detector over FILE (or -) and prints "
         "where it confirms, without the matched text; --reveal shows that too, on a terminal "
         "only."},
    {.name = "explain",
     .run = as_command_explain,
     .scope = AS_FOR_EXPLAIN,
     .synopsis = "explain TARGET [OPTION...]",
     .summary = "why something in one object was found, or was not",
     .details =
         "TARGET is a file, s3://bucket/key or - for standard input; s3://bucket/key!/member and "
         "FILE!/member name one member of an archive. Of each place that a detector looked at it "
         "prints where it stands and what became of it: the keyword that was found, what the "
         "confidence is made of, what it lost against, or the test that it failed. The matched "
         "text is not shown. Keys and member paths, which a scan looks at too, are not explained."},
    {.name = "diff",
     .run = as_command_diff,
     .scope = AS_FOR_DIFF,
     .synopsis = "diff OLD NEW [OPTION...]",
     .summary = "what came, went and changed between two runs",
     .details =
         "OLD and NEW are folders that a scan wrote, discovery results files (.jsonl or .jsonl.gz, "
         "as Macie writes them), or folders of such. Of each object the types that came (+), went "
         "(-) or changed their count (~) are printed, and changes of its status: what is gone from "
         "an object that was not read in full may still be there. Objects are told apart by bucket "
         "and key. Exit code 0: nothing differs; 1: something does; 2: wrong usage, or something "
         "cannot be read."},
    {.name = "bench",
     .run = as_command_bench,
     .synopsis = "bench [scan | accuracy | receive] [PATH...] [OPTION...]",
     .summary = "measure speed beside the limits of this machine, and accuracy",
     .details =
         "scan measures the scanner on generated text or on PATHs; accuracy compares what is "
         "found in labelled documents with their labels; receive measures reading from an "
         "S3 server. 'assay bench scan --help', and the same for the others, lists the "
         "options."},
    {.name = "version",
     .run = as_command_version,
     .scope = AS_FOR_VERSION,
     .synopsis = "version [--output json]",
     .summary = "version, libraries, CPU features, detectors",
     .details = "Prints what a bug report needs."},
    {.name = "help",
     .run = as_command_help,
     .scope = AS_FOR_HELP,
     .synopsis = "help [COMMAND]",
     .summary = "help, or the help of one command",
     .details = "Same as COMMAND --help."},
    {.name = "check", .synopsis = "check TARGET...", .summary = "what may be listed and read"},
    {.name = "watch", .synopsis = "watch --queue URL", .summary = "scan objects as they come"},
    {.name = "deliver", .synopsis = "deliver DIR", .summary = "send an earlier run's findings"},
    {0},
};

const struct as_command *as_command_find(const char *name)
{
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}
