/* SPDX-License-Identifier: Apache-2.0
 * The deflate codecs on any bytes. ISA-L is assembler that AddressSanitizer does not see, so input
 * and output each end at a page that must not be touched. Must reach: gzip_head, run_body,
 * run_tail, gzip_between, zlib_head. Checks: nothing beyond the buffers is touched; what zlib
 * decodes without fault, the codec decodes to the same bytes. Layout: byte 0 chooses framing (0
 * gzip, 1 zlib, 2 raw) and the output step; the rest is data. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

#include "base/mem.h"
#include "content/decoder.h"

#define PAGE 4096U
#define INPUT_MAX 60000U
#define OUTPUT_MAX 300000U

/* `len` bytes that end where a page without access begins. */
static uint8_t *guarded(size_t len)
{
    size_t pages = (len + PAGE - 1) / PAGE;
    uint8_t *p =
        mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + pages * PAGE, PAGE, PROT_NONE) != 0) {
        abort();
    }
    return p + pages * PAGE - len;
}

/* Bytes that zlib makes of it, SIZE_MAX when it finds fault. */
static size_t oracle(const uint8_t *data, size_t size, int wrap, uint8_t *out)
{
    z_stream z = {0};
    if (inflateInit2(&z, wrap) != Z_OK) {
        abort();
    }
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = OUTPUT_MAX;
    int result = inflate(&z, Z_FINISH);
    size_t len = z.total_out;
    bool whole = result == Z_STREAM_END && z.avail_in == 0;
    inflateEnd(&z);
    return whole ? len : SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct as_codec_ops *ops;
        int wrap;
    } kinds[] = {{&as_codec_gzip, 31}, {&as_codec_zlib, 15}, {&as_codec_deflate, -15}};
    static uint8_t *input_end; /* one past the last byte that may be read */
    static uint8_t *output;
    static uint8_t *expected;
    static uint8_t *collected;
    if (input_end == NULL) {
        input_end = guarded(AS_FEED_HISTORY + INPUT_MAX) + AS_FEED_HISTORY + INPUT_MAX;
        output = guarded(AS_DECODER_STEP) + AS_DECODER_STEP;
        expected = as_malloc(OUTPUT_MAX);
        collected = as_malloc(OUTPUT_MAX);
    }
    if (size < 1 || size > INPUT_MAX || expected == NULL || collected == NULL) {
        return 0;
    }
    unsigned kind = data[0] % 3U;
    size_t step = data[0] >= 128 ? AS_DECODER_STEP : 1U + data[0];
    data++;
    size--;
    memset(input_end - size - AS_FEED_HISTORY, 0, AS_FEED_HISTORY);
    memcpy(input_end - size, data, size);
    struct as_feed feed = {.buffer = input_end - size - AS_FEED_HISTORY,
                           .pos = AS_FEED_HISTORY,
                           .end = AS_FEED_HISTORY + size,
                           .limit = UINT64_MAX,
                           .source_ended = true};
    struct as_content_env env = {.limits = as_content_limits_default};
    struct as_account account;
    as_account_init(&account, &env);
    struct as_metadata metadata;
    as_metadata_init(&metadata, AS_METADATA_LAYER_BYTES);
    struct as_codec_job job = {.feed = &feed, .account = &account, .metadata = &metadata};
    void *state = as_calloc(1, kinds[kind].ops->state_bytes);
    bool ended = false;
    size_t total = 0;
    enum as_status status = kinds[kind].ops->open(state, &job, NULL);
    while (status == AS_OK && !ended && total < OUTPUT_MAX - AS_DECODER_STEP) {
        struct as_codec_out out = {.bytes = output - step, .cap = step};
        status = kinds[kind].ops->run(state, &job, &out, NULL);
        ended = out.ended;
        if (out.len > step || metadata.text.len > AS_METADATA_LAYER_BYTES) {
            abort();
        }
        memcpy(collected + total, output - step, out.len);
        total += out.len;
    }
    as_metadata_fini(&metadata);
    kinds[kind].ops->close(state);
    as_free(state);
    size_t want = oracle(data, size, kinds[kind].wrap, expected);
    if (want != SIZE_MAX && want < OUTPUT_MAX - AS_DECODER_STEP &&
        (!ended || status != AS_OK || total != want || memcmp(collected, expected, want) != 0)) {
        abort();
    }
    return 0;
}
