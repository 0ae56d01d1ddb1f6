/* SPDX-License-Identifier: Apache-2.0
 * One side of `assay diff`: a folder that a scan wrote, one discovery results file (.jsonl or
 * .jsonl.gz), or a folder of such files, as Macie leaves them in a bucket. */
#ifndef AS_CLI_DIFF_READ_H
#define AS_CLI_DIFF_READ_H

#include <stdbool.h>

#include "findings/past.h"

struct as_diff_side {
    const char *path;     /* as given */
    struct as_past *past; /* sorted by key */
    bool is_run;          /* a folder that a scan wrote: it has results.jsonl */
    bool is_whole;        /* its summary.json is there too */
    char **detectors;     /* ids that it looked for, ascending; only when is_whole */
    size_t detector_count;
};

/** AS_E_USAGE names what cannot be read; nothing is passed over. */
enum as_status as_diff_read(const char *path, struct as_diff_side *out,
                            struct as_error *err) AS_MUST_CHECK;
void as_diff_side_fini(struct as_diff_side *s);
/** True when the side looked for `id`, or does not say what it looked for. */
bool as_diff_looked_for(const struct as_diff_side *s, const char *id);

#endif
