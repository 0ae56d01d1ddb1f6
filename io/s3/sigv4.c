/* SPDX-License-Identifier: Apache-2.0
 * The canonical forms of SigV4. Signing keys are in sigv4_key.c.
 *
 * Queries are split, decoded and encoded again, so that any correct spelling of the wire query
 * gives one canonical form; sorted by encoded name, then value. Headers of one name are joined by
 * commas in the order given. Test: tests/unit/io/test_sigv4.c. */
#include "io/s3/sigv4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "io/s3/s3_uri.h"

#define TEXT_MAX ((size_t)1 << 20)
#define PAIRS_MAX 256U

void as_sigv4_format_time(int64_t unix_ms, char out[AS_SIGV4_TIME_SIZE])
{
    char stamp[AS_TIMESTAMP_SIZE]; /* YYYY-MM-DDTHH:MM:SS.mmmZ */
    as_format_timestamp(unix_ms, stamp);
    AS_IGNORE(snprintf(out, AS_SIGV4_TIME_SIZE, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", stamp, stamp + 5,
                       stamp + 8, stamp + 11, stamp + 14, stamp + 17) < 0,
              "sixteen characters");
}

/* Drops empty and "." segments and resolves ".."; a slash at the end stays. */
static void append_normalized(struct as_strbuf *out, struct as_slice path)
{
    size_t at = 0;
    bool slash_at_end = path.len != 0 && path.ptr[path.len - 1] == '/';
    while (at < path.len) {
        const uint8_t *segment = path.ptr + at;
        const uint8_t *slash = memchr(segment, '/', path.len - at);
        size_t len = slash == NULL ? path.len - at : (size_t)(slash - segment);
        at += len + 1;
        bool dot = len == 1 && segment[0] == '.';
        bool dots = len == 2 && segment[0] == '.' && segment[1] == '.';
        if (dots) {
            while (out->len != 0 && out->ptr[--out->len] != '/') {
            }
        }
        if (dot || dots) {
            slash_at_end = slash_at_end || at >= path.len;
        } else if (len != 0) {
            as_strbuf_putc(out, '/');
            as_strbuf_append(out, segment, len);
        }
    }
    if (slash_at_end || out->len == 0) {
        as_strbuf_putc(out, '/');
    }
}

static void append_path(struct as_strbuf *out, const struct as_sigv4_request *r)
{
    struct as_strbuf normal;
    as_strbuf_init(&normal, TEXT_MAX);
    if (r->normalize_path) {
        append_normalized(&normal, r->path);
    } else {
        as_strbuf_append(&normal, r->path.len == 0 ? (const uint8_t *)"/" : r->path.ptr,
                         r->path.len == 0 ? 1 : r->path.len);
    }
    if (r->encode_path) {
        as_uri_encode(out, as_strbuf_view(&normal), true);
    } else {
        as_strbuf_append(out, normal.ptr, normal.len);
    }
    out->failed = out->failed || normal.failed;
    as_strbuf_fini(&normal);
}

struct pair {
    size_t name, name_len, value, value_len; /* places in the text of encoded pairs */
    const char *text;
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = as_slice_compare(as_slice(x->text + x->name, x->name_len),
                                 as_slice(y->text + y->name, y->name_len));
    return order != 0 ? order
                      : as_slice_compare(as_slice(x->text + x->value, x->value_len),
                                         as_slice(y->text + y->value, y->value_len));
}

/* Decodes and encodes one name or value; what is no good encoding is taken as it stands. */
static size_t append_recoded(struct as_strbuf *out, struct as_slice text)
{
    struct as_strbuf plain;
    size_t before = out->len;
    as_strbuf_init(&plain, TEXT_MAX);
    bool decoded = as_uri_decode(&plain, text, false);
    as_uri_encode(out, decoded ? as_strbuf_view(&plain) : text, false);
    as_strbuf_fini(&plain);
    return out->len - before;
}

static size_t split_query(struct as_slice query, struct as_strbuf *text, struct pair *pairs)
{
    size_t count = 0;
    for (size_t at = 0; at < query.len && count < PAIRS_MAX;) {
        const uint8_t *begin = query.ptr + at;
        const uint8_t *amp = memchr(begin, '&', query.len - at);
        size_t len = amp == NULL ? query.len - at : (size_t)(amp - begin);
        const uint8_t *equals = len == 0 ? NULL : memchr(begin, '=', len);
        size_t name_len = equals == NULL ? len : (size_t)(equals - begin);
        at += len + 1;
        if (len == 0) {
            continue;
        }
        struct pair *p = &pairs[count++];
        p->name = text->len;
        p->name_len = append_recoded(text, as_slice(begin, name_len));
        p->value = text->len;
        p->value_len =
            equals == NULL ? 0 : append_recoded(text, as_slice(equals + 1, len - name_len - 1));
    }
    return count;
}

static void append_query(struct as_strbuf *out, struct as_slice query)
{
    struct as_strbuf text;
    struct pair *pairs = as_calloc(PAIRS_MAX, sizeof *pairs);
    as_strbuf_init(&text, TEXT_MAX);
    as_strbuf_puts(&text, ""); /* the pairs' places need a base, even when all are empty */
    if (pairs == NULL) {
        as_strbuf_fini(&text);
        out->failed = true;
        return;
    }
    size_t count = split_query(query, &text, pairs);
    out->failed = out->failed || text.failed || count == PAIRS_MAX;
    for (size_t i = 0; i < count; i++) {
        pairs[i].text = text.ptr;
    }
    if (!out->failed && count != 0) {
        qsort(pairs, count, sizeof *pairs, compare_pairs);
        for (size_t i = 0; i < count; i++) {
            if (i != 0) {
                as_strbuf_putc(out, '&');
            }
            as_strbuf_append(out, text.ptr + pairs[i].name, pairs[i].name_len);
            as_strbuf_putc(out, '=');
            as_strbuf_append(out, text.ptr + pairs[i].value, pairs[i].value_len);
        }
    }
    as_free(pairs);
    as_strbuf_fini(&text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without blanks around, and each run of blanks inside as one. */
static void append_folded(struct as_strbuf *out, const char *value)
{
    bool pending = false;
    bool any = false;
    for (; *value != '\0'; value++) {
        if (is_blank(*value)) {
            pending = any;
            continue;
        }
        if (pending) {
            as_strbuf_putc(out, ' ');
            pending = false;
        }
        as_strbuf_putc(out, *value);
        any = true;
    }
}

static void append_lower(struct as_strbuf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        as_strbuf_putc(out, (char)tolower((unsigned char)*name));
    }
}

/* Stable: equal names keep their order. The count is small. */
static void sort_headers(const struct as_sigv4_request *r, const struct as_sigv4_header **sorted)
{
    for (size_t i = 0; i < r->header_count; i++) {
        size_t at = i;
        while (at > 0 && strcasecmp(sorted[at - 1]->name, r->headers[i].name) > 0) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = &r->headers[i];
    }
}

static void append_headers(struct as_strbuf *out, struct as_strbuf *names,
                           const struct as_sigv4_header *const *sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool repeated = i != 0 && strcasecmp(sorted[i - 1]->name, sorted[i]->name) == 0;
        if (repeated) {
            as_strbuf_putc(out, ',');
        } else {
            if (i != 0) {
                as_strbuf_putc(out, '\n');
                as_strbuf_putc(names, ';');
            }
            append_lower(names, sorted[i]->name);
            append_lower(out, sorted[i]->name);
            as_strbuf_putc(out, ':');
        }
        append_folded(out, sorted[i]->value);
    }
    as_strbuf_putc(out, '\n');
}

enum as_status as_sigv4_canonical_request(const struct as_sigv4_request *r, struct as_strbuf *out,
                                          struct as_strbuf *out_signed_headers)
{
    const struct as_sigv4_header *sorted[AS_SIGV4_HEADERS_MAX];
    if (r->header_count > AS_SIGV4_HEADERS_MAX || r->header_count == 0) {
        return AS_E_USAGE;
    }
    sort_headers(r, sorted);
    as_strbuf_puts(out, r->method);
    as_strbuf_putc(out, '\n');
    append_path(out, r);
    as_strbuf_putc(out, '\n');
    append_query(out, r->query);
    as_strbuf_putc(out, '\n');
    append_headers(out, out_signed_headers, sorted, r->header_count);
    as_strbuf_putc(out, '\n');
    as_strbuf_append(out, out_signed_headers->ptr, out_signed_headers->len);
    as_strbuf_putc(out, '\n');
    as_strbuf_puts(out, r->payload_hash);
    return out->failed || out_signed_headers->failed ? AS_E_NO_MEMORY : AS_OK;
}

static void append_scope(struct as_strbuf *out, const struct as_sigv4_scope *scope)
{
    as_strbuf_append(out, scope->time, 8);
    as_strbuf_putc(out, '/');
    as_strbuf_puts(out, scope->region);
    as_strbuf_putc(out, '/');
    as_strbuf_puts(out, scope->service);
    as_strbuf_puts(out, "/aws4_request");
}

enum as_status as_sigv4_string_to_sign(struct as_slice canonical_request,
                                       const struct as_sigv4_scope *scope, struct as_strbuf *out)
{
    uint8_t digest[AS_SHA256_SIZE];
    char hex[2 * AS_SHA256_SIZE + 1];
    as_sha256(canonical_request.ptr, canonical_request.len, digest);
    as_hex(digest, sizeof digest, hex);
    as_strbuf_puts(out, "AWS4-HMAC-SHA256\n");
    as_strbuf_puts(out, scope->time);
    as_strbuf_putc(out, '\n');
    append_scope(out, scope);
    as_strbuf_putc(out, '\n');
    as_strbuf_puts(out, hex);
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}

/* Signature and names of the signed headers of a request. */
static enum as_status sign(struct as_sigv4_signer *s, const struct as_sigv4_request *r,
                           const struct as_sigv4_scope *scope, char signature[65],
                           struct as_strbuf *names)
{
    struct as_strbuf canonical;
    struct as_strbuf text;
    as_strbuf_init(&canonical, TEXT_MAX);
    as_strbuf_init(&text, TEXT_MAX);
    enum as_status status = as_sigv4_canonical_request(r, &canonical, names);
    if (status == AS_OK) {
        status = as_sigv4_string_to_sign(as_strbuf_view(&canonical), scope, &text);
    }
    if (status == AS_OK) {
        status = as_sigv4_signature(s, as_strbuf_view(&text), scope, signature);
    }
    as_strbuf_fini(&canonical);
    as_strbuf_fini(&text);
    return status;
}

enum as_status as_sigv4_authorize(struct as_sigv4_signer *s, const struct as_sigv4_request *r,
                                  const struct as_sigv4_scope *scope, struct as_strbuf *out)
{
    struct as_strbuf names;
    char signature[65];
    as_strbuf_init(&names, TEXT_MAX);
    enum as_status status = sign(s, r, scope, signature, &names);
    if (status == AS_OK) {
        as_strbuf_puts(out, "AWS4-HMAC-SHA256 Credential=");
        as_strbuf_puts(out, as_sigv4_signer_id(s));
        as_strbuf_putc(out, '/');
        append_scope(out, scope);
        as_strbuf_puts(out, ", SignedHeaders=");
        as_strbuf_append(out, names.ptr, names.len);
        as_strbuf_puts(out, ", Signature=");
        as_strbuf_puts(out, signature);
        status = out->failed ? AS_E_NO_MEMORY : AS_OK;
    }
    as_strbuf_fini(&names);
    return status;
}

static void append_parameter(struct as_strbuf *out, const char *name, struct as_slice value)
{
    if (out->len != 0) {
        as_strbuf_putc(out, '&');
    }
    as_strbuf_puts(out, name);
    as_strbuf_putc(out, '=');
    as_uri_encode(out, value, false);
}

/* The parameters that are signed: all but the signature. */
static void append_auth_query(struct as_strbuf *out, const struct as_sigv4_signer *s,
                              const struct as_sigv4_scope *scope, const struct as_strbuf *names,
                              unsigned expires_seconds)
{
    struct as_strbuf value;
    as_strbuf_init(&value, TEXT_MAX);
    append_parameter(out, "X-Amz-Algorithm", as_slice_of("AWS4-HMAC-SHA256"));
    as_strbuf_puts(&value, as_sigv4_signer_id(s));
    as_strbuf_putc(&value, '/');
    append_scope(&value, scope);
    append_parameter(out, "X-Amz-Credential", as_strbuf_view(&value));
    append_parameter(out, "X-Amz-Date", as_slice_of(scope->time));
    append_parameter(out, "X-Amz-SignedHeaders", as_strbuf_view(names));
    as_strbuf_reset(&value);
    as_strbuf_printf(&value, "%u", expires_seconds);
    append_parameter(out, "X-Amz-Expires", as_strbuf_view(&value));
    if (as_sigv4_signer_token(s) != NULL) {
        append_parameter(out, "X-Amz-Security-Token", as_slice_of(as_sigv4_signer_token(s)));
    }
    out->failed = out->failed || value.failed;
    as_strbuf_fini(&value);
}

enum as_status as_sigv4_presign(struct as_sigv4_signer *s, const struct as_sigv4_request *request,
                                const struct as_sigv4_scope *scope, unsigned expires_seconds,
                                struct as_strbuf *out)
{
    struct as_strbuf names;
    struct as_strbuf unused;
    char signature[65];
    as_strbuf_init(&names, TEXT_MAX);
    as_strbuf_init(&unused, TEXT_MAX);
    /* The list of names goes into the query, so it is needed before the request is canonical. */
    enum as_status status = as_sigv4_canonical_request(request, &unused, &names);
    as_strbuf_fini(&unused);
    if (status == AS_OK) {
        as_strbuf_append(out, request->query.ptr, request->query.len);
        append_auth_query(out, s, scope, &names, expires_seconds);
        struct as_sigv4_request with_auth = *request;
        with_auth.query = as_strbuf_view(out);
        as_strbuf_reset(&names);
        status = out->failed ? AS_E_NO_MEMORY : sign(s, &with_auth, scope, signature, &names);
    }
    if (status == AS_OK) {
        append_parameter(out, "X-Amz-Signature", as_slice_of(signature));
        status = out->failed ? AS_E_NO_MEMORY : AS_OK;
    }
    as_strbuf_fini(&names);
    return status;
}
