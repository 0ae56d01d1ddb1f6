/* SPDX-License-Identifier: Apache-2.0
 * OpenSSL's EVP for SHA-256, xxHash's header for XXH3, getrandom for seeds. */
#include "base/hash.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct as_sha256 *as_sha256_new(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        context = NULL;
    }
    return (struct as_sha256 *)context;
}

void as_sha256_update(struct as_sha256 *h, const void *bytes, size_t len)
{
    AS_IGNORE(EVP_DigestUpdate((EVP_MD_CTX *)h, bytes, len), "cannot fail after a good init");
}

void as_sha256_finish(struct as_sha256 *h, uint8_t out[AS_SHA256_SIZE])
{
    AS_IGNORE(EVP_DigestFinal_ex((EVP_MD_CTX *)h, out, NULL), "cannot fail after a good init");
    EVP_MD_CTX_free((EVP_MD_CTX *)h);
}

void as_sha256(const void *bytes, size_t len, uint8_t out[AS_SHA256_SIZE])
{
    if (EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) != 1) {
        abort(); /* no SHA-256 in libcrypto: nothing that assay writes would be right */
    }
}

void as_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

uint64_t as_hash64(const void *bytes, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, len, seed);
}

uint64_t as_random64(void)
{
    uint64_t value;
    if (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value) {
        value = as_monotonic_ns() * 0x9E3779B97F4A7C15ULL;
    }
    return value;
}
