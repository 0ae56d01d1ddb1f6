/* SPDX-License-Identifier: Apache-2.0
 * bzip2: any number of streams one after another (parallel compressors write many). The library
 * verifies the check sums. Memory: 100k + 4 × block size, charged as the greatest block size of
 * 900k asks for, whatever the header says. Tests: tests/unit/content/test_decoder.c. */
#include "content/decoder.h"

#include <bzlib.h>

#define BZIP2_BYTES (4ULL << 20)

struct bzip2 {
    bz_stream stream;
    bool open;
    bool any;
};

static enum as_status bzip2_open(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)state;
    return as_charge_raise(&job->charge, job->account, BZIP2_BYTES, err);
}

static enum as_status next_stream(struct bzip2 *b, struct as_codec_job *job, bool *out_ended,
                                  struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_account_check(job->account, err));
    AS_TRY(as_feed_peek(job->feed, 3, &view, err));
    if (b->any && (view.len == 0 || job->single)) {
        *out_ended = true;
        return AS_OK;
    }
    if (view.len < 3 || view.ptr[0] != 'B' || view.ptr[1] != 'Z' || view.ptr[2] != 'h') {
        as_metadata_rest(job->metadata, job->feed);
        return as_fail(err, AS_E_CORRUPT, "bytes that are not bzip2 follow the bzip2 data");
    }
    b->stream = (bz_stream){0};
    if (BZ2_bzDecompressInit(&b->stream, 0, 0) != BZ_OK) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    b->open = true;
    return AS_OK;
}

static enum as_status decode_some(struct bzip2 *b, struct as_codec_job *job,
                                  struct as_codec_out *out, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    enum as_status failed = as_feed_view(job->feed, &view, err);
    if (failed != AS_OK) {
        view = as_slice("", 0);
    }
    static char nothing[1];
    /* The library does not write to its input; the field is not const. */
    b->stream.next_in =
        view.len == 0 ? nothing : (char *)job->feed->buffer + (view.ptr - job->feed->buffer);
    b->stream.avail_in = (unsigned)view.len;
    unsigned room = (unsigned)(out->cap - out->len);
    b->stream.next_out = (char *)out->bytes + out->len;
    b->stream.avail_out = room;
    int result = BZ2_bzDecompress(&b->stream);
    size_t used = view.len - b->stream.avail_in;
    size_t got = room - b->stream.avail_out;
    out->len += got;
    as_feed_skip(job->feed, used);
    if (result == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(&b->stream);
        b->open = false;
        b->any = true;
        return AS_OK;
    }
    if (result == BZ_MEM_ERROR) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    if (result != BZ_OK) {
        return as_fail(err, AS_E_CORRUPT, "the bzip2 data is damaged");
    }
    if (used == 0 && got == 0) {
        return failed != AS_OK ? failed
                               : as_fail(err, AS_E_TRUNCATED, "the bzip2 data ends too early");
    }
    return AS_OK;
}

static enum as_status bzip2_run(void *state, struct as_codec_job *job, struct as_codec_out *out,
                                struct as_error *err)
{
    struct bzip2 *b = state;
    enum as_status status = AS_OK;
    while (status == AS_OK && out->len < out->cap && !out->ended) {
        status = b->open ? decode_some(b, job, out, err) : next_stream(b, job, &out->ended, err);
    }
    return status;
}

static void bzip2_close(void *state)
{
    struct bzip2 *b = state;
    if (b->open) {
        BZ2_bzDecompressEnd(&b->stream);
    }
}

const struct as_codec_ops as_codec_bzip2 = {sizeof(struct bzip2), bzip2_open, bzip2_run,
                                            bzip2_close};
