/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a pack. Must reach: as_pack_parse, as_yaml_tree_parse, as_pack_read,
 * as_detector_validate, as_shape_check, as_detector_hash. A pack that is accepted must keep the
 * promises that the scan builds on; nothing may leak. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pack/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void inspect(const struct as_catalog *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct as_detector *d = &c->detectors[i];
        require(as_catalog_find(c, d->id) == (int)i && strlen(d->hash) == 64);
        require(d->title != NULL && d->source != NULL && d->countries != NULL);
        require(d->min_bytes >= 1 && d->min_bytes <= d->max_bytes && d->max_bytes <= 65536);
        require((d->nominator == AS_NOMINATE_SHAPE) == (d->shapes != NULL));
        require((d->check_name == NULL) == (d->check == NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    if (as_pack_parse(as_slice(data, size), "fuzz", &c, &err) == AS_OK) {
        uint8_t *enabled = calloc(c->count, 1);
        inspect(c);
        AS_IGNORE(as_catalog_select(c, "all", "recommended,gdpr,hipaa", enabled, &err),
                  "known words");
        free(enabled);
        as_catalog_free(c);
    } else {
        require(err.message[0] != '\0');
    }
    require(as_mem_live() == 0);
    return 0;
}
