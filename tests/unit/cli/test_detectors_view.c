/* SPDX-License-Identifier: Apache-2.0
 * The catalogue as it is printed: JSON that parses and holds what docs promise, tables with every
 * detector that was asked for and no other. */
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/mem.h"
#include "cli/detectors_view.h"

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    assert_non_null(text);
    return text;
}

static const struct as_detector made_up = {
    .id = "MADE_UP",
    .title = "Quoted \"title\"",
    .category = AS_PERSONAL_INFORMATION,
    .countries = "Germany, United States, Any",
    .severity = {AS_SEVERITY_LOW, AS_SEVERITY_LOW, AS_SEVERITY_HIGH},
    .recommended = true,
    .keyword_rule = AS_KEYWORD_REQUIRED,
    .keywords = (const char *const[]){"one word", NULL},
    .check_name = "luhn",
    .min_bytes = 3,
    .max_bytes = 9,
    .hash = "0123",
};
static const struct as_catalog one = {.detectors = &made_up, .count = 1};

static void list_json_holds_what_is_promised(void **state)
{
    (void)state;
    struct as_strbuf out;
    as_strbuf_init(&out, 1U << 20);
    as_detectors_list_json(&one, (const uint8_t[]){1}, &out);
    cJSON *list = cJSON_Parse(out.ptr);
    assert_int_equal(cJSON_GetArraySize(list), 1);
    const cJSON *d = cJSON_GetArrayItem(list, 0);
    assert_string_equal(text_of(d, "id"), "MADE_UP");
    assert_string_equal(text_of(d, "title"), "Quoted \"title\"");
    assert_string_equal(text_of(d, "category"), "PERSONAL_INFORMATION");
    assert_string_equal(text_of(d, "keywordRule"), "required");
    const cJSON *countries = cJSON_GetObjectItem(d, "countries");
    assert_int_equal(cJSON_GetArraySize(countries), 3);
    assert_string_equal(cJSON_GetArrayItem(countries, 1)->valuestring, "United States");
    const cJSON *severity = cJSON_GetObjectItem(d, "severity");
    assert_int_equal(cJSON_GetArraySize(severity), 2);
    assert_string_equal(text_of(cJSON_GetArrayItem(severity, 1), "severity"), "High");
    assert_int_equal(
        cJSON_GetObjectItem(cJSON_GetArrayItem(severity, 1), "occurrencesThreshold")->valueint,
        100);
    assert_string_equal(cJSON_GetArrayItem(cJSON_GetObjectItem(d, "checks"), 0)->valuestring,
                        "luhn");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(d, "recommended")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(d, "macie")));
    cJSON_Delete(list);
    as_strbuf_fini(&out);
}

static void list_json_of_nothing_is_an_empty_array(void **state)
{
    (void)state;
    struct as_strbuf out;
    as_strbuf_init(&out, 1U << 20);
    as_detectors_list_json(&one, (const uint8_t[]){0}, &out);
    cJSON *list = cJSON_Parse(out.ptr);
    assert_true(cJSON_IsArray(list));
    assert_int_equal(cJSON_GetArraySize(list), 0);
    cJSON_Delete(list);
    as_strbuf_fini(&out);
}

static void list_has_every_built_in_detector_once(void **state)
{
    (void)state;
    const struct as_catalog *c = &as_catalog_builtin;
    const struct as_screen screen = {.columns = 40};
    struct as_strbuf table;
    struct as_strbuf json;
    as_strbuf_init(&table, 4U << 20);
    as_strbuf_init(&json, 4U << 20);
    AS_CLEANUP(as_free_ptr) uint8_t *enabled = as_calloc(c->count, 1);
    assert_non_null(enabled);
    memset(enabled, 1, c->count);
    assert_true(c->count >= 30);
    as_detectors_list(c, enabled, &screen, &table);
    as_detectors_list_json(c, enabled, &json);
    cJSON *list = cJSON_Parse(json.ptr);
    assert_int_equal(cJSON_GetArraySize(list), (int)c->count);
    for (uint32_t i = 0; i < c->count; i++) {
        char row[2][96]; /* a title may begin with the id too: only a row's start counts */
        unsigned rows = 0;
        assert_true(snprintf(row[0], sizeof row[0], "\n  *  %s ", c->detectors[i].id) > 0);
        assert_true(snprintf(row[1], sizeof row[1], "\n     %s ", c->detectors[i].id) > 0);
        for (int kind = 0; kind < 2; kind++) {
            for (const char *at = table.ptr; (at = strstr(at, row[kind])) != NULL; at++) {
                rows++;
            }
        }
        assert_int_equal(rows, 1);
    }
    cJSON_Delete(list);
    as_strbuf_fini(&table);
    as_strbuf_fini(&json);
}

static void show_of_every_built_in_detector_is_whole(void **state)
{
    (void)state;
    const struct as_catalog *c = &as_catalog_builtin;
    for (uint32_t i = 0; i < c->count; i++) {
        struct as_strbuf text;
        struct as_strbuf json;
        as_strbuf_init(&text, 4U << 20);
        as_strbuf_init(&json, 4U << 20);
        as_detector_show(&c->detectors[i], &text);
        as_detector_show_json(&c->detectors[i], &json);
        assert_false(text.failed);
        assert_non_null(strstr(text.ptr, c->detectors[i].id));
        assert_non_null(strstr(text.ptr, c->detectors[i].hash));
        cJSON *o = cJSON_Parse(json.ptr);
        assert_string_equal(text_of(o, "sha256"), c->detectors[i].hash);
        assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(o, "examplesHit")) >= 3);
        cJSON_Delete(o);
        as_strbuf_fini(&text);
        as_strbuf_fini(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_json_holds_what_is_promised),
        cmocka_unit_test(list_json_of_nothing_is_an_empty_array),
        cmocka_unit_test(list_has_every_built_in_detector_once),
        cmocka_unit_test(show_of_every_built_in_detector_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
