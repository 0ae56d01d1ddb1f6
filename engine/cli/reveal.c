/* SPDX-License-Identifier: Apache-2.0
 * See reveal.h. Lines go to a new file beside FILE, which takes its name when the run has ended: no
 * file that stands is ever emptied, whatever names it has, and one that --overwrite replaces stays
 * when the run fails. A FILE that is a TARGET, or is below one or below the output folder, is
 * refused, since it would be taken for input or for a result. A run that is killed leaves the file
 * beside. Lines come in the order in which objects are read, those of one text ascending.
 *
 * The buffer is wiped when it is freed. Threads: as_revealed_fn's promise, one call at a time. */
#include "cli/reveal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "cli/console.h"
#include "cli/width.h"
#include "findings/json_doc.h"

#define FLUSH_BYTES (64U << 10)
#define LINE_BYTES_MAX (1U << 20) /* a value, its escapes, a key and a member's path */

struct as_reveal {
    bool terminal;
    int fd; /* -1: no file */
    int dir_fd;
    const char *path;
    const char *name; /* within `path` */
    bool overwrite;
    char partial[48];       /* the file beside; empty: there is none */
    struct as_strbuf lines; /* not yet written */
};

static void name_object(const struct as_revealed *v, struct as_strbuf *out)
{
    if (v->bucket != NULL) {
        as_strbuf_printf(out, "s3://%s/", v->bucket);
        as_strbuf_append(out, v->key.ptr, v->key.len);
    } else {
        as_strbuf_puts(out, v->path != NULL ? v->path : "-");
    }
}

static enum as_status flush(struct as_reveal *r)
{
    const char *at = r->lines.ptr;
    size_t left = r->lines.len;
    while (left != 0) {
        ssize_t n = write(r->fd, at, left);
        if (n < 0 && errno != EINTR) {
            return AS_E_OUTPUT;
        }
        at += n < 0 ? 0 : n;
        left -= n < 0 ? 0 : (size_t)n;
    }
    as_strbuf_reset(&r->lines);
    return AS_OK;
}

static enum as_status to_file(struct as_reveal *r, const struct as_revealed *v)
{
    struct as_doc d;
    struct as_strbuf object;
    as_strbuf_init(&object, LINE_BYTES_MAX);
    name_object(v, &object);
    as_doc_init(&d, false);
    as_doc_bytes(&d, d.root, "object", as_strbuf_view(&object));
    if (v->restarted) {
        as_doc_bool(&d, d.root, "restarted", true);
    } else {
        as_doc_text(&d, d.root, "member", v->member_path[0] == '\0' ? NULL : v->member_path);
        as_doc_text(&d, d.root, "type", v->type);
        as_doc_number(&d, d.root, "start", v->start);
        as_doc_number(&d, d.root, "end", v->end);
        as_doc_bytes(&d, d.root, "text", v->text);
        if (v->cut) {
            as_doc_bool(&d, d.root, "cut", true);
        }
    }
    as_strbuf_fini(&object);
    AS_TRY(as_doc_finish(&d, &r->lines));
    as_strbuf_putc(&r->lines, '\n');
    if (r->lines.failed) {
        return AS_E_NO_MEMORY;
    }
    return r->lines.len < FLUSH_BYTES ? AS_OK : flush(r);
}

static enum as_status to_terminal(const struct as_revealed *v)
{
    struct as_strbuf line;
    struct as_strbuf object;
    as_strbuf_init(&line, LINE_BYTES_MAX);
    as_strbuf_init(&object, LINE_BYTES_MAX);
    name_object(v, &object);
    as_text_show(&line, as_strbuf_view(&object), SIZE_MAX);
    as_strbuf_fini(&object);
    if (v->restarted) {
        as_strbuf_puts(&line, ": changed while it was read; it is read again\n");
    } else {
        if (v->member_path[0] != '\0') {
            as_strbuf_puts(&line, "!/");
            as_text_show(&line, as_slice_of(v->member_path), SIZE_MAX);
        }
        as_strbuf_printf(&line, ":%" PRIu64 ":%" PRIu64 "  %s  ", v->line, v->line_column, v->type);
        as_text_show(&line, v->text, SIZE_MAX);
        as_strbuf_puts(&line, v->cut ? "...\n" : "\n");
    }
    enum as_status status = as_console_write(STDOUT_FILENO, &line);
    as_strbuf_fini(&line);
    return status;
}

static enum as_status on_revealed(void *context, const struct as_revealed *v)
{
    struct as_reveal *r = context;
    if (r->terminal) {
        AS_TRY(to_terminal(v));
    }
    return r->fd < 0 ? AS_OK : to_file(r, v);
}

/* The folder that `path` stands in, resolved. */
static bool resolve_folder(const char *path, char out[PATH_MAX])
{
    AS_CLEANUP(as_free_ptr) char *folder = as_strdup(path);
    if (folder == NULL) {
        return false;
    }
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        return realpath(".", out) != NULL;
    }
    slash[slash == folder ? 1 : 0] = '\0';
    return realpath(folder, out) != NULL;
}

static bool stands_below(const char *folder, const char *root)
{
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    return strncmp(folder, root, len) == 0 && (folder[len] == '/' || folder[len] == '\0');
}

static enum as_status check_target(const char *target, const char *path, const char *folder,
                                   const struct stat *file, struct as_error *err)
{
    char resolved[PATH_MAX];
    struct stat info;
    bool is_stdin = strcmp(target, "-") == 0;
    if (file != NULL && (is_stdin ? fstat(STDIN_FILENO, &info) : stat(target, &info)) == 0 &&
        info.st_dev == file->st_dev && info.st_ino == file->st_ino) {
        return as_fail(err, AS_E_USAGE, "--reveal-to %s: is the TARGET %s; choose another place",
                       path, target);
    }
    if (!is_stdin && realpath(target, resolved) != NULL && stands_below(folder, resolved)) {
        return as_fail(err, AS_E_USAGE,
                       "--reveal-to %s: stands below the TARGET %s and would be scanned; "
                       "choose another place",
                       path, target);
    }
    return AS_OK;
}

/* `file` is what stands at the path; NULL: nothing. */
static enum as_status check_place(const struct as_settings *s, const char *folder,
                                  const struct stat *file, struct as_error *err)
{
    const char *path = s->reveal_to;
    char output[PATH_MAX];
    for (uint32_t i = 0; i < s->run.target_count; i++) {
        AS_TRY(check_target(s->run.targets[i], path, folder, file, err));
    }
    if (s->run.output_dir != NULL && realpath(s->run.output_dir, output) != NULL &&
        stands_below(folder, output)) {
        return as_fail(err, AS_E_USAGE,
                       "--reveal-to %s: stands below the output folder %s, which holds no matched "
                       "text; choose another place",
                       path, s->run.output_dir);
    }
    if (file != NULL && !s->run.overwrite) {
        return as_fail(err, AS_E_USAGE, "--reveal-to %s: exists; --overwrite replaces it", path);
    }
    if (file != NULL && !S_ISREG(file->st_mode)) {
        return as_fail(err, AS_E_USAGE, "--reveal-to %s: is no regular file", path);
    }
    return AS_OK;
}

static enum as_status open_file(struct as_reveal *r, const struct as_settings *s,
                                struct as_error *err)
{
    char folder[PATH_MAX];
    struct stat info;
    const char *slash = strrchr(r->path, '/');
    r->name = slash == NULL ? r->path : slash + 1;
    if (!resolve_folder(r->path, folder)) {
        return as_fail_errno(err, AS_E_USAGE, errno, "--reveal-to %s: no such folder", r->path);
    }
    if (r->name[0] == '\0') {
        return as_fail(err, AS_E_USAGE, "--reveal-to %s: names no file", r->path);
    }
    r->dir_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (r->dir_fd < 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "--reveal-to %s: cannot be written", r->path);
    }
    bool stands = fstatat(r->dir_fd, r->name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (!stands && errno != ENOENT) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "--reveal-to %s: cannot be written", r->path);
    }
    AS_TRY(check_place(s, folder, stands ? &info : NULL, err));
    char partial[sizeof r->partial];
    AS_IGNORE(snprintf(partial, sizeof partial, ".assay-reveal-%016" PRIx64 ".partial",
                       as_random64()) < 0,
              "it fits");
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    r->fd = openat(r->dir_fd, partial, flags, 0600);
    if (r->fd < 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "--reveal-to %s: cannot be written", r->path);
    }
    memcpy(r->partial, partial, sizeof partial);
    return AS_OK;
}

/* Gives the file its name. Without --overwrite nothing is replaced that came there meanwhile; of a
 * file system that cannot promise this, the name is looked up just before. */
static enum as_status publish(struct as_reveal *r, struct as_error *err)
{
    unsigned int flags = r->overwrite ? 0 : RENAME_NOREPLACE;
    int failed = renameat2(r->dir_fd, r->partial, r->dir_fd, r->name, flags);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
        struct stat info;
        errno = EEXIST;
        if (r->overwrite || fstatat(r->dir_fd, r->name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
            failed = renameat(r->dir_fd, r->partial, r->dir_fd, r->name);
        }
    }
    if (failed != 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "--reveal-to %s: cannot be given its name",
                             r->path);
    }
    r->partial[0] = '\0';
    return AS_OK;
}

static void reveal_free(struct as_reveal *r)
{
    if (r->partial[0] != '\0') {
        AS_IGNORE(unlinkat(r->dir_fd, r->partial, 0) != 0, "nothing more can be done about it");
    }
    if (r->fd >= 0) {
        AS_IGNORE(close(r->fd) != 0, "what was written is checked before");
    }
    if (r->dir_fd >= 0) {
        AS_IGNORE(close(r->dir_fd) != 0, "nothing is written to a folder");
    }
    if (r->lines.ptr != NULL) {
        explicit_bzero(r->lines.ptr, r->lines.len);
    }
    as_strbuf_fini(&r->lines);
    as_free(r);
}

enum as_status as_reveal_open(struct as_settings *settings, struct as_reveal **out,
                              struct as_error *err)
{
    *out = NULL;
    if (!settings->reveal && settings->reveal_to == NULL) {
        return AS_OK;
    }
    if (settings->reveal && isatty(STDOUT_FILENO) != 1) {
        return as_fail(err, AS_E_USAGE,
                       "--reveal shows matched text on a terminal only; --reveal-to FILE writes it "
                       "to a file");
    }
    if (settings->run.redact_names) {
        return as_fail(err, AS_E_USAGE,
                       "--redact-names masks names, --reveal and --reveal-to show values: choose");
    }
    struct as_reveal *r = as_calloc(1, sizeof *r);
    if (r == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    r->terminal = settings->reveal;
    r->fd = -1;
    r->dir_fd = -1;
    r->overwrite = settings->run.overwrite;
    r->path = settings->reveal_to;
    as_strbuf_init(&r->lines, FLUSH_BYTES + LINE_BYTES_MAX);
    enum as_status status = r->path == NULL ? AS_OK : open_file(r, settings, err);
    if (status != AS_OK) {
        reveal_free(r);
        return status;
    }
    settings->run.on_revealed = on_revealed;
    settings->run.revealed_context = r;
    *out = r;
    return AS_OK;
}

void as_reveal_discard(struct as_reveal *r)
{
    if (r != NULL) {
        reveal_free(r);
    }
}

enum as_status as_reveal_close(struct as_reveal *r, struct as_error *err)
{
    if (r == NULL) {
        return AS_OK;
    }
    enum as_status status = AS_OK;
    if (r->fd >= 0) {
        status = flush(r);
        if (status == AS_OK && fsync(r->fd) != 0 && errno != EINVAL) {
            status = AS_E_OUTPUT;
        }
        status = status == AS_OK
                     ? publish(r, err)
                     : as_fail(err, status, "--reveal-to %s: cannot be written in full", r->path);
    }
    reveal_free(r);
    return status;
}
