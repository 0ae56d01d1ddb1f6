/* SPDX-License-Identifier: Apache-2.0
 * The sink that a content walk writes to: keeps an account for each text and a frame for each open
 * member, hands blocks to the scan threads, and turns each ended member into a record. One a try at
 * an object; used by its content thread only, except where text_account.h says otherwise. */
#ifndef AS_PIPELINE_WALK_SINK_H
#define AS_PIPELINE_WALK_SINK_H

#include <stdatomic.h>

#include "pipeline/kept_values.h"
#include "pipeline/run_internal.h"

struct as_member_frame;

/** One try at one object. */
struct as_object_walk {
    struct as_run *run;
    struct as_scan_worker *worker;
    const struct as_job *job;
    uint32_t attempt;
    const char *name;           /* key, NUL-terminated */
    const uint64_t *bytes_read; /* of this try, from the source; NULL when nothing was opened */
    bool size_cut;              /* --max-object-size was reached while reading */
    struct as_object_version version;
    struct as_stream *stream;    /* open while walking; for version facts */
    struct as_member_frame *top; /* innermost open member */
    bool has_members;
    uint64_t decoded_bytes;
    uint64_t scanned_bytes;
    uint64_t members;
    uint64_t members_partial;
    uint64_t members_skipped;
    atomic_bool revealed; /* matched text was handed over; set by any thread */
    bool finished;        /* the object's own record was handed over */
};

void as_object_walk_sink(struct as_object_walk *w, struct as_content_sink *out);
/** Copies what the source knows of the version that is read; strings live as long as the stream. */
void as_object_walk_learn_version(struct as_object_walk *w);
/** Ends what a broken walk left open: with `report`, each open member (the object last) as PARTIAL
 * for `reason` with what was found so far; without, nothing is reported. */
enum as_status as_object_walk_unwind(struct as_object_walk *w, bool report,
                                     enum as_reason reason) AS_MUST_CHECK;
/** Records an object of which nothing was read. */
enum as_status as_object_walk_skipped(struct as_object_walk *w, enum as_reason reason,
                                      const char *detail) AS_MUST_CHECK;

/* reveal.c */
/** Hands a reported hit to options.on_revealed; `value` NULL when its bytes are out of reach. */
enum as_status as_object_reveal(struct as_object_walk *w, const char *member_path,
                                const struct as_hit *hit,
                                const struct as_kept_value *value) AS_MUST_CHECK;
/** The object starts again. */
enum as_status as_object_reveal_restart(struct as_object_walk *w) AS_MUST_CHECK;

#endif
