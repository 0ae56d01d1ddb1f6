/* SPDX-License-Identifier: Apache-2.0
 * The cutter: whatever the block size, the pieces fed and the charset, the blocks laid end to end
 * are the decoded text, each sees the same bytes around it, and its entry state, places and JSON
 * paths are those of the whole. Misuse, refusals and failures first. */
#include "test.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/charset.h"
#include "text/cutter.h"
#include "text/json_walk.h"
#include "text/locate.h"
#include "text/structure.h"

static uint64_t s_seed = 11; /* runs are repeatable */

static uint32_t draw(uint32_t below)
{
    s_seed = s_seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(s_seed >> 33) % below;
}

/** Checks blocks against the whole decoded text as they come. */
struct checker {
    struct as_text *text;
    struct as_slice whole;     /* decoded */
    struct as_entry entry;     /* at `offset` */
    struct as_json_walk *walk; /* over the whole text */
    uint64_t offset;
    uint64_t blocks;
    uint64_t chained;
    bool ended;
    bool middle; /* JSON Lines: the next block does not start at a line's start */
    struct as_block *kept;
    enum as_status answer;
};

static void check_walk(struct checker *k, const struct as_block *b)
{
    bool lines = k->text->kind == AS_TEXT_JSON_LINES;
    if (k->text->kind != AS_TEXT_JSON && !lines) {
        assert_null(b->walk);
        return;
    }
    assert_true(lines || b->walk != NULL);
    assert_true(!k->middle || b->walk != NULL);
    if (b->walk != NULL) {
        uint32_t count;
        uint32_t expected;
        as_json_walk_levels(b->walk, &count);
        as_json_walk_levels(k->walk, &expected);
        assert_int_equal(count, expected);
        assert_int_equal(as_json_walk_record(b->walk), as_json_walk_record(k->walk));
        assert_int_equal(as_json_walk_in_key(b->walk), as_json_walk_in_key(k->walk));
        as_json_walk_advance(b->walk, b->data, b->size, lines);
        k->chained++;
    }
    as_json_walk_advance(k->walk, b->data, b->size, lines);
    if (lines && b->size != 0) {
        uint8_t end = b->data[b->size - 1];
        k->middle = end != '\n' && (end != '\r' || b->data[b->size] == '\n');
    }
}

static enum as_status check_block(void *context, struct as_block *b)
{
    struct checker *k = context;
    if (k->answer != AS_OK) {
        return k->answer;
    }
    assert_false(k->ended);
    assert_ptr_equal(b->text, k->text);
    assert_int_equal(b->sequence, k->blocks);
    assert_int_equal(b->offset, k->offset);
    assert_true(b->offset + b->size <= k->whole.len);
    assert_true(b->size != 0 || k->whole.len == 0);
    assert_int_equal(b->back, b->offset < AS_REACH_BACK ? b->offset : AS_REACH_BACK);
    uint64_t left = k->whole.len - b->offset - b->size;
    assert_true(b->ahead >= (left < AS_REACH_AHEAD ? left : AS_REACH_AHEAD) && b->ahead <= left);
    assert_int_equal(b->last, left == 0);
    if (b->back + b->size + b->ahead != 0) {
        assert_memory_equal(b->data - b->back, k->whole.ptr + b->offset - b->back,
                            b->back + b->size + b->ahead);
    }
    static const uint8_t zeros[AS_BLOCK_PADDING];
    assert_memory_equal(b->data + b->size + b->ahead, zeros, AS_BLOCK_PADDING);
    assert_memory_equal(&b->entry, &k->entry, offsetof(struct as_entry, after_cr) + 1);
    assert_int_equal(b->source_offset,
                     k->text->bom_bytes +
                         as_source_length(k->text->charset, k->whole.ptr, (size_t)b->offset));
    check_walk(k, b);
    if (b->size != 0) {
        as_structure_advance(&k->entry, k->text, b->data, b->size);
    }
    k->offset += b->size;
    k->blocks++;
    k->ended = b->last;
    as_block_free(b);
    return AS_OK;
}

static void feed_pieces(struct as_cutter *c, struct as_slice raw, uint32_t piece)
{
    for (size_t at = 0; at < raw.len;) {
        size_t n = 1 + draw(piece);
        n = n > raw.len - at ? raw.len - at : n;
        if (draw(2) == 0) {
            assert_int_equal(as_cutter_feed(c, raw.ptr + at, n), AS_OK);
        } else {
            void *space;
            size_t cap;
            assert_int_equal(as_cutter_space(c, &space, &cap), AS_OK);
            assert_true(cap > 0);
            n = n > cap ? cap : n;
            memcpy(space, raw.ptr + at, n);
            assert_int_equal(as_cutter_commit(c, n), AS_OK);
        }
        at += n;
    }
}

/** Cuts `raw` and checks every block. Returns how many there were. */
static uint64_t check_cuts(struct as_text *text, struct as_slice raw, struct as_slice whole,
                           uint32_t block_bytes, uint32_t piece)
{
    struct checker k = {.text = text, .whole = whole, .walk = as_json_walk_new()};
    struct as_block_pool *pool = as_block_pool_new(block_bytes, 2, NULL);
    struct as_cutter *c = as_cutter_new(text, pool, check_block, &k);
    assert_non_null(k.walk);
    assert_non_null(c);
    feed_pieces(c, raw, piece);
    assert_int_equal(as_cutter_finish(c), AS_OK);
    assert_true(k.ended);
    assert_int_equal(k.offset, whole.len);
    assert_int_equal(as_cutter_blocks(c), k.blocks);
    assert_int_equal(as_cutter_feed(c, "x", 1), AS_E_BUG);
    as_cutter_free(c);
    as_block_pool_free(pool);
    as_json_walk_free(k.walk);
    return k.blocks;
}

static struct as_text *make_text(enum as_text_kind kind, enum as_charset charset)
{
    struct as_text *t = as_text_new();
    assert_non_null(t);
    t->kind = kind;
    t->charset = charset;
    t->delimiter = kind == AS_TEXT_DELIMITED ? ',' : 0;
    return t;
}

/** Random lines that are something in every kind. */
static size_t fill(uint8_t *out, size_t cap)
{
    static const char *const parts[] = {"{\"a\":[1,\"x\"]}",
                                        "\n",
                                        "\r\n",
                                        "\r",
                                        "a,\"b\r\nc\",d",
                                        "\xc3\xa9\xe2\x82\xac",
                                        "\xf0\x9f\x98\x80",
                                        "\"",
                                        "[[{\"k",
                                        "plain text of some length, "};
    size_t len = 0;
    while (len + 32 < cap) {
        const char *part = parts[draw(AS_ARRAY_SIZE(parts))];
        memcpy(out + len, part, strlen(part));
        len += strlen(part);
    }
    return len;
}

static const enum as_text_kind all_kinds[] = {AS_TEXT_PLAIN, AS_TEXT_DELIMITED, AS_TEXT_JSON,
                                              AS_TEXT_JSON_LINES};

static void blocks_of_any_size_hold_the_text(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    static uint8_t bytes[200000];
    for (size_t kind = 0; kind < AS_ARRAY_SIZE(all_kinds); kind++) {
        struct as_text *t = make_text(all_kinds[kind], AS_CHARSET_UTF8);
        size_t len = fill(bytes, 3000);
        static const uint32_t sizes[] = {1, 2, 7, 64, 1000, 4096};
        for (size_t i = 0; i < AS_ARRAY_SIZE(sizes); i++) {
            uint64_t blocks =
                check_cuts(t, as_slice(bytes, len), as_slice(bytes, len), sizes[i], 700);
            assert_true(sizes[i] != 1 || blocks == len || all_kinds[kind] == AS_TEXT_JSON_LINES);
        }
        len = fill(bytes, sizeof bytes);
        (void)check_cuts(t, as_slice(bytes, len), as_slice(bytes, len), 3001, 100000);
        (void)check_cuts(t, as_slice(bytes, len), as_slice(bytes, len), 65536, 5000);
        (void)check_cuts(t, as_slice(NULL, 0), as_slice(NULL, 0), 100, 1);
        as_text_unref(t);
    }
    assert_int_equal(as_mem_live(), live);
}

/** UTF-8 (well-formed) to another charset; characters that it lacks are left out of both. */
static void encode(enum as_charset charset, struct as_slice in, uint8_t *raw, size_t *raw_len,
                   uint8_t *decoded, size_t *decoded_len)
{
    *raw_len = 0;
    *decoded_len = 0;
    for (size_t at = 0; at < in.len;) {
        uint32_t c;
        unsigned n = as_utf8_decode(in.ptr + at, in.len - at, &c);
        assert_true(n != 0);
        bool keep = charset != AS_CHARSET_LATIN1 || c < 0x80 || (c >= 0xa0 && c <= 0xff);
        if (keep) {
            memcpy(decoded + *decoded_len, in.ptr + at, n);
            *decoded_len += n;
        }
        at += n;
        if (charset == AS_CHARSET_LATIN1) {
            raw[*raw_len] = (uint8_t)c;
            *raw_len += keep;
            continue;
        }
        uint32_t units[2] = {c, 0};
        unsigned count = 1;
        if (c >= 0x10000) {
            units[0] = 0xd800 + ((c - 0x10000) >> 10);
            units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
            count = 2;
        }
        for (unsigned i = 0; i < count; i++) {
            bool big = charset == AS_CHARSET_UTF16BE;
            raw[(*raw_len)++] = (uint8_t)(big ? units[i] >> 8 : units[i]);
            raw[(*raw_len)++] = (uint8_t)(big ? units[i] : units[i] >> 8);
        }
    }
}

static void other_charsets_decode_alike_in_any_pieces(void **state)
{
    (void)state;
    static uint8_t bytes[90000];
    static uint8_t raw[2 * sizeof bytes + 2];
    static uint8_t decoded[sizeof bytes];
    static const enum as_charset charsets[] = {AS_CHARSET_LATIN1, AS_CHARSET_UTF16LE,
                                               AS_CHARSET_UTF16BE};
    for (size_t i = 0; i < AS_ARRAY_SIZE(charsets); i++) {
        for (unsigned round = 0; round < 8; round++) {
            struct as_text *t = make_text(all_kinds[round % 4], charsets[i]);
            size_t len = fill(bytes, round < 4 ? 1200 : sizeof bytes);
            size_t raw_len;
            size_t decoded_len;
            bool marked = charsets[i] != AS_CHARSET_LATIN1 && round % 2 == 0;
            t->bom_bytes = marked ? 2 : 0;
            memset(raw, 0xff, 2); /* what the mark is does not matter here */
            encode(charsets[i], as_slice(bytes, len), raw + t->bom_bytes, &raw_len, decoded,
                   &decoded_len);
            (void)check_cuts(t, as_slice(raw, raw_len + t->bom_bytes),
                             as_slice(decoded, decoded_len), round < 4 ? 5 : 4000,
                             round < 4 ? 3 : 9000);
            as_text_unref(t);
        }
    }
}

static void damaged_utf16_keeps_offsets(void **state)
{
    (void)state;
    /* a, lone low, lone high, b, high at the end, odd byte */
    static const uint8_t raw[] = {'a', 0,    0x00, 0xdc, 0x3d, 0xd8, 'b',
                                  0,   0x3d, 0xd8, 0x3d, 0xd8, 0x00};
    static const char decoded[] = "a\xef\xbf\xbd\xef\xbf\xbd"
                                  "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd";
    struct as_text *t = make_text(AS_TEXT_PLAIN, AS_CHARSET_UTF16LE);
    for (uint32_t block = 1; block < 20; block++) {
        (void)check_cuts(t, as_slice(raw, sizeof raw), as_slice_of(decoded), block, 4);
    }
    as_text_unref(t);
}

static void windows_1252_decodes_by_the_standard(void **state)
{
    (void)state;
    static const uint8_t raw[] = {0x80, 0x92, 0x81, 0xe9, 'x'};
    static const char decoded[] = "\xe2\x82\xac\xe2\x80\x99\xc2\x81\xc3\xa9x";
    struct as_text *t = make_text(AS_TEXT_PLAIN, AS_CHARSET_LATIN1);
    (void)check_cuts(t, as_slice(raw, sizeof raw), as_slice_of(decoded), 100, 2);
    as_text_unref(t);
}

static void json_lines_blocks_end_at_line_ends(void **state)
{
    (void)state;
    static char bytes[40 * 50];
    size_t len = 0;
    for (unsigned i = 0; i < 50; i++) {
        unsigned n = i == 20 ? 200 : 20 + draw(20); /* one line longer than a block */
        memset(bytes + len, ' ', n);
        bytes[len + n - 1] = '\n';
        len += n;
    }
    struct checker k = {.text = make_text(AS_TEXT_JSON_LINES, AS_CHARSET_UTF8),
                        .whole = as_slice(bytes, len),
                        .walk = as_json_walk_new()};
    struct as_block_pool *pool = as_block_pool_new(64, 2, NULL);
    struct as_cutter *c = as_cutter_new(k.text, pool, check_block, &k);
    assert_non_null(c);
    assert_int_equal(as_cutter_feed(c, bytes, len), AS_OK);
    assert_int_equal(as_cutter_finish(c), AS_OK);
    /* 200 bytes in blocks of 64: three without a line end, and the one that ends the line. */
    assert_int_equal(k.chained, 4);
    as_cutter_free(c);
    as_block_pool_free(pool);
    as_json_walk_free(k.walk);
    as_text_unref(k.text);
}

static void failures_stick_and_leak_nothing(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    struct as_text *t = make_text(AS_TEXT_PLAIN, AS_CHARSET_UTF8);
    struct checker k = {.text = t, .answer = AS_E_OUTPUT};
    struct as_block_pool *pool = as_block_pool_new(16, 3, NULL);
    struct as_cutter *c = as_cutter_new(t, pool, check_block, &k);
    void *space;
    size_t cap;
    assert_int_equal(as_cutter_feed(c, "abc", 3), AS_OK);
    assert_int_equal(as_cutter_finish(c), AS_E_OUTPUT);
    assert_int_equal(as_cutter_space(c, &space, &cap), AS_E_OUTPUT);
    assert_int_equal(as_cutter_finish(c), AS_E_OUTPUT);
    as_cutter_free(c);

    c = as_cutter_new(t, pool, check_block, &k);
    assert_int_equal(as_cutter_space(c, &space, &cap), AS_OK);
    assert_int_equal(as_cutter_commit(c, cap + 1), AS_E_BUG);
    as_cutter_free(c);
    as_cutter_free(NULL);
    as_block_pool_free(pool);
    as_block_pool_free(NULL);
    as_text_unref(t);
    assert_int_equal(as_mem_live(), live);
}

static void no_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    static const char bytes[] = "{\"a\":1}\n{\"a\":\"a line that is longer than a block\"}\n";
    for (uint64_t n = 0; n < 12; n++) {
        struct as_text *t = make_text(n % 2 == 0 ? AS_TEXT_JSON_LINES : AS_TEXT_JSON,
                                      n % 3 == 0 ? AS_CHARSET_LATIN1 : AS_CHARSET_UTF8);
        struct checker k = {.text = t, .whole = as_slice(bytes, sizeof bytes - 1)};
        k.walk = as_json_walk_new();
        struct as_block_pool *pool = as_block_pool_new(16, 2, NULL);
        as_mem_fail_after(n);
        struct as_cutter *c = as_cutter_new(t, pool, check_block, &k);
        enum as_status status = c == NULL ? AS_E_NO_MEMORY : AS_OK;
        void *space;
        size_t cap;
        if (status == AS_OK && (status = as_cutter_space(c, &space, &cap)) == AS_OK) {
            memcpy(space, bytes, sizeof bytes - 1);
            status = as_cutter_commit(c, sizeof bytes - 1);
        }
        if (status == AS_OK) {
            status = as_cutter_finish(c);
        }
        as_mem_fail_after(UINT64_MAX);
        assert_true(status == AS_E_NO_MEMORY || (n >= 2 && status == AS_OK));
        assert_true(n < 8 || status == AS_OK);
        as_cutter_free(c);
        as_block_pool_free(pool);
        as_json_walk_free(k.walk);
        as_text_unref(t);
    }
    assert_int_equal(as_mem_live(), live);
}

static enum as_status keep_block(void *context, struct as_block *b)
{
    struct checker *k = context;
    assert_null(k->kept);
    k->kept = b;
    return AS_OK;
}

static void *cancel_soon(void *cancel)
{
    as_sleep_ms(50);
    as_cancel_request(cancel);
    return NULL;
}

static void full_pool_waits_and_ends_on_a_cancel(void **state)
{
    (void)state;
    struct as_cancel cancel = {0};
    struct as_text *t = make_text(AS_TEXT_PLAIN, AS_CHARSET_UTF8);
    struct checker k = {0};
    struct as_block_pool *pool = as_block_pool_new(16, 2, &cancel);
    struct as_cutter *c = as_cutter_new(t, pool, keep_block, &k);
    static uint8_t bytes[AS_REACH_AHEAD + 64];
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    /* The first block is kept, the second needs a third buffer. */
    assert_int_equal(as_cutter_feed(c, bytes, sizeof bytes), AS_E_CANCELLED);
    pthread_join(thread, NULL);
    as_cutter_free(c);
    as_block_free(k.kept);
    as_block_pool_free(pool);
    as_text_unref(t);
}

static void pool_bytes_are_what_its_buffers_take(void **state)
{
    (void)state;
    uint64_t one = as_block_pool_bytes(1 << 20, 3) - as_block_pool_bytes(1 << 20, 2);
    assert_true(one >= (1 << 20) + AS_REACH_BACK + AS_REACH_AHEAD + AS_BLOCK_PADDING);
    assert_true(one <= (1 << 20) + AS_REACH_BACK + AS_REACH_AHEAD + 1024);
    assert_int_equal(as_block_pool_bytes(UINT32_MAX, 2), as_block_pool_bytes(8 << 20, 2));
}

static void block_of_bytes_is_padded_and_plain(void **state)
{
    (void)state;
    int64_t live = as_mem_live();
    char bytes[] = "some name";
    struct as_block *b = as_block_of_bytes(NULL, bytes, 9);
    assert_non_null(b);
    memset(bytes, 0, sizeof bytes); /* the block has a copy */
    assert_int_equal(b->size, 9);
    assert_true(b->last);
    assert_int_equal(b->back + b->ahead, 0);
    assert_memory_equal(b->data, "some name", 10);
    assert_int_equal(b->data[9 + AS_BLOCK_PADDING - 1], 0);
    assert_int_equal(b->text->kind, AS_TEXT_PLAIN);
    as_block_free(b);
    as_block_free(NULL);
    assert_int_equal(as_mem_live(), live);
}

static void decoded_prefix_is_cut_at_its_limit(void **state)
{
    (void)state;
    uint8_t *raw = as_malloc(AS_PROFILE_BYTES);
    assert_non_null(raw);
    memset(raw, 0xe9, AS_PROFILE_BYTES);
    struct as_slice out;
    uint8_t *owned;
    assert_int_equal(
        as_decode_prefix(AS_CHARSET_LATIN1, 0, as_slice(raw, AS_PROFILE_BYTES), &out, &owned),
        AS_OK);
    assert_int_equal(out.len, AS_PROFILE_BYTES);
    as_free(owned);
    assert_int_equal(as_decode_prefix(AS_CHARSET_UTF16LE, 2,
                                      as_slice("\xff\xfe"
                                               "a\0b",
                                               5),
                                      &out, &owned),
                     AS_OK);
    assert_int_equal(out.len, 1);
    as_free(owned);
    assert_int_equal(as_decode_prefix(AS_CHARSET_UTF8, 3, as_slice("\xef\xbb", 2), &out, &owned),
                     AS_OK);
    assert_int_equal(out.len, 0);
    assert_null(owned);
    as_free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_stick_and_leak_nothing),
        cmocka_unit_test(no_memory_is_reported_and_leaks_nothing),
        cmocka_unit_test(full_pool_waits_and_ends_on_a_cancel),
        cmocka_unit_test(blocks_of_any_size_hold_the_text),
        cmocka_unit_test(other_charsets_decode_alike_in_any_pieces),
        cmocka_unit_test(damaged_utf16_keeps_offsets),
        cmocka_unit_test(windows_1252_decodes_by_the_standard),
        cmocka_unit_test(json_lines_blocks_end_at_line_ends),
        cmocka_unit_test(pool_bytes_are_what_its_buffers_take),
        cmocka_unit_test(block_of_bytes_is_padded_and_plain),
        cmocka_unit_test(decoded_prefix_is_cut_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
