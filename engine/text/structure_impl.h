/* SPDX-License-Identifier: Apache-2.0
 * Private to engine/text: the loops of the structure pass and the choice between their variants.
 * Each variant gives the same results; they differ in the instructions used. */
#ifndef AS_TEXT_STRUCTURE_IMPL_H
#define AS_TEXT_STRUCTURE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/delimited.h"

/** Lines of a stretch. `behind_last`: offset behind the last '\r' or '\n', 0 when there was none.
 */
struct as_line_scan {
    uint64_t lines;
    uint64_t behind_last;
    bool after_cr;
};

/** Cells of a stretch, from one entry state. */
struct as_cell_scan {
    struct as_line_scan lines;
    struct as_delimited_state state;
    uint64_t rows;
    uint64_t columns;    /* cells ended since the last row end, or in all */
    uint64_t cell_start; /* where the last cell starts, when one did */
    bool row_ended;
    bool cell_started;
};

struct as_structure_kernel {
    void (*lines)(struct as_line_scan *s, const uint8_t *p, size_t len);
    uint64_t (*characters)(const uint8_t *p, size_t len);
    uint64_t (*supplementary)(const uint8_t *p, size_t len);
    void (*cells)(struct as_cell_scan *s, char delimiter, const uint8_t *p, size_t len);
    size_t (*cell_end)(struct as_delimited_state *state, char delimiter, const uint8_t *p,
                       size_t len);
};

extern const struct as_structure_kernel as_structure_sse_kernel;  /* baseline x86-64-v2 */
extern const struct as_structure_kernel as_structure_avx2_kernel; /* needs AVX2 */
/** The best variant for this CPU. */
const struct as_structure_kernel *as_structure_kernel(void);

#endif
