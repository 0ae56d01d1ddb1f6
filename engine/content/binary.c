/* SPDX-License-Identifier: Apache-2.0
 * Binaries: text is looked for without knowing the format. The same bytes are read three ways: as
 * UTF-8, and as UTF-16 (little endian) from even and from odd offsets. In each reading, what is not
 * printable becomes a line feed of the same length, so that every offset stays what it is and no
 * detection reaches across. (ASCII in big-endian UTF-16 shows in the reading of the other parity.)
 *
 * A UTF-16 reading is begun only when four printable ASCII units stand together somewhere: most
 * binaries have none. It then gets the offset that it needs as line feeds.
 *
 * Bytes come in chunks of a fixed size, with the last AS_CARRY bytes of the chunk before in front,
 * so that sequences across chunks are whole and results do not depend on how the stream delivers:
 *
 *      window   | carry 64 | chunk, 64 KiB |
 *
 * On the way, the end record of a zip directory is looked for: programs can carry archives.
 * Tests: tests/unit/content/test_binary.c. */
#include <emmintrin.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "content/leaf.h"

#define CHUNK_BYTES 65536U
#define CARRY_BYTES 64U
#define ASCII_RUN 4U       /* units that begin a UTF-16 reading */
#define RUN_BACK_BYTES 16U /* how far before a chunk its run may have begun */
#define ZIP_END_BYTES 22U

struct reading {
    struct as_leaf_text text;
    bool begun;
    uint64_t fed;   /* bytes given to the cutter */
    unsigned units; /* UTF-16: printable ASCII units that end the bytes seen */
};

struct binary {
    struct as_leaf *leaf;
    uint8_t *window;  /* CARRY_BYTES + CHUNK_BYTES */
    uint8_t *out;     /* as large: what goes to a cutter */
    uint64_t base;    /* offset of the chunk */
    size_t chunk_len; /* bytes of it */
    bool last;        /* no chunk follows */
    struct reading utf8;
    struct reading utf16[2]; /* by parity of their offsets */
    uint64_t zip_end_at;     /* last believable end record, UINT64_MAX: none */
};

/* Byte at an absolute offset in the window (base - CARRY_BYTES <= at). */
static const uint8_t *window_at(const struct binary *b, uint64_t at)
{
    return b->window + CARRY_BYTES - (size_t)(b->base > at ? b->base - at : 0) +
           (size_t)(at > b->base ? at - b->base : 0);
}

static enum as_status begin(struct binary *b, struct reading *r, enum as_charset charset,
                            uint8_t skip)
{
    struct as_text *text = as_text_new();
    if (text == NULL) {
        return AS_E_NO_MEMORY;
    }
    text->kind = AS_TEXT_PLAIN;
    text->charset = charset;
    text->bom_bytes = skip; /* an odd reading leaves the first byte out, as if it were a mark */
    text->mime = "application/octet-stream";
    AS_TRY(as_leaf_text_begin(&r->text, b->leaf, text, as_slice(NULL, 0)));
    r->begun = true;
    return AS_OK;
}

/* ASCII that is printable stays, all other bytes become line feeds. */
static void filter_ascii(const uint8_t *p, size_t len, uint8_t *out)
{
    for (size_t i = 0; i < len; i++) { /* no branches: the compiler makes vectors of it */
        uint8_t c = p[i];
        bool keep = (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\r';
        out[i] = keep ? c : (uint8_t)'\n';
    }
}

/* Puts back the sequence of several bytes at `i`, when it is one. */
static void restore_sequence(const uint8_t *p, size_t i, size_t len, uint8_t *out)
{
    unsigned n = as_utf8_decode(p + i, len - i, NULL);
    if (n > 1) {
        memcpy(out + i, p + i, n);
    }
}

/* Bit k: p[k] can lead a sequence and p[k + 1] continues one. Reads 17 bytes. */
static unsigned leads(const uint8_t *p)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
    /* Signed: 0xC2..0xFF are -62..-1, continuation bytes -128..-65. */
    __m128i lead = _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8(-63)),
                                 _mm_cmplt_epi8(c, _mm_setzero_si128()));
    __m128i continues = _mm_cmplt_epi8(next, _mm_set1_epi8(-64));
    return (unsigned)_mm_movemask_epi8(_mm_and_si128(lead, continues));
}

/* Bytes [0, len) of `p` as UTF-8 with unprintable bytes replaced. Stops before a sequence that the
 * window cuts, unless `last`. Returns the bytes used. */
static size_t filter_utf8(const uint8_t *p, size_t len, bool last, uint8_t *out)
{
    size_t used = len;
    for (size_t back = 1; back <= 3 && back <= len && !last; back++) {
        uint8_t c = p[len - back];
        used = c >= 0xC2 && c <= 0xF4 ? len - back : used;
    }
    filter_ascii(p, used, out);
    size_t i = 0;
    for (; i + 17 <= used; i += 16) {
        for (unsigned mask = leads(p + i); mask != 0; mask &= mask - 1) {
            restore_sequence(p, i + (unsigned)__builtin_ctz(mask), used, out);
        }
    }
    for (; i < used; i++) {
        if (p[i] >= 0xC2) {
            restore_sequence(p, i, used, out);
        }
    }
    return used;
}

static enum as_status feed_utf8(struct binary *b)
{
    struct reading *r = &b->utf8;
    uint64_t end = b->base + b->chunk_len;
    size_t used = filter_utf8(window_at(b, r->fed), (size_t)(end - r->fed), b->last, b->out);
    AS_TRY(as_cutter_feed(r->text.cutter, b->out, used));
    r->fed += used;
    return AS_OK;
}

static inline uint16_t unit_at(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline bool unit_printable(uint16_t u)
{
    return (u >= 0x20 && u < 0x7F) || u == '\t' || u == '\r' || (u >= 0xA0 && u < 0x600) ||
           (u >= 0x3000 && u < 0x3100) || (u >= 0x4E00 && u < 0xA000) ||
           (u >= 0xAC00 && u < 0xD7A4) || (u > 0xFF00 && u < 0xFF5F);
}

static void filter_utf16(const uint8_t *p, size_t len, uint8_t *out)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint16_t u = unit_at(p + i);
        u = unit_printable(u) ? u : (uint16_t)'\n';
        out[i] = (uint8_t)(u & 0xFFU);
        out[i + 1] = (uint8_t)(u >> 8);
    }
    if (len % 2 != 0) {
        out[len - 1] = '\n';
    }
}

/* True when a run of ASCII units is long enough in [p, p + len); `units` carries over. */
static bool find_run(const uint8_t *p, size_t len, unsigned *units)
{
    unsigned run = *units;
    bool found = false;
    for (size_t i = 0; i + 1 < len && !found; i += 2) {
        run = p[i + 1] == 0 && p[i] >= 0x20 && p[i] < 0x7F ? run + 1 : 0;
        found = run >= ASCII_RUN;
    }
    *units = run;
    return found;
}

/* Begins a UTF-16 reading late: line feeds up to `until`. */
static enum as_status feed_blank(struct binary *b, struct reading *r, uint64_t until)
{
    for (size_t i = 0; i + 1 < CHUNK_BYTES; i += 2) {
        b->out[i] = '\n';
        b->out[i + 1] = 0;
    }
    while (r->fed < until) {
        uint64_t left = until - r->fed;
        size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
        /* Both cancel and the clock: the gap may be large. */
        AS_TRY(as_cutter_feed(r->text.cutter, b->out, n));
        r->fed += n;
    }
    return AS_OK;
}

static enum as_status feed_utf16(struct binary *b, unsigned parity)
{
    struct reading *r = &b->utf16[parity];
    uint64_t end = b->base + b->chunk_len;
    /* Units that end in this chunk begin at `from`; odd ones may begin a byte before it. */
    uint64_t from = parity == 0 ? b->base : b->base == 0 ? 1 : b->base - 1;
    if (end <= from) {
        return AS_OK;
    }
    size_t len = (size_t)(end - from);
    if (!r->begun) {
        if (!find_run(window_at(b, from), len, &r->units)) {
            return AS_OK;
        }
        AS_TRY(begin(b, r, AS_CHARSET_UTF16LE, (uint8_t)parity));
        if (parity == 1) {
            AS_TRY(as_cutter_feed(r->text.cutter, "", 1));
            r->fed = 1;
        }
        AS_TRY(feed_blank(b, r, from > RUN_BACK_BYTES ? from - RUN_BACK_BYTES : parity));
    }
    len = (size_t)(end - r->fed);
    if (!b->last) {
        len -= len % 2;
    }
    filter_utf16(window_at(b, r->fed), len, b->out);
    AS_TRY(as_cutter_feed(r->text.cutter, b->out, len));
    r->fed += len;
    return AS_OK;
}

static uint64_t le(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

/* Looks for a zip's end-of-directory record whose numbers can be true. */
static void watch_zip(struct binary *b)
{
    uint64_t from = b->base > ZIP_END_BYTES ? b->base - ZIP_END_BYTES : 0;
    const uint8_t *p = window_at(b, from);
    const uint8_t *end = window_at(b, b->base) + b->chunk_len;
    while ((size_t)(end - p) >= ZIP_END_BYTES) {
        p = memmem(p, (size_t)(end - p), "PK\5\6", 4);
        if (p == NULL || (size_t)(end - p) < ZIP_END_BYTES) {
            return;
        }
        uint64_t at = b->base + (uint64_t)(p - b->window) - CARRY_BYTES;
        uint64_t entries = le(p + 10, 2);
        uint64_t size = le(p + 12, 4);
        uint64_t offset = le(p + 16, 4);
        bool zip64 = offset == UINT32_MAX || entries == UINT16_MAX;
        if (zip64 || (entries != 0 && size >= 46 * entries && size + offset <= at)) {
            b->zip_end_at = at;
        }
        p += 4;
    }
}

static enum as_status take_chunk(struct binary *b)
{
    watch_zip(b);
    AS_TRY(feed_utf8(b));
    AS_TRY(feed_utf16(b, 0));
    return feed_utf16(b, 1);
}

/* The next chunk, first from the prefix, then from the stream. */
static void next_chunk(struct binary *b, size_t *prefix_used)
{
    struct as_leaf *leaf = b->leaf;
    memmove(b->window, b->window + b->chunk_len, CARRY_BYTES);
    b->base += b->chunk_len;
    uint8_t *chunk = b->window + CARRY_BYTES;
    size_t n = leaf->prefix_len - *prefix_used;
    n = n < CHUNK_BYTES ? n : CHUNK_BYTES;
    memcpy(chunk, leaf->walk->prefix + *prefix_used, n);
    *prefix_used += n;
    if (n < CHUNK_BYTES) {
        size_t got = 0;
        as_leaf_fill(leaf, chunk + n, CHUNK_BYTES - n, &got);
        n += got;
    }
    b->chunk_len = n;
    b->last = n < CHUNK_BYTES;
}

static enum as_status read_all(struct binary *b)
{
    size_t prefix_used = 0;
    AS_TRY(begin(b, &b->utf8, AS_CHARSET_UTF8, 0));
    do {
        next_chunk(b, &prefix_used);
        AS_TRY(take_chunk(b));
    } while (!b->last);
    AS_TRY(as_leaf_text_end(&b->utf8.text));
    for (unsigned parity = 0; parity < 2; parity++) {
        if (b->utf16[parity].begun) {
            AS_TRY(as_leaf_text_end(&b->utf16[parity].text));
        }
    }
    return AS_OK;
}

enum as_status as_binary_read(struct as_leaf *leaf, bool *out_zip)
{
    struct binary b = {.leaf = leaf, .zip_end_at = UINT64_MAX};
    b.window = as_calloc(1, CARRY_BYTES + CHUNK_BYTES);
    b.out = as_malloc(CARRY_BYTES + CHUNK_BYTES);
    enum as_status status = b.window == NULL || b.out == NULL ? AS_E_NO_MEMORY : read_all(&b);
    as_leaf_text_fini(&b.utf8.text);
    as_leaf_text_fini(&b.utf16[0].text);
    as_leaf_text_fini(&b.utf16[1].text);
    as_free(b.window);
    as_free(b.out);
    *out_zip = b.zip_end_at != UINT64_MAX;
    return status;
}
