/* SPDX-License-Identifier: Apache-2.0
 * See explain_target.h. Files are looked for by lstat, S3 keys by a listing of just that key; each
 * "!/" of the argument is one more name to try, the longest first, at most NAMES_MAX of them. */
#include "cli/explain_target.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/reason.h"
#include "io/file/file_source.h"

#define NAMES_MAX 33U /* nested archives, and the object itself */
#define PARTS_BYTES ((uint64_t)64 << 20)

struct listing {
    struct as_object *object;
    unsigned count;
};

static enum as_status on_object(void *context, struct as_object *object)
{
    struct listing *l = context;
    if (l->count++ == 0) {
        l->object = object;
    } else {
        as_object_free(object);
    }
    return AS_OK;
}

/* Lists `name`, which must be one object. AS_E_NOT_FOUND: it is not there. */
static enum as_status list_one(struct as_explain_target *t, const char *name, struct as_error *err)
{
    struct listing l = {0};
    enum as_status status = t->source->ops->list(t->source, on_object, &l, NULL, err);
    if (status == AS_OK && l.count != 1) {
        status = l.count == 0
                     ? as_fail(err, AS_E_NOT_FOUND, "%s: no such object", name)
                     : as_fail(err, AS_E_USAGE, "%s: explain reads one object, not a folder", name);
    }
    if (status != AS_OK) {
        as_object_free(l.object);
        return status;
    }
    t->object = l.object;
    return AS_OK;
}

static enum as_status find_s3(struct as_explain_target *t, const char *name,
                              const struct as_settings *settings, struct as_error *err)
{
    if (t->client == NULL) {
        struct as_s3_options options = settings->run.s3;
        options.part_bytes = settings->run.part_bytes;
        options.memory_bytes = PARTS_BYTES;
        AS_TRY(as_s3_client_new(&options, NULL, &t->client, err));
    }
    as_source_free(t->source);
    t->source = NULL;
    AS_TRY(as_s3_source_new(t->client, name, true, &t->source, err));
    return list_one(t, name, err);
}

static enum as_status find_file(struct as_explain_target *t, const char *name, struct as_error *err)
{
    struct stat info = {0};
    if (strcmp(name, "-") != 0 && lstat(name, &info) != 0) {
        return as_fail(err, AS_E_NOT_FOUND, "%s: no such file", name);
    }
    if (strcmp(name, "-") != 0 && S_ISDIR(info.st_mode)) {
        return as_fail(err, AS_E_USAGE, "%s: explain reads one object, not a folder", name);
    }
    AS_TRY(as_file_source_new(name, NULL, &t->source, err));
    return list_one(t, name, err);
}

static enum as_status find(struct as_explain_target *t, const char *target,
                           const struct as_settings *settings, struct as_error *err)
{
    bool s3 = strncmp(target, "s3://", 5) == 0;
    size_t end = strlen(target);
    enum as_status status = AS_E_NOT_FOUND;
    struct as_error first = {0}; /* of the whole argument */
    for (unsigned tried = 0; tried < NAMES_MAX && end != 0; tried++) {
        as_free(t->name);
        t->name = as_memdup0(target, end);
        if (t->name == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory");
        }
        as_error_clear(err);
        status = s3 ? find_s3(t, t->name, settings, err) : find_file(t, t->name, err);
        if (status != AS_E_NOT_FOUND) {
            t->member = target[end] == '\0' ? NULL : target + end + 2;
            return status;
        }
        first = tried == 0 && err != NULL ? *err : first;
        do {
            end--;
        } while (end != 0 && strncmp(target + end, "!/", 2) != 0);
    }
    if (err != NULL) {
        *err = first;
    }
    return status;
}

enum as_status as_explain_target_open(const char *target, const struct as_settings *settings,
                                      struct as_explain_target *out, struct as_error *err)
{
    *out = (struct as_explain_target){0};
    enum as_status status = find(out, target, settings, err);
    if (status == AS_OK && out->object->skip_reason != AS_REASON_NONE) {
        status = as_fail(err, AS_E_UNSUPPORTED, "%s: %s", out->name,
                         as_reason_text((enum as_reason)out->object->skip_reason));
    }
    if (status == AS_OK) {
        status = out->source->ops->open(out->source, out->object, 0, &out->stream, err);
    }
    if (status != AS_OK) {
        as_explain_target_close(out);
    }
    return status;
}

void as_explain_target_close(struct as_explain_target *t)
{
    as_stream_close(t->stream);
    as_object_free(t->object);
    as_source_free(t->source);
    as_s3_client_free(t->client);
    as_free(t->name);
    *t = (struct as_explain_target){0};
}
