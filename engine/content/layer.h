/* SPDX-License-Identifier: Apache-2.0
 * Streams that every layer needs: a look ahead for sniffing, and a range of a place that can be
 * read at any offset. Threads: one owner. */
#ifndef AS_CONTENT_LAYER_H
#define AS_CONTENT_LAYER_H

#include "base/slice.h"
#include "base/stream.h"

/** Reads the first bytes of a stream ahead and then gives them as if nothing had happened. A
 * failure of the source is returned after the bytes that came before it. `base` is a stream; its
 * read_at works where the source's does. */
struct as_peek {
    struct as_stream base;
    struct as_stream *source; /* borrowed */
    uint8_t *buffer;
    size_t cap;
    size_t len;
    size_t pos;
    uint64_t delivered; /* bytes given so far */
    bool ended;         /* the source's end was seen */
    enum as_status failed;
    struct as_error error;
};

/** Fills up to `cap` bytes. AS_E_NO_MEMORY only: failures of the source wait in `failed`. */
enum as_status as_peek_init(struct as_peek *p, struct as_stream *source, size_t cap) AS_MUST_CHECK;
void as_peek_fini(struct as_peek *p);
static inline struct as_slice as_peek_view(const struct as_peek *p)
{
    return as_slice(p->buffer, p->len);
}
/** The whole stream is in the view. */
static inline bool as_peek_whole(const struct as_peek *p)
{
    return p->ended;
}

/** `len` bytes of `source` (whose ops->read_at is not NULL) from `offset`, read by read_at. Keeps
 * no memory but itself. AS_E_TRUNCATED when the source is shorter. NULL when out of memory. */
struct as_stream *as_range_stream_open(struct as_stream *source, uint64_t offset,
                                       uint64_t len) AS_MUST_CHECK;

#endif
