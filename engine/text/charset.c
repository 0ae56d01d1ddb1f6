/* SPDX-License-Identifier: Apache-2.0
 * Decoding: ASCII runs 16 characters at a time, everything else one by one. */
#include "text/charset.h"

#include <immintrin.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* windows-1252, 0x80 to 0x9f (WHATWG Encoding Standard, index-windows-1252). */
static const uint16_t cp1252[32] = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

/** Bytes of ASCII at the start of 16. */
AS_INLINE unsigned ascii_run(__m128i v)
{
    unsigned mask = (unsigned)_mm_movemask_epi8(v);
    return mask == 0 ? 16 : (unsigned)__builtin_ctz(mask);
}

static size_t decode_latin1(struct as_slice in, size_t *in_used, uint8_t *out, size_t want)
{
    size_t at = 0;
    size_t n = 0;
    while (at < in.len && n < want) {
        if (in.len - at >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)(in.ptr + at));
            unsigned run = ascii_run(v);
            _mm_storeu_si128((__m128i_u *)(void *)(out + n), v); /* slack takes what is too much */
            at += run;
            n += run;
            if (run == 16) {
                continue;
            }
        }
        uint8_t b = in.ptr[at++];
        uint32_t c = b >= 0x80 && b <= 0x9f ? cp1252[b - 0x80] : b;
        n += as_utf8_encode(c, out + n);
    }
    *in_used = at;
    return n;
}

AS_INLINE uint16_t unit_of(uint8_t first, uint8_t second, bool big)
{
    return (uint16_t)(big ? first << 8 | second : second << 8 | first);
}

/** One unit: what it decodes to, if it does not wait for another. */
static size_t decode_unit(struct as_decoder *d, uint16_t unit, uint8_t *out)
{
    size_t n = 0;
    if (d->high != 0) {
        if (unit >= 0xdc00 && unit <= 0xdfff) {
            uint32_t c = 0x10000 + ((uint32_t)(d->high - 0xd800) << 10) + (unit - 0xdc00U);
            d->high = 0;
            return as_utf8_encode(c, out);
        }
        n = as_utf8_encode(0xfffd, out);
        d->high = 0;
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        d->high = unit;
        return n;
    }
    return n + as_utf8_encode(unit, out + n); /* a lone low surrogate becomes U+FFFD there */
}

/** Eight units at a time as long as they are ASCII. */
static size_t decode_ascii_units(struct as_slice in, bool big, uint8_t *out, size_t want)
{
    const __m128i not_ascii = _mm_set1_epi16((short)0xff80);
    size_t n = 0;
    while (in.len - 2 * n >= 16 && n < want) {
        __m128i v = _mm_loadu_si128((const __m128i_u *)(const void *)(in.ptr + 2 * n));
        if (big) {
            v = _mm_or_si128(_mm_slli_epi16(v, 8), _mm_srli_epi16(v, 8));
        }
        if (!_mm_testz_si128(v, not_ascii)) {
            break;
        }
        _mm_storel_epi64((__m128i_u *)(void *)(out + n), _mm_packus_epi16(v, v));
        n += 8;
    }
    return n;
}

static size_t decode_utf16(struct as_decoder *d, struct as_slice in, size_t *in_used, uint8_t *out,
                           size_t want)
{
    bool big = d->charset == AS_CHARSET_UTF16BE;
    size_t at = 0;
    size_t n = 0;
    while (at < in.len && n < want) {
        if (d->has_odd) {
            d->has_odd = false;
            n += decode_unit(d, unit_of(d->odd, in.ptr[at], big), out + n);
            at++;
            continue;
        }
        if (d->high == 0) {
            size_t run =
                decode_ascii_units(as_slice(in.ptr + at, in.len - at), big, out + n, want - n);
            n += run;
            at += 2 * run;
            if (n >= want || at >= in.len) {
                break;
            }
        }
        if (in.len - at == 1) {
            d->odd = in.ptr[at++];
            d->has_odd = true;
            break;
        }
        n += decode_unit(d, unit_of(in.ptr[at], in.ptr[at + 1], big), out + n);
        at += 2;
    }
    *in_used = at;
    return n;
}

size_t as_decode(struct as_decoder *d, struct as_slice in, size_t *in_used, uint8_t *out,
                 size_t want)
{
    switch (d->charset) {
    case AS_CHARSET_UTF16LE:
    case AS_CHARSET_UTF16BE:
        return decode_utf16(d, in, in_used, out, want);
    case AS_CHARSET_UTF8: /* not asked for; bytes are what they are in either reading */
    case AS_CHARSET_LATIN1:
    default:
        return decode_latin1(in, in_used, out, want);
    }
}

size_t as_decode_finish(struct as_decoder *d, uint8_t *out)
{
    size_t n = 0;
    if (d->high != 0) {
        n += as_utf8_encode(0xfffd, out);
    }
    if (d->has_odd) {
        n += as_utf8_encode(0xfffd, out + n);
    }
    d->high = 0;
    d->has_odd = false;
    return n;
}

enum as_status as_decode_prefix(enum as_charset charset, unsigned bom_bytes, struct as_slice raw,
                                struct as_slice *out, uint8_t **out_owned)
{
    size_t skip = raw.len < bom_bytes ? raw.len : bom_bytes;
    struct as_slice body = as_slice(raw.len == 0 ? raw.ptr : raw.ptr + skip, raw.len - skip);
    if (charset == AS_CHARSET_UTF8) {
        body.len = body.len > AS_PROFILE_BYTES ? AS_PROFILE_BYTES : body.len;
        *out = body;
        *out_owned = NULL;
        return AS_OK;
    }
    size_t most = body.len > AS_PROFILE_BYTES / 3 ? AS_PROFILE_BYTES : 3 * body.len;
    uint8_t *decoded = as_malloc(most + AS_DECODE_SLACK);
    if (decoded == NULL) {
        return AS_E_NO_MEMORY;
    }
    struct as_decoder d = {.charset = charset};
    size_t used = 0;
    size_t len = most == 0 ? 0 : as_decode(&d, body, &used, decoded, most);
    *out = as_slice(decoded, len > AS_PROFILE_BYTES ? AS_PROFILE_BYTES : len);
    *out_owned = decoded;
    return AS_OK;
}
