/* SPDX-License-Identifier: Apache-2.0
 * See accuracy_gold.h. Each line is parsed by cJSON. A text with U+0000 is refused, since cJSON's
 * strings end there and every later offset would be wrong. Offsets are checked against the text. */
#include "bench/accuracy_gold.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SPANS_MAX 1000000
#define SCOPE_MAX 1000

struct reader {
    struct as_gold *gold;
    struct as_type_table *types;
    struct as_error *err;
    uint64_t line; /* 0-based */
};

static enum as_status refuse(const struct reader *r, const char *why)
{
    return as_fail(r->err, AS_E_USAGE, "%s:%llu: %s", r->gold->path,
                   (unsigned long long)r->line + 1, why);
}

static enum as_status no_memory(const struct reader *r)
{
    return as_fail(r->err, AS_E_NO_MEMORY, "out of memory");
}

static bool read_offset(const cJSON *span, const char *name, uint64_t *out)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(span, name);
    if (!cJSON_IsNumber(number) || number->valuedouble < 0 ||
        number->valuedouble > (double)AS_GOLD_BYTES_MAX) {
        return false;
    }
    *out = (uint64_t)number->valuedouble;
    return true;
}

static enum as_status read_span(const struct reader *r, const cJSON *from, uint64_t characters,
                                struct as_gold_span *out)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(from, "type");
    if (!read_offset(from, "start", &out->start) || !read_offset(from, "end", &out->end) ||
        out->start >= out->end || out->end > characters || !cJSON_IsString(type)) {
        return refuse(r, "a span needs start and end within the text, and a type");
    }
    out->free = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(from, "ignore")) ||
                cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(from, "valid"));
    return as_type_number(r->types, type->valuestring, &out->type, r->err);
}

static enum as_status read_spans(const struct reader *r, const cJSON *spans,
                                 struct as_gold_document *d)
{
    int count = cJSON_GetArraySize(spans);
    if (!cJSON_IsArray(spans) || count > SPANS_MAX) {
        return refuse(r, "\"spans\" is no array, or too long");
    }
    d->labels = as_calloc((size_t)count + 1, sizeof *d->labels);
    if (d->labels == NULL) {
        return no_memory(r);
    }
    uint64_t characters = as_utf8_count(d->text, d->bytes);
    const cJSON *span;
    cJSON_ArrayForEach(span, spans)
    {
        AS_TRY(read_span(r, span, characters, &d->labels[d->label_count]));
        d->label_count++;
    }
    return AS_OK;
}

static enum as_status read_scope(const struct reader *r, const cJSON *scope,
                                 struct as_gold_document *d)
{
    int count = cJSON_IsArray(scope) ? cJSON_GetArraySize(scope) : 0;
    if ((scope != NULL && !cJSON_IsArray(scope)) || count > SCOPE_MAX) {
        return refuse(r, "\"scope\" is no array, or too long");
    }
    d->scope = as_calloc((size_t)count + 1, sizeof *d->scope);
    if (d->scope == NULL) {
        return no_memory(r);
    }
    const cJSON *name;
    cJSON_ArrayForEach(name, scope)
    {
        if (!cJSON_IsString(name)) {
            return refuse(r, "\"scope\" holds names of types and groups");
        }
        d->scope[d->scope_count] = as_strdup(name->valuestring);
        if (d->scope[d->scope_count++] == NULL) {
            return no_memory(r);
        }
    }
    if (scope == NULL) { /* none given: everything is labelled */
        d->scope[d->scope_count] = as_strdup("*");
        return d->scope[d->scope_count++] == NULL ? no_memory(r) : AS_OK;
    }
    return AS_OK;
}

/* The ending that the document's file had, where the gold file tells; a plain text otherwise. */
static enum as_status read_names(const struct reader *r, const cJSON *line,
                                 struct as_gold_document *d)
{
    const cJSON *source = cJSON_GetObjectItemCaseSensitive(line, "source");
    const cJSON *ending = cJSON_GetObjectItemCaseSensitive(line, "ext");
    char name[64];
    bool told = cJSON_IsString(ending) && *ending->valuestring == '.' &&
                strlen(ending->valuestring) < 32 && strchr(ending->valuestring, '/') == NULL;
    snprintf(name, sizeof name, "document%s", told ? ending->valuestring : ".txt");
    d->name = as_strdup(name);
    d->source = as_strdup(cJSON_IsString(source) ? source->valuestring : "");
    return d->name == NULL || d->source == NULL ? no_memory(r) : AS_OK;
}

static enum as_status read_expect(const struct reader *r, const cJSON *expect,
                                  struct as_gold_document *d)
{
    if (expect == NULL) {
        return AS_OK;
    }
    bool some = cJSON_IsString(expect) && strcmp(expect->valuestring, "some") == 0;
    if (!some && !(cJSON_IsString(expect) && strcmp(expect->valuestring, "none") == 0)) {
        return refuse(r, "\"expect\" is \"some\" or \"none\"");
    }
    d->expect = some ? AS_EXPECT_SOME : AS_EXPECT_NONE;
    return AS_OK;
}

static enum as_status read_document(struct reader *r, const cJSON *line)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(line, "text");
    const cJSON *spans = cJSON_GetObjectItemCaseSensitive(line, "spans");
    if (!cJSON_IsString(text) || spans == NULL) {
        return as_fail(r->err, r->gold->count == 0 ? AS_E_UNSUPPORTED : AS_E_USAGE,
                       "%s:%llu: no labelled document (\"text\" and \"spans\")", r->gold->path,
                       (unsigned long long)r->line + 1);
    }
    if (r->gold->count == r->gold->cap) {
        size_t cap = r->gold->cap == 0 ? 256 : r->gold->cap * 2;
        struct as_gold_document *more = as_realloc(r->gold->documents, cap, sizeof *more);
        if (more == NULL) {
            return no_memory(r);
        }
        r->gold->documents = more;
        r->gold->cap = cap;
    }
    struct as_gold_document *d = &r->gold->documents[r->gold->count++];
    *d = (struct as_gold_document){.line = r->line};
    d->text = as_strdup(text->valuestring);
    if (d->text == NULL) {
        return no_memory(r);
    }
    d->bytes = strlen(d->text);
    r->gold->bytes += d->bytes;
    AS_TRY(read_names(r, line, d));
    AS_TRY(read_expect(r, cJSON_GetObjectItemCaseSensitive(line, "expect"), d));
    AS_TRY(read_scope(r, cJSON_GetObjectItemCaseSensitive(line, "scope"), d));
    return read_spans(r, spans, d);
}

/* True when the line has an escaped U+0000: "\u0000" behind an even number of backslashes. */
static bool has_nul(const char *line, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if (line[i] == '\\') {
            if (len - i >= 6 && memcmp(line + i, "\\u0000", 6) == 0) {
                return true;
            }
            i++; /* the escaped character begins no escape */
        }
    }
    return false;
}

static enum as_status read_line(struct reader *r, const char *line, size_t len)
{
    if (has_nul(line, len) || memchr(line, 0, len) != NULL) {
        return refuse(r, "a text with U+0000 cannot be measured");
    }
    const char *end = NULL;
    cJSON *parsed = cJSON_ParseWithLengthOpts(line, len, &end, 0);
    enum as_status status =
        parsed == NULL
            ? as_fail(r->err, r->gold->count == 0 ? AS_E_UNSUPPORTED : AS_E_USAGE,
                      "%s:%llu: no JSON document", r->gold->path, (unsigned long long)r->line + 1)
            : read_document(r, parsed);
    cJSON_Delete(parsed);
    return status;
}

static enum as_status read_lines(struct reader *r, const char *bytes, size_t len)
{
    for (size_t at = 0; at < len; r->line++) {
        const char *newline = memchr(bytes + at, '\n', len - at);
        size_t line_len = newline == NULL ? len - at : (size_t)(newline - bytes) - at;
        if (line_len != 0) {
            AS_TRY(read_line(r, bytes + at, line_len));
        }
        at += line_len + 1;
    }
    return AS_OK;
}

static enum as_status load(const char *path, char **out, size_t *out_len, struct as_error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be opened", path);
    }
    char *bytes = NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    bool good = size >= 0 && (uint64_t)size <= AS_GOLD_BYTES_MAX && fseek(file, 0, SEEK_SET) == 0;
    if (good) {
        bytes = as_malloc((size_t)size);
        good = bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size;
    }
    fclose(file);
    if (!good) {
        as_free(bytes);
        return as_fail(err, AS_E_USAGE, "%s: cannot be read, or larger than 1 GiB", path);
    }
    *out = bytes;
    *out_len = (size_t)size;
    return AS_OK;
}

enum as_status as_gold_read(const char *path, struct as_type_table *types, struct as_gold **out,
                            struct as_error *err)
{
    char *bytes = NULL;
    size_t len = 0;
    AS_TRY(load(path, &bytes, &len, err));
    struct as_gold *gold = as_calloc(1, sizeof *gold);
    enum as_status status = as_fail(err, AS_E_NO_MEMORY, "out of memory");
    if (gold != NULL) {
        gold->path = as_strdup(path);
    }
    if (gold != NULL && gold->path != NULL) {
        struct reader r = {.gold = gold, .types = types, .err = err};
        status = read_lines(&r, bytes, len);
    }
    as_free(bytes);
    if (status != AS_OK) {
        as_gold_free(gold);
        return status;
    }
    as_error_clear(err);
    *out = gold;
    return AS_OK;
}

static void document_fini(struct as_gold_document *d)
{
    for (size_t i = 0; i < d->scope_count; i++) {
        as_free(d->scope[i]);
    }
    as_free(d->scope);
    as_free(d->labels);
    as_free(d->predictions);
    as_free(d->source);
    as_free(d->name);
    as_free(d->text);
}

void as_gold_free(struct as_gold *g)
{
    if (g == NULL) {
        return;
    }
    for (size_t i = 0; i < g->count; i++) {
        document_fini(&g->documents[i]);
    }
    as_free(g->documents);
    as_free(g->path);
    as_free(g);
}

enum as_status as_gold_predict(struct as_gold_document *d, const struct as_gold_span *span)
{
    if (d->prediction_count == d->prediction_cap) {
        size_t cap = d->prediction_cap == 0 ? 8 : d->prediction_cap * 2;
        struct as_gold_span *more = as_realloc(d->predictions, cap, sizeof *more);
        if (more == NULL) {
            return AS_E_NO_MEMORY;
        }
        d->predictions = more;
        d->prediction_cap = cap;
    }
    d->predictions[d->prediction_count++] = *span;
    return AS_OK;
}
