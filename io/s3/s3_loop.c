/* SPDX-License-Identifier: Apache-2.0
 * The network threads. Each owns one curl_multi, its connections and its transfers; requests come
 * to it through an inbox and never move between threads, so nothing but the inbox is locked.
 *
 *     submit ──▶ inbox ──▶ ready ──▶ running ──▶ done
 *                            ▲          │
 *                            └─ delayed ┘   (back-off)
 *
 * Urgent requests (a reader waits) are started before others. A cancelled run and an abandoned
 * request are seen at the latest after POLL_MS. Every request submitted is done exactly once, also
 * when the net is freed.
 *
 * One thread feeds several scan threads: receiving costs about 0.4 CPU seconds a GB. */
#include <pthread.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "io/s3/s3_transfer.h"

#define POLL_MS 100

struct list {
    struct as_s3_request *first, *last;
};

struct loop {
    /* constant after start */
    struct as_s3_shared *shared;
    CURLM *multi;
    struct as_s3_transfer *transfers;
    size_t transfer_count;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    struct { /* guarded by lock */
        struct list inbox;
        bool stopping;
    } locked;
    /* of the network thread */
    struct list ready, delayed;
    size_t busy;
};

struct as_s3_net {
    struct as_s3_shared shared;
    struct loop *loops;
    size_t loop_count;
    _Atomic size_t next;
};

static void push_back(struct list *l, struct as_s3_request *r)
{
    r->next = NULL;
    if (l->last == NULL) {
        l->first = r;
    } else {
        l->last->next = r;
    }
    l->last = r;
}

static void push_front(struct list *l, struct as_s3_request *r)
{
    r->next = l->first;
    l->first = r;
    if (l->last == NULL) {
        l->last = r;
    }
}

static struct as_s3_request *pop_front(struct list *l)
{
    struct as_s3_request *r = l->first;
    if (r != NULL) {
        l->first = r->next;
        if (l->first == NULL) {
            l->last = NULL;
        }
    }
    return r;
}

static void make_ready(struct loop *l, struct as_s3_request *r)
{
    if (r->urgent) {
        push_front(&l->ready, r);
    } else {
        push_back(&l->ready, r);
    }
}

/* False when the loop is to end. */
static bool take_inbox(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    struct list inbox = l->locked.inbox;
    l->locked.inbox = (struct list){NULL, NULL};
    bool stopping = l->locked.stopping;
    pthread_mutex_unlock(&l->lock);
    for (struct as_s3_request *r = pop_front(&inbox); r != NULL; r = pop_front(&inbox)) {
        make_ready(l, r);
    }
    return !stopping;
}

static void end_cancelled(struct as_s3_request *r)
{
    char name[1400];
    as_s3_request_name(r, name, sizeof name);
    r->status = as_fail(&r->error, AS_E_CANCELLED, "%.400s: interrupted", name);
    r->done(r);
}

/* Moves what is due to ready, ends what nobody wants. */
static void sort_waiting(struct loop *l, bool end_all)
{
    struct list delayed = l->delayed;
    struct list ready = l->ready;
    uint64_t now = as_monotonic_ns();
    l->delayed = (struct list){NULL, NULL};
    l->ready = (struct list){NULL, NULL};
    for (struct as_s3_request *r = pop_front(&ready); r != NULL; r = pop_front(&ready)) {
        if (end_all || atomic_load(&r->abandoned)) {
            end_cancelled(r);
        } else {
            push_back(&l->ready, r);
        }
    }
    for (struct as_s3_request *r = pop_front(&delayed); r != NULL; r = pop_front(&delayed)) {
        if (end_all || atomic_load(&r->abandoned)) {
            end_cancelled(r);
        } else if (r->due_ns <= now) {
            make_ready(l, r);
        } else {
            push_back(&l->delayed, r);
        }
    }
}

/* How long the thread may sleep. */
static int wait_ms(const struct loop *l)
{
    uint64_t now = as_monotonic_ns();
    uint64_t least_ms = POLL_MS;
    for (const struct as_s3_request *r = l->delayed.first; r != NULL; r = r->next) {
        uint64_t left_ms = r->due_ns <= now ? 0 : (r->due_ns - now) / 1000000U + 1;
        least_ms = left_ms < least_ms ? left_ms : least_ms;
    }
    return (int)least_ms;
}

static void start_ready(struct loop *l)
{
    for (size_t i = 0; i < l->transfer_count && l->ready.first != NULL; i++) {
        struct as_s3_transfer *t = &l->transfers[i];
        if (t->request != NULL) {
            continue;
        }
        struct as_s3_request *r = pop_front(&l->ready);
        enum as_status status = as_s3_transfer_prepare(t, r);
        if (status == AS_OK && curl_multi_add_handle(l->multi, t->easy) == CURLM_OK) {
            l->busy++;
            continue;
        }
        r->status = status == AS_OK ? as_fail(&r->error, AS_E_NO_MEMORY, "out of memory") : status;
        curl_slist_free_all(t->headers);
        t->headers = NULL;
        t->request = NULL;
        r->transfer = NULL;
        r->done(r);
    }
}

static void end_transfer(struct loop *l, struct as_s3_transfer *t, CURLcode code)
{
    struct as_s3_request *r = t->request;
    curl_multi_remove_handle(l->multi, t->easy);
    l->busy--;
    if (!as_s3_transfer_settle(t, code)) {
        push_back(&l->delayed, r);
    } else if (r->status == AS_E_CANCELLED) {
        end_cancelled(r);
    } else {
        r->done(r);
    }
}

static void end_finished(struct loop *l)
{
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(l->multi, &left); m != NULL;
         m = curl_multi_info_read(l->multi, &left)) {
        if (m->msg == CURLMSG_DONE) {
            char *transfer = NULL;
            CURLcode code = m->data.result;
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &transfer);
            end_transfer(l, (struct as_s3_transfer *)(void *)transfer, code);
        }
    }
}

static void end_unwanted(struct loop *l, bool end_all)
{
    for (size_t i = 0; l->busy != 0 && i < l->transfer_count; i++) {
        struct as_s3_transfer *t = &l->transfers[i];
        if (t->request == NULL || !(end_all || atomic_load(&t->request->abandoned))) {
            continue;
        }
        atomic_store(&t->request->abandoned, true);
        end_transfer(l, t, CURLE_ABORTED_BY_CALLBACK);
    }
}

static void *loop_main(void *context)
{
    struct loop *l = context;
    bool open = true;
    while (open || l->busy != 0) {
        int running = 0;
        open = take_inbox(l);
        bool end_all = !open || as_cancel_requested(l->shared->o.cancel);
        end_unwanted(l, end_all);
        sort_waiting(l, end_all);
        start_ready(l);
        curl_multi_perform(l->multi, &running);
        end_finished(l);
        if (l->ready.first != NULL && l->busy < l->transfer_count) {
            continue; /* a slot came free */
        }
        if (open) {
            curl_multi_poll(l->multi, NULL, 0, wait_ms(l), NULL);
        }
    }
    sort_waiting(l, true);
    return NULL;
}

static void loop_fini(struct loop *l)
{
    for (size_t i = 0; i < l->transfer_count; i++) {
        as_s3_transfer_fini(&l->transfers[i]);
    }
    if (l->multi != NULL) {
        curl_multi_cleanup(l->multi);
    }
    as_free(l->transfers);
    pthread_mutex_destroy(&l->lock);
}

static enum as_status loop_init(struct loop *l, struct as_s3_shared *shared, size_t transfers,
                                struct as_error *err)
{
    *l = (struct loop){.shared = shared};
    pthread_mutex_init(&l->lock, NULL);
    l->multi = curl_multi_init();
    l->transfers = as_calloc(transfers, sizeof *l->transfers);
    if (l->multi == NULL || l->transfers == NULL ||
        curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, (long)transfers + 2) != CURLM_OK) {
        return as_fail(err, AS_E_NO_MEMORY, "the network cannot be set up");
    }
    for (; l->transfer_count < transfers; l->transfer_count++) {
        AS_TRY(as_s3_transfer_init(&l->transfers[l->transfer_count], shared, err));
    }
    if (as_thread_start(&l->thread, loop_main, l) != 0) {
        return as_fail(err, AS_E_NO_MEMORY, "a network thread cannot be started");
    }
    l->running = true;
    return AS_OK;
}

static void start_curl(void)
{
    AS_IGNORE(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK, "curl_easy_init fails then");
}

enum as_status as_s3_net_new(const struct as_s3_net_options *options, struct as_s3_net **out,
                             struct as_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT; /* libcurl wants it once a process */
    pthread_once(&once, start_curl);
    struct as_s3_net *n = as_calloc(1, sizeof *n);
    if (n == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "the network cannot be set up");
    }
    n->shared.o = *options;
    as_s3_quota_init(&n->shared.quota);
    n->loops = as_calloc(options->threads, sizeof *n->loops);
    size_t each = (options->connections + options->threads - 1) / options->threads;
    enum as_status status = n->loops == NULL ? AS_E_NO_MEMORY : AS_OK;
    while (status == AS_OK && n->loop_count < options->threads) {
        status = loop_init(&n->loops[n->loop_count++], &n->shared, each == 0 ? 1 : each, err);
    }
    if (status != AS_OK) {
        as_s3_net_free(n);
        return status;
    }
    *out = n;
    return AS_OK;
}

void as_s3_net_free(struct as_s3_net *n)
{
    if (n == NULL) {
        return;
    }
    for (size_t i = 0; n->loops != NULL && i < n->loop_count; i++) {
        struct loop *l = &n->loops[i];
        if (l->running) {
            pthread_mutex_lock(&l->lock);
            l->locked.stopping = true;
            pthread_mutex_unlock(&l->lock);
            curl_multi_wakeup(l->multi);
            pthread_join(l->thread, NULL);
        }
        loop_fini(l);
    }
    as_free(n->loops);
    as_s3_quota_fini(&n->shared.quota);
    as_free(n);
}

void as_s3_net_submit(struct as_s3_net *n, struct as_s3_request *r)
{
    size_t turn = atomic_fetch_add_explicit(&n->next, 1, memory_order_relaxed);
    struct loop *l = &n->loops[turn % n->loop_count];
    pthread_mutex_lock(&l->lock);
    push_back(&l->locked.inbox, r);
    pthread_mutex_unlock(&l->lock);
    curl_multi_wakeup(l->multi);
}

void as_s3_net_wake(struct as_s3_net *n)
{
    for (size_t i = 0; i < n->loop_count; i++) {
        curl_multi_wakeup(n->loops[i].multi);
    }
}

const struct as_s3_shared *as_s3_net_shared(const struct as_s3_net *n)
{
    return &n->shared;
}
