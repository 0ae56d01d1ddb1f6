/* SPDX-License-Identifier: Apache-2.0
 * Records of a zip archive. Layouts, little endian:
 *
 *      local    0 PK34 | 6 flags | 8 method | 10 time | 12 date | 14 crc | 18 encoded | 22 size
 *               | 26 name length | 28 extra length | 30 name, extra
 *      central  0 PK12 | 8 flags | 10 method | 12 time | 14 date | 16 crc | 20 encoded | 24 size
 *               | 28 name | 30 extra | 32 comment length | 34 disk | 38 attributes | 42 offset | 46
 *
 * Names and extra fields are at most 64 KiB each. Tests: tests/unit/content/test_zip.c. */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "content/zip_internal.h"

uint64_t as_zip_le(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

enum as_codec as_zip_codec(uint16_t method)
{
    switch (method) {
    case 0:
        return AS_CODEC_NONE;
    case 8:
        return AS_CODEC_DEFLATE;
    case 12:
        return AS_CODEC_BZIP2;
    case 20: /* zstd before 6.3.8 */
    case 93:
        return AS_CODEC_ZSTD;
    case 95:
        return AS_CODEC_XZ;
    default:
        return AS_CODEC_COUNT;
    }
}

uint64_t as_zip_entry_hash(const struct as_zip *z, const struct as_zip_entry *e, uint64_t offset)
{
    uint64_t facts[4] = {e->crc, e->encoded, e->size, offset};
    uint64_t name = as_hash64(e->name.ptr, e->name.len, z->hash_seed);
    return as_hash64(facts, sizeof facts, name);
}

/* MS-DOS date and time, taken as UTC; INT64_MIN when it is no date. */
static int64_t dos_time_ms(uint64_t date, uint64_t time)
{
    unsigned month = (unsigned)(date >> 5) & 15U;
    unsigned day = (unsigned)date & 31U;
    if (month < 1 || month > 12 || day < 1) {
        return INT64_MIN;
    }
    int64_t days = as_days_from_civil((int64_t)(date >> 9) + 1980, month, day);
    int64_t seconds = (int64_t)(time >> 11) * 3600 + (int64_t)((time >> 5) & 63U) * 60 +
                      (int64_t)(time & 31U) * 2;
    return (days * 86400 + seconds) * 1000;
}

enum as_status as_zip_field_read(struct as_feed *f, size_t len, struct as_strbuf *into,
                                 struct as_error *err)
{
    as_strbuf_reset(into);
    while (len != 0) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(f, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "the zip archive ends inside a header");
        }
        size_t n = view.len < len ? view.len : len;
        as_strbuf_append(into, view.ptr, n);
        as_feed_skip(f, n);
        len -= n;
    }
    return into->failed ? as_fail(err, AS_E_NO_MEMORY, "out of memory") : AS_OK;
}

/* One 64-bit field of the zip64 extra, there only when its 32-bit one is full. */
static void take_zip64(struct as_slice *data, uint64_t *field)
{
    if (*field == UINT32_MAX && data->len >= 8) {
        *field = as_zip_le(data->ptr, 8);
        *data = as_slice(data->ptr + 8, data->len - 8);
    }
}

/* Extra fields that hold numbers alone: zip64 (0x0001), NTFS times (0x000A), OpenVMS, Unix times
 * and ids (0x000D, 0x5455, 0x5855, 0x7855, 0x7875), AES (0x9901), the mark of a jar (0xCAFE). Those
 * that align data (0xA11E, 0xD935) end in zeros. */
static bool is_numbers(uint64_t id, size_t len)
{
    switch (id) {
    case 0x0001:
    case 0x000A:
        return len <= 32;
    case 0x5455:
        return len <= 13;
    case 0x5855:
    case 0x7855:
    case 0x7875:
        return len <= 24;
    case 0x9901:
        return len == 7;
    case 0xCAFE:
        return len == 0;
    default:
        return false;
    }
}

/* Extra fields: zip64 sizes and the Unix time stamp; all others are metadata. */
static void take_extra(struct as_zip *z, struct as_zip_entry *e, bool central)
{
    struct as_slice extra = as_strbuf_view(&z->extra);
    struct as_metadata *metadata = z->checking ? NULL : &z->metadata;
    while (extra.len >= 4) {
        uint64_t id = as_zip_le(extra.ptr, 2);
        size_t len = (size_t)as_zip_le(extra.ptr + 2, 2);
        if (len > extra.len - 4) {
            break;
        }
        if (!is_numbers(id, len)) {
            as_metadata_add(metadata, as_slice(extra.ptr + 4, len));
        }
        struct as_slice data = as_slice(extra.ptr + 4, len);
        if (id == 1) {
            e->zip64 = true;
            take_zip64(&data, &e->size);
            take_zip64(&data, &e->encoded);
            if (central) {
                take_zip64(&data, &e->offset);
            }
        } else if (id == 0x5455 && len >= 5 && (data.ptr[0] & 1U) != 0) {
            e->modified_ms = (int64_t)(int32_t)(uint32_t)as_zip_le(data.ptr + 1, 4) * 1000;
        }
        extra = as_slice(extra.ptr + 4 + len, extra.len - 4 - len);
    }
    as_metadata_add(metadata, extra); /* what is no field */
}

enum as_status as_zip_local_read(struct as_zip *z, struct as_zip_entry *out, struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(&z->feed, ZIP_LOCAL_BYTES, &p, err));
    out->flags = (uint16_t)as_zip_le(p + 6, 2);
    out->method = (uint16_t)as_zip_le(p + 8, 2);
    out->modified_ms = dos_time_ms(as_zip_le(p + 12, 2), as_zip_le(p + 10, 2));
    out->crc = (uint32_t)as_zip_le(p + 14, 4);
    out->encoded = as_zip_le(p + 18, 4);
    out->size = as_zip_le(p + 22, 4);
    out->offset = UINT64_MAX;
    out->zip64 = false;
    size_t name = (size_t)as_zip_le(p + 26, 2);
    size_t extra = (size_t)as_zip_le(p + 28, 2);
    as_feed_skip(&z->feed, ZIP_LOCAL_BYTES);
    AS_TRY(as_zip_field_read(&z->feed, name, &out->name, err));
    AS_TRY(as_zip_field_read(&z->feed, extra, &z->extra, err));
    take_extra(z, out, false);
    return AS_OK;
}

enum as_status as_zip_central_read(struct as_zip *z, struct as_feed *feed, struct as_zip_entry *out,
                                   struct as_error *err)
{
    const uint8_t *p = NULL;
    AS_TRY(as_feed_need(feed, ZIP_CENTRAL_BYTES, &p, err));
    if (as_zip_le(p, 4) != ZIP_CENTRAL) {
        return as_fail(err, AS_E_CORRUPT, "the zip directory is damaged");
    }
    out->flags = (uint16_t)as_zip_le(p + 8, 2);
    out->method = (uint16_t)as_zip_le(p + 10, 2);
    out->modified_ms = dos_time_ms(as_zip_le(p + 14, 2), as_zip_le(p + 12, 2));
    out->crc = (uint32_t)as_zip_le(p + 16, 4);
    out->encoded = as_zip_le(p + 20, 4);
    out->size = as_zip_le(p + 24, 4);
    out->offset = as_zip_le(p + 42, 4);
    out->zip64 = false;
    size_t name = (size_t)as_zip_le(p + 28, 2);
    size_t extra = (size_t)as_zip_le(p + 30, 2);
    size_t comment = (size_t)as_zip_le(p + 32, 2);
    as_feed_skip(feed, ZIP_CENTRAL_BYTES);
    AS_TRY(as_zip_field_read(feed, name, &out->name, err));
    AS_TRY(as_zip_field_read(feed, extra, &z->extra, err));
    take_extra(z, out, true);
    if (z->checking) {
        return as_feed_discard(feed, comment, err);
    }
    AS_TRY(as_zip_field_read(feed, comment, &z->comment, err));
    as_metadata_add(&z->metadata, as_strbuf_view(&z->comment));
    return AS_OK;
}
