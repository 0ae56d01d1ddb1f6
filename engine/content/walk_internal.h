/* SPDX-License-Identifier: Apache-2.0
 * Between walk.c, which recurses over layers, and the readers of leaves and archives.
 *
 * Two kinds of failure must not be mixed up. What a function here *returns* aborts the whole walk:
 * statuses of the sink, a changed object, a cancel, no memory. What happens to the *content* (it is
 * damaged, ends early, reaches a limit) is noted in the member's end by as_walk_note and
 * as_walk_worsen, and the walk goes on with what can still be read. */
#ifndef AS_CONTENT_WALK_INTERNAL_H
#define AS_CONTENT_WALK_INTERNAL_H

#include "base/strbuf.h"
#include "content/account.h"
#include "content/layer.h"
#include "content/sniff.h"

/** Greatest bytes of a member's path; longer names are cut and end in "…" (the ordinal tells them
 * apart). */
#define AS_PATH_BYTES_MAX 65536U

struct as_walk {
    const struct as_content_env *env;
    const struct as_content_sink *sink;
    struct as_account account;
    uint8_t *prefix;           /* AS_PROFILE_BYTES, shared by all leaves */
    struct as_strbuf path_raw; /* raw bytes of the current member's path */
    uint64_t index[AS_DEPTH_MAX];
    uint32_t depth;  /* archives around the current member */
    uint32_t layers; /* compressions and archives around the current bytes */
};

/** One entry of an archive. */
struct as_archive_entry {
    struct as_slice name; /* raw bytes; need not outlive the call */
    uint64_t ordinal;
    uint64_t size;       /* declared; AS_STREAM_SIZE_UNKNOWN when not told */
    int64_t modified_ms; /* INT64_MIN when not told */
};

/** Walks one member of the archive whose end is `archive`: begins it, sniffs and reads `stream`
 * (the caller's), ends it, folds it into `archive`. */
enum as_status as_walk_member(struct as_walk *w, const struct as_archive_entry *entry,
                              struct as_stream *stream,
                              struct as_member_end *archive) AS_MUST_CHECK;
/** A member whose content is not read at all: SKIPPED with `reason`. */
enum as_status as_walk_unread(struct as_walk *w, const struct as_archive_entry *entry,
                              enum as_reason reason, struct as_member_end *archive) AS_MUST_CHECK;
/** Reading the content failed with `status`: returns it when it ends the walk; else notes it as
 * PARTIAL with its reason. */
enum as_status as_walk_note(struct as_walk *w, struct as_member_end *end, enum as_status status,
                            const struct as_error *error) AS_MUST_CHECK;
/** The end becomes `coverage` with `reason` unless it is as bad already. */
void as_walk_worsen(struct as_member_end *end, enum as_coverage coverage, enum as_reason reason);

/** Reads a leaf: a text, or the printable runs of a binary. `head` gives the bytes; `name` is the
 * hint. */
enum as_status as_leaf_read(struct as_walk *w, void *member, struct as_peek *head,
                            struct as_slice name, const struct as_format *format,
                            struct as_member_end *end) AS_MUST_CHECK;
/** Archives: every member, in order. `member` is the archive itself, whose end is `end`. */
enum as_status as_tar_walk(struct as_walk *w, void *member, struct as_stream *stream,
                           struct as_member_end *end) AS_MUST_CHECK;
/** `stream` is at the first byte; its read_at is used when there and `size` is known.
 * `gaps_read`: bytes between entries were read already. */
enum as_status as_zip_walk(struct as_walk *w, void *member, struct as_stream *stream, uint64_t size,
                           bool gaps_read, struct as_member_end *end) AS_MUST_CHECK;

#endif
