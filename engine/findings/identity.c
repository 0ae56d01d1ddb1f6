/* SPDX-License-Identifier: Apache-2.0
 * Ids and coverage: what must stay the same from run to run.
 *
 * The id is SHA-256 over a list of fields, each with its length as eight little-endian bytes before
 * it, so that no two lists run together:
 *
 *     "assay1" origin bucket key [ "version" version ] [ "member" ordinal … ]
 *
 * An ordinal is a field of eight little-endian bytes. The first 16 bytes of the digest, in lower
 * case hex, are the id. Nothing in it depends on account, ETag, type or time, so that a later scan
 * updates the same finding. Tested by tests/unit/findings/test_identity.c against values that
 * tests/oracles/check_findings.py computes on its own. */
#include "findings/documents.h"

#include <stdlib.h>

#include "base/hash.h"

static void put_u64(struct as_sha256 *h, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    as_sha256_update(h, bytes, sizeof bytes);
}

static void put_field(struct as_sha256 *h, struct as_slice field)
{
    put_u64(h, field.len);
    as_sha256_update(h, field.ptr, field.len);
}

void as_finding_id(const struct as_target_facts *target, struct as_slice key,
                   const char *version_id, uint32_t depth, const uint64_t *index, char out[33])
{
    struct as_sha256 *h = as_sha256_new();
    if (h == NULL) {
        abort(); /* as as_sha256: no id is better than a wrong one */
    }
    put_field(h, as_slice_of("assay1"));
    put_field(h, as_slice_of(target->origin));
    put_field(h, as_slice_of(target->bucket));
    put_field(h, key);
    if (version_id != NULL) {
        put_field(h, as_slice_of("version"));
        put_field(h, as_slice_of(version_id));
    }
    if (depth > 0) {
        put_field(h, as_slice_of("member"));
    }
    for (uint32_t i = 0; i < depth; i++) {
        put_u64(h, sizeof index[i]);
        put_u64(h, index[i]);
    }
    uint8_t digest[AS_SHA256_SIZE];
    as_sha256_finish(h, digest);
    as_hex(digest, 16, out);
}

void as_coverage_fold(enum as_coverage *coverage, enum as_reason *reason, enum as_coverage member,
                      enum as_reason member_reason, bool member_media)
{
    if (member == AS_COMPLETE || member_media || *coverage != AS_COMPLETE) {
        return;
    }
    *coverage = AS_PARTIAL;
    /* What stops the whole walk, not one member, is more telling than the general reason. */
    bool of_run = member_reason == AS_REASON_INTERRUPTED ||
                  member_reason == AS_REASON_TIME_CUT_OFF_REACHED ||
                  member_reason == AS_REASON_INTERNAL_FAULT;
    *reason = of_run ? member_reason : AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES;
}
