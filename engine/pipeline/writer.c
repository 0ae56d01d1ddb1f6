/* SPDX-License-Identifier: Apache-2.0
 * The writer: the one thread that owns the spool, or standard output when there is no folder.
 * Content threads make the documents and hand them over; the writer appends. Without a folder, an
 * object's lines are held back until it is committed, so that a restarted object never shows twice;
 * nothing touches the disk.
 *
 * Limit: an object whose lines exceed HELD_BYTES_MAX on standard output is a fault that says to use
 * --output DIR. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "pipeline/run_internal.h"

#define DOCUMENT_BYTES_MAX (256U << 20)
#define HELD_BYTES_MAX (64U << 20)

/* Sections, in the order of the files (run.c). */
enum { SECTION_RESULTS, SECTION_MACIE, SECTION_ASFF, SECTION_CSV };

void as_record_free(struct as_record *record)
{
    if (record != NULL) {
        for (unsigned i = 0; i < AS_SPOOL_SECTIONS; i++) {
            as_free(record->sections[i]);
        }
        as_free(record->sort_key);
        as_free(record);
    }
}

static void put_be64(struct as_strbuf *s, uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        as_strbuf_putc(s, (char)(value >> shift & 0xff));
    }
}

/* Bytes that sort by target, key bytes, member ordinals; an object stands before its members. A
 * zero byte inside a key is written 00 01, its end 00 00, so that no key is a prefix of another. */
static enum as_status make_sort_key(const struct as_result *r, struct as_record *record)
{
    struct as_strbuf s;
    as_strbuf_init(&s, 64U << 10);
    put_be64(&s, r->target);
    for (size_t i = 0; i < r->key.len; i++) {
        as_strbuf_putc(&s, (char)r->key.ptr[i]);
        if (r->key.ptr[i] == 0) {
            as_strbuf_putc(&s, 1);
        }
    }
    as_strbuf_append(&s, "\0\0", 2);
    for (uint32_t i = 0; i < r->depth; i++) {
        put_be64(&s, r->index[i]);
    }
    record->sort_key_len = s.len;
    record->sort_key = as_strbuf_detach(&s);
    return record->sort_key == NULL ? AS_E_NO_MEMORY : AS_OK;
}

typedef enum as_status document_fn(const struct as_run_facts *run, const struct as_result *r,
                                   struct as_strbuf *out);

static enum as_status make_sections(struct as_run *r, const struct as_result *result,
                                    struct as_record *record)
{
    static document_fn *const makers[AS_SPOOL_SECTIONS] = {
        [SECTION_RESULTS] = as_document_result,
        [SECTION_MACIE] = as_document_macie,
        [SECTION_ASFF] = as_document_asff,
        [SECTION_CSV] = as_document_csv,
    };
    for (unsigned i = 0; i < AS_SPOOL_SECTIONS; i++) {
        bool on_stdout = r->spool == NULL;
        bool results_wanted = r->options.output_dir != NULL;
        if (on_stdout && i != (results_wanted ? SECTION_RESULTS : SECTION_MACIE)) {
            continue;
        }
        struct as_strbuf s;
        as_strbuf_init(&s, DOCUMENT_BYTES_MAX);
        enum as_status status = makers[i](as_run_facts(r), result, &s);
        record->section_len[i] = s.len;
        record->sections[i] = s.len == 0 ? NULL : as_strbuf_detach(&s);
        as_strbuf_fini(&s);
        AS_TRY(status);
        if (record->section_len[i] != 0 && record->sections[i] == NULL) {
            return AS_E_NO_MEMORY;
        }
    }
    return AS_OK;
}

/* Hands a record over; it is gone either way. The records queue knows no cancel: what was done is
 * reported. */
static enum as_status push(struct as_run *r, struct as_record *record)
{
    enum as_status status = as_queue_push(&r->records, record);
    if (status != AS_OK) {
        as_record_free(record);
    }
    return status == AS_E_CLOSED ? AS_E_CANCELLED : status;
}

enum as_status as_writer_put(struct as_run *r, uint64_t object, uint32_t attempt,
                             const struct as_result *result)
{
    struct as_record *record = as_calloc(1, sizeof *record);
    if (record == NULL) {
        return AS_E_NO_MEMORY;
    }
    record->object = object;
    record->attempt = attempt;
    enum as_status status = make_sort_key(result, record);
    if (status == AS_OK) {
        status = make_sections(r, result, record);
    }
    if (status != AS_OK) {
        as_record_free(record);
        return status;
    }
    return push(r, record);
}

enum as_status as_writer_commit(struct as_run *r, uint64_t object, uint32_t attempt)
{
    struct as_record *record = as_calloc(1, sizeof *record);
    if (record == NULL) {
        return AS_E_NO_MEMORY;
    }
    record->object = object;
    record->attempt = attempt;
    record->commit = true;
    return push(r, record);
}

/* Lines of objects that are not committed yet, when output goes to standard output. */
struct held {
    struct held *next;
    uint64_t object;
    uint32_t attempt;
    struct as_strbuf lines;
};

static struct held **find_held(struct held **list, uint64_t object)
{
    while (*list != NULL && (*list)->object != object) {
        list = &(*list)->next;
    }
    return list;
}

static enum as_status write_all(struct as_run *r, struct as_slice bytes)
{
    while (bytes.len != 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EPIPE) { /* the reader has gone: end quietly */
            pthread_mutex_lock(&r->lock);
            r->locked.stdout_closed = true;
            pthread_mutex_unlock(&r->lock);
            as_run_abandon(r);
            return AS_OK;
        }
        if (n < 0) {
            struct as_error err;
            as_run_fault(
                r, as_fail_errno(&err, AS_E_OUTPUT, errno, "standard output cannot be written"),
                &err);
            return AS_E_OUTPUT;
        }
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    return AS_OK;
}

/* On a terminal, names must not steer it: JSON says the same with \u escapes. */
static enum as_status show_lines(struct as_run *r, const struct as_strbuf *lines)
{
    struct as_strbuf safe;
    as_strbuf_init(&safe, HELD_BYTES_MAX * 6ULL);
    const uint8_t *bytes = (const uint8_t *)lines->ptr;
    for (size_t i = 0; i < lines->len;) {
        uint32_t code_point = 0;
        unsigned step = as_utf8_decode(bytes + i, lines->len - i, &code_point);
        if (step > 1 && code_point > 0xFFFF && as_code_point_steers(code_point)) {
            code_point -= 0x10000;
            as_strbuf_printf(&safe, "\\u%04x\\u%04x", 0xD800 + (code_point >> 10),
                             0xDC00 + (code_point & 0x3FF));
        } else if (step != 0 && bytes[i] != '\n' && as_code_point_steers(code_point)) {
            as_strbuf_printf(&safe, "\\u%04x", code_point);
        } else {
            as_strbuf_append(&safe, bytes + i, step == 0 ? 1 : step);
        }
        i += step == 0 ? 1 : step;
    }
    enum as_status status = safe.failed ? AS_E_NO_MEMORY : write_all(r, as_strbuf_view(&safe));
    as_strbuf_fini(&safe);
    return status;
}

static void drop_held(struct held **slot)
{
    struct held *h = *slot;
    *slot = h->next;
    as_strbuf_fini(&h->lines);
    as_free(h);
}

static enum as_status hold_line(struct held **list, const struct as_record *record)
{
    struct held **slot = find_held(list, record->object);
    if (*slot == NULL) {
        struct held *fresh = as_calloc(1, sizeof *fresh);
        if (fresh == NULL) {
            return AS_E_NO_MEMORY;
        }
        fresh->object = record->object;
        fresh->attempt = record->attempt;
        as_strbuf_init(&fresh->lines, HELD_BYTES_MAX);
        fresh->next = *list;
        *list = fresh;
        slot = list;
    }
    if ((*slot)->attempt != record->attempt) {
        as_strbuf_reset(&(*slot)->lines);
        (*slot)->attempt = record->attempt;
    }
    for (unsigned i = 0; i < AS_SPOOL_SECTIONS; i++) {
        as_strbuf_append(&(*slot)->lines, record->sections[i], record->section_len[i]);
    }
    return (*slot)->lines.failed ? AS_E_OUTPUT : AS_OK;
}

static enum as_status to_stdout(struct as_run *r, struct held **list,
                                const struct as_record *record)
{
    if (!record->commit) {
        enum as_status status = hold_line(list, record);
        if (status == AS_E_OUTPUT) {
            struct as_error err;
            as_run_fault(
                r,
                as_fail(
                    &err, AS_E_OUTPUT,
                    "the lines of one object exceed %u MiB on standard output: use --output DIR",
                    HELD_BYTES_MAX >> 20),
                &err);
        }
        return status;
    }
    struct held **slot = find_held(list, record->object);
    if (*slot == NULL) {
        return AS_OK;
    }
    enum as_status status = AS_OK;
    if ((*slot)->attempt == record->attempt) {
        status = isatty(STDOUT_FILENO) == 1 ? show_lines(r, &(*slot)->lines)
                                            : write_all(r, as_strbuf_view(&(*slot)->lines));
    }
    drop_held(slot);
    return status;
}

static enum as_status to_spool(struct as_run *r, const struct as_record *record)
{
    struct as_error err = {0};
    enum as_status status;
    if (record->commit) {
        status = as_spool_commit(r->spool, record->object, record->attempt, &err);
    } else {
        struct as_slice sections[AS_SPOOL_SECTIONS];
        for (unsigned i = 0; i < AS_SPOOL_SECTIONS; i++) {
            sections[i] = as_slice(record->sections[i], record->section_len[i]);
        }
        status = as_spool_append(r->spool, record->object, record->attempt,
                                 as_slice(record->sort_key, record->sort_key_len), sections, &err);
    }
    if (status != AS_OK) {
        as_run_fault(r, status, &err);
    }
    return status;
}

void *as_writer_main(void *run)
{
    struct as_run *r = run;
    struct held *held = NULL;
    bool broken = false;
    void *item;
    while (as_queue_pop(&r->records, &item) == AS_OK) {
        struct as_record *record = item;
        if (!broken) { /* after a fault the queue is only drained, so that nobody waits for ever */
            enum as_status status =
                r->spool != NULL ? to_spool(r, record) : to_stdout(r, &held, record);
            if (status == AS_E_NO_MEMORY) {
                as_run_fault(r, status, NULL);
            }
            broken = status != AS_OK;
        }
        as_record_free(record);
    }
    while (held != NULL) {
        drop_held(&held);
    }
    return NULL;
}
