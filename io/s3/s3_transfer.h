/* SPDX-License-Identifier: Apache-2.0
 * One HTTP exchange of a request on one curl handle. Used by s3_loop.c only; runs on its network
 * thread. */
#ifndef AS_IO_S3_TRANSFER_H
#define AS_IO_S3_TRANSFER_H

#include <curl/curl.h>

#include "io/s3/s3_net.h"

struct as_s3_transfer {
    CURL *easy;
    struct curl_slist *headers;
    struct as_s3_request *request; /* NULL: free */
    struct as_s3_shared *shared;
    char curl_error[CURL_ERROR_SIZE];
};

/** Makes the handle and sets what is the same for all requests. */
enum as_status as_s3_transfer_init(struct as_s3_transfer *t, struct as_s3_shared *shared,
                                   struct as_error *err) AS_MUST_CHECK;
void as_s3_transfer_fini(struct as_s3_transfer *t);
/** Signs the request and readies the handle for it. */
enum as_status as_s3_transfer_prepare(struct as_s3_transfer *t,
                                      struct as_s3_request *r) AS_MUST_CHECK;
/** The exchange is over: true when the request is (status and error are set), false when it is to
 * be tried again at r->due_ns. Frees the transfer for another request. */
bool as_s3_transfer_settle(struct as_s3_transfer *t, CURLcode code);
/** Checks the answer's headers against the request before its first body byte is used. Sets
 * r->state. */
void as_s3_request_check(struct as_s3_request *r);
/** The answer points elsewhere: updates the bucket's place. AS_OK: try again. */
enum as_status as_s3_request_redirect(struct as_s3_request *r,
                                      const struct as_s3_error_body *e) AS_MUST_CHECK;

#endif
