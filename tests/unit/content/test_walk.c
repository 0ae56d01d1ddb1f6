/* SPDX-License-Identifier: Apache-2.0
 * Whole walks: what cannot be read, limits, texts, layers, nesting. Archives are made by the
 * system's tools. */
#include "harness.h"

static const char csv[] = "name,email\nAnn,ann@example.org\nBob,bob@example.org\n";

static struct record *walk(const void *bytes, size_t len)
{
    return record_walk_any_step(bytes, len, record_options_default());
}

/* A stream that gives some bytes and then fails, always the same way. */
struct failing {
    struct as_stream base;
    const char *bytes;
    size_t len;
    size_t pos;
    enum as_status status;
};

static enum as_status failing_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                   struct as_error *err)
{
    struct failing *f = (struct failing *)s;
    if (f->pos == f->len) {
        return as_fail(err, f->status, "made to fail");
    }
    size_t n = f->len - f->pos < cap ? f->len - f->pos : cap;
    memcpy(buf, f->bytes + f->pos, n);
    f->pos += n;
    *out_len = n;
    return AS_OK;
}

static void failing_close(struct as_stream *s)
{
    (void)s;
}

static struct record *walk_failing(const char *bytes, size_t len, enum as_status status)
{
    static const struct as_stream_ops ops = {failing_read, NULL, failing_close};
    struct failing f = {{&ops}, bytes, len, 0, status};
    struct record *r = as_calloc(1, sizeof *r);
    struct as_budget decoders;
    as_budget_init(&decoders, 1U << 20);
    struct as_content_env env = {.limits = as_content_limits_default,
                                 .decoders = &decoders,
                                 .blocks = as_block_pool_new(1U << 16, 16, NULL)};
    const struct as_content_sink sink = {r,         rec_member_begin, rec_text_begin,
                                         rec_block, rec_text_end,     rec_member_end};
    r->status =
        as_content_walk(&env, &f.base, as_slice_of("x"), AS_STREAM_SIZE_UNKNOWN, &sink, NULL);
    as_block_pool_free(env.blocks);
    as_budget_fini(&decoders);
    return r;
}

/* What was decoded before a check sum proved wrong is text all the same. */
static void wrong_check_sum_keeps_the_text(void **state)
{
    (void)state;
    static const char *const commands[] = {"gzip -c in > out", "bzip2 -c in > out",
                                           "xz --check=crc32 -c in > out",
                                           "zstd -q --check -c in > out", "lz4 -q -c in > out"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(commands); i++) {
        struct workshop w;
        struct as_strbuf out;
        workshop_open(&w);
        workshop_write(&w, "in", csv, sizeof csv - 1);
        bool built = workshop_run(&w, commands[i]);
        if (built) {
            workshop_read(&w, "out", &out);
        }
        workshop_close(&w);
        if (!built) {
            continue;
        }
        /* gzip: its CRC; xz: before index and footer; bzip2: bits of the check sum at the end */
        size_t at = i == 0 ? out.len - 8 : i == 1 ? out.len - 3 : i == 2 ? 0 : out.len - 1;
        if (i == 2) {
            const char *index = memrchr(out.ptr, 0, out.len - 20);
            assert_non_null(index);
            at = (size_t)(index - out.ptr) - 2;
        }
        out.ptr[at] = (char)(out.ptr[at] ^ 0x10);
        struct record *r = walk(out.ptr, out.len);
        if (r->members[0].end.coverage != AS_PARTIAL) {
            fail_msg("%s: %s", commands[i], as_coverage_name(r->members[0].end.coverage));
        }
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_MALFORMED_FILE);
        assert_text(&r->members[0], csv, sizeof csv - 1);
        record_free(r);
        as_strbuf_fini(&out);
    }
}

static void source_failing_at_once_is_skipped_and_later_is_partial_with_its_text(void **state)
{
    (void)state;
    static const struct {
        enum as_status status;
        enum as_reason reason;
    } cases[] = {{AS_E_DENIED, AS_REASON_PERMISSION_DENIED},
                 {AS_E_NETWORK, AS_REASON_SOURCE_UNREACHABLE},
                 {AS_E_TIMEOUT, AS_REASON_TIME_CUT_OFF_REACHED},
                 {AS_E_IO, AS_REASON_SOURCE_READ_ERROR}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct record *r = walk_failing(csv, 0, cases[i].status);
        assert_int_equal(r->status, AS_OK);
        assert_end(&r->members[0], AS_SKIPPED, cases[i].reason);
        record_free(r);
        r = walk_failing(csv, 20, cases[i].status);
        assert_int_equal(r->status, AS_OK);
        assert_end(&r->members[0], AS_PARTIAL, cases[i].reason);
        assert_text(&r->members[0], csv, 20);
        record_free(r);
    }
}

static void source_changed_or_cancelled_aborts_the_walk(void **state)
{
    (void)state;
    static const enum as_status statuses[] = {AS_E_OBJECT_CHANGED, AS_E_CANCELLED, AS_E_NO_MEMORY};
    for (size_t i = 0; i < AS_ARRAY_SIZE(statuses); i++) {
        struct record *r = walk_failing(csv, 20, statuses[i]);
        assert_int_equal(r->status, statuses[i]);
        record_free(r);
        r = walk_failing(csv, 0, statuses[i]);
        assert_int_equal(r->status, statuses[i]);
        record_free(r);
    }
}

static void sink_status_comes_back(void **state)
{
    (void)state;
    struct record_options o = record_options_default();
    o.fail_block = 1;
    struct record *r = record_walk(csv, sizeof csv - 1, &o);
    assert_int_equal(r->status, AS_E_OUTPUT);
    record_free(r);
}

static void memory_failing_at_every_allocation_never_crashes_or_leaks(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    workshop_open(&w);
    workshop_write(&w, "a.csv", csv, sizeof csv - 1);
    if (!workshop_run(&w, "gzip -k a.csv && tar cf a.tar a.csv a.csv.gz && zip -q a.zip a.tar")) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "a.zip", &zip);
    workshop_close(&w);
    bool passed = false;
    for (uint64_t n = 0; n < 400 && !passed; n++) {
        struct record *r = as_calloc(1, sizeof *r);
        struct as_budget decoders;
        as_budget_init(&decoders, 8U << 20);
        struct as_content_env env = {.limits = as_content_limits_default,
                                     .decoders = &decoders,
                                     .blocks = as_block_pool_new(1U << 16, 8, NULL)};
        const struct as_content_sink sink = {r,         rec_member_begin, rec_text_begin,
                                             rec_block, rec_text_end,     rec_member_end};
        struct as_stream *stream = as_memory_stream_open(zip.ptr, zip.len);
        int64_t live = as_mem_live();
        as_mem_fail_after(n);
        enum as_status status =
            as_content_walk(&env, stream, as_slice_of("a"), zip.len, &sink, NULL);
        as_mem_fail_after(UINT64_MAX);
        passed = status == AS_OK && r->count == 4 && r->members[0].end.coverage == AS_COMPLETE;
        /* Out of memory may end a member only where the walk says so. */
        assert_true(status == AS_OK ? passed : status == AS_E_NO_MEMORY);
        if (status != AS_OK && r->count == 0) {
            assert_int_equal(as_mem_live(), live);
        }
        as_stream_close(stream);
        as_block_pool_free(env.blocks);
        as_budget_fini(&decoders);
        record_free(r);
    }
    assert_true(passed);
    as_strbuf_fini(&zip);
}

static void empty_object_is_complete_with_one_empty_text(void **state)
{
    (void)state;
    struct record *r = walk("", 0);
    assert_int_equal(r->count, 1);
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_text(&r->members[0], "", 0);
    record_free(r);
}

static void text_is_handed_over_byte_for_byte(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 100, 70000, 1U << 20, (1U << 20) + 1, 3000000};
    for (size_t i = 0; i < AS_ARRAY_SIZE(sizes); i++) {
        struct as_strbuf in;
        struct record_options o = record_options_default();
        sample_text(&in, sizes[i], i);
        struct record *r = record_walk(in.ptr, in.len, &o);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_text(&r->members[0], in.ptr, in.len);
        assert_int_equal(r->members[0].end.decoded_bytes, in.len);
        record_free(r);
        as_strbuf_fini(&in);
    }
}

static void member_limit_cuts_at_the_exact_byte(void **state)
{
    (void)state;
    static const uint64_t limits[] = {1, 10, sizeof csv - 2, sizeof csv - 1};
    for (size_t i = 0; i < AS_ARRAY_SIZE(limits); i++) {
        struct record_options o = record_options_default();
        o.limits.member_bytes_max = limits[i];
        struct record *r = record_walk_any_step(csv, sizeof csv - 1, o);
        bool cut = limits[i] < sizeof csv - 1;
        assert_end(&r->members[0], cut ? AS_PARTIAL : AS_COMPLETE,
                   cut ? AS_REASON_FILE_EXCEEDS_SIZE_LIMIT : AS_REASON_NONE);
        assert_text(&r->members[0], csv, (size_t)limits[i]);
        record_free(r);
    }
}

/* Formats that are recognised and not read, and text formats that are read in part. */
static void formats_end_as_documented(void **state)
{
    (void)state;
#define BYTES(text) (text), sizeof(text) - 1
    static const struct {
        const char *bytes;
        size_t len;
        enum as_coverage coverage;
        enum as_reason reason;
        bool media;
        bool text;
    } cases[] = {
        {BYTES("%PDF-1.7\n%\xE2\xE3\n1 0 obj"), AS_SKIPPED, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT,
         false, false},
        {BYTES("PAR1\x15\x04\x15\x00"), AS_SKIPPED, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT, false,
         false},
        {BYTES("7z\xBC\xAF\x27\x1C\0\4"), AS_SKIPPED, AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT, false,
         false},
        {BYTES("\x89PNG\r\n\x1A\n\0\0"), AS_SKIPPED, AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION,
         true, false},
        {BYTES("age-encryption.org/v1\n-> X25519"), AS_SKIPPED, AS_REASON_OPAQUE_CONTENT, false,
         false},
        {BYTES("$ANSIBLE_VAULT;1.1;AES256\n6162"), AS_PARTIAL, AS_REASON_OPAQUE_CONTENT, false,
         true},
        {BYTES("{\\rtf1\\ansi Hello}"), AS_PARTIAL, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT, false,
         true},
        {BYTES("From: a@b.c\nTo: d@e.f\nMIME-Version: 1.0\nSubject: x\n\nHello.\n"), AS_COMPLETE,
         AS_REASON_NONE, false, true},
        {BYTES("From: a@b.c\nTo: d@e.f\nMIME-Version: 1.0\n"
               "Content-Transfer-Encoding: BASE64\n\nSGVsbG8=\n"),
         AS_PARTIAL, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT, false, true},
        {BYTES("Received: by x\nFrom: a@b.c\nSubject: =?utf-8?B?SGVsbG8=?=\n\nHello.\n"),
         AS_PARTIAL, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT, false, true},
        {BYTES("<html><body>Hello</body></html>"), AS_COMPLETE, AS_REASON_NONE, false, true},
        {BYTES("PAR1 is how this line begins\n"), AS_COMPLETE, AS_REASON_NONE, false, true},
        {BYTES("BM is too\n"), AS_COMPLETE, AS_REASON_NONE, false, true},
        {BYTES("070701 and this\n"), AS_COMPLETE, AS_REASON_NONE, false, true},
    };
#undef BYTES
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct record *r = walk(cases[i].bytes, cases[i].len);
        struct recorded_member *m = &r->members[0];
        if (m->end.coverage != cases[i].coverage || m->end.reason != cases[i].reason ||
            m->end.media != cases[i].media || (m->text_count != 0) != cases[i].text) {
            fail_msg("case %zu: %s %s, %u texts", i, as_coverage_name(m->end.coverage),
                     as_reason_name(m->end.reason), m->text_count);
        }
        record_free(r);
    }
}

static void compression_in_compression_is_a_layer_and_depth_is_limited(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf packed;
    workshop_open(&w);
    workshop_write(&w, "a", csv, sizeof csv - 1);
    if (!workshop_run(&w, "gzip -c a | bzip2 -c | xz -0 -c | zstd -q -c | lz4 -q -c > out")) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "out", &packed);
    workshop_close(&w);
    struct record_options o = record_options_default();
    o.name = "a.csv.gz.bz2.xz.zst.lz4";
    for (uint32_t depth = 0; depth <= 5; depth++) {
        o.limits.depth_max = depth;
        struct record *r = record_walk(packed.ptr, packed.len, &o);
        assert_int_equal(r->count, 1); /* layers are no members */
        if (depth == 5) {
            assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
            assert_text(&r->members[0], csv, sizeof csv - 1);
            assert_int_equal(r->members[0].texts[0].kind, AS_TEXT_DELIMITED);
        } else {
            assert_end(&r->members[0], depth == 0 ? AS_SKIPPED : AS_PARTIAL,
                       AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
        }
        record_free(r);
    }
    as_strbuf_fini(&packed);
}

static const char nested_script[] =
    "mkdir d && cp a.csv d/b.csv && tar cf inner.tar d a.csv && gzip -k inner.tar && "
    "zip -q mid.zip inner.tar.gz a.csv && tar cf outer.tar mid.zip a.csv && xz -0 outer.tar";

static void nested_archives_name_members_in_full_with_ordinals(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf packed;
    workshop_open(&w);
    workshop_write(&w, "a.csv", csv, sizeof csv - 1);
    if (!workshop_run(&w, nested_script)) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "outer.tar.xz", &packed);
    workshop_close(&w);
    struct record *r = walk(packed.ptr, packed.len);
    static const struct {
        const char *path;
        uint32_t depth;
        uint64_t index[3];
        bool text;
    } want[] = {{"", 0, {0}, false},
                {"mid.zip", 1, {0}, false},
                {"mid.zip!/inner.tar.gz", 2, {0, 0}, false},
                {"mid.zip!/inner.tar.gz!/d/b.csv", 3, {0, 0, 1}, true},
                {"mid.zip!/inner.tar.gz!/a.csv", 3, {0, 0, 2}, true},
                {"mid.zip!/a.csv", 2, {0, 1}, true},
                {"a.csv", 1, {1}, true}};
    assert_int_equal(r->count, AS_ARRAY_SIZE(want));
    for (size_t i = 0; i < AS_ARRAY_SIZE(want); i++) {
        struct recorded_member *m = &r->members[i];
        assert_string_equal(m->path, want[i].path);
        assert_int_equal(m->depth, want[i].depth);
        assert_memory_equal(m->index, want[i].index, want[i].depth * sizeof *m->index);
        assert_end(m, AS_COMPLETE, AS_REASON_NONE);
        if (want[i].text) {
            assert_text(m, csv, sizeof csv - 1);
        } else {
            assert_int_equal(m->text_count, 0);
        }
    }
    record_free(r);
    /* one layer less than it has: the innermost archive is not opened, and all around say so */
    struct record_options o = record_options_default();
    o.limits.depth_max = 4;
    r = record_walk(packed.ptr, packed.len, &o);
    assert_end(record_find(r, "mid.zip!/inner.tar.gz"), AS_SKIPPED,
               AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
    assert_end(record_find(r, "mid.zip"), AS_PARTIAL, AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
    assert_end(record_find(r, ""), AS_PARTIAL, AS_REASON_ARCHIVE_NESTING_LEVEL_OVER_LIMIT);
    assert_end(record_find(r, "mid.zip!/a.csv"), AS_COMPLETE, AS_REASON_NONE);
    record_free(r);
    as_strbuf_fini(&packed);
}

static void nested_archive_cut_anywhere_is_never_complete(void **state)
{
    (void)state;
    static const char *const files[] = {"x.tar.gz", "x.zip", "x.tar.zst"};
    struct workshop w;
    workshop_open(&w);
    workshop_write(&w, "a.csv", csv, sizeof csv - 1);
    if (!workshop_run(&w, "cp a.csv b.csv && tar czf x.tar.gz a.csv b.csv && "
                          "zip -q x.zip a.csv b.csv && tar cf x.tar a.csv b.csv && "
                          "zstd -q x.tar -o x.tar.zst")) {
        workshop_close(&w);
        skip();
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(files); i++) {
        struct as_strbuf packed;
        workshop_read(&w, files[i], &packed);
        for (size_t cut = 1; cut < packed.len; cut++) {
            for (unsigned forward = 0; forward < 2; forward++) {
                struct record_options o = record_options_default();
                o.forward = forward != 0;
                struct record *r = record_walk(packed.ptr, cut, &o);
                assert_int_equal(r->status, AS_OK);
                bool as_text = r->members[0].text_count != 0 && cut < 4; /* "P", "PK" are texts */
                if (r->members[0].end.coverage == AS_COMPLETE && !as_text) {
                    fail_msg("%s cut at %zu is COMPLETE", files[i], cut);
                }
                record_free(r);
            }
        }
        as_strbuf_fini(&packed);
    }
    workshop_close(&w);
}

static void walk_limits_stop_everything_with_their_reason(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf packed;
    workshop_open(&w);
    workshop_write(&w, "a.csv", csv, sizeof csv - 1);
    if (!workshop_run(&w, "for i in 1 2 3 4 5; do cp a.csv $i.csv; done; tar cf x.tar ?.csv && "
                          "zip -q x.zip ?.csv x.tar && gzip x.tar")) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "x.zip", &packed);
    struct record_options o = record_options_default();
    o.limits.members_max = 9;
    struct record *r = record_walk(packed.ptr, packed.len, &o);
    assert_int_equal(r->count, 10);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT);
    assert_end(record_find(r, "x.tar"), AS_PARTIAL,
               AS_REASON_ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT);
    assert_end(record_find(r, "x.tar!/1.csv"), AS_COMPLETE, AS_REASON_NONE);
    record_free(r);
    as_strbuf_fini(&packed);

    workshop_read(&w, "x.tar.gz", &packed);
    o = record_options_default();
    o.limits.total_bytes_max = 1024 + 512 + 10; /* the second member's first ten bytes */
    r = record_walk_any_step(packed.ptr, packed.len, o);
    assert_int_equal(r->count, 3);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT);
    assert_text(&r->members[1], csv, sizeof csv - 1);
    assert_end(&r->members[2], AS_PARTIAL, AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT);
    assert_text(&r->members[2], csv, 10);
    record_free(r);
    as_strbuf_fini(&packed);
    workshop_close(&w);
}

static void members_that_are_media_do_not_worsen_their_archive(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf packed;
    workshop_open(&w);
    workshop_write(&w, "a.png", "\x89PNG\r\n\x1A\n\0\0\0\0", 12);
    workshop_write(&w, "b.pdf", "%PDF-1.4\nx", 10);
    workshop_write(&w, "c.csv", csv, sizeof csv - 1);
    if (!workshop_run(&w, "tar cf m.tar a.png c.csv && tar cf p.tar a.png b.pdf c.csv")) {
        workshop_close(&w);
        skip();
    }
    workshop_read(&w, "m.tar", &packed);
    struct record *r = walk(packed.ptr, packed.len);
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_end(&r->members[1], AS_SKIPPED, AS_REASON_UNSUPPORTED_FILE_TYPE_EXCEPTION);
    record_free(r);
    as_strbuf_fini(&packed);
    workshop_read(&w, "p.tar", &packed);
    r = walk(packed.ptr, packed.len);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES);
    assert_end(&r->members[2], AS_SKIPPED, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT);
    record_free(r);
    as_strbuf_fini(&packed);
    workshop_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_check_sum_keeps_the_text),
        cmocka_unit_test(source_failing_at_once_is_skipped_and_later_is_partial_with_its_text),
        cmocka_unit_test(source_changed_or_cancelled_aborts_the_walk),
        cmocka_unit_test(sink_status_comes_back),
        cmocka_unit_test(memory_failing_at_every_allocation_never_crashes_or_leaks),
        cmocka_unit_test(empty_object_is_complete_with_one_empty_text),
        cmocka_unit_test(text_is_handed_over_byte_for_byte),
        cmocka_unit_test(member_limit_cuts_at_the_exact_byte),
        cmocka_unit_test(formats_end_as_documented),
        cmocka_unit_test(compression_in_compression_is_a_layer_and_depth_is_limited),
        cmocka_unit_test(nested_archives_name_members_in_full_with_ordinals),
        cmocka_unit_test(nested_archive_cut_anywhere_is_never_complete),
        cmocka_unit_test(walk_limits_stop_everything_with_their_reason),
        cmocka_unit_test(members_that_are_media_do_not_worsen_their_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
