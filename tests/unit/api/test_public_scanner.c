/* SPDX-License-Identifier: Apache-2.0
 * The public scanner over bytes in memory: misuse, what it finds and where, that what was not read
 * is told, that several threads may share it, and config structs of other sizes. */
#include "test.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "assay/assay.h"
#include "base/attr.h"
#include "base/mem.h"
#include "pack/pack.h"

/* A valid number with its keyword; not a published test number. */
#define CARD "4539578763621486"
#define LINE "first line\nhis credit card number is " CARD ", thank you\n"

struct seen {
    unsigned count;
    char type[64];
    char member[256];
    uint64_t start, end, line, line_column;
    uint32_t confidence;
    int answer;
};

static int on_hit(void *context, const struct assay_hit *hit)
{
    struct seen *s = context;
    assert_int_equal(hit->size, sizeof *hit);
    s->count++;
    assert_true(snprintf(s->type, sizeof s->type, "%s", hit->type) > 0);
    assert_true(snprintf(s->member, sizeof s->member, "%s", hit->member_path) >= 0);
    s->start = hit->start;
    s->end = hit->end;
    s->line = hit->line;
    s->line_column = hit->line_column;
    s->confidence = hit->confidence;
    return s->answer;
}

static struct assay_scanner *open_scanner(const char *select)
{
    struct assay_scanner_config config = ASSAY_SCANNER_CONFIG;
    struct assay_scanner *scanner = NULL;
    struct assay_error err = {ASSAY_OK, ""};
    config.select = select;
    if (assay_scanner_open(&config, &scanner, &err) != ASSAY_OK) {
        fail_msg("%s", err.message);
    }
    return scanner;
}

static void scanner_misused_says_so(void **state)
{
    (void)state;
    struct assay_scanner_config config = ASSAY_SCANNER_CONFIG;
    struct assay_scanner *scanner = NULL;
    struct assay_error err = {ASSAY_OK, ""};
    assert_int_equal(assay_scanner_open(NULL, NULL, &err), ASSAY_E_USAGE);
    config.select = "NO_SUCH_DETECTOR";
    assert_int_equal(assay_scanner_open(&config, &scanner, &err), ASSAY_E_USAGE);
    assert_non_null(strstr(err.message, "NO_SUCH_DETECTOR"));
    assert_int_equal(err.status, ASSAY_E_USAGE);
    config.select = NULL;
    config.min_confidence = 101;
    assert_int_equal(assay_scanner_open(&config, &scanner, NULL), ASSAY_E_USAGE);
    config.size = 0;
    assert_int_equal(assay_scanner_open(&config, &scanner, &err), ASSAY_E_USAGE);
    assert_null(scanner);
    assay_scanner_close(NULL);
}

static void scan_misused_says_so(void **state)
{
    (void)state;
    struct assay_scanner *scanner = open_scanner("CREDIT_CARD_NUMBER");
    struct assay_outcome outcome = {0};
    struct assay_error err;
    assert_int_equal(assay_scan_bytes(NULL, "", 0, NULL, &outcome, &err), ASSAY_E_USAGE);
    assert_int_equal(assay_scan_bytes(scanner, "", 0, NULL, NULL, &err), ASSAY_E_USAGE);
    assert_int_equal(assay_scan_bytes(scanner, "", 0, NULL, &outcome, &err), ASSAY_E_USAGE);
    outcome.size = sizeof outcome;
    assert_int_equal(assay_scan_bytes(scanner, NULL, 1, NULL, &outcome, &err), ASSAY_E_USAGE);
    assert_int_equal(assay_scan_bytes(scanner, NULL, 0, NULL, &outcome, &err), ASSAY_OK);
    assert_int_equal(outcome.coverage, ASSAY_COMPLETE);
    assay_scanner_close(scanner);
}

static void scan_finds_the_exact_place(void **state)
{
    (void)state;
    struct assay_scanner *scanner = open_scanner("CREDIT_CARD_NUMBER");
    struct seen seen = {0};
    struct assay_scan_config how = ASSAY_SCAN_CONFIG;
    struct assay_outcome outcome = {.size = sizeof outcome};
    how.on_hit = on_hit;
    how.context = &seen;
    assert_int_equal(assay_scan_bytes(scanner, LINE, strlen(LINE), &how, &outcome, NULL), ASSAY_OK);
    assert_int_equal(seen.count, 1);
    assert_int_equal(outcome.reported, 1);
    assert_string_equal(seen.type, "CREDIT_CARD_NUMBER");
    assert_string_equal(seen.member, "");
    assert_int_equal(seen.start, strstr(LINE, CARD) - LINE);
    assert_int_equal(seen.end, seen.start + strlen(CARD));
    assert_int_equal(seen.line, 2);
    assert_int_equal(seen.line_column, seen.start - strlen("first line\n") + 1);
    assert_true(seen.confidence >= 80 && seen.confidence <= 100);
    assert_int_equal(outcome.coverage, ASSAY_COMPLETE);
    assert_string_equal(outcome.reason, "NONE");
    assay_scanner_close(scanner);
}

static void callback_may_stop_the_scan(void **state)
{
    (void)state;
    struct assay_scanner *scanner = open_scanner("CREDIT_CARD_NUMBER");
    struct seen seen = {.answer = 1};
    struct assay_scan_config how = ASSAY_SCAN_CONFIG;
    struct assay_outcome outcome = {.size = sizeof outcome, .reported = 77};
    int64_t live = as_mem_live();
    how.on_hit = on_hit;
    how.context = &seen;
    assert_int_equal(assay_scan_bytes(scanner, LINE LINE, 2 * strlen(LINE), &how, &outcome, NULL),
                     ASSAY_E_CANCELLED);
    assert_int_equal(seen.count, 1);
    assert_int_equal(outcome.reported, 77); /* written on success only */
    AS_IGNORE(live == 0, "benches are kept for the next scan");
    assay_scanner_close(scanner);
}

static void content_that_cannot_be_read_is_not_complete(void **state)
{
    (void)state;
    static const char pdf[] = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n";
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    struct assay_scanner *scanner = open_scanner(NULL);
    struct assay_outcome outcome = {.size = sizeof outcome};
    assert_int_equal(assay_scan_bytes(scanner, pdf, sizeof pdf - 1, NULL, &outcome, NULL),
                     ASSAY_OK);
    assert_int_not_equal(outcome.coverage, ASSAY_COMPLETE);
    assert_string_not_equal(outcome.reason, "NONE");
    assert_int_equal(assay_scan_bytes(scanner, png, sizeof png - 1, NULL, &outcome, NULL),
                     ASSAY_OK);
    assert_int_equal(outcome.coverage, ASSAY_SKIPPED);
    assert_string_equal(outcome.reason, "UNSUPPORTED_FILE_TYPE_EXCEPTION");
    assay_scanner_close(scanner);
}

/* A gzip stream of LINE; its length, or 0. */
static size_t gzip_line(unsigned char *out, size_t cap)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)LINE,
                  .avail_in = (uInt)strlen(LINE),
                  .next_out = out,
                  .avail_out = (uInt)cap};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return 0;
    }
    int ended = deflate(&z, Z_FINISH);
    size_t len = cap - z.avail_out;
    deflateEnd(&z);
    return ended == Z_STREAM_END ? len : 0;
}

static void compressed_bytes_are_opened_and_truncation_is_told(void **state)
{
    (void)state;
    unsigned char packed[1024];
    size_t len = gzip_line(packed, sizeof packed);
    struct assay_scanner *scanner = open_scanner("CREDIT_CARD_NUMBER");
    struct seen seen = {0};
    struct assay_scan_config how = ASSAY_SCAN_CONFIG;
    struct assay_outcome outcome = {.size = sizeof outcome};
    how.on_hit = on_hit;
    how.context = &seen;
    assert_true(len > 20);
    assert_int_equal(assay_scan_bytes(scanner, packed, len, &how, &outcome, NULL), ASSAY_OK);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.start, strstr(LINE, CARD) - LINE);
    assert_int_equal(outcome.coverage, ASSAY_COMPLETE);
    assert_int_equal(assay_scan_bytes(scanner, packed, len - 9, &how, &outcome, NULL), ASSAY_OK);
    assert_int_not_equal(outcome.coverage, ASSAY_COMPLETE);
    assay_scanner_close(scanner);
}

static void structs_of_older_programs_are_understood(void **state)
{
    (void)state;
    struct { /* what a program built against a shorter header passes */
        size_t size;
        const char *select;
        uint64_t guard;
    } old = {offsetof(struct assay_scanner_config, exclude), "CREDIT_CARD_NUMBER", 0x5a5a5a5a};
    struct assay_scanner *scanner = NULL;
    struct assay_outcome outcome;
    memset(&outcome, 0x5a, sizeof outcome);
    outcome.size = offsetof(struct assay_outcome, members);
    assert_int_equal(
        assay_scanner_open((const struct assay_scanner_config *)(void *)&old, &scanner, NULL),
        ASSAY_OK);
    assert_int_equal(assay_scan_bytes(scanner, LINE, strlen(LINE), NULL, &outcome, NULL), ASSAY_OK);
    assert_int_equal(outcome.coverage, ASSAY_COMPLETE);
    assert_true(outcome.members == 0x5a5a5a5a5a5a5a5aULL); /* beyond the caller's struct */
    assert_int_equal(outcome.size, offsetof(struct assay_outcome, members));
    assay_scanner_close(scanner);
}

static void *scan_often(void *context)
{
    struct assay_scanner *scanner = context;
    uintptr_t found = 0;
    for (unsigned i = 0; i < 20; i++) {
        struct assay_outcome outcome = {.size = sizeof outcome};
        if (assay_scan_bytes(scanner, LINE, strlen(LINE), NULL, &outcome, NULL) == ASSAY_OK) {
            found += outcome.reported;
        }
    }
    return (void *)found;
}

static void scanner_shared_by_threads_finds_the_same(void **state)
{
    (void)state;
    struct assay_scanner *scanner = open_scanner("CREDIT_CARD_NUMBER");
    pthread_t threads[4];
    for (unsigned i = 0; i < AS_ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, scan_often, scanner), 0);
    }
    for (unsigned i = 0; i < AS_ARRAY_SIZE(threads); i++) {
        void *found;
        assert_int_equal(pthread_join(threads[i], &found), 0);
        assert_int_equal((uintptr_t)found, 20);
    }
    assay_scanner_close(scanner);
}

/* `text` without its marks around the value; as_free. */
static char *unmarked(const char *text)
{
    char *plain = as_strdup(text);
    assert_non_null(plain);
    size_t len = 0;
    for (const char *c = text; *c != '\0';) {
        bool mark = strncmp(c, "\xe2\x9f\xa6", 3) == 0 || strncmp(c, "\xe2\x9f\xa7", 3) == 0;
        if (mark) {
            c += 3;
        } else {
            plain[len++] = *c++;
        }
    }
    plain[len] = '\0';
    return plain;
}

/* A scanner of one detector has the smallest tables there are. */
static void each_detector_alone_finds_its_examples(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < as_catalog_builtin.count; i++) {
        const struct as_detector *d = &as_catalog_builtin.detectors[i];
        struct assay_scanner_config config = ASSAY_SCANNER_CONFIG;
        struct assay_scanner *scanner = NULL;
        config.select = d->id;
        config.min_confidence = 0;
        assert_int_equal(assay_scanner_open(&config, &scanner, NULL), ASSAY_OK);
        for (const char *const *example = d->examples_hit; *example != NULL; example++) {
            struct assay_outcome outcome = {.size = sizeof outcome};
            char *text = unmarked(*example);
            assert_int_equal(assay_scan_bytes(scanner, text, strlen(text), NULL, &outcome, NULL),
                             ASSAY_OK);
            if (outcome.reported == 0) {
                fail_msg("%s alone does not find its example %td", d->id,
                         example - d->examples_hit);
            }
            as_free(text);
        }
        assay_scanner_close(scanner);
    }
}

static void everything_is_given_back(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    struct assay_scanner *scanner = open_scanner(NULL);
    struct assay_outcome outcome = {.size = sizeof outcome};
    assert_int_equal(assay_scan_bytes(scanner, LINE, strlen(LINE), NULL, &outcome, NULL), ASSAY_OK);
    assay_scanner_close(scanner);
    assert_int_equal(as_mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanner_misused_says_so),
        cmocka_unit_test(scan_misused_says_so),
        cmocka_unit_test(scan_finds_the_exact_place),
        cmocka_unit_test(callback_may_stop_the_scan),
        cmocka_unit_test(content_that_cannot_be_read_is_not_complete),
        cmocka_unit_test(compressed_bytes_are_opened_and_truncation_is_told),
        cmocka_unit_test(structs_of_older_programs_are_understood),
        cmocka_unit_test(scanner_shared_by_threads_finds_the_same),
        cmocka_unit_test(each_detector_alone_finds_its_examples),
        cmocka_unit_test(everything_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
