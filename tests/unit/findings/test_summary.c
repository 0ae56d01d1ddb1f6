/* SPDX-License-Identifier: Apache-2.0
 * The summary: every fault in the sums is seen, results fold into the right places, the document
 * says what was not looked for and never praises. */
#include "test.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "findings_fixture.h"

#include "base/mem.h"
#include "findings/summary.h"

struct world {
    struct as_run_facts run;
    struct as_summary s;
    struct as_target_summary target;
    uint64_t by_detector[D_COUNT];
    uint64_t objects_by_detector[D_COUNT];
    uint8_t severities[D_COUNT];
    uint8_t enabled[D_COUNT];
};

/** Three objects: complete with findings, partial, skipped media; one filtered, one not attempted.
 */
static void make_world(struct world *w)
{
    *w = (struct world){.run = fixture_run()};
    w->s.by_detector = w->by_detector;
    w->s.objects_by_detector = w->objects_by_detector;
    w->s.severities_by_detector = w->severities;
    w->s.enabled = w->enabled;
    w->s.targets = &w->target;
    w->s.target_count = 1;
    w->s.version = "0.1.0";
    w->enabled[D_SSN] = w->enabled[D_STAFF] = 1;
    w->target.facts = fixture_aws;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 3, 0);
    fixture_hits(&tally, D_STAFF, 1, 0);
    as_tally_exclude(&tally, AS_EXCLUDED_TEST_NUMBER);
    struct as_result r = fixture_result(&fixture_aws, "a", &tally);
    as_summary_add(&w->run, &w->s, &r);
    struct as_result partial = fixture_result(&fixture_aws, "b", NULL);
    partial.coverage = AS_PARTIAL;
    partial.reason = AS_REASON_MALFORMED_FILE;
    partial.size = 20;
    as_summary_add(&w->run, &w->s, &partial);
    struct as_result media = fixture_result(&fixture_aws, "c.png", NULL);
    media.coverage = AS_SKIPPED;
    media.reason = AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION;
    media.media = true;
    media.size = 300;
    as_summary_add(&w->run, &w->s, &media);
    static const uint64_t index[] = {0};
    struct as_result member = r;
    member.depth = 1;
    member.index = index;
    member.coverage = AS_SKIPPED;
    member.reason = AS_REASON_OPAQUE_CONTENT;
    as_summary_add(&w->run, &w->s, &member);
    w->s.filtered = (struct as_count){1, 7};
    w->s.not_attempted = (struct as_count){1, 40000};
    w->s.listed = w->target.listed = (struct as_count){5, 1000 + 20 + 300 + 7 + 40000};
    as_tally_fini(&tally);
}

static void check_sees_every_sum_that_is_off(void **state)
{
    (void)state;
    struct world w;
    struct as_error err = {0};
    make_world(&w);
    assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_OK);
    uint64_t *const figures[] = {&w.s.listed.objects,
                                 &w.s.listed.bytes,
                                 &w.s.filtered.objects,
                                 &w.s.complete.bytes,
                                 &w.s.partial.objects,
                                 &w.s.skipped.bytes,
                                 &w.s.not_attempted.objects,
                                 &w.s.by_reason[AS_REASON_MALFORMED_FILE].objects,
                                 &w.s.by_reason[AS_REASON_MALFORMED_FILE].bytes,
                                 &w.s.by_reason[AS_REASON_NONE].objects,
                                 &w.target.listed.objects,
                                 &w.target.listed.bytes,
                                 &w.s.confirmed,
                                 &w.s.reported,
                                 &w.s.excluded[AS_EXCLUDED_ALLOW_LIST],
                                 &w.by_detector[D_NAME],
                                 &w.s.by_severity[AS_SEVERITY_LOW],
                                 &w.s.objects_with_findings,
                                 &w.s.members_partial};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        *figures[i] += 1;
        assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_E_BUG);
        assert_non_null(strstr(err.message, "does not add up"));
        *figures[i] -= 1;
        assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_OK);
    }
    w.s.skipped_media.objects = 2;
    assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_E_BUG);
}

static void check_refuses_what_has_no_reason(void **state)
{
    (void)state;
    struct world w;
    struct as_error err = {0};
    make_world(&w);
    struct as_result r = fixture_result(&fixture_aws, "d", NULL);
    r.coverage = AS_PARTIAL;
    as_summary_add(&w.run, &w.s, &r);
    w.s.listed.objects = w.target.listed.objects += 1;
    w.s.listed.bytes = w.target.listed.bytes += r.size;
    assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_E_BUG);
    assert_non_null(strstr(err.message, "for no reason"));
}

static void add_sorts_results_into_their_places(void **state)
{
    (void)state;
    struct world w;
    make_world(&w);
    assert_int_equal(w.s.complete.objects, 1);
    assert_int_equal(w.s.partial.bytes, 20);
    assert_int_equal(w.s.skipped_media.bytes, 300);
    assert_int_equal(w.s.members, 1);
    assert_int_equal(w.s.members_skipped, 1);
    assert_int_equal(w.by_detector[D_SSN], 3); /* the member's hits are in its object's */
    assert_int_equal(w.s.reported, 4);
    assert_int_equal(w.severities[D_SSN], 1U << AS_SEVERITY_HIGH);
    assert_int_equal(w.s.confirmed, 5);
    assert_int_equal(w.s.by_severity[AS_SEVERITY_HIGH], 1);
}

static void add_counts_what_an_interrupt_left_unread_apart(void **state)
{
    (void)state;
    struct world w;
    struct as_error err = {0};
    make_world(&w);
    struct as_count skipped = w.s.skipped;
    struct as_count attempted_not = w.s.not_attempted;
    struct as_result r = fixture_result(&fixture_aws, "late", NULL);
    r.coverage = AS_SKIPPED;
    r.reason = AS_REASON_INTERRUPTED;
    as_summary_add(&w.run, &w.s, &r);
    w.s.listed.objects = w.target.listed.objects += 1;
    w.s.listed.bytes = w.target.listed.bytes += r.size;
    assert_int_equal(w.s.not_attempted.objects, attempted_not.objects + 1);
    assert_int_equal(w.s.not_attempted.bytes, attempted_not.bytes + r.size);
    assert_int_equal(w.s.skipped.objects, skipped.objects);
    assert_int_equal(w.s.by_reason[AS_REASON_INTERRUPTED].objects, 0);
    assert_int_equal(as_summary_check(&w.run, &w.s, &err), AS_OK);
}

static char *document(const struct world *w)
{
    struct as_strbuf out;
    as_strbuf_init(&out, 1U << 20);
    assert_int_equal(as_document_summary(&w->run, &w->s, &out), AS_OK);
    return as_strbuf_detach(&out);
}

static void document_says_what_was_not_looked_for(void **state)
{
    (void)state;
    struct world w;
    make_world(&w);
    char *text = document(&w);
    cJSON *json = cJSON_Parse(text);
    const cJSON *scope = cJSON_GetObjectItem(json, "notLookedFor");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(scope, "categories")), 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(scope, "detectors")), D_COUNT - 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "detectors")), 2);
    const cJSON *reasons = cJSON_GetObjectItem(json, "reasons");
    assert_int_equal(cJSON_GetArraySize(reasons), 2);
    assert_null(strstr(text, "clean"));
    assert_null(strstr(text, "Clean"));
    cJSON_Delete(json);
    as_free(text);
}

static void document_of_odd_figures_is_json(void **state)
{
    (void)state;
    static const double figures[] = {(double)NAN, -1, (double)INFINITY, 0.0005, 1e300};
    static const char *const arguments[] = {"assay", "scan", "a\xff\n\"", NULL};
    struct world w;
    make_world(&w);
    w.s.arguments = arguments;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        w.s.wall_seconds = w.s.cpu_seconds = w.s.bytes_per_second = figures[i];
        w.s.start_ms = INT64_MAX;
        w.s.end_ms = INT64_MIN;
        char *text = document(&w);
        cJSON *json = cJSON_Parse(text);
        assert_non_null(json);
        const cJSON *wall =
            cJSON_GetObjectItem(cJSON_GetObjectItem(json, "measured"), "wallSeconds");
        assert_true(cJSON_IsNumber(wall) && wall->valuedouble >= 0);
        cJSON_Delete(json);
        as_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_sees_every_sum_that_is_off),
        cmocka_unit_test(check_refuses_what_has_no_reason),
        cmocka_unit_test(add_sorts_results_into_their_places),
        cmocka_unit_test(add_counts_what_an_interrupt_left_unread_apart),
        cmocka_unit_test(document_says_what_was_not_looked_for),
        cmocka_unit_test(document_of_odd_figures_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
