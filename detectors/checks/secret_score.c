/* SPDX-License-Identifier: Apache-2.0
 * The scorer of secrets: what is left when the rules are through is weighed. Each candidate has
 * some dozens of features (the words of its name, the link, the quotes, the value's shape, how much
 * it reads like language), all of them words under a kind, so that each says by itself why it
 * counts. The score is the sum of their weights (a logistic regression, trained by
 * tools/train_secret_scorer.py on these very functions); a feature that the training did not keep
 * weighs nothing.
 *
 * How much a value reads like language is measured in bits: what its letters cost under a table of
 * letter triples, less what they cost when drawn at random. */
#include <string.h>

#include "detectors/checks/secret.h"
#include "detectors/checks/secret_trigrams.h"
#include "detectors/checks/secret_weights.h"

#define RANDOM_QUARTER_BITS 19 /* 4.7 bits a letter, in quarters */
#define WORD_MAX 24U
#define SHAPE_MAX 8U
#define PLAIN_MAX 64U
#define WORDS_MAX 12U /* of a name, a wrapper or a value */

struct sink {
    as_secret_feature_fn *call;
    void *context;
};

static void put(const struct sink *to, const char *kind, const uint8_t *text, size_t len)
{
    to->call(to->context, kind, text, len);
}

static void put_text(const struct sink *to, const char *kind, const char *text)
{
    put(to, kind, (const uint8_t *)text, strlen(text));
}

/* "kind:a:b:c" for small numbers; each is put as one byte from '0' on. */
static void put_numbers(const struct sink *to, const char *kind, const size_t *n, size_t count)
{
    uint8_t text[8];
    for (size_t i = 0; i < count && i < sizeof text; i++) {
        text[i] = (uint8_t)('0' + (n[i] > 70 ? 70 : n[i]));
    }
    put(to, kind, text, count);
}

static void put_number(const struct sink *to, const char *kind, size_t n)
{
    put_numbers(to, kind, &n, 1);
}

static size_t bucket(size_t n)
{
    static const size_t tops[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,  12,  15,
                                  16, 20, 24, 31, 32, 39, 40, 48, 63, 64, 100, 200, 500};
    size_t i = 0;
    while (i < sizeof tops / sizeof tops[0] && n > tops[i]) {
        i++;
    }
    return i;
}

/* --- the words of a text: letters, split where a capital follows a small letter; digits --- */

static size_t word_end(const uint8_t *s, size_t at, size_t end)
{
    size_t i = at + 1;
    if (is_digit(s[at])) {
        while (i < end && is_digit(s[i])) {
            i++;
        }
        return i;
    }
    while (i < end && is_letter(s[i]) && !(is_upper(s[i]) && !is_upper(s[i - 1])) &&
           !(is_upper(s[i]) && is_upper(s[i - 1]) && i + 1 < end && is_letter(s[i + 1]) &&
             !is_upper(s[i + 1]))) {
        i++;
    }
    return i;
}

static void put_lower(const struct sink *to, const char *kind, const uint8_t *s, size_t len)
{
    uint8_t word[WORD_MAX];
    len = len < WORD_MAX ? len : WORD_MAX;
    for (size_t i = 0; i < len; i++) {
        word[i] = (uint8_t)to_lower(s[i]);
    }
    put(to, kind, word, len);
}

/* Each word under `kind`, the last one under `last` as well when it is not NULL. */
static void put_words(const struct sink *to, const char *kind, const char *last, const uint8_t *s,
                      size_t len)
{
    size_t at = 0;
    size_t from = 0;
    size_t to_end = 0;
    for (size_t words = 0; words < WORDS_MAX && at < len;) {
        if (!is_alnum(s[at])) {
            at++;
            continue;
        }
        size_t end = word_end(s, at, len);
        put_lower(to, kind, s + at, end - at);
        from = at;
        to_end = end;
        at = end;
        words++;
    }
    if (last != NULL && to_end > from) {
        put_lower(to, last, s + from, to_end - from);
    }
}

/* --- the value's measures --- */

struct measures {
    size_t len;
    size_t lower, upper, digits, others, blanks, high;
    size_t distinct;
    size_t turns;  /* changes of class */
    size_t climbs; /* neighbours that count up or repeat: "1234", "aaa" */
    size_t hex;
    size_t letters; /* in runs of three and more, which the table of triples judges */
    int bits;       /* quarters; above zero: random rather than language */
};

static unsigned triple_cost(unsigned a, unsigned b, unsigned c)
{
    return (unsigned)(as_secret_trigrams[a * 27 + b][c] - '0');
}

/* Letters of one run, small or large as they are; an edge on both sides is the blank, 0. */
static void judge_run(const uint8_t *s, size_t len, struct measures *m)
{
    unsigned a = 0;
    unsigned b = 0;
    int cost = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned c = (unsigned)(to_lower(s[i]) - 'a' + 1);
        cost += (int)triple_cost(a, b, c) - RANDOM_QUARTER_BITS;
        a = b;
        b = c;
    }
    if (len >= 3) {
        m->bits += cost;
        m->letters += len;
    }
}

static int class_of(int c)
{
    return is_upper(c) ? 1 : is_letter(c) ? 2 : is_digit(c) ? 3 : c >= 0x80 ? 5 : 4;
}

static void count_byte(const uint8_t *s, size_t i, struct measures *m)
{
    int c = s[i];
    int class = class_of(c);
    m->upper += class == 1 ? 1 : 0;
    m->lower += class == 2 ? 1 : 0;
    m->digits += class == 3 ? 1 : 0;
    m->others += class == 4 ? 1 : 0;
    m->high += class == 5 ? 1 : 0;
    m->blanks += c == ' ' ? 1 : 0;
    m->hex += is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') ? 1 : 0;
    if (i > 0) {
        m->turns += class != class_of(s[i - 1]) ? 1 : 0;
        m->climbs += c == s[i - 1] || c == s[i - 1] + 1 ? 1 : 0;
    }
}

static void measure(const uint8_t *s, size_t len, struct measures *m)
{
    uint64_t seen[4] = {0};
    *m = (struct measures){.len = len};
    for (size_t i = 0; i < len; i++) {
        uint64_t bit = (uint64_t)1 << (s[i] & 63);
        m->distinct += (seen[s[i] >> 6] & bit) == 0 ? 1 : 0;
        seen[s[i] >> 6] |= bit;
        count_byte(s, i, m);
    }
    for (size_t at = 0; at < len;) {
        if (!is_letter(s[at])) {
            at++;
            continue;
        }
        size_t end = word_end(s, at, len);
        judge_run(s + at, end - at, m);
        at = end;
    }
}

/* Random rather than language, in steps of two bits around 20. */
static size_t bits_step(const struct measures *m)
{
    int step = m->bits / 8 + 20;
    return step < 0 ? 0 : step > 40 ? 40 : (size_t)step;
}

/* The same, by letter. */
static size_t bits_share(const struct measures *m)
{
    if (m->letters == 0) {
        return 0;
    }
    int share = m->bits / (int)m->letters + 20;
    return share < 1 ? 1 : share > 50 ? 50 : (size_t)share / 2;
}

static size_t classes(const struct measures *m)
{
    return (m->lower > 0 ? 1U : 0) | (m->upper > 0 ? 2U : 0) | (m->digits > 0 ? 4U : 0) |
           (m->others > 0 ? 8U : 0);
}

/* Classes in their order, repeats folded: "Summer24!" is "Aa0" and '!' itself. */
static size_t shape_of(const uint8_t *s, size_t len, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n < SHAPE_MAX; i++) {
        static const uint8_t signs[] = {' ', 'A', 'a', '0', ' ', 'u'};
        int class = class_of(s[i]);
        uint8_t sign = class == 4 ? s[i] : signs[class];
        if (n == 0 || out[n - 1] != sign) {
            out[n++] = sign;
        }
    }
    return n;
}

static void value_features(const struct sink *to, const uint8_t *s, const struct measures *m,
                           size_t name)
{
    uint8_t shape[SHAPE_MAX];
    uint8_t sign;
    size_t step = bits_step(m);
    size_t share = bits_share(m);
    size_t kinds = classes(m);
    size_t len = bucket(m->len);
    put_number(to, "length", len);
    put_number(to, "classes", kinds);
    put_number(to, "bits", step);
    put_number(to, "bits by letter", share);
    put_numbers(to, "bits, classes", (size_t[]){step / 3, kinds}, 2);
    put_numbers(to, "bits, name", (size_t[]){step / 3, name}, 2);
    put_numbers(to, "classes, length", (size_t[]){kinds, len / 2}, 2);
    put_numbers(to, "name, classes", (size_t[]){name, kinds}, 2);
    put_numbers(to, "name, length", (size_t[]){name, len / 2}, 2);
    put_number(to, "capitals", bucket(m->upper));
    put_number(to, "signs", bucket(m->others));
    put_number(to, "blanks", m->blanks);
    put_number(to, "beyond ascii", bucket(m->high));
    put_number(to, "distinct", bucket(m->distinct));
    put_number(to, "turns", m->turns * 10 / m->len);
    put_number(to, "counting", m->climbs * 10 / m->len);
    put_number(to, "letters in words", m->letters * 5 / m->len);
    if (m->hex == m->len) {
        put_numbers(to, "hex", (size_t[]){len, m->digits * 6 / m->len}, 2);
    }
    put(to, "shape", shape, shape_of(s, m->len, shape));
    put(to, "first", s, 1);
    put(to, "final", s + m->len - 1, 1);
    for (size_t i = 0, n = 0; i < m->len && n < 16; i++) {
        if (class_of(s[i]) == 4) {
            sign = s[i];
            put(to, "sign", &sign, 1);
            n++;
        }
    }
    put_words(to, "value word", NULL, s, m->len);
    put_lower(to, "value", s, m->len);
}

/* --- the surroundings --- */

static const char *stem_group(const struct as_value *v, const struct as_secret *s, size_t *out)
{
    static const char *const groups[] = {"pass", "kennwort",   "contrase", "senha", "pwd",
                                         "_pw",  "identified", "secret",   "token", "key",
                                         "auth", "cred",       "nonce",    "sign",  "ticket"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        size_t k = 0;
        while (groups[i][k] != '\0' && to_lower(byte_at(v, s->stem + k)) == groups[i][k]) {
            k++;
        }
        if (groups[i][k] == '\0') {
            *out = i < 7 ? 0 : i - 6;
            return groups[i < 4 ? 0 : i];
        }
    }
    *out = 20;
    return "other";
}

static void line_features(const struct sink *to, const struct as_value *v,
                          const struct as_secret *s)
{
    size_t start = s->line;
    while (start < s->name_start && (v->text[start] == ' ' || v->text[start] == '\t')) {
        start++;
    }
    put(to, "line begins", v->text + start, 1);
    put_number(to, "own line", start == s->name_start ? 1 : 0);
    size_t from = s->name_start > start + 40 ? s->name_start - 40 : start;
    put_words(to, "before", NULL, v->text + from, s->name_start - from);
    uint8_t before = (uint8_t)(s->name_start > 0 ? v->text[s->name_start - 1] : '\n');
    put(to, "beside name", &before, 1);
    size_t end = s->value_end + s->escapes + (s->quote != 0 ? 1 : 0);
    uint8_t after = (uint8_t)byte_at(v, end);
    put(to, "after", &after, 1);
    size_t limit = end;
    while (limit < end + 30 && limit < v->text_len && v->text[limit] != '\n') {
        limit++;
    }
    put_words(to, "behind", NULL, v->text + (end < limit ? end : limit),
              end < limit ? limit - end : 0);
}

static void syntax_features(const struct sink *to, const struct as_value *v,
                            const struct as_secret *s, const struct measures *m, size_t name)
{
    uint8_t shape[SHAPE_MAX + 2] = {(uint8_t)('0' + s->link), (uint8_t)(s->quote == 0 ? '-' : '+')};
    size_t quoted = s->quote == 0 ? 0 : s->quote == '"' ? 1 : s->quote == '\'' ? 2 : 3;
    put_number(to, "link", s->link);
    put_number(to, "quote", quoted);
    put_number(to, "escapes", s->escapes);
    put_number(to, "name quoted", s->name_quote != 0 ? 1 : 0);
    put_numbers(to, "link, quote, name", (size_t[]){s->link, quoted, name}, 3);
    put_numbers(to, "link, quote, quoted", (size_t[]){s->link, quoted, s->name_quote != 0}, 3);
    put_numbers(to, "link, quote, bits", (size_t[]){s->link, quoted, bits_step(m) / 3}, 3);
    put_numbers(to, "quote, classes", (size_t[]){quoted, classes(m)}, 2);
    put(to, "link, shape", shape, 2 + shape_of(v->text + s->value_start, m->len, shape + 2));
    put_number(to, "wrapped", s->wrap_end > s->wrap_start ? 1 : 0);
    put_words(to, "wrapper", NULL, v->text + s->wrap_start, s->wrap_end - s->wrap_start);
}

static void name_features(const struct sink *to, const struct as_value *v,
                          const struct as_secret *s)
{
    const uint8_t *name = v->text + s->name_start;
    size_t len = s->name_end - s->name_start;
    size_t tail = s->name_end - s->stem_end;
    put_words(to, "name", "last of name", name, len);
    put_lower(to, "name from stem", v->text + s->stem, s->name_end - s->stem);
    put_number(to, "tail", bucket(tail));
    put_lower(to, "whole name", name, len);
    bool capitals = true;
    for (size_t i = 0; i < len; i++) {
        capitals = capitals && (!is_letter(name[i]) || is_upper(name[i]));
    }
    put_number(to, "name in capitals", capitals ? 1 : 0);
}

/* Whether the value says its own name ("password", "my-token"). */
static bool says_name(const struct as_value *v, const struct as_secret *s)
{
    size_t n = s->stem_end - s->stem;
    for (size_t i = s->value_start; i + n <= s->value_end; i++) {
        size_t k = 0;
        while (k < n && to_lower(v->text[i + k]) == to_lower(v->text[s->stem + k])) {
            k++;
        }
        if (k == n) {
            return true;
        }
    }
    return false;
}

/* Letters and digits in small letters, so that "api-key" is "ApiKey". */
static size_t plain(const uint8_t *s, size_t len, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n < PLAIN_MAX; i++) {
        if (is_alnum(s[i])) {
            out[n++] = (uint8_t)to_lower(s[i]);
        }
    }
    return n;
}

static bool has_part(const uint8_t *s, size_t len, const uint8_t *part, size_t part_len)
{
    for (size_t i = 0; i + part_len <= len; i++) {
        if (memcmp(s + i, part, part_len) == 0) {
            return true;
        }
    }
    return false;
}

/* How much the value repeats its name: 2 the same, 1 a part of the other. */
static size_t likeness(const struct as_value *v, const struct as_secret *s)
{
    uint8_t name[PLAIN_MAX];
    uint8_t value[PLAIN_MAX];
    size_t name_len = plain(v->text + s->name_start, s->name_end - s->name_start, name);
    size_t value_len = plain(v->text + s->value_start, s->value_end - s->value_start, value);
    if (name_len < 3 || value_len < 3) {
        return 0;
    }
    bool in_name = has_part(name, name_len, value, value_len);
    bool in_value = has_part(value, value_len, name, name_len);
    return in_name && in_value ? 2 : in_name || in_value ? 1 : 0;
}

/* A user's name or address shortly before. */
static bool has_user(const struct as_value *v, const struct as_secret *s)
{
    size_t at = s->name_start > 100 ? s->name_start - 100 : 0;
    for (; at + 5 <= s->name_start; at++) {
        static const char *const words[] = {"user", "login", "email", "uid"};
        for (size_t i = 0; i < 4; i++) {
            size_t k = 0;
            while (words[i][k] != '\0' && to_lower(v->text[at + k]) == words[i][k]) {
                k++;
            }
            if (words[i][k] == '\0') {
                return true;
            }
        }
    }
    return false;
}

void as_secret_features(const struct as_value *v, const struct as_secret *s,
                        as_secret_feature_fn *sink, void *context)
{
    struct sink to = {.call = sink, .context = context};
    struct measures m;
    size_t name;
    const char *stem = stem_group(v, s, &name);
    measure(v->text + s->value_start, s->value_end - s->value_start, &m);
    put_text(&to, "always", "");
    put_text(&to, "stem", stem);
    put_number(&to, "says name", says_name(v, s) ? 1 : 0);
    put_numbers(&to, "like name", (size_t[]){likeness(v, s), s->quote != 0}, 2);
    put_numbers(&to, "user before", (size_t[]){has_user(v, s) ? 1 : 0, name}, 2);
    name_features(&to, v, s);
    syntax_features(&to, v, s, &m, name);
    line_features(&to, v, s);
    value_features(&to, v->text + s->value_start, &m, name);
}

/* FNV-1a, 32 bits, over the kind, a colon and the text. */
static uint32_t hash_of(const char *kind, const uint8_t *text, size_t len)
{
    uint32_t h = 2166136261U;
    for (; *kind != '\0'; kind++) {
        h = (h ^ (uint8_t)*kind) * 16777619U;
    }
    h = (h ^ (uint8_t)':') * 16777619U;
    for (size_t i = 0; i < len; i++) {
        h = (h ^ text[i]) * 16777619U;
    }
    return h;
}

static void add_weight(void *context, const char *kind, const uint8_t *text, size_t len)
{
    int *score = context;
    uint32_t h = hash_of(kind, text, len);
    size_t end = as_secret_weights_first[(h >> 23) + 1];
    for (size_t i = as_secret_weights_first[h >> 23]; i < end; i++) {
        if (as_secret_weights[i].feature == h) {
            *score += as_secret_weights[i].weight;
            return;
        }
    }
}

int as_secret_score(const struct as_value *v, const struct as_secret *s)
{
    int score = 0;
    as_secret_features(v, s, add_weight, &score);
    return score;
}
