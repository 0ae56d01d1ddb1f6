/* SPDX-License-Identifier: Apache-2.0
 * Helpers over struct as_stream, and the stream over memory. */
#include "base/stream.h"

#include <string.h>

#include "base/mem.h"

enum as_status as_stream_read_full(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                   struct as_error *err)
{
    size_t have = 0;
    while (have < cap) {
        size_t got = 0;
        AS_TRY(as_stream_read(s, (char *)buf + have, cap - have, &got, err));
        if (got == 0) {
            break;
        }
        have += got;
    }
    *out_len = have;
    return AS_OK;
}

struct memory_stream {
    struct as_stream base;
    const unsigned char *bytes;
    size_t len;
    size_t position;
    size_t step;
};

static enum as_status memory_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                     size_t *out_len, struct as_error *err)
{
    struct memory_stream *m = (struct memory_stream *)s;
    (void)err;
    size_t start = offset > m->len ? m->len : (size_t)offset;
    size_t n = m->len - start < len ? m->len - start : len;
    if (n != 0) {
        memcpy(buf, m->bytes + start, n);
    }
    *out_len = n;
    return AS_OK;
}

static enum as_status memory_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                  struct as_error *err)
{
    struct memory_stream *m = (struct memory_stream *)s;
    AS_TRY(memory_read_at(s, m->position, buf, cap < m->step ? cap : m->step, out_len, err));
    m->position += *out_len;
    return AS_OK;
}

static void memory_close(struct as_stream *s)
{
    as_free(s);
}

struct as_stream *as_memory_stream_open_stepped(const void *bytes, size_t len, size_t step,
                                                bool seekable)
{
    static const struct as_stream_ops seekable_ops = {memory_read, memory_read_at, memory_close};
    static const struct as_stream_ops forward_ops = {memory_read, NULL, memory_close};
    struct memory_stream *m = as_malloc(sizeof *m);
    if (m == NULL) {
        return NULL;
    }
    *m = (struct memory_stream){.base = {seekable ? &seekable_ops : &forward_ops},
                                .bytes = bytes,
                                .len = len,
                                .step = step == 0 ? 1 : step};
    return &m->base;
}

struct as_stream *as_memory_stream_open(const void *bytes, size_t len)
{
    return as_memory_stream_open_stepped(bytes, len, SIZE_MAX, true);
}
