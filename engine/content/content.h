/* SPDX-License-Identifier: Apache-2.0
 * content: bytes to located text. as_content_walk takes the stream of one object and walks all its
 * layers: sniffs (own magic table, never the name alone), undoes compression, opens archives,
 * nested to a limit, and hands texts to a sink, block by block. What cannot be read ends the member
 * as PARTIAL or SKIPPED with a reason; nothing is ever COMPLETE because its container was.
 *
 * Walks run on one thread each and pull. Memory beyond fixed buffers is charged to `decoders`
 * before a decoder is opened. Limits cut at an exact decoded byte or entry, so chunking cannot
 * change results; the time limit is the one exception. Hostile input is the normal case. */
#ifndef AS_CONTENT_CONTENT_H
#define AS_CONTENT_CONTENT_H

#include "base/budget.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/reason.h"
#include "base/slice.h"
#include "base/stream.h"
#include "text/cutter.h"

#define AS_DEPTH_MAX 32U /* hard ceiling of the depth setting */

/** Limits on what one object may unfold to. Every one on by default; reached = PARTIAL with its
 * reason. */
struct as_content_limits {
    uint32_t depth_max;        /* layers (compression or archive) inside one another; default 10 */
    uint64_t members_max;      /* members of one object, all levels; default 1,000,000 */
    uint64_t member_bytes_max; /* decoded bytes of one member; default 64 GiB */
    uint64_t total_bytes_max;  /* decoded bytes of one object, all layers; default 256 GiB */
    uint32_t
        ratio_max; /* decoded / encoded bytes of a layer, after the first 64 MiB; default 1,000 */
    uint32_t seconds_max; /* per object; default 36,000 (10 hours) */
};
extern const struct as_content_limits as_content_limits_default;

/** Identity of a member: the object itself has depth 0. */
struct as_member {
    const char
        *path; /* for reading: nested archives joined by "!/"; UTF-8; "" for the object itself */
    struct as_slice
        path_raw;   /* set when the path is not valid UTF-8: the raw bytes, joined the same way */
    uint32_t depth; /* archives around it */
    const uint64_t
        *index;    /* [depth] ordinal of the entry in each archive, outermost first: the identity */
    uint64_t size; /* declared size; AS_STREAM_SIZE_UNKNOWN when not told */
    int64_t modified_ms; /* INT64_MIN when not told */
};

/** How a member ended. */
struct as_member_end {
    enum as_coverage coverage;
    enum as_reason reason; /* NONE only with AS_COMPLETE */
    bool media;       /* sniffed as image, audio, video or font (UNSUPPORTED_FILE_TYPE_EXCEPTION) */
    const char *mime; /* of the innermost layer that was recognised; static */
    uint64_t decoded_bytes; /* of the member after compression layers */
    uint64_t text_bytes;    /* handed to the sink, without metadata; 0 when SKIPPED */
    struct as_error error;  /* detail when something failed; status AS_OK otherwise */
};

/** Receives what a walk finds, in order, on the walk's thread. Calls nest: a member begins and ends
 * inside its archive's begin and end. Any status but AS_OK aborts the walk with that status. */
struct as_content_sink {
    void *context;
    /** *out_member is handed back in the other calls. */
    enum as_status (*member_begin)(void *context, const struct as_member *member,
                                   void **out_member);
    /** A text of the member begins. `prefix` is up to AS_PROFILE_BYTES of its decoded (UTF-8)
     * start, for column evidence. The sink may set text->owner and text->evidence. A member may
     * have several texts (a binary has one for each way to read it; text->metadata is what a
     * container carries beside its content, and comes even where that is SKIPPED). */
    enum as_status (*text_begin)(void *context, void *member, struct as_text *text,
                                 struct as_slice prefix);
    /** Takes the block on AS_OK. Blocks with a walk (text.h) must be scanned before returning. */
    enum as_status (*block)(void *context, void *member, struct as_block *block);
    /** No more blocks of `text` follow; `blocks` were handed over. */
    enum as_status (*text_end)(void *context, void *member, struct as_text *text, uint64_t blocks);
    enum as_status (*member_end)(void *context, void *member, const struct as_member_end *end);
};

/** What walks share; constant while they run. */
struct as_content_env {
    struct as_content_limits limits;
    struct as_budget *decoders; /* windows and dictionaries */
    struct as_block_pool *blocks;
    const struct as_cancel *cancel;
};

/**
 * Walks one object. `name` is its key or file name (a hint only); `size` its size or
 * AS_STREAM_SIZE_UNKNOWN. The stream stays the caller's. Returns AS_OK whenever the object's own
 * member_end was called, whatever was found or failed inside; AS_E_OBJECT_CHANGED (read again from
 * the start: the sink's calls so far are void), AS_E_CANCELLED, AS_E_NO_MEMORY, or a status of the
 * sink otherwise, and then some ends may be missing.
 */
enum as_status as_content_walk(const struct as_content_env *env, struct as_stream *stream,
                               struct as_slice name, uint64_t size,
                               const struct as_content_sink *sink,
                               struct as_error *err) AS_MUST_CHECK;

#endif
