/* SPDX-License-Identifier: Apache-2.0
 * The bytes of one zip member. Three ways to know where they end: the sizes of the header; the end
 * of the encoded data (streams written without seeking); for stored data without sizes, a
 * descriptor whose CRC-32 and size are those of the bytes before it.
 *
 * The check of CRC and size is part of reading the last byte, so that the member itself ends
 * MALFORMED_FILE, with all its text handed over. Tests: tests/unit/content/test_zip.c. */
#include <isa-l/crc.h>
#include <string.h>

#include "base/mem.h"
#include "content/zip_internal.h"

#define DESCRIPTOR_MAX 24U

/* True when the descriptor at `p` (after its signature) has the CRC and the sizes; *out_len is its
 * length without the signature. */
static bool descriptor_fits(const struct as_zip_member *m, struct as_slice p, uint64_t encoded,
                            size_t *out_len)
{
    for (unsigned width = 4; width <= 8; width += 4) {
        if (p.len >= 4 + 2 * width && as_zip_le(p.ptr, 4) == m->crc) {
            uint64_t mask = width == 4 ? UINT32_MAX : UINT64_MAX;
            if (as_zip_le(p.ptr + 4, width) == (encoded & mask) &&
                as_zip_le(p.ptr + 4 + width, width) == (m->given & mask)) {
                *out_len = 4 + 2 * width;
                return true;
            }
        }
    }
    return false;
}

/* After encoded data that marks its own end: the descriptor, with or without signature. */
static enum as_status take_descriptor(struct as_zip_member *m, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    struct as_feed *f = &m->zip->feed;
    size_t len = 0;
    uint64_t encoded = f->offset - m->data_start;
    AS_TRY(as_feed_peek(f, DESCRIPTOR_MAX, &view, err));
    bool with_mark = view.len >= 4 && as_zip_le(view.ptr, 4) == ZIP_DESCRIPTOR &&
                     descriptor_fits(m, as_slice(view.ptr + 4, view.len - 4), encoded, &len);
    if (!with_mark && !descriptor_fits(m, view, encoded, &len)) {
        return as_fail(err, AS_E_CORRUPT, "a zip member does not fit its descriptor");
    }
    as_feed_skip(f, len + (with_mark ? 4 : 0));
    m->entry->crc = m->crc;
    m->entry->encoded = encoded;
    m->entry->size = m->given;
    return AS_OK;
}

enum as_status as_zip_member_late_crc(struct as_zip_member *m, struct as_error *err)
{
    struct as_zip_entry *e = m->entry;
    struct as_slice view = {NULL, 0};
    if (e->offset != UINT64_MAX || (e->flags & ZIP_FLAG_DESCRIPTOR) == 0 || e->crc != 0) {
        return AS_OK;
    }
    m->zip->feed.limit = UINT64_MAX;
    AS_TRY(as_feed_peek(&m->zip->feed, 8, &view, err));
    if (view.len >= 8) {
        bool mark = as_zip_le(view.ptr, 4) == ZIP_DESCRIPTOR;
        e->crc = (uint32_t)as_zip_le(view.ptr + (mark ? 4 : 0), 4);
    }
    return AS_OK;
}

static enum as_status check_end(struct as_zip_member *m, struct as_error *err)
{
    m->ended = true;
    if (m->data_end == UINT64_MAX) {
        return take_descriptor(m, err);
    }
    if (m->zip->feed.offset != m->data_end) {
        return as_fail(err, AS_E_CORRUPT, "a zip member is shorter than its header says");
    }
    AS_TRY(as_zip_member_late_crc(m, err));
    if (m->crc != m->entry->crc || m->given != m->entry->size) {
        return as_fail(err, AS_E_CORRUPT, "a check sum or size in the zip archive is wrong");
    }
    return AS_OK;
}

static enum as_status read_known(struct as_zip_member *m, void *buf, size_t cap, size_t *out_len,
                                 struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_feed_view(&m->zip->feed, &view, err));
    if (view.len == 0 && m->zip->feed.offset < m->data_end) {
        return as_fail(err, AS_E_TRUNCATED, "the zip archive ends inside a member");
    }
    size_t n = view.len < cap ? view.len : cap;
    if (n != 0) {
        memcpy(buf, view.ptr, n);
    }
    as_feed_skip(&m->zip->feed, n);
    *out_len = n;
    return AS_OK;
}

/* Stored data that ends at a fitting descriptor: gives the bytes before the next mark that does not
 * prove to be one. */
static enum as_status read_until_descriptor(struct as_zip_member *m, void *buf, size_t cap,
                                            size_t *out_len, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    struct as_feed *f = &m->zip->feed;
    AS_TRY(as_feed_peek(f, DESCRIPTOR_MAX, &view, err));
    if (view.len == 0) {
        return as_fail(err, AS_E_TRUNCATED, "the zip archive ends inside a member");
    }
    size_t fits = 0;
    const uint8_t *mark = memmem(view.ptr, view.len, "PK\7\10", 4);
    size_t n = mark != NULL ? (size_t)(mark - view.ptr) : view.len;
    if (n == 0) {
        if (descriptor_fits(m, as_slice(view.ptr + 4, view.len - 4), m->given, &fits)) {
            *out_len = 0;
            return AS_OK;
        }
        n = 1;
    } else if (mark == NULL && view.len > 3) {
        n = view.len - 3; /* a mark may begin in the last three bytes */
    }
    n = n < cap ? n : cap;
    memcpy(buf, view.ptr, n);
    as_feed_skip(f, n);
    *out_len = n;
    return AS_OK;
}

static enum as_status read_bytes(struct as_zip_member *m, void *buf, size_t cap, size_t *out_len,
                                 struct as_error *err)
{
    if (m->decoder != NULL) {
        return as_stream_read(m->decoder, buf, cap, out_len, err);
    }
    return m->data_end != UINT64_MAX ? read_known(m, buf, cap, out_len, err)
                                     : read_until_descriptor(m, buf, cap, out_len, err);
}

static enum as_status member_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                  struct as_error *err)
{
    struct as_zip_member *m = (struct as_zip_member *)s;
    size_t got = 0;
    if (m->failed == AS_OK && !m->ended) {
        m->failed = read_bytes(m, buf, cap, &got, &m->error);
        if (m->failed == AS_OK && got == 0) {
            m->failed = check_end(m, &m->error);
        } else if (m->failed == AS_OK) {
            m->crc = crc32_gzip_refl(m->crc, buf, got);
            m->given += got;
        }
    }
    if (m->failed != AS_OK) {
        if (err != NULL) {
            *err = m->error;
        }
        return m->failed;
    }
    *out_len = got;
    return AS_OK;
}

static void member_close(struct as_stream *s)
{
    (void)s; /* the reader owns it */
}

enum as_status as_zip_member_open(struct as_zip_member *m, struct as_zip *z,
                                  struct as_zip_entry *entry, bool sizes_known,
                                  struct as_error *err)
{
    static const struct as_stream_ops ops = {member_read, NULL, member_close};
    *m = (struct as_zip_member){.base = {&ops},
                                .zip = z,
                                .entry = entry,
                                .data_start = z->feed.offset,
                                .data_end = UINT64_MAX};
    if (sizes_known) {
        if (__builtin_add_overflow(m->data_start, entry->encoded, &m->data_end)) {
            return as_fail(err, AS_E_CORRUPT, "a size in the zip archive makes no sense");
        }
        z->feed.limit = m->data_end;
    }
    enum as_codec codec = as_zip_codec(entry->method);
    if (codec == AS_CODEC_NONE) {
        return AS_OK;
    }
    return as_decoder_open_on_feed(codec, &z->feed, &z->walk->account, &z->metadata, &m->decoder,
                                   err);
}

void as_zip_member_drain(struct as_zip_member *m)
{
    uint8_t scratch[4096];
    size_t got = 1;
    while (!m->ended && m->failed == AS_OK && got != 0) {
        enum as_status status = member_read(&m->base, scratch, sizeof scratch, &got, NULL);
        AS_IGNORE(status != AS_OK, "kept in m->failed, which ends the loop");
    }
}

void as_zip_member_close(struct as_zip_member *m)
{
    as_stream_close(m->decoder);
    m->decoder = NULL;
    m->zip->feed.limit = UINT64_MAX;
}
