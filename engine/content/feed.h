/* SPDX-License-Identifier: Apache-2.0
 * struct as_feed: buffered input of decoders and archive readers. Fixed-size fills, so that what a
 * decoder has taken from its source at a given decoded byte never depends on how the source
 * delivers; a look ahead for headers; and a few bytes of history, so that a decoder that took too
 * much (the bit buffer of inflate) can give it back.
 *
 *      buffer   | history, up to 16 | given ... | pos ... end |
 *
 * Bytes that came before a failure of the source are always given first; the failure is then
 * returned by every later call. Memory: AS_FEED_BYTES. Threads: one owner. */
#ifndef AS_CONTENT_FEED_H
#define AS_CONTENT_FEED_H

#include "base/slice.h"
#include "base/stream.h"

#define AS_FEED_BYTES 65536U
#define AS_FEED_HISTORY 16U

struct as_feed {
    struct as_stream *source; /* borrowed */
    uint8_t *buffer;          /* AS_FEED_HISTORY + AS_FEED_BYTES */
    size_t pos;
    size_t end;
    uint64_t offset; /* in the source, of buffer[pos] */
    uint64_t limit;  /* bytes at and after this offset are not given; UINT64_MAX: all are */
    bool source_ended;
    enum as_status failed; /* of the source; AS_OK before */
    struct as_error error;
};

enum as_status as_feed_init(struct as_feed *f, struct as_stream *source) AS_MUST_CHECK;
void as_feed_fini(struct as_feed *f);
/** At least one byte unless at the end or limit (then *out is empty). Valid until the next call. */
enum as_status as_feed_view(struct as_feed *f, struct as_slice *out,
                            struct as_error *err) AS_MUST_CHECK;
/** At least `want` (<= AS_FEED_BYTES) bytes, fewer only at the end or limit. */
enum as_status as_feed_peek(struct as_feed *f, size_t want, struct as_slice *out,
                            struct as_error *err) AS_MUST_CHECK;
/** Exactly `want` bytes; AS_E_TRUNCATED when there are fewer. They are not consumed. */
enum as_status as_feed_need(struct as_feed *f, size_t want, const uint8_t **out,
                            struct as_error *err) AS_MUST_CHECK;
/** Consumes `n` bytes of the last view. */
void as_feed_skip(struct as_feed *f, size_t n);
/** Gives back the last `n` <= AS_FEED_HISTORY bytes consumed. */
void as_feed_unread(struct as_feed *f, size_t n);
/** Consumes `n` bytes; AS_E_TRUNCATED when there are fewer. */
enum as_status as_feed_discard(struct as_feed *f, uint64_t n, struct as_error *err) AS_MUST_CHECK;

#endif
