/* SPDX-License-Identifier: Apache-2.0
 * The spool and the output folder: what is refused, what a full disk does, order and memory of the
 * merge, attempts that do not count. */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "io/spool.h"

#define MIB (1U << 20)

static const char root_template[] = "/tmp/assay-test-spool-XXXXXX";
static char s_root[sizeof root_template]; /* the folder of the test that runs */

static int make_root(void **state)
{
    (void)state;
    memcpy(s_root, root_template, sizeof root_template);
    return mkdtemp(s_root) == NULL ? -1 : 0;
}

static void empty_dir(const char *dir)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            AS_IGNORE(unlinkat(dirfd(d), e->d_name, 0), "folders are removed by their tests");
        }
    }
    assert_int_equal(closedir(d), 0);
}

static int remove_root(void **state)
{
    (void)state;
    char sub[128];
    AS_IGNORE(snprintf(sub, sizeof sub, "%s/out", s_root), "long enough");
    struct stat info;
    if (stat(sub, &info) == 0 && S_ISDIR(info.st_mode)) {
        empty_dir(sub);
        rmdir(sub);
    }
    empty_dir(s_root);
    return rmdir(s_root);
}

static const char *path_of(const char *name)
{
    static char path[512]; /* for the next call in a test of one thread */
    AS_IGNORE(snprintf(path, sizeof path, "%s/out/%s", s_root, name), "long enough");
    return path;
}

static const char *out_dir(void)
{
    static char dir[128];
    AS_IGNORE(snprintf(dir, sizeof dir, "%s/out", s_root), "long enough");
    return dir;
}

static bool exists(const char *name)
{
    struct stat info;
    return stat(path_of(name), &info) == 0;
}

/** Entries of the output folder, but "." and "..". */
static unsigned count_entries(void)
{
    DIR *d = opendir(out_dir());
    unsigned count = 0;
    for (struct dirent *e = d == NULL ? NULL : readdir(d); e != NULL; e = readdir(d)) {
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    if (d != NULL) {
        assert_int_equal(closedir(d), 0);
    }
    return count;
}

static char *read_file(const char *name)
{
    FILE *f = fopen(path_of(name), "rb");
    assert_non_null(f);
    struct as_strbuf text;
    as_strbuf_init(&text, 512U * MIB);
    char buffer[4096];
    for (size_t n = fread(buffer, 1, sizeof buffer, f); n > 0;
         n = fread(buffer, 1, sizeof buffer, f)) {
        as_strbuf_append(&text, buffer, n);
    }
    assert_int_equal(fclose(f), 0);
    return as_strbuf_detach(&text);
}

static struct as_spool *open_spool(uint64_t memory_bytes)
{
    struct as_spool_file files[] = {
        {.name = "lines.jsonl"},
        {.name = "array.json",
         .head = as_slice_of("[\n"),
         .between = as_slice_of(",\n"),
         .tail = as_slice_of("\n]\n")},
    };
    struct as_spool *s = NULL;
    struct as_error err = {0};
    assert_int_equal(as_spool_open(out_dir(), false, files, 2, memory_bytes, &s, &err), AS_OK);
    return s;
}

static void append(struct as_spool *s, uint64_t object, uint32_t attempt, const char *key,
                   const char *line, const char *element)
{
    struct as_slice sections[] = {as_slice_of(line), as_slice_of(element)};
    struct as_error err = {0};
    assert_int_equal(as_spool_append(s, object, attempt, as_slice_of(key), sections, &err), AS_OK);
}

static void commit(struct as_spool *s, uint64_t object, uint32_t attempt)
{
    struct as_error err = {0};
    assert_int_equal(as_spool_commit(s, object, attempt, &err), AS_OK);
}

static void open_of_unusable_folder_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *dir;
        const char *named;
        enum as_status status;
    } cases[] = {{"", "no name", AS_E_USAGE},
                 {"/dev/null", "/dev/null", AS_E_USAGE},
                 {"/dev/null/x", "/dev/null", AS_E_OUTPUT},
                 {"/proc/assay-test", "/proc/assay-test", AS_E_OUTPUT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct as_spool *s = NULL;
        struct as_error err = {0};
        assert_int_equal(as_spool_open(cases[i].dir, true, NULL, 0, MIB, &s, &err),
                         cases[i].status);
        assert_null(s);
        assert_non_null(strstr(err.message, cases[i].named));
    }
}

static void open_of_used_folder_needs_overwrite(void **state)
{
    (void)state;
    struct as_spool *s = open_spool(MIB);
    append(s, 1, 0, "k", "old\n", "1");
    commit(s, 1, 0);
    struct as_spool *other = NULL;
    struct as_error err = {0};
    assert_int_equal(as_spool_open(out_dir(), false, NULL, 0, MIB, &other, &err), AS_E_USAGE);
    assert_int_equal(as_spool_open(out_dir(), true, NULL, 0, MIB, &other, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "another run"));
    struct as_spool_written written[2];
    assert_int_equal(as_spool_finish(s, written, &err), AS_OK);
    assert_int_equal(as_spool_write_file(s, "summary.json", as_slice_of("{}"), &err), AS_OK);
    as_spool_close(s);
    assert_int_equal(as_spool_open(out_dir(), false, NULL, 0, MIB, &other, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "--overwrite"));

    struct as_spool_file files[] = {{.name = "lines.jsonl"}};
    assert_int_equal(as_spool_open(out_dir(), true, files, 1, MIB, &other, &err), AS_OK);
    char *old = read_file("lines.jsonl");
    assert_string_equal(old, "old\n"); /* stays until the new run is whole */
    as_free(old);
    assert_int_equal(as_spool_finish(other, written, &err), AS_OK);
    assert_false(exists("summary.json")); /* no old summary over new files */
    as_spool_close(other);
    char *now = read_file("lines.jsonl");
    assert_string_equal(now, "");
    as_free(now);
}

static void close_without_records_leaves_nothing(void **state)
{
    (void)state;
    as_spool_close(open_spool(MIB));
    struct stat info;
    assert_int_equal(stat(out_dir(), &info), -1);
}

static void close_without_finish_keeps_the_spool(void **state)
{
    (void)state;
    struct as_spool *s = open_spool(MIB);
    append(s, 1, 0, "k", "line\n", "1");
    commit(s, 1, 0);
    assert_non_null(strstr(as_spool_path(s), out_dir()));
    as_spool_close(s);
    assert_true(exists(".assay-spool"));
    assert_int_equal(count_entries(), 1);
    struct as_spool *other = NULL;
    struct as_error err = {0};
    assert_int_equal(as_spool_open(out_dir(), false, NULL, 0, MIB, &other, &err), AS_E_USAGE);
    assert_int_equal(as_spool_open(out_dir(), true, NULL, 0, MIB, &other, &err), AS_OK);
    as_spool_close(other);
}

static void finish_without_records_writes_empty_forms(void **state)
{
    (void)state;
    struct as_spool *s = open_spool(MIB);
    struct as_spool_written written[2];
    struct as_error err = {0};
    assert_int_equal(as_spool_finish(s, written, &err), AS_OK);
    as_spool_close(s);
    char *array = read_file("array.json");
    assert_string_equal(array, "[\n\n]\n");
    as_free(array);
    assert_int_equal(written[0].bytes, 0);
    assert_string_equal(written[0].sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct stat info;
    assert_int_equal(stat(path_of("array.json"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void finish_drops_what_was_not_committed_and_sorts(void **state)
{
    (void)state;
    struct as_spool *s = open_spool(MIB);
    append(s, 7, 0, "b", "b-first-attempt\n", "0");
    append(s, 8, 0, "never committed", "x\n", "0");
    append(s, 7, 1, "b", "b1\n", "2");
    append(s, 9, 0, "a", "a1\n", "1");
    append(s, 7, 1, "bb", "bb\n", "");
    commit(s, 7, 1);
    commit(s, 9, 0);
    append(s, 7, 1, "late", "late\n", "9"); /* after its commit: nobody vouches for it */
    append(s, 3, 0, "b", "b2\n", "3");
    commit(s, 3, 0);
    struct as_spool_written written[2];
    struct as_error err = {0};
    assert_int_equal(as_spool_finish(s, written, &err), AS_OK);
    as_spool_close(s);
    char *lines = read_file("lines.jsonl");
    char *array = read_file("array.json");
    assert_string_equal(lines, "a1\nb1\nb2\nbb\n");
    assert_string_equal(array, "[\n1,\n2,\n3\n]\n");
    uint8_t digest[AS_SHA256_SIZE];
    char hex[65];
    as_sha256(array, strlen(array), digest);
    as_hex(digest, sizeof digest, hex);
    assert_string_equal(written[1].sha256, hex);
    assert_int_equal(written[1].bytes, strlen(array));
    as_free(lines);
    as_free(array);
    assert_int_equal(count_entries(), 2);
}

static void finish_of_damaged_spool_fails_and_writes_nothing(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 3; turn++) {
        struct as_spool *s = open_spool(MIB);
        append(s, 1, 0, "k", "line line line\n", "1");
        commit(s, 1, 0);
        static const off_t places[] = {9, 80, 85}; /* head, key and section */
        int fd = open(path_of(".assay-spool"), O_WRONLY);
        assert_int_equal(pwrite(fd, "#", 1, places[turn]), 1);
        assert_int_equal(close(fd), 0);
        struct as_spool_written written[2];
        struct as_error err = {0};
        assert_int_equal(as_spool_finish(s, written, &err), AS_E_OUTPUT);
        assert_non_null(strstr(err.message, "damaged"));
        assert_int_equal(as_spool_finish(s, written, NULL), AS_E_OUTPUT); /* it sticks */
        as_spool_close(s);
        assert_int_equal(count_entries(), 1);
        assert_int_equal(unlink(path_of(".assay-spool")), 0);
    }
}

static void sections_larger_than_every_buffer_survive(void **state)
{
    (void)state;
    enum { BIG = 3000001 };
    char *big = as_malloc(BIG + 1);
    for (size_t i = 0; i < BIG; i++) {
        big[i] = (char)('a' + i * 7 % 26);
    }
    big[BIG] = '\0';
    struct as_spool *s = open_spool(MIB);
    append(s, 1, 0, "z", big, "1");
    append(s, 1, 0, "a", "small\n", big);
    commit(s, 1, 0);
    struct as_spool_written written[2];
    assert_int_equal(as_spool_finish(s, written, NULL), AS_OK);
    as_spool_close(s);
    char *lines = read_file("lines.jsonl");
    assert_int_equal(strlen(lines), BIG + 6);
    assert_memory_equal(lines, "small\n", 6);
    assert_memory_equal(lines + 6, big, BIG);
    as_free(lines);
    as_free(big);
}

/** Key number `i` of a shuffled sequence of `count` (a prime): fixed width, so text order. */
static uint64_t shuffled(uint64_t i, uint64_t count)
{
    return i * 7919 % count;
}

static void fill(struct as_spool *s, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        char key[64];
        char line[160];
        uint64_t number = shuffled(i, count);
        AS_IGNORE(
            snprintf(key, sizeof key, "target/folder/key-%012llu", (unsigned long long)number),
            "long enough");
        AS_IGNORE(snprintf(line, sizeof line, "%012llu %0100d\n", (unsigned long long)number, 0),
                  "long enough");
        append(s, i, 0, key, line, "");
        commit(s, i, 0);
    }
}

static void check_order(uint64_t count)
{
    FILE *f = fopen(path_of("lines.jsonl"), "rb");
    assert_non_null(f);
    char line[256];
    uint64_t next = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        char expected[16];
        AS_IGNORE(snprintf(expected, sizeof expected, "%012llu", (unsigned long long)next++),
                  "long enough");
        assert_memory_equal(line, expected, 12);
    }
    assert_int_equal(fclose(f), 0);
    assert_int_equal(next, count);
}

static long peak_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void many_records_merge_in_bounded_memory(void **state)
{
    (void)state;
    enum { COUNT = 200003 }; /* a prime */
    long before = peak_kib();
    struct as_spool *s = open_spool(4 * MIB);
    fill(s, COUNT);
    struct as_spool_written written[2];
    assert_int_equal(as_spool_finish(s, written, NULL), AS_OK);
    as_spool_close(s);
    long grown = peak_kib() - before;
    check_order(COUNT);
#ifndef __SANITIZE_ADDRESS__
    assert_in_range(grown, 0, 8 * 1024);
#else
    (void)grown;
#endif
}

static void more_runs_than_the_fan_in_merge_in_passes(void **state)
{
    (void)state;
    enum { COUNT = 15013, KEY = 8000 }; /* 64 keys an index of 512 KiB: about 235 runs */
    struct as_spool *s = open_spool(MIB);
    char *key = as_malloc(KEY + 1);
    memset(key, 'k', KEY);
    key[KEY] = '\0';
    for (uint64_t i = 0; i < COUNT; i++) {
        char number[16];
        AS_IGNORE(
            snprintf(number, sizeof number, "%012llu", (unsigned long long)shuffled(i, COUNT)),
            "long enough");
        memcpy(key + KEY - 12, number, 12);
        struct as_strbuf line;
        as_strbuf_init(&line, 64);
        as_strbuf_printf(&line, "%s\n", number);
        append(s, i / 100, 0, key, line.ptr, "");
        as_strbuf_fini(&line);
        if (i % 100 == 99 || i + 1 == COUNT) {
            commit(s, i / 100, 0);
        }
    }
    as_free(key);
    struct as_spool_written written[2];
    assert_int_equal(as_spool_finish(s, written, NULL), AS_OK);
    as_spool_close(s);
    check_order(COUNT);
    assert_int_equal(count_entries(), 2);
}

/** In a child: all steps with files of `limit` bytes at the most. 0: all done; 1: refused as it
 * should be; else a fault. */
static int run_with_file_limit(rlim_t limit)
{
    struct rlimit size = {.rlim_cur = limit, .rlim_max = limit};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &size) != 0) {
        return 2;
    }
    struct as_spool_file file = {.name = "lines.jsonl"};
    struct as_spool *s = NULL;
    struct as_error err = {0};
    if (as_spool_open(out_dir(), true, &file, 1, MIB, &s, &err) != AS_OK) {
        return 3;
    }
    enum as_status status = AS_OK;
    char line[1001];
    memset(line, 'x', 999);
    line[999] = '\n';
    line[1000] = '\0';
    for (uint64_t i = 0; i < 2000 && status == AS_OK; i++) {
        struct as_slice section = as_slice_of(line);
        status = as_spool_append(s, i, 0, as_slice(&i, sizeof i), &section, &err);
        status = status == AS_OK ? as_spool_commit(s, i, 0, &err) : status;
    }
    struct as_spool_written written;
    status = status == AS_OK ? as_spool_finish(s, &written, &err) : status;
    status =
        status == AS_OK ? as_spool_write_file(s, "summary.json", as_slice_of(line), &err) : status;
    as_spool_close(s);
    if (status == AS_OK) {
        return exists("summary.json") && exists("lines.jsonl") && count_entries() == 2 ? 0 : 4;
    }
    if (status != AS_E_OUTPUT || strstr(err.message, out_dir()) == NULL || err.sys_errno == 0) {
        return 5;
    }
    return !exists("summary.json") && exists(".assay-spool") && count_entries() == 1 ? 1 : 6;
}

static void full_disk_is_an_output_error_that_names_the_file(void **state)
{
    (void)state;
    static const struct {
        rlim_t limit;
        int outcome;
    } cases[] = {{0, 1}, {100, 1}, {500000, 1}, {1999999, 1}, {2160000, 1}, {16U * MIB, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(run_with_file_limit(cases[i].limit));
        }
        int outcome = 0;
        assert_int_equal(waitpid(child, &outcome, 0), child);
        assert_true(WIFEXITED(outcome));
        assert_int_equal(WEXITSTATUS(outcome), cases[i].outcome);
    }
}

/** In a child: a small spool, then a limit that the outputs reach and the spool does not. */
static int outputs_hit_limit(void)
{
    struct as_spool_file file = {.name = "lines.jsonl", .tail = as_slice_of("0123456789")};
    struct as_spool *s = NULL;
    struct as_error err = {0};
    struct as_slice section = as_slice_of("line\n");
    if (as_spool_open(out_dir(), true, &file, 1, MIB, &s, &err) != AS_OK ||
        as_spool_append(s, 1, 0, as_slice_of("k"), &section, &err) != AS_OK ||
        as_spool_commit(s, 1, 0, &err) != AS_OK) {
        return 2;
    }
    struct rlimit size = {.rlim_cur = 9, .rlim_max = 9};
    signal(SIGXFSZ, SIG_IGN);
    struct as_spool_written written;
    if (setrlimit(RLIMIT_FSIZE, &size) != 0 || as_spool_finish(s, &written, &err) != AS_E_OUTPUT) {
        return 3;
    }
    as_spool_close(s);
    return strstr(err.message, "lines.jsonl") != NULL && count_entries() == 1 &&
                   exists(".assay-spool")
               ? 0
               : 4;
}

static void full_disk_at_the_merge_removes_the_partial_files(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(outputs_hit_limit());
    }
    int outcome = 0;
    assert_int_equal(waitpid(child, &outcome, 0), child);
    assert_true(WIFEXITED(outcome));
    assert_int_equal(WEXITSTATUS(outcome), 0);
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    for (uint64_t n = 0; n < 200; n++) {
        struct as_spool_file file = {.name = "lines.jsonl"};
        struct as_spool *s = NULL;
        struct as_error err = {0};
        struct as_slice section = as_slice_of("line\n");
        struct as_spool_written written;
        as_mem_fail_after(n);
        enum as_status status = as_spool_open(out_dir(), true, &file, 1, MIB, &s, &err);
        for (uint64_t i = 0; i < 40 && status == AS_OK; i++) {
            status = as_spool_append(s, i, 0, as_slice(&i, sizeof i), &section, &err);
        }
        status = status == AS_OK ? as_spool_finish(s, &written, &err) : status;
        as_mem_fail_after(UINT64_MAX);
        as_spool_close(s);
        assert_int_equal(as_mem_live(), live);
        if (status == AS_OK) {
            assert_true(n > 5);
            return;
        }
        assert_int_equal(status, AS_E_NO_MEMORY);
    }
    fail_msg("never got through");
}

int main(void)
{
#define SPOOL_TEST(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        SPOOL_TEST(open_of_unusable_folder_is_refused),
        SPOOL_TEST(many_records_merge_in_bounded_memory), /* first: it measures the peak */
        SPOOL_TEST(open_of_used_folder_needs_overwrite),
        SPOOL_TEST(close_without_records_leaves_nothing),
        SPOOL_TEST(close_without_finish_keeps_the_spool),
        SPOOL_TEST(finish_without_records_writes_empty_forms),
        SPOOL_TEST(finish_drops_what_was_not_committed_and_sorts),
        SPOOL_TEST(finish_of_damaged_spool_fails_and_writes_nothing),
        SPOOL_TEST(sections_larger_than_every_buffer_survive),
        SPOOL_TEST(more_runs_than_the_fan_in_merge_in_passes),
        SPOOL_TEST(full_disk_is_an_output_error_that_names_the_file),
        SPOOL_TEST(full_disk_at_the_merge_removes_the_partial_files),
        SPOOL_TEST(every_failed_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
