/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the way from bytes to located blocks. The first bytes choose block size, piece size and
 * a name; the rest is profiled, cut, and every block is compared with the text as a whole: bytes,
 * entry state, source offset, places, cells, JSON path. Any difference aborts.
 *
 * Must reach: as_text_profile, as_decode_prefix, as_decode, as_cutter_feed, as_cutter_finish,
 * as_structure_advance, as_structure_summarize, as_structure_compose, as_locate, as_locate_cell,
 * as_json_walk_advance, as_json_walk_path, as_source_length. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "text/charset.h"
#include "text/cutter.h"
#include "text/json_walk.h"
#include "text/locate.h"
#include "text/profile.h"
#include "text/structure.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** The text as a whole: one block, one walk, moved along as blocks come. */
struct whole {
    struct as_text *text;
    struct as_block *block; /* the decoded bytes */
    struct as_locator places;
    struct as_locator cells;
    struct as_json_walk *walk;
    struct as_entry composed;
    uint64_t offset;
    bool ended;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(struct whole *w, const struct as_block *b)
{
    struct as_locator l;
    as_locator_init(&l, b);
    for (uint32_t at = 0; at <= b->size; at += 1 + b->size / 3) {
        struct as_place place;
        struct as_place expected;
        as_locate(&l, at, &place);
        as_locate(&w->places, b->offset + at, &expected);
        MUST(place.line == expected.line && place.line_column == expected.line_column &&
             place.row == expected.row && place.column == expected.column &&
             place.source_offset == expected.source_offset);
        if (b->text->kind == AS_TEXT_DELIMITED) {
            struct as_cell cell;
            struct as_cell whole;
            as_locate_cell(&l, at, &cell);
            as_locate_cell(&w->cells, b->offset + at, &whole);
            MUST(cell.start <= (int64_t)at && cell.end >= (int64_t)at);
            MUST(cell.cut || (cell.start + (int64_t)b->offset == whole.start &&
                              cell.end + (int64_t)b->offset == whole.end));
        }
    }
}

static void check_path(struct whole *w, const struct as_block *b)
{
    bool lines = b->text->kind == AS_TEXT_JSON_LINES;
    if (b->walk != NULL) {
        struct as_strbuf path;
        struct as_strbuf expected;
        as_strbuf_init(&path, 8192);
        as_strbuf_init(&expected, 8192);
        as_json_walk_path(b->walk, &path);
        as_json_walk_path(w->walk, &expected);
        MUST(as_slice_equal(as_strbuf_view(&path), as_strbuf_view(&expected)));
        MUST(as_json_walk_record(b->walk) == as_json_walk_record(w->walk));
        as_strbuf_fini(&path);
        as_strbuf_fini(&expected);
        as_json_walk_advance(b->walk, b->data, b->size, lines);
    } else if (lines) {
        MUST(as_json_walk_record(w->walk) == b->entry.line);
    }
    for (uint32_t i = 0; i < b->size; i++) { /* one byte at a time never walks in words */
        as_json_walk_advance(w->walk, b->data + i, 1, lines);
    }
}

static void check_entry(struct whole *w, const struct as_block *b)
{
    const struct as_entry *e = &b->entry;
    const struct as_entry *c = &w->composed;
    MUST(e->line == c->line && e->line_chars == c->line_chars && e->row == c->row &&
         e->column == c->column && e->cell == c->cell && e->cell_bytes == c->cell_bytes &&
         e->open_lines == c->open_lines && e->in_quotes == c->in_quotes &&
         e->after_cr == c->after_cr);
    struct as_structure_summary summary;
    as_structure_summarize(b->text, b->data, b->size, &summary);
    as_structure_compose(&w->composed, b->text, &summary);
}

static enum as_status check_block(void *context, struct as_block *b)
{
    struct whole *w = context;
    MUST(!w->ended && b->offset == w->offset && b->offset + b->size <= w->block->size);
    MUST(memcmp(b->data - b->back, w->block->data + b->offset - b->back,
                (size_t)b->back + b->size + b->ahead) == 0);
    check_entry(w, b);
    check_places(w, b);
    check_path(w, b);
    w->offset += b->size;
    w->ended = b->last;
    as_block_free(b);
    return AS_OK;
}

/** The decoded text in one block. */
static struct as_block *decode_whole(struct as_text *t, struct as_slice raw)
{
    raw = as_slice(raw.ptr + t->bom_bytes, raw.len - t->bom_bytes);
    if (t->charset == AS_CHARSET_UTF8) {
        return as_block_of_bytes(t, raw.ptr, raw.len);
    }
    size_t cap = 3 * raw.len + 8;
    uint8_t *out = as_malloc(cap + AS_DECODE_SLACK);
    struct as_decoder d = {.charset = t->charset};
    size_t used;
    MUST(out != NULL);
    size_t len = raw.len == 0 ? 0 : as_decode(&d, raw, &used, out, cap);
    len += as_decode_finish(&d, out + len);
    struct as_block *b = as_block_of_bytes(t, out, len);
    as_free(out);
    return b;
}

static void cut(struct as_text *t, struct as_slice raw, uint32_t block_bytes, size_t piece)
{
    struct whole w = {.text = t, .block = decode_whole(t, raw), .walk = as_json_walk_new()};
    struct as_block_pool *pool = as_block_pool_new(block_bytes, 2, NULL);
    MUST(w.block != NULL && w.walk != NULL && pool != NULL);
    w.composed.cell = w.block->entry.cell;
    as_locator_init(&w.places, w.block);
    as_locator_init(&w.cells, w.block);
    struct as_cutter *c = as_cutter_new(t, pool, check_block, &w);
    MUST(c != NULL);
    for (size_t at = 0; at < raw.len; at += piece) {
        size_t n = raw.len - at < piece ? raw.len - at : piece;
        MUST(as_cutter_feed(c, raw.ptr + at, n) == AS_OK);
    }
    MUST(as_cutter_finish(c) == AS_OK);
    MUST(w.ended && w.offset == w.block->size);
    as_cutter_free(c);
    as_block_pool_free(pool);
    as_json_walk_free(w.walk);
    as_block_free(w.block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "a.csv", "a.tsv", "a.jsonl"};
    static const enum as_text_kind kinds[] = {AS_TEXT_PLAIN, AS_TEXT_DELIMITED, AS_TEXT_JSON,
                                              AS_TEXT_JSON_LINES};
    if (size < 3 || size > 65536) {
        return 0;
    }
    uint32_t block_bytes = 1U + data[0];
    size_t piece = 1U + data[1];
    bool whole = (data[2] & 4) != 0;
    /* Blocks of a few bytes in a long text cost much and show nothing new. */
    block_bytes = size > 2048 && block_bytes < 64 ? 64 : block_bytes;
    struct as_slice raw = as_slice(data + 3, size - 3);
    enum as_text_verdict verdict;
    struct as_text *t = NULL;
    MUST(as_text_profile(raw, whole, as_slice_of(names[data[2] & 3]), &verdict, &t) == AS_OK);
    MUST((t != NULL) == (verdict == AS_VERDICT_TEXT));
    if (t == NULL || (data[2] & 8) != 0) { /* what the profile would not choose must hold too */
        as_text_unref(t);
        t = as_text_new();
        MUST(t != NULL);
        t->kind = kinds[data[2] >> 4 & 3];
        t->charset = (enum as_charset)(data[2] >> 6 & 3);
        t->delimiter = t->kind == AS_TEXT_DELIMITED ? ',' : 0;
    }
    cut(t, raw, block_bytes, piece);
    as_text_unref(t);
    return 0;
}
