/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 and Keccak-256 of one block (hashes.h). Written from FIPS 180-4 and the Keccak reference
 * (version 3.0, sections 1.2 and 1.3); the constants are the standards' own. */
#include "detectors/checks/hashes.h"

#include <string.h>

static uint32_t rotate_right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void expand_block(const uint8_t block[64], uint32_t w[64])
{
    for (size_t i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (size_t i = 16; i < 64; i++) {
        uint32_t a = w[i - 15];
        uint32_t b = w[i - 2];
        w[i] = w[i - 16] + (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10);
    }
}

void as_check_sha256(const uint8_t *bytes, size_t len, uint8_t out[AS_HASH_BYTES])
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t block[64] = {0};
    uint32_t w[64];
    uint32_t s[8];
    len = len < AS_HASH_INPUT_MAX ? len : AS_HASH_INPUT_MAX;
    memcpy(block, bytes, len);
    block[len] = 0x80;
    block[62] = (uint8_t)(len >> 5);
    block[63] = (uint8_t)(len << 3);
    expand_block(block, w);
    memcpy(s, start, sizeof s);
    for (size_t i = 0; i < 64; i++) {
        uint32_t big1 = rotate_right(s[4], 6) ^ rotate_right(s[4], 11) ^ rotate_right(s[4], 25);
        uint32_t big0 = rotate_right(s[0], 2) ^ rotate_right(s[0], 13) ^ rotate_right(s[0], 22);
        uint32_t t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        uint32_t t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (size_t i = 0; i < AS_HASH_BYTES; i++) {
        out[i] = (uint8_t)((s[i / 4] + start[i / 4]) >> (24 - 8 * (i % 4)));
    }
}

static uint64_t rotate_left(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static void keccak_round(uint64_t a[25], uint64_t constant)
{
    static const uint8_t turns[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                      27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    static const uint8_t places[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                       15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    uint64_t c[5];
    for (size_t x = 0; x < 5; x++) {
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (size_t i = 0; i < 25; i++) {
        a[i] ^= c[(i + 4) % 5] ^ rotate_left(c[(i + 1) % 5], 1);
    }
    uint64_t moved = a[1];
    for (size_t i = 0; i < 24; i++) {
        uint64_t next = a[places[i]];
        a[places[i]] = rotate_left(moved, turns[i]);
        moved = next;
    }
    for (size_t y = 0; y < 25; y += 5) {
        memcpy(c, a + y, sizeof c);
        for (size_t x = 0; x < 5; x++) {
            a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
    }
    a[0] ^= constant;
}

void as_check_keccak256(const uint8_t *bytes, size_t len, uint8_t out[AS_HASH_BYTES])
{
    static const uint64_t constants[24] = {
        UINT64_C(0x0000000000000001), UINT64_C(0x0000000000008082), UINT64_C(0x800000000000808a),
        UINT64_C(0x8000000080008000), UINT64_C(0x000000000000808b), UINT64_C(0x0000000080000001),
        UINT64_C(0x8000000080008081), UINT64_C(0x8000000000008009), UINT64_C(0x000000000000008a),
        UINT64_C(0x0000000000000088), UINT64_C(0x0000000080008009), UINT64_C(0x000000008000000a),
        UINT64_C(0x000000008000808b), UINT64_C(0x800000000000008b), UINT64_C(0x8000000000008089),
        UINT64_C(0x8000000000008003), UINT64_C(0x8000000000008002), UINT64_C(0x8000000000000080),
        UINT64_C(0x000000000000800a), UINT64_C(0x800000008000000a), UINT64_C(0x8000000080008081),
        UINT64_C(0x8000000000008080), UINT64_C(0x0000000080000001), UINT64_C(0x8000000080008008)};
    uint8_t block[136] = {0}; /* the rate at 256 bits */
    uint64_t a[25] = {0};
    len = len < AS_HASH_INPUT_MAX ? len : AS_HASH_INPUT_MAX;
    memcpy(block, bytes, len);
    block[len] = 0x01;
    block[135] |= 0x80;
    for (size_t i = 0; i < sizeof block; i++) {
        a[i / 8] |= (uint64_t)block[i] << 8 * (i % 8);
    }
    for (size_t i = 0; i < 24; i++) {
        keccak_round(a, constants[i]);
    }
    for (size_t i = 0; i < AS_HASH_BYTES; i++) {
        out[i] = (uint8_t)(a[i / 8] >> 8 * (i % 8));
    }
}
