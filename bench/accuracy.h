/* SPDX-License-Identifier: Apache-2.0
 * `assay bench accuracy`: precision, recall and F1 over labelled documents. docs/accuracy.md has
 * the rules, the format and the figures. */
#ifndef AS_BENCH_ACCURACY_H
#define AS_BENCH_ACCURACY_H

/** `argv[0]` is "accuracy". Returns an exit code: 0, 2 for wrong usage or a gold file that cannot
 * be used, 5 for a fault. Prints to standard output. */
int as_bench_accuracy(int argc, char **argv);

#endif
