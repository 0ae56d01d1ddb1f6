/* SPDX-License-Identifier: Apache-2.0
 * Names (keys, member paths, column names, path elements) scanned as short plain texts. */
#include "base/mem.h"
#include "scan/worker.h"

static enum as_status keep(void *context, const struct as_hit *hit, const char *path)
{
    (void)path;
    struct as_hit copy = *hit;
    copy.path = 0;
    return as_hits_add(context, &copy);
}

enum as_status as_scan_name(struct as_scan_worker *w, struct as_slice name, struct as_hits *out)
{
    struct as_block *block = as_block_of_bytes(NULL, name.ptr, name.len);
    struct as_resolver *r = as_resolver_new(w->scanner, keep, out);
    struct as_hits raw;
    as_hits_init(&raw);
    enum as_status status = block == NULL || r == NULL ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK) {
        status = as_scan_block(w, block, &raw);
    }
    if (status == AS_OK) {
        status = as_resolver_push(r, &raw, name.len);
    }
    if (status == AS_OK) {
        status = as_resolver_finish(r);
    }
    as_hits_fini(&raw);
    as_resolver_free(r);
    as_block_free(block);
    return status;
}

bool as_scan_name_is_sensitive(struct as_scan_worker *w, struct as_slice name)
{
    struct as_hits hits;
    as_hits_init(&hits);
    /* A name that could not be scanned counts as sensitive: it is left out. */
    bool sensitive = as_scan_name(w, name, &hits) != AS_OK;
    for (uint32_t i = 0; i < hits.count; i++) {
        sensitive = sensitive || hits.items[i].state == AS_HIT_REPORTED;
    }
    as_hits_fini(&hits);
    return sensitive;
}
