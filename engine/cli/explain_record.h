/* SPDX-License-Identifier: Apache-2.0
 * What `assay explain` keeps of a trace: nominees, each with what became of every detector that it
 * might have been, and totals. Bounded: at most `limit` nominees of each interest are kept, the
 * rest is counted. No byte of the text is kept. Threads: one owner. */
#ifndef AS_CLI_EXPLAIN_RECORD_H
#define AS_CLI_EXPLAIN_RECORD_H

#include "api/memory_scan.h"

#define AS_EXPLAIN_LIMIT_DEFAULT 100U
#define AS_EXPLAIN_LIMIT_MAX 10000U

/** What a confirmed candidate adds to its verdict. */
struct as_explained_hit {
    uint16_t detector; /* number in the catalogue */
    enum as_hit_state state;
    enum as_strength strength;
    uint8_t confidence;
    struct as_points points;
    struct as_trace_keyword keyword; /* its text lives as long as the scanner */
    uint64_t text_start;             /* decoded offsets, for the resolver */
    uint64_t text_end;
    uint64_t start; /* bytes of the member, half-open */
    uint64_t end;
    int lost_to; /* number of the detector that it lost against; -1: it did not */
};

struct as_explained_reject {
    uint16_t detector;
    uint8_t verdict; /* enum as_trace_verdict */
};

/** How much a nominee matters: the order in which they are kept when there are too many. */
enum as_explain_interest {
    AS_EXPLAIN_HIT,  /* something was confirmed */
    AS_EXPLAIN_NEAR, /* a good value that the keyword rule or a list turned away */
    AS_EXPLAIN_FAR,  /* nothing passed its check */
    AS_EXPLAIN_INTERESTS
};

struct as_explained {
    uint64_t sequence;
    char *member_path;
    uint64_t text_start; /* decoded offsets of the nominee, to tell one from the next */
    uint64_t text_end;
    uint64_t start; /* bytes of the member */
    uint64_t end;
    struct as_place place;
    bool metadata; /* of the container's own words, not of its content */
    struct as_explained_hit *hits;
    uint32_t hit_count;
    struct as_explained_reject *rejects;
    uint32_t reject_count;
};

/** Counts of one detector: nominees by verdict, and hits by state. */
struct as_explain_totals {
    uint64_t verdicts[AS_TRACE_VERDICT_COUNT];
    uint64_t states[AS_HIT_STATE_COUNT];
    uint64_t lost;
};

struct as_explain_record;
/** `member`: only what stands in this member or below it; NULL for all. Kept alive by the caller,
 * like the catalogue. */
struct as_explain_record *as_explain_record_new(const struct as_catalog *catalog,
                                                const char *member, uint32_t limit) AS_MUST_CHECK;
void as_explain_record_free(struct as_explain_record *r); /* NULL is fine */
/** To give to as_memory_scan. */
const struct as_memory_trace *as_explain_record_trace(const struct as_explain_record *r);
/** After the scan: sorts what was kept, cut to `limit`. AS_E_NO_MEMORY when something could not be
 * kept. */
enum as_status as_explain_record_finish(struct as_explain_record *r) AS_MUST_CHECK;
const struct as_explained *as_explain_record_items(const struct as_explain_record *r,
                                                   uint32_t *out_count);
/** Nominees in all, kept or not. */
uint64_t as_explain_record_count(const struct as_explain_record *r);
const struct as_explain_totals *as_explain_record_totals(const struct as_explain_record *r,
                                                         uint32_t detector);
/** False when no member of that name was there. */
bool as_explain_record_saw_member(const struct as_explain_record *r);

#endif
