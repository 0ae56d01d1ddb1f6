/* SPDX-License-Identifier: Apache-2.0
 * The walk over an object's layers.
 *
 *      object ─ sniff ─┬─ compression: decoder ─ sniff …      a layer, not a member
 *                      ├─ archive: each member ─ sniff …      begin/end calls nest
 *                      ├─ text: cutter ─ blocks
 *                      ├─ unknown binary, program: printable runs ─ blocks
 *                      └─ media, document, encrypted, other archive: not read, SKIPPED
 *
 * Recursion is bounded by depth_max (at most AS_DEPTH_MAX). Memory: AS_PROFILE_BYTES a walk, and
 * about 300 KiB a layer (look ahead, decoder input and output, archive input) and as much for what
 * stands beside its content (metadata.h); decoder windows are charged (account.h).
 *
 * Coverage of an archive: COMPLETE only if every member is, or is media. A limit of the whole walk
 * is the archive's reason too; any other unread member makes ARCHIVE_CONTAINS_UNPROCESSED_FILES.
 * Threads: one a walk. Tests: tests/unit/content/test_walk*.c; fuzz: fuzz_walk.c. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "content/decoder.h"
#include "content/metadata.h"
#include "content/walk_internal.h"

static enum as_status walk_layer(struct as_walk *w, void *member, struct as_stream *stream,
                                 struct as_slice name, uint64_t size, struct as_member_end *end);

static bool ends_walk(enum as_status status)
{
    return status == AS_E_OBJECT_CHANGED || status == AS_E_CANCELLED || status == AS_E_NO_MEMORY ||
           status == AS_E_BUG;
}

void as_walk_worsen(struct as_member_end *end, enum as_coverage coverage, enum as_reason reason)
{
    if (coverage > end->coverage) {
        end->coverage = coverage;
        end->reason = reason;
    }
}

enum as_status as_walk_note(struct as_walk *w, struct as_member_end *end, enum as_status status,
                            const struct as_error *error)
{
    if (status == AS_OK) {
        return AS_OK;
    }
    if (ends_walk(status)) {
        return status;
    }
    if (end->error.status == AS_OK && error != NULL) {
        end->error = *error;
    }
    /* Outside all layers, it is the source that does not support something: a special file. */
    bool of_source = status == AS_E_UNSUPPORTED && w->layers == 0;
    as_walk_worsen(end, AS_PARTIAL,
                   of_source ? as_reason_of_status(status)
                             : as_account_reason(&w->account, status));
    return AS_OK;
}

/* Limits of the whole walk, and nesting, are worth telling on every level. */
static bool is_limit_of_walk(enum as_reason reason)
{
    return reason == AS_REASON_TIME_CUT_OFF_REACHED ||
           reason == AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT ||
           reason == AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT ||
           reason == AS_REASON_ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT;
}

static void fold_member(struct as_member_end *archive, const struct as_member_end *member)
{
    if (member->coverage == AS_COMPLETE || (member->coverage == AS_SKIPPED && member->media)) {
        return;
    }
    as_walk_worsen(archive, AS_PARTIAL,
                   is_limit_of_walk(member->reason) ? member->reason
                                                    : AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES);
}

/* "data.csv.gz" is "data.csv" once the layer is undone: the hint for what is inside. */
static struct as_slice inner_name(struct as_slice name)
{
    static const char *const suffixes[] = {".gz", ".gzip", ".z",    ".zst", ".zstd", ".bz2",
                                           ".bz", ".xz",   ".lzma", ".lz",  ".lz4",  ".zz"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(suffixes); i++) {
        struct as_slice suffix = as_slice_of(suffixes[i]);
        if (name.len <= suffix.len) {
            continue;
        }
        size_t same = 0;
        while (same < suffix.len && (name.ptr[name.len - suffix.len + same] |
                                     (same == 0 ? 0 : 0x20)) == suffix.ptr[same]) {
            same++;
        }
        if (same == suffix.len) {
            return as_slice(name.ptr, name.len - suffix.len);
        }
    }
    return name;
}

/* gzip repeats the file's name, which is scanned as such already. */
static bool is_name_alone(const struct as_metadata *m, struct as_slice name)
{
    return m->text.len == name.len + 2 && name.len != 0 &&
           memcmp(m->text.ptr, name.ptr, name.len) == 0;
}

static enum as_status walk_compression(struct as_walk *w, void *member, struct as_peek *head,
                                       struct as_slice name, enum as_codec codec,
                                       struct as_member_end *end)
{
    struct as_error error = {0};
    struct as_stream *decoder = NULL;
    struct as_metadata metadata;
    as_metadata_init(&metadata, AS_METADATA_LAYER_BYTES);
    enum as_status status =
        as_decoder_open(codec, &head->base, &w->account, &metadata, &decoder, &error);
    if (status != AS_OK) {
        status = as_walk_note(w, end, status, &error);
        as_walk_worsen(end, AS_SKIPPED, end->reason);
    } else {
        status = walk_layer(w, member, decoder, inner_name(name), AS_STREAM_SIZE_UNKNOWN, end);
    }
    as_stream_close(decoder);
    if (status == AS_OK && !is_name_alone(&metadata, inner_name(name))) {
        status = as_metadata_flush(&metadata, w, member, end);
    }
    as_metadata_fini(&metadata);
    return status;
}

static enum as_status walk_archive(struct as_walk *w, void *member, struct as_peek *head,
                                   uint64_t size, enum as_format_class class,
                                   struct as_member_end *end)
{
    if (w->depth >= AS_DEPTH_MAX) {
        as_walk_worsen(end, AS_PARTIAL, AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
        return AS_OK;
    }
    size_t path = w->path_raw.len;
    w->depth++;
    enum as_status status = class == AS_FORMAT_TAR
                                ? as_tar_walk(w, member, &head->base, end)
                                : as_zip_walk(w, member, &head->base, size, false, end);
    w->depth--;
    w->path_raw.len = path;
    end->decoded_bytes = head->delivered;
    return status;
}

/* What is recognised and not read. */
static bool unread_reason(enum as_format_class class, enum as_reason *out)
{
    switch (class) {
    case AS_FORMAT_DOCUMENT:
        *out = AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT;
        return true;
    case AS_FORMAT_ARCHIVE_OTHER:
        *out = AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT;
        return true;
    case AS_FORMAT_MEDIA:
        *out = AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION;
        return true;
    case AS_FORMAT_ENCRYPTED:
        *out = AS_REASON_OPAQUE_CONTENT;
        return true;
    case AS_FORMAT_UNKNOWN:
    case AS_FORMAT_COMPRESSION:
    case AS_FORMAT_TAR:
    case AS_FORMAT_ZIP:
    case AS_FORMAT_EXECUTABLE:
        break;
    }
    return false;
}

static enum as_status walk_sniffed(struct as_walk *w, void *member, struct as_peek *head,
                                   struct as_slice name, uint64_t size, struct as_member_end *end)
{
    struct as_format format = as_sniff(as_peek_view(head), as_peek_whole(head));
    enum as_reason reason = AS_REASON_NONE;
    if (format.mime != NULL) {
        end->mime = format.mime;
    }
    if (!format.is_text && unread_reason(format.class, &reason)) {
        end->media = format.class == AS_FORMAT_MEDIA;
        as_walk_worsen(end, AS_SKIPPED, reason);
        return AS_OK;
    }
    bool archive = format.class == AS_FORMAT_TAR || format.class == AS_FORMAT_ZIP;
    if (!archive && format.class != AS_FORMAT_COMPRESSION) {
        return as_leaf_read(w, member, head, name, &format, end);
    }
    uint32_t most = w->env->limits.depth_max;
    if (w->layers >= (most < AS_DEPTH_MAX ? most : AS_DEPTH_MAX)) {
        /* Bytes of this layer were reached and not read: what was undone around it counts for
         * nothing, so a member is SKIPPED; the object that holds it is PARTIAL by the fold. */
        as_walk_worsen(end, w->layers == 0 || w->depth != 0 ? AS_SKIPPED : AS_PARTIAL,
                       AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
        return AS_OK;
    }
    w->layers++;
    enum as_status status = archive ? walk_archive(w, member, head, size, format.class, end)
                                    : walk_compression(w, member, head, name, format.codec, end);
    w->layers--;
    return status;
}

static enum as_status walk_layer(struct as_walk *w, void *member, struct as_stream *stream,
                                 struct as_slice name, uint64_t size, struct as_member_end *end)
{
    struct as_peek head;
    if (as_peek_init(&head, stream, AS_SNIFF_BYTES) != AS_OK) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = AS_OK;
    if (head.failed != AS_OK && head.len == 0) {
        status = as_walk_note(w, end, head.failed, &head.error);
        as_walk_worsen(end, AS_SKIPPED, end->reason);
    } else {
        status = walk_sniffed(w, member, &head, name, size, end);
    }
    as_peek_fini(&head);
    return status;
}

/* The path for reading: UTF-8, with U+FFFD for what is not. *out_exact: nothing had to be replaced.
 * NULL when out of memory. */
static char *readable_path(struct as_slice raw, bool *out_exact)
{
    *out_exact =
        as_utf8_valid(raw.ptr, raw.len) && (raw.len == 0 || memchr(raw.ptr, 0, raw.len) == NULL);
    if (*out_exact) {
        return as_memdup0(raw.ptr, raw.len);
    }
    struct as_strbuf s;
    as_strbuf_init(&s, 3 * raw.len + 1);
    for (size_t i = 0; i < raw.len;) {
        unsigned n = as_utf8_decode(raw.ptr + i, raw.len - i, NULL);
        if (n == 0 || raw.ptr[i] == 0) {
            as_strbuf_puts(&s, "\xEF\xBF\xBD");
            i++;
        } else {
            as_strbuf_append(&s, raw.ptr + i, n);
            i += n;
        }
    }
    return as_strbuf_detach(&s);
}

/* Puts the entry's name after the archive's own path. */
static enum as_status push_path(struct as_walk *w, struct as_slice name)
{
    static const char cut[] = "\xE2\x80\xA6";
    if (w->depth > 1) {
        as_strbuf_puts(&w->path_raw, "!/");
    }
    size_t room = AS_PATH_BYTES_MAX -
                  (w->path_raw.len < AS_PATH_BYTES_MAX ? w->path_raw.len : AS_PATH_BYTES_MAX);
    if (name.len <= room) {
        as_strbuf_append(&w->path_raw, name.ptr, name.len);
    } else {
        as_strbuf_append(&w->path_raw, name.ptr, room);
        as_strbuf_puts(&w->path_raw, cut);
    }
    return w->path_raw.failed ? AS_E_NO_MEMORY : AS_OK;
}

static enum as_status begin_member(struct as_walk *w, const struct as_archive_entry *entry,
                                   void **out_member)
{
    bool exact = true;
    AS_CLEANUP(as_free_ptr) char *path = readable_path(as_strbuf_view(&w->path_raw), &exact);
    if (path == NULL) {
        return AS_E_NO_MEMORY;
    }
    struct as_member member = {.path = path,
                               .depth = w->depth,
                               .index = w->index,
                               .size = entry->size,
                               .modified_ms = entry->modified_ms};
    if (!exact) {
        member.path_raw = as_strbuf_view(&w->path_raw);
    }
    return w->sink->member_begin(w->sink->context, &member, out_member);
}

/* Begins, reads (unless `stream` is NULL: `unread` says why) and ends one member. */
static enum as_status run_member(struct as_walk *w, const struct as_archive_entry *entry,
                                 struct as_stream *stream, enum as_reason unread,
                                 struct as_member_end *archive)
{
    struct as_error error = {0};
    if (w->account.members >= w->env->limits.members_max) {
        enum as_status limit = as_account_limit(
            &w->account, AS_REASON_ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT, &error);
        return as_walk_note(w, archive, limit, &error);
    }
    w->account.members++;
    w->index[w->depth - 1] = entry->ordinal;
    size_t path = w->path_raw.len;
    AS_TRY(push_path(w, entry->name));
    void *member = NULL;
    AS_TRY(begin_member(w, entry, &member));
    struct as_member_end end = {.coverage = AS_COMPLETE};
    if (stream == NULL) {
        as_walk_worsen(&end, AS_SKIPPED, unread);
    } else {
        AS_TRY(walk_layer(w, member, stream, entry->name, entry->size, &end));
    }
    AS_TRY(w->sink->member_end(w->sink->context, member, &end));
    fold_member(archive, &end);
    w->path_raw.len = path;
    return AS_OK;
}

enum as_status as_walk_member(struct as_walk *w, const struct as_archive_entry *entry,
                              struct as_stream *stream, struct as_member_end *archive)
{
    return run_member(w, entry, stream, AS_REASON_NONE, archive);
}

enum as_status as_walk_unread(struct as_walk *w, const struct as_archive_entry *entry,
                              enum as_reason reason, struct as_member_end *archive)
{
    return run_member(w, entry, NULL, reason, archive);
}

static enum as_status walk_object(struct as_walk *w, struct as_stream *stream, struct as_slice name,
                                  uint64_t size)
{
    const struct as_archive_entry object = {.size = size, .modified_ms = INT64_MIN};
    void *member = NULL;
    struct as_member_end end = {.coverage = AS_COMPLETE};
    AS_TRY(begin_member(w, &object, &member));
    AS_TRY(walk_layer(w, member, stream, name, size, &end));
    return w->sink->member_end(w->sink->context, member, &end);
}

enum as_status as_content_walk(const struct as_content_env *env, struct as_stream *stream,
                               struct as_slice name, uint64_t size,
                               const struct as_content_sink *sink, struct as_error *err)
{
    struct as_walk *w = as_calloc(1, sizeof *w);
    if (w == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    w->env = env;
    w->sink = sink;
    as_account_init(&w->account, env);
    as_strbuf_init(&w->path_raw, AS_PATH_BYTES_MAX + 64U * AS_DEPTH_MAX);
    w->prefix = as_malloc(AS_PROFILE_BYTES);
    enum as_status status = AS_E_NO_MEMORY;
    if (w->prefix != NULL) {
        status = walk_object(w, stream, name, size);
    }
    as_free(w->prefix);
    as_strbuf_fini(&w->path_raw);
    as_free(w);
    return status == AS_OK ? AS_OK : as_fail(err, status, "%s", as_status_text(status));
}
