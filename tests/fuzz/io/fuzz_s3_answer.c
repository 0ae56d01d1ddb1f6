/* SPDX-License-Identifier: Apache-2.0
 * Any bytes, cut at line ends, as the headers of an answer to a ranged GET. Must reach:
 * as_s3_answer_header, as_s3_parse_http_date, as_s3_request_check. Bytes may be used only where the
 * range that was asked for says so. */
#include <stdlib.h>
#include <string.h>

#include "io/s3/s3_transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct as_s3_request r;
    uint8_t byte = 0;
    as_s3_request_init(&r, NULL, as_slice(NULL, 0));
    r.dst = &byte;
    r.want = 10;
    r.ranged = true;
    r.start = size % 2 == 0 ? 0 : 100;
    r.received_before = size % 3 == 0 ? 0 : 4;
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t len = end == NULL ? size - at : (size_t)(end - data) - at + 1;
        as_s3_answer_header(&r.answer, as_slice(data + at, len));
        at += len;
    }
    as_s3_request_check(&r);
    if (r.state == AS_S3_BODY_GOOD && r.answer.http_status == 206) {
        require(r.answer.range_first == r.start + r.received_before);
        require(r.answer.range_last < r.start + r.want && r.answer.range_last < r.total);
    } else if (r.state == AS_S3_BODY_GOOD) {
        require(r.start + r.received_before == 0 && r.total == r.answer.length);
    }
    require(memchr(r.etag, '\0', sizeof r.etag) != NULL);
    return 0;
}
