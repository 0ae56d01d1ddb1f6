/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 (FIPS 180-4) and Keccak-256 (the padding of Keccak's submission, as Ethereum uses it),
 * for the check sums of crypto-currency addresses. Checks may use no library, hence these; they
 * hash public strings of under 64 bytes, so speed and timing do not matter. Pure. */
#ifndef AS_DETECTORS_CHECKS_HASHES_H
#define AS_DETECTORS_CHECKS_HASHES_H

#include <stddef.h>
#include <stdint.h>

#define AS_HASH_BYTES 32U
/** Longest input of the two: one block of SHA-256 less its padding. */
#define AS_HASH_INPUT_MAX 55U

/** SHA-256 of at most AS_HASH_INPUT_MAX bytes. */
void as_check_sha256(const uint8_t *bytes, size_t len, uint8_t out[AS_HASH_BYTES]);
/** Keccak-256 of at most AS_HASH_INPUT_MAX bytes. */
void as_check_keccak256(const uint8_t *bytes, size_t len, uint8_t out[AS_HASH_BYTES]);

#endif
