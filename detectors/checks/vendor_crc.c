/* SPDX-License-Identifier: Apache-2.0
 * Tokens that end in a CRC-32 (ISO 3309) of what stands before. A checksum that does not fit lowers
 * the strength and does not refuse: the rule is the vendor's own and may change, and a token that
 * was mistyped in one place is a leak of the rest. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/crc32.h"
#include "detectors/checks/vendor_token.h"
#include "detectors/checks/window.h"

static enum as_verdict weigh(struct as_value *v, enum as_verdict verdict, bool fits)
{
    if (verdict != AS_REJECT && !fits) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return verdict;
}

/* Value of `len` digits of base 36 (0-9, a-z) or 62 (0-9, A-Z, a-z); UINT64_MAX when one is none.
 */
static uint64_t digits_of(const uint8_t *s, size_t len, unsigned base)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        int c = s[i];
        bool small = c >= 'a' && c <= 'z';
        if (!is_alnum(c) || (base == 36 && is_upper(c))) {
            return UINT64_MAX;
        }
        unsigned letters = base == 36 ? 10 : 36;
        unsigned d = is_digit(c) ? (unsigned)(c - '0')
                     : small     ? (unsigned)(c - 'a') + letters
                                 : (unsigned)(c - 'A') + 10;
        value = value * base + d;
    }
    return value;
}

/** Six digits of base 62 at the end, over the part behind the first '_': npm's access tokens.
 * Source: GitHub, "Behind GitHub's new authentication token formats"; npm, "Announcing npm's new
 * access token format" (2021). ANCHOR. */
enum as_verdict as_check_token_crc62(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict == AS_REJECT) {
        return verdict;
    }
    size_t from = v->start;
    while (from < v->end && v->text[from] != '_') {
        from++;
    }
    from++;
    bool fits = v->end > from + 6 && digits_of(v->text + v->end - 6, 6, 62) ==
                                         as_crc32(v->text + from, v->end - 6 - from);
    return weigh(v, verdict, fits);
}

/** Seven digits of base 36 at the end, over all before them: GitLab's routable tokens, which are
 * those with dots. Source: GitLab, Authn::TokenField::Generator::RoutableToken. ANCHOR. */
enum as_verdict as_check_token_crc36(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict == AS_REJECT || memchr(v->text + v->start, '.', v->end - v->start) == NULL) {
        return verdict;
    }
    size_t len = v->end - v->start;
    bool fits =
        len > 7 && digits_of(v->text + v->end - 7, 7, 36) == as_crc32(v->text + v->start, len - 7);
    return weigh(v, verdict, fits);
}

/** Eight hex digits behind the last '_', the CRC's least byte first, over all before that '_':
 * Grafana's service account tokens. Source: Grafana, satokengen. ANCHOR. */
enum as_verdict as_check_token_crc_hex(struct as_value *v)
{
    struct as_token_match m;
    enum as_verdict verdict = as_vendor_token_find(v, &m);
    if (verdict == AS_REJECT || v->end - v->start < 10) {
        return verdict;
    }
    uint32_t crc = as_crc32(v->text + v->start, v->end - v->start - 9);
    bool fits = true;
    for (size_t i = 0; i < 8; i++) {
        unsigned nibble = crc >> (8 * (i / 2) + (i % 2 == 0 ? 4 : 0)) & 15U;
        int c = v->text[v->end - 8 + i];
        fits = fits && to_lower(c) == "0123456789abcdef"[nibble];
    }
    return weigh(v, verdict, fits);
}
