/* SPDX-License-Identifier: Apache-2.0
 * gzip (RFC 1952), zlib (RFC 1950) and raw deflate (RFC 1951), all on ISA-L's raw inflate with our
 * own framing around it, so that one body of code knows the library's one trap: at the end of a
 * stream, whole bytes may sit in its bit buffer, and must be given back to the feed.
 *
 * gzip: any number of members; zero bytes after the last are padding (tar and tapes leave them);
 * anything else there is AS_E_CORRUPT. A member whose CRC-32, size or header CRC is wrong does not
 * stop the rest from being read: its bytes came out, and the failure is reported at the end.
 *
 * ISA-L is assembler and takes a few damaged streams that zlib refuses; the check sums tell.
 * Memory: the library's state, about 100 KiB, fixed. Tests: tests/unit/content/test_decoder.c with
 * zlib as oracle; fuzz: tests/fuzz/content/fuzz_gzip.c with guard pages. */
#include "content/decoder.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <string.h>
#include <zlib.h>

enum framing { FRAMING_GZIP, FRAMING_ZLIB, FRAMING_RAW };
enum phase { PHASE_HEAD, PHASE_BODY, PHASE_TAIL, PHASE_END };

struct deflate {
    uint64_t seen; /* feed offset that was reached: bytes given back are no progress */
    struct inflate_state inflate;
    enum framing framing;
    enum phase phase;
    bool damaged;   /* a check sum was wrong; reported at the end */
    bool any;       /* a member was finished */
    uint32_t check; /* CRC-32 or Adler-32 of this member */
    uint32_t size;  /* modulo 2^32 */
};

/* Bits of the gzip FLG byte. */
#define GZIP_HEADER_CRC 0x02U
#define GZIP_EXTRA 0x04U
#define GZIP_NAME 0x08U
#define GZIP_COMMENT 0x10U
#define GZIP_RESERVED 0xE0U

static uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

/* A gzip header as it is read: its CRC so far, and where its texts go. */
struct head {
    struct as_feed *feed;
    struct as_metadata *metadata;
    uint32_t crc;
};

/* Consumes `n` header bytes; with `text` they are a part of a piece of metadata. */
static enum as_status head_skip(struct head *h, size_t n, bool text, struct as_error *err)
{
    while (n != 0) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(h->feed, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the gzip header ends too early");
        }
        size_t take = view.len < n ? view.len : n;
        h->crc = crc32_gzip_refl(h->crc, view.ptr, take);
        if (text) {
            as_metadata_part(h->metadata, as_slice(view.ptr, take));
        }
        as_feed_skip(h->feed, take);
        n -= take;
    }
    return AS_OK;
}

/* Consumes a zero-terminated header field: the original name, or a comment. */
static enum as_status head_skip_string(struct head *h, struct as_error *err)
{
    for (;;) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(h->feed, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the gzip header ends too early");
        }
        const uint8_t *zero = memchr(view.ptr, 0, view.len);
        AS_TRY(head_skip(h, zero != NULL ? (size_t)(zero - view.ptr) : view.len, true, err));
        if (zero != NULL) {
            as_metadata_end(h->metadata);
            return head_skip(h, 1, false, err);
        }
    }
}

/* One subfield: two letters, a length, bytes. Tables of block lengths (BGZF's "BC", dictzip's "RA")
 * are no text, whatever their length. *left is what the whole field still has. */
static enum as_status head_subfield(struct head *h, size_t *left, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(h->feed, 4, &p, err));
    size_t len = le16(p + 2);
    bool blocks = memcmp(p, "BC\2\0", 4) == 0;
    bool dictzip = memcmp(p, "RA", 2) == 0 && len >= 6 && len % 2 == 0;
    if (len > *left - 4) { /* in another form than the standard's */
        len = *left - 4;
        AS_TRY(head_skip(h, 4, true, err));
    } else {
        AS_TRY(head_skip(h, 4, false, err));
    }
    AS_TRY(head_skip(h, len, !blocks && !dictzip, err));
    as_metadata_end(h->metadata);
    *left -= 4 + len;
    return AS_OK;
}

static enum as_status head_extra(struct head *h, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(h->feed, 2, &p, err));
    size_t left = le16(p);
    enum as_status status = head_skip(h, 2, false, err);
    while (status == AS_OK && left >= 4) {
        status = head_subfield(h, &left, err);
    }
    AS_TRY(status);
    AS_TRY(head_skip(h, left, true, err));
    as_metadata_end(h->metadata);
    return AS_OK;
}

static enum as_status head_crc(struct head *h, bool *damaged, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(h->feed, 2, &p, err));
    *damaged = *damaged || le16(p) != (h->crc & 0xFFFFU);
    as_feed_skip(h->feed, 2);
    return AS_OK;
}

static enum as_status gzip_head(struct deflate *d, struct as_codec_job *job, struct as_error *err)
{
    const uint8_t *p = NULL;
    struct head h = {job->feed, job->metadata, 0};
    AS_TRY(as_feed_need(h.feed, 10, &p, err));
    uint32_t flags = p[3];
    if (p[0] != 0x1F || p[1] != 0x8B || p[2] != 8 || (flags & GZIP_RESERVED) != 0) {
        return as_fail(err, AS_E_CORRUPT, "no gzip header");
    }
    enum as_status status = head_skip(&h, 10, false, err);
    if (status == AS_OK && (flags & GZIP_EXTRA) != 0) {
        status = head_extra(&h, err);
    }
    if (status == AS_OK && (flags & GZIP_NAME) != 0) {
        status = head_skip_string(&h, err);
    }
    if (status == AS_OK && (flags & GZIP_COMMENT) != 0) {
        status = head_skip_string(&h, err);
    }
    if (status == AS_OK && (flags & GZIP_HEADER_CRC) != 0) {
        status = head_crc(&h, &d->damaged, err);
    }
    return status;
}

static enum as_status zlib_head(struct as_feed *f, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(f, 2, &p, err));
    if ((p[0] & 0x0FU) != 8 || ((uint32_t)p[0] << 8 | p[1]) % 31 != 0) {
        return as_fail(err, AS_E_CORRUPT, "no zlib header");
    }
    if ((p[1] & 0x20U) != 0) {
        return as_fail(err, AS_E_UNSUPPORTED, "zlib data with a preset dictionary");
    }
    as_feed_skip(f, 2);
    return AS_OK;
}

/* After a gzip member: another one, padding, or the end. */
static enum as_status gzip_between(struct deflate *d, struct as_codec_job *job, bool *out_ended,
                                   struct as_error *err)
{
    struct as_feed *f = job->feed;
    struct as_slice view = {NULL, 0};
    for (;;) {
        AS_TRY(as_feed_peek(f, 2, &view, err));
        if (view.len == 0) {
            *out_ended = true;
            d->phase = PHASE_END;
            return d->damaged ? as_fail(err, AS_E_CORRUPT, "a check sum of the gzip data is wrong")
                              : AS_OK;
        }
        if (view.ptr[0] != 0) {
            break;
        }
        size_t zeros = 0;
        while (zeros < view.len && view.ptr[zeros] == 0) {
            zeros++;
        }
        as_feed_skip(f, zeros);
    }
    if (view.len < 2 || view.ptr[0] != 0x1F || view.ptr[1] != 0x8B) {
        as_metadata_rest(job->metadata, f);
        return as_fail(err, AS_E_CORRUPT, "bytes that are not gzip follow the gzip data");
    }
    *out_ended = false;
    return AS_OK;
}

static enum as_status begin_member(struct deflate *d, struct as_codec_job *job, bool *out_ended,
                                   struct as_error *err)
{
    enum as_status status = AS_OK;
    if (d->framing == FRAMING_GZIP && d->any) {
        status = gzip_between(d, job, out_ended, err);
    }
    if (status == AS_OK && !*out_ended && d->framing == FRAMING_GZIP) {
        status = gzip_head(d, job, err);
    } else if (status == AS_OK && d->framing == FRAMING_ZLIB) {
        status = zlib_head(job->feed, err);
    }
    if (status != AS_OK || *out_ended) {
        return status;
    }
    isal_inflate_init(&d->inflate);
    d->inflate.crc_flag = ISAL_DEFLATE;
    d->check = d->framing == FRAMING_ZLIB ? 1 : 0;
    d->size = 0;
    d->phase = PHASE_BODY;
    return AS_OK;
}

static void add_check(struct deflate *d, const uint8_t *out, size_t len)
{
    d->size += (uint32_t)len;
    if (d->framing == FRAMING_GZIP) {
        d->check = crc32_gzip_refl(d->check, out, len);
    } else if (d->framing == FRAMING_ZLIB) {
        d->check = (uint32_t)adler32(d->check, out, (uInt)len);
    }
}

static enum as_status run_body(struct deflate *d, struct as_codec_job *job,
                               struct as_codec_out *out, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    enum as_status failed = as_feed_view(job->feed, &view, err);
    if (failed != AS_OK) {
        view = as_slice("", 0); /* what the bit buffer still holds comes out first */
    }
    struct inflate_state *s = &d->inflate;
    /* ISA-L does not write to its input; the field is not const. It points into the feed even when
     * nothing is left: a stored block gives whole bytes of the bit buffer back, so next_in may end
     * up before where it started, in the feed's history. */
    s->next_in = job->feed->buffer + job->feed->pos;
    s->avail_in = (uint32_t)view.len;
    uint8_t *start = out->bytes + out->len;
    s->next_out = start;
    s->avail_out = (uint32_t)(out->cap - out->len);
    int result = isal_inflate(s);
    size_t got = out->cap - out->len - s->avail_out;
    out->len += got;
    add_check(d, start, got);
    if (result < 0) { /* the counts of damaged data mean nothing; nobody reads on behind it */
        return as_fail(err, AS_E_CORRUPT, "the deflate data is damaged");
    }
    if (s->avail_in <= view.len) {
        as_feed_skip(job->feed, view.len - s->avail_in);
    } else {
        as_feed_unread(job->feed, s->avail_in - view.len);
    }
    if (s->block_state == ISAL_BLOCK_FINISH) {
        size_t unused = s->read_in_length > 0 ? (size_t)s->read_in_length / 8 : 0;
        as_feed_unread(job->feed, unused);
        d->phase = PHASE_TAIL;
        return AS_OK;
    }
    bool stuck = job->feed->offset <= d->seen && got == 0;
    d->seen = job->feed->offset > d->seen ? job->feed->offset : d->seen;
    if (stuck) {
        return failed != AS_OK ? failed
                               : as_fail(err, AS_E_TRUNCATED, "the deflate data ends too early");
    }
    return AS_OK;
}

static enum as_status run_tail(struct deflate *d, struct as_codec_job *job, bool *out_ended,
                               struct as_error *err)
{
    const uint8_t *p = NULL;
    struct as_slice rest;
    d->any = true;
    if (d->framing == FRAMING_GZIP) {
        AS_TRY(as_feed_need(job->feed, 8, &p, err));
        d->damaged = d->damaged || le32(p) != d->check || le32(p + 4) != d->size;
        as_feed_skip(job->feed, 8);
        d->phase = PHASE_HEAD;
        return AS_OK;
    }
    d->phase = PHASE_END;
    *out_ended = true;
    if (d->framing == FRAMING_ZLIB) {
        AS_TRY(as_feed_need(job->feed, 4, &p, err));
        uint32_t want = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        if (want != d->check) {
            return as_fail(err, AS_E_CORRUPT, "the check sum of the zlib data is wrong");
        }
        as_feed_skip(job->feed, 4);
    }
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

static enum as_status deflate_run(void *state, struct as_codec_job *job, struct as_codec_out *out,
                                  struct as_error *err)
{
    struct deflate *d = state;
    enum as_status status = AS_OK;
    bool ended = false;
    while (status == AS_OK && d->phase != PHASE_END && out->len < out->cap) {
        /* Empty members and blocks use time without giving bytes. */
        status = as_account_check(job->account, err);
        if (status != AS_OK) {
            break;
        }
        if (d->phase == PHASE_HEAD) {
            status = begin_member(d, job, &ended, err);
        } else if (d->phase == PHASE_TAIL) {
            status = run_tail(d, job, &ended, err);
        } else {
            status = run_body(d, job, out, err);
        }
    }
    out->ended = status == AS_OK && d->phase == PHASE_END;
    return status;
}

static enum as_status open_gzip(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)job;
    (void)err;
    ((struct deflate *)state)->framing = FRAMING_GZIP;
    return AS_OK;
}

static enum as_status open_zlib(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)job;
    (void)err;
    ((struct deflate *)state)->framing = FRAMING_ZLIB;
    return AS_OK;
}

static enum as_status open_raw(void *state, struct as_codec_job *job, struct as_error *err)
{
    (void)job;
    (void)err;
    ((struct deflate *)state)->framing = FRAMING_RAW;
    return AS_OK;
}

static void deflate_close(void *state)
{
    (void)state;
}

const struct as_codec_ops as_codec_gzip = {sizeof(struct deflate), open_gzip, deflate_run,
                                           deflate_close};
const struct as_codec_ops as_codec_zlib = {sizeof(struct deflate), open_zlib, deflate_run,
                                           deflate_close};
const struct as_codec_ops as_codec_deflate = {sizeof(struct deflate), open_raw, deflate_run,
                                              deflate_close};
