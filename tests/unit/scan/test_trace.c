/* SPDX-License-Identifier: Apache-2.0
 * The trace: it names the test that a candidate failed, the keyword and the points of a hit, and
 * what lost against what; and it changes no hit. */
#include "scan_support.h"

#include "scan/trace.h"

#define EVENTS_MAX 4096

struct log {
    struct as_trace_event events[EVENTS_MAX];
    unsigned count;
    unsigned lost;
    uint16_t lost_detector;
    uint16_t winner_detector;
};

static struct log *fresh_log(void)
{
    static struct log log;
    memset(&log, 0, sizeof log);
    return &log;
}

static void on_event(void *context, const struct as_trace_event *event)
{
    struct log *log = context;
    assert_true(log->count < EVENTS_MAX);
    log->events[log->count++] = *event;
}

static void on_lost(void *context, const struct as_hit *lost, const struct as_hit *winner)
{
    struct log *log = context;
    log->lost++;
    log->lost_detector = lost->detector;
    log->winner_detector = winner->detector;
}

static enum as_status count_hit(void *context, const struct as_hit *hit, const char *path)
{
    (void)hit;
    (void)path;
    ++*(unsigned *)context;
    return AS_OK;
}

static struct as_scanner *scanner_of(const char *select)
{
    uint8_t *enabled = as_calloc(as_catalog_builtin.count, 1);
    assert_non_null(enabled);
    assert_int_equal(as_catalog_select(&as_catalog_builtin, select, NULL, enabled, NULL), AS_OK);
    const struct as_scanner_options options = {.catalog = &as_catalog_builtin,
                                               .enabled = enabled,
                                               .confidence_min = AS_CONFIDENCE_MIN_DEFAULT};
    struct as_scanner *s = NULL;
    assert_int_equal(as_scanner_new(&options, &s, NULL), AS_OK);
    as_free(enabled);
    return s;
}

/* Resolved hits of `bytes` as a file `name`; the log is filled unless NULL. */
static unsigned scan(const char *select, const char *name, const char *bytes, struct log *log)
{
    struct as_scanner *s = scanner_of(select);
    struct as_slice all = as_slice_of(bytes);
    enum as_text_verdict verdict = AS_VERDICT_BINARY;
    struct as_text *text = NULL;
    unsigned hits = 0;
    const struct as_trace trace = {log, on_event, on_lost};
    assert_int_equal(as_text_profile(all, true, as_slice_of(name), &verdict, &text), AS_OK);
    assert_int_equal(verdict, AS_VERDICT_TEXT);
    struct as_scan_worker *w = as_scan_worker_new(s);
    struct as_resolver *r = as_resolver_new(s, count_hit, &hits);
    assert_non_null(w);
    assert_non_null(r);
    if (log != NULL) {
        as_scan_worker_trace(w, &trace);
        as_resolver_trace(r, &trace);
    }
    assert_int_equal(as_scan_profile(w, text, all), AS_OK);
    struct as_block *block = as_block_of_bytes(text, bytes, all.len);
    struct as_hits raw;
    as_hits_init(&raw);
    assert_non_null(block);
    assert_int_equal(as_scan_block(w, block, &raw), AS_OK);
    assert_int_equal(as_resolver_push(r, &raw, all.len), AS_OK);
    assert_int_equal(as_resolver_finish(r), AS_OK);
    as_hits_fini(&raw);
    as_block_free(block);
    as_text_unref(text);
    as_resolver_free(r);
    as_scan_worker_free(w);
    as_scanner_free(s);
    return hits;
}

static const struct as_trace_event *only(const struct log *log, enum as_trace_verdict verdict)
{
    const struct as_trace_event *found = NULL;
    for (unsigned i = 0; i < log->count; i++) {
        if (log->events[i].verdict == verdict) {
            assert_null(found);
            found = &log->events[i];
        }
    }
    return found;
}

static int sum_of(const struct as_points *p)
{
    return p->base + p->strength + p->keyword + p->definition + p->formatted + p->column +
           p->neighbours + p->time + p->lone;
}

#define SSN "USA_SOCIAL_SECURITY_NUMBER"

static void a_missing_keyword_is_told_where_the_value_is_good(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    assert_int_equal(scan(SSN, "a.txt", "Order 512-43-8870 is late.\n", log), 0);
    const struct as_trace_event *e = only(log, AS_TRACE_NO_KEYWORD);
    assert_non_null(e);
    assert_string_equal(e->detector->id, SSN);
    assert_int_equal(e->nominee_start, 6);
    assert_int_equal(e->nominee_end, 17);
    assert_null(only(log, AS_TRACE_CONFIRMED));
}

static void a_value_that_fails_its_check_is_told_so_without_a_keyword_too(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    assert_int_equal(scan(SSN, "a.txt", "Order 666-43-8870 is late.\n", log), 0);
    assert_non_null(only(log, AS_TRACE_CHECK));
    assert_null(only(log, AS_TRACE_NO_KEYWORD));
}

static void a_hit_has_its_keyword_its_distance_and_its_points(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    assert_int_equal(scan(SSN, "a.txt", "My SSN \xc3\xa9: 512-43-8870.\n", log), 1);
    const struct as_trace_event *e = only(log, AS_TRACE_CONFIRMED);
    assert_non_null(e);
    assert_int_equal(e->state, AS_HIT_REPORTED);
    assert_int_equal(e->start, 11);
    assert_int_equal(e->end, 22);
    assert_int_equal(e->keyword.where, AS_TRACE_BEFORE);
    assert_int_equal(e->keyword.text.len, 3);
    assert_memory_equal(e->keyword.text.ptr, "ssn", 3);
    assert_int_equal(e->keyword.distance, 4);
    assert_true(e->points.keyword > 0);
    assert_int_equal(sum_of(&e->points) > 100 ? 100 : sum_of(&e->points), e->confidence);
}

static void keywords_in_names_are_told_as_such(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    scan(SSN, "a.csv", "id,ssn,city\n1,512-43-8870,Ulm\n2,518-43-8871,Ulm\n", log);
    assert_int_equal(log->count, 2);
    for (unsigned i = 0; i < log->count; i++) {
        assert_int_equal(log->events[i].verdict, AS_TRACE_CONFIRMED);
        assert_int_equal(log->events[i].keyword.where, AS_TRACE_COLUMN);
    }
    log = fresh_log();
    scan(SSN, "a.json", "{\"person\": {\"ssn\": {\"value\": \"512-43-8870\"}}}\n", log);
    const struct as_trace_event *e = only(log, AS_TRACE_CONFIRMED);
    assert_non_null(e);
    assert_int_equal(e->keyword.where, AS_TRACE_PATH);
    assert_memory_equal(e->keyword.text.ptr, "ssn", 3);
}

static void an_excluded_hit_says_why(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    scan("CREDIT_CARD_NUMBER", "a.txt", "credit card 4111 1111 1111 1111\n", log);
    const struct as_trace_event *e = only(log, AS_TRACE_CONFIRMED);
    assert_non_null(e);
    assert_int_equal(e->state, AS_HIT_TEST_VALUE);
}

static void what_overlaps_says_what_it_lost_to(void **state)
{
    (void)state;
    struct log *log = fresh_log();
    const char *text = "My phone or NHS number is 943 476 5919.\n";
    assert_int_equal(scan("UK_NHS_NUMBER,PHONE_NUMBER", "a.txt", text, log), 1);
    assert_int_equal(log->lost, 1);
    assert_string_equal(as_catalog_builtin.detectors[log->lost_detector].id, "PHONE_NUMBER");
    assert_string_equal(as_catalog_builtin.detectors[log->winner_detector].id, "UK_NHS_NUMBER");
}

static void a_trace_changes_no_hit(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a card 4929123456789015, SSN 512-43-8870, mail a@example.org, call +1 206 555 0142\n",
        "4929123456789015 1234567890123456 2345678901234567 3456789012345678\n",
        "key AKIA2E0A8F3B244C9986 and 10.1.2.3\n"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        struct log *log = fresh_log();
        unsigned with = scan("all", "a.txt", texts[i], log);
        assert_int_equal(with, scan("all", "a.txt", texts[i], NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_keyword_is_told_where_the_value_is_good),
        cmocka_unit_test(a_value_that_fails_its_check_is_told_so_without_a_keyword_too),
        cmocka_unit_test(a_hit_has_its_keyword_its_distance_and_its_points),
        cmocka_unit_test(keywords_in_names_are_told_as_such),
        cmocka_unit_test(an_excluded_hit_says_why),
        cmocka_unit_test(what_overlaps_says_what_it_lost_to),
        cmocka_unit_test(a_trace_changes_no_hit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
