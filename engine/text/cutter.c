/* SPDX-License-Identifier: Apache-2.0
 * The cutter fills one buffer of the pool. Once it holds a block and AS_REACH_AHEAD bytes behind
 * it, the block goes out: its end state is worked out first, what the next block needs (up to
 * AS_REACH_BACK bytes before its start, and everything behind) is copied to a second buffer, and
 * then the first is handed over. So UTF-8 is copied only where blocks overlap; other character sets
 * are decoded from a small staging buffer into the same place.
 *
 * Where a block ends depends on decoded bytes and offsets only: after block_bytes, or in JSON Lines
 * behind the last line end before that. A '\r' whose '\n' falls into the next block is no such end.
 *
 * JSON Lines with a line longer than a block: the blocks from that line's start up to the first
 * that holds a line end are a chain. A chain has a walk of its own, to which each of its blocks
 * holds a reference. A failure (of the sink, of memory, a cancel) sticks: every later call returns
 * it. */
#include "text/cutter.h"

#include <string.h>

#include "base/mem.h"
#include "text/block.h"
#include "text/charset.h"
#include "text/delimited.h"
#include "text/json_walk.h"
#include "text/structure.h"

#define STAGING_BYTES 65536U

_Static_assert(AS_DECODE_SLACK <= AS_BUFFER_SLACK, "a decoder may overrun a buffer's capacity");

struct as_cutter {
    struct as_text *text;
    struct as_block_pool *pool;
    as_block_fn *emit;
    void *context;
    size_t block_bytes;
    size_t capacity; /* payload and ahead of one buffer */
    struct as_buffer *buffer;
    size_t filled; /* decoded bytes in the buffer from the payload's start */
    size_t back;   /* readable bytes before it */
    uint64_t offset;
    uint64_t source_offset;
    uint64_t sequence;
    struct as_entry entry;
    struct as_json_walk *walk; /* of the document, or of the chain that goes on */
    uint8_t *staging;          /* raw bytes of a text that is not UTF-8; NULL until needed */
    struct as_decoder decoder;
    unsigned bom_left;
    bool finished;
    enum as_status failure;
};

struct as_cutter *as_cutter_new(struct as_text *text, struct as_block_pool *pool, as_block_fn *emit,
                                void *context)
{
    struct as_cutter *c = as_calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    if (text->kind == AS_TEXT_JSON && (c->walk = as_json_walk_new()) == NULL) {
        as_free(c);
        return NULL;
    }
    c->text = as_text_ref(text);
    c->pool = pool;
    c->emit = emit;
    c->context = context;
    c->block_bytes = as_block_pool_block_bytes(pool);
    c->capacity = c->block_bytes + AS_REACH_AHEAD;
    c->entry.cell = as_delimited_start(text).cell;
    c->source_offset = text->bom_bytes;
    c->bom_left = text->bom_bytes;
    c->decoder.charset = text->charset;
    return c;
}

void as_cutter_free(struct as_cutter *c)
{
    if (c == NULL) {
        return;
    }
    as_block_pool_release(c->buffer);
    as_json_walk_free(c->walk);
    as_text_unref(c->text);
    as_free(c->staging);
    as_free(c);
}

uint64_t as_cutter_blocks(const struct as_cutter *c)
{
    return c->sequence;
}

static enum as_status need_buffer(struct as_cutter *c)
{
    return c->buffer != NULL ? AS_OK : as_block_pool_acquire(c->pool, &c->buffer);
}

/** Length of the payload up to the last line end in it; 0 when there is none. */
static size_t last_line_end(const uint8_t *text, size_t payload)
{
    const uint8_t *lf = memrchr(text, '\n', payload);
    size_t end = lf == NULL ? 0 : (size_t)(lf - text) + 1;
    for (size_t until = payload; until > end;) {
        const uint8_t *cr = memrchr(text + end, '\r', until - end);
        if (cr == NULL) {
            break;
        }
        if (cr[1] != '\n') {
            return (size_t)(cr - text) + 1;
        }
        until = (size_t)(cr - text);
    }
    return end;
}

/** Decides the next block's payload and walk. `last`: everything that is left. */
static enum as_status shape_block(struct as_cutter *c, bool last, size_t *out_payload,
                                  bool *out_chain_ends)
{
    *out_payload = last ? c->filled : c->block_bytes;
    *out_chain_ends = false;
    if (c->text->kind != AS_TEXT_JSON_LINES || last) {
        return AS_OK;
    }
    size_t lines = last_line_end(c->buffer->text, c->block_bytes);
    if (lines != 0) {
        *out_payload = lines;
        *out_chain_ends = true;
        return AS_OK;
    }
    if (c->walk == NULL) {
        c->walk = as_json_walk_new();
        if (c->walk == NULL) {
            return AS_E_NO_MEMORY;
        }
        as_json_walk_start(c->walk, c->entry.line, c->entry.after_cr);
    }
    return AS_OK;
}

/** Copies what the block after `payload` bytes needs. Returns its bytes before the payload. */
static size_t carry_over(const struct as_cutter *c, size_t payload, struct as_buffer *next)
{
    size_t before = c->back + payload;
    size_t back = before < AS_REACH_BACK ? before : AS_REACH_BACK;
    memcpy(next->text - back, c->buffer->text + payload - back, back + (c->filled - payload));
    return back;
}

static enum as_status hand_over(struct as_cutter *c, bool last)
{
    size_t payload;
    bool chain_ends;
    struct as_buffer *next = NULL;
    AS_TRY(shape_block(c, last, &payload, &chain_ends));
    if (!last) {
        AS_TRY(as_block_pool_acquire(c->pool, &next));
    }
    struct as_buffer *b = c->buffer;
    memset(b->text + c->filled, 0, AS_BLOCK_PADDING);
    b->block = (struct as_block){.text = as_text_ref(c->text),
                                 .sequence = c->sequence,
                                 .offset = c->offset,
                                 .source_offset = c->source_offset,
                                 .data = b->text,
                                 .size = (uint32_t)payload,
                                 .back = (uint32_t)c->back,
                                 .ahead = (uint32_t)(c->filled - payload),
                                 .entry = c->entry,
                                 .last = last,
                                 .walk = c->walk == NULL ? NULL : as_json_walk_ref(c->walk),
                                 .buffer = b};
    if (!last) {
        as_structure_advance(&c->entry, c->text, b->text, payload);
        c->source_offset += as_source_length(c->text->charset, b->text, payload);
        c->back = carry_over(c, payload, next);
        c->filled -= payload;
        c->offset += payload;
    }
    c->buffer = next;
    if (chain_ends) {
        as_json_walk_free(c->walk);
        c->walk = NULL;
    }
    enum as_status status = c->emit(c->context, &b->block);
    if (status != AS_OK) {
        as_block_free(&b->block);
        return status;
    }
    c->sequence++;
    return AS_OK;
}

/** Hands over what is ready. */
static enum as_status hand_over_full(struct as_cutter *c)
{
    while (c->filled >= c->capacity) {
        AS_TRY(hand_over(c, false));
    }
    return AS_OK;
}

static enum as_status decode_in(struct as_cutter *c, struct as_slice raw)
{
    while (raw.len != 0) {
        AS_TRY(need_buffer(c));
        size_t used;
        c->filled += as_decode(&c->decoder, raw, &used, c->buffer->text + c->filled,
                               c->capacity - c->filled);
        raw = as_slice(raw.ptr + used, raw.len - used);
        AS_TRY(hand_over_full(c));
    }
    return AS_OK;
}

/** Bytes of the byte order mark at the start of the next `len` bytes. */
static size_t skip_bom(struct as_cutter *c, size_t len)
{
    unsigned skip = len < c->bom_left ? (unsigned)len : c->bom_left;
    c->bom_left -= skip;
    return skip;
}

static enum as_status open_space(struct as_cutter *c, void **out_ptr, size_t *out_cap)
{
    if (c->text->charset == AS_CHARSET_UTF8) {
        AS_TRY(need_buffer(c));
        *out_ptr = c->buffer->text + c->filled;
        *out_cap = c->capacity - c->filled;
        return AS_OK;
    }
    if (c->staging == NULL) {
        c->staging = as_malloc(STAGING_BYTES);
        if (c->staging == NULL) {
            return AS_E_NO_MEMORY;
        }
    }
    *out_ptr = c->staging;
    *out_cap = STAGING_BYTES;
    return AS_OK;
}

static enum as_status commit(struct as_cutter *c, size_t len)
{
    size_t skip = skip_bom(c, len);
    if (c->text->charset != AS_CHARSET_UTF8) {
        return decode_in(c, as_slice(c->staging + skip, len - skip));
    }
    if (skip != 0) {
        memmove(c->buffer->text + c->filled, c->buffer->text + c->filled + skip, len - skip);
    }
    c->filled += len - skip;
    return hand_over_full(c);
}

static enum as_status feed(struct as_cutter *c, struct as_slice raw)
{
    size_t skip = skip_bom(c, raw.len);
    raw = as_slice(raw.ptr + skip, raw.len - skip);
    if (c->text->charset != AS_CHARSET_UTF8) {
        return decode_in(c, raw);
    }
    while (raw.len != 0) {
        AS_TRY(need_buffer(c));
        size_t room = c->capacity - c->filled;
        size_t n = raw.len < room ? raw.len : room;
        memcpy(c->buffer->text + c->filled, raw.ptr, n);
        c->filled += n;
        raw = as_slice(raw.ptr + n, raw.len - n);
        AS_TRY(hand_over_full(c));
    }
    return AS_OK;
}

static enum as_status finish(struct as_cutter *c)
{
    AS_TRY(need_buffer(c)); /* an empty text has a block too */
    if (c->text->charset != AS_CHARSET_UTF8) {
        c->filled += as_decode_finish(&c->decoder, c->buffer->text + c->filled);
    }
    while (c->filled > c->block_bytes) {
        AS_TRY(hand_over(c, false));
    }
    return hand_over(c, true);
}

enum as_status as_cutter_space(struct as_cutter *c, void **out_ptr, size_t *out_cap)
{
    if (c->failure == AS_OK) {
        c->failure = c->finished ? AS_E_BUG : open_space(c, out_ptr, out_cap);
    }
    return c->failure;
}

enum as_status as_cutter_commit(struct as_cutter *c, size_t len)
{
    if (c->failure == AS_OK && len != 0) {
        size_t room = c->text->charset != AS_CHARSET_UTF8 ? STAGING_BYTES
                      : c->buffer == NULL                 ? 0
                                                          : c->capacity - c->filled;
        bool no_space = c->text->charset != AS_CHARSET_UTF8 && c->staging == NULL;
        c->failure = c->finished || no_space || len > room ? AS_E_BUG : commit(c, len);
    }
    return c->failure;
}

enum as_status as_cutter_feed(struct as_cutter *c, const void *bytes, size_t len)
{
    if (c->failure == AS_OK && len != 0) {
        c->failure = c->finished ? AS_E_BUG : feed(c, as_slice(bytes, len));
    }
    return c->failure;
}

enum as_status as_cutter_finish(struct as_cutter *c)
{
    if (c->failure == AS_OK) {
        c->failure = c->finished ? AS_E_BUG : finish(c);
        c->finished = true;
    }
    return c->failure;
}
