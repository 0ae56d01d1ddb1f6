/* SPDX-License-Identifier: Apache-2.0
 * `assay bench`: hands its arguments to the benches, which parse them themselves (bench/). */
#include <string.h>
#include <unistd.h>

#include "bench/accuracy.h"
#include "bench/bench.h"
#include "bench/receive.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "scan/scan.h"

/* A bare word that names no file was meant for a bench that later versions may have. */
static bool is_reserved_word(const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    return word[0] != '-' && word[0] != '\0' && word[strspn(word, letters)] == '\0' &&
           strcmp(word, "scan") != 0 && access(word, F_OK) != 0;
}

int as_command_bench(int argc, char **argv)
{
    struct as_error err = {0};
    if (argc > 1 && strcmp(argv[1], "receive") == 0) {
        return as_bench_receive(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "accuracy") == 0) {
        return as_bench_accuracy(argc - 1, argv + 1);
    }
    if (argc > 1 && is_reserved_word(argv[1])) {
        as_console_message("error: bench %s is not yet supported, and no file of that name is here",
                           argv[1]);
        return AS_EXIT_USAGE;
    }
    enum as_status status = as_scan_self_test(&err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        return AS_EXIT_USAGE;
    }
    return as_bench_main(argc, argv);
}
