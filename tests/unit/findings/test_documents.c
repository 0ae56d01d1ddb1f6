/* SPDX-License-Identifier: Apache-2.0
 * Documents one by one: what is written for what, limits, masking, exact numbers, lack of memory.
 * test_output_folder.c has the same checked by software that is not ours. */
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "findings_fixture.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "findings/json_doc.h"

#define OUT_BYTES_MAX (64U << 20)

typedef enum as_status document_fn(const struct as_run_facts *run, const struct as_result *r,
                                   struct as_strbuf *out);

static char *written(document_fn *document, const struct as_run_facts *run,
                     const struct as_result *r)
{
    struct as_strbuf out;
    as_strbuf_init(&out, OUT_BYTES_MAX);
    assert_int_equal(document(run, r, &out), AS_OK);
    return as_strbuf_detach(&out);
}

static cJSON *parsed(document_fn *document, const struct as_run_facts *run,
                     const struct as_result *r)
{
    char *text = written(document, run, r);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    as_free(text);
    return json;
}

/** The item at "a.b.0.c"; NULL when there is none. */
static const cJSON *at(const cJSON *json, const char *path)
{
    char part[64];
    while (json != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        memcpy(part, path, len);
        part[len] = '\0';
        json = part[0] >= '0' && part[0] <= '9' ? cJSON_GetArrayItem(json, part[0] - '0')
                                                : cJSON_GetObjectItemCaseSensitive(json, part);
        path += path[len] == '.' ? len + 1 : len;
    }
    return json;
}

static const char *text_at(const cJSON *json, const char *path)
{
    const cJSON *item = at(json, path);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

static int number_at(const cJSON *json, const char *path)
{
    const cJSON *item = at(json, path);
    assert_true(cJSON_IsNumber(item));
    return (int)item->valuedouble;
}

static void result_without_hits_is_a_record_and_no_finding(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    as_tally_exclude(&tally, AS_EXCLUDED_PLACEHOLDER);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "a/b.csv", &tally);
    r.coverage = AS_SKIPPED;
    r.reason = AS_REASON_PERMISSION_DENIED;
    r.detail = "a/b.csv: access denied";
    cJSON *json = parsed(as_document_result, &run, &r);
    assert_true(cJSON_IsNull(at(json, "severity")));
    assert_true(cJSON_IsNull(at(json, "type")));
    assert_string_equal(text_at(json, "classificationDetails.result.status.code"), "SKIPPED");
    assert_string_equal(text_at(json, "classificationDetails.result.status.reason"),
                        "PERMISSION_DENIED");
    assert_string_equal(text_at(json, "classificationDetails.result.status.detail"), r.detail);
    assert_int_equal(number_at(json, "classificationDetails.result.excluded.placeholder"), 1);
    assert_null(at(json, "resourcesAffected.s3Object.embeddedFileDetails"));
    cJSON_Delete(json);
    document_fn *const findings[] = {as_document_macie, as_document_asff, as_document_csv};
    for (size_t i = 0; i < 3; i++) {
        char *text = written(findings[i], &run, &r);
        assert_string_equal(text, "");
        as_free(text);
    }
    as_tally_fini(&tally);
}

static void members_have_records_and_rows_only(void **state)
{
    (void)state;
    static const uint64_t index[] = {4, 0};
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 2, 0);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "backup.zip", &tally);
    r.depth = 2;
    r.index = index;
    r.member_path = "inner.tar!/home/\xef\xbf\xbd.csv";
    r.member_path_raw = as_slice("inner.tar!/home/\xff.csv", 21);
    cJSON *json = parsed(as_document_result, &run, &r);
    static const char prefix[] = "resourcesAffected.s3Object.embeddedFileDetails.";
    char path[96];
    AS_IGNORE(snprintf(path, sizeof path, "%sfilePath", prefix), "fits");
    assert_string_equal(text_at(json, path), r.member_path);
    AS_IGNORE(snprintf(path, sizeof path, "%sfileExtension", prefix), "fits");
    assert_string_equal(text_at(json, path), "csv");
    AS_IGNORE(snprintf(path, sizeof path, "%sfilePathBase64", prefix), "fits");
    assert_string_equal(text_at(json, path), "aW5uZXIudGFyIS9ob21lL/8uY3N2");
    AS_IGNORE(snprintf(path, sizeof path, "%smemberIndex.0", prefix), "fits");
    assert_int_equal(number_at(json, path), 4);
    AS_IGNORE(snprintf(path, sizeof path, "%sfileSize", prefix), "fits");
    assert_true(cJSON_IsNull(at(json, path)));
    cJSON_Delete(json);
    char *macie = written(as_document_macie, &run, &r);
    char *asff = written(as_document_asff, &run, &r);
    char *csv = written(as_document_csv, &run, &r);
    assert_string_equal(macie, "");
    assert_string_equal(asff, "");
    assert_non_null(strstr(csv, "\"inner.tar!/home/"));
    as_free(macie);
    as_free(asff);
    as_free(csv);
    as_tally_fini(&tally);
}

static void finding_locates_fifteen_places_depth_first(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 10, 0);
    fixture_hits(&tally, D_SECRET, 12, 500);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    cJSON *json = parsed(as_document_macie, &run, &r);
    static const char first[] = "classificationDetails.result.sensitiveData.0";
    static const char second[] = "classificationDetails.result.sensitiveData.1";
    assert_string_equal(text_at(at(json, first), "category"), "CREDENTIALS");
    assert_int_equal(number_at(at(json, first), "detections.0.count"), 12);
    const cJSON *lines = at(at(json, first), "detections.0.occurrences.lineRanges");
    assert_int_equal(cJSON_GetArraySize(lines), 12);
    lines = at(at(json, second), "detections.0.occurrences.lineRanges");
    assert_int_equal(cJSON_GetArraySize(lines), 3);
    assert_true(cJSON_IsTrue(at(json, "classificationDetails.result.additionalOccurrences")));
    assert_string_equal(text_at(json, "type"), "SensitiveData:S3Object/Multiple");
    cJSON_Delete(json);
    as_tally_fini(&tally);
}

static void archive_finding_has_sums_and_no_places(void **state)
{
    (void)state;
    struct as_tally member;
    struct as_tally object;
    as_tally_init(&member);
    as_tally_init(&object);
    fixture_hits(&member, D_NAME, 99, 0);
    assert_int_equal(as_tally_merge(&object, &member), AS_OK);
    assert_int_equal(as_tally_merge(&object, &member), AS_OK);
    as_tally_seal(&object);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k.zip", &object);
    r.is_archive = true;
    cJSON *json = parsed(as_document_macie, &run, &r);
    assert_int_equal(
        number_at(json, "classificationDetails.result.sensitiveData.0.detections.0.count"), 198);
    assert_true(cJSON_IsTrue(at(json, "classificationDetails.result.additionalOccurrences")));
    assert_string_equal(text_at(json, "severity.description"), "High"); /* 100 and more */
    cJSON_Delete(json);
    json = parsed(as_document_asff, &run, &r);
    const cJSON *result = at(json, "Resources.1.DataClassification.Result");
    assert_true(cJSON_IsTrue(at(result, "AdditionalOccurrences")));
    assert_null(at(result, "SensitiveData.0.Detections.0.Occurrences"));
    assert_string_equal(text_at(json, "Severity.Label"), "HIGH");
    cJSON_Delete(json);
    as_tally_fini(&member);
    as_tally_fini(&object);
}

static void severity_follows_the_table(void **state)
{
    (void)state;
    static const struct {
        uint32_t detector;
        uint64_t count;
        enum as_severity severity;
    } cases[] = {{D_NAME, 1, AS_SEVERITY_LOW},     {D_NAME, 2, AS_SEVERITY_MEDIUM},
                 {D_NAME, 99, AS_SEVERITY_MEDIUM}, {D_NAME, 100, AS_SEVERITY_HIGH},
                 {D_SSN, 1, AS_SEVERITY_HIGH},     {D_STAFF, 500, AS_SEVERITY_MEDIUM}};
    struct as_run_facts run = fixture_run();
    struct as_tally tally;
    enum as_severity severity = AS_SEVERITY_LOW;
    as_tally_init(&tally);
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    assert_false(as_result_severity(&run, &r, &severity));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture_hits(&tally, cases[i].detector, cases[i].count, 0);
        assert_true(as_result_severity(&run, &r, &severity));
        assert_int_equal(severity, cases[i].severity);
        as_tally_fini(&tally);
    }
}

static void custom_identifiers_stand_apart(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_STAFF, 3, 0);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    cJSON *json = parsed(as_document_macie, &run, &r);
    const cJSON *custom = at(json, "classificationDetails.result.customDataIdentifiers");
    assert_int_equal(number_at(custom, "totalCount"), 3);
    assert_string_equal(text_at(custom, "detections.0.name"), "STAFF_NUMBER");
    assert_string_equal(text_at(custom, "detections.0.arn"),
                        "01234567-89ab-cdef-0123-456789abcdef");
    assert_int_equal(cJSON_GetArraySize(at(json, "classificationDetails.result.sensitiveData")), 0);
    assert_string_equal(text_at(json, "type"), "SensitiveData:S3Object/CustomIdentifier");
    cJSON_Delete(json);
    as_tally_fini(&tally);
}

static void numbers_above_two_to_the_53_are_exact(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 1, 9007199254740993U);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    r.size = UINT64_MAX;
    r.bytes_classified = 2147483648U;
    char *text = written(as_document_result, &run, &r);
    assert_non_null(strstr(text, "\"start\":9007199254740993,\"end\":9007199254740998,"));
    assert_non_null(strstr(text, "\"size\":18446744073709551615,"));
    assert_non_null(strstr(text, "\"sizeClassified\":2147483648,"));
    as_free(text);
    as_tally_fini(&tally);
}

static void cells_and_records_are_written_as_macie_does(void **state)
{
    (void)state;
    char name[] = "ssn";
    char path[] = "$.people[2].ssn";
    struct as_occurrence places[] = {
        {.start = 1, .end = 5, .kind = AS_PLACE_CELL, .row = 2, .column = 7, .column_name = name},
        {.start = 6, .end = 9, .kind = AS_PLACE_CELL, .row = 3, .column = 8},
        {.start = 10, .end = 15, .kind = AS_PLACE_RECORD, .record = 0, .json_path = path},
    };
    struct as_tally tally;
    as_tally_init(&tally);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(as_tally_add(&tally, D_SSN, i, 90, &places[i]), AS_OK);
    }
    assert_int_equal(as_tally_add(&tally, D_SSN, 3, 90, NULL), AS_OK);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    char *text = written(as_document_result, &run, &r);
    assert_non_null(strstr(text, "\"cells\":[{\"cellReference\":null,\"column\":7,\"columnName\":"
                                 "\"ssn\",\"row\":2},{\"cellReference\":null,\"column\":8,"
                                 "\"columnName\":null,\"row\":3}],\"lineRanges\":null,"));
    assert_non_null(
        strstr(text, "\"records\":[{\"jsonPath\":\"$.people[2].ssn\",\"recordIndex\":0}]"));
    assert_non_null(strstr(text, "\"distinct\":4,\"confidence\":90,\"inName\":1,"));
    as_free(text);
    text = written(as_document_asff, &run, &r);
    assert_non_null(strstr(text, "\"Cells\":[{\"Column\":7,\"ColumnName\":\"ssn\",\"Row\":2},"
                                 "{\"Column\":8,\"Row\":3}],\"Records\":[{\"JsonPath\":"));
    assert_null(strstr(text, "null"));
    as_free(text);
    as_tally_fini(&tally);
}

static void distinct_over_the_limit_is_said_in_words(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 1001, 0);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    cJSON *json = parsed(as_document_result, &run, &r);
    const cJSON *detection = at(json, "classificationDetails.result.sensitiveData.0.detections.0");
    assert_string_equal(text_at(detection, "distinct"), "\xe2\x89\xa5 1000");
    assert_int_equal(number_at(detection, "count"), 1001);
    assert_int_equal(cJSON_GetArraySize(at(detection, "occurrences.offsetRanges")), 1000);
    assert_true(cJSON_IsTrue(at(json, "classificationDetails.result.additionalOccurrences")));
    cJSON_Delete(json);
    as_tally_fini(&tally);
}

static void names_that_are_no_text_keep_their_bytes_aside(void **state)
{
    (void)state;
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 1, 0);
    struct as_run_facts run = fixture_run();
    struct as_result r = fixture_result(&fixture_file, "", &tally);
    r.key = as_slice("a\xff\0b\n.csv", 9);
    cJSON *json = parsed(as_document_result, &run, &r);
    assert_string_equal(text_at(json, "resourcesAffected.s3Object.key"), "a\xef\xbf\xbd\xef\xbf\xbd"
                                                                         "b\n.csv");
    assert_string_equal(text_at(json, "resourcesAffected.s3Object.keyBase64"), "Yf8AYgouY3N2");
    assert_null(at(json, "resourcesAffected.s3Bucket"));
    cJSON_Delete(json);
    json = parsed(as_document_asff, &run, &r);
    assert_string_equal(text_at(json, "Resources.0.Type"), "Other");
    assert_string_equal(text_at(json, "Resources.0.Id"),
                        "file:///srv/data/a\xef\xbf\xbd\xef\xbf\xbd"
                        "b\xef\xbf\xbd.csv");
    cJSON_Delete(json);
    as_tally_fini(&tally);
}

static void resources_name_where_the_object_is(void **state)
{
    (void)state;
    static const struct as_target_facts stdin_target = {
        .origin_kind = AS_RESULT_ORIGIN_FILE, .target = "-", .origin = "file-", .root_path = "-"};
    static const struct as_target_facts root = {
        .origin_kind = AS_RESULT_ORIGIN_FILE, .target = "/", .origin = "file/", .root_path = "/"};
    static const struct as_target_facts secret = {.origin_kind = AS_RESULT_ORIGIN_ENDPOINT,
                                                  .target = "s3://b",
                                                  .origin = "h",
                                                  .bucket = "b",
                                                  .endpoint = "https://user:pass@h:1/x"};
    static const struct {
        const struct as_target_facts *target;
        const char *key;
        const char *id;
        const char *path;
    } cases[] = {
        {&fixture_aws, "d/k.txt", "arn:aws:s3:::bucket/d/k.txt", "bucket/d/k.txt"},
        {&fixture_endpoint, "d/k.txt", "s3://storage.example:9000/bucket/d/k.txt",
         "bucket/d/k.txt"},
        {&fixture_file, "d/k.txt", "file:///srv/data/d/k.txt", "/srv/data/d/k.txt"},
        {&root, "etc/k", "file:///etc/k", "/etc/k"},
        {&stdin_target, "-", "file:///dev/stdin", "/dev/stdin"},
        {&secret, "k", "s3://h:1/b/k", "b/k"},
    };
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 1, 0);
    struct as_run_facts run = fixture_run();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct as_result r = fixture_result(cases[i].target, cases[i].key, &tally);
        cJSON *asff = parsed(as_document_asff, &run, &r);
        cJSON *macie = parsed(as_document_macie, &run, &r);
        const cJSON *resources = at(asff, "Resources");
        const cJSON *last = cJSON_GetArrayItem(resources, cJSON_GetArraySize(resources) - 1);
        assert_string_equal(text_at(last, "Id"), cases[i].id);
        assert_string_equal(text_at(macie, "resourcesAffected.s3Object.path"), cases[i].path);
        char *text = cJSON_PrintUnformatted(asff);
        assert_null(strstr(text, "pass"));
        cJSON_free(text);
        cJSON_Delete(asff);
        cJSON_Delete(macie);
    }
    as_tally_fini(&tally);
}

static void asff_of_any_size_stays_within_the_limit(void **state)
{
    (void)state;
    enum { TYPES = 3000 };
    struct as_detector *many = as_calloc(TYPES, sizeof *many);
    char *ids = as_malloc((size_t)TYPES * 128);
    struct as_tally tally;
    as_tally_init(&tally);
    for (uint32_t i = 0; i < TYPES; i++) {
        char *id = ids + (size_t)i * 128;
        AS_IGNORE(snprintf(id, 128, "TYPE_%04u_%0100d", i, 0), "fits");
        many[i] = fixture_detectors[i % D_COUNT];
        many[i].id = id;
        assert_int_equal(as_tally_add(&tally, i, i, 80, NULL), AS_OK);
    }
    const struct as_catalog catalog = {.detectors = many, .count = TYPES};
    struct as_run_facts run = fixture_run();
    run.catalog = &catalog;
    struct as_result r = fixture_result(&fixture_aws, "k", &tally);
    char *text = written(as_document_asff, &run, &r);
    assert_in_range(strlen(text), 100000, 240000);
    cJSON *json = cJSON_Parse(text);
    const cJSON *result = at(json, "Resources.1.DataClassification.Result");
    assert_true(cJSON_IsTrue(at(result, "AdditionalOccurrences")));
    double total = at(result, "CustomDataIdentifiers.TotalCount")->valuedouble;
    for (int i = 0; i < cJSON_GetArraySize(at(result, "SensitiveData")); i++) {
        total +=
            cJSON_GetObjectItem(cJSON_GetArrayItem(at(result, "SensitiveData"), i), "TotalCount")
                ->valuedouble;
    }
    assert_int_equal((int)total, TYPES);
    assert_in_range(strlen(text_at(json, "Description")), 1, 1024);
    cJSON_Delete(json);
    as_free(text);
    as_tally_fini(&tally);
    as_free(many);
    as_free(ids);
}

static void masked_names_appear_nowhere(void **state)
{
    (void)state;
    static const uint64_t index[] = {0, 1};
    static document_fn *const documents[] = {as_document_result, as_document_macie,
                                             as_document_asff, as_document_csv};
    struct as_tally found;
    struct as_tally nothing;
    as_tally_init(&found);
    as_tally_init(&nothing);
    fixture_hits(&found, D_SSN, 1, 0);
    const struct as_tally *tallies[] = {&found, &nothing};
    struct as_run_facts run = fixture_run();
    run.redact_names = true;
    char plain_id[33];
    as_finding_id(&fixture_file, as_slice_of("jane/jane.zip"), NULL, 0, NULL, plain_id);
    for (unsigned depth = 0; depth <= 2; depth++) {
        for (unsigned t = 0; t < 2; t++) {
            for (size_t i = 0; i < 4; i++) {
                struct as_result r = fixture_result(&fixture_file, "jane/jane.zip", tallies[t]);
                r.depth = depth;
                r.index = index;
                r.member_path = depth == 0 ? "" : depth == 1 ? "joe.csv" : "joe.tar!/joe.csv";
                r.coverage = AS_PARTIAL;
                r.reason = AS_REASON_MALFORMED_FILE;
                r.detail = "jane/jane.zip!/joe.csv: malformed";
                char *text = written(documents[i], &run, &r);
                bool shown = strstr(text, "jane") != NULL;
                assert_int_equal(shown, depth == 0 && t == 1 && text[0] != '\0');
                bool member_shown = strstr(text, "/joe.") != NULL;
                assert_int_equal(member_shown && !shown, false);
                if (i == 0 && !(depth == 0 && t == 1)) {
                    char key[64];
                    AS_IGNORE(snprintf(key, sizeof key, "\"key\":\"redacted-%.12s.zip\"", plain_id),
                              "fits");
                    assert_non_null(strstr(text, key));
                }
                as_free(text);
            }
        }
    }
    as_tally_fini(&found);
    as_tally_fini(&nothing);
}

static void csv_cells_are_no_formulas(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *cell;
    } cases[] = {{"=1+1", "\"'=1+1\""},
                 {"@SUM(A1)", "\"'@SUM(A1)\""},
                 {"\t=1", "\"'\xef\xbf\xbd=1\""},
                 {"\xef\xbc\x9d"
                  "1",
                  "\"'\xef\xbc\x9d"
                  "1\""},
                 {"a\"b,c", "\"a\"\"b,c\""},
                 {"a\r\nb", "\"a\xef\xbf\xbd\xef\xbf\xbd"
                            "b\""},
                 {"plain=1", "\"plain=1\""}};
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 2, 0);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct as_result r = fixture_result(&fixture_aws, cases[i].key, &tally);
        char *text = written(as_document_csv, &run, &r);
        assert_non_null(strstr(text, cases[i].cell));
        assert_non_null(strstr(text, "\"line 1, column 3\""));
        assert_string_equal(text + strlen(text) - 3, "\"\r\n");
        as_free(text);
    }
    as_tally_fini(&tally);
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    static document_fn *const documents[] = {as_document_result, as_document_macie,
                                             as_document_asff, as_document_csv};
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, D_SSN, 3, 0);
    fixture_hits(&tally, D_STAFF, 2, 0);
    as_tally_seal(&tally);
    struct as_run_facts run = fixture_run();
    run.redact_names = true;
    struct as_result r = fixture_result(&fixture_endpoint, "k\xff", &tally);
    cJSON_Hooks hooks = {.malloc_fn = as_malloc, .free_fn = as_free};
    cJSON_InitHooks(&hooks);
    int64_t live = as_mem_live();
    for (size_t i = 0; i < 4; i++) {
        enum as_status status = AS_E_NO_MEMORY;
        uint64_t n = 0;
        for (; status != AS_OK; n++) {
            struct as_strbuf out;
            as_strbuf_init(&out, OUT_BYTES_MAX);
            as_strbuf_puts(&out, "before");
            as_mem_fail_after(n);
            status = documents[i](&run, &r, &out);
            as_mem_fail_after(UINT64_MAX);
            if (status != AS_OK) {
                assert_int_equal(status, AS_E_NO_MEMORY);
            }
            as_strbuf_fini(&out);
            assert_int_equal(as_mem_live(), live);
        }
        assert_true(n > 5);
    }
    cJSON_InitHooks(NULL);
    as_tally_fini(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_without_hits_is_a_record_and_no_finding),
        cmocka_unit_test(members_have_records_and_rows_only),
        cmocka_unit_test(finding_locates_fifteen_places_depth_first),
        cmocka_unit_test(archive_finding_has_sums_and_no_places),
        cmocka_unit_test(severity_follows_the_table),
        cmocka_unit_test(custom_identifiers_stand_apart),
        cmocka_unit_test(numbers_above_two_to_the_53_are_exact),
        cmocka_unit_test(cells_and_records_are_written_as_macie_does),
        cmocka_unit_test(distinct_over_the_limit_is_said_in_words),
        cmocka_unit_test(names_that_are_no_text_keep_their_bytes_aside),
        cmocka_unit_test(resources_name_where_the_object_is),
        cmocka_unit_test(asff_of_any_size_stays_within_the_limit),
        cmocka_unit_test(masked_names_appear_nowhere),
        cmocka_unit_test(csv_cells_are_no_formulas),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
