/* SPDX-License-Identifier: Apache-2.0
 * Bench corpora, generated: the four kinds of text that object stores hold most, always the same
 * for the same size. *Clean* ones hold plenty of digits, dates, ids and keywords but no finding of
 * any detector; *planted* ones hold one value every 50 KB, taken in turn from cards, social
 * security numbers, IBANs and access keys, all random and valid. */
#ifndef AS_BENCH_CORPORA_H
#define AS_BENCH_CORPORA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum as_corpus { AS_CORPUS_CSV, AS_CORPUS_LOG, AS_CORPUS_JSONL, AS_CORPUS_CODE, AS_CORPUS_COUNT };

#define AS_CORPUS_PLANT_BYTES 50000U

/** "csv", "log", "jsonl", "code". */
const char *as_corpus_name(enum as_corpus corpus);
/** A file name whose ending suits the corpus. */
const char *as_corpus_file(enum as_corpus corpus);
/** Fills `bytes` of `out` with whole lines (the last may be cut); returns how many values were
 * planted. */
uint64_t as_corpus_fill(enum as_corpus corpus, bool planted, char *out, size_t bytes);

#endif
