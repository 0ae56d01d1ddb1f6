/* SPDX-License-Identifier: Apache-2.0
 * The catalog that packgen compiled in is the one that the loader reads from detectors/packs: same
 * definitions, field by field, in the same order. */
#include "test.h"

#include <glob.h>
#include <string.h>

#include "base/mem.h"
#include "pack/fields.h"
#include "pack/pack.h"

static void assert_same_text(const char *id, const char *field, const char *a, const char *b)
{
    bool same = a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
    if (!same) {
        fail_msg("%s: %s differs", id, field);
    }
}

static void assert_same_field(const struct as_detector *a, const struct as_detector *b,
                              const struct as_field *f)
{
    if (f->type == AS_FIELD_TEXT) {
        assert_same_text(a->id, f->name, as_field_text(a, f), as_field_text(b, f));
        return;
    }
    if (f->type != AS_FIELD_LIST) {
        return; /* covered by the hash */
    }
    const char *const *x = as_field_list(a, f);
    const char *const *y = as_field_list(b, f);
    for (; x != NULL && y != NULL && *x != NULL && *y != NULL; x++, y++) {
        assert_same_text(a->id, f->name, *x, *y);
    }
    if ((x == NULL) != (y == NULL) || (x != NULL && (*x != NULL || *y != NULL))) {
        fail_msg("%s: %s has another length", a->id, f->name);
    }
}

static void built_in_catalog_equals_its_packs(void **state)
{
    (void)state;
    static const struct as_catalog empty = {.count = 0};
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    glob_t files;
    assert_int_equal(glob(ASSAY_SOURCE_DIR "/detectors/packs/*.yaml", 0, NULL, &files), 0);
    enum as_status status =
        as_catalog_extend(&empty, (const char *const *)files.gl_pathv, files.gl_pathc, &c, &err);
    globfree(&files);
    assert_int_equal(status, AS_OK);
    assert_int_equal(c->count, as_catalog_builtin.count);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct as_detector *a = &c->detectors[i];
        const struct as_detector *b = &as_catalog_builtin.detectors[i];
        struct as_detector again = *b;
        as_detector_hash(&again);
        assert_string_equal(a->hash, b->hash);
        assert_string_equal(again.hash, b->hash);
        assert_string_equal(a->family, b->family);
        assert_true(a->check == b->check);
        assert_false(b->custom);
        for (const struct as_field *f = as_fields; f->name != NULL; f++) {
            assert_same_field(a, b, f);
        }
    }
    as_catalog_free(c);
    assert_int_equal(as_mem_live(), 0);
}

static void catalog_extends_by_nothing_to_itself(void **state)
{
    (void)state;
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    assert_int_equal(as_catalog_extend(&as_catalog_builtin, NULL, 0, &c, &err), AS_OK);
    assert_int_equal(c->count, as_catalog_builtin.count);
    assert_false(c->detectors[0].custom);
    as_catalog_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(built_in_catalog_equals_its_packs),
                                       cmocka_unit_test(catalog_extends_by_nothing_to_itself)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
