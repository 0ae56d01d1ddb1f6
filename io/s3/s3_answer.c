/* SPDX-License-Identifier: Apache-2.0
 * Headers are foreign text: lengths are cut to the fields' sizes (a cut ETag is dropped, for it
 * would match nothing), numbers checked for overflow. Test: tests/unit/io/test_s3_answer.c. */
#include "io/s3/s3_answer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

void as_s3_answer_reset(struct as_s3_answer *a)
{
    *a = (struct as_s3_answer){.http_status = 0};
}

static bool parse_u64(const char **text, uint64_t *out)
{
    uint64_t value = 0;
    if (**text < '0' || **text > '9') {
        return false;
    }
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(**text - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* bytes FIRST-LAST/TOTAL, or bytes * /TOTAL for 416 */
static void parse_content_range(struct as_s3_answer *a, const char *text)
{
    a->range_malformed = true;
    a->has_range = false;
    if (strncasecmp(text, "bytes ", 6) != 0) {
        return;
    }
    text += 6;
    if (text[0] == '*' && text[1] == '/') {
        text += 2;
        a->range_malformed = !(parse_u64(&text, &a->total) && *text == '\0');
        return;
    }
    if (parse_u64(&text, &a->range_first) && *text++ == '-' && parse_u64(&text, &a->range_last) &&
        *text++ == '/' && parse_u64(&text, &a->total) && *text == '\0' &&
        a->range_first <= a->range_last && a->range_last < a->total) {
        a->has_range = true;
        a->range_malformed = false;
    }
}

bool as_s3_parse_http_date(const char *text, int64_t *out_unix_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char stamp[AS_TIMESTAMP_SIZE];
    if (strlen(text) != 29 || text[3] != ',' || strcmp(text + 25, " GMT") != 0) {
        return false;
    }
    for (unsigned m = 0; m < 12; m++) {
        if (strncmp(text + 8, months + 3 * (size_t)m, 3) == 0) {
            AS_IGNORE(snprintf(stamp, sizeof stamp, "%.4s-%02u-%.2sT%.8sZ", text + 12, m + 1,
                               text + 5, text + 17) < 0,
                      "twenty characters");
            return as_parse_timestamp(stamp, out_unix_ms);
        }
    }
    return false;
}

static void copy(char *out, size_t size, const char *value)
{
    AS_IGNORE(snprintf(out, size, "%s", value) < 0, "a cut text is still one");
}

static void keep_etag(struct as_s3_answer *a, const char *value)
{
    size_t len = strlen(value);
    bool quoted = len >= 2 && value[0] == '"' && value[len - 1] == '"';
    if (len >= sizeof a->etag) {
        a->etag[0] = '\0';
        return;
    }
    copy(a->etag, sizeof a->etag, quoted ? value + 1 : value);
    if (quoted) {
        a->etag[len - 2] = '\0';
    }
}

static void keep_number(struct as_s3_answer *a, const char *name, const char *value)
{
    uint64_t number;
    if (!parse_u64(&value, &number) || *value != '\0') {
        return;
    }
    if (strcasecmp(name, "retry-after") == 0) {
        a->retry_after_seconds = number > 3600 ? 3600 : (unsigned)number;
    } else {
        a->has_length = true;
        a->length = number;
    }
}

static void keep_header(struct as_s3_answer *a, const char *name, const char *value)
{
    struct {
        const char *name;
        char *out;
        size_t size;
    } const texts[] = {
        {"x-amz-version-id", a->version_id, sizeof a->version_id},
        {"content-type", a->content_type, sizeof a->content_type},
        {"x-amz-server-side-encryption", a->encryption, sizeof a->encryption},
        {"x-amz-server-side-encryption-aws-kms-key-id", a->kms_key_id, sizeof a->kms_key_id},
        {"x-amz-request-id", a->request_id, sizeof a->request_id},
        {"x-amz-bucket-region", a->bucket_region, sizeof a->bucket_region},
        {"location", a->location, sizeof a->location},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        if (strcasecmp(name, texts[i].name) == 0) {
            copy(texts[i].out, texts[i].size, value);
            return;
        }
    }
    if (strcasecmp(name, "etag") == 0) {
        keep_etag(a, value);
    } else if (strcasecmp(name, "content-range") == 0) {
        parse_content_range(a, value);
    } else if (strcasecmp(name, "content-length") == 0 || strcasecmp(name, "retry-after") == 0) {
        keep_number(a, name, value);
    } else if (strcasecmp(name, "date") == 0) {
        AS_IGNORE(as_s3_parse_http_date(value, &a->date_ms), "0 when it is none");
    } else if (strcasecmp(name, "last-modified") == 0) {
        AS_IGNORE(as_s3_parse_http_date(value, &a->last_modified_ms), "0 when it is none");
    }
}

static void keep_status_line(struct as_s3_answer *a, const char *line)
{
    const char *blank = strchr(line, ' ');
    uint64_t code = 0;
    as_s3_answer_reset(a);
    if (blank != NULL) {
        blank++;
        if (parse_u64(&blank, &code) && code >= 100 && code <= 999) {
            a->http_status = (int)code;
        }
    }
}

void as_s3_answer_header(struct as_s3_answer *a, struct as_slice line)
{
    char text[1024];
    while (line.len != 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r' ||
                             line.ptr[line.len - 1] == ' ')) {
        line.len--;
    }
    if (line.len == 0 || line.len >= sizeof text || memchr(line.ptr, '\0', line.len) != NULL) {
        return;
    }
    memcpy(text, line.ptr, line.len);
    text[line.len] = '\0';
    if (strncmp(text, "HTTP/", 5) == 0) {
        keep_status_line(a, text);
        return;
    }
    char *colon = strchr(text, ':');
    if (colon == NULL) {
        return;
    }
    *colon = '\0';
    const char *value = colon + 1;
    while (*value == ' ' || *value == '\t') {
        value++;
    }
    keep_header(a, text, value);
}

static bool code_in(const char *code, const char *const *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct code_row {
    const char *code;
    enum as_status status;
};

static bool status_of_code(const char *code, enum as_status *out)
{
    static const struct code_row rows[] = {
        {"NoSuchKey", AS_E_NOT_FOUND},
        {"NoSuchVersion", AS_E_NOT_FOUND},
        {"NoSuchBucket", AS_E_NO_BUCKET},
        {"InvalidBucketName", AS_E_NO_BUCKET},
        {"PreconditionFailed", AS_E_OBJECT_CHANGED},
        {"InvalidObjectState", AS_E_OBJECT_STATE},
        {"ExpiredToken", AS_E_CREDENTIALS},
        {"ExpiredTokenException", AS_E_CREDENTIALS},
        {"TokenRefreshRequired", AS_E_CREDENTIALS},
        {"InvalidToken", AS_E_ACCESS_KEY},
        {"InvalidAccessKeyId", AS_E_ACCESS_KEY},
        {"SignatureDoesNotMatch", AS_E_SIGNATURE},
        {"AuthorizationHeaderMalformed", AS_E_SIGNATURE},
        {"MissingSecurityHeader", AS_E_SIGNATURE},
        {"RequestTimeTooSkewed", AS_E_CLOCK},
        {"KMS.DisabledException", AS_E_KMS_KEY},
        {"KMS.KMSInvalidStateException", AS_E_KMS_KEY},
        {"KMS.NotFoundException", AS_E_KMS_KEY},
        {"AccessDenied", AS_E_DENIED},
        {"AllAccessDisabled", AS_E_DENIED},
        {"AccountProblem", AS_E_DENIED},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(rows); i++) {
        if (strcmp(code, rows[i].code) == 0) {
            *out = rows[i].status;
            return true;
        }
    }
    return false;
}

static bool mentions(const char *text, const char *words)
{
    return strcasestr(text, words) != NULL;
}

static enum as_status final_status(const struct as_s3_answer *a, const struct as_s3_error_body *e)
{
    enum as_status status;
    bool kms = mentions(e->message, "kms") || strncmp(e->code, "KMS.", 4) == 0;
    if (kms && (a->http_status == 400 || a->http_status == 403)) {
        return AS_E_KMS_KEY;
    }
    if (a->http_status == 400 &&
        (mentions(e->message, "server side encryption") || mentions(e->message, "customer") ||
         mentions(e->message, "encrypted"))) {
        return AS_E_ENCRYPTION;
    }
    if (status_of_code(e->code, &status)) {
        return status;
    }
    switch (a->http_status) {
    case 401:
    case 403:
        return AS_E_DENIED;
    case 404:
    case 405: /* a delete marker is the current version */
        return AS_E_NOT_FOUND;
    case 412:
        return AS_E_OBJECT_CHANGED;
    default:
        return a->http_status >= 500 ? AS_E_SERVER : AS_E_PROTOCOL;
    }
}

struct as_s3_verdict as_s3_judge(const struct as_s3_answer *a, const struct as_s3_error_body *e)
{
    static const char *const throttles[] = {"SlowDown",
                                            "Throttling",
                                            "ThrottlingException",
                                            "ThrottledException",
                                            "RequestLimitExceeded",
                                            "RequestThrottled",
                                            "RequestThrottledException",
                                            "TooManyRequestsException",
                                            "BandwidthLimitExceeded",
                                            "LimitExceededException",
                                            "ProvisionedThroughputExceededException",
                                            "ServiceUnavailable",
                                            "EC2ThrottledException"};
    static const char *const transients[] = {"RequestTimeout", "RequestTimeoutException",
                                             "PriorRequestNotComplete", "InternalError"};
    if (strcmp(e->code, "RequestTimeTooSkewed") == 0) {
        return (struct as_s3_verdict){AS_S3_CLOCK, AS_E_CLOCK};
    }
    if (code_in(e->code, throttles, AS_ARRAY_SIZE(throttles)) || a->http_status == 429 ||
        a->http_status == 503) {
        return (struct as_s3_verdict){AS_S3_THROTTLE, AS_E_THROTTLED};
    }
    if (code_in(e->code, transients, AS_ARRAY_SIZE(transients)) || a->http_status == 408 ||
        a->http_status == 500 || a->http_status == 502 || a->http_status == 504) {
        return (struct as_s3_verdict){AS_S3_RETRY, AS_E_SERVER};
    }
    if ((a->http_status >= 300 && a->http_status < 400 && a->http_status != 304) ||
        (a->http_status == 400 && (strcmp(e->code, "AuthorizationHeaderMalformed") == 0 ||
                                   strcmp(e->code, "IllegalLocationConstraintException") == 0))) {
        enum as_status final = a->http_status == 400 ? AS_E_SIGNATURE : AS_E_PROTOCOL;
        return (struct as_s3_verdict){AS_S3_REGION, final};
    }
    return (struct as_s3_verdict){AS_S3_FAIL, final_status(a, e)};
}

/* What the user can do about it. */
static const char *advice(enum as_status status)
{
    switch ((int)status) {
    case AS_E_DENIED:
        return "; the caller needs s3:ListBucket on the bucket and s3:GetObject on the object";
    case AS_E_KMS_KEY:
        return "; the caller needs kms:Decrypt on the object's key, and the key must be enabled";
    case AS_E_ENCRYPTION:
        return "; it is encrypted with a customer's key (SSE-C), which assay does not hold";
    case AS_E_OBJECT_STATE:
        return "; restore it from its archive storage class first";
    case AS_E_CREDENTIALS:
        return "; check or renew the credentials (aws configure export-credentials --format env)";
    case AS_E_ACCESS_KEY:
        return "; these credentials are not this server's: check the access key id, the session "
               "token, --profile and --endpoint-url";
    case AS_E_SIGNATURE:
        return "; check the secret access key and --region";
    case AS_E_CLOCK:
        return "; set this machine's clock";
    case AS_E_NO_BUCKET:
        return "; check the bucket's name, the region and --endpoint-url";
    case AS_E_THROTTLED:
        return "; the server kept asking to slow down";
    default:
        return "";
    }
}

enum as_status as_s3_answer_fail(struct as_error *err, enum as_status status,
                                 const struct as_s3_answer *a, const struct as_s3_error_body *e,
                                 const char *what)
{
    AS_IGNORE(as_fail(err, status, "%.256s: HTTP %d%s%s%s%s%s%s%s", what, a->http_status,
                      e->code[0] == '\0' ? "" : " ", e->code, e->message[0] == '\0' ? "" : " (",
                      e->message[0] == '\0' ? "" : e->message, e->message[0] == '\0' ? "" : ")",
                      advice(status), a->request_id[0] == '\0' ? "" : "; request ") != status,
              "returned below");
    if (err != NULL) {
        size_t used = strlen(err->message);
        copy(err->message + used, sizeof err->message - used, a->request_id);
        copy(err->code, sizeof err->code, e->code);
        err->http_status = a->http_status;
    }
    return status;
}
