/* SPDX-License-Identifier: Apache-2.0
 * The S3 source: ListObjectsV2 and parallel ranged GETs over curl_multi, signed by our own SigV4
 * signer. Reference: docs/operations.md; S3 API reference, AWS SigV4 documentation. */
#ifndef AS_IO_S3_H
#define AS_IO_S3_H

#include "io/source.h"

enum as_addressing { AS_ADDRESSING_AUTO, AS_ADDRESSING_PATH, AS_ADDRESSING_VIRTUAL };

struct as_s3_options {
    const char
        *endpoint_url;  /* NULL: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's, then AWS */
    const char *region; /* NULL: environment, profile, then found out from the bucket */
    const char *profile;
    bool no_sign_request;
    bool no_verify_ssl;
    const char *ca_bundle;
    enum as_addressing addressing;
    unsigned retries_max;     /* attempts after the first; default 5 */
    unsigned connections;     /* parallel requests a client; default 16 */
    uint32_t part_bytes;      /* a ranged GET's size */
    uint64_t memory_bytes;    /* buffers of all parts in flight or waiting */
    unsigned timeout_seconds; /* without a byte; default 30 */
};
void as_s3_options_init(struct as_s3_options *o);

/** Network threads, connections, part buffers, credentials: shared by all S3 sources of a run. */
struct as_s3_client;
/** Reads configuration and credentials; AS_E_CREDENTIALS says how to export them when there are
 * none. */
enum as_status as_s3_client_new(const struct as_s3_options *options, const struct as_cancel *cancel,
                                struct as_s3_client **out, struct as_error *err) AS_MUST_CHECK;
/** After all its sources are gone. Stops the network threads. */
void as_s3_client_free(struct as_s3_client *c);
struct as_s3_counters {
    uint64_t requests, retries, bytes_received;
};
void as_s3_client_counters(const struct as_s3_client *c, struct as_s3_counters *out);

/** `address` is "s3://bucket[/prefix]"; `exact`: just that key. */
enum as_status as_s3_source_new(struct as_s3_client *c, const char *address, bool exact,
                                struct as_source **out, struct as_error *err) AS_MUST_CHECK;

#endif
