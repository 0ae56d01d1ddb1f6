/* SPDX-License-Identifier: Apache-2.0
 * Refuses a libhs that loses matches. Debian's Vectorscan 5.4.9 answers for libhs and finds one of
 * these four (VectorCamp/vectorscan issue 382 has the pattern); Hyperscan 5.4.0 finds all. For a
 * finder of secrets a silent miss is the worst fault, so the program does not start on it. */
#include <hs/hs.h>
#include <string.h>

#include "base/attr.h"
#include "scan/scan.h"

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    *(bool *)context = true;
    return 0;
}

static bool finds_all(const hs_database_t *db, hs_scratch_t *scratch)
{
    static const char *const texts[] = {"curl x | python", "curl http://a/b.py |python",
                                        "xx curl -s y | python3", "curl | python"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(texts); i++) {
        bool found = false;
        if (hs_scan(db, texts[i], (unsigned)strlen(texts[i]), 0, scratch, on_match, &found) !=
                HS_SUCCESS ||
            !found) {
            return false;
        }
    }
    return true;
}

enum as_status as_scan_self_test(struct as_error *err)
{
    hs_database_t *db = NULL;
    hs_scratch_t *scratch = NULL;
    hs_compile_error_t *wrong = NULL;
    bool ready = hs_valid_platform() == HS_SUCCESS &&
                 hs_compile("curl.*\\|\\s*python", HS_FLAG_DOTALL, HS_MODE_BLOCK, NULL, &db,
                            &wrong) == HS_SUCCESS &&
                 hs_alloc_scratch(db, &scratch) == HS_SUCCESS;
    bool good = ready && finds_all(db, scratch);
    AS_IGNORE(hs_free_scratch(scratch), "freeing cannot fail usefully");
    AS_IGNORE(hs_free_database(db), "freeing cannot fail usefully");
    AS_IGNORE(hs_free_compile_error(wrong), "freeing cannot fail usefully");
    if (!ready) {
        return as_fail(err, AS_E_BUG,
                       "libhs (%s) does not run on this machine: it needs an x86-64 CPU with SSSE3",
                       hs_version());
    }
    if (!good) {
        return as_fail(err, AS_E_BUG,
                       "libhs (%s) misses matches, as Vectorscan 5.4.9 does; install Hyperscan "
                       "5.4.0 in its place: apt-get install libhyperscan5",
                       hs_version());
    }
    return AS_OK;
}
