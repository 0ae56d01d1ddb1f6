/* SPDX-License-Identifier: Apache-2.0
 * xz (several streams, padding), .lzma ("alone") and lzip, all by liblzma. The decoder starts with
 * a memory limit of nothing; when a header asks for more, liblzma says how much, that is charged,
 * and only then is the limit raised: a 1 GiB dictionary is refused before a byte of it is
 * allocated. Tests: tests/unit/content/test_decoder.c. */
#include "content/decoder.h"

#include <lzma.h>

struct lzma {
    lzma_stream stream;
    bool open;
    bool done; /* the last stream has ended */
};

static enum as_status start(struct lzma *z, lzma_ret result, struct as_error *err)
{
    if (result != LZMA_OK) {
        return as_fail(err, result == LZMA_MEM_ERROR ? AS_E_NO_MEMORY : AS_E_BUG,
                       "liblzma cannot start (%d)", (int)result);
    }
    z->open = true;
    return AS_OK;
}

static enum as_status open_xz(void *state, struct as_codec_job *job, struct as_error *err)
{
    struct lzma *z = state;
    z->stream = (lzma_stream)LZMA_STREAM_INIT;
    return start(z, lzma_stream_decoder(&z->stream, 1, job->single ? 0 : LZMA_CONCATENATED), err);
}

static enum as_status open_alone(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)job;
    struct lzma *z = state;
    z->stream = (lzma_stream)LZMA_STREAM_INIT;
    return start(z, lzma_alone_decoder(&z->stream, 1), err);
}

static enum as_status open_lzip(void *state, struct as_codec_job *job, struct as_error *err)
{
    struct lzma *z = state;
    z->stream = (lzma_stream)LZMA_STREAM_INIT;
    return start(z, lzma_lzip_decoder(&z->stream, 1, job->single ? 0 : LZMA_CONCATENATED), err);
}

/* LZMA_MEMLIMIT_ERROR: charges what the header asks for and lets the decoder go on. */
static enum as_status raise_limit(struct lzma *z, struct as_codec_job *job, struct as_error *err)
{
    uint64_t need = lzma_memusage(&z->stream);
    AS_TRY(as_charge_raise(&job->charge, job->account, need, err));
    return lzma_memlimit_set(&z->stream, need) == LZMA_OK
               ? AS_OK
               : as_fail(err, AS_E_BUG, "liblzma refuses its memory limit");
}

static enum as_status check_end(struct as_codec_job *job, bool *out_ended, struct as_error *err)
{
    struct as_slice rest;
    *out_ended = true;
    if (job->single) {
        return AS_OK;
    }
    AS_TRY(as_feed_view(job->feed, &rest, err));
    if (rest.len == 0) {
        return AS_OK;
    }
    as_metadata_rest(job->metadata, job->feed);
    return as_fail(err, AS_E_CORRUPT, "bytes follow the compressed data");
}

static enum as_status translate(lzma_ret result, struct as_error *err)
{
    if (result == LZMA_MEM_ERROR) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    if (result == LZMA_BUF_ERROR) {
        return as_fail(err, AS_E_TRUNCATED, "the compressed data ends too early");
    }
    if (result == LZMA_OPTIONS_ERROR) {
        return as_fail(err, AS_E_UNSUPPORTED, "xz options that liblzma does not know");
    }
    return as_fail(err, AS_E_CORRUPT, "the compressed data is damaged");
}

/* What a call of lzma_code means that did not end the stream. */
static enum as_status judge_result(struct lzma *z, struct as_codec_job *job, lzma_ret result,
                                   bool finish, struct as_error *err)
{
    if (result == LZMA_MEMLIMIT_ERROR) {
        return raise_limit(z, job, err);
    }
    bool fine = result == LZMA_OK || (result == LZMA_BUF_ERROR && !finish);
    return fine ? AS_OK : translate(result, err);
}

/* One call of the library. */
static enum as_status decode_some(struct lzma *z, struct as_codec_job *job,
                                  struct as_codec_out *out, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    enum as_status failed = as_feed_view(job->feed, &view, err);
    if (failed != AS_OK) {
        view = as_slice("", 0);
    }
    z->stream.next_in = view.ptr;
    z->stream.avail_in = view.len;
    z->stream.next_out = out->bytes + out->len;
    z->stream.avail_out = out->cap - out->len;
    bool finish = view.len == 0 && failed == AS_OK;
    lzma_ret result = lzma_code(&z->stream, finish ? LZMA_FINISH : LZMA_RUN);
    size_t used = view.len - z->stream.avail_in;
    size_t got = out->cap - out->len - z->stream.avail_out;
    out->len += got;
    z->done = result == LZMA_STREAM_END;
    as_feed_skip(job->feed, used);
    if (z->done) {
        return AS_OK;
    }
    bool stuck = failed != AS_OK && used == 0 && got == 0;
    return stuck && result != LZMA_MEMLIMIT_ERROR ? failed
                                                  : judge_result(z, job, result, finish, err);
}

static enum as_status lzma_run(void *state, struct as_codec_job *job, struct as_codec_out *out,
                               struct as_error *err)
{
    struct lzma *z = state;
    enum as_status status = AS_OK;
    while (status == AS_OK && out->len < out->cap && !z->done) {
        AS_TRY(as_account_check(job->account, err));
        status = decode_some(z, job, out, err);
    }
    return z->done ? check_end(job, &out->ended, err) : status;
}

static void lzma_close(void *state)
{
    struct lzma *z = state;
    if (z->open) {
        lzma_end(&z->stream);
    }
}

const struct as_codec_ops as_codec_xz = {sizeof(struct lzma), open_xz, lzma_run, lzma_close};
const struct as_codec_ops as_codec_lzma = {sizeof(struct lzma), open_alone, lzma_run, lzma_close};
const struct as_codec_ops as_codec_lzip = {sizeof(struct lzma), open_lzip, lzma_run, lzma_close};
