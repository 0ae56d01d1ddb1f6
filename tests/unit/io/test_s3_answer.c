/* SPDX-License-Identifier: Apache-2.0
 * Answers: headers, verdicts, back-off, quota; and the buffers' shares. */
#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "io/s3/s3_answer.h"
#include "io/s3/s3_buffers.h"
#include "io/s3/s3_retry.h"

static void feed(struct as_s3_answer *a, const char *const *lines, size_t count)
{
    as_s3_answer_reset(a);
    for (size_t i = 0; i < count; i++) {
        as_s3_answer_header(a, as_slice_of(lines[i]));
    }
}

static void content_ranges_that_make_no_sense_are_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {"bytes 1-0/5",  "bytes 0-5/5",
                                      "bytes 0-4/*",  "bytes 0-4",
                                      "items 0-4/5",  "bytes -4/5",
                                      "bytes 0-4/5x", "",
                                      "bytes a-b/c",  "bytes 0-99999999999999999999/5"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(bad); i++) {
        char line[96] = "Content-Range: ";
        struct as_s3_answer a;
        memcpy(line + 15, bad[i], strlen(bad[i]) + 1);
        const char *const lines[] = {"HTTP/1.1 206 Partial Content\r\n", line};
        feed(&a, lines, 2);
        assert_true(a.range_malformed);
        assert_false(a.has_range);
    }
}

static void headers_are_read_whatever_their_case(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "HTTP/1.1 200 OK\r\n",
        "ETag: \"old\"\r\n",
        "HTTP/1.1 206 Partial Content\r\n",
        "content-range: bytes 10-19/100\r\n",
        "CONTENT-LENGTH:10\r\n",
        "Etag: \"abc-2\"\r\n",
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "x-amz-version-id: v\r\n",
        "x-amz-bucket-region: eu-x-1\r\n",
        "Retry-After: 7\r\n",
        "no colon\r\n",
        "\r\n",
    };
    struct as_s3_answer a;
    feed(&a, lines, AS_ARRAY_SIZE(lines));
    assert_int_equal(a.http_status, 206);
    assert_true(a.has_range && a.range_first == 10 && a.range_last == 19 && a.total == 100);
    assert_true(a.has_length && a.length == 10);
    assert_string_equal(a.etag, "abc-2");
    assert_int_equal(a.last_modified_ms, 784111777000);
    assert_string_equal(a.version_id, "v");
    assert_string_equal(a.bucket_region, "eu-x-1");
    assert_int_equal(a.retry_after_seconds, 7);
}

static void etag_too_long_to_keep_is_dropped_not_cut(void **state)
{
    (void)state;
    char line[AS_S3_ETAG_SIZE + 32] = "ETag: ";
    struct as_s3_answer a = {.http_status = 200};
    memset(line + 6, 'x', AS_S3_ETAG_SIZE);
    line[6 + AS_S3_ETAG_SIZE] = '\0';
    as_s3_answer_header(&a, as_slice_of(line));
    assert_string_equal(a.etag, "");
}

static void answers_lead_to_the_documented_next_step(void **state)
{
    (void)state;
    static const struct {
        int http_status;
        const char *code, *message;
        enum as_s3_next next;
        enum as_status status;
    } cases[] = {
        {503, "SlowDown", "", AS_S3_THROTTLE, AS_E_THROTTLED},
        {503, "", "", AS_S3_THROTTLE, AS_E_THROTTLED},
        {429, "", "", AS_S3_THROTTLE, AS_E_THROTTLED},
        {400, "RequestThrottled", "", AS_S3_THROTTLE, AS_E_THROTTLED},
        {500, "InternalError", "", AS_S3_RETRY, AS_E_SERVER},
        {502, "", "", AS_S3_RETRY, AS_E_SERVER},
        {504, "", "", AS_S3_RETRY, AS_E_SERVER},
        {400, "RequestTimeout", "", AS_S3_RETRY, AS_E_SERVER},
        {301, "PermanentRedirect", "", AS_S3_REGION, AS_E_PROTOCOL},
        {307, "", "", AS_S3_REGION, AS_E_PROTOCOL},
        {400, "AuthorizationHeaderMalformed", "", AS_S3_REGION, AS_E_SIGNATURE},
        {403, "RequestTimeTooSkewed", "", AS_S3_CLOCK, AS_E_CLOCK},
        {403, "AccessDenied", "", AS_S3_FAIL, AS_E_DENIED},
        {403, "", "", AS_S3_FAIL, AS_E_DENIED},
        {403, "AccessDenied", "no permission for kms:Decrypt", AS_S3_FAIL, AS_E_KMS_KEY},
        {400, "KMS.DisabledException", "disabled", AS_S3_FAIL, AS_E_KMS_KEY},
        {400, "InvalidRequest", "stored using a form of Server Side Encryption", AS_S3_FAIL,
         AS_E_ENCRYPTION},
        {403, "InvalidObjectState", "", AS_S3_FAIL, AS_E_OBJECT_STATE},
        {404, "NoSuchKey", "", AS_S3_FAIL, AS_E_NOT_FOUND},
        {404, "NoSuchBucket", "", AS_S3_FAIL, AS_E_NO_BUCKET},
        {412, "PreconditionFailed", "", AS_S3_FAIL, AS_E_OBJECT_CHANGED},
        {400, "ExpiredToken", "", AS_S3_FAIL, AS_E_CREDENTIALS},
        {403, "InvalidAccessKeyId", "", AS_S3_FAIL, AS_E_ACCESS_KEY},
        {403, "SignatureDoesNotMatch", "", AS_S3_FAIL, AS_E_SIGNATURE},
        {400, "InvalidArgument", "", AS_S3_FAIL, AS_E_PROTOCOL},
        {501, "NotImplemented", "", AS_S3_FAIL, AS_E_SERVER},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_s3_answer a = {.http_status = cases[i].http_status};
        struct as_s3_error_body e = {.code = ""};
        memcpy(e.code, cases[i].code, strlen(cases[i].code));
        memcpy(e.message, cases[i].message, strlen(cases[i].message));
        struct as_s3_verdict v = as_s3_judge(&a, &e);
        if (v.next != cases[i].next || v.status != cases[i].status) {
            fail_msg("%d %s: %d %s", cases[i].http_status, cases[i].code, (int)v.next,
                     as_status_name(v.status));
        }
    }
}

static void backoff_grows_within_its_bounds(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < 40; failures++) {
        for (uint64_t random = 1; random != 0; random <<= 1) {
            unsigned bound = 1000U << (failures == 0 ? 0 : failures > 5 ? 5 : failures - 1);
            assert_true(as_s3_backoff_ms(failures, true, 0, random - 1) <= bound);
            assert_true(as_s3_backoff_ms(failures, false, 0, random - 1) <= AS_S3_BACKOFF_MAX_MS);
            assert_true(as_s3_backoff_ms(failures, false, 3, random - 1) >= 3000);
        }
    }
    assert_int_equal(as_s3_backoff_ms(1, true, 4000, 0), AS_S3_BACKOFF_MAX_MS);
    assert_int_equal(as_s3_backoff_ms(1, true, 0, 1000), 1000);
}

static void quota_runs_out_and_fills_up_again(void **state)
{
    (void)state;
    struct as_s3_quota q;
    as_s3_quota_init(&q);
    unsigned retries = 0;
    while (as_s3_quota_take(&q, AS_S3_RETRY_COST)) {
        retries++;
    }
    assert_int_equal(retries, AS_S3_QUOTA_TOKENS / AS_S3_RETRY_COST);
    as_s3_quota_give(&q, AS_S3_RETRY_COST);
    assert_true(as_s3_quota_take(&q, AS_S3_RETRY_COST));
    as_s3_quota_give(&q, UINT32_MAX);
    assert_true(as_s3_quota_take(&q, AS_S3_QUOTA_TOKENS));
    assert_false(as_s3_quota_take(&q, 1));
    as_s3_quota_fini(&q);
}

static void shares_leave_room_for_those_that_read(void **state)
{
    (void)state;
    enum { PART = 1 << 20 };
    struct as_s3_buffers b;
    uint8_t *buffers[16];
    int64_t live = as_mem_live();
    as_s3_buffers_init(&b, PART, 8 << 20); /* 6 MiB and a reserve */
    for (size_t i = 0; i < 3; i++) {
        buffers[i] = as_s3_buffers_take(&b, PART, AS_S3_OPENER);
        assert_non_null(buffers[i]);
    }
    assert_null(as_s3_buffers_take(&b, PART, AS_S3_OPENER));
    for (size_t i = 3; i < 6; i++) {
        buffers[i] = as_s3_buffers_take(&b, PART, AS_S3_WINDOW);
        assert_non_null(buffers[i]);
    }
    assert_null(as_s3_buffers_take(&b, 1, AS_S3_WINDOW));
    buffers[6] = as_s3_buffers_take(&b, PART, AS_S3_URGENT);
    assert_non_null(buffers[6]);
    as_s3_buffers_promote(&b, PART);
    for (size_t i = 0; i < 7; i++) {
        as_s3_buffers_give(&b, buffers[i], PART, i == 1 || i == 2 ? AS_S3_OPENER : AS_S3_WINDOW);
    }
    assert_int_equal(b.used_bytes, 0);
    assert_int_equal(b.opener_bytes, 0);
    assert_int_equal(b.peak_bytes, 7 * PART);
    assert_true(b.idle_count * PART <= b.limit_bytes);
    buffers[0] = as_s3_buffers_take(&b, PART / 2, AS_S3_WINDOW);
    assert_true(b.idle_count * PART + PART / 2 <= b.limit_bytes);
    as_s3_buffers_give(&b, buffers[0], PART / 2, AS_S3_WINDOW);
    as_s3_buffers_fini(&b);
    assert_int_equal(as_mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_ranges_that_make_no_sense_are_malformed),
        cmocka_unit_test(headers_are_read_whatever_their_case),
        cmocka_unit_test(etag_too_long_to_keep_is_dropped_not_cut),
        cmocka_unit_test(answers_lead_to_the_documented_next_step),
        cmocka_unit_test(backoff_grows_within_its_bounds),
        cmocka_unit_test(quota_runs_out_and_fills_up_again),
        cmocka_unit_test(shares_leave_room_for_those_that_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
