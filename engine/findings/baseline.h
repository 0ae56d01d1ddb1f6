/* SPDX-License-Identifier: Apache-2.0
 * `--baseline`: what an earlier run found does not count for --fail-on. Pure. */
#ifndef AS_FINDINGS_BASELINE_H
#define AS_FINDINGS_BASELINE_H

#include "findings/past.h"
#include "findings/result.h"

/** Severity of what is new in a result: the highest that any of its types reaches which the earlier
 * run did not find in this object, or found less often. `baseline` is sorted by id. False when
 * nothing is new. */
bool as_baseline_severity(const struct as_past *baseline, const struct as_run_facts *run,
                          const struct as_result *r, enum as_severity *out);

#endif
