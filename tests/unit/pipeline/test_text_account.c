/* SPDX-License-Identifier: Apache-2.0
 * The account of a text: blocks scanned in any order, cut anywhere, give the same tally. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "pipeline/text_account.h"
#include "text/cutter.h"
#include "text/profile.h"

#define BLOCKS_MAX 8192U

static const char sample[] = "name,ssn,card\n"
                             "Ann Example,536-22-8726,4539 1488 0343 6467\n"
                             "\"Bob, Jr\",219-46-5981,6011 6011 6011 6611\n"
                             "Cid Example,n/a,5425-2334-3010-9903\n";

struct gathered {
    struct as_block *blocks[BLOCKS_MAX];
    unsigned count;
};

static enum as_status gather(void *context, struct as_block *block)
{
    struct gathered *g = context;
    assert_true(g->count < BLOCKS_MAX);
    g->blocks[g->count++] = block;
    return AS_OK;
}

static struct as_scanner *make_scanner(void)
{
    static uint8_t enabled[AS_DETECTORS_MAX];
    struct as_scanner *scanner = NULL;
    struct as_error err = {0};
    memset(enabled, 1, as_catalog_builtin.count);
    const struct as_scanner_options options = {
        .catalog = &as_catalog_builtin, .enabled = enabled, .confidence_min = 1, .value_key = 7};
    if (as_scanner_new(&options, &scanner, &err) != AS_OK) {
        fail_msg("%s", err.message);
    }
    return scanner;
}

static void shuffle(struct gathered *g, unsigned seed)
{
    for (unsigned i = g->count; i > 1; i--) {
        seed = seed * 1664525U + 1013904223U;
        unsigned j = (seed >> 8) % i;
        struct as_block *swap = g->blocks[i - 1];
        g->blocks[i - 1] = g->blocks[j];
        g->blocks[j] = swap;
    }
}

/* Text form of everything that a tally holds, for comparing. */
static char *describe(const struct as_tally *t)
{
    struct as_strbuf s;
    as_strbuf_init(&s, 1U << 20);
    as_strbuf_printf(&s, "confirmed %llu\n", (unsigned long long)t->confirmed);
    for (unsigned i = 0; i < AS_EXCLUDED_COUNT; i++) {
        as_strbuf_printf(&s, "excluded %u %llu\n", i, (unsigned long long)t->excluded[i]);
    }
    for (uint32_t i = 0; i < t->type_count; i++) {
        const struct as_type_tally *type = &t->types[i];
        as_strbuf_printf(&s, "%s %llu distinct %u best %u\n",
                         as_catalog_builtin.detectors[type->detector].id,
                         (unsigned long long)type->count, type->distinct, type->confidence);
        for (uint32_t j = 0; j < type->occurrence_count; j++) {
            const struct as_occurrence *o = &type->occurrences[j];
            as_strbuf_printf(&s, "  %llu-%llu line %llu row %llu column %u %s\n",
                             (unsigned long long)o->start, (unsigned long long)o->end,
                             (unsigned long long)o->line, (unsigned long long)o->row, o->column,
                             o->column_name == NULL ? "-" : o->column_name);
        }
    }
    return as_strbuf_detach(&s);
}

static char *scan_cut(const struct as_scanner *scanner, unsigned block_bytes, unsigned seed)
{
    static struct gathered g; /* too large for the stack */
    g.count = 0;
    struct as_text *text = NULL;
    enum as_text_verdict verdict;
    struct as_slice bytes = as_slice(sample, sizeof sample - 1);
    struct as_scan_worker *worker = as_scan_worker_new(scanner);
    struct as_block_pool *pool = as_block_pool_new(block_bytes, BLOCKS_MAX, NULL);
    assert_non_null(worker);
    assert_non_null(pool);
    assert_int_equal(as_text_profile(bytes, true, as_slice_of("a.csv"), &verdict, &text), AS_OK);
    assert_int_equal(verdict, AS_VERDICT_TEXT);
    assert_int_equal(as_scan_profile(worker, text, bytes), AS_OK);
    struct as_tally tally;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    as_tally_init(&tally);
    const struct as_text_account_options options = {.scanner = scanner,
                                                    .text = text,
                                                    .tally = &tally,
                                                    .window = BLOCKS_MAX,
                                                    .lock = &lock,
                                                    .object_name = "a.csv"};
    struct as_text_account *account = as_text_account_new(&options);
    assert_non_null(account);
    text->owner = account;
    struct as_cutter *cutter = as_cutter_new(text, pool, gather, &g);
    assert_int_equal(as_cutter_feed(cutter, bytes.ptr, bytes.len), AS_OK);
    assert_int_equal(as_cutter_finish(cutter), AS_OK);
    as_cutter_free(cutter);
    if (seed != 0) {
        shuffle(&g, seed);
    }
    for (unsigned i = 0; i < g.count; i++) {
        assert_true(as_text_account_begin_block(account));
    }
    for (unsigned i = 0; i < g.count; i++) {
        as_text_account_scan(worker, g.blocks[i]);
    }
    assert_true(as_text_account_idle(account));
    assert_int_equal(as_text_account_finish(account, worker), AS_OK);
    as_tally_seal(&tally);
    char *description = describe(&tally);
    as_tally_fini(&tally);
    as_text_account_free(account);
    as_text_unref(text);
    as_block_pool_free(pool);
    as_scan_worker_free(worker);
    return description;
}

static void account_any_order_and_cut_gives_the_same_tally(void **state)
{
    (void)state;
    struct as_scanner *scanner = make_scanner();
    char *whole = scan_cut(scanner, 1U << 16, 0);
    assert_non_null(strstr(whole, "CREDIT_CARD_NUMBER"));
    assert_non_null(strstr(whole, "USA_SOCIAL_SECURITY_NUMBER"));
    for (unsigned block_bytes = 1; block_bytes <= 64; block_bytes += block_bytes < 8 ? 1 : 7) {
        char *cut = scan_cut(scanner, block_bytes, block_bytes);
        assert_string_equal(cut, whole);
        as_free(cut);
    }
    as_free(whole);
    as_scanner_free(scanner);
}

static void account_dropped_block_still_ends(void **state)
{
    (void)state;
    struct as_scanner *scanner = make_scanner();
    struct as_scan_worker *worker = as_scan_worker_new(scanner);
    struct as_tally tally;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    as_tally_init(&tally);
    struct as_text *text = as_text_new();
    text->mime = "text/plain";
    const struct as_text_account_options options = {.scanner = scanner,
                                                    .text = text,
                                                    .tally = &tally,
                                                    .window = 4,
                                                    .lock = &lock,
                                                    .object_name = "x"};
    struct as_text_account *account = as_text_account_new(&options);
    text->owner = account;
    assert_true(as_text_account_begin_block(account));
    assert_false(as_text_account_idle(account));
    as_text_account_drop(as_block_of_bytes(text, "abc", 3));
    assert_true(as_text_account_idle(account));
    assert_int_equal(as_text_account_finish(account, worker), AS_OK);
    as_text_account_free(account);
    as_text_unref(text);
    as_tally_fini(&tally);
    as_scan_worker_free(worker);
    as_scanner_free(scanner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(account_any_order_and_cut_gives_the_same_tally),
        cmocka_unit_test(account_dropped_block_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
