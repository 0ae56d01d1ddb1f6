/* SPDX-License-Identifier: Apache-2.0
 * Sniffing: signatures alone must not make a text something else; what real tools write must be
 * known, with `file` as the oracle; arbitrary bytes must be safe. */
#include "harness.h"

#include "content/sniff.h"

#define BYTES(text) (text), sizeof(text) - 1

static void texts_that_begin_like_a_format_stay_unknown(void **state)
{
    (void)state;
    static const char *const texts[] = {"BM is a name\n",
                                        "MZ,NZ,PZ\n1,2,3\n",
                                        "PAR1 of the form\n",
                                        "ORCA,whale\n",
                                        "070701 is a number\n",
                                        "GIF89a is a format\n",
                                        "x^2 + y^2 = z^2\n",
                                        "BZh9 is not bzip2\n",
                                        "Salted__ nuts\n",
                                        "RIFF and raff\n",
                                        "ID3 tags\n",
                                        "FORM A-38\n",
                                        "wOFF\n",
                                        "hsqs\n",
                                        "fLaC\n",
                                        "conectix\n",
                                        "PGDMP\n",
                                        "bplist00 text\n",
                                        "]\n",
                                        "To: me\nhello\n",
                                        "From here on, nothing.\n",
                                        "Subject: a letter\n\n",
                                        "date: 2024-01-01\nto: x\nfrom: y\nsubject: yaml\n",
                                        "conectix,2\n",
                                        "60\xEA\n",
                                        "begin 644 times\nand then stop, however long it takes\n",
                                        "begin the day\n"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        struct as_format f = as_sniff(as_slice_of(texts[i]), true);
        if (f.class != AS_FORMAT_UNKNOWN) {
            fail_msg("'%s' is %s", texts[i], f.mime);
        }
    }
}

static void signatures_have_their_class(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        enum as_format_class class;
        const char *mime;
    } cases[] = {
        {BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3"), AS_FORMAT_COMPRESSION, "application/gzip"},
        {BYTES("BZh91AY&SY\0\0"), AS_FORMAT_COMPRESSION, "application/x-bzip2"},
        {BYTES("\x50\x2A\x4D\x18\2\0\0\0ab\x04\x22\x4D\x18"), AS_FORMAT_COMPRESSION,
         "application/x-lz4"},
        {BYTES("\x50\x2A\x4D\x18\2\0\0\0ab\x28\xB5\x2F\xFD"), AS_FORMAT_COMPRESSION,
         "application/zstd"},
        {BYTES("\x1F\x9D\x90\0"), AS_FORMAT_ARCHIVE_OTHER, "application/x-compress"},
        {BYTES("Rar!\x1A\x07\1\0"), AS_FORMAT_ARCHIVE_OTHER, "application/vnd.rar"},
        {BYTES("!<arch>\ndebian-binary   1"), AS_FORMAT_ARCHIVE_OTHER,
         "application/vnd.debian.binary-package"},
        {BYTES("PK\5\6\0\0"), AS_FORMAT_ZIP, "application/zip"},
        {BYTES("Obj\1\4\x14"), AS_FORMAT_DOCUMENT, "application/vnd.apache.avro"},
        {BYTES("ORC\x0A\0\0"), AS_FORMAT_DOCUMENT, "application/vnd.apache.orc"},
        {BYTES("SQLite format 3\0"), AS_FORMAT_DOCUMENT, "application/vnd.sqlite3"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0"), AS_FORMAT_DOCUMENT,
         "application/x-ole-storage"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
         AS_FORMAT_ENCRYPTED, "application/encrypted-office"},
        {BYTES("Salted__\1\2\3\4"), AS_FORMAT_ENCRYPTED, "application/x-openssl-encrypted"},
        {BYTES("PARE\0\0"), AS_FORMAT_ENCRYPTED, "application/vnd.apache.parquet"},
        {BYTES("LUKS\xBA\xBE\0\2"), AS_FORMAT_ENCRYPTED, "application/x-luks"},
        {BYTES("\xFF\xD8\xFF\xE0"), AS_FORMAT_MEDIA, "image/jpeg"},
        {BYTES("RIFF\4\0\0\0WAVE"), AS_FORMAT_MEDIA, "application/x-riff"},
        {BYTES("\0\0\0\x18"
               "ftypmp42"),
         AS_FORMAT_MEDIA, "video/mp4"},
        {BYTES("wOF2\0\1\0\0"), AS_FORMAT_MEDIA, "font/woff2"},
        {BYTES("-----BEGIN PKCS7-----\nMIIB"), AS_FORMAT_DOCUMENT, "application/pkcs7-mime"},
        {BYTES("begin 644 a.txt\n#86)C\n`\nend\n"), AS_FORMAT_DOCUMENT, "text/x-uuencode"},
        {BYTES("\0asm\1\0\0\0"), AS_FORMAT_EXECUTABLE, "application/wasm"},
        {BYTES("\xCA\xFE\xBA\xBE\0\0\0\x34\0\x0A\x07\0\2\1\0\1AAAAAAAA"), AS_FORMAT_EXECUTABLE,
         "application/java-vm"},
        {BYTES("\xCA\xFE\xBA\xBE\0\0\0\2\1\0\0\7\0\0\0\3\0\0\x40\0\0\0\x10\0\0\0\0\x0E"),
         AS_FORMAT_EXECUTABLE, "application/x-mach-binary"},
        {BYTES("\xCF\xFA\xED\xFE\x0C\0\0\1\0\0\0\0\2\0\0\0\x10\0\0\0\x90\5\0\0\0\0\0\0"),
         AS_FORMAT_EXECUTABLE, "application/x-mach-binary"},
        {BYTES("MZ\x90\0\3\0\0\0\4\0\0\0\xFF\xFF\0\0\xB8\0\0\0\0\0\0\0\x40\0\0\0"),
         AS_FORMAT_EXECUTABLE, "application/vnd.microsoft.portable-executable"},
        {BYTES("\x1BLuaQ\0\1\4\4\4\x08\0"), AS_FORMAT_EXECUTABLE, "application/x-lua-bytecode"},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_format f = as_sniff(as_slice(cases[i].bytes, cases[i].len), false);
        if (f.class != cases[i].class || f.mime == NULL || strcmp(f.mime, cases[i].mime) != 0) {
            fail_msg("%s is %s", cases[i].mime, f.mime == NULL ? "unknown" : f.mime);
        }
    }
}

/* What tools write, and what `file` calls it. */
static void samples_of_tools_agree_with_file(void **state)
{
    (void)state;
    static const struct {
        const char *script; /* makes "out" */
        const char *file;   /* prefix of what `file` says; NULL: not asked */
        enum as_format_class class;
    } cases[] = {
        {"gzip -c in > out", "application/gzip", AS_FORMAT_COMPRESSION},
        {"bzip2 -c in > out", "application/x-bzip2", AS_FORMAT_COMPRESSION},
        {"xz -c in > out", "application/x-xz", AS_FORMAT_COMPRESSION},
        {"xz --format=lzma -c in > out", "application/x-lzma", AS_FORMAT_COMPRESSION},
        {"zstd -q -c in > out", "application/zstd", AS_FORMAT_COMPRESSION},
        {"lz4 -q -c in > out", "application/x-lz4", AS_FORMAT_COMPRESSION},
        {"python3 -c \"import zlib;open('out','wb').write(zlib.compress(open('in','rb').read()))\"",
         "application/zlib", AS_FORMAT_COMPRESSION},
        {"tar --format=ustar -cf out in", "application/x-tar", AS_FORMAT_TAR},
        {"tar --format=v7 -cf out in", NULL, AS_FORMAT_TAR},
        {"tar --format=posix -cf out in", "application/x-tar", AS_FORMAT_TAR},
        {"zip -q out.zip in && mv out.zip out", "application/zip", AS_FORMAT_ZIP},
        {"sqlite3 out 'create table t(a)'", "application/vnd.sqlite3", AS_FORMAT_DOCUMENT},
        {"openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -in in -out out", NULL,
         AS_FORMAT_ENCRYPTED},
        {"openssl enc -aes-256-cbc -pbkdf2 -a -pass pass:x -in in -out out", NULL,
         AS_FORMAT_ENCRYPTED},
        {"gpg --homedir . --batch --passphrase x --pinentry-mode loopback -q -o out -c in "
         "2>/dev/null",
         NULL, AS_FORMAT_ENCRYPTED},
        {"gpg --homedir . --batch --passphrase x --pinentry-mode loopback -q -a -o out -c in "
         "2>/dev/null",
         NULL, AS_FORMAT_ENCRYPTED},
        {"cp /bin/true out", "application/x-", AS_FORMAT_EXECUTABLE},
        {"echo 'x = 1' > m.py && python3 -m py_compile m.py && cp __pycache__/*.pyc out", NULL,
         AS_FORMAT_EXECUTABLE},
        {"cp in out", "text/plain", AS_FORMAT_UNKNOWN},
        {"printf '<?xml version=\"1.0\"?><a/>' > out", "text/xml", AS_FORMAT_UNKNOWN},
        {"printf '{\\\\rtf1 x}' > out", "text/rtf", AS_FORMAT_DOCUMENT},
    };
    struct workshop w;
    struct as_strbuf in;
    workshop_open(&w);
    sample_text(&in, 2000, 5);
    workshop_write(&w, "in", in.ptr, in.len);
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        struct as_strbuf out;
        if (!workshop_run(&w, "rm -f out") || !workshop_run(&w, cases[i].script)) {
            continue;
        }
        workshop_read(&w, "out", &out);
        struct as_format f = as_sniff(as_slice(out.ptr, out.len), true);
        if (f.class != cases[i].class) {
            fail_msg("%s: class %d, %s", cases[i].script, (int)f.class, f.mime);
        }
        as_strbuf_fini(&out);
        if (cases[i].file != NULL && workshop_run(&w, "file -b --mime-type out > says")) {
            struct as_strbuf says;
            workshop_read(&w, "says", &says);
            if (strncmp(says.ptr, cases[i].file, strlen(cases[i].file)) != 0) {
                fail_msg("%s: file says %s", cases[i].script, says.ptr);
            }
            as_strbuf_fini(&says);
        }
    }
    as_strbuf_fini(&in);
    workshop_close(&w);
}

static void random_text_is_never_a_format(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    char text[600];
    for (unsigned round = 0; round < 100000; round++) {
        size_t len = noise(&seed) % sizeof text;
        for (size_t i = 0; i < len; i++) {
            text[i] = (char)(' ' + noise(&seed) % 95);
        }
        assert_int_equal(as_sniff(as_slice(text, len), false).class, AS_FORMAT_UNKNOWN);
    }
}

/* A program is COMPLETE when its printable runs are scanned: noise behind its two or four bytes
 * must not get that. */
static void noise_behind_the_signature_of_a_program_is_no_program(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } starts[] = {{BYTES("MZ")},
                  {BYTES("\x7F"
                         "ELF")},
                  {BYTES("\xCA\xFE\xBA\xBE")},
                  {BYTES("\xFE\xED\xFA\xCE")},
                  {BYTES("\xFE\xED\xFA\xCF")},
                  {BYTES("\xCE\xFA\xED\xFE")},
                  {BYTES("\xCF\xFA\xED\xFE")},
                  {BYTES("\0asm")},
                  {BYTES("dex\n035\0")},
                  {BYTES("BC\xC0\xDE")},
                  {BYTES("\x1BLua")},
                  {BYTES("\x42\x0D\r\n")}};
    uint64_t seed = 815;
    uint8_t head[512];
    for (unsigned round = 0; round < 20000; round++) {
        const size_t kind = round % AS_ARRAY_SIZE(starts);
        for (size_t i = 0; i < sizeof head; i++) {
            head[i] = (uint8_t)noise(&seed);
        }
        memcpy(head, starts[kind].bytes, starts[kind].len);
        struct as_format f = as_sniff(as_slice(head, sizeof head), false);
        assert_int_not_equal(f.class, AS_FORMAT_EXECUTABLE);
    }
}

/* A core dump holds whatever the process held. */
static void memory_dump_is_no_program(void **state)
{
    (void)state;
    uint8_t head[64] = "\x7F"
                       "ELF\2\1\1";
    head[18] = 62;
    head[20] = 1;
    head[52] = 64;
    for (uint8_t type = 0; type < 6; type++) {
        head[16] = type;
        enum as_format_class class = as_sniff(as_slice(head, sizeof head), false).class;
        bool program = type >= 1 && type <= 3;
        assert_int_equal(class, program ? AS_FORMAT_EXECUTABLE : AS_FORMAT_UNKNOWN);
    }
}

static void any_cut_of_any_head_is_safe(void **state)
{
    (void)state;
    uint64_t seed = 99;
    static const char *const heads[] = {"PK\3\4",
                                        "BM",
                                        "MZ",
                                        "\x85",
                                        "x\x9C",
                                        "From ",
                                        "\xC1",
                                        "070701",
                                        "]\0\0\x80\0",
                                        "\x7F\x45LF",
                                        "BC\xC0\xDE",
                                        "dex\n0",
                                        "\x1BLua",
                                        "\xCA\xFE\xBA\xBE",
                                        "\xCF\xFA\xED\xFE"};
    for (size_t h = 0; h < AS_ARRAY_SIZE(heads); h++) {
        for (size_t len = 0; len < 200; len++) {
            uint8_t *exact = as_malloc(len); /* no byte behind it may be read */
            for (size_t i = 0; i < len; i++) {
                exact[i] = i < strlen(heads[h]) ? (uint8_t)heads[h][i] : (uint8_t)noise(&seed);
            }
            struct as_format f = as_sniff(as_slice(exact, len), len % 2 == 0);
            assert_true(f.class == AS_FORMAT_UNKNOWN || f.mime != NULL);
            as_free(exact);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_begin_like_a_format_stay_unknown),
        cmocka_unit_test(signatures_have_their_class),
        cmocka_unit_test(samples_of_tools_agree_with_file),
        cmocka_unit_test(random_text_is_never_a_format),
        cmocka_unit_test(noise_behind_the_signature_of_a_program_is_no_program),
        cmocka_unit_test(memory_dump_is_no_program),
        cmocka_unit_test(any_cut_of_any_head_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
