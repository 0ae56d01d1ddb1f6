/* SPDX-License-Identifier: Apache-2.0
 * A run over local files, end to end inside the process: options that are refused, one record an
 * object, exit codes, files that do not depend on threads or block size. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "pipeline/run.h"

struct folder {
    char root[64];
    char in[96];
    char out[96];
};

static void write_file(const struct folder *f, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->in, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int setup(void **state)
{
    struct folder *f = as_calloc(1, sizeof *f);
    snprintf(f->root, sizeof f->root, "/tmp/assay-test-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    snprintf(f->in, sizeof f->in, "%s/in", f->root);
    snprintf(f->out, sizeof f->out, "%s/out", f->root);
    mkdir(f->in, 0700);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct folder *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    int failed = system(command);
    as_free(f);
    return failed;
}

static char *read_output(const struct folder *f, const char *name)
{
    char path[256];
    struct as_strbuf s;
    char chunk[4096];
    size_t n;
    snprintf(path, sizeof path, "%s/%s", f->out, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    as_strbuf_init(&s, 64U << 20);
    while ((n = fread(chunk, 1, sizeof chunk, file)) != 0) {
        as_strbuf_append(&s, chunk, n);
    }
    fclose(file);
    return as_strbuf_detach(&s);
}

static unsigned count_lines(const char *text)
{
    unsigned lines = 0;
    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

static int run_once(const struct folder *f, unsigned threads, uint32_t block_bytes,
                    struct as_summary *out_summary)
{
    const char *targets[] = {f->in};
    struct as_run_options options;
    struct as_cancel cancel = {false};
    struct as_run *run = NULL;
    struct as_error err = {0};
    as_run_options_init(&options);
    options.targets = targets;
    options.target_count = 1;
    options.output_dir = f->out;
    options.overwrite = true;
    options.threads = threads;
    options.block_bytes = block_bytes;
    if (as_run_new(&options, &cancel, &run, &err) != AS_OK || as_run_execute(run, &err) != AS_OK) {
        fail_msg("%s", err.message);
    }
    int code = as_run_report(run)->exit_code;
    if (out_summary != NULL) {
        *out_summary = as_run_report(run)->summary;
    }
    as_run_free(run);
    return code;
}

static void run_without_target_is_a_usage_error(void **state)
{
    (void)state;
    struct as_run_options options;
    struct as_cancel cancel = {false};
    struct as_run *run = NULL;
    struct as_error err = {0};
    as_run_options_init(&options);
    assert_int_equal(as_run_new(&options, &cancel, &run, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "TARGET"));
}

static void run_over_an_empty_folder_is_exit_4(void **state)
{
    assert_int_equal(run_once(*state, 1, 1U << 18, NULL), 4);
}

static void run_with_an_empty_target_beside_a_good_one_is_exit_3(void **state)
{
    struct folder *f = *state;
    char empty[256];
    const char *targets[] = {f->in, empty};
    snprintf(empty, sizeof empty, "%s/none", f->in);
    assert_int_equal(mkdir(empty, 0700), 0);
    write_file(f, "a.txt", "nothing here\n");
    for (int allow = 0; allow < 2; allow++) {
        struct as_run_options options;
        struct as_cancel cancel = {false};
        struct as_run *run = NULL;
        struct as_error err = {0};
        as_run_options_init(&options);
        options.targets = targets;
        options.target_count = 2;
        options.output_dir = f->out;
        options.overwrite = true;
        options.threads = 1;
        options.allow_empty = allow != 0;
        assert_int_equal(as_run_new(&options, &cancel, &run, &err), AS_OK);
        assert_int_equal(as_run_execute(run, &err), AS_OK);
        assert_int_equal(as_run_report(run)->exit_code, allow != 0 ? 0 : 3);
        as_run_free(run);
    }
}

static void run_gives_every_object_one_record(void **state)
{
    struct folder *f = *state;
    struct as_summary summary;
    write_file(f, "a.txt", "social security number 536-22-8726\n");
    write_file(f, "b.csv", "id,ssn\n1,219-46-5981\n2,536-22-8726\n");
    write_file(f, "empty", "");
    write_file(f, "z.pdf", "%PDF-1.7\n1 0 obj\n");
    assert_int_equal(run_once(f, 2, 1U << 18, &summary), 3); /* the PDF is not read */
    assert_int_equal(summary.listed.objects, 4);
    assert_int_equal(summary.complete.objects, 3);
    assert_int_equal(summary.skipped.objects, 1);
    assert_int_equal(summary.objects_with_findings, 2);
    char *results = read_output(f, "results.jsonl");
    assert_non_null(results);
    assert_int_equal(count_lines(results), 4);
    assert_null(strstr(results, "536-22-8726"));
    as_free(results);
}

static void run_files_do_not_depend_on_threads_or_blocks(void **state)
{
    struct folder *f = *state;
    char line[128];
    struct as_strbuf text;
    as_strbuf_init(&text, 1U << 20);
    for (unsigned i = 0; i < 3000; i++) {
        snprintf(line, sizeof line, "%u: ssn %03u-%02u-%04u ip 10.1.2.%u\n", i, 100 + i % 500,
                 1 + i % 90, 1000 + i, i % 256);
        as_strbuf_puts(&text, line);
    }
    char *bytes = as_strbuf_detach(&text);
    write_file(f, "many.txt", bytes);
    as_free(bytes);
    setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    char *first = NULL;
    static const struct {
        unsigned threads;
        uint32_t block_bytes;
    } cases[] = {{1, 1U << 20}, {2, 4096}, {8, 1000}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        assert_int_equal(run_once(f, cases[i].threads, cases[i].block_bytes, NULL), 0);
        char *results = read_output(f, "results.jsonl");
        assert_non_null(results);
        if (first == NULL) {
            assert_non_null(strstr(results, "USA_SOCIAL_SECURITY_NUMBER"));
            first = results;
        } else {
            assert_string_equal(results, first);
            as_free(results);
        }
    }
    as_free(first);
    unsetenv("SOURCE_DATE_EPOCH");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_without_target_is_a_usage_error),
        cmocka_unit_test_setup_teardown(run_over_an_empty_folder_is_exit_4, setup, teardown),
        cmocka_unit_test_setup_teardown(run_with_an_empty_target_beside_a_good_one_is_exit_3, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(run_gives_every_object_one_record, setup, teardown),
        cmocka_unit_test_setup_teardown(run_files_do_not_depend_on_threads_or_blocks, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
