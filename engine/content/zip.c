/* SPDX-License-Identifier: Apache-2.0
 * Reader of zip archives. Own, since libraries read either the directory or the local headers, and
 * what differs between the two is where content hides.
 *
 * By the directory (zip_directory.c) where the stream can be read at any place; forward, by local
 * headers (here), elsewhere. Both walk the bytes once, in order, each encoded byte at most once: so
 * overlapping entries, the core of the strongest zip bombs, cannot multiply work. Read forward, the
 * entries met are compared with the directory at the end, by sums of hashes.
 *
 * ARCHIVE_DIRECTORY_MISMATCH: entries that overlap, that only one of the two lists has, or that
 * differ; bytes between entries that nothing accounts for. Such archives are PARTIAL. Comments,
 * extra fields, names of folders and the first of such bytes are metadata (metadata.h). So is a
 * script in front of the archive, which is no mismatch.
 *
 * Not read: encrypted members (OPAQUE_CONTENT), methods other than stored, deflate, bzip2, zstd and
 * xz (UNSUPPORTED_ARCHIVE_FORMAT). Directories have no content and only count in the ordinals.
 * Memory: fixed. Tests: tests/unit/content/test_zip.c; fuzz: tests/fuzz/content/fuzz_zip.c. */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "content/zip_internal.h"

static bool starts(struct as_slice name, const char *with)
{
    size_t len = strlen(with);
    return name.len >= len && memcmp(name.ptr, with, len) == 0;
}

/* Packages of Office documents that sniffing could not tell: their parts are read as members, but
 * the document as such is not. */
static void note_name(struct as_zip *z, struct as_slice name)
{
    z->office_types = z->office_types || starts(name, "[Content_Types].xml");
    z->office_part = z->office_part || starts(name, "word/") || starts(name, "xl/") ||
                     starts(name, "ppt/") || starts(name, "visio/");
}

/* The member cannot be read. Its bytes are skipped where their length is known. */
static enum as_status walk_unread(struct as_zip *z, struct as_zip_entry *e, bool sizes_known,
                                  const struct as_archive_entry *entry, enum as_reason reason)
{
    struct as_error error = {0};
    AS_TRY(as_walk_unread(z->walk, entry, reason, z->end));
    if (sizes_known) {
        enum as_status status = as_feed_discard(&z->feed, e->encoded, &error);
        return as_walk_note(z->walk, z->end, status, &error);
    }
    z->mismatch = true; /* where it ends is not known: the next record is searched for */
    return AS_OK;
}

static enum as_status walk_content(struct as_zip *z, struct as_zip_entry *e, bool sizes_known,
                                   const struct as_archive_entry *entry)
{
    struct as_error error = {0};
    struct as_zip_member m;
    enum as_status status = as_zip_member_open(&m, z, e, sizes_known, &error);
    if (status != AS_OK) {
        as_zip_member_close(&m);
        AS_TRY(as_walk_note(z->walk, z->end, status, &error));
        return walk_unread(z, e, sizes_known, entry, as_account_reason(&z->walk->account, status));
    }
    status = as_walk_member(z->walk, entry, &m.base, z->end);
    if (status == AS_OK && !sizes_known) {
        as_zip_member_drain(&m);
        status = as_walk_note(z->walk, z->end, m.failed, &m.error);
    }
    as_zip_member_close(&m);
    if (status == AS_OK && sizes_known && !z->walk->account.over) {
        status = as_feed_discard(&z->feed, m.data_end - z->feed.offset, &error);
        if (status == AS_OK) {
            status =
                as_zip_member_late_crc(&m, &error); /* where the walk did not read to the end */
        }
        status = as_walk_note(z->walk, z->end, status, &error);
    }
    return status;
}

/* A directory: no content, but perhaps an empty stream of some method. */
static enum as_status pass_folder(struct as_zip *z, struct as_zip_entry *e, bool sizes_known)
{
    struct as_error error = {0};
    struct as_zip_member m;
    if (sizes_known) {
        enum as_status status = as_feed_discard(&z->feed, e->encoded, &error);
        return as_walk_note(z->walk, z->end, status, &error);
    }
    if (as_zip_codec(e->method) == AS_CODEC_COUNT) {
        z->mismatch = true;
        return AS_OK;
    }
    enum as_status status = as_zip_member_open(&m, z, e, false, &error);
    if (status == AS_OK) {
        as_zip_member_drain(&m);
        status = m.failed;
        error = m.error;
        z->mismatch = z->mismatch || m.given != 0;
    }
    as_zip_member_close(&m);
    return as_walk_note(z->walk, z->end, status, &error);
}

enum as_status as_zip_entry_walk(struct as_zip *z, struct as_zip_entry *e, bool sizes_known)
{
    struct as_slice name = as_strbuf_view(&e->name);
    struct as_archive_entry entry = {.name = name,
                                     .ordinal = z->ordinal++,
                                     .size = sizes_known ? e->size : AS_STREAM_SIZE_UNKNOWN,
                                     .modified_ms = e->modified_ms};
    note_name(z, name);
    bool folder = name.len != 0 && name.ptr[name.len - 1] == '/';
    if (folder) {
        as_metadata_add(&z->metadata, name); /* of members it is in their path */
    }
    if (folder && (!sizes_known || e->size == 0)) {
        return pass_folder(z, e, sizes_known);
    }
    if ((e->flags & ZIP_FLAG_ENCRYPTED) != 0 || e->method == 99) {
        return walk_unread(z, e, sizes_known, &entry, AS_REASON_OPAQUE_CONTENT);
    }
    if (as_zip_codec(e->method) == AS_CODEC_COUNT) {
        return walk_unread(z, e, sizes_known, &entry, AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT);
    }
    return walk_content(z, e, sizes_known, &entry);
}

/* The bytes that a gap may hold without hiding anything: the tail of what was skipped is kept. */
struct gap {
    uint8_t tail[16];
    bool zeros;
    bool script; /* text, from "#!" at the start of the file on: metadata, and hides nothing */
    uint64_t len;
};

static void gap_take(struct as_zip *z, struct gap *g, struct as_slice bytes)
{
    as_metadata_part(&z->metadata, bytes);
    for (size_t i = 0; i < bytes.len && g->zeros; i++) {
        g->zeros = bytes.ptr[i] == 0;
    }
    for (size_t i = 0; i < bytes.len && g->script; i++) {
        uint8_t c = bytes.ptr[i];
        g->script = c != 0x7F && (c >= 0x20 || (c >= '\t' && c <= '\r'));
    }
    size_t keep = bytes.len < sizeof g->tail ? bytes.len : sizeof g->tail;
    memmove(g->tail, g->tail + keep, sizeof g->tail - keep);
    memcpy(g->tail + sizeof g->tail - keep, bytes.ptr + bytes.len - keep, keep);
    g->len += bytes.len;
}

static bool is_record(uint64_t signature)
{
    return signature == ZIP_LOCAL || signature == ZIP_CENTRAL || signature == ZIP_END ||
           signature == ZIP64_END;
}

/* Offset of the first record's signature in the view, or how many bytes hold none. */
static size_t find_record(struct as_slice view, bool *out_found, uint64_t *out_signature)
{
    const uint8_t *p = view.ptr;
    const uint8_t *end = view.ptr + view.len;
    *out_found = false;
    while ((size_t)(end - p) >= 4) {
        p = memmem(p, (size_t)(end - p), "PK", 2);
        if (p == NULL || (size_t)(end - p) < 4) {
            break;
        }
        *out_signature = as_zip_le(p, 4);
        if (is_record(*out_signature)) {
            *out_found = true;
            return (size_t)(p - view.ptr);
        }
        p += 2;
    }
    return view.len < 4 ? view.len : view.len - 3;
}

enum as_status as_zip_gap(struct as_zip *z, uint64_t until, struct as_error *err)
{
    struct gap g = {.zeros = true};
    struct as_slice view = {NULL, 0};
    AS_TRY(as_feed_peek(&z->feed, 4, &view, err));
    bool first_is_descriptor = view.len >= 4 && as_zip_le(view.ptr, 4) == ZIP_DESCRIPTOR;
    g.script = z->feed.offset == 0 && view.len >= 2 && memcmp(view.ptr, "#!", 2) == 0;
    z->feed.limit = until;
    for (;;) {
        bool found = false;
        uint64_t signature = 0;
        enum as_status status = as_account_check(&z->walk->account, err);
        if (status == AS_OK) {
            status = as_feed_peek(&z->feed, 4, &view, err);
        }
        if (status != AS_OK) {
            z->feed.limit = UINT64_MAX;
            return status;
        }
        if (view.len == 0) {
            break;
        }
        size_t n = find_record(view, &found, &signature);
        if (found && until == UINT64_MAX) {
            gap_take(z, &g, as_slice(view.ptr, n));
            as_feed_skip(&z->feed, n);
            break;
        }
        z->mismatch = z->mismatch || (found && signature == ZIP_LOCAL);
        n = found ? n + 4 : n;
        gap_take(z, &g, as_slice(view.ptr, n));
        as_feed_skip(&z->feed, n);
    }
    z->feed.limit = UINT64_MAX;
    bool descriptor = z->descriptor_due && (g.len == 12 || g.len == 20 ||
                                            (first_is_descriptor && (g.len == 16 || g.len == 24)));
    bool split = first_is_descriptor && g.len == 4 && z->ordinal == 0;
    z->descriptor_due = false;
    bool signing_block = memcmp(g.tail, "APK Sig Block 42", sizeof g.tail) == 0;
    g.script = g.script && g.len <= AS_METADATA_BYTES;
    if (g.len != 0 && !g.zeros && !descriptor && !split && !signing_block && !z->gaps_read) {
        z->mismatch = z->mismatch || !g.script;
        as_metadata_end(&z->metadata);
    }
    as_metadata_forget(&z->metadata);
    return AS_OK;
}

/* A local header, read forward. What the walk of its member returns goes to *out_walk. */
static enum as_status take_local(struct as_zip *z, enum as_status *out_walk, struct as_error *err)
{
    uint64_t offset = z->feed.offset;
    AS_TRY(as_zip_local_read(z, &z->local, err));
    z->descriptor_due = (z->local.flags & ZIP_FLAG_DESCRIPTOR) != 0;
    bool sizes_known = !z->descriptor_due || z->local.encoded != 0;
    *out_walk = as_zip_entry_walk(z, &z->local, sizes_known);
    z->met_count++;
    z->met_sum += as_zip_entry_hash(z, &z->local, offset);
    return AS_OK;
}

static enum as_status take_central(struct as_zip *z, struct as_error *err)
{
    AS_TRY(as_zip_central_read(z, &z->feed, &z->central, err));
    z->directory_seen = true;
    z->listed_count++;
    z->listed_sum += as_zip_entry_hash(z, &z->central, z->central.offset);
    return AS_OK;
}

/* The end record: nothing but its comment may follow. */
static enum as_status take_end(struct as_zip *z, struct as_error *err)
{
    const uint8_t *p = NULL;
    struct as_slice rest;
    AS_TRY(as_feed_need(&z->feed, ZIP_END_BYTES, &p, err));
    uint64_t disks = as_zip_le(p + 4, 2) | as_zip_le(p + 6, 2);
    uint64_t comment = as_zip_le(p + 20, 2);
    as_feed_skip(&z->feed, ZIP_END_BYTES);
    AS_TRY(as_zip_field_read(&z->feed, comment, &z->comment, err));
    as_metadata_add(&z->metadata, as_strbuf_view(&z->comment));
    AS_TRY(as_feed_view(&z->feed, &rest, err));
    z->stop = true;
    if (disks != 0 && disks != UINT16_MAX) {
        return as_fail(err, AS_E_UNSUPPORTED, "a part of a zip archive in several pieces");
    }
    if (rest.len == 0) {
        return AS_OK;
    }
    as_metadata_rest(&z->metadata, &z->feed);
    return as_fail(err, AS_E_CORRUPT, "bytes follow the zip archive");
}

/* zip64 end record and locator: what they say is checked by the entries themselves. */
static enum as_status take_zip64_end(struct as_zip *z, uint64_t signature, struct as_error *err)
{
    const uint8_t *p = NULL;
    if (signature == ZIP64_LOCATOR) {
        return as_feed_discard(&z->feed, 20, err);
    }
    AS_TRY(as_feed_need(&z->feed, 12, &p, err));
    uint64_t len = as_zip_le(p + 4, 8);
    uint64_t fields = len < ZIP64_END_FIELDS ? len : ZIP64_END_FIELDS;
    as_feed_skip(&z->feed, 12);
    AS_TRY(as_feed_discard(&z->feed, fields, err));
    enum as_status status = as_metadata_take(&z->metadata, &z->feed, len - fields, err);
    as_metadata_end(&z->metadata);
    return status;
}

/* One record, read forward. What it returns is about the content. */
static enum as_status take_record(struct as_zip *z, enum as_status *out_walk, struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    AS_TRY(as_account_check(&z->walk->account, err));
    AS_TRY(as_feed_peek(&z->feed, 4, &view, err));
    if (view.len < 4) {
        return as_fail(err, AS_E_TRUNCATED, "the zip archive has no end record");
    }
    uint64_t signature = as_zip_le(view.ptr, 4);
    switch (signature) {
    case ZIP_LOCAL:
        return take_local(z, out_walk, err);
    case ZIP_CENTRAL:
        return take_central(z, err);
    case ZIP_END:
        return take_end(z, err);
    case ZIP64_END:
    case ZIP64_LOCATOR:
        return take_zip64_end(z, signature, err);
    case ZIP_SPLIT:
        as_feed_skip(&z->feed, 4);
        return AS_OK;
    default:
        return as_zip_gap(z, UINT64_MAX, err);
    }
}

static enum as_status walk_forward(struct as_zip *z)
{
    while (!z->stop && !z->walk->account.over) {
        struct as_error error = {0};
        enum as_status walk = AS_OK;
        enum as_status status = take_record(z, &walk, &error);
        AS_TRY(walk);
        z->stop = z->stop || status != AS_OK;
        AS_TRY(as_walk_note(z->walk, z->end, status, &error));
        AS_TRY(as_zip_metadata_pace(z));
    }
    if (z->stop && z->end->coverage == AS_COMPLETE &&
        (z->met_count != z->listed_count || z->met_sum != z->listed_sum)) {
        z->mismatch = true;
    }
    return AS_OK;
}

static enum as_status walk_zip(struct as_zip *z, uint64_t size)
{
    struct as_error error = {0};
    struct as_zip_directory directory;
    bool found = false;
    if (z->stream->ops->read_at != NULL && size != AS_STREAM_SIZE_UNKNOWN) {
        enum as_status status = as_zip_directory_find(z, size, &found, &directory, &error);
        AS_TRY(as_walk_note(z->walk, z->end, status, &error));
    }
    AS_TRY(found ? as_zip_directory_walk(z, &directory) : walk_forward(z));
    if (z->office_types && z->office_part) {
        as_walk_worsen(z->end, AS_PARTIAL, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT);
    }
    if (z->mismatch) {
        as_walk_worsen(z->end, AS_PARTIAL, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH);
    }
    return as_metadata_flush(&z->metadata, z->walk, z->member, z->end);
}

enum as_status as_zip_metadata_pace(struct as_zip *z)
{
    return as_metadata_is_due(&z->metadata)
               ? as_metadata_flush(&z->metadata, z->walk, z->member, z->end)
               : AS_OK;
}

enum as_status as_zip_walk(struct as_walk *w, void *member, struct as_stream *stream, uint64_t size,
                           bool gaps_read, struct as_member_end *end)
{
    struct as_zip *z = as_calloc(1, sizeof *z);
    if (z == NULL) {
        return AS_E_NO_MEMORY;
    }
    z->walk = w;
    z->stream = stream;
    z->member = member;
    z->end = end;
    as_metadata_init(&z->metadata, AS_METADATA_ARCHIVE_BYTES);
    as_strbuf_init(&z->comment, UINT16_MAX + 1U);
    z->gaps_read = gaps_read;
    z->hash_seed = as_random64(); /* sums of hashes that an archive cannot be made to fit */
    as_strbuf_init(&z->local.name, UINT16_MAX + 1U);
    as_strbuf_init(&z->central.name, UINT16_MAX + 1U);
    as_strbuf_init(&z->extra, UINT16_MAX + 1U);
    enum as_status status = as_feed_init(&z->feed, stream);
    if (status == AS_OK) {
        status = walk_zip(z, size);
    }
    as_feed_fini(&z->feed);
    as_strbuf_fini(&z->local.name);
    as_strbuf_fini(&z->central.name);
    as_strbuf_fini(&z->extra);
    as_strbuf_fini(&z->comment);
    as_metadata_fini(&z->metadata);
    as_free(z);
    return status;
}
