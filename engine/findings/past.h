/* SPDX-License-Identifier: Apache-2.0
 * What an earlier run said: its discovery results (results.jsonl of ours, Macie's .jsonl), read
 * back to objects with their status and counts. Records of archive members are left out, since the
 * object's own record has their sums. Bytes in, objects out; whoever calls reads the files.
 * Hostile input: a line that is no discovery result is an error with its number; lines and objects
 * are limited. Threads: one owner while it is fed, then any reader. */
#ifndef AS_FINDINGS_PAST_H
#define AS_FINDINGS_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define AS_PAST_LINE_BYTES_MAX ((size_t)256 << 20)
#define AS_PAST_OBJECTS_MAX 20000000U

struct as_past_type {
    const char *name; /* id, or a custom identifier's name */
    uint64_t count;
};

/** One object. Texts are the past's own. */
struct as_past_object {
    const char *id;             /* of its finding; "" when the record has none */
    const char *bucket;         /* "" for files */
    const char *key;            /* as written */
    const char *identity;       /* the key's bytes in base64 when it is not UTF-8, else `key` */
    const char *status;         /* COMPLETE, PARTIAL, SKIPPED */
    const char *reason;         /* "" for none */
    struct as_past_type *types; /* by name */
    uint32_t type_count;
};

struct as_past;
struct as_past *as_past_new(void) AS_MUST_CHECK;
void as_past_free(struct as_past *p); /* NULL is fine */
/** The next bytes of the file `name`. AS_E_USAGE names file and line. */
enum as_status as_past_feed(struct as_past *p, const char *name, const void *bytes, size_t len,
                            struct as_error *err) AS_MUST_CHECK;
/** The file ends: takes a last line without a newline. */
enum as_status as_past_end(struct as_past *p, const char *name, struct as_error *err) AS_MUST_CHECK;
/** After the last file: by bucket and key; records of one object are made one, counts summed. */
enum as_status as_past_sort_by_key(struct as_past *p) AS_MUST_CHECK;
/** After the last file: by id, for as_past_find. */
void as_past_sort_by_id(struct as_past *p);
const struct as_past_object *as_past_objects(const struct as_past *p, size_t *out_count);
/** The object whose finding has this id, or NULL. After as_past_sort_by_id. */
const struct as_past_object *as_past_find(const struct as_past *p, const char *id);
/** Count of a type, 0 when it was not found. */
uint64_t as_past_count(const struct as_past_object *o, const char *type);
/** Order of as_past_sort_by_key. */
int as_past_compare(const struct as_past_object *a, const struct as_past_object *b);

#endif
