/* SPDX-License-Identifier: Apache-2.0
 * Nominating by shape: the sweep over the class planes, in two builds of one kernel
 * (shape_sweep_kernel.h), one of which uses the bit instructions of newer CPUs. Private. */
#ifndef AS_SCAN_SHAPE_SWEEP_H
#define AS_SCAN_SHAPE_SWEEP_H

#include "scan/worker.h"

#define AS_SWEEP_TAIL_WORDS 4U /* past the end, for triggers of what started before it */

struct as_shape_sweep {
    struct as_scan_worker *worker;
    size_t from; /* bits: nominees start in [from, to); both readable */
    size_t to;
    const struct as_open *open; /* where shapes that need a keyword are looked for; NULL: all */
    struct as_nominees *out;
    enum as_status status; /* first failure */
};

/** First, the sieve: finds the tokens from which any shape may go on, to worker->triggers. */
void as_shape_sieve_base(struct as_shape_sweep *s);
/** Then, walks from those that are open, and from those that may start a shape without a keyword.
 */
void as_shape_sweep_base(struct as_shape_sweep *s);
/** Only where struct as_kernels says bmi2. */
void as_shape_sieve_bmi2(struct as_shape_sweep *s);
void as_shape_sweep_bmi2(struct as_shape_sweep *s);

/** Words [*first, *end) hold the triggers of what starts in bits [from, to). */
static inline void as_sweep_words(size_t from, size_t to, size_t *first, size_t *end)
{
    *first = from / 64 > 4 ? from / 64 - 2 : 2;
    *end = (to + 63) / 64 + AS_SWEEP_TAIL_WORDS;
    *end = *end > AS_PLANE_WORDS - 1 ? AS_PLANE_WORDS - 1 : *end;
}

#endif
