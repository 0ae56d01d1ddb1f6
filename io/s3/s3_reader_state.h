/* SPDX-License-Identifier: Apache-2.0
 * The inside of a reader, shared by s3_reader.c (in order) and s3_read_at.c (out of order). */
#ifndef AS_IO_S3_READER_STATE_H
#define AS_IO_S3_READER_STATE_H

#include "io/s3/s3_reader.h"

#define AS_S3_ERROR_BODY_MAX ((size_t)64 << 10)

struct as_s3_part {
    struct as_s3_request request;
    struct as_s3_reader *reader;
    uint8_t *buffer;
    size_t size; /* of the buffer */
    enum as_s3_share share;
    bool done;
    struct as_s3_part *next;
};

struct as_s3_reader {
    struct as_stream base;
    /* constant after open */
    struct as_s3_client *client;
    struct as_s3_bucket *bucket;
    size_t *readers;
    char *key;
    size_t key_len;
    char *query; /* versionId, or NULL */
    size_t first_want;
    bool listed_empty;
    uint64_t listed_size;
    char *listed_etag; /* NULL when the listing gave none */
    bool first_try;
    /* guarded by the client's lock */
    struct as_s3_part *head, *tail;
    size_t part_count;
    size_t refs; /* the stream and requests under way */
    uint64_t next_start;
    bool started, closed, queued; /* queued: in the client's waiting list */
    struct as_s3_reader *waiting_next;
    pthread_cond_t changed;
    bool known; /* the fields below are set */
    struct as_s3_answer answer;
    uint64_t total;
    char etag[AS_S3_ETAG_SIZE];
    int64_t last_modified_ms;
    bool size_disputed;    /* see struct as_object_version */
    enum as_status failed; /* sticks */
    struct as_error error;
    /* of the reading thread */
    uint64_t position;
    uint8_t *cache;
    size_t cache_size, cache_len, cache_next;
    uint64_t cache_start;
};

/** Makes the failure stick and wakes whoever waits. The client's lock is held. */
void as_s3_reader_fail_locked(struct as_s3_reader *r, enum as_status status,
                              const struct as_error *error);
/** As above, with a message that names the object. */
void as_s3_reader_fail_named_locked(struct as_s3_reader *r, enum as_status status, const char *why);
/** The failure that sticks, or AS_OK. The lock is held. */
enum as_status as_s3_reader_result(const struct as_s3_reader *r,
                                   struct as_error *err) AS_MUST_CHECK;
/** Waits for the first answer, which fixes the version and the size. */
enum as_status as_s3_reader_wait_known(struct as_s3_reader *r, struct as_error *err) AS_MUST_CHECK;
/** read_at of the stream. */
enum as_status as_s3_reader_read_at(struct as_stream *s, uint64_t offset, void *buf, size_t len,
                                    size_t *out_len, struct as_error *err) AS_MUST_CHECK;

#endif
