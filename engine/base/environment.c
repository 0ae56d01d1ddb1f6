/* SPDX-License-Identifier: Apache-2.0
 * See environment.h. */
#include "base/environment.h"

#include <stdlib.h>

const char *as_environment(const char *name)
{
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): nobody changes it, see the header */
}
