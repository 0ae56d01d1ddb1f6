/* SPDX-License-Identifier: Apache-2.0
 * The summary on the screen: what it says for made-up runs, that its last line always says what was
 * not read, and that it never claims more than was looked at. Exit codes beside it. */
#include "test.h"

#include <ctype.h>
#include <string.h>

#include "base/attr.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/summary_view.h"

static const struct as_detector detectors[] = {
    {.id = "CREDIT_CARD_NUMBER",
     .title = "Credit card number",
     .severity = {AS_SEVERITY_HIGH, AS_SEVERITY_HIGH, AS_SEVERITY_HIGH}},
    {.id = "NAME",
     .title = "Name",
     .severity = {AS_SEVERITY_LOW, AS_SEVERITY_MEDIUM, AS_SEVERITY_HIGH}},
    {.id = "UNSEEN",
     .title = "Never found",
     .severity = {AS_SEVERITY_LOW, AS_SEVERITY_LOW, AS_SEVERITY_LOW}},
};
static const struct as_catalog catalog = {.detectors = detectors, .count = 3};

struct made_up {
    struct as_report report;
    uint64_t by_detector[3];
    uint64_t objects_by_detector[3];
    uint8_t severities[3];
    struct as_target_summary targets[2];
    struct as_strbuf out;
};

static void make(struct made_up *m)
{
    *m = (struct made_up){0};
    m->report.catalog = &catalog;
    m->report.summary.by_detector = m->by_detector;
    m->report.summary.objects_by_detector = m->objects_by_detector;
    m->report.summary.severities_by_detector = m->severities;
    m->report.summary.targets = m->targets;
    m->report.summary.target_count = 1;
    m->targets[0].facts.target = "s3://bucket";
    as_strbuf_init(&m->out, 1U << 20);
}

static const char *show(struct made_up *m, size_t columns, bool colour)
{
    const struct as_summary_view view = {.report = &m->report,
                                         .output_dir = "out",
                                         .screen = {.colour = colour, .columns = columns}};
    as_strbuf_reset(&m->out);
    as_summary_show(&view, &m->out);
    as_summary_show_unread(&m->report.summary, &m->out);
    assert_false(m->out.failed);
    return m->out.ptr;
}

static const char *last_line(const char *text)
{
    size_t end = strlen(text) - 1;
    assert_int_equal(text[end], '\n');
    while (end > 0 && text[end - 1] != '\n') {
        end--;
    }
    return text + end;
}

static void last_line_says_what_was_not_read(void **state)
{
    (void)state;
    static const struct {
        struct as_count partial, skipped, not_attempted;
        enum as_target_status status;
        bool unread;
        const char *line;
    } cases[] = {
        {{0},
         {0},
         {0},
         AS_TARGET_COMPLETE,
         false,
         "Not read: 0 objects, 0 B. Read in part: 0 objects, 0 B.\n"},
        {{1, 100},
         {0},
         {0},
         AS_TARGET_COMPLETE,
         true,
         "Not read: 0 objects, 0 B. Read in part: 1 object, 100 B.\n"},
        {{0},
         {2, 2048},
         {1, 1024},
         AS_TARGET_COMPLETE,
         true,
         "Not read: 3 objects, 3.0 KiB. Read in part: 0 objects, 0 B.\n"},
        {{0},
         {0},
         {0},
         AS_TARGET_PARTIAL,
         true,
         "Not read: 0 objects, 0 B. Read in part: 0 objects, 0 B. Unknown: the rest of 1 target "
         "that "
         "could not be listed in full.\n"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct made_up m;
        make(&m);
        m.report.summary.partial = cases[i].partial;
        m.report.summary.skipped = cases[i].skipped;
        m.report.summary.not_attempted = cases[i].not_attempted;
        m.targets[0].status = cases[i].status;
        assert_string_equal(last_line(show(&m, 80, false)), cases[i].line);
        assert_int_equal(as_summary_has_unread(&m.report.summary), cases[i].unread);
        as_strbuf_fini(&m.out);
    }
}

static void nothing_found_is_not_called_clean(void **state)
{
    (void)state;
    struct made_up m;
    make(&m);
    const char *text = show(&m, 80, false);
    assert_non_null(strstr(text, "Nothing found in what was read."));
    assert_null(strcasestr(text, "clean"));
    assert_null(strcasestr(text, "safe"));
    as_strbuf_fini(&m.out);
}

static void types_stand_most_severe_first(void **state)
{
    (void)state;
    struct made_up m;
    make(&m);
    m.by_detector[0] = 3;
    m.objects_by_detector[0] = 2;
    m.by_detector[1] = 500;
    m.objects_by_detector[1] = 500;
    m.severities[0] = 1U << AS_SEVERITY_HIGH;
    m.severities[1] = 1U << AS_SEVERITY_LOW;
    m.report.summary.reported = 503;
    m.report.summary.objects_with_findings = 501;
    m.report.summary.by_severity[AS_SEVERITY_HIGH] = 2;
    m.report.summary.excluded[AS_EXCLUDED_TEST_NUMBER] = 7;
    const char *text = show(&m, 120, false);
    const char *card = strstr(text, "CREDIT_CARD_NUMBER");
    const char *name = strstr(text, "NAME");
    assert_true(card != NULL && name != NULL && card < name);
    assert_null(strstr(text, "UNSEEN"));
    assert_non_null(strstr(text, "503 detections in 501 objects (2 High, 0 Medium, 0 Low)"));
    assert_non_null(strstr(text, "7 published test numbers"));
    assert_non_null(strstr(text, "  Low       NAME")); /* one each: no object reaches Medium */
    as_strbuf_fini(&m.out);
}

static void severities_that_differ_are_a_range(void **state)
{
    (void)state;
    static const struct {
        unsigned bits;
        const char *text;
    } cases[] = {
        {1U << AS_SEVERITY_LOW, "  Low       NAME"},
        {1U << AS_SEVERITY_LOW | 1U << AS_SEVERITY_MEDIUM, "  Low to Medium  NAME"},
        {1U << AS_SEVERITY_LOW | 1U << AS_SEVERITY_HIGH, "  Low to High  NAME"},
        {1U << AS_SEVERITY_HIGH, "  High      NAME"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct made_up m;
        make(&m);
        m.by_detector[1] = 10;
        m.objects_by_detector[1] = 9;
        m.severities[1] = (uint8_t)cases[i].bits;
        assert_non_null(strstr(show(&m, 120, false), cases[i].text));
        as_strbuf_fini(&m.out);
    }
}

static void reasons_stand_with_words(void **state)
{
    (void)state;
    struct made_up m;
    make(&m);
    m.report.summary.by_reason[AS_REASON_PERMISSION_DENIED] = (struct as_count){4, 4096};
    const char *text = show(&m, 120, false);
    const char *row = strstr(text, "PERMISSION_DENIED");
    assert_non_null(row);
    assert_non_null(strstr(row, "access denied"));
    assert_null(strstr(text, "MALFORMED_FILE"));
    as_strbuf_fini(&m.out);
}

static void failed_target_is_named_with_its_error(void **state)
{
    (void)state;
    struct made_up m;
    make(&m);
    m.targets[0] = (struct as_target_summary){.facts = {.target = "s3://evil\033[2J"},
                                              .status = AS_TARGET_FAILED,
                                              .message = "no such bucket"};
    const char *text = show(&m, 80, false);
    assert_non_null(strstr(text, "s3://evil?[2J: could not be read: no such bucket"));
    assert_null(strchr(text, '\033'));
    as_strbuf_fini(&m.out);
}

static void colour_only_where_it_is_wanted(void **state)
{
    (void)state;
    struct made_up m;
    make(&m);
    m.report.summary.interrupted = true;
    assert_null(strchr(show(&m, 80, false), '\033'));
    assert_non_null(strchr(show(&m, 80, true), '\033'));
    assert_non_null(strstr(m.out.ptr, "Interrupted"));
    as_strbuf_fini(&m.out);
}

static void fail_on_changes_only_zero_and_three(void **state)
{
    (void)state;
    static const struct {
        int code, worst, fail_on, expected;
    } cases[] = {
        {0, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 1, 0},     {0, 1, 1, 1}, {0, 2, 3, 0},
        {0, 3, 3, 1}, {3, 3, 3, 6}, {3, 2, 3, 3},     {3, 3, 0, 3}, {4, 3, 1, 4},
        {5, 3, 1, 5}, {2, 3, 1, 2}, {130, 3, 1, 130}, {0, 3, 2, 1}, {3, 1, 1, 6},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        assert_int_equal(as_exit_code_with_fail_on(cases[i].code, cases[i].worst, cases[i].fail_on),
                         cases[i].expected);
    }
}

static void statuses_have_their_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(as_exit_code_of_status(AS_OK), 0);
    assert_int_equal(as_exit_code_of_status(AS_E_USAGE), 2);
    assert_int_equal(as_exit_code_of_status(AS_E_NOT_YET), 2);
    assert_int_equal(as_exit_code_of_status(AS_E_NO_BUCKET), 4);
    assert_int_equal(as_exit_code_of_status(AS_E_CREDENTIALS), 4);
    assert_int_equal(as_exit_code_of_status(AS_E_DENIED), 4);
    assert_int_equal(as_exit_code_of_status(AS_E_OUTPUT), 5);
    assert_int_equal(as_exit_code_of_status(AS_E_NO_MEMORY), 5);
    assert_int_equal(as_exit_code_of_status(AS_E_BUG), 5);
    assert_int_equal(as_exit_code_of_status(AS_E_CANCELLED), 130);
    for (unsigned status = 1; status < AS_STATUS_COUNT; status++) {
        assert_int_not_equal(as_exit_code_of_status((enum as_status)status), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_line_says_what_was_not_read),
        cmocka_unit_test(nothing_found_is_not_called_clean),
        cmocka_unit_test(types_stand_most_severe_first),
        cmocka_unit_test(severities_that_differ_are_a_range),
        cmocka_unit_test(reasons_stand_with_words),
        cmocka_unit_test(failed_target_is_named_with_its_error),
        cmocka_unit_test(colour_only_where_it_is_wanted),
        cmocka_unit_test(fail_on_changes_only_zero_and_three),
        cmocka_unit_test(statuses_have_their_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
