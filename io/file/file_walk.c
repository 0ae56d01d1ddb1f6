/* SPDX-License-Identifier: Apache-2.0
 * The walk over a folder.
 *
 * Order. Keys are paths relative to the folder, and they leave in byte order of the whole key, as
 * S3 lists them. Sorting each folder's names with "/" after those of folders gives just that:
 * "a-b" < "a/b" since '-' < '/', and everything below "a/" shares that prefix.
 *
 * Memory. A folder may hold millions of names. Each level keeps a window: the smallest names that
 * come after the last one used, at most `window` bytes of them. When a window is used up and names
 * were left out, the folder is read again for the next window. While reading, a full window is
 * sorted and its upper half dropped; from then on anything above what stayed is passed over. So
 * memory is bounded by the sum over the levels (4 MiB for the first four, half of that for the next
 * four, … never less than 64 KiB: below 48 MiB at the greatest depth, a few KiB in ordinary trees).
 *
 * Honesty. Nothing vanishes: a folder that cannot be opened or read, or lies too deep, leaves as an
 * object named "folder/" with a skip reason; a name that disappears between readdir and fstatat
 * leaves with SOURCE_OBJECT_NO_LONGER_AVAILABLE. Symbolic links are emitted and not followed, so
 * there are no cycles. Names are bytes; no locale or encoding is consulted.
 *
 * Threads: one. Test: tests/unit/io/test_file_source.c. */
#include "io/file/file_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/reason.h"
#include "base/strbuf.h"
#include "io/file/file_path.h"

#define WINDOW_BYTES ((size_t)4 << 20)
#define WINDOW_LEAST ((size_t)64 << 10)
#define KEY_BYTES_MAX ((size_t)1 << 20)
#define NAME_BYTES_MAX 4096U

struct name {
    char *text; /* a folder's ends in '/'; owned */
    size_t len;
};

struct level {
    DIR *dir;
    size_t key_len; /* of the walk's key, this folder's '/' included */
    struct name *names;
    size_t count;
    size_t capacity;
    size_t next;
    size_t bytes;
    size_t window;
    bool more;      /* names beyond the window were passed over */
    char *after;    /* names up to this one are done; NULL at first */
    int read_errno; /* readdir failed */
};

struct walk {
    const struct as_file_walk_options *o;
    struct as_error *err;
    struct as_strbuf key;
    struct level levels[AS_FILE_DEPTH_MAX];
    unsigned depth; /* levels in use */
};

void as_file_object_describe(struct as_object *o, const struct stat *st)
{
    o->size = st->st_size < 0 ? 0 : (uint64_t)st->st_size;
    o->last_modified_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
    if (S_ISLNK(st->st_mode)) {
        o->skip_reason = AS_REASON_SYMBOLIC_LINK_NOT_FOLLOWED;
    } else if (!S_ISREG(st->st_mode)) {
        o->skip_reason = AS_REASON_UNSUPPORTED_FILE_KIND;
        o->size = 0;
    }
}

static enum as_status no_memory(struct walk *w)
{
    return as_fail(w->err, AS_E_NO_MEMORY, "%s: out of memory while listing", w->o->root_path);
}

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a;
    const struct name *y = b;
    return as_slice_compare(as_slice(x->text, x->len), as_slice(y->text, y->len));
}

static void drop_names(struct level *l, size_t from)
{
    for (size_t i = from; i < l->count; i++) {
        l->bytes -= l->names[i].len + sizeof l->names[i];
        as_free(l->names[i].text);
    }
    l->count = from;
}

/* Sorts what is there and drops the upper half when the window is full. */
static void trim_window(struct level *l)
{
    if (l->bytes > l->window && l->count > 1) {
        qsort(l->names, l->count, sizeof *l->names, compare_names);
        drop_names(l, (l->count + 1) / 2);
        l->more = true;
    }
}

static bool beyond_window(const struct level *l, struct as_slice name, const struct name *bound)
{
    return l->more && bound->text != NULL &&
           as_slice_compare(name, as_slice(bound->text, bound->len)) > 0;
}

static bool add_name(struct level *l, const char *text, size_t len)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity == 0 ? 16 : l->capacity * 2;
        struct name *grown = as_realloc(l->names, capacity, sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        l->names = grown;
        l->capacity = capacity;
    }
    char *copy = as_memdup0(text, len);
    if (copy == NULL) {
        return false;
    }
    l->names[l->count++] = (struct name){copy, len};
    l->bytes += len + sizeof *l->names;
    return true;
}

static bool is_folder(const struct level *l, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN) {
        return entry->d_type == DT_DIR;
    }
    struct stat st;
    return fstatat(dirfd(l->dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st.st_mode);
}

/* The name as it is sorted: with '/' when it is a folder. 0 for "." and "..". */
static size_t sort_name(const struct level *l, const struct dirent *entry, char out[NAME_BYTES_MAX])
{
    size_t len = strlen(entry->d_name);
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
        len > NAME_BYTES_MAX - 2) {
        return 0;
    }
    memcpy(out, entry->d_name, len + 1);
    if (is_folder(l, entry)) {
        out[len++] = '/';
        out[len] = '\0';
    }
    return len;
}

/* Fills the level with the next window of names, sorted. */
static enum as_status load_window(struct walk *w, struct level *l)
{
    drop_names(l, 0);
    l->next = 0;
    l->more = false;
    struct name bound = {NULL, 0};
    rewinddir(l->dir);
    for (;;) {
        errno = 0;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no two threads share a DIR (POSIX, readdir) */
        const struct dirent *entry = readdir(l->dir);
        if (entry == NULL) {
            l->read_errno = errno;
            break;
        }
        char text[NAME_BYTES_MAX];
        size_t len = sort_name(l, entry, text);
        if (len == 0 || (l->after != NULL &&
                         as_slice_compare(as_slice(text, len), as_slice_of(l->after)) <= 0)) {
            continue;
        }
        if (beyond_window(l, as_slice(text, len), &bound)) {
            continue;
        }
        if (!add_name(l, text, len)) {
            return no_memory(w);
        }
        if (l->bytes > l->window) {
            trim_window(l);
            bound = l->names[l->count - 1];
        }
    }
    if (l->count != 0) {
        qsort(l->names, l->count, sizeof *l->names, compare_names);
    }
    return AS_OK;
}

static void leave_level(struct walk *w)
{
    struct level *l = &w->levels[--w->depth];
    drop_names(l, 0);
    as_free(l->names);
    as_free(l->after);
    if (l->dir != NULL) {
        closedir(l->dir);
    }
    *l = (struct level){0};
}

/* Takes `fd`. */
static enum as_status enter_level(struct walk *w, int fd)
{
    struct level *l = &w->levels[w->depth];
    size_t window = w->o->window_bytes == 0 ? WINDOW_BYTES : w->o->window_bytes;
    size_t least = window < WINDOW_LEAST ? window : WINDOW_LEAST;
    unsigned shift = w->depth / 4;
    *l = (struct level){.key_len = w->key.len, .window = shift < 32 ? window >> shift : 0};
    if (l->window < least) {
        l->window = least;
    }
    l->dir = fdopendir(fd);
    if (l->dir == NULL) {
        close(fd);
        return no_memory(w);
    }
    w->depth++;
    return load_window(w, l);
}

/* Emits the object named by the walk's key. */
static enum as_status emit(struct walk *w, const struct stat *st, enum as_reason reason)
{
    struct as_object *o = as_object_new(as_strbuf_view(&w->key));
    if (o == NULL) {
        return no_memory(w);
    }
    struct as_strbuf path;
    as_strbuf_init(&path, KEY_BYTES_MAX * 2);
    as_strbuf_puts(&path, w->o->root_path);
    if (path.len == 0 || path.ptr[path.len - 1] != '/') {
        as_strbuf_putc(&path, '/');
    }
    as_strbuf_append(&path, w->key.ptr, w->key.len);
    o->path = as_strbuf_detach(&path);
    if (o->path == NULL) {
        as_object_free(o);
        return no_memory(w);
    }
    if (st != NULL) {
        as_file_object_describe(o, st);
    }
    if (reason != AS_REASON_NONE) {
        o->skip_reason = (int)reason;
    }
    enum as_status status = w->o->emit(w->o->context, o);
    if (status != AS_OK) {
        as_object_free(o);
        return as_fail(w->err, status, "%s: listing was stopped", w->o->root_path);
    }
    return AS_OK;
}

static enum as_status emit_unlisted(struct walk *w, int sys_errno)
{
    return emit(w, NULL, as_reason_of_status(as_file_status_of_errno(sys_errno)));
}

/* The walk's key is the folder's, with '/'. `name` is it in its parent. */
static enum as_status visit_folder(struct walk *w, const struct level *parent, const char *name,
                                   size_t len)
{
    if (w->depth == AS_FILE_DEPTH_MAX) {
        return emit(w, NULL, AS_REASON_SOURCE_READ_ERROR);
    }
    int fd = as_file_open_below(dirfd(parent->dir), as_slice(name, len - 1), true);
    if (fd < 0) {
        return emit_unlisted(w, errno);
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        int saved = errno;
        close(fd);
        return emit_unlisted(w, saved);
    }
    if (w->o->skip_set && st.st_dev == w->o->skip_dev && st.st_ino == w->o->skip_ino) {
        close(fd);
        return AS_OK;
    }
    return enter_level(w, fd);
}

static enum as_status visit(struct walk *w, const struct level *l, const char *name, size_t len)
{
    w->key.len = l->key_len;
    as_strbuf_append(&w->key, name, len);
    if (w->key.failed) {
        return no_memory(w);
    }
    if (name[len - 1] == '/') {
        return visit_folder(w, l, name, len);
    }
    struct stat st;
    if (fstatat(dirfd(l->dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return emit_unlisted(w, errno);
    }
    return emit(w, &st, AS_REASON_NONE);
}

/* The window is used up: load the next one, or end the level. */
static enum as_status next_window(struct walk *w, struct level *l)
{
    if (l->read_errno != 0) {
        int saved = l->read_errno;
        w->key.len = l->key_len;
        leave_level(w);
        if (w->key.len == 0) {
            return as_fail_errno(w->err, AS_E_IO, saved, "%s: listing broke off", w->o->root_path);
        }
        return emit_unlisted(w, saved);
    }
    if (!l->more) {
        leave_level(w);
        return AS_OK;
    }
    as_free(l->after);
    l->after = l->names[l->count - 1].text;
    l->names[l->count - 1].text = NULL;
    return load_window(w, l);
}

static enum as_status step(struct walk *w, struct level *l)
{
    if (as_cancel_requested(w->o->cancel)) {
        return as_fail(w->err, AS_E_CANCELLED, "%s: listing was interrupted", w->o->root_path);
    }
    if (l->next == l->count) {
        return next_window(w, l);
    }
    const struct name *n = &l->names[l->next++];
    return visit(w, l, n->text, n->len);
}

static enum as_status run(struct walk *w)
{
    while (w->depth != 0) {
        AS_TRY(step(w, &w->levels[w->depth - 1]));
    }
    return AS_OK;
}

enum as_status as_file_walk(const struct as_file_walk_options *options, struct as_error *err)
{
    struct walk *w = as_calloc(1, sizeof *w);
    if (w == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory while listing", options->root_path);
    }
    w->o = options;
    w->err = err;
    as_strbuf_init(&w->key, KEY_BYTES_MAX);
    /* A descriptor of its own, for its position is the listing's. */
    int fd = openat(options->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum as_status status;
    if (fd < 0) {
        status = as_fail_errno(err, as_file_status_of_errno(errno), errno, "%s: cannot be listed",
                               options->root_path);
    } else {
        status = enter_level(w, fd);
    }
    if (status == AS_OK) {
        status = run(w);
    }
    while (w->depth != 0) {
        leave_level(w);
    }
    as_strbuf_fini(&w->key);
    as_free(w);
    return status;
}
