/* SPDX-License-Identifier: Apache-2.0
 * Names of checks to functions. */
#include <string.h>

#include "detectors/checks/checks.h"

const struct as_check as_checks[] = {
#define AS_CHECK(name, nominator) {#name, as_check_##name, AS_NOMINATE_##nominator},
#include "detectors/checks/checks.def"
#undef AS_CHECK
    {NULL, NULL, AS_NOMINATE_SHAPE}};

const struct as_check *as_check_find(const char *name)
{
    for (const struct as_check *c = as_checks; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}
