/* SPDX-License-Identifier: Apache-2.0
 * Leaves: what is left when all layers are undone. A prefix of AS_PROFILE_BYTES decides what the
 * text is (text/profile.h), then the bytes go straight from the stream into the cutter's buffers.
 *
 * Invariants: (1) whatever fails, the bytes before it are handed over and the text is ended; (2) a
 * member is cut after exactly member_bytes_max bytes, and only if there is one more; (3) text
 * formats that hold more than their text (mail, RTF) are scanned and PARTIAL.
 * Tests: tests/unit/content/test_walk.c. */
#include "content/leaf.h"

#include <string.h>

#include "base/mem.h"
#include "content/mail.h"
#include "content/opaque_watch.h"
#include "content/readings.h"
#include "text/charset.h"
#include "text/profile.h"

void as_leaf_more(struct as_leaf *leaf, void *buf, size_t cap, size_t *out_len)
{
    struct as_walk *w = leaf->walk;
    *out_len = 0;
    if (leaf->ended || leaf->failed != AS_OK) {
        return;
    }
    leaf->failed = as_account_check(&w->account, &leaf->error);
    if (leaf->failed != AS_OK) {
        return;
    }
    uint64_t most = w->env->limits.member_bytes_max;
    uint64_t room = most > leaf->bytes ? most - leaf->bytes : 0;
    uint8_t probe;
    bool full = room == 0;
    size_t got = 0;
    leaf->failed = as_stream_read(leaf->stream, full ? &probe : buf,
                                  full ? 1 : (room < cap ? (size_t)room : cap), &got, &leaf->error);
    if (leaf->failed != AS_OK) {
        return;
    }
    if (got == 0) {
        leaf->ended = true;
    } else if (full) {
        leaf->failed =
            as_account_limit(&w->account, AS_REASON_FILE_EXCEEDS_SIZE_LIMIT, &leaf->error);
    } else {
        leaf->bytes += got;
        *out_len = got;
    }
}

void as_leaf_fill(struct as_leaf *leaf, void *buf, size_t cap, size_t *out_len)
{
    size_t have = 0;
    while (have < cap && !leaf->ended && leaf->failed == AS_OK) {
        size_t got = 0;
        as_leaf_more(leaf, (uint8_t *)buf + have, cap - have, &got);
        have += got;
    }
    *out_len = have;
}

static enum as_status emit_block(void *context, struct as_block *block)
{
    struct as_leaf *leaf = context;
    uint64_t size = block->text->metadata ? 0 : block->size;
    const struct as_content_sink *sink = leaf->walk->sink;
    AS_TRY(sink->block(sink->context, leaf->member, block));
    leaf->end->text_bytes += size;
    return AS_OK;
}

enum as_status as_leaf_text_begin(struct as_leaf_text *t, struct as_leaf *leaf,
                                  struct as_text *text, struct as_slice prefix)
{
    const struct as_content_sink *sink = leaf->walk->sink;
    enum as_status status = sink->text_begin(sink->context, leaf->member, text, prefix);
    if (status != AS_OK) {
        as_text_unref(text);
        return status;
    }
    struct as_cutter *cutter = as_cutter_new(text, leaf->walk->env->blocks, emit_block, leaf);
    if (cutter == NULL) {
        as_text_unref(text);
        return AS_E_NO_MEMORY;
    }
    *t = (struct as_leaf_text){.leaf = leaf, .text = text, .cutter = cutter};
    return AS_OK;
}

enum as_status as_leaf_text_end(struct as_leaf_text *t)
{
    const struct as_content_sink *sink = t->leaf->walk->sink;
    AS_TRY(as_cutter_finish(t->cutter));
    return sink->text_end(sink->context, t->leaf->member, t->text, as_cutter_blocks(t->cutter));
}

void as_leaf_text_fini(struct as_leaf_text *t)
{
    as_cutter_free(t->cutter);
    as_text_unref(t->text);
    *t = (struct as_leaf_text){0};
}

/* Who looks at the bytes of a text on their way; the first two may be NULL. */
struct watches {
    struct as_mail_watch *mail;
    struct as_opaque_watch *opaque;
    struct as_readings *beside;
};

static enum as_status watch(const struct watches *watches, const void *bytes, size_t len)
{
    if (watches->mail != NULL) {
        as_mail_watch_feed(watches->mail, bytes, len);
    }
    if (watches->opaque != NULL) {
        as_opaque_watch_feed(watches->opaque, bytes, len);
    }
    return as_readings_feed(watches->beside, bytes, len);
}

/* Reads on into the cutter. *out_len is 0 at the end or a failure. */
static enum as_status pump_some(struct as_leaf_text *t, const struct watches *watches,
                                size_t *out_len)
{
    void *space = NULL;
    size_t cap = 0;
    AS_TRY(as_cutter_space(t->cutter, &space, &cap));
    as_leaf_more(t->leaf, space, cap, out_len);
    AS_TRY(watch(watches, space, *out_len));
    return as_cutter_commit(t->cutter, *out_len);
}

/* Feeds the prefix and then the rest of the stream. */
static enum as_status pump(struct as_leaf_text *t, const struct watches *watches)
{
    struct as_leaf *leaf = t->leaf;
    size_t got = 1;
    AS_TRY(as_cutter_feed(t->cutter, leaf->walk->prefix, leaf->prefix_len));
    AS_TRY(watch(watches, leaf->walk->prefix, leaf->prefix_len));
    while (got != 0 && !leaf->ended && leaf->failed == AS_OK) {
        AS_TRY(pump_some(t, watches, &got));
    }
    if (watches->mail != NULL) {
        as_mail_watch_end(watches->mail);
    }
    return AS_OK;
}

/* The readings that find what stands in the text in another character set than its own. */
static unsigned other_readings(enum as_charset charset)
{
    switch (charset) {
    case AS_CHARSET_UTF16LE:
        return AS_READING_UTF8 | AS_READING_ODD;
    case AS_CHARSET_UTF16BE: /* its own ASCII shows in the odd little-endian reading */
        return AS_READING_UTF8 | AS_READING_EVEN;
    case AS_CHARSET_UTF8:
    case AS_CHARSET_LATIN1:
    default:
        return AS_READING_EVEN | AS_READING_ODD;
    }
}

/* Text and readings are begun: reads all. */
static enum as_status read_with(struct as_leaf_text *t, const struct watches *watches)
{
    AS_TRY(pump(t, watches));
    AS_TRY(as_leaf_text_end(t));
    return as_readings_end(watches->beside);
}

static enum as_status read_text(struct as_leaf *leaf, struct as_text *text, bool is_mail,
                                bool *out_encoded)
{
    struct as_leaf_text t = {0};
    struct as_slice prefix;
    struct as_mail_watch mail = {0};
    struct as_opaque_watch opaque;
    AS_CLEANUP(as_free_ptr) uint8_t *decoded = NULL;
    struct as_slice raw = as_slice(leaf->walk->prefix, leaf->prefix_len);
    bool foreign = text->foreign;
    bool narrow = text->charset == AS_CHARSET_UTF8 || text->charset == AS_CHARSET_LATIN1;
    as_opaque_watch_init(&opaque, text->charset == AS_CHARSET_UTF8);
    struct watches watches = {.mail = is_mail ? &mail : NULL, .opaque = narrow ? &opaque : NULL};
    enum as_status status =
        as_decode_prefix(text->charset, text->bom_bytes, raw, &prefix, &decoded);
    if (status == AS_OK) {
        watches.beside = as_readings_new(leaf, other_readings(text->charset), true);
        status = watches.beside == NULL ? AS_E_NO_MEMORY : AS_OK;
    }
    if (status != AS_OK) {
        as_text_unref(text);
        return status;
    }
    status = as_leaf_text_begin(&t, leaf, text, prefix);
    if (status == AS_OK) {
        status = read_with(&t, &watches);
    }
    as_leaf_text_fini(&t);
    as_readings_free(watches.beside);
    *out_encoded = mail.encoded;
    enum as_reason reason = narrow ? as_opaque_watch_end(&opaque) : AS_REASON_NONE;
    if (foreign || (reason == AS_REASON_NONE && as_is_encoded_whole(raw))) {
        reason = AS_REASON_UNKNOWN_TEXT_ENCODING;
    }
    if (reason != AS_REASON_NONE) {
        as_walk_worsen(leaf->end, AS_PARTIAL, reason);
    }
    return status;
}

/* A program or binary that ends in a zip: the zip is walked too where it can be reached. */
static enum as_status read_appended_zip(struct as_leaf *leaf)
{
    struct as_walk *w = leaf->walk;
    if (leaf->stream->ops->read_at == NULL || w->layers >= w->env->limits.depth_max ||
        w->depth >= AS_DEPTH_MAX) {
        as_walk_worsen(leaf->end, AS_PARTIAL, AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT);
        return AS_OK;
    }
    struct as_stream *all = as_range_stream_open(leaf->stream, 0, leaf->bytes);
    if (all == NULL) {
        return AS_E_NO_MEMORY;
    }
    size_t path = w->path_raw.len;
    w->depth++;
    w->layers++;
    enum as_status status = as_zip_walk(w, leaf->member, all, leaf->bytes, true, leaf->end);
    w->layers--;
    w->depth--;
    w->path_raw.len = path;
    as_stream_close(all);
    return status;
}

static enum as_status note_failure(struct as_leaf *leaf)
{
    return as_walk_note(leaf->walk, leaf->end, leaf->failed, &leaf->error);
}

static enum as_status read_binary(struct as_leaf *leaf, const struct as_format *format)
{
    struct as_binary_facts facts = {0};
    bool program = format->class == AS_FORMAT_EXECUTABLE;
    AS_TRY(as_binary_read(leaf, program, &facts));
    AS_TRY(note_failure(leaf)); /* before the format's own reason, which says less */
    if (program ? facts.packed : !facts.blank) {
        as_walk_worsen(leaf->end, AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    }
    if (leaf->end->mime == NULL) {
        leaf->end->mime = "application/octet-stream";
    }
    return facts.zip && leaf->failed == AS_OK ? read_appended_zip(leaf) : AS_OK;
}

/* Sniffed as unknown or as text: asks the profile, and reads accordingly. */
static enum as_status read_profiled(struct as_leaf *leaf, struct as_slice name,
                                    const struct as_format *format)
{
    enum as_text_verdict verdict = AS_VERDICT_BINARY;
    struct as_text *text = NULL;
    bool whole = leaf->ended;
    AS_TRY(as_text_profile(as_slice(leaf->walk->prefix, leaf->prefix_len), whole, name, &verdict,
                           &text));
    if (verdict == AS_VERDICT_UNKNOWN_ENCODING) {
        AS_TRY(note_failure(leaf));
        as_walk_worsen(leaf->end, AS_SKIPPED, AS_REASON_UNKNOWN_TEXT_ENCODING);
        return AS_OK;
    }
    if (verdict == AS_VERDICT_BINARY) {
        return read_binary(leaf, format);
    }
    if (format->is_text) {
        text->mime = format->mime;
    }
    if (leaf->end->mime == NULL) {
        leaf->end->mime = text->mime;
    }
    bool encoded = false;
    AS_TRY(read_text(leaf, text, format->is_mail, &encoded));
    AS_TRY(note_failure(leaf));
    if (format->is_text && (!format->is_mail || encoded)) {
        as_walk_worsen(leaf->end, AS_PARTIAL,
                       format->class == AS_FORMAT_ENCRYPTED
                           ? AS_REASON_OPAQUE_CONTENT
                           : AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT);
    }
    return AS_OK;
}

enum as_status as_leaf_read(struct as_walk *w, void *member, struct as_peek *head,
                            struct as_slice name, const struct as_format *format,
                            struct as_member_end *end)
{
    struct as_leaf leaf = {.walk = w, .member = member, .stream = &head->base, .end = end};
    as_leaf_fill(&leaf, w->prefix, AS_PROFILE_BYTES, &leaf.prefix_len);
    if (leaf.prefix_len == 0 && leaf.failed != AS_OK) {
        AS_TRY(note_failure(&leaf));
        as_walk_worsen(end, AS_SKIPPED, end->reason);
        return AS_OK;
    }
    enum as_status status = format->class == AS_FORMAT_EXECUTABLE
                                ? read_binary(&leaf, format)
                                : read_profiled(&leaf, name, format);
    end->decoded_bytes = leaf.bytes;
    return status;
}
