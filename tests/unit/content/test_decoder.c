/* SPDX-License-Identifier: Apache-2.0
 * Decoders: damage and limits first, then what the formats allow, against the system's tools and
 * zlib. */
#include "harness.h"

#include <lzma.h>
#include <zlib.h>

#include "content/decoder.h"

struct bench {
    struct as_budget budget;
    struct as_content_env env;
    struct as_account account;
};

static void bench_open(struct bench *b, uint64_t memory)
{
    *b = (struct bench){0};
    as_budget_init(&b->budget, memory);
    b->env = (struct as_content_env){.limits = as_content_limits_default, .decoders = &b->budget};
    as_account_init(&b->account, &b->env);
}

static void bench_close(struct bench *b)
{
    assert_true(as_budget_try_charge(&b->budget, b->budget.limit_bytes));
    as_budget_fini(&b->budget);
}

/* Decodes all; returns the status at the end and what came before it. `step`: bytes a read, of the
 * source and of the reader. */
static enum as_status decode(struct bench *b, enum as_codec codec, const void *bytes, size_t len,
                             size_t step, struct as_strbuf *out)
{
    static uint8_t buffer[100000];
    struct as_stream *source = as_memory_stream_open_stepped(bytes, len, step, false);
    struct as_stream *decoder = NULL;
    as_strbuf_init(out, 1U << 30);
    enum as_status status = as_decoder_open(codec, source, &b->account, NULL, &decoder, NULL);
    for (size_t got = 1; status == AS_OK && got != 0;) {
        size_t cap = step < sizeof buffer ? step : sizeof buffer;
        status = as_stream_read(decoder, buffer, cap, &got, NULL);
        if (status == AS_OK) {
            as_strbuf_append(out, buffer, got);
        }
    }
    if (status != AS_OK && decoder != NULL) { /* a failure is said again */
        size_t got = 0;
        assert_int_equal(as_stream_read(decoder, buffer, 1, &got, NULL), status);
    }
    as_stream_close(decoder);
    as_stream_close(source);
    return status;
}

static void assert_bytes(const struct as_strbuf *got, const void *want, size_t len)
{
    assert_int_equal(got->len, len);
    if (len != 0) {
        assert_memory_equal(got->ptr, want, len);
    }
}

static const struct {
    const char *name;
    enum as_codec codec;
    const char *command; /* in -> out */
    bool checked;        /* a flipped byte cannot pass */
    bool multi;          /* two files joined are one */
} tools[] = {
    {"gzip", AS_CODEC_GZIP, "gzip -9c in > out", true, true},
    {"zstd", AS_CODEC_ZSTD, "zstd -q -3 --check -c in > out", true, true},
    {"zstd long", AS_CODEC_ZSTD, "zstd -q -19 --long=24 -c in > out", true, true},
    {"bzip2", AS_CODEC_BZIP2, "bzip2 -c in > out", true, true},
    {"xz", AS_CODEC_XZ, "xz -1 -c in > out", true, true},
    {"xz in blocks", AS_CODEC_XZ, "xz -1 -T2 --block-size=70000 -c in > out", true, true},
    {"lzma", AS_CODEC_LZMA, "xz -1 --format=lzma -c in > out", false, false},
    {"lz4", AS_CODEC_LZ4, "lz4 -q -c in > out", true, true},
    {"lz4 small blocks", AS_CODEC_LZ4, "lz4 -q -B4 -BD -c in > out", true, true},
};

static void decoder_cut_anywhere_gives_the_bytes_before_and_says_truncated(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf in;
    workshop_open(&w);
    sample_text(&in, 300, 1);
    workshop_write(&w, "in", in.ptr, in.len);
    for (size_t i = 0; i < AS_ARRAY_SIZE(tools); i++) {
        struct as_strbuf packed;
        if (!workshop_run(&w, tools[i].command)) {
            continue;
        }
        workshop_read(&w, "out", &packed);
        for (size_t cut = 0; cut < packed.len; cut++) {
            struct bench b;
            struct as_strbuf out;
            bench_open(&b, 512U << 20);
            enum as_status status = decode(&b, tools[i].codec, packed.ptr, cut, 7, &out);
            if (status != AS_E_TRUNCATED && !(status == AS_E_CORRUPT && cut < 14)) {
                fail_msg("%s cut at %zu: %s", tools[i].name, cut, as_status_name(status));
            }
            assert_true(out.len <= in.len);
            assert_true(out.len == 0 || memcmp(out.ptr, in.ptr, out.len) == 0);
            as_strbuf_fini(&out);
            bench_close(&b);
        }
        as_strbuf_fini(&packed);
    }
    as_strbuf_fini(&in);
    workshop_close(&w);
}

static void decoder_flipped_byte_never_passes_as_whole_and_right(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf in;
    workshop_open(&w);
    sample_text(&in, 3000, 2);
    workshop_write(&w, "in", in.ptr, in.len);
    for (size_t i = 0; i < AS_ARRAY_SIZE(tools); i++) {
        struct as_strbuf packed;
        if (!tools[i].checked || !workshop_run(&w, tools[i].command)) {
            continue;
        }
        workshop_read(&w, "out", &packed);
        for (size_t at = 0; at < packed.len; at++) {
            struct bench b;
            struct as_strbuf out;
            bench_open(&b, 4U << 20);
            packed.ptr[at] = (char)(packed.ptr[at] ^ 0x10);
            enum as_status status =
                decode(&b, tools[i].codec, packed.ptr, packed.len, SIZE_MAX, &out);
            packed.ptr[at] = (char)(packed.ptr[at] ^ 0x10);
            /* A byte that holds no data (a name, a time stamp) may change; the data may not. */
            if (status == AS_OK && (out.len != in.len || memcmp(out.ptr, in.ptr, in.len) != 0)) {
                fail_msg("%s: byte %zu flipped gave other data", tools[i].name, at);
            }
            as_strbuf_fini(&out);
            bench_close(&b);
        }
        as_strbuf_fini(&packed);
    }
    as_strbuf_fini(&in);
    workshop_close(&w);
}

static void decoder_bytes_after_the_end_are_corrupt_after_all_data(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf in;
    workshop_open(&w);
    sample_text(&in, 5000, 3);
    workshop_write(&w, "in", in.ptr, in.len);
    for (size_t i = 0; i < AS_ARRAY_SIZE(tools); i++) {
        struct as_strbuf packed;
        struct as_strbuf out;
        struct bench b;
        if (!workshop_run(&w, tools[i].command)) {
            continue;
        }
        workshop_read(&w, "out", &packed);
        as_strbuf_puts(&packed, "garbage longer than any header");
        bench_open(&b, 128U << 20);
        assert_int_equal(decode(&b, tools[i].codec, packed.ptr, packed.len, 11, &out),
                         AS_E_CORRUPT);
        assert_bytes(&out, in.ptr, in.len);
        as_strbuf_fini(&out);
        as_strbuf_fini(&packed);
        bench_close(&b);
    }
    as_strbuf_fini(&in);
    workshop_close(&w);
}

static void decoder_members_joined_are_one_stream_in_any_step(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 4096, SIZE_MAX};
    static const size_t sizes[] = {0, 1, 300, 65536, 200001};
    struct workshop w;
    workshop_open(&w);
    for (size_t i = 0; i < AS_ARRAY_SIZE(tools); i++) {
        for (size_t s = 0; s < AS_ARRAY_SIZE(sizes); s++) {
            struct as_strbuf in;
            struct as_strbuf packed;
            sample_text(&in, sizes[s], s);
            workshop_write(&w, "in", in.ptr, in.len);
            if (!workshop_run(&w, tools[i].command)) {
                as_strbuf_fini(&in);
                break;
            }
            workshop_read(&w, "out", &packed);
            unsigned members = tools[i].multi ? 3 : 1;
            size_t one = packed.len;
            struct as_strbuf want;
            as_strbuf_init(&want, 1U << 30);
            for (unsigned m = 0; m < members; m++) {
                if (m != 0) {
                    struct as_strbuf again;
                    as_strbuf_init(&again, one);
                    as_strbuf_append(&again, packed.ptr, one);
                    as_strbuf_append(&packed, again.ptr, one);
                    as_strbuf_fini(&again);
                }
                as_strbuf_append(&want, in.ptr, in.len);
            }
            for (size_t k = 0; k < AS_ARRAY_SIZE(steps); k++) {
                struct bench b;
                struct as_strbuf out;
                if (steps[k] == 1 && in.len > 100000) {
                    continue; /* minutes for nothing new */
                }
                bench_open(&b, 128U << 20);
                enum as_status status =
                    decode(&b, tools[i].codec, packed.ptr, packed.len, steps[k], &out);
                if (status != AS_OK) {
                    fail_msg("%s, %zu bytes, step %zu: %s", tools[i].name, in.len, steps[k],
                             as_status_name(status));
                }
                assert_bytes(&out, want.ptr, want.len);
                assert_int_equal(b.account.total_bytes, want.len);
                as_strbuf_fini(&out);
                bench_close(&b);
            }
            as_strbuf_fini(&want);
            as_strbuf_fini(&packed);
            as_strbuf_fini(&in);
        }
    }
    workshop_close(&w);
}

/* One gzip member by zlib; `wrap` 31 gzip, 15 zlib, -15 raw. */
static size_t zlib_pack(const void *in, size_t len, int wrap, int level, uint8_t *out, size_t cap)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, wrap, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)in;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t used = z.total_out;
    deflateEnd(&z);
    return used;
}

static void gzip_zero_padding_is_fine_and_wrong_check_sums_keep_later_members(void **state)
{
    (void)state;
    uint8_t packed[4096] = {0};
    struct as_strbuf out;
    struct bench b;
    size_t one = zlib_pack("first ", 6, 31, 6, packed, sizeof packed);
    size_t two = one + zlib_pack("second", 6, 31, 6, packed + one, sizeof packed - one);
    bench_open(&b, 1U << 20);
    assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, two + 600, 1, &out), AS_OK);
    assert_bytes(&out, "first second", 12);
    as_strbuf_fini(&out);
    for (size_t at = one - 8; at < one; at++) { /* CRC-32 and size */
        packed[at] ^= 1;
        assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, two, 1, &out), AS_E_CORRUPT);
        assert_bytes(&out, "first second", 12);
        as_strbuf_fini(&out);
        packed[at] ^= 1;
    }
    bench_close(&b);
}

static void gzip_header_fields_are_passed_and_their_check_sum_is_checked(void **state)
{
    (void)state;
    static uint8_t packed[70000];
    uint8_t body[256];
    struct as_strbuf out;
    struct bench b;
    size_t len = zlib_pack("text", 4, 31, 6, body, sizeof body);
    static const uint8_t head[10] = {0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3};
    size_t n = 0;
    memcpy(packed, head, 10);
    n = 10;
    packed[n++] = 0xF0; /* an extra field of 65,520 bytes, more than the feed holds beside */
    packed[n++] = 0xFF;
    memset(packed + n, 'e', 65520);
    n += 65520;
    memcpy(packed + n, "name\0comment", 13);
    n += 13;
    uint32_t crc = (uint32_t)crc32(0, packed, (uInt)n);
    packed[n++] = (uint8_t)crc;
    packed[n++] = (uint8_t)(crc >> 8);
    memcpy(packed + n, body + 10, len - 10);
    bench_open(&b, 1U << 20);
    assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, n + len - 10, 1000, &out), AS_OK);
    assert_bytes(&out, "text", 4);
    as_strbuf_fini(&out);
    packed[20] ^= 1;
    assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, n + len - 10, 1000, &out), AS_E_CORRUPT);
    assert_bytes(&out, "text", 4);
    as_strbuf_fini(&out);
    bench_close(&b);
}

static void zlib_stream_is_decoded_and_its_adler_checked(void **state)
{
    (void)state;
    uint8_t packed[4096];
    struct as_strbuf out;
    struct bench b;
    size_t len = zlib_pack("some text, some text", 20, 15, 6, packed, sizeof packed);
    bench_open(&b, 1U << 20);
    assert_int_equal(decode(&b, AS_CODEC_ZLIB, packed, len, 1, &out), AS_OK);
    assert_bytes(&out, "some text, some text", 20);
    as_strbuf_fini(&out);
    packed[len - 1] ^= 1;
    assert_int_equal(decode(&b, AS_CODEC_ZLIB, packed, len, 1, &out), AS_E_CORRUPT);
    as_strbuf_fini(&out);
    bench_close(&b);
}

/* ISA-L keeps whole bytes in its bit buffer at the end of raw data: the feed must get them back.
 * zlib is the oracle for where the data ends. */
static void deflate_on_feed_stops_exactly_after_the_data(void **state)
{
    (void)state;
    static uint8_t input[3000];
    static uint8_t packed[8000];
    uint64_t seed = 88172645463325252ULL;
    for (unsigned round = 0; round < 1500; round++) {
        size_t len = noise(&seed) % sizeof input;
        unsigned spread = 1U + (unsigned)(noise(&seed) % 255);
        for (size_t i = 0; i < len; i++) {
            input[i] = (uint8_t)(noise(&seed) % spread);
        }
        size_t end = zlib_pack(input, len, -15, (int)(noise(&seed) % 10), packed, 7000);
        size_t tail = noise(&seed) % 40;
        for (size_t i = 0; i < tail; i++) {
            packed[end + i] = (uint8_t)noise(&seed);
        }
        struct bench b;
        struct as_feed feed;
        struct as_stream *decoder = NULL;
        static uint8_t out[4000];
        size_t got = 0;
        bench_open(&b, 1U << 20);
        struct as_stream *source =
            as_memory_stream_open_stepped(packed, end + tail, 1 + noise(&seed) % 100, false);
        assert_int_equal(as_feed_init(&feed, source), AS_OK);
        assert_int_equal(
            as_decoder_open_on_feed(AS_CODEC_DEFLATE, &feed, &b.account, NULL, &decoder, NULL),
            AS_OK);
        assert_int_equal(as_stream_read_full(decoder, out, sizeof out, &got, NULL), AS_OK);
        assert_int_equal(got, len);
        assert_memory_equal(out, input, len);
        assert_int_equal(feed.offset, end);
        as_stream_close(decoder);
        as_feed_fini(&feed);
        as_stream_close(source);
        bench_close(&b);
    }
}

static void decoder_total_limit_cuts_at_the_exact_byte(void **state)
{
    (void)state;
    static uint8_t zeros[300000];
    static uint8_t packed[4096];
    static const size_t steps[] = {1, 100, SIZE_MAX};
    size_t len = zlib_pack(zeros, sizeof zeros, 31, 9, packed, sizeof packed);
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        static const uint64_t limits[] = {0, 1, 65536, 123457, sizeof zeros, sizeof zeros + 1};
        for (size_t k = 0; k < AS_ARRAY_SIZE(limits); k++) {
            struct bench b;
            struct as_strbuf out;
            bench_open(&b, 1U << 20);
            b.env.limits.total_bytes_max = limits[k];
            bool cut = limits[k] < sizeof zeros;
            assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, len, steps[i], &out),
                             cut ? AS_E_LIMIT : AS_OK);
            assert_int_equal(out.len, cut ? limits[k] : sizeof zeros);
            assert_int_equal(b.account.limit_reason,
                             cut ? AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT
                                 : AS_REASON_NONE);
            as_strbuf_fini(&out);
            bench_close(&b);
        }
    }
}

static void decoder_ratio_limit_cuts_at_the_same_byte_in_any_step(void **state)
{
    (void)state;
    static const size_t steps[] = {5000, 65536, SIZE_MAX};
    size_t len = 80U << 20;
    uint8_t *zeros = as_calloc(len, 1);
    uint8_t *packed = as_malloc(1U << 20);
    size_t packed_len = zlib_pack(zeros, len, 31, 9, packed, 1U << 20);
    size_t first = 0;
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        struct bench b;
        struct as_strbuf out;
        bench_open(&b, 1U << 20);
        b.env.limits.ratio_max = 500;
        assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, packed_len, steps[i], &out), AS_E_LIMIT);
        assert_int_equal(b.account.limit_reason, AS_REASON_COMPRESSION_RATIO_OVER_LIMIT);
        first = i == 0 ? out.len : first;
        assert_int_equal(out.len, first);
        assert_true(out.len >= AS_RATIO_GRACE_BYTES);
        assert_true(out.len < len);
        as_strbuf_fini(&out);
        bench_close(&b);
    }
    as_free(zeros);
    as_free(packed);
}

/* A dictionary of nearly 1 GiB: the header of a small xz file, with its size byte patched. */
static void xz_huge_dictionary_is_refused_before_it_is_allocated(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf packed;
    struct as_strbuf out;
    struct bench b;
    workshop_open(&w);
    workshop_write(&w, "in", "some text", 9);
    if (!workshop_run(&w, "xz -0 -c in > out")) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "out", &packed);
    /* stream header 12 bytes; block header: size, flags, filter id 0x21, property size 1,
     * dictionary */
    assert_int_equal((uint8_t)packed.ptr[14], 0x21);
    packed.ptr[16] = 36; /* 2^30 */
    size_t header = ((size_t)(uint8_t)packed.ptr[12] + 1) * 4;
    uint32_t crc = lzma_crc32((const uint8_t *)packed.ptr + 12, header - 4, 0);
    for (unsigned i = 0; i < 4; i++) {
        packed.ptr[12 + header - 4 + i] = (char)(crc >> (8 * i));
    }
    bench_open(&b, 64U << 20);
    assert_int_equal(decode(&b, AS_CODEC_XZ, packed.ptr, packed.len, SIZE_MAX, &out), AS_E_LIMIT);
    assert_int_equal(b.account.limit_reason, AS_REASON_DECODER_MEMORY_OVER_LIMIT);
    assert_true(as_budget_peak(&b.budget) == 0);
    as_strbuf_fini(&out);
    as_strbuf_fini(&packed);
    bench_close(&b);
    workshop_close(&w);
}

static void zstd_huge_window_is_refused_before_it_is_allocated(void **state)
{
    (void)state;
    /* a frame with a window of 2 GiB and one raw block of 4 bytes */
    static const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x21,
                                    0x00, 0x00, 't',  'e',  'x',  't'};
    struct as_strbuf out;
    struct bench b;
    bench_open(&b, 64U << 20);
    assert_int_equal(decode(&b, AS_CODEC_ZSTD, frame, sizeof frame, SIZE_MAX, &out), AS_E_LIMIT);
    assert_int_equal(b.account.limit_reason, AS_REASON_DECODER_MEMORY_OVER_LIMIT);
    as_strbuf_fini(&out);
    bench_close(&b);
}

static void decoder_cancel_and_deadline_end_it(void **state)
{
    (void)state;
    uint8_t packed[64];
    struct as_cancel cancel = {false};
    struct as_strbuf out;
    struct bench b;
    size_t len = zlib_pack("text", 4, 31, 6, packed, sizeof packed);
    bench_open(&b, 1U << 20);
    b.env.cancel = &cancel;
    as_cancel_request(&cancel);
    assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, len, 1, &out), AS_E_CANCELLED);
    as_strbuf_fini(&out);
    b.env.cancel = NULL;
    b.account.deadline_ns = 1;
    assert_int_equal(decode(&b, AS_CODEC_GZIP, packed, len, 1, &out), AS_E_LIMIT);
    assert_int_equal(b.account.limit_reason, AS_REASON_TIME_CUT_OFF_REACHED);
    as_strbuf_fini(&out);
    bench_close(&b);
}

static void charge_over_the_walk_share_is_refused_and_nested_waits_for_nobody(void **state)
{
    (void)state;
    struct bench b;
    struct as_charge outer = {0};
    struct as_charge inner = {0};
    bench_open(&b, 100);
    assert_int_equal(as_charge_raise(&outer, &b.account, 101, NULL), AS_E_LIMIT);
    assert_int_equal(as_charge_raise(&outer, &b.account, 60, NULL), AS_OK);
    assert_int_equal(as_charge_raise(&inner, &b.account, 41, NULL), AS_E_LIMIT);
    /* another walk takes the rest: the nested charge goes behind the gate instead of waiting */
    assert_true(as_budget_try_charge(&b.budget, 40));
    assert_int_equal(as_charge_raise(&inner, &b.account, 40, NULL), AS_OK);
    assert_int_equal(inner.gated_bytes, 40);
    as_charge_fini(&inner, &b.account);
    as_charge_fini(&outer, &b.account);
    as_budget_release(&b.budget, 40);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_cut_anywhere_gives_the_bytes_before_and_says_truncated),
        cmocka_unit_test(decoder_flipped_byte_never_passes_as_whole_and_right),
        cmocka_unit_test(decoder_bytes_after_the_end_are_corrupt_after_all_data),
        cmocka_unit_test(decoder_members_joined_are_one_stream_in_any_step),
        cmocka_unit_test(gzip_zero_padding_is_fine_and_wrong_check_sums_keep_later_members),
        cmocka_unit_test(gzip_header_fields_are_passed_and_their_check_sum_is_checked),
        cmocka_unit_test(zlib_stream_is_decoded_and_its_adler_checked),
        cmocka_unit_test(deflate_on_feed_stops_exactly_after_the_data),
        cmocka_unit_test(decoder_total_limit_cuts_at_the_exact_byte),
        cmocka_unit_test(decoder_ratio_limit_cuts_at_the_same_byte_in_any_step),
        cmocka_unit_test(xz_huge_dictionary_is_refused_before_it_is_allocated),
        cmocka_unit_test(zstd_huge_window_is_refused_before_it_is_allocated),
        cmocka_unit_test(decoder_cancel_and_deadline_end_it),
        cmocka_unit_test(charge_over_the_walk_share_is_refused_and_nested_waits_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
