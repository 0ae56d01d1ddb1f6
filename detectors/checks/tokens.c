/* SPDX-License-Identifier: Apache-2.0
 * Keys and tokens of vendors: a fixed prefix (or, for AWS secrets, only a length), an alphabet, a
 * length, and where the vendor made one a checksum. Values of one repeated or counted character are
 * placeholders. */
#include <string.h>

#include "detectors/checks/base64.h"
#include "detectors/checks/checks.h"
#include "detectors/checks/crc32.h"
#include "detectors/checks/filler.h"
#include "detectors/checks/window.h"

static bool is_word(int c)
{
    return is_alnum(c) || c == '_';
}

/* End of the letters and digits (and '_', '-' where allowed) from `at`, at most `most` of them. */
static size_t run_end(const struct as_value *v, size_t at, size_t most, const char *also)
{
    size_t start = at;
    while (at - start < most) {
        int c = byte_at(v, at);
        if (!is_alnum(c) && (c == 0 || strchr(also, c) == NULL)) {
            break;
        }
        at++;
    }
    return at;
}

static enum as_verdict accept_from(struct as_value *v, size_t secret, size_t end)
{
    v->end = end;
    return as_is_filler(v->text + secret, end - secret) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* Six digits of base 62 (0–9, A–Z, a–z), or UINT64_MAX. */
static uint64_t base62(const uint8_t *s)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 6; i++) {
        int c = s[i];
        unsigned d = (unsigned)(is_digit(c) ? c - '0' : is_upper(c) ? c - 'A' + 10 : c - 'a' + 36);
        value = value * 62 + d;
    }
    return value;
}

/** GITHUB_TOKEN: ANCHOR. Classic tokens end in the CRC-32 of the thirty characters before, in base
 * 62; one that does not fit keeps a lowered strength, since the rule is GitHub's own and may
 * change. Source: GitHub, "Behind GitHub's new authentication token formats" (2021). */
enum as_verdict as_check_github(struct as_value *v)
{
    size_t secret = v->end;
    if (is_word(byte_before(v, 1))) {
        return AS_REJECT;
    }
    if (v->end - v->start == strlen("github_pat_")) {
        size_t end = run_end(v, secret, 83, "_");
        bool parts =
            end - secret == 82 && byte_at(v, secret + 22) == '_' && !is_word(byte_at(v, end));
        return parts ? accept_from(v, secret, end) : AS_REJECT;
    }
    size_t end = run_end(v, secret, 37, "");
    if (end - secret != 36 || byte_at(v, end) == '_') {
        return AS_REJECT;
    }
    if (base62(v->text + secret + 30) != as_crc32(v->text + secret, 30)) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return accept_from(v, secret, end);
}

/** SLACK_TOKEN: ANCHOR "xoxb-" and kin, "xapp-". Parts over hyphens, of which one at least is a
 * number. Source: Slack API, "Token types". */
enum as_verdict as_check_slack(struct as_value *v)
{
    size_t secret = v->end;
    size_t end = run_end(v, secret, 255, "-");
    if (is_word(byte_before(v, 1)) || byte_at(v, end) == '_') {
        return AS_REJECT;
    }
    while (end > secret && v->text[end - 1] == '-') {
        end--;
    }
    size_t digits = 0;
    size_t longest = 0;
    size_t part = 0;
    for (size_t i = secret; i < end; i++) {
        part = v->text[i] == '-' ? 0 : part + 1;
        longest = part > longest ? part : longest;
        digits += is_digit(v->text[i]) ? 1 : 0;
    }
    if (end - secret < 20 || digits < 6 || longest < 10) {
        return AS_REJECT;
    }
    return accept_from(v, secret, end);
}

/** STRIPE_CREDENTIALS: ANCHOR "sk_live_" and kin; 24 to 247 letters and digits. Source: Stripe,
 * "API keys". */
enum as_verdict as_check_stripe(struct as_value *v)
{
    size_t secret = v->end;
    size_t end = run_end(v, secret, 248, "");
    if (is_word(byte_before(v, 1)) || end - secret < 24 || end - secret > 247 ||
        byte_at(v, end) == '_') {
        return AS_REJECT;
    }
    return accept_from(v, secret, end);
}

/** GCP_API_KEY: ANCHOR "AIza" and 35 symbols. Source: Google Cloud, "Manage API keys"
 * (keyString). */
enum as_verdict as_check_gcp_key(struct as_value *v)
{
    size_t secret = v->end;
    size_t end = run_end(v, secret, 36, "_-");
    if (is_word(byte_before(v, 1)) || byte_before(v, 1) == '-' || end - secret != 35) {
        return AS_REJECT;
    }
    return accept_from(v, secret, end);
}

/** AWS_ACCESS_KEY_ID: ANCHOR "AKIA" or "ASIA" and 16 symbols of base 32. Source: AWS, "IAM
 * identifiers", unique id prefixes. */
enum as_verdict as_check_aws_key_id(struct as_value *v)
{
    size_t secret = v->end;
    size_t end = run_end(v, secret, 17, "");
    if (is_word(byte_before(v, 1)) || end - secret != 16 || byte_at(v, end) == '_') {
        return AS_REJECT;
    }
    for (size_t i = secret; i < end; i++) {
        int c = v->text[i];
        if (!is_upper(c) && (c < '2' || c > '7')) {
            return AS_REJECT;
        }
    }
    return accept_from(v, secret, end);
}

/* Random over 64 symbols: all classes, twenty different symbols, and classes that alternate as
 * words do not. */
static bool is_random_secret(const uint8_t *s, size_t len)
{
    size_t uppers = 0;
    size_t lowers = 0;
    size_t digits = 0;
    size_t turns = 0;
    int last = 0;
    for (size_t i = 0; i < len; i++) {
        int kind = is_upper(s[i]) ? 1 : is_digit(s[i]) ? 2 : is_letter(s[i]) ? 3 : 4;
        uppers += kind == 1 ? 1 : 0;
        digits += kind == 2 ? 1 : 0;
        lowers += kind == 3 ? 1 : 0;
        turns += i > 0 && kind != last ? 1 : 0;
        last = kind;
    }
    return uppers >= 3 && lowers >= 3 && digits >= 1 && turns >= 14 && is_varied(s, len, 20);
}

/* Words over words, as identifiers and paths of addresses have them: of random symbols, fewer than
 * one in a thousand hold eighteen small letters in runs of five and more. */
static bool is_worded(const uint8_t *s, size_t len)
{
    size_t worded = 0;
    size_t run = 0;
    for (size_t i = 0; i <= len; i++) {
        int c = i < len ? s[i] : 0;
        if (is_letter(c) && !is_upper(c)) {
            run++;
            continue;
        }
        worded += run >= 5 ? run : 0;
        run = 0;
    }
    return worded >= 18;
}

/* A piece of a longer value: of a host name, a token of several parts, escaped base 64. */
static bool is_piece(const struct as_value *v)
{
    int after = byte_after(v, 0);
    int next = byte_after(v, 1);
    bool longer = is_alnum(after) || after == '+' || after == '/' || after == '=' ||
                  ((after == '.' || after == '-') && is_alnum(next)) ||
                  (after == '%' && is_digit(next)) || (after == '\\' && next == '/');
    return longer || byte_before(v, 1) == '.';
}

/** AWS_CREDENTIALS (secret access key): RUN; the run may hold `name=` before the value. Forty
 * symbols of base 64 without a checksum: a keyword is required. Source: AWS, "Manage access keys".
 */
enum as_verdict as_check_aws_secret(struct as_value *v)
{
    if (is_piece(v)) {
        return AS_REJECT;
    }
    for (size_t start = v->start; start < v->end;) {
        size_t end = start;
        while (end < v->end &&
               (is_alnum(v->text[end]) || v->text[end] == '/' || v->text[end] == '+')) {
            end++;
        }
        int before = start > v->start ? v->text[start - 1] : '=';
        int after = end < v->end ? v->text[end] : 0;
        if (end - start == 40 && before == '=' && after == 0 &&
            is_random_secret(v->text + start, 40) && !is_worded(v->text + start, 40)) {
            v->start = start;
            v->end = end;
            return memcmp(v->text + end - 10, "EXAMPLEKEY", 10) == 0 ? AS_TEST_VALUE : AS_ACCEPT;
        }
        start = end + 1;
    }
    return AS_REJECT;
}
