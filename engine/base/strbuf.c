/* SPDX-License-Identifier: Apache-2.0
 * Doubling growth up to max_bytes; see strbuf.h for the sticky-error rule. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

void as_strbuf_init(struct as_strbuf *s, size_t max_bytes)
{
    *s = (struct as_strbuf){.max_bytes = max_bytes};
}

void as_strbuf_fini(struct as_strbuf *s)
{
    as_free(s->ptr);
    as_strbuf_init(s, s->max_bytes);
}

void as_strbuf_reset(struct as_strbuf *s)
{
    s->len = 0;
    s->failed = false;
    if (s->ptr != NULL) {
        s->ptr[0] = '\0';
    }
}

static bool reserve(struct as_strbuf *s, size_t extra)
{
    if (s->failed || extra > s->max_bytes - s->len) {
        s->failed = true;
        return false;
    }
    size_t need = s->len + extra + 1;
    if (need <= s->cap && s->ptr != NULL) {
        return true;
    }
    size_t cap = s->cap < 64 ? 64 : s->cap;
    while (cap < need) {
        cap *= 2;
    }
    char *grown = as_realloc(s->ptr, cap, 1);
    if (grown == NULL) {
        s->failed = true;
        return false;
    }
    s->ptr = grown;
    s->cap = cap;
    return true;
}

void as_strbuf_append(struct as_strbuf *s, const void *bytes, size_t len)
{
    if (reserve(s, len)) {
        if (len != 0) {
            memcpy(s->ptr + s->len, bytes, len);
        }
        s->len += len;
        s->ptr[s->len] = '\0';
    }
}

void as_strbuf_puts(struct as_strbuf *s, const char *text)
{
    as_strbuf_append(s, text, strlen(text));
}

void as_strbuf_putc(struct as_strbuf *s, char c)
{
    as_strbuf_append(s, &c, 1);
}

void as_strbuf_printf(struct as_strbuf *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !reserve(s, (size_t)len)) {
        s->failed = true;
        return;
    }
    va_start(args, format);
    AS_IGNORE(vsnprintf(s->ptr + s->len, (size_t)len + 1, format, args) < 0,
              "same arguments as just before");
    va_end(args);
    s->len += (size_t)len;
}

char *as_strbuf_detach(struct as_strbuf *s)
{
    if (!s->failed && s->ptr == NULL) {
        as_strbuf_append(s, "", 0);
    }
    if (s->failed) {
        as_strbuf_fini(s);
        return NULL;
    }
    char *text = s->ptr;
    as_strbuf_init(s, s->max_bytes);
    return text;
}
