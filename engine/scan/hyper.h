/* SPDX-License-Identifier: Apache-2.0
 * What Hyperscan nominates: anchors (literals of two bytes and more) and patterns. Two databases in
 * block mode, compiled once a scanner with the ordinary compile call (the literal calls of 5.4.0
 * have faults); scratch is per worker and sized for both.
 *
 * Patterns: the dialect that Hyperscan and PCRE2 share, of bounded width; reported with the start
 * of match that is leftmost for each end. A pattern with a group `value` has PCRE2 find the group
 * within the match. Immutable once made; a scratch belongs to one thread. */
#ifndef AS_SCAN_HYPER_H
#define AS_SCAN_HYPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "detectors/detector.h"

#define AS_PATTERN_BYTES_MAX 4096U

struct as_hyper;
struct as_hyper_scratch;

/** A literal; list is what the caller wants back. */
struct as_anchor {
    const char *literal;
    bool caseless;
    uint32_t list;
};

/** A pattern of one detector. */
struct as_pattern {
    const char *id; /* for messages */
    const char *expression;
    bool caseless;
    uint32_t list;
};

/** Strings are read during the call only. AS_E_USAGE names the pattern that cannot be used. */
enum as_status as_hyper_new(const struct as_anchor *anchors, size_t anchor_count,
                            const struct as_pattern *patterns, size_t pattern_count,
                            struct as_hyper **out, struct as_error *err) AS_MUST_CHECK;
void as_hyper_free(struct as_hyper *h);
/** NULL when out of memory. */
struct as_hyper_scratch *as_hyper_scratch_new(const struct as_hyper *h) AS_MUST_CHECK;
void as_hyper_scratch_free(struct as_hyper_scratch *s);

/** Bytes of the longest anchor, and the greatest width of a pattern; 0 when there are none. */
size_t as_hyper_anchor_bytes(const struct as_hyper *h);
size_t as_hyper_pattern_bytes(const struct as_hyper *h);

typedef enum as_status as_hyper_fn(void *context, uint32_t list, size_t start, size_t end);
/** Every anchor in bytes[0, len), ascending by end. */
enum as_status as_hyper_anchors(const struct as_hyper *h, struct as_hyper_scratch *s,
                                const uint8_t *bytes, size_t len, as_hyper_fn *found,
                                void *context) AS_MUST_CHECK;
/** Every match of a pattern, ascending by end; the same start may come with several ends. */
enum as_status as_hyper_patterns(const struct as_hyper *h, struct as_hyper_scratch *s,
                                 const uint8_t *bytes, size_t len, as_hyper_fn *found,
                                 void *context) AS_MUST_CHECK;
/** Narrows the match [*start, *end) of the pattern of `list` to its group `value`, if it has one.
 * False when PCRE2 does not see the match (then it is none). */
bool as_hyper_value(const struct as_hyper *h, struct as_hyper_scratch *s, uint32_t list,
                    const uint8_t *bytes, size_t *start, size_t *end);

#endif
