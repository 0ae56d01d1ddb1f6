/* SPDX-License-Identifier: Apache-2.0
 * Records of pax headers: "LENGTH KEY=VALUE\n", and of those the ones that say where bytes are:
 * path, size, mtime and GNU.sparse.*, in all three of its versions (GNU tar manual, "Storing Sparse
 * Files"). The text of all others is metadata of the archive. */
#include <string.h>

#include "base/mem.h"
#include "content/tar_internal.h"

/* Decimal digits only, no overflow. Returns the digits used, 0 when there are none. */
static size_t decimal(struct as_slice s, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value)) {
            return 0;
        }
    }
    *out = value;
    return i;
}

static bool whole_decimal(struct as_slice s, uint64_t *out)
{
    return s.len != 0 && decimal(s, out) == s.len && *out <= INT64_MAX;
}

enum as_status as_tar_extent_add(struct as_tar *t, uint64_t offset, uint64_t size)
{
    struct as_tar_pax *p = &t->pax;
    if (p->extents == NULL) {
        p->extents = as_malloc(TAR_SPARSE_MAX * sizeof *p->extents);
        if (p->extents == NULL) {
            return AS_E_NO_MEMORY;
        }
    }
    uint64_t end = 0;
    uint64_t before = 0;
    if (p->extent_count != 0) {
        before = p->extents[p->extent_count - 1].offset + p->extents[p->extent_count - 1].size;
    }
    if (p->extent_count == TAR_SPARSE_MAX || offset < before ||
        __builtin_add_overflow(offset, size, &end) || end > INT64_MAX) {
        p->sparse_bad = true;
        return AS_OK;
    }
    p->extents[p->extent_count++] = (struct as_tar_extent){offset, size};
    return AS_OK;
}

/* Version 0.1: all pairs in one list, "offset,size,offset,size". */
static enum as_status parse_map(struct as_tar *t, struct as_slice value)
{
    t->pax.extent_count = 0;
    while (value.len != 0) {
        uint64_t pair[2] = {0, 0};
        for (unsigned i = 0; i < 2; i++) {
            size_t n = decimal(value, &pair[i]);
            bool comma = n != 0 && n < value.len && value.ptr[n] == ',';
            if (n == 0 || (!comma && n != value.len) || (i == 0 && !comma)) {
                t->pax.sparse_bad = true;
                return AS_OK;
            }
            n += comma ? 1 : 0;
            value = as_slice(value.ptr + n, value.len - n);
        }
        AS_TRY(as_tar_extent_add(t, pair[0], pair[1]));
    }
    return AS_OK;
}

static enum as_status take_sparse(struct as_tar *t, struct as_slice key, struct as_slice value)
{
    struct as_tar_pax *p = &t->pax;
    uint64_t number = 0;
    bool is_number = whole_decimal(value, &number);
    p->sparse = true;
    if (as_slice_equal(key, as_slice_of("name"))) {
        p->sparse_name = value;
    } else if (as_slice_equal(key, as_slice_of("major"))) {
        p->sparse_in_data = is_number && number == 1;
        p->sparse_bad = p->sparse_bad || !is_number || number > 1;
    } else if (as_slice_equal(key, as_slice_of("realsize")) ||
               as_slice_equal(key, as_slice_of("size"))) {
        p->real_size = number;
        p->sparse_bad = p->sparse_bad || !is_number;
    } else if (as_slice_equal(key, as_slice_of("map"))) {
        return parse_map(t, value);
    } else if (as_slice_equal(key, as_slice_of("offset"))) {
        p->sparse_bad = p->sparse_bad || !is_number || p->half_extent;
        p->half_extent = true;
        return as_tar_extent_add(t, number, 0);
    } else if (as_slice_equal(key, as_slice_of("numbytes"))) {
        uint64_t end = 0;
        if (!is_number || !p->half_extent || p->extent_count == 0 ||
            __builtin_add_overflow(p->extents[p->extent_count - 1].offset, number, &end) ||
            end > INT64_MAX) {
            p->sparse_bad = true;
        } else {
            p->extents[p->extent_count - 1].size = number;
        }
        p->half_extent = false;
    }
    return AS_OK;
}

/* Seconds with a fraction, perhaps negative (then unknown). */
static void take_mtime(struct as_tar_pax *p, struct as_slice value)
{
    uint64_t seconds = 0;
    size_t n = decimal(value, &seconds);
    if (n == 0 || seconds > (uint64_t)1 << 53) {
        return;
    }
    uint64_t ms = seconds * 1000;
    uint64_t scale = 100;
    if (n < value.len && value.ptr[n] == '.') {
        for (size_t i = n + 1; i < value.len && scale != 0; i++, scale /= 10) {
            if (value.ptr[i] < '0' || value.ptr[i] > '9') {
                break;
            }
            ms += scale * (uint64_t)(value.ptr[i] - '0');
        }
    }
    p->has_modified = true;
    p->modified_ms = (int64_t)ms;
}

static enum as_status take_record(struct as_tar *t, struct as_slice key, struct as_slice value)
{
    static const char sparse[] = "GNU.sparse.";
    struct as_tar_pax *p = &t->pax;
    if (as_slice_equal(key, as_slice_of("path"))) {
        p->path = value;
    } else if (as_slice_equal(key, as_slice_of("size"))) {
        p->has_size = whole_decimal(value, &p->size);
        t->damaged = t->damaged || !p->has_size;
    } else if (as_slice_equal(key, as_slice_of("mtime"))) {
        take_mtime(p, value);
    } else if (key.len > sizeof sparse - 1 && memcmp(key.ptr, sparse, sizeof sparse - 1) == 0) {
        return take_sparse(t, as_slice(key.ptr + sizeof sparse - 1, key.len - sizeof sparse + 1),
                           value);
    }
    return AS_OK;
}

/* Numbers of the file system: times, ids, sizes. */
static bool is_known_number(struct as_slice key, struct as_slice value)
{
    static const char *const keys[] = {"atime",
                                       "ctime",
                                       "mtime",
                                       "size",
                                       "uid",
                                       "gid",
                                       "LIBARCHIVE.creationtime",
                                       "SCHILY.dev",
                                       "SCHILY.ino",
                                       "SCHILY.nlink",
                                       "SCHILY.devmajor",
                                       "SCHILY.devminor",
                                       "SCHILY.realsize"};
    bool known = key.len > 4 && memcmp(key.ptr, "GNU.", 4) == 0;
    for (size_t i = 0; i < AS_ARRAY_SIZE(keys) && !known; i++) {
        known = as_slice_equal(key, as_slice_of(keys[i]));
    }
    for (size_t i = 0; i < value.len && known; i++) {
        uint8_t c = value.ptr[i];
        known = (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '-';
    }
    return known;
}

/* A record that says something in words: a comment, an owner, a link, an extended attribute. */
static void note_record(struct as_tar *t, struct as_slice record, struct as_slice key,
                        struct as_slice value, bool global)
{
    bool name = as_slice_equal(key, as_slice_of("path")) ||
                as_slice_equal(key, as_slice_of("GNU.sparse.name"));
    if ((global || !name) && !is_known_number(key, value)) {
        as_metadata_add(&t->metadata, record);
    }
}

enum as_status as_tar_pax_parse(struct as_tar *t, struct as_slice text, bool global)
{
    while (text.len != 0 && text.ptr[0] != 0) {
        uint64_t len = 0;
        size_t digits = decimal(text, &len);
        if (digits == 0 || len > text.len || len < digits + 3 || text.ptr[digits] != ' ' ||
            text.ptr[len - 1] != '\n') {
            t->damaged = true;
            return AS_OK;
        }
        const uint8_t *key = text.ptr + digits + 1;
        size_t rest = (size_t)len - digits - 2; /* without the blank and the line feed */
        const uint8_t *equals = memchr(key, '=', rest);
        if (equals == NULL) {
            t->damaged = true;
            return AS_OK;
        }
        size_t key_len = (size_t)(equals - key);
        struct as_slice value = as_slice(equals + 1, rest - key_len - 1);
        note_record(t, as_slice(key, rest), as_slice(key, key_len), value, global);
        AS_TRY(global ? AS_OK : take_record(t, as_slice(key, key_len), value));
        text = as_slice(text.ptr + len, text.len - (size_t)len);
    }
    return AS_OK;
}
