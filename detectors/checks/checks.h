/* SPDX-License-Identifier: Apache-2.0
 * Declarations of all checks, from checks.def: for the registry, the generated catalog and tests.
 * A check is a pure function of struct as_value (detectors/detector.h). */
#ifndef AS_DETECTORS_CHECKS_CHECKS_H
#define AS_DETECTORS_CHECKS_CHECKS_H

#include "detectors/detector.h"

#define AS_CHECK(name, nominator) as_check_fn as_check_##name;
#include "detectors/checks/checks.def"
#undef AS_CHECK

#endif
