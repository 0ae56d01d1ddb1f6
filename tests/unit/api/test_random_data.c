/* SPDX-License-Identifier: Apache-2.0
 * Random data: how often something is found where nothing is. Logs with random numbers of 13 to 19
 * digits in nine styles, dense and sparse; of those that pass Luhn, fewer than one in 1,000 may be
 * reported as a card. And tokens of every usual shape, without words around them: a detector that
 * is recommended and asks for no keyword may report fewer than one in 10,000.
 *
 * ASSAY_RANDOM_MB sets the megabytes of each part (default 10). */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/memory_scan.h"
#include "base/mem.h"
#include "base/strbuf.h"

#define MEGABYTE ((size_t)1000000)
#define FILE_BYTES MEGABYTE

static uint64_t s_state;

static uint64_t random_below(uint64_t limit)
{
    s_state ^= s_state << 13;
    s_state ^= s_state >> 7;
    s_state ^= s_state << 17;
    return (s_state >> 11) % limit;
}

static size_t megabytes(void)
{
    const char *text = getenv("ASSAY_RANDOM_MB");
    size_t value = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (size_t)(*text - '0');
    }
    return value == 0 ? 10 : value > 1000 ? 1000 : value;
}

/* --- logs --- */

static const char *word(void)
{
    static const char *const words[] = {"processed", "updated", "created", "handled", "queued",
                                        "dropped",   "merged",  "flushed", "item",    "object",
                                        "row",       "page",    "batch",   "worker",  "cache",
                                        "retry",     "window",  "shard",   "replica", "upload"};
    return words[random_below(AS_ARRAY_SIZE(words))];
}

static unsigned below(unsigned limit)
{
    return (unsigned)random_below(limit);
}

static void put_time(struct as_strbuf *out)
{
    as_strbuf_printf(out, "2026-11-%02uT%02u:%02u:%02u", 1 + below(28), below(24), below(60),
                     below(60));
}

enum { STYLES = 9 };

/* One line, of a style, with a number in it. */
static void put_line(struct as_strbuf *out, unsigned style, const char *number)
{
    switch (style) {
    case 0:
        put_time(out);
        as_strbuf_printf(out, ".%03uZ INFO  [worker-%u] %s %s %s in %u ms\n", below(1000), below(9),
                         word(), word(), number, below(999));
        return;
    case 1:
        as_strbuf_printf(out,
                         "10.%u.%u.7 - - [21/Nov/2026:09:%02u:%02u +0000] \"GET /api/%s/%s?q=%s "
                         "HTTP/1.1\" 200 %u\n",
                         below(255), below(255), below(60), below(60), word(), number, word(),
                         below(9999));
        return;
    case 2:
        as_strbuf_printf(out, "Nov 21 09:%02u:%02u host%u app[%u]: %s %s id=%s %s\n", below(60),
                         below(60), below(9), below(9999), word(), word(), number, word());
        return;
    case 3:
        as_strbuf_puts(out, "{\"time\":\"");
        put_time(out);
        as_strbuf_printf(out, "Z\",\"level\":\"info\",\"msg\":\"%s %s\",\"trace\":%s,\"ms\":%u}\n",
                         word(), word(), number, below(999));
        return;
    case 4:
        as_strbuf_printf(out, "{\"ts\":%u,\"level\":\"info\",\"msg\":\"%s\",\"trace\":\"%s\"}\n",
                         1700000000U + below(90000000), word(), number);
        return;
    case 5:
        as_strbuf_puts(out, "ts=");
        put_time(out);
        as_strbuf_printf(out, "Z level=info msg=\"%s %s\" request_id=%s took=%ums\n", word(),
                         word(), number, below(99));
        return;
    case 6:
        as_strbuf_printf(out, "%u.%03u %u 10.0.0.%u TCP_MISS/200 %s GET http://x.example/%s\n",
                         1700000000U + below(90000000), below(1000), below(999), below(255), number,
                         word());
        return;
    case 7:
        as_strbuf_printf(out, "%s %s %s %s %s %s\n", word(), word(), word(), number, word(),
                         word());
        return;
    default:
        put_time(out);
        as_strbuf_printf(out, " ERROR %s %s\n    at %s %s of %u\n", word(), word(), word(), number,
                         below(99));
        return;
    }
}

static bool passes_luhn(const char *digits)
{
    unsigned sum = 0;
    size_t len = strlen(digits);
    for (size_t i = 0; i < len; i++) {
        unsigned d = (unsigned)(digits[len - 1 - i] - '0');
        d = i % 2 == 1 ? 2 * d : d;
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

/* A file of one style, a number in one of `sparse` lines; returns how many pass Luhn. */
static uint64_t make_log(struct as_strbuf *out, unsigned style, unsigned sparse)
{
    uint64_t good = 0;
    as_strbuf_reset(out);
    while (out->len < FILE_BYTES) {
        char number[24];
        if (random_below(sparse) == 0) {
            size_t len = 13 + (size_t)random_below(7);
            for (size_t i = 0; i < len; i++) {
                number[i] = (char)('0' + random_below(10));
            }
            number[0] = number[0] == '0' ? '4' : number[0];
            number[len] = '\0';
            good += passes_luhn(number);
        } else {
            snprintf(number, sizeof number, "%u", below(100));
        }
        put_line(out, style, number);
    }
    assert_false(out->failed);
    return good;
}

/* --- scanning --- */

struct counts {
    const struct as_detector *first;
    uint64_t *by_detector;
};

static enum as_status on_hit(void *context, const struct as_memory_hit *hit)
{
    struct counts *c = context;
    c->by_detector[hit->detector - c->first] += hit->state == AS_HIT_REPORTED;
    return AS_OK;
}

static struct as_memory_scanner *scanner_of(const char *select)
{
    struct as_memory_scanner_options options;
    struct as_memory_scanner *s = NULL;
    struct as_error err = {0};
    as_memory_scanner_options_init(&options);
    options.select = select;
    if (as_memory_scanner_new(&options, &s, &err) != AS_OK) {
        fail_msg("%s", err.message);
    }
    return s;
}

static void scan(struct as_memory_scanner *s, const char *name, const struct as_strbuf *bytes,
                 struct counts *counts)
{
    struct as_memory_outcome outcome;
    struct as_error err = {0};
    struct as_stream *stream = as_memory_stream_open(bytes->ptr, bytes->len);
    assert_non_null(stream);
    const struct as_memory_scan how = {
        .name = as_slice_of(name), .on_hit = on_hit, .context = counts};
    assert_int_equal(as_memory_scan(s, stream, bytes->len, &how, &outcome, &err), AS_OK);
    assert_int_equal(outcome.coverage, AS_COMPLETE);
    as_stream_close(stream);
}

static uint64_t cards_of(const struct counts *c, const struct as_catalog *catalog)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < catalog->count; i++) {
        if (strncmp(catalog->detectors[i].id, "CREDIT_CARD_NUMBER", 18) == 0) {
            sum += c->by_detector[i];
        }
    }
    return sum;
}

static void numbers_in_logs_are_no_cards(void **state)
{
    (void)state;
    static const char *const selections[] = {"recommended", "all"};
    struct as_strbuf log;
    as_strbuf_init(&log, 4 * MEGABYTE);
    size_t files = megabytes() < 2 * STYLES ? 2 * STYLES : megabytes();
    for (size_t k = 0; k < AS_ARRAY_SIZE(selections); k++) {
        struct as_memory_scanner *s = scanner_of(selections[k]);
        const struct as_catalog *catalog = as_memory_scanner_catalog(s);
        struct counts c = {.first = catalog->detectors};
        uint64_t good = 0;
        c.by_detector = as_calloc(catalog->count, sizeof *c.by_detector);
        assert_non_null(c.by_detector);
        s_state = 0x9E3779B97F4A7C15U;
        for (size_t i = 0; i < files; i++) {
            good += make_log(&log, (unsigned)(i % STYLES), i / STYLES % 2 == 0 ? 1 : 8);
            scan(s, "app.log", &log, &c);
        }
        uint64_t cards = cards_of(&c, catalog);
        print_message("%s: %llu of %llu numbers with a right Luhn digit reported as cards\n",
                      selections[k], (unsigned long long)cards, (unsigned long long)good);
        assert_true(good > 10000);
        assert_true(cards * 1000 < good);
        as_free(c.by_detector);
        as_memory_scanner_free(s);
    }
    as_strbuf_fini(&log);
}

/* --- tokens --- */

static void put_random(struct as_strbuf *out, const char *alphabet, size_t len)
{
    size_t letters = strlen(alphabet);
    for (size_t i = 0; i < len; i++) {
        as_strbuf_putc(out, alphabet[random_below(letters)]);
    }
}

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"

/* Groups of digits, or of digits and capitals, as numbers are written. */
static void put_groups(struct as_strbuf *out, const char *alphabet)
{
    static const char separators[] = " -./";
    char separator = separators[random_below(sizeof separators - 1)];
    size_t groups = 2 + (size_t)random_below(5);
    size_t len = 2 + (size_t)random_below(4);
    for (size_t i = 0; i < groups; i++) {
        if (i != 0) {
            as_strbuf_putc(out, separator);
        }
        put_random(out, alphabet, len);
    }
}

static void put_token(struct as_strbuf *out)
{
    switch (random_below(8)) {
    case 0:
    case 1:
        put_random(out, DIGITS, 4 + (size_t)random_below(21));
        return;
    case 2:
        put_groups(out, DIGITS);
        return;
    case 3:
        put_groups(out, DIGITS UPPER);
        return;
    case 4:
        put_random(out, UPPER, 1 + (size_t)random_below(3));
        put_random(out, DIGITS, 5 + (size_t)random_below(18));
        return;
    case 5:
        put_random(out, DIGITS UPPER, 6 + (size_t)random_below(30));
        return;
    case 6:
        put_random(out, DIGITS UPPER LOWER "+/_-", 16 + (size_t)random_below(60));
        return;
    default:
        put_random(out, "0123456789abcdef", 24 + (size_t)random_below(60));
        return;
    }
}

static void what_is_recommended_is_rare_by_chance(void **state)
{
    (void)state;
    struct as_memory_scanner *s = scanner_of("recommended");
    const struct as_catalog *catalog = as_memory_scanner_catalog(s);
    struct counts c = {.first = catalog->detectors};
    struct as_strbuf text;
    uint64_t tokens = 0;
    as_strbuf_init(&text, 4 * MEGABYTE);
    c.by_detector = as_calloc(catalog->count, sizeof *c.by_detector);
    assert_non_null(c.by_detector);
    s_state = 0xD1B54A32D192ED03U;
    for (size_t i = 0; i < megabytes(); i++) {
        as_strbuf_reset(&text);
        while (text.len < FILE_BYTES) {
            put_token(&text);
            as_strbuf_putc(&text, '\n');
            tokens++;
        }
        assert_false(text.failed);
        scan(s, "tokens.txt", &text, &c);
    }
    uint64_t all = 0;
    unsigned too_often = 0;
    for (uint32_t i = 0; i < catalog->count; i++) {
        bool keyword = catalog->detectors[i].keyword_rule == AS_KEYWORD_REQUIRED;
        bool often = !keyword && c.by_detector[i] * 10000 >= tokens;
        if (often) {
            print_error("%s: %llu of %llu random tokens\n", catalog->detectors[i].id,
                        (unsigned long long)c.by_detector[i], (unsigned long long)tokens);
        }
        too_often += often;
        all += c.by_detector[i];
    }
    assert_int_equal(too_often, 0);
    /* With keywords as short as two letters, random letters make some too. */
    assert_true(all * 1000 < tokens);
    print_message("recommended: %llu of %llu random tokens reported\n", (unsigned long long)all,
                  (unsigned long long)tokens);
    as_free(c.by_detector);
    as_strbuf_fini(&text);
    as_memory_scanner_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_logs_are_no_cards),
        cmocka_unit_test(what_is_recommended_is_rare_by_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
