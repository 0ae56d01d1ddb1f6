/* SPDX-License-Identifier: Apache-2.0
 * Handing matched text to the one who asked for it (--reveal, --reveal-to). Values go from the
 * block straight to the caller's function, one at a time; neither the writer nor the spool ever
 * sees one. An object that changed while it was read starts again, and its values are handed over
 * again: a `restarted` call voids those before.
 *
 * Threads: any content thread; calls are serialised by `reveal_lock`. */
#include "pipeline/walk_sink.h"

static enum as_status tell(struct as_run *r, const struct as_revealed *revealed)
{
    pthread_mutex_lock(&r->reveal_lock);
    enum as_status status = r->options.on_revealed(r->options.revealed_context, revealed);
    pthread_mutex_unlock(&r->reveal_lock);
    if (status == AS_E_OUTPUT) {
        struct as_error err;
        as_run_fault(r, as_fail(&err, AS_E_OUTPUT, "matched text cannot be written"), &err);
    }
    return status;
}

static struct as_revealed revealed_of(const struct as_object_walk *w)
{
    const struct as_object *o = w->job->object;
    return (struct as_revealed){
        .bucket = w->run->targets[o->target].facts.bucket, .key = o->key, .path = o->path};
}

enum as_status as_object_reveal(struct as_object_walk *w, const char *member_path,
                                const struct as_hit *hit, const struct as_kept_value *value)
{
    struct as_revealed revealed = revealed_of(w);
    revealed.member_path = member_path;
    revealed.type = w->run->catalog->detectors[hit->detector].id;
    revealed.start = hit->place.source_offset;
    revealed.end = hit->end_place.source_offset;
    revealed.line = hit->place.line;
    revealed.line_column = hit->place.line_column;
    revealed.confidence = hit->confidence;
    if (value != NULL) {
        revealed.text = as_slice(value->bytes, value->len);
        revealed.cut = value->len < value->end - value->start;
    }
    w->revealed = true;
    return tell(w->run, &revealed);
}

enum as_status as_object_reveal_restart(struct as_object_walk *w)
{
    if (!w->revealed) {
        return AS_OK;
    }
    struct as_revealed revealed = revealed_of(w);
    revealed.restarted = true;
    return tell(w->run, &revealed);
}
