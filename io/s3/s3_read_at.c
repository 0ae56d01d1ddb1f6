/* SPDX-License-Identifier: Apache-2.0
 * Reading an object out of order, as the central directories of zips need. Bytes come from parts at
 * hand, else by a range of the same version: directly into the caller's buffer when it is large,
 * through a cache of at least 64 KiB when small, doubled up to 1 MiB while the reads go forward.
 *
 * The cache belongs to the reading thread and stands above the budget of parts: at most 1 MiB an
 * object that is being read. Test: tests/unit/io/test_s3_faults.c. */
#include "base/mem.h"
#include "io/s3/s3_reader_state.h"

#define CACHE_LEAST ((size_t)64 << 10)
#define CACHE_MOST ((size_t)1 << 20)

/* Copies from a part at hand; 0 when none holds the offset. */
static size_t copy_from_parts(struct as_s3_reader *r, uint64_t offset, uint8_t *buf, size_t len)
{
    size_t n = 0;
    pthread_mutex_lock(&r->client->lock);
    for (const struct as_s3_part *p = r->head; p != NULL && n == 0; p = p->next) {
        const struct as_s3_request *q = &p->request;
        if (p->done && q->status == AS_OK && offset >= q->start &&
            offset - q->start < q->received) {
            size_t at = (size_t)(offset - q->start);
            n = q->received - at < len ? q->received - at : len;
            memcpy(buf, p->buffer + at, n);
        }
    }
    pthread_mutex_unlock(&r->client->lock);
    return n;
}

static enum as_status fetch_range(struct as_s3_reader *r, uint64_t start, uint8_t *dst, size_t want,
                                  struct as_error *err)
{
    struct as_s3_request q;
    as_s3_request_init(&q, r->bucket, as_slice(r->key, r->key_len));
    as_strbuf_init(&q.body, AS_S3_ERROR_BODY_MAX);
    q.query = r->query;
    q.ranged = true;
    q.start = start;
    q.dst = dst;
    q.want = want;
    q.total = r->total;
    q.last_modified_ms = r->last_modified_ms;
    memcpy(q.etag, r->etag, sizeof q.etag);
    enum as_status status = as_s3_client_fetch(r->client, &q, NULL, err);
    as_strbuf_fini(&q.body);
    if (status != AS_OK) {
        pthread_mutex_lock(&r->client->lock);
        as_s3_reader_fail_locked(r, status, &q.error);
        pthread_mutex_unlock(&r->client->lock);
    }
    return status;
}

static enum as_status fill_cache(struct as_s3_reader *r, uint64_t offset, struct as_error *err)
{
    bool forward = r->cache_len != 0 && offset == r->cache_start + r->cache_len;
    size_t want = forward ? r->cache_next : CACHE_LEAST;
    if (want > r->cache_size) {
        as_free(r->cache);
        r->cache_size = 0;
        r->cache_len = 0;
        r->cache = as_malloc(want);
        if (r->cache == NULL) {
            pthread_mutex_lock(&r->client->lock);
            as_s3_reader_fail_named_locked(r, AS_E_NO_MEMORY, "out of memory");
            enum as_status status = as_s3_reader_result(r, err);
            pthread_mutex_unlock(&r->client->lock);
            return status;
        }
        r->cache_size = want;
    }
    want = r->total - offset < want ? (size_t)(r->total - offset) : want;
    r->cache_len = 0;
    AS_TRY(fetch_range(r, offset, r->cache, want, err));
    r->cache_start = offset;
    r->cache_len = want;
    r->cache_next = r->cache_size * 2 > CACHE_MOST ? CACHE_MOST : r->cache_size * 2;
    return AS_OK;
}

static size_t copy_from_cache(const struct as_s3_reader *r, uint64_t offset, uint8_t *buf,
                              size_t len)
{
    if (offset < r->cache_start || offset - r->cache_start >= r->cache_len) {
        return 0;
    }
    size_t at = (size_t)(offset - r->cache_start);
    size_t n = r->cache_len - at < len ? r->cache_len - at : len;
    memcpy(buf, r->cache + at, n);
    return n;
}

/* The next bytes from where they are at hand, else from the server; *out_len may be 0 when only
 * the cache was filled. */
static enum as_status read_piece(struct as_s3_reader *r, uint64_t offset, uint8_t *to, size_t room,
                                 size_t *out_len, struct as_error *err)
{
    size_t n = copy_from_parts(r, offset, to, room);
    n = n != 0 ? n : copy_from_cache(r, offset, to, room);
    *out_len = n;
    if (n != 0) {
        return AS_OK;
    }
    if (room < CACHE_LEAST) {
        return fill_cache(r, offset, err);
    }
    *out_len = room < r->client->part_bytes ? room : r->client->part_bytes;
    return fetch_range(r, offset, to, *out_len, err);
}

enum as_status as_s3_reader_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                    size_t *out_len, struct as_error *err)
{
    struct as_s3_reader *r = (struct as_s3_reader *)s;
    size_t have = 0;
    AS_TRY(as_s3_reader_wait_known(r, err));
    uint64_t left = offset < r->total ? r->total - offset : 0;
    len = left < len ? (size_t)left : len;
    while (have < len) {
        size_t n = 0;
        AS_TRY(read_piece(r, offset + have, (uint8_t *)buf + have, len - have, &n, err));
        have += n;
    }
    *out_len = have;
    return AS_OK;
}
