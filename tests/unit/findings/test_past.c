/* SPDX-License-Identifier: Apache-2.0
 * Reading results back, in pieces of any size; and what a baseline leaves to count. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/mem.h"
#include "findings/baseline.h"
#include "findings/documents.h"

#define HEAD(key) "{\"id\":\"i-" key "\",\"resourcesAffected\":{\"s3Bucket\":{\"name\":\"b\"},"
#define RECORD(key, more, types)                                                                   \
    HEAD(key)                                                                                      \
    "\"s3Object\":{\"key\":\"" key "\"" more "}},\"classificationDetails\":{\"result\":{"          \
    "\"status\":{\"code\":\"COMPLETE\",\"reason\":null}," types "}}}\n"
#define DETECTED(type, count)                                                                      \
    "\"sensitiveData\":[{\"category\":\"X\",\"detections\":[{\"type\":\"" type                     \
    "\",\"count\":" count "}]}]"

static struct as_past *read_steps(const char *bytes, size_t step)
{
    struct as_past *p = as_past_new();
    struct as_error err = {0};
    size_t len = strlen(bytes);
    assert_non_null(p);
    for (size_t at = 0; at < len; at += step) {
        size_t left = len - at < step ? len - at : step;
        assert_int_equal(as_past_feed(p, "f", bytes + at, left, &err), AS_OK);
    }
    assert_int_equal(as_past_end(p, "f", &err), AS_OK);
    return p;
}

static void pieces_of_any_size_read_the_same(void **state)
{
    (void)state;
    static const char lines[] =
        RECORD("z", "", DETECTED("SSN", "3")) "\r\n" RECORD("a", "", DETECTED("CARD", "1"));
    for (size_t step = 1; step < sizeof lines; step += 7) {
        struct as_past *p = read_steps(lines, step);
        size_t count;
        assert_int_equal(as_past_sort_by_key(p), AS_OK);
        const struct as_past_object *o = as_past_objects(p, &count);
        assert_int_equal(count, 2);
        assert_string_equal(o[0].key, "a");
        assert_string_equal(o[0].bucket, "b");
        assert_string_equal(o[0].id, "i-a");
        assert_string_equal(o[0].status, "COMPLETE");
        assert_string_equal(o[0].reason, "");
        assert_int_equal(as_past_count(&o[0], "CARD"), 1);
        assert_int_equal(as_past_count(&o[0], "SSN"), 0);
        assert_int_equal(as_past_count(&o[1], "SSN"), 3);
        as_past_free(p);
    }
}

static void custom_identifiers_count_by_name_and_members_are_left_out(void **state)
{
    (void)state;
    static const char lines[] = RECORD(
        "a", "", "\"customDataIdentifiers\":{\"detections\":[{\"name\":\"badge\",\"count\":2}]}")
        RECORD("a", ",\"embeddedFileDetails\":{\"filePath\":\"m\"}", DETECTED("SSN", "9"));
    struct as_past *p = read_steps(lines, sizeof lines);
    size_t count;
    assert_int_equal(as_past_sort_by_key(p), AS_OK);
    const struct as_past_object *o = as_past_objects(p, &count);
    assert_int_equal(count, 1);
    assert_int_equal(as_past_count(&o[0], "badge"), 2);
    assert_int_equal(as_past_count(&o[0], "SSN"), 0);
    as_past_free(p);
}

static void records_of_one_object_are_summed(void **state)
{
    (void)state;
    static const char lines[] = RECORD("a", "", DETECTED("SSN", "3"))
        RECORD("a", "", DETECTED("SSN", "4")) RECORD("a", "", DETECTED("CARD", "1"));
    struct as_past *p = read_steps(lines, sizeof lines);
    size_t count;
    assert_int_equal(as_past_sort_by_key(p), AS_OK);
    const struct as_past_object *o = as_past_objects(p, &count);
    assert_int_equal(count, 1);
    assert_int_equal(o[0].type_count, 2);
    assert_int_equal(as_past_count(&o[0], "SSN"), 7);
    as_past_free(p);
}

static void what_is_no_result_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"nonsense\n",
                                      "[]\n",
                                      "{}\n",
                                      "{\"resourcesAffected\":{\"s3Object\":{\"key\":7}}}\n",
                                      RECORD("a", "", DETECTED("SSN", "-1")),
                                      RECORD("a", "", DETECTED("", "1")),
                                      RECORD("a", "", DETECTED("SSN", "\"1\""))};
    for (size_t i = 0; i < AS_ARRAY_SIZE(bad); i++) {
        struct as_past *p = as_past_new();
        struct as_error err = {0};
        assert_non_null(p);
        assert_int_equal(as_past_feed(p, "old", "\n", 1, &err), AS_OK);
        assert_int_equal(as_past_feed(p, "old", bad[i], strlen(bad[i]), &err), AS_E_USAGE);
        assert_non_null(strstr(err.message, "old:2:"));
        as_past_free(p);
    }
}

static const struct as_detector s_detectors[] = {
    {.id = "LOW", .severity = {AS_SEVERITY_LOW, AS_SEVERITY_LOW, AS_SEVERITY_MEDIUM}},
    {.id = "HIGH", .severity = {AS_SEVERITY_HIGH, AS_SEVERITY_HIGH, AS_SEVERITY_HIGH}},
};
static const struct as_catalog s_catalog = {.detectors = s_detectors, .count = 2};

/* Severity of what is new in an object with these counts; 0 for nothing. */
static int fresh(const char *key, uint64_t low, uint64_t high, uint64_t old_low, uint64_t old_high)
{
    const struct as_target_facts target = {.origin = "aws", .bucket = "b"};
    struct as_type_tally types[] = {{.detector = 0, .count = low}, {.detector = 1, .count = high}};
    const struct as_tally tally = {.types = types, .type_count = 2};
    const struct as_result r = {.target_facts = &target, .key = as_slice_of(key), .tally = &tally};
    const struct as_run_facts run = {.catalog = &s_catalog};
    char id[33];
    char line[1024];
    as_finding_id(&target, as_slice_of("old"), NULL, 0, NULL, id);
    snprintf(line, sizeof line,
             "{\"id\":\"%s\",\"resourcesAffected\":{\"s3Object\":{\"key\":\"old\"}},"
             "\"classificationDetails\":{\"result\":{\"status\":{\"code\":\"PARTIAL\"},"
             "\"sensitiveData\":[{\"detections\":[{\"type\":\"LOW\",\"count\":%d},"
             "{\"type\":\"HIGH\",\"count\":%d}]}]}}}",
             id, (int)old_low, (int)old_high);
    struct as_past *p = read_steps(line, 100);
    enum as_severity severity = (enum as_severity)0;
    as_past_sort_by_id(p);
    bool any = as_baseline_severity(p, &run, &r, &severity);
    assert_int_equal(any, severity != 0);
    as_past_free(p);
    return (int)severity;
}

static void only_what_is_new_or_more_counts(void **state)
{
    (void)state;
    assert_int_equal(fresh("old", 5, 5, 5, 5), 0);
    assert_int_equal(fresh("old", 4, 1, 5, 5), 0);
    assert_int_equal(fresh("old", 6, 5, 5, 5), AS_SEVERITY_LOW);
    assert_int_equal(fresh("old", 100, 5, 99, 5), AS_SEVERITY_MEDIUM);
    assert_int_equal(fresh("old", 5, 6, 5, 5), AS_SEVERITY_HIGH);
    assert_int_equal(fresh("old", 5, 1, 5, 0), AS_SEVERITY_HIGH);
    assert_int_equal(fresh("new", 5, 0, 5, 5), AS_SEVERITY_LOW);
    assert_int_equal(fresh("new", 0, 0, 5, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_any_size_read_the_same),
        cmocka_unit_test(custom_identifiers_count_by_name_and_members_are_left_out),
        cmocka_unit_test(records_of_one_object_are_summed),
        cmocka_unit_test(what_is_no_result_is_refused_with_its_line),
        cmocka_unit_test(only_what_is_new_or_more_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
