/* SPDX-License-Identifier: Apache-2.0
 * AWS Signature Version 4. Works on what goes over the wire: path and query as they will be sent.
 * Source: AWS General Reference "Signature Version 4 signing process"; proved by the official test
 * suite (awslabs/aws-c-auth, tests/aws-signing-test-suite/v4).
 *
 * S3's rules: neither flag of struct as_sigv4_request is set (the path is signed as it is sent,
 * encoded once). Every other service: both are set. */
#ifndef AS_IO_SIGV4_H
#define AS_IO_SIGV4_H

#include "base/slice.h"
#include "base/status.h"
#include "base/strbuf.h"

#define AS_SIGV4_TIME_SIZE 17 /* YYYYMMDDTHHMMSSZ */
#define AS_SIGV4_EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct as_sigv4_header {
    const char *name;  /* any case */
    const char *value; /* blanks around and inside are folded for signing */
};

struct as_sigv4_request {
    const char *method;
    struct as_slice path;                  /* begins with '/'; empty means "/" */
    struct as_slice query;                 /* without '?'; may be empty */
    const struct as_sigv4_header *headers; /* all of them are signed; host must be among them */
    size_t header_count;                   /* at most AS_SIGV4_HEADERS_MAX */
    const char *payload_hash;              /* hex SHA-256, or "UNSIGNED-PAYLOAD" */
    bool normalize_path;                   /* remove "//", "." and ".." */
    bool encode_path;                      /* encode the sent path once more */
};
#define AS_SIGV4_HEADERS_MAX 32U

struct as_sigv4_scope {
    char time[AS_SIGV4_TIME_SIZE];
    const char *region;
    const char *service;
};

void as_sigv4_format_time(int64_t unix_ms, char out[AS_SIGV4_TIME_SIZE]);
/** The canonical request and the list of signed header names. AS_E_USAGE: too many headers. */
enum as_status as_sigv4_canonical_request(const struct as_sigv4_request *request,
                                          struct as_strbuf *out,
                                          struct as_strbuf *out_signed_headers) AS_MUST_CHECK;
enum as_status as_sigv4_string_to_sign(struct as_slice canonical_request,
                                       const struct as_sigv4_scope *scope,
                                       struct as_strbuf *out) AS_MUST_CHECK;

/** Holds a secret and the signing keys made from it (one a day, region and service, cached).
 * Threads: any. */
struct as_sigv4_signer;
/** Copies what it is given. NULL when out of memory. */
struct as_sigv4_signer *as_sigv4_signer_new(const char *access_key_id, const char *secret,
                                            const char *session_token) AS_MUST_CHECK;
/** Wipes the secrets. */
void as_sigv4_signer_free(struct as_sigv4_signer *s);
/** Goes into the credential scope in the clear. */
const char *as_sigv4_signer_id(const struct as_sigv4_signer *s);
/** To be sent as x-amz-security-token; NULL when there is none. */
const char *as_sigv4_signer_token(const struct as_sigv4_signer *s);
/** Hex, NUL-terminated. */
enum as_status as_sigv4_signature(struct as_sigv4_signer *s, struct as_slice string_to_sign,
                                  const struct as_sigv4_scope *scope, char out[65]) AS_MUST_CHECK;
/** The value of the Authorization header. The request's headers must hold host, x-amz-date and,
 * when there is one, x-amz-security-token. */
enum as_status as_sigv4_authorize(struct as_sigv4_signer *s, const struct as_sigv4_request *request,
                                  const struct as_sigv4_scope *scope,
                                  struct as_strbuf *out) AS_MUST_CHECK;
/** The whole query of a presigned URL: the request's own, the X-Amz-… parameters, the signature. */
enum as_status as_sigv4_presign(struct as_sigv4_signer *s, const struct as_sigv4_request *request,
                                const struct as_sigv4_scope *scope, unsigned expires_seconds,
                                struct as_strbuf *out) AS_MUST_CHECK;

#endif
