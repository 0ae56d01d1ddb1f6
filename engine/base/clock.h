/* SPDX-License-Identifier: Apache-2.0
 * Time: a monotonic clock for measuring, the wall clock for time stamps, waiting on a condition
 * with a bound. SOURCE_DATE_EPOCH (reproducible-builds.org) fixes every time stamp that assay makes
 * itself. Threads: any. */
#ifndef AS_BASE_CLOCK_H
#define AS_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Nanoseconds since some fixed point; never goes back. */
uint64_t as_monotonic_ns(void);
/** CPU nanoseconds used by the calling thread. */
uint64_t as_thread_cpu_ns(void);
/** Milliseconds since 1970 by the wall clock; not affected by SOURCE_DATE_EPOCH (signing needs the
 * real one). */
int64_t as_wall_ms(void);
/** as_wall_ms, or SOURCE_DATE_EPOCH * 1000 when that is set to a number: for time stamps in output.
 */
int64_t as_stamp_ms(void);
#define AS_TIMESTAMP_SIZE 32
/** `YYYY-MM-DDTHH:MM:SS.mmmZ` into out[AS_TIMESTAMP_SIZE]; years outside 0–9999 are clamped. */
void as_format_timestamp(int64_t unix_ms, char out[AS_TIMESTAMP_SIZE]);
/** Parses `YYYY-MM-DDTHH:MM:SS[.fraction]Z`. False when it is no such thing. */
bool as_parse_timestamp(const char *text, int64_t *out_unix_ms);
/** Proleptic Gregorian calendar; no locale, no time zone data. */
int64_t as_days_from_civil(int64_t year, unsigned month, unsigned day);

/** A condition on the monotonic clock. */
void as_cond_init(pthread_cond_t *cond);
/** Waits at most `ms`; wakes early on a signal or for no reason. */
void as_cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, unsigned ms);
void as_sleep_ms(unsigned ms);

#endif
