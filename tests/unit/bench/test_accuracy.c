/* SPDX-License-Identifier: Apache-2.0
 * Accuracy: how types fold, and each scoring rule of docs/accuracy.md on documents made by hand. */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "bench/accuracy_score.h"

static const char *folded(struct as_type_table *t, const char *name)
{
    uint16_t number;
    assert_int_equal(as_type_number(t, name, &number, NULL), AS_OK);
    return as_type_name(t, number);
}

static void ids_fold_onto_corpus_types(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"BANK_ACCOUNT_NUMBER", "BANK_ACCOUNT_NUMBER"},
        {"NEW_ZEALAND_BANK_ACCOUNT_NUMBER", "BANK_ACCOUNT_NUMBER"},
        {"USA_BANK_ACCOUNT_NUMBER", "USA_BANK_ACCOUNT_NUMBER"},
        {"CREDIT_CARD_NUMBER_(NO_KEYWORD)", "CREDIT_CARD_NUMBER"},
        {"FRANCE_PHONE_NUMBER", "PHONE_NUMBER"},
        {"NEW_ZEALAND_PHONE_NUMBER", "NEW_ZEALAND_PHONE_NUMBER"},
        {"UK_DRIVERS_LICENSE", "DRIVERS_LICENSE"},
        {"GERMANY_DRIVERS_LICENSE", "DRIVERS_LICENSE"},
        {"USA_PASSPORT_NUMBER", "PASSPORT_NUMBER"},
        {"USA_SOCIAL_SECURITY_NUMBER", "USA_SOCIAL_SECURITY_NUMBER"},
        {"SPAIN_SOCIAL_SECURITY_NUMBER", "NATIONAL_ID"},
        {"SOUTH_AFRICA_NATIONAL_IDENTIFICATION_NUMBER", "NATIONAL_ID"},
        {"UK_NATIONAL_INSURANCE_NUMBER", "NATIONAL_ID"},
        {"BRAZIL_CPF_NUMBER", "NATIONAL_ID"},
        {"BRAZIL_CNPJ_NUMBER", "TAX_ID"},
        {"AUSTRALIA_TAX_FILE_NUMBER", "TAX_ID"},
        {"OPENSSH_PRIVATE_KEY", "PRIVATE_KEY"},
        {"PKCS", "PRIVATE_KEY"},
        {"aws-secret key", "AWS_CREDENTIALS"},
        {"IPV6_ADDRESS", "IP_ADDRESS"},
        {"BRAZIL_CEP_CODE", "POSTAL_CODE"},
        {"CANADA_HEALTH_NUMBER", "HEALTH_INSURANCE_NUMBER"},
        {"VEHICLE_IDENTIFICATION_NUMBER", "VEHICLE_IDENTIFICATION_NUMBER"},
    };
    struct as_type_table *t = as_type_table_new();
    assert_non_null(t);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        assert_string_equal(folded(t, cases[i][0]), cases[i][1]);
    }
    as_type_table_free(t);
}

static void a_vendors_token_is_a_secret(void **state)
{
    (void)state;
    struct as_type_table *t = as_type_table_new();
    const struct as_detector token = {.id = "EXAMPLE_TOKEN", .category = AS_CREDENTIALS};
    const struct as_detector key = {.id = "PUTTY_PRIVATE_KEY", .category = AS_CREDENTIALS};
    const struct as_detector number = {.id = "EXAMPLE_NUMBER", .category = AS_PERSONAL_INFORMATION};
    uint16_t type;
    assert_non_null(t);
    assert_int_equal(as_type_of_detector(t, &token, &type, NULL), AS_OK);
    assert_string_equal(as_type_name(t, type), "SECRET");
    assert_int_equal(as_type_of_detector(t, &key, &type, NULL), AS_OK);
    assert_string_equal(as_type_name(t, type), "PRIVATE_KEY");
    assert_int_equal(as_type_of_detector(t, &number, &type, NULL), AS_OK);
    assert_string_equal(as_type_name(t, type), "EXAMPLE_NUMBER");
    as_type_table_free(t);
}

#define SPANS_MAX 3

struct span {
    const char *type; /* "!" before it: counts neither way */
    uint64_t start, end;
};

static const struct score_case {
    const char *name;
    struct span labels[SPANS_MAX];
    struct span predictions[SPANS_MAX];
    const char *scope;
    enum as_gold_expect expect;
    uint64_t found, missed, wrong, ignored, unjudged, some[2], none[2];
} score_cases[] = {
    {"the same place and type", {{"NAME", 0, 4}}, {{"NAME", 0, 4}}, "*", .found = 1},
    {"half of it is enough", {{"NAME", 0, 4}}, {{"NAME", 2, 9}}, "*", .found = 1},
    {"less than half is not", {{"NAME", 0, 5}}, {{"NAME", 3, 9}}, "*", .missed = 1, .wrong = 1},
    {"a type of the same group", {{"SECRET", 0, 4}}, {{"PASSWORD", 0, 4}}, "*", .found = 1},
    {"a type of another group", {{"SECRET", 0, 4}}, {{"NAME", 0, 4}}, "*", .missed = 1, .wrong = 1},
    {"the same type is paired before one of the group",
     {{"PASSWORD", 0, 4}, {"SECRET", 0, 4}},
     {{"SECRET", 0, 4}, {"PASSWORD", 0, 4}},
     "*",
     .found = 2},
    {"a second prediction on a found label is not counted",
     {{"NAME", 0, 4}},
     {{"NAME", 0, 4}, {"NAME", 1, 3}},
     "*",
     .found = 1},
    {"on a missed label it is",
     {{"NAME", 0, 9}},
     {{"NAME", 0, 2}, {"NAME", 7, 9}},
     "*",
     .missed = 1,
     .wrong = 2},
    {"what touches an ignored label is not counted",
     {{"!NAME", 4, 8}},
     {{"SECRET", 7, 9}},
     "*",
     .ignored = 1},
    {"nothing is labelled there", {{NULL, 0, 0}}, {{"NAME", 1, 2}}, "*", .wrong = 1},
    {"a type out of scope is not judged",
     {{NULL, 0, 0}},
     {{"NAME", 1, 2}},
     "SECRET",
     .unjudged = 1},
    {"a group in scope", {{NULL, 0, 0}}, {{"PASSWORD", 1, 2}}, "CREDENTIALS", .wrong = 1},
    {"a whole document with something",
     {{NULL, 0, 0}},
     {{"PASSWORD", 1, 2}},
     "CREDENTIALS",
     AS_EXPECT_SOME,
     .some = {0, 1}},
    {"only what is in scope counts for it",
     {{NULL, 0, 0}},
     {{"NAME", 1, 2}},
     "CREDENTIALS",
     AS_EXPECT_SOME,
     .some = {1, 0}},
    {"a whole document with nothing",
     {{NULL, 0, 0}},
     {{"PASSWORD", 1, 2}},
     "CREDENTIALS",
     AS_EXPECT_NONE,
     .none = {0, 1}},
};

static struct as_gold_span span_of(struct as_type_table *t, const struct span *from)
{
    bool ignored = *from->type == '!';
    struct as_gold_span s = {.start = from->start, .end = from->end, .free = ignored};
    assert_int_equal(as_type_number(t, from->type + ignored, &s.type, NULL), AS_OK);
    return s;
}

static void check_case(const struct score_case *c)
{
    struct as_type_table *t = as_type_table_new();
    struct as_scores *scores = as_calloc(1, sizeof *scores);
    struct as_gold_span labels[SPANS_MAX];
    char scope[32];
    char *scopes[] = {scope};
    assert_non_null(t);
    assert_non_null(scores);
    memcpy(scope, c->scope, strlen(c->scope) + 1);
    struct as_gold_document d = {
        .bytes = 10, .expect = c->expect, .labels = labels, .scope = scopes, .scope_count = 1};
    for (int i = 0; i < SPANS_MAX && c->labels[i].type != NULL; i++) {
        labels[d.label_count++] = span_of(t, &c->labels[i]);
    }
    for (int i = 0; i < SPANS_MAX && c->predictions[i].type != NULL; i++) {
        struct as_gold_span s = span_of(t, &c->predictions[i]);
        assert_int_equal(as_gold_predict(&d, &s), AS_OK);
    }
    as_score_document(t, &d, scores, NULL, NULL);
    struct as_score_count sum = {0};
    uint64_t unjudged = 0;
    for (size_t i = 0; i < as_type_count(t); i++) {
        sum.found += scores->types[i].found;
        sum.missed += scores->types[i].missed;
        sum.wrong += scores->types[i].wrong;
        sum.ignored += scores->types[i].ignored;
        unjudged += scores->unjudged[i];
    }
    if (sum.found != c->found || sum.missed != c->missed || sum.wrong != c->wrong ||
        sum.ignored != c->ignored || unjudged != c->unjudged ||
        memcmp(scores->expected_some, c->some, sizeof c->some) != 0 ||
        memcmp(scores->expected_none, c->none, sizeof c->none) != 0) {
        fail_msg("%s: found %d, missed %d, wrong %d, ignored %d, not judged %d", c->name,
                 (int)sum.found, (int)sum.missed, (int)sum.wrong, (int)sum.ignored, (int)unjudged);
    }
    as_free(d.predictions);
    as_free(scores);
    as_type_table_free(t);
}

static void scores_by_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(score_cases); i++) {
        check_case(&score_cases[i]);
    }
}

static void rates_without_anything_to_divide_by_are_unknown(void **state)
{
    (void)state;
    const struct as_score_count nothing = {0};
    const struct as_score_count some = {.found = 3, .missed = 1, .wrong = 1};
    assert_true(as_score_rates(&nothing).precision < 0);
    assert_true(as_score_rates(&nothing).recall < 0);
    assert_true(as_score_rates(&nothing).f1 < 0);
    assert_true(as_score_rates(&some).precision == 0.75);
    assert_true(as_score_rates(&some).recall == 0.75);
    assert_true(as_score_rates(&some).f1 == 0.75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_fold_onto_corpus_types),
        cmocka_unit_test(a_vendors_token_is_a_secret),
        cmocka_unit_test(scores_by_the_rules),
        cmocka_unit_test(rates_without_anything_to_divide_by_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
