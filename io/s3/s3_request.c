/* SPDX-License-Identifier: Apache-2.0
 * The parts of a request that need no curl: its bucket's place, the check of an answer against what
 * was asked, redirects.
 *
 * One object, one version: the first good answer pins ETag, size and (without an ETag) the
 * modification time; each later answer is compared, whether or not the server heeded If-Match. */
#include <stdio.h>
#include <strings.h>

#include "base/mem.h"
#include "io/s3/s3_transfer.h"

#define REDIRECTS_MAX 3U

enum as_status as_s3_bucket_init(struct as_s3_bucket *b, struct as_slice name,
                                 const char *endpoint_url, const char *region,
                                 enum as_addressing addressing, struct as_error *err)
{
    struct as_s3_place place;
    AS_TRY(as_s3_place_make(endpoint_url, region, addressing, name, &place, err));
    *b = (struct as_s3_bucket){.addressing = addressing, .locked = {.place = place}};
    b->name = as_memdup0(name.ptr, name.len);
    b->endpoint_url = as_strdup(endpoint_url);
    pthread_mutex_init(&b->lock, NULL);
    if (b->name == NULL || (endpoint_url != NULL && b->endpoint_url == NULL)) {
        as_s3_bucket_fini(b);
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    return AS_OK;
}

void as_s3_bucket_fini(struct as_s3_bucket *b)
{
    as_free(b->name);
    as_free(b->endpoint_url);
    pthread_mutex_destroy(&b->lock);
}

void as_s3_request_init(struct as_s3_request *r, struct as_s3_bucket *bucket, struct as_slice key)
{
    *r = (struct as_s3_request){.bucket = bucket, .key = key, .total = AS_S3_SIZE_UNKNOWN};
}

void as_s3_request_name(const struct as_s3_request *r, char *out, size_t size)
{
    AS_IGNORE(snprintf(out, size, "s3://%s/%.*s", r->bucket->name,
                       (int)(r->key.len > 1024 ? 1024 : r->key.len), (const char *)r->key.ptr) < 0,
              "a cut name is still one");
}

static void bad(struct as_s3_request *r, const char *why)
{
    r->state = AS_S3_BODY_BAD;
    r->bad_why = why;
}

/* Pins what the first answer says, compares what later ones say. */
static void check_version(struct as_s3_request *r, uint64_t total)
{
    const struct as_s3_answer *a = &r->answer;
    bool by_etag = r->etag[0] != '\0' && a->etag[0] != '\0';
    bool changed = (by_etag && strcmp(r->etag, a->etag) != 0) ||
                   (r->total != AS_S3_SIZE_UNKNOWN && total != r->total) ||
                   (!by_etag && r->last_modified_ms != 0 && a->last_modified_ms != 0 &&
                    r->last_modified_ms != a->last_modified_ms);
    if (changed) {
        r->state = AS_S3_BODY_CHANGED;
        return;
    }
    r->state = AS_S3_BODY_GOOD;
    r->total = total;
    if (r->etag[0] == '\0') {
        memcpy(r->etag, a->etag, sizeof r->etag);
    }
    if (r->last_modified_ms == 0) {
        r->last_modified_ms = a->last_modified_ms;
    }
}

static void check_partial(struct as_s3_request *r)
{
    const struct as_s3_answer *a = &r->answer;
    uint64_t asked = r->start + r->received_before;
    if (!r->ranged || !a->has_range) {
        bad(r, "a partial answer without a good Content-Range");
        return;
    }
    if (a->range_first != asked || a->range_last > r->start + r->want - 1) {
        bad(r, "Content-Range is not what was asked for");
        return;
    }
    if (a->has_length && a->length != a->range_last - a->range_first + 1) {
        bad(r, "Content-Range and Content-Length disagree");
        return;
    }
    check_version(r, a->total);
}

void as_s3_request_check(struct as_s3_request *r)
{
    const struct as_s3_answer *a = &r->answer;
    if (r->dst == NULL) {
        r->state = AS_S3_BODY_GOOD;
    } else if (a->http_status == 206) {
        check_partial(r);
    } else if (r->start + r->received_before != 0) {
        bad(r, "the server does not heed Range");
    } else if (!a->has_length) {
        bad(r, "an answer without Content-Length");
    } else {
        check_version(r, a->length);
    }
}

/* host[:port] of an absolute URL, or of a bare host name. */
static bool authority_of(const char *url, bool *out_https, char out[AS_S3_AUTHORITY_SIZE])
{
    char text[AS_S3_AUTHORITY_SIZE + 16];
    bool absolute = strncasecmp(url, "http", 4) == 0 && strstr(url, "://") != NULL;
    const char *host = absolute ? strstr(url, "://") + 3 : url;
    size_t scheme_len = absolute ? (size_t)(host - url) : 0;
    size_t len = scheme_len + strcspn(host, "/?#");
    if (len == scheme_len || len >= sizeof text - 16) {
        return false;
    }
    AS_IGNORE(snprintf(text, sizeof text, "%s%.*s", absolute ? "" : "https://", (int)len, url) < 0,
              "it fits");
    return as_s3_endpoint_parse(text, out_https, out, NULL) == AS_OK;
}

static enum as_status refuse(struct as_s3_request *r, const char *authority)
{
    char name[1400];
    as_s3_request_name(r, name, sizeof name);
    AS_IGNORE(
        as_fail(&r->error, AS_E_DENIED,
                "%.200s: refused a redirect to %.120s: it lies outside the endpoint's domain, "
                "and signed requests are not sent there; pass that host as --endpoint-url if "
                "it is yours",
                name, authority) != AS_E_DENIED,
        "returned below");
    AS_IGNORE(snprintf(r->error.code, sizeof r->error.code, "RedirectRefused") < 0, "it fits");
    r->error.http_status = r->answer.http_status;
    return AS_E_DENIED;
}

/* Moves the place to another host. */
static enum as_status move_host_locked(struct as_s3_request *r, const char *url)
{
    struct as_s3_place *p = &r->bucket->locked.place;
    char authority[AS_S3_AUTHORITY_SIZE];
    bool https = p->https;
    bool absolute = strstr(url, "://") != NULL;
    if (url[0] == '/' || url[0] == '\0') {
        return AS_OK; /* the same host */
    }
    if (!authority_of(url, &https, authority)) {
        return AS_E_PROTOCOL;
    }
    if (!absolute) {
        https = p->https;
    }
    if (!as_s3_redirect_allowed(p, authority) || (p->https && !https)) {
        return refuse(r, authority);
    }
    size_t n = strlen(r->bucket->name);
    p->virtual_host = strncmp(authority, r->bucket->name, n) == 0 && authority[n] == '.';
    p->https = https;
    memcpy(p->authority, authority, sizeof p->authority);
    return AS_OK;
}

static enum as_status move_locked(struct as_s3_request *r, const char *region, const char *url)
{
    struct as_s3_bucket *b = r->bucket;
    struct as_s3_place place;
    bool new_region = region[0] != '\0' && strcmp(region, b->locked.place.region) != 0;
    bool new_host = !new_region || b->endpoint_url != NULL;
    if (new_host) {
        AS_TRY(move_host_locked(r, url));
    }
    if (!new_region) {
        return AS_OK;
    }
    AS_TRY(as_s3_place_make(NULL, region, b->addressing, as_slice_of(b->name), &place, NULL));
    if (new_host) {
        memcpy(b->locked.place.region, place.region, sizeof place.region);
    } else {
        b->locked.place = place;
    }
    return AS_OK;
}

static bool same_place(const struct as_s3_place *a, const struct as_s3_place *b)
{
    return strcmp(a->authority, b->authority) == 0 && strcmp(a->region, b->region) == 0 &&
           a->https == b->https;
}

static enum as_status redirect_locked(struct as_s3_request *r, const struct as_s3_error_body *e)
{
    struct as_s3_bucket *b = r->bucket;
    const struct as_s3_place before = b->locked.place;
    const char *region = r->answer.bucket_region[0] != '\0' ? r->answer.bucket_region : e->region;
    const char *url = r->answer.location[0] != '\0' ? r->answer.location : e->endpoint;
    if (b->locked.generation != r->generation) {
        return AS_OK; /* another request has found out already */
    }
    AS_TRY(move_locked(r, region, url));
    b->locked.generation++;
    bool moved = !same_place(&before, &b->locked.place);
    return moved || r->answer.http_status == 307 ? AS_OK : AS_E_PROTOCOL;
}

enum as_status as_s3_request_redirect(struct as_s3_request *r, const struct as_s3_error_body *e)
{
    if (++r->redirects > REDIRECTS_MAX) {
        return AS_E_PROTOCOL;
    }
    pthread_mutex_lock(&r->bucket->lock);
    enum as_status status = redirect_locked(r, e);
    pthread_mutex_unlock(&r->bucket->lock);
    return status;
}
