/* SPDX-License-Identifier: Apache-2.0
 * What an HTTP answer says, and what it means for the object: parsing of the headers that matter,
 * and the table from status and error code to our statuses and to what is to be done next. Source:
 * S3 API reference "Error responses"; RFC 9110 sections 10.2.3, 14.4; botocore's retry rules. Pure.
 */
#ifndef AS_IO_S3_ANSWER_H
#define AS_IO_S3_ANSWER_H

#include "base/error.h"
#include "base/slice.h"
#include "io/s3/s3_uri.h"
#include "io/s3/s3_xml.h"

#define AS_S3_ETAG_SIZE 256

/** The headers of one answer. Empty strings for what was not sent. */
struct as_s3_answer {
    int http_status;
    bool has_length;
    uint64_t length; /* Content-Length */
    bool has_range;  /* a good Content-Range with a total */
    bool range_malformed;
    uint64_t range_first, range_last, total;
    unsigned retry_after_seconds; /* 0: none */
    int64_t date_ms;              /* 0: none */
    int64_t last_modified_ms;
    char etag[AS_S3_ETAG_SIZE]; /* without quotes; a weak one keeps its W/ */
    char version_id[256];
    char content_type[128];
    char encryption[32];
    char kms_key_id[256];
    char request_id[80];
    char bucket_region[AS_S3_REGION_SIZE];
    char location[AS_S3_AUTHORITY_SIZE + 64]; /* scheme and host are enough */
};

void as_s3_answer_reset(struct as_s3_answer *a);
/** One header line as it came, with or without its line end. A status line starts anew (100,
 * proxies). */
void as_s3_answer_header(struct as_s3_answer *a, struct as_slice line);
/** `Sun, 06 Nov 1994 08:49:37 GMT`; false for anything else. */
bool as_s3_parse_http_date(const char *text, int64_t *out_unix_ms);

enum as_s3_next {
    AS_S3_FAIL,     /* final */
    AS_S3_RETRY,    /* transient: again after a short wait */
    AS_S3_THROTTLE, /* the server asked to slow down: again after a longer wait */
    AS_S3_REGION,   /* sign for another region or ask another host */
    AS_S3_CLOCK,    /* sign with the server's time */
};

struct as_s3_verdict {
    enum as_s3_next next;
    enum as_status status; /* when it is final */
};
/** For answers that are not 2xx. */
struct as_s3_verdict as_s3_judge(const struct as_s3_answer *a, const struct as_s3_error_body *e);
/** Fills err with status, code and one line that says what to do. `what` names s3://bucket/key. */
enum as_status as_s3_answer_fail(struct as_error *err, enum as_status status,
                                 const struct as_s3_answer *a, const struct as_s3_error_body *e,
                                 const char *what);

#endif
