/* SPDX-License-Identifier: Apache-2.0
 * Reading the run that --baseline names. */
#ifndef AS_PIPELINE_BASELINE_LOAD_H
#define AS_PIPELINE_BASELINE_LOAD_H

#include "findings/past.h"

/** results.jsonl of the folder `dir`, sorted by id. AS_E_USAGE when it cannot be read: a baseline
 * that is not there must not pass for one that found nothing. */
enum as_status as_baseline_load(const char *dir, struct as_past **out,
                                struct as_error *err) AS_MUST_CHECK;

#endif
