/* SPDX-License-Identifier: Apache-2.0
 * struct as_metadata: what a container carries beside its content (comments, extra fields, names
 * of owners, links and folders, skippable frames) and bytes in it that nothing claims (padding,
 * gaps, what follows its end). Readers and codecs add pieces; they are scanned as a text of the
 * container's own member, whose detections have no place (text->metadata).
 *
 * Pieces are text as a rule: they are taken as they are, each followed by an empty line. Of a piece
 * that is not, the printable runs in UTF-8 and the runs of ASCII in UTF-16 are taken, and when more
 * of it than AS_METADATA_OPAQUE_MAX bytes is no text, or it does not fit, `reason` says so: the
 * member is then PARTIAL. A piece that came shortly before (the owner of every file of an archive)
 * is taken once.
 *
 * Archives flush between members; a layer of compression when it ends, since its text is open
 * until then, and so keeps AS_METADATA_LAYER_BYTES at most. Threads: one owner. */
#ifndef AS_CONTENT_METADATA_H
#define AS_CONTENT_METADATA_H

#include "base/reason.h"
#include "base/strbuf.h"
#include "content/feed.h"

#define AS_METADATA_BYTES 65536U /* kept of a piece in parts; an archive flushes beyond */
#define AS_METADATA_LAYER_BYTES (192U << 10) /* kept by a layer of compression */
#define AS_METADATA_ARCHIVE_BYTES (3U << 20) /* by an archive: one pax record has 1 MiB at most */
#define AS_METADATA_OPAQUE_MAX 64U /* numbers and flags; more could be compressed or encrypted */
#define AS_METADATA_RECENT 64U     /* pieces that are remembered */

struct as_walk;
struct as_member_end;

struct as_metadata {
    struct as_strbuf text;
    struct as_strbuf raw; /* of a piece that comes in parts */
    uint64_t recent[AS_METADATA_RECENT];
    uint64_t seed; /* of the hashes there, so that no piece can be made to look like another */
    enum as_reason reason; /* NONE: all of it was taken */
    bool raw_cut;          /* the piece is longer than what was kept of it */
    bool failed;           /* out of memory */
};

/** `cap`: bytes of text that are kept before a flush. Allocates nothing. */
void as_metadata_init(struct as_metadata *m, size_t cap);
void as_metadata_fini(struct as_metadata *m);
/** Adds a piece. NULL m is fine here and below: then nothing is kept. */
void as_metadata_add(struct as_metadata *m, struct as_slice piece);
/** Adds bytes to the piece that comes in parts (kept: AS_METADATA_BYTES), and ends it. */
void as_metadata_part(struct as_metadata *m, struct as_slice bytes);
void as_metadata_end(struct as_metadata *m);
/** Drops the piece that comes in parts: its structure is known. */
void as_metadata_forget(struct as_metadata *m);
/** Consumes `len` bytes of `feed` as a part. AS_E_TRUNCATED when there are fewer. */
enum as_status as_metadata_take(struct as_metadata *m, struct as_feed *feed, uint64_t len,
                                struct as_error *err) AS_MUST_CHECK;
/** Adds what is left of `feed`, as far as it is kept: bytes that follow the data. */
void as_metadata_rest(struct as_metadata *m, struct as_feed *feed);
/** There is enough for a flush. */
bool as_metadata_is_due(const struct as_metadata *m);
/** Scans what was added as a text of `member`, whose end is `end`, and forgets it. Not while a text
 * of a leaf is open. Returns what ends the walk. */
enum as_status as_metadata_flush(struct as_metadata *m, struct as_walk *w, void *member,
                                 struct as_member_end *end) AS_MUST_CHECK;

#endif
