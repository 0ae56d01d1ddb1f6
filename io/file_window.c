/* SPDX-License-Identifier: Apache-2.0
 * pread with one buffer. Tested by tests/unit/io/test_spool.c. */
#include "io/file_window.h"

#include <errno.h>
#include <unistd.h>

enum as_status as_file_damaged(const char *path, uint64_t offset, struct as_error *err)
{
    return as_fail(err, AS_E_OUTPUT, "%s is damaged at byte %llu", path,
                   (unsigned long long)offset);
}

enum as_status as_file_window_get(struct as_file_window *w, uint64_t offset, size_t len,
                                  const uint8_t **out, struct as_error *err)
{
    if (offset < w->start || offset - w->start > w->len || w->len - (offset - w->start) < len) {
        size_t want = len > w->ahead ? len : w->ahead;
        size_t got = 0;
        while (got < len) {
            ssize_t n = pread(w->fd, w->buffer + got, want - got, (off_t)(offset + got));
            if (n < 0 && errno != EINTR) {
                return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot read %s", w->path);
            }
            if (n == 0) {
                return as_file_damaged(w->path, offset, err);
            }
            got += n > 0 ? (size_t)n : 0;
        }
        w->start = offset;
        w->len = got;
    }
    *out = w->buffer + (offset - w->start);
    return AS_OK;
}
