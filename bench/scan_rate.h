/* SPDX-License-Identifier: Apache-2.0
 * Measuring one corpus: our scan as a run does it (profile, cut into blocks, scan, resolve), and
 * the limits over the same bytes. CPU time of the measuring threads, so that a busy machine
 * disturbs little. */
#ifndef AS_BENCH_SCAN_RATE_H
#define AS_BENCH_SCAN_RATE_H

#include "scan/limits.h"
#include "scan/scan.h"

struct as_bench_input {
    const char *name; /* of the file: a hint for the kind of text */
    const char *bytes;
    size_t len;
};

struct as_bench_rate {
    double cpu_seconds; /* sum over the threads */
    double wall_seconds;
    uint64_t hits; /* reported */
};

/** Scans `input` with `threads` threads, each a whole share of it, and keeps the best of `rounds`
 * by wall time. */
enum as_status as_bench_scan(const struct as_scanner *scanner, const struct as_bench_input *input,
                             unsigned threads, unsigned rounds,
                             struct as_bench_rate *out) AS_MUST_CHECK;
/** The same for a Hyperscan database alone, one thread. */
enum as_status as_bench_limit(struct as_limit *limit, const struct as_bench_input *input,
                              unsigned rounds, struct as_bench_rate *out) AS_MUST_CHECK;
/** Reads every byte once and does nothing with it, one thread. */
void as_bench_read(const struct as_bench_input *input, unsigned rounds, struct as_bench_rate *out);

#endif
