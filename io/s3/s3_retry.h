/* SPDX-License-Identifier: Apache-2.0
 * When to try again. Back-off: random between 0 and a bound that doubles (base 1 s when the server
 * asked to slow down, 250 ms otherwise; at most 20 s). A quota shared by all requests of a client
 * stops retry storms: 500 tokens, a retry costs 5 (10 after a time-out), a success gives back what
 * its retries cost, or 1. Source: botocore's standard mode; AWS SDK reference guide "Retry
 * behavior". Threads: any. */
#ifndef AS_IO_S3_RETRY_H
#define AS_IO_S3_RETRY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define AS_S3_QUOTA_TOKENS 500U
#define AS_S3_RETRY_COST 5U
#define AS_S3_TIMEOUT_COST 10U
#define AS_S3_BACKOFF_MAX_MS 20000U

struct as_s3_quota {
    pthread_mutex_t lock;
    unsigned tokens; /* guarded by lock */
};
void as_s3_quota_init(struct as_s3_quota *q);
void as_s3_quota_fini(struct as_s3_quota *q);
/** False: no retry now. */
bool as_s3_quota_take(struct as_s3_quota *q, unsigned cost);
void as_s3_quota_give(struct as_s3_quota *q, unsigned tokens);

/** Milliseconds to wait before retry number `failures` (from 1). `retry_after_seconds` is the
 * server's wish, honoured up to 20 s. `random` is any 64 random bits. */
unsigned as_s3_backoff_ms(unsigned failures, bool throttled, unsigned retry_after_seconds,
                          uint64_t random);

#endif
