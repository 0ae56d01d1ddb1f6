/* SPDX-License-Identifier: Apache-2.0
 * The threads of a run: starting them, passing an interrupt on to them, joining them in the order
 * of the flow, and accounting for what nobody will read any more. run_internal.h draws them.
 *
 * An interrupt comes in two steps (run_internal.h, `stop` and `abandon`). */
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "pipeline/run_internal.h"
#include "pipeline/text_account.h"

/* How long an interrupted run may go on scanning what it has read. With reads that look for the
 * interrupt every 100 ms and the files to write, the run ends within 2 s. */
#define GRACE_NS 1000000000ULL

static void *scan_main(void *run)
{
    struct as_run *r = run;
    struct as_scan_worker *worker = as_scan_worker_new(r->scanner);
    if (worker == NULL) {
        as_run_fault(r, AS_E_NO_MEMORY, NULL);
        return NULL;
    }
    void *item;
    while (as_queue_pop(&r->blocks, &item) == AS_OK) {
        as_run_set_current_object(as_text_account_object(item));
        as_text_account_scan(worker, item);
        as_run_set_current_object(NULL);
    }
    as_scan_worker_free(worker);
    return NULL;
}

static void *content_main(void *run)
{
    struct as_run *r = run;
    struct as_scan_worker *worker = as_scan_worker_new(r->scanner);
    if (worker == NULL) {
        as_run_fault(r, AS_E_NO_MEMORY, NULL);
        return NULL;
    }
    void *item;
    while (as_queue_pop(&r->ready, &item) == AS_OK) {
        enum as_status status = as_object_job(r, worker, item);
        if (status != AS_OK && status != AS_E_CANCELLED) {
            as_run_fault(r, status, NULL);
        }
        as_job_free(item);
    }
    as_scan_worker_free(worker);
    return NULL;
}

struct thread_set {
    pthread_t threads[2 * AS_THREADS_MAX];
    unsigned count;
};

static void start_threads(struct as_run *r, struct thread_set *set, void *(*main)(void *),
                          unsigned count)
{
    for (unsigned i = 0; i < count && set->count < AS_ARRAY_SIZE(set->threads); i++) {
        int failed = as_thread_start(&set->threads[set->count], main, r);
        if (failed != 0) {
            struct as_error err;
            as_run_fault(
                r, as_fail_errno(&err, AS_E_NO_MEMORY, failed, "a thread cannot be started"), &err);
            return;
        }
        set->count++;
    }
}

/* The caller's cancel may come from a signal handler, which can wake nobody. */
static void pass_cancel_on(struct as_run *r)
{
    if (!as_cancel_requested(r->cancel)) {
        return;
    }
    uint64_t now_ns = as_monotonic_ns();
    if (r->cancel_seen_ns == 0) {
        r->cancel_seen_ns = now_ns;
        as_cancel_request(&r->stop);
    } else if (now_ns - r->cancel_seen_ns >= GRACE_NS) {
        as_cancel_request(&r->abandon);
    }
}

static void join_threads(struct as_run *r, struct thread_set *set)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct timespec until;
        do {
            pass_cancel_on(r);
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 20000000;
            if (until.tv_nsec >= 1000000000) {
                until.tv_nsec -= 1000000000;
                until.tv_sec++;
            }
        } while (pthread_timedjoin_np(set->threads[i], NULL, &until) != 0);
    }
    set->count = 0;
}

/* Objects that were listed and that nobody will read any more. */
static void drain(struct as_run *r, struct as_queue *queue)
{
    void *item;
    while (as_queue_try_pop(queue, &item) == AS_OK) {
        enum as_status status = as_object_not_attempted(r, item);
        if (status != AS_OK) {
            as_run_fault(r, status, NULL);
        }
        as_job_free(item);
    }
}

void as_run_threads(struct as_run *r)
{
    AS_CLEANUP(as_free_ptr) struct thread_set *sets = as_calloc(4, sizeof *sets);
    if (sets == NULL) {
        as_run_fault(r, AS_E_NO_MEMORY, NULL);
        return;
    }
    struct thread_set *writer = &sets[0];
    struct thread_set *scanners = &sets[1];
    struct thread_set *contents = &sets[2];
    struct thread_set *listers = &sets[3];
    start_threads(r, writer, as_writer_main, 1);
    start_threads(r, scanners, scan_main, r->scan_threads);
    start_threads(r, contents, content_main, r->content_threads);
    start_threads(r, listers, as_opener_main, 1);
    start_threads(r, listers, as_lister_main, 1);
    join_threads(r, listers);
    as_queue_close(&r->listed);
    as_queue_close(&r->ready);
    join_threads(r, contents);
    as_queue_close(&r->blocks);
    join_threads(r, scanners);
    drain(r, &r->ready);
    drain(r, &r->listed);
    as_queue_close(&r->records);
    join_threads(r, writer);
}
