/* SPDX-License-Identifier: Apache-2.0
 * Reader of tar archives in all dialects: version 7, ustar, pax (IEEE 1003.1 pax interchange), GNU
 * (long names, base 256, sparse files old and new). Own, not libarchive's: names must not depend on
 * a locale, every byte that is not read must be told, and a header must never allocate what it
 * asks for.
 *
 * Members are entries with content; directories, links, devices and volume labels only count in
 * the ordinals. A damaged header is skipped block by block to the next good one and the archive is
 * MALFORMED_FILE; an archive that ends without an end mark is TRUNCATED_CONTENT, since it may have
 * been cut between two members. Archives one after another are one. What stands beside the members
 * (owners, links, names of folders, pax records, padding, blocks that are no header) is scanned as
 * metadata of the archive (metadata.h).
 *
 * Memory: the feed, the pending headers (names and pax records up to TAR_EXTENSION_MAX) and sparse
 * maps up to TAR_SPARSE_MAX extents. Tests: tests/unit/content/test_tar.c with GNU tar and Python's
 * tarfile as oracles; fuzz: fuzz_walk.c. */
#include "content/tar.h"

#include <string.h>

#include "base/mem.h"
#include "content/feed.h"
#include "content/tar_internal.h"
#include "content/walk_internal.h"

static bool is_zero(const uint8_t *p, size_t len)
{
    return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

/* Skips to the next block after `size` bytes of data. A last member's padding may be missing where
 * the archive was cut: the missing end mark tells that. Padding that is not zero is metadata: some
 * writers leave there what their buffer held before. */
static enum as_status skip_padding(struct as_tar *t, uint64_t size, struct as_error *err)
{
    size_t padding = (AS_TAR_BLOCK - size % AS_TAR_BLOCK) % AS_TAR_BLOCK;
    struct as_slice rest;
    AS_TRY(as_feed_peek(&t->feed, padding, &rest, err));
    rest.len = rest.len < padding ? rest.len : padding;
    if (!is_zero(rest.ptr, rest.len)) {
        as_metadata_add(&t->metadata, rest);
    }
    as_feed_skip(&t->feed, rest.len);
    return AS_OK;
}

static enum as_status skip_data(struct as_tar *t, uint64_t size, struct as_error *err)
{
    AS_TRY(as_feed_discard(&t->feed, size, err));
    return skip_padding(t, size, err);
}

/* Skips the data of an entry that is told to have some and no content: its bytes are metadata. */
static enum as_status skip_stray(struct as_tar *t, uint64_t size, struct as_error *err)
{
    enum as_status status = as_metadata_take(&t->metadata, &t->feed, size, err);
    as_metadata_end(&t->metadata);
    return status == AS_OK ? skip_padding(t, size, err) : status;
}

/* Reads the data of an extension header into `into`. */
static enum as_status read_extension(struct as_tar *t, uint64_t size, struct as_strbuf *into,
                                     struct as_error *err)
{
    as_strbuf_reset(into);
    if (size > TAR_EXTENSION_MAX) {
        t->damaged = true;
        return skip_data(t, size, err);
    }
    uint64_t left = size;
    while (left != 0) {
        struct as_slice view = {NULL, 0};
        AS_TRY(as_feed_view(&t->feed, &view, err));
        if (view.len == 0) {
            return as_fail(err, AS_E_TRUNCATED, "a tar header ends too early");
        }
        size_t n = view.len < left ? view.len : (size_t)left;
        as_strbuf_append(into, view.ptr, n);
        as_feed_skip(&t->feed, n);
        left -= n;
    }
    if (into->failed) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    return skip_padding(t, size, err);
}

static struct as_slice without_zeros(struct as_slice s)
{
    while (s.len != 0 && s.ptr[s.len - 1] == 0) {
        s.len--;
    }
    return s;
}

/* Name, size and time of the entry, with what extension headers said before it. */
static enum as_status resolve(struct as_tar *t, const struct as_tar_header *h,
                              struct as_archive_entry *out)
{
    const struct as_tar_pax *p = &t->pax;
    *out = (struct as_archive_entry){.size = h->size, .modified_ms = INT64_MIN};
    if (h->modified_s != INT64_MIN) {
        out->modified_ms = h->modified_s * 1000;
    }
    if (p->has_modified) {
        out->modified_ms = p->modified_ms;
    }
    if (p->has_size) {
        out->size = p->size;
    }
    if (p->sparse_name.len != 0) {
        out->name = p->sparse_name;
    } else if (p->path.len != 0) {
        out->name = p->path;
    } else if (t->long_name.len != 0) {
        out->name = without_zeros(as_strbuf_view(&t->long_name));
    } else {
        as_strbuf_reset(&t->name);
        if (h->prefix.len != 0) {
            as_strbuf_append(&t->name, h->prefix.ptr, h->prefix.len);
            as_strbuf_putc(&t->name, '/');
        }
        as_strbuf_append(&t->name, h->name.ptr, h->name.len);
        out->name = as_strbuf_view(&t->name);
        return t->name.failed ? AS_E_NO_MEMORY : AS_OK;
    }
    return AS_OK;
}

static void forget_extensions(struct as_tar *t)
{
    as_strbuf_reset(&t->long_name);
    as_strbuf_reset(&t->pax_text);
    t->pax = (struct as_tar_pax){.extents = t->pax.extents};
}

/* A hard link may carry the file's data (pax -o linkdata) or only repeat its size (version 7, GNU):
 * what stands next tells. */
static enum as_status link_has_data(struct as_tar *t, uint64_t size, bool *out,
                                    struct as_error *err)
{
    struct as_slice next;
    *out = false;
    if (size == 0) {
        return AS_OK;
    }
    AS_TRY(as_feed_peek(&t->feed, AS_TAR_BLOCK, &next, err));
    *out = next.len >= AS_TAR_BLOCK && !as_tar_header_valid(next.ptr) &&
           !as_tar_block_is_zero(next.ptr);
    return AS_OK;
}

/* Walks one member's data; the feed then stands after its padding. */
static enum as_status walk_file(struct as_tar *t, const struct as_tar_header *h,
                                struct as_archive_entry *entry)
{
    struct as_error error = {0};
    struct as_tar_member m = {.tar = t, .stored_left = entry->size};
    bool sparse = false;
    enum as_status status = as_tar_sparse_open(t, h, &m, &sparse, &error);
    if (status != AS_OK) {
        AS_TRY(as_walk_note(t->walk, t->end, status, &error));
        t->stop = status != AS_E_CORRUPT && status != AS_E_UNSUPPORTED;
        AS_TRY(
            as_walk_unread(t->walk, entry, as_account_reason(&t->walk->account, status), t->end));
    } else {
        if (sparse) {
            entry->size = m.size;
        }
        as_tar_member_init(&m, sparse);
        AS_TRY(as_walk_member(t->walk, entry, &m.base, t->end));
    }
    if (t->stop) {
        return AS_OK;
    }
    status = as_feed_discard(&t->feed, m.stored_left, &error);
    if (status == AS_OK) {
        status = skip_padding(t, m.stored_size, &error);
    }
    t->stop = status != AS_OK;
    return as_walk_note(t->walk, t->end, status, &error);
}

/* An entry that is not an extension header. */
static enum as_status walk_entry(struct as_tar *t, const struct as_tar_header *h)
{
    struct as_archive_entry entry;
    struct as_error error = {0};
    AS_TRY(resolve(t, h, &entry));
    entry.ordinal = t->ordinal++;
    bool content = strchr("123456DVNK", h->type) == NULL;
    if (h->type == '0' && !h->posix && !h->gnu && entry.name.len != 0 &&
        entry.name.ptr[entry.name.len - 1] == '/') {
        content = false; /* a directory of version 7 */
    }
    enum as_status status = AS_OK;
    if (h->type == '1') {
        status = link_has_data(t, entry.size, &content, &error);
        if (status == AS_OK && !content) {
            entry.size = 0;
        }
    } else if (strchr("23456", h->type) != NULL) {
        entry.size = 0; /* whatever the header says, nothing follows */
    }
    if (status == AS_OK && content) {
        status = walk_file(t, h, &entry);
        forget_extensions(t);
        return status;
    }
    if (status == AS_OK) {
        as_metadata_add(&t->metadata, entry.name); /* of members it is in their path */
        status = skip_stray(t, entry.size, &error);
    }
    forget_extensions(t);
    t->stop = status != AS_OK;
    return as_walk_note(t->walk, t->end, status, &error);
}

/* Takes one good header. */
static enum as_status take_header(struct as_tar *t, const struct as_tar_header *h)
{
    struct as_error error = {0};
    enum as_status status = AS_OK;
    switch (h->type) {
    case 'L':
        status = read_extension(t, h->size, &t->long_name, &error);
        break;
    case 'K':
        status = read_extension(t, h->size, &t->scratch, &error);
        as_metadata_add(&t->metadata, without_zeros(as_strbuf_view(&t->scratch)));
        break;
    case 'g': /* global records name no member and give no size */
        status = read_extension(t, h->size, &t->scratch, &error);
        if (status == AS_OK) {
            status = as_tar_pax_parse(t, as_strbuf_view(&t->scratch), true);
        }
        break;
    case 'x':
    case 'X':
        t->pax = (struct as_tar_pax){.extents = t->pax.extents}; /* it points into the old text */
        status = read_extension(t, h->size, &t->pax_text, &error);
        if (status == AS_OK) {
            status = as_tar_pax_parse(t, as_strbuf_view(&t->pax_text), false);
        }
        break;
    default:
        return walk_entry(t, h);
    }
    t->stop = status != AS_OK;
    return as_walk_note(t->walk, t->end, status, &error);
}

/* A block that is no header: what stands in such blocks, one after another, is a piece of metadata.
 */
static void take_unclaimed(struct as_tar *t, const uint8_t *block)
{
    t->trailing = t->trailing || t->end_seen;
    t->damaged = t->damaged || !t->end_seen;
    as_metadata_part(&t->metadata, as_slice(block, AS_TAR_BLOCK));
    if (t->metadata.raw.len >= AS_METADATA_BYTES) {
        as_metadata_end(&t->metadata);
    }
}

/* One block: the end mark, a header, or damage. */
static enum as_status take_block(struct as_tar *t)
{
    struct as_error error = {0};
    struct as_slice view = {NULL, 0};
    struct as_tar_header h;
    uint8_t block[AS_TAR_BLOCK];
    enum as_status status = as_account_check(&t->walk->account, &error);
    if (status == AS_OK) {
        status = as_feed_peek(&t->feed, AS_TAR_BLOCK, &view, &error);
    }
    if (status == AS_OK && view.len == 0 && t->end_seen) {
        t->stop = true;
        return AS_OK;
    }
    if (status == AS_OK && view.len < AS_TAR_BLOCK) {
        t->stop = true;
        if (!is_zero(view.ptr, view.len)) {
            as_metadata_part(&t->metadata, view);
            t->trailing = t->end_seen;
        }
        status = t->end_seen ? AS_OK
                             : as_fail(&error, AS_E_TRUNCATED, "the tar archive has no end mark");
    }
    if (status != AS_OK || t->stop) {
        t->stop = true;
        return as_walk_note(t->walk, t->end, status, &error);
    }
    memcpy(block, view.ptr, sizeof block);
    as_feed_skip(&t->feed, AS_TAR_BLOCK);
    if (as_tar_block_is_zero(block)) {
        as_metadata_end(&t->metadata);
        t->end_seen = true;
        return AS_OK;
    }
    if (!as_tar_header_valid(block) || !as_tar_header_parse(block, &h)) {
        take_unclaimed(t, block); /* look for the next header */
        return AS_OK;
    }
    as_metadata_end(&t->metadata);
    t->end_seen = false;
    memcpy(t->block, block, sizeof block);
    as_tar_note_header(t, &h);
    return take_header(t, &h);
}

/* Scans the metadata so far. Damage is told first: it says more than what the bytes look like. */
static enum as_status flush_metadata(struct as_tar *t)
{
    struct as_error error = {0};
    enum as_status status = AS_OK;
    if (t->damaged) {
        status = as_fail(&error, AS_E_CORRUPT, "a header of the tar archive is damaged");
    } else if (t->trailing) {
        status = as_fail(&error, AS_E_CORRUPT, "bytes follow the tar archive");
    }
    AS_TRY(as_walk_note(t->walk, t->end, status, &error));
    return as_metadata_flush(&t->metadata, t->walk, t->member, t->end);
}

static enum as_status walk_blocks(struct as_tar *t)
{
    while (!t->stop && !t->walk->account.over) {
        AS_TRY(take_block(t));
        AS_TRY(as_metadata_is_due(&t->metadata) ? flush_metadata(t) : AS_OK);
    }
    return flush_metadata(t);
}

enum as_status as_tar_walk(struct as_walk *w, void *member, struct as_stream *stream,
                           struct as_member_end *end)
{
    struct as_tar *t = as_calloc(1, sizeof *t);
    if (t == NULL) {
        return AS_E_NO_MEMORY;
    }
    t->walk = w;
    t->member = member;
    t->end = end;
    as_metadata_init(&t->metadata, AS_METADATA_ARCHIVE_BYTES);
    as_strbuf_init(&t->scratch, TAR_EXTENSION_MAX + 1);
    as_strbuf_init(&t->name, 4 * (size_t)AS_TAR_BLOCK);
    as_strbuf_init(&t->long_name, TAR_EXTENSION_MAX + 1);
    as_strbuf_init(&t->pax_text, TAR_EXTENSION_MAX + 1);
    enum as_status status = as_feed_init(&t->feed, stream);
    if (status == AS_OK) {
        status = walk_blocks(t);
    }
    as_feed_fini(&t->feed);
    as_metadata_fini(&t->metadata);
    as_strbuf_fini(&t->scratch);
    as_strbuf_fini(&t->name);
    as_strbuf_fini(&t->long_name);
    as_strbuf_fini(&t->pax_text);
    as_free(t->pax.extents);
    as_free(t);
    return status;
}
