/* SPDX-License-Identifier: Apache-2.0
 * The JSON walk: paths at marked places, damage, limits; and against an oracle on random documents:
 * a recursive writer that notes the path of every byte as it writes it, so that no JSON reader is
 * needed. Every document is walked in pieces of random sizes. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "text/json_walk.h"

static uint64_t s_seed = 7; /* runs are repeatable */

static uint32_t draw(uint32_t below)
{
    s_seed = s_seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(s_seed >> 33) % below;
}

static void assert_path(const struct as_json_walk *w, const char *expected)
{
    struct as_strbuf path;
    as_strbuf_init(&path, 4096);
    as_json_walk_path(w, &path);
    assert_false(path.failed);
    assert_string_equal(path.ptr, expected);
    as_strbuf_fini(&path);
}

/* A '^' marks the place in question and is no part of the text. */
struct path_case {
    const char *text;
    const char *path;
    bool in_key;
    uint64_t record;
};

static const struct path_case path_cases[] = {
    /* damage */
    {"}}]],,::^", "$", false, 0},
    {"{\"a\":[1}^", "$.a", false, 0},
    {"{\"a\" \"x^\"", "$.a", false, 0},
    {"{\"a\":\"unclosed\n,\\\"^", "$.a", false, 0},
    {"{\"a\\u12zz^\":1", "$", true, 0},
    {"{\"a\\u12zz\":1^", "$['a\xef\xbf\xbdzz']", false, 0},
    {"{\"\\ud834x\":1^", "$['\xef\xbf\xbdx']", false, 0},
    {"{{\"b\":1^", "$[''].b", false, 0},
    /* places */
    {"^{}", "$", false, 0},
    {"{^}", "$", false, 0},
    {"{\"a^b\":1}", "$", true, 0},
    {"{\"ab\"^:1}", "$.ab", false, 0},
    {"{\"ab\": ^\"x\"}", "$.ab", false, 0},
    {"{\"ab\":\"x^y\"}", "$.ab", false, 0},
    {"{\"ab\":1,^\"c\":2}", "$", false, 0},
    {"{\"ab\":{\"c\":[0,[5,^6]]}}", "$.ab.c[1][1]", false, 0},
    {"{\"ab\":{\"c\":[0,[5,6]]}^}", "$.ab", false, 0},
    {"{\"ab\":{\"c\":[0,[5,6]]}}^", "$", false, 1},
    {"[^]", "$[0]", false, 0},
    {"[{\"a\":1},{\"a\":^1}]", "$[1].a", false, 0},
    {"{\"b c\":{\"it's\":{\"a\\\\b\":^1}}}", "$['b c']['it\\'s']['a\\\\b']", false, 0},
    {"{\"caf\\u00e9\":{\"\\ud83d\\ude00\":^1}}", "$['caf\xc3\xa9']['\xf0\x9f\x98\x80']", false, 0},
    {"{\"1a\":{\"\":{\"_x1\":^0}}}", "$['1a']['']._x1", false, 0},
    {"{\"a\\nb\":^0}", "$['a?b']", false, 0},
    {"1 2 {\"a\":^1}", "$.a", false, 2},
    {"\"a\" [1]{} {\"b\":[^", "$.b[0]", false, 3},
};

static void paths_at_places_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < AS_ARRAY_SIZE(path_cases); i++) {
        const struct path_case *c = &path_cases[i];
        size_t len = (size_t)(strchr(c->text, '^') - c->text);
        for (size_t step = 1; step <= len + 1; step += step < 3 ? 1 : len) {
            struct as_json_walk *w = as_json_walk_new();
            assert_non_null(w);
            for (size_t at = 0; at < len; at += step) {
                as_json_walk_advance(w, (const uint8_t *)c->text + at,
                                     len - at < step ? len - at : step, false);
            }
            assert_path(w, c->path);
            assert_int_equal(as_json_walk_in_key(w), c->in_key);
            assert_int_equal(as_json_walk_record(w), c->record);
            as_json_walk_free(w);
        }
    }
}

static void lines_reset_at_every_line_end(void **state)
{
    (void)state;
    static const struct path_case cases[] = {
        {"{\"a\":\"unclosed\n{\"b\":^1}", "$.b", false, 1},
        {"{\"a\":{\"b\":1\r\n[1,^2]", "$[1]", false, 1},
        {"1\n\n\"x\"\n{}\r{\"c\":^", "$.c", false, 4},
        {"{\"a\\\n{\"b^", "$", true, 1},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        size_t len = (size_t)(strchr(cases[i].text, '^') - cases[i].text);
        for (size_t cut = 0; cut <= len; cut++) {
            struct as_json_walk *w = as_json_walk_new();
            assert_non_null(w);
            as_json_walk_advance(w, (const uint8_t *)cases[i].text, cut, true);
            as_json_walk_advance(w, (const uint8_t *)cases[i].text + cut, len - cut, true);
            assert_path(w, cases[i].path);
            assert_int_equal(as_json_walk_in_key(w), cases[i].in_key);
            assert_int_equal(as_json_walk_record(w), cases[i].record);
            as_json_walk_free(w);
        }
    }
    struct as_json_walk *w = as_json_walk_new();
    assert_non_null(w);
    as_json_walk_start(w, 41, true); /* between '\r' and '\n' */
    as_json_walk_advance(w, (const uint8_t *)"\n{\"a\":", 6, true);
    assert_int_equal(as_json_walk_record(w), 41);
    assert_path(w, "$.a");
    as_json_walk_free(w);
}

static void too_deep_is_counted_and_found_back(void **state)
{
    (void)state;
    struct as_json_walk *w = as_json_walk_new();
    assert_non_null(w);
    as_json_walk_advance(w, (const uint8_t *)"{\"top\":", 7, false);
    for (unsigned i = 0; i < 100000; i++) {
        as_json_walk_advance(w, (const uint8_t *)"[\"],\",0", 7, false);
    }
    uint32_t count;
    as_json_walk_levels(w, &count);
    assert_int_equal(count, AS_JSON_DEPTH_MAX);
    assert_true(as_json_walk_too_deep(w));
    for (unsigned i = 0; i < 100000; i++) {
        as_json_walk_advance(w, (const uint8_t *)"]", 1, false);
    }
    assert_path(w, "$.top");
    as_json_walk_reset(w);
    assert_false(as_json_walk_too_deep(w));
    as_json_walk_free(w);
}

static void long_names_and_paths_are_cut_from_the_front(void **state)
{
    (void)state;
    struct as_json_walk *w = as_json_walk_new();
    assert_non_null(w);
    char name[700];
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 4, "tail", 4);
    as_json_walk_advance(w, (const uint8_t *)"{\"", 2, false);
    as_json_walk_advance(w, (const uint8_t *)name, 300, false);
    as_json_walk_advance(w, (const uint8_t *)name + 300, sizeof name - 300, false);
    as_json_walk_advance(w, (const uint8_t *)"\":", 2, false);
    char expected[300];
    (void)snprintf(expected, sizeof expected, "$['...%.233stail']", name);
    assert_path(w, expected);

    as_json_walk_reset(w);
    char text[] = "{\"part0\":";
    for (unsigned i = 0; i < 60; i++) {
        text[6] = (char)('0' + i % 10);
        as_json_walk_advance(w, (const uint8_t *)text, sizeof text - 1, false);
    }
    struct as_strbuf path;
    as_strbuf_init(&path, 4096);
    as_json_walk_path(w, &path);
    assert_int_equal(path.len, 3 + 41 * 6 - 1); /* "$.." and as many as fit into 250 */
    assert_memory_equal(path.ptr, "$..part9.part0", 14);
    as_strbuf_fini(&path);
    as_json_walk_free(w);
}

static void marks_last_until_the_key_changes(void **state)
{
    (void)state;
    struct as_json_walk *w = as_json_walk_new();
    assert_non_null(w);
    uint32_t count;
    as_json_walk_advance(w, (const uint8_t *)"{\"a\":[", 6, false);
    const struct as_json_level *levels = as_json_walk_levels(w, &count);
    assert_int_equal(count, 2);
    as_json_walk_mark(w, 0, 99);
    as_json_walk_mark(w, 2, 98); /* no such level */
    as_json_walk_advance(w, (const uint8_t *)"1]", 2, false);
    assert_int_equal(levels[0].key_mark, 99);
    as_json_walk_advance(w, (const uint8_t *)",\"b\":", 5, false);
    assert_int_equal(levels[0].key_mark, 0);
    as_json_walk_free(w);
}

/* The oracle: writes a document and the path of each byte. */
#define DOCUMENT_MAX 6000U

struct writer {
    char text[DOCUMENT_MAX];
    uint16_t path_of[DOCUMENT_MAX]; /* index into paths */
    bool key[DOCUMENT_MAX];
    size_t len;
    char paths[2000][260];
    uint16_t path_count;
};

static uint16_t add_path(struct writer *w, uint16_t parent, const char *element)
{
    if (w->path_count == AS_ARRAY_SIZE(w->paths)) {
        return parent;
    }
    char path[sizeof w->paths[0]];
    (void)snprintf(path, sizeof path, "%.200s%s", w->paths[parent], element);
    memcpy(w->paths[w->path_count], path, sizeof path);
    return w->path_count++;
}

static void put(struct writer *w, const char *bytes, uint16_t path, bool key)
{
    for (; *bytes != '\0' && w->len < DOCUMENT_MAX; bytes++) {
        w->path_of[w->len] = path;
        w->key[w->len] = key;
        w->text[w->len++] = *bytes;
    }
}

static void put_space(struct writer *w, uint16_t path)
{
    static const char *const spaces[] = {"", "", "", " ", "\n  ", "\t"};
    put(w, spaces[draw(AS_ARRAY_SIZE(spaces))], path, false);
}

static void write_value(struct writer *w, uint16_t path, unsigned depth);

static void write_object(struct writer *w, uint16_t path, unsigned depth)
{
    static const struct {
        const char *json;
        const char *element;
    } keys[] = {{"a", ".a"},
                {"long_name_42", ".long_name_42"},
                {"\\u0041\\t", "['A?']"},
                {"x\\\"{", "['x\"{']"},
                {"", "['']"},
                {"a name of more than sixteen bytes, \\\\", "['a name of more than sixteen bytes, "
                                                            "\\\\']"}};
    put(w, "{", path, false);
    unsigned members = draw(4);
    uint16_t current = path; /* what ends a member still belongs to it */
    for (unsigned i = 0; i < members && w->len + 400 < DOCUMENT_MAX; i++) {
        unsigned k = draw(AS_ARRAY_SIZE(keys));
        put(w, i == 0 ? "" : ",", current, false);
        put_space(w, path);
        put(w, "\"", path, false);
        put(w, keys[k].json, path, true);
        put(w, "\"", path, true);
        current = add_path(w, path, keys[k].element);
        put_space(w, current);
        put(w, ":", current, false);
        put_space(w, current);
        write_value(w, current, depth + 1);
        put_space(w, current);
    }
    put(w, "}", current, false);
}

static void write_array(struct writer *w, uint16_t path, unsigned depth)
{
    put(w, "[", path, false);
    unsigned count = 1 + draw(4);
    uint16_t element = path;
    for (unsigned i = 0; i < count; i++) {
        char index[16];
        (void)snprintf(index, sizeof index, "[%u]", i);
        if (i != 0) {
            put(w, ",", element, false);
        }
        element = add_path(w, path, index);
        put_space(w, element);
        write_value(w, element, depth + 1);
        put_space(w, element);
    }
    put(w, "]", element, false);
}

static void write_value(struct writer *w, uint16_t path, unsigned depth)
{
    static const char *const scalars[] = {"1",
                                          "-2.5e10",
                                          "true",
                                          "null",
                                          "\"\"",
                                          "\"text\"",
                                          "\"[1,{\\\"a\\\":2}]\"",
                                          "\"a longer text, of more than 16 bytes \\\\\"",
                                          "\"\\ud83d\\ude00 \\u00e9, \xc3\xa9\""};
    unsigned choice = depth > 8 || w->len + 800 > DOCUMENT_MAX ? 0 : draw(6);
    if (choice == 1 || choice == 2) {
        write_object(w, path, depth);
    } else if (choice == 3 || (choice == 4 && depth == 0)) {
        write_array(w, path, depth);
    } else {
        put(w, scalars[draw(AS_ARRAY_SIZE(scalars))], path, false);
    }
}

static void random_documents_in_any_cut_have_the_written_paths(void **state)
{
    (void)state;
    struct writer *doc = as_calloc(1, sizeof *doc);
    assert_non_null(doc);
    for (unsigned round = 0; round < 300; round++) {
        doc->len = 0;
        doc->path_count = 1;
        (void)snprintf(doc->paths[0], sizeof doc->paths[0], "$");
        write_array(doc, 0, 0);
        assert_true(doc->path_count < AS_ARRAY_SIZE(doc->paths));
        struct as_json_walk *w = as_json_walk_new();
        assert_non_null(w);
        for (size_t at = 0; at < doc->len;) {
            assert_path(w, doc->paths[doc->path_of[at]]);
            assert_int_equal(as_json_walk_in_key(w), doc->key[at]);
            size_t step = 1 + draw(draw(2) == 0 ? 3 : 400); /* bytes and words of 64 */
            step = step > doc->len - at ? doc->len - at : step;
            as_json_walk_advance(w, (const uint8_t *)doc->text + at, step, false);
            at += step;
        }
        assert_path(w, "$");
        assert_int_equal(as_json_walk_record(w), 1);
        as_json_walk_free(w);
    }
    as_free(doc);
}

/** Any bytes at all: a walk in large pieces is where a walk byte by byte is. */
static void damaged_text_in_words_is_walked_as_in_bytes(void **state)
{
    (void)state;
    static const char *const parts[] = {"{\"key\":",
                                        "\"",
                                        "\\",
                                        "\\\\\"",
                                        "[",
                                        "]",
                                        "}",
                                        "{",
                                        ",",
                                        "\n",
                                        "\r\n",
                                        "\\u00e9",
                                        "text in a string or out of it",
                                        "\"a\":1,",
                                        "\"k\\n\":[",
                                        "                    "};
    uint8_t text[800];
    for (unsigned round = 0; round < 6000; round++) {
        size_t len = 0;
        while (len + 32 < sizeof text) {
            const char *part = parts[draw(AS_ARRAY_SIZE(parts))];
            memcpy(text + len, part, strlen(part));
            len += strlen(part);
        }
        bool lines = round % 2 == 0;
        struct as_json_walk *words = as_json_walk_new();
        struct as_json_walk *bytes = as_json_walk_new();
        assert_non_null(words);
        assert_non_null(bytes);
        for (size_t at = 0; at < len;) {
            size_t step = 1 + draw(300);
            step = step > len - at ? len - at : step;
            as_json_walk_advance(words, text + at, step, lines);
            for (size_t i = 0; i < step; i++) {
                as_json_walk_advance(bytes, text + at + i, 1, lines);
            }
            struct as_strbuf path;
            as_strbuf_init(&path, 4096);
            as_json_walk_path(bytes, &path);
            assert_path(words, path.ptr);
            as_strbuf_fini(&path);
            assert_int_equal(as_json_walk_in_key(words), as_json_walk_in_key(bytes));
            assert_int_equal(as_json_walk_record(words), as_json_walk_record(bytes));
            at += step;
        }
        as_json_walk_free(words);
        as_json_walk_free(bytes);
    }
}

static void walk_is_freed_with_its_last_reference(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    struct as_json_walk *w = as_json_walk_new();
    assert_non_null(w);
    assert_ptr_equal(as_json_walk_ref(w), w);
    as_json_walk_free(w);
    assert_int_equal(as_mem_live(), live + 1);
    as_json_walk_free(w);
    as_json_walk_free(NULL);
    assert_int_equal(as_mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_at_places_as_documented),
        cmocka_unit_test(lines_reset_at_every_line_end),
        cmocka_unit_test(too_deep_is_counted_and_found_back),
        cmocka_unit_test(long_names_and_paths_are_cut_from_the_front),
        cmocka_unit_test(marks_last_until_the_key_changes),
        cmocka_unit_test(random_documents_in_any_cut_have_the_written_paths),
        cmocka_unit_test(damaged_text_in_words_is_walked_as_in_bytes),
        cmocka_unit_test(walk_is_freed_with_its_last_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
