/* SPDX-License-Identifier: Apache-2.0
 * See s3_retry.h. Test: tests/unit/io/test_s3_answer.c. */
#include "io/s3/s3_retry.h"

#define THROTTLE_BASE_MS 1000U
#define TRANSIENT_BASE_MS 250U

void as_s3_quota_init(struct as_s3_quota *q)
{
    pthread_mutex_init(&q->lock, NULL);
    q->tokens = AS_S3_QUOTA_TOKENS;
}

void as_s3_quota_fini(struct as_s3_quota *q)
{
    pthread_mutex_destroy(&q->lock);
}

bool as_s3_quota_take(struct as_s3_quota *q, unsigned cost)
{
    pthread_mutex_lock(&q->lock);
    bool enough = q->tokens >= cost;
    if (enough) {
        q->tokens -= cost;
    }
    pthread_mutex_unlock(&q->lock);
    return enough;
}

void as_s3_quota_give(struct as_s3_quota *q, unsigned tokens)
{
    pthread_mutex_lock(&q->lock);
    unsigned room = AS_S3_QUOTA_TOKENS - q->tokens;
    q->tokens += tokens < room ? tokens : room;
    pthread_mutex_unlock(&q->lock);
}

unsigned as_s3_backoff_ms(unsigned failures, bool throttled, unsigned retry_after_seconds,
                          uint64_t random)
{
    unsigned base = throttled ? THROTTLE_BASE_MS : TRANSIENT_BASE_MS;
    unsigned shift = failures == 0 ? 0 : failures > 8 ? 7 : failures - 1;
    unsigned bound = base << shift;
    if (bound > AS_S3_BACKOFF_MAX_MS) {
        bound = AS_S3_BACKOFF_MAX_MS;
    }
    unsigned delay = (unsigned)(random % (bound + 1U));
    unsigned least = retry_after_seconds > AS_S3_BACKOFF_MAX_MS / 1000U
                         ? AS_S3_BACKOFF_MAX_MS
                         : retry_after_seconds * 1000U;
    return delay < least ? least : delay;
}
