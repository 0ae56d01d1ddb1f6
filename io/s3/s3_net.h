/* SPDX-License-Identifier: Apache-2.0
 * Requests and the network threads that carry them out. A request is one logical GET; signing,
 * retries, resuming a broken body, region redirects and clock correction happen below this line, so
 * that its `done` is called exactly once, with the bytes or with the final error.
 *
 * Threads: as_s3_net_submit from any; `done` runs on the network thread with no lock held and must
 * not block. A submitted request belongs to the network until `done`. */
#ifndef AS_IO_S3_NET_H
#define AS_IO_S3_NET_H

#include <stdatomic.h>

#include "base/cancel.h"
#include "io/s3/s3_answer.h"
#include "io/s3/s3_retry.h"
#include "io/s3/sigv4.h"

/** A bucket and where it is asked; shared by all requests for it. */
struct as_s3_bucket {
    /* constant after init */
    char *name;
    char *endpoint_url; /* NULL: AWS */
    enum as_addressing addressing;
    pthread_mutex_t lock;
    struct { /* guarded by lock */
        struct as_s3_place place;
        unsigned generation; /* counts changes of place */
    } locked;
};
enum as_status as_s3_bucket_init(struct as_s3_bucket *b, struct as_slice name,
                                 const char *endpoint_url, const char *region,
                                 enum as_addressing addressing, struct as_error *err) AS_MUST_CHECK;
void as_s3_bucket_fini(struct as_s3_bucket *b);

#define AS_S3_SIZE_UNKNOWN UINT64_MAX

struct as_s3_request {
    /* set by the maker; constant until done */
    struct as_s3_bucket *bucket;
    struct as_slice key; /* empty: the bucket itself */
    const char *query;   /* wire form without '?', or NULL */
    bool ranged;         /* bytes start … start + want - 1 */
    uint64_t start;
    uint8_t *dst; /* NULL: the body goes into `body` */
    size_t want;  /* bytes at dst */
    bool urgent;  /* a thread waits for it: goes before others */
    void (*done)(struct as_s3_request *r);
    void *owner;
    atomic_bool abandoned; /* any thread: end it soon, as AS_E_CANCELLED (then as_s3_net_wake) */
    /* pins: set by the maker when known, else by the first answer */
    char etag[AS_S3_ETAG_SIZE];
    uint64_t total; /* size of the version; AS_S3_SIZE_UNKNOWN */
    int64_t last_modified_ms;
    /* result */
    enum as_status status;
    struct as_error error;
    struct as_s3_answer answer; /* of the last attempt */
    size_t received;            /* bytes at dst that are good */
    struct as_strbuf body;      /* init by the maker with its limit; also holds error documents */
    /* network thread */
    struct as_s3_request *next;
    struct as_s3_transfer *transfer;               /* running */
    unsigned attempts, failures, redirects, spent; /* spent: quota tokens */
    size_t received_before;                        /* at the start of this attempt */
    size_t received_mark;                          /* at the last failure */
    unsigned generation;                           /* of the place that this attempt used */
    uint64_t due_ns;
    bool clock_corrected, range_dropped;
    enum as_s3_body_state {
        AS_S3_BODY_NEW,
        AS_S3_BODY_GOOD,
        AS_S3_BODY_ENOUGH,
        AS_S3_BODY_BAD,
        AS_S3_BODY_CHANGED
    } state;
    const char *bad_why; /* static */
};
/** Zeroes and sets the defaults of the fields above. */
void as_s3_request_init(struct as_s3_request *r, struct as_s3_bucket *bucket, struct as_slice key);
/** "s3://bucket/key" for messages. */
void as_s3_request_name(const struct as_s3_request *r, char *out, size_t size);

struct as_s3_net_options {
    struct as_sigv4_signer *signer; /* NULL: unsigned; borrowed */
    const struct as_cancel *cancel;
    unsigned threads;     /* at least 1 */
    unsigned connections; /* in all */
    unsigned retries_max;
    unsigned timeout_seconds;
    bool no_verify_ssl;
    const char *ca_bundle; /* borrowed */
};
/** Figures shared by the threads. */
struct as_s3_shared {
    struct as_s3_net_options o; /* constant after new */
    struct as_s3_quota quota;
    _Atomic int64_t skew_ms; /* server's clock minus ours */
    _Atomic bool reached;    /* some server has answered */
    _Atomic uint64_t requests, retries, bytes_received;
};
struct as_s3_net;
enum as_status as_s3_net_new(const struct as_s3_net_options *options, struct as_s3_net **out,
                             struct as_error *err) AS_MUST_CHECK;
/** Ends what is under way as AS_E_CANCELLED, stops the threads. */
void as_s3_net_free(struct as_s3_net *n);
void as_s3_net_submit(struct as_s3_net *n, struct as_s3_request *r);
/** Makes the threads look at `abandoned` now. */
void as_s3_net_wake(struct as_s3_net *n);
const struct as_s3_shared *as_s3_net_shared(const struct as_s3_net *n);

#endif
