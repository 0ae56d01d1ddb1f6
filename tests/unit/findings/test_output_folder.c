/* SPDX-License-Identifier: Apache-2.0
 * Whole output folders full of results of every shape, checked by tests/oracles/check_findings.py:
 * botocore's models, moto's Security Hub, independent parsers. Needs a Python with botocore and
 * moto (scripts/test.sh makes one in build/venv); without it the test is skipped and says so. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "findings_fixture.h"

#include "base/hash.h"
#include "base/mem.h"
#include "findings/summary.h"

enum { FILE_RESULTS, FILE_MACIE, FILE_ASFF, FILE_CSV, FILE_COUNT };
static const char *const file_names[FILE_COUNT] = {"results.jsonl", "findings.macie.jsonl",
                                                   "findings.asff.json", "findings.csv"};

/** One output folder in the making. Results are given in the order of their keys. */
struct folder {
    struct as_run_facts run;
    const struct as_target_facts *target;
    struct as_strbuf files[FILE_COUNT];
    struct as_summary s;
    struct as_target_summary target_summary;
    uint64_t by_detector[D_COUNT];
    uint64_t objects_by_detector[D_COUNT];
    uint8_t severities[D_COUNT];
    uint8_t enabled[D_COUNT];
};

static void folder_begin(struct folder *f, const struct as_target_facts *target, bool redact)
{
    *f = (struct folder){.run = fixture_run(), .target = target};
    f->run.redact_names = redact;
    f->s.by_detector = f->by_detector;
    f->s.objects_by_detector = f->objects_by_detector;
    f->s.severities_by_detector = f->severities;
    f->s.enabled = f->enabled;
    f->s.targets = &f->target_summary;
    f->s.target_count = 1;
    f->target_summary.facts = *target;
    memset(f->enabled, 1, sizeof f->enabled);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        as_strbuf_init(&f->files[i], 256U << 20);
    }
    as_strbuf_puts(&f->files[FILE_ASFF], "[\n");
    assert_int_equal(as_document_csv_header(&f->files[FILE_CSV]), AS_OK);
}

static void folder_put(struct folder *f, const struct as_result *r)
{
    struct as_strbuf asff;
    as_strbuf_init(&asff, 1U << 20);
    assert_int_equal(as_document_result(&f->run, r, &f->files[FILE_RESULTS]), AS_OK);
    assert_int_equal(as_document_macie(&f->run, r, &f->files[FILE_MACIE]), AS_OK);
    assert_int_equal(as_document_asff(&f->run, r, &asff), AS_OK);
    assert_int_equal(as_document_csv(&f->run, r, &f->files[FILE_CSV]), AS_OK);
    if (asff.len != 0) {
        as_strbuf_puts(&f->files[FILE_ASFF], f->files[FILE_ASFF].len > 2 ? ",\n" : "");
        as_strbuf_append(&f->files[FILE_ASFF], asff.ptr, asff.len);
    }
    as_strbuf_fini(&asff);
    as_summary_add(&f->run, &f->s, r);
    if (r->depth == 0) {
        f->s.listed.objects++;
        f->s.listed.bytes += r->size;
        f->target_summary.listed = f->s.listed;
    }
}

static void write_file(const char *dir, const char *name, const struct as_strbuf *text)
{
    char path[256];
    AS_IGNORE(snprintf(path, sizeof path, "%s/%s", dir, name), "long enough");
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text->ptr == NULL ? "" : text->ptr, text->len), text->len);
    assert_int_equal(close(fd), 0);
}

static void folder_write(struct folder *f, const char *dir)
{
    struct as_error err = {0};
    struct as_strbuf summary;
    as_strbuf_puts(&f->files[FILE_ASFF], "\n]\n");
    f->s.file_count = FILE_COUNT;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        uint8_t digest[AS_SHA256_SIZE];
        as_sha256(f->files[i].ptr, f->files[i].len, digest);
        as_hex(digest, sizeof digest, f->s.files[i].sha256);
        f->s.files[i].name = file_names[i];
        f->s.files[i].bytes = f->files[i].len;
        write_file(dir, file_names[i], &f->files[i]);
        as_strbuf_fini(&f->files[i]);
    }
    assert_int_equal(as_summary_check(&f->run, &f->s, &err), AS_OK);
    as_strbuf_init(&summary, 16U << 20);
    assert_int_equal(as_document_summary(&f->run, &f->s, &summary), AS_OK);
    write_file(dir, "summary.json", &summary);
    as_strbuf_fini(&summary);
}

static void put_with_tally(struct folder *f, struct as_slice key, struct as_tally *tally)
{
    as_tally_seal(tally);
    struct as_result r = fixture_result(f->target, "", tally);
    r.key = key;
    folder_put(f, &r);
    as_tally_fini(tally);
}

static void put_hits(struct folder *f, struct as_slice key, uint32_t detector, uint64_t count)
{
    struct as_tally tally;
    as_tally_init(&tally);
    fixture_hits(&tally, detector, count, 0);
    put_with_tally(f, key, &tally);
}

/** 10,000 members, every tenth with hits, some not read; sums in the archive. */
static void put_archive(struct folder *f, const char *key)
{
    struct as_tally sum;
    as_tally_init(&sum);
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < 10000; i++) {
            struct as_tally tally;
            char path[64];
            as_tally_init(&tally);
            AS_IGNORE(snprintf(path, sizeof path, "home/member-%llu.csv", (unsigned long long)i),
                      "long enough");
            if (i % 10 == 0) {
                fixture_hits(&tally, i % 20 == 0 ? D_SSN : D_PHONE, i % 7 + 1, i);
            }
            struct as_result r = fixture_result(f->target, key, &tally);
            r.depth = 1;
            r.index = &i;
            r.member_path = path;
            r.member_size = i;
            r.member_modified_ms = i % 3 == 0 ? INT64_MIN : 1600000000000;
            r.coverage = i % 500 == 3 ? AS_SKIPPED : AS_COMPLETE;
            r.reason = i % 500 == 3 ? AS_REASON_OPAQUE_CONTENT : AS_REASON_NONE;
            as_tally_seal(&tally);
            if (pass == 0) {
                assert_int_equal(as_tally_merge(&sum, &tally), AS_OK);
            } else {
                folder_put(f, &r);
            }
            as_tally_fini(&tally);
        }
        if (pass == 0) { /* the object stands before its members */
            as_tally_seal(&sum);
            struct as_result r = fixture_result(f->target, key, &sum);
            r.is_archive = true;
            r.coverage = AS_PARTIAL;
            r.reason = AS_REASON_ARCHIVE_CONTAINS_UNPROCESSED_FILES;
            folder_put(f, &r);
        }
    }
    as_tally_fini(&sum);
}

/** Column names and paths that are long, odd, or no text. */
static void put_structured(struct folder *f, const char *key)
{
    static const char *const names[] = {"ssn", " ", "", "line\nend", "\xff\xfe", "\xf0\x9f\x98\x80",
                                        "=1+1"};
    struct as_tally tally;
    as_tally_init(&tally);
    char *very_long = as_malloc(100001);
    memset(very_long, 'n', 100000);
    very_long[100000] = '\0';
    memcpy(very_long, "$['", 3);
    for (uint64_t i = 0; i < 40; i++) {
        struct as_occurrence o = {.start = i * 20, .end = i * 20 + 9, .confidence = 70};
        char *name = as_strdup(names[i % 7]);
        if (i % 2 == 0) {
            o.kind = AS_PLACE_CELL;
            o.row = i + 2;
            o.column = 1;
            o.column_name = i == 8 ? very_long : name;
        } else {
            o.kind = AS_PLACE_RECORD;
            o.record = i;
            o.json_path = i == 9 ? very_long : i % 3 == 0 ? NULL : name;
        }
        assert_int_equal(as_tally_add(&tally, (uint32_t)(i % D_COUNT), i, 70, &o), AS_OK);
        as_free(name);
    }
    as_free(very_long);
    put_with_tally(f, as_slice_of(key), &tally);
}

static void put_states(struct folder *f)
{
    static const struct {
        const char *key;
        enum as_coverage coverage;
        enum as_reason reason;
        const char *storage_class;
        const char *encryption;
    } cases[] = {
        {"s/1", AS_COMPLETE, AS_REASON_NONE, "STANDARD_IA", "aws:kms"},
        {"s/2", AS_PARTIAL, AS_REASON_UNKNOWN_BINARY_FORMAT, "EXPRESS_ONEZONE", "AES256"},
        {"s/3", AS_SKIPPED, AS_REASON_PERMISSION_DENIED, NULL, "odd"},
        {"s/4", AS_SKIPPED, AS_REASON_INVALID_OBJECT_STATE, "DEEP_ARCHIVE", NULL},
        {"s/5", AS_COMPLETE, AS_REASON_NONE, "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct as_tally tally;
        as_tally_init(&tally);
        if (cases[i].coverage != AS_SKIPPED) {
            fixture_hits(&tally, D_CARD, 1, 0);
            fixture_hits(&tally, D_SECRET, 1, 0);
        }
        as_tally_exclude(&tally, (enum as_excluded)(i % AS_EXCLUDED_COUNT));
        as_tally_seal(&tally);
        struct as_result r = fixture_result(f->target, cases[i].key, &tally);
        r.coverage = cases[i].coverage;
        r.reason = cases[i].reason;
        r.storage_class = cases[i].storage_class;
        r.encryption = cases[i].encryption;
        r.kms_key_id = i == 0 ? "arn:aws:kms:eu-central-1:111122223333:key/1" : NULL;
        r.version_id =
            i == 1 ? "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo" : NULL;
        r.etag = i == 2 ? NULL : "\x01\xff";
        r.last_modified_ms = i == 3 ? INT64_MIN : i == 4 ? INT64_MAX : 0;
        r.size = i == 0 ? 50000000000000U : i;
        r.mime = i == 4 ? NULL : "text/csv";
        r.detail = "what failed";
        folder_put(f, &r);
        as_tally_fini(&tally);
    }
}

/** Keys made to break something, in byte order. */
static void put_hostile_keys(struct folder *f)
{
    char longest[1025];
    memset(longest, 'k', 1024);
    longest[1024] = '\0';
    const struct as_slice keys[] = {
        as_slice("\0nul", 4),
        as_slice_of("\x01\x02\x1f control"),
        as_slice_of("\t=tab"),
        as_slice_of("\n"),
        as_slice_of(" "),
        as_slice_of("  .  "),
        as_slice_of("\"quotes\",commas"),
        as_slice_of("+1"),
        as_slice_of("-1"),
        as_slice_of("."),
        as_slice_of("../../etc/passwd"),
        as_slice_of("//"),
        as_slice_of("=cmd|' /C calc'!A0"),
        as_slice_of("@SUM(A1)"),
        as_slice_of("\\backslash\\u0000"),
        as_slice_of(longest),
        as_slice_of("trailing/"),
        as_slice_of("\x7f"),
        as_slice_of("\xc2\x85next line"),
        as_slice_of("\xc3\xbcml\xc3\xa4ut.t\xc3\xa4r"),
        as_slice_of("\xe2\x80\xa8line separator"),
        as_slice_of("\xe2\x80\xae right to left"),
        as_slice_of("\xed\xa0\x80 surrogate"),
        as_slice_of("\xef\xbb\xbf mark"),
        as_slice_of("\xf0\x9f\x98\x80.csv"),
        as_slice_of("\xff\xfe.csv"),
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        put_hits(f, keys[i], (uint32_t)(i % D_COUNT), i * i + 1);
    }
}

static const char *python(void)
{
    static const char venv[] = ASSAY_SOURCE_DIR "/build/venv/bin/python";
    return access(venv, X_OK) == 0 ? venv : "python3";
}

/** Exit code of python with these words; its output goes to ours. */
static int run_python(const char *first, const char *second)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char program[] = "python3";
        char *words[] = {program, as_strdup(first), as_strdup(second), NULL};
        execvp(python(), words);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void remove_folder(const char *dir)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] != '.') {
            assert_int_equal(unlinkat(dirfd(d), e->d_name, 0), 0);
        }
    }
    assert_int_equal(closedir(d), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void every_shape_passes_the_oracle(void **state)
{
    (void)state;
    static const struct {
        const struct as_target_facts *target;
        bool redact;
    } cases[] = {{&fixture_aws, false},
                 {&fixture_aws, true},
                 {&fixture_endpoint, false},
                 {&fixture_file, false}};
    if (run_python("-c", "import botocore, moto") != 0) {
        print_message("SKIPPED: no Python with botocore and moto; scripts/test.sh installs one\n");
        skip();
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char dir[] = "/tmp/assay-test-findings-XXXXXX";
        struct folder *f = as_malloc(sizeof *f);
        assert_non_null(mkdtemp(dir));
        folder_begin(f, cases[i].target, cases[i].redact);
        put_hostile_keys(f);
        folder_write(f, dir);
        int hostile = run_python(ASSAY_SOURCE_DIR "/tests/oracles/check_findings.py", dir);
        remove_folder(dir);
        assert_non_null(mkdtemp(memcpy(dir, "/tmp/assay-test-findings-XXXXXX", sizeof dir)));
        folder_begin(f, cases[i].target, cases[i].redact);
        put_archive(f, "archive.zip");
        put_hits(f, as_slice_of("many"), D_SSN, 5000);
        put_hits(f, as_slice_of("none"), D_SSN, 0);
        put_states(f);
        put_structured(f, "structured.csv");
        folder_write(f, dir);
        int shapes = run_python(ASSAY_SOURCE_DIR "/tests/oracles/check_findings.py", dir);
        remove_folder(dir);
        as_free(f);
        assert_int_equal(hostile, 0);
        assert_int_equal(shapes, 0);
    }
}

/** The first `from` in the text becomes `to`. */
static void spoil(struct as_strbuf *text, const char *from, const char *to)
{
    struct as_strbuf out;
    as_strbuf_init(&out, text->max_bytes);
    const char *found = strstr(text->ptr, from);
    assert_non_null(found);
    as_strbuf_append(&out, text->ptr, (size_t)(found - text->ptr));
    as_strbuf_puts(&out, to);
    as_strbuf_puts(&out, found + strlen(from));
    as_strbuf_fini(text);
    *text = out;
}

static void spoiled_files_do_not_pass_the_oracle(void **state)
{
    (void)state;
    static const struct {
        size_t file;
        const char *from;
        const char *to;
    } cases[] = {
        {FILE_ASFF, "\"Label\":\"HIGH\"", "\"Label\":\"BOGUS\""},
        {FILE_ASFF, "Identifications/PII/", "Identifications/PII/x/"},
        {FILE_ASFF, "\"CreatedAt\":\"2026-", "\"CreatedAt\":\"2026/"},
        {FILE_ASFF, "\"Confidence\":", "\"confidence\":"},
        {FILE_ASFF, "\"Count\":", "\"Count\":1"},
        {FILE_ASFF, "\"Title\":\"The ", "\"Title\":\"\\n"},
        {FILE_ASFF, "\"Region\":\"eu-", "\"Region\":\"eu-eu-eu-eu-"},
        {FILE_MACIE, "\"score\":3", "\"score\":1"},
        {FILE_MACIE, "\"schemaVersion\"", "\"schemaversion\""},
        {FILE_MACIE, "\"encryptionType\":\"UNKNOWN\"", "\"encryptionType\":\"SECRET\""},
        {FILE_RESULTS, "\"count\":", "\"count\":1"},
        {FILE_RESULTS, "\"key\":\"", "\"key\":\"x"},
        {FILE_RESULTS, "\"key\":", "\"key\":\"k\",\"key\":"},
        {FILE_CSV, "\"'=cmd", "\"=cmd"},
    };
    if (run_python("-c", "import botocore, moto") != 0) {
        print_message("SKIPPED: no Python with botocore and moto; scripts/test.sh installs one\n");
        skip();
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char dir[] = "/tmp/assay-test-findings-XXXXXX";
        struct folder *f = as_malloc(sizeof *f);
        assert_non_null(mkdtemp(dir));
        folder_begin(f, &fixture_aws, false);
        put_hits(f, as_slice_of("=cmd"), D_SSN, 2);
        put_hits(f, as_slice_of("b"), D_CARD, 1);
        spoil(&f->files[cases[i].file], cases[i].from, cases[i].to);
        folder_write(f, dir);
        int code = run_python(ASSAY_SOURCE_DIR "/tests/oracles/check_findings.py", dir);
        remove_folder(dir);
        as_free(f);
        assert_int_equal(code, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_passes_the_oracle),
        cmocka_unit_test(spoiled_files_do_not_pass_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
