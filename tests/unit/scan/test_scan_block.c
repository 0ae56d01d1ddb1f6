/* SPDX-License-Identifier: Apache-2.0
 * as_scan_block over hand-made detectors and over a random corpus with planted values: keyword
 * reach by kind of text, exclusions, confidence; and that blocks of any size give the same hits. */
#include "scan_support.h"

#include <stdio.h>

#include "base/mem.h"
#include "pack/pack.h"

/* --- hand-made detectors --- */

static enum as_verdict even(struct as_value *v)
{
    return (v->compact[v->compact_len - 1] - '0') % 2 == 0 ? AS_ACCEPT : AS_REJECT;
}

/* Takes the letters on both sides of the anchor. */
static enum as_verdict around(struct as_value *v)
{
    while (v->start > 0 && v->text[v->start - 1] >= 'a' && v->text[v->start - 1] <= 'z') {
        v->start--;
    }
    while (v->end < v->text_len && v->text[v->end] >= 'a' && v->text[v->end] <= 'z') {
        v->end++;
    }
    return AS_ACCEPT;
}

static const char *const s_nine[] = {"d{9}", "ddd-dd-dddd", NULL};
static const char *const s_lettered[] = {"AA-dd-dd-A", "AAd{4}A", NULL};
static const char *const s_paren[] = {"ddd-ddd-dddd", NULL};
static const char *const s_long[] = {"x{64}", NULL};
static const char *const s_words[] = {"tax id", "ssn", "numéro", NULL};
static const char *const s_at[] = {"@", NULL};
static const char *const s_begin[] = {"-----BEGIN", "tok_", NULL};
static const char *const s_test[] = {"123456788", NULL};
static const char *const s_never[] = {"222222222", NULL};

enum { NINE, LETTERED, PAREN, LONG, AT, BEGIN, RUN, HEX, PATTERN, GROUP, TWIN, COUNT };

#define BASE(name, kind)                                                                           \
    .id = name, .nominator = kind, .category = AS_PERSONAL_INFORMATION, .min_bytes = 1,            \
    .max_bytes = 200, .keyword_distance = 30, .severity = {1, 1, 1},                               \
    .strength = AS_STRENGTH_STRONG

static const struct as_detector s_detectors[COUNT] = {
    [NINE] = {BASE("NINE", AS_NOMINATE_SHAPE), .shapes = s_nine, .separators = "- ",
              .separators_equal = true, .check = even, .keyword_rule = AS_KEYWORD_REQUIRED,
              .keywords = s_words, .test_values = s_test, .excludes = s_never},
    [LETTERED] = {BASE("LETTERED", AS_NOMINATE_SHAPE), .shapes = s_lettered, .separators = " n"},
    [PAREN] = {BASE("PAREN", AS_NOMINATE_SHAPE), .shapes = s_paren, .separators = "(-"},
    [LONG] = {BASE("LONG", AS_NOMINATE_SHAPE), .shapes = s_long, .separators = ""},
    [AT] = {BASE("AT", AS_NOMINATE_ANCHOR), .anchors = s_at, .check = around},
    [BEGIN] = {BASE("BEGIN", AS_NOMINATE_ANCHOR), .anchors = s_begin, .check = around},
    [RUN] = {.id = "RUN",
             .nominator = AS_NOMINATE_RUN,
             .min_bytes = 40,
             .max_bytes = 40,
             .strength = AS_STRENGTH_STRONG},
    [HEX] = {.id = "HEX",
             .nominator = AS_NOMINATE_HEX_COLON,
             .min_bytes = 2,
             .max_bytes = 64,
             .strength = AS_STRENGTH_STRONG},
    [PATTERN] = {BASE("PATTERN", AS_NOMINATE_PATTERN), .pattern = "zz[a-y]{2,40}", .custom = true},
    [GROUP] = {BASE("GROUP", AS_NOMINATE_PATTERN), .pattern = "user=(?<value>[0-9]{1,9});",
               .custom = true},
    [TWIN] = {BASE("TWIN", AS_NOMINATE_SHAPE), .shapes = s_nine, .separators = "- ",
              .separators_equal = true, .check = even, .keyword_rule = AS_KEYWORD_ABSENT,
              .keywords = s_words},
};
static const struct as_catalog s_catalog = {.detectors = s_detectors, .count = COUNT};

static struct as_scanner *s_own;
static struct as_scanner *s_builtin;

/* "NINE 5-14" and so on, in order; `?` behind what is not reported. */
static void describe(const char *text, size_t len, const char *name, uint32_t block, char *out,
                     size_t cap)
{
    struct as_hits hits;
    as_hits_init(&hits);
    support_scan(s_own, text, len, name, block, &hits);
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < hits.count; i++) {
        const struct as_hit *h = &hits.items[i];
        n += (size_t)snprintf(out + n, cap - n, "%s%s %u-%u%s", n == 0 ? "" : ", ",
                              s_detectors[h->detector].id, (unsigned)h->start, (unsigned)h->end,
                              h->state == AS_HIT_REPORTED ? "" : "?");
    }
    as_hits_fini(&hits);
}

static const struct {
    const char *name;
    const char *text;
    const char *hits;
} value_cases[] = {
    /* keyword reach in unstructured text: 30 characters between, inclusive */
    {"", "ssn 123-45-6780", "NINE 4-15"},
    {"", "ssn123-45-6780", ""},
    {"", "123-45-6780 is the ssn", "NINE 0-11"},
    {"", "ssn ............................. 123-45-6780", "TWIN 34-45"},
    {"", "ssn............................. 123-45-6780", "NINE 33-44"},
    {"", "ssn............................ 123-45-6780", "NINE 32-43"},
    {"", "ssn........................... 123-45-6780", "NINE 31-42"},
    {"", "ssn.......................... 123-45-6780", "NINE 30-41"},
    {"",
     "num\xC3\xA9ro: \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3"
     "\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9 123456780",
     "NINE 40-49"},
    /* joiners */
    {"", "tax-id 123 45 6780", "NINE 7-18"},
    {"", "tax_id 123-45 6780", ""},
    {"", "taxId: 123--45-6780", ""},
    {"", "(555)123-4567", "PAREN 1-13"},
    {"", "555) 123-4567", "PAREN 0-13"},
    {"", "AB 12 34 C", "LETTERED 0-10"},
    {"",
     "AB\xC2\xA0"
     "12\xE2\x80\xAF"
     "34\xC2\xA0"
     "C",
     "LETTERED 0-14"},
    {"", "AB1234C ab1234c xAB1234C AB1234C_", "LETTERED 0-7"},
    /* values that are excluded, or never */
    {"", "ssn 123456788", "NINE 4-13?"},
    {"", "ssn 222222222", ""},
    {"", "ssn 123456789", ""},
    /* left and right edges */
    {"", "ssn _123456780 123456780_ a123456780 123456780", "TWIN 37-46"},
    {"", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "LONG 0-64"},
    {"", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", ""},
    /* anchors, whose check moves the start back */
    {"", "to john@example now", "AT 3-15"},
    {"", "x tok_abc y", "BEGIN 2-9"},
    /* runs, hex-colon runs */
    {"", "k=\"wJalrXUtnFEMIxK7MDENGxbPxRfiCYzzzzzzzKEY\"", "RUN 3-43"},
    {"", "wJalrXUtnFEMIxK7MDENGxbPxRfiCYzzzzzzzKEYZ", ""},
    {"", "10:23:45 fe80::1 00:1b:44:11:3a:b7", "HEX 9-16, HEX 17-34"},
    /* patterns: longest end, group */
    {"", "zzabcdef!", "PATTERN 0-8"},
    {"", "a user=4711; b", "GROUP 7-11"},
    /* delimited: cell or column name, not the cell beside */
    {"a.csv", "id,ssn,x\n1,123456780,b\n2,123456786,c\n", "NINE 11-20, NINE 25-34"},
    {"a.csv", "id,note\nssn,123456780\nb,my ssn 123456786\n", "TWIN 12-21, NINE 31-40"},
    {"a.csv", "id,note\nb,\"ssn, so 123456786\"\n", "NINE 19-28"},
    /* JSON: same string, or a key of the path */
    {"a.json", "{\"ssn\":{\"v\":[1,123456780]},\"w\":123456786}", "NINE 15-24, TWIN 31-40"},
    {"a.json", "{\"a\":\"the ssn 123456780\",\"b\":\"123456786\"}", "NINE 14-23, TWIN 30-39"},
    {"a.jsonl", "{\"ssn\":123456780}\n{\"x\":123456786}\n", "NINE 7-16, TWIN 23-32"},
    {"a.jsonl", "{\"s\\u0073n\":123456780}\n{\"x\":123456786}\n", "NINE 12-21, TWIN 28-37"},
};

static void values_are_found_by_the_table_in_blocks_of_any_size(void **state)
{
    (void)state;
    char have[512];
    unsigned failed = 0;
    for (size_t i = 0; i < AS_ARRAY_SIZE(value_cases); i++) {
        size_t len = strlen(value_cases[i].text);
        static const uint32_t blocks[] = {1U << 16, 1, 2, 3, 5, 8, 13, 64};
        for (size_t b = 0; b < AS_ARRAY_SIZE(blocks); b++) {
            describe(value_cases[i].text, len, value_cases[i].name, blocks[b], have, sizeof have);
            if (strcmp(have, value_cases[i].hits) != 0) {
                print_error("block %u of \"%s\": \"%s\" instead of \"%s\"\n", blocks[b],
                            value_cases[i].text, have, value_cases[i].hits);
                failed++;
                break;
            }
        }
    }
    assert_int_equal(failed, 0);
}

/* The same hits `pad` bytes on, all their bounds moved by that. */
static void assert_moved(const char *text, size_t len, size_t pad, const struct as_hits *want)
{
    static char moved[1024];
    struct as_hits have;
    as_hits_init(&have);
    assert_true(pad + len <= sizeof moved);
    memset(moved, '\n', pad);
    memcpy(moved + pad, text, len);
    support_scan(s_own, moved, pad + len, "", 1U << 16, &have);
    bool same = have.count == want->count;
    for (uint32_t i = 0; same && i < have.count; i++) {
        same = have.items[i].start == want->items[i].start + pad &&
               have.items[i].end == want->items[i].end + pad &&
               have.items[i].detector == want->items[i].detector;
    }
    as_hits_fini(&have);
    if (!same) {
        fail_msg("%zu line ends before \"%s\" change what is found", pad, text);
    }
}

/* The class planes are words of 64 bits: nothing may depend on where in them a value stands. */
static void values_are_found_at_every_place_in_a_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(value_cases); i++) {
        if (value_cases[i].name[0] != '\0') {
            continue; /* lines before it would make it another kind of text */
        }
        struct as_hits want;
        as_hits_init(&want);
        size_t len = strlen(value_cases[i].text);
        support_scan(s_own, value_cases[i].text, len, "", 1U << 16, &want);
        for (size_t pad = 1; pad <= 200; pad++) {
            assert_moved(value_cases[i].text, len, pad, &want);
        }
        as_hits_fini(&want);
    }
}

/* --- definitions that cannot be used --- */

static void refuse(const struct as_detector *d, const char *word)
{
    struct as_catalog c = {.detectors = d, .count = 1};
    uint8_t enabled = 1;
    struct as_scanner_options o = {.catalog = &c, .enabled = &enabled};
    struct as_scanner *s = NULL;
    struct as_error err = {0};
    int64_t live = as_mem_live();
    assert_int_equal(as_scanner_new(&o, &s, &err), AS_E_USAGE);
    assert_non_null(strstr(err.message, d->id));
    assert_non_null(strstr(err.message, word));
    assert_true(as_mem_live() == live);
}

static void definitions_that_cannot_run_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const shape[] = {"d{3", NULL};
    static const char *const joined[] = {"ddd-ddd", NULL};
    refuse(&(struct as_detector){BASE("NO_SHAPE", AS_NOMINATE_SHAPE)}, "shape");
    refuse(&(struct as_detector){BASE("BAD_SHAPE", AS_NOMINATE_SHAPE), .shapes = shape}, "d{3");
    refuse(&(struct as_detector){BASE("NO_JOINER", AS_NOMINATE_SHAPE), .shapes = joined},
           "separators");
    refuse(&(struct as_detector){BASE("NO_ANCHOR", AS_NOMINATE_ANCHOR)}, "anchor");
    refuse(&(struct as_detector){BASE("NO_PATTERN", AS_NOMINATE_PATTERN)}, "pattern");
    refuse(&(struct as_detector){BASE("OPEN", AS_NOMINATE_PATTERN), .pattern = "a.*b"}, "bound");
    refuse(&(struct as_detector){BASE("EMPTY", AS_NOMINATE_PATTERN), .pattern = "a{0,3}"},
           "nothing");
    refuse(&(struct as_detector){BASE("SYNTAX", AS_NOMINATE_PATTERN), .pattern = "a(b"}, "pattern");
    refuse(&(struct as_detector){BASE("SHORT", AS_NOMINATE_RUN)}, "run");
    refuse(&(struct as_detector){BASE("LONG_HEX", AS_NOMINATE_HEX_COLON)}, "128");
    refuse(&(struct as_detector){BASE("NO_WORD", AS_NOMINATE_SHAPE), .shapes = s_long,
                                 .keyword_rule = AS_KEYWORD_REQUIRED},
           "keyword");
}

/* --- properties --- */

static uint64_t s_random = 0x9E3779B97F4A7C15ULL;

static unsigned below(unsigned limit)
{
    s_random ^= s_random << 13;
    s_random ^= s_random >> 7;
    s_random ^= s_random << 17;
    return (unsigned)((s_random >> 33) % limit);
}

/* Examples without their marks, joined by noise. */
static size_t random_corpus(char *out, size_t cap)
{
    static const char noise[] = "   \n\n,\t;\"'{}[]:._-/0123456789 abcdefghijkXYZ\xC3\xA9";
    size_t n = 0;
    while (n + 2000 < cap) {
        const struct as_detector *d =
            &as_catalog_builtin.detectors[below(as_catalog_builtin.count)];
        const char *example = d->examples_hit == NULL ? NULL : d->examples_hit[below(2)];
        if (example == NULL || strlen(example) > 1500) {
            continue;
        }
        for (const char *p = example; *p != '\0'; p++) {
            if (strncmp(p, "\xE2\x9F\xA6", 3) == 0 || strncmp(p, "\xE2\x9F\xA7", 3) == 0) {
                p += 2;
                continue;
            }
            out[n++] = *p;
        }
        for (unsigned i = below(60); i > 0; i--) {
            out[n++] = noise[below(sizeof noise - 1)];
        }
    }
    return n;
}

static void assert_same(const struct as_hits *want, const struct as_hits *have, uint32_t block)
{
    if (want->count != have->count) {
        print_error("block %u: %u hits instead of %u\n", block, have->count, want->count);
    }
    assert_int_equal(want->count, have->count);
    for (uint32_t i = 0; i < want->count; i++) {
        const struct as_hit *a = &want->items[i];
        const struct as_hit *b = &have->items[i];
        bool same = a->start == b->start && a->end == b->end && a->detector == b->detector &&
                    a->confidence == b->confidence && a->state == b->state &&
                    a->keyword == b->keyword && a->value_hash == b->value_hash &&
                    a->place.line == b->place.line &&
                    a->place.line_column == b->place.line_column && a->place.row == b->place.row &&
                    a->place.column == b->place.column &&
                    a->place.source_offset == b->place.source_offset &&
                    a->end_place.line == b->end_place.line &&
                    a->end_place.source_offset == b->end_place.source_offset &&
                    a->path == b->path && a->record == b->record;
        if (!same) {
            print_error("block %u: %s [%u, %u) confidence %u line %u:%u row %u column %u path %x "
                        "record %u instead of %s [%u, %u) %u %u:%u %u %u %x %u\n",
                        block, as_catalog_builtin.detectors[b->detector].id, (unsigned)b->start,
                        (unsigned)b->end, b->confidence, (unsigned)b->place.line,
                        (unsigned)b->place.line_column, (unsigned)b->place.row, b->place.column,
                        b->path, (unsigned)b->record, as_catalog_builtin.detectors[a->detector].id,
                        (unsigned)a->start, (unsigned)a->end, a->confidence,
                        (unsigned)a->place.line, (unsigned)a->place.line_column,
                        (unsigned)a->place.row, a->place.column, a->path, (unsigned)a->record);
        }
        assert_true(same);
    }
}

static void compare_blocks(const char *text, size_t len, const char *name, size_t *out_hits)
{
    static const uint32_t blocks[] = {1, 2, 7, 64, 333, 1024, 4096, 40000};
    struct as_hits want;
    as_hits_init(&want);
    support_scan(s_builtin, text, len, name, 1U << 20, &want);
    for (size_t b = 0; b < AS_ARRAY_SIZE(blocks); b++) {
        if ((size_t)blocks[b] * 4000 < len) {
            continue;
        }
        struct as_hits have;
        as_hits_init(&have);
        support_scan(s_builtin, text, len, name, blocks[b], &have);
        assert_same(&want, &have, blocks[b]);
        as_hits_fini(&have);
    }
    *out_hits += want.count;
    as_hits_fini(&want);
}

static void blocks_of_any_size_give_the_same_hits(void **state)
{
    (void)state;
    static char text[90000];
    static const char *const names[] = {"a.txt", "a.csv", "a.json", "a.jsonl"};
    size_t hits = 0;
    for (unsigned round = 0; round < 12; round++) {
        size_t len = random_corpus(text, round < 10 ? 6000 : sizeof text);
        compare_blocks(text, len, names[round % 4], &hits);
    }
    assert_true(hits > 300);
}

/* The same values as records, so that columns, paths and records are there. */
static size_t records(char *out, size_t cap, bool json)
{
    size_t n = 0;
    if (!json) {
        n += (size_t)snprintf(out, cap, "id,name,ssn,card,note\n");
    }
    for (unsigned row = 1; n + 400 < cap; row++) {
        unsigned a = 100 + below(500);
        unsigned b = 10 + below(80);
        unsigned c = 1000 + below(8000);
        unsigned long card = 4539000000000000UL + below(1U << 30);
        char *at = out + n;
        size_t left = cap - n;
        if (json) {
            n +=
                (size_t)snprintf(at, left,
                                 "{\"id\":%u,\"who\":{\"name\":\"N%u\",\"ssn\":\"%03u-%02u-%04u\"},"
                                 "\"cards\":[%lu,{\"pan\":%lu}],\"note\":\"card "
                                 "4539578763621486\"}\n",
                                 row, row, a, b, c, card, card + 8);
        } else {
            n += (size_t)snprintf(
                at, left, "%u,\"N, %u\",%03u-%02u-%04u,%lu,\"mail a%lu@example-shop.com\"\n", row,
                row, a, b, c, card, card + 8);
        }
    }
    return n;
}

static void records_in_blocks_of_any_size_keep_their_places(void **state)
{
    (void)state;
    static char text[70000];
    size_t hits = 0;
    for (unsigned round = 0; round < 4; round++) {
        size_t cap = round < 2 ? 3000 : sizeof text;
        bool json = round % 2 == 1;
        size_t len = records(text, cap, json);
        compare_blocks(text, len, json ? "a.jsonl" : "a.csv", &hits);
    }
    assert_true(hits > 1000);
}

static void scanners_without_memory_are_refused_and_leave_nothing(void **state)
{
    (void)state;
    uint8_t enabled[COUNT];
    memset(enabled, 1, sizeof enabled);
    struct as_scanner_options o = {.catalog = &s_catalog, .enabled = enabled};
    int64_t live = as_mem_live();
    enum as_status status = AS_E_NO_MEMORY;
    for (uint64_t n = 0; status != AS_OK; n++) {
        struct as_scanner *s = NULL;
        struct as_scan_worker *w = NULL;
        as_mem_fail_after(n);
        status = as_scanner_new(&o, &s, NULL);
        if (status == AS_OK) {
            w = as_scan_worker_new(s);
            status = w == NULL ? AS_E_NO_MEMORY : AS_OK;
        }
        as_mem_fail_after(UINT64_MAX);
        as_scan_worker_free(w);
        as_scanner_free(s);
        assert_true(as_mem_live() == live);
        assert_true(status == AS_OK || status == AS_E_NO_MEMORY);
        assert_true(n < 5000);
    }
}

static void self_test_passes_on_this_libhs(void **state)
{
    (void)state;
    struct as_error err = {0};
    assert_int_equal(as_scan_self_test(&err), AS_OK);
}

static void names_with_values_are_sensitive(void **state)
{
    (void)state;
    struct as_scan_worker *w = as_scan_worker_new(s_builtin);
    assert_non_null(w);
    assert_true(as_scan_name_is_sensitive(w, as_slice_of("people/ssn 536-22-8145.txt")));
    assert_true(as_scan_name_is_sensitive(w, as_slice_of("DE78149141641252307352")));
    assert_false(as_scan_name_is_sensitive(w, as_slice_of("people/2024/report-17.csv")));
    assert_false(as_scan_name_is_sensitive(w, as_slice_of("")));
    as_scan_worker_free(w);
}

static int set_up(void **state)
{
    (void)state;
    s_own = support_scanner(&s_catalog);
    s_builtin = support_scanner(&as_catalog_builtin);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    as_scanner_free(s_own);
    as_scanner_free(s_builtin);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_that_cannot_run_are_refused_by_name),
        cmocka_unit_test(values_are_found_by_the_table_in_blocks_of_any_size),
        cmocka_unit_test(values_are_found_at_every_place_in_a_word),
        cmocka_unit_test(blocks_of_any_size_give_the_same_hits),
        cmocka_unit_test(records_in_blocks_of_any_size_keep_their_places),
        cmocka_unit_test(scanners_without_memory_are_refused_and_leave_nothing),
        cmocka_unit_test(self_test_passes_on_this_libhs),
        cmocka_unit_test(names_with_values_are_sensitive),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
