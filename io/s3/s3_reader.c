/* SPDX-License-Identifier: Apache-2.0
 * One object as a stream.
 *
 * The first part is asked for when the stream is opened, sized by the listing, so a small object
 * costs one request and no memory beyond its size. Its answer fixes the version: ETag, total size.
 * Every further part carries If-Match and is compared again (s3_request.c); a mismatch anywhere
 * ends the stream with AS_E_OBJECT_CHANGED at once, other errors when reading comes to them. So
 * does a total that contradicts the listing, unless the ETag is a new one; when it stays so, the
 * second try gives what there is, and the version's facts say that its size is disputed.
 *
 *     parts:  [done][done][in flight][in flight]      next_start ▶ not asked for yet
 *              ▲ position (reading copies out of the head and gives its buffer back)
 *
 * The window of parts opens when a quarter of the first part (2 MiB at most) has been read: what
 * is only sniffed, or read out of order as zip archives are, is not fetched in vain. Parts are
 * granted by s3_buffers.h; readers that got none wait in the client's list and are served oldest
 * first, one part a turn, when a buffer comes back. A reader that has nothing under way takes an
 * urgent buffer, so read() never waits for memory.
 *
 * Reads out of order are in s3_read_at.c.
 *
 * Life: counted by the stream and its requests under way. A closed stream's requests are abandoned
 * and end soon; the last one frees the reader.
 *
 * Threads: all fields are guarded by the client's lock, but for those of the reading thread. Parts
 * belong to the network while under way; a done part's bytes to the reading thread. Test:
 * tests/unit/io/test_s3_faults.c. */
#include "base/clock.h"
#include "base/mem.h"
#include "io/s3/s3_reader_state.h"

#define WAIT_MS 100U
#define GATE_MAX ((size_t)2 << 20)
#define EMPTY_OBJECT_BYTES ((size_t)4096)

static void reader_free(struct as_s3_reader *r)
{
    pthread_cond_destroy(&r->changed);
    as_free(r->key);
    as_free(r->query);
    as_free(r->listed_etag);
    as_free(r->cache);
    as_free(r);
}

/* The lock is held; frees the reader when it was the last. */
static void unref_locked(struct as_s3_reader *r)
{
    if (--r->refs == 0) {
        struct as_s3_client *c = r->client;
        --*r->readers;
        pthread_cond_broadcast(&c->progress);
        reader_free(r);
    }
}

static void part_free_locked(struct as_s3_part *p)
{
    as_s3_buffers_give(&p->reader->client->buffers, p->buffer, p->size, p->share);
    as_strbuf_fini(&p->request.body);
    as_free(p);
}

/* ---- asking for parts ---- */

void as_s3_reader_fail_locked(struct as_s3_reader *r, enum as_status status,
                              const struct as_error *error)
{
    if (r->failed == AS_OK) {
        r->failed = status;
        r->error = *error;
    }
    pthread_cond_broadcast(&r->changed);
}

/* Another ETag than the listed one is a newer version, which may have any size. */
static bool is_size_disputed(const struct as_s3_reader *r)
{
    return r->listed_etag != NULL && r->total != r->listed_size &&
           (r->etag[0] == '\0' || strcmp(r->etag, r->listed_etag) == 0);
}

static void learn_locked(struct as_s3_reader *r, const struct as_s3_request *q)
{
    if (!r->known) {
        r->known = true;
        r->answer = q->answer;
        r->total = q->total;
        r->last_modified_ms = q->last_modified_ms;
        memcpy(r->etag, q->etag, sizeof r->etag);
        r->size_disputed = is_size_disputed(r);
    }
    if (r->size_disputed && r->first_try) { /* it may pass; if not, what there is will be read */
        as_s3_reader_fail_named_locked(r, AS_E_OBJECT_CHANGED,
                                       "its size is not the one that was listed");
    }
}

static void pump_locked(struct as_s3_client *c);

static void part_done(struct as_s3_request *q)
{
    struct as_s3_part *p = q->owner;
    struct as_s3_reader *r = p->reader;
    struct as_s3_client *c = r->client;
    pthread_mutex_lock(&c->lock);
    p->done = true;
    if (r->closed) {
        part_free_locked(p);
    } else if (q->status == AS_OK) {
        learn_locked(r, q);
        pthread_cond_broadcast(&r->changed);
    } else if (q->status == AS_E_OBJECT_CHANGED) {
        as_s3_reader_fail_locked(r, q->status, &q->error);
    } else {
        pthread_cond_broadcast(&r->changed); /* told when reading comes to it */
    }
    unref_locked(r);
    pump_locked(c);
    pthread_mutex_unlock(&c->lock);
}

/* The next part's size: 0 when there is none to ask for. */
static size_t next_want(const struct as_s3_reader *r)
{
    if (!r->known) {
        return r->part_count == 0 && r->next_start == 0 ? r->first_want : 0;
    }
    uint64_t left = r->total > r->next_start ? r->total - r->next_start : 0;
    return left < r->client->part_bytes ? (size_t)left : r->client->part_bytes;
}

/* Submits the next part with a buffer of the share. False: no memory for it now. */
static bool issue_locked(struct as_s3_reader *r, enum as_s3_share share)
{
    struct as_s3_client *c = r->client;
    size_t want = next_want(r);
    struct as_s3_part *p = as_calloc(1, sizeof *p);
    if (p == NULL) {
        return false;
    }
    p->buffer = as_s3_buffers_take(&c->buffers, want, share == AS_S3_URGENT ? AS_S3_WINDOW : share);
    if (p->buffer == NULL && share == AS_S3_URGENT) {
        want = want < AS_S3_URGENT_BYTES ? want : AS_S3_URGENT_BYTES;
        p->buffer = as_s3_buffers_take(&c->buffers, want, AS_S3_URGENT);
    }
    if (p->buffer == NULL) {
        as_free(p);
        return false;
    }
    p->reader = r;
    p->size = want;
    p->share = share;
    struct as_s3_request *q = &p->request;
    as_s3_request_init(q, r->bucket, as_slice(r->key, r->key_len));
    as_strbuf_init(&q->body, AS_S3_ERROR_BODY_MAX);
    q->query = r->query;
    q->ranged = !(r->listed_empty && !r->known);
    q->start = r->next_start;
    q->dst = p->buffer;
    q->want = want;
    q->urgent = share == AS_S3_URGENT;
    q->done = part_done;
    q->owner = p;
    if (r->known) {
        memcpy(q->etag, r->etag, sizeof q->etag);
        q->total = r->total;
        q->last_modified_ms = r->last_modified_ms;
    }
    r->next_start += want;
    r->refs++;
    r->part_count++;
    if (r->tail == NULL) {
        r->head = p;
    } else {
        r->tail->next = p;
    }
    r->tail = p;
    as_s3_net_submit(c->net, q);
    return true;
}

/* Whether the reader should have another part now, and of which share. */
static bool wants_locked(const struct as_s3_reader *r, enum as_s3_share *out_share)
{
    if (r->closed || r->failed != AS_OK || next_want(r) == 0) {
        return false;
    }
    if (!r->known) {
        *out_share = r->started ? AS_S3_WINDOW : AS_S3_OPENER;
        return r->part_count == 0;
    }
    size_t gate = r->first_want / 4 < GATE_MAX ? r->first_want / 4 : GATE_MAX;
    *out_share = AS_S3_WINDOW;
    return r->started && r->position >= gate && r->part_count < r->client->window_parts;
}

static void enqueue_locked(struct as_s3_reader *r)
{
    struct as_s3_client *c = r->client;
    if (r->queued) {
        return;
    }
    r->queued = true;
    r->waiting_next = NULL;
    if (c->waiting.last == NULL) {
        c->waiting.first = r;
    } else {
        c->waiting.last->waiting_next = r;
    }
    c->waiting.last = r;
}

static void dequeue_locked(struct as_s3_reader *r)
{
    struct as_s3_client *c = r->client;
    struct as_s3_reader *before = NULL;
    for (struct as_s3_reader *w = c->waiting.first; w != NULL; before = w, w = w->waiting_next) {
        if (w != r) {
            continue;
        }
        if (before == NULL) {
            c->waiting.first = w->waiting_next;
        } else {
            before->waiting_next = w->waiting_next;
        }
        if (c->waiting.last == w) {
            c->waiting.last = before;
        }
        break;
    }
    r->queued = false;
}

/* Serves waiting readers, oldest first, one part a turn, until memory is out. Openers that find
 * their half used up do not hold up those that read. */
static void pump_locked(struct as_s3_client *c)
{
    bool openers_wait = false;
    struct as_s3_reader *r = c->waiting.first;
    while (r != NULL) {
        enum as_s3_share share = AS_S3_WINDOW;
        bool wants = wants_locked(r, &share);
        if (wants && share == AS_S3_OPENER && openers_wait) {
            r = r->waiting_next;
            continue;
        }
        if (wants && !issue_locked(r, share)) {
            if (share == AS_S3_WINDOW) {
                return;
            }
            openers_wait = true;
            r = r->waiting_next;
            continue;
        }
        dequeue_locked(r);
        if (wants) {
            enqueue_locked(r);
        }
        r = c->waiting.first;
    }
}

static void want_more_locked(struct as_s3_reader *r)
{
    enum as_s3_share share;
    if (wants_locked(r, &share)) {
        enqueue_locked(r);
        pump_locked(r->client);
    }
}

/* ---- reading ---- */

enum as_status as_s3_reader_result(const struct as_s3_reader *r, struct as_error *err)
{
    if (r->failed != AS_OK && err != NULL) {
        *err = r->error;
    }
    return r->failed;
}

void as_s3_reader_fail_named_locked(struct as_s3_reader *r, enum as_status status, const char *why)
{
    struct as_error error;
    AS_IGNORE(as_fail(&error, status, "s3://%s/%.300s: %s", r->bucket->name, r->key, why) != status,
              "kept below");
    as_s3_reader_fail_locked(r, status, &error);
}

static void start_locked(struct as_s3_reader *r)
{
    if (r->started) {
        return;
    }
    r->started = true;
    for (struct as_s3_part *p = r->head; p != NULL; p = p->next) {
        if (p->share == AS_S3_OPENER) {
            as_s3_buffers_promote(&r->client->buffers, p->size);
            p->share = AS_S3_WINDOW;
        }
    }
}

static void drop_head_locked(struct as_s3_reader *r)
{
    struct as_s3_part *p = r->head;
    r->head = p->next;
    if (r->head == NULL) {
        r->tail = NULL;
    }
    r->part_count--;
    part_free_locked(p);
    want_more_locked(r);
    pump_locked(r->client);
}

/* Waits until the head part is done with bytes to give, or the end (head NULL), or a failure. */
static void wait_head_locked(struct as_s3_reader *r)
{
    while (r->failed == AS_OK) {
        struct as_s3_part *p = r->head;
        if (p == NULL) {
            if (r->known && r->next_start >= r->total) {
                return;
            }
            if (!issue_locked(r, AS_S3_URGENT)) {
                as_s3_reader_fail_named_locked(r, AS_E_NO_MEMORY, "no memory for the next part");
            }
            continue;
        }
        if (p->done && p->request.status != AS_OK) {
            as_s3_reader_fail_locked(r, p->request.status, &p->request.error);
            continue;
        }
        if (p->done && r->position >= p->request.start + p->request.received) {
            drop_head_locked(r);
            continue;
        }
        if (p->done) {
            return;
        }
        if (as_cancel_requested(r->client->cancel)) {
            as_s3_reader_fail_named_locked(r, AS_E_CANCELLED, "interrupted");
            continue;
        }
        as_cond_wait_ms(&r->changed, &r->client->lock, WAIT_MS);
    }
}

static enum as_status reader_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                  struct as_error *err)
{
    struct as_s3_reader *r = (struct as_s3_reader *)s;
    size_t n = 0;
    pthread_mutex_lock(&r->client->lock);
    start_locked(r);
    wait_head_locked(r);
    enum as_status status = as_s3_reader_result(r, err);
    const struct as_s3_part *p = status == AS_OK ? r->head : NULL;
    pthread_mutex_unlock(&r->client->lock);
    if (status != AS_OK) {
        return status;
    }
    if (p != NULL) { /* its bytes are ours until it is dropped */
        size_t at = (size_t)(r->position - p->request.start);
        n = p->request.received - at < cap ? p->request.received - at : cap;
        memcpy(buf, p->buffer + at, n);
        pthread_mutex_lock(&r->client->lock);
        r->position += n;
        if (at + n == p->request.received && r->known && r->position < r->total) {
            drop_head_locked(r);
        } else {
            want_more_locked(r);
        }
        pthread_mutex_unlock(&r->client->lock);
    }
    *out_len = n;
    return AS_OK;
}

/* The version must be known before anything is read out of order. */
enum as_status as_s3_reader_wait_known(struct as_s3_reader *r, struct as_error *err)
{
    pthread_mutex_lock(&r->client->lock);
    start_locked(r);
    if (!r->known) {
        wait_head_locked(r);
    }
    enum as_status status = as_s3_reader_result(r, err);
    pthread_mutex_unlock(&r->client->lock);
    return status;
}

static void reader_close(struct as_stream *s)
{
    struct as_s3_reader *r = (struct as_s3_reader *)s;
    struct as_s3_client *c = r->client;
    bool under_way = false;
    pthread_mutex_lock(&c->lock);
    r->closed = true;
    if (r->queued) {
        dequeue_locked(r);
    }
    for (struct as_s3_part *p = r->head; p != NULL;) {
        struct as_s3_part *next = p->next;
        if (p->done) {
            part_free_locked(p);
        } else {
            under_way = true;
            atomic_store(&p->request.abandoned, true);
        }
        p = next;
    }
    r->head = NULL;
    r->tail = NULL;
    unref_locked(r);
    pump_locked(c);
    pthread_mutex_unlock(&c->lock);
    if (under_way) {
        as_s3_net_wake(c->net);
    }
}

/* ---- opening ---- */

static char *version_query(const char *version_id)
{
    struct as_strbuf query;
    as_strbuf_init(&query, 8192);
    as_strbuf_puts(&query, "versionId=");
    as_uri_encode(&query, as_slice_of(version_id), false);
    return as_strbuf_detach(&query);
}

enum as_status as_s3_reader_open(struct as_s3_client *c, const struct as_s3_opening *opening,
                                 struct as_stream **out, struct as_error *err)
{
    const struct as_object *object = opening->object;
    static const struct as_stream_ops ops = {reader_read, as_s3_reader_read_at, reader_close};
    struct as_s3_reader *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory while an object was opened");
    }
    as_cond_init(&r->changed);
    r->base.ops = &ops;
    r->client = c;
    r->bucket = opening->bucket;
    r->readers = opening->readers;
    r->key = as_memdup0(object->key.ptr, object->key.len);
    r->key_len = object->key.len;
    r->query = object->version_id == NULL ? NULL : version_query(object->version_id);
    r->listed_empty = object->size == 0;
    r->listed_size = object->size;
    r->listed_etag = object->etag == NULL ? NULL : as_strdup(object->etag);
    r->first_try = opening->attempt == 0;
    r->first_want = object->size < c->part_bytes ? (size_t)object->size : c->part_bytes;
    if (r->listed_empty) {
        r->first_want = EMPTY_OBJECT_BYTES < c->part_bytes ? EMPTY_OBJECT_BYTES : c->part_bytes;
    }
    r->refs = 1;
    if (r->key == NULL || (object->version_id != NULL && r->query == NULL) ||
        (object->etag != NULL && r->listed_etag == NULL)) {
        reader_free(r);
        return as_fail(err, AS_E_NO_MEMORY, "out of memory while an object was opened");
    }
    pthread_mutex_lock(&c->lock);
    ++*r->readers;
    want_more_locked(r);
    pthread_mutex_unlock(&c->lock);
    *out = &r->base;
    return AS_OK;
}

void as_s3_reader_version(const struct as_stream *s, struct as_object_version *out)
{
    const struct as_s3_reader *r = (const struct as_s3_reader *)s;
    *out = (struct as_object_version){0};
    pthread_mutex_lock(&r->client->lock);
    if (r->known) {
        const struct as_s3_answer *a = &r->answer;
        out->etag = r->etag[0] == '\0' ? NULL : r->etag;
        out->version_id = a->version_id[0] == '\0' ? NULL : a->version_id;
        out->content_type = a->content_type[0] == '\0' ? NULL : a->content_type;
        out->encryption = a->encryption[0] == '\0' ? NULL : a->encryption;
        out->kms_key_id = a->kms_key_id[0] == '\0' ? NULL : a->kms_key_id;
        out->size = r->total;
        out->last_modified_ms = r->last_modified_ms;
        out->size_disputed = r->size_disputed;
    }
    pthread_mutex_unlock(&r->client->lock);
}
