/* SPDX-License-Identifier: Apache-2.0
 * The pack loader: what it refuses and how it says so, what it reads, and that nothing leaks when
 * memory runs out at any allocation. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "pack/pack.h"
#include "pack/shape.h"

/* A definition that is right; tests break it. */
#define HEAD "format: 1\nfamily: test\ndetectors:\n"
#define GOOD                                                                                       \
    "  - id: STAFF_NUMBER\n"                                                                       \
    "    title: Staff number\n"                                                                    \
    "    nominator: shape\n"                                                                       \
    "    shapes: [\"AAd{6}\", \"AA-d{3}-d{3}\"]\n"                                                 \
    "    separators: \" -\"\n"                                                                     \
    "    min_bytes: 8\n"                                                                           \
    "    max_bytes: 10\n"                                                                          \
    "    keyword_rule: required\n"                                                                 \
    "    keywords: [staff no, employé]\n"                                                         \
    "    source: House rule 7\n"

/* Another, whose form is missing. */
#define TOKEN                                                                                      \
    "  - id: STAFF_TOKEN\n"                                                                        \
    "    title: Staff token\n"                                                                     \
    "    nominator: anchor\n"                                                                      \
    "    anchors: [tk_]\n"                                                                         \
    "    min_bytes: 8\n"                                                                           \
    "    max_bytes: 10\n"                                                                          \
    "    check: token\n"                                                                           \
    "    source: House rule 8\n"

static enum as_status parse(const char *text, struct as_catalog **out, struct as_error *err)
{
    return as_pack_parse(as_slice_of(text), "p.yaml", out, err);
}

static void malformed_packs_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "p.yaml:1: the file is empty"},
        {"[1, 2]", "p.yaml:1: pack: a mapping"},
        {"a: [", "p.yaml:2: did not find"},
        {"format: 2\ndetectors: []\n", "p.yaml:1: format: format: 1 is needed"},
        {"family: x\ndetectors: []\n", "p.yaml:1: format: format: 1 is needed"},
        {"format: 1\ndetectors: []\n", "p.yaml:2: detectors: a list of definitions"},
        {"format: 1\nnames: []\n", "p.yaml:2: names: unknown key"},
        {"format: 1\nformat: 1\n", "p.yaml:2: key 'format' stands twice"},
        {"format: 1\ndetectors: &a [*a]\n", "p.yaml:2: anchors and tags"},
        {"format: 1\ndetectors: [*a]\n", "p.yaml:2: aliases are not allowed"},
        {"format: !!int 1\n", "p.yaml:1: anchors and tags"},
        {"format: 1\n---\nformat: 1\n", "p.yaml:2: more than one document"},
        {"format: [[[[[[[1]]]]]]]\n", "p.yaml:1: nested too deeply"},
        {"[a]: 1\n", "p.yaml:1: a key must be"},
        {"format: 1\nfamily: Two Words\ndetectors: [{}]\n", "p.yaml:2: family: a word"},
        {"format: 1\ndetectors: [x]\n", "p.yaml:2: detectors: each definition"},
        {"format: 1\ndetectors: [{title: x}]\n", "p.yaml:2: id: is missing"},
        {"format: 1\ndetectors: [{like: X}]\n", "p.yaml:2: like: no earlier"},
        {HEAD GOOD GOOD, "p.yaml:14: STAFF_NUMBER: this id is already taken"},
        {HEAD GOOD "    colour: red\n", "p.yaml:14: colour: unknown key"},
        {HEAD GOOD "    macie: yes\n", "p.yaml:14: macie: true or false"},
        {HEAD GOOD "    macie: \"true\"\n", "p.yaml:14: macie: true or false"},
        {HEAD GOOD "    revision: 0\n", "p.yaml:14: revision: a number from 1"},
        {HEAD GOOD "    revision: 9999999999\n", "p.yaml:14: revision: a number from 1"},
        {HEAD GOOD "    confidence: 1.5\n", "p.yaml:14: confidence: a number"},
        {HEAD GOOD "    severity: Highest\n", "p.yaml:14: severity: Low, Medium or High"},
        {HEAD GOOD "    severity: [Low, High]\n", "p.yaml:14: severity: Low, Medium or High"},
        {HEAD GOOD "    severity: [High, Low, Low]\n", "STAFF_NUMBER: severity must not fall"},
        {HEAD GOOD "    category: SECRET\n", "p.yaml:14: category: unknown word"},
        {HEAD GOOD "    test_values: one\n", "p.yaml:14: test_values: a list is needed"},
        {HEAD GOOD "    test_values: [[a]]\n", "p.yaml:14: test_values: the list takes texts"},
        {HEAD GOOD "    test_values: [AB-123456]\n", "compared without separators"},
        {HEAD GOOD "    check: nothing\n", "p.yaml:14: check: no check of that name"},
        {HEAD GOOD "    check: jwt\n", "p.yaml:14: check: this check belongs to another"},
        {HEAD GOOD "    strength: proof\n", "a strength above structure needs a check"},
        {HEAD GOOD "    anchors: [x]\n", "anchors belong to nominator anchor"},
        {HEAD GOOD "    pattern: x\n", "pattern belongs to nominator pattern"},
        {HEAD GOOD "    forms: [x]\n", "forms belong to a check"},
        {HEAD TOKEN, "this check needs forms"},
        {HEAD TOKEN "    forms: [\"tk_[a\"]\n", "a form has a '['"},
        {HEAD TOKEN "    forms: [\"tk_[a-z]{30}\"]\n", "outside of min_bytes"},
        {HEAD GOOD "    title: [x]\n", "key 'title' stands twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct as_catalog *c = NULL;
        struct as_error err = {.status = AS_OK};
        if (parse(cases[i].text, &c, &err) != AS_E_USAGE || c != NULL ||
            strstr(err.message, cases[i].message) == NULL) {
            fail_msg("case %zu:\n%s\ngave: %s\nwanted: %s", i, cases[i].text, err.message,
                     cases[i].message);
        }
    }
    assert_int_equal(as_mem_live(), 0);
}

/* `from` in the good definition replaced by `to`. */
static void run_changed(const char *from, const char *to, const char *message)
{
    static const char good[] = HEAD GOOD;
    char text[2048];
    const char *at = strstr(good, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    enum as_status status = parse(text, &c, &err);
    if (status != AS_E_USAGE || strstr(err.message, message) == NULL) {
        fail_msg("'%s' for '%s' gave: %s", to, from, err.message);
    }
}

static void definitions_that_cannot_work_are_refused(void **state)
{
    (void)state;
    run_changed("STAFF_NUMBER", "staff number", "id takes only");
    run_changed("min_bytes: 8", "min_bytes: 11", "min_bytes is greater");
    run_changed("    min_bytes: 8\n", "", "min_bytes: is missing");
    run_changed("    nominator: shape\n", "", "nominator: is missing");
    run_changed("    source: House rule 7\n", "", "source: is missing");
    run_changed("    separators: \" -\"\n", "", "needs separators");
    run_changed("\" -\"", "\" -;\"", "a separator is none of");
    run_changed("\" -\"", "\" --\"", "a separator stands twice");
    run_changed("AAd{6}", "AAq{6}", "only d, A, a, x");
    run_changed("AAd{6}", "AAd{6", "a repeat needs '}'");
    run_changed("AAd{6}", "AAd{6,5}", "reversed or zero");
    run_changed("AAd{6}", "AAd{65}", "at most 64");
    run_changed("AAd{6}", "AA--d", "a group is empty");
    run_changed("AAd{6}", "d-d-d-d-d-d-d-d-d-d-d-d-d", "more than 12 groups");
    run_changed("staff no", "Staff no", "must be in lower case");
    run_changed("employé", "EMPLOYÉ", "must be in lower case");
    run_changed("employé", "\"a\\tb\"", "control character");
    run_changed("employé", "x", "2 to 96 bytes");
    run_changed("employé", "\"a  b\"", "no two together");
    run_changed("    keywords: [staff no, employé]\n", "", "keyword_rule needs keywords");
    run_changed("    keyword_rule: required\n", "", "keywords need a keyword_rule");
    run_changed("nominator: shape", "nominator: run", "shapes and separators belong");
    assert_int_equal(as_mem_live(), 0);
}

static void good_pack_is_read_with_its_defaults(void **state)
{
    (void)state;
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    assert_int_equal(parse(HEAD GOOD, &c, &err), AS_OK);
    assert_int_equal(c->count, 1);
    const struct as_detector *d = &c->detectors[0];
    assert_string_equal(d->id, "STAFF_NUMBER");
    assert_string_equal(d->family, "test");
    assert_string_equal(d->countries, "Any");
    assert_int_equal(d->category, AS_CUSTOM_IDENTIFIER);
    assert_int_equal(d->severity[0], AS_SEVERITY_MEDIUM);
    assert_int_equal(d->keyword_distance, 30);
    assert_string_equal(d->shapes[1], "AA-d{3}-d{3}");
    assert_null(d->shapes[2]);
    assert_string_equal(d->keywords[1], "employé");
    /* The canonical hash is part of results: it must not change by itself. */
    assert_string_equal(d->hash,
                        "b304814e91c5a25156cf1413fd266f55a1ebe1d136a832160de1fdadf6d2bcb0");
    as_catalog_free(c);
    assert_int_equal(as_mem_live(), 0);
}

static void like_takes_all_but_id_and_examples(void **state)
{
    (void)state;
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    assert_int_equal(parse(HEAD GOOD "    examples_hit: [a]\n"
                                     "  - like: STAFF_NUMBER\n    id: GUEST_NUMBER\n"
                                     "    severity: High\n",
                           &c, &err),
                     AS_OK);
    const struct as_detector *d = &c->detectors[1];
    assert_string_equal(d->id, "GUEST_NUMBER");
    assert_string_equal(d->title, "Staff number");
    assert_ptr_equal(d->keywords, c->detectors[0].keywords);
    assert_null(d->examples_hit);
    assert_int_equal(d->severity[2], AS_SEVERITY_HIGH);
    assert_string_not_equal(d->hash, c->detectors[0].hash);
    as_catalog_free(c);
}

static void hash_ignores_layout_and_sees_rules(void **state)
{
    (void)state;
    struct as_catalog *a = NULL;
    struct as_catalog *b = NULL;
    struct as_catalog *changed = NULL;
    struct as_error err = {.status = AS_OK};
    assert_int_equal(parse(HEAD GOOD, &a, &err), AS_OK);
    assert_int_equal(parse("# note\ndetectors:\n" GOOD
                           "    countries: 'Any'\nfamily: test\nformat: 1\n",
                           &b, &err),
                     AS_OK);
    assert_int_equal(parse(HEAD GOOD "    keyword_distance: 31\n", &changed, &err), AS_OK);
    assert_string_equal(a->detectors[0].hash, b->detectors[0].hash);
    assert_string_not_equal(a->detectors[0].hash, changed->detectors[0].hash);
    as_catalog_free(a);
    as_catalog_free(b);
    as_catalog_free(changed);
}

static void parsing_survives_every_failed_allocation(void **state)
{
    (void)state;
    for (uint64_t n = 0;; n++) {
        struct as_catalog *c = NULL;
        struct as_error err = {.status = AS_OK};
        as_mem_fail_after(n);
        enum as_status status = parse(HEAD GOOD, &c, &err);
        as_mem_fail_after(UINT64_MAX);
        if (status == AS_OK) {
            as_catalog_free(c);
            break;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
        assert_int_equal(as_mem_live(), 0);
        assert_true(n < 100);
    }
    assert_int_equal(as_mem_live(), 0);
}

static void shapes_tell_their_lengths(void **state)
{
    (void)state;
    size_t low;
    size_t high;
    assert_null(as_shape_check("d{13,19}", &low, &high));
    assert_int_equal(low, 13);
    assert_int_equal(high, 19);
    assert_null(as_shape_check("AAdd-x{4}-x", &low, &high));
    assert_int_equal(low, 9);
    assert_int_equal(high, 9);
    assert_non_null(as_shape_check("", &low, &high));
    assert_non_null(as_shape_check("d-", &low, &high));
    assert_non_null(as_shape_check("d{", &low, &high));
    assert_non_null(as_shape_check("d{0}", &low, &high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_packs_are_refused_with_their_line),
        cmocka_unit_test(definitions_that_cannot_work_are_refused),
        cmocka_unit_test(parsing_survives_every_failed_allocation),
        cmocka_unit_test(shapes_tell_their_lengths),
        cmocka_unit_test(hash_ignores_layout_and_sees_rules),
        cmocka_unit_test(like_takes_all_but_id_and_examples),
        cmocka_unit_test(good_pack_is_read_with_its_defaults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
