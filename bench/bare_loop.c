/* SPDX-License-Identifier: Apache-2.0
 * One curl_multi, one thread, no retries, no checks: what curl can do at best. */
#include "bench/bare_loop.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/mem.h"

#define BUFFER_BYTES (512L << 10)
#define CONNECTIONS_MAX 1024U

struct loop {
    const struct as_bare_get *gets;
    size_t count, next;
    uint64_t offset; /* in gets[next] */
    size_t part_bytes;
    uint64_t bytes;
    CURLM *multi;
    size_t running;
    bool failed;
    char message[128];
};

static size_t discard(char *bytes, size_t size, size_t count, void *context)
{
    struct loop *l = context;
    (void)bytes;
    l->bytes += size * count;
    return size * count;
}

/* Gives the handle the next range. False when there is none. */
static bool start_next(struct loop *l, CURL *easy)
{
    char range[64];
    if (l->next == l->count || l->failed) {
        return false;
    }
    const struct as_bare_get *g = &l->gets[l->next];
    uint64_t end = g->size - l->offset < l->part_bytes ? g->size : l->offset + l->part_bytes;
    AS_IGNORE(snprintf(range, sizeof range, "%llu-%llu", (unsigned long long)l->offset,
                       (unsigned long long)(end == 0 ? 0 : end - 1)) < 0,
              "it fits");
    curl_easy_setopt(easy, CURLOPT_URL, g->url);
    curl_easy_setopt(easy, CURLOPT_RANGE, g->size == 0 ? NULL : range);
    l->offset = end;
    if (end == g->size) {
        l->next++;
        l->offset = 0;
    }
    l->failed = curl_multi_add_handle(l->multi, easy) != CURLM_OK;
    l->running++;
    return true;
}

static CURL *make_handle(struct loop *l)
{
    CURL *easy = curl_easy_init();
    if (easy != NULL) {
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
        curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, l);
    }
    return easy;
}

static void take_finished(struct loop *l)
{
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(l->multi, &left); m != NULL;
         m = curl_multi_info_read(l->multi, &left)) {
        CURL *easy = m->easy_handle;
        if (m->msg != CURLMSG_DONE) {
            continue;
        }
        if (m->data.result != CURLE_OK && !l->failed) {
            l->failed = true;
            AS_IGNORE(snprintf(l->message, sizeof l->message, "%s",
                               curl_easy_strerror(m->data.result)) < 0,
                      "a cut text is still one");
        }
        curl_multi_remove_handle(l->multi, easy);
        l->running--;
        AS_IGNORE(start_next(l, easy), "nothing is left");
    }
}

enum as_status as_bare_loop_run(const struct as_bare_get *gets, size_t count, size_t part_bytes,
                                unsigned connections, uint64_t *out_bytes, struct as_error *err)
{
    struct loop l = {.gets = gets, .count = count, .part_bytes = part_bytes};
    CURL *handles[CONNECTIONS_MAX] = {NULL};
    connections = connections > CONNECTIONS_MAX ? CONNECTIONS_MAX : connections;
    l.multi = curl_multi_init();
    if (l.multi == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "libcurl cannot be set up");
    }
    curl_multi_setopt(l.multi, CURLMOPT_MAXCONNECTS, (long)connections);
    for (unsigned i = 0; i < connections; i++) {
        handles[i] = make_handle(&l);
        if (handles[i] == NULL || !start_next(&l, handles[i])) {
            break;
        }
    }
    while (l.running != 0) {
        int running = 0;
        curl_multi_perform(l.multi, &running);
        take_finished(&l);
        if (l.running != 0) {
            curl_multi_poll(l.multi, NULL, 0, 1000, NULL);
        }
    }
    for (unsigned i = 0; i < connections; i++) {
        curl_easy_cleanup(handles[i]);
    }
    curl_multi_cleanup(l.multi);
    if (l.failed) {
        return as_fail(err, AS_E_NETWORK, "the bare loop failed: %s", l.message);
    }
    *out_bytes = l.bytes;
    return AS_OK;
}
