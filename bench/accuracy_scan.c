/* SPDX-License-Identifier: Apache-2.0
 * See accuracy_scan.h. Threads take the next document by an atomic counter; a document belongs to
 * the thread that took it. */
#include "bench/accuracy_scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define THREADS_MAX 64U

struct shared {
    struct as_memory_scanner *scanner;
    const struct as_detector
        *first; /* of the catalogue: a hit's detector less this is its number */
    const uint16_t *types;
    struct as_gold *gold;
    atomic_size_t next;
    atomic_bool failed;
};

struct worker {
    pthread_t thread;
    struct shared *shared;
    struct as_error error;
    uint64_t members;
    uint64_t incomplete;
};

/* One document under scan. The cursor says that `cursor_bytes` bytes are `cursor_chars`
 * characters. */
struct document {
    struct worker *worker;
    struct as_gold_document *gold;
    uint64_t cursor_bytes;
    uint64_t cursor_chars;
};

/* Characters that begin before byte `offset`. */
static uint64_t characters(struct document *d, uint64_t offset)
{
    if (offset > d->gold->bytes) {
        offset = d->gold->bytes;
    }
    if (offset < d->cursor_bytes) {
        d->cursor_bytes = 0;
        d->cursor_chars = 0;
    }
    d->cursor_chars +=
        as_utf8_count(d->gold->text + d->cursor_bytes, (size_t)(offset - d->cursor_bytes));
    d->cursor_bytes = offset;
    return d->cursor_chars;
}

static enum as_status on_hit(void *context, const struct as_memory_hit *hit)
{
    struct document *d = context;
    const struct shared *shared = d->worker->shared;
    if (hit->state != AS_HIT_REPORTED) {
        return AS_OK;
    }
    if (*hit->member_path != '\0' || hit->place->line == 0) {
        d->worker->members++;
        return AS_OK;
    }
    struct as_gold_span span = {.type = shared->types[hit->detector - shared->first]};
    span.start = characters(d, hit->start);
    span.end = characters(d, hit->end);
    return as_gold_predict(d->gold, &span);
}

static enum as_status scan(struct worker *w, struct as_gold_document *gold)
{
    struct document d = {.worker = w, .gold = gold};
    struct as_memory_outcome outcome = {.coverage = AS_SKIPPED};
    const struct as_memory_scan how = {
        .name = as_slice_of(gold->name), .on_hit = on_hit, .context = &d};
    struct as_stream *stream = as_memory_stream_open(gold->text, gold->bytes);
    if (stream == NULL) {
        return as_fail(&w->error, AS_E_NO_MEMORY, "out of memory");
    }
    enum as_status status =
        as_memory_scan(w->shared->scanner, stream, gold->bytes, &how, &outcome, &w->error);
    as_stream_close(stream);
    w->incomplete += status == AS_OK && outcome.coverage != AS_COMPLETE;
    if (status != AS_OK && w->error.status == AS_OK) {
        return as_fail(&w->error, status, "a document cannot be scanned: %s",
                       as_status_text(status));
    }
    return status;
}

static void *work(void *context)
{
    struct worker *w = context;
    struct shared *s = w->shared;
    for (;;) {
        size_t at = atomic_fetch_add(&s->next, 1);
        if (at >= s->gold->count || atomic_load(&s->failed)) {
            return NULL;
        }
        if (scan(w, &s->gold->documents[at]) != AS_OK) {
            atomic_store(&s->failed, true);
        }
    }
}

enum as_status as_accuracy_scan(struct as_memory_scanner *scanner, const uint16_t *types,
                                unsigned threads, struct as_gold *gold, struct as_scores *scores,
                                struct as_error *err)
{
    struct shared shared = {.scanner = scanner,
                            .first = as_memory_scanner_catalog(scanner)->detectors,
                            .types = types,
                            .gold = gold};
    unsigned wanted = threads < THREADS_MAX ? threads : THREADS_MAX;
    AS_CLEANUP(as_free_ptr) struct worker *workers = as_calloc(wanted, sizeof *workers);
    if (workers == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    unsigned started = 0;
    while (started < wanted) {
        workers[started].shared = &shared;
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) {
            break; /* fewer threads measure the same */
        }
        started++;
    }
    if (started == 0) {
        return as_fail(err, AS_E_NO_MEMORY, "no thread can be started");
    }
    enum as_status status = AS_OK;
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        scores->members += workers[i].members;
        scores->incomplete += workers[i].incomplete;
        if (status == AS_OK && workers[i].error.status != AS_OK) {
            status = workers[i].error.status;
            if (err != NULL) {
                *err = workers[i].error;
            }
        }
    }
    return status;
}
