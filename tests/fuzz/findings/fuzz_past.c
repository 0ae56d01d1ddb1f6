/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as the results of an earlier run. Must reach: as_past_feed, as_past_end, both sorts,
 * as_past_find, as_past_count. What is read must not depend on how the bytes are cut; nothing may
 * leak. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/mem.h"
#include "findings/past.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* NULL when the bytes are refused. */
static struct as_past *read_steps(const uint8_t *data, size_t size, size_t step)
{
    struct as_error err = {.status = AS_OK};
    struct as_past *p = as_past_new();
    require(p != NULL);
    enum as_status status = AS_OK;
    for (size_t at = 0; at < size && status == AS_OK; at += step) {
        status = as_past_feed(p, "fuzz", data + at, size - at < step ? size - at : step, &err);
    }
    if (status == AS_OK) {
        status = as_past_end(p, "fuzz", &err);
    }
    if (status != AS_OK) {
        require(status == AS_E_USAGE && err.message[0] != '\0');
        as_past_free(p);
        return NULL;
    }
    return p;
}

static void check_objects(struct as_past *a, struct as_past *b)
{
    size_t count;
    size_t other;
    require(as_past_sort_by_key(a) == AS_OK && as_past_sort_by_key(b) == AS_OK);
    const struct as_past_object *x = as_past_objects(a, &count);
    const struct as_past_object *y = as_past_objects(b, &other);
    require(count == other);
    for (size_t i = 0; i < count; i++) {
        require(i == 0 || as_past_compare(&x[i - 1], &x[i]) < 0);
        require(as_past_compare(&x[i], &y[i]) == 0 && x[i].type_count == y[i].type_count);
        for (uint32_t k = 0; k < x[i].type_count; k++) {
            require(k == 0 || strcmp(x[i].types[k - 1].name, x[i].types[k].name) < 0);
            require(as_past_count(&y[i], x[i].types[k].name) == x[i].types[k].count);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct as_past *whole = read_steps(data, size, size + 1);
    struct as_past *cut = read_steps(data, size, 1 + size % 13);
    require((whole == NULL) == (cut == NULL));
    if (whole != NULL) {
        check_objects(whole, cut);
        as_past_free(cut);
        cut = read_steps(data, size, 64);
        require(cut != NULL);
        size_t count;
        as_past_sort_by_id(cut);
        const struct as_past_object *o = as_past_objects(cut, &count);
        for (size_t i = 0; i < count; i++) {
            require(as_past_find(cut, o[i].id) != NULL);
        }
    }
    as_past_free(whole);
    as_past_free(cut);
    require(as_mem_live() == 0);
    return 0;
}
