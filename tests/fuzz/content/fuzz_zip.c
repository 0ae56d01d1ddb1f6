/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a zip archive, read by its directory and forward. Must reach: as_zip_directory_find,
 * as_zip_directory_walk, take_record, as_zip_gap, as_zip_local_read, as_zip_central_read,
 * as_zip_member_open, descriptors. Checks: the protocol of the sink; each way says the same
 * whatever the stream's steps. Layout: the bytes, as they are when they begin with "PK", else
 * behind the mark of a split archive so that sniffing takes them for a zip. */
#include "fuzz_sink.h"

#include "base/mem.h"

static void check(const uint8_t *bytes, size_t size)
{
    for (unsigned seekable = 0; seekable < 2; seekable++) {
        struct fuzz_walk whole = fuzz_walk_bytes(bytes, size, SIZE_MAX, seekable != 0);
        struct fuzz_walk again = fuzz_walk_bytes(bytes, size, 7, seekable != 0);
        FUZZ_REQUIRE(whole.sum == again.sum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2 && data[0] == 'P' && data[1] == 'K') {
        check(data, size);
        return 0;
    }
    static const uint8_t mark[8] = {'P', 'K', '0', '0', 'P', 'K', 3, 4};
    uint8_t *bytes = as_malloc(size + sizeof mark);
    FUZZ_REQUIRE(bytes != NULL);
    memcpy(bytes, mark, sizeof mark);
    if (size != 0) {
        memcpy(bytes + sizeof mark, data, size);
    }
    check(bytes, size + sizeof mark);
    as_free(bytes);
    return 0;
}
