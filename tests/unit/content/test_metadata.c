/* SPDX-License-Identifier: Apache-2.0
 * What containers carry beside their content: it is scanned as text of their own record, whatever
 * wraps it, and what is no text makes them PARTIAL. Python writes the containers. */
#include "harness.h"

#include "content/metadata.h"

#define PYTHON(body)                                                                               \
    "python3 - <<'END'\nimport gzip, io, struct, tarfile, zipfile, zlib\nout = "                   \
    "io.BytesIO()\n" body "\nopen('out', 'wb').write(out.getvalue())\nEND"
/* A gzip member of `text` whose header has these flags and fields. */
#define GZIP_MEMBER                                                                                \
    "def member(text, flags=0, fields=b''):\n"                                                     \
    "    c = zlib.compressobj(9, zlib.DEFLATED, -15)\n"                                            \
    "    body = c.compress(text) + c.flush()\n"                                                    \
    "    head = b'\\x1f\\x8b\\x08' + bytes([flags]) + b'\\0' * 6 + fields\n"                       \
    "    return head + body + struct.pack('<II', zlib.crc32(text), len(text))\n"

static bool build(const char *script, struct as_strbuf *out)
{
    struct workshop w;
    workshop_open(&w);
    bool built = workshop_run(&w, script);
    if (built) {
        workshop_read(&w, "out", out);
    }
    workshop_close(&w);
    return built;
}

struct expectation {
    const char *name;
    const char *script;
    enum as_coverage coverage;
    enum as_reason reason;
    const char *found[3]; /* in the metadata of the object's own record */
};

static void check(const struct expectation *e, bool forward)
{
    struct as_strbuf bytes;
    if (!build(e->script, &bytes)) {
        return;
    }
    struct record_options o = record_options_default();
    o.forward = forward;
    struct record *r = record_walk_any_step(bytes.ptr, bytes.len, o);
    const struct recorded_member *m = &r->members[0];
    if (m->end.coverage != e->coverage || m->end.reason != e->reason) {
        fail_msg("%s: %s %s", e->name, as_coverage_name(m->end.coverage),
                 as_reason_name(m->end.reason));
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(e->found) && e->found[i] != NULL; i++) {
        if (!has_metadata(m, e->found[i])) {
            fail_msg("%s: '%s' is not in its metadata", e->name, e->found[i]);
        }
    }
    record_free(r);
    as_strbuf_fini(&bytes);
}

static const struct expectation layer_cases[] = {
    {"name and comment",
     PYTHON(GZIP_MEMBER
            "out.write(member(b'text one\\n', 24, b'secret-name.csv\\0ssn 078-05\\0'))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"secret-name.csv", "ssn 078-05"}},
    {"extra field",
     PYTHON(GZIP_MEMBER "out.write(member(b'text\\n', 4, b'\\x0c\\0XY\\x08\\0in extra'))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"in extra"}},
    {"extra field in no form",
     PYTHON(GZIP_MEMBER "out.write(member(b'text\\n', 4, b'\\x0a\\0note: here'))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"note: here"}},
    {"second member's comment",
     PYTHON(GZIP_MEMBER "out.write(member(b'a\\n') + member(b'b\\n', 16, b'later\\0'))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"later"}},
    {"block table of dictzip",
     PYTHON(GZIP_MEMBER "import random\nr = random.Random(1).randbytes(500)\n"
                        "out.write(member(b't\\n', 4, struct.pack('<H', 504) + b'RA' + "
                        "struct.pack('<H', 500) + r))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {NULL}},
    {"noise in an extra field",
     PYTHON(GZIP_MEMBER "import random\nr = random.Random(1).randbytes(500)\n"
                        "out.write(member(b't\\n', 4, struct.pack('<H', 504) + b'ZZ' + "
                        "struct.pack('<H', 500) + r))"),
     AS_PARTIAL,
     AS_REASON_UNKNOWN_BINARY_FORMAT,
     {NULL}},
    {"bytes behind gzip",
     PYTHON("out.write(gzip.compress(b'text\\n') + b'behind the end')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"bytes behind bzip2",
     PYTHON("import bz2\nout.write(bz2.compress(b'text\\n') + b'behind the end')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"bytes behind zlib",
     PYTHON("out.write(zlib.compress(b'text ' * 9) + b'behind the end')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"skippable zstd frames",
     "printf 'P*M\\030\\014\\0\\0\\0first, ssn 1' > out && echo text | zstd -qc >> out && "
     "printf 'Q*M\\030\\006\\0\\0\\0second' >> out",
     AS_COMPLETE,
     AS_REASON_NONE,
     {"first, ssn 1", "second"}},
    {"skippable lz4 frames",
     "printf 'P*M\\030\\014\\0\\0\\0first, ssn 1' > out && echo text | lz4 -qc >> out && "
     "printf 'Q*M\\030\\006\\0\\0\\0second' >> out",
     AS_COMPLETE,
     AS_REASON_NONE,
     {"first, ssn 1", "second"}},
    {"bytes behind zstd",
     "echo text | zstd -qc > out && printf 'behind the end' >> out",
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"bytes behind lz4",
     "echo text | lz4 -qc > out && printf 'behind the end' >> out",
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"a long skippable frame",
     "printf 'P*M\\030\\0\\0\\2\\0' > out && yes text | head -c 131072 >> out && "
     "echo text | zstd -qc >> out",
     AS_PARTIAL,
     AS_REASON_FILE_EXCEEDS_SIZE_LIMIT,
     {"text\ntext"}},
};

static void layers_of_compression_give_their_fields_and_what_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(layer_cases); i++) {
        check(&layer_cases[i], false);
    }
}

static const struct expectation tar_cases[] = {
    {"owners",
     PYTHON("t = tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT)\n"
            "i = tarfile.TarInfo('a.txt'); i.uname = 'ann.owner'; i.gname = 'group@x.org'\n"
            "t.addfile(i); t.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"ann.owner", "group@x.org"}},
    {"records of pax",
     PYTHON("t = tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT,\n"
            "    pax_headers={'comment': 'global words'})\n"
            "i = tarfile.TarInfo('a.txt'); i.pax_headers = {'comment': 'ssn 078-05',\n"
            "    'SCHILY.xattr.user.note': 'attribute', 'mtime': '1700000000.25'}\n"
            "t.addfile(i); t.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"comment=global words", "comment=ssn 078-05", "SCHILY.xattr.user.note=attribute"}},
    {"links and folders",
     PYTHON("t = tarfile.open(fileobj=out, mode='w', format=tarfile.GNU_FORMAT)\n"
            "i = tarfile.TarInfo('link.name'); i.type = b'2'; i.linkname = 'target/' + 'x' * 120\n"
            "t.addfile(i)\n"
            "i = tarfile.TarInfo('empty.folder'); i.type = b'5'\nt.addfile(i); t.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"link.name", "target/xxx", "empty.folder"}},
    {"slack behind a member",
     PYTHON("t = tarfile.open(fileobj=out, mode='w')\n"
            "i = tarfile.TarInfo('a.txt'); i.size = 5\n"
            "t.addfile(i, io.BytesIO(b'text\\n')); t.close()\n"
            "out.seek(512 + 100); out.write(b'left in the buffer')"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"left in the buffer"}},
    {"slack in a name",
     PYTHON("t = tarfile.open(fileobj=out, mode='w')\n"
            "t.addfile(tarfile.TarInfo('a.txt')); t.close()\n"
            "b = bytearray(out.getvalue()); b[20:26] = b'hidden'\n"
            "b[148:156] = b' ' * 8; b[148:154] = b'%06o' % sum(b[:512])\n"
            "out = io.BytesIO(bytes(b))"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"hidden"}},
    {"text behind the end mark",
     PYTHON("t = tarfile.open(fileobj=out, mode='w')\n"
            "t.addfile(tarfile.TarInfo('a.txt')); t.close()\n"
            "out.seek(0, 2); out.write(b'behind the end, ' * 50)"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end, behind the end"}},
    {"a short text behind the end mark",
     PYTHON("t = tarfile.open(fileobj=out, mode='w')\n"
            "t.addfile(tarfile.TarInfo('a.txt')); t.close()\n"
            "out.seek(0, 2); out.write(b'behind the end')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
    {"a member whose header is damaged",
     PYTHON("t = tarfile.open(fileobj=out, mode='w')\n"
            "for n in 'ab':\n"
            "    i = tarfile.TarInfo(n); i.size = 600\n"
            "    t.addfile(i, io.BytesIO(n.encode() * 590 + b' ssn 07805'))\n"
            "t.close(); out.seek(1536); out.write(b'x')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"bbb ssn 07805"}},
};

static void tar_gives_owners_links_records_and_slack(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(tar_cases); i++) {
        check(&tar_cases[i], false);
    }
}

static const struct expectation zip_cases[] = {
    {"comments",
     PYTHON("z = zipfile.ZipFile(out, 'w'); i = zipfile.ZipInfo('a.txt')\n"
            "i.comment = b'entry ssn 07805'; z.writestr(i, 'text')\n"
            "z.comment = b'archive note'; z.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"entry ssn 07805", "archive note"}},
    {"extra fields",
     PYTHON("z = zipfile.ZipFile(out, 'w'); i = zipfile.ZipInfo('a.txt')\n"
            "i.extra = b'\\x41\\x41\\x08\\0in extra'; z.writestr(i, 'text'); z.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"in extra"}},
    {"times are no text",
     PYTHON("z = zipfile.ZipFile(out, 'w'); i = zipfile.ZipInfo('a.txt')\n"
            "i.extra = b'UT\\5\\0\\1abcd'; z.writestr(i, 'text'); z.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {NULL}},
    {"noise in an extra field",
     PYTHON("import random\nz = zipfile.ZipFile(out, 'w'); i = zipfile.ZipInfo('a.txt')\n"
            "i.extra = b'AA\\xf4\\1' + random.Random(3).randbytes(500)\n"
            "z.writestr(i, 'text'); z.close()"),
     AS_PARTIAL,
     AS_REASON_UNKNOWN_BINARY_FORMAT,
     {NULL}},
    {"folders",
     PYTHON("z = zipfile.ZipFile(out, 'w'); z.writestr('empty.folder/', '')\n"
            "z.writestr('a.txt', 'text'); z.close()"),
     AS_COMPLETE,
     AS_REASON_NONE,
     {"empty.folder/"}},
    {"a gap",
     PYTHON("z = zipfile.ZipFile(out, 'w'); z.writestr('a.txt', 'text')\n"
            "z.fp.write(b'in the gap, 4111'); z.start_dir = z.fp.tell()\n"
            "z.writestr('b.txt', 'text'); z.close()"),
     AS_PARTIAL,
     AS_REASON_ARCHIVE_DIRECTORY_MISMATCH,
     {"in the gap, 4111"}},
    {"behind the end",
     PYTHON("z = zipfile.ZipFile(out, 'w'); z.writestr('a.txt', 'text'); z.close()\n"
            "out.seek(0, 2); out.write(b'behind the end')"),
     AS_PARTIAL,
     AS_REASON_MALFORMED_FILE,
     {"behind the end"}},
};

static void zip_gives_comments_extra_fields_and_gaps(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(zip_cases); i++) {
        check(&zip_cases[i], false);
        check(&zip_cases[i], true);
    }
}

/* A million owners must not cost a million texts' memory, and none may be lost. */
static void archive_with_much_metadata_is_scanned_in_pieces(void **state)
{
    (void)state;
    struct as_strbuf bytes;
    if (!build(PYTHON("t = tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT)\n"
                      "for n in range(9000):\n"
                      "    i = tarfile.TarInfo('d%d' % n); i.type = b'5'\n"
                      "    i.uname = 'owner.%d' % n\n"
                      "    t.addfile(i)\n"
                      "t.close()"),
               &bytes)) {
        skip();
    }
    struct record_options o = record_options_default();
    struct record *r = record_walk(bytes.ptr, bytes.len, &o);
    assert_end(&r->members[0], AS_COMPLETE, AS_REASON_NONE);
    assert_true(r->block_calls > 2);
    assert_true(r->members[0].metadata.bytes.len > 2 * AS_METADATA_BYTES);
    for (unsigned i = 0; i < 9000; i += 17) {
        char owner[32];
        snprintf(owner, sizeof owner, "owner.%u\n", i);
        assert_true(has_metadata(&r->members[0], owner));
    }
    record_free(r);
    as_strbuf_fini(&bytes);
}

static void piece_is_taken_once_and_its_wide_runs_too(void **state)
{
    (void)state;
    struct as_metadata m;
    as_metadata_init(&m, 4096);
    as_metadata_add(&m, as_slice_of("owner"));
    as_metadata_add(&m, as_slice_of("group"));
    as_metadata_add(&m, as_slice_of("owner"));
    assert_string_equal(m.text.ptr, "owner\n\ngroup\n\n");
    as_strbuf_reset(&m.text);
    as_metadata_add(&m, as_slice("\1s\0s\0n\0 \0"
                                 "7\0\2",
                                 12));
    assert_non_null(strstr(m.text.ptr, "ssn 7\n\n"));
    assert_int_equal(m.reason, AS_REASON_NONE);
    as_strbuf_reset(&m.text);
    as_metadata_add(&m, as_slice("\0s\0s\0n\0 \0"
                                 "8",
                                 10)); /* big endian */
    assert_non_null(strstr(m.text.ptr, "ssn 8\n\n"));
    as_metadata_add(NULL, as_slice_of("nowhere"));
    as_metadata_fini(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_of_compression_give_their_fields_and_what_follows),
        cmocka_unit_test(tar_gives_owners_links_records_and_slack),
        cmocka_unit_test(zip_gives_comments_extra_fields_and_gaps),
        cmocka_unit_test(archive_with_much_metadata_is_scanned_in_pieces),
        cmocka_unit_test(piece_is_taken_once_and_its_wide_runs_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
