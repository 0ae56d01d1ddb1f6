/* SPDX-License-Identifier: Apache-2.0
 * The one object that `assay explain` reads: a file, s3://bucket/key or standard input, with
 * "!/member" behind it for one member of an archive. Since names may hold "!/" themselves, the
 * longest name that is there is the object's, and what follows it the member. */
#ifndef AS_CLI_EXPLAIN_TARGET_H
#define AS_CLI_EXPLAIN_TARGET_H

#include "api/settings.h"
#include "io/source.h"

struct as_explain_target {
    struct as_s3_client *client;
    struct as_source *source;
    struct as_object *object;
    struct as_stream *stream;
    char *name;         /* of the object, as it was given */
    const char *member; /* what follows "!/", or NULL; points into the argument */
};

/** Opens it for reading. AS_E_NOT_FOUND when no such object is there, AS_E_USAGE for a folder. On
 * failure nothing is left open. */
enum as_status as_explain_target_open(const char *target, const struct as_settings *settings,
                                      struct as_explain_target *out,
                                      struct as_error *err) AS_MUST_CHECK;
void as_explain_target_close(struct as_explain_target *t);

#endif
