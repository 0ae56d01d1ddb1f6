/* SPDX-License-Identifier: Apache-2.0
 * See metadata.h. Tests: tests/unit/content/test_metadata.c. */
#include "content/metadata.h"

#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "content/leaf.h"

#define WIDE_RUN 4U /* units of UTF-16 that are taken for text */

void as_metadata_init(struct as_metadata *m, size_t cap)
{
    *m = (struct as_metadata){.reason = AS_REASON_NONE};
    as_strbuf_init(&m->text, cap);
    as_strbuf_init(&m->raw, AS_METADATA_BYTES);
    m->seed = as_random64();
}

void as_metadata_fini(struct as_metadata *m)
{
    as_strbuf_fini(&m->text);
    as_strbuf_fini(&m->raw);
}

static bool is_control(uint8_t c)
{
    return (c < 0x20 && (c < '\t' || c > '\r') && c != 0x1B) || c == 0x7F;
}

/* Bytes that no text has, those of them that are zeros and so say nothing, and bytes above ASCII
 * that are no UTF-8. */
static void judge(struct as_slice piece, size_t *out_controls, size_t *out_zeros,
                  size_t *out_malformed)
{
    *out_controls = 0;
    *out_zeros = 0;
    *out_malformed = 0;
    for (size_t i = 0; i < piece.len;) {
        unsigned n = as_utf8_decode(piece.ptr + i, piece.len - i, NULL);
        *out_controls += n == 1 && is_control(piece.ptr[i]);
        *out_zeros += piece.ptr[i] == 0;
        *out_malformed += n == 0;
        i += n == 0 ? 1 : n;
    }
}

/* The printable part of a piece that is no text; everything else becomes a line feed. */
static void put_printable(struct as_metadata *m, struct as_slice piece)
{
    for (size_t i = 0; i < piece.len;) {
        unsigned n = as_utf8_decode(piece.ptr + i, piece.len - i, NULL);
        if (n == 0 || (n == 1 && is_control(piece.ptr[i]))) {
            as_strbuf_putc(&m->text, '\n');
            i++;
        } else {
            as_strbuf_append(&m->text, piece.ptr + i, n);
            i += n;
        }
    }
    as_strbuf_puts(&m->text, "\n\n");
}

/* ASCII in UTF-16 of either byte order: letters with a NUL between each two. */
static void put_wide(struct as_metadata *m, struct as_slice piece)
{
    for (size_t i = 0; i + 1 < piece.len;) {
        size_t n = 0;
        while (i + 2 * n < piece.len && piece.ptr[i + 2 * n] >= 0x20 &&
               piece.ptr[i + 2 * n] < 0x7F &&
               (i + 2 * n + 1 == piece.len || piece.ptr[i + 2 * n + 1] == 0)) {
            n++;
        }
        for (size_t k = 0; n >= WIDE_RUN && k < n; k++) {
            as_strbuf_putc(&m->text, (char)piece.ptr[i + 2 * k]);
        }
        if (n >= WIDE_RUN) {
            as_strbuf_puts(&m->text, "\n\n");
        }
        i += n == 0 ? 1 : 2 * n;
    }
}

static void set_reason(struct as_metadata *m, enum as_reason reason)
{
    m->reason = m->reason == AS_REASON_NONE ? reason : m->reason;
}

/* True when the piece came before and is still remembered. Its place never depends on the seed:
 * what is forgotten must not either. */
static bool is_repeated(struct as_metadata *m, struct as_slice piece)
{
    uint64_t *place = &m->recent[as_hash64(piece.ptr, piece.len, 0) % AS_METADATA_RECENT];
    uint64_t hash = as_hash64(piece.ptr, piece.len, m->seed) | 1U; /* 0: empty */
    bool same = *place == hash;
    *place = hash;
    return same;
}

void as_metadata_add(struct as_metadata *m, struct as_slice piece)
{
    while (piece.len != 0 && piece.ptr[piece.len - 1] == 0) { /* padding */
        piece.len--;
    }
    if (m == NULL || piece.len == 0 || is_repeated(m, piece)) {
        return;
    }
    size_t controls = 0;
    size_t zeros = 0;
    size_t malformed = 0;
    judge(piece, &controls, &zeros, &malformed);
    /* Beside the line feeds; what stands in UTF-16 comes again. */
    size_t most = controls == 0 ? piece.len + 2 : 3 * piece.len + 8;
    if (most > m->text.max_bytes || m->text.len > m->text.max_bytes - most) {
        set_reason(m, AS_REASON_FILE_EXCEEDS_SIZE_LIMIT);
        return;
    }
    if (controls == 0) { /* text, perhaps in an 8-bit character set */
        as_strbuf_append(&m->text, piece.ptr, piece.len);
        as_strbuf_puts(&m->text, "\n\n");
    } else {
        put_printable(m, piece);
        put_wide(m, piece);
    }
    size_t opaque = controls - zeros + malformed;
    if (opaque > AS_METADATA_OPAQUE_MAX && (controls != 0 || malformed * 2 > piece.len)) {
        set_reason(m, AS_REASON_UNKNOWN_BINARY_FORMAT);
    }
    m->failed = m->failed || m->text.failed;
}

void as_metadata_part(struct as_metadata *m, struct as_slice bytes)
{
    if (m == NULL) {
        return;
    }
    size_t room = AS_METADATA_BYTES - m->raw.len;
    m->raw_cut = m->raw_cut || bytes.len > room;
    as_strbuf_append(&m->raw, bytes.ptr, bytes.len < room ? bytes.len : room);
    m->failed = m->failed || m->raw.failed;
}

void as_metadata_forget(struct as_metadata *m)
{
    if (m != NULL) {
        as_strbuf_reset(&m->raw);
        m->raw_cut = false;
    }
}

void as_metadata_end(struct as_metadata *m)
{
    if (m != NULL) {
        as_metadata_add(m, as_strbuf_view(&m->raw));
        if (m->raw_cut) {
            set_reason(m, AS_REASON_FILE_EXCEEDS_SIZE_LIMIT);
        }
        as_metadata_forget(m);
    }
}

enum as_status as_metadata_take(struct as_metadata *m, struct as_feed *feed, uint64_t len,
                                struct as_error *err)
{
    while (len != 0) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(feed, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the data ends too early");
        }
        size_t n = view.len < len ? view.len : (size_t)len;
        as_metadata_part(m, as_slice(view.ptr, n));
        as_feed_skip(feed, n);
        len -= n;
    }
    return AS_OK;
}

void as_metadata_rest(struct as_metadata *m, struct as_feed *feed)
{
    struct as_slice view = {NULL, 0};
    /* A source that fails here ends the rest like its end: the member is damaged in any case. */
    while (m != NULL && !m->raw_cut && as_feed_view(feed, &view, NULL) == AS_OK && view.len != 0) {
        as_metadata_part(m, view);
        as_feed_skip(feed, view.len);
    }
    as_metadata_end(m);
}

bool as_metadata_is_due(const struct as_metadata *m)
{
    return m->text.len >= AS_METADATA_BYTES;
}

static enum as_status scan_text(struct as_metadata *m, struct as_leaf *leaf)
{
    struct as_slice bytes = as_strbuf_view(&m->text);
    struct as_leaf_text t = {0};
    struct as_text *text = as_text_new();
    if (text == NULL) {
        return AS_E_NO_MEMORY;
    }
    text->metadata = true;
    text->mime = "text/plain";
    AS_TRY(as_leaf_text_begin(&t, leaf, text, bytes));
    enum as_status status = as_cutter_feed(t.cutter, bytes.ptr, bytes.len);
    if (status == AS_OK) {
        status = as_leaf_text_end(&t);
    }
    as_leaf_text_fini(&t);
    return status;
}

enum as_status as_metadata_flush(struct as_metadata *m, struct as_walk *w, void *member,
                                 struct as_member_end *end)
{
    struct as_leaf leaf = {.walk = w, .member = member, .end = end};
    as_metadata_end(m); /* a piece that the end of the data has cut */
    if (m->failed) {
        return AS_E_NO_MEMORY;
    }
    if (m->text.len != 0) {
        AS_TRY(scan_text(m, &leaf));
        as_strbuf_reset(&m->text);
    }
    if (m->reason != AS_REASON_NONE) {
        as_walk_worsen(end, AS_PARTIAL, m->reason);
    }
    return AS_OK;
}
