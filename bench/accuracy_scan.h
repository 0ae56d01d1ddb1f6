/* SPDX-License-Identifier: Apache-2.0
 * Scanning gold documents: each text is a file of its own in memory, walked and scanned as in a
 * run. What is reported becomes the document's predictions, in ascending order of offset. */
#ifndef AS_BENCH_ACCURACY_SCAN_H
#define AS_BENCH_ACCURACY_SCAN_H

#include "api/memory_scan.h"
#include "bench/accuracy_score.h"

/** Scans all documents with `threads` threads (1 to 64). `types[detector]` is what a detector's
 * hits count as. Adds to scores->members and scores->incomplete. */
enum as_status as_accuracy_scan(struct as_memory_scanner *scanner, const uint16_t *types,
                                unsigned threads, struct as_gold *gold, struct as_scores *scores,
                                struct as_error *err) AS_MUST_CHECK;

#endif
