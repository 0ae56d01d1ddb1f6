/* SPDX-License-Identifier: Apache-2.0
 * The two XML documents that reading S3 needs: a page of ListObjectsV2 and an error. Source: S3 API
 * reference, ListObjectsV2 and "Error responses". Pure. */
#ifndef AS_IO_S3_XML_H
#define AS_IO_S3_XML_H

#include "base/error.h"
#include "base/slice.h"
#include "io/s3/s3_uri.h"

/** One listed object; views that live for the call. */
struct as_s3_item {
    struct as_slice key; /* decoded */
    uint64_t size;
    int64_t last_modified_ms;  /* 0 when not told */
    const char *etag;          /* without quotes, or NULL */
    const char *storage_class; /* or NULL */
};
/** Any status but AS_OK ends the parsing and is returned. */
typedef enum as_status as_s3_item_fn(void *context, const struct as_s3_item *item);

struct as_s3_page {
    bool truncated;
    char *next_token; /* set when truncated; owned: as_free */
    size_t count;     /* items */
};

/** Items are handed out only after the whole page was read and found good. Keys are decoded only
 * when the page says EncodingType url. AS_E_PROTOCOL: no such page. */
enum as_status as_s3_list_parse(struct as_slice xml, as_s3_item_fn *found, void *context,
                                struct as_s3_page *out, struct as_error *err) AS_MUST_CHECK;

struct as_s3_error_body {
    char code[64];
    char message[192];
    char region[AS_S3_REGION_SIZE];
    char endpoint[AS_S3_AUTHORITY_SIZE];
};
/** False when it is no error document; then *out is all empty. */
bool as_s3_error_parse(struct as_slice xml, struct as_s3_error_body *out);

#endif
