/* SPDX-License-Identifier: Apache-2.0
 * Which listed objects a run takes: --include, --exclude-key. Globs as in the AWS CLI: `*` and `?`
 * also match '/', case counts. No locale is consulted (the program never sets one). An object above
 * --max-object-size is not filtered: it was asked for and not read, so it ends in a result
 * (object_job.c). */
#include <fnmatch.h>

#include "base/mem.h"
#include "pipeline/run_internal.h"

static bool any_matches(const char *const *globs, const char *key)
{
    for (; *globs != NULL; globs++) {
        if (fnmatch(*globs, key, 0) == 0) {
            return true;
        }
    }
    return false;
}

bool as_filter_takes(const struct as_run_options *options, const struct as_object *object)
{
    if ((options->includes == NULL || *options->includes == NULL) &&
        (options->excludes == NULL || *options->excludes == NULL)) {
        return true;
    }
    AS_CLEANUP(as_free_ptr) char *key = as_memdup0(object->key.ptr, object->key.len);
    if (key == NULL) {
        return true; /* reading too much is the safe side */
    }
    if (options->includes != NULL && *options->includes != NULL &&
        !any_matches(options->includes, key)) {
        return false;
    }
    return options->excludes == NULL || !any_matches(options->excludes, key);
}
