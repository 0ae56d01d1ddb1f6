/* SPDX-License-Identifier: Apache-2.0
 * `assay bench`: measures the scan, beside the limits, in one run. docs/benchmarks.md explains the
 * figures. */
#ifndef AS_BENCH_BENCH_H
#define AS_BENCH_BENCH_H

/** `argv[0]` is "bench". Returns an exit code: 0, 2 for wrong usage, 5 for a fault. Prints to
 * standard output. */
int as_bench_main(int argc, char **argv);

#endif
