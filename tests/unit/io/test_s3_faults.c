/* SPDX-License-Identifier: Apache-2.0
 * The S3 source against a server that misbehaves (tests/servers/fault_server.py): every fault is
 * either survived with the right bytes, or told as the right status; never bytes of two versions,
 * never a short object that looks whole, never a listing that ends early. */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/reason.h"
#include "io/s3/s3.h"

#define KEYS_MAX 4096

static pid_t s_server;
static char s_endpoint[64];

struct collected {
    struct as_object **objects;
    size_t count;
};

static bool start_server(void)
{
    int ends[2];
    char line[32] = "";
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
    unsetenv("AWS_PROFILE");
    unsetenv("http_proxy");
    if (pipe(ends) != 0) {
        return false;
    }
    s_server = fork();
    if (s_server == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execlp("python3", "python3", ASSAY_SOURCE_DIR "/tests/servers/fault_server.py",
               (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    bool started = out != NULL && fgets(line, sizeof line, out) != NULL;
    line[strcspn(line, "\n")] = '\0';
    started = started && snprintf(s_endpoint, sizeof s_endpoint, "http://127.0.0.1:%s", line) > 0;
    if (out != NULL) {
        fclose(out);
    }
    return started;
}

static struct as_s3_client *make_client(uint32_t part_bytes, uint64_t memory_bytes,
                                        const struct as_cancel *cancel)
{
    struct as_s3_options o;
    struct as_s3_client *c = NULL;
    struct as_error err;
    as_s3_options_init(&o);
    o.endpoint_url = s_endpoint;
    o.region = "us-east-1";
    o.part_bytes = part_bytes;
    o.memory_bytes = memory_bytes;
    o.timeout_seconds = 2;
    o.connections = 4;
    assert_int_equal(as_s3_client_new(&o, cancel, &c, &err), AS_OK);
    return c;
}

static struct as_source *make_source(struct as_s3_client *c, const char *address, bool exact)
{
    struct as_source *s = NULL;
    struct as_error err;
    assert_int_equal(as_s3_source_new(c, address, exact, &s, &err), AS_OK);
    return s;
}

static struct as_object *make_object(const char *key, uint64_t size)
{
    struct as_object *o = as_object_new(as_slice_of(key));
    assert_non_null(o);
    o->size = size;
    return o;
}

/* Reads to the end; every byte must be where it belongs. */
static enum as_status read_pattern(struct as_stream *s, size_t step, uint64_t *out_len,
                                   struct as_error *err)
{
    static uint8_t buf[1 << 18];
    uint64_t at = 0;
    for (;;) {
        size_t got = 0;
        enum as_status status =
            as_stream_read(s, buf, step < sizeof buf ? step : sizeof buf, &got, err);
        if (status != AS_OK) {
            struct as_error again;
            assert_int_equal(as_stream_read(s, buf, 1, &got, &again), status);
            return status;
        }
        if (got == 0) {
            *out_len = at;
            return AS_OK;
        }
        for (size_t i = 0; i < got; i++) {
            if (buf[i] != (at + i) % 251) {
                fail_msg("wrong byte at %llu", (unsigned long long)(at + i));
            }
        }
        at += got;
    }
}

static enum as_status read_key(const char *key, uint64_t listed_size, uint32_t part_bytes,
                               uint64_t *out_len, struct as_error *err)
{
    struct as_s3_client *c = make_client(part_bytes, 4 << 20, NULL);
    struct as_source *s = make_source(c, "s3://faults", false);
    struct as_object *o = make_object(key, listed_size);
    struct as_stream *stream = NULL;
    assert_int_equal(s->ops->open(s, o, 0, &stream, err), AS_OK);
    enum as_status status = read_pattern(stream, 1 << 18, out_len, err);
    as_stream_close(stream);
    as_object_free(o);
    as_source_free(s);
    as_s3_client_free(c);
    return status;
}

static void faults_that_pass_are_survived(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        uint64_t listed, size;
        uint32_t part;
    } cases[] = {
        {"ok/0", 0, 0, 65536},
        {"ok/0/listed-larger", 9, 0, 65536},
        {"ok/1", 1, 1, 65536},
        {"ok/70000/listed-empty", 0, 70000, 65536},
        {"ok/70000/listed-smaller", 10, 70000, 65536},
        {"ok/70000/listed-larger", 900000, 70000, 65536},
        {"ok/65536/one-part", 65536, 65536, 65536},
        {"ok/1000/one-byte-parts", 1000, 1000, 1},
        {"ok/3000000/many", 3000000, 3000000, 65536},
        {"slowdown-1/100000", 100000, 100000, 65536},
        {"retryafter-1/100", 100, 100, 65536},
        {"internal-2/100000", 100000, 100000, 65536},
        {"reset-2/300000", 300000, 300000, 65536},
        {"cut-2/300000", 300000, 300000, 65536},
        {"nobody-2/100", 100, 100, 65536},
        {"slow/200000", 200000, 200000, 65536},
        {"stall/50000", 50000, 50000, 65536},
        {"badrange-2/100000", 100000, 100000, 65536},
        {"fewer-3/200000", 200000, 200000, 65536},
        {"whole-99/60000", 60000, 60000, 65536},
        {"whole-1/200000", 200000, 200000, 65536},
        {"region/100000", 100000, 100000, 65536},
        {"malformed/100000", 100000, 100000, 65536},
        {"temporary/100000", 100000, 100000, 65536},
        {"skew/100000", 100000, 100000, 65536},
        {"garbage-1/100000", 100000, 100000, 65536},
        {"ok/500/q?#%25+ //../.&=~", 500, 500, 65536},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        uint64_t len = 0;
        struct as_error err = {.status = AS_OK};
        int64_t live = as_mem_live();
        enum as_status status = read_key(cases[i].key, cases[i].listed, cases[i].part, &len, &err);
        if (status != AS_OK || len != cases[i].size || as_mem_live() != live) {
            fail_msg("%s: %s, %llu bytes, %s", cases[i].key, as_status_name(status),
                     (unsigned long long)len, err.message);
        }
    }
}

/* The listing's ETag is of the version that comes, of none, or of another. */
static void a_size_that_contradicts_the_listing_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *key, *etag;
        uint64_t listed;
        unsigned attempt;
        enum as_status status;
        bool disputed;
    } cases[] = {
        {"ok/200000", "v1", 200000, 0, AS_OK, false},
        {"ok/200000", "v1", 300000, 0, AS_E_OBJECT_CHANGED, true},
        {"ok/200000", "v1", 300000, 1, AS_OK, true},
        {"ok/200000", "v1", 100000, 0, AS_E_OBJECT_CHANGED, true},
        {"ok/200000", "v1", 100000, 1, AS_OK, true},
        {"ok/200000", "v0", 300000, 0, AS_OK, false},
        {"ok/200000", NULL, 300000, 0, AS_OK, false},
        {"ok/0", "v1", 300000, 1, AS_OK, true},
        {"nothing-9/200000", "v1", 200000, 0, AS_E_OBJECT_CHANGED, true},
        {"nothing-9/200000", "v1", 200000, 1, AS_OK, true},
        {"lessquiet-99/60000", "v1", 60000, 0, AS_E_OBJECT_CHANGED, true},
        {"lessquiet-99/60000/b", "v1", 60000, 1, AS_OK, true},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_error err = {.status = AS_OK};
        uint64_t len = 0;
        struct as_s3_client *c = make_client(65536, 4 << 20, NULL);
        struct as_source *s = make_source(c, "s3://faults", false);
        struct as_object *o = make_object(cases[i].key, cases[i].listed);
        struct as_stream *stream = NULL;
        struct as_object_version version;
        o->etag = cases[i].etag == NULL ? NULL : as_strdup(cases[i].etag);
        assert_int_equal(s->ops->open(s, o, cases[i].attempt, &stream, &err), AS_OK);
        enum as_status status = read_pattern(stream, 1 << 18, &len, &err);
        s->ops->version(s, stream, &version);
        if (status != cases[i].status || version.size_disputed != cases[i].disputed) {
            fail_msg("%zu: %s, disputed %d", i, as_status_name(status), version.size_disputed);
        }
        as_stream_close(stream);
        as_object_free(o);
        as_source_free(s);
        as_s3_client_free(c);
    }
}

static void faults_that_stay_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum as_status status;
        const char *code;
    } cases[] = {
        {"changed/200000", AS_E_OBJECT_CHANGED, "PreconditionFailed"},
        {"changedquiet/200000", AS_E_OBJECT_CHANGED, ""},
        {"denied/10", AS_E_DENIED, "AccessDenied"},
        {"kms/10", AS_E_KMS_KEY, "AccessDenied"},
        {"ssec/10", AS_E_ENCRYPTION, "InvalidRequest"},
        {"gone/10", AS_E_NOT_FOUND, "NoSuchKey"},
        {"state/10", AS_E_OBJECT_STATE, "InvalidObjectState"},
        {"expired/10", AS_E_CREDENTIALS, "ExpiredToken"},
        {"badkey/10", AS_E_SIGNATURE, "SignatureDoesNotMatch"},
        {"evil/10", AS_E_DENIED, "RedirectRefused"},
        {"badrange-99/200000", AS_E_PROTOCOL, ""},
        {"whole-99/200000", AS_E_PROTOCOL, ""},
        {"nolength-99/10", AS_E_PROTOCOL, ""},
        {"garbage-99/10", AS_E_NETWORK, ""},
        {"internal-99/10", AS_E_SERVER, "InternalError"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        uint64_t len = 0;
        struct as_error err = {.status = AS_OK};
        int64_t live = as_mem_live();
        enum as_status status = read_key(cases[i].key, 200000, 65536, &len, &err);
        if (status != cases[i].status || strcmp(err.code, cases[i].code) != 0 ||
            strstr(err.message, "s3://faults/") == NULL || as_mem_live() != live) {
            fail_msg("%s: %s %s: %s", cases[i].key, as_status_name(status), err.code, err.message);
        }
    }
}

static enum as_status collect(void *context, struct as_object *o)
{
    struct collected *c = context;
    if (c->count == KEYS_MAX) {
        return AS_E_LIMIT;
    }
    c->objects[c->count++] = o;
    return AS_OK;
}

static enum as_status list(const char *address, bool exact, struct collected *out,
                           struct as_error *err)
{
    struct as_s3_client *c = make_client(65536, 4 << 20, NULL);
    struct as_source *s = make_source(c, address, exact);
    out->objects = as_calloc(KEYS_MAX, sizeof *out->objects);
    out->count = 0;
    assert_non_null(out->objects);
    enum as_status status = s->ops->list(s, collect, out, NULL, err);
    as_source_free(s);
    as_s3_client_free(c);
    return status;
}

static void release(struct collected *c)
{
    for (size_t i = 0; i < c->count; i++) {
        as_object_free(c->objects[i]);
    }
    as_free(c->objects);
}

static void listings_end_where_they_end_or_fail(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool exact;
        enum as_status status;
        size_t count;
    } cases[] = {
        {"s3://list-many", false, AS_OK, 2500},
        {"s3://list-many/k001", false, AS_OK, 100},
        {"s3://list-many/k00100", true, AS_OK, 1},
        {"s3://list-many/k001", true, AS_OK, 0},
        {"s3://list-none", false, AS_OK, 0},
        {"s3://list-hostile", false, AS_OK, 14},
        {"s3://list-flaky", false, AS_OK, 1},
        {"s3://list-endless", false, AS_E_PROTOCOL, 2},
        {"s3://list-cut", false, AS_E_PROTOCOL, 0},
        {"s3://list-error", false, AS_E_PROTOCOL, 0},
        {"s3://list-html", false, AS_E_PROTOCOL, 0},
        {"s3://denied", false, AS_E_DENIED, 0},
        {"s3://expired", false, AS_E_CREDENTIALS, 0},
        {"s3://nobody", false, AS_E_NO_BUCKET, 0},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct collected c;
        struct as_error err = {.status = AS_OK};
        enum as_status status = list(cases[i].address, cases[i].exact, &c, &err);
        if (status != cases[i].status || c.count != cases[i].count) {
            fail_msg("%s: %s, %zu keys, %s", cases[i].address, as_status_name(status), c.count,
                     err.message);
        }
        release(&c);
    }
}

static void listed_keys_are_decoded_only_when_encoded(void **state)
{
    (void)state;
    static const char *const raw[] = {"%", "a%20b", "a+b", "\xc3\xa4&<"};
    struct collected c;
    struct as_error err;
    assert_int_equal(list("s3://list-noencoding", false, &c, &err), AS_OK);
    assert_int_equal(c.count, AS_ARRAY_SIZE(raw));
    for (size_t i = 0; i < c.count; i++) {
        assert_string_equal((const char *)c.objects[i]->key.ptr, raw[i]);
    }
    release(&c);
    assert_int_equal(list("s3://list-hostile", false, &c, &err), AS_OK);
    for (size_t i = 1; i < c.count; i++) {
        assert_true(as_slice_compare(c.objects[i - 1]->key, c.objects[i]->key) < 0);
    }
    assert_string_equal((const char *)c.objects[2]->key.ptr, "a b");
    assert_string_equal((const char *)c.objects[3]->key.ptr, "a%2Bb");
    assert_string_equal((const char *)c.objects[4]->key.ptr, "a+b");
    assert_string_equal(c.objects[2]->etag, "v1");
    release(&c);
    assert_int_equal(list("s3://list-glacier", false, &c, &err), AS_OK);
    assert_int_equal(c.objects[0]->skip_reason, AS_REASON_INVALID_OBJECT_STATE);
    release(&c);
}

static void reads_out_of_order_give_the_same_bytes(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset;
        size_t len, expected;
    } reads[] = {{999990, 100, 10},      {0, 10, 10},         {500000, 10, 10},
                 {500010, 70000, 70000}, {1000000, 1, 0},     {570010, 20, 20},
                 {570030, 65000, 65000}, {1, 300000, 300000}, {700000, 5, 5},
                 {UINT64_MAX, 5, 0}};
    static uint8_t buf[300000];
    struct as_s3_client *c = make_client(65536, 1 << 20, NULL);
    struct as_source *s = make_source(c, "s3://faults", false);
    struct as_object *o = make_object("ok/1000000/random-access", 1000000);
    struct as_stream *stream = NULL;
    struct as_error err;
    assert_int_equal(s->ops->open(s, o, 0, &stream, &err), AS_OK);
    for (size_t i = 0; i < AS_ARRAY_SIZE(reads); i++) {
        size_t got = 12345;
        assert_int_equal(
            stream->ops->read_at(stream, reads[i].offset, buf, reads[i].len, &got, &err), AS_OK);
        assert_int_equal(got, reads[i].expected);
        for (size_t k = 0; k < got; k++) {
            assert_int_equal(buf[k], (reads[i].offset + k) % 251);
        }
    }
    struct as_object_version v;
    s->ops->version(s, stream, &v);
    assert_string_equal(v.etag, "v1");
    assert_string_equal(v.content_type, "text/plain");
    assert_string_equal(v.encryption, "AES256");
    assert_null(v.version_id);
    assert_int_equal(v.size, 1000000);
    assert_int_equal(v.last_modified_ms, 784111777000);
    uint64_t len = 0;
    assert_int_equal(read_pattern(stream, 7777, &len, &err), AS_OK);
    assert_int_equal(len, 1000000);
    as_stream_close(stream);
    as_object_free(o);
    as_source_free(s);
    as_s3_client_free(c);
}

static void many_streams_opened_ahead_in_little_memory_do_not_starve_each_other(void **state)
{
    (void)state;
    enum { STREAMS = 40 };
    struct as_s3_client *c = make_client(262144, 600000, NULL);
    struct as_source *s = make_source(c, "s3://faults", false);
    struct as_stream *streams[STREAMS];
    struct as_error err;
    for (unsigned i = 0; i < STREAMS; i++) {
        char key[64];
        assert_true(snprintf(key, sizeof key, "ok/700000/%u", i) > 0);
        struct as_object *o = make_object(key, 700000);
        assert_int_equal(s->ops->open(s, o, 0, &streams[i], &err), AS_OK);
        as_object_free(o);
    }
    for (unsigned i = STREAMS; i-- > 0;) { /* last opened, first read: the worst order */
        uint64_t len = 0;
        if (i % 4 != 0) { /* some are closed unread */
            assert_int_equal(read_pattern(streams[i], 100000, &len, &err), AS_OK);
            assert_int_equal(len, 700000);
        }
        as_stream_close(streams[i]);
    }
    as_source_free(s);
    as_s3_client_free(c);
}

static void cancelled_run_ends_every_wait_within_a_second(void **state)
{
    (void)state;
    struct as_cancel cancel = {false};
    struct as_s3_client *c = make_client(65536, 1 << 20, &cancel);
    struct as_source *s = make_source(c, "s3://faults", false);
    struct as_object *o = make_object("stall-99/1000", 1000);
    struct as_stream *stream = NULL;
    struct as_error err;
    uint8_t byte;
    size_t got = 0;
    assert_int_equal(s->ops->open(s, o, 0, &stream, &err), AS_OK);
    as_sleep_ms(200);
    uint64_t before = as_monotonic_ns();
    as_cancel_request(&cancel);
    assert_int_equal(as_stream_read(stream, &byte, 1, &got, &err), AS_E_CANCELLED);
    as_stream_close(stream);
    struct collected none = {NULL, 0};
    assert_int_equal(s->ops->list(s, collect, &none, &cancel, &err), AS_E_CANCELLED);
    as_object_free(o);
    as_source_free(s);
    as_s3_client_free(c);
    assert_true(as_monotonic_ns() - before < 1000000000U);
}

static void unreachable_server_is_told_soon(void **state)
{
    (void)state;
    struct as_s3_options o;
    struct as_s3_client *c = NULL;
    struct as_error err;
    as_s3_options_init(&o);
    o.endpoint_url = "http://127.0.0.1:1";
    o.no_sign_request = true;
    assert_int_equal(as_s3_client_new(&o, NULL, &c, &err), AS_OK);
    struct as_source *s = make_source(c, "s3://bucket", false);
    struct collected none = {NULL, 0};
    uint64_t before = as_monotonic_ns();
    assert_int_equal(s->ops->list(s, collect, &none, NULL, &err), AS_E_NETWORK);
    assert_true(as_monotonic_ns() - before < 5000000000U);
    assert_non_null(strstr(err.message, "127.0.0.1"));
    as_source_free(s);
    as_s3_client_free(c);
}

static void counters_count_requests_retries_and_bytes(void **state)
{
    (void)state;
    struct as_s3_client *c = make_client(65536, 1 << 20, NULL);
    struct as_source *s = make_source(c, "s3://faults", false);
    struct as_object *o = make_object("internal-1/100000/counted", 100000);
    struct as_stream *stream = NULL;
    struct as_s3_counters n;
    struct as_error err;
    uint64_t len = 0;
    assert_int_equal(s->ops->open(s, o, 0, &stream, &err), AS_OK);
    assert_int_equal(read_pattern(stream, 1 << 18, &len, &err), AS_OK);
    as_stream_close(stream);
    as_s3_client_counters(c, &n);
    assert_int_equal(n.requests, 4); /* two parts, each refused once */
    assert_int_equal(n.retries, 2);
    assert_true(n.bytes_received >= 100000);
    as_object_free(o);
    as_source_free(s);
    as_s3_client_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_that_pass_are_survived),
        cmocka_unit_test(a_size_that_contradicts_the_listing_is_told),
        cmocka_unit_test(faults_that_stay_are_told_apart),
        cmocka_unit_test(listings_end_where_they_end_or_fail),
        cmocka_unit_test(listed_keys_are_decoded_only_when_encoded),
        cmocka_unit_test(reads_out_of_order_give_the_same_bytes),
        cmocka_unit_test(many_streams_opened_ahead_in_little_memory_do_not_starve_each_other),
        cmocka_unit_test(cancelled_run_ends_every_wait_within_a_second),
        cmocka_unit_test(unreachable_server_is_told_soon),
        cmocka_unit_test(counters_count_requests_retries_and_bytes),
    };
    if (!start_server()) {
        print_message("NOT RUN: the fault server does not start; is python3 here?\n");
        return 0;
    }
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    kill(s_server, SIGKILL);
    waitpid(s_server, NULL, 0);
    return failures;
}
