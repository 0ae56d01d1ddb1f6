/* SPDX-License-Identifier: Apache-2.0
 * Looking for shapes that need a keyword only where one may be in reach must change nothing: random
 * texts of values, keywords and what stands between them, of every kind, with all built-in
 * detectors, scanned with the plane of open places and without, and with every kernel. */
#include "scan_support.h"

#include "pack/pack.h"
#include "scan/worker.h"

#define TEXT_BYTES 90000U /* three segments */
#define ROUNDS 12U
#define PIECE_BYTES 80U

static uint64_t s_random = 0x2545F4914F6CDD1DULL;

static unsigned below(unsigned limit)
{
    s_random ^= s_random << 13;
    s_random ^= s_random >> 7;
    s_random ^= s_random << 17;
    return (unsigned)((s_random >> 33) % limit);
}

static const struct as_detector *any_detector(void)
{
    return &as_catalog_builtin.detectors[below(as_catalog_builtin.count)];
}

/* What stands between the marks of an example: a value. */
static size_t put_value(char *out, size_t cap)
{
    const struct as_detector *d = any_detector();
    const char *from = d->examples_hit == NULL || d->nominator != AS_NOMINATE_SHAPE
                           ? NULL
                           : strstr(d->examples_hit[0], "\xE2\x9F\xA6");
    const char *to = from == NULL ? NULL : strstr(from, "\xE2\x9F\xA7");
    size_t len = to == NULL ? 0 : (size_t)(to - from) - 3;
    len = len > cap ? 0 : len;
    memcpy(out, len == 0 ? "" : from + 3, len);
    return len;
}

static size_t put_keyword(char *out, size_t cap)
{
    const struct as_detector *d = any_detector();
    if (d->keywords == NULL || *d->keywords == NULL) {
        return 0;
    }
    size_t count = 0;
    while (d->keywords[count] != NULL) {
        count++;
    }
    const char *word = d->keywords[below((unsigned)count)];
    size_t n = 0;
    unsigned style = below(4);
    for (size_t i = 0; word[i] != '\0' && n < cap; i++) {
        bool first = i == 0 || word[i - 1] == ' ';
        bool lower = word[i] >= 'a' && word[i] <= 'z';
        if (word[i] == ' ' && style != 0) {
            if (style == 1) {
                out[n++] = '_';
            }
            continue;
        }
        out[n++] = (char)(lower && ((first && style >= 2) || style == 3) ? word[i] - 32 : word[i]);
    }
    return n;
}

static size_t put_filler(char *out)
{
    static const char *const words[] = {
        "x",           "2025-01-12", "12/Oct/2025", "the order",
        "10.20.30.40", "1,5",        "iPhone7",     "\xC3\xA9t\xC3\xA9",
        "v2/",         "17:20:33",   "0.123",       "abcDef",
        "Id",          "0x1a",       "a1b2c3d4",    "(555) "};
    const char *word = words[below(AS_ARRAY_SIZE(words))];
    size_t len = strlen(word);
    memcpy(out, word, len);
    return len;
}

/* Plain text and cells alike; JSON Lines gets its keys and quotes from the joints. */
static void random_text(char *text, enum as_text_kind kind)
{
    static const char *const joints[] = {" ", " ",  " ",  ", ", ",", ": ",
                                         "=", "\n", "\n", "\"", "_", ""};
    static const char *const json_joints[] = {"\":\"", "\",\"", "\":",    ",\"",   "\"}\n{\"",
                                              " ",     " ",     "}\n{\"", "\\\"",  "\\n",
                                              "{\"",   "[",     "]",      "\":{\""};
    size_t n = 0;
    memset(text, ' ', TEXT_BYTES);
    while (n + 3 * PIECE_BYTES < TEXT_BYTES) {
        unsigned what = below(16);
        n += what < 3   ? put_value(text + n, PIECE_BYTES)
             : what < 4 ? put_keyword(text + n, PIECE_BYTES)
                        : put_filler(text + n);
        const char *joint =
            kind == AS_TEXT_JSON_LINES
                ? json_joints[below(AS_ARRAY_SIZE(json_joints) - (below(8) != 0 ? 6 : 0))]
                : joints[below(AS_ARRAY_SIZE(joints))];
        memcpy(text + n, joint, strlen(joint));
        n += strlen(joint);
    }
    text[TEXT_BYTES - 1] = '\n';
}

static struct as_text *make_text(enum as_text_kind kind)
{
    static struct as_column columns[4];
    struct as_text *text = as_text_new();
    assert_non_null(text);
    text->kind = kind;
    if (kind == AS_TEXT_DELIMITED) {
        columns[0].name = as_slice_of("id");
        columns[1].name = as_slice_of(below(2) == 0 ? "SSN" : "amount");
        columns[2].name = as_slice_of("Date of Birth");
        columns[3].name = as_slice_of("note");
        text->delimiter = ',';
        text->columns = columns;
        text->column_count = AS_ARRAY_SIZE(columns);
        text->has_header = true;
    }
    return text;
}

static void scan(struct as_scan_worker *w, struct as_text *text, const char *bytes, bool everywhere,
                 struct as_hits *out)
{
    struct as_block *block = as_block_of_bytes(text, bytes, TEXT_BYTES);
    assert_non_null(block);
    as_hits_reset(out);
    w->open_everywhere = everywhere;
    assert_int_equal(as_scan_block(w, block, out), AS_OK);
    as_block_free(block);
}

static void same_hits(const struct as_hits *a, const struct as_hits *b)
{
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        struct as_hit x = a->items[i];
        struct as_hit y = b->items[i];
        x.path = 0; /* offsets into stores that differ */
        y.path = 0;
        assert_true(x.start == y.start && x.end == y.end && x.detector == y.detector);
        assert_int_equal(x.keyword, y.keyword);
        assert_int_equal(x.confidence, y.confidence);
        assert_true(x.place.line == y.place.line && x.place.column == y.place.column);
    }
}

static uint64_t compare_kind(struct as_scanner *s, struct as_scan_worker *w, enum as_text_kind kind)
{
    static char bytes[TEXT_BYTES];
    uint64_t keyworded = 0;
    struct as_hits everywhere;
    struct as_hits open;
    as_hits_init(&everywhere);
    as_hits_init(&open);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct as_text *text = make_text(kind);
        random_text(bytes, kind);
        s->kernels = as_kernels_best();
        scan(w, text, bytes, true, &everywhere);
        for (unsigned level = 0; level < AS_SIMD_COUNT; level++) {
            if (as_simd_supported((enum as_simd)level)) {
                s->kernels = as_kernels_of((enum as_simd)level);
                scan(w, text, bytes, false, &open);
                same_hits(&everywhere, &open);
            }
        }
        for (uint32_t i = 0; i < open.count; i++) {
            keyworded += open.items[i].keyword;
        }
        text->columns = NULL; /* not its own */
        as_text_unref(text);
    }
    as_hits_fini(&everywhere);
    as_hits_fini(&open);
    return keyworded;
}

static void hits_do_not_depend_on_what_was_left_out(void **state)
{
    (void)state;
    struct as_scanner *s = support_scanner(&as_catalog_builtin);
    struct as_scan_worker *w = as_scan_worker_new(s);
    assert_non_null(w);
    assert_true(compare_kind(s, w, AS_TEXT_PLAIN) > 50);
    assert_true(compare_kind(s, w, AS_TEXT_DELIMITED) > 50);
    assert_true(compare_kind(s, w, AS_TEXT_JSON_LINES) > 50);
    as_scan_worker_free(w);
    as_scanner_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_do_not_depend_on_what_was_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
