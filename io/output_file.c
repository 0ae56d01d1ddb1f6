/* SPDX-License-Identifier: Apache-2.0
 * One buffer, one running SHA-256, one temporary name. The program ignores SIGXFSZ and SIGPIPE, so
 * that a full quota arrives here as an error number. Tested by tests/unit/io/test_spool.c. */
#include "io/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

#define BUFFER_BYTES (64U << 10)

struct as_output_file {
    int dir_fd;
    int fd;
    const char *dir;
    const char *name;
    struct as_sha256 *hash; /* NULL once settled */
    uint64_t bytes;
    bool published;
    size_t buffered;
    char partial[NAME_MAX + 1];
    uint8_t buffer[BUFFER_BYTES];
};

bool as_write_all(int fd, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        } else if (n < 0 && errno != EINTR) {
            return false;
        } else if (n == 0) {
            errno = EIO;
            return false;
        }
    }
    return true;
}

static enum as_status fail(const struct as_output_file *f, struct as_error *err, const char *verb)
{
    return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot %s %s/%s", verb, f->dir, f->name);
}

static int open_beside(const struct as_output_file *f)
{
    return openat(f->dir_fd, f->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  0600);
}

enum as_status as_output_file_open(int dir_fd, const char *dir, const char *name,
                                   struct as_output_file **out, struct as_error *err)
{
    struct as_output_file *f = as_malloc(sizeof *f);
    if (f == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for %s/%s", dir, name);
    }
    f->dir_fd = dir_fd;
    f->dir = dir;
    f->name = name;
    f->bytes = 0;
    f->published = false;
    f->buffered = 0;
    f->fd = -1;
    f->hash = as_sha256_new();
    int len = snprintf(f->partial, sizeof f->partial, ".%s.partial", name);
    enum as_status status = AS_OK;
    if (f->hash == NULL) {
        status = as_fail(err, AS_E_NO_MEMORY, "out of memory for %s/%s", dir, name);
    } else if (len < 0 || (size_t)len >= sizeof f->partial) {
        status = as_fail(err, AS_E_BUG, "the file name is too long: %s", name);
    } else {
        f->fd = open_beside(f);
        if (f->fd < 0 && errno == EEXIST && unlinkat(dir_fd, f->partial, 0) == 0) {
            f->fd = open_beside(f);
        }
        status = f->fd < 0 ? fail(f, err, "create") : AS_OK;
    }
    if (status != AS_OK) {
        f->published = f->fd < 0; /* nothing to remove */
        as_output_file_close(f);
        return status;
    }
    *out = f;
    return AS_OK;
}

static enum as_status flush(struct as_output_file *f, struct as_error *err)
{
    size_t len = f->buffered;
    f->buffered = 0;
    return as_write_all(f->fd, f->buffer, len) ? AS_OK : fail(f, err, "write");
}

enum as_status as_output_file_write(struct as_output_file *f, struct as_slice bytes,
                                    struct as_error *err)
{
    if (bytes.len == 0) {
        return AS_OK;
    }
    as_sha256_update(f->hash, bytes.ptr, bytes.len);
    f->bytes += bytes.len;
    if (bytes.len > BUFFER_BYTES - f->buffered) {
        AS_TRY(flush(f, err));
    }
    if (bytes.len > BUFFER_BYTES) {
        return as_write_all(f->fd, bytes.ptr, bytes.len) ? AS_OK : fail(f, err, "write");
    }
    memcpy(f->buffer + f->buffered, bytes.ptr, bytes.len);
    f->buffered += bytes.len;
    return AS_OK;
}

enum as_status as_output_file_settle(struct as_output_file *f, char out_sha256[65],
                                     uint64_t *out_bytes, struct as_error *err)
{
    AS_TRY(flush(f, err));
    if (fsync(f->fd) != 0) {
        return fail(f, err, "write");
    }
    uint8_t digest[AS_SHA256_SIZE];
    as_sha256_finish(f->hash, digest);
    f->hash = NULL;
    as_hex(digest, sizeof digest, out_sha256);
    *out_bytes = f->bytes;
    return AS_OK;
}

enum as_status as_output_file_publish(struct as_output_file *f, struct as_error *err)
{
    if (renameat(f->dir_fd, f->partial, f->dir_fd, f->name) != 0) {
        return fail(f, err, "rename to");
    }
    f->published = true;
    return AS_OK;
}

void as_output_file_close(struct as_output_file *f)
{
    if (f == NULL) {
        return;
    }
    if (f->hash != NULL) {
        uint8_t digest[AS_SHA256_SIZE];
        as_sha256_finish(f->hash, digest);
    }
    if (!f->published) {
        AS_IGNORE(unlinkat(f->dir_fd, f->partial, 0), "nothing more can be done about it");
    }
    if (f->fd >= 0) {
        AS_IGNORE(close(f->fd), "fsynced, or given up");
    }
    as_free(f);
}
