/* SPDX-License-Identifier: Apache-2.0
 * The shell around codecs: fixed steps, limits, sticky failures.
 *
 * Why fixed steps: how many encoded bytes a codec has taken when a given decoded byte comes out
 * must not depend on who reads and how, or the ratio limit would cut at different places. So the
 * codec is always asked for AS_DECODER_STEP bytes; they go straight to the reader's buffer when it
 * is large enough, through `pending` otherwise.
 *
 * Invariants: (1) bytes before a failure are given first; (2) after a failure or the end, every
 * call says the same again; (3) total_bytes of the account grows by exactly what was decoded.
 * Tests: tests/unit/content/test_decoder.c. */
#include "content/decoder.h"

#include <string.h>

#include "base/mem.h"

struct decoder {
    struct as_stream base;
    const struct as_codec_ops *ops;
    void *state;
    struct as_codec_job job;
    struct as_feed own_feed; /* unused when the feed is the caller's */
    bool owns_feed;
    bool ended;
    enum as_status failed;
    struct as_error error;
    uint64_t input_start; /* feed offset of the first encoded byte */
    uint64_t decoded;
    uint8_t *pending; /* AS_DECODER_STEP */
    size_t pending_pos;
    size_t pending_end;
};

static const struct as_codec_ops *const codecs[AS_CODEC_COUNT] = {
    [AS_CODEC_GZIP] = &as_codec_gzip,       [AS_CODEC_ZLIB] = &as_codec_zlib,
    [AS_CODEC_DEFLATE] = &as_codec_deflate, [AS_CODEC_ZSTD] = &as_codec_zstd,
    [AS_CODEC_BZIP2] = &as_codec_bzip2,     [AS_CODEC_XZ] = &as_codec_xz,
    [AS_CODEC_LZMA] = &as_codec_lzma,       [AS_CODEC_LZIP] = &as_codec_lzip,
    [AS_CODEC_LZ4] = &as_codec_lz4,
};

/* Cuts *len to what the limits allow, after the codec decoded *len bytes. */
static enum as_status apply_limits(struct decoder *d, size_t *len)
{
    struct as_account *a = d->job.account;
    enum as_reason reached = AS_REASON_NONE;
    uint64_t room = as_account_room(a);
    if (*len > room) {
        *len = (size_t)room;
        reached = AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT;
    }
    uint64_t ratio = a->env->limits.ratio_max;
    uint64_t encoded = d->job.feed->offset - d->input_start;
    uint64_t allowed = 0;
    if (ratio == 0 || __builtin_mul_overflow(encoded, ratio, &allowed)) {
        allowed = UINT64_MAX;
    }
    if (allowed < AS_RATIO_GRACE_BYTES) {
        allowed = AS_RATIO_GRACE_BYTES;
    }
    if (*len > allowed - (d->decoded < allowed ? d->decoded : allowed)) {
        *len = (size_t)(allowed - (d->decoded < allowed ? d->decoded : allowed));
        reached = AS_REASON_COMPRESSION_RATIO_OVER_LIMIT;
    }
    a->total_bytes += *len;
    d->decoded += *len;
    return reached == AS_REASON_NONE ? AS_OK : as_account_limit(a, reached, &d->error);
}

/* One full step into `out`; *out_len may be short only at the end or a failure. */
static void step(struct decoder *d, uint8_t *out, size_t *out_len)
{
    size_t len = 0;
    enum as_status status = as_account_check(d->job.account, &d->error);
    while (status == AS_OK && len < AS_DECODER_STEP && !d->ended) {
        struct as_codec_out piece = {.cap = AS_DECODER_STEP - len};
        piece.bytes = out + len;
        status = d->ops->run(d->state, &d->job, &piece, &d->error);
        d->ended = piece.ended;
        len += piece.len;
    }
    if (len != 0) {
        enum as_status limit = apply_limits(d, &len);
        status = limit != AS_OK ? limit : status;
    }
    d->failed = status;
    *out_len = len;
}

static enum as_status decoder_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                   struct as_error *err)
{
    struct decoder *d = (struct decoder *)s;
    size_t got = 0;
    if (d->pending_pos == d->pending_end && d->failed == AS_OK && !d->ended) {
        if (cap >= AS_DECODER_STEP) {
            step(d, buf, &got);
        } else {
            d->pending_pos = 0;
            step(d, d->pending, &d->pending_end);
        }
    }
    if (d->pending_pos < d->pending_end) {
        got = d->pending_end - d->pending_pos < cap ? d->pending_end - d->pending_pos : cap;
        memcpy(buf, d->pending + d->pending_pos, got);
        d->pending_pos += got;
    }
    if (got == 0 && d->failed != AS_OK) {
        if (err != NULL) {
            *err = d->error;
        }
        return d->failed;
    }
    *out_len = got;
    return AS_OK;
}

static void decoder_close(struct as_stream *s)
{
    struct decoder *d = (struct decoder *)s;
    if (d->state != NULL) {
        d->ops->close(d->state);
        as_free(d->state);
    }
    as_charge_fini(&d->job.charge, d->job.account);
    if (d->owns_feed) {
        as_feed_fini(&d->own_feed);
    }
    as_free(d->pending);
    as_free(d);
}

/* What a decoder is opened over: a stream, or a feed of the caller's. */
struct origin {
    struct as_stream *source;
    struct as_feed *feed; /* NULL: the stream */
    struct as_account *account;
    struct as_metadata *metadata;
};

static enum as_status open_decoder(enum as_codec codec, const struct origin *from,
                                   struct as_stream **out, struct as_error *err)
{
    static const struct as_stream_ops ops = {decoder_read, NULL, decoder_close};
    if ((unsigned)codec >= AS_CODEC_COUNT || codecs[codec] == NULL) {
        return as_fail(err, AS_E_BUG, "no such codec");
    }
    struct decoder *d = as_calloc(1, sizeof *d);
    if (d == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    d->base.ops = &ops;
    d->ops = codecs[codec];
    d->owns_feed = from->feed == NULL;
    d->job = (struct as_codec_job){.feed = d->owns_feed ? &d->own_feed : from->feed,
                                   .account = from->account,
                                   .metadata = from->metadata,
                                   .single = !d->owns_feed};
    d->state = as_calloc(1, d->ops->state_bytes);
    d->pending = as_malloc(AS_DECODER_STEP);
    enum as_status status = d->state == NULL || d->pending == NULL ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK && d->owns_feed) {
        status = as_feed_init(&d->own_feed, from->source);
    }
    if (status != AS_OK) {
        decoder_close(&d->base);
        return as_fail(err, status, "out of memory");
    }
    d->input_start = d->job.feed->offset;
    status = d->ops->open(d->state, &d->job, err);
    if (status != AS_OK) {
        decoder_close(&d->base);
        return status;
    }
    *out = &d->base;
    return AS_OK;
}

enum as_status as_decoder_open(enum as_codec codec, struct as_stream *source,
                               struct as_account *account, struct as_metadata *metadata,
                               struct as_stream **out, struct as_error *err)
{
    const struct origin from = {source, NULL, account, metadata};
    return open_decoder(codec, &from, out, err);
}

enum as_status as_decoder_open_on_feed(enum as_codec codec, struct as_feed *feed,
                                       struct as_account *account, struct as_metadata *metadata,
                                       struct as_stream **out, struct as_error *err)
{
    const struct origin from = {NULL, feed, account, metadata};
    return open_decoder(codec, &from, out, err);
}
