/* SPDX-License-Identifier: Apache-2.0
 * One HTTP exchange: the exact signed bytes go out (own Host header, CURLOPT_PATH_AS_IS, no
 * redirects followed by curl), the body goes straight into the part's buffer.
 *
 * What a body may do: break off (the next attempt asks for the rest with If-Match), be shorter than
 * asked (likewise), be longer (an answer 200 to a range from 0: cut, the connection is dropped), be
 * another range or another version (never used). Each attempt that brought at least PROGRESS bytes
 * starts the count of failures anew, under a fixed number of attempts in all.
 *
 * Test: tests/unit/io/test_s3_faults.c. */
#include "io/s3/s3_transfer.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"

#define BUFFER_BYTES (512L << 10)
#define PROGRESS_BYTES ((size_t)64 << 10)
#define ATTEMPTS_MAX 100U
#define LOW_SPEED_BYTES 1024L /* a second; below it for timeout_seconds: broken */
#define URL_BYTES_MAX ((size_t)32 << 10)
#define HEADER_BYTES_MAX ((size_t)32 << 10)
#define FIRST_CONTACT_FAILURES 2U

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct as_s3_transfer *t = context;
    as_s3_answer_header(&t->request->answer, as_slice(bytes, size * count));
    return size * count;
}

static bool is_success(const struct as_s3_request *r)
{
    return r->answer.http_status == 200 || r->answer.http_status == 206;
}

/* The number of bytes taken; less than len ends the exchange. */
static size_t take_object_bytes(struct as_s3_request *r, const char *bytes, size_t len)
{
    size_t room = r->want - r->received;
    if (r->answer.http_status == 206) {
        uint64_t left = r->answer.range_last + 1 - (r->start + r->received);
        room = left < room ? (size_t)left : room;
    }
    size_t n = len < room ? len : room;
    memcpy(r->dst + r->received, bytes, n);
    r->received += n;
    if (n < len) {
        r->state = AS_S3_BODY_ENOUGH;
    }
    return n;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct as_s3_transfer *t = context;
    struct as_s3_request *r = t->request;
    size_t len = size * count;
    atomic_fetch_add_explicit(&t->shared->bytes_received, len, memory_order_relaxed);
    if (atomic_load_explicit(&r->abandoned, memory_order_relaxed)) {
        return 0;
    }
    if (!is_success(r) || r->dst == NULL) {
        as_strbuf_append(&r->body, bytes, len);
        if (r->body.failed && is_success(r)) {
            r->state = AS_S3_BODY_BAD;
            r->bad_why = "the answer is too long";
            return 0;
        }
        return len;
    }
    if (r->state == AS_S3_BODY_NEW) {
        as_s3_request_check(r);
    }
    return r->state == AS_S3_BODY_GOOD ? take_object_bytes(r, bytes, len) : 0;
}

#define SET(option, value) (good = good && curl_easy_setopt(t->easy, option, value) == CURLE_OK)

static bool set_tls_options(struct as_s3_transfer *t)
{
    const struct as_s3_net_options *o = &t->shared->o;
    bool good = true;
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (o->no_verify_ssl) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (o->ca_bundle != NULL) {
        SET(CURLOPT_CAINFO, o->ca_bundle);
    }
    return good;
}

static bool set_constant_options(struct as_s3_transfer *t)
{
    const struct as_s3_net_options *o = &t->shared->o;
    bool good = true;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, (void *)t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)t);
    SET(CURLOPT_PRIVATE, (void *)t);
    SET(CURLOPT_ERRORBUFFER, t->curl_error);
    SET(CURLOPT_CONNECTTIMEOUT, o->timeout_seconds < 10 ? (long)o->timeout_seconds : 10L);
    SET(CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
    SET(CURLOPT_LOW_SPEED_TIME, (long)o->timeout_seconds);
    return good && set_tls_options(t);
}

enum as_status as_s3_transfer_init(struct as_s3_transfer *t, struct as_s3_shared *shared,
                                   struct as_error *err)
{
    *t = (struct as_s3_transfer){.shared = shared, .easy = curl_easy_init()};
    if (t->easy == NULL || !set_constant_options(t)) {
        as_s3_transfer_fini(t);
        return as_fail(err, AS_E_NO_MEMORY, "libcurl cannot be set up");
    }
    return AS_OK;
}

void as_s3_transfer_fini(struct as_s3_transfer *t)
{
    if (t->easy != NULL) {
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->headers);
    *t = (struct as_s3_transfer){.easy = NULL};
}

static bool add_header(struct as_s3_transfer *t, const char *name, const char *value)
{
    struct as_strbuf line;
    as_strbuf_init(&line, HEADER_BYTES_MAX);
    as_strbuf_puts(&line, name);
    as_strbuf_puts(&line, ": ");
    as_strbuf_puts(&line, value);
    struct curl_slist *grown = line.failed ? NULL : curl_slist_append(t->headers, line.ptr);
    as_strbuf_fini(&line);
    if (grown != NULL) {
        t->headers = grown;
    }
    return grown != NULL;
}

static void append_path(struct as_strbuf *out, const struct as_s3_request *r,
                        const struct as_s3_place *place)
{
    as_strbuf_putc(out, '/');
    if (!place->virtual_host) {
        as_uri_encode(out, as_slice_of(r->bucket->name), false);
        if (r->key.len != 0) {
            as_strbuf_putc(out, '/');
        }
    }
    as_uri_encode(out, r->key, true);
}

static bool add_signature(struct as_s3_transfer *t, const struct as_s3_request *r,
                          const struct as_s3_place *place, struct as_slice path)
{
    struct as_sigv4_signer *signer = t->shared->o.signer;
    struct as_sigv4_scope scope = {.region = place->region, .service = "s3"};
    as_sigv4_format_time(as_wall_ms() + atomic_load(&t->shared->skew_ms), scope.time);
    const char *token = as_sigv4_signer_token(signer);
    const struct as_sigv4_header headers[] = {{"host", place->authority},
                                              {"x-amz-content-sha256", AS_SIGV4_EMPTY_HASH},
                                              {"x-amz-date", scope.time},
                                              {"x-amz-security-token", token}};
    const struct as_sigv4_request signing = {.method = "GET",
                                             .path = path,
                                             .query = as_slice_of(r->query),
                                             .headers = headers,
                                             .header_count = token == NULL ? 3 : 4,
                                             .payload_hash = AS_SIGV4_EMPTY_HASH};
    struct as_strbuf authorization;
    as_strbuf_init(&authorization, HEADER_BYTES_MAX);
    bool good = as_sigv4_authorize(signer, &signing, &scope, &authorization) == AS_OK;
    for (size_t i = 1; good && i < signing.header_count; i++) {
        good = add_header(t, headers[i].name, headers[i].value);
    }
    good = good && add_header(t, "Authorization", authorization.ptr);
    as_strbuf_fini(&authorization);
    return good;
}

static bool add_headers(struct as_s3_transfer *t, const struct as_s3_request *r,
                        const struct as_s3_place *place, struct as_slice path)
{
    char text[AS_S3_ETAG_SIZE + 64];
    bool good = add_header(t, "Host", place->authority);
    if (r->ranged) {
        AS_IGNORE(snprintf(text, sizeof text, "bytes=%llu-%llu",
                           (unsigned long long)(r->start + r->received),
                           (unsigned long long)(r->start + r->want - 1)) < 0,
                  "it fits");
        good = good && add_header(t, "Range", text);
    }
    if (r->etag[0] != '\0' && r->dst != NULL) {
        bool weak = strncmp(r->etag, "W/", 2) == 0;
        AS_IGNORE(snprintf(text, sizeof text, weak ? "%s" : "\"%s\"", r->etag) < 0, "it fits");
        good = good && add_header(t, "If-Match", text);
    }
    return good && (t->shared->o.signer == NULL || add_signature(t, r, place, path));
}

enum as_status as_s3_transfer_prepare(struct as_s3_transfer *t, struct as_s3_request *r)
{
    struct as_strbuf url;
    struct as_s3_place place;
    pthread_mutex_lock(&r->bucket->lock);
    place = r->bucket->locked.place;
    r->generation = r->bucket->locked.generation;
    pthread_mutex_unlock(&r->bucket->lock);
    /* After a broken connection the next attempt takes a new one, and a new look at the names. */
    bool fresh = r->failures != 0 && r->answer.http_status == 0;
    as_s3_answer_reset(&r->answer);
    as_strbuf_reset(&r->body);
    r->state = AS_S3_BODY_NEW;
    r->received_before = r->received;
    t->curl_error[0] = '\0';
    as_strbuf_init(&url, URL_BYTES_MAX);
    as_strbuf_puts(&url, place.https ? "https://" : "http://");
    as_strbuf_puts(&url, place.authority);
    size_t path_at = url.len;
    append_path(&url, r, &place);
    size_t path_len = url.len - path_at;
    if (r->query != NULL) {
        as_strbuf_putc(&url, '?');
        as_strbuf_puts(&url, r->query);
    }
    bool good = !url.failed && add_headers(t, r, &place, as_slice(url.ptr + path_at, path_len));
    SET(CURLOPT_URL, url.ptr);
    SET(CURLOPT_HTTPHEADER, t->headers);
    SET(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    as_strbuf_fini(&url);
    if (!good) {
        curl_slist_free_all(t->headers);
        t->headers = NULL;
        return as_fail(&r->error, AS_E_NO_MEMORY, "out of memory while a request was made");
    }
    t->request = r;
    r->transfer = t;
    r->attempts++;
    atomic_fetch_add_explicit(&t->shared->requests, 1, memory_order_relaxed);
    if (r->attempts > 1) {
        atomic_fetch_add_explicit(&t->shared->retries, 1, memory_order_relaxed);
    }
    return AS_OK;
}

static bool finish(struct as_s3_request *r, enum as_status status)
{
    r->status = status;
    return true;
}

/* Counts a failure and sets when to try again. False: no more. */
static bool may_retry(struct as_s3_transfer *t, struct as_s3_request *r, bool throttled,
                      unsigned cost, unsigned failures_max)
{
    if (r->received >= r->received_mark + PROGRESS_BYTES) {
        r->failures = 0;
    }
    r->received_mark = r->received;
    if (++r->failures > failures_max || r->attempts >= ATTEMPTS_MAX ||
        !as_s3_quota_take(&t->shared->quota, cost)) {
        return false;
    }
    r->spent += cost;
    unsigned delay =
        as_s3_backoff_ms(r->failures, throttled, r->answer.retry_after_seconds, as_random64());
    r->due_ns = as_monotonic_ns() + (uint64_t)delay * 1000000U;
    return true;
}

static bool settle_bad(struct as_s3_transfer *t, struct as_s3_request *r, enum as_status status,
                       const char *why)
{
    char name[1400];
    if (may_retry(t, r, false, AS_S3_RETRY_COST, t->shared->o.retries_max)) {
        return false;
    }
    as_s3_request_name(r, name, sizeof name);
    AS_IGNORE(as_fail(&r->error, status, "%.300s: %s, after %u attempts", name, why, r->attempts) !=
                  status,
              "returned below");
    r->error.http_status = r->answer.http_status;
    return finish(r, status);
}

static bool settle_network(struct as_s3_transfer *t, struct as_s3_request *r, CURLcode code)
{
    const char *why = t->curl_error[0] != '\0' ? t->curl_error : curl_easy_strerror(code);
    unsigned cost = code == CURLE_OPERATION_TIMEDOUT ? AS_S3_TIMEOUT_COST : AS_S3_RETRY_COST;
    unsigned failures_max = t->shared->o.retries_max;
    char name[1400];
    bool hopeless = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
                    code == CURLE_URL_MALFORMAT || code == CURLE_SSL_CERTPROBLEM;
    if (!atomic_load(&t->shared->reached) && failures_max > FIRST_CONTACT_FAILURES) {
        failures_max = FIRST_CONTACT_FAILURES; /* a wrong endpoint is told soon */
    }
    if (!hopeless && may_retry(t, r, false, cost, failures_max)) {
        return false;
    }
    as_s3_request_name(r, name, sizeof name);
    AS_IGNORE(as_fail(&r->error, AS_E_NETWORK, "%.200s: %.160s, after %u attempts%s", name, why,
                      r->attempts,
                      code == CURLE_PEER_FAILED_VERIFICATION
                          ? "; pass the authority's certificate as --ca-bundle"
                          : "") != AS_E_NETWORK,
              "returned below");
    return finish(r, AS_E_NETWORK);
}

static bool retry_at_once(struct as_s3_request *r)
{
    r->due_ns = 0;
    return false;
}

static bool settle_refused(struct as_s3_transfer *t, struct as_s3_request *r)
{
    struct as_s3_error_body e;
    char name[1400];
    AS_IGNORE(as_s3_error_parse(as_strbuf_view(&r->body), &e), "empty when it is none");
    struct as_s3_verdict v = as_s3_judge(&r->answer, &e);
    if (v.next == AS_S3_CLOCK && !r->clock_corrected && r->answer.date_ms != 0) {
        r->clock_corrected = true;
        atomic_store(&t->shared->skew_ms, r->answer.date_ms - as_wall_ms());
        return retry_at_once(r);
    }
    pthread_mutex_lock(&r->bucket->lock);
    bool elsewhere = r->bucket->locked.place.aws && r->answer.bucket_region[0] != '\0' &&
                     strcmp(r->answer.bucket_region, r->bucket->locked.place.region) != 0;
    pthread_mutex_unlock(&r->bucket->lock);
    if (v.next == AS_S3_REGION || (elsewhere && r->redirects == 0)) {
        enum as_status status = as_s3_request_redirect(r, &e);
        if (status == AS_OK) {
            return retry_at_once(r);
        }
        if (status == AS_E_DENIED) {
            return finish(r, status);
        }
    }
    bool throttled = v.next == AS_S3_THROTTLE;
    if ((throttled || v.next == AS_S3_RETRY) &&
        may_retry(t, r, throttled, AS_S3_RETRY_COST, t->shared->o.retries_max)) {
        return false;
    }
    as_s3_request_name(r, name, sizeof name);
    return finish(r, as_s3_answer_fail(&r->error, v.status, &r->answer, &e, name));
}

static bool settle_changed(struct as_s3_request *r)
{
    char name[1400];
    as_s3_request_name(r, name, sizeof name);
    return finish(
        r, as_fail(&r->error, AS_E_OBJECT_CHANGED, "%.400s: changed while it was read", name));
}

/* 416: an empty object, or one that has become shorter than what was asked for. */
static bool settle_out_of_range(struct as_s3_transfer *t, struct as_s3_request *r)
{
    if (r->start + r->received_before != 0) {
        return settle_changed(r);
    }
    if (r->range_dropped) {
        return settle_bad(t, r, AS_E_PROTOCOL, "the server answers 416 without a range");
    }
    r->range_dropped = true;
    r->ranged = false;
    return retry_at_once(r);
}

static bool settle_success(struct as_s3_transfer *t, struct as_s3_request *r, CURLcode code)
{
    if (r->state == AS_S3_BODY_NEW) {
        as_s3_request_check(r); /* no body came */
    }
    if (r->state == AS_S3_BODY_CHANGED) {
        return settle_changed(r);
    }
    if (r->state == AS_S3_BODY_BAD) {
        return settle_bad(t, r, AS_E_PROTOCOL, r->bad_why);
    }
    if (r->dst != NULL) {
        uint64_t left = r->total > r->start ? r->total - r->start : 0;
        size_t target = left < r->want ? (size_t)left : r->want;
        if (r->received < target) {
            return code == CURLE_OK ? settle_bad(t, r, AS_E_PROTOCOL, "the body is too short")
                                    : settle_network(t, r, code);
        }
    } else if (code != CURLE_OK) {
        return settle_network(t, r, code);
    }
    as_s3_quota_give(&t->shared->quota, r->spent == 0 ? 1 : r->spent);
    return finish(r, AS_OK);
}

static bool settle(struct as_s3_transfer *t, struct as_s3_request *r, CURLcode code)
{
    if (r->answer.http_status != 0) {
        atomic_store(&t->shared->reached, true);
    }
    if (is_success(r)) {
        return settle_success(t, r, code);
    }
    if (r->answer.http_status == 416 && r->dst != NULL) {
        return settle_out_of_range(t, r);
    }
    if (r->answer.http_status >= 300) {
        return settle_refused(t, r);
    }
    if (code == CURLE_OK) {
        return settle_bad(t, r, AS_E_PROTOCOL, "the server's status makes no sense");
    }
    return settle_network(t, r, code);
}

bool as_s3_transfer_settle(struct as_s3_transfer *t, CURLcode code)
{
    struct as_s3_request *r = t->request;
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    bool over = atomic_load(&r->abandoned) ? finish(r, AS_E_CANCELLED) : settle(t, r, code);
    t->request = NULL;
    r->transfer = NULL;
    return over;
}
