/* SPDX-License-Identifier: Apache-2.0
 * What the tests of scan share: scanning bytes in blocks of a chosen size and resolving. */
#ifndef AS_TESTS_SCAN_SUPPORT_H
#define AS_TESTS_SCAN_SUPPORT_H

#include "test.h"

#include <string.h>

#include "base/mem.h"
#include "scan/scan.h"
#include "text/cutter.h"
#include "text/profile.h"

struct scan_run {
    struct as_scan_worker *worker;
    struct as_resolver *resolver;
    struct as_hits *out;
    enum as_status status;
};

static inline enum as_status support_keep(void *context, const struct as_hit *hit, const char *path)
{
    struct as_hits *h = context;
    if (h->count == h->cap) {
        h->cap = h->cap * 2 + 64;
        h->items = as_realloc(h->items, h->cap, sizeof *h->items);
        assert_non_null(h->items);
    }
    h->items[h->count] = *hit;
    /* Paths are compared by hash in the tests: offsets into a store differ by blocks. */
    h->items[h->count].path = 5381;
    for (const char *p = path; *p != '\0'; p++) {
        h->items[h->count].path = h->items[h->count].path * 33U + (uint8_t)*p;
    }
    h->count++;
    return AS_OK;
}

static inline enum as_status support_block(void *context, struct as_block *block)
{
    struct scan_run *run = context;
    struct as_hits raw;
    as_hits_init(&raw);
    enum as_status status = as_scan_block(run->worker, block, &raw);
    if (status == AS_OK) {
        status = as_resolver_push(run->resolver, &raw, block->offset + block->size);
    }
    as_hits_fini(&raw);
    as_block_free(block);
    return status;
}

/** Resolved hits of bytes as `name` would be read, in blocks of block_bytes. Uses `text` when it is
 * not NULL, else what the profile says. */
static inline void support_scan(const struct as_scanner *scanner, const void *bytes, size_t len,
                                const char *name, uint32_t block_bytes, struct as_hits *out)
{
    struct as_slice all = as_slice(bytes, len);
    struct as_text *text = NULL;
    enum as_text_verdict verdict = AS_VERDICT_BINARY;
    size_t prefix = len < AS_PROFILE_BYTES ? len : AS_PROFILE_BYTES;
    assert_int_equal(
        as_text_profile(as_slice(bytes, prefix), prefix == len, as_slice_of(name), &verdict, &text),
        AS_OK);
    if (verdict != AS_VERDICT_TEXT) {
        text = as_text_new();
        assert_non_null(text);
    }
    struct scan_run run = {.worker = as_scan_worker_new(scanner),
                           .resolver = as_resolver_new(scanner, support_keep, out),
                           .out = out};
    assert_non_null(run.worker);
    assert_non_null(run.resolver);
    struct as_slice body = as_slice(all.ptr + text->bom_bytes, prefix - text->bom_bytes);
    assert_int_equal(as_scan_profile(run.worker, text, body), AS_OK);
    struct as_block_pool *pool = as_block_pool_new(block_bytes, 3, NULL);
    assert_non_null(pool);
    struct as_cutter *cutter = as_cutter_new(text, pool, support_block, &run);
    assert_non_null(cutter);
    assert_int_equal(as_cutter_feed(cutter, bytes, len), AS_OK);
    assert_int_equal(as_cutter_finish(cutter), AS_OK);
    assert_int_equal(as_resolver_finish(run.resolver), AS_OK);
    as_cutter_free(cutter);
    as_block_pool_free(pool);
    as_resolver_free(run.resolver);
    as_scan_worker_free(run.worker);
    as_text_unref(text);
}

/** A scanner over a catalog with every detector on and no least confidence. */
static inline struct as_scanner *support_scanner(const struct as_catalog *catalog)
{
    uint8_t *enabled = as_calloc(catalog->count + 1, 1);
    assert_non_null(enabled);
    memset(enabled, 1, catalog->count);
    struct as_scanner_options options = {
        .catalog = catalog, .enabled = enabled, .value_key = 1, .include_test_data = false};
    struct as_scanner *scanner = NULL;
    struct as_error err = {0};
    enum as_status status = as_scanner_new(&options, &scanner, &err);
    if (status != AS_OK) {
        print_error("%s\n", err.message);
    }
    assert_int_equal(status, AS_OK);
    as_free(enabled);
    return scanner;
}

#endif
