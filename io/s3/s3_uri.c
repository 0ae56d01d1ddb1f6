/* SPDX-License-Identifier: Apache-2.0
 * See s3_uri.h. Encoding is strict and done once for S3: what is signed is what is sent. Test:
 * tests/unit/io/test_s3_names.c; fuzz: tests/fuzz/io/fuzz_s3_uri.c. */
#include "io/s3/s3_uri.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_unreserved(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void as_uri_encode(struct as_strbuf *out, struct as_slice bytes, bool keep_slash)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (is_unreserved(c) || (keep_slash && c == '/')) {
            as_strbuf_putc(out, (char)c);
        } else {
            const char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
            as_strbuf_append(out, encoded, sizeof encoded);
        }
    }
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool as_uri_decode(struct as_strbuf *out, struct as_slice text, bool plus_is_blank)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '+' && plus_is_blank) {
            c = ' ';
        } else if (c == '%') {
            int high = text.len - i > 2 ? hex_value(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? hex_value(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        as_strbuf_putc(out, (char)c);
    }
    return !out->failed;
}

static bool is_bucket_name(struct as_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (!is_unreserved(c) || c == '~') {
            return false;
        }
    }
    return name.len >= 1 && name.len <= 255 && name.ptr[0] != '.' && name.ptr[0] != '-';
}

enum as_status as_s3_address_parse(const char *address, struct as_slice *out_bucket,
                                   struct as_slice *out_prefix, struct as_error *err)
{
    static const char suffix[] = "--x-s3";
    if (strncmp(address, "s3://", 5) != 0) {
        return as_fail(err, AS_E_USAGE, "%s: is no s3:// address", address);
    }
    const char *name = address + 5;
    size_t len = strcspn(name, "/");
    struct as_slice bucket = as_slice(name, len);
    if (strcmp(name, "*") == 0) {
        return as_fail(err, AS_E_NOT_YET,
                       "%s: scanning all buckets is not yet supported; name them", address);
    }
    if (strncmp(name, "arn:", 4) == 0) {
        return as_fail(err, AS_E_NOT_YET,
                       "%s: ARNs of access points are not yet supported; use the bucket or the "
                       "access point's alias",
                       address);
    }
    if (!is_bucket_name(bucket)) {
        return as_fail(err, AS_E_USAGE,
                       "%s: is no bucket address (s3://bucket or s3://bucket/prefix; letters, "
                       "digits, '.', '-', '_')",
                       address);
    }
    if (len > sizeof suffix &&
        memcmp(name + len - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0) {
        return as_fail(err, AS_E_NOT_YET, "%s: directory buckets are not yet supported", address);
    }
    *out_bucket = bucket;
    *out_prefix = as_slice_of(name[len] == '/' ? name + len + 1 : name + len);
    return AS_OK;
}

const char *as_s3_partition(const char *region)
{
    static const struct {
        const char *prefix, *partition;
    } rows[] = {
        {"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"},
        {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"},
        {"eusc-", "aws-eusc"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(rows); i++) {
        if (strncmp(region, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
            return rows[i].partition;
        }
    }
    return "aws";
}

static const char *domain_of_partition(const char *partition)
{
    static const struct {
        const char *partition, *domain;
    } rows[] = {
        {"aws-cn", "amazonaws.com.cn"},  {"aws-iso", "c2s.ic.gov"},
        {"aws-iso-b", "sc2s.sgov.gov"},  {"aws-iso-e", "cloud.adc-e.uk"},
        {"aws-iso-f", "csp.hci.ic.gov"}, {"aws-eusc", "amazonaws.eu"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(rows); i++) {
        if (strcmp(partition, rows[i].partition) == 0) {
            return rows[i].domain;
        }
    }
    return "amazonaws.com";
}

/* The AWS domain that the host lies below, or NULL. A port other than the default is not AWS. */
static const char *aws_domain(const char *authority)
{
    static const char *const domains[] = {"amazonaws.com", "amazonaws.com.cn", "c2s.ic.gov",
                                          "sc2s.sgov.gov", "cloud.adc-e.uk",   "csp.hci.ic.gov",
                                          "amazonaws.eu"};
    size_t len = strlen(authority);
    for (size_t i = 0; i < AS_ARRAY_SIZE(domains); i++) {
        size_t n = strlen(domains[i]);
        if (len > n + 1 && authority[len - n - 1] == '.' &&
            strcasecmp(authority + len - n, domains[i]) == 0) {
            return domains[i];
        }
    }
    return NULL;
}

bool as_s3_host_is_aws(const char *authority)
{
    return aws_domain(authority) != NULL;
}

bool as_s3_redirect_allowed(const struct as_s3_place *from, const char *authority)
{
    if (strcasecmp(from->authority, authority) == 0) {
        return true;
    }
    const char *domain = aws_domain(from->authority);
    return from->aws && domain != NULL && aws_domain(authority) == domain;
}

static bool is_host_character(char c)
{
    return is_unreserved((uint8_t)c) || c == ':' || c == '[' || c == ']';
}

static bool drop_default_port(char *authority, bool https)
{
    char *colon = strrchr(authority, ':');
    if (colon == NULL || strchr(colon, ']') != NULL) {
        return true;
    }
    if (colon[1] == '\0' || colon == authority || strlen(colon) > 6 ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1)) {
        return false;
    }
    if (strcmp(colon, https ? ":443" : ":80") == 0) {
        *colon = '\0';
    }
    return true;
}

enum as_status as_s3_endpoint_parse(const char *url, bool *out_https,
                                    char out_authority[AS_S3_AUTHORITY_SIZE], struct as_error *err)
{
    bool https = strncasecmp(url, "https://", 8) == 0;
    if (!https && strncasecmp(url, "http://", 7) != 0) {
        return as_fail(err, AS_E_USAGE, "the endpoint must begin with https:// or http://");
    }
    const char *host = url + (https ? 8 : 7);
    size_t len = strcspn(host, "/?#");
    const char *rest = host + len;
    bool good =
        len > 0 && len < AS_S3_AUTHORITY_SIZE - 256 && (rest[0] == '\0' || strcmp(rest, "/") == 0);
    for (size_t i = 0; good && i < len; i++) {
        good = is_host_character(host[i]);
    }
    char authority[AS_S3_AUTHORITY_SIZE];
    if (good) {
        memcpy(authority, host, len);
        authority[len] = '\0';
        good = drop_default_port(authority, https);
    }
    if (!good) {
        /* Not quoted: it may hold a password. */
        return as_fail(err, AS_E_USAGE,
                       "the endpoint must be https://HOST[:PORT] or http://HOST[:PORT], without "
                       "user name, path or query");
    }
    *out_https = https;
    memcpy(out_authority, authority, AS_S3_AUTHORITY_SIZE);
    return AS_OK;
}

/* Good as one label of a host name, so that TLS's wildcard certificate fits. */
static bool is_host_label(struct as_slice bucket)
{
    if (bucket.len < 3 || bucket.len > 63) {
        return false;
    }
    for (size_t i = 0; i < bucket.len; i++) {
        uint8_t c = bucket.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return bucket.ptr[bucket.len - 1] != '-';
}

enum as_status as_s3_place_make(const char *endpoint_url, const char *region,
                                enum as_addressing addressing, struct as_slice bucket,
                                struct as_s3_place *out, struct as_error *err)
{
    struct as_s3_place place = {.https = true, .aws = true};
    char authority[AS_S3_AUTHORITY_SIZE];
    if (strlen(region) >= sizeof place.region ||
        strspn(region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            strlen(region)) {
        return as_fail(err, AS_E_USAGE, "the region's name is not a good one");
    }
    memcpy(place.region, region, strlen(region) + 1);
    if (endpoint_url == NULL) {
        AS_IGNORE(snprintf(authority, sizeof authority, "s3.%s.%s", region,
                           domain_of_partition(as_s3_partition(region))) < 0,
                  "both are short");
    } else {
        AS_TRY(as_s3_endpoint_parse(endpoint_url, &place.https, authority, err));
        place.aws = as_s3_host_is_aws(authority);
    }
    place.virtual_host = addressing == AS_ADDRESSING_VIRTUAL ||
                         (addressing == AS_ADDRESSING_AUTO && place.aws && is_host_label(bucket));
    int len = place.virtual_host
                  ? snprintf(place.authority, sizeof place.authority, "%.*s.%s", (int)bucket.len,
                             (const char *)bucket.ptr, authority)
                  : snprintf(place.authority, sizeof place.authority, "%s", authority);
    if (len < 0 || (size_t)len >= sizeof place.authority) {
        return as_fail(err, AS_E_USAGE, "the host name is too long");
    }
    *out = place;
    return AS_OK;
}
