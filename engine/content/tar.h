/* SPDX-License-Identifier: Apache-2.0
 * Tar headers, as sniffing and the reader share them. Pure. */
#ifndef AS_CONTENT_TAR_H
#define AS_CONTENT_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define AS_TAR_BLOCK 512U

/** What one header block says. Slices point into the block. */
struct as_tar_header {
    char type;  /* '0' for files of version 7 too */
    bool posix; /* "ustar\0": prefix is valid */
    bool gnu;   /* "ustar  " */
    uint64_t size;
    int64_t modified_s; /* INT64_MIN when unreadable */
    struct as_slice name;
    struct as_slice prefix; /* empty unless posix */
};

/** True when `block` (AS_TAR_BLOCK bytes) has the check sum of a header, signed or unsigned. */
bool as_tar_header_valid(const uint8_t *block);
/** False when the header is valid but its size is no number. */
bool as_tar_header_parse(const uint8_t *block, struct as_tar_header *out);
/** A number field: octal with blanks around it, or base 256 (first byte 0x80). False when it is
 * none, is negative or does not fit 63 bits. */
bool as_tar_number(const uint8_t *field, size_t len, uint64_t *out);

#endif
