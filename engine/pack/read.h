/* SPDX-License-Identifier: Apache-2.0
 * Definitions out of a pack's tree, into a growing list. Internal to engine/pack. */
#ifndef AS_PACK_READ_H
#define AS_PACK_READ_H

#include "base/error.h"
#include "base/slice.h"
#include "detectors/detector.h"
#include "pack/arena.h"

/** Definitions in the making; `items` is the heap's, all else the arena's. */
struct as_pack_list {
    struct as_detector *items;
    size_t count;
    size_t cap;
    struct as_pack_arena *arena;
};

/** Makes room and appends a copy. AS_E_LIMIT past AS_DETECTORS_MAX. */
enum as_status as_pack_list_add(struct as_pack_list *list, const struct as_detector *d,
                                struct as_error *err) AS_MUST_CHECK;
void as_pack_list_fini(struct as_pack_list *list);
/** Appends the definitions of one pack; on an error `list` may hold some of them. An id that stands
 * in `list` already is refused. */
enum as_status as_pack_read(struct as_slice yaml, const char *name, struct as_pack_list *list,
                            struct as_error *err) AS_MUST_CHECK;

#endif
