/* SPDX-License-Identifier: Apache-2.0
 * Rules that a definition must keep beyond the types of its fields (docs/detectors.md, "What is
 * refused"). */
#ifndef AS_PACK_VALIDATE_H
#define AS_PACK_VALIDATE_H

#include "detectors/detector.h"

/** NULL when `d` can be used, else what is wrong with it (static text). */
const char *as_detector_validate(const struct as_detector *d);

#endif
