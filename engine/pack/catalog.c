/* SPDX-License-Identifier: Apache-2.0
 * Catalogs: definitions of packs in one array that no longer changes. Storage of a catalog made at
 * run time is one arena and one array; the built-in catalog is static and has none. */
#include "pack/pack.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/regular_file.h"
#include "pack/arena.h"
#include "pack/read.h"

/* A file of 8 MiB makes a tree of at most this; several files share it. */
#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct storage {
    struct as_catalog catalog;
    struct as_pack_arena arena;
    struct as_pack_list list;
};

static struct storage *storage_new(void)
{
    struct storage *s = as_calloc(1, sizeof *s);
    if (s != NULL) {
        as_pack_arena_init(&s->arena, ARENA_BYTES_MAX);
        s->list.arena = &s->arena;
    }
    return s;
}

static void storage_free(struct storage *s)
{
    if (s != NULL) {
        as_pack_list_fini(&s->list);
        as_pack_arena_fini(&s->arena);
        as_free(s);
    }
}

static struct as_catalog *storage_publish(struct storage *s)
{
    s->catalog = (struct as_catalog){
        .detectors = s->list.items, .count = (uint32_t)s->list.count, .storage = s};
    return &s->catalog;
}

void as_catalog_free(struct as_catalog *c)
{
    if (c != NULL) {
        storage_free(c->storage);
    }
}

enum as_status as_pack_parse(struct as_slice yaml, const char *name, struct as_catalog **out,
                             struct as_error *err)
{
    struct storage *s = storage_new();
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    enum as_status status = as_pack_read(yaml, name, &s->list, err);
    if (status != AS_OK) {
        storage_free(s);
        return status;
    }
    *out = storage_publish(s);
    return AS_OK;
}

/* Reads at most AS_PACK_BYTES_MAX. */
static enum as_status read_file(const char *path, uint8_t **out, size_t *out_len,
                                struct as_error *err)
{
    int fd = -1;
    AS_TRY(as_regular_file_open("--detectors", path, &fd, err));
    FILE *f = fdopen(fd, "rb");
    if (f == NULL) {
        AS_IGNORE(close(fd) != 0, "nothing was written");
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    uint8_t *bytes = as_malloc((size_t)AS_PACK_BYTES_MAX + 1);
    if (bytes == NULL) {
        AS_IGNORE(fclose(f), "nothing was written");
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    size_t len = fread(bytes, 1, (size_t)AS_PACK_BYTES_MAX + 1, f);
    bool failed = ferror(f) != 0;
    AS_IGNORE(fclose(f), "nothing was written");
    if (failed || len > AS_PACK_BYTES_MAX) {
        as_free(bytes);
        return as_fail(err, AS_E_USAGE, "%.300s: %s", path,
                       failed ? "cannot be read" : "larger than 8 MiB");
    }
    *out = bytes;
    *out_len = len;
    return AS_OK;
}

/* Macie's documents are JSON objects; a pack never begins with '{'. */
static bool is_json(const uint8_t *bytes, size_t len)
{
    size_t i = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < len && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != 0) {
        i++;
    }
    return i < len && bytes[i] == '{';
}

static enum as_status add_file(struct storage *s, const char *path, struct as_error *err)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    AS_TRY(read_file(path, &bytes, &len, err));
    enum as_status status;
    if (is_json(bytes, len)) {
        status =
            as_fail(err, AS_E_NOT_YET, "%.300s: Macie's JSON documents are not yet read", path);
    } else {
        status = as_pack_read(as_slice(bytes, len), path, &s->list, err);
    }
    as_free(bytes);
    return status;
}

static enum as_status extend(struct storage *s, const struct as_catalog *base,
                             const char *const *files, size_t count, struct as_error *err)
{
    for (uint32_t i = 0; i < base->count; i++) {
        AS_TRY(as_pack_list_add(&s->list, &base->detectors[i], err));
    }
    for (size_t i = 0; i < count; i++) {
        AS_TRY(add_file(s, files[i], err));
    }
    for (size_t i = base->count; i < s->list.count; i++) {
        s->list.items[i].custom = true;
    }
    return AS_OK;
}

enum as_status as_catalog_extend(const struct as_catalog *base, const char *const *files,
                                 size_t count, struct as_catalog **out, struct as_error *err)
{
    struct storage *s = storage_new();
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    enum as_status status = extend(s, base, files, count, err);
    if (status != AS_OK) {
        storage_free(s);
        return status;
    }
    *out = storage_publish(s);
    return AS_OK;
}

int as_catalog_find(const struct as_catalog *c, const char *id)
{
    for (uint32_t i = 0; i < c->count; i++) {
        if (strcmp(c->detectors[i].id, id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *as_category_name(enum as_category category)
{
    static const char *const names[AS_CATEGORY_COUNT] = {
        "CREDENTIALS", "FINANCIAL_INFORMATION", "PERSONAL_INFORMATION", "CUSTOM_IDENTIFIER"};
    return (unsigned)category < AS_CATEGORY_COUNT ? names[category] : "UNKNOWN";
}

const char *as_severity_name(enum as_severity severity)
{
    switch (severity) {
    case AS_SEVERITY_LOW:
        return "Low";
    case AS_SEVERITY_MEDIUM:
        return "Medium";
    case AS_SEVERITY_HIGH:
        return "High";
    }
    return "Low";
}

enum as_severity as_detector_severity(const struct as_detector *d, uint64_t count)
{
    return d->severity[count >= 100 ? 2 : count >= 2 ? 1 : 0];
}
