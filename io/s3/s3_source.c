/* SPDX-License-Identifier: Apache-2.0
 * One bucket (and prefix) as a source. Listing: ListObjectsV2 to its end, page after page on the
 * caller's thread; a page that does not parse, or a token that comes back, is an error and never
 * the end. Objects in an archive storage class are emitted with INVALID_OBJECT_STATE and not asked
 * for: whether one was restored is not in the listing, and each attempt would be billed.
 *
 * Test: tests/unit/io/test_s3_faults.c. */
#include "io/s3/s3.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/reason.h"
#include "base/strbuf.h"
#include "io/s3/s3_client.h"
#include "io/s3/s3_reader.h"
#include "io/s3/s3_xml.h"

#define PAGE_BYTES_MAX ((size_t)16 << 20)
#define QUERY_BYTES_MAX ((size_t)24 << 10)
#define REGION_DEFAULT "us-east-1"

struct s3_source {
    struct as_source base;
    struct as_s3_client *client;
    struct as_s3_bucket bucket;
    bool exact;
    size_t readers; /* alive; guarded by the client's lock */
};

struct listing {
    struct s3_source *source;
    as_object_fn *emit;
    void *context;
    const struct as_cancel *cancel;
    struct as_error *err;
    bool exact_done;
};

static enum as_status no_memory(const struct s3_source *s, struct as_error *err)
{
    return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory while listing", s->base.target);
}

static bool is_archived(const char *storage_class)
{
    return storage_class != NULL &&
           (strcmp(storage_class, "GLACIER") == 0 || strcmp(storage_class, "DEEP_ARCHIVE") == 0);
}

static enum as_status on_item(void *context, const struct as_s3_item *item)
{
    struct listing *l = context;
    if (as_cancel_requested(l->cancel)) {
        return as_fail(l->err, AS_E_CANCELLED, "%s: listing was interrupted",
                       l->source->base.target);
    }
    if (l->source->exact && !as_slice_equal(item->key, as_slice_of(l->source->base.prefix))) {
        l->exact_done = true; /* keys ascend, and the exact one is the first with the prefix */
        return AS_OK;
    }
    struct as_object *o = as_object_new(item->key);
    if (o == NULL) {
        return no_memory(l->source, l->err);
    }
    o->size = item->size;
    o->last_modified_ms = item->last_modified_ms;
    o->etag = as_strdup(item->etag);
    o->storage_class = as_strdup(item->storage_class);
    if ((item->etag != NULL && o->etag == NULL) ||
        (item->storage_class != NULL && o->storage_class == NULL)) {
        as_object_free(o);
        return no_memory(l->source, l->err);
    }
    o->skip_reason =
        is_archived(o->storage_class) ? AS_REASON_INVALID_OBJECT_STATE : AS_REASON_NONE;
    l->exact_done = l->source->exact;
    enum as_status status = l->emit(l->context, o);
    if (status != AS_OK) {
        as_object_free(o);
        return as_fail(l->err, status, "%s: listing was stopped", l->source->base.target);
    }
    return AS_OK;
}

/* Names in order, values encoded: as SigV4 wants it, so that what is signed is what is sent. */
static char *page_query(const struct s3_source *s, const char *token)
{
    struct as_strbuf query;
    as_strbuf_init(&query, QUERY_BYTES_MAX);
    if (token != NULL) {
        as_strbuf_puts(&query, "continuation-token=");
        as_uri_encode(&query, as_slice_of(token), false);
        as_strbuf_putc(&query, '&');
    }
    as_strbuf_puts(&query, "encoding-type=url&list-type=2");
    if (s->exact) {
        as_strbuf_puts(&query, "&max-keys=1");
    }
    as_strbuf_puts(&query, "&prefix=");
    as_uri_encode(&query, as_slice_of(s->base.prefix), false);
    return as_strbuf_detach(&query);
}

static enum as_status fetch_page(struct listing *l, const char *token, struct as_s3_page *out)
{
    struct s3_source *s = l->source;
    struct as_s3_request r;
    char *query = page_query(s, token);
    if (query == NULL) {
        return no_memory(s, l->err);
    }
    as_s3_request_init(&r, &s->bucket, as_slice(NULL, 0));
    as_strbuf_init(&r.body, PAGE_BYTES_MAX);
    r.query = query;
    enum as_status status = as_s3_client_fetch(s->client, &r, l->cancel, l->err);
    if (status == AS_OK) {
        status = as_s3_list_parse(as_strbuf_view(&r.body), on_item, l, out, l->err);
    }
    as_strbuf_fini(&r.body);
    as_free(query);
    return status;
}

/* Listing was denied; the object itself may still be readable. */
static enum as_status probe_exact(struct listing *l, enum as_status denied)
{
    struct s3_source *s = l->source;
    struct as_s3_request r;
    struct as_error first = {.status = AS_OK};
    uint8_t byte;
    if (l->err != NULL) {
        first = *l->err;
    }
    as_s3_request_init(&r, &s->bucket, as_slice_of(s->base.prefix));
    as_strbuf_init(&r.body, PAGE_BYTES_MAX);
    r.ranged = true;
    r.dst = &byte;
    r.want = 1;
    enum as_status status = as_s3_client_fetch(s->client, &r, l->cancel, l->err);
    as_strbuf_fini(&r.body);
    if (status != AS_OK) {
        if (l->err != NULL) {
            *l->err = first;
        }
        return denied;
    }
    const struct as_s3_item item = {.key = as_slice_of(s->base.prefix),
                                    .size = r.total,
                                    .last_modified_ms = r.last_modified_ms,
                                    .etag = r.etag[0] == '\0' ? NULL : r.etag};
    return on_item(l, &item);
}

static enum as_status s3_list(struct as_source *base, as_object_fn *emit, void *context,
                              const struct as_cancel *cancel, struct as_error *err)
{
    struct s3_source *s = (struct s3_source *)base;
    struct listing l = {s, emit, context, cancel, err, false};
    char *token = NULL;
    enum as_status status;
    bool more;
    do {
        struct as_s3_page page = {.truncated = false};
        status = fetch_page(&l, token, &page);
        if (status == AS_OK && page.truncated && token != NULL &&
            strcmp(token, page.next_token) == 0) {
            status = as_fail(err, AS_E_PROTOCOL,
                             "%s: the server gives the same continuation token again; the listing "
                             "has no end",
                             s->base.target);
        }
        as_free(token);
        token = page.next_token;
        more = status == AS_OK && page.truncated && !l.exact_done;
    } while (more);
    as_free(token);
    if (status == AS_E_DENIED && s->exact && !l.exact_done) {
        status = probe_exact(&l, status);
    }
    return status;
}

static enum as_status s3_open(struct as_source *base, const struct as_object *object,
                              unsigned attempt, struct as_stream **out, struct as_error *err)
{
    struct s3_source *s = (struct s3_source *)base;
    /* each opening reads the version that is current then */
    const struct as_s3_opening opening = {&s->bucket, &s->readers, object, attempt};
    return as_s3_reader_open(s->client, &opening, out, err);
}

static void s3_version(struct as_source *base, const struct as_stream *stream,
                       struct as_object_version *out)
{
    (void)base;
    as_s3_reader_version(stream, out);
}

static void source_free(struct s3_source *s)
{
    as_free(s->base.target);
    as_free(s->base.origin);
    as_free(s->base.bucket);
    as_free(s->base.prefix);
    as_free(s->base.region);
    as_free(s->base.endpoint);
    as_free(s);
}

/* Requests of closed streams may still be ending. */
static void s3_free(struct as_source *base)
{
    struct s3_source *s = (struct s3_source *)base;
    struct as_s3_client *c = s->client;
    pthread_mutex_lock(&c->lock);
    while (s->readers != 0) {
        as_cond_wait_ms(&c->progress, &c->lock, 100);
    }
    pthread_mutex_unlock(&c->lock);
    as_s3_bucket_fini(&s->bucket);
    source_free(s);
}

static enum as_status fill_identity(struct s3_source *s, const char *address, const char *region,
                                    struct as_error *err)
{
    const struct as_aws_config *config = &s->client->config;
    const struct as_s3_place *place = &s->bucket.locked.place;
    char authority[AS_S3_AUTHORITY_SIZE] = "";
    bool https = true;
    if (config->endpoint_url != NULL) {
        AS_TRY(as_s3_endpoint_parse(config->endpoint_url, &https, authority, err));
    }
    s->base.origin_kind = place->aws ? AS_ORIGIN_AWS : AS_ORIGIN_ENDPOINT;
    s->base.target = as_strdup(address);
    s->base.origin = as_strdup(place->aws ? as_s3_partition(region) : authority);
    s->base.bucket = as_strdup(s->bucket.name);
    s->base.region = as_strdup(config->region);
    s->base.endpoint = place->aws ? NULL : as_strdup(config->endpoint_url);
    s->base.fetches = true;
    s->base.single = s->exact;
    bool good = s->base.target != NULL && s->base.origin != NULL && s->base.bucket != NULL &&
                s->base.prefix != NULL && (config->region == NULL || s->base.region != NULL) &&
                (place->aws || s->base.endpoint != NULL);
    return good ? AS_OK : no_memory(s, err);
}

enum as_status as_s3_source_new(struct as_s3_client *c, const char *address, bool exact,
                                struct as_source **out, struct as_error *err)
{
    static const struct as_source_ops ops = {s3_list, s3_open, s3_version, s3_free};
    const char *region = c->config.region == NULL ? REGION_DEFAULT : c->config.region;
    struct as_slice bucket;
    struct as_slice prefix;
    AS_TRY(as_s3_address_parse(address, &bucket, &prefix, err));
    if (exact && prefix.len == 0) {
        return as_fail(err, AS_E_USAGE, "%s: --exact needs a key", address);
    }
    struct s3_source *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", address);
    }
    s->base.ops = &ops;
    s->client = c;
    s->exact = exact;
    s->base.prefix = as_memdup0(prefix.ptr, prefix.len);
    enum as_status status =
        as_s3_bucket_init(&s->bucket, bucket, c->config.endpoint_url, region, c->addressing, err);
    if (status != AS_OK) {
        source_free(s);
        return status;
    }
    status = fill_identity(s, address, region, err);
    if (status != AS_OK) {
        s3_free(&s->base);
        return status;
    }
    *out = &s->base;
    return AS_OK;
}
