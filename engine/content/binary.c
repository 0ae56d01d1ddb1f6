/* SPDX-License-Identifier: Apache-2.0
 * Binaries: text is looked for without knowing the format, in three readings (readings.h). On the
 * way, the end record of a zip directory is looked for: programs can carry archives. A program is
 * also asked whether it carries something else (program_watch.h, and signatures of what is packed).
 * Tests: tests/unit/content/test_binary.c. */
#include <string.h>

#include "base/mem.h"
#include "content/leaf.h"
#include "content/program_watch.h"
#include "content/readings.h"

#define CHUNK_BYTES 65536U
#define ZIP_END_BYTES 22U

/* The watch for a zip's end: chunks with what may be the start of a record in front. */
struct binary {
    struct as_leaf *leaf;
    struct as_readings *readings;
    uint8_t *window;                  /* ZIP_END_BYTES + CHUNK_BYTES */
    uint64_t base;                    /* offset of the chunk */
    size_t carried;                   /* bytes of the one before */
    struct as_program_watch *program; /* NULL: it is none */
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

/* Packed data, by signatures that leave little to chance; programs that only know a format hold
 * less of it. */
static bool has_packed(const uint8_t *p, size_t len)
{
    static const struct {
        const char *bytes;
        size_t len;
    } fixed[] = {{"BZh91AY&SY", 10},
                 {"\xFD"
                  "7zXZ\0\0\4",
                  8},
                 {"\xFD"
                  "7zXZ\0\0\1",
                  8},
                 {"7z\xBC\xAF\x27\x1C\0\4", 8}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(fixed); i++) {
        if (memmem(p, len, fixed[i].bytes, fixed[i].len) != NULL) {
            return true;
        }
    }
    const uint8_t *end = p + len;
    while ((p = memmem(p, (size_t)(end - p), "\x1F\x8B\x08", 3)) != NULL && end - p >= 10) {
        bool level = p[8] == 0 || p[8] == 2 || p[8] == 4;
        if (p[3] < 32 && level && (p[9] <= 13 || p[9] == 255)) {
            return true;
        }
        p += 3;
    }
    return false;
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
        if (b->program != NULL) {
            as_program_watch_feed(b->program, chunk, n);
            b->facts.packed = b->facts.packed || has_packed(b->window, b->carried + n);
        }
        watch_zip(b, n);
    }
}

enum as_status as_binary_read(struct as_leaf *leaf, bool is_program, struct as_binary_facts *out)
{
    const unsigned all = AS_READING_UTF8 | AS_READING_EVEN | AS_READING_ODD;
    struct as_program_watch program = {0};
    struct binary b = {
        .leaf = leaf, .readings = as_readings_new(leaf, all, false), .facts = {.blank = true}};
    b.window = as_malloc(ZIP_END_BYTES + CHUNK_BYTES);
    enum as_status status = b.window == NULL || b.readings == NULL ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK && is_program) {
        status = as_program_watch_init(&program, as_slice(leaf->walk->prefix, leaf->prefix_len));
        b.program = &program;
    }
    if (status == AS_OK) {
        status = read_all(&b);
    }
    b.facts.packed = b.facts.packed || !as_program_watch_is_alone(&program);
    as_program_watch_fini(&program);
    as_readings_free(b.readings);
    as_free(b.window);
    *out = b.facts;
    return status;
}
