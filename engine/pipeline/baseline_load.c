/* SPDX-License-Identifier: Apache-2.0
 * See baseline_load.h. */
#include "pipeline/baseline_load.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/regular_file.h"
#include "base/strbuf.h"

#define READ_BYTES ((size_t)256 << 10)
#define PATH_BYTES_MAX 65536U

static enum as_status read_all(FILE *file, const char *path, struct as_past *past,
                               struct as_error *err)
{
    AS_CLEANUP(as_free_ptr) char *bytes = as_malloc(READ_BYTES);
    if (bytes == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    size_t got;
    while ((got = fread(bytes, 1, READ_BYTES, file)) != 0) {
        AS_TRY(as_past_feed(past, path, bytes, got, err));
    }
    if (ferror(file)) {
        return as_fail_errno(err, AS_E_USAGE, errno, "--baseline: %s: cannot be read", path);
    }
    return as_past_end(past, path, err);
}

static enum as_status load(const char *path, struct as_past *past, struct as_error *err)
{
    int fd = -1;
    AS_TRY(as_regular_file_open("--baseline", path, &fd, err));
    FILE *file = fdopen(fd, "rb");
    if (file == NULL) {
        AS_IGNORE(close(fd) != 0, "nothing was written");
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    enum as_status status = read_all(file, path, past, err);
    AS_IGNORE(fclose(file) != 0, "it was only read");
    return status;
}

enum as_status as_baseline_load(const char *dir, struct as_past **out, struct as_error *err)
{
    struct as_strbuf path;
    as_strbuf_init(&path, PATH_BYTES_MAX);
    as_strbuf_printf(&path, "%s/results.jsonl", dir);
    struct as_past *past = as_past_new();
    enum as_status status = past == NULL || path.failed
                                ? as_fail(err, AS_E_NO_MEMORY, "out of memory")
                                : load(path.ptr, past, err);
    as_strbuf_fini(&path);
    if (status != AS_OK) {
        as_past_free(past);
        return status;
    }
    as_past_sort_by_id(past);
    *out = past;
    return AS_OK;
}
