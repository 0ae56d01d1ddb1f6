/* SPDX-License-Identifier: Apache-2.0
 * The stream over one S3 object: parallel ranged GETs of one version, handed out in order. See
 * s3_reader.c. */
#ifndef AS_IO_S3_READER_H
#define AS_IO_S3_READER_H

#include "io/s3/s3_client.h"
#include "io/source.h"

/** What is opened; borrowed for the call, but for bucket and readers. */
struct as_s3_opening {
    struct as_s3_bucket *bucket;
    /** Counts what is alive (guarded by the client's lock); 0 before the bucket goes. */
    size_t *readers;
    const struct as_object *object;
    unsigned attempt; /* 0, then counts restarts */
};

/** Returns at once with the first part under way, or waiting for memory. */
enum as_status as_s3_reader_open(struct as_s3_client *c, const struct as_s3_opening *opening,
                                 struct as_stream **out, struct as_error *err) AS_MUST_CHECK;
/** Facts of the version that is read; complete once a read has succeeded. */
void as_s3_reader_version(const struct as_stream *s, struct as_object_version *out);

#endif
