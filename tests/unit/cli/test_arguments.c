/* SPDX-License-Identifier: Apache-2.0
 * Arguments: order, forms of values, the end of options, hints for what is mistyped. */
#include "test.h"

#include <string.h>

#include "base/attr.h"
#include "cli/arguments.h"
#include "cli/nearest.h"

#define WORDS_MAX 8

struct attempt {
    struct as_settings settings;
    struct as_error err;
    enum as_status status;
};

/* Parses "scan" and the words given, up to the first NULL. */
static void parse(struct attempt *a, const char *const words[WORDS_MAX])
{
    char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "scan"};
    int argc = 1;
    for (; argc <= WORDS_MAX && words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    }
    *a = (struct attempt){0};
    as_settings_init(&a->settings);
    a->status = as_arguments_parse(argc, argv, AS_FOR_SCAN, &a->settings, &a->err);
}

static void arguments_wrong_are_refused_with_a_hint(void **state)
{
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        enum as_status status;
        const char *hint;
    } cases[] = {
        {{"--ouput", "x"}, AS_E_USAGE, "did you mean --output?"},
        {{"--outptu=x"}, AS_E_USAGE, "did you mean --output?"},
        {{"--out", "x"}, AS_E_USAGE, "did you mean --output?"},
        {{"--zzzzzzzzzzzz"}, AS_E_USAGE, "lists the options"},
        {{"---output"}, AS_E_USAGE, "did you mean --output?"},
        {{"--=x"}, AS_E_USAGE, "lists the options"},
        {{"-x"}, AS_E_USAGE, "unknown option -x"},
        {{"-qx"}, AS_E_USAGE, "unknown option -x"},
        {{"--output"}, AS_E_USAGE, "--output needs a value (DIR)"},
        {{"-o"}, AS_E_USAGE, "--output needs a value (DIR)"},
        {{"--quiet=yes"}, AS_E_USAGE, "--quiet takes no value"},
        {{"--output="}, AS_E_USAGE, "empty"},
        {{"--dry-run"}, AS_E_NOT_YET, "--dry-run is not yet supported"},
        {{"--sample", "10"}, AS_E_NOT_YET, "--sample is not yet supported"},
        {{"--sample=10"}, AS_E_NOT_YET, "--sample is not yet supported"},
        {{"--job"}, AS_E_NOT_YET, "--job is not yet supported"},
        {{"--threads", "many"}, AS_E_USAGE, "'many' is not a number between 0 and 256"},
        {{"--memory=1KiB"}, AS_E_USAGE, "between 64.0 MiB and"},
        {{"a", "--nope", "b"}, AS_E_USAGE, "--nope"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct attempt a;
        parse(&a, cases[i].words);
        assert_int_equal(a.status, cases[i].status);
        if (strstr(a.err.message, cases[i].hint) == NULL) {
            fail_msg("%s: '%s' does not say '%s'", cases[i].words[0], a.err.message, cases[i].hint);
        }
        as_settings_fini(&a.settings);
    }
}

static void options_after_targets_are_options(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"one", "--output=out", "two", "--threads", "3"});
    assert_int_equal(a.status, AS_OK);
    assert_int_equal(a.settings.targets.count, 2);
    assert_string_equal(a.settings.targets.items[1], "two");
    assert_string_equal(a.settings.run.output_dir, "out");
    assert_int_equal(a.settings.run.threads, 3);
    as_settings_fini(&a.settings);
}

static void double_dash_ends_the_options(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"-q", "--", "--output", "-v", "-", "--"});
    assert_int_equal(a.status, AS_OK);
    assert_true(a.settings.quiet && !a.settings.verbose);
    assert_int_equal(a.settings.targets.count, 4);
    assert_string_equal(a.settings.targets.items[0], "--output");
    assert_string_equal(a.settings.targets.items[3], "--");
    as_settings_fini(&a.settings);
}

static void a_dash_alone_is_a_target_and_a_value(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"-", "--output", "-"});
    assert_int_equal(a.status, AS_OK);
    assert_int_equal(a.settings.targets.count, 1);
    assert_string_equal(a.settings.run.output_dir, "-");
    as_settings_fini(&a.settings);
}

static void letters_may_be_bundled_and_carry_a_value(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"-qvoout", "x"});
    assert_int_equal(a.status, AS_OK);
    assert_true(a.settings.quiet && a.settings.verbose);
    assert_string_equal(a.settings.run.output_dir, "out");
    assert_int_equal(a.settings.targets.count, 1);
    as_settings_fini(&a.settings);
}

static void a_value_may_look_like_an_option(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"--exclude-key", "--*", "--origin=a=b"});
    assert_int_equal(a.status, AS_OK);
    assert_string_equal(a.settings.excludes.items[0], "--*");
    assert_string_equal(a.settings.run.origin_name, "a=b");
    as_settings_fini(&a.settings);
}

static void help_ends_parsing(void **state)
{
    (void)state;
    struct attempt a;
    parse(&a, (const char *const[WORDS_MAX]){"x", "--help", "--nonsense"});
    assert_int_equal(a.status, AS_OK);
    assert_true(a.settings.help);
    as_settings_fini(&a.settings);
}

static void distance_counts_edits_and_swaps(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},          {"", "abc", 3},      {"scan", "scan", 0},      {"scna", "scan", 1},
        {"scann", "scan", 1}, {"sacn", "scan", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        assert_int_equal(as_word_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(as_word_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
    char longest[66];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(as_word_distance(longest, "a"), SIZE_MAX);
}

static void nearest_far_word_is_not_offered(void **state)
{
    (void)state;
    struct as_nearest n;
    as_nearest_init(&n, "frobnicate");
    assert_null(as_nearest_word(&n));
    as_nearest_offer(&n, "scan");
    assert_null(as_nearest_word(&n));
    as_nearest_init(&n, "detecters");
    as_nearest_offer(&n, "scan");
    as_nearest_offer(&n, "detectors");
    assert_string_equal(as_nearest_word(&n), "detectors");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_wrong_are_refused_with_a_hint),
        cmocka_unit_test(options_after_targets_are_options),
        cmocka_unit_test(double_dash_ends_the_options),
        cmocka_unit_test(a_dash_alone_is_a_target_and_a_value),
        cmocka_unit_test(letters_may_be_bundled_and_carry_a_value),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(help_ends_parsing),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(nearest_far_word_is_not_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
