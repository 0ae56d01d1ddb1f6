/* SPDX-License-Identifier: Apache-2.0
 * The signer: limits, S3's own rules on the examples of S3's API reference, and the official suite
 * where its data file is at hand (../shared/corpora/sigv4-test-suite.jsonl, or the file that
 * ASSAY_SIGV4_SUITE names). */
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "io/s3/sigv4.h"

#define TEXT_MAX ((size_t)1 << 16)

static void headers_too_many_or_none_are_refused(void **state)
{
    (void)state;
    struct as_sigv4_header headers[AS_SIGV4_HEADERS_MAX + 1];
    for (size_t i = 0; i <= AS_SIGV4_HEADERS_MAX; i++) {
        headers[i] = (struct as_sigv4_header){"host", "h"};
    }
    struct as_sigv4_request r = {
        .method = "GET", .headers = headers, .payload_hash = AS_SIGV4_EMPTY_HASH};
    struct as_strbuf out;
    struct as_strbuf names;
    as_strbuf_init(&out, TEXT_MAX);
    as_strbuf_init(&names, TEXT_MAX);
    assert_int_equal(as_sigv4_canonical_request(&r, &out, &names), AS_E_USAGE);
    r.header_count = AS_SIGV4_HEADERS_MAX + 1;
    assert_int_equal(as_sigv4_canonical_request(&r, &out, &names), AS_E_USAGE);
    r.header_count = AS_SIGV4_HEADERS_MAX;
    assert_int_equal(as_sigv4_canonical_request(&r, &out, &names), AS_OK);
    as_strbuf_fini(&out);
    as_strbuf_fini(&names);
}

static void time_is_formatted_in_utc(void **state)
{
    (void)state;
    char time[AS_SIGV4_TIME_SIZE];
    as_sigv4_format_time(1369353600000, time);
    assert_string_equal(time, "20130524T000000Z");
}

/* S3 API reference, "Signature calculations: transferring payload in a single chunk", examples. */
static void s3_documentation_examples_sign_as_printed(void **state)
{
    (void)state;
    static const struct {
        const char *path, *query, *range, *signature;
    } cases[] = {
        {"/test.txt", "", "bytes=0-9",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"/", "lifecycle", NULL,
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"/", "max-keys=2&prefix=J", NULL,
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    struct as_sigv4_signer *s = as_sigv4_signer_new(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL);
    assert_non_null(s);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_sigv4_header headers[] = {
            {"Host", "examplebucket.s3.amazonaws.com"},
            {"x-amz-content-sha256", AS_SIGV4_EMPTY_HASH},
            {"x-amz-date", "20130524T000000Z"},
            {"Range", cases[i].range},
        };
        struct as_sigv4_request r = {.method = "GET",
                                     .path = as_slice_of(cases[i].path),
                                     .query = as_slice_of(cases[i].query),
                                     .headers = headers,
                                     .header_count = cases[i].range == NULL ? 3 : 4,
                                     .payload_hash = AS_SIGV4_EMPTY_HASH};
        struct as_sigv4_scope scope = {"20130524T000000Z", "us-east-1", "s3"};
        struct as_strbuf out;
        as_strbuf_init(&out, TEXT_MAX);
        assert_int_equal(as_sigv4_authorize(s, &r, &scope, &out), AS_OK);
        assert_non_null(strstr(out.ptr, "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"));
        assert_string_equal(strstr(out.ptr, "Signature=") + 10, cases[i].signature);
        as_strbuf_fini(&out);
    }
    as_sigv4_signer_free(s);
}

static void s3_path_is_signed_as_sent_and_never_normalised(void **state)
{
    (void)state;
    static const char path[] = "/b/a//./../%2520%2B~";
    struct as_sigv4_header host = {"host", "h"};
    struct as_sigv4_request r = {.method = "GET",
                                 .path = as_slice_of(path),
                                 .headers = &host,
                                 .header_count = 1,
                                 .payload_hash = "UNSIGNED-PAYLOAD"};
    struct as_strbuf out;
    struct as_strbuf names;
    as_strbuf_init(&out, TEXT_MAX);
    as_strbuf_init(&names, TEXT_MAX);
    assert_int_equal(as_sigv4_canonical_request(&r, &out, &names), AS_OK);
    assert_memory_equal(out.ptr + 4, path, sizeof path - 1);
    as_strbuf_fini(&out);
    as_strbuf_fini(&names);
}

static void keys_of_many_days_and_regions_do_not_mix(void **state)
{
    (void)state;
    struct as_sigv4_signer *s = as_sigv4_signer_new("id", "secret", NULL);
    struct as_slice text = as_slice_of("text");
    char first[40][65];
    char again[65];
    assert_non_null(s);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 40; i++) {
            struct as_sigv4_scope scope = {"20240101T000000Z", i % 2 == 0 ? "r1" : "r2", "s3"};
            scope.time[6] = (char)('0' + i / 2 / 10);
            scope.time[7] = (char)('0' + i / 2 % 10);
            assert_int_equal(as_sigv4_signature(s, text, &scope, round == 0 ? first[i] : again),
                             AS_OK);
            if (round == 1) {
                assert_string_equal(first[i], again);
            }
            for (unsigned k = 0; k < i && round == 0; k++) {
                assert_string_not_equal(first[i], first[k]);
            }
        }
    }
    as_sigv4_signer_free(s);
}

/* ---- the official suite ---- */

struct suite_case {
    const cJSON *row;
    struct as_sigv4_header headers[AS_SIGV4_HEADERS_MAX];
    size_t header_count;
    char *text; /* the request; the pieces point into it */
    char *method, *path, *query, *body;
    char payload_hash[65];
};

static const char *text_of(const cJSON *row, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name));
    assert_non_null(text);
    return text;
}

static void parse_headers(struct suite_case *c, char *line)
{
    while (line != NULL && *line != '\0' && *line != '\n') {
        char *end = line;
        do { /* a line that begins with a blank continues the one before */
            end = strchr(end + 1, '\n');
        } while (end != NULL && (end[1] == ' ' || end[1] == '\t'));
        char *colon = strchr(line, ':');
        assert_non_null(colon);
        *colon = '\0';
        if (end != NULL) {
            *end = '\0';
        }
        c->headers[c->header_count++] = (struct as_sigv4_header){line, colon + 1};
        line = end == NULL ? NULL : end + 1;
    }
}

static void parse_request(struct suite_case *c)
{
    c->text = as_strdup(text_of(c->row, "request"));
    c->body = strstr(c->text, "\n\n");
    if (c->body != NULL) {
        *c->body = '\0';
        c->body += 2;
    }
    char *headers = strchr(c->text, '\n');
    if (headers != NULL) {
        *headers++ = '\0';
    }
    c->method = c->text;
    c->path = strchr(c->text, ' ');
    assert_non_null(c->path);
    *c->path++ = '\0';
    char *version = strstr(c->path, " HTTP/1.1");
    assert_non_null(version);
    *version = '\0';
    c->query = strchr(c->path, '?');
    if (c->query != NULL) {
        *c->query++ = '\0';
    }
    parse_headers(c, headers);
    uint8_t digest[AS_SHA256_SIZE];
    as_sha256(c->body == NULL ? "" : c->body, c->body == NULL ? 0 : strlen(c->body), digest);
    as_hex(digest, sizeof digest, c->payload_hash);
}

static void check_text(const struct suite_case *c, const char *name, const struct as_strbuf *got)
{
    const char *expected = text_of(c->row, name);
    if (strcmp(expected, got->ptr) != 0) {
        print_error("%s, %s:\nexpected %s\ngot      %s\n", text_of(c->row, "case"), name, expected,
                    got->ptr);
    }
    assert_string_equal(expected, got->ptr);
}

static void check_header_variant(struct suite_case *c, struct as_sigv4_request *r,
                                 const struct as_sigv4_scope *scope, struct as_sigv4_signer *s)
{
    struct as_strbuf canonical;
    struct as_strbuf names;
    struct as_strbuf text;
    char signature[65];
    as_strbuf_init(&canonical, TEXT_MAX);
    as_strbuf_init(&names, TEXT_MAX);
    as_strbuf_init(&text, TEXT_MAX);
    assert_int_equal(as_sigv4_canonical_request(r, &canonical, &names), AS_OK);
    check_text(c, "header-canonical-request", &canonical);
    assert_int_equal(as_sigv4_string_to_sign(as_strbuf_view(&canonical), scope, &text), AS_OK);
    check_text(c, "header-string-to-sign", &text);
    assert_int_equal(as_sigv4_signature(s, as_strbuf_view(&text), scope, signature), AS_OK);
    assert_string_equal(signature, text_of(c->row, "header-signature"));
    as_strbuf_reset(&text);
    assert_int_equal(as_sigv4_authorize(s, r, scope, &text), AS_OK);
    assert_non_null(strstr(text_of(c->row, "header-signed-request"), text.ptr));
    as_strbuf_fini(&canonical);
    as_strbuf_fini(&names);
    as_strbuf_fini(&text);
}

static void check_query_variant(struct suite_case *c, const struct as_sigv4_request *r,
                                const struct as_sigv4_scope *scope, unsigned expires)
{
    const cJSON *context = cJSON_GetObjectItemCaseSensitive(c->row, "context");
    const cJSON *credentials = cJSON_GetObjectItemCaseSensitive(context, "credentials");
    bool omit = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(context, "omit_session_token"));
    const cJSON *token = cJSON_GetObjectItemCaseSensitive(credentials, "token");
    struct as_sigv4_signer *s = as_sigv4_signer_new(
        text_of(credentials, "access_key_id"), text_of(credentials, "secret_access_key"),
        omit || token == NULL ? NULL : token->valuestring);
    struct as_strbuf query;
    as_strbuf_init(&query, TEXT_MAX);
    assert_non_null(s);
    assert_int_equal(as_sigv4_presign(s, r, scope, expires, &query), AS_OK);
    char *signature = strstr(query.ptr, "&X-Amz-Signature=");
    assert_non_null(signature);
    assert_string_equal(signature + 17, text_of(c->row, "query-signature"));
    as_strbuf_fini(&query);
    as_sigv4_signer_free(s);
}

static void run_case(const cJSON *row)
{
    struct suite_case c = {.row = row};
    const cJSON *context = cJSON_GetObjectItemCaseSensitive(row, "context");
    const cJSON *credentials = cJSON_GetObjectItemCaseSensitive(context, "credentials");
    const cJSON *token = cJSON_GetObjectItemCaseSensitive(credentials, "token");
    bool normalize = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(context, "normalize"));
    bool sign_body = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(context, "sign_body"));
    bool omit = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(context, "omit_session_token"));
    struct as_sigv4_scope scope = {"20150830T123600Z", text_of(context, "region"),
                                   text_of(context, "service")};
    assert_string_equal(text_of(context, "timestamp"), "2015-08-30T12:36:00Z");
    parse_request(&c);
    struct as_sigv4_request r = {.method = c.method,
                                 .path = as_slice_of(c.path),
                                 .query = as_slice_of(c.query),
                                 .headers = c.headers,
                                 .header_count = c.header_count,
                                 .payload_hash = c.payload_hash,
                                 .normalize_path = normalize,
                                 .encode_path = true};
    double expires =
        cJSON_GetObjectItemCaseSensitive(context, "expiration_in_seconds")->valuedouble;
    check_query_variant(&c, &r, &scope, (unsigned)expires);
    c.headers[r.header_count++] = (struct as_sigv4_header){"X-Amz-Date", scope.time};
    if (sign_body) {
        c.headers[r.header_count++] =
            (struct as_sigv4_header){"x-amz-content-sha256", c.payload_hash};
    }
    if (token != NULL && !omit) {
        c.headers[r.header_count++] =
            (struct as_sigv4_header){"X-Amz-Security-Token", token->valuestring};
    }
    struct as_sigv4_signer *s = as_sigv4_signer_new(
        text_of(credentials, "access_key_id"), text_of(credentials, "secret_access_key"), NULL);
    assert_non_null(s);
    check_header_variant(&c, &r, &scope, s);
    as_sigv4_signer_free(s);
    as_free(c.text);
}

static void official_suite_every_case_signs_as_expected(void **state)
{
    (void)state;
    const char *path = getenv("ASSAY_SIGV4_SUITE");
    FILE *file = fopen(
        path == NULL ? ASSAY_SOURCE_DIR "/../shared/corpora/sigv4-test-suite.jsonl" : path, "rb");
    if (file == NULL) {
        print_message("NOT RUN: the official SigV4 suite is not here; set ASSAY_SIGV4_SUITE\n");
        skip();
    }
    static char line[1 << 16];
    unsigned cases = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        cJSON *row = cJSON_Parse(line);
        assert_non_null(row);
        run_case(row);
        cJSON_Delete(row);
        cases++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(cases, 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_too_many_or_none_are_refused),
        cmocka_unit_test(time_is_formatted_in_utc),
        cmocka_unit_test(s3_documentation_examples_sign_as_printed),
        cmocka_unit_test(s3_path_is_signed_as_sent_and_never_normalised),
        cmocka_unit_test(keys_of_many_days_and_regions_do_not_mix),
        cmocka_unit_test(official_suite_every_case_signs_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
