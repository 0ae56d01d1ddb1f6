/* SPDX-License-Identifier: Apache-2.0
 * Reading local files by pread, never by mmap: a file that shrinks under a map is a signal, and a
 * page fault holds no error code.
 *
 * One file, one version: size, times and inode are taken at opening and compared after every read,
 * so no bytes of a changed file are handed out as if they belonged to the first version. The check
 * costs one fstat a read, which is little beside reads of tens of KiB and more.
 * A writer that keeps the size and restores the modification time is not seen.
 *
 * A pipe waits in poll with a bound, so that a cancelled run ends. Errors stick (base/stream.h).
 * Threads: one at a time a stream. */
#include "io/file/file_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file/file_path.h"

#define READ_BYTES_MAX ((size_t)1 << 30)
#define POLL_MS 100

struct file_stream {
    struct as_stream base;
    int fd;
    char *name;
    uint64_t position;
    struct stat first;
    const struct as_cancel *cancel; /* pipes */
    enum as_status failed;          /* sticks */
    struct as_error error;
};

static enum as_status fail(struct file_stream *f, struct as_error *err, enum as_status status)
{
    f->failed = status;
    if (err != NULL) {
        *err = f->error;
    }
    return status;
}

static enum as_status fail_errno(struct file_stream *f, struct as_error *err, int sys_errno)
{
    enum as_status status = sys_errno == ENOMEM ? AS_E_NO_MEMORY : AS_E_IO;
    AS_IGNORE(as_fail_errno(&f->error, status, sys_errno, "%s: cannot be read", f->name),
              "returned below");
    return fail(f, err, status);
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static enum as_status check_unchanged(struct file_stream *f, struct as_error *err)
{
    struct stat now;
    if (fstat(f->fd, &now) != 0) {
        return fail_errno(f, err, errno);
    }
    if (now.st_size != f->first.st_size || now.st_ino != f->first.st_ino ||
        now.st_dev != f->first.st_dev || !same_time(now.st_mtim, f->first.st_mtim)) {
        AS_IGNORE(as_fail(&f->error, AS_E_OBJECT_CHANGED, "%s: changed while it was read", f->name),
                  "returned below");
        return fail(f, err, AS_E_OBJECT_CHANGED);
    }
    return AS_OK;
}

static enum as_status file_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                   size_t *out_len, struct as_error *err)
{
    struct file_stream *f = (struct file_stream *)s;
    if (f->failed != AS_OK) {
        return fail(f, err, f->failed);
    }
    size_t have = 0;
    while (have < len && offset <= INT64_MAX - have) {
        size_t want = len - have < READ_BYTES_MAX ? len - have : READ_BYTES_MAX;
        ssize_t got = pread(f->fd, (char *)buf + have, want, (off_t)(offset + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_errno(f, err, errno);
        }
        if (got == 0) {
            break;
        }
        have += (size_t)got;
    }
    AS_TRY(check_unchanged(f, err));
    *out_len = have;
    return AS_OK;
}

static enum as_status file_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                struct as_error *err)
{
    struct file_stream *f = (struct file_stream *)s;
    size_t got = 0;
    AS_TRY(file_read_at(s, f->position, buf, cap, &got, err));
    if (got == 0 && f->position != (uint64_t)f->first.st_size) {
        AS_IGNORE(as_fail(&f->error, AS_E_OBJECT_CHANGED, "%s: ended at byte %llu of %llu", f->name,
                          (unsigned long long)f->position, (unsigned long long)f->first.st_size),
                  "returned below");
        return fail(f, err, AS_E_OBJECT_CHANGED);
    }
    f->position += got;
    *out_len = got;
    return AS_OK;
}

static enum as_status pipe_wait(struct file_stream *f, struct as_error *err)
{
    for (;;) {
        if (as_cancel_requested(f->cancel)) {
            AS_IGNORE(as_fail(&f->error, AS_E_CANCELLED, "%s: reading was interrupted", f->name),
                      "returned below");
            return fail(f, err, AS_E_CANCELLED);
        }
        struct pollfd p = {.fd = f->fd, .events = POLLIN};
        int ready = poll(&p, 1, POLL_MS);
        if (ready > 0) {
            return AS_OK;
        }
        if (ready < 0 && errno != EINTR) {
            return fail_errno(f, err, errno);
        }
    }
}

static enum as_status pipe_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                struct as_error *err)
{
    struct file_stream *f = (struct file_stream *)s;
    if (f->failed != AS_OK) {
        return fail(f, err, f->failed);
    }
    for (;;) {
        AS_TRY(pipe_wait(f, err));
        ssize_t got = read(f->fd, buf, cap < READ_BYTES_MAX ? cap : READ_BYTES_MAX);
        if (got >= 0) {
            f->position += (size_t)got;
            *out_len = (size_t)got;
            return AS_OK;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return fail_errno(f, err, errno);
        }
    }
}

static void stream_free(struct file_stream *f)
{
    as_free(f->name);
    as_free(f);
}

static void file_close(struct as_stream *s)
{
    struct file_stream *f = (struct file_stream *)s;
    close(f->fd);
    stream_free(f);
}

static void pipe_close(struct as_stream *s)
{
    stream_free((struct file_stream *)s);
}

static enum as_status stream_new(int fd, const char *name, const struct as_stream_ops *ops,
                                 struct file_stream **out, struct as_error *err)
{
    struct file_stream *f = as_calloc(1, sizeof *f);
    char *copy = as_strdup(name);
    if (f == NULL || copy == NULL) {
        as_free(f);
        as_free(copy);
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", name);
    }
    f->base.ops = ops;
    f->fd = fd;
    f->name = copy;
    if (fstat(fd, &f->first) != 0) {
        int saved = errno;
        stream_free(f);
        return as_fail_errno(err, as_file_status_of_errno(saved), saved, "%s: cannot be read",
                             name);
    }
    *out = f;
    return AS_OK;
}

enum as_status as_file_stream_open(int fd, const char *name, struct as_stream **out,
                                   struct as_error *err)
{
    static const struct as_stream_ops ops = {file_read, file_read_at, file_close};
    struct file_stream *f = NULL;
    enum as_status status = stream_new(fd, name, &ops, &f, err);
    if (f == NULL) {
        return status;
    }
    if (!S_ISREG(f->first.st_mode)) {
        stream_free(f);
        return as_fail(err, AS_E_UNSUPPORTED, "%s: is no regular file any more", name);
    }
    AS_IGNORE(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), "advice only");
    *out = &f->base;
    return AS_OK;
}

enum as_status as_file_pipe_open(int fd, const char *name, const struct as_cancel *cancel,
                                 struct as_stream **out, struct as_error *err)
{
    static const struct as_stream_ops ops = {pipe_read, NULL, pipe_close};
    struct file_stream *f = NULL;
    enum as_status status = stream_new(fd, name, &ops, &f, err);
    if (f == NULL) {
        return status;
    }
    f->cancel = cancel;
    *out = &f->base;
    return AS_OK;
}

void as_file_stream_facts(const struct as_stream *s, uint64_t *out_size,
                          int64_t *out_last_modified_ms)
{
    const struct file_stream *f = (const struct file_stream *)s;
    bool regular = s->ops->read_at != NULL;
    *out_size = regular ? (uint64_t)f->first.st_size : f->position;
    *out_last_modified_ms =
        regular ? (int64_t)f->first.st_mtim.tv_sec * 1000 + f->first.st_mtim.tv_nsec / 1000000 : 0;
}
