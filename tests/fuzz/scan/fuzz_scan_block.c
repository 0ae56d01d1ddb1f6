/* SPDX-License-Identifier: Apache-2.0
 * as_scan_block with every built-in detector over arbitrary bytes, as each kind of text, whole and
 * in blocks of a size that the input chooses: the resolved hits must be the same. The first byte is
 * the kind, the second the block size. Must reach: as_nominate_planes, as_reach_mask, as_reach_has,
 * as_confirm, every check, as_context_confidence, as_scan_profile, as_resolver_push, as_locate. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scan/scan.h"
#include "text/cutter.h"
#include "text/profile.h"

#define INPUT_MAX 8192U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct as_scanner *s_scanner;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void make_scanner(void)
{
    uint8_t *enabled = as_calloc(as_catalog_builtin.count, 1);
    must(enabled != NULL);
    memset(enabled, 1, as_catalog_builtin.count);
    struct as_scanner_options options = {
        .catalog = &as_catalog_builtin, .enabled = enabled, .confidence_min = 0, .value_key = 1};
    must(as_scanner_new(&options, &s_scanner, NULL) == AS_OK);
    as_free(enabled);
}

struct run {
    struct as_scan_worker *worker;
    struct as_resolver *resolver;
    struct as_hit *hits;
    size_t count;
    size_t cap;
};

static enum as_status keep(void *context, const struct as_hit *hit, const char *path)
{
    struct run *r = context;
    if (r->count == r->cap) {
        r->cap = r->cap * 2 + 64;
        r->hits = as_realloc(r->hits, r->cap, sizeof *r->hits);
        must(r->hits != NULL);
    }
    r->hits[r->count] = *hit;
    r->hits[r->count].path = 0;
    for (; *path != '\0'; path++) {
        r->hits[r->count].path = r->hits[r->count].path * 33U + (uint8_t)*path;
    }
    r->count++;
    return AS_OK;
}

static enum as_status scan_block(void *context, struct as_block *block)
{
    struct run *r = context;
    struct as_hits raw;
    as_hits_init(&raw);
    must(as_scan_block(r->worker, block, &raw) == AS_OK);
    must(as_resolver_push(r->resolver, &raw, block->offset + block->size) == AS_OK);
    as_hits_fini(&raw);
    as_block_free(block);
    return AS_OK;
}

static void scan(struct as_text *text, const uint8_t *data, size_t size, uint32_t block_bytes,
                 struct run *r)
{
    *r = (struct run){.worker = as_scan_worker_new(s_scanner)};
    r->resolver = as_resolver_new(s_scanner, keep, r);
    struct as_block_pool *pool = as_block_pool_new(block_bytes, 3, NULL);
    must(r->worker != NULL && r->resolver != NULL && pool != NULL);
    must(as_scan_profile(r->worker, text, as_slice(data, size)) == AS_OK);
    struct as_cutter *cutter = as_cutter_new(text, pool, scan_block, r);
    must(cutter != NULL && as_cutter_feed(cutter, data, size) == AS_OK);
    must(as_cutter_finish(cutter) == AS_OK);
    must(as_resolver_finish(r->resolver) == AS_OK);
    as_cutter_free(cutter);
    as_block_pool_free(pool);
    as_resolver_free(r->resolver);
    as_scan_worker_free(r->worker);
}

static bool same(const struct as_hit *a, const struct as_hit *b)
{
    return a->start == b->start && a->end == b->end && a->detector == b->detector &&
           a->confidence == b->confidence && a->state == b->state && a->keyword == b->keyword &&
           a->value_hash == b->value_hash && a->path == b->path && a->record == b->record &&
           memcmp(&a->place, &b->place, sizeof a->place) == 0 &&
           memcmp(&a->end_place, &b->end_place, sizeof a->end_place) == 0;
}

/* What the profile makes of the bytes, or the kind that the input asks for. */
static struct as_text *make_text(unsigned kind, const uint8_t *data, size_t size)
{
    struct as_text *text = NULL;
    enum as_text_verdict verdict = AS_VERDICT_BINARY;
    if (kind == 4) {
        must(as_text_profile(as_slice(data, size), true, as_slice_of("a.csv"), &verdict, &text) ==
             AS_OK);
    }
    if (verdict != AS_VERDICT_TEXT) {
        text = as_text_new();
        must(text != NULL);
        text->kind = (enum as_text_kind)(kind % 4);
        text->delimiter = ',';
    }
    text->bom_bytes = 0;
    text->charset = AS_CHARSET_UTF8;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (s_scanner == NULL) {
        make_scanner();
    }
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    unsigned kind = data[0] % 5U;
    uint32_t block_bytes = 1U + data[1];
    data += 2;
    size -= 2;
    struct as_text *text = make_text(kind, data, size);
    struct run whole;
    struct run cut;
    scan(text, data, size, 1U << 20, &whole);
    scan(text, data, size, block_bytes, &cut);
    must(whole.count == cut.count);
    for (size_t i = 0; i < whole.count; i++) {
        must(same(&whole.hits[i], &cut.hits[i]));
    }
    as_free(whole.hits);
    as_free(cut.hits);
    as_text_unref(text);
    return 0;
}
