/* SPDX-License-Identifier: Apache-2.0
 * `assay detectors test ID FILE`: one detector over one file. */
#ifndef AS_CLI_DETECTOR_TEST_H
#define AS_CLI_DETECTOR_TEST_H

#include "api/settings.h"

/** The detector of that id; AS_E_USAGE with the nearest id when there is none. */
enum as_status as_detector_find(const struct as_catalog *catalog, const char *id, int *out_index,
                                struct as_error *err) AS_MUST_CHECK;
/** Runs it as settings->targets say (test, ID, FILE) and appends what to print. *out_code: 0, or 3
 * when FILE was not read in full. */
enum as_status as_detector_test(const struct as_settings *settings,
                                const struct as_catalog *catalog, struct as_strbuf *out,
                                int *out_code, struct as_error *err) AS_MUST_CHECK;

#endif
