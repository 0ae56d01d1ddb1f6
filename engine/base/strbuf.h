/* SPDX-License-Identifier: Apache-2.0
 * struct as_strbuf: a growing byte string with a stated maximum. Errors stick: after one failed
 * append `failed` stays set and later appends do nothing, so a writer checks once at its end.
 * Threads: one owner. */
#ifndef AS_BASE_STRBUF_H
#define AS_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "base/status.h"

struct as_strbuf {
    char *ptr; /* NUL-terminated once anything was appended; NULL before */
    size_t len;
    size_t cap;
    size_t max_bytes; /* len never exceeds this */
    bool failed;      /* out of memory, or max_bytes reached */
};

void as_strbuf_init(struct as_strbuf *s, size_t max_bytes);
void as_strbuf_fini(struct as_strbuf *s);
/** Empty, capacity and limit kept, `failed` cleared. */
void as_strbuf_reset(struct as_strbuf *s);
void as_strbuf_append(struct as_strbuf *s, const void *bytes, size_t len);
void as_strbuf_puts(struct as_strbuf *s, const char *text);
void as_strbuf_putc(struct as_strbuf *s, char c);
void as_strbuf_printf(struct as_strbuf *s, const char *format, ...) AS_PRINTF(2, 3);
static inline struct as_slice as_strbuf_view(const struct as_strbuf *s) /* until the next append */
{
    return as_slice(s->ptr, s->len);
}
/** Moves the NUL-terminated bytes to the caller (as_free); NULL when `failed`. The buffer is as
 * after init. */
char *as_strbuf_detach(struct as_strbuf *s);

#endif
