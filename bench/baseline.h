/* SPDX-License-Identifier: Apache-2.0
 * The baseline of comparison: 44 usual patterns for personal data and secrets
 * (bench/baseline_patterns.txt), to be put into one Hyperscan database, which is how most scanners
 * are built. */
#ifndef AS_BENCH_BASELINE_H
#define AS_BENCH_BASELINE_H

/** Ends with NULL. */
extern const char *const as_baseline_patterns[];

#endif
