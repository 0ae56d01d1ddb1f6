/* SPDX-License-Identifier: Apache-2.0
 * Is it text, and in which character set? In this order:
 *
 *   1. A byte order mark decides, unless what follows it is plainly no text (MPEG frames begin with
 *      0xff 0xfe too) or bytes of ASCII. UTF-32's marks, and UTF-32 without one, are an encoding we
 * do not decode.
 *   2. With NUL bytes: UTF-16 if reading it so gives hardly any controls or lone surrogates and a
 *      fair share of ASCII. A text of NUL bytes alone is binary.
 *   3. Well-formed UTF-8 is text as long as it is not full of controls. Field separators such as
 *      SOH (FIX, Hive) are common in text, so up to a quarter of the bytes may be controls, and one
 *      in 8 may be NUL (lists made for `xargs -0`). A sequence cut by the prefix's end is fine. So
 *      are malformed bytes if there are more well-formed sequences than those.
 *   4. EBCDIC is recognised and not decoded.
 *   5. Anything else with hardly any controls is Latin-1 (windows-1252). Where most characters are
 *      above ASCII it is text in another 8-bit or multi-byte set (Cyrillic, Greek, Shift JIS, GBK;
 *      ISO-2022 by its escapes): its ASCII is read, the rest is not decoded, and that is said,
 *      since Latin-1 would make nonsense of its words.
 *
 * What is left is binary. Each rule is a share of bytes, so it does not matter where they stand. */
#include <immintrin.h>

#include "base/utf8.h"
#include "text/profile_impl.h"

/** Bytes of a prefix that are neither printable ASCII nor tab or line end, by value. */
struct unusual {
    uint32_t count[256];
};

static void count_unusual(struct as_slice s, struct unusual *out)
{
    *out = (struct unusual){{0}};
    const __m128i space = _mm_set1_epi8(0x1f);
    size_t at = 0;
    while (at < s.len) {
        if (s.len - at >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)(s.ptr + at));
            __m128i usual =
                _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)), _mm_cmpgt_epi8(v, space));
            usual = _mm_or_si128(usual, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
            usual = _mm_or_si128(usual, _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
            usual = _mm_or_si128(usual, _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
            if (_mm_movemask_epi8(usual) == 0xffff) {
                at += 16;
                continue;
            }
        }
        size_t stop = s.len - at < 16 ? s.len : at + 16;
        for (; at < stop; at++) {
            out->count[s.ptr[at]]++;
        }
    }
}

/** Control characters that text seldom has: C0 without white space and ESC, DEL; not NUL. */
static uint64_t count_controls(const struct unusual *u)
{
    uint64_t n = u->count[0x7f];
    for (unsigned b = 1; b < 0x20; b++) {
        bool text = (b >= '\t' && b <= '\r') || b == 0x1b;
        n += text ? 0 : u->count[b];
    }
    return n;
}

static uint64_t count_range(const struct unusual *u, unsigned from, unsigned to)
{
    uint64_t n = 0;
    for (unsigned b = from; b <= to; b++) {
        n += u->count[b];
    }
    return n;
}

struct utf16_tally {
    size_t units;
    size_t bad; /* controls, lone surrogates, noncharacters */
    size_t ascii;
};

static uint32_t unit_at(struct as_slice s, size_t i, bool big)
{
    uint32_t a = s.ptr[2 * i];
    uint32_t b = s.ptr[2 * i + 1];
    return big ? a << 8 | b : b << 8 | a;
}

static struct utf16_tally tally_utf16(struct as_slice s, bool big)
{
    struct utf16_tally t = {.units = s.len / 2};
    for (size_t i = 0; i < t.units; i++) {
        uint32_t c = unit_at(s, i, big);
        if (c >= 0xd800 && c <= 0xdbff) {
            if (i + 1 < t.units) {
                uint32_t low = unit_at(s, i + 1, big);
                bool paired = low >= 0xdc00 && low <= 0xdfff;
                t.bad += !paired;
                i += paired;
            }
        } else if ((c >= 0xdc00 && c <= 0xdfff) || c >= 0xfffe || (c >= 0x7f && c < 0xa0) ||
                   (c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b)) {
            t.bad++;
        } else {
            t.ascii += c < 0x7f;
        }
    }
    return t;
}

static bool is_utf32(struct as_slice s)
{
    size_t quads = s.len / 4;
    size_t text[2] = {0, 0}; /* little-endian, big-endian */
    size_t ascii[2] = {0, 0};
    for (size_t i = 0; i < quads; i++) {
        const uint8_t *q = s.ptr + 4 * i;
        uint32_t little = q[0] | (uint32_t)q[1] << 8 | (uint32_t)q[2] << 16 | (uint32_t)q[3] << 24;
        uint32_t big = __builtin_bswap32(little);
        text[0] += (little >= 0x20 && little < 0x30000) || (little >= '\t' && little <= '\r');
        text[1] += (big >= 0x20 && big < 0x30000) || (big >= '\t' && big <= '\r');
        ascii[0] += little >= 0x20 && little < 0x7f;
        ascii[1] += big >= 0x20 && big < 0x7f;
    }
    return quads >= 2 && ((text[0] * 20 >= quads * 19 && ascii[0] * 5 >= quads) ||
                          (text[1] * 20 >= quads * 19 && ascii[1] * 5 >= quads));
}

/** UTF-16 or UTF-32 without a mark; true when decided. */
static bool judge_wide(struct as_slice s, struct as_encoding *out)
{
    if (is_utf32(s)) {
        out->verdict = AS_VERDICT_UNKNOWN_ENCODING;
        return true;
    }
    struct utf16_tally little = tally_utf16(s, false);
    struct utf16_tally big = tally_utf16(s, true);
    bool is_big = big.ascii > little.ascii;
    struct utf16_tally *best = is_big ? &big : &little;
    if (best->units < 2 || best->bad * 100 > best->units || best->ascii * 20 < best->units) {
        return false;
    }
    *out = (struct as_encoding){.verdict = AS_VERDICT_TEXT,
                                .charset = is_big ? AS_CHARSET_UTF16BE : AS_CHARSET_UTF16LE};
    return true;
}

/** Passes over the sequences of two and three bytes that most scripts are made of. */
static size_t skip_common(struct as_slice s, size_t at, uint64_t *good)
{
    const uint8_t *p = s.ptr + at;
    const uint8_t *end = s.ptr + s.len;
    while (end - p >= 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        if ((w & 0xc0c0f0) == 0x8080e0) {
            uint32_t c = (w & 0x0f) << 6 | (w >> 8 & 0x3f); /* the upper ten bits */
            if (c < 0x800 >> 6 || (c >= 0xd800 >> 6 && c <= 0xdfff >> 6)) {
                break;
            }
            p += 3;
        } else if ((w & 0xc0e0) == 0x80c0 && (w & 0x1e) != 0) {
            p += 2;
        } else {
            break;
        }
        ++*good;
    }
    return (size_t)(p - s.ptr) - at;
}

/** Well-formed sequences above ASCII, and malformed bytes. */
static void tally_utf8(struct as_slice s, uint64_t *out_good, uint64_t *out_bad)
{
    uint64_t good = 0;
    uint64_t bad = 0;
    for (size_t at = 0; at < s.len;) {
        if (s.len - at >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)(s.ptr + at));
            unsigned mask = (unsigned)_mm_movemask_epi8(v);
            if (mask == 0) {
                at += 16;
                continue;
            }
            at += (unsigned)__builtin_ctz(mask);
        } else if (s.ptr[at] < 0x80) {
            at++;
            continue;
        }
        at += skip_common(s, at, &good);
        if (at == s.len || s.ptr[at] < 0x80) {
            continue;
        }
        unsigned n = as_utf8_decode(s.ptr + at, s.len - at, NULL);
        bool cut = n == 0 && s.len - at < 4 && s.ptr[at] >= 0xc2 && s.ptr[at] <= 0xf4;
        for (size_t i = at + 1; cut && i < s.len; i++) {
            cut = (s.ptr[i] & 0xc0) == 0x80;
        }
        if (cut) { /* the prefix ends inside a sequence */
            break;
        }
        good += n != 0;
        bad += n == 0;
        at += n == 0 ? 1 : n;
    }
    *out_good = good;
    *out_bad = bad;
}

/** EBCDIC text: letters, digits, blanks and line ends of code pages 037 and 1047 nearly alone. */
static bool is_ebcdic(struct as_slice s)
{
    size_t letters = 0;
    size_t others = 0;
    size_t spaces = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t b = s.ptr[i];
        uint8_t low = b & 0x0f;
        bool letter = (b >= 0x81 && b <= 0xa9 && low >= 1 && low <= 9 && b != 0xa1) ||
                      (b >= 0xc1 && b <= 0xe9 && low >= 1 && low <= 9 && b != 0xe1) ||
                      (b >= 0xf0 && b <= 0xf9);
        bool other = (b >= 0x4a && b <= 0x50) || (b >= 0x5a && b <= 0x61) ||
                     (b >= 0x6a && b <= 0x6f) || (b >= 0x79 && b <= 0x7f);
        letters += letter;
        others += other;
        spaces += b == 0x40 || b == 0x15 || b == 0x25 || b == 0x0d;
    }
    return s.len >= 16 && spaces != 0 && letters * 3 >= s.len &&
           (letters + others + spaces) * 20 >= s.len * 19;
}

/** ISO-2022-JP, -KR, -CN: escape sequences that switch to a set of two bytes a character. */
static bool has_iso2022(struct as_slice s)
{
    for (size_t at = 0; at + 3 <= s.len;) {
        const uint8_t *esc = memchr(s.ptr + at, 0x1b, s.len - at - 2);
        if (esc == NULL) {
            return false;
        }
        if (esc[1] == '$' && (esc[2] == 'B' || esc[2] == '@' || esc[2] == '(' || esc[2] == ')')) {
            return true;
        }
        at = (size_t)(esc - s.ptr) + 1;
    }
    return false;
}

/** Sets e->verdict, and charset or `foreign` with it. */
static void judge_latin1(struct as_slice s, const struct unusual *u, struct as_encoding *e)
{
    uint64_t unused =
        u->count[0x81] + u->count[0x8d] + u->count[0x8f] + u->count[0x90] + u->count[0x9d];
    /* Of 0x80 to 0x9f, text in windows-1252 has the euro, quotes, dashes, dots and (tm). */
    uint64_t rare = count_range(u, 0x81, 0x84) + count_range(u, 0x86, 0x90) + u->count[0x98] +
                    count_range(u, 0x9a, 0x9f);
    uint64_t controls = count_controls(u);
    uint64_t high = count_range(u, 0x80, 0xff);
    bool many_unused = unused * 200 > s.len;
    if (u->count[0] != 0 || controls * 200 > s.len) {
        e->verdict = AS_VERDICT_BINARY;
        return;
    }
    bool other_set = high * 10 > (uint64_t)s.len * 3 || rare * 20 > s.len;
    e->verdict = AS_VERDICT_TEXT;
    e->foreign = other_set || many_unused;
    e->charset = e->foreign ? AS_CHARSET_UTF8 : AS_CHARSET_LATIN1;
}

/** Without a byte order mark, or behind that of UTF-8. */
static struct as_encoding judge_narrow(struct as_slice s, bool marked)
{
    struct as_encoding e = {.verdict = AS_VERDICT_BINARY, .charset = AS_CHARSET_UTF8};
    struct unusual u;
    count_unusual(s, &u);
    if (u.count[0] == s.len) {
        return e;
    }
    uint64_t good;
    uint64_t bad;
    tally_utf8(s, &good, &bad);
    uint64_t nuls = u.count[0];
    uint64_t controls = count_controls(&u);
    /* Well-formed UTF-8 with a NUL here and there is that: UTF-16 of any script has a quarter of
     * NULs (letters of ASCII) or bytes that are no UTF-8. */
    bool few_nuls = nuls * 8 <= s.len && bad == 0;
    if (nuls != 0 && !few_nuls && !marked && judge_wide(s, &e)) {
        return e;
    }
    if (few_nuls && controls * 4 <= s.len) {
        e.verdict = AS_VERDICT_TEXT;
        e.foreign = has_iso2022(s);
        return e;
    }
    if ((good > bad || marked) && (nuls + controls) * 100 <= s.len) {
        e.verdict = AS_VERDICT_TEXT;
        return e;
    }
    if (bad != 0 && is_ebcdic(s)) {
        e.verdict = AS_VERDICT_UNKNOWN_ENCODING;
        return e;
    }
    if (bad != 0 && !marked) {
        judge_latin1(s, &u, &e);
    }
    return e;
}

/** Bytes of ASCII nearly alone, which as UTF-16 would be ideographs. */
static bool is_plain_ascii(struct as_slice s)
{
    size_t ascii = 0;
    for (size_t i = 0; i < s.len; i++) {
        ascii += (s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f) || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r');
    }
    return s.len >= 2 && ascii * 20 >= s.len * 19;
}

static struct as_encoding judge_marked_utf16(struct as_slice s, bool big)
{
    struct as_slice body = as_slice(s.ptr + 2, s.len - 2);
    struct utf16_tally t = tally_utf16(body, big);
    if (is_plain_ascii(body)) { /* something else was written behind the mark */
        struct as_encoding e = judge_narrow(body, false);
        e.bom_bytes = 2;
        return e;
    }
    return (struct as_encoding){.verdict =
                                    t.bad * 10 > t.units ? AS_VERDICT_BINARY : AS_VERDICT_TEXT,
                                .charset = big ? AS_CHARSET_UTF16BE : AS_CHARSET_UTF16LE,
                                .bom_bytes = 2};
}

struct as_encoding as_profile_encoding(struct as_slice s)
{
    static const struct as_encoding unknown = {.verdict = AS_VERDICT_UNKNOWN_ENCODING};
    if (s.len == 0) {
        return (struct as_encoding){.verdict = AS_VERDICT_TEXT, .charset = AS_CHARSET_UTF8};
    }
    if (s.len >= 4 &&
        (memcmp(s.ptr, "\xff\xfe\0\0", 4) == 0 || memcmp(s.ptr, "\0\0\xfe\xff", 4) == 0)) {
        return is_utf32(as_slice(s.ptr + 4, s.len - 4)) || s.len == 4 ? unknown
               : s.ptr[0] == 0xff                                     ? judge_marked_utf16(s, false)
                                                                      : judge_narrow(s, false);
    }
    if (s.len >= 2 && s.ptr[0] == 0xff && s.ptr[1] == 0xfe) {
        return judge_marked_utf16(s, false);
    }
    if (s.len >= 2 && s.ptr[0] == 0xfe && s.ptr[1] == 0xff) {
        return judge_marked_utf16(s, true);
    }
    if (s.len >= 3 && memcmp(s.ptr, "\xef\xbb\xbf", 3) == 0) {
        struct as_encoding e = s.len == 3 ? as_profile_encoding(as_slice(NULL, 0))
                                          : judge_narrow(as_slice(s.ptr + 3, s.len - 3), true);
        e.bom_bytes = 3;
        return e;
    }
    return judge_narrow(s, false);
}
