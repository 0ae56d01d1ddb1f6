/* SPDX-License-Identifier: Apache-2.0
 * The walk: a state of a few bytes (inside a string, after a backslash, in the middle of \uXXXX, in
 * a bare token) and the stack of levels.
 *
 * Two loops give the same. walk_bytes is the definition: a table look-up for each byte between
 * strings, 16 bytes at a time inside them. as_json_walk_word (json_words.c) takes 64 bytes at a
 * time. What is rare or damaged, and the root of a document, where values are counted, is left to
 * walk_bytes.
 *
 * A key is collected in a window of twice its greatest length, of which the last half is kept, so
 * that keys of any length cost one copy. Its bytes go to the level when its closing quote is seen.
 *
 * Damage: a closing bracket closes the innermost level whatever its kind; at the root it is
 * ignored, as are stray colons and commas. Strings may hold raw line ends in a document. In JSON
 * Lines a line end is always the end of the record, even inside a string. */
#include "text/json_walk_impl.h"

#include <immintrin.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

struct as_json_walk *as_json_walk_new(void)
{
    struct as_json_walk *w = as_malloc(sizeof *w);
    if (w != NULL) {
        atomic_init(&w->refs, 1);
        as_json_walk_reset(w);
    }
    return w;
}

struct as_json_walk *as_json_walk_ref(struct as_json_walk *w)
{
    atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
    return w;
}

void as_json_walk_free(struct as_json_walk *w)
{
    if (w != NULL && atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) == 1) {
        as_free(w);
    }
}

void as_json_walk_start(struct as_json_walk *w, uint64_t record, bool after_cr)
{
    to_root(w);
    w->too_deep = false;
    w->lines = false;
    w->after_cr = after_cr;
    w->record = record;
}

void as_json_walk_reset(struct as_json_walk *w)
{
    as_json_walk_start(w, 0, false);
}

/* Keys. */

static void key_append(struct as_json_walk *w, const uint8_t *bytes, size_t len)
{
    if (len > AS_JSON_KEY_MAX) {
        bytes += len - AS_JSON_KEY_MAX;
        len = AS_JSON_KEY_MAX;
        w->window_len = 0;
        w->window_cut = true;
    }
    if (w->window_len + len > sizeof w->window) {
        memmove(w->window, w->window + w->window_len - AS_JSON_KEY_MAX, AS_JSON_KEY_MAX);
        w->window_len = AS_JSON_KEY_MAX;
        w->window_cut = true;
    }
    memcpy(w->window + w->window_len, bytes, len);
    w->window_len += (uint32_t)len;
}

static void key_append_code_point(struct as_json_walk *w, uint32_t c)
{
    uint8_t utf8[4];
    key_append(w, utf8, as_utf8_encode(c, utf8));
}

/** A high surrogate whose low one did not come is a character of its own: U+FFFD. */
static void key_flush_surrogate(struct as_json_walk *w)
{
    if (w->high != 0) {
        key_append_code_point(w, w->high);
        w->high = 0;
    }
}

static void key_end(struct as_json_walk *w)
{
    key_flush_surrogate(w);
    struct as_json_level *top = &w->levels[w->depth - 1];
    const uint8_t *from = w->window;
    uint32_t len = w->window_len;
    top->key_cut = w->window_cut || len > AS_JSON_KEY_MAX;
    if (len > AS_JSON_KEY_MAX) {
        from += len - AS_JSON_KEY_MAX;
        len = AS_JSON_KEY_MAX;
    }
    while (top->key_cut && len != 0 && (*from & 0xc0) == 0x80) { /* no half character in front */
        from++;
        len--;
    }
    memcpy(top->key, from, len);
    top->key_len = len;
    top->key_mark = 0;
    top->has_key = true;
}

static int hex_digit(uint8_t b)
{
    if (b >= '0' && b <= '9') {
        return b - '0';
    }
    uint8_t lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/** All four digits of \uXXXX are there. */
static void key_unicode(struct as_json_walk *w)
{
    uint32_t c = w->hex;
    if (w->high != 0 && c >= 0xdc00 && c <= 0xdfff) {
        c = 0x10000 + ((w->high - 0xd800) << 10) + (c - 0xdc00);
        w->high = 0;
        key_append_code_point(w, c);
        return;
    }
    key_flush_surrogate(w);
    if (c >= 0xd800 && c <= 0xdbff) {
        w->high = c;
    } else {
        key_append_code_point(w, c);
    }
}

/** The byte after a backslash. */
static void key_escape(struct as_json_walk *w, uint8_t byte)
{
    static const uint8_t plain[256] = {
        ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};
    key_flush_surrogate(w);
    uint8_t decoded = plain[byte] != 0 ? plain[byte] : byte;
    key_append(w, &decoded, 1);
}

/* Strings and tokens. */

static void close_string(struct as_json_walk *w)
{
    if (w->string == IN_KEY) {
        key_end(w);
    } else {
        end_value(w);
    }
    w->string = OUTSIDE;
}

static void end_token(struct as_json_walk *w)
{
    if (w->in_token) {
        w->in_token = false;
        end_value(w);
    }
}

/* Bytes. */

enum byte_class { OTHER, SPACE, QUOTE, OPEN, CLOSE, COMMA, COLON };

static const uint8_t byte_classes[256] = {
    [' '] = SPACE, ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, ['"'] = QUOTE, ['{'] = OPEN,
    ['['] = OPEN,  ['}'] = CLOSE,  [']'] = CLOSE,  [','] = COMMA,  [':'] = COLON};

/** First byte at or after p that a string does not pass over: '"', '\\', and in lines '\n', '\r'.
 */
static const uint8_t *string_stop(const uint8_t *p, const uint8_t *end, bool lines)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i lf = _mm_set1_epi8(lines ? '\n' : '"');
    const __m128i cr = _mm_set1_epi8(lines ? '\r' : '"');
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)p);
        __m128i hit =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, lf)),
                         _mm_or_si128(_mm_cmpeq_epi8(v, backslash), _mm_cmpeq_epi8(v, cr)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) {
            return p + __builtin_ctz(mask);
        }
        p += 16;
    }
    while (p < end && *p != '"' && *p != '\\' && !(lines && (*p == '\n' || *p == '\r'))) {
        p++;
    }
    return p;
}

/** A backslash was seen: takes the bytes of its escape. */
static const uint8_t *walk_escape(struct as_json_walk *w, const uint8_t *p)
{
    bool key = w->string == IN_KEY;
    if (w->escaped) {
        w->escaped = false;
        if (*p == 'u') {
            w->hex_left = 4;
            w->hex = 0;
        } else if (key) {
            key_escape(w, *p);
        }
        return p + 1;
    }
    int digit = hex_digit(*p);
    if (digit < 0) { /* a damaged escape ends here; the byte is an ordinary one */
        w->hex_left = 0;
        if (key) {
            key_flush_surrogate(w);
            key_append_code_point(w, 0xfffd);
        }
        return p;
    }
    w->hex = w->hex << 4 | (uint32_t)digit;
    if (--w->hex_left == 0 && key) {
        key_unicode(w);
    }
    return p + 1;
}

/** Inside a string: to behind its end, or to `end`, or to a line end in lines. */
static const uint8_t *walk_string(struct as_json_walk *w, const uint8_t *p, const uint8_t *end,
                                  bool lines)
{
    while (p < end) {
        if (lines && (*p == '\n' || *p == '\r')) {
            return p;
        }
        if (w->escaped || w->hex_left != 0) {
            p = walk_escape(w, p);
            continue;
        }
        const uint8_t *stop = string_stop(p, end, lines);
        if (w->string == IN_KEY && stop != p) {
            key_flush_surrogate(w);
            key_append(w, p, (size_t)(stop - p));
        }
        p = stop;
        if (p == end) {
            return p;
        }
        if (*p == '"') {
            close_string(w);
            return p + 1;
        }
        if (*p == '\\') {
            w->escaped = true;
            p++;
        }
    }
    return p;
}

static void walk_bytes(struct as_json_walk *w, const uint8_t *p, const uint8_t *end, bool lines)
{
    while (p < end) {
        if (w->string != OUTSIDE) {
            p = walk_string(w, p, end, lines);
            w->after_cr = false;
            if (p == end || w->string == OUTSIDE) {
                continue;
            }
        }
        uint8_t byte = *p++;
        if (byte_classes[byte] == OTHER) {
            w->in_token |= w->depth == 0;
        } else if (w->in_token) {
            end_token(w);
        }
        switch (byte_classes[byte]) {
        case QUOTE:
            open_string(w);
            break;
        case OPEN:
            push(w, byte == '[');
            break;
        case CLOSE:
            pop(w);
            break;
        case COMMA:
            next_element(w);
            break;
        default:
            break;
        }
        if (lines) {
            if (byte == '\n' || byte == '\r') {
                end_line(w, byte == '\n' && w->after_cr);
            }
            w->after_cr = byte == '\r';
        }
    }
}

AS_INLINE void walk(struct as_json_walk *w, const uint8_t *p, size_t len, bool lines)
{
    const uint8_t *end = p + len;
    while (end - p >= (ptrdiff_t)AS_JSON_WORD) {
        if (w->string == IN_KEY && !w->escaped && w->hex_left == 0) {
            p = walk_string(w, p, end, lines);
            w->after_cr = false;
            if (w->string == OUTSIDE) {
                continue;
            }
        }
        unsigned taken = 0;
        bool at_root = !lines && w->depth == 0;
        if (w->string != IN_KEY && !w->escaped && w->hex_left == 0 && !at_root &&
            end - p >= (ptrdiff_t)AS_JSON_WORD) {
            taken = as_json_walk_word(w, p, lines);
        }
        if (taken == 0) {
            taken = end - p < (ptrdiff_t)AS_JSON_WORD ? (unsigned)(end - p) : AS_JSON_WORD;
            walk_bytes(w, p, p + taken, lines);
        }
        p += taken;
    }
    walk_bytes(w, p, end, lines);
}

void as_json_walk_advance(struct as_json_walk *w, const uint8_t *bytes, size_t len, bool lines)
{
    w->lines = lines;
    if (lines) {
        walk(w, bytes, len, true);
    } else {
        walk(w, bytes, len, false);
    }
}

/* What the walk tells. */

const struct as_json_level *as_json_walk_levels(const struct as_json_walk *w, uint32_t *out_count)
{
    uint32_t count = w->depth;
    if (count != 0 && w->over == 0 && !w->levels[count - 1].is_array &&
        !w->levels[count - 1].has_key) {
        count--;
    }
    *out_count = count;
    return w->levels;
}

void as_json_walk_mark(struct as_json_walk *w, uint32_t level, uint64_t mark)
{
    if (level < w->depth) {
        w->levels[level].key_mark = mark;
    }
}

bool as_json_walk_in_key(const struct as_json_walk *w)
{
    return w->string == IN_KEY;
}

bool as_json_walk_too_deep(const struct as_json_walk *w)
{
    return w->too_deep;
}

uint64_t as_json_walk_record(const struct as_json_walk *w)
{
    return w->record;
}
