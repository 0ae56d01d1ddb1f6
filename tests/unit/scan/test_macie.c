/* SPDX-License-Identifier: Apache-2.0
 * Coverage of Amazon Macie's catalogue: tests/data/macie_ids.txt lists every id of it, one a line,
 * and those that we lack with the reason. An id that we have must not be listed as lacking, and
 * `macie: true` stands on no other. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "pack/pack.h"

#define IDS_MAX 256U
#define ID_BYTES_MAX 96U

struct macie_ids {
    char names[IDS_MAX][ID_BYTES_MAX];
    bool lacking[IDS_MAX];
    size_t count;
};

static struct macie_ids s_ids;

static int read_ids(void **state)
{
    FILE *f = fopen(ASSAY_SOURCE_DIR "/tests/data/macie_ids.txt", "r");
    assert_non_null(f);
    char line[256];
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        bool lacking = line[0] == '-';
        const char *name = line + (lacking ? 1 : 0);
        size_t len = strcspn(name, ":");
        assert_true(s_ids.count < IDS_MAX && len < ID_BYTES_MAX);
        assert_true(!lacking || strlen(name + len) > 10); /* a reason */
        memcpy(s_ids.names[s_ids.count], name, len);
        s_ids.names[s_ids.count][len] = '\0';
        s_ids.lacking[s_ids.count++] = lacking;
    }
    fclose(f);
    *state = &s_ids;
    return 0;
}

static void every_id_is_there_or_said_to_lack(void **state)
{
    const struct macie_ids *ids = *state;
    assert_int_equal(ids->count, 166);
    size_t lacking = 0;
    for (size_t i = 0; i < ids->count; i++) {
        bool found = as_catalog_find(&as_catalog_builtin, ids->names[i]) >= 0;
        lacking += ids->lacking[i] ? 1 : 0;
        if (found == ids->lacking[i]) {
            fail_msg("%s: %s", ids->names[i],
                     found ? "is there, but listed as lacking" : "is not there");
        }
    }
    assert_true(lacking <= 2);
}

static void ids_marked_as_macie_s_are_macie_s(void **state)
{
    const struct macie_ids *ids = *state;
    for (uint32_t d = 0; d < as_catalog_builtin.count; d++) {
        const struct as_detector *detector = &as_catalog_builtin.detectors[d];
        bool listed = false;
        for (size_t i = 0; i < ids->count; i++) {
            listed = listed || strcmp(ids->names[i], detector->id) == 0;
        }
        if (listed != detector->macie) {
            fail_msg("%s: macie is %s", detector->id, detector->macie ? "true" : "false");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_there_or_said_to_lack),
        cmocka_unit_test(ids_marked_as_macie_s_are_macie_s),
    };
    return cmocka_run_group_tests_name("macie", tests, read_ids, NULL);
}
