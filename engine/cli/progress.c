/* SPDX-License-Identifier: Apache-2.0
 * See progress.h. The rate is an average that forgets: a quarter of each sample is new, so that it
 * follows a change within seconds and does not jump. */
#include "cli/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/size.h"
#include "base/thread.h"
#include "cli/console.h"
#include "cli/width.h"

#define TERMINAL_PERIOD_MS 250U
#define PLAIN_PERIOD_MS 10000U
#define LINE_BYTES_MAX 1024U

struct as_progress_display {
    /* constant after start */
    const struct as_progress *progress;
    struct as_screen screen;
    uint64_t started_ns;
    pthread_t thread;
    /* the display thread's */
    uint64_t last_ns;
    uint64_t last_bytes;
    double rate;

    pthread_mutex_t lock;
    pthread_cond_t stopping;
    struct { /* guarded by lock */
        bool stop;
    } locked;
};

static void put_duration(struct as_strbuf *out, uint64_t seconds)
{
    if (seconds >= 3600) {
        as_strbuf_printf(out, "%lluh%02llum", (unsigned long long)(seconds / 3600),
                         (unsigned long long)(seconds / 60 % 60));
    } else if (seconds >= 60) {
        as_strbuf_printf(out, "%llum%02llus", (unsigned long long)(seconds / 60),
                         (unsigned long long)(seconds % 60));
    } else {
        as_strbuf_printf(out, "%llus", (unsigned long long)seconds);
    }
}

void as_progress_line(const struct as_progress_view *v, struct as_strbuf *out)
{
    char done[AS_SIZE_TEXT];
    char listed[AS_SIZE_TEXT];
    char rate[AS_SIZE_TEXT];
    as_format_size(v->bytes_done, done);
    as_format_size(v->bytes_listed, listed);
    as_format_size(v->bytes_per_second, rate);
    const char *open_end = v->listing_done ? "" : "+"; /* the listing still grows */
    as_strbuf_printf(out, "%llu of %llu%s objects, %s of %s%s", (unsigned long long)v->objects_done,
                     (unsigned long long)v->objects_listed, open_end, done, listed, open_end);
    if (v->bytes_per_second != 0) {
        as_strbuf_printf(out, ", %s/s", rate);
        if (v->listing_done && v->bytes_listed > v->bytes_done) {
            as_strbuf_puts(out, ", ");
            put_duration(out, (v->bytes_listed - v->bytes_done) / v->bytes_per_second + 1);
            as_strbuf_puts(out, " left");
        }
    }
    as_strbuf_printf(out, ", %llu found", (unsigned long long)v->findings);
    if (v->incomplete != 0) {
        as_strbuf_printf(out, ", %llu not read in full", (unsigned long long)v->incomplete);
    }
}

static void sample(struct as_progress_display *d, struct as_progress_view *v)
{
    const struct as_progress *p = d->progress;
    uint64_t now_ns = as_monotonic_ns();
    *v = (struct as_progress_view){
        .objects_listed = atomic_load_explicit(&p->objects_listed, memory_order_relaxed),
        .objects_done = atomic_load_explicit(&p->objects_done, memory_order_relaxed),
        .bytes_listed = atomic_load_explicit(&p->bytes_listed, memory_order_relaxed),
        .bytes_done = atomic_load_explicit(&p->bytes_done, memory_order_relaxed),
        .findings = atomic_load_explicit(&p->findings, memory_order_relaxed),
        .incomplete = atomic_load_explicit(&p->incomplete, memory_order_relaxed),
        .listing_done = atomic_load_explicit(&p->listing_done, memory_order_relaxed),
        .elapsed_ms = (now_ns - d->started_ns) / 1000000,
    };
    double seconds = (double)(now_ns - d->last_ns) / 1e9;
    if (seconds > 0.05) {
        uint64_t grown = v->bytes_done > d->last_bytes ? v->bytes_done - d->last_bytes : 0;
        double fresh = (double)grown / seconds;
        d->rate = d->rate == 0 ? fresh : d->rate * 0.75 + fresh * 0.25;
        d->last_ns = now_ns;
        d->last_bytes = v->bytes_done;
    }
    v->bytes_per_second = (uint64_t)d->rate;
}

static void show(struct as_progress_display *d)
{
    struct as_progress_view view;
    struct as_strbuf line;
    as_strbuf_init(&line, LINE_BYTES_MAX);
    sample(d, &view);
    as_progress_line(&view, &line);
    if (!d->screen.terminal) {
        as_console_message("%s", line.failed ? "" : line.ptr);
    } else if (!line.failed) {
        struct as_strbuf cut;
        as_strbuf_init(&cut, LINE_BYTES_MAX);
        as_text_show(&cut, as_strbuf_view(&line), d->screen.columns - 1);
        as_console_transient(cut.failed ? "" : cut.ptr);
        as_strbuf_fini(&cut);
    }
    as_strbuf_fini(&line);
}

static void *display_main(void *display)
{
    struct as_progress_display *d = display;
    unsigned period_ms = d->screen.terminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS;
    pthread_mutex_lock(&d->lock);
    while (!d->locked.stop) {
        uint64_t until_ns = as_monotonic_ns() + period_ms * 1000000ULL;
        for (uint64_t now = as_monotonic_ns(); now < until_ns && !d->locked.stop;
             now = as_monotonic_ns()) {
            as_cond_wait_ms(&d->stopping, &d->lock, (unsigned)((until_ns - now) / 1000000) + 1);
        }
        if (!d->locked.stop) {
            pthread_mutex_unlock(&d->lock);
            show(d);
            pthread_mutex_lock(&d->lock);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

struct as_progress_display *as_progress_start(const struct as_progress *progress)
{
    struct as_progress_display *d = as_calloc(1, sizeof *d);
    if (d == NULL) {
        return NULL;
    }
    d->progress = progress;
    d->started_ns = as_monotonic_ns();
    d->last_ns = d->started_ns;
    as_screen_of(STDERR_FILENO, &d->screen);
    pthread_mutex_init(&d->lock, NULL);
    as_cond_init(&d->stopping);
    if (as_thread_start(&d->thread, display_main, d) != 0) {
        pthread_cond_destroy(&d->stopping);
        pthread_mutex_destroy(&d->lock);
        as_free(d);
        return NULL;
    }
    return d;
}

void as_progress_stop(struct as_progress_display *d)
{
    if (d == NULL) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    d->locked.stop = true;
    pthread_cond_signal(&d->stopping);
    pthread_mutex_unlock(&d->lock);
    AS_IGNORE(pthread_join(d->thread, NULL) != 0, "it was started");
    as_console_transient("");
    pthread_cond_destroy(&d->stopping);
    pthread_mutex_destroy(&d->lock);
    as_free(d);
}
