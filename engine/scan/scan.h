/* SPDX-License-Identifier: Apache-2.0
 * scan: text to detections. Two stages: *nominate* touches every byte (one SIMD pass of character
 * classes, Hyperscan for anchors and patterns) and knows no detector's rules; *gate, confirm,
 * context* look only at what was nominated; *resolve* settles overlaps within a text. The only
 * module that includes hs.h.
 *
 * A scanner is immutable and shared; a worker belongs to one thread. as_scan_block depends only on
 * the text around each place (text.h: reach), the entry state and the column evidence, so that
 * chunking changes nothing. */
#ifndef AS_SCAN_SCAN_H
#define AS_SCAN_SCAN_H

#include "base/error.h"
#include "pack/pack.h"
#include "text/locate.h"
#include "text/text.h"

struct as_scanner_options {
    const struct as_catalog *catalog; /* kept alive by the caller */
    const uint8_t *enabled;           /* [catalog->count]; copied */
    bool include_test_data;           /* test values and placeholders are hits like others */
    uint8_t confidence_min;           /* below: excluded as lowConfidence */
    uint64_t value_key;               /* random a run: seed of value_hash */
};
#define AS_CONFIDENCE_MIN_DEFAULT 50

struct as_scanner;
/** Builds the tables and the Hyperscan databases. AS_E_USAGE names a definition that cannot be
 * used. */
enum as_status as_scanner_new(const struct as_scanner_options *options, struct as_scanner **out,
                              struct as_error *err) AS_MUST_CHECK;
void as_scanner_free(struct as_scanner *s);
/** Refuses a libhs that misses matches (libraries.md, section 2): AS_E_BUG with what to install. */
enum as_status as_scan_self_test(struct as_error *err) AS_MUST_CHECK;

enum as_hit_state {
    AS_HIT_REPORTED,
    AS_HIT_TEST_VALUE,
    AS_HIT_PLACEHOLDER,
    AS_HIT_LOW_CONFIDENCE,
    AS_HIT_STATE_COUNT
};

/** One confirmed place; after resolve, one detection. */
struct as_hit {
    uint64_t start; /* decoded offsets in the text, half-open */
    uint64_t end;
    uint64_t value_hash;       /* keyed hash of the normalised value */
    struct as_place place;     /* of start */
    struct as_place end_place; /* of end (exclusive): source_offset, line */
    uint32_t path;   /* offset into as_hits.paths of the jsonPath, NUL-terminated; 0 = none */
    uint64_t record; /* JSON: record index */
    uint16_t detector;
    uint8_t confidence; /* 0–100 */
    uint8_t state;      /* enum as_hit_state */
    uint8_t keyword;    /* 1: a keyword was in reach */
    uint8_t strength;   /* enum as_strength */
};

/** Confirmed places of one block, by (start, end, detector). Grows within its limit; as_hits_fini
 * frees. */
struct as_hits {
    struct as_hit *items;
    uint32_t count;
    uint32_t cap;
    char *paths; /* paths[0] is '\0' */
    uint32_t paths_len;
    uint32_t paths_cap;
};
void as_hits_init(struct as_hits *h);
void as_hits_reset(struct as_hits *h);
void as_hits_fini(struct as_hits *h);

struct as_scan_worker; /* Hyperscan scratch and work arrays: one a thread */
struct as_scan_worker *as_scan_worker_new(const struct as_scanner *s) AS_MUST_CHECK;
void as_scan_worker_free(struct as_scan_worker *w);
/** Appends the hits whose nominees start in the block's payload; unresolved (overlaps stand side by
 * side). AS_E_NO_MEMORY or AS_E_BUG only. */
enum as_status as_scan_block(struct as_scan_worker *w, const struct as_block *block,
                             struct as_hits *out) AS_MUST_CHECK;

/** Column evidence of delimited text from its fixed prefix (decoded, from offset 0): which
 * detectors' checks most cells of a column pass. Sets text->evidence. No-op for other kinds. */
enum as_status as_scan_profile(struct as_scan_worker *w, struct as_text *text,
                               struct as_slice prefix) AS_MUST_CHECK;

/** Overlap resolution of one text: push the hits of its blocks in sequence order; what can no
 * longer change is emitted in ascending order of start. Rule (docs/detectors.md): keyword present,
 * checksum strength, longer, leftmost, id. Custom detectors do not compete with managed ones. */
struct as_resolver;
typedef enum as_status as_hit_fn(void *context, const struct as_hit *hit, const char *path);
struct as_resolver *as_resolver_new(const struct as_scanner *s, as_hit_fn *emit,
                                    void *context) AS_MUST_CHECK;
void as_resolver_free(struct as_resolver *r);
/** `block_end`: decoded offset where the block's payload ends. */
enum as_status as_resolver_push(struct as_resolver *r, const struct as_hits *hits,
                                uint64_t block_end) AS_MUST_CHECK;
enum as_status as_resolver_finish(struct as_resolver *r) AS_MUST_CHECK;

/** Scans a short plain text (a key, a member path) at once: resolved hits into `out`. */
enum as_status as_scan_name(struct as_scan_worker *w, struct as_slice name,
                            struct as_hits *out) AS_MUST_CHECK;
/** True when a detector that is enabled confirms in `name` with a reported hit: such column names
 * and path elements are left out of locations (Macie's rule). */
bool as_scan_name_is_sensitive(struct as_scan_worker *w, struct as_slice name);

#endif
