/* SPDX-License-Identifier: Apache-2.0
 * Reading a zip by its central directory. The directory is read twice: once to see that it is
 * whole and that its entries stand in the order of their offsets, then beside the archive's bytes,
 * which are read once, forward. So nothing is kept but the entry at hand, however many there are.
 * An archive whose directory is in another order is read forward by its local headers instead.
 *
 *      shift | local, data, (descriptor) … | directory | (zip64 end, locator) | end, comment
 *
 * `shift` is what stands before the archive (a program, a picture): offsets count from behind it
 * or from the start of the file, and the end record tells which. */
#include <string.h>

#include "base/mem.h"
#include "content/zip_internal.h"

#define TAIL_BYTES (ZIP_END_BYTES + UINT16_MAX)

/* Reads exactly `len` bytes at `offset`; false when they are not there. */
static enum as_status read_exact(struct as_zip *z, uint64_t offset, void *buf, size_t len,
                                 bool *out_there, struct as_error *err)
{
    size_t have = 0;
    while (have < len) {
        size_t got = 0;
        AS_TRY(z->stream->ops->read_at(z->stream, offset + have, (uint8_t *)buf + have, len - have,
                                       &got, err));
        if (got == 0) {
            break;
        }
        have += got;
    }
    *out_there = have == len;
    return AS_OK;
}

/* The last end record in the tail whose comment fits. */
static bool find_end(const uint8_t *tail, size_t len, size_t *out_at)
{
    for (size_t at = len >= ZIP_END_BYTES ? len - ZIP_END_BYTES + 1 : 0; at-- > 0;) {
        if (tail[at] == 'P' && as_zip_le(tail + at, 4) == ZIP_END &&
            as_zip_le(tail + at + 20, 2) <= len - at - ZIP_END_BYTES) {
            *out_at = at;
            return true;
        }
    }
    return false;
}

/* Where the zip64 end record says that the directory is; *end_at moves to that record. */
static enum as_status read_zip64(struct as_zip *z, uint64_t *end_at, struct as_zip_directory *d,
                                 uint64_t *offset, struct as_error *err)
{
    uint8_t locator[20];
    uint8_t record[56];
    bool there = false;
    if (*end_at < sizeof locator + sizeof record) {
        return AS_OK;
    }
    AS_TRY(read_exact(z, *end_at - sizeof locator, locator, sizeof locator, &there, err));
    if (!there || as_zip_le(locator, 4) != ZIP64_LOCATOR) {
        return AS_OK;
    }
    /* The record stands before the locator; the offset in it does not know of a prefix. */
    uint64_t at = as_zip_le(locator + 8, 8);
    uint64_t direct = *end_at - sizeof locator - sizeof record;
    for (unsigned i = 0; i < 2; i++, at = direct) {
        if (at > direct) {
            continue;
        }
        AS_TRY(read_exact(z, at, record, sizeof record, &there, err));
        if (there && as_zip_le(record, 4) == ZIP64_END) {
            /* More than its fields in it, or anything behind it, is not read. */
            z->mismatch =
                z->mismatch || at != direct || as_zip_le(record + 4, 8) != ZIP64_END_FIELDS;
            d->entries = as_zip_le(record + 32, 8);
            d->size = as_zip_le(record + 40, 8);
            *offset = as_zip_le(record + 48, 8);
            *end_at = at;
            return AS_OK;
        }
    }
    return AS_OK;
}

/* Reads the whole directory once: its entries, their number, their order. */
static enum as_status check_directory(struct as_zip *z, const struct as_zip_directory *d,
                                      bool *out_good, struct as_error *err)
{
    struct as_feed feed;
    uint64_t before = 0;
    uint64_t count = 0;
    bool ascending = true;
    struct as_stream *range = as_range_stream_open(z->stream, d->start, d->size);
    if (range == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = as_feed_init(&feed, range);
    z->checking = true;
    while (status == AS_OK && feed.offset < d->size && ascending) {
        status = as_account_check(&z->walk->account, err);
        if (status == AS_OK) {
            status = as_zip_central_read(z, &feed, &z->central, err);
        }
        if (status == AS_OK) {
            ascending = count == 0 || z->central.offset > before;
            before = z->central.offset;
            count++;
        }
    }
    z->checking = false;
    as_feed_fini(&feed);
    as_stream_close(range);
    if (status == AS_E_CORRUPT || status == AS_E_TRUNCATED) {
        z->mismatch = true;
        as_error_clear(err);
        *out_good = false;
        return AS_OK;
    }
    z->mismatch = z->mismatch || (ascending && count != d->entries);
    *out_good = ascending;
    return status;
}

enum as_status as_zip_directory_find(struct as_zip *z, uint64_t size, bool *out_found,
                                     struct as_zip_directory *out, struct as_error *err)
{
    size_t tail_len = size < TAIL_BYTES ? (size_t)size : TAIL_BYTES;
    uint8_t *tail = as_malloc(tail_len + 1);
    size_t at = 0;
    bool there = false;
    *out_found = false;
    if (tail == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = read_exact(z, size - tail_len, tail, tail_len, &there, err);
    bool found = status == AS_OK && there && find_end(tail, tail_len, &at);
    uint8_t end[ZIP_END_BYTES] = {0};
    as_strbuf_reset(&z->comment);
    if (found) {
        memcpy(end, tail + at, sizeof end);
        as_strbuf_append(&z->comment, tail + at + sizeof end, as_zip_le(end + 20, 2));
    }
    as_free(tail);
    if (!found) {
        return status;
    }
    uint64_t end_at = size - tail_len + at;
    uint64_t comment = as_zip_le(end + 20, 2);
    uint64_t offset = as_zip_le(end + 16, 4);
    *out = (struct as_zip_directory){.size = as_zip_le(end + 12, 4),
                                     .entries = as_zip_le(end + 10, 2)};
    uint64_t disks = as_zip_le(end + 4, 2) | as_zip_le(end + 6, 2);
    if (end_at + ZIP_END_BYTES + comment != size || (disks != 0 && disks != UINT16_MAX)) {
        return AS_OK; /* bytes follow, or a piece of several: reading forward tells */
    }
    AS_TRY(read_zip64(z, &end_at, out, &offset, err));
    if (offset == UINT32_MAX && out->size <= end_at) {
        offset = end_at - out->size; /* Info-ZIP, streaming with -fz, writes no zip64 record */
    }
    if (out->size > end_at || offset > end_at - out->size) {
        z->mismatch = true;
        return AS_OK;
    }
    out->start = end_at - out->size;
    out->shift = out->start - offset;
    return check_directory(z, out, out_found, err);
}

/* Compares a local header with its directory entry. What a descriptor gives is 0 before it. */
static bool same_entry(const struct as_zip_entry *local, const struct as_zip_entry *central)
{
    bool late = (local->flags & ZIP_FLAG_DESCRIPTOR) != 0;
    bool crc = local->crc == central->crc || (late && local->crc == 0);
    bool sizes = (local->encoded == central->encoded || (late && local->encoded == 0)) &&
                 (local->size == central->size || (late && local->size == 0));
    return local->method == central->method &&
           (local->flags & ZIP_FLAG_ENCRYPTED) == (central->flags & ZIP_FLAG_ENCRYPTED) &&
           as_slice_equal(as_strbuf_view(&local->name), as_strbuf_view(&central->name)) && crc &&
           sizes;
}

/* An entry that overlaps the one before it, or whose local header is none. */
static enum as_status walk_unreachable(struct as_zip *z)
{
    const struct as_archive_entry entry = {.name = as_strbuf_view(&z->central.name),
                                           .ordinal = z->ordinal++,
                                           .size = z->central.size,
                                           .modified_ms = z->central.modified_ms};
    z->mismatch = true;
    return as_walk_unread(z->walk, &entry, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH, z->end);
}

/* The entry in z->central. Content statuses come back; the walk's go to *out_walk. */
static enum as_status take_entry(struct as_zip *z, const struct as_zip_directory *d,
                                 enum as_status *out_walk, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    uint64_t offset = 0;
    uint64_t data_end = 0;
    if (__builtin_add_overflow(z->central.offset, d->shift, &offset) || offset < z->feed.offset ||
        offset >= d->start) {
        *out_walk = walk_unreachable(z);
        return AS_OK;
    }
    AS_TRY(as_zip_gap(z, offset, err));
    AS_TRY(as_feed_peek(&z->feed, ZIP_LOCAL_BYTES, &view, err));
    if (view.len < ZIP_LOCAL_BYTES || as_zip_le(view.ptr, 4) != ZIP_LOCAL) {
        *out_walk = walk_unreachable(z);
        return AS_OK;
    }
    AS_TRY(as_zip_local_read(z, &z->local, err));
    if (__builtin_add_overflow(z->feed.offset, z->central.encoded, &data_end) ||
        data_end > d->start) {
        *out_walk = walk_unreachable(z);
        return AS_OK;
    }
    z->mismatch = z->mismatch || !same_entry(&z->local, &z->central);
    z->descriptor_due = (z->local.flags & ZIP_FLAG_DESCRIPTOR) != 0;
    *out_walk = as_zip_entry_walk(z, &z->central, true);
    return AS_OK;
}

enum as_status as_zip_directory_walk(struct as_zip *z, const struct as_zip_directory *d)
{
    struct as_feed directory;
    struct as_error error = {0};
    struct as_stream *range = as_range_stream_open(z->stream, d->start, d->size);
    if (range == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status walk = as_feed_init(&directory, range);
    enum as_status status = AS_OK;
    as_metadata_add(&z->metadata,
                    as_strbuf_view(&z->comment)); /* before an entry's takes its place */
    while (walk == AS_OK && status == AS_OK && directory.offset < d->size &&
           !z->walk->account.over) {
        status = as_account_check(&z->walk->account, &error);
        if (status == AS_OK) {
            status = as_zip_central_read(z, &directory, &z->central, &error);
        }
        if (status == AS_OK) {
            status = take_entry(z, d, &walk, &error);
        }
        if (status == AS_OK && walk == AS_OK) {
            walk = as_zip_metadata_pace(z);
        }
    }
    as_feed_fini(&directory);
    as_stream_close(range);
    AS_TRY(walk);
    if (status == AS_OK && !z->walk->account.over) {
        status = as_zip_gap(z, d->start, &error);
    }
    return as_walk_note(z->walk, z->end, status, &error);
}
