/* SPDX-License-Identifier: Apache-2.0
 * The catalogue for people and for programs: `assay detectors list` and `show`. Pure. */
#ifndef AS_CLI_DETECTORS_VIEW_H
#define AS_CLI_DETECTORS_VIEW_H

#include "base/strbuf.h"
#include "cli/console.h"
#include "pack/pack.h"

/** A table of the enabled ones ([catalog->count]), by category and id. */
void as_detectors_list(const struct as_catalog *catalog, const uint8_t *enabled,
                       const struct as_screen *screen, struct as_strbuf *out);
/** A JSON array of the enabled ones. */
void as_detectors_list_json(const struct as_catalog *catalog, const uint8_t *enabled,
                            struct as_strbuf *out);
/** One definition in full. */
void as_detector_show(const struct as_detector *d, struct as_strbuf *out);
/** The same as a JSON object. */
void as_detector_show_json(const struct as_detector *d, struct as_strbuf *out);

#endif
