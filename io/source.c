/* SPDX-License-Identifier: Apache-2.0
 * struct as_object: made by the listing thread, handed over whole, freed by whoever ends with it.
 */
#include "io/source.h"

#include "base/mem.h"

struct as_object *as_object_new(struct as_slice key)
{
    struct as_object *o = as_calloc(1, sizeof *o);
    if (o == NULL) {
        return NULL;
    }
    char *copy = as_memdup0(key.ptr, key.len);
    if (copy == NULL) {
        as_free(o);
        return NULL;
    }
    o->key = as_slice(copy, key.len);
    return o;
}

void as_object_free(struct as_object *o)
{
    if (o == NULL) {
        return;
    }
    /* The key was allocated by as_object_new; its view is const for everybody else. */
    as_free((void *)(uintptr_t)o->key.ptr);
    as_free(o->etag);
    as_free(o->version_id);
    as_free(o->storage_class);
    as_free(o->path);
    as_free(o);
}
