/* SPDX-License-Identifier: Apache-2.0
 * struct as_stream: bytes, pulled. Sources (io) and decoders (content) implement it, so that a
 * decoder over a decoder over an S3 object is a chain of streams. Embed it as the first member.
 *
 * Rules: read is sequential and blocks; it may return fewer bytes than asked, 0 only at the end.
 * read_at is independent of read's position. After an error every later call returns the same
 * error. A status of AS_E_OBJECT_CHANGED means that the object must be read anew from the start.
 * Threads: one at a time (hand-over is fine). */
#ifndef AS_BASE_STREAM_H
#define AS_BASE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct as_stream;

struct as_stream_ops {
    /** At most `cap` (> 0) bytes into `buf`; *out_len is 0 only at the end. Written on AS_OK only.
     */
    enum as_status (*read)(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                           struct as_error *err);
    /** `len` bytes from `offset`, fewer only at the end. NULL where places cannot be read out of
     * order. */
    enum as_status (*read_at)(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                              size_t *out_len, struct as_error *err);
    /** Releases everything; the stream is gone. */
    void (*close)(struct as_stream *s);
};

struct as_stream {
    const struct as_stream_ops *ops;
};

#define AS_STREAM_SIZE_UNKNOWN UINT64_MAX

static inline enum as_status as_stream_read(struct as_stream *s, void *buf, size_t cap,
                                            size_t *out_len, struct as_error *err)
{
    return s->ops->read(s, buf, cap, out_len, err);
}

/** NULL is fine. */
static inline void as_stream_close(struct as_stream *s)
{
    if (s != NULL) {
        s->ops->close(s);
    }
}

/** Reads until `cap` bytes are there or the end; *out_len < cap only at the end. */
enum as_status as_stream_read_full(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                   struct as_error *err) AS_MUST_CHECK;

/** A stream over memory that the caller keeps alive; read_at works. NULL when out of memory. */
struct as_stream *as_memory_stream_open(const void *bytes, size_t len) AS_MUST_CHECK;
/** Tests: as above, but each read returns at most `step` bytes, and read_at is absent if !seekable.
 */
struct as_stream *as_memory_stream_open_stepped(const void *bytes, size_t len, size_t step,
                                                bool seekable) AS_MUST_CHECK;

#endif
