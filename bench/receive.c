/* SPDX-License-Identifier: Apache-2.0
 * Receiving without scanning. Both sides get the same objects in the same ranges with the same
 * number of connections; rounds alternate, the best of each counts. CPU is that of the process,
 * all threads; where the server shares the machine, read the figure a CPU second and the ratio.
 *
 * The source is driven as the pipeline drives it: objects are opened ahead and read in order by
 * one thread, which copies the bytes and drops them. */
#include "bench/receive.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/size.h"
#include "bench/bare_loop.h"
#include "io/s3/credentials.h"
#include "io/s3/s3.h"
#include "io/s3/s3_uri.h"
#include "io/s3/sigv4.h"

#define OBJECTS_MAX 100000U
#define READ_BYTES ((size_t)1 << 20)
#define PRESIGN_SECONDS 3600U
#define ROUNDS_MAX 100U
#define URL_BYTES_MAX ((size_t)64 << 10)

struct figure {
    uint64_t bytes;
    double wall_seconds, cpu_seconds;
};

struct receive {
    struct as_s3_options s3;
    const char *address;
    unsigned rounds;
    bool json;
    struct as_s3_client *client;
    struct as_source *source;
    struct as_object **objects;
    size_t object_count;
    struct as_bare_get *gets;
    struct figure assay, bare;
};

static const char usage[] =
    "usage: assay bench receive s3://BUCKET[/PREFIX] [OPTION...]\n"
    "\n"
    "Receives every object without scanning it, beside a bare loop of curl GETs over the same "
    "ranges.\n"
    "\n"
    "  --part-size SIZE    bytes of a ranged GET (default 8MiB)\n"
    "  --memory SIZE       for parts (default 128MiB)\n"
    "  --connections N     parallel requests (default 16)\n"
    "  --rounds N          rounds; the best counts (default 3)\n"
    "  --endpoint-url, --region, --profile, --no-sign-request, --ca-bundle, --no-verify-ssl: as in "
    "scan\n"
    "  --output FORMAT     text (default) or json\n";

static bool parse_count(const char *text, unsigned most, unsigned *out)
{
    uint64_t value;
    if (!as_parse_size(text, &value) || value == 0 || value > most) {
        return false;
    }
    *out = (unsigned)value;
    return true;
}

static bool take_option(struct receive *r, int option, const char *value)
{
    uint64_t size;
    switch (option) {
    case 'p':
        if (!as_parse_size(value, &size) || size == 0 || size > UINT32_MAX) {
            return false;
        }
        r->s3.part_bytes = (uint32_t)size;
        return true;
    case 'm':
        return as_parse_size(value, &r->s3.memory_bytes) && r->s3.memory_bytes != 0;
    case 'c':
        return parse_count(value, 1024, &r->s3.connections);
    case 'r':
        return parse_count(value, ROUNDS_MAX, &r->rounds);
    case 'e':
        r->s3.endpoint_url = value;
        return true;
    case 'g':
        r->s3.region = value;
        return true;
    case 'f':
        r->s3.profile = value;
        return true;
    case 'b':
        r->s3.ca_bundle = value;
        return true;
    case 'n':
        r->s3.no_sign_request = true;
        return true;
    case 'v':
        r->s3.no_verify_ssl = true;
        return true;
    case 'o':
        r->json = strcmp(value, "json") == 0;
        return r->json || strcmp(value, "text") == 0;
    default:
        return false;
    }
}

static bool parse_arguments(struct receive *r, int argc, char **argv)
{
    static const struct option options[] = {
        {"part-size", required_argument, NULL, 'p'},    {"memory", required_argument, NULL, 'm'},
        {"connections", required_argument, NULL, 'c'},  {"rounds", required_argument, NULL, 'r'},
        {"endpoint-url", required_argument, NULL, 'e'}, {"region", required_argument, NULL, 'g'},
        {"profile", required_argument, NULL, 'f'},      {"ca-bundle", required_argument, NULL, 'b'},
        {"no-sign-request", no_argument, NULL, 'n'},    {"no-verify-ssl", no_argument, NULL, 'v'},
        {"output", required_argument, NULL, 'o'},       {NULL, 0, NULL, 0}};
    int option;
    optind = 0; /* getopt_long is started anew */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take_option(r, option, optarg)) {
            return false;
        }
    }
    r->address = argv[optind];
    return optind == argc - 1;
}

static enum as_status collect(void *context, struct as_object *o)
{
    struct receive *r = context;
    if (r->object_count == OBJECTS_MAX) {
        return AS_E_LIMIT;
    }
    r->objects[r->object_count++] = o;
    return AS_OK;
}

/* ---- the source ---- */

static enum as_status drain(struct as_stream *s, uint8_t *buffer, uint64_t *bytes,
                            struct as_error *err)
{
    for (;;) {
        size_t got = 0;
        AS_TRY(as_stream_read(s, buffer, READ_BYTES, &got, err));
        if (got == 0) {
            return AS_OK;
        }
        *bytes += got;
    }
}

static enum as_status read_all(struct receive *r, uint8_t *buffer, struct as_stream **open,
                               uint64_t *bytes, struct as_error *err)
{
    size_t ahead = r->s3.connections;
    assert(ahead > 0); /* parse_count() takes 1 and more */
    size_t opened = 0;
    for (size_t i = 0; i < r->object_count; i++) {
        while (opened < r->object_count && opened < i + ahead) {
            AS_TRY(
                r->source->ops->open(r->source, r->objects[opened], 0, &open[opened % ahead], err));
            opened++;
        }
        AS_TRY(drain(open[i % ahead], buffer, bytes, err));
        as_stream_close(open[i % ahead]);
        open[i % ahead] = NULL;
    }
    return AS_OK;
}

static enum as_status run_source(struct receive *r, uint64_t *out_bytes, struct as_error *err)
{
    uint8_t *buffer = as_malloc(READ_BYTES);
    struct as_stream **open = as_calloc(r->s3.connections, sizeof *open);
    enum as_status status = AS_E_NO_MEMORY;
    *out_bytes = 0;
    if (buffer != NULL && open != NULL) {
        status = read_all(r, buffer, open, out_bytes, err);
    }
    for (size_t i = 0; open != NULL && i < r->s3.connections; i++) {
        as_stream_close(open[i]);
    }
    as_free(open);
    as_free(buffer);
    return status;
}

/* ---- the bare loop ---- */

static enum as_status presign(const struct as_s3_place *place, const char *bucket,
                              struct as_sigv4_signer *signer, const struct as_object *o, char **out)
{
    struct as_strbuf url;
    struct as_strbuf query;
    struct as_sigv4_scope scope = {.region = place->region, .service = "s3"};
    as_strbuf_init(&url, URL_BYTES_MAX);
    as_strbuf_init(&query, URL_BYTES_MAX);
    as_strbuf_puts(&url, place->https ? "https://" : "http://");
    as_strbuf_puts(&url, place->authority);
    size_t path = url.len;
    as_strbuf_putc(&url, '/');
    if (!place->virtual_host) {
        as_uri_encode(&url, as_slice_of(bucket), false);
        as_strbuf_putc(&url, '/');
    }
    as_uri_encode(&url, o->key, true);
    enum as_status status = url.failed ? AS_E_NO_MEMORY : AS_OK;
    if (status == AS_OK && signer != NULL) {
        const struct as_sigv4_header host = {"host", place->authority};
        const struct as_sigv4_request request = {.method = "GET",
                                                 .path = as_slice(url.ptr + path, url.len - path),
                                                 .headers = &host,
                                                 .header_count = 1,
                                                 .payload_hash = "UNSIGNED-PAYLOAD"};
        as_sigv4_format_time(as_wall_ms(), scope.time);
        status = as_sigv4_presign(signer, &request, &scope, PRESIGN_SECONDS, &query);
        as_strbuf_putc(&url, '?');
        as_strbuf_append(&url, query.ptr, query.len);
    }
    as_strbuf_fini(&query);
    *out = as_strbuf_detach(&url);
    return status == AS_OK && *out == NULL ? AS_E_NO_MEMORY : status;
}

static enum as_status presign_all(struct receive *r, const struct as_aws_config *config,
                                  struct as_error *err)
{
    struct as_s3_place place;
    struct as_sigv4_signer *signer = NULL;
    const char *region = config->region == NULL ? "us-east-1" : config->region;
    AS_TRY(as_s3_place_make(config->endpoint_url, region, r->s3.addressing,
                            as_slice_of(r->source->bucket), &place, err));
    if (config->credentials.access_key_id != NULL) {
        signer = as_sigv4_signer_new(config->credentials.access_key_id, config->credentials.secret,
                                     config->credentials.session_token);
        if (signer == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory");
        }
    }
    enum as_status status = AS_OK;
    for (size_t i = 0; status == AS_OK && i < r->object_count; i++) {
        r->gets[i].size = r->objects[i]->size;
        status = presign(&place, r->source->bucket, signer, r->objects[i], &r->gets[i].url);
    }
    as_sigv4_signer_free(signer);
    return status;
}

/* ---- measuring ---- */

static double cpu_seconds(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) != 0) {
        return 0;
    }
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static enum as_status measure(struct receive *r, bool bare, struct figure *best,
                              struct as_error *err)
{
    struct figure now = {.bytes = 0};
    double cpu = cpu_seconds();
    uint64_t start = as_monotonic_ns();
    AS_TRY(bare ? as_bare_loop_run(r->gets, r->object_count, r->s3.part_bytes, r->s3.connections,
                                   &now.bytes, err)
                : run_source(r, &now.bytes, err));
    now.wall_seconds = (double)(as_monotonic_ns() - start) / 1e9;
    now.cpu_seconds = cpu_seconds() - cpu;
    if (best->bytes == 0 || now.wall_seconds < best->wall_seconds) {
        *best = now;
    }
    return AS_OK;
}

static enum as_status run_rounds(struct receive *r, struct as_error *err)
{
    for (unsigned i = 0; i < r->rounds; i++) {
        AS_TRY(measure(r, false, &r->assay, err));
        AS_TRY(measure(r, true, &r->bare, err));
    }
    if (r->assay.bytes != r->bare.bytes) {
        return as_fail(err, AS_E_BUG, "the source read %llu bytes, the bare loop %llu",
                       (unsigned long long)r->assay.bytes, (unsigned long long)r->bare.bytes);
    }
    return AS_OK;
}

static double rate(uint64_t bytes, double seconds)
{
    return seconds <= 0 ? 0 : (double)bytes / 1e6 / seconds;
}

static void print_figures(const struct receive *r)
{
    const struct figure *a = &r->assay;
    const struct figure *b = &r->bare;
    if (r->json) {
        printf("{\"bench\":\"receive\",\"objects\":%zu,\"bytes\":%llu,\"partBytes\":%u,"
               "\"connections\":%u,\"assay\":{\"mbPerSecond\":%.1f,\"mbPerCpuSecond\":%.1f},"
               "\"curl\":{\"mbPerSecond\":%.1f,\"mbPerCpuSecond\":%.1f}}\n",
               r->object_count, (unsigned long long)a->bytes, r->s3.part_bytes, r->s3.connections,
               rate(a->bytes, a->wall_seconds), rate(a->bytes, a->cpu_seconds),
               rate(b->bytes, b->wall_seconds), rate(b->bytes, b->cpu_seconds));
        return;
    }
    printf("receive: %zu objects, %.1f MB, parts of %u bytes, %u connections, best of %u\n\n",
           r->object_count, (double)a->bytes / 1e6, r->s3.part_bytes, r->s3.connections, r->rounds);
    printf("                   MB/s   MB per CPU second   objects/s\n");
    printf("  assay      %10.1f  %18.1f  %10.0f\n", rate(a->bytes, a->wall_seconds),
           rate(a->bytes, a->cpu_seconds), (double)r->object_count / a->wall_seconds);
    printf("  bare curl  %10.1f  %18.1f  %10.0f\n", rate(b->bytes, b->wall_seconds),
           rate(b->bytes, b->cpu_seconds), (double)r->object_count / b->wall_seconds);
}

static enum as_status run(struct receive *r, struct as_error *err)
{
    struct as_aws_config config;
    const struct as_aws_options aws = {.profile = r->s3.profile,
                                       .region = r->s3.region,
                                       .endpoint_url = r->s3.endpoint_url,
                                       .ca_bundle = r->s3.ca_bundle,
                                       .no_sign_request = r->s3.no_sign_request};
    AS_TRY(as_s3_client_new(&r->s3, NULL, &r->client, err));
    AS_TRY(as_s3_source_new(r->client, r->address, false, &r->source, err));
    r->objects = as_calloc(OBJECTS_MAX, sizeof(struct as_object *));
    r->gets = as_calloc(OBJECTS_MAX, sizeof *r->gets);
    if (r->objects == NULL || r->gets == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    AS_TRY(r->source->ops->list(r->source, collect, r, NULL, err));
    if (r->object_count == 0) {
        return as_fail(err, AS_E_NOT_FOUND, "%s: no objects", r->address);
    }
    AS_TRY(as_aws_config_load(&aws, &config, err));
    enum as_status status = presign_all(r, &config, err);
    as_aws_config_fini(&config);
    if (status == AS_OK) {
        status = run_rounds(r, err);
    }
    return status;
}

static void clean_up(struct receive *r)
{
    for (size_t i = 0; i < r->object_count; i++) {
        as_object_free(r->objects[i]);
        as_free(r->gets[i].url);
    }
    as_free(r->objects);
    as_free(r->gets);
    as_source_free(r->source);
    as_s3_client_free(r->client);
}

int as_bench_receive(int argc, char **argv)
{
    struct receive r = {.rounds = 3};
    struct as_error err = {.status = AS_OK};
    as_s3_options_init(&r.s3);
    r.s3.memory_bytes = (uint64_t)128 << 20;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (!parse_arguments(&r, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    enum as_status status = run(&r, &err);
    clean_up(&r);
    if (status == AS_OK) {
        print_figures(&r);
        return 0;
    }
    fprintf(stderr, "assay bench receive: %s\n",
            err.message[0] == '\0' ? as_status_text(status) : err.message);
    return status == AS_E_USAGE ? 2 : status == AS_E_NO_MEMORY || status == AS_E_BUG ? 5 : 4;
}
