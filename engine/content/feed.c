/* SPDX-License-Identifier: Apache-2.0
 * Buffered input with fixed fills. See feed.h; tests: tests/unit/content/test_feed.c. */
#include "content/feed.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum as_status as_feed_init(struct as_feed *f, struct as_stream *source)
{
    *f = (struct as_feed){
        .source = source, .pos = AS_FEED_HISTORY, .end = AS_FEED_HISTORY, .limit = UINT64_MAX};
    f->buffer = as_malloc(AS_FEED_HISTORY + AS_FEED_BYTES);
    if (f->buffer == NULL) {
        return AS_E_NO_MEMORY;
    }
    memset(f->buffer, 0, AS_FEED_HISTORY);
    return AS_OK;
}

void as_feed_fini(struct as_feed *f)
{
    as_free(f->buffer);
    f->buffer = NULL;
}

/* Moves what is left, and the history before it, to the front, and fills the rest. */
static void refill(struct as_feed *f)
{
    size_t left = f->end - f->pos;
    memmove(f->buffer, f->buffer + f->pos - AS_FEED_HISTORY, AS_FEED_HISTORY + left);
    f->pos = AS_FEED_HISTORY;
    f->end = AS_FEED_HISTORY + left;
    const size_t cap = AS_FEED_HISTORY + AS_FEED_BYTES;
    while (f->end < cap && !f->source_ended && f->failed == AS_OK) {
        size_t got = 0;
        f->failed = as_stream_read(f->source, f->buffer + f->end, cap - f->end, &got, &f->error);
        if (f->failed == AS_OK) {
            f->source_ended = got == 0;
            f->end += got;
        }
    }
}

static size_t available(const struct as_feed *f)
{
    size_t have = f->end - f->pos;
    uint64_t allowed = f->limit > f->offset ? f->limit - f->offset : 0;
    return have < allowed ? have : (size_t)allowed;
}

enum as_status as_feed_peek(struct as_feed *f, size_t want, struct as_slice *out,
                            struct as_error *err)
{
    assert(want <= AS_FEED_BYTES);
    uint64_t allowed = f->limit > f->offset ? f->limit - f->offset : 0;
    if (want > allowed) {
        want = (size_t)allowed;
    }
    if (f->end - f->pos < want && !f->source_ended && f->failed == AS_OK) {
        refill(f);
    }
    if (f->end - f->pos < want && f->failed != AS_OK) {
        if (err != NULL) {
            *err = f->error;
        }
        return f->failed;
    }
    *out = as_slice(f->buffer + f->pos, available(f));
    return AS_OK;
}

enum as_status as_feed_view(struct as_feed *f, struct as_slice *out, struct as_error *err)
{
    return as_feed_peek(f, 1, out, err);
}

enum as_status as_feed_need(struct as_feed *f, size_t want, const uint8_t **out,
                            struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_feed_peek(f, want, &view, err));
    if (view.len < want) {
        return as_fail(err, AS_E_TRUNCATED, "the data ends too early");
    }
    *out = view.ptr;
    return AS_OK;
}

void as_feed_skip(struct as_feed *f, size_t n)
{
    assert(n <= f->end - f->pos);
    f->pos += n;
    f->offset += n;
}

void as_feed_unread(struct as_feed *f, size_t n)
{
    assert(n <= AS_FEED_HISTORY && n <= f->pos && n <= f->offset);
    f->pos -= n;
    f->offset -= n;
}

enum as_status as_feed_discard(struct as_feed *f, uint64_t n, struct as_error *err)
{
    while (n != 0) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(f, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the data ends too early");
        }
        size_t step = view.len < n ? view.len : (size_t)n;
        as_feed_skip(f, step);
        n -= step;
    }
    return AS_OK;
}
