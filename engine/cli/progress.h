/* SPDX-License-Identifier: Apache-2.0
 * The progress display of a run: on a terminal one line, redrawn four times a second; elsewhere a
 * plain line every ten seconds, none for runs shorter than that. On standard error always. */
#ifndef AS_CLI_PROGRESS_H
#define AS_CLI_PROGRESS_H

#include <stdint.h>

#include "base/strbuf.h"
#include "pipeline/run.h"

/** What one line of progress shows, taken from struct as_progress. */
struct as_progress_view {
    uint64_t objects_listed, objects_done, bytes_listed, bytes_done, findings, incomplete;
    uint64_t elapsed_ms;
    uint64_t bytes_per_second; /* over the last seconds; 0 while unknown */
    bool listing_done;
};

/** One line without a line end: done of listed, rate, time left once the listing is complete (and
 * the rate known), findings, objects not read in full. Pure. */
void as_progress_line(const struct as_progress_view *v, struct as_strbuf *out);

struct as_progress_display;
/** Starts a thread that shows `progress` (kept alive until stop). NULL when it cannot be started: a
 * run goes on without. */
struct as_progress_display *as_progress_start(const struct as_progress *progress) AS_MUST_CHECK;
/** Stops it and removes its line. NULL is fine. */
void as_progress_stop(struct as_progress_display *d);

#endif
