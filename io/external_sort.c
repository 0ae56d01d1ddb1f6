/* SPDX-License-Identifier: Apache-2.0
 * An external merge sort.
 *
 *     add ─▶ index (in memory) ─full─▶ run, run, run … (one file, extents in memory)
 *              │ all fitted                  │ 64 at a time, until 64 or fewer are left
 *              └────────▶ values in order ◀──┘
 *
 * The index is one block: entries grow from its front, keys from its back. When runs are merged the
 * block is freed and the readers' buffers take its place. The run file is unlinked as soon as it is
 * open, so no failure leaves it behind. Tested by tests/unit/io/test_spool.c. */
#include "io/external_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file_window.h"
#include "io/output_file.h"

#define FAN_IN 64U
#define INDEX_BYTES_MIN (256U << 10)
#define INDEX_BYTES_MAX (1U << 30)
#define RUN_PIECE (64U << 10)
#define RUN_BUFFER_MAX (256U << 10)
#define RUN_BUFFER_MIN (4U << 10)
#define RUNS_NAME ".assay-spool-runs"

struct entry {
    uint64_t value;
    uint32_t key_at;
    uint32_t key_len;
};

struct index {
    uint8_t *block;
    size_t cap;
    size_t count;
    size_t keys; /* keys occupy [keys, cap) */
};

struct extent {
    uint64_t from;
    uint64_t to;
};

struct as_sorter {
    int dir_fd;
    const char *dir;
    as_sorted_fn *emit; /* while draining */
    void *context;
    struct index index;
    int runs_fd; /* -1 until it is needed; the file has no name any more */
    uint64_t runs_end;
    struct extent *runs;
    size_t run_count;
    size_t run_cap;
    uint8_t *run_buffer; /* of the run being written */
    size_t run_buffered;
};

static struct entry *entries(const struct index *x)
{
    return (struct entry *)(void *)x->block;
}

static bool index_add(struct index *x, uint64_t value, struct as_slice key)
{
    size_t used = (x->count + 1) * sizeof(struct entry);
    if (used > x->keys || x->keys - used < key.len) {
        return false;
    }
    x->keys -= key.len;
    if (key.len != 0) {
        memcpy(x->block + x->keys, key.ptr, key.len);
    }
    entries(x)[x->count++] =
        (struct entry){.value = value, .key_at = (uint32_t)x->keys, .key_len = (uint32_t)key.len};
    return true;
}

static int entry_order(const void *a, const void *b, void *block)
{
    const struct entry *x = a;
    const struct entry *y = b;
    const uint8_t *keys = block;
    int order = as_slice_compare(as_slice(keys + x->key_at, x->key_len),
                                 as_slice(keys + y->key_at, y->key_len));
    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

static void index_sort(struct index *x)
{
    qsort_r(x->block, x->count, sizeof(struct entry), entry_order, x->block);
}

/* ---- runs: ( value u64 | key length u32 | key )* ---- */

#define RUN_HEAD 12U

static enum as_status run_flush(struct as_sorter *s, struct as_error *err)
{
    size_t len = s->run_buffered;
    s->run_buffered = 0;
    return as_write_all(s->runs_fd, s->run_buffer, len)
               ? AS_OK
               : as_fail_errno(err, AS_E_OUTPUT, errno, "cannot write %s/%s", s->dir, RUNS_NAME);
}

static enum as_status run_put(struct as_sorter *s, const void *bytes, size_t len,
                              struct as_error *err)
{
    const uint8_t *p = bytes;
    enum as_status status = AS_OK;
    s->runs_end += len;
    while (len > 0 && status == AS_OK) {
        size_t room = RUN_PIECE - s->run_buffered;
        size_t now = len < room ? len : room;
        memcpy(s->run_buffer + s->run_buffered, p, now);
        s->run_buffered += now;
        p += now;
        len -= now;
        if (s->run_buffered == RUN_PIECE) {
            status = run_flush(s, err);
        }
    }
    return status;
}

static enum as_status run_put_entry(struct as_sorter *s, uint64_t value, struct as_slice key,
                                    struct as_error *err)
{
    uint8_t head[RUN_HEAD];
    uint32_t key_len = (uint32_t)key.len;
    memcpy(head, &value, sizeof value);
    memcpy(head + sizeof value, &key_len, sizeof key_len);
    AS_TRY(run_put(s, head, sizeof head, err));
    return run_put(s, key.ptr, key.len, err);
}

static enum as_status runs_open(struct as_sorter *s, struct as_error *err)
{
    s->run_buffer = as_malloc(RUN_PIECE);
    if (s->run_buffer == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
    }
    int dir_fd = s->dir_fd;
    AS_IGNORE(unlinkat(dir_fd, RUNS_NAME, 0), "only a crash leaves one");
    s->runs_fd = openat(dir_fd, RUNS_NAME,
                        O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0600);
    if (s->runs_fd < 0 || unlinkat(dir_fd, RUNS_NAME, 0) != 0) {
        return as_fail_errno(err, AS_E_OUTPUT, errno, "cannot create %s/%s", s->dir, RUNS_NAME);
    }
    return AS_OK;
}

/** Ends the run that began at `from`. */
static enum as_status run_end(struct as_sorter *s, uint64_t from, struct as_error *err)
{
    AS_TRY(run_flush(s, err));
    if (s->run_count == s->run_cap) {
        size_t cap = s->run_cap == 0 ? FAN_IN : s->run_cap * 2;
        struct extent *grown = as_realloc(s->runs, cap, sizeof *grown);
        if (grown == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
        }
        s->runs = grown;
        s->run_cap = cap;
    }
    s->runs[s->run_count++] = (struct extent){.from = from, .to = s->runs_end};
    return AS_OK;
}

/** The index becomes a run and is empty. */
static enum as_status index_to_run(struct as_sorter *s, struct as_error *err)
{
    struct index *x = &s->index;
    if (s->runs_fd < 0) {
        AS_TRY(runs_open(s, err));
    }
    index_sort(x);
    uint64_t from = s->runs_end;
    for (size_t i = 0; i < x->count; i++) {
        const struct entry *e = &entries(x)[i];
        AS_TRY(run_put_entry(s, e->value, as_slice(x->block + e->key_at, e->key_len), err));
    }
    x->count = 0;
    x->keys = x->cap;
    return run_end(s, from, err);
}

/* ---- k-way merge of runs ---- */

struct run_reader {
    struct as_file_window window;
    uint64_t at;
    uint64_t to;
    uint64_t value; /* the current entry */
    uint32_t key_len;
    uint8_t *key; /* AS_SORT_KEY_MAX at the most, grown on demand */
    uint32_t key_cap;
};

static enum as_status reader_copy(struct run_reader *r, void *out, size_t len, struct as_error *err)
{
    uint8_t *to = out;
    while (len > 0) {
        size_t now = len < r->window.cap ? len : r->window.cap;
        uint64_t left = r->to - r->at;
        r->window.ahead = left < r->window.cap ? (size_t)left : r->window.cap;
        const uint8_t *p;
        AS_TRY(as_file_window_get(&r->window, r->at, now, &p, err));
        memcpy(to, p, now);
        to += now;
        r->at += now;
        len -= now;
    }
    return AS_OK;
}

/** The next entry; *out_more is false at the end. */
static enum as_status reader_next(struct run_reader *r, bool *out_more, struct as_error *err)
{
    if (r->at == r->to) {
        *out_more = false;
        return AS_OK;
    }
    uint8_t head[RUN_HEAD];
    AS_TRY(reader_copy(r, head, sizeof head, err));
    memcpy(&r->value, head, sizeof r->value);
    memcpy(&r->key_len, head + sizeof r->value, sizeof r->key_len);
    if (r->key_len > AS_SORT_KEY_MAX || r->key_len > r->to - r->at) {
        return as_file_damaged(r->window.path, r->at, err);
    }
    if (r->key_len > r->key_cap || r->key == NULL) {
        uint32_t cap = r->key_len < 256 ? 256 : r->key_len;
        uint8_t *grown = as_realloc(r->key, cap, 1);
        if (grown == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
        }
        r->key = grown;
        r->key_cap = cap;
    }
    *out_more = true;
    return reader_copy(r, r->key, r->key_len, err);
}

static bool reader_before(const struct run_reader *a, const struct run_reader *b)
{
    int order = as_slice_compare(as_slice(a->key, a->key_len), as_slice(b->key, b->key_len));
    return order < 0 || (order == 0 && a->value < b->value);
}

/** heap[0] moved down to its place; the smallest stands first. */
static void heap_down(struct run_reader **heap, size_t count)
{
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child < count && child <= 2 * at + 2; child++) {
            if (reader_before(heap[child], heap[least])) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        struct run_reader *swap = heap[least];
        heap[least] = heap[at];
        heap[at] = swap;
        at = least;
    }
}

static void heap_up(struct run_reader **heap, size_t at)
{
    while (at > 0 && reader_before(heap[at], heap[(at - 1) / 2])) {
        struct run_reader *swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static enum as_status readers_drain(struct as_sorter *s, struct run_reader *readers, size_t count,
                                    bool last, struct as_error *err)
{
    struct run_reader *heap[FAN_IN];
    size_t live = 0;
    for (size_t i = 0; i < count; i++) {
        bool more = false;
        AS_TRY(reader_next(&readers[i], &more, err));
        if (more) {
            heap[live] = &readers[i];
            heap_up(heap, live++);
        }
    }
    while (live > 0) {
        struct run_reader *r = heap[0];
        AS_TRY(last ? s->emit(s->context, r->value, err)
                    : run_put_entry(s, r->value, as_slice(r->key, r->key_len), err));
        bool more = false;
        AS_TRY(reader_next(r, &more, err));
        if (!more) {
            heap[0] = heap[--live];
        }
        heap_down(heap, live);
    }
    return AS_OK;
}

/** Merges runs [first, first + count): into a new run, or into the receiver when it is the `last`
 * merge. */
static enum as_status merge_runs(struct as_sorter *s, size_t first, size_t count, bool last,
                                 struct as_error *err)
{
    size_t share = s->index.cap / FAN_IN;
    share = share > RUN_BUFFER_MAX   ? RUN_BUFFER_MAX
            : share < RUN_BUFFER_MIN ? RUN_BUFFER_MIN
                                     : share;
    struct run_reader *readers AS_CLEANUP(as_free_ptr) = as_calloc(count, sizeof *readers);
    uint8_t *buffers AS_CLEANUP(as_free_ptr) = as_malloc(count * share);
    if (readers == NULL || buffers == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
    }
    for (size_t i = 0; i < count; i++) {
        readers[i] = (struct run_reader){.window = {.fd = s->runs_fd,
                                                    .path = s->dir,
                                                    .cap = share,
                                                    .buffer = buffers + i * share},
                                         .at = s->runs[first + i].from,
                                         .to = s->runs[first + i].to};
    }
    uint64_t from = s->runs_end;
    enum as_status status = readers_drain(s, readers, count, last, err);
    for (size_t i = 0; i < count; i++) {
        as_free(readers[i].key);
    }
    AS_TRY(status);
    return last ? AS_OK : run_end(s, from, err);
}

/** Everything that is in runs, in order, to the receiver. */
static enum as_status merge_all_runs(struct as_sorter *s, struct as_error *err)
{
    size_t first = 0;
    while (s->run_count - first > FAN_IN) {
        AS_TRY(merge_runs(s, first, FAN_IN, false, err)); /* the new run goes to the end */
        first += FAN_IN;
    }
    return merge_runs(s, first, s->run_count - first, true, err);
}

enum as_status as_sorter_new(int dir_fd, const char *dir, uint64_t memory_bytes,
                             struct as_sorter **out, struct as_error *err)
{
    uint64_t cap = memory_bytes < INDEX_BYTES_MIN ? INDEX_BYTES_MIN : memory_bytes;
    cap = cap > INDEX_BYTES_MAX ? INDEX_BYTES_MAX : cap;
    struct as_sorter *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
    }
    s->dir_fd = dir_fd;
    s->dir = dir;
    s->runs_fd = -1;
    s->index.cap = (size_t)cap;
    s->index.keys = s->index.cap;
    s->index.block = as_malloc(s->index.cap);
    if (s->index.block == NULL) {
        as_sorter_free(s);
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting");
    }
    *out = s;
    return AS_OK;
}

enum as_status as_sorter_add(struct as_sorter *s, struct as_slice key, uint64_t value,
                             struct as_error *err)
{
    if (key.len > AS_SORT_KEY_MAX) {
        return as_fail(err, AS_E_BUG, "a sort key of %zu bytes", key.len);
    }
    if (index_add(&s->index, value, key)) {
        return AS_OK;
    }
    AS_TRY(index_to_run(s, err));
    return index_add(&s->index, value, key)
               ? AS_OK
               : as_fail(err, AS_E_BUG, "the index is smaller than one key");
}

/** All fitted in memory. */
static enum as_status emit_index(struct as_sorter *s, struct as_error *err)
{
    index_sort(&s->index);
    for (size_t i = 0; i < s->index.count; i++) {
        AS_TRY(s->emit(s->context, entries(&s->index)[i].value, err));
    }
    return AS_OK;
}

enum as_status as_sorter_drain(struct as_sorter *s, as_sorted_fn *emit, void *context,
                               struct as_error *err)
{
    s->emit = emit;
    s->context = context;
    if (s->run_count == 0) {
        return emit_index(s, err);
    }
    if (s->index.count != 0) {
        AS_TRY(index_to_run(s, err));
    }
    as_free(s->index.block);
    s->index.block = NULL;
    return merge_all_runs(s, err);
}

void as_sorter_free(struct as_sorter *s)
{
    if (s == NULL) {
        return;
    }
    as_free(s->index.block);
    as_free(s->run_buffer);
    as_free(s->runs);
    if (s->runs_fd >= 0) {
        AS_IGNORE(close(s->runs_fd), "it has no name: gone with this");
    }
    as_free(s);
}
