/* SPDX-License-Identifier: Apache-2.0
 * LZ4 frames (lz4_Frame_format.md 1.6.3): any number of frames and skippable frames. The block size
 * in the header is charged before the frame is decoded. Dictionaries and the legacy format (lz4 -l)
 * are AS_E_UNSUPPORTED. Check sums are verified by liblz4. Tests: test_decoder.c. */
#include "content/decoder.h"

#include <lz4frame.h>

#define LZ4_MAGIC 0x184D2204U
#define LZ4_SKIPPABLE 0x184D2A50U

struct lz4 {
    LZ4F_dctx *context;
    size_t hint; /* bytes that liblz4 wants next */
    bool in_frame;
    bool any;
};

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static enum as_status lz4_open(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)job;
    struct lz4 *z = state;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&z->context, LZ4F_VERSION))) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    return AS_OK;
}

static enum as_status begin_frame(struct lz4 *z, struct as_codec_job *job, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(job->feed, 7, &p, err));
    if ((p[4] & 1U) != 0) {
        return as_fail(err, AS_E_UNSUPPORTED, "lz4 data that needs a dictionary");
    }
    unsigned size_code = (p[5] >> 4) & 7U;
    if (size_code < 4) {
        return as_fail(err, AS_E_CORRUPT, "the lz4 header is damaged");
    }
    /* The block, its encoded form, and 128 KiB of history for linked blocks. */
    uint64_t block = 1ULL << (8 + 2 * size_code);
    AS_TRY(as_charge_raise(&job->charge, job->account, 2 * block + (256U << 10), err));
    LZ4F_resetDecompressionContext(z->context);
    z->hint = 7; /* the smallest header */
    z->in_frame = true;
    return AS_OK;
}

/* A skippable frame: its bytes are metadata. */
static enum as_status skip_frame(struct lz4 *z, struct as_codec_job *job, struct as_slice head,
                                 struct as_error *err)
{
    if (head.len < 8) {
        return as_fail(err, AS_E_TRUNCATED, "a skippable lz4 frame ends too early");
    }
    uint64_t len = le32(head.ptr + 4);
    as_feed_skip(job->feed, 8);
    AS_TRY(as_metadata_take(job->metadata, job->feed, len, err));
    as_metadata_end(job->metadata);
    z->any = true;
    return AS_OK;
}

/* Between frames: the next one, a skippable one, or the end. */
static enum as_status next_frame(struct lz4 *z, struct as_codec_job *job, bool *out_ended,
                                 struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_account_check(job->account, err));
    AS_TRY(as_feed_peek(job->feed, 8, &view, err));
    if (z->any && (view.len == 0 || job->single)) {
        *out_ended = true;
        return AS_OK;
    }
    uint32_t magic = view.len < 4 ? 0 : le32(view.ptr);
    if (magic == LZ4_MAGIC) {
        return begin_frame(z, job, err);
    }
    if ((magic & 0xFFFFFFF0U) == LZ4_SKIPPABLE) {
        return skip_frame(z, job, view, err);
    }
    as_metadata_rest(job->metadata, job->feed);
    return as_fail(err, z->any || view.len >= 4 ? AS_E_CORRUPT : AS_E_TRUNCATED,
                   "bytes that are not lz4 follow the lz4 data");
}

/* liblz4 is given no more than it asks for, a block at most: a call that fails has lost what it
 * decoded, and so a wrong check sum at the frame's end costs nothing of the frame. */
static enum as_status decode_some(struct lz4 *z, struct as_codec_job *job, struct as_codec_out *out,
                                  struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    enum as_status failed = as_feed_view(job->feed, &view, err);
    if (failed != AS_OK) {
        view = as_slice("", 0);
    }
    size_t used = view.len < z->hint ? view.len : z->hint;
    size_t got = out->cap - out->len;
    size_t result = LZ4F_decompress(z->context, out->bytes + out->len, &got, view.ptr, &used, NULL);
    if (LZ4F_isError(result)) {
        return as_fail(err, AS_E_CORRUPT, "the lz4 data is damaged: %s", LZ4F_getErrorName(result));
    }
    as_feed_skip(job->feed, used);
    out->len += got;
    z->hint = result;
    if (result == 0) {
        z->in_frame = false;
        z->any = true;
        return AS_OK;
    }
    if (used == 0 && got == 0) {
        return failed != AS_OK ? failed
                               : as_fail(err, AS_E_TRUNCATED, "the lz4 data ends too early");
    }
    return AS_OK;
}

static enum as_status lz4_run(void *state, struct as_codec_job *job, struct as_codec_out *out,
                              struct as_error *err)
{
    struct lz4 *z = state;
    enum as_status status = AS_OK;
    while (status == AS_OK && out->len < out->cap && !out->ended) {
        status = z->in_frame ? decode_some(z, job, out, err) : next_frame(z, job, &out->ended, err);
    }
    return status;
}

static void lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(((struct lz4 *)state)->context);
}

const struct as_codec_ops as_codec_lz4 = {sizeof(struct lz4), lz4_open, lz4_run, lz4_close};
