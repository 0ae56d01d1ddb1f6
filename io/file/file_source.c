/* SPDX-License-Identifier: Apache-2.0
 * The source over local files: one file, a folder, or standard input. Choosing the kind is done
 * once, when the source is made; the listing of a folder is file_walk.c, the reading
 * file_stream.c. A TARGET that is itself a symbolic link is followed, since the user named it;
 * links below it are not.
 *
 * Threads: list() on one, open() on any; nothing changes after as_file_source_new but `cancel`,
 * which list() sets before it emits anything, and `stdin_used` (atomic). */
#include "io/file/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "io/file/file_path.h"
#include "io/file/file_stream.h"
#include "io/file/file_walk.h"

enum target_kind { TARGET_FILE, TARGET_FOLDER, TARGET_STDIN };

struct file_source {
    struct as_source base;
    enum target_kind kind;
    char *absolute;    /* path of the target without links; NULL for standard input */
    int root_fd;       /* folders; else -1 */
    struct stat first; /* of the target */
    struct stat skip;  /* of the folder that is left out */
    bool skip_set;
    const struct as_cancel *cancel;
    atomic_bool stdin_used;
};

static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* A redirected file tells how much is left; a pipe tells nothing. */
static uint64_t stdin_size(const struct stat *st)
{
    off_t position = S_ISREG(st->st_mode) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : -1;
    return position >= 0 && st->st_size > position ? (uint64_t)(st->st_size - position) : 0;
}

static enum as_status emit_single(struct file_source *f, const char *key, as_object_fn *emit,
                                  void *context, struct as_error *err)
{
    struct as_object *o = as_object_new(as_slice_of(key));
    if (o == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", f->base.target);
    }
    if (f->kind == TARGET_FILE) {
        as_file_object_describe(o, &f->first);
    } else {
        o->size = stdin_size(&f->first);
        o->size_is_guess = true;
    }
    o->path = as_strdup(f->kind == TARGET_FILE ? f->absolute : "-");
    if (o->path == NULL) {
        as_object_free(o);
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", f->base.target);
    }
    enum as_status status = emit(context, o);
    if (status != AS_OK) {
        as_object_free(o);
        return as_fail(err, status, "%s: listing was stopped", f->base.target);
    }
    return AS_OK;
}

static enum as_status file_list(struct as_source *s, as_object_fn *emit, void *context,
                                const struct as_cancel *cancel, struct as_error *err)
{
    struct file_source *f = (struct file_source *)s;
    f->cancel = cancel;
    if (f->kind == TARGET_STDIN) {
        return emit_single(f, "-", emit, context, err);
    }
    if (f->kind == TARGET_FILE) {
        return emit_single(f, last_component(s->target), emit, context, err);
    }
    struct as_file_walk_options walk = {.root_fd = f->root_fd,
                                        .root_path = f->absolute,
                                        .skip_dev = f->skip.st_dev,
                                        .skip_ino = f->skip.st_ino,
                                        .skip_set = f->skip_set,
                                        .emit = emit,
                                        .context = context,
                                        .cancel = cancel};
    return as_file_walk(&walk, err);
}

static enum as_status open_stdin(struct file_source *f, struct as_stream **out,
                                 struct as_error *err)
{
    if (atomic_exchange(&f->stdin_used, true)) {
        return as_fail(err, AS_E_IO, "-: standard input can be read only once");
    }
    return as_file_pipe_open(STDIN_FILENO, "-", f->cancel, out, err);
}

static enum as_status file_open(struct as_source *s, const struct as_object *object,
                                unsigned attempt, struct as_stream **out, struct as_error *err)
{
    struct file_source *f = (struct file_source *)s;
    (void)attempt;
    if (f->kind == TARGET_STDIN) {
        return open_stdin(f, out, err);
    }
    int fd = f->kind == TARGET_FOLDER
                 ? as_file_open_below(f->root_fd, object->key, false)
                 : open(f->absolute, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return as_fail_errno(err, as_file_status_of_errno(errno), errno, "%s: cannot be opened",
                             object->path);
    }
    enum as_status status = as_file_stream_open(fd, object->path, out, err);
    if (status != AS_OK) {
        close(fd);
    }
    return status;
}

static void file_version(struct as_source *s, const struct as_stream *stream,
                         struct as_object_version *out)
{
    (void)s;
    *out = (struct as_object_version){0};
    as_file_stream_facts(stream, &out->size, &out->last_modified_ms);
}

static void file_free(struct as_source *s)
{
    struct file_source *f = (struct file_source *)s;
    if (f->root_fd >= 0) {
        close(f->root_fd);
    }
    as_free(s->target);
    as_free(s->origin);
    as_free(f->absolute);
    as_free(f);
}

static enum as_status absolute_path(const char *path, char **out, struct as_error *err)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL) {
        int saved = errno;
        return as_fail_errno(err, as_file_status_of_errno(saved), saved, "%s: cannot be read",
                             path);
    }
    *out = as_strdup(resolved);
    return *out == NULL ? as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", path) : AS_OK;
}

static enum as_status open_folder(struct file_source *f, const char *skip_dir, struct as_error *err)
{
    f->kind = TARGET_FOLDER;
    f->root_fd = open(f->absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->root_fd < 0) {
        return as_fail_errno(err, as_file_status_of_errno(errno), errno, "%s: cannot be listed",
                             f->absolute);
    }
    f->skip_set = skip_dir != NULL && stat(skip_dir, &f->skip) == 0;
    if (f->skip_set && f->skip.st_dev == f->first.st_dev && f->skip.st_ino == f->first.st_ino) {
        return as_fail(err, AS_E_USAGE,
                       "%s: is the output folder itself; choose another --output folder",
                       f->absolute);
    }
    return AS_OK;
}

static enum as_status open_path(struct file_source *f, const char *path, const char *skip_dir,
                                struct as_error *err)
{
    AS_TRY(absolute_path(path, &f->absolute, err));
    if (stat(f->absolute, &f->first) != 0) {
        return as_fail_errno(err, as_file_status_of_errno(errno), errno, "%s: cannot be read",
                             path);
    }
    return S_ISDIR(f->first.st_mode) ? open_folder(f, skip_dir, err) : AS_OK;
}

static enum as_status set_up(struct file_source *f, const char *path, const char *skip_dir,
                             struct as_error *err)
{
    struct as_strbuf origin;
    f->base.target = as_strdup(path);
    if (strcmp(path, "-") == 0) {
        f->kind = TARGET_STDIN;
        if (fstat(STDIN_FILENO, &f->first) != 0) {
            return as_fail_errno(err, AS_E_IO, errno, "-: standard input is closed");
        }
    } else {
        AS_TRY(open_path(f, path, skip_dir, err));
    }
    f->base.single = f->kind != TARGET_FOLDER;
    as_strbuf_init(&origin, 1 << 20);
    as_strbuf_puts(&origin, "file");
    as_strbuf_puts(&origin, f->absolute == NULL ? "-" : f->absolute);
    f->base.origin = as_strbuf_detach(&origin);
    if (f->base.origin == NULL || f->base.target == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", path);
    }
    return AS_OK;
}

enum as_status as_file_source_new(const char *path, const char *skip_dir, struct as_source **out,
                                  struct as_error *err)
{
    static const struct as_source_ops ops = {file_list, file_open, file_version, file_free};
    struct file_source *f = as_calloc(1, sizeof *f);
    if (f == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", path);
    }
    f->base.ops = &ops;
    f->base.origin_kind = AS_ORIGIN_FILE;
    f->root_fd = -1;
    f->kind = TARGET_FILE;
    enum as_status status = set_up(f, path, skip_dir, err);
    if (status != AS_OK) {
        file_free(&f->base);
        return status;
    }
    *out = &f->base;
    return AS_OK;
}
