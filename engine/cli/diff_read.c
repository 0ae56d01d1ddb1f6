/* SPDX-License-Identifier: Apache-2.0
 * See diff_read.h. zlib's gzread takes plain files as they are and compressed ones unpacked; a
 * compressed file that ends too early is an error, not a short one. Folders are walked without
 * following links, in byte order of the names, to FOLDERS_MAX levels. */
#include "cli/diff_read.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/slice.h"
#include "base/strbuf.h"

#define READ_BYTES (256U << 10)
#define PATH_BYTES_MAX 65536U
#define FOLDERS_MAX 16U
#define SUMMARY_BYTES_MAX ((size_t)256 << 20)

static enum as_status no_memory(struct as_error *err)
{
    return as_fail(err, AS_E_NO_MEMORY, "out of memory");
}

/* Calls `take` with the bytes of a file, unpacked. */
typedef enum as_status take_fn(void *context, const char *path, const void *bytes, size_t len,
                               struct as_error *err);

static enum as_status read_open(gzFile file, const char *path, take_fn *take, void *context,
                                struct as_error *err)
{
    AS_CLEANUP(as_free_ptr) char *bytes = as_malloc(READ_BYTES);
    if (bytes == NULL) {
        return no_memory(err);
    }
    for (;;) {
        int got = gzread(file, bytes, READ_BYTES);
        if (got < 0) {
            return as_fail(err, AS_E_USAGE, "%s: cannot be read, or is no whole gzip file", path);
        }
        if (got == 0) {
            return AS_OK;
        }
        AS_TRY(take(context, path, bytes, (size_t)got, err));
    }
}

static enum as_status read_file(const char *path, take_fn *take, void *context,
                                struct as_error *err)
{
    gzFile file = gzopen(path, "rb");
    if (file == NULL) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be opened", path);
    }
    enum as_status status = read_open(file, path, take, context, err);
    int closed = gzclose_r(file);
    if (status == AS_OK && closed != Z_OK) {
        return as_fail(err, AS_E_USAGE, "%s: ends in the middle of its gzip data", path);
    }
    return status;
}

static enum as_status take_results(void *context, const char *path, const void *bytes, size_t len,
                                   struct as_error *err)
{
    return as_past_feed(context, path, bytes, len, err);
}

static enum as_status read_results(struct as_diff_side *s, const char *path, struct as_error *err)
{
    AS_TRY(read_file(path, take_results, s->past, err));
    return as_past_end(s->past, path, err);
}

/* --- folders --- */

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name);
    size_t tail = strlen(ending);
    return len > tail && strcmp(name + len - tail, ending) == 0;
}

struct walk {
    struct as_diff_side *side;
    uint64_t files;
};

static enum as_status walk_folder(struct walk *w, const char *path, unsigned depth,
                                  struct as_error *err);

static enum as_status walk_entry(struct walk *w, const char *folder, const char *name,
                                 unsigned depth, struct as_error *err)
{
    struct as_strbuf path;
    struct stat info;
    enum as_status status = AS_OK;
    as_strbuf_init(&path, PATH_BYTES_MAX);
    as_strbuf_printf(&path, "%s/%s", folder, name);
    if (path.failed || lstat(path.ptr, &info) != 0) {
        status = as_fail(err, AS_E_USAGE, "%s/%s: cannot be looked at", folder, name);
    } else if (S_ISDIR(info.st_mode)) {
        status = walk_folder(w, path.ptr, depth + 1, err);
    } else if (S_ISREG(info.st_mode) &&
               (ends_with(name, ".jsonl") || ends_with(name, ".jsonl.gz"))) {
        w->files++;
        status = read_results(w->side, path.ptr, err);
    }
    as_strbuf_fini(&path);
    return status;
}

static enum as_status walk_folder(struct walk *w, const char *path, unsigned depth,
                                  struct as_error *err)
{
    if (depth > FOLDERS_MAX) {
        return as_fail(err, AS_E_USAGE, "%s: more than %u folders inside one another", path,
                       FOLDERS_MAX);
    }
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be listed", path);
    }
    enum as_status status = AS_OK;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (status == AS_OK && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            status = walk_entry(w, path, name, depth, err);
        }
        free(entries[i]); /* own allocation of the library */
    }
    free(entries); /* own allocation of the library */
    return status;
}

/* --- what a run looked for --- */

static enum as_status take_summary(void *context, const char *path, const void *bytes, size_t len,
                                   struct as_error *err)
{
    struct as_strbuf *text = context;
    as_strbuf_append(text, bytes, len);
    return text->failed ? as_fail(err, AS_E_USAGE, "%s: too large", path) : AS_OK;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum as_status keep_detectors(struct as_diff_side *s, const cJSON *list,
                                     struct as_error *err)
{
    int count = cJSON_GetArraySize(list);
    s->detectors = as_calloc((size_t)count + 1, sizeof *s->detectors);
    if (s->detectors == NULL) {
        return no_memory(err);
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(item, "id");
        if (cJSON_IsString(id)) {
            s->detectors[s->detector_count] = as_strdup(id->valuestring);
            if (s->detectors[s->detector_count++] == NULL) {
                return no_memory(err);
            }
        }
    }
    qsort(s->detectors, s->detector_count, sizeof *s->detectors, compare_texts);
    return AS_OK;
}

/* A missing summary is a run that did not end; a broken one is an error. */
static enum as_status read_summary(struct as_diff_side *s, const char *path, struct as_error *err)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        return AS_OK;
    }
    struct as_strbuf text;
    as_strbuf_init(&text, SUMMARY_BYTES_MAX);
    enum as_status status = read_file(path, take_summary, &text, err);
    cJSON *summary = status == AS_OK ? cJSON_ParseWithLength(text.ptr, text.len) : NULL;
    if (status == AS_OK && !cJSON_IsObject(summary)) {
        status = as_fail(err, AS_E_USAGE, "%s: no summary of a run", path);
    }
    if (status == AS_OK) {
        s->is_whole = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(summary, "finished"));
        status = keep_detectors(s, cJSON_GetObjectItemCaseSensitive(summary, "detectors"), err);
    }
    cJSON_Delete(summary);
    as_strbuf_fini(&text);
    return status;
}

static enum as_status read_folder(struct as_diff_side *s, const char *path, struct as_error *err)
{
    struct stat info;
    struct as_strbuf name;
    as_strbuf_init(&name, PATH_BYTES_MAX);
    as_strbuf_printf(&name, "%s/results.jsonl", path);
    enum as_status status = name.failed ? no_memory(err) : AS_OK;
    if (status == AS_OK && lstat(name.ptr, &info) == 0) {
        s->is_run = true;
        status = read_results(s, name.ptr, err);
        as_strbuf_reset(&name);
        as_strbuf_printf(&name, "%s/summary.json", path);
        if (status == AS_OK) {
            status = name.failed ? no_memory(err) : read_summary(s, name.ptr, err);
        }
    } else if (status == AS_OK) {
        struct walk w = {.side = s};
        status = walk_folder(&w, path, 1, err);
        if (status == AS_OK && w.files == 0) {
            status = as_fail(err, AS_E_USAGE, "%s: holds no results.jsonl and no *.jsonl.gz", path);
        }
    }
    as_strbuf_fini(&name);
    return status;
}

enum as_status as_diff_read(const char *path, struct as_diff_side *out, struct as_error *err)
{
    struct stat info;
    *out = (struct as_diff_side){.path = path, .past = as_past_new()};
    enum as_status status = AS_OK;
    if (out->past == NULL) {
        status = no_memory(err);
    } else if (stat(path, &info) != 0) {
        status = as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be looked at", path);
    } else {
        status = S_ISDIR(info.st_mode) ? read_folder(out, path, err) : read_results(out, path, err);
    }
    if (status == AS_OK && as_past_sort_by_key(out->past) != AS_OK) {
        status = no_memory(err);
    }
    if (status != AS_OK) {
        as_diff_side_fini(out);
    }
    return status;
}

void as_diff_side_fini(struct as_diff_side *s)
{
    for (size_t i = 0; i < s->detector_count; i++) {
        as_free(s->detectors[i]);
    }
    as_free(s->detectors);
    as_past_free(s->past);
    *s = (struct as_diff_side){0};
}

bool as_diff_looked_for(const struct as_diff_side *s, const char *id)
{
    return s->detector_count == 0 || bsearch(&id, s->detectors, s->detector_count,
                                             sizeof *s->detectors, compare_texts) != NULL;
}
