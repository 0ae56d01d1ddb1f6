/* SPDX-License-Identifier: Apache-2.0
 * Zstandard (RFC 8878): any number of frames and skippable frames. The window that a frame's header
 * asks for is charged before the frame is decoded, so that a header asking for 2 GiB costs nothing.
 * Frames that need a dictionary are AS_E_UNSUPPORTED. Frame check sums are verified by libzstd.
 * Tests: tests/unit/content/test_decoder.c. */
#include "content/decoder.h"

#include <zstd.h>

/* Beside the window: libzstd's context, its input block and its output margin (two blocks of
 * 128 KiB). */
#define ZSTD_FIXED_BYTES (512ULL << 10)
#define FRAME_HEADER_MIN 6U
#define SEEK_TABLE_MAGIC 0x184D2A5EU
#define SEEK_TABLE_FOOTER_MAGIC 0x8F92EAB1U
#define SEEK_FOOTER_BYTES 9U

struct zstd {
    ZSTD_DCtx *context;
    size_t hint; /* bytes that libzstd wants next */
    bool in_frame;
    bool any;
};

static uint64_t le(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

static enum as_status zstd_open(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)state;
    (void)job;
    (void)err;
    return AS_OK; /* nothing is allocated before a header was read */
}

/* Window and dictionary of a frame, RFC 8878 section 3.1.1.1. */
static enum as_status frame_window(struct as_feed *f, uint64_t *out_window, struct as_error *err)
{
    static const uint8_t dictionary_sizes[4] = {0, 1, 2, 4};
    static const uint8_t content_sizes[4] = {0, 2, 4, 8};
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(f, 5, &p, err));
    unsigned descriptor = p[4];
    bool single_segment = (descriptor & 0x20U) != 0;
    unsigned dictionary_bytes = dictionary_sizes[descriptor & 3U];
    unsigned content_bytes = content_sizes[descriptor >> 6];
    if (single_segment && content_bytes == 0) {
        content_bytes = 1;
    }
    size_t need = 5U + (single_segment ? 0U : 1U) + dictionary_bytes + content_bytes;
    AS_TRY(as_feed_need(f, need, &p, err));
    const uint8_t *at = p + 5;
    uint64_t window = 0;
    if (!single_segment) {
        unsigned exponent = *at >> 3;
        uint64_t base = 1ULL << (10 + exponent);
        window = base + base / 8 * (*at & 7U);
        at++;
    }
    if (le(at, dictionary_bytes) != 0) {
        return as_fail(err, AS_E_UNSUPPORTED, "zstd data that needs a dictionary");
    }
    at += dictionary_bytes;
    if (single_segment) {
        window = le(at, content_bytes) + (content_bytes == 2 ? 256 : 0);
    }
    *out_window = window;
    return AS_OK;
}

static enum as_status begin_frame(struct zstd *z, struct as_codec_job *job, struct as_error *err)
{
    uint64_t window = 0;
    AS_TRY(frame_window(job->feed, &window, err));
    uint64_t need = 0;
    if (__builtin_add_overflow(window, ZSTD_FIXED_BYTES, &need)) {
        need = UINT64_MAX;
    }
    AS_TRY(as_charge_raise(&job->charge, job->account, need, err));
    if (z->context == NULL) {
        z->context = ZSTD_createDCtx();
    }
    if (z->context == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    size_t result = ZSTD_DCtx_reset(z->context, ZSTD_reset_session_only);
    if (!ZSTD_isError(result)) {
        result = ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax, 31);
    }
    if (ZSTD_isError(result)) {
        return as_fail(err, AS_E_BUG, "libzstd: %s", ZSTD_getErrorName(result));
    }
    z->hint = FRAME_HEADER_MIN;
    z->in_frame = true;
    return AS_OK;
}

/* The table of the seekable format (zstd's contrib): lengths of frames, 8 or 12 bytes each, then
 * how many there are, flags, and a magic number. */
static bool is_seek_table(const uint8_t *tail, uint64_t len)
{
    uint64_t frames = le(tail, 4);
    uint64_t entry = (tail[4] & 0x80U) != 0 ? 12 : 8;
    return le(tail + 5, 4) == SEEK_TABLE_FOOTER_MAGIC && len == frames * entry + SEEK_FOOTER_BYTES;
}

/* A skippable frame: its bytes are metadata, but for a seek table. */
static enum as_status skip_frame(struct zstd *z, struct as_codec_job *job, struct as_slice head,
                                 struct as_error *err)
{
    if (head.len < 8) {
        return as_fail(err, AS_E_TRUNCATED, "a skippable zstd frame ends too early");
    }
    const uint8_t *p = NULL;
    bool maybe_table = le(head.ptr, 4) == SEEK_TABLE_MAGIC;
    uint64_t len = le(head.ptr + 4, 4);
    uint64_t tail = maybe_table && len >= SEEK_FOOTER_BYTES ? SEEK_FOOTER_BYTES : 0;
    as_feed_skip(job->feed, 8);
    AS_TRY(as_metadata_take(job->metadata, job->feed, len - tail, err));
    AS_TRY(as_feed_need(job->feed, tail, &p, err));
    if (tail != 0 && is_seek_table(p, len)) {
        as_metadata_forget(job->metadata);
    }
    AS_TRY(as_metadata_take(job->metadata, job->feed, tail, err));
    as_metadata_end(job->metadata);
    z->any = true;
    return AS_OK;
}

/* Between frames: the next one, a skippable one, or the end. */
static enum as_status next_frame(struct zstd *z, struct as_codec_job *job, bool *out_ended,
                                 struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_account_check(job->account, err));
    AS_TRY(as_feed_peek(job->feed, 8, &view, err));
    if (z->any && (view.len == 0 || job->single)) {
        *out_ended = true;
        return AS_OK;
    }
    uint64_t magic = view.len < 4 ? 0 : le(view.ptr, 4);
    if (magic == ZSTD_MAGICNUMBER) {
        return begin_frame(z, job, err);
    }
    if ((magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START) {
        return skip_frame(z, job, view, err);
    }
    as_metadata_rest(job->metadata, job->feed);
    return as_fail(err, z->any || view.len >= 4 ? AS_E_CORRUPT : AS_E_TRUNCATED,
                   "bytes that are not zstd follow the zstd data");
}

/* libzstd is given no more than it asks for, a block at most: a call that fails has lost what it
 * decoded, and so a wrong check sum at the frame's end costs nothing of the frame. */
static enum as_status decode_some(struct zstd *z, struct as_codec_job *job, ZSTD_outBuffer *out,
                                  struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    enum as_status failed = as_feed_view(job->feed, &view, err);
    if (failed != AS_OK) {
        view = as_slice("", 0);
    }
    size_t before = out->pos;
    ZSTD_inBuffer in = {view.ptr, view.len < z->hint ? view.len : z->hint, 0};
    size_t result = ZSTD_decompressStream(z->context, out, &in);
    as_feed_skip(job->feed, in.pos);
    z->hint = result;
    if (ZSTD_isError(result)) {
        return as_fail(err, AS_E_CORRUPT, "the zstd data is damaged: %s",
                       ZSTD_getErrorName(result));
    }
    if (result == 0) {
        z->in_frame = false;
        z->any = true;
        return AS_OK;
    }
    if (in.pos == 0 && out->pos == before) {
        return failed != AS_OK ? failed
                               : as_fail(err, AS_E_TRUNCATED, "the zstd data ends too early");
    }
    return AS_OK;
}

static enum as_status zstd_run(void *state, struct as_codec_job *job, struct as_codec_out *out,
                               struct as_error *err)
{
    struct zstd *z = state;
    ZSTD_outBuffer buffer = {out->bytes, out->cap, 0};
    enum as_status status = AS_OK;
    while (status == AS_OK && buffer.pos < buffer.size && !out->ended) {
        status =
            z->in_frame ? decode_some(z, job, &buffer, err) : next_frame(z, job, &out->ended, err);
    }
    out->len = buffer.pos;
    return status;
}

static void zstd_close(void *state)
{
    ZSTD_freeDCtx(((struct zstd *)state)->context);
}

const struct as_codec_ops as_codec_zstd = {sizeof(struct zstd), zstd_open, zstd_run, zstd_close};
