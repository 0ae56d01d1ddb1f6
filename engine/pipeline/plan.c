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

void as_memory_plan_make(struct as_memory_plan *plan, const struct as_run_options *options,
                         unsigned threads)
{
    uint64_t memory = options->memory_bytes;
    /* Two buffers a cutter, two a scan thread; a binary's three readings need three cutters a
     * content thread. */
    unsigned wanted = 8 * threads + 4;
    unsigned least = 3 * threads + 2;
    while (wanted > least && as_block_pool_bytes(options->block_bytes, wanted) > memory / 4) {
        wanted--;
    }
    plan->block_count = wanted;
    plan->blocks = as_block_pool_bytes(options->block_bytes, wanted);
    uint64_t rest = memory > plan->blocks ? memory - plan->blocks : 0;
    /* Half, so that the 64 MiB dictionary of xz -9 fits at the default; a nested decoder may hold
     * as much again for a moment (content/account.h). */
    plan->spool = rest / 20;
    plan->decoders = rest / 2;
    plan->parts = rest - plan->spool - plan->decoders;
}
