/* SPDX-License-Identifier: Apache-2.0
 * Over expat. Hostile input: a DOCTYPE ends the parsing (so there are no entities to expand), as do
 * more than DEPTH_MAX levels or more than TEXT_MAX bytes of text in one element; the body's size is
 * bounded by the caller. Names are compared without a namespace prefix.
 *
 * EncodingType may follow the items, so items are kept as they stand and decoded at the end; a page
 * that turns out bad has then handed out nothing. Test: tests/unit/io/test_s3_names.c; fuzz:
 * tests/fuzz/io/fuzz_s3_list.c, fuzz_s3_error.c. */
#include "io/s3/s3_xml.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define DEPTH_MAX 12U
#define TEXT_MAX ((size_t)16 << 10)
#define ITEMS_MAX 100000U

struct item {
    char *key; /* as it stands in the page */
    char *etag, *storage_class;
    uint64_t size;
    int64_t last_modified_ms;
    bool has_size;
};

struct document {
    XML_Parser parser;
    unsigned depth;
    bool bad;
    const char *why; /* static */
    struct as_strbuf text;
    /* lists */
    bool in_item;
    struct item *items;
    size_t count, capacity;
    bool encoded, has_truncated, truncated;
    char *next_token;
    /* errors */
    struct as_s3_error_body *error;
};

static void stop(struct document *d, const char *why)
{
    if (!d->bad) {
        d->bad = true;
        d->why = why;
        XML_StopParser(d->parser, XML_FALSE);
    }
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    stop(context, "it has a DOCTYPE");
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
    struct document *d = context;
    as_strbuf_append(&d->text, text, (size_t)len);
    if (d->text.failed) {
        stop(d, "an element is too long");
    }
}

static bool enter(struct document *d)
{
    as_strbuf_reset(&d->text);
    if (++d->depth > DEPTH_MAX) {
        stop(d, "it is nested too deep");
    }
    return !d->bad;
}

static const char *text_of(const struct document *d)
{
    return d->text.ptr == NULL ? "" : d->text.ptr;
}

/* Text without blanks around must be a number. */
static bool parse_size(const char *text, uint64_t *out)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* ---- lists ---- */

static void keep(struct document *d, char **out)
{
    as_free(*out);
    *out = as_memdup0(d->text.ptr, d->text.len);
    if (*out == NULL) {
        stop(d, "out of memory");
    }
}

static void keep_etag(struct document *d, char **out)
{
    keep(d, out);
    size_t len = *out == NULL ? 0 : strlen(*out);
    if (len >= 2 && (*out)[0] == '"' && (*out)[len - 1] == '"') {
        memmove(*out, *out + 1, len - 2);
        (*out)[len - 2] = '\0';
    }
}

static void add_item(struct document *d)
{
    if (d->count == d->capacity) {
        size_t capacity = d->capacity == 0 ? 256 : d->capacity * 2;
        struct item *grown =
            capacity > (size_t)ITEMS_MAX * 2 ? NULL : as_realloc(d->items, capacity, sizeof *grown);
        if (grown == NULL) {
            stop(d, "it has too many items");
            return;
        }
        d->items = grown;
        d->capacity = capacity;
    }
    d->items[d->count++] = (struct item){0};
    d->in_item = true;
}

static void XMLCALL on_list_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct document *d = context;
    (void)attributes;
    if (!enter(d)) {
        return;
    }
    if (d->depth == 1 && strcmp(local_name(name), "ListBucketResult") != 0) {
        stop(d, "it is no ListBucketResult");
    } else if (d->depth == 2 && strcmp(local_name(name), "Contents") == 0) {
        add_item(d);
    }
}

static void end_item_field(struct document *d, const char *name)
{
    struct item *i = &d->items[d->count - 1];
    if (strcmp(name, "Key") == 0) {
        if (memchr(text_of(d), '\0', d->text.len) != NULL) {
            stop(d, "a key has a NUL");
            return;
        }
        keep(d, &i->key);
    } else if (strcmp(name, "Size") == 0) {
        i->has_size = parse_size(text_of(d), &i->size);
    } else if (strcmp(name, "ETag") == 0) {
        keep_etag(d, &i->etag);
    } else if (strcmp(name, "StorageClass") == 0) {
        keep(d, &i->storage_class);
    } else if (strcmp(name, "LastModified") == 0 &&
               !as_parse_timestamp(text_of(d), &i->last_modified_ms)) {
        i->last_modified_ms = 0;
    }
}

static void end_page_field(struct document *d, const char *name)
{
    if (strcmp(name, "IsTruncated") == 0) {
        d->truncated = strcmp(text_of(d), "true") == 0;
        d->has_truncated = d->truncated || strcmp(text_of(d), "false") == 0;
    } else if (strcmp(name, "NextContinuationToken") == 0) {
        keep(d, &d->next_token);
    } else if (strcmp(name, "EncodingType") == 0) {
        d->encoded = strcmp(text_of(d), "url") == 0;
        if (!d->encoded && d->text.len != 0) {
            stop(d, "its EncodingType is unknown");
        }
    } else if (strcmp(name, "Contents") == 0) {
        const struct item *i = &d->items[d->count - 1];
        d->in_item = false;
        if (i->key == NULL || i->key[0] == '\0' || !i->has_size) {
            stop(d, "an item has no key or no size");
        }
    }
}

static void XMLCALL on_list_end(void *context, const XML_Char *name)
{
    struct document *d = context;
    if (!d->bad && d->depth == 3 && d->in_item) {
        end_item_field(d, local_name(name));
    } else if (!d->bad && d->depth == 2) {
        end_page_field(d, local_name(name));
    }
    d->depth--;
    as_strbuf_reset(&d->text);
}

/* Sets d->bad and d->why when the text is no good document. */
static void parse(struct document *d, struct as_slice xml, XML_StartElementHandler start,
                  XML_EndElementHandler end)
{
    as_strbuf_init(&d->text, TEXT_MAX);
    d->parser = XML_ParserCreate(NULL);
    if (d->parser == NULL || xml.len > INT32_MAX) {
        d->bad = true;
        d->why = d->parser == NULL ? "out of memory" : "it is too long";
    } else {
        XML_SetUserData(d->parser, d);
        XML_SetElementHandler(d->parser, start, end);
        XML_SetCharacterDataHandler(d->parser, on_text);
        XML_SetStartDoctypeDeclHandler(d->parser, on_doctype);
        if (XML_Parse(d->parser, (const char *)xml.ptr, (int)xml.len, XML_TRUE) != XML_STATUS_OK &&
            !d->bad) {
            d->bad = true;
            d->why = "it is no XML";
        }
    }
    if (d->parser != NULL) {
        XML_ParserFree(d->parser);
    }
    as_strbuf_fini(&d->text);
}

static enum as_status emit_item(const struct item *i, bool encoded, as_s3_item_fn *found,
                                void *context, struct as_error *err)
{
    struct as_s3_item item = {.key = as_slice_of(i->key),
                              .size = i->size,
                              .last_modified_ms = i->last_modified_ms,
                              .etag = i->etag,
                              .storage_class = i->storage_class};
    struct as_strbuf key;
    as_strbuf_init(&key, TEXT_MAX);
    if (encoded) {
        if (!as_uri_decode(&key, item.key, true)) {
            as_strbuf_fini(&key);
            return as_fail(err, AS_E_PROTOCOL,
                           "the listing says that its keys are encoded, and one is not");
        }
        item.key = as_strbuf_view(&key);
    }
    enum as_status status = found(context, &item);
    as_strbuf_fini(&key);
    return status;
}

static enum as_status finish_list(struct document *d, as_s3_item_fn *found, void *context,
                                  struct as_s3_page *out, struct as_error *err)
{
    if (!d->bad && (!d->has_truncated ||
                    (d->truncated && (d->next_token == NULL || d->next_token[0] == '\0')))) {
        d->bad = true;
        d->why = "it does not say whether and how it goes on";
    }
    if (d->bad) {
        return as_fail(err, AS_E_PROTOCOL, "the server's answer is no listing: %s", d->why);
    }
    for (size_t i = 0; i < d->count; i++) {
        AS_TRY(emit_item(&d->items[i], d->encoded, found, context, err));
    }
    *out = (struct as_s3_page){.truncated = d->truncated, .count = d->count};
    if (d->truncated) {
        out->next_token = d->next_token;
        d->next_token = NULL;
    }
    return AS_OK;
}

enum as_status as_s3_list_parse(struct as_slice xml, as_s3_item_fn *found, void *context,
                                struct as_s3_page *out, struct as_error *err)
{
    struct document d = {.depth = 0};
    parse(&d, xml, on_list_start, on_list_end);
    enum as_status status = finish_list(&d, found, context, out, err);
    for (size_t i = 0; i < d.count; i++) {
        as_free(d.items[i].key);
        as_free(d.items[i].etag);
        as_free(d.items[i].storage_class);
    }
    as_free(d.items);
    as_free(d.next_token);
    return status;
}

/* ---- errors ---- */

static void XMLCALL on_error_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct document *d = context;
    (void)attributes;
    if (enter(d) && d->depth == 1 && strcmp(local_name(name), "Error") != 0 &&
        strcmp(local_name(name), "ErrorResponse") != 0) {
        stop(d, "it is no Error");
    }
}

static void copy_text(const struct document *d, char *out, size_t size)
{
    AS_IGNORE(snprintf(out, size, "%s", text_of(d)) < 0, "a cut text is still one");
}

static void XMLCALL on_error_end(void *context, const XML_Char *name)
{
    struct document *d = context;
    const char *local = local_name(name);
    if (!d->bad && d->depth >= 2 && d->depth <= 3) {
        if (strcmp(local, "Code") == 0) {
            copy_text(d, d->error->code, sizeof d->error->code);
        } else if (strcmp(local, "Message") == 0) {
            copy_text(d, d->error->message, sizeof d->error->message);
        } else if (strcmp(local, "Region") == 0) {
            copy_text(d, d->error->region, sizeof d->error->region);
        } else if (strcmp(local, "Endpoint") == 0) {
            copy_text(d, d->error->endpoint, sizeof d->error->endpoint);
        }
    }
    d->depth--;
    as_strbuf_reset(&d->text);
}

bool as_s3_error_parse(struct as_slice xml, struct as_s3_error_body *out)
{
    struct as_s3_error_body body = {.code = ""};
    struct document d = {.error = &body};
    *out = (struct as_s3_error_body){.code = ""};
    if (xml.len == 0) {
        return false;
    }
    parse(&d, xml, on_error_start, on_error_end);
    if (d.bad || body.code[0] == '\0') {
        return false;
    }
    *out = body;
    return true;
}
