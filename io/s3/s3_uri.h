/* SPDX-License-Identifier: Apache-2.0
 * Names on the wire: percent-encoding (RFC 3986, by AWS's strict rule), s3:// addresses, endpoints
 * and the host that a bucket is asked at. Pure. Sources: SigV4 documentation (UriEncode), S3 user
 * guide "Virtual hosting of buckets". */
#ifndef AS_IO_S3_URI_H
#define AS_IO_S3_URI_H

#include "base/error.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "io/s3/s3.h"

/** Every byte but A–Z a–z 0–9 - . _ ~ as %XX; '/' stays with `keep_slash`. */
void as_uri_encode(struct as_strbuf *out, struct as_slice bytes, bool keep_slash);
/** Undoes it; '+' is a blank when told so. False when a '%' is not followed by two hex digits; then
 * `out` holds what came before. */
bool as_uri_decode(struct as_strbuf *out, struct as_slice text, bool plus_is_blank) AS_MUST_CHECK;

/** s3://bucket[/prefix], as views into the address. AS_E_USAGE with what is wrong; AS_E_NOT_YET for
 * all buckets (a star), access point ARNs and directory buckets. */
enum as_status as_s3_address_parse(const char *address, struct as_slice *out_bucket,
                                   struct as_slice *out_prefix, struct as_error *err) AS_MUST_CHECK;

#define AS_S3_AUTHORITY_SIZE 384
#define AS_S3_REGION_SIZE 64

/** Where requests for one bucket go. */
struct as_s3_place {
    bool https;
    bool aws;          /* below an AWS domain: redirects within it are followed */
    bool virtual_host; /* the bucket is part of the host */
    char authority[AS_S3_AUTHORITY_SIZE]; /* host[:port] as in the Host header, bucket included */
    char region[AS_S3_REGION_SIZE];       /* to sign for */
};

/** "aws", "aws-cn", "aws-us-gov", … by the region's name. */
const char *as_s3_partition(const char *region);
/** http(s)://host[:port][/] into scheme and authority. AS_E_USAGE otherwise (user names, paths,
 * queries are refused). */
enum as_status as_s3_endpoint_parse(const char *url, bool *out_https,
                                    char out_authority[AS_S3_AUTHORITY_SIZE],
                                    struct as_error *err) AS_MUST_CHECK;
/** No `endpoint_url`: AWS. AUTO is virtual-host style on AWS for names that are good host labels,
 * path style everywhere else. */
enum as_status as_s3_place_make(const char *endpoint_url, const char *region,
                                enum as_addressing addressing, struct as_slice bucket,
                                struct as_s3_place *out, struct as_error *err) AS_MUST_CHECK;
/** A redirect to `authority`: allowed to the same place, or within one AWS domain. */
bool as_s3_redirect_allowed(const struct as_s3_place *from, const char *authority);
/** True for hosts of AWS. */
bool as_s3_host_is_aws(const char *authority);

#endif
