/* SPDX-License-Identifier: Apache-2.0
 * The run's totals: summary.json, and the check that they reconcile. Pure. */
#ifndef AS_FINDINGS_SUMMARY_H
#define AS_FINDINGS_SUMMARY_H

#include "findings/result.h"

enum as_target_status { AS_TARGET_COMPLETE, AS_TARGET_PARTIAL, AS_TARGET_FAILED };

struct as_count {
    uint64_t objects;
    uint64_t bytes;
};

struct as_target_summary {
    struct as_target_facts facts;
    enum as_target_status status;
    char reason[64]; /* status or service code when not complete; "" otherwise */
    char message[512];
    bool listing_complete;
    bool unread; /* the one object that it names could not be read at all */
    struct as_count listed;
    struct as_count duplicates; /* of listed, filtered out: an earlier TARGET or entry has them */
};

struct as_summary {
    /* objects (not members), by what became of them: listed = filtered + complete + partial +
     * skipped + not_attempted */
    /* not_attempted: interrupted before a byte was read; its record says SKIPPED, INTERRUPTED */
    struct as_count listed, filtered, complete, partial, skipped, not_attempted;
    struct as_count duplicates;                 /* of filtered: listed twice, read once */
    struct as_count skipped_media;              /* of skipped: does not cause exit code 3 */
    struct as_count by_reason[AS_REASON_COUNT]; /* objects PARTIAL or SKIPPED */
    uint64_t members, members_partial, members_skipped;
    uint64_t bytes_read; /* from sources, retries included */
    uint64_t bytes_decoded, bytes_scanned;
    uint64_t confirmed; /* all confirmed hits */
    uint64_t reported;  /* confirmed = reported + sum of excluded */
    uint64_t excluded[AS_EXCLUDED_COUNT];
    uint64_t *by_detector;         /* [catalog->count] reported */
    uint64_t *objects_by_detector; /* [catalog->count] */
    /* [catalog->count]: bit 1 << severity for each severity that an object has by this type alone
     */
    uint8_t *severities_by_detector;
    uint64_t objects_with_findings;
    uint64_t by_severity[4]; /* objects, index enum as_severity */
    /* with a baseline: objects that hold what it did not have, by the severity of that */
    uint64_t new_by_severity[4];
    uint32_t target_count;
    struct as_target_summary *targets;
    bool interrupted;
    bool finished; /* set by as_summary_check's caller at the end */
    /* evidence */
    int64_t start_ms, end_ms;
    const char *const *arguments; /* NULL-terminated */
    const char *version;
    const uint8_t *enabled; /* [catalog->count] */
    uint8_t confidence_min;
    struct {
        const char *name;
        char sha256[65];
        uint64_t bytes;
    } files[8];
    uint32_t file_count;
    /* measured */
    double wall_seconds, cpu_seconds, bytes_per_second;
    uint64_t peak_memory_bytes;
    uint64_t requests, retries;
};

/** False, with what does not add up in `err`, when the totals do not reconcile. */
enum as_status as_summary_check(const struct as_run_facts *run, const struct as_summary *s,
                                struct as_error *err) AS_MUST_CHECK;
/** Folds one finished object's record into the totals (members: counts of members only). */
void as_summary_add(const struct as_run_facts *run, struct as_summary *s,
                    const struct as_result *r);
/** Appends summary.json. */
enum as_status as_document_summary(const struct as_run_facts *run, const struct as_summary *s,
                                   struct as_strbuf *out) AS_MUST_CHECK;

#endif
