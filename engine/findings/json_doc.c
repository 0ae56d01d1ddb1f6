/* SPDX-License-Identifier: Apache-2.0
 * cJSON with sticky failures. An item that could not be made or added is dropped and the document
 * fails as a whole: a finding with a field missing would be a wrong finding. Tested by
 * tests/unit/findings/test_documents.c, which makes every allocation fail in turn. */
#include "findings/json_doc.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

void as_doc_init(struct as_doc *d, bool one_line)
{
    *d = (struct as_doc){.root = cJSON_CreateObject(), .one_line = one_line};
    d->failed = d->root == NULL;
}

static enum as_status finish(struct as_doc *d, bool pretty, struct as_strbuf *out)
{
    char *text = NULL;
    if (!d->failed) {
        text = pretty ? cJSON_Print(d->root) : cJSON_PrintUnformatted(d->root);
    }
    cJSON_Delete(d->root);
    d->root = NULL;
    if (text == NULL) {
        return AS_E_NO_MEMORY;
    }
    as_strbuf_puts(out, text);
    cJSON_free(text);
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}

enum as_status as_doc_finish(struct as_doc *d, struct as_strbuf *out)
{
    return finish(d, false, out);
}

enum as_status as_doc_finish_pretty(struct as_doc *d, struct as_strbuf *out)
{
    return finish(d, true, out);
}

/** Adds `item` under `name`, or at the end of an array when `name` is NULL. */
static cJSON *add(struct as_doc *d, cJSON *parent, const char *name, cJSON *item)
{
    bool added = parent != NULL && item != NULL &&
                 (name == NULL ? cJSON_AddItemToArray(parent, item)
                               : cJSON_AddItemToObjectCS(parent, name, item));
    if (!added) {
        cJSON_Delete(item);
        d->failed = true;
        return NULL;
    }
    return item;
}

cJSON *as_doc_object(struct as_doc *d, cJSON *parent, const char *name)
{
    return add(d, parent, name, cJSON_CreateObject());
}

cJSON *as_doc_array(struct as_doc *d, cJSON *parent, const char *name)
{
    return add(d, parent, name, cJSON_CreateArray());
}

cJSON *as_doc_element(struct as_doc *d, cJSON *array)
{
    return add(d, array, NULL, cJSON_CreateObject());
}

/** Line separators and controls: what '.' of the services' patterns does not match, and what no
 * name needs. */
static bool breaks_line(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

void as_doc_clean_text(struct as_slice text, bool one_line, struct as_strbuf *out)
{
    size_t from = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        unsigned n = as_utf8_decode(text.ptr + at, text.len - at, &c);
        if (n == 0 || c == 0 || (one_line && breaks_line(c))) {
            as_strbuf_append(out, text.ptr + from, at - from);
            as_strbuf_puts(out, replacement);
            n = n == 0 ? 1 : n;
            from = at + n;
        }
        at += n;
    }
    if (from < text.len) {
        as_strbuf_append(out, text.ptr + from, text.len - from);
    }
}

bool as_doc_representable(struct as_slice text)
{
    return as_utf8_valid(text.ptr, text.len) &&
           (text.len == 0 || memchr(text.ptr, 0, text.len) == NULL);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

static void add_text(struct as_doc *d, cJSON *parent, const char *name, struct as_slice text)
{
    struct as_strbuf clean;
    as_strbuf_init(&clean, text.len * 3);
    as_doc_clean_text(text, d->one_line, &clean);
    if (clean.failed) {
        d->failed = true;
    } else if (!d->one_line || !is_blank(clean.ptr == NULL ? "" : clean.ptr)) {
        add(d, parent, name, cJSON_CreateString(clean.ptr == NULL ? "" : clean.ptr));
    }
    as_strbuf_fini(&clean);
}

void as_doc_bytes(struct as_doc *d, cJSON *parent, const char *name, struct as_slice text)
{
    add_text(d, parent, name, text);
}

void as_doc_text(struct as_doc *d, cJSON *parent, const char *name, const char *text)
{
    if (text != NULL) {
        add_text(d, parent, name, as_slice_of(text));
    } else if (!d->one_line) {
        as_doc_null(d, parent, name);
    }
}

void as_doc_text_element(struct as_doc *d, cJSON *array, const char *text)
{
    add_text(d, array, NULL, as_slice_of(text));
}

/** Digits as they are: cJSON prints a double and reads it back to see whether it was right, which
 * is slow, and wrong above 2^53. */
static cJSON *number(uint64_t value)
{
    char digits[24];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return cJSON_CreateRaw(at);
}

void as_doc_number_element(struct as_doc *d, cJSON *array, uint64_t value)
{
    add(d, array, NULL, number(value));
}

void as_doc_number(struct as_doc *d, cJSON *parent, const char *name, uint64_t value)
{
    add(d, parent, name, number(value));
}

void as_doc_decimal(struct as_doc *d, cJSON *parent, const char *name, double value)
{
    double clamped = value > 0 ? (value < 1e15 ? value : 1e15) : 0; /* also what is no number */
    uint64_t thousandths = (uint64_t)(clamped * 1000 + 0.5);
    char digits[32];
    AS_IGNORE(snprintf(digits, sizeof digits, "%llu.%03llu",
                       (unsigned long long)(thousandths / 1000),
                       (unsigned long long)(thousandths % 1000)),
              "long enough");
    add(d, parent, name, cJSON_CreateRaw(digits));
}

void as_doc_bool(struct as_doc *d, cJSON *parent, const char *name, bool value)
{
    add(d, parent, name, cJSON_CreateBool(value));
}

void as_doc_null(struct as_doc *d, cJSON *parent, const char *name)
{
    add(d, parent, name, cJSON_CreateNull());
}

void as_doc_time(struct as_doc *d, cJSON *parent, const char *name, int64_t unix_ms)
{
    char text[AS_TIMESTAMP_SIZE];
    if (unix_ms != INT64_MIN) {
        as_format_timestamp(unix_ms, text);
    }
    as_doc_text(d, parent, name, unix_ms == INT64_MIN ? NULL : text);
}

void as_doc_base64(struct as_doc *d, cJSON *parent, const char *name, struct as_slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct as_strbuf out;
    as_strbuf_init(&out, bytes.len / 3 * 4 + 4);
    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t left = bytes.len - at;
        uint32_t bits = (uint32_t)bytes.ptr[at] << 16;
        bits |= left > 1 ? (uint32_t)bytes.ptr[at + 1] << 8 : 0;
        bits |= left > 2 ? bytes.ptr[at + 2] : 0;
        as_strbuf_putc(&out, digits[bits >> 18]);
        as_strbuf_putc(&out, digits[bits >> 12 & 63]);
        as_strbuf_putc(&out, '=');
        as_strbuf_putc(&out, '=');
        if (!out.failed && left > 1) {
            out.ptr[out.len - 2] = digits[bits >> 6 & 63];
        }
        if (!out.failed && left > 2) {
            out.ptr[out.len - 1] = digits[bits & 63];
        }
    }
    if (out.failed) {
        d->failed = true;
    } else {
        as_doc_text(d, parent, name, out.ptr == NULL ? "" : out.ptr);
    }
    as_strbuf_fini(&out);
}
