/* SPDX-License-Identifier: Apache-2.0
 * Catalogs: extending by users' packs, selecting by the words of --select and --exclude, severity.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "pack/pack.h"

/* Four definitions that differ in what selection looks at. */
#define COMMON                                                                                     \
    "    title: t\n    source: s\n    nominator: shape\n    shapes: [d]\n    min_bytes: 1\n"       \
    "    max_bytes: 1\n"
static const char pack[] =
    "format: 1\nfamily: demo\ndetectors:\n"
    "  - id: CREDIT_CARD_X\n" COMMON
    "    category: FINANCIAL_INFORMATION\n    recommended: true\n    macie_recommended: true\n"
    "  - id: GERMAN_THING\n" COMMON
    "    category: PERSONAL_INFORMATION\n    countries: Germany\n    recommended: true\n"
    "  - id: ISLAND_THING\n" COMMON
    "    category: PERSONAL_INFORMATION\n    countries: 'Cape Verde, Virgin Islands (British)'\n"
    "  - id: DATE_OF_BIRTH\n" COMMON "    category: PERSONAL_INFORMATION\n"
    "    severity: [Low, Medium, High]\n";

static struct as_catalog *parse(const char *text)
{
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    if (as_pack_parse(as_slice_of(text), "demo.yaml", &c, &err) != AS_OK) {
        fail_msg("%s", err.message);
    }
    return c;
}

static void selection_by_every_kind_of_word(void **state)
{
    (void)state;
    static const struct {
        const char *select;
        const char *exclude;
        const char *enabled; /* a digit a detector; NULL: refused */
    } cases[] = {
        {"nothing", NULL, NULL},
        {"all", "germanny", NULL},
        {NULL, NULL, "1100"},
        {"recommended", NULL, "1100"},
        {"macie-recommended", NULL, "1000"},
        {"all", NULL, "1111"},
        {"none", NULL, "0000"},
        {"", NULL, "0000"},
        {"none,GERMAN_THING", NULL, "0100"},
        {"german_thing , CREDIT_CARD_X", NULL, "1100"},
        {"financial", NULL, "1000"},
        {"PERSONAL_INFORMATION", NULL, "0111"},
        {"credentials", NULL, "0000"},
        {"germany", NULL, "0100"},
        {"cape-verde", NULL, "0010"},
        {"virgin_islands_(british)", NULL, "0010"},
        {"demo", NULL, "1111"},
        {"pci", NULL, "1000"},
        {"hipaa", NULL, "0001"},
        {"gdpr", NULL, "1101"},
        {"all", "pci,DATE_OF_BIRTH", "0110"},
        {NULL, "recommended", "0000"},
    };
    struct as_catalog *c = parse(pack);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t enabled[4];
        char got[5] = "";
        struct as_error err = {.status = AS_OK};
        enum as_status status =
            as_catalog_select(c, cases[i].select, cases[i].exclude, enabled, &err);
        if (cases[i].enabled == NULL) {
            assert_int_equal(status, AS_E_USAGE);
            assert_non_null(strstr(err.message, "detectors list"));
            continue;
        }
        assert_int_equal(status, AS_OK);
        for (size_t k = 0; k < 4; k++) {
            got[k] = enabled[k] == 1 ? '1' : '0';
        }
        if (strcmp(got, cases[i].enabled) != 0) {
            fail_msg("select %s exclude %s: %s, wanted %s", cases[i].select, cases[i].exclude, got,
                     cases[i].enabled);
        }
    }
    as_catalog_free(c);
    assert_int_equal(as_mem_live(), 0);
}

static void write_temporary(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void extending_refuses_what_it_cannot_use(void **state)
{
    (void)state;
    struct as_catalog *base = parse(pack);
    struct as_catalog *out = NULL;
    struct as_error err = {.status = AS_OK};
    char taken[] = "pack_taken_XXXXXX";
    char json[] = "pack_json_XXXXXX";
    write_temporary(taken, pack);
    write_temporary(json, "\n {\"name\": \"x\", \"regex\": \"y\"}");
    const char *files[] = {"no/such/file.yaml"};
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "no/such/file.yaml"));
    files[0] = taken;
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, "already taken"));
    files[0] = json;
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_E_NOT_YET);
    files[0] = "."; /* a folder */
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_E_USAGE);
    assert_int_equal(mkfifo("pack_pipe", 0600), 0);
    files[0] = "pack_pipe"; /* which nobody writes to: opening it must not wait */
    alarm(20);
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_E_USAGE);
    alarm(0);
    assert_non_null(strstr(err.message, "--detectors: pack_pipe: is no regular file"));
    assert_null(out);
    unlink("pack_pipe");
    unlink(taken);
    unlink(json);
    as_catalog_free(base);
    assert_int_equal(as_mem_live(), 0);
}

static void user_packs_follow_and_always_run(void **state)
{
    (void)state;
    struct as_catalog *base = parse(pack);
    struct as_catalog *out = NULL;
    struct as_error err = {.status = AS_OK};
    char path[] = "pack_user_XXXXXX";
    write_temporary(path, "format: 1\ndetectors:\n  - id: MINE\n" COMMON);
    const char *files[] = {path};
    assert_int_equal(as_catalog_extend(base, files, 1, &out, &err), AS_OK);
    unlink(path);
    assert_int_equal(out->count, 5);
    assert_int_equal(as_catalog_find(out, "MINE"), 4);
    assert_int_equal(as_catalog_find(out, "mine"), -1);
    assert_true(out->detectors[4].custom);
    assert_false(out->detectors[0].custom);
    assert_ptr_equal(out->detectors[1].id, base->detectors[1].id);
    uint8_t enabled[5];
    assert_int_equal(as_catalog_select(out, "none", NULL, enabled, &err), AS_OK);
    assert_int_equal(enabled[4], 1);
    assert_int_equal(as_catalog_select(out, "none", "MINE", enabled, &err), AS_OK);
    assert_int_equal(enabled[4], 0);
    as_catalog_free(out);
    as_catalog_free(base);
    assert_int_equal(as_mem_live(), 0);
}

static void severity_follows_the_count(void **state)
{
    (void)state;
    struct as_catalog *c = parse(pack);
    const struct as_detector *d = &c->detectors[3];
    assert_int_equal(as_detector_severity(d, 1), AS_SEVERITY_LOW);
    assert_int_equal(as_detector_severity(d, 2), AS_SEVERITY_MEDIUM);
    assert_int_equal(as_detector_severity(d, 99), AS_SEVERITY_MEDIUM);
    assert_int_equal(as_detector_severity(d, 100), AS_SEVERITY_HIGH);
    assert_string_equal(as_severity_name(AS_SEVERITY_HIGH), "High");
    assert_string_equal(as_category_name(AS_CREDENTIALS), "CREDENTIALS");
    as_catalog_free(c);
}

static int into_temporary_folder(void **state)
{
    static char folder[] = "/var/tmp/assay_catalog_XXXXXX";
    *state = folder;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    return rmdir(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(selection_by_every_kind_of_word),
                                       cmocka_unit_test(extending_refuses_what_it_cannot_use),
                                       cmocka_unit_test(user_packs_follow_and_always_run),
                                       cmocka_unit_test(severity_follows_the_count)};
    return cmocka_run_group_tests(tests, into_temporary_folder, remove_folder);
}
