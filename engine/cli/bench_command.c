/* SPDX-License-Identifier: Apache-2.0
 * `assay bench`: hands its arguments to the benches, which parse them themselves (bench/). */
#include <string.h>

#include "bench/accuracy.h"
#include "bench/bench.h"
#include "bench/receive.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "scan/scan.h"

int as_command_bench(int argc, char **argv)
{
    struct as_error err = {0};
    if (argc > 1 && strcmp(argv[1], "receive") == 0) {
        return as_bench_receive(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "accuracy") == 0) {
        return as_bench_accuracy(argc - 1, argv + 1);
    }
    enum as_status status = as_scan_self_test(&err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        return AS_EXIT_USAGE;
    }
    return as_bench_main(argc, argv);
}
