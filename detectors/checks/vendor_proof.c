/* SPDX-License-Identifier: Apache-2.0
 * Tokens whose content proves them: bech32 with its checksum, base64 that decodes to what the
 * vendor puts there. Each finds the token by its definition's forms first (vendor_token.h). */
#include <string.h>

#include "detectors/checks/base64.h"
#include "detectors/checks/checks.h"
#include "detectors/checks/filler.h"
#include "detectors/checks/vendor_token.h"
#include "detectors/checks/window.h"

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[5] = {0x3B6A57B2U, 0x26508E6DU, 0x1EA119FAU, 0x3D4233DDU,
                                          0x2A1462B3U};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1FFFFFFU) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++) {
        sum ^= (top >> i & 1U) != 0 ? generator[i] : 0;
    }
    return sum;
}

/* BIP 173: the checksum over the prefix before the last '1' and the data behind it is 1. */
static bool bech32_ok(const uint8_t *s, size_t len)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    size_t one = len;
    while (one > 0 && s[one - 1] != '1') {
        one--;
    }
    if (one < 2) {
        return false;
    }
    uint32_t sum = 1;
    for (size_t i = 0; i + 1 < one; i++) {
        sum = bech32_step(sum, (uint32_t)to_lower(s[i]) >> 5);
    }
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i + 1 < one; i++) {
        sum = bech32_step(sum, (uint32_t)to_lower(s[i]) & 31U);
    }
    for (size_t i = one; i < len; i++) {
        const char *at = strchr(alphabet, to_lower(s[i]));
        if (s[i] == 0 || at == NULL) {
            return false;
        }
        sum = bech32_step(sum, (uint32_t)(at - alphabet));
    }
    return sum == 1;
}

/** A key in bech32 (age, Nostr). A checksum that is wrong lowers the strength: one symbol that was
 * mistyped or struck out leaves a leak of the others. ANCHOR. */
enum as_verdict as_check_token_bech32(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict != AS_REJECT && !bech32_ok(v->text + v->start, v->end - v->start)) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return verdict;
}

/* Whether a Discord bot's token begins at `at`: the first part is the base64 of its id, a number of
 * 17 to 20 digits. */
static bool is_discord(const struct as_value *v, size_t at, struct as_token_match *out)
{
    if (!as_token_form_match(v->definition->forms[0], v, at, false, out) || out->tail_joins) {
        return false;
    }
    size_t first = 0;
    while (v->text[at + first] != '.') {
        first++;
    }
    uint8_t id[24];
    size_t len = base64_decode(v->text + at, first, id, sizeof id);
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(id[i])) {
            return false;
        }
    }
    return len >= 17 && len <= 20;
}

/** A Discord bot's token, up to 120 bytes behind a word that leads to one. ANCHOR: the word. */
enum as_verdict as_check_token_discord(struct as_value *v)
{
    struct as_token_match m;
    if (v->definition == NULL || v->definition->forms == NULL) {
        return AS_REJECT;
    }
    for (size_t at = v->end; at < v->text_len && at - v->end < 120; at++) {
        int c = v->text[at];
        if (c >= 'M' && c <= 'O' && !is_alnum(v->text[at - 1]) && is_discord(v, at, &m)) {
            v->start = m.start;
            v->end = m.end;
            size_t secret = m.start + (m.end - m.start) / 2;
            return as_is_filler(v->text + secret, m.end - secret) ? AS_PLACEHOLDER : AS_ACCEPT;
        }
    }
    return AS_REJECT;
}

/** "auth" of a Docker configuration: base64 of user:password. ANCHOR. */
enum as_verdict as_check_token_docker_auth(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict == AS_REJECT) {
        return verdict;
    }
    size_t len = v->end - v->start;
    while (len > 0 && v->text[v->start + len - 1] == '=') {
        len--;
    }
    uint8_t plain[1536];
    size_t bytes = base64_decode(v->text + v->start, len, plain, sizeof plain);
    const uint8_t *colon = memchr(plain, ':', bytes);
    if (colon == NULL || colon == plain || colon + 1 == plain + bytes) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < bytes; i++) {
        if (plain[i] < 0x20 || plain[i] == 0x7F) {
            return AS_REJECT;
        }
    }
    size_t secret = (size_t)(colon + 1 - plain);
    return as_is_filler(colon + 1, bytes - secret) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* Whether `name` stands in text[from, to). */
static bool has_text(const struct as_value *v, size_t from, size_t to, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = from; i + len <= to; i++) {
        if (memcmp(v->text + i, name, len) == 0) {
            return true;
        }
    }
    return false;
}

static int hex_value(int c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - 'A' + 10;
}

/* Symbols of base64 under percent-encoding, "%2B", "%2F" and "%3D"; their number, 0 when wrong. */
static size_t unescape(const uint8_t *s, size_t len, uint8_t *out, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n < cap; n++) {
        if (s[i] != '%') {
            out[n] = s[i++];
            continue;
        }
        if (i + 2 >= len) {
            return 0;
        }
        int c = hex_value(s[i + 1]) * 16 + hex_value(s[i + 2]);
        if (c != '+' && c != '/' && c != '=') {
            return 0;
        }
        out[n] = (uint8_t)c;
        i += 3;
    }
    return n;
}

/** Azure's shared access signature: sig= is base64 of 32 bytes (HMAC-SHA-256), and what it signs
 * stands around it. ANCHOR. */
enum as_verdict as_check_token_azure_sas(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict == AS_REJECT) {
        return verdict;
    }
    uint8_t symbols[48];
    size_t count = unescape(v->text + v->start, v->end - v->start, symbols, sizeof symbols);
    uint8_t plain[33];
    bool whole =
        count == 44 && symbols[43] == '=' && base64_decode(symbols, 43, plain, sizeof plain) == 32;
    size_t from = v->start > 400 ? v->start - 400 : 0;
    size_t to = v->text_len - v->end > 400 ? v->end + 400 : v->text_len;
    bool storage = has_text(v, from, to, "sv=20") || has_text(v, from, to, "api-version=");
    bool bus = has_text(v, from, to, "sr=") && has_text(v, from, to, "se=");
    return whole && (storage || bus) ? verdict : AS_REJECT;
}
