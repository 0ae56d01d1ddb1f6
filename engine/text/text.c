/* SPDX-License-Identifier: Apache-2.0
 * The life of texts. A text is filled by its maker (profile.c, or content for texts of its own) and
 * then shared by its blocks; the last reference frees it and scan's evidence with it. */
#include "text/text.h"

#include "base/mem.h"
#include "text/structure.h"

struct as_text *as_text_new(void)
{
    struct as_text *t = as_calloc(1, sizeof *t);
    if (t != NULL) {
        atomic_init(&t->refs, 1);
        t->mime = "text/plain";
    }
    return t;
}

struct as_text *as_text_ref(struct as_text *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void as_text_unref(struct as_text *t)
{
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    if (t->evidence_free != NULL) {
        t->evidence_free(t->evidence);
    }
    as_free(t->columns);
    as_free(t->names);
    as_free(t);
}

uint64_t as_source_length(enum as_charset charset, const uint8_t *bytes, size_t len)
{
    switch (charset) {
    case AS_CHARSET_LATIN1:
        return as_structure_characters(bytes, len);
    case AS_CHARSET_UTF16LE:
    case AS_CHARSET_UTF16BE:
        return 2 * (as_structure_characters(bytes, len) + as_structure_supplementary(bytes, len));
    case AS_CHARSET_UTF8:
    default:
        return len;
    }
}
