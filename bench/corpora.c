/* SPDX-License-Identifier: Apache-2.0
 * See corpora.h. A line writer a corpus, over a small pseudo-random generator (xorshift64*, public
 * domain algorithm of S. Vigna) with a fixed seed. No figure of a bench depends on anything outside
 * this file. */
#include "bench/corpora.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"

#define LINE_MAX_BYTES 1024U

struct source {
    uint64_t random;
    uint64_t row;
    const char *plant; /* a phrase to place in this line, or NULL */
};

static uint64_t next(struct source *s)
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * 0x2545F4914F6CDD1DULL;
}

static unsigned below(struct source *s, unsigned limit)
{
    return (unsigned)((next(s) >> 33) % limit);
}

#define PICK(s, list) ((list)[below(s, (unsigned)AS_ARRAY_SIZE(list))])

static const char *const first_names[] = {"Maria", "John", "Wei",  "Fatima", "Ivan", "Aisha",
                                          "Pedro", "Anna", "Liam", "Noor",   "Yuki", "Sven",
                                          "Chloe", "Omar", "Rosa", "Hugo"};
static const char *const last_names[] = {"Silva",  "Smith", "Chen",  "Khan",   "Petrov", "Okafor",
                                         "Garcia", "Novak", "Brown", "Haddad", "Tanaka", "Lindt",
                                         "Martin", "Farah", "Costa", "Weber"};
static const char *const cities[] = {"Lisbon", "Austin", "Leeds",  "Lyon",
                                     "Bremen", "Turin",  "Gdansk", "Porto"};
static const char *const words[] = {"order",  "shipped", "late",    "account", "refund", "customer",
                                    "called", "about",   "credit",  "note",    "number", "invoice",
                                    "please", "address", "changed", "by",      "birth",  "of",
                                    "tax",    "office",  "social",  "media",   "card",   "holder"};
static const char *const paths[] = {"/api/v2/orders", "/static/js/app.4f3c.js",
                                    "/login",         "/images/logo.png",
                                    "/search",        "/cart/items",
                                    "/health",        "/api/v2/users"};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "curl/7.88.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "Go-http-client/1.1"};
static const char *const levels[] = {"info", "warn", "debug", "error"};
static const char *const services[] = {"checkout", "billing", "search", "gateway"};
static const char *const identifiers[] = {"buffer", "offset",  "handler", "request", "config",
                                          "result", "session", "parser",  "length",  "context",
                                          "status", "index",   "client",  "record"};
static const char *const types[] = {"int", "size_t", "char *", "struct node *", "uint32_t", "bool"};

static int phrase(struct source *s, char *out, size_t cap)
{
    int len = 0;
    for (unsigned i = 0, n = 3 + below(s, 6); i < n && (size_t)len < cap; i++) {
        len += snprintf(out + len, cap - (size_t)len, "%s%s", i == 0 ? "" : " ", PICK(s, words));
    }
    return len;
}

static int csv_line(struct source *s, char *out, size_t cap)
{
    char note[256];
    phrase(s, note, sizeof note);
    if (s->row == 0) {
        return snprintf(out, cap,
                        "customer_id,name,city,postcode,signup,orders,balance,reference,note\n");
    }
    return snprintf(out, cap, "%llu,\"%s, %s\",%s,%05u,20%02u-%02u-%02u,%u,%u.%02u,%08x-%04x,%s\n",
                    (unsigned long long)(100000 + s->row), PICK(s, last_names),
                    PICK(s, first_names), PICK(s, cities), below(s, 100000), 10 + below(s, 15),
                    1 + below(s, 12), 1 + below(s, 28), below(s, 300), below(s, 100000),
                    below(s, 100), below(s, 0x7fffffff), below(s, 0xffff),
                    s->plant != NULL ? s->plant : note);
}

static int log_line(struct source *s, char *out, size_t cap)
{
    return snprintf(out, cap,
                    "edge-%02u.%s - - [%02u/Oct/2025:%02u:%02u:%02u +0000] \"GET %s?page=%u&ref=%s "
                    "HTTP/1.1\" %u %u "
                    "\"-\" \"%s\" rt=0.%03u id=%08x%s%s\n",
                    below(s, 40), PICK(s, cities), 1 + below(s, 28), below(s, 24), below(s, 60),
                    below(s, 60), PICK(s, paths), below(s, 500), PICK(s, words),
                    200 + below(s, 5) * 100 % 400, below(s, 90000), PICK(s, agents), below(s, 1000),
                    below(s, 0x7fffffff), s->plant != NULL ? " msg=" : "",
                    s->plant != NULL ? s->plant : "");
}

static int jsonl_line(struct source *s, char *out, size_t cap)
{
    char text[256];
    phrase(s, text, sizeof text);
    return snprintf(
        out, cap,
        "{\"ts\":\"2025-%02u-%02uT%02u:%02u:%02u.%03uZ\",\"level\":\"%s\",\"service\":{\"name\":\"%"
        "s\","
        "\"version\":\"1.%u.%u\"},\"user\":{\"name\":\"%s %s\",\"ref\":%u},\"trace\":\"a%07x%08x\","
        "\"duration_ms\":%u,\"items\":[%u,%u],\"message\":\"%s\"}\n",
        1 + below(s, 12), 1 + below(s, 28), below(s, 24), below(s, 60), below(s, 60),
        below(s, 1000), PICK(s, levels), PICK(s, services), below(s, 20), below(s, 90),
        PICK(s, first_names), PICK(s, last_names), below(s, 1000000), below(s, 0x7fffffff),
        below(s, 0x7fffffff), below(s, 5000), below(s, 100), below(s, 10000),
        s->plant != NULL ? s->plant : text);
}

static int code_line(struct source *s, char *out, size_t cap)
{
    const char *a = PICK(s, identifiers);
    const char *b = PICK(s, identifiers);
    const char *c = PICK(s, identifiers);
    if (s->plant != NULL) {
        return snprintf(out, cap, "    /* %s */\n", s->plant);
    }
    switch (below(s, 8)) {
    case 0:
        return snprintf(out, cap, "static %s %s_%s(%s%s, %s%s)\n{\n", PICK(s, types), a, b,
                        PICK(s, types), b, PICK(s, types), c);
    case 1:
        return snprintf(out, cap,
                        "    if (%s->%s == NULL || %s > %u) {\n        return -1;\n    }\n", a, b,
                        c, below(s, 4096));
    case 2:
        return snprintf(
            out, cap,
            "    for (size_t i = 0; i < %s_%s; i++) {\n        %s[i] = %s(%s, i);\n    }\n", a, b,
            b, c, a);
    case 3:
        return snprintf(
            out, cap, "    /* The %s of the %s is kept until the %s has been read to its end. */\n",
            a, b, c);
    case 4:
        return snprintf(out, cap, "    %s->%s = %s_%s(&%s, 0x%04xu);\n", a, b, b, c, c,
                        below(s, 65536));
    case 5:
        return snprintf(out, cap, "    return %s_%s(%s, sizeof %s);\n}\n\n", a, c, b, b);
    case 6:
        return snprintf(out, cap, "#define %s_%s_MAX %u\n", a, b, below(s, 100000));
    default:
        return snprintf(out, cap, "    log_debug(\"%s: %%s has %%zu of %u\", %s, %s);\n", a,
                        below(s, 256), b, c);
    }
}

/* The last digit that makes `digits` pass Luhn (ISO/IEC 7812-1 annex B). */
static unsigned luhn_digit(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned d = (unsigned)(digits[count - 1 - i] - '0');
        d = i % 2 == 0 ? d * 2 : d;
        sum += d > 9 ? d - 9 : d;
    }
    return (10 - sum % 10) % 10;
}

static void plant_card(struct source *s, char *out, size_t cap)
{
    char digits[17] = "4539";
    for (unsigned i = 4; i < 15; i++) {
        digits[i] = (char)('0' + below(s, 10));
    }
    digits[15] = (char)('0' + luhn_digit(digits, 15));
    digits[16] = '\0';
    snprintf(out, cap, "credit card %s", digits);
}

static void plant_iban(struct source *s, char *out, size_t cap)
{
    /* DE: 18 digits, then the letters D (13) and E (14) and 00; check = 98 - n mod 97 (ISO 13616).
     */
    char digits[19];
    unsigned remainder = 0;
    for (unsigned i = 0; i < 18; i++) {
        digits[i] = (char)('0' + below(s, 10));
        remainder = (remainder * 10 + (unsigned)(digits[i] - '0')) % 97;
    }
    digits[18] = '\0';
    for (const char *tail = "131400"; *tail != '\0'; tail++) {
        remainder = (remainder * 10 + (unsigned)(*tail - '0')) % 97;
    }
    snprintf(out, cap, "iban DE%02u%s", 98 - remainder, digits);
}

static void plant_key(struct source *s, char *out, size_t cap)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char key[17];
    for (unsigned i = 0; i < 16; i++) {
        key[i] = letters[below(s, 32)];
    }
    key[16] = '\0';
    snprintf(out, cap, "access key AKIA%s", key);
}

static void make_plant(struct source *s, uint64_t number, char *out, size_t cap)
{
    switch (number % 4) {
    case 0:
        plant_card(s, out, cap);
        break;
    case 1:
        snprintf(out, cap, "ssn %03u-%02u-%04u", 100 + below(s, 500), 10 + below(s, 80),
                 1000 + below(s, 8000));
        break;
    case 2:
        plant_iban(s, out, cap);
        break;
    default:
        plant_key(s, out, cap);
        break;
    }
}

typedef int line_fn(struct source *s, char *out, size_t cap);

static const struct {
    const char *name;
    const char *file;
    line_fn *line;
} corpora[AS_CORPUS_COUNT] = {
    [AS_CORPUS_CSV] = {"csv", "customers.csv", csv_line},
    [AS_CORPUS_LOG] = {"log", "access.log", log_line},
    [AS_CORPUS_JSONL] = {"jsonl", "events.jsonl", jsonl_line},
    [AS_CORPUS_CODE] = {"code", "main.c", code_line},
};

const char *as_corpus_name(enum as_corpus corpus)
{
    return corpora[corpus].name;
}

const char *as_corpus_file(enum as_corpus corpus)
{
    return corpora[corpus].file;
}

uint64_t as_corpus_fill(enum as_corpus corpus, bool planted, char *out, size_t bytes)
{
    struct source s = {.random = 0x9E3779B97F4A7C15ULL + (uint64_t)corpus};
    struct source plants = {.random = 0xD1B54A32D192ED03ULL};
    char line[LINE_MAX_BYTES];
    char plant[128];
    uint64_t count = 0;
    size_t used = 0;
    for (; used < bytes; s.row++) {
        s.plant = NULL;
        if (planted && used / AS_CORPUS_PLANT_BYTES > count && s.row > 0) {
            make_plant(&plants, count, plant, sizeof plant);
            s.plant = plant;
        }
        int len = corpora[corpus].line(&s, line, sizeof line);
        size_t take = (size_t)len < bytes - used ? (size_t)len : bytes - used;
        memcpy(out + used, line, take);
        used += take;
        count += s.plant != NULL && take == (size_t)len;
    }
    return count;
}
