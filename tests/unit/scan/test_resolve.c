/* SPDX-License-Identifier: Apache-2.0
 * The resolver alone: which of overlapping hits stays, and that pushes of any size settle the same.
 */
#include "scan_support.h"

#include <stdlib.h>

#include "base/mem.h"

enum { A, B, CUSTOM_C, CUSTOM_D, COUNT };

static const char *const s_anchor[] = {"xx", NULL};
#define DETECTOR(name, own)                                                                        \
    .id = name, .nominator = AS_NOMINATE_ANCHOR, .anchors = s_anchor, .min_bytes = 1,              \
    .max_bytes = 100, .custom = own
static const struct as_detector s_detectors[COUNT] = {[A] = {DETECTOR("A", false)},
                                                      [B] = {DETECTOR("B", false)},
                                                      [CUSTOM_C] = {DETECTOR("C", true)},
                                                      [CUSTOM_D] = {DETECTOR("D", true)}};
static const struct as_catalog s_catalog = {.detectors = s_detectors, .count = COUNT};

static struct as_scanner *s_scanner;

struct kept {
    struct as_hit items[20000];
    uint32_t count;
};

static enum as_status keep(void *context, const struct as_hit *hit, const char *path)
{
    (void)path;
    struct kept *k = context;
    k->items[k->count++] = *hit;
    return AS_OK;
}

/* Pushes hits, which are in order, in blocks of `step` bytes. */
static void resolve(struct as_hit *hits, uint32_t count, uint64_t step, struct kept *out)
{
    out->count = 0;
    struct as_resolver *r = as_resolver_new(s_scanner, keep, out);
    assert_non_null(r);
    uint32_t done = 0;
    for (uint64_t end = step; done < count; end += step) {
        struct as_hits block = {.items = hits + done};
        while (done < count && hits[done].start < end) {
            done++;
            block.count++;
        }
        assert_int_equal(as_resolver_push(r, &block, end), AS_OK);
    }
    assert_int_equal(as_resolver_finish(r), AS_OK);
    as_resolver_free(r);
}

static const struct {
    const char *name;
    struct as_hit hits[3];
    uint32_t count;
    int stays; /* index; -1 for all */
} overlap_cases[] = {
    {"keyword before strength",
     {{.start = 0, .end = 9, .detector = A, .keyword = 1},
      {.start = 0, .end = 12, .detector = B, .strength = AS_STRENGTH_STRONG}},
     2,
     0},
    {"proof is as good as a keyword",
     {{.start = 0, .end = 12, .detector = A, .keyword = 1, .strength = AS_STRENGTH_STRONG},
      {.start = 0, .end = 9, .detector = B, .strength = AS_STRENGTH_PROOF}},
     2,
     1},
    {"strength before length",
     {{.start = 0, .end = 9, .detector = A, .strength = 3},
      {.start = 0, .end = 12, .detector = B, .strength = 2}},
     2,
     0},
    {"longer",
     {{.start = 0, .end = 9, .detector = A}, {.start = 2, .end = 19, .detector = B}},
     2,
     1},
    {"leftmost",
     {{.start = 0, .end = 9, .detector = B}, {.start = 2, .end = 11, .detector = A}},
     2,
     0},
    {"smaller id",
     {{.start = 0, .end = 9, .detector = A}, {.start = 0, .end = 9, .detector = B}},
     2,
     0},
    {"low confidence last",
     {{.start = 0, .end = 9, .detector = A, .keyword = 1, .state = AS_HIT_LOW_CONFIDENCE},
      {.start = 0, .end = 5, .detector = B}},
     2,
     1},
    {"a test value stands",
     {{.start = 0, .end = 9, .detector = A, .strength = 2, .state = AS_HIT_TEST_VALUE},
      {.start = 0, .end = 5, .detector = B}},
     2,
     0},
    {"custom beside managed",
     {{.start = 0, .end = 9, .detector = A}, {.start = 0, .end = 9, .detector = CUSTOM_C}},
     2,
     -1},
    {"custom beside custom",
     {{.start = 0, .end = 9, .detector = CUSTOM_C}, {.start = 0, .end = 9, .detector = CUSTOM_D}},
     2,
     -1},
    {"custom against itself",
     {{.start = 0, .end = 9, .detector = CUSTOM_C}, {.start = 4, .end = 8, .detector = CUSTOM_C}},
     2,
     0},
    {"touching",
     {{.start = 0, .end = 9, .detector = A}, {.start = 9, .end = 12, .detector = B}},
     2,
     -1},
};

static void overlaps_are_settled_by_the_rule(void **state)
{
    (void)state;
    static struct kept out;
    for (size_t i = 0; i < AS_ARRAY_SIZE(overlap_cases); i++) {
        struct as_hit hits[3];
        memcpy(hits, overlap_cases[i].hits, sizeof hits);
        for (uint64_t step = 1; step < 30; step += 7) {
            resolve(hits, overlap_cases[i].count, step, &out);
            bool good = overlap_cases[i].stays < 0
                            ? out.count == overlap_cases[i].count
                            : out.count == 1 &&
                                  out.items[0].detector == hits[overlap_cases[i].stays].detector &&
                                  out.items[0].start == hits[overlap_cases[i].stays].start;
            if (!good) {
                print_error("%s: %u stay\n", overlap_cases[i].name, out.count);
            }
            assert_true(good);
        }
    }
}

static int by_place(const void *a, const void *b)
{
    const struct as_hit *x = a;
    const struct as_hit *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return (x->detector > y->detector) - (x->detector < y->detector);
}

/* Long chains of overlaps, longer than a cluster may be, too. */
static void pushes_of_any_size_settle_the_same(void **state)
{
    (void)state;
    static struct as_hit hits[12000];
    static struct kept want;
    static struct kept have;
    uint64_t random = 42;
    for (unsigned round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < AS_ARRAY_SIZE(hits); i++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            uint64_t start = (random >> 33) % (round == 0 ? 200000 : 20000);
            hits[i] = (struct as_hit){.start = start,
                                      .end = start + 1 + (random >> 20) % 40,
                                      .detector = (uint16_t)((random >> 50) % COUNT),
                                      .keyword = (uint8_t)(random >> 45 & 1U),
                                      .strength = (uint8_t)((random >> 40) % 5)};
        }
        qsort(hits, AS_ARRAY_SIZE(hits), sizeof hits[0], by_place);
        resolve(hits, AS_ARRAY_SIZE(hits), 1U << 30, &want);
        assert_true(want.count > 500);
        static const uint64_t steps[] = {100, 4096, 5000, 65536};
        for (size_t s = 0; s < AS_ARRAY_SIZE(steps); s++) {
            resolve(hits, AS_ARRAY_SIZE(hits), steps[s], &have);
            assert_int_equal(have.count, want.count);
            assert_memory_equal(have.items, want.items, want.count * sizeof want.items[0]);
        }
        for (uint32_t i = 1; i < want.count; i++) {
            assert_true(want.items[i - 1].start <= want.items[i].start);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    s_scanner = support_scanner(&s_catalog);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    as_scanner_free(s_scanner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlaps_are_settled_by_the_rule),
        cmocka_unit_test(pushes_of_any_size_settle_the_same),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
