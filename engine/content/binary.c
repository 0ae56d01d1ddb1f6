/* SPDX-License-Identifier: Apache-2.0
 * Binaries: text is looked for without knowing the format, in three readings (readings.h). On the
 * way, the end record of a zip directory is looked for: programs can carry archives.
 * Tests: tests/unit/content/test_binary.c. */
#include <string.h>

#include "base/mem.h"
#include "content/leaf.h"
#include "content/readings.h"

#define CHUNK_BYTES 65536U
#define ZIP_END_BYTES 22U

/* The watch for a zip's end: chunks with what may be the start of a record in front. */
struct binary {
    struct as_leaf *leaf;
    struct as_readings *readings;
    uint8_t *window; /* ZIP_END_BYTES + CHUNK_BYTES */
    uint64_t base;   /* offset of the chunk */
    size_t carried;  /* bytes of the one before */
    struct as_binary_facts facts;
};

static uint64_t le(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

/* Looks for a zip's end-of-directory record whose numbers can be true. */
static void watch_zip(struct binary *b, size_t chunk)
{
    const uint8_t *p = b->window;
    const uint8_t *end = b->window + b->carried + chunk;
    while ((size_t)(end - p) >= ZIP_END_BYTES) {
        p = memmem(p, (size_t)(end - p), "PK\5\6", 4);
        if (p == NULL || (size_t)(end - p) < ZIP_END_BYTES) {
            break;
        }
        uint64_t at = b->base - b->carried + (uint64_t)(p - b->window);
        uint64_t entries = le(p + 10, 2);
        uint64_t size = le(p + 12, 4);
        uint64_t offset = le(p + 16, 4);
        bool zip64 = offset == UINT32_MAX || entries == UINT16_MAX;
        if (zip64 || (entries != 0 && size >= 46 * entries && size + offset <= at)) {
            b->facts.zip = true;
        }
        p += 4;
    }
    size_t have = b->carried + chunk;
    size_t keep = have < ZIP_END_BYTES ? have : ZIP_END_BYTES;
    memmove(b->window, b->window + have - keep, keep);
    b->carried = keep;
    b->base += chunk;
}

static enum as_status read_all(struct binary *b)
{
    struct as_leaf *leaf = b->leaf;
    size_t used = 0;
    for (;;) {
        uint8_t *chunk = b->window + b->carried;
        size_t n = leaf->prefix_len - used < CHUNK_BYTES ? leaf->prefix_len - used : CHUNK_BYTES;
        if (n != 0) {
            memcpy(chunk, leaf->walk->prefix + used, n);
            used += n;
        } else {
            as_leaf_fill(leaf, chunk, CHUNK_BYTES, &n);
        }
        if (n == 0) {
            return as_readings_end(b->readings);
        }
        AS_TRY(as_readings_feed(b->readings, chunk, n));
        b->facts.blank = b->facts.blank && chunk[0] == 0 && memcmp(chunk, chunk + 1, n - 1) == 0;
        watch_zip(b, n);
    }
}

enum as_status as_binary_read(struct as_leaf *leaf, struct as_binary_facts *out)
{
    const unsigned all = AS_READING_UTF8 | AS_READING_EVEN | AS_READING_ODD;
    struct binary b = {
        .leaf = leaf, .readings = as_readings_new(leaf, all, false), .facts = {.blank = true}};
    b.window = as_malloc(ZIP_END_BYTES + CHUNK_BYTES);
    enum as_status status = b.window == NULL || b.readings == NULL ? AS_E_NO_MEMORY : read_all(&b);
    as_readings_free(b.readings);
    as_free(b.window);
    *out = b.facts;
    return status;
}
