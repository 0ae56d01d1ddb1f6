/* SPDX-License-Identifier: Apache-2.0
 * Where the scan tells its trace (trace.h). Called only when w->trace is set. Private to the
 * module. */
#ifndef AS_SCAN_TRACE_IMPL_H
#define AS_SCAN_TRACE_IMPL_H

#include "scan/trace.h"
#include "scan/worker.h"

/** The gate found no keyword for any candidate of the nominee. */
void as_trace_dropped(struct as_scan_worker *w, const struct as_nominee *n);
/** The gate found none for this one. */
void as_trace_shut(struct as_scan_worker *w, const struct as_nominee *n,
                   const struct as_candidate *c);
void as_trace_rejected(struct as_scan_worker *w, const struct as_nominee *n,
                       const struct as_candidate *c, enum as_trace_verdict verdict);
/** `v` is the value, and `hit` what is made of it. */
void as_trace_confirmed(struct as_scan_worker *w, const struct as_nominee *n,
                        const struct as_context *c, const struct as_value *v,
                        const struct as_hit *hit, const struct as_points *points);

#endif
