/* SPDX-License-Identifier: Apache-2.0
 * struct as_slice: a view of bytes that somebody else owns, passed by value. Bytes may be anything.
 */
#ifndef AS_BASE_SLICE_H
#define AS_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct as_slice {
    const uint8_t *ptr; /* may be NULL when len is 0 */
    size_t len;         /* bytes */
};

static inline struct as_slice as_slice(const void *ptr, size_t len)
{
    return (struct as_slice){.ptr = ptr, .len = len};
}

static inline struct as_slice as_slice_of(const char *text)
{
    return as_slice(text, text == NULL ? 0 : strlen(text));
}

static inline bool as_slice_equal(struct as_slice a, struct as_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** Byte order, the shorter first on a common prefix: the order of S3 keys. */
static inline int as_slice_compare(struct as_slice a, struct as_slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
