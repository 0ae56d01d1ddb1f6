/* SPDX-License-Identifier: Apache-2.0
 * What the fuzz targets of content share: a sink that checks the protocol of a walk and folds all
 * that it says into one number, and small limits. A broken promise aborts. */
#ifndef AS_FUZZ_CONTENT_SINK_H
#define AS_FUZZ_CONTENT_SINK_H

#include <stdlib.h>

#include "base/hash.h"
#include "content/content.h"

#define FUZZ_REQUIRE(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

struct fuzz_walk {
    uint64_t sum;   /* of everything said */
    uint64_t open;  /* members begun and not ended */
    uint64_t texts; /* texts begun and not ended */
    uint64_t text_bytes;
    enum as_coverage object; /* of the last end */
};

static void fuzz_fold(struct fuzz_walk *f, const void *bytes, size_t len)
{
    f->sum = as_hash64(bytes, len, f->sum);
}

static enum as_status fuzz_member_begin(void *context, const struct as_member *member, void **out)
{
    struct fuzz_walk *f = context;
    FUZZ_REQUIRE(member->depth <= AS_DEPTH_MAX && member->path != NULL);
    fuzz_fold(f, member->path, strlen(member->path));
    fuzz_fold(f, member->index, member->depth * sizeof *member->index);
    f->open++;
    *out = f;
    return AS_OK;
}

static enum as_status fuzz_text_begin(void *context, void *member, struct as_text *text,
                                      struct as_slice prefix)
{
    struct fuzz_walk *f = context;
    FUZZ_REQUIRE(member == f && f->open != 0);
    fuzz_fold(f, &text->kind, sizeof text->kind);
    fuzz_fold(f, prefix.ptr, prefix.len);
    f->texts++;
    return AS_OK;
}

static enum as_status fuzz_block(void *context, void *member, struct as_block *block)
{
    struct fuzz_walk *f = context;
    FUZZ_REQUIRE(member == f && f->texts != 0);
    uint64_t place = block->source_offset;
    fuzz_fold(f, &place, sizeof place);
    fuzz_fold(f, block->data, block->size);
    f->text_bytes += block->size;
    as_block_free(block);
    return AS_OK;
}

static enum as_status fuzz_text_end(void *context, void *member, struct as_text *text,
                                    uint64_t blocks)
{
    struct fuzz_walk *f = context;
    (void)text;
    FUZZ_REQUIRE(member == f && blocks != 0 && f->texts != 0);
    f->texts--;
    return AS_OK;
}

static enum as_status fuzz_member_end(void *context, void *member, const struct as_member_end *end)
{
    struct fuzz_walk *f = context;
    FUZZ_REQUIRE(member == f && f->open != 0);
    FUZZ_REQUIRE((end->coverage == AS_COMPLETE) == (end->reason == AS_REASON_NONE));
    FUZZ_REQUIRE(end->coverage != AS_SKIPPED || end->text_bytes == 0);
    fuzz_fold(f, &end->coverage, sizeof end->coverage);
    fuzz_fold(f, &end->reason, sizeof end->reason);
    f->object = end->coverage;
    f->open--;
    return AS_OK;
}

/* Walks the bytes, given in steps, with limits that a few milliseconds reach. */
static struct fuzz_walk fuzz_walk_bytes(const uint8_t *bytes, size_t len, size_t step,
                                        bool seekable)
{
    static struct as_block_pool *blocks;
    struct fuzz_walk f = {0};
    struct as_budget decoders;
    if (blocks == NULL) {
        blocks = as_block_pool_new(64U << 10, 16, NULL);
        FUZZ_REQUIRE(blocks != NULL);
    }
    as_budget_init(&decoders, 4U << 20);
    const struct as_content_env env = {.limits = {.depth_max = 6,
                                                  .members_max = 50,
                                                  .member_bytes_max = 200000,
                                                  .total_bytes_max = 1000000,
                                                  .ratio_max = 100},
                                       .decoders = &decoders,
                                       .blocks = blocks};
    const struct as_content_sink sink = {&f,         fuzz_member_begin, fuzz_text_begin,
                                         fuzz_block, fuzz_text_end,     fuzz_member_end};
    struct as_stream *stream = as_memory_stream_open_stepped(bytes, len, step, seekable);
    FUZZ_REQUIRE(stream != NULL);
    enum as_status status = as_content_walk(&env, stream, as_slice_of("a.csv"), len, &sink, NULL);
    FUZZ_REQUIRE(status == AS_OK && f.open == 0 && f.texts == 0);
    as_stream_close(stream);
    FUZZ_REQUIRE(as_budget_try_charge(&decoders, decoders.limit_bytes));
    as_budget_fini(&decoders);
    return f;
}

#endif
