/* SPDX-License-Identifier: Apache-2.0
 * Finding ids and the folding of coverage: what must not change between releases. */
#include "test.h"

#include "findings/documents.h"

static void id_of(const char *origin, const char *bucket, const char *key, const char *version,
                  uint32_t depth, const uint64_t *index, char out[33])
{
    struct as_target_facts target = {.origin = origin, .bucket = bucket};
    as_finding_id(&target, as_slice_of(key), version, depth, index, out);
}

/* Expected values come from tests/oracles/check_findings.py --id, another implementation. */
static void id_known_inputs_known_values(void **state)
{
    (void)state;
    static const uint64_t ordinals[] = {3, 1};
    static const struct {
        const char *origin;
        const char *bucket;
        const char *key;
        const char *version;
        uint32_t depth;
        const char *id;
    } cases[] = {
        {"aws", "b", "k", NULL, 0, "d0c3ef3671b69da4309be99de8ad949f"},
        {"aws", "b", "k", "v1", 0, "b8d238a210ff7c538811b1d8c8baac4a"},
        {"aws", "b", "k", NULL, 2, "3a6eda2bdd8859e24fa85adacaddb807"},
        {"file/srv/data", NULL, "a/b.csv", NULL, 0, "fa9701196a14c7213483f60f54aac416"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[33];
        id_of(cases[i].origin, cases[i].bucket, cases[i].key, cases[i].version, cases[i].depth,
              ordinals, id);
        assert_string_equal(id, cases[i].id);
    }
}

static void id_shifted_field_borders_differ(void **state)
{
    (void)state;
    static const uint64_t one[] = {1};
    static const uint64_t two[] = {1, 0};
    static const uint64_t other[] = {2};
    char ids[8][33];
    id_of("aws", "bk", "ey", NULL, 0, NULL, ids[0]);
    id_of("aws", "b", "key", NULL, 0, NULL, ids[1]);
    id_of("awsb", NULL, "key", NULL, 0, NULL, ids[2]);
    id_of("aws", "b", "key", "", 0, NULL, ids[3]);
    id_of("aws", "b", "key", NULL, 1, one, ids[4]);
    id_of("aws", "b", "key", NULL, 2, two, ids[5]);
    id_of("aws", "b", "key", NULL, 1, other, ids[6]);
    id_of("host:9000", "b", "key", NULL, 0, NULL, ids[7]);
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(ids[i], ids[k]);
        }
    }
}

static void coverage_folds_members_to_partial(void **state)
{
    (void)state;
    static const struct {
        enum as_coverage before;
        enum as_reason reason_before;
        enum as_coverage member;
        enum as_reason member_reason;
        bool media;
        enum as_coverage after;
        enum as_reason reason_after;
    } cases[] = {
        {AS_COMPLETE, AS_REASON_NONE, AS_COMPLETE, AS_REASON_NONE, false, AS_COMPLETE,
         AS_REASON_NONE},
        {AS_COMPLETE, AS_REASON_NONE, AS_SKIPPED, AS_REASON_OPAQUE_CONTENT, false, AS_PARTIAL,
         AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES},
        {AS_COMPLETE, AS_REASON_NONE, AS_PARTIAL, AS_REASON_MALFORMED_FILE, false, AS_PARTIAL,
         AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES},
        {AS_COMPLETE, AS_REASON_NONE, AS_PARTIAL, AS_REASON_INTERRUPTED, false, AS_PARTIAL,
         AS_REASON_INTERRUPTED},
        {AS_COMPLETE, AS_REASON_NONE, AS_SKIPPED, AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION, true,
         AS_COMPLETE, AS_REASON_NONE},
        {AS_COMPLETE, AS_REASON_NONE, AS_SKIPPED, AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION, false,
         AS_PARTIAL, AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES},
        {AS_PARTIAL, AS_REASON_TRUNCATED_CONTENT, AS_SKIPPED, AS_REASON_OPAQUE_CONTENT, false,
         AS_PARTIAL, AS_REASON_TRUNCATED_CONTENT},
        {AS_SKIPPED, AS_REASON_OPAQUE_CONTENT, AS_COMPLETE, AS_REASON_NONE, false, AS_SKIPPED,
         AS_REASON_OPAQUE_CONTENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum as_coverage coverage = cases[i].before;
        enum as_reason reason = cases[i].reason_before;
        as_coverage_fold(&coverage, &reason, cases[i].member, cases[i].member_reason,
                         cases[i].media);
        assert_int_equal(coverage, cases[i].after);
        assert_int_equal(reason, cases[i].reason_after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_known_inputs_known_values),
        cmocka_unit_test(id_shifted_field_borders_differ),
        cmocka_unit_test(coverage_folds_members_to_partial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
