/* SPDX-License-Identifier: Apache-2.0
 * Keywords in the path of a nominee of JSON.
 *
 * The walk (text/json_walk.h) is moved to each nominee that needs its path, in ascending order.
 * Blocks of one document share the text's walk and are scanned in order. In JSON Lines every line
 * end resets the walk, so lines without a nominee are jumped over. Masks are kept at the levels of
 * the walk (bit 63: known), so that a key is looked up once however many values it holds. */
#include <string.h>

#include "base/hash.h"
#include "scan/reach.h"

void as_paths_begin_block(struct as_scan_worker *w)
{
    const struct as_block *b = w->block;
    w->walk_at = b->back;
    w->walk = b->walk;
    if (w->walk == NULL) {
        w->walk = w->own_walk;
        as_json_walk_start(w->walk, b->entry.line, b->entry.after_cr);
    }
}

/* Jumps to behind the last line end before `at`, when there is one to jump over. */
static void skip_lines(struct as_scan_worker *w, size_t at)
{
    if (w->walk != w->own_walk) {
        return;
    }
    const uint8_t *from = w->window + w->walk_at;
    const uint8_t *end = memrchr(from, '\n', at - w->walk_at);
    if (end != NULL) {
        as_json_walk_start(w->walk, 0, false);
        w->walk_at = (size_t)(end + 1 - w->window);
    }
}

void as_paths_seek(struct as_scan_worker *w, size_t at)
{
    if (at <= w->walk_at) {
        return;
    }
    bool lines = w->block->text->kind == AS_TEXT_JSON_LINES;
    if (lines) {
        skip_lines(w, at);
    }
    as_json_walk_advance(w->walk, w->window + w->walk_at, at - w->walk_at, lines);
    w->walk_at = at;
}

void as_paths_end_block(struct as_scan_worker *w)
{
    if (w->walk != w->own_walk) {
        as_paths_seek(w, w->block->back + (size_t)w->block->size);
    }
}

static struct as_slice key_of(const struct as_json_level *level)
{
    return as_slice(level->key, level->is_array ? 0 : level->key_len);
}

/* Keys come again and again: their masks are kept by hash. Two keys of one hash in 2^64 would have
 * to collide to be mistaken, and then only the gate would be. */
static uint64_t key_mask(struct as_scan_worker *w, const struct as_json_level *level)
{
    struct as_slice key = key_of(level);
    uint64_t hash = as_hash64(key.ptr, key.len, level->key_cut ? 1 : 0) | 1U;
    struct as_key_mask *slot = &w->key_masks[hash >> 32 & (AS_KEY_MASKS - 1)];
    if (slot->hash != hash) {
        bool required;
        uint64_t mask = as_name_mask(w, key, level->key_cut ? 1 : 0, &required);
        *slot = (struct as_key_mask){.hash = hash, .mask = mask | AS_MASK_KNOWN};
    }
    return slot->mask;
}

uint64_t as_paths_mask(struct as_scan_worker *w)
{
    uint32_t count;
    const struct as_json_level *levels = as_json_walk_levels(w->walk, &count);
    uint64_t mask = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (levels[i].is_array) {
            continue;
        }
        uint64_t mark = levels[i].key_mark;
        if (mark == 0) {
            mark = key_mask(w, &levels[i]);
            as_json_walk_mark(w->walk, i, mark);
        }
        mask |= mark;
    }
    return mask;
}

bool as_paths_has(struct as_scan_worker *w, uint16_t number)
{
    uint32_t count;
    const struct as_json_level *levels = as_json_walk_levels(w->walk, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool maybe = levels[i].key_mark == 0 || (levels[i].key_mark & as_mask_of(number)) != 0;
        if (!levels[i].is_array && maybe &&
            as_name_has(w, key_of(&levels[i]), levels[i].key_cut ? 1 : 0, number)) {
            return true;
        }
    }
    return false;
}
