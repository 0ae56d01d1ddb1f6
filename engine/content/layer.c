/* SPDX-License-Identifier: Apache-2.0
 * Look ahead and ranges. See layer.h. */
#include "content/layer.h"

#include <string.h>

#include "base/mem.h"

static enum as_status peek_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                struct as_error *err)
{
    struct as_peek *p = (struct as_peek *)s;
    if (p->pos < p->len) {
        size_t n = p->len - p->pos < cap ? p->len - p->pos : cap;
        memcpy(buf, p->buffer + p->pos, n);
        p->pos += n;
        p->delivered += n;
        *out_len = n;
        return AS_OK;
    }
    if (p->failed != AS_OK) {
        if (err != NULL) {
            *err = p->error;
        }
        return p->failed;
    }
    size_t got = 0;
    if (!p->ended) {
        p->failed = as_stream_read(p->source, buf, cap, &got, &p->error);
        if (p->failed != AS_OK) {
            if (err != NULL) {
                *err = p->error;
            }
            return p->failed;
        }
        p->ended = got == 0;
    }
    p->delivered += got;
    *out_len = got;
    return AS_OK;
}

static enum as_status peek_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                   size_t *out_len, struct as_error *err)
{
    struct as_peek *p = (struct as_peek *)s;
    return p->source->ops->read_at(p->source, offset, buf, len, out_len, err);
}

static void peek_close(struct as_stream *s)
{
    (void)s; /* the owner calls as_peek_fini */
}

enum as_status as_peek_init(struct as_peek *p, struct as_stream *source, size_t cap)
{
    static const struct as_stream_ops seekable = {peek_read, peek_read_at, peek_close};
    static const struct as_stream_ops forward = {peek_read, NULL, peek_close};
    *p = (struct as_peek){.base = {source->ops->read_at != NULL ? &seekable : &forward},
                          .source = source,
                          .cap = cap};
    p->buffer = as_malloc(cap);
    if (p->buffer == NULL) {
        return AS_E_NO_MEMORY;
    }
    while (p->len < cap && !p->ended && p->failed == AS_OK) {
        size_t got = 0;
        p->failed = as_stream_read(source, p->buffer + p->len, cap - p->len, &got, &p->error);
        if (p->failed == AS_OK) {
            p->ended = got == 0;
            p->len += got;
        }
    }
    return AS_OK;
}

void as_peek_fini(struct as_peek *p)
{
    as_free(p->buffer);
    p->buffer = NULL;
}

struct range_stream {
    struct as_stream base;
    struct as_stream *source;
    uint64_t offset;
    uint64_t left;
};

static enum as_status range_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                 struct as_error *err)
{
    struct range_stream *r = (struct range_stream *)s;
    size_t want = r->left < cap ? (size_t)r->left : cap;
    size_t got = 0;
    if (want != 0) {
        AS_TRY(r->source->ops->read_at(r->source, r->offset, buf, want, &got, err));
        if (got == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the data ends too early");
        }
    }
    r->offset += got;
    r->left -= got;
    *out_len = got;
    return AS_OK;
}

static void range_close(struct as_stream *s)
{
    as_free(s);
}

struct as_stream *as_range_stream_open(struct as_stream *source, uint64_t offset, uint64_t len)
{
    static const struct as_stream_ops ops = {range_read, NULL, range_close};
    struct range_stream *r = as_malloc(sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    *r = (struct range_stream){.base = {&ops}, .source = source, .offset = offset, .left = len};
    return &r->base;
}
