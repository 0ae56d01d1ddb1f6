/* SPDX-License-Identifier: Apache-2.0
 * Walking JSON without a tree: a resumable tokenizer that keeps the stack of keys and indexes, so
 * that the path of any byte is known. Tolerates damage (it never fails; after nonsense it
 * resynchronises at the next line in JSON Lines). Bounded: depth AS_JSON_DEPTH_MAX, key bytes kept
 * per element AS_JSON_KEY_MAX; deeper levels are counted, not kept. */
#ifndef AS_TEXT_JSON_WALK_H
#define AS_TEXT_JSON_WALK_H

#include "base/strbuf.h"
#include "text/text.h"

#define AS_JSON_DEPTH_MAX 256U
#define AS_JSON_KEY_MAX 240U /* Macie cuts element names at 240 characters */

/** One level of the path: an object member's key, or an array index. */
struct as_json_level {
    bool is_array;
    uint64_t index;   /* arrays: 0-based index of the current element */
    uint32_t key_len; /* objects: bytes of the current key that are kept, escapes decoded */
    uint64_t
        key_mark; /* scan's keyword mask cache for this key; 0 when not computed; owned by scan */
    uint8_t key[AS_JSON_KEY_MAX];
};

/** NULL when out of memory. */
struct as_json_walk *as_json_walk_new(void) AS_MUST_CHECK;
void as_json_walk_free(struct as_json_walk *w);
/** Back to the start of a document. */
void as_json_walk_reset(struct as_json_walk *w);
/** Consumes `len` bytes. In JSON Lines (`lines`) a line end outside everything valid resets the
 * walk. */
void as_json_walk_advance(struct as_json_walk *w, const uint8_t *bytes, size_t len, bool lines);
/** Levels from the root; *out_count <= AS_JSON_DEPTH_MAX. Valid until the walk moves. */
const struct as_json_level *as_json_walk_levels(const struct as_json_walk *w, uint32_t *out_count);
/** True when the current byte is inside a string that is a key (not a value). */
bool as_json_walk_in_key(const struct as_json_walk *w);
bool as_json_walk_too_deep(const struct as_json_walk *w); /* ever deeper than AS_JSON_DEPTH_MAX */
/** Top-level values finished before: 0-based record index within a run of documents. */
uint64_t as_json_walk_record(const struct as_json_walk *w);
/** Appends Macie's jsonPath ("$.a['b c'][3]"), cut to 250 characters from the front as Macie does.
 */
void as_json_walk_path(const struct as_json_walk *w, struct as_strbuf *out);

#endif
