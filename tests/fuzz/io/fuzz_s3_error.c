/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an error document. Must reach: as_s3_error_parse, as_s3_judge, as_s3_answer_fail.
 * Texts are ended and bounded; whatever it says, a refusal is never a success. */
#include <stdlib.h>
#include <string.h>

#include "io/s3/s3_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {301, 307, 400, 403, 404, 405, 412, 416, 429, 500, 503};
    struct as_s3_error_body e;
    bool found = as_s3_error_parse(as_slice(data, size), &e);
    require(found == (e.code[0] != '\0'));
    require(memchr(e.code, '\0', sizeof e.code) != NULL);
    require(memchr(e.endpoint, '\0', sizeof e.endpoint) != NULL);
    for (size_t i = 0; i < AS_ARRAY_SIZE(statuses); i++) {
        struct as_s3_answer a = {.http_status = statuses[i]};
        struct as_error err;
        struct as_s3_verdict v = as_s3_judge(&a, &e);
        require(v.status != AS_OK);
        require(as_s3_answer_fail(&err, v.status, &a, &e, "s3://b/k") == v.status);
        require(memchr(err.message, '\0', sizeof err.message) != NULL);
    }
    return 0;
}
