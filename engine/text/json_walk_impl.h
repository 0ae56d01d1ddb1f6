/* SPDX-License-Identifier: Apache-2.0
 * Private to engine/text: the state of a JSON walk and what both of its loops do to it. */
#ifndef AS_TEXT_JSON_WALK_IMPL_H
#define AS_TEXT_JSON_WALK_IMPL_H

#include <stdatomic.h>

#include "base/attr.h"
#include "text/json_walk.h"

enum string_state {
    OUTSIDE,   /* between strings */
    IN_STRING, /* inside a string that is no key */
    IN_KEY     /* inside a key */
};

struct as_json_walk {
    atomic_uint refs;
    uint8_t string; /* enum string_state */
    bool escaped;   /* the byte before was a backslash */
    bool in_token;  /* inside a bare token (number, true, nonsense) at the root */
    bool after_cr;
    bool too_deep;
    bool lines;       /* records are lines */
    uint8_t hex_left; /* digits of \uXXXX still to come */
    uint32_t hex;     /* and those that came */
    uint32_t high;    /* a high surrogate that waits for its low one; 0 when none */
    uint32_t depth;   /* levels kept */
    uint64_t over;    /* levels below those */
    uint64_t record;
    uint32_t window_len;
    bool window_cut;
    uint8_t window[2 * AS_JSON_KEY_MAX];
    struct as_json_level levels[AS_JSON_DEPTH_MAX];
};

/** Back to the root, in the same record. */
AS_INLINE void to_root(struct as_json_walk *w)
{
    w->string = OUTSIDE;
    w->escaped = false;
    w->in_token = false;
    w->hex_left = 0;
    w->hex = 0;
    w->high = 0;
    w->depth = 0;
    w->over = 0;
    w->window_len = 0;
    w->window_cut = false;
}

AS_INLINE void end_value(struct as_json_walk *w)
{
    w->record += !w->lines && w->depth == 0;
}

AS_INLINE void push(struct as_json_walk *w, bool is_array)
{
    if (w->depth == AS_JSON_DEPTH_MAX) {
        w->over++;
        w->too_deep = true;
        return;
    }
    struct as_json_level *l = &w->levels[w->depth++];
    l->is_array = is_array;
    l->index = 0;
    l->key_len = 0;
    l->key_cut = false;
    l->has_key = false;
    l->key_mark = 0;
}

AS_INLINE void pop(struct as_json_walk *w)
{
    if (w->over != 0) {
        w->over--;
    } else if (w->depth != 0) {
        w->depth--;
        end_value(w);
    }
}

AS_INLINE void next_element(struct as_json_walk *w)
{
    if (w->over != 0 || w->depth == 0) {
        return;
    }
    struct as_json_level *top = &w->levels[w->depth - 1];
    if (top->is_array) {
        top->index++;
    } else {
        top->has_key = false;
    }
}

/** True when a string that opens here is a key. */
AS_INLINE bool needs_key(const struct as_json_walk *w)
{
    if (w->over != 0 || w->depth == 0) {
        return false;
    }
    const struct as_json_level *top = &w->levels[w->depth - 1];
    return !top->is_array && !top->has_key;
}

AS_INLINE void open_string(struct as_json_walk *w)
{
    w->string = needs_key(w) ? IN_KEY : IN_STRING;
    w->window_len = 0;
    w->window_cut = false;
}

/** A line end in JSON Lines: the next record begins. */
AS_INLINE void end_line(struct as_json_walk *w, bool second)
{
    if (!second) {
        to_root(w);
        w->record++;
    }
}

#define AS_JSON_WORD 64U
/** Walks up to AS_JSON_WORD bytes, which must be there. The walk must be outside keys and escapes,
 * and in a document not at the root. Returns the bytes taken: 0 when they are for walk_bytes. */
unsigned as_json_walk_word(struct as_json_walk *w, const uint8_t *p, bool lines);

#endif
