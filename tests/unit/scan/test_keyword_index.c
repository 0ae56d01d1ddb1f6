/* SPDX-License-Identifier: Apache-2.0
 * The keyword index: what it refuses, tables of what matches, and a caseless Hyperscan database of
 * the same keywords as oracle on random text. */
#include "test.h"

#include <hs.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "pack/pack.h"
#include "scan/keyword_index.h"
#include "scan/letter_case.h"

#define TEXT_BYTES 4000U
#define FOUND_MAX 8192U

struct place {
    size_t keyword; /* of this width, so that no padding is compared */
    size_t start;
    size_t end;
};

struct places {
    struct place items[FOUND_MAX];
    size_t count;
};

static void add(struct places *p, uint32_t keyword, size_t start, size_t end)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].keyword == keyword && p->items[i].start == start) {
            /* A blank takes a separator when there is one: the longer end is the match. */
            p->items[i].end = end > p->items[i].end ? end : p->items[i].end;
            return;
        }
    }
    assert_true(p->count < FOUND_MAX);
    p->items[p->count++] = (struct place){keyword, start, end};
}

static void on_found(void *context, uint32_t keyword, size_t start, size_t end)
{
    add(context, keyword, start, end);
}

static void make_index(struct as_keyword_index *x, const char *const *keywords)
{
    struct as_detector d = {.id = "TEST",
                            .keyword_rule = AS_KEYWORD_REQUIRED,
                            .keywords = keywords,
                            .keyword_distance = 30};
    uint8_t enabled = 1;
    struct as_error err = {0};
    assert_int_equal(as_keyword_index_init(x, &d, 1, &enabled, &err), AS_OK);
}

static void keywords_that_cannot_be_used_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "x", " ", "#tag", "\xff\xfe", "\xC3\xA9"};
    for (size_t i = 0; i < AS_ARRAY_SIZE(wrong); i++) {
        const char *keywords[] = {wrong[i], NULL};
        struct as_detector d = {
            .id = "WRONG_ONE", .keyword_rule = AS_KEYWORD_RAISES, .keywords = keywords};
        uint8_t enabled = 1;
        struct as_keyword_index x;
        struct as_error err = {0};
        assert_int_equal(as_keyword_index_init(&x, &d, 1, &enabled, &err), AS_E_USAGE);
        assert_non_null(strstr(err.message, "WRONG_ONE"));
    }
}

static void keywords_match_at_words_by_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *keyword;
        const char *text;
        unsigned count;
    } cases[] = {
        {"card", "card", 1},
        {"card", "Card: CARD, my_card", 3},
        {"card", "discard cards wildcard", 0},
        {"card", "cardNumber idCard IDCard", 2},
        {"card", "card1 2card", 2},
        {"ssn", "ssn userSsn SSN_4 ssnField ssnfield", 4},
        {"ssn", "ssn", 1},
        {"cc", "cc CC cc_no ccNumber account", 4},
        {"cc", "3f2cc7 2cc 9CC ccId2cc", 1},
        {"cc", "cc5024a84 CC5024A84 cc1b", 0},
        {"cc", "cc1 cc 2 cc2: cc_2a cc5024-a84 cc12", 6},
        {"ssn", "ssn2: ssn2b 4ssn", 1},
        {"card", "card5024a84 3f2card", 2},
        {"cc #", "cc # cc# cc-# cc_#9", 4},
        {"credit card", "credit card creditcard credit_card credit-card creditCard credit  card",
         5},
        {"date of birth", "dateOfBirth DATE OF BIRTH date_of_birth date-of birth", 4},
        {"w2", "w2 W2 w22 aw2 w2x", 3},
        {"401k", "401k 1401k 401K", 2},
        {"cart\xC3\xA3o", "Cart\xC3\x83o CART\xC3\x83O cartao", 2},
        {"\xC3\xA9tat", "\xC3\x89tat \xC3\xA9tat l'\xC3\xA9tat r\xC3\xA9tat", 3},
        {"\xD0\xBD\xD0\xBE\xD0\xBC\xD0\xB5\xD1\x80",
         "\xD0\x9D\xD0\x9E\xD0\x9C\xD0\x95\xD0\xA0 \xD0\xBD\xD0\xBE\xD0\xBC\xD0\xB5\xD1\x80", 2},
        {"ssn", "\xE2\x80\x9Cssn\xE2\x80\x9D \xC3\xA9ssn ssn\xC3\xA9", 1},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(cases); i++) {
        const char *keywords[] = {cases[i].keyword, NULL};
        struct as_keyword_index x;
        make_index(&x, keywords);
        static struct places found;
        found.count = 0;
        size_t len = strlen(cases[i].text);
        as_keyword_scan(&x, as_slice(cases[i].text, len), 0, len, on_found, &found);
        if (found.count != cases[i].count) {
            print_error("\"%s\" in \"%s\"\n", cases[i].keyword, cases[i].text);
        }
        assert_int_equal(found.count, cases[i].count);
        as_keyword_index_fini(&x);
    }
}

/* --- oracle --- */

static uint64_t s_random = 0x243F6A8885A308D3ULL;

static unsigned below(unsigned limit)
{
    s_random ^= s_random << 13;
    s_random ^= s_random >> 7;
    s_random ^= s_random << 17;
    return (unsigned)((s_random >> 33) % limit);
}

struct oracle {
    const struct as_keyword_index *x;
    const char *text;
    size_t len;
    struct places *found;
};

static bool joined(uint32_t a, uint32_t b)
{
    if (as_letter_is(a) && as_letter_is(b)) {
        return !(as_letter_fold(a) == a && as_letter_fold(b) != b);
    }
    return a >= '0' && a <= '9' && b >= '0' && b <= '9';
}

/* A keyword of two or three ASCII bytes inside digits and letters, as in a UUID. */
static bool in_hex(const struct as_keyword *k, const char *text, size_t len, size_t from, size_t to)
{
    static const char digits[] = "0123456789";
    if (k->len > 3) {
        return false;
    }
    if (from > 0 && memchr(digits, text[from - 1], 10) != NULL) {
        return true;
    }
    char rest[34] = "";
    memcpy(rest, text + to, len - to < 33 ? len - to : 33);
    size_t run = strspn(rest, digits);
    return run > 0 &&
           ((rest[run] >= 'a' && rest[run] <= 'z') || (rest[run] >= 'A' && rest[run] <= 'Z'));
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)flags;
    struct oracle *o = context;
    const uint8_t *t = (const uint8_t *)o->text;
    if ((from != 0 &&
         joined(as_char_before(t, (size_t)from), as_char_at(t, o->len, (size_t)from))) ||
        (to != o->len &&
         joined(as_char_before(t, (size_t)to), as_char_at(t, o->len, (size_t)to)))) {
        return 0;
    }
    if (in_hex(&o->x->keywords[id], o->text, o->len, (size_t)from, (size_t)to)) {
        return 0;
    }
    add(o->found, id, (size_t)from, (size_t)to);
    return 0;
}

/* The keywords that an oracle takes: every one, or every n-th of many. */
#define ORACLE_KEYWORDS 1024U
#define ORACLE_STEP(x) ((x)->keyword_count / ORACLE_KEYWORDS + 1)

static void random_text(const struct as_keyword_index *x, char *text, size_t len)
{
    static const char joints[] = "   __--..:;,=\"'(){}[]/0123456789\n#";
    size_t n = 0;
    while (n < len) {
        uint32_t keyword = below(x->keyword_count);
        keyword -= below(4) == 0 ? 0 : keyword % ORACLE_STEP(x); /* mostly one that is compared */
        const struct as_keyword *k = &x->keywords[keyword];
        for (size_t i = 0; i < k->len && n < len; i++) {
            char c = x->texts[k->text + i];
            if (c == ' ' && below(2) == 0) {
                continue;
            }
            c = c == ' ' ? " _-"[below(3)] : c;
            bool upper = below(4) == 0 && c >= 'a' && c <= 'z';
            text[n++] = (char)(upper ? c - 32 : c);
        }
        for (unsigned i = below(3); i > 0 && n < len; i--) {
            text[n++] = below(8) == 0 ? (char)('a' + below(26)) : joints[below(sizeof joints - 1)];
        }
    }
}

static int by_place(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct place));
}

#define ORACLE_BYTES 100U
static uint8_t s_in_oracle[UINT16_MAX]; /* [keyword] */

/* ASCII keywords only: Hyperscan without UTF-8 mode knows no other case. */
static bool for_oracle(const struct as_keyword_index *x, uint32_t keyword)
{
    const struct as_keyword *k = &x->keywords[keyword];
    bool good = k->len <= ORACLE_BYTES && keyword < sizeof s_in_oracle;
    for (size_t j = 0; j < k->len; j++) {
        good = good && (uint8_t)x->texts[k->text + j] < 0x80;
    }
    return good;
}

/* Of many keywords, evenly spread ones: compiling all takes long. */
static hs_database_t *compile_oracle(const struct as_keyword_index *x)
{
    static char expressions[ORACLE_KEYWORDS][6 * ORACLE_BYTES + 1];
    static const char *list[ORACLE_KEYWORDS];
    static unsigned flags[ORACLE_KEYWORDS];
    static unsigned ids[ORACLE_KEYWORDS];
    unsigned count = 0;
    uint32_t step = ORACLE_STEP(x);
    for (uint32_t i = 0; i < x->keyword_count; i += step) {
        if (!for_oracle(x, i)) {
            continue;
        }
        char *e = expressions[count];
        size_t n = 0;
        for (size_t j = 0; j < x->keywords[i].len; j++) {
            uint8_t c = (uint8_t)x->texts[x->keywords[i].text + j];
            size_t left = sizeof expressions[0] - n;
            n += (size_t)(c == ' ' ? snprintf(e + n, left, "[ _-]?")
                                   : snprintf(e + n, left, "\\x%02x", c));
        }
        s_in_oracle[i] = 1;
        list[count] = e;
        flags[count] = HS_FLAG_CASELESS | HS_FLAG_SOM_LEFTMOST;
        ids[count++] = i;
    }
    hs_database_t *db = NULL;
    hs_compile_error_t *wrong = NULL;
    assert_int_equal(hs_compile_multi(list, flags, ids, count, HS_MODE_BLOCK, NULL, &db, &wrong),
                     HS_SUCCESS);
    return db;
}

static void keep_compiled(struct places *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].keyword < sizeof s_in_oracle && s_in_oracle[p->items[i].keyword] != 0) {
            p->items[kept++] = p->items[i];
        }
    }
    p->count = kept;
    qsort(p->items, p->count, sizeof p->items[0], by_place);
}

static void keywords_in_random_text_equal_hyperscans(void **state)
{
    (void)state;
    struct as_keyword_index x;
    uint8_t *enabled = as_calloc(as_catalog_builtin.count, 1);
    memset(enabled, 1, as_catalog_builtin.count);
    struct as_error err = {0};
    assert_int_equal(as_keyword_index_init(&x, as_catalog_builtin.detectors,
                                           as_catalog_builtin.count, enabled, &err),
                     AS_OK);
    hs_database_t *db = compile_oracle(&x);
    hs_scratch_t *scratch = NULL;
    assert_int_equal(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
    static char text[TEXT_BYTES];
    static struct places ours;
    static struct places theirs;
    size_t seen = 0;
    for (unsigned round = 0; round < 40; round++) {
        random_text(&x, text, sizeof text);
        ours.count = 0;
        theirs.count = 0;
        as_keyword_scan(&x, as_slice(text, sizeof text), 0, sizeof text, on_found, &ours);
        struct oracle o = {&x, text, sizeof text, &theirs};
        assert_int_equal(hs_scan(db, text, sizeof text, 0, scratch, on_match, &o), HS_SUCCESS);
        keep_compiled(&ours);
        keep_compiled(&theirs);
        assert_int_equal(ours.count, theirs.count);
        assert_memory_equal(ours.items, theirs.items, ours.count * sizeof ours.items[0]);
        seen += ours.count;
    }
    assert_true(seen > 4000);
    assert_int_equal(hs_free_scratch(scratch), HS_SUCCESS);
    assert_int_equal(hs_free_database(db), HS_SUCCESS);
    as_keyword_index_fini(&x);
    as_free(enabled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_that_cannot_be_used_are_refused),
        cmocka_unit_test(keywords_match_at_words_by_the_table),
        cmocka_unit_test(keywords_in_random_text_equal_hyperscans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
