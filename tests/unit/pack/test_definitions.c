/* SPDX-License-Identifier: Apache-2.0
 * Every built-in definition, read from detectors/packs as a user's pack is: general rules of the
 * catalog, and the examples. The examples run through a reference of the scan that is as plain as
 * can be (no tables, no SIMD, no Hyperscan): nominate by the grammar of docs/detectors.md, look for
 * keywords within the distance, call the check. The engine has its own tests on the same examples;
 * both must agree with what stands between the brackets. */
#include "test.h"

#include <ctype.h>
#include <glob.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wctype.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "pack/pack.h"

#define TEXT_MAX 65536U

/* --- the catalog --- */

static struct as_catalog *load(void)
{
    static const struct as_catalog empty = {.count = 0};
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    glob_t files;
    assert_int_equal(glob(ASSAY_SOURCE_DIR "/detectors/packs/*.yaml", 0, NULL, &files), 0);
    enum as_status status =
        as_catalog_extend(&empty, (const char *const *)files.gl_pathv, files.gl_pathc, &c, &err);
    globfree(&files);
    if (status != AS_OK) {
        fail_msg("%s", err.message);
    }
    return c;
}

/* --- the reference: nominate --- */

struct place {
    size_t start;
    size_t end;
};

struct detections {
    struct place places[16];
    size_t count;
};

struct run {
    const struct as_detector *d;
    const uint8_t *text;
    size_t len;
    struct detections *out;
};

static bool is_word(const struct run *r, size_t at)
{
    return at < r->len && (isalnum(r->text[at]) != 0 || r->text[at] == '_');
}

/* Bytes of the joiner `letter` at `at`, or 0. */
static size_t joiner_len(const struct run *r, size_t at, char letter)
{
    static const char *const blanks[] = {"\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF",
                                         "\xE2\x80\x87"};
    const uint8_t *p = r->text + at;
    size_t left = r->len - at;
    if (letter == 'n') {
        for (size_t i = 0; i < 4; i++) {
            size_t n = strlen(blanks[i]);
            if (left >= n && memcmp(p, blanks[i], n) == 0) {
                return n;
            }
        }
        return 0;
    }
    if (letter == '(') {
        if (left < 1 || p[0] != ')') {
            return 0;
        }
        return left > 1 && (p[1] == ' ' || p[1] == '-') ? 2 : 1;
    }
    return left > 0 && p[0] == (uint8_t)letter ? 1 : 0;
}

static bool class_ok(char class, uint8_t c)
{
    switch (class) {
    case 'd':
        return isdigit(c) != 0;
    case 'A':
        return isupper(c) != 0;
    case 'a':
        return isalpha(c) != 0;
    default:
        return isalnum(c) != 0;
    }
}

static size_t take_bound(const char **p)
{
    size_t value = 0;
    while (isdigit((unsigned char)**p)) {
        value = value * 10 + (size_t)(*(*p)++ - '0');
    }
    return value;
}

/* Whether a group of `shape` takes [at, end) exactly; `*after` gets what follows the group. */
static bool group_matches(const struct run *r, const char *shape, size_t at, size_t end,
                          const char **after)
{
    if (*shape == '\0' || *shape == '-') {
        *after = shape;
        return at == end;
    }
    char class = *shape++;
    size_t low = 1;
    size_t high = 1;
    if (*shape == '{') {
        shape++;
        low = take_bound(&shape);
        high = low;
        if (*shape == ',') {
            shape++;
            high = take_bound(&shape);
        }
        shape++;
    }
    size_t n = 0;
    while (n < high && at + n < end && class_ok(class, r->text[at + n])) {
        n++;
    }
    for (;; n--) {
        if (n < low) {
            return false;
        }
        if (group_matches(r, shape, at + n, end, after)) {
            return true;
        }
        if (n == 0) {
            return false;
        }
    }
}

static size_t token_end(const struct run *r, size_t at)
{
    while (at < r->len && isalnum(r->text[at]) != 0) {
        at++;
    }
    return at;
}

/* End of the shape's match at `at`, or 0. `joiner` is the one that was used, 0 before the first. */
static size_t shape_end(const struct run *r, const char *shape, size_t at, char joiner)
{
    size_t end = token_end(r, at);
    const char *after;
    if (end == at || !group_matches(r, shape, at, end, &after)) {
        return 0;
    }
    if (*after == '\0') {
        return is_word(r, end) ? 0 : end;
    }
    for (const char *s = r->d->separators; s != NULL && *s != '\0'; s++) {
        size_t n = joiner_len(r, end, *s);
        if (n > 0 && (!r->d->separators_equal || joiner == 0 || joiner == *s)) {
            size_t whole = shape_end(r, after + 1, end + n, *s);
            if (whole > 0) {
                return whole;
            }
        }
    }
    return 0;
}

/* --- the reference: keywords --- */

static uint8_t fold(uint8_t c)
{
    return (uint8_t)tolower(c);
}

/* Bytes of the letter at `at` when it is the one that `k` begins with, in either case; else 0. The
 * C library's tables say what the cases of a letter are. */
static size_t same_letter(const struct run *r, size_t at, const char *k)
{
    static locale_t utf8;
    if (utf8 == NULL) {
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
        assert_non_null(utf8);
    }
    uint32_t ours = 0;
    uint32_t wanted = 0;
    unsigned n = at < r->len ? as_utf8_decode(r->text + at, r->len - at, &ours) : 0;
    unsigned m = as_utf8_decode((const uint8_t *)k, strlen(k), &wanted);
    return n != 0 && m != 0 && towlower_l((wint_t)ours, utf8) == (wint_t)wanted ? n : 0;
}

/* End of the keyword at `at`, or 0; a blank is ' ', '_', '-' or nothing. */
static size_t keyword_end(const struct run *r, const char *k, size_t at)
{
    for (; *k != '\0'; k++) {
        if (*k == ' ') {
            if (at < r->len && strchr(" _-", r->text[at]) != NULL) {
                at++;
            }
            continue;
        }
        size_t n = same_letter(r, at, k);
        if (n == 0) {
            return 0;
        }
        at += n;
        while (((uint8_t)k[1] & 0xC0U) == 0x80U) {
            k++; /* the rest of the keyword's letter */
        }
    }
    return at;
}

static bool word_starts(const struct run *r, size_t at)
{
    if (at == 0 || isalnum(r->text[at - 1]) == 0 || isalnum(r->text[at]) == 0) {
        return true;
    }
    return isupper(r->text[at]) != 0 && islower(r->text[at - 1]) != 0;
}

static bool word_ends(const struct run *r, size_t end)
{
    if (end >= r->len || isalnum(r->text[end]) == 0 || isalnum(r->text[end - 1]) == 0) {
        return true;
    }
    return isupper(r->text[end]) != 0 && islower(r->text[end - 1]) != 0;
}

static bool near(const struct run *r, struct place value, struct place word)
{
    size_t from = word.end <= value.start ? word.end : value.end;
    size_t to = word.end <= value.start ? value.start : word.start;
    return to <= from || as_utf8_count(r->text + from, to - from) <= r->d->keyword_distance;
}

static bool has_keyword(const struct run *r, struct place value)
{
    for (const char *const *k = r->d->keywords; k != NULL && *k != NULL; k++) {
        for (size_t at = 0; at < r->len; at++) {
            size_t end = keyword_end(r, *k, at);
            struct place word = {at, end};
            bool apart = end <= value.start || at >= value.end;
            if (end > 0 && apart && word_starts(r, at) && word_ends(r, end) &&
                near(r, value, word)) {
                return true;
            }
        }
    }
    return false;
}

/* --- the reference: confirm --- */

static bool in_list(const char *const *list, const char *text, size_t len)
{
    for (; list != NULL && *list != NULL; list++) {
        if (strlen(*list) == len && memcmp(*list, text, len) == 0) {
            return true;
        }
    }
    return false;
}

static void confirm(const struct run *r, size_t start, size_t end)
{
    struct as_value v = {.text = r->text,
                         .text_len = r->len,
                         .start = start,
                         .end = end,
                         .parameter = r->d->parameter,
                         .strength = r->d->strength,
                         .definition = r->d};
    for (size_t i = start; r->d->nominator == AS_NOMINATE_SHAPE && i < end; i++) {
        if (isalnum(r->text[i]) != 0 && v.compact_len < AS_COMPACT_MAX) {
            v.compact[v.compact_len++] = (char)toupper(r->text[i]);
        }
    }
    enum as_verdict verdict = r->d->check == NULL ? AS_ACCEPT : r->d->check(&v);
    if (verdict == AS_REJECT) {
        return;
    }
    assert_true(v.start < v.end && v.end <= r->len);
    const char *form = (const char *)r->text + v.start;
    size_t form_len = v.end - v.start;
    if (r->d->nominator == AS_NOMINATE_SHAPE) {
        form = v.compact;
        form_len = v.compact_len;
    }
    bool listed = in_list(r->d->test_values, form, form_len) ||
                  in_list(r->d->placeholders, form, form_len) ||
                  in_list(r->d->excludes, form, form_len);
    size_t bytes = v.end - v.start;
    struct place place = {v.start, v.end};
    bool keyword = has_keyword(r, place);
    bool gate = r->d->keyword_rule == AS_KEYWORD_REQUIRED ? keyword
                : r->d->keyword_rule == AS_KEYWORD_ABSENT ? !keyword
                                                          : true;
    bool fits = bytes >= r->d->min_bytes && bytes <= r->d->max_bytes;
    if (verdict != AS_ACCEPT || listed || !gate || !fits) {
        return;
    }
    for (size_t i = 0; i < r->out->count; i++) {
        if (v.start < r->out->places[i].end && r->out->places[i].start < v.end) {
            if (bytes > r->out->places[i].end - r->out->places[i].start) {
                r->out->places[i] = place;
            }
            return; /* of two that overlap the longer counts */
        }
    }
    if (r->out->count < 16) {
        r->out->places[r->out->count++] = place;
    }
}

static void nominate_shapes(const struct run *r)
{
    for (size_t at = 0; at < r->len; at++) {
        if (is_word(r, at) && (at == 0 || !is_word(r, at - 1))) {
            for (const char *const *s = r->d->shapes; *s != NULL; s++) {
                size_t end = shape_end(r, *s, at, 0);
                if (end > 0) {
                    confirm(r, at, end);
                }
            }
        }
    }
}

static void nominate_anchors(const struct run *r)
{
    for (size_t at = 0; at < r->len; at++) {
        for (const char *const *a = r->d->anchors; *a != NULL; a++) {
            size_t n = strlen(*a);
            bool same = n <= r->len - at;
            for (size_t i = 0; same && i < n; i++) {
                uint8_t c = r->text[at + i];
                same = r->d->anchors_caseless ? fold(c) == fold((uint8_t)(*a)[i])
                                              : c == (uint8_t)(*a)[i];
            }
            if (same) {
                confirm(r, at, at + n);
            }
        }
    }
}

/* Maximal runs of `set` (and letters and digits, or hex digits). */
static void nominate_runs(const struct run *r, const char *set, bool hex)
{
    for (size_t at = 0; at < r->len;) {
        size_t end = at;
        size_t colons = 0;
        while (end < r->len && r->text[end] != 0 &&
               ((hex ? isxdigit(r->text[end]) : isalnum(r->text[end])) != 0 ||
                strchr(set, r->text[end]) != NULL)) {
            colons += r->text[end] == ':' ? 1 : 0;
            end++;
        }
        if (end > at &&
            (hex ? colons >= 2 : end - at >= r->d->min_bytes && end - at <= r->d->max_bytes)) {
            confirm(r, at, end);
        }
        at = end > at ? end : at + 1;
    }
}

static void nominate(const struct run *r)
{
    switch (r->d->nominator) {
    case AS_NOMINATE_SHAPE:
        nominate_shapes(r);
        return;
    case AS_NOMINATE_ANCHOR:
        nominate_anchors(r);
        return;
    case AS_NOMINATE_RUN:
        nominate_runs(r, "+/_=-", false);
        return;
    case AS_NOMINATE_HEX_COLON:
        nominate_runs(r, ":.", true);
        return;
    case AS_NOMINATE_PATTERN:
        fail_msg("%s: the reference has no patterns", r->d->id);
    }
}

/* --- tests --- */

/* Copies `example` without its brackets; where they stood. */
static size_t unbracket(const char *example, uint8_t *out, struct place *value)
{
    size_t len = 0;
    *value = (struct place){SIZE_MAX, SIZE_MAX};
    for (const char *p = example; *p != '\0';) {
        if (strncmp(p, "⟦", strlen("⟦")) == 0) {
            value->start = len;
            p += strlen("⟦");
        } else if (strncmp(p, "⟧", strlen("⟧")) == 0) {
            value->end = len;
            p += strlen("⟧");
        } else {
            out[len++] = (uint8_t)*p++;
        }
    }
    return len;
}

static void run_example(const struct as_detector *d, const char *example, bool hit)
{
    static uint8_t text[TEXT_MAX];
    struct place value;
    struct detections found = {.count = 0};
    assert_true(strlen(example) < TEXT_MAX);
    size_t len = unbracket(example, text, &value);
    struct run r = {.d = d, .text = text, .len = len, .out = &found};
    nominate(&r);
    size_t wanted = hit ? 1 : 0;
    if (found.count != wanted ||
        (hit && (found.places[0].start != value.start || found.places[0].end != value.end))) {
        fail_msg("%s: %s\n  found %zu, first at %zu..%zu, wanted %zu at %zu..%zu", d->id, example,
                 found.count, found.places[0].start, found.places[0].end, wanted, value.start,
                 value.end);
    }
}

static void examples_of_every_definition_hold(void **state)
{
    const struct as_catalog *c = *state;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct as_detector *d = &c->detectors[i];
        size_t hits = 0;
        size_t misses = 0;
        for (; d->examples_hit != NULL && d->examples_hit[hits] != NULL; hits++) {
            run_example(d, d->examples_hit[hits], true);
        }
        for (; d->examples_miss != NULL && d->examples_miss[misses] != NULL; misses++) {
            run_example(d, d->examples_miss[misses], false);
        }
        if (hits < 3 || misses < 3) {
            fail_msg("%s has %zu hits and %zu misses, three of each are needed", d->id, hits,
                     misses);
        }
    }
}

static void definitions_keep_the_rules_of_the_catalog(void **state)
{
    const struct as_catalog *c = *state;
    assert_true(c->count > 100);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct as_detector *d = &c->detectors[i];
        bool required = d->keyword_rule == AS_KEYWORD_REQUIRED;
        if (as_catalog_find(c, d->id) != (int)i || strlen(d->hash) != 64 ||
            strcmp(d->family, "custom") == 0 || d->category == AS_CUSTOM_IDENTIFIER) {
            fail_msg("%s: id, hash, family or category", d->id);
        }
        if (d->recommended && !required && d->strength < AS_STRENGTH_STRONG) {
            fail_msg("%s is recommended: it needs a keyword or a strong check", d->id);
        }
        if (d->macie_recommended && (!d->recommended || !d->macie)) {
            fail_msg("%s: Macie recommends it, so we do", d->id);
        }
        if (strlen(d->source) < 8 || d->check_name == NULL) {
            fail_msg("%s: source or check", d->id);
        }
    }
}

static void test_values_pass_their_check(void **state)
{
    const struct as_catalog *c = *state;
    int cards = as_catalog_find(c, "CREDIT_CARD_NUMBER");
    const struct as_detector *d = &c->detectors[cards];
    size_t refused = 0;
    for (const char *const *t = d->test_values; *t != NULL; t++) {
        struct as_value v = {.text = (const uint8_t *)*t,
                             .text_len = strlen(*t),
                             .end = strlen(*t),
                             .compact_len = strlen(*t),
                             .strength = d->strength};
        memcpy(v.compact, *t, v.compact_len);
        if (d->check(&v) == AS_REJECT) {
            refused++;
            print_message("no card number by our ranges: %s\n", *t);
        }
    }
    assert_int_equal(refused, 2); /* Macie lists one of eleven digits, and an Amex of fourteen */
}

static void published_ibans_stand_with_their_country(void **state)
{
    const struct as_catalog *c = *state;
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct as_detector *d = &c->detectors[i];
        bool iban = d->check_name != NULL && strcmp(d->check_name, "iban") == 0;
        for (const char *const *t = d->test_values; iban && t != NULL && *t != NULL; t++) {
            struct as_value v = {.text = (const uint8_t *)*t,
                                 .text_len = strlen(*t),
                                 .end = strlen(*t),
                                 .compact_len = strlen(*t),
                                 .parameter = d->parameter};
            memcpy(v.compact, *t, v.compact_len);
            if (d->check(&v) != AS_ACCEPT) {
                fail_msg("%s: %s", d->id, *t);
            }
            count++;
        }
    }
    assert_true(count > 100);
}

/* The pack that docs/detectors.md shows must load, and its examples hold. */
static void example_of_the_page_holds(void **state)
{
    (void)state;
    static char page[1 << 18];
    FILE *f = fopen(ASSAY_SOURCE_DIR "/docs/detectors.md", "r");
    assert_non_null(f);
    size_t len = fread(page, 1, sizeof page - 1, f);
    fclose(f);
    page[len] = '\0';
    char *begin = strstr(page, "```yaml\n");
    assert_non_null(begin);
    begin += strlen("```yaml\n");
    char *end = strstr(begin, "```");
    assert_non_null(end);
    struct as_catalog *c = NULL;
    struct as_error err = {.status = AS_OK};
    if (as_pack_parse(as_slice(begin, (size_t)(end - begin)), "page", &c, &err) != AS_OK) {
        fail_msg("%s", err.message);
    }
    for (size_t i = 0; i < 3; i++) {
        run_example(&c->detectors[0], c->detectors[0].examples_hit[i], true);
        run_example(&c->detectors[0], c->detectors[0].examples_miss[i], false);
    }
    as_catalog_free(c);
}

static int setup(void **state)
{
    *state = load();
    return 0;
}

static int teardown(void **state)
{
    as_catalog_free(*state);
    return as_mem_live() == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(definitions_keep_the_rules_of_the_catalog),
                                       cmocka_unit_test(examples_of_every_definition_hold),
                                       cmocka_unit_test(example_of_the_page_holds),
                                       cmocka_unit_test(test_values_pass_their_check),
                                       cmocka_unit_test(published_ibans_stand_with_their_country)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
