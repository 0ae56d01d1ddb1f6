/* SPDX-License-Identifier: Apache-2.0
 * Writing the spool, and the folder around it. Records are buffered and written out at each commit
 * at the latest, so that a kill loses nothing that was committed. The spool file is locked
 * (flock): a second run on the same folder is refused, a spool left by a crash is not.
 *
 * Which attempts count is known in memory by what is exceptional: attempts with records and no
 * commit yet (as many as objects in flight) and attempts given up (as many as restarts). So memory
 * does not grow with the number of objects.
 *
 * Invariants: 1 nothing is visible under its final name before all files are on the disk; 2 the
 * summary of an earlier run goes before any of its files is replaced; 3 the spool file goes only
 * when the run's files are in place, or when it is empty; 4 after a failure every call fails alike.
 * Threads: one owner. Tested by tests/unit/io/test_spool.c. */
#include "io/spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define BUFFER_BYTES (256U << 10)
#define MEMORY_MIN (1U << 20)

uint64_t as_spool_hash(uint64_t hash, struct as_slice bytes)
{
    for (size_t at = 0; at < bytes.len; at += AS_SPOOL_PIECE) {
        size_t left = bytes.len - at;
        hash = as_hash64(bytes.ptr + at, left < AS_SPOOL_PIECE ? left : AS_SPOOL_PIECE, hash);
    }
    return hash;
}

uint64_t as_spool_head_hash(const struct as_spool_head *head)
{
    return as_hash64(head, offsetof(struct as_spool_head, head_hash), AS_SPOOL_MAGIC);
}

uint64_t as_spool_body_len(const struct as_spool_head *head)
{
    uint64_t len = head->key_len;
    for (size_t i = 0; i < AS_SPOOL_SECTIONS; i++) {
        if (__builtin_add_overflow(len, head->section_len[i], &len)) {
            return UINT64_MAX;
        }
    }
    return len;
}

static bool is_dir(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/** mkdir -p. *out_made is true when the last part was made. */
static enum as_status make_dir(const char *dir, bool *out_made, struct as_error *err)
{
    char *path AS_CLEANUP(as_free_ptr) = as_strdup(dir);
    if (path == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for the output folder");
    }
    for (size_t i = 1; path[i] != '\0'; i++) {
        if (path[i] == '/' && path[i - 1] != '/') {
            path[i] = '\0';
            int failed = mkdir(path, 0755) == 0 ? 0 : errno;
            if (failed != 0 && !is_dir(path)) {
                return as_fail_errno(err, AS_E_OUTPUT, failed, "cannot make the folder %s", path);
            }
            path[i] = '/';
        }
    }
    *out_made = mkdir(dir, 0700) == 0;
    if (!*out_made && errno != EEXIST) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot make the output folder %s", dir);
    }
    return AS_OK;
}

static enum as_status refuse_used(struct as_spool *s, struct as_error *err)
{
    struct stat info;
    if (fstatat(s->dir_fd, AS_SPOOL_SUMMARY, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        return as_fail(
            err, AS_E_USAGE,
            "%s holds the results of an earlier run: give another folder, or --overwrite", s->dir);
    }
    if (fstatat(s->dir_fd, AS_SPOOL_NAME, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        return as_fail(err, AS_E_USAGE,
                       "%s holds the spool of a run that goes on or did not end: give another "
                       "folder, or --overwrite",
                       s->dir);
    }
    return AS_OK;
}

static enum as_status open_spool_file(struct as_spool *s, struct as_error *err)
{
    s->fd = openat(s->dir_fd, AS_SPOOL_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->fd < 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot create %s", s->path);
    }
    struct stat info; /* no name: the other run ended between open and flock */
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0 || fstat(s->fd, &info) != 0 || info.st_nlink == 0) {
        return as_fail(err, AS_E_USAGE, "another run is writing to %s", s->dir);
    }
    if (ftruncate(s->fd, 0) != 0 || fchmod(s->fd, 0600) != 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot write %s", s->path);
    }
    return AS_OK;
}

static enum as_status open_all(struct as_spool *s, bool overwrite, struct as_error *err)
{
    AS_TRY(make_dir(s->dir, &s->dir_made, err));
    s->dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir_fd < 0) {
        enum as_status status = errno == ENOTDIR ? AS_E_USAGE : AS_E_OUTPUT;
        return as_fail_errno(err, status, errno, "cannot use %s as the output folder", s->dir);
    }
    if (!overwrite) {
        AS_TRY(refuse_used(s, err));
    }
    return open_spool_file(s, err);
}

static bool copy_slice(struct as_slice *slice)
{
    char *copy = as_memdup0(slice->ptr, slice->len);
    *slice = as_slice(copy, copy == NULL ? 0 : slice->len);
    return copy != NULL;
}

static bool copy_files(struct as_spool *s, const struct as_spool_file *files, size_t count)
{
    bool copied = true;
    s->file_count = count;
    for (size_t i = 0; i < count; i++) {
        struct as_spool_file *f = &s->files[i];
        *f = files[i];
        f->name = as_strdup(f->name);
        copied = f->name != NULL && copied;
        struct as_slice *slices[] = {&f->head, &f->between, &f->tail};
        for (size_t k = 0; k < AS_ARRAY_SIZE(slices); k++) { /* all: what is copied is freed */
            copied = copy_slice(slices[k]) && copied;
        }
    }
    return copied;
}

static void free_files(struct as_spool *s)
{
    for (size_t i = 0; i < s->file_count; i++) {
        void *owned[] = {&s->files[i].name, &s->files[i].head.ptr, &s->files[i].between.ptr,
                         &s->files[i].tail.ptr};
        for (size_t k = 0; k < AS_ARRAY_SIZE(owned); k++) {
            as_free_ptr(owned[k]);
        }
    }
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters, of which two are an array */
enum as_status as_spool_open(const char *dir, bool overwrite, const struct as_spool_file *files,
                             size_t file_count, uint64_t memory_bytes, struct as_spool **out,
                             struct as_error *err)
{
    if (dir[0] == '\0') {
        return as_fail(err, AS_E_USAGE, "the output folder has no name");
    }
    if (file_count > AS_SPOOL_SECTIONS) {
        return as_fail(err, AS_E_BUG, "a spool makes at most %u files", AS_SPOOL_SECTIONS);
    }
    struct as_spool *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for the spool");
    }
    s->dir_fd = -1;
    s->fd = -1;
    s->dir = as_strdup(dir);
    s->buffer = as_malloc(BUFFER_BYTES);
    struct as_strbuf path;
    as_strbuf_init(&path, strlen(dir) + sizeof AS_SPOOL_NAME + 1);
    as_strbuf_printf(&path, "%s/%s", dir, AS_SPOOL_NAME);
    s->path = as_strbuf_detach(&path);
    s->memory_bytes = memory_bytes < MEMORY_MIN ? MEMORY_MIN : memory_bytes;
    bool copied = copy_files(s, files, file_count);
    enum as_status status = !copied || s->dir == NULL || s->buffer == NULL || s->path == NULL
                                ? as_fail(err, AS_E_NO_MEMORY, "out of memory for the spool")
                                : open_all(s, overwrite, err);
    if (status != AS_OK) {
        if (s->fd >= 0 && status == AS_E_USAGE) { /* locked by another run: its file stays */
            AS_IGNORE(close(s->fd), "nothing was written");
            s->fd = -1;
        }
        as_spool_close(s);
        return status;
    }
    *out = s;
    return AS_OK;
}

enum as_status as_spool_failed(struct as_spool *s, enum as_status status, struct as_error *err)
{
    if (s->failure.status == AS_OK && err != NULL) {
        s->failure = *err;
    }
    s->failure.status = status;
    return status;
}

/** The first failure again, or AS_OK. */
static enum as_status check_whole(const struct as_spool *s, struct as_error *err)
{
    if (s->failure.status != AS_OK && err != NULL) {
        *err = s->failure;
    }
    return s->failure.status;
}

enum as_status as_spool_flush(struct as_spool *s, struct as_error *err)
{
    size_t len = s->buffered;
    s->buffered = 0;
    if (!as_write_all(s->fd, s->buffer, len)) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot write %s", s->path);
    }
    return AS_OK;
}

static enum as_status put(struct as_spool *s, struct as_slice bytes, struct as_error *err)
{
    if (bytes.len > BUFFER_BYTES - s->buffered) {
        AS_TRY(as_spool_flush(s, err));
    }
    s->end += bytes.len;
    if (bytes.len > BUFFER_BYTES) {
        return as_write_all(s->fd, bytes.ptr, bytes.len)
                   ? AS_OK
                   : as_fail_errno(err, AS_E_OUTPUT, errno, "cannot write %s", s->path);
    }
    if (bytes.len != 0) {
        memcpy(s->buffer + s->buffered, bytes.ptr, bytes.len);
        s->buffered += bytes.len;
    }
    return AS_OK;
}

static enum as_status attempts_push(struct as_spool_attempts *list,
                                    const struct as_spool_attempt *item, struct as_error *err)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : list->cap * 2;
        struct as_spool_attempt *grown = as_realloc(list->items, cap, sizeof *grown);
        if (grown == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory for the spool");
        }
        list->items = grown;
        list->cap = cap;
    }
    list->items[list->count++] = *item;
    return AS_OK;
}

static enum as_status note_open(struct as_spool *s, uint64_t object, uint32_t attempt,
                                struct as_error *err)
{
    for (size_t i = s->open.count; i-- > 0;) {
        if (s->open.items[i].object == object && s->open.items[i].attempt == attempt) {
            return AS_OK;
        }
    }
    struct as_spool_attempt item = {.object = object, .attempt = attempt, .from = s->end};
    return attempts_push(&s->open, &item, err);
}

static enum as_status append(struct as_spool *s, const struct as_spool_head *head,
                             struct as_slice sort_key, const struct as_slice *sections,
                             struct as_error *err)
{
    AS_TRY(note_open(s, head->object, head->attempt, err));
    AS_TRY(put(s, as_slice(head, sizeof *head), err));
    AS_TRY(put(s, sort_key, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(put(s, sections[i], err));
    }
    s->records++;
    return AS_OK;
}

enum as_status as_spool_append(struct as_spool *s, uint64_t object, uint32_t attempt,
                               struct as_slice sort_key, const struct as_slice *sections,
                               struct as_error *err)
{
    struct as_error own = {0};
    err = err == NULL ? &own : err;
    AS_TRY(check_whole(s, err));
    if (sort_key.len > AS_SPOOL_KEY_MAX) {
        return as_fail(err, AS_E_BUG, "a sort key of %zu bytes", sort_key.len);
    }
    struct as_spool_head head = {.magic = AS_SPOOL_MAGIC,
                                 .kind = AS_SPOOL_RECORD,
                                 .object = object,
                                 .attempt = attempt,
                                 .key_len = (uint32_t)sort_key.len};
    head.body_hash = as_spool_hash(0, sort_key);
    for (size_t i = 0; i < s->file_count; i++) {
        head.section_len[i] = sections[i].len;
        head.body_hash = as_spool_hash(head.body_hash, sections[i]);
    }
    head.head_hash = as_spool_head_hash(&head);
    enum as_status status = append(s, &head, sort_key, sections, err);
    return status == AS_OK ? AS_OK : as_spool_failed(s, status, err);
}

/** Takes the attempts of `object` off the open list; all but `attempt` become void. */
static enum as_status close_attempts(struct as_spool *s, uint64_t object, uint32_t attempt,
                                     struct as_error *err)
{
    size_t kept = 0;
    enum as_status status = AS_OK;
    for (size_t i = 0; i < s->open.count && status == AS_OK; i++) {
        struct as_spool_attempt item = s->open.items[i];
        if (item.object != object) {
            s->open.items[kept++] = item;
        } else if (item.attempt != attempt) {
            item.to = s->end;
            status = attempts_push(&s->voided, &item, err);
        }
    }
    s->open.count = kept; /* a failure sticks: the list is not used again */
    return status;
}

enum as_status as_spool_void_open(struct as_spool *s, struct as_error *err)
{
    for (size_t i = 0; i < s->open.count; i++) {
        struct as_spool_attempt item = s->open.items[i];
        item.to = s->end;
        AS_TRY(attempts_push(&s->voided, &item, err));
    }
    s->open.count = 0;
    return AS_OK;
}

enum as_status as_spool_commit(struct as_spool *s, uint64_t object, uint32_t attempt,
                               struct as_error *err)
{
    struct as_error own = {0};
    err = err == NULL ? &own : err;
    AS_TRY(check_whole(s, err));
    struct as_spool_head head = {
        .magic = AS_SPOOL_MAGIC, .kind = AS_SPOOL_COMMIT, .object = object, .attempt = attempt};
    head.head_hash = as_spool_head_hash(&head);
    enum as_status status = put(s, as_slice(&head, sizeof head), err);
    status = status == AS_OK ? as_spool_flush(s, err) : status;
    status = status == AS_OK ? close_attempts(s, object, attempt, err) : status;
    return status == AS_OK ? AS_OK : as_spool_failed(s, status, err);
}

/** Makes the names in the folder durable. */
static enum as_status sync_dir(const struct as_spool *s, struct as_error *err)
{
    if (fsync(s->dir_fd) != 0 && errno != EINVAL) { /* EINVAL: not on this file system */
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot write the folder %s", s->dir);
    }
    return AS_OK;
}

static enum as_status publish_all(struct as_spool *s, struct as_output_file **outputs,
                                  struct as_error *err)
{
    if (unlinkat(s->dir_fd, AS_SPOOL_SUMMARY, 0) != 0 && errno != ENOENT) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot remove the old %s/%s", s->dir,
                             AS_SPOOL_SUMMARY);
    }
    AS_TRY(sync_dir(s, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(as_output_file_publish(outputs[i], err));
    }
    return sync_dir(s, err);
}

static enum as_status finish(struct as_spool *s, struct as_output_file **outputs,
                             struct as_spool_written *written, struct as_error *err)
{
    AS_TRY(as_spool_flush(s, err));
    AS_TRY(as_spool_void_open(s, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(as_output_file_open(s->dir_fd, s->dir, s->files[i].name, &outputs[i], err));
    }
    AS_TRY(as_spool_merge(s, outputs, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(as_output_file_settle(outputs[i], written[i].sha256, &written[i].bytes, err));
    }
    return publish_all(s, outputs, err);
}

enum as_status as_spool_finish(struct as_spool *s, struct as_spool_written *written,
                               struct as_error *err)
{
    struct as_error own = {0};
    err = err == NULL ? &own : err;
    AS_TRY(check_whole(s, err));
    struct as_output_file *outputs[AS_SPOOL_SECTIONS] = {NULL};
    struct as_spool_written done[AS_SPOOL_SECTIONS] = {0};
    enum as_status status = finish(s, outputs, done, err);
    for (size_t i = 0; i < s->file_count; i++) {
        as_output_file_close(outputs[i]);
    }
    if (status != AS_OK) {
        return as_spool_failed(s, status, err);
    }
    memcpy(written, done, s->file_count * sizeof *written);
    s->finished = true;
    return AS_OK;
}

static enum as_status write_file(struct as_spool *s, struct as_output_file *f,
                                 struct as_slice bytes, struct as_error *err)
{
    struct as_spool_written written;
    AS_TRY(as_output_file_write(f, bytes, err));
    AS_TRY(as_output_file_settle(f, written.sha256, &written.bytes, err));
    AS_TRY(as_output_file_publish(f, err));
    return sync_dir(s, err);
}

enum as_status as_spool_write_file(struct as_spool *s, const char *name, struct as_slice bytes,
                                   struct as_error *err)
{
    struct as_error own = {0};
    err = err == NULL ? &own : err;
    AS_TRY(check_whole(s, err));
    struct as_output_file *f = NULL;
    enum as_status status = as_output_file_open(s->dir_fd, s->dir, name, &f, err);
    status = status == AS_OK ? write_file(s, f, bytes, err) : status;
    as_output_file_close(f);
    return status == AS_OK ? AS_OK : as_spool_failed(s, status, err);
}

const char *as_spool_path(const struct as_spool *s)
{
    return s->path;
}

static void close_files(struct as_spool *s, bool whole)
{
    bool goes = s->fd >= 0 && (whole || s->records == 0);
    if (goes) {
        AS_IGNORE(unlinkat(s->dir_fd, AS_SPOOL_NAME, 0), "a stale spool is refused next time");
    }
    const int fds[] = {s->fd, s->dir_fd};
    for (size_t i = 0; i < AS_ARRAY_SIZE(fds); i++) {
        int closed = fds[i] < 0 ? 0 : close(fds[i]);
        AS_IGNORE(closed != 0, "what counts was fsynced");
    }
}

void as_spool_close(struct as_spool *s)
{
    if (s == NULL) {
        return;
    }
    bool whole = s->finished && s->failure.status == AS_OK;
    close_files(s, whole);
    if (s->dir_made && !whole) {
        AS_IGNORE(rmdir(s->dir), "stays when anything is in it");
    }
    free_files(s);
    as_free(s->open.items);
    as_free(s->voided.items);
    as_free(s->buffer);
    as_free(s->path);
    as_free(s->dir);
    as_free(s);
}
