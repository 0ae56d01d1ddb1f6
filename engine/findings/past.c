/* SPDX-License-Identifier: Apache-2.0
 * See past.h. A record is parsed as a whole and what is needed of it copied: one block an object
 * for its texts, one for its types. Names of types are kept once. */
#include "findings/past.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/slice.h"
#include "base/strbuf.h"

#define NAMES_MAX 65536U
#define RECORD_TYPES_MAX 65536U

struct as_past {
    struct as_past_object *objects;
    char **texts; /* [object] the block that its texts stand in */
    size_t count; /* of texts, and of objects before they were sorted */
    size_t shown; /* objects after sorting */
    size_t cap;
    char **names; /* of types, ascending */
    size_t name_count;
    size_t name_cap;
    struct as_strbuf line; /* begun, without its end */
    uint64_t line_number;  /* of the file at hand, from 1 */
};

struct as_past *as_past_new(void)
{
    struct as_past *p = as_calloc(1, sizeof *p);
    if (p != NULL) {
        as_strbuf_init(&p->line, AS_PAST_LINE_BYTES_MAX);
    }
    return p;
}

void as_past_free(struct as_past *p)
{
    if (p == NULL) {
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        as_free(p->objects[i].types);
        as_free(p->texts[i]);
    }
    for (size_t i = 0; i < p->name_count; i++) {
        as_free(p->names[i]);
    }
    as_free(p->objects);
    as_free(p->texts);
    as_free(p->names);
    as_strbuf_fini(&p->line);
    as_free(p);
}

/* --- names of types --- */

/* The kept name, or NULL when there is no memory or there are too many. */
static const char *keep_name(struct as_past *p, const char *name)
{
    size_t low = 0;
    size_t high = p->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, p->names[middle]);
        if (order == 0) {
            return p->names[middle];
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    if (p->name_count == p->name_cap) {
        size_t cap = p->name_cap * 2 + 64;
        char **grown = p->name_count >= NAMES_MAX ? NULL : as_realloc(p->names, cap, sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        p->names = grown;
        p->name_cap = cap;
    }
    char *copy = as_strdup(name);
    if (copy != NULL) {
        memmove(p->names + low + 1, p->names + low, (p->name_count - low) * sizeof *p->names);
        p->names[low] = copy;
        p->name_count++;
    }
    return copy;
}

static int compare_types(const void *a, const void *b)
{
    return strcmp(((const struct as_past_type *)a)->name, ((const struct as_past_type *)b)->name);
}

/* Sorts by name and makes one of types with the same name. */
static void settle_types(struct as_past_object *o)
{
    uint32_t kept = 0;
    if (o->type_count > 1) {
        qsort(o->types, o->type_count, sizeof *o->types, compare_types);
    }
    for (uint32_t i = 0; i < o->type_count; i++) {
        if (kept != 0 && strcmp(o->types[kept - 1].name, o->types[i].name) == 0) {
            o->types[kept - 1].count += o->types[i].count;
        } else {
            o->types[kept++] = o->types[i];
        }
    }
    o->type_count = kept;
}

/* --- a record --- */

static const cJSON *item(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *found = item(object, name);
    return cJSON_IsString(found) ? found->valuestring : "";
}

static enum as_status add_type(struct as_past *p, struct as_past_object *o, const char *name,
                               const cJSON *count)
{
    if (*name == '\0' || !cJSON_IsNumber(count) || count->valuedouble < 0 ||
        count->valuedouble > 9e15 || o->type_count == RECORD_TYPES_MAX) {
        return AS_E_CORRUPT;
    }
    if (count->valuedouble < 1) {
        return AS_OK;
    }
    if (o->type_count % 4 == 0) {
        struct as_past_type *grown = as_realloc(o->types, (size_t)o->type_count + 4, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        o->types = grown;
    }
    const char *kept = keep_name(p, name);
    if (kept == NULL) {
        return p->name_count >= NAMES_MAX ? AS_E_LIMIT : AS_E_NO_MEMORY;
    }
    o->types[o->type_count++] =
        (struct as_past_type){.name = kept, .count = (uint64_t)count->valuedouble};
    return AS_OK;
}

static enum as_status add_types(struct as_past *p, struct as_past_object *o,
                                const cJSON *detections)
{
    const cJSON *d;
    cJSON_ArrayForEach(d, detections)
    {
        const char *name = text_of(d, "type");
        name = *name != '\0' ? name : text_of(d, "name");
        name = *name != '\0' ? name : text_of(d, "arn");
        AS_TRY(add_type(p, o, name, item(d, "count")));
    }
    return AS_OK;
}

static enum as_status read_types(struct as_past *p, struct as_past_object *o, const cJSON *result)
{
    const cJSON *group;
    cJSON_ArrayForEach(group, item(result, "sensitiveData"))
    {
        AS_TRY(add_types(p, o, item(group, "detections")));
    }
    AS_TRY(add_types(p, o, item(item(result, "customDataIdentifiers"), "detections")));
    settle_types(o);
    return AS_OK;
}

/* Copies the texts of a record into one block. */
static char *copy_texts(struct as_past_object *o, const cJSON *record, const cJSON *object,
                        const cJSON *status)
{
    const char *base64 = text_of(object, "keyBase64");
    const struct {
        const char **to;
        const char *from;
    } texts[] = {{&o->id, text_of(record, "id")},
                 {&o->bucket, text_of(item(item(record, "resourcesAffected"), "s3Bucket"), "name")},
                 {&o->key, text_of(object, "key")},
                 {&o->identity, base64},
                 {&o->status, text_of(status, "code")},
                 {&o->reason, text_of(status, "reason")}};
    size_t bytes = 0;
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        bytes += strlen(texts[i].from) + 1;
    }
    char *block = as_malloc(bytes);
    char *at = block;
    for (size_t i = 0; block != NULL && i < AS_ARRAY_SIZE(texts); i++) {
        size_t len = strlen(texts[i].from) + 1;
        memcpy(at, texts[i].from, len);
        *texts[i].to = at;
        at += len;
    }
    if (block != NULL && *base64 == '\0') {
        o->identity = o->key;
    }
    return block;
}

static enum as_status room_for_one(struct as_past *p)
{
    if (p->count < p->cap) {
        return AS_OK;
    }
    size_t cap = p->cap * 2 + 256;
    if (p->count >= AS_PAST_OBJECTS_MAX) {
        return AS_E_LIMIT;
    }
    struct as_past_object *objects = as_realloc(p->objects, cap, sizeof *objects);
    if (objects == NULL) {
        return AS_E_NO_MEMORY;
    }
    p->objects = objects;
    char **texts = as_realloc(p->texts, cap, sizeof *texts);
    if (texts == NULL) {
        return AS_E_NO_MEMORY;
    }
    p->texts = texts;
    p->cap = cap;
    return AS_OK;
}

static enum as_status read_record(struct as_past *p, const cJSON *record)
{
    const cJSON *object = item(item(record, "resourcesAffected"), "s3Object");
    const cJSON *result = item(item(record, "classificationDetails"), "result");
    const cJSON *status = item(result, "status");
    if (!cJSON_IsString(item(object, "key")) || !cJSON_IsString(item(status, "code"))) {
        return AS_E_CORRUPT;
    }
    if (cJSON_IsObject(item(object, "embeddedFileDetails"))) {
        return AS_OK; /* the archive's own record has it */
    }
    AS_TRY(room_for_one(p));
    struct as_past_object o = {0};
    char *block = copy_texts(&o, record, object, status);
    enum as_status read = block == NULL ? AS_E_NO_MEMORY : read_types(p, &o, result);
    if (read != AS_OK) {
        as_free(o.types);
        as_free(block);
        return read;
    }
    p->texts[p->count] = block;
    p->objects[p->count++] = o;
    return AS_OK;
}

static enum as_status read_line(struct as_past *p, const char *name, const char *line, size_t len,
                                struct as_error *err)
{
    p->line_number++;
    if (len == 0 || (len == 1 && *line == '\r')) {
        return AS_OK;
    }
    cJSON *record = cJSON_ParseWithLength(line, len);
    enum as_status status = record == NULL ? AS_E_CORRUPT : read_record(p, record);
    cJSON_Delete(record);
    if (status == AS_OK || status == AS_E_NO_MEMORY) {
        return status == AS_OK ? AS_OK : as_fail(err, status, "out of memory");
    }
    return as_fail(err, AS_E_USAGE, "%s:%llu: %s", name, (unsigned long long)p->line_number,
                   status == AS_E_LIMIT ? "too many objects or types" : "no discovery result");
}

/* A line that came in pieces: read when its last one is there. */
static enum as_status hold_piece(struct as_past *p, const char *name, struct as_slice piece,
                                 bool last, struct as_error *err)
{
    as_strbuf_append(&p->line, piece.ptr, piece.len);
    if (p->line.failed) {
        return as_fail(err, AS_E_USAGE, "%s:%llu: too long a line", name,
                       (unsigned long long)p->line_number + 1);
    }
    if (last) {
        AS_TRY(read_line(p, name, p->line.ptr, p->line.len, err));
        as_strbuf_reset(&p->line);
    }
    return AS_OK;
}

enum as_status as_past_feed(struct as_past *p, const char *name, const void *bytes, size_t len,
                            struct as_error *err)
{
    const char *at = bytes;
    const char *end = at + len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        const struct as_slice piece = as_slice(at, (size_t)(stop - at));
        bool whole = newline != NULL && p->line.len == 0;
        AS_TRY(whole ? read_line(p, name, at, piece.len, err)
                     : hold_piece(p, name, piece, newline != NULL, err));
        at = stop + (newline != NULL);
    }
    return AS_OK;
}

enum as_status as_past_end(struct as_past *p, const char *name, struct as_error *err)
{
    enum as_status status = AS_OK;
    if (p->line.len != 0) {
        status = read_line(p, name, p->line.ptr, p->line.len, err);
    }
    as_strbuf_reset(&p->line);
    p->line_number = 0;
    return status;
}

/* --- order --- */

int as_past_compare(const struct as_past_object *a, const struct as_past_object *b)
{
    int order = strcmp(a->bucket, b->bucket);
    return order != 0 ? order : strcmp(a->identity, b->identity);
}

static int compare_keys(const void *a, const void *b)
{
    return as_past_compare(a, b);
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct as_past_object *)a)->id, ((const struct as_past_object *)b)->id);
}

/* Statuses from good to bad. */
static int rank(const char *status)
{
    return strcmp(status, "COMPLETE") == 0 ? 0 : strcmp(status, "PARTIAL") == 0 ? 1 : 2;
}

/* Adds what `more` says of the same object. False when there is no memory. */
static bool fold(struct as_past_object *to, const struct as_past_object *more)
{
    size_t count = (size_t)to->type_count + more->type_count;
    if (rank(more->status) > rank(to->status)) {
        to->status = more->status;
        to->reason = more->reason;
    }
    if (more->type_count == 0) {
        return true;
    }
    struct as_past_type *types = as_realloc(to->types, count, sizeof *types);
    if (types == NULL) {
        return false;
    }
    memcpy(types + to->type_count, more->types, more->type_count * sizeof *types);
    to->types = types;
    to->type_count = (uint32_t)count;
    settle_types(to);
    return true;
}

enum as_status as_past_sort_by_key(struct as_past *p)
{
    size_t kept = 0;
    if (p->count > 1) {
        qsort(p->objects, p->count, sizeof *p->objects, compare_keys);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (kept == 0 || as_past_compare(&p->objects[kept - 1], &p->objects[i]) != 0) {
            struct as_past_object o = p->objects[i];
            p->objects[i].types = NULL;
            p->objects[kept++] = o;
            continue;
        }
        if (!fold(&p->objects[kept - 1], &p->objects[i])) {
            return AS_E_NO_MEMORY;
        }
        as_free(p->objects[i].types);
        p->objects[i].types = NULL;
    }
    p->shown = kept;
    return AS_OK;
}

void as_past_sort_by_id(struct as_past *p)
{
    if (p->count > 1) {
        qsort(p->objects, p->count, sizeof *p->objects, compare_ids);
    }
    p->shown = p->count;
}

const struct as_past_object *as_past_objects(const struct as_past *p, size_t *out_count)
{
    *out_count = p->shown;
    return p->objects;
}

const struct as_past_object *as_past_find(const struct as_past *p, const char *id)
{
    const struct as_past_object wanted = {.id = id};
    return p->shown == 0 ? NULL
                         : bsearch(&wanted, p->objects, p->shown, sizeof *p->objects, compare_ids);
}

uint64_t as_past_count(const struct as_past_object *o, const char *type)
{
    const struct as_past_type wanted = {.name = type};
    const struct as_past_type *found =
        o->type_count == 0
            ? NULL
            : bsearch(&wanted, o->types, o->type_count, sizeof *o->types, compare_types);
    return found == NULL ? 0 : found->count;
}
