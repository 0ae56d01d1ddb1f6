/* SPDX-License-Identifier: Apache-2.0
 * Dividing --memory among the stages, and the defaults of a run. The shares are proportions with
 * floors, so that the least accepted setting (64 MiB) still runs, slower. docs/operations.md states
 * them. */
#include "pipeline/run_internal.h"

#define MIB (1024ULL * 1024ULL)

void as_run_options_init(struct as_run_options *o)
{
    *o = (struct as_run_options){.confidence_min = AS_CONFIDENCE_MIN_DEFAULT,
                                 .memory_bytes = 160 * MIB,
                                 .part_bytes = 8 * MIB,
                                 .block_bytes = 256 * 1024,
                                 .object_bytes_max = UINT64_MAX};
    o->limits = as_content_limits_default;
    as_s3_options_init(&o->s3);
}

/* What a thread of each kind holds beside the pool: stacks, scratch, layers' buffers, the prefix.
 */
#define THREAD_BYTES (3 * MIB)

static unsigned least_blocks(unsigned threads)
{
    return 3 * threads + 2; /* a binary's three readings need three cutters a content thread */
}

unsigned as_memory_threads_max(const struct as_run_options *options)
{
    unsigned threads = 0;
    while (threads < AS_THREADS_MAX &&
           (threads + 1) * THREAD_BYTES +
                   as_block_pool_bytes(options->block_bytes, least_blocks(threads + 1)) <=
               options->memory_bytes / 2) {
        threads++;
    }
    return threads;
}

void as_memory_plan_make(struct as_memory_plan *plan, const struct as_run_options *options,
                         unsigned threads)
{
    uint64_t memory = options->memory_bytes;
    unsigned wanted = 8 * threads + 4; /* two buffers a cutter, two a scan thread */
    unsigned least = least_blocks(threads);
    while (wanted > least && as_block_pool_bytes(options->block_bytes, wanted) > memory / 4) {
        wanted--;
    }
    plan->block_count = wanted;
    plan->blocks = as_block_pool_bytes(options->block_bytes, wanted);
    uint64_t rest = memory - plan->blocks - threads * THREAD_BYTES;
    /* Half, so that the 64 MiB dictionary of xz -9 fits at the default; a nested decoder may hold
     * as much again for a moment (content/account.h). */
    plan->spool = rest / 20;
    plan->decoders = rest / 2;
    plan->parts = rest - plan->spool - plan->decoders;
}
