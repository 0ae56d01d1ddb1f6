/* SPDX-License-Identifier: Apache-2.0
 * Header blocks of tar: version 7, POSIX ustar (IEEE 1003.1) and GNU. Layout:
 *
 *      0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 check 8
 *      156 type 1 | 157 link 100 | 257 magic 6 | 263 version 2 | ... | 345 prefix 155 (POSIX)
 *
 * Tests: tests/unit/content/test_tar.c. */
#include <string.h>

#include "content/tar_internal.h"

bool as_tar_number(const uint8_t *field, size_t len, uint64_t *out)
{
    uint64_t value = 0;
    if (field[0] == 0x80) {
        for (size_t i = 1; i < len; i++) {
            if (value > (uint64_t)INT64_MAX >> 8) {
                return false;
            }
            value = value << 8 | field[i];
        }
        *out = value;
        return true;
    }
    size_t i = 0;
    while (i < len && field[i] == ' ') {
        i++;
    }
    size_t start = i;
    while (i < len && field[i] >= '0' && field[i] <= '7') {
        value = value << 3 | (uint64_t)(field[i] - '0'); /* 12 digits are 36 bits */
        i++;
    }
    bool ended = i == len || field[i] == 0 || field[i] == ' ';
    *out = value;
    return ended && (i > start || field[start == len ? len - 1 : start] == 0 || start == len);
}

bool as_tar_header_valid(const uint8_t *block)
{
    uint64_t stated = 0;
    uint32_t sum = 0;
    int32_t signed_sum = 0;
    for (size_t i = 0; i < AS_TAR_BLOCK; i++) {
        uint8_t c = i >= 148 && i < 156 ? (uint8_t)' ' : block[i];
        sum += c;
        signed_sum += (int8_t)c;
    }
    if (block[148] == 0 || !as_tar_number(block + 148, 8, &stated)) {
        return false;
    }
    /* All blanks and zeros would sum up to 256: no header is that empty. */
    return sum > 256 && (stated == sum || (signed_sum > 0 && stated == (uint32_t)signed_sum));
}

static struct as_slice text_field(const uint8_t *field, size_t len)
{
    const uint8_t *zero = memchr(field, 0, len);
    return as_slice(field, zero != NULL ? (size_t)(zero - field) : len);
}

bool as_tar_header_parse(const uint8_t *block, struct as_tar_header *out)
{
    uint64_t modified = 0;
    *out = (struct as_tar_header){
        .type = (char)(block[156] == 0 ? '0' : block[156]),
        .posix = memcmp(block + 257, "ustar\0", 6) == 0,
        .gnu = memcmp(block + 257, "ustar ", 6) == 0,
        .modified_s = INT64_MIN,
        .name = text_field(block, 100),
    };
    if (as_tar_number(block + 136, 12, &modified) && modified < (uint64_t)1 << 53) {
        out->modified_s = (int64_t)modified;
    }
    if (out->posix) {
        out->prefix = text_field(block + 345, 155);
    }
    return as_tar_number(block + 124, 12, &out->size);
}

/* A field that holds text: what stands behind its end is there too, though nobody shows it. */
static void note_field(struct as_tar *t, size_t offset, size_t len, bool shown)
{
    const uint8_t *field = t->block + offset;
    struct as_slice text = text_field(field, len);
    if (shown) {
        as_metadata_add(&t->metadata, text);
    }
    size_t at = text.len;
    while (at < len && field[at] == 0) {
        at++;
    }
    if (at < len) {
        as_metadata_add(&t->metadata, as_slice(field + at, len - at));
    }
}

void as_tar_note_header(struct as_tar *t, const struct as_tar_header *h)
{
    note_field(t, 0, 100, false);
    note_field(t, 157, 100, true); /* the link's target */
    if (h->posix || h->gnu) {
        note_field(t, 265, 32, true); /* owner and group */
        note_field(t, 297, 32, true);
    } else {
        note_field(t, 257, 72,
                   true); /* version 7 leaves these empty, or has devices between them */
        note_field(t, 345, 167, true);
    }
    bool star = memcmp(t->block + 508, "tar\0", 4) == 0; /* has times where others have padding */
    if (h->posix && !star) {
        note_field(t, 345, 155, false);
        note_field(t, 500, 12, true);
    }
}
