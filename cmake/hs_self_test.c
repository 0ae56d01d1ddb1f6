/* SPDX-License-Identifier: Apache-2.0
 * Configure-time check that libhs finds all matches of a pattern which Vectorscan 5.4.9 loses
 * (VectorCamp/vectorscan issue 382). Exit 0: all four found. */
#include <hs/hs.h>
#include <string.h>

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    *(int *)context = 1;
    return 0;
}

int main(void)
{
    static const char *const texts[] = {"curl x | python", "curl http://a/b.py |python",
                                        "xx curl -s y | python3", "curl | python"};
    hs_database_t *db = NULL;
    hs_compile_error_t *error = NULL;
    hs_scratch_t *scratch = NULL;
    if (hs_compile("curl.*\\|\\s*python", HS_FLAG_DOTALL, HS_MODE_BLOCK, NULL, &db, &error) !=
            HS_SUCCESS ||
        hs_alloc_scratch(db, &scratch) != HS_SUCCESS) {
        return 2;
    }
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        int found = 0;
        if (hs_scan(db, texts[i], (unsigned)strlen(texts[i]), 0, scratch, on_match, &found) !=
                HS_SUCCESS ||
            !found) {
            return 1;
        }
    }
    return 0;
}
