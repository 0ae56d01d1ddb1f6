/* SPDX-License-Identifier: Apache-2.0
 * The public run: misuse, options by name, a run over a file, and what it reports. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay/assay.h"
#include "base/attr.h"
#include "base/mem.h"

static struct assay_run *new_run(void)
{
    struct assay_run *run = NULL;
    assert_int_equal(assay_run_new(&run, NULL), ASSAY_OK);
    return run;
}

static void run_misused_says_so(void **state)
{
    (void)state;
    struct assay_error err = {ASSAY_OK, ""};
    struct assay_report report = {0};
    struct assay_run *run = new_run();
    assert_int_equal(assay_run_new(NULL, &err), ASSAY_E_USAGE);
    assert_int_equal(assay_run_add_target(run, NULL, &err), ASSAY_E_USAGE);
    assert_int_equal(assay_run_set(run, "no-such-option", "1", &err), ASSAY_E_USAGE);
    assert_non_null(strstr(err.message, "no-such-option"));
    assert_int_equal(assay_run_set(run, "quiet", NULL, &err), ASSAY_E_USAGE); /* the program's */
    assert_int_equal(assay_run_set(run, "threads", "many", &err), ASSAY_E_USAGE);
    assert_int_equal(assay_run_set(run, "dry-run", NULL, &err), ASSAY_E_NOT_YET);
    assert_int_equal(assay_run_execute(run, &report, &err), ASSAY_E_USAGE); /* no size */
    report.size = sizeof report;
    assert_int_equal(assay_run_execute(run, &report, &err), ASSAY_E_USAGE); /* no TARGET */
    assert_int_equal(assay_run_execute(run, &report, &err), ASSAY_E_USAGE); /* a second time */
    assay_run_free(run);
    assay_run_free(NULL);
    assay_run_cancel(NULL);
}

static void run_reports_and_gives_everything_back(void **state)
{
    (void)state;
    char folder[] = "run.XXXXXX";
    char path[64];
    char out[64];
    char summary[96];
    int64_t live = as_mem_live();
    assert_non_null(mkdtemp(folder));
    assert_true(snprintf(path, sizeof path, "%s/letter.txt", folder) > 0);
    assert_true(snprintf(out, sizeof out, "%s/out", folder) > 0);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("credit card number: 4539578763621486\n", f) >= 0);
    assert_int_equal(fclose(f), 0);

    struct assay_error err = {ASSAY_OK, ""};
    struct assay_report report = {.size = sizeof report};
    struct assay_run *run = new_run();
    assert_int_equal(assay_run_add_target(run, path, &err), ASSAY_OK);
    assert_int_equal(assay_run_set(run, "output", out, &err), ASSAY_OK);
    assert_int_equal(assay_run_set(run, "threads", "2", &err), ASSAY_OK);
    if (assay_run_execute(run, &report, &err) != ASSAY_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(report.exit_code, 0);
    assert_int_equal(report.listed_objects, 1);
    assert_int_equal(report.complete_objects, 1);
    assert_int_equal(report.complete_bytes, report.listed_bytes);
    assert_true(report.detections >= 1);
    assert_true(report.worst_severity >= 1);
    assay_run_free(run);
    assert_int_equal(as_mem_live(), live);

    assert_true(snprintf(summary, sizeof summary, "%s/summary.json", out) > 0);
    assert_int_equal(access(summary, R_OK), 0);
    char command[128];
    static const char *const files[] = {"summary.json", "results.jsonl", "findings.csv",
                                        "findings.asff.json", "findings.macie.jsonl"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(files); i++) {
        assert_true(snprintf(command, sizeof command, "%s/%s", out, files[i]) > 0);
        assert_int_equal(unlink(command), 0);
    }
    assert_int_equal(rmdir(out), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void version_and_texts_are_there(void **state)
{
    (void)state;
    char version[32];
    assert_true(snprintf(version, sizeof version, "%d.%d.%d", ASSAY_VERSION_MAJOR,
                         ASSAY_VERSION_MINOR, ASSAY_VERSION_PATCH) > 0);
    assert_string_equal(assay_version(), version);
    for (int status = ASSAY_OK; status <= ASSAY_E_FAULT; status++) {
        assert_true(strlen(assay_status_text((enum assay_status)status)) > 3);
    }
    assert_string_equal(assay_status_text((enum assay_status)99), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_misused_says_so),
        cmocka_unit_test(run_reports_and_gives_everything_back),
        cmocka_unit_test(version_and_texts_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
