/* SPDX-License-Identifier: Apache-2.0
 * What speaks for or against a value whose one check digit is all that it has. Private to the
 * module. */
#ifndef AS_SCAN_SURROUNDINGS_H
#define AS_SCAN_SURROUNDINGS_H

#include "scan/trace.h"
#include "scan/worker.h"

/** Sets points->neighbours, time and lone. A lack of memory goes to w->status. */
void as_surroundings(struct as_scan_worker *w, const struct as_nominee *n,
                     const struct as_context *c, struct as_points *points);

#endif
