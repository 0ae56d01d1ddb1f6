/* SPDX-License-Identifier: Apache-2.0
 * `assay bench receive s3://BUCKET[/PREFIX]`: how fast objects are received, without scanning,
 * beside a bare loop of curl GETs over the same ranges. */
#ifndef AS_BENCH_RECEIVE_H
#define AS_BENCH_RECEIVE_H

/** `argv[0]` is "receive". Returns an exit code: 0, 2 for wrong usage, 4 when the target cannot be
 * read, 5 for a fault. Prints to standard output. */
int as_bench_receive(int argc, char **argv);

#endif
