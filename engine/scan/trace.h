/* SPDX-License-Identifier: Apache-2.0
 * Tracing: what became of every nominee, for `assay explain`. A worker and a resolver without a
 * trace pay one test of a pointer a nominee.
 *
 * A trace is told of the candidates of each nominee, a detector as often as it has shapes that fit,
 * nominees of a block one after another; then of what the resolver drops. The gate hides nothing
 * from it: what the scan passes over for want of a keyword is checked for the trace, so that
 * AS_TRACE_NO_KEYWORD means that a keyword would have made a hit. The block's bytes are data: a
 * trace that tells people must not show them.
 * Threads: those of its worker and its resolver. */
#ifndef AS_SCAN_TRACE_H
#define AS_SCAN_TRACE_H

#include "scan/scan.h"

/** What became of a candidate; the first test that it failed. */
enum as_trace_verdict {
    AS_TRACE_CONFIRMED,       /* a hit: reported or excluded, as its state says */
    AS_TRACE_NO_KEYWORD,      /* the rule is required and none is in reach */
    AS_TRACE_KEYWORD_PRESENT, /* the rule is absent and one is in reach */
    AS_TRACE_SEPARATORS,      /* of a kind that the definition does not allow, or of two kinds */
    AS_TRACE_SHAPE,           /* letters and digits stand in another order */
    AS_TRACE_CHECK,           /* the check says no: check digit, ranges, structure */
    AS_TRACE_BOUNDS,          /* the value's length, or where the check put its ends */
    AS_TRACE_EXCLUDED,        /* listed under `excludes` */
    AS_TRACE_VERDICT_COUNT
};

/** Parts of a confidence, by the table of confidence.h. Their sum is kept within 1 to 100. */
struct as_points {
    int base;
    int strength;
    int keyword;
    int definition;
    int formatted;
    int column;
    int neighbours;
    int time; /* times around it, as in a log */
    int lone; /* no field of its own */
};

enum as_trace_where {
    AS_TRACE_NOWHERE,
    AS_TRACE_BEFORE, /* the value, on its line or in its cell or string */
    AS_TRACE_AFTER,
    AS_TRACE_COLUMN, /* in the name of its column */
    AS_TRACE_PATH    /* in a key of its JSON path */
};

struct as_trace_keyword {
    enum as_trace_where where;
    struct as_slice text; /* the keyword as the index has it (folded): no data of the text */
    uint32_t distance;    /* characters between it and the value; 0 for COLUMN and PATH */
};

struct as_trace_event {
    const struct as_block *block;
    const struct as_detector *detector;
    uint64_t nominee_start; /* decoded offsets in the text */
    uint64_t nominee_end;
    enum as_trace_verdict verdict;
    /* AS_TRACE_CONFIRMED only: */
    uint64_t start; /* of the value */
    uint64_t end;
    enum as_hit_state state;
    enum as_strength strength;
    uint8_t confidence;
    struct as_points points;
    struct as_trace_keyword keyword;
};

struct as_trace {
    void *context;
    void (*event)(void *context, const struct as_trace_event *event);
    /** `lost` overlaps `winner`, which is better by the rule of resolve.c. Decoded offsets. */
    void (*lost)(void *context, const struct as_hit *lost, const struct as_hit *winner);
};

/** NULL for none, as after making. The trace is kept alive by the caller. */
void as_scan_worker_trace(struct as_scan_worker *w, const struct as_trace *trace);
void as_resolver_trace(struct as_resolver *r, const struct as_trace *trace);

#endif
