/* SPDX-License-Identifier: Apache-2.0
 * Places, by moving the block's entry state forward to each of them in turn. */
#include "text/locate.h"

#include "text/structure.h"
#include "text/structure_impl.h"

void as_locator_init(struct as_locator *l, const struct as_block *block)
{
    *l = (struct as_locator){
        .block = block, .source_offset = block->source_offset, .state = block->entry};
}

static void move_to(struct as_locator *l, uint64_t at)
{
    const struct as_block *b = l->block;
    uint64_t readable = (uint64_t)b->size + b->ahead;
    at = at > readable ? readable : at;
    if (at < l->position) {
        as_locator_init(l, b);
    }
    size_t len = (size_t)(at - l->position);
    if (len == 0) {
        return;
    }
    const uint8_t *from = b->data + l->position;
    as_structure_advance(&l->state, b->text, from, len);
    l->source_offset += as_source_length(b->text->charset, from, len);
    l->position = at;
}

void as_locate(struct as_locator *l, uint64_t at, struct as_place *out)
{
    move_to(l, at);
    bool delimited = l->block->text->kind == AS_TEXT_DELIMITED;
    uint32_t column = l->state.column;
    *out = (struct as_place){.line = l->state.line + 1,
                             .line_column = l->state.line_chars + 1,
                             .row = delimited ? l->state.row + 1 : 0,
                             .column = !delimited             ? 0
                                       : column == UINT32_MAX ? column
                                                              : column + 1,
                             .source_offset = l->source_offset};
}

void as_locate_cell(struct as_locator *l, uint64_t at, struct as_cell *out)
{
    move_to(l, at);
    const struct as_block *b = l->block;
    uint64_t readable = (uint64_t)b->size + b->ahead;
    if (l->cell_end < l->position || l->cell_end == 0 || l->state.cell_bytes == 0) {
        struct as_delimited_state state = as_delimited_entry(&l->state);
        l->cell_end = l->position + as_structure_kernel()->cell_end(
                                        &state, b->text->delimiter, b->data + l->position,
                                        (size_t)(readable - l->position));
    }
    uint64_t before = l->position + b->back;
    bool cut_before = l->state.cell_bytes > before;
    out->start =
        cut_before ? -(int64_t)b->back : (int64_t)l->position - (int64_t)l->state.cell_bytes;
    out->end = (int64_t)l->cell_end;
    out->cut = cut_before || (l->cell_end == readable && !b->last);
}
