/* SPDX-License-Identifier: Apache-2.0
 * Addresses and keys of crypto-currencies, by the check sum each carries: Base58Check (four bytes
 * of a double SHA-256), Bech32 and Bech32m (a BCH code), and Ethereum's mixed case (Keccak-256).
 * All work on the text itself, for the compact form has lost the case. Chance matches are rarer
 * than one in a thousand million; only an Ethereum address in one case proves nothing. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/hashes.h"
#include "detectors/checks/window.h"

#define BASE58_BYTES_MAX 40U

static const char bitcoin_alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char ripple_alphabet[] = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/* The number that `len` digits of base 58 make, as `want` bytes, most significant first; false when
 * it does not fit or its leading zero bytes are not the leading zero digits. */
static bool base58_decode(const uint8_t *text, size_t len, const char *alphabet, size_t want,
                          uint8_t *out)
{
    memset(out, 0, want);
    size_t zero_digits = 0;
    size_t zero_bytes = 0;
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] == 0 ? NULL : strchr(alphabet, text[i]);
        if (at == NULL) {
            return false;
        }
        unsigned carry = (unsigned)(at - alphabet);
        zero_digits += carry == 0 && zero_digits == i ? 1 : 0;
        for (size_t b = want; b-- > 0;) {
            carry += out[b] * 58U;
            out[b] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0) {
            return false;
        }
    }
    while (zero_bytes < want && out[zero_bytes] == 0) {
        zero_bytes++;
    }
    return zero_bytes == zero_digits;
}

/* A kind of Base58Check string: how many bytes it holds before the check sum, and its first ones.
 */
struct base58_kind {
    unsigned coin; /* the definition's parameter */
    uint8_t bytes;
    uint8_t version_bytes;
    uint8_t version[2];
    char first[4]; /* characters that the text can begin with */
};

enum { BITCOIN, LITECOIN, DOGECOIN, DASH, ZCASH, TRON, RIPPLE, BITCOIN_KEY };

static const struct base58_kind base58_kinds[] = {
    {BITCOIN, 21, 1, {0x00, 0}, "1"}, /* pay to public key hash */
    {BITCOIN, 21, 1, {0x05, 0}, "3"}, /* pay to script hash */
    {LITECOIN, 21, 1, {0x30, 0}, "L"},     {LITECOIN, 21, 1, {0x32, 0}, "M"},
    {DOGECOIN, 21, 1, {0x1e, 0}, "D"},     {DOGECOIN, 21, 1, {0x16, 0}, "9A"},
    {DASH, 21, 1, {0x4c, 0}, "X"},         {DASH, 21, 1, {0x10, 0}, "7"},
    {ZCASH, 22, 2, {0x1c, 0xb8}, "t"}, /* transparent addresses only */
    {ZCASH, 22, 2, {0x1c, 0xbd}, "t"},     {TRON, 21, 1, {0x41, 0}, "T"},
    {RIPPLE, 21, 1, {0x00, 0}, "r"},       /* its own alphabet */
    {BITCOIN_KEY, 33, 1, {0x80, 0}, "5"},  /* for an uncompressed public key */
    {BITCOIN_KEY, 34, 1, {0x80, 0}, "KL"}, /* compressed: a 1 behind the key */
};

static bool base58_ok(const struct base58_kind *kind, const uint8_t *text, size_t len)
{
    uint8_t bytes[BASE58_BYTES_MAX];
    uint8_t hash[AS_HASH_BYTES];
    const char *alphabet = kind->coin == RIPPLE ? ripple_alphabet : bitcoin_alphabet;
    if (!base58_decode(text, len, alphabet, kind->bytes + 4U, bytes) ||
        memcmp(bytes, kind->version, kind->version_bytes) != 0) {
        return false;
    }
    as_check_sha256(bytes, kind->bytes, hash);
    as_check_sha256(hash, sizeof hash, hash);
    return memcmp(bytes + kind->bytes, hash, 4) == 0;
}

static bool is_base58_of(unsigned coin, const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < sizeof base58_kinds / sizeof base58_kinds[0]; i++) {
        const struct base58_kind *kind = &base58_kinds[i];
        if (kind->coin == coin && strchr(kind->first, text[0]) != NULL &&
            base58_ok(kind, text, len)) {
            return true;
        }
    }
    return false;
}

/* The polynomial of BIP-173 over one five-bit value more. */
static uint32_t bech32_step(uint32_t sum, unsigned value)
{
    static const uint32_t generators[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                           0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++) {
        sum ^= (top >> i & 1U) != 0 ? generators[i] : 0;
    }
    return sum;
}

/* Version 0 holds 20 or 32 bytes and has Bech32's sum 1; later versions hold 2 to 40 and have
 * Bech32m's. Bits that fill up the last character are 0 and fewer than five. */
static bool witness_ok(uint32_t sum, unsigned version, size_t values, unsigned last)
{
    size_t bits = values * 5;
    size_t bytes = bits / 8;
    bool padded = bits % 8 < 5 && (last & ((1U << bits % 8) - 1)) == 0;
    if (version == 0) {
        return sum == 1 && padded && (bytes == 20 || bytes == 32);
    }
    return version <= 16 && sum == 0x2bc830a3 && padded && bytes >= 2 && bytes <= 40;
}

static bool bech32_ok(const char *prefix, const uint8_t *text, size_t len)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    size_t n = strlen(prefix);
    bool upper = is_upper(text[0]);
    uint32_t sum = 1;
    unsigned values[90];
    if (len < n + 1 + 8 || len > 90 || text[n] != '1') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (upper ? text[i] != to_upper(text[i]) : text[i] != to_lower(text[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (to_lower(text[i]) != prefix[i]) {
            return false;
        }
        sum = bech32_step(sum, (unsigned)prefix[i] >> 5);
    }
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i < n; i++) {
        sum = bech32_step(sum, (unsigned)prefix[i] & 31U);
    }
    for (size_t i = n + 1; i < len; i++) {
        const char *at = strchr(alphabet, to_lower(text[i]));
        if (at == NULL) {
            return false;
        }
        values[i] = (unsigned)(at - alphabet);
        sum = bech32_step(sum, values[i]);
    }
    return witness_ok(sum, values[n + 1], len - n - 8, values[len - 7]);
}

/** BITCOIN_ADDRESS and the other coins', and BITCOIN_PRIVATE_KEY, by parameter: SHAPE of one token.
 * Source: BIP-13, BIP-141, BIP-173, BIP-350; chainparams of Bitcoin Core and of the other coins. */
enum as_verdict as_check_crypto(struct as_value *v)
{
    const uint8_t *text = v->text + v->start;
    size_t len = v->end - v->start;
    bool segwit = (v->parameter == BITCOIN && bech32_ok("bc", text, len)) ||
                  (v->parameter == LITECOIN && bech32_ok("ltc", text, len));
    return segwit || is_base58_of(v->parameter, text, len) ? AS_ACCEPT : AS_REJECT;
}

/** ETHEREUM_ADDRESS: SHAPE, 0x and 40 hexadecimal digits. In mixed case each letter is a capital
 * where the Keccak-256 of the small ones has a digit of 8 or more: proof. In one case there is no
 * check sum. Source: EIP-55. */
enum as_verdict as_check_ethereum(struct as_value *v)
{
    const uint8_t *text = v->text + v->start;
    uint8_t small[40];
    uint8_t hash[AS_HASH_BYTES];
    bool lower = false;
    bool upper = false;
    if (v->end - v->start != 42 || text[0] != '0' || text[1] != 'x') {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 40; i++) {
        int c = to_lower(text[i + 2]);
        if (!is_digit(c) && (c < 'a' || c > 'f')) {
            return AS_REJECT;
        }
        small[i] = (uint8_t)c;
        upper = upper || is_upper(text[i + 2]);
        lower = lower || (is_letter(text[i + 2]) && !is_upper(text[i + 2]));
    }
    if (all_same((const char *)small, 39)) {
        return AS_PLACEHOLDER;
    }
    if (!lower || !upper) {
        v->strength = AS_STRENGTH_NONE;
        return AS_ACCEPT;
    }
    as_check_keccak256(small, sizeof small, hash);
    for (size_t i = 0; i < 40; i++) {
        bool high = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 8) != 0;
        if (is_letter(small[i]) && is_upper(text[i + 2]) != high) {
            return AS_REJECT;
        }
    }
    return AS_ACCEPT;
}
