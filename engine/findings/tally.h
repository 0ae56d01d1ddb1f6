/* SPDX-License-Identifier: Apache-2.0
 * struct as_tally: counts and places of the detections of one object or member. Counts are exact;
 * places are the 1,000 smallest a type by source offset (bounded heap); `distinct` is exact up to
 * 1,000 values a type. Memory is bounded by types × 1,000 entries. Threads: one owner. */
#ifndef AS_FINDINGS_TALLY_H
#define AS_FINDINGS_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "pack/pack.h"

#define AS_OCCURRENCES_MAX 1000U       /* located a type in results.jsonl */
#define AS_FINDING_OCCURRENCES_MAX 15U /* located in all in a finding */
#define AS_DISTINCT_MAX 1000U

enum as_place_kind { AS_PLACE_LINE, AS_PLACE_CELL, AS_PLACE_RECORD };

/** One located detection. */
struct as_occurrence {
    uint64_t start; /* bytes of the member as decoded from its compression, half-open */
    uint64_t end;
    uint64_t line; /* 1-based; LINE */
    uint64_t end_line;
    uint64_t line_column; /* 1-based, characters */
    uint64_t row;         /* 1-based; CELL */
    uint64_t record;      /* 0-based; RECORD */
    uint32_t column;      /* 1-based; CELL */
    uint8_t kind;         /* enum as_place_kind */
    uint8_t confidence;
    char *column_name; /* CELL; owned by the tally; NULL when none or sensitive */
    char *json_path;   /* RECORD; owned by the tally; NULL when none or sensitive */
};

enum as_excluded {
    AS_EXCLUDED_TEST_NUMBER,
    AS_EXCLUDED_PLACEHOLDER,
    AS_EXCLUDED_ALLOW_LIST,
    AS_EXCLUDED_LOW_CONFIDENCE,
    AS_EXCLUDED_COUNT
};

/** Detections of one type. */
struct as_type_tally {
    uint32_t detector;
    uint64_t count;
    uint64_t in_name;  /* of count: in the key, member path or a column name; these have no place */
    uint32_t distinct; /* <= AS_DISTINCT_MAX; then "≥ 1000" */
    uint8_t confidence; /* the best */
    uint32_t occurrence_count;
    struct as_occurrence *occurrences; /* ascending by (start, end) after as_tally_seal */
    void *values;                      /* private: set of value hashes */
};

struct as_tally {
    struct as_type_tally *types; /* ascending by detector after as_tally_seal */
    uint32_t type_count;
    uint32_t type_cap;
    uint64_t excluded[AS_EXCLUDED_COUNT];
    uint64_t confirmed; /* all hits: sum of counts + sum of excluded */
};

void as_tally_init(struct as_tally *t);
void as_tally_fini(struct as_tally *t);
/** Counts one detection; `place` (copied, strings too) is NULL for hits in names. */
enum as_status as_tally_add(struct as_tally *t, uint32_t detector, uint64_t value_hash,
                            uint8_t confidence, const struct as_occurrence *place) AS_MUST_CHECK;
void as_tally_exclude(struct as_tally *t, enum as_excluded why);
/** Adds a member's counts, distinct values, confidence and exclusions, without its places. */
enum as_status as_tally_merge(struct as_tally *into, const struct as_tally *member) AS_MUST_CHECK;
/** Sorts; call once before reading. */
void as_tally_seal(struct as_tally *t);
/** Bytes held, for the budget. */
uint64_t as_tally_bytes(const struct as_tally *t);

#endif
