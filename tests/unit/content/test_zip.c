/* SPDX-License-Identifier: Apache-2.0
 * Zip: archives that hide, lie or explode first, then all ways to write honest ones. Python's
 * zipfile and Info-ZIP make them. Each is read by its directory and forward. */
#include "harness.h"

#define PYTHON(body) "python3 - <<'END'\nimport zipfile, io, zlib, struct\n" body "\nEND"

static bool build(struct workshop *w, const char *script, struct as_strbuf *out)
{
    workshop_open(w);
    workshop_write(w, "a.txt", "first file\n", 11);
    workshop_write(w, "b.txt", "second file, longer\n", 20);
    if (!workshop_run(w, script)) {
        workshop_close(w);
        return false;
    }
    workshop_read(w, "out.zip", out);
    workshop_close(w);
    return true;
}

static struct record *walk(const struct as_strbuf *zip, bool forward)
{
    struct record_options o = record_options_default();
    o.forward = forward;
    return record_walk_any_step(zip->ptr, zip->len, o);
}

/* Offset of the n-th (from 0) occurrence of a record's signature. */
static size_t find(const struct as_strbuf *zip, const char *signature, unsigned n)
{
    const char *p = zip->ptr;
    for (;; p++) {
        p = memmem(p, (size_t)(zip->ptr + zip->len - p), signature, 4);
        assert_non_null(p);
        if (n-- == 0) {
            return (size_t)(p - zip->ptr);
        }
    }
}

static void entry_missing_from_the_directory_is_a_mismatch(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    /* the directory of an archive of a.txt alone, after the entries of a.txt and b.txt */
    if (!build(&w,
               PYTHON("f = io.BytesIO(); z = zipfile.ZipFile(f, 'w'); z.write('a.txt')\n"
                      "end = z.fp.tell(); z.write('b.txt'); cut = z.fp.tell()\n"
                      "z.filelist.pop(); z.start_dir = cut; z.close()\n"
                      "open('out.zip', 'wb').write(f.getvalue())"),
               &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH);
        assert_text(record_find(r, "a.txt"), "first file\n", 11);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void directory_that_differs_from_local_headers_is_a_mismatch(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w, "zip -q -X out.zip a.txt b.txt", &zip)) {
        skip();
    }
    size_t central = find(&zip, "PK\1\2", 1);
    zip.ptr[central + 46] = 'X'; /* another name */
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH);
        assert_int_equal(r->count, 3);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void bytes_between_entries_that_nothing_reads_are_a_mismatch(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w,
               PYTHON("f = io.BytesIO(); z = zipfile.ZipFile(f, 'w'); z.write('a.txt')\n"
                      "z.fp.write(b'4111 1111 1111 1111, hidden'); z.start_dir = z.fp.tell()\n"
                      "z.write('b.txt'); z.close()\n"
                      "open('out.zip', 'wb').write(f.getvalue())"),
               &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH);
        assert_text(record_find(r, "b.txt"), "second file, longer\n", 20);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void overlapping_entries_are_read_once_and_reported(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    /* a thousand directory entries for one local header */
    if (!build(&w,
               PYTHON("import copy\n"
                      "f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', 8)\n"
                      "z.writestr('bomb', b'0' * 1000000)\n"
                      "i = z.filelist[0]\n"
                      "for n in range(300): z.filelist.append(copy.copy(i))\n"
                      "z.close(); open('out.zip', 'wb').write(f.getvalue())"),
               &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record_options o = record_options_default();
        o.forward = forward != 0;
        struct record *r = record_walk(zip.ptr, zip.len, &o);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_DIRECTORY_MISMATCH);
        uint64_t text = 0;
        for (uint32_t i = 0; i < r->count; i++) {
            text += r->members[i].end.text_bytes;
        }
        assert_int_equal(text, 1000000);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void wrong_check_sum_is_malformed_with_its_text(void **state)
{
    (void)state;
    static const char *const scripts[] = {"zip -q -X -0 out.zip a.txt b.txt",
                                          "zip -q -X -9 out.zip a.txt b.txt",
                                          "zip -q - a.txt b.txt | cat > out.zip"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(scripts); i++) {
        struct workshop w;
        struct as_strbuf zip;
        if (!build(&w, scripts[i], &zip)) {
            continue;
        }
        size_t local = find(&zip, "PK\3\4", 0);
        size_t central = find(&zip, "PK\1\2", 0);
        if (i == 2) {
            zip.ptr[find(&zip, "PK\7\10", 0) + 4] ^= 1;
        } else {
            zip.ptr[local + 14] ^= 1;
        }
        zip.ptr[central + 16] ^= 1;
        for (unsigned forward = 0; forward < 2; forward++) {
            struct record *r = walk(&zip, forward != 0);
            assert_int_equal(r->members[0].end.coverage, AS_PARTIAL);
            assert_end(&r->members[1], AS_PARTIAL, AS_REASON_MALFORMED_FILE);
            assert_text(&r->members[1], "first file\n", 11);
            assert_text(record_find(r, "b.txt"), "second file, longer\n", 20);
            record_free(r);
        }
        as_strbuf_fini(&zip);
    }
}

static void encrypted_and_unknown_methods_are_skipped_and_the_rest_is_read(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w, "zip -q -X -P secret out.zip a.txt && zip -q -X out.zip b.txt", &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES);
        assert_end(record_find(r, "a.txt"), AS_SKIPPED, AS_REASON_OPAQUE_CONTENT);
        assert_text(record_find(r, "b.txt"), "second file, longer\n", 20);
        record_free(r);
    }
    as_strbuf_fini(&zip);
    if (!build(&w, "zip -q -X -0 out.zip a.txt b.txt", &zip)) {
        skip();
    }
    zip.ptr[find(&zip, "PK\3\4", 0) + 8] = 9; /* deflate64 */
    zip.ptr[find(&zip, "PK\1\2", 0) + 10] = 9;
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES);
        assert_end(record_find(r, "a.txt"), AS_SKIPPED, AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void bytes_after_the_archive_are_told(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w, "zip -q out.zip a.txt b.txt && echo more >> out.zip", &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_PARTIAL, AS_REASON_MALFORMED_FILE);
        assert_int_equal(r->count, 3);
        record_free(r);
    }
    as_strbuf_fini(&zip);
}

static void every_way_to_write_gives_the_same_members(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "zip -q out.zip a.txt b.txt",
        "zip -q -0 out.zip a.txt b.txt",
        "zip -q -9 -X out.zip a.txt b.txt",
        "zip -q -Z bzip2 out.zip a.txt b.txt",
        "zip -q out.zip a.txt b.txt && printf 'a comment' | zip -q -z out.zip",
        "zip -q - a.txt b.txt | cat > out.zip",    /* descriptors */
        "zip -q -0 - a.txt b.txt | cat > out.zip", /* stored, with descriptors */
        "zip -q -fz out.zip a.txt b.txt",          /* zip64 */
        "zip -q -fz - a.txt b.txt | cat > out.zip",
        PYTHON("class Pipe(io.BytesIO):\n"
               "    def seekable(self): return False\n"
               "    def tell(self): raise OSError\n"
               "    def seek(self, *a): raise OSError\n"
               "f = Pipe()\n"
               "z = zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED)\n"
               "z.write('a.txt'); z.write('b.txt'); z.close()\n"
               "open('out.zip', 'wb').write(f.getvalue())"),
        PYTHON("z = zipfile.ZipFile('out.zip', 'w', zipfile.ZIP_DEFLATED)\n"
               "for n in ('a.txt', 'b.txt'):\n"
               "    with z.open(n, 'w', force_zip64=True) as f: f.write(open(n, 'rb').read())\n"
               "z.close()"),
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(scripts); i++) {
        struct workshop w;
        struct as_strbuf zip;
        if (!build(&w, scripts[i], &zip)) {
            continue;
        }
        for (unsigned forward = 0; forward < 2; forward++) {
            struct record *r = walk(&zip, forward != 0);
            if (r->members[0].end.coverage != AS_COMPLETE || r->count != 3) {
                fail_msg("script %zu forward %u: %s, %u members: %s", i, forward,
                         as_reason_name(r->members[0].end.reason), r->count,
                         r->members[0].end.error.message);
            }
            assert_text(record_find(r, "a.txt"), "first file\n", 11);
            assert_text(record_find(r, "b.txt"), "second file, longer\n", 20);
            assert_int_equal(record_find(r, "b.txt")->index[0], 1);
            record_free(r);
        }
        as_strbuf_fini(&zip);
    }
}

static void folders_names_and_empty_archives(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w,
               PYTHON("z = zipfile.ZipFile('out.zip', 'w')\n"
                      "z.writestr('d/', b''); z.writestr('d/M\\u00fcller', b'x')\n"
                      "i = zipfile.ZipInfo('badXname'); z.writestr(i, b'y')\n"
                      "z.writestr('empty', b''); z.close()\n"
                      "b = open('out.zip','rb').read().replace(b'badXname', b'bad\\xffname')\n"
                      "open('out.zip','wb').write(b)"),
               &zip)) {
        skip();
    }
    for (unsigned forward = 0; forward < 2; forward++) {
        struct record *r = walk(&zip, forward != 0);
        assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
        assert_int_equal(r->count, 4);
        assert_int_equal(record_find(r, "d/M\xC3\xBCller")->index[0], 1);
        assert_int_equal(record_find(r, "bad\xEF\xBF\xBDname")->path_raw.len, 8);
        assert_text(record_find(r, "empty"), "", 0);
        record_free(r);
    }
    as_strbuf_fini(&zip);
    static const char empty[22] = "PK\5\6";
    struct record *r = record_walk_any_step(empty, 22, record_options_default());
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_int_equal(r->count, 1);
    record_free(r);
}

static void stored_data_that_looks_like_a_descriptor_is_data(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w,
               "printf 'xPK\\007\\010PK\\007\\010 and PK\\003\\004 inside' > c.txt && "
               "zip -q -0 - c.txt a.txt | cat > out.zip",
               &zip)) {
        skip();
    }
    struct record *r = walk(&zip, true);
    assert_int_equal(r->count, 3);
    assert_int_equal(record_find(r, "c.txt")->end.decoded_bytes, 25);
    assert_int_equal(record_find(r, "c.txt")->end.error.status, AS_OK);
    assert_text(record_find(r, "a.txt"), "first file\n", 11);
    record_free(r);
    as_strbuf_fini(&zip);
}

static void archive_behind_a_program_is_walked_and_so_is_the_program(void **state)
{
    (void)state;
    struct workshop w;
    struct as_strbuf zip;
    if (!build(&w,
               "cp /bin/true out.zip && zip -q x.zip a.txt b.txt && cat x.zip >> out.zip && "
               "zip -q -A out.zip || true",
               &zip)) {
        skip();
    }
    struct record_options o = record_options_default();
    struct record *r = record_walk(zip.ptr, zip.len, &o);
    /* bytes behind a program's end: not all of them are proved to be the archive's */
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    assert_int_equal(r->count, 3);
    assert_true(r->members[0].text_count >= 1);
    assert_text(record_find(r, "a.txt"), "first file\n", 11);
    record_free(r);
    o.forward = true;
    r = record_walk(zip.ptr, zip.len, &o);
    assert_end(&r->members[0], AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT);
    record_free(r);
    as_strbuf_fini(&zip);
}

static void archive_behind_a_script_is_read_once(void **state)
{
    (void)state;
    static const char *const heads[] = {"#!/bin/sh\\nexec unzip $0\\n", "#!/bin/sh\\n\\001\\n"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(heads); i++) {
        struct workshop w;
        struct as_strbuf zip;
        char script[200];
        (void)snprintf(script, sizeof script,
                       "zip -q -0 x.zip a.txt b.txt && printf '%s' > out.zip && "
                       "cat x.zip >> out.zip",
                       heads[i]);
        if (!build(&w, script, &zip)) {
            skip();
        }
        struct record *r = walk(&zip, false);
        assert_end(&r->members[0], i == 0 ? AS_COMPLETE : AS_PARTIAL,
                   i == 0 ? AS_REASON_NONE : AS_REASON_UNKNOWN_BINARY_FORMAT);
        assert_int_equal(r->members[0].text_count, i); /* read as a binary, or not at all */
        if (i == 0) {
            assert_true(has_metadata(&r->members[0], "exec unzip"));
            assert_text(record_find(r, "a.txt"), "first file\n", 11);
        }
        record_free(r);
        as_strbuf_fini(&zip);
    }
}

static void office_packages_are_documents_and_never_complete(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        PYTHON("z = zipfile.ZipFile('out.zip', 'w', 8)\n"
               "z.writestr('[Content_Types].xml', '<Types/>')\n"
               "z.writestr('word/document.xml', '<w:t>4111</w:t>'); z.close()"),
        PYTHON("z = zipfile.ZipFile('out.zip', 'w', 8)\n"
               "z.writestr('word/document.xml', '<w:t>4111</w:t>')\n"
               "z.writestr('x', bytes(i * 7 % 251 for i in range(99999)))\n"
               "z.writestr('[Content_Types].xml', '<Types/>'); z.close()"),
        PYTHON("import os\nz = zipfile.ZipFile('out.zip', 'w', 0)\n"
               "z.writestr('docProps/thumbnail.jpeg', b'\\xff\\xd8\\xff' + os.urandom(99999))\n"
               "z.writestr('[Content_Types].xml', '<Types/>')\n"
               "z.writestr('xl/workbook.xml', '<a/>'); z.close()"),
        PYTHON("z = zipfile.ZipFile('out.zip', 'w', 0)\n"
               "z.writestr('mimetype', 'application/vnd.oasis.opendocument.text')\n"
               "z.writestr('content.xml', '<a/>'); z.close()"),
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(scripts); i++) {
        struct workshop w;
        struct as_strbuf zip;
        if (!build(&w, scripts[i], &zip)) {
            continue;
        }
        struct record *r = walk(&zip, false);
        assert_int_not_equal(r->members[0].end.coverage, AS_COMPLETE);
        assert_int_equal(r->members[0].end.reason, AS_REASON_UNSUPPORTED_DOCUMENT_FORMAT);
        record_free(r);
        as_strbuf_fini(&zip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_missing_from_the_directory_is_a_mismatch),
        cmocka_unit_test(directory_that_differs_from_local_headers_is_a_mismatch),
        cmocka_unit_test(bytes_between_entries_that_nothing_reads_are_a_mismatch),
        cmocka_unit_test(overlapping_entries_are_read_once_and_reported),
        cmocka_unit_test(wrong_check_sum_is_malformed_with_its_text),
        cmocka_unit_test(encrypted_and_unknown_methods_are_skipped_and_the_rest_is_read),
        cmocka_unit_test(bytes_after_the_archive_are_told),
        cmocka_unit_test(every_way_to_write_gives_the_same_members),
        cmocka_unit_test(folders_names_and_empty_archives),
        cmocka_unit_test(stored_data_that_looks_like_a_descriptor_is_data),
        cmocka_unit_test(archive_behind_a_program_is_walked_and_so_is_the_program),
        cmocka_unit_test(archive_behind_a_script_is_read_once),
        cmocka_unit_test(office_packages_are_documents_and_never_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
