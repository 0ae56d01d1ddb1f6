/* SPDX-License-Identifier: Apache-2.0
 * What the tests of findings share: a small catalog, run and target facts, results to start from.
 */
#ifndef AS_TESTS_FINDINGS_FIXTURE_H
#define AS_TESTS_FINDINGS_FIXTURE_H

#include "findings/documents.h"

enum { D_SSN, D_CARD, D_SECRET, D_NAME, D_STAFF, D_PHONE, D_COUNT };

static const struct as_detector fixture_detectors[D_COUNT] = {
    [D_SSN] = {.id = "USA_SOCIAL_SECURITY_NUMBER",
               .title = "Social security number",
               .category = AS_PERSONAL_INFORMATION,
               .severity = {AS_SEVERITY_HIGH, AS_SEVERITY_HIGH, AS_SEVERITY_HIGH},
               .hash = "11111111111111111111111111111111"},
    [D_CARD] = {.id = "CREDIT_CARD_NUMBER",
                .title = "Card number",
                .category = AS_FINANCIAL_INFORMATION,
                .severity = {AS_SEVERITY_HIGH, AS_SEVERITY_HIGH, AS_SEVERITY_HIGH},
                .hash = "22222222222222222222222222222222"},
    [D_SECRET] = {.id = "AWS_CREDENTIALS",
                  .title = "Secret access key",
                  .category = AS_CREDENTIALS,
                  .severity = {AS_SEVERITY_HIGH, AS_SEVERITY_HIGH, AS_SEVERITY_HIGH},
                  .hash = "33333333333333333333333333333333"},
    [D_NAME] = {.id = "NAME",
                .title = "Name",
                .category = AS_PERSONAL_INFORMATION,
                .severity = {AS_SEVERITY_LOW, AS_SEVERITY_MEDIUM, AS_SEVERITY_HIGH},
                .hash = "44444444444444444444444444444444"},
    [D_STAFF] = {.id = "STAFF_NUMBER",
                 .title = "Staff number",
                 .category = AS_CUSTOM_IDENTIFIER,
                 .severity = {AS_SEVERITY_MEDIUM, AS_SEVERITY_MEDIUM, AS_SEVERITY_MEDIUM},
                 .custom = true,
                 .hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    [D_PHONE] = {.id = "PHONE_NUMBER",
                 .title = "Phone number",
                 .category = AS_PERSONAL_INFORMATION,
                 .severity = {AS_SEVERITY_LOW, AS_SEVERITY_MEDIUM, AS_SEVERITY_HIGH},
                 .hash = "66666666666666666666666666666666"},
};

static const struct as_catalog fixture_catalog = {.detectors = fixture_detectors, .count = D_COUNT};

static inline struct as_run_facts fixture_run(void)
{
    return (struct as_run_facts){.catalog = &fixture_catalog,
                                 .account_id = "000000000000",
                                 .region = "us-east-1",
                                 .partition = "aws",
                                 .results_location = "file:///srv/out/results.jsonl",
                                 .job_id = "0123456789abcdef0123456789abcdef",
                                 .stamp_ms = 1780000000123};
}

static const struct as_target_facts fixture_aws = {.origin_kind = AS_RESULT_ORIGIN_AWS,
                                                   .target = "s3://bucket",
                                                   .origin = "aws",
                                                   .bucket = "bucket",
                                                   .region = "eu-central-1"};
static const struct as_target_facts fixture_endpoint = {.origin_kind = AS_RESULT_ORIGIN_ENDPOINT,
                                                        .target = "s3://bucket",
                                                        .origin = "storage.example:9000",
                                                        .bucket = "bucket",
                                                        .region = "default",
                                                        .endpoint = "http://storage.example:9000/"};
static const struct as_target_facts fixture_file = {.origin_kind = AS_RESULT_ORIGIN_FILE,
                                                    .target = "data",
                                                    .origin = "file/srv/data",
                                                    .root_path = "/srv/data"};

static inline struct as_result fixture_result(const struct as_target_facts *target, const char *key,
                                              const struct as_tally *tally)
{
    return (struct as_result){.target_facts = target,
                              .key = as_slice_of(key),
                              .etag = "0123456789abcdef0123456789abcdef",
                              .storage_class = "STANDARD",
                              .size = 1000,
                              .last_modified_ms = 1700000000000,
                              .member_path = "",
                              .member_size = UINT64_MAX,
                              .member_modified_ms = INT64_MIN,
                              .mime = "text/plain",
                              .bytes_classified = 1000,
                              .tally = tally};
}

/** `count` hits of a detector on lines of ten bytes from offset `from`. */
static inline void fixture_hits(struct as_tally *t, uint32_t detector, uint64_t count,
                                uint64_t from)
{
    for (uint64_t i = 0; i < count; i++) {
        struct as_occurrence o = {.start = from + i * 10,
                                  .end = from + i * 10 + 5,
                                  .line = i + 1,
                                  .end_line = i + 1,
                                  .line_column = 3,
                                  .kind = AS_PLACE_LINE,
                                  .confidence = (uint8_t)(60 + i % 41)};
        assert_int_equal(as_tally_add(t, detector, i, o.confidence, &o), AS_OK);
    }
}

#endif
