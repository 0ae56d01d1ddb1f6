/* SPDX-License-Identifier: Apache-2.0
 * See readings.h. (ASCII in big-endian UTF-16 shows in the little-endian reading of the other
 * parity.)
 *
 * A UTF-16 reading is begun only when four printable ASCII units stand together somewhere: most
 * binaries have none. Beside a text in UTF-16, that in UTF-8 is begun at eight printable bytes
 * together. A reading that begins late gets the bytes before as line feeds.
 *
 * Bytes come in chunks of a fixed size, with the last CARRY_BYTES of the chunk before in front, so
 * that sequences across chunks are whole and results do not depend on how the stream delivers:
 *
 *      window   | carry 64 | chunk, 64 KiB |
 *
 * Beside a text in bytes, chunks begin at its first NUL, without which there is no ASCII in UTF-16;
 * so most texts pay for a search of NULs and nothing else. Tests: tests/unit/content/test_binary.c,
 * test_mixed.c. */
#include "content/readings.h"

#include <emmintrin.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define CHUNK_BYTES 65536U
#define CARRY_BYTES 64U
#define ASCII_RUN 4U       /* units that begin a UTF-16 reading */
#define NARROW_RUN 8U      /* bytes that begin a UTF-8 reading beside a text */
#define RUN_BACK_BYTES 16U /* how far before a chunk its run may have begun */

struct reading {
    struct as_leaf_text text;
    bool begun;
    uint64_t fed;   /* bytes given to the cutter */
    unsigned units; /* UTF-16: printable ASCII units that end the bytes seen */
};

struct as_readings {
    struct as_leaf *leaf;
    unsigned which;
    bool beside;
    bool active;      /* chunks are kept */
    uint8_t last[2];  /* while not: the last bytes seen */
    uint8_t *window;  /* CARRY_BYTES + CHUNK_BYTES; NULL until active */
    uint8_t *out;     /* as large: what goes to a cutter */
    uint64_t base;    /* offset of the chunk; while not active, of the next byte */
    size_t chunk_len; /* bytes of it */
    bool final;       /* no chunk follows */
    struct reading utf8;
    struct reading utf16[2]; /* by parity of their offsets */
};

/* Byte at an absolute offset in the window (base - CARRY_BYTES <= at). */
static const uint8_t *window_at(const struct as_readings *b, uint64_t at)
{
    return b->window + CARRY_BYTES - (size_t)(b->base > at ? b->base - at : 0) +
           (size_t)(at > b->base ? at - b->base : 0);
}

static enum as_status begin(struct as_readings *b, struct reading *r, enum as_charset charset,
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

static inline bool is_printable(uint8_t c)
{
    return c >= 0x20 && c < 0x7F;
}

/* Of bytes that may be UTF-16: single printable ones are halves of units. Reads p[-1], and p[len]
 * unless that is the end. */
static void drop_lone(const uint8_t *p, size_t len, bool final, uint8_t *out)
{
    const uint8_t *before = p - 1;
    for (size_t i = 0; i < len; i++) {
        bool after = (i + 1 < len || !final) && is_printable(p[i + 1]);
        if (!is_printable(before[i]) && !after && p[i] < 0x80) {
            out[i] = '\n';
        }
    }
}

/* True when NARROW_RUN printable bytes stand together in [p, p + len). Of as many, one whole group
 * of four at a multiple of four is printable. */
static bool find_narrow_run(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i += 4) {
        if (!is_printable(p[i]) || !is_printable(p[i + 1]) || !is_printable(p[i + 2]) ||
            !is_printable(p[i + 3])) {
            continue;
        }
        size_t from = i;
        size_t to = i + 4;
        while (from != 0 && is_printable(p[from - 1])) {
            from--;
        }
        while (to < len && to - from < NARROW_RUN && is_printable(p[to])) {
            to++;
        }
        if (to - from >= NARROW_RUN) {
            return true;
        }
        i = to & ~(size_t)3;
    }
    return false;
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

/* Begins a reading late: line feeds up to `until`. */
static enum as_status feed_blank(struct as_readings *b, struct reading *r, uint64_t until)
{
    uint8_t second = r == &b->utf8 ? '\n' : 0;
    for (size_t i = 0; i + 1 < CHUNK_BYTES; i += 2) {
        b->out[i] = '\n';
        b->out[i + 1] = second;
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

static enum as_status feed_utf8(struct as_readings *b)
{
    struct reading *r = &b->utf8;
    uint64_t end = b->base + b->chunk_len;
    if (!r->begun) {
        uint64_t from = b->base > RUN_BACK_BYTES ? b->base - RUN_BACK_BYTES : 0;
        if (b->beside && !find_narrow_run(window_at(b, from), (size_t)(end - from))) {
            return AS_OK;
        }
        AS_TRY(begin(b, r, AS_CHARSET_UTF8, 0));
        AS_TRY(feed_blank(b, r, from));
    }
    const uint8_t *p = window_at(b, r->fed);
    size_t len = (size_t)(end - r->fed);
    if (b->beside && !b->final) {
        len -= 1; /* whether that byte stands alone is seen with the next chunk */
    }
    size_t used = filter_utf8(p, len, b->final, b->out);
    if (b->beside) {
        drop_lone(p, used, b->final && used == len, b->out);
    }
    AS_TRY(as_cutter_feed(r->text.cutter, b->out, used));
    r->fed += used;
    return AS_OK;
}

/* Begins a UTF-16 reading at the run that was found behind `from`. */
static enum as_status begin_utf16(struct as_readings *b, unsigned parity, uint64_t from)
{
    struct reading *r = &b->utf16[parity];
    AS_TRY(begin(b, r, AS_CHARSET_UTF16LE, (uint8_t)parity));
    AS_TRY(as_cutter_feed(r->text.cutter, "", parity));
    r->fed = parity;
    return feed_blank(b, r, from > RUN_BACK_BYTES ? from - RUN_BACK_BYTES : parity);
}

static enum as_status feed_utf16(struct as_readings *b, unsigned parity)
{
    struct reading *r = &b->utf16[parity];
    uint64_t end = b->base + b->chunk_len;
    /* Units that end in this chunk begin at `from`; odd ones may begin a byte before it. */
    uint64_t from = parity == 0 ? b->base : b->base == 0 ? 1 : b->base - 1;
    bool found =
        end > from && !r->begun && find_run(window_at(b, from), (size_t)(end - from), &r->units);
    AS_TRY(found ? begin_utf16(b, parity, from) : AS_OK);
    if (end <= from || !r->begun) {
        return AS_OK;
    }
    size_t len = (size_t)(end - r->fed);
    if (!b->final) {
        len -= len % 2;
    }
    filter_utf16(window_at(b, r->fed), len, b->out);
    AS_TRY(as_cutter_feed(r->text.cutter, b->out, len));
    r->fed += len;
    return AS_OK;
}

static enum as_status take_chunk(struct as_readings *b)
{
    AS_TRY((b->which & AS_READING_UTF8) != 0 ? feed_utf8(b) : AS_OK);
    AS_TRY((b->which & AS_READING_EVEN) != 0 ? feed_utf16(b, 0) : AS_OK);
    return (b->which & AS_READING_ODD) != 0 ? feed_utf16(b, 1) : AS_OK;
}

static enum as_status activate(struct as_readings *b)
{
    b->window = as_calloc(1, CARRY_BYTES + CHUNK_BYTES);
    b->out = as_malloc(CARRY_BYTES + CHUNK_BYTES);
    b->active = true;
    return b->window == NULL || b->out == NULL ? AS_E_NO_MEMORY : AS_OK;
}

struct as_readings *as_readings_new(struct as_leaf *leaf, unsigned which, bool beside)
{
    struct as_readings *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->leaf = leaf;
    r->which = which;
    r->beside = beside;
    bool waits = beside && (which & AS_READING_UTF8) == 0;
    if (!waits && activate(r) != AS_OK) {
        as_readings_free(r);
        return NULL;
    }
    return r;
}

static enum as_status next_chunk(struct as_readings *r)
{
    AS_TRY(take_chunk(r));
    memmove(r->window, r->window + CHUNK_BYTES, CARRY_BYTES);
    r->base += CHUNK_BYTES;
    r->chunk_len = 0;
    return AS_OK;
}

/* Gives the chunk away when it is full and more bytes come. */
static enum as_status fill_chunk(struct as_readings *r, const uint8_t *bytes, size_t len)
{
    while (len != 0) {
        AS_TRY(r->chunk_len == CHUNK_BYTES ? next_chunk(r) : AS_OK);
        size_t n = CHUNK_BYTES - r->chunk_len < len ? CHUNK_BYTES - r->chunk_len : len;
        memcpy(r->window + CARRY_BYTES + r->chunk_len, bytes, n);
        r->chunk_len += n;
        bytes += n;
        len -= n;
    }
    return AS_OK;
}

enum as_status as_readings_feed(struct as_readings *r, const uint8_t *bytes, size_t len)
{
    if (r->active || len == 0) {
        return fill_chunk(r, bytes, len);
    }
    const uint8_t *zero = memchr(bytes, 0, len);
    if (zero == NULL) {
        r->last[0] = len >= 2 ? bytes[len - 2] : r->last[1];
        r->last[1] = bytes[len - 1];
        r->base += len;
        return AS_OK;
    }
    /* The chunk begins at the even offset before the NUL, with the unit that the NUL may end. */
    AS_TRY(activate(r));
    uint64_t at = r->base + (uint64_t)(zero - bytes);
    uint64_t start = at == 0 ? 0 : (at - 1) & ~(uint64_t)1;
    uint64_t first = r->base;
    r->base = start;
    if (start < first) {
        size_t n = (size_t)(first - start);
        AS_TRY(fill_chunk(r, r->last + 2 - n, n));
        start = first;
    }
    size_t skip = (size_t)(start - first);
    return fill_chunk(r, bytes + skip, len - skip);
}

enum as_status as_readings_end(struct as_readings *r)
{
    if (r->active) {
        r->final = true;
        AS_TRY(take_chunk(r));
    }
    struct reading *all[3] = {&r->utf8, &r->utf16[0], &r->utf16[1]};
    for (size_t i = 0; i < AS_ARRAY_SIZE(all); i++) {
        AS_TRY(all[i]->begun ? as_leaf_text_end(&all[i]->text) : AS_OK);
    }
    return AS_OK;
}

void as_readings_free(struct as_readings *r)
{
    if (r != NULL) {
        as_leaf_text_fini(&r->utf8.text);
        as_leaf_text_fini(&r->utf16[0].text);
        as_leaf_text_fini(&r->utf16[1].text);
        as_free(r->window);
        as_free(r->out);
        as_free(r);
    }
}
