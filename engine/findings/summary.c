/* SPDX-License-Identifier: Apache-2.0
 * Adding results up, and proving that the sums agree before anybody reads them. Tested by
 * tests/unit/findings/test_summary.c. */
#include "findings/summary.h"

#include "findings/baseline.h"
#include "findings/documents.h"

static void count(struct as_count *c, uint64_t bytes)
{
    c->objects++;
    c->bytes += bytes;
}

static void add_member(struct as_summary *s, const struct as_result *r)
{
    s->members++;
    s->members_partial += r->coverage == AS_PARTIAL;
    s->members_skipped += r->coverage == AS_SKIPPED;
}

static void add_detections(const struct as_run_facts *run, struct as_summary *s,
                           const struct as_result *r)
{
    const struct as_tally *t = r->tally;
    enum as_severity severity;
    for (uint32_t i = 0; i < t->type_count; i++) {
        const uint32_t detector = t->types[i].detector;
        const uint64_t found = t->types[i].count;
        if (found != 0 && detector < run->catalog->count) {
            severity = as_detector_severity(&run->catalog->detectors[detector], found);
            s->by_detector[detector] += found;
            s->objects_by_detector[detector]++;
            s->severities_by_detector[detector] |= (uint8_t)(1U << severity);
            s->reported += found;
        }
    }
    for (size_t i = 0; i < AS_EXCLUDED_COUNT; i++) {
        s->excluded[i] += t->excluded[i];
    }
    s->confirmed += t->confirmed;
    if (as_result_severity(run, r, &severity)) {
        s->by_severity[severity]++;
        s->objects_with_findings++;
    }
    if (run->baseline != NULL && as_baseline_severity(run->baseline, run, r, &severity)) {
        s->new_by_severity[severity]++;
    }
}

void as_summary_add(const struct as_run_facts *run, struct as_summary *s, const struct as_result *r)
{
    if (r->depth > 0) {
        add_member(s, r);
        return;
    }
    switch (r->coverage) {
    case AS_COMPLETE:
        count(&s->complete, r->size);
        break;
    case AS_PARTIAL:
        count(&s->partial, r->size);
        break;
    case AS_SKIPPED:
        if (r->reason == AS_REASON_INTERRUPTED) { /* the run ended before a byte of it was read */
            count(&s->not_attempted, r->size);
            break;
        }
        count(&s->skipped, r->size);
        if (r->media) {
            count(&s->skipped_media, r->size);
        }
        break;
    }
    if (r->coverage == AS_PARTIAL ||
        (r->coverage == AS_SKIPPED && r->reason != AS_REASON_INTERRUPTED)) {
        count(&s->by_reason[r->reason], r->size);
    }
    if (r->tally != NULL) {
        add_detections(run, s, r);
    }
}

static enum as_status check_sum(const char *what, uint64_t total, uint64_t sum,
                                struct as_error *err)
{
    if (total == sum) {
        return AS_OK;
    }
    return as_fail(err, AS_E_BUG, "the summary does not add up: %s: %llu, its parts %llu", what,
                   (unsigned long long)total, (unsigned long long)sum);
}

static enum as_status check_objects(const struct as_summary *s, struct as_error *err)
{
    const struct as_count *parts[] = {&s->filtered, &s->complete, &s->partial, &s->skipped,
                                      &s->not_attempted};
    struct as_count sum = {0};
    struct as_count by_reason = {0};
    struct as_count by_target = {0};
    uint64_t twice = 0;
    for (size_t i = 0; i < AS_ARRAY_SIZE(parts); i++) {
        sum.objects += parts[i]->objects;
        sum.bytes += parts[i]->bytes;
    }
    for (size_t i = 0; i < AS_REASON_COUNT; i++) {
        by_reason.objects += s->by_reason[i].objects;
        by_reason.bytes += s->by_reason[i].bytes;
    }
    for (uint32_t i = 0; i < s->target_count; i++) {
        by_target.objects += s->targets[i].listed.objects;
        by_target.bytes += s->targets[i].listed.bytes;
        twice += s->targets[i].duplicates.objects;
    }
    AS_TRY(check_sum("objects listed", s->listed.objects, sum.objects, err));
    AS_TRY(check_sum("bytes listed", s->listed.bytes, sum.bytes, err));
    AS_TRY(check_sum("objects not read in full", s->partial.objects + s->skipped.objects,
                     by_reason.objects, err));
    AS_TRY(check_sum("bytes of objects not read in full", s->partial.bytes + s->skipped.bytes,
                     by_reason.bytes, err));
    AS_TRY(check_sum("objects not read in full for no reason", 0,
                     s->by_reason[AS_REASON_NONE].objects, err));
    AS_TRY(check_sum("objects listed twice by target", s->duplicates.objects, twice, err));
    AS_TRY(check_sum("objects listed by target", s->listed.objects, by_target.objects, err));
    return check_sum("bytes listed by target", s->listed.bytes, by_target.bytes, err);
}

static enum as_status check_detections(const struct as_run_facts *run, const struct as_summary *s,
                                       struct as_error *err)
{
    uint64_t settled = s->reported;
    uint64_t by_detector = 0;
    uint64_t by_severity = 0;
    for (size_t i = 0; i < AS_EXCLUDED_COUNT; i++) {
        settled += s->excluded[i];
    }
    for (uint32_t i = 0; i < run->catalog->count; i++) {
        by_detector += s->by_detector[i];
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(s->by_severity); i++) {
        by_severity += s->by_severity[i];
    }
    AS_TRY(check_sum("confirmed", s->confirmed, settled, err));
    AS_TRY(check_sum("reported by type", s->reported, by_detector, err));
    return check_sum("objects with findings", s->objects_with_findings, by_severity, err);
}

enum as_status as_summary_check(const struct as_run_facts *run, const struct as_summary *s,
                                struct as_error *err)
{
    AS_TRY(check_objects(s, err));
    AS_TRY(check_detections(run, s, err));
    uint64_t tried = s->complete.objects + s->partial.objects + s->skipped.objects +
                     s->not_attempted.objects; /* a key alone may hold something */
    if (s->objects_with_findings > tried || s->duplicates.objects > s->filtered.objects ||
        s->duplicates.bytes > s->filtered.bytes || s->skipped_media.objects > s->skipped.objects ||
        s->members_partial + s->members_skipped > s->members) {
        return as_fail(err, AS_E_BUG, "the summary does not add up: a part exceeds its whole");
    }
    return AS_OK;
}
