/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an object, with small limits. Must reach: as_sniff, every codec's run, as_tar_walk
 * with pax and sparse files, as_zip_walk both ways, as_leaf_read, as_binary_read,
 * as_metadata_flush, as_readings_feed beside a text. Checks: the protocol of the sink; a walk over
 * a stream that gives one byte a read says the same. Layout: the bytes as they are. */
#include "fuzz_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_walk whole = fuzz_walk_bytes(data, size, SIZE_MAX, true);
    struct fuzz_walk again = fuzz_walk_bytes(data, size, size % 2 == 0 ? 1 : 1000, true);
    FUZZ_REQUIRE(whole.sum == again.sum && whole.text_bytes == again.text_bytes);
    return 0;
}
