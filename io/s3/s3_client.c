/* SPDX-License-Identifier: Apache-2.0
 * Making a client: options, then configuration and credentials, then network threads. */
#include "io/s3/s3_client.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define PART_BYTES_DEFAULT ((uint32_t)8 << 20)
#define MEMORY_BYTES_DEFAULT ((uint64_t)64 << 20)
#define CORES_A_THREAD 4
#define THREADS_MAX 8U
#define CONNECTIONS_MAX 1024U
#define WAIT_MS 100U

void as_s3_options_init(struct as_s3_options *o)
{
    *o = (struct as_s3_options){.retries_max = 5,
                                .connections = 16,
                                .part_bytes = PART_BYTES_DEFAULT,
                                .memory_bytes = MEMORY_BYTES_DEFAULT,
                                .timeout_seconds = 30};
}

static enum as_status check_options(const struct as_s3_options *o, struct as_error *err)
{
    if (o->part_bytes == 0 || o->connections == 0 || o->connections > CONNECTIONS_MAX ||
        o->memory_bytes == 0 || o->timeout_seconds == 0) {
        return as_fail(err, AS_E_USAGE,
                       "part size, memory and time-out must not be 0, connections 1 to %u",
                       CONNECTIONS_MAX);
    }
    return AS_OK;
}

static unsigned network_threads(unsigned connections)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = cores < 2L * CORES_A_THREAD ? 1U : (unsigned)(cores / CORES_A_THREAD);
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    return threads > connections ? connections : threads;
}

static enum as_status choose_addressing(struct as_s3_client *c, enum as_addressing asked,
                                        struct as_error *err)
{
    const char *style = c->config.addressing_style;
    c->addressing = asked;
    if (asked != AS_ADDRESSING_AUTO || style == NULL || strcmp(style, "auto") == 0) {
        return AS_OK;
    }
    if (strcmp(style, "path") == 0) {
        c->addressing = AS_ADDRESSING_PATH;
    } else if (strcmp(style, "virtual") == 0) {
        c->addressing = AS_ADDRESSING_VIRTUAL;
    } else {
        return as_fail(err, AS_E_USAGE,
                       "profile %s: addressing_style must be auto, path or virtual",
                       c->config.profile);
    }
    return AS_OK;
}

static enum as_status set_up(struct as_s3_client *c, const struct as_s3_options *o,
                             struct as_error *err)
{
    const struct as_aws_options aws = {.profile = o->profile,
                                       .region = o->region,
                                       .endpoint_url = o->endpoint_url,
                                       .ca_bundle = o->ca_bundle,
                                       .no_sign_request = o->no_sign_request};
    AS_TRY(check_options(o, err));
    AS_TRY(as_aws_config_load(&aws, &c->config, err));
    AS_TRY(choose_addressing(c, o->addressing, err));
    if (c->config.credentials.access_key_id != NULL) {
        c->signer =
            as_sigv4_signer_new(c->config.credentials.access_key_id, c->config.credentials.secret,
                                c->config.credentials.session_token);
        if (c->signer == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "the signer cannot be set up");
        }
    }
    const struct as_s3_net_options net = {.signer = c->signer,
                                          .cancel = c->cancel,
                                          .threads = network_threads(o->connections),
                                          .connections = o->connections,
                                          .retries_max = o->retries_max,
                                          .timeout_seconds = o->timeout_seconds,
                                          .no_verify_ssl = o->no_verify_ssl,
                                          .ca_bundle = c->config.ca_bundle};
    return as_s3_net_new(&net, &c->net, err);
}

enum as_status as_s3_client_new(const struct as_s3_options *options, const struct as_cancel *cancel,
                                struct as_s3_client **out, struct as_error *err)
{
    struct as_s3_client *c = as_calloc(1, sizeof *c);
    if (c == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "the S3 client cannot be set up");
    }
    c->cancel = cancel;
    c->part_bytes = options->part_bytes;
    c->window_parts = options->connections;
    pthread_mutex_init(&c->lock, NULL);
    as_cond_init(&c->progress);
    as_s3_buffers_init(&c->buffers, options->part_bytes, options->memory_bytes);
    enum as_status status = set_up(c, options, err);
    if (status != AS_OK) {
        as_s3_client_free(c);
        return status;
    }
    *out = c;
    return AS_OK;
}

void as_s3_client_free(struct as_s3_client *c)
{
    if (c == NULL) {
        return;
    }
    as_s3_net_free(c->net);
    as_sigv4_signer_free(c->signer);
    as_aws_config_fini(&c->config);
    as_s3_buffers_fini(&c->buffers);
    pthread_cond_destroy(&c->progress);
    pthread_mutex_destroy(&c->lock);
    as_free(c);
}

void as_s3_client_counters(const struct as_s3_client *c, struct as_s3_counters *out)
{
    const struct as_s3_shared *s = as_s3_net_shared(c->net);
    *out = (struct as_s3_counters){
        .requests = atomic_load_explicit(&s->requests, memory_order_relaxed),
        .retries = atomic_load_explicit(&s->retries, memory_order_relaxed),
        .bytes_received = atomic_load_explicit(&s->bytes_received, memory_order_relaxed)};
}

struct fetch {
    struct as_s3_client *client;
    bool done; /* guarded by the client's lock */
};

static void fetch_done(struct as_s3_request *r)
{
    struct fetch *f = r->owner;
    struct as_s3_client *c = f->client;
    pthread_mutex_lock(&c->lock);
    f->done = true;
    pthread_cond_broadcast(&c->progress);
    pthread_mutex_unlock(&c->lock);
}

enum as_status as_s3_client_fetch(struct as_s3_client *c, struct as_s3_request *r,
                                  const struct as_cancel *cancel, struct as_error *err)
{
    struct fetch f = {.client = c};
    r->owner = &f; /* cppcheck-suppress autoVariables; taken back before the return */
    r->done = fetch_done;
    r->urgent = true;
    as_s3_net_submit(c->net, r);
    pthread_mutex_lock(&c->lock);
    while (!f.done) {
        if (as_cancel_requested(cancel) && !atomic_exchange(&r->abandoned, true)) {
            as_s3_net_wake(c->net);
        }
        as_cond_wait_ms(&c->progress, &c->lock, WAIT_MS);
    }
    pthread_mutex_unlock(&c->lock);
    r->owner = NULL;
    if (r->status != AS_OK && err != NULL) {
        *err = r->error;
    }
    return r->status;
}
