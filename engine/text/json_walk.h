/* SPDX-License-Identifier: Apache-2.0
 * Walking JSON without a tree: a resumable tokenizer that keeps the stack of keys and indexes, so
 * that the path of any byte is known. Tolerates damage (it never fails; after nonsense it
 * resynchronises at the next line in JSON Lines). Bounded: depth AS_JSON_DEPTH_MAX, key bytes kept
 * per element AS_JSON_KEY_MAX; deeper levels are counted, not kept. The state depends on the bytes
 * consumed since the start alone, never on how they were cut into calls. Threads: one at a time;
 * references may be dropped from any. Standard: RFC 8259. */
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
    bool key_cut;     /* the key was longer: its last AS_JSON_KEY_MAX bytes are kept */
    bool has_key;     /* objects: a key was read; only the innermost level can lack one */
    uint64_t
        key_mark; /* scan's keyword mask cache for this key; 0 when not computed; owned by scan */
    uint8_t key[AS_JSON_KEY_MAX];
};

/** NULL when out of memory. About 70 KiB; one reference. */
struct as_json_walk *as_json_walk_new(void) AS_MUST_CHECK;
/** Another reference: the blocks of a chain share one walk. */
struct as_json_walk *as_json_walk_ref(struct as_json_walk *w);
/** Drops a reference. NULL is fine. Any thread. */
void as_json_walk_free(struct as_json_walk *w);
/** Back to the start of a document, record 0. */
void as_json_walk_reset(struct as_json_walk *w);
/** Back to the start of a document, with `record` as the record index: how a JSON Lines block that
 * starts at a line is begun (record = block->entry.line; `after_cr` = block->entry.after_cr). */
void as_json_walk_start(struct as_json_walk *w, uint64_t record, bool after_cr);
/** Consumes `len` bytes. In JSON Lines (`lines`) every line end resets the walk, since a valid line
 * holds no raw line end, and counts a record. */
void as_json_walk_advance(struct as_json_walk *w, const uint8_t *bytes, size_t len, bool lines);
/** Levels from the root to the next byte to be consumed; *out_count <= AS_JSON_DEPTH_MAX. An object
 * between its members, or inside a key, is no level yet. Valid until the walk moves. */
const struct as_json_level *as_json_walk_levels(const struct as_json_walk *w, uint32_t *out_count);
/** Sets key_mark of level `level`, which must be < the count above. */
void as_json_walk_mark(struct as_json_walk *w, uint32_t level, uint64_t mark);
/** True when the next byte to be consumed is inside a string that is a key (not a value). */
bool as_json_walk_in_key(const struct as_json_walk *w);
bool as_json_walk_too_deep(const struct as_json_walk *w); /* ever deeper than AS_JSON_DEPTH_MAX */
/** Top-level values finished before: 0-based record index within a run of documents; in JSON Lines
 * lines ended before, blank ones too, so that it is the line index. */
uint64_t as_json_walk_record(const struct as_json_walk *w);
/** Appends Macie's jsonPath, 0-based: "$.a['b c'][3]". As Macie cuts: a name longer than 240
 * characters to "['...tail']", a path longer than 250 to its last elements, "$..b[3]". Bytes that
 * are no UTF-8 appear as U+FFFD. */
void as_json_walk_path(const struct as_json_walk *w, struct as_strbuf *out);

#endif
