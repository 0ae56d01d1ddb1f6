/* SPDX-License-Identifier: Apache-2.0
 * The profile of a text: charset, then kind, then the names of its columns. The steps are in
 * profile_charset.c, profile_json.c and profile_delimited.c; this file puts them together.
 *
 * Names of columns are kept for the first AS_COLUMNS_MAX columns, each cut to COLUMN_NAME_BYTES at
 * a character's end, with quotes undone and malformed bytes replaced: what findings print. */
#include "text/profile.h"

#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "text/charset.h"
#include "text/delimited.h"
#include "text/profile_impl.h"

#define COLUMN_NAME_BYTES 1024U

static bool ends_with(struct as_slice name, const char *suffix)
{
    size_t len = strlen(suffix);
    return name.len >= len &&
           strncasecmp((const char *)name.ptr + name.len - len, suffix, len) == 0;
}

static enum as_delimited_hint delimited_hint(struct as_slice name)
{
    if (ends_with(name, ".tsv") || ends_with(name, ".tab")) {
        return AS_HINT_TABS;
    }
    return ends_with(name, ".csv") || ends_with(name, ".psv") ? AS_HINT_DELIMITED : AS_HINT_NONE;
}

/** A walk over the cells of the first row. */
struct header_walk {
    struct as_slice body;
    struct as_delimited_state state;
    char delimiter;
    size_t at;
    bool done;
};

static bool next_cell(struct header_walk *h, struct as_slice *out)
{
    if (h->done) {
        return false;
    }
    size_t start = h->at;
    while (h->at < h->body.len) {
        unsigned events = as_delimited_step(&h->state, h->body.ptr[h->at++], h->delimiter);
        if ((events & 3) != 0) {
            h->done = (events & 2) != 0;
            *out = as_slice(h->body.ptr + start, h->at - 1 - start);
            return true;
        }
    }
    h->done = true;
    *out = as_slice(h->body.ptr + start, h->at - start);
    return true;
}

/** Writes the name that a cell holds to `out` (COLUMN_NAME_BYTES): returns its length. */
static size_t read_name(struct as_slice cell, uint8_t out[COLUMN_NAME_BYTES])
{
    size_t n = 0;
    bool quoted = cell.len != 0 && cell.ptr[0] == '"';
    for (size_t i = quoted; i < cell.len;) {
        uint32_t c;
        unsigned len = as_utf8_decode(cell.ptr + i, cell.len - i, &c);
        if (quoted && cell.ptr[i] == '"') {
            quoted = i + 1 < cell.len && cell.ptr[i + 1] == '"'; /* doubled, or the end */
            i += quoted ? 1 : 0;
            if (!quoted) {
                i++;
                continue;
            }
        }
        uint8_t utf8[4];
        unsigned put = as_utf8_encode(len == 0 ? 0xfffd : c, utf8);
        if (n + put > COLUMN_NAME_BYTES) {
            break;
        }
        memcpy(out + n, utf8, put);
        n += put;
        i += len == 0 ? 1 : len;
    }
    return n;
}

static struct as_slice trim(struct as_slice s)
{
    while (s.len != 0 && s.ptr[0] <= ' ') {
        s = as_slice(s.ptr + 1, s.len - 1);
    }
    while (s.len != 0 && s.ptr[s.len - 1] <= ' ') {
        s.len--;
    }
    return s;
}

/** Counts the first row's cells and the bytes that their names need at most. */
static void measure_header(struct header_walk h, uint32_t *out_count, size_t *out_bytes)
{
    struct as_slice cell;
    *out_count = 0;
    *out_bytes = 0;
    while (*out_count < AS_COLUMNS_MAX && next_cell(&h, &cell)) {
        size_t most = 3 * cell.len; /* each byte may become U+FFFD */
        *out_bytes += most > COLUMN_NAME_BYTES ? COLUMN_NAME_BYTES : most;
        (*out_count)++;
    }
}

static enum as_status read_header(struct as_text *text, struct as_slice body)
{
    struct header_walk h = {
        .body = body, .state = as_delimited_start(text), .delimiter = text->delimiter};
    uint32_t count;
    size_t bytes;
    measure_header(h, &count, &bytes);
    text->names = as_malloc(bytes);
    if (text->names == NULL) {
        return AS_E_NO_MEMORY;
    }
    uint8_t *to = text->names;
    struct as_slice cell;
    count = count < text->column_count ? count : text->column_count;
    for (uint32_t i = 0; i < count && next_cell(&h, &cell); i++) {
        uint8_t name[COLUMN_NAME_BYTES];
        struct as_slice trimmed = trim(as_slice(name, read_name(cell, name)));
        if (trimmed.len >= 2 && trimmed.ptr[0] == '"' && trimmed.ptr[trimmed.len - 1] == '"' &&
            cell.ptr[0] != '"') { /* blanks stand before the quotes */
            trimmed = trim(as_slice(trimmed.ptr + 1, trimmed.len - 2));
        }
        if (trimmed.len != 0) {
            memcpy(to, trimmed.ptr, trimmed.len);
        }
        text->columns[i].name = as_slice(to, trimmed.len);
        to += trimmed.len;
    }
    return AS_OK;
}

/** Rows that end in the first `len` bytes. */
static uint32_t count_rows(const struct as_text *text, struct as_slice body, size_t len)
{
    uint32_t rows = 0;
    struct as_delimited_state state = as_delimited_start(text);
    for (size_t i = 0; i < len; i++) {
        rows += (as_delimited_step(&state, body.ptr[i], text->delimiter) & 2) != 0;
    }
    return rows;
}

static enum as_status fill_delimited(struct as_text *text, struct as_slice body,
                                     const struct as_delimited_profile *p)
{
    text->kind = AS_TEXT_DELIMITED;
    text->delimiter = p->delimiter;
    text->quotes_off = p->quotes_off;
    text->has_header = p->has_header;
    text->header_row = p->has_header ? 1 + count_rows(text, body, p->header_bytes) : 0;
    text->mime = p->delimiter == '\t' ? "text/tab-separated-values" : "text/csv";
    text->column_count = p->columns > AS_COLUMNS_MAX ? AS_COLUMNS_MAX : p->columns;
    text->columns = as_calloc(text->column_count, sizeof *text->columns);
    if (text->columns == NULL) {
        return AS_E_NO_MEMORY;
    }
    struct as_slice rows = as_slice(body.ptr + p->header_bytes, body.len - p->header_bytes);
    return p->has_header ? read_header(text, rows) : AS_OK;
}

/** Kind and columns from the decoded start of the text. */
static enum as_status fill_kind(struct as_text *text, struct as_slice body, bool whole,
                                struct as_slice name)
{
    bool hint_lines = ends_with(name, ".jsonl") || ends_with(name, ".ndjson");
    switch (as_profile_json(body, whole, hint_lines)) {
    case AS_JSON_LINES:
        text->kind = AS_TEXT_JSON_LINES;
        text->mime = "application/x-ndjson";
        return AS_OK;
    case AS_JSON_DOCUMENT:
        text->kind = AS_TEXT_JSON;
        text->mime = "application/json";
        return AS_OK;
    case AS_JSON_NONE:
    default:
        break;
    }
    struct as_delimited_profile p;
    AS_TRY(as_profile_delimited(body, whole, delimited_hint(name), &p));
    return p.delimited ? fill_delimited(text, body, &p) : AS_OK;
}

enum as_status as_text_profile(struct as_slice prefix, bool whole, struct as_slice name,
                               enum as_text_verdict *out_verdict, struct as_text **out)
{
    if (prefix.len > AS_PROFILE_BYTES) {
        prefix.len = AS_PROFILE_BYTES;
        whole = false;
    }
    struct as_encoding encoding = as_profile_encoding(prefix);
    if (encoding.verdict != AS_VERDICT_TEXT) {
        *out_verdict = encoding.verdict;
        return AS_OK;
    }
    struct as_slice body;
    uint8_t *decoded;
    AS_TRY(as_decode_prefix(encoding.charset, encoding.bom_bytes, prefix, &body, &decoded));
    struct as_text *text = as_text_new();
    enum as_status status = AS_E_NO_MEMORY;
    if (text != NULL) {
        text->charset = encoding.charset;
        text->bom_bytes = encoding.bom_bytes;
        text->foreign = encoding.foreign;
        /* What the decoded bytes were cut to is not the whole. */
        status = fill_kind(text, body, whole && body.len < AS_PROFILE_BYTES, name);
    }
    as_free(decoded);
    if (status != AS_OK) {
        as_text_unref(text);
        return status;
    }
    *out_verdict = AS_VERDICT_TEXT;
    *out = text;
    return AS_OK;
}
