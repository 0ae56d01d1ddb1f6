/* SPDX-License-Identifier: Apache-2.0
 * See scan_rate.h. A share is cut at a line's end; each thread has its own worker, pool and text,
 * as in a run. */
#include "bench/scan_rate.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/cutter.h"
#include "text/profile.h"

#define BLOCK_BYTES (256U << 10)
#define FEED_BYTES (1U << 20)
#define THREADS_MAX 64U

struct share {
    const struct as_scanner *scanner;
    struct as_scan_worker *worker;
    struct as_resolver *resolver;
    struct as_slice bytes;
    const char *name;
    struct as_hits hits;
    uint64_t reported;
    double cpu_seconds;
    enum as_status status;
    pthread_barrier_t *start;
};

static enum as_status on_hit(void *context, const struct as_hit *hit, const char *path)
{
    struct share *s = context;
    (void)path;
    s->reported += hit->state == AS_HIT_REPORTED;
    return AS_OK;
}

static enum as_status on_block(void *context, struct as_block *block)
{
    struct share *s = context;
    uint64_t end = block->offset + block->size;
    as_hits_reset(&s->hits);
    enum as_status status = as_scan_block(s->worker, block, &s->hits);
    as_block_free(block);
    return status != AS_OK ? status : as_resolver_push(s->resolver, &s->hits, end);
}

static enum as_status cut_and_scan(struct share *s, struct as_block_pool *pool,
                                   struct as_text *text)
{
    struct as_cutter *cutter = as_cutter_new(text, pool, on_block, s);
    if (cutter == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = AS_OK;
    for (size_t at = 0; status == AS_OK && at < s->bytes.len; at += FEED_BYTES) {
        size_t len = s->bytes.len - at < FEED_BYTES ? s->bytes.len - at : FEED_BYTES;
        status = as_cutter_feed(cutter, s->bytes.ptr + at, len);
    }
    if (status == AS_OK) {
        status = as_cutter_finish(cutter);
    }
    as_cutter_free(cutter);
    return status == AS_OK ? as_resolver_finish(s->resolver) : status;
}

static enum as_status scan_share(struct share *s)
{
    struct as_text *text = NULL;
    enum as_text_verdict verdict;
    size_t len = s->bytes.len < AS_PROFILE_BYTES ? s->bytes.len : AS_PROFILE_BYTES;
    struct as_slice prefix = as_slice(s->bytes.ptr, len);
    struct as_block_pool *pool = as_block_pool_new(BLOCK_BYTES, 4, NULL);
    if (pool == NULL) {
        return AS_E_NO_MEMORY;
    }
    s->resolver = as_resolver_new(s->scanner, on_hit, s);
    enum as_status status = s->resolver == NULL ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK) {
        status =
            as_text_profile(prefix, len == s->bytes.len, as_slice_of(s->name), &verdict, &text);
    }
    if (status == AS_OK && verdict != AS_VERDICT_TEXT) {
        status = AS_E_UNSUPPORTED;
    }
    if (status == AS_OK) {
        status = as_scan_profile(s->worker, text, prefix);
    }
    if (status == AS_OK) {
        status = cut_and_scan(s, pool, text);
    }
    as_text_unref(text);
    as_resolver_free(s->resolver);
    as_block_pool_free(pool);
    return status;
}

static void *share_main(void *context)
{
    struct share *s = context;
    pthread_barrier_wait(s->start);
    uint64_t began = as_thread_cpu_ns();
    s->status = scan_share(s);
    s->cpu_seconds = (double)(as_thread_cpu_ns() - began) / 1e9;
    return NULL;
}

static enum as_status run_shares(struct share *shares, unsigned threads, struct as_bench_rate *out)
{
    pthread_t ids[THREADS_MAX];
    pthread_barrier_t start;
    unsigned started = 0;
    pthread_barrier_init(&start, NULL, threads + 1);
    for (; started < threads; started++) {
        shares[started].start = &start;
        if (pthread_create(&ids[started], NULL, share_main, &shares[started]) != 0) {
            return AS_E_NO_MEMORY; /* the barrier keeps the others: only a bench may give up like
                                      this */
        }
    }
    pthread_barrier_wait(&start);
    uint64_t began = as_monotonic_ns();
    *out = (struct as_bench_rate){0};
    enum as_status status = AS_OK;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        out->cpu_seconds += shares[i].cpu_seconds;
        out->hits += shares[i].reported;
        status = status == AS_OK ? shares[i].status : status;
    }
    out->wall_seconds = (double)(as_monotonic_ns() - began) / 1e9;
    pthread_barrier_destroy(&start);
    return status;
}

/* Shares of about the same size, each ending behind a line's end. */
static void divide(const struct as_bench_input *input, struct share *shares, unsigned threads)
{
    size_t at = 0;
    for (unsigned i = 0; i < threads; i++) {
        size_t end = i + 1 == threads ? input->len : input->len / threads * (i + 1);
        const char *newline =
            end < input->len ? memchr(input->bytes + end, '\n', input->len - end) : NULL;
        end = newline != NULL ? (size_t)(newline - input->bytes) + 1 : end;
        shares[i].bytes = as_slice(input->bytes + at, end > at ? end - at : 0);
        shares[i].name = input->name;
        at = end > at ? end : at;
    }
}

enum as_status as_bench_scan(const struct as_scanner *scanner, const struct as_bench_input *input,
                             unsigned threads, unsigned rounds, struct as_bench_rate *out)
{
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    struct share *shares = as_calloc(threads, sizeof *shares);
    enum as_status status = shares == NULL ? AS_E_NO_MEMORY : AS_OK;
    for (unsigned i = 0; status == AS_OK && i < threads; i++) {
        shares[i].scanner = scanner;
        shares[i].worker = as_scan_worker_new(scanner);
        as_hits_init(&shares[i].hits);
        status = shares[i].worker == NULL ? AS_E_NO_MEMORY : AS_OK;
    }
    for (unsigned round = 0; status == AS_OK && round < rounds; round++) {
        struct as_bench_rate rate = {0};
        divide(input, shares, threads);
        for (unsigned i = 0; i < threads; i++) {
            shares[i].reported = 0;
        }
        status = run_shares(shares, threads, &rate);
        if (status == AS_OK && (round == 0 || rate.wall_seconds < out->wall_seconds)) {
            *out = rate;
        }
    }
    for (unsigned i = 0; shares != NULL && i < threads; i++) {
        as_scan_worker_free(shares[i].worker);
        as_hits_fini(&shares[i].hits);
    }
    as_free(shares);
    return status;
}

enum as_status as_bench_limit(struct as_limit *limit, const struct as_bench_input *input,
                              unsigned rounds, struct as_bench_rate *out)
{
    for (unsigned round = 0; round < rounds; round++) {
        uint64_t began_cpu = as_thread_cpu_ns();
        uint64_t began = as_monotonic_ns();
        struct as_bench_rate rate = {0};
        AS_TRY(as_limit_scan(limit, input->bytes, input->len, &rate.hits));
        rate.cpu_seconds = (double)(as_thread_cpu_ns() - began_cpu) / 1e9;
        rate.wall_seconds = (double)(as_monotonic_ns() - began) / 1e9;
        if (round == 0 || rate.cpu_seconds < out->cpu_seconds) {
            *out = rate;
        }
    }
    return AS_OK;
}

void as_bench_read(const struct as_bench_input *input, unsigned rounds, struct as_bench_rate *out)
{
    for (unsigned round = 0; round < rounds; round++) {
        uint64_t began = as_thread_cpu_ns();
        uint64_t sums[4] = {0, 0, 0, 0};
        for (size_t at = 0; at + 32 <= input->len; at += 32) {
            uint64_t words[4];
            memcpy(words, input->bytes + at, 32);
            for (unsigned i = 0; i < 4; i++) {
                sums[i] += words[i];
            }
        }
        struct as_bench_rate rate = {.cpu_seconds = (double)(as_thread_cpu_ns() - began) / 1e9};
        rate.hits = (sums[0] ^ sums[1] ^ sums[2] ^ sums[3]) & 1; /* the sums must be wanted */
        if (round == 0 || rate.cpu_seconds < out->cpu_seconds) {
            *out = rate;
        }
    }
}
