/* SPDX-License-Identifier: Apache-2.0
 * See opaque_watch.h. A window is no text when more than 1 byte in 20 is a control character other
 * than white space, ESC and the most frequent one (random bytes: 1 in 10), more than 1 in 4 is NUL,
 * 12 letters in a row stand between NULs (UTF-16), in UTF-8 more than 1 in 10 bytes is malformed
 * (EBCDIC, compressed data), or in Latin-1 more than half are above ASCII (another set). Single
 * NULs and stray bytes are common in real texts. Windows below 64 bytes are too short to judge.
 * Tests: tests/unit/content/test_opaque_watch.c. */
#include "content/opaque_watch.h"

#include <string.h>

#include "base/utf8.h"

#define JUDGED_MIN 64U
#define WIDE_LETTERS 12U
#define BLOB_BYTES 256U
#define BLOB_CONTROLS 12U /* in the window; random bytes of a blob have twice as many */

void as_opaque_watch_init(struct as_opaque_watch *w, bool utf8)
{
    w->utf8 = utf8;
    w->reason = AS_REASON_NONE;
    w->len = 0;
}

/* A plain loop that the compiler turns into vectors. */
static size_t count_below(const uint8_t *p, size_t len, uint8_t limit)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += p[i] < limit;
    }
    return count;
}

/* Letters that each have a NUL behind them, in a row. */
static bool has_wide_run(const uint8_t *p, size_t len)
{
    unsigned run = 0;
    for (size_t i = 1; i < len; i++) {
        if (p[i] == 0 && p[i - 1] >= 0x20 && p[i - 1] < 0x7f) {
            run += 1;
            if (run == WIDE_LETTERS) {
                return true;
            }
        } else if (p[i] == 0 || p[i - 1] != 0) {
            run = 0;
        }
    }
    return false;
}

static bool is_malformed(const uint8_t *p, size_t len)
{
    size_t bad = 0;
    for (size_t i = 0; i < len;) {
        unsigned n = as_utf8_decode(p + i, len - i, NULL);
        bad += n == 0;
        i += n == 0 ? 1 : n;
    }
    return bad * 10 > len;
}

/* The control that stands most often is taken for a separator (SOH in FIX and Hive). */
static bool is_binary(const uint8_t *p, size_t len)
{
    unsigned counts[32] = {0};
    size_t controls = 0;
    size_t most = 0;
    for (size_t i = 0; i < len; i++) {
        counts[p[i] & 31U] += p[i] < 0x20;
    }
    for (unsigned c = 1; c < 32; c++) {
        if ((c < '\t' || c > '\r') && c != 0x1b) {
            controls += counts[c];
            most = counts[c] > most ? counts[c] : most;
        }
    }
    return (controls - most) * 20 > len || (size_t)counts[0] * 4 > len;
}

/* A short blob in a long text, which the window dilutes: 256 bytes of which more than a quarter are
 * control characters (but NUL and the most frequent, as above) or malformed. Only where a look at
 * all is worth it: there are enough such bytes in the window. */
static bool has_blob(const struct as_opaque_watch *w, const uint8_t *p, size_t len)
{
    for (size_t at = 0; at + BLOB_BYTES <= len; at += BLOB_BYTES / 2) {
        unsigned counts[33] = {0};
        unsigned strange = 0;
        unsigned most = 0;
        for (size_t i = at; i < at + BLOB_BYTES;) {
            unsigned n = w->utf8 ? as_utf8_decode(p + i, len - i, NULL) : 1;
            counts[n == 0 ? 32 : p[i] < 0x20 ? p[i] : 0]++;
            i += n == 0 ? 1 : n;
        }
        for (unsigned c = 1; c < 33; c++) {
            if ((c < '\b' || c > '\r') && c != 0x1b) {
                strange += counts[c];
                most = c < 32 && counts[c] > most ? counts[c] : most;
            }
        }
        unsigned need = w->utf8 ? BLOB_BYTES / 4 : BLOB_BYTES / 16;
        if (strange - most > need && strange - most > counts[32]) {
            return true;
        }
    }
    return false;
}

/* Control characters that text does not have, NUL too; for vectors, as above. */
static size_t count_controls(const uint8_t *p, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += (p[i] < 0x20) & ((p[i] < '\b') | (p[i] > '\r')) & (p[i] != 0x1b);
    }
    return count;
}

static enum as_reason judge(const struct as_opaque_watch *w, const uint8_t *p, size_t len)
{
    if (len < JUDGED_MIN) {
        return AS_REASON_NONE;
    }
    size_t low = count_below(p, len, 0x20);
    if (low != 0 && memchr(p, 0, len) != NULL && has_wide_run(p, len)) {
        return AS_REASON_UNKNOWN_BINARY_FORMAT;
    }
    if (low * 20 > len && is_binary(p, len)) {
        return AS_REASON_UNKNOWN_BINARY_FORMAT;
    }
    if (low != 0 && (len - count_below(p, len, 0x80)) * 64 > len &&
        count_controls(p, len) >= BLOB_CONTROLS && has_blob(w, p, len)) {
        return AS_REASON_UNKNOWN_BINARY_FORMAT;
    }
    if (w->utf8 && (len - count_below(p, len, 0x80)) * 10 > len && is_malformed(p, len)) {
        return AS_REASON_UNKNOWN_TEXT_ENCODING;
    }
    if (!w->utf8 && (len - count_below(p, len, 0x80)) * 2 > len) {
        return AS_REASON_UNKNOWN_TEXT_ENCODING;
    }
    return AS_REASON_NONE;
}

void as_opaque_watch_feed(struct as_opaque_watch *w, const uint8_t *bytes, size_t len)
{
    while (len != 0 && w->reason == AS_REASON_NONE) {
        if (w->len == 0 && len >= AS_OPAQUE_WINDOW) {
            w->reason = judge(w, bytes, AS_OPAQUE_WINDOW);
            bytes += AS_OPAQUE_WINDOW;
            len -= AS_OPAQUE_WINDOW;
            continue;
        }
        size_t take = AS_OPAQUE_WINDOW - w->len < len ? AS_OPAQUE_WINDOW - w->len : len;
        memcpy(w->window + w->len, bytes, take);
        w->len += (uint32_t)take;
        bytes += take;
        len -= take;
        if (w->len == AS_OPAQUE_WINDOW) {
            w->reason = judge(w, w->window, w->len);
            w->len = 0;
        }
    }
}

enum as_reason as_opaque_watch_end(struct as_opaque_watch *w)
{
    if (w->reason == AS_REASON_NONE) {
        w->reason = judge(w, w->window, w->len);
        w->len = 0;
    }
    return w->reason;
}

#define BASE64_LINE_MIN 60U
#define BASE64_LOOK_BYTES 65536U
#define HEX_LINE 60U

/* Length of the line at `at`, or 0 when a byte of it is no base64. *plain: hex digits only. */
static size_t base64_line(struct as_slice s, size_t at, bool *plain)
{
    size_t len = 0;
    for (; at + len < s.len && s.ptr[at + len] != '\n'; len++) {
        uint8_t c = s.ptr[at + len];
        bool last_cr = c == '\r' && at + len + 1 < s.len && s.ptr[at + len + 1] == '\n';
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && !last_cr && c != '+' && c != '/' && c != '=') {
            return 0;
        }
        *plain = *plain && (digit || last_cr || (letter && (c | 0x20) <= 'f'));
    }
    return len;
}

/* Letters, digits and what base64 and its variants add; white space between lines. */
static bool is_encoding_byte(uint8_t c)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return letter || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' || c == '_' ||
           c == '=' || c == '\n' || c == '\r';
}

/* One long line, or hex and base32 in lines of one length: digits and letters all over, where words
 * have few digits and lists of hashes have shorter lines. */
#define ENCODED_BYTES_MIN 512U
#define ENCODED_RUN_MIN 256U

static bool is_encoded_run(struct as_slice s)
{
    size_t digits = 0;
    size_t letters = 0;
    size_t run = 0;
    size_t longest = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (!is_encoding_byte(c)) {
            return false;
        }
        digits += c >= '0' && c <= '9';
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        run = c == '\n' || c == '\r' ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    /* base64 of text has a tenth of digits, hex of text a tenth of letters */
    return s.len >= ENCODED_BYTES_MIN && longest >= ENCODED_RUN_MIN && digits * 50 >= s.len &&
           letters * 50 >= s.len;
}

/* Lines of hex as xxd -p writes them: 60 digits each, which no common hash has. */
static bool is_hex_dump(struct as_slice s)
{
    bool plain = true;
    size_t at = 0;
    while (at + HEX_LINE < s.len) {
        if (base64_line(s, at, &plain) != HEX_LINE || !plain) {
            return false;
        }
        at += HEX_LINE + 1;
    }
    size_t rest = at < s.len ? base64_line(s, at, &plain) : 0;
    return s.len >= ENCODED_BYTES_MIN && plain &&
           (at >= s.len || rest != 0 || s.len == BASE64_LOOK_BYTES);
}

bool as_is_encoded_whole(struct as_slice prefix)
{
    struct as_slice s =
        as_slice(prefix.ptr, prefix.len < BASE64_LOOK_BYTES ? prefix.len : BASE64_LOOK_BYTES);
    return is_encoded_run(s) || is_hex_dump(s) || as_is_base64_whole(prefix);
}

bool as_is_base64_whole(struct as_slice prefix)
{
    struct as_slice s =
        as_slice(prefix.ptr, prefix.len < BASE64_LOOK_BYTES ? prefix.len : BASE64_LOOK_BYTES);
    bool plain = true;
    size_t first = base64_line(s, 0, &plain);
    size_t lines = 0;
    if (first < BASE64_LINE_MIN) {
        return false;
    }
    for (size_t at = 0; at < s.len; lines++) {
        size_t len = base64_line(s, at, &plain);
        bool last = at + len + 1 >= s.len;
        if (last ? len > first || (len == 0 && at < s.len) : len != first) {
            return false;
        }
        at += len + 1;
    }
    return lines >= 2 && !plain;
}
