/* SPDX-License-Identifier: Apache-2.0
 * struct as_file_window: reading a file that assay itself wrote, at any place, through one buffer.
 * Threads: one owner. */
#ifndef AS_IO_FILE_WINDOW_H
#define AS_IO_FILE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct as_file_window {
    int fd;
    const char *path; /* for messages */
    size_t cap;       /* bytes of `buffer` */
    size_t ahead;     /* bytes to read on a miss, at least; <= cap */
    uint64_t start;
    size_t len;
    uint8_t *buffer; /* the owner's */
};

/** [offset, offset + len) of the file, valid until the next call; len <= cap. A file that ends
 * before is damaged. AS_E_OUTPUT. */
enum as_status as_file_window_get(struct as_file_window *w, uint64_t offset, size_t len,
                                  const uint8_t **out, struct as_error *err) AS_MUST_CHECK;
/** AS_E_OUTPUT: the file is not what was written. */
enum as_status as_file_damaged(const char *path, uint64_t offset, struct as_error *err);

#endif
