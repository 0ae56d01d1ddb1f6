/* SPDX-License-Identifier: Apache-2.0
 * The inside of struct as_s3_client, shared by the client, the source and the reader. */
#ifndef AS_IO_S3_CLIENT_H
#define AS_IO_S3_CLIENT_H

#include "io/s3/credentials.h"
#include "io/s3/s3_buffers.h"
#include "io/s3/s3_net.h"

struct as_s3_reader;

struct as_s3_client {
    /* constant after new */
    const struct as_cancel *cancel;
    struct as_aws_config config;
    enum as_addressing addressing;
    size_t part_bytes;
    unsigned window_parts;          /* parts in flight or waiting an object */
    struct as_sigv4_signer *signer; /* NULL: unsigned */
    struct as_s3_net *net;
    /** Guards what follows, and every reader and part of this client. Taken before a loop's lock,
     * never after. */
    pthread_mutex_t lock;
    pthread_cond_t progress; /* a synchronous request is done, a reader is gone */
    struct as_s3_buffers buffers;
    struct { /* readers that want a buffer, oldest first */
        struct as_s3_reader *first, *last;
    } waiting;
};

/** Carries out a request and waits. `cancel` beside the client's own may be NULL. */
enum as_status as_s3_client_fetch(struct as_s3_client *c, struct as_s3_request *r,
                                  const struct as_cancel *cancel,
                                  struct as_error *err) AS_MUST_CHECK;

#endif
