/* SPDX-License-Identifier: Apache-2.0
 * Tar in all dialects, damaged ones first. GNU tar and Python's tarfile make the archives. */
#include "harness.h"

#include "content/tar.h"

static void number_fields_are_octal_or_base_256_and_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"00000000017\0", true, 15},
        {"        17 \0", true, 15},
        {"777777777777", true, 0xFFFFFFFFFULL},
        {"\0\0\0\0\0\0\0\0\0\0\0\0", true, 0},
        {"00000000089\0", false, 0},
        {"x0000000000\0", false, 0},
        {"\x80\0\0\0\0\0\0\0\2\0\0\0", true, 1ULL << 25},
        {"\x80\0\0\0\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", true, INT64_MAX},
        {"\x80\0\0\0\x80\0\0\0\0\0\0\0", false, 0},
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", false, 0},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        uint64_t value = 0;
        bool ok = as_tar_number((const uint8_t *)cases[i].field, 12, &value) && value <= INT64_MAX;
        if (ok != cases[i].ok || (ok && value != cases[i].value)) {
            fail_msg("case %zu: %d %llu", i, (int)ok, (unsigned long long)value);
        }
    }
}

static struct record *walk(const struct as_strbuf *tar)
{
    return record_walk_any_step(tar->ptr, tar->len, record_options_default());
}

static bool build(struct workshop *w, const char *script, struct as_strbuf *out)
{
    workshop_open(w);
    workshop_write(w, "a.txt", "first file\n", 11);
    workshop_write(w, "b.txt", "second file, longer\n", 20);
    if (!workshop_run(w, script)) {
        workshop_close(w);
        return false;
    }
    workshop_read(w, "out.tar", out);
    workshop_close(w);
    return true;
}

static void archive_without_end_mark_is_truncated_and_damage_is_passed(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf tar;
    if (!build(&w, "tar cf out.tar a.txt b.txt", &tar)) {
        skip();
    }
    struct record_options o = record_options_default();
    struct record *r = record_walk(tar.ptr, 2048, &o); /* both members whole, no end mark */
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_TRUNCATED_CONTENT);
    assert_end(record_find(r, "b.txt"), AS_COMPLETE, AS_REASON_NONE);
    record_free(r);
    tar.ptr[1024 + 3] ^= 1; /* the second header */
    r = walk(&tar);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_MALFORMED_FILE);
    assert_text(record_find(r, "a.txt"), "first file\n", 11);
    assert_int_equal(r->count, 2);
    record_free(r);
    tar.ptr[1024 + 3] ^= 1;
    tar.ptr[8000] = 'x'; /* after the end mark */
    r = walk(&tar);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_MALFORMED_FILE);
    assert_int_equal(r->count, 3);
    record_free(r);
    as_strbuf_fini(&tar);
}

static void dialects_give_names_sizes_and_bytes(void **state)
{
    (void)state;
    static const char *const formats[] = {"v7", "oldgnu", "gnu", "ustar", "posix"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(formats); i++) {
        char script[256];
        struct workshop w;
        struct as_strbuf tar;
        snprintf(script, sizeof script,
                 "mkdir -p d/e && cp a.txt d/e/c.txt && ln -s a.txt s && ln a.txt h && "
                 "tar --format=%s -cf out.tar a.txt h s d b.txt",
                 formats[i]);
        if (!build(&w, script, &tar)) {
            continue;
        }
        struct record *r = walk(&tar);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_int_equal(r->count, 4); /* no links, no directories */
        assert_text(record_find(r, "a.txt"), "first file\n", 11);
        assert_text(record_find(r, "d/e/c.txt"), "first file\n", 11);
        assert_text(record_find(r, "b.txt"), "second file, longer\n", 20);
        assert_int_equal(record_find(r, "b.txt")->index[0], 6);
        assert_int_equal(record_find(r, "b.txt")->size, 20);
        assert_true(record_find(r, "b.txt")->modified_ms > 1600000000000);
        record_free(r);
        as_strbuf_fini(&tar);
    }
}

static void long_and_foreign_names_are_whole(void **state)
{
    (void)state;
    static const char *const formats[] = {"gnu", "posix"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(formats); i++) {
        char script[512];
        struct workshop w;
        struct as_strbuf tar;
        snprintf(
            script, sizeof script,
            "n=$(printf 'n%%.0s' $(seq 120)); mkdir -p $n/$n && cp a.txt $n/$n/$n && "
            "cp a.txt \"$(printf 'M\\303\\274ller')\" && cp b.txt \"$(printf 'bad\\377name')\" "
            "&& tar --format=%s -cf out.tar $n/$n/$n M* bad*",
            formats[i]);
        if (!build(&w, script, &tar)) {
            continue;
        }
        struct record *r = walk(&tar);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_int_equal(r->count, 4);
        assert_int_equal(strlen(r->members[1].path), 362);
        assert_text(record_find(r, "M\xC3\xBCller"), "first file\n", 11);
        const struct recorded_member *bad = record_find(r, "bad\xEF\xBF\xBDname");
        assert_text(bad, "second file, longer\n", 20);
        assert_int_equal(bad->path_raw.len, 8);
        assert_memory_equal(bad->path_raw.ptr, "bad\xFFname", 8);
        record_free(r);
        as_strbuf_fini(&tar);
    }
}

static void sparse_files_are_unfolded_in_all_versions(void **state)
{
    (void)state;
    static const char *const options[] = {"--format=gnu", "--format=posix --sparse-version=0.0",
                                          "--format=posix --sparse-version=0.1",
                                          "--format=posix --sparse-version=1.0"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(options); i++) {
        char script[1024];
        struct workshop w;
        struct as_strbuf tar;
        /* twelve pieces: more than an old header's four */
        snprintf(script, sizeof script,
                 "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "
                 "printf \"piece $i with text\" | dd of=s.bin bs=1 seek=$((i * 131072)) "
                 "conv=notrunc status=none; done; truncate -s 2000000 s.bin && "
                 "tar %s -S -cf out.tar s.bin a.txt",
                 options[i]);
        if (!build(&w, script, &tar)) {
            continue;
        }
        assert_true(tar.len < 300000);
        struct record_options o = record_options_default();
        struct record *r = record_walk(tar.ptr, tar.len, &o);
        const struct recorded_member *m = record_find(r, "s.bin");
        assert_non_null(m);
        assert_int_equal(m->size, 2000000);
        assert_int_equal(m->end.decoded_bytes, 2000000);
        assert_end(m, AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
        const char *seventh = m->texts[0].bytes.ptr + 7 * 131072;
        assert_memory_equal(seventh, "piece 7 with text", 17);
        assert_text(record_find(r, "a.txt"), "first file\n", 11);
        record_free(r);
        as_strbuf_fini(&tar);
    }
}

static void sparse_hole_of_a_terabyte_is_cut_by_the_ratio(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf tar;
    if (!build(&w, "truncate -s 1T hole && tar -S --format=posix -cf out.tar hole a.txt", &tar)) {
        skip();
    }
    struct record_options o = record_options_default();
    o.limits.ratio_max = 10;
    struct record *r = record_walk(tar.ptr, tar.len, &o);
    assert_end(record_find(r, "hole"), AS_PARTIAL, AS_REASON_COMPRESSION_RATIO_OVER_LIMIT);
    assert_int_equal(record_find(r, "hole")->end.decoded_bytes, 64U << 20);
    assert_text(record_find(r, "a.txt"), "first file\n", 11);
    record_free(r);
    as_strbuf_fini(&tar);
}

static void joined_archives_are_one(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf tar;
    if (!build(&w, "tar cf 1.tar a.txt && tar cf 2.tar b.txt && cat 1.tar 2.tar > out.tar", &tar)) {
        skip();
    }
    struct record *r = walk(&tar);
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_int_equal(r->count, 3);
    assert_int_equal(record_find(r, "b.txt")->index[0], 1);
    record_free(r);
    as_strbuf_fini(&tar);
}

static void python_archives_equal_their_files(void **state)
{
    (void)state;
    static const char *const formats[] = {"USTAR_FORMAT", "GNU_FORMAT", "PAX_FORMAT"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(formats); i++) {
        char script[1024];
        struct workshop w;
        struct as_strbuf tar;
        snprintf(script, sizeof script,
                 "python3 - <<'END'\n"
                 "import tarfile, io\n"
                 "t = tarfile.open('out.tar', 'w', format=tarfile.%s)\n"
                 "for n, size in [('empty', 0), ('one', 1), ('block', 512), ('more', 513), "
                 "('x' * 90 + '/' + 'y' * 90, 5000)]:\n"
                 "    i = tarfile.TarInfo(n); i.size = size; i.mtime = 1700000000\n"
                 "    t.addfile(i, io.BytesIO(b'z' * size))\n"
                 "t.close()\n"
                 "END",
                 formats[i]);
        if (!build(&w, script, &tar)) {
            continue;
        }
        struct record *r = walk(&tar);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_int_equal(r->count, 6);
        static const size_t sizes[] = {0, 1, 512, 513, 5000};
        for (size_t k = 0; k < AS_ARRAY_SIZE(sizes); k++) {
            char want[5000];
            memset(want, 'z', sizeof want);
            assert_text(&r->members[k + 1], want, sizes[k]);
            assert_int_equal(r->members[k + 1].modified_ms, 1700000000000);
        }
        record_free(r);
        as_strbuf_fini(&tar);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_fields_are_octal_or_base_256_and_bounded),
        cmocka_unit_test(archive_without_end_mark_is_truncated_and_damage_is_passed),
        cmocka_unit_test(dialects_give_names_sizes_and_bytes),
        cmocka_unit_test(long_and_foreign_names_are_whole),
        cmocka_unit_test(sparse_files_are_unfolded_in_all_versions),
        cmocka_unit_test(sparse_hole_of_a_terabyte_is_cut_by_the_ratio),
        cmocka_unit_test(joined_archives_are_one),
        cmocka_unit_test(python_archives_equal_their_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
