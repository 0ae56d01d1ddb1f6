/* SPDX-License-Identifier: Apache-2.0
 * From the spool to the files. Only (sort key, offset) pairs are sorted (external_sort.h); the
 * records stay in the spool file and are copied to the outputs in the end, piece by piece. Objects
 * mostly end in the order of their keys, so the copying reads the spool nearly in sequence.
 *
 * Memory: half of memory_bytes for the pairs, as much again while they are sorted, beside fixed
 * buffers of about 0.6 MiB. Order: sort keys as bytes, then by place in the spool. Every hash is
 * verified. Threads: one owner. Tested by tests/unit/io/test_spool.c. */
#include "io/spool_internal.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/file_window.h"

#define WINDOW_BYTES ((size_t)128 << 10)
#define COPY_AHEAD (16U << 10)

static_assert(sizeof(struct as_spool_head) == 72, "no padding: heads are hashed as bytes");
static_assert(AS_SPOOL_KEY_MAX + sizeof(struct as_spool_head) <= WINDOW_BYTES,
              "a head and its key fit in a window");

struct merge {
    struct as_spool *spool;
    struct as_output_file **outputs;
    bool begun[AS_SPOOL_SECTIONS]; /* a section was written to this output */
    struct as_file_window window;  /* on the spool file */
    struct as_sorter *sorter;
};

static int attempt_order(const void *a, const void *b)
{
    const struct as_spool_attempt *x = a;
    const struct as_spool_attempt *y = b;
    return (x->object > y->object) - (x->object < y->object);
}

static bool is_void(const struct as_spool *s, const struct as_spool_head *head, uint64_t offset)
{
    size_t low = 0;
    size_t high = s->voided.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->voided.items[middle].object < head->object) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < s->voided.count && s->voided.items[low].object == head->object; low++) {
        const struct as_spool_attempt *v = &s->voided.items[low];
        if (v->attempt == head->attempt && offset >= v->from && offset < v->to) {
            return true;
        }
    }
    return false;
}

static enum as_status read_head(struct merge *m, uint64_t offset, struct as_spool_head *out,
                                struct as_error *err)
{
    const uint8_t *p;
    if (m->spool->end - offset < sizeof *out) {
        return as_file_damaged(m->spool->path, offset, err);
    }
    AS_TRY(as_file_window_get(&m->window, offset, sizeof *out, &p, err));
    memcpy(out, p, sizeof *out);
    uint64_t left = m->spool->end - offset - sizeof *out;
    if (out->magic != AS_SPOOL_MAGIC || out->head_hash != as_spool_head_hash(out) ||
        out->key_len > AS_SPOOL_KEY_MAX || as_spool_body_len(out) > left) {
        return as_file_damaged(m->spool->path, offset, err);
    }
    return AS_OK;
}

static enum as_status index_record(struct merge *m, const struct as_spool_head *head,
                                   uint64_t offset, struct as_error *err)
{
    const uint8_t *key;
    if (head->kind != AS_SPOOL_RECORD || is_void(m->spool, head, offset)) {
        return AS_OK;
    }
    AS_TRY(as_file_window_get(&m->window, offset + sizeof *head, head->key_len, &key, err));
    return as_sorter_add(m->sorter, as_slice(key, head->key_len), offset, err);
}

static enum as_status index_spool(struct merge *m, struct as_error *err)
{
    struct as_spool *s = m->spool;
    if (s->voided.count > 1) {
        qsort(s->voided.items, s->voided.count, sizeof *s->voided.items, attempt_order);
    }
    for (uint64_t offset = 0; offset < s->end;) {
        struct as_spool_head head = {0};
        AS_TRY(read_head(m, offset, &head, err));
        AS_TRY(index_record(m, &head, offset, err));
        offset += sizeof head + as_spool_body_len(&head);
    }
    return AS_OK;
}

static enum as_status emit_section(struct merge *m, size_t file, uint64_t offset, uint64_t len,
                                   uint64_t *hash, struct as_error *err)
{
    if (len != 0 && m->begun[file]) {
        AS_TRY(as_output_file_write(m->outputs[file], m->spool->files[file].between, err));
    }
    m->begun[file] = m->begun[file] || len != 0;
    while (len > 0) {
        size_t now = len < AS_SPOOL_PIECE ? (size_t)len : AS_SPOOL_PIECE;
        const uint8_t *bytes;
        AS_TRY(as_file_window_get(&m->window, offset, now, &bytes, err));
        *hash = as_spool_hash(*hash, as_slice(bytes, now));
        AS_TRY(as_output_file_write(m->outputs[file], as_slice(bytes, now), err));
        offset += now;
        len -= now;
    }
    return AS_OK;
}

static enum as_status emit_record(struct merge *m, uint64_t offset, struct as_error *err)
{
    struct as_spool_head head;
    const uint8_t *key;
    AS_TRY(read_head(m, offset, &head, err));
    uint64_t at = offset + sizeof head;
    AS_TRY(as_file_window_get(&m->window, at, head.key_len, &key, err));
    uint64_t hash = as_spool_hash(0, as_slice(key, head.key_len));
    at += head.key_len;
    for (size_t i = 0; i < m->spool->file_count; i++) {
        AS_TRY(emit_section(m, i, at, head.section_len[i], &hash, err));
        at += head.section_len[i];
    }
    return hash == head.body_hash ? AS_OK : as_file_damaged(m->spool->path, offset, err);
}

static enum as_status emit_at(void *context, uint64_t offset, struct as_error *err)
{
    return emit_record(context, offset, err);
}

static enum as_status write_outputs(struct merge *m, struct as_error *err)
{
    const struct as_spool *s = m->spool;
    AS_TRY(as_sorter_new(s->dir_fd, s->dir, s->memory_bytes / 2, &m->sorter, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(as_output_file_write(m->outputs[i], s->files[i].head, err));
    }
    m->window.ahead = WINDOW_BYTES;
    AS_TRY(index_spool(m, err));
    m->window.ahead = COPY_AHEAD;
    AS_TRY(as_sorter_drain(m->sorter, emit_at, m, err));
    for (size_t i = 0; i < s->file_count; i++) {
        AS_TRY(as_output_file_write(m->outputs[i], s->files[i].tail, err));
    }
    return AS_OK;
}

enum as_status as_spool_merge(struct as_spool *s, struct as_output_file **outputs,
                              struct as_error *err)
{
    struct merge m = {.spool = s, .outputs = outputs};
    m.window = (struct as_file_window){
        .fd = s->fd, .path = s->path, .cap = WINDOW_BYTES, .buffer = as_malloc(WINDOW_BYTES)};
    enum as_status status =
        m.window.buffer == NULL
            ? as_fail(err, AS_E_NO_MEMORY, "out of memory for sorting the results")
            : write_outputs(&m, err);
    as_sorter_free(m.sorter);
    as_free(m.window.buffer);
    return status;
}
