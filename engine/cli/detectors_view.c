/* SPDX-License-Identifier: Apache-2.0
 * See detectors_view.h. The JSON names are those of docs/detectors.md; severity has the shape of
 * Macie's severityLevels: from how many occurrences on it holds. */
#include "cli/detectors_view.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "base/mem.h"
#include "cli/table.h"
#include "cli/width.h"

static const char *nominator_name(enum as_nominator nominator)
{
    static const char *const names[] = {"shape", "anchor", "run", "pattern", "hex-colon"};
    return (unsigned)nominator < AS_ARRAY_SIZE(names) ? names[nominator] : "";
}

static const char *keyword_rule_name(enum as_keyword_rule rule)
{
    static const char *const names[] = {"none", "raises", "required", "absent"};
    return (unsigned)rule < AS_ARRAY_SIZE(names) ? names[rule] : "";
}

static const char *strength_name(enum as_strength strength)
{
    static const char *const names[] = {"none", "structure", "digit", "strong", "proof"};
    return (unsigned)strength < AS_ARRAY_SIZE(names) ? names[strength] : "";
}

/* The counts from which each severity holds, equal neighbours joined. */
static const unsigned severity_from[3] = {1, 2, 100};

static void severity_text(const struct as_detector *d, struct as_strbuf *out)
{
    as_strbuf_puts(out, as_severity_name(d->severity[0]));
    for (unsigned i = 1; i < 3; i++) {
        if (d->severity[i] != d->severity[i - 1]) {
            as_strbuf_printf(out, ", %s from %u", as_severity_name(d->severity[i]),
                             severity_from[i]);
        }
    }
}

static int compare_rows(const struct as_detector *a, const struct as_detector *b)
{
    return a->category != b->category ? (a->category > b->category ? 1 : -1) : strcmp(a->id, b->id);
}

/* Indexes of the enabled detectors in the order of the list; as_free. */
static uint32_t *sorted_rows(const struct as_catalog *catalog, const uint8_t *enabled,
                             uint32_t *out_count)
{
    uint32_t *rows = as_calloc(catalog->count, sizeof *rows);
    uint32_t count = 0;
    for (uint32_t i = 0; rows != NULL && i < catalog->count; i++) {
        if (enabled[i] == 0) {
            continue;
        }
        uint32_t at = count++;
        for (;
             at > 0 && compare_rows(&catalog->detectors[i], &catalog->detectors[rows[at - 1]]) < 0;
             at--) {
            rows[at] = rows[at - 1];
        }
        rows[at] = i;
    }
    *out_count = count;
    return rows;
}

void as_detectors_list(const struct as_catalog *catalog, const uint8_t *enabled,
                       const struct as_screen *screen, struct as_strbuf *out)
{
    static const struct as_table_column columns[] = {
        {"", false, false},        {"ID", false, false},      {"CATEGORY", false, true},
        {"SEVERITY", false, true}, {"KEYWORD", false, false}, {"COUNTRIES", false, true},
        {"TITLE", false, true}};
    uint32_t count;
    uint32_t recommended = 0;
    AS_CLEANUP(as_free_ptr) uint32_t *rows = sorted_rows(catalog, enabled, &count);
    struct as_table table;
    as_table_init(&table, columns, AS_ARRAY_SIZE(columns));
    for (uint32_t i = 0; rows != NULL && i < count; i++) {
        const struct as_detector *d = &catalog->detectors[rows[i]];
        struct as_strbuf severity;
        as_strbuf_init(&severity, 256);
        severity_text(d, &severity);
        recommended += d->recommended;
        as_table_cell(&table, d->recommended ? "*" : " ");
        as_table_cell(&table, d->id);
        as_table_cell(&table, as_category_name(d->category));
        as_table_cell(&table, severity.failed ? "" : severity.ptr);
        as_table_cell(&table, keyword_rule_name(d->keyword_rule));
        as_table_cell(&table, d->countries != NULL ? d->countries : "");
        as_table_cell(&table, d->title != NULL ? d->title : "");
        as_strbuf_fini(&severity);
    }
    out->failed = out->failed || rows == NULL;
    as_table_render(&table, screen->terminal ? screen->columns : SIZE_MAX, screen->colour, out);
    as_strbuf_printf(out, "\n  %u detectors, %u recommended (*)\n", count, recommended);
    as_table_fini(&table);
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL) {
        AS_IGNORE(cJSON_AddStringToObject(object, name, text) == NULL,
                  "checked once, when printing");
    }
}

static void add_list(cJSON *object, const char *name, const char *const *list)
{
    if (list == NULL || *list == NULL) {
        return;
    }
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (; *list != NULL; list++) {
        AS_IGNORE(!cJSON_AddItemToArray(array, cJSON_CreateString(*list)), "as above");
    }
}

static void add_countries(cJSON *object, const char *countries)
{
    cJSON *array = cJSON_AddArrayToObject(object, "countries");
    while (countries != NULL && *countries != '\0') {
        countries += strspn(countries, ", ");
        size_t len = strcspn(countries, ",");
        AS_CLEANUP(as_free_ptr) char *name = as_memdup0(countries, len);
        if (len != 0 && name != NULL) {
            AS_IGNORE(!cJSON_AddItemToArray(array, cJSON_CreateString(name)), "as above");
        }
        countries += len;
    }
}

static void add_severity(cJSON *object, const struct as_detector *d)
{
    cJSON *array = cJSON_AddArrayToObject(object, "severity");
    for (unsigned i = 0; i < 3; i++) {
        if (i == 0 || d->severity[i] != d->severity[i - 1]) {
            cJSON *level = cJSON_CreateObject();
            AS_IGNORE(cJSON_AddNumberToObject(level, "occurrencesThreshold", severity_from[i]) ==
                          NULL,
                      "as above");
            add_text(level, "severity", as_severity_name(d->severity[i]));
            AS_IGNORE(!cJSON_AddItemToArray(array, level), "as above");
        }
    }
}

static void add_flag(cJSON *object, const char *name, bool value)
{
    AS_IGNORE(cJSON_AddBoolToObject(object, name, value) == NULL, "as above");
}

static cJSON *brief_json(const struct as_detector *d)
{
    cJSON *o = cJSON_CreateObject();
    add_text(o, "id", d->id);
    add_text(o, "title", d->title);
    add_text(o, "category", as_category_name(d->category));
    add_countries(o, d->countries);
    add_severity(o, d);
    cJSON *checks = cJSON_AddArrayToObject(o, "checks");
    if (d->check_name != NULL) {
        AS_IGNORE(!cJSON_AddItemToArray(checks, cJSON_CreateString(d->check_name)), "as above");
    }
    add_text(o, "keywordRule", keyword_rule_name(d->keyword_rule));
    add_flag(o, "macie", d->macie);
    add_flag(o, "recommended", d->recommended);
    add_flag(o, "macieRecommended", d->macie_recommended);
    add_flag(o, "custom", d->custom);
    return o;
}

static void print_json(cJSON *value, struct as_strbuf *out)
{
    char *text = cJSON_Print(value);
    out->failed = out->failed || text == NULL;
    as_strbuf_puts(out, text != NULL ? text : "");
    as_strbuf_putc(out, '\n');
    cJSON_free(text);
    cJSON_Delete(value);
}

void as_detectors_list_json(const struct as_catalog *catalog, const uint8_t *enabled,
                            struct as_strbuf *out)
{
    uint32_t count;
    AS_CLEANUP(as_free_ptr) uint32_t *rows = sorted_rows(catalog, enabled, &count);
    cJSON *array = cJSON_CreateArray();
    for (uint32_t i = 0; rows != NULL && i < count; i++) {
        AS_IGNORE(!cJSON_AddItemToArray(array, brief_json(&catalog->detectors[rows[i]])),
                  "as above");
    }
    out->failed = out->failed || rows == NULL;
    print_json(array, out);
}

void as_detector_show_json(const struct as_detector *d, struct as_strbuf *out)
{
    cJSON *o = brief_json(d);
    AS_IGNORE(cJSON_AddNumberToObject(o, "revision", d->revision) == NULL, "as above");
    add_text(o, "family", d->family);
    add_text(o, "nominator", nominator_name(d->nominator));
    add_list(o, "shapes", d->shapes);
    add_text(o, "separators", d->separators);
    add_list(o, "anchors", d->anchors);
    add_list(o, "forms", d->forms);
    add_text(o, "pattern", d->pattern);
    AS_IGNORE(cJSON_AddNumberToObject(o, "minBytes", d->min_bytes) == NULL, "as above");
    AS_IGNORE(cJSON_AddNumberToObject(o, "maxBytes", d->max_bytes) == NULL, "as above");
    add_text(o, "strength", strength_name(d->strength));
    add_list(o, "keywords", d->keywords);
    AS_IGNORE(cJSON_AddNumberToObject(o, "keywordDistance", d->keyword_distance) == NULL,
              "as above");
    add_list(o, "testValues", d->test_values);
    add_list(o, "placeholders", d->placeholders);
    add_list(o, "excludes", d->excludes);
    AS_IGNORE(cJSON_AddNumberToObject(o, "confidence", d->confidence) == NULL, "as above");
    add_text(o, "source", d->source);
    add_list(o, "examplesHit", d->examples_hit);
    add_list(o, "examplesMiss", d->examples_miss);
    add_text(o, "sha256", d->hash);
    print_json(o, out);
}

static void line(struct as_strbuf *out, const char *name, const char *text)
{
    if (text != NULL && *text != '\0') {
        as_strbuf_printf(out, "  %-13s", name);
        as_text_show(out, as_slice_of(text), SIZE_MAX);
        as_strbuf_putc(out, '\n');
    }
}

static void lines(struct as_strbuf *out, const char *name, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++, name = "") {
        line(out, name, *list);
    }
}

void as_detector_show(const struct as_detector *d, struct as_strbuf *out)
{
    struct as_strbuf severity;
    as_strbuf_init(&severity, 256);
    severity_text(d, &severity);
    as_strbuf_printf(out, "%s (revision %u)%s\n", d->id, d->revision,
                     d->recommended ? ", recommended" : "");
    line(out, "title", d->title);
    line(out, "category", as_category_name(d->category));
    line(out, "family", d->family);
    line(out, "countries", d->countries);
    line(out, "severity", severity.failed ? "" : severity.ptr);
    line(out, "Macie", d->macie ? (d->macie_recommended ? "yes, recommended" : "yes") : "no");
    line(out, "found by", nominator_name(d->nominator));
    lines(out, "shapes", d->shapes);
    lines(out, "anchors", d->anchors);
    lines(out, "forms", d->forms);
    line(out, "pattern", d->pattern);
    as_strbuf_printf(out, "  %-13s%u to %u bytes\n", "length", d->min_bytes, d->max_bytes);
    line(out, "check", d->check_name);
    line(out, "strength", strength_name(d->strength));
    line(out, "keyword", keyword_rule_name(d->keyword_rule));
    lines(out, "keywords", d->keywords);
    lines(out, "test values", d->test_values);
    lines(out, "placeholders", d->placeholders);
    lines(out, "never", d->excludes);
    line(out, "source", d->source);
    lines(out, "hits", d->examples_hit);
    lines(out, "misses", d->examples_miss);
    line(out, "sha256", d->hash);
    as_strbuf_fini(&severity);
}
