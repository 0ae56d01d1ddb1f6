/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an encoded key, an address, an endpoint, a redirect, and a signed path and query.
 * Must reach: as_uri_encode, as_uri_decode, as_s3_address_parse, as_s3_endpoint_parse,
 * as_s3_place_make, as_s3_redirect_allowed, as_sigv4_canonical_request. Encoding is undone exactly;
 * no endpoint that is accepted changes the host by its name. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/s3/s3_uri.h"
#include "io/s3/sigv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void round_trip(struct as_slice bytes, bool keep_slash)
{
    struct as_strbuf encoded;
    struct as_strbuf decoded;
    as_strbuf_init(&encoded, 1 << 20);
    as_strbuf_init(&decoded, 1 << 20);
    as_uri_encode(&encoded, bytes, keep_slash);
    require(as_uri_decode(&decoded, as_strbuf_view(&encoded), true));
    require(as_slice_equal(as_strbuf_view(&decoded), bytes));
    as_strbuf_reset(&decoded);
    if (as_uri_decode(&decoded, bytes, true)) {
        require(decoded.len <= bytes.len);
    }
    as_strbuf_fini(&encoded);
    as_strbuf_fini(&decoded);
}

static void as_name(const char *text)
{
    struct as_slice bucket;
    struct as_slice prefix;
    struct as_s3_place place;
    if (as_s3_address_parse(text, &bucket, &prefix, NULL) == AS_OK) {
        require(bucket.len != 0 && memchr(bucket.ptr, '/', bucket.len) == NULL);
        if (as_s3_place_make(NULL, "eu-west-1", AS_ADDRESSING_AUTO, bucket, &place, NULL) ==
            AS_OK) {
            require(as_s3_host_is_aws(place.authority));
        }
    }
    if (as_s3_place_make(text, "r", AS_ADDRESSING_PATH, as_slice_of("bucket"), &place, NULL) ==
        AS_OK) {
        require(strpbrk(place.authority, "/?#@ \r\n") == NULL && place.authority[0] != '\0');
        require(as_s3_redirect_allowed(&place, place.authority));
    }
}

static void as_signed(struct as_slice path, struct as_slice query, bool other_service)
{
    struct as_sigv4_header headers[] = {{"Host", "h"}, {"x-amz-date", " a  b "}};
    struct as_sigv4_request r = {.method = "GET",
                                 .path = path,
                                 .query = query,
                                 .headers = headers,
                                 .header_count = 2,
                                 .payload_hash = "UNSIGNED-PAYLOAD",
                                 .normalize_path = other_service,
                                 .encode_path = other_service};
    struct as_strbuf out;
    struct as_strbuf names;
    as_strbuf_init(&out, 1 << 20);
    as_strbuf_init(&names, 1 << 10);
    if (as_sigv4_canonical_request(&r, &out, &names) == AS_OK) {
        require(strcmp(names.ptr, "host;x-amz-date") == 0);
        require(out.len > 60 && memcmp(out.ptr, "GET\n", 4) == 0);
    }
    as_strbuf_fini(&out);
    as_strbuf_fini(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8192) {
        return 0;
    }
    int64_t live = as_mem_live();
    char *text = as_memdup0(data, size);
    require(text != NULL);
    round_trip(as_slice(data, size), size % 2 == 0);
    as_name(text);
    as_signed(as_slice(data, size / 2), as_slice(data + size / 2, size - size / 2), size % 3 == 0);
    as_free(text);
    require(as_mem_live() == live);
    return 0;
}
