/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a page of a listing. Must reach: as_s3_list_parse, as_uri_decode. A page that is
 * refused has handed out nothing, a truncated one has a token; nothing may leak. */
#include <stdlib.h>

#include "base/mem.h"
#include "io/s3/s3_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static enum as_status on_item(void *context, const struct as_s3_item *item)
{
    size_t *count = context;
    require(item->key.ptr != NULL && item->key.len != 0);
    ++*count;
    return AS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct as_s3_page page = {.truncated = false};
    struct as_error err = {.status = AS_OK};
    size_t count = 0;
    int64_t live = as_mem_live();
    enum as_status status = as_s3_list_parse(as_slice(data, size), on_item, &count, &page, &err);
    if (status == AS_OK) {
        require(page.count == count);
        require(!page.truncated || (page.next_token != NULL && page.next_token[0] != '\0'));
        as_free(page.next_token);
    } else {
        require(err.status == status && page.next_token == NULL);
    }
    require(as_mem_live() == live);
    return 0;
}
