/* SPDX-License-Identifier: Apache-2.0
 * The table of options: its entries are sound, its defaults are those of the program, and each type
 * of value takes what it should and refuses the rest. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "api/settings.h"
#include "base/attr.h"
#include "base/mem.h"

static enum as_status apply(struct as_settings *s, const char *name, const char *value,
                            struct as_error *err)
{
    const struct as_setting *o = as_setting_find(name, strlen(name), AS_FOR_SCAN);
    assert_non_null(o);
    return as_setting_apply(s, o, value, err);
}

static void table_entries_are_sound(void **state)
{
    (void)state;
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        bool stores = o->type != AS_SETTING_RESERVED;
        assert_true(o->scopes != 0 && o->group != NULL && o->help != NULL);
        assert_true(o->help[strlen(o->help) - 1] != '.');
        assert_true(o->offset + o->width <= sizeof(struct as_settings));
        assert_int_equal(stores, o->width != 0);
        assert_true(o->type != AS_SETTING_CHOICE ||
                    (o->choices != NULL && o->width == sizeof(int)));
        assert_true(o->type != AS_SETTING_FLAG || (o->value == NULL && o->width == sizeof(bool)));
        if (o->type == AS_SETTING_NUMBER || o->type == AS_SETTING_SIZE) {
            uint64_t widest = o->width == 8 ? UINT64_MAX : (1ULL << (8 * o->width)) - 1;
            assert_true(o->min < o->max && o->max <= widest);
        }
        for (const struct as_setting *p = o + 1; p->name != NULL; p++) {
            bool clash =
                strcmp(o->name, p->name) == 0 || (o->letter != '\0' && o->letter == p->letter);
            assert_false(clash && (o->scopes & p->scopes) != 0);
        }
    }
}

/* A stated default, applied, changes nothing. */
static void table_defaults_are_those_of_the_program(void **state)
{
    (void)state;
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if (o->fallback == NULL || o->type == AS_SETTING_TEXT || o->type == AS_SETTING_ACCOUNT) {
            continue;
        }
        struct as_settings fresh;
        struct as_settings set;
        struct as_error err = {0};
        as_settings_init(&fresh);
        as_settings_init(&set);
        memset((char *)&set + o->offset, 0x5a, o->width);
        assert_int_equal(as_setting_apply(&set, o, o->fallback, &err), AS_OK);
        if (memcmp((char *)&fresh + o->offset, (char *)&set + o->offset, o->width) != 0) {
            fail_msg("--%s: the table says %s, the program something else", o->name, o->fallback);
        }
    }
}

static void value_wrong_is_refused_and_named(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {
        {"threads", ""},
        {"threads", "-1"},
        {"threads", "257"},
        {"threads", "2x"},
        {"threads", "0x2"},
        {"threads", "99999999999999999999"},
        {"memory", "63MiB"},
        {"memory", "lots"},
        {"memory", "none"},
        {"memory", "-1"},
        {"part-size", "0"},
        {"part-size", "257MiB"},
        {"block-size", "9MiB"},
        {"min-confidence", "101"},
        {"fail-on", "High"},
        {"fail-on", ""},
        {"addressing-style", "pa"},
        {"account-id", "12345678901"},
        {"account-id", "12345678901x"},
        {"output", ""},
        {"select", ""},
        {"include", ""},
        {"max-depth", "0"},
        {"max-depth", "33"},
        {"max-ratio", "1"},
        {"max-ratio", "4294967296"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_settings before;
        struct as_settings s;
        struct as_error err = {0};
        as_settings_init(&before);
        as_settings_init(&s);
        assert_int_equal(apply(&s, cases[i].name, cases[i].value, &err), AS_E_USAGE);
        assert_non_null(strstr(err.message, cases[i].name));
        assert_memory_equal(&before, &s, sizeof s);
        as_settings_fini(&s);
    }
}

static void value_where_none_belongs_is_refused(void **state)
{
    (void)state;
    struct as_settings s;
    struct as_error err = {0};
    as_settings_init(&s);
    assert_int_equal(apply(&s, "strict", "yes", &err), AS_E_USAGE);
    assert_int_equal(apply(&s, "output", NULL, &err), AS_E_USAGE);
    assert_false(s.run.strict);
}

static void reserved_option_is_not_yet_supported(void **state)
{
    (void)state;
    static const char *const names[] = {"dry-run",      "resume",  "state",           "sample",
                                        "all-versions", "job",     "security-hub",    "event-bus",
                                        "sns",          "results", "coverage-finding"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(names); i++) {
        struct as_settings s;
        struct as_error err = {0};
        as_settings_init(&s);
        assert_int_equal(apply(&s, names[i], NULL, &err), AS_E_NOT_YET);
        assert_non_null(strstr(err.message, "not yet supported"));
    }
}

static void values_at_the_limits_are_stored(void **state)
{
    (void)state;
    struct as_settings s;
    struct as_error err = {0};
    as_settings_init(&s);
    assert_int_equal(apply(&s, "threads", "256", &err), AS_OK);
    assert_int_equal(apply(&s, "memory", "64MiB", &err), AS_OK);
    assert_int_equal(apply(&s, "part-size", "1", &err), AS_OK);
    assert_int_equal(apply(&s, "block-size", "8 MiB", &err), AS_OK);
    assert_int_equal(apply(&s, "min-confidence", "100", &err), AS_OK);
    assert_int_equal(apply(&s, "max-object-size", "1.5GB", &err), AS_OK);
    assert_int_equal(apply(&s, "max-members", "18446744073709551615", &err), AS_OK);
    assert_int_equal(apply(&s, "max-total-size", "none", &err), AS_OK);
    assert_int_equal(apply(&s, "addressing-style", "virtual", &err), AS_OK);
    assert_int_equal(apply(&s, "fail-on", "high", &err), AS_OK);
    assert_int_equal(apply(&s, "account-id", "123456789012", &err), AS_OK);
    assert_int_equal(s.run.threads, 256);
    assert_int_equal(s.run.memory_bytes, 64 << 20);
    assert_int_equal(s.run.part_bytes, 1);
    assert_int_equal(s.run.block_bytes, 8 << 20);
    assert_int_equal(s.run.confidence_min, 100);
    assert_true(s.run.object_bytes_max == 1500000000ULL);
    assert_true(s.run.limits.members_max == UINT64_MAX);
    assert_true(s.run.limits.total_bytes_max == UINT64_MAX);
    assert_int_equal(s.run.s3.addressing, AS_ADDRESSING_VIRTUAL);
    assert_int_equal(s.fail_on, AS_SEVERITY_HIGH);
    assert_string_equal(s.run.account_id, "123456789012");
}

static void targets_are_checked_at_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        enum as_status status;
    } cases[] = {
        {"", AS_E_USAGE},
        {"s3://", AS_E_USAGE},
        {"s3:///key", AS_E_USAGE},
        {"s3://*", AS_E_NOT_YET},
        {"gs://bucket", AS_E_USAGE},
        {"https://h/x", AS_E_USAGE},
        {"dir/odd://name", AS_OK},
        {"s3://bucket", AS_OK},
        {"s3://bucket/a b/*", AS_OK},
        {"-", AS_OK},
        {".", AS_OK},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_settings s;
        struct as_error err = {0};
        as_settings_init(&s);
        assert_int_equal(as_text_list_add(&s.targets, cases[i].target), AS_OK);
        assert_int_equal(as_settings_finish(&s, &err), cases[i].status);
        assert_true(cases[i].status == AS_OK || err.message[0] != '\0');
        as_settings_fini(&s);
    }
}

static void standard_input_twice_is_refused(void **state)
{
    (void)state;
    struct as_settings s;
    struct as_error err = {0};
    as_settings_init(&s);
    assert_int_equal(as_text_list_add(&s.targets, "-"), AS_OK);
    assert_int_equal(as_text_list_add(&s.targets, "-"), AS_OK);
    assert_int_equal(as_settings_finish(&s, &err), AS_E_USAGE);
    as_settings_fini(&s);
}

static void lists_are_bound_in_order_and_end_with_null(void **state)
{
    (void)state;
    struct as_settings s;
    struct as_error err = {0};
    as_settings_init(&s);
    assert_int_equal(apply(&s, "include", "*.csv", &err), AS_OK);
    assert_int_equal(apply(&s, "include", "*.txt", &err), AS_OK);
    assert_int_equal(apply(&s, "detectors", "own.yaml", &err), AS_OK);
    assert_int_equal(as_text_list_add(&s.targets, "a"), AS_OK);
    assert_int_equal(as_settings_finish(&s, &err), AS_OK);
    assert_string_equal(s.run.includes[0], "*.csv");
    assert_string_equal(s.run.includes[1], "*.txt");
    assert_null(s.run.includes[2]);
    assert_null(s.run.excludes);
    assert_int_equal(s.run.detector_file_count, 1);
    assert_int_equal(s.run.target_count, 1);
    as_settings_fini(&s);
}

static void out_of_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    struct as_settings s;
    struct as_error err = {0};
    int64_t live = as_mem_live();
    as_settings_init(&s);
    as_mem_fail_after(0);
    enum as_status status = apply(&s, "include", "*", &err);
    as_mem_fail_after(UINT64_MAX);
    assert_int_equal(status, AS_E_NO_MEMORY);
    assert_int_equal(apply(&s, "include", "*", &err), AS_OK);
    as_settings_fini(&s);
    assert_int_equal(as_mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_entries_are_sound),
        cmocka_unit_test(table_defaults_are_those_of_the_program),
        cmocka_unit_test(value_wrong_is_refused_and_named),
        cmocka_unit_test(value_where_none_belongs_is_refused),
        cmocka_unit_test(reserved_option_is_not_yet_supported),
        cmocka_unit_test(values_at_the_limits_are_stored),
        cmocka_unit_test(targets_are_checked_at_the_end),
        cmocka_unit_test(standard_input_twice_is_refused),
        cmocka_unit_test(lists_are_bound_in_order_and_end_with_null),
        cmocka_unit_test(out_of_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
