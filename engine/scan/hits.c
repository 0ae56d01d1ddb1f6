/* SPDX-License-Identifier: Apache-2.0
 * struct as_hits: the confirmed places of one block and the JSON paths that go with them. */
#include <string.h>

#include "base/mem.h"
#include "scan/worker.h"

#define HITS_MAX (1U << 24)
#define PATHS_MAX (1U << 30)

void as_hits_init(struct as_hits *h)
{
    *h = (struct as_hits){0};
}

void as_hits_reset(struct as_hits *h)
{
    h->count = 0;
    h->paths_len = 0;
}

void as_hits_fini(struct as_hits *h)
{
    as_free(h->items);
    as_free(h->paths);
    *h = (struct as_hits){0};
}

enum as_status as_hits_add(struct as_hits *h, const struct as_hit *hit)
{
    if (h->count == h->cap) {
        uint32_t cap = h->cap * 2 + 64;
        struct as_hit *grown = cap > HITS_MAX ? NULL : as_realloc(h->items, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        h->items = grown;
        h->cap = cap;
    }
    h->items[h->count++] = *hit;
    return AS_OK;
}

enum as_status as_hits_add_path(struct as_hits *h, struct as_slice path, uint32_t *out)
{
    size_t first = h->paths_len == 0 ? 1 : 0; /* paths[0] is the empty one */
    size_t need = (size_t)h->paths_len + first + path.len + 1;
    if (need > h->paths_cap) {
        size_t cap = need * 2 + 256;
        char *grown = cap > PATHS_MAX ? NULL : as_realloc(h->paths, cap, 1);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        h->paths = grown;
        h->paths_cap = (uint32_t)cap;
    }
    if (first != 0) {
        h->paths[h->paths_len++] = '\0';
    }
    *out = h->paths_len;
    if (path.len != 0) {
        memcpy(h->paths + h->paths_len, path.ptr, path.len);
    }
    h->paths_len += (uint32_t)path.len;
    h->paths[h->paths_len++] = '\0';
    return AS_OK;
}

int as_hit_order(const struct as_hit *a, const struct as_hit *b)
{
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    if (a->end != b->end) {
        return a->end < b->end ? -1 : 1;
    }
    return (a->detector > b->detector) - (a->detector < b->detector);
}
