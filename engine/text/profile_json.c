/* SPDX-License-Identifier: Apache-2.0
 * Is it JSON, and one value a line or one document?
 *
 * JSON Lines: at least two lines, each a whole object or array, where one in ten may be damaged.
 * With a name that says so one line is enough. Otherwise a text is a document when it is one value,
 * or several run together, up to the end of what is looked at. Anything else is plain text, as
 * Macie reads malformed files. Values at the top are objects and arrays only: a file of numbers is
 * plain. Beyond RFC 8259, NaN and Infinity are taken, and tabs inside strings. */
#include "text/profile_impl.h"

#define DEPTH_MAX 1024U

enum outcome { VALID, CUT, INVALID };
enum expected { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

struct reader {
    const uint8_t *p;
    const uint8_t *end;
    uint32_t depth;
    enum expected expected;
    uint64_t arrays[DEPTH_MAX / 64]; /* bit: that level is an array */
};

static bool is_space(uint8_t b)
{
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && is_space(*r->p)) {
        r->p++;
    }
}

/** From behind the opening quote to behind the closing one. */
static enum outcome read_string(struct reader *r)
{
    while (r->p < r->end) {
        uint8_t b = *r->p++;
        if (b == '"') {
            return VALID;
        }
        if (b == '\\') {
            if (r->p == r->end) {
                return CUT;
            }
            if (strchr("\"\\/bfnrtu", *r->p) == NULL || *r->p == 0) {
                return INVALID;
            }
            r->p++;
        } else if (b < 0x20 && b != '\t') {
            return INVALID;
        }
    }
    return CUT;
}

static bool is_token_byte(uint8_t b)
{
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '-' ||
           b == '+' || b == '.';
}

static bool is_number(struct as_slice t)
{
    size_t i = t.len != 0 && t.ptr[0] == '-';
    if (i == t.len || t.ptr[i] < '0' || t.ptr[i] > '9') {
        return false;
    }
    bool exponent = false;
    bool point = false;
    for (; i < t.len; i++) {
        uint8_t b = t.ptr[i];
        if (b >= '0' && b <= '9') {
            continue;
        }
        if (b == '.' && !point && !exponent) {
            point = true;
        } else if ((b == 'e' || b == 'E') && !exponent && i + 1 < t.len) {
            exponent = true;
            i += t.ptr[i + 1] == '+' || t.ptr[i + 1] == '-';
        } else {
            return false;
        }
    }
    return true;
}

static enum outcome read_token(struct reader *r)
{
    const uint8_t *from = r->p;
    while (r->p < r->end && is_token_byte(*r->p)) {
        r->p++;
    }
    struct as_slice t = as_slice(from, (size_t)(r->p - from));
    if (t.len != 0 && r->p == r->end) {
        return CUT;
    }
    static const char *const literals[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(literals); i++) {
        if (as_slice_equal(t, as_slice_of(literals[i]))) {
            return VALID;
        }
    }
    return is_number(t) ? VALID : INVALID;
}

static bool in_array(const struct reader *r)
{
    return (r->arrays[(r->depth - 1) / 64] >> ((r->depth - 1) % 64) & 1) != 0;
}

static enum outcome open_level(struct reader *r, bool array)
{
    if (r->depth == DEPTH_MAX) {
        return CUT; /* good so far */
    }
    uint64_t bit = UINT64_C(1) << (r->depth % 64);
    uint64_t *word = &r->arrays[r->depth / 64];
    *word = array ? *word | bit : *word & ~bit;
    r->depth++;
    r->expected = array ? VALUE_OR_END : KEY_OR_END;
    return VALID;
}

static enum outcome read_value(struct reader *r)
{
    uint8_t b = *r->p;
    if (b == '{' || b == '[') {
        r->p++;
        return open_level(r, b == '[');
    }
    r->expected = COMMA_OR_END;
    if (b == '"') {
        r->p++;
        return read_string(r);
    }
    return read_token(r);
}

/** One token, where r->p < r->end is no space and r->depth != 0. */
static enum outcome read_step(struct reader *r)
{
    uint8_t b = *r->p;
    bool may_end =
        r->expected == VALUE_OR_END || r->expected == KEY_OR_END || r->expected == COMMA_OR_END;
    if (may_end && b == (in_array(r) ? ']' : '}')) {
        r->p++;
        r->depth--;
        r->expected = COMMA_OR_END;
        return VALID;
    }
    switch (r->expected) {
    case VALUE:
    case VALUE_OR_END:
        return read_value(r);
    case KEY:
    case KEY_OR_END:
        r->p++;
        r->expected = COLON;
        return b == '"' ? read_string(r) : INVALID;
    case COLON:
        r->p++;
        r->expected = VALUE;
        return b == ':' ? VALID : INVALID;
    case COMMA_OR_END:
    default:
        r->p++;
        r->expected = in_array(r) ? VALUE : KEY;
        return b == ',' ? VALID : INVALID;
    }
}

/** One object or array at *p, which moves behind it when VALID. */
static enum outcome read_container(const uint8_t **p, const uint8_t *end)
{
    struct reader r = {.p = *p, .end = end, .expected = VALUE};
    if (r.p == end || (*r.p != '{' && *r.p != '[')) {
        return INVALID;
    }
    enum outcome o = read_value(&r);
    while (o == VALID && r.depth != 0) {
        skip_space(&r);
        o = r.p == r.end ? CUT : read_step(&r);
    }
    if (o == VALID) {
        *p = r.p;
    }
    return o;
}

struct line_tally {
    size_t valid;
    size_t invalid;
    size_t cut; /* 1: the last line is cut by the end of what is looked at, and good so far */
};

static struct line_tally tally_lines(struct as_slice s, bool whole)
{
    struct line_tally t = {0};
    const uint8_t *end = s.ptr + s.len;
    for (const uint8_t *p = s.ptr; p < end;) {
        const uint8_t *stop = p;
        while (stop < end && *stop != '\n' && *stop != '\r') {
            stop++;
        }
        struct reader r = {.p = p, .end = stop};
        skip_space(&r);
        bool last = stop == end;
        if (r.p != stop) {
            enum outcome o = read_container(&r.p, stop);
            skip_space(&r);
            if (o == VALID && r.p == stop) {
                t.valid++;
            } else if (o == CUT && last && !whole) {
                t.cut = 1;
            } else {
                t.invalid++;
            }
        }
        if (t.invalid > 8 && t.valid == 0) { /* no JSON Lines; spare the rest */
            return t;
        }
        p = last ? end : stop + 1;
    }
    return t;
}

static bool is_document(struct as_slice s, bool whole)
{
    struct reader r = {.p = s.ptr, .end = s.ptr + s.len};
    enum outcome o = VALID;
    while (o == VALID) {
        skip_space(&r);
        if (r.p == r.end) {
            return true;
        }
        o = read_container(&r.p, r.end);
    }
    return o == CUT && !whole;
}

enum as_json_shape as_profile_json(struct as_slice body, bool whole, bool hint_lines)
{
    struct as_slice window = as_profile_window(body);
    bool ends = whole && window.len == body.len;
    struct reader r = {.p = window.ptr, .end = window.ptr + window.len};
    skip_space(&r);
    if (r.p == r.end || (*r.p != '{' && *r.p != '[')) {
        return AS_JSON_NONE;
    }
    struct line_tally t = tally_lines(window, ends);
    if (t.valid + t.cut >= 2 && t.valid >= 1 && t.valid >= 9 * t.invalid) {
        return AS_JSON_LINES;
    }
    if (hint_lines && t.valid + t.cut >= 1 && t.valid + t.cut > t.invalid) {
        return AS_JSON_LINES;
    }
    return is_document(window, ends) ? AS_JSON_DOCUMENT : AS_JSON_NONE;
}
