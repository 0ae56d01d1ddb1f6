/* SPDX-License-Identifier: Apache-2.0
 * Names on the wire: encoding, addresses, endpoints, places, redirects; and the XML of listings and
 * errors. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/s3/s3_uri.h"
#include "io/s3/s3_xml.h"

static void encoding_is_strict_and_undone_exactly(void **state)
{
    (void)state;
    struct as_strbuf encoded;
    struct as_strbuf decoded;
    uint8_t all[256];
    for (unsigned i = 0; i < 256; i++) {
        all[i] = (uint8_t)i;
    }
    as_strbuf_init(&encoded, 4096);
    as_strbuf_init(&decoded, 4096);
    as_uri_encode(&encoded, as_slice(all, sizeof all), false);
    assert_int_equal(encoded.len, 66 + 190 * 3);
    assert_true(as_uri_decode(&decoded, as_strbuf_view(&encoded), true));
    assert_true(as_slice_equal(as_strbuf_view(&decoded), as_slice(all, sizeof all)));
    as_strbuf_reset(&encoded);
    as_uri_encode(&encoded, as_slice_of("a/b +%~\xc3\xa4"), true);
    assert_string_equal(encoded.ptr, "a/b%20%2B%25~%C3%A4");
    as_strbuf_fini(&encoded);
    as_strbuf_fini(&decoded);
}

static void decoding_refuses_what_is_no_encoding(void **state)
{
    (void)state;
    static const char *const bad[] = {"%", "%4", "a%zz", "%g0", "%0g", "x%"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(bad); i++) {
        struct as_strbuf out;
        as_strbuf_init(&out, 64);
        assert_false(as_uri_decode(&out, as_slice_of(bad[i]), true));
        as_strbuf_fini(&out);
    }
}

static void addresses_parse_or_say_why_not(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum as_status status;
        const char *bucket, *prefix;
    } cases[] = {
        {"s3://", AS_E_USAGE, NULL, NULL},
        {"s3:///x", AS_E_USAGE, NULL, NULL},
        {"file", AS_E_USAGE, NULL, NULL},
        {"s3://a b", AS_E_USAGE, NULL, NULL},
        {"s3://a@b/x", AS_E_USAGE, NULL, NULL},
        {"s3://-x", AS_E_USAGE, NULL, NULL},
        {"s3://*", AS_E_NOT_YET, NULL, NULL},
        {"s3://arn:aws:s3:eu-west-1:1:accesspoint/x", AS_E_NOT_YET, NULL, NULL},
        {"s3://b--euw1-az1--x-s3/p", AS_E_NOT_YET, NULL, NULL},
        {"s3://bucket", AS_OK, "bucket", ""},
        {"s3://bucket/", AS_OK, "bucket", ""},
        {"s3://My_Bucket.old/a//b ?#", AS_OK, "My_Bucket.old", "a//b ?#"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_slice bucket;
        struct as_slice prefix;
        struct as_error err;
        assert_int_equal(as_s3_address_parse(cases[i].address, &bucket, &prefix, &err),
                         cases[i].status);
        if (cases[i].status == AS_OK) {
            assert_true(as_slice_equal(bucket, as_slice_of(cases[i].bucket)));
            assert_true(as_slice_equal(prefix, as_slice_of(cases[i].prefix)));
        }
    }
}

static void places_follow_the_addressing_rules(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *region, *bucket;
        enum as_addressing addressing;
        enum as_status status;
        bool https;
        const char *authority;
    } cases[] = {
        {NULL, "eu-west-1", "logs", AS_ADDRESSING_AUTO, AS_OK, true,
         "logs.s3.eu-west-1.amazonaws.com"},
        {NULL, "cn-north-1", "logs", AS_ADDRESSING_AUTO, AS_OK, true,
         "logs.s3.cn-north-1.amazonaws.com.cn"},
        {NULL, "eu-west-1", "a.b", AS_ADDRESSING_AUTO, AS_OK, true, "s3.eu-west-1.amazonaws.com"},
        {NULL, "eu-west-1", "Old", AS_ADDRESSING_AUTO, AS_OK, true, "s3.eu-west-1.amazonaws.com"},
        {NULL, "eu-west-1", "logs", AS_ADDRESSING_PATH, AS_OK, true, "s3.eu-west-1.amazonaws.com"},
        {"http://127.0.0.1:9000", "r", "logs", AS_ADDRESSING_AUTO, AS_OK, false, "127.0.0.1:9000"},
        {"http://[::1]:9000/", "r", "logs", AS_ADDRESSING_AUTO, AS_OK, false, "[::1]:9000"},
        {"https://minio.example:443", "r", "logs", AS_ADDRESSING_AUTO, AS_OK, true,
         "minio.example"},
        {"http://minio.example:80", "r", "logs", AS_ADDRESSING_VIRTUAL, AS_OK, false,
         "logs.minio.example"},
        {"https://s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1", "logs", AS_ADDRESSING_AUTO,
         AS_OK, true, "logs.s3.dualstack.eu-west-1.amazonaws.com"},
        {"ftp://x", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {"http://", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {"http://user:pass@host", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {"http://host/path", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {"http://host:", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {"http://host:99999x", "r", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {NULL, "eu west", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
        {NULL, "evil.com/", "logs", AS_ADDRESSING_AUTO, AS_E_USAGE, false, NULL},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_s3_place place;
        struct as_error err;
        enum as_status status =
            as_s3_place_make(cases[i].endpoint, cases[i].region, cases[i].addressing,
                             as_slice_of(cases[i].bucket), &place, &err);
        assert_int_equal(status, cases[i].status);
        if (status == AS_OK) {
            assert_string_equal(place.authority, cases[i].authority);
            assert_int_equal(place.https, cases[i].https);
        } else {
            assert_null(strstr(err.message, "pass@"));
        }
    }
}

static void redirects_stay_within_the_domain(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *to;
        bool allowed;
    } cases[] = {
        {NULL, "s3.eu-west-3.amazonaws.com", true},
        {NULL, "logs.s3-eu-west-3.amazonaws.com", true},
        {NULL, "s3.cn-north-1.amazonaws.com.cn", false},
        {NULL, "amazonaws.com.evil.example", false},
        {NULL, "evilamazonaws.com", false},
        {NULL, "169.254.169.254", false},
        {NULL, "s3.amazonaws.com:8080", false},
        {"http://minio:9000", "minio:9000", true},
        {"http://minio:9000", "MINIO:9000", true},
        {"http://minio:9000", "minio:9001", false},
        {"http://minio:9000", "s3.eu-west-3.amazonaws.com", false},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_s3_place place;
        assert_int_equal(as_s3_place_make(cases[i].endpoint, "eu-west-1", AS_ADDRESSING_AUTO,
                                          as_slice_of("logs"), &place, NULL),
                         AS_OK);
        if (as_s3_redirect_allowed(&place, cases[i].to) != cases[i].allowed) {
            fail_msg("%s", cases[i].to);
        }
    }
}

static enum as_status count_item(void *context, const struct as_s3_item *item)
{
    size_t *count = context;
    assert_true(item->key.len != 0);
    ++*count;
    return AS_OK;
}

#define LIST(inside) "<ListBucketResult>" inside "</ListBucketResult>"
#define ITEM "<Contents><Key>k</Key><Size>1</Size></Contents>"
#define END "<IsTruncated>false</IsTruncated>"

static void pages_that_are_none_are_refused_and_give_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "hello",
        "<a/>",
        "<Error><Code>x</Code></Error>",
        LIST(ITEM),
        LIST(ITEM "<IsTruncated>maybe</IsTruncated>"),
        LIST(ITEM "<IsTruncated>true</IsTruncated>"),
        LIST(ITEM "<IsTruncated>true</IsTruncated><NextContinuationToken/>"),
        LIST("<Contents><Size>1</Size></Contents>" END),
        LIST("<Contents><Key></Key><Size>1</Size></Contents>" END),
        LIST("<Contents><Key>k</Key></Contents>" END),
        LIST("<Contents><Key>k</Key><Size>-1</Size></Contents>" END),
        LIST("<Contents><Key>k</Key><Size>99999999999999999999</Size></Contents>" END),
        LIST(ITEM "<EncodingType>rot13</EncodingType>" END),
        "<!DOCTYPE x [<!ENTITY a \"b\">]>" LIST(ITEM END),
        "<ListBucketResult>" ITEM END,
        LIST("<a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></a></"
             "a>" END),
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(bad); i++) {
        size_t count = 0;
        struct as_s3_page page;
        struct as_error err;
        if (as_s3_list_parse(as_slice_of(bad[i]), count_item, &count, &page, &err) !=
                AS_E_PROTOCOL ||
            count != 0) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}

struct seen {
    char key[64], etag[64], storage_class[32];
    uint64_t size;
    int64_t modified;
};

static enum as_status see_item(void *context, const struct as_s3_item *item)
{
    struct seen *s = context;
    memcpy(s->key, item->key.ptr, item->key.len + 1);
    memcpy(s->etag, item->etag, strlen(item->etag) + 1);
    memcpy(s->storage_class, item->storage_class, strlen(item->storage_class) + 1);
    s->size = item->size;
    s->modified = item->last_modified_ms;
    return AS_OK;
}

static void pages_are_read_with_prefixes_and_late_encoding(void **state)
{
    (void)state;
    static const char xml[] =
        "<s3:ListBucketResult xmlns:s3='x'><s3:Contents><s3:Key>a%2Bb+c%0A</s3:Key>"
        "<s3:Owner><s3:Key>no</s3:Key></s3:Owner><s3:Size>18446744073709551615</s3:Size>"
        "<s3:ETag>&quot;e&quot;</s3:ETag><s3:StorageClass>GLACIER</s3:StorageClass>"
        "<s3:LastModified>1970-01-01T00:00:01.000Z</s3:LastModified></s3:Contents>"
        "<s3:EncodingType>url</s3:EncodingType><s3:IsTruncated>true</s3:IsTruncated>"
        "<s3:NextContinuationToken>t&amp;1</s3:NextContinuationToken></s3:ListBucketResult>";
    struct seen s = {.size = 0};
    struct as_s3_page page;
    struct as_error err;
    assert_int_equal(as_s3_list_parse(as_slice_of(xml), see_item, &s, &page, &err), AS_OK);
    assert_string_equal(s.key, "a+b c\n");
    assert_string_equal(s.etag, "e");
    assert_string_equal(s.storage_class, "GLACIER");
    assert_true(s.size == UINT64_MAX);
    assert_int_equal(s.modified, 1000);
    assert_true(page.truncated);
    assert_int_equal(page.count, 1);
    assert_string_equal(page.next_token, "t&1");
    as_free(page.next_token);
}

static void errors_are_read_or_are_none(void **state)
{
    (void)state;
    struct as_s3_error_body e;
    assert_true(as_s3_error_parse(
        as_slice_of("<?xml version=\"1.0\"?>\n<Error><Code>PermanentRedirect</Code><Message>m"
                    "</Message><Endpoint>h</Endpoint><Region>r</Region></Error>"),
        &e));
    assert_string_equal(e.code, "PermanentRedirect");
    assert_string_equal(e.endpoint, "h");
    assert_string_equal(e.region, "r");
    assert_true(as_s3_error_parse(
        as_slice_of("<ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>"), &e));
    assert_string_equal(e.code, "X");
    assert_false(as_s3_error_parse(as_slice_of("<html><Code>X</Code></html>"), &e));
    assert_false(as_s3_error_parse(as_slice_of("<Error><Code>X</Code>"), &e));
    assert_string_equal(e.code, "");
    assert_false(as_s3_error_parse(as_slice(NULL, 0), &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_is_strict_and_undone_exactly),
        cmocka_unit_test(decoding_refuses_what_is_no_encoding),
        cmocka_unit_test(addresses_parse_or_say_why_not),
        cmocka_unit_test(places_follow_the_addressing_rules),
        cmocka_unit_test(redirects_stay_within_the_domain),
        cmocka_unit_test(pages_that_are_none_are_refused_and_give_nothing),
        cmocka_unit_test(pages_are_read_with_prefixes_and_late_encoding),
        cmocka_unit_test(errors_are_read_or_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
