/* SPDX-License-Identifier: Apache-2.0
 * Hashes: SHA-256 (FIPS 180-4) for identity and integrity, a keyed 64-bit hash for counting
 * different values without keeping them. Threads: any. */
#ifndef AS_BASE_HASH_H
#define AS_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

#define AS_SHA256_SIZE 32

struct as_sha256; /* incremental state; one owner */

/** NULL when out of memory. */
struct as_sha256 *as_sha256_new(void) AS_MUST_CHECK;
void as_sha256_update(struct as_sha256 *h, const void *bytes, size_t len);
/** Writes the digest and frees the state. */
void as_sha256_finish(struct as_sha256 *h, uint8_t out[AS_SHA256_SIZE]);
/** One shot. */
void as_sha256(const void *bytes, size_t len, uint8_t out[AS_SHA256_SIZE]);
/** Lower-case hex of `len` bytes, NUL-terminated, into out[2 * len + 1]. */
void as_hex(const uint8_t *bytes, size_t len, char *out);

/** XXH3, seeded. With a secret random seed it counts distinct values and tells nothing about them.
 */
uint64_t as_hash64(const void *bytes, size_t len, uint64_t seed);
/** 64 random bits from the kernel. */
uint64_t as_random64(void);

#endif
