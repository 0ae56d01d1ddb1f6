/* SPDX-License-Identifier: Apache-2.0
 * Building and asking the keyword index (keyword_index.h).
 *
 * Keys. A keyword is entered under its first byte and the ASCII letters that follow at once, four
 * bytes at most, each | 0x20 to fold case; every other form of those bytes (a blank as ' ', '_',
 * '-' or nothing, a first letter whose cases differ by more) is entered as well. Words of text get
 * their key likewise, so "ssn:" and "ssn" share one. What a keyword of two or three letters may be
 * followed by in camelCase is set in the bitmap only. A first byte of 0x80 and above takes four
 * bytes as they are. Only the full comparison decides.
 */
#include "scan/keyword_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "scan/letter_case.h"

#define BUCKETS 4096U
/* In the key of an entry of fewer than four bytes: ' ', '_' or '-' follows. Most words are done
 * with by this: "id" is the beginning of many keywords, but only before a blank. */
#define BLANK_FOLLOWS 0x80000000U
#define ENTRIES_MAX (1U << 22)

struct keyword_builder {
    struct as_keyword_index *x;
    size_t texts_len;
    size_t entries_cap;
    size_t keywords_cap;
};

/* --- comparing --- */

/* Whether the blank of a keyword stands for this byte. */
static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '_' || c == '-';
}

/* End of keyword k in text when it stands at `at`, boundaries not yet checked; 0 when not. */
static size_t match_text(const struct as_keyword_index *x, const struct as_keyword *k,
                         const uint8_t *text, size_t len, size_t at)
{
    const uint8_t *word = (const uint8_t *)x->texts + k->text;
    size_t i = 0;
    while (i < k->len) {
        if (word[i] == ' ') {
            at += at < len && is_blank(text[at]) ? 1 : 0;
            i++;
            continue;
        }
        if (at >= len) {
            return 0;
        }
        if (word[i] < 0x80) {
            uint8_t c = text[at];
            c = (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            if (c != word[i]) {
                return 0;
            }
            i++;
            at++;
            continue;
        }
        uint32_t want = 0;
        uint32_t have = 0;
        i += as_utf8_decode(word + i, k->len - i, &want);
        unsigned bytes = as_utf8_decode(text + at, len - at, &have);
        if (bytes == 0 || as_letter_fold(have) != want) {
            return 0;
        }
        at += bytes;
    }
    return at;
}

/* No word boundary between two characters: letters that belong together. */
static bool joined(uint32_t before, uint32_t after)
{
    if (!as_letter_is(before) || !as_letter_is(after)) {
        return before >= '0' && before <= '9' && after >= '0' && after <= '9';
    }
    bool camel = as_letter_fold(before) == before && as_letter_fold(after) != after;
    return !camel;
}

static bool starts_word(const uint8_t *text, size_t len, size_t at)
{
    if (at == 0) {
        return true;
    }
    uint32_t after = as_char_at(text, len, at);
    uint32_t before = text[at - 1] < 0x80 ? text[at - 1] : as_char_before(text, at);
    return !joined(before, after);
}

static bool ends_word(const uint8_t *text, size_t len, size_t at)
{
    return at == len || !joined(as_char_before(text, at), as_char_at(text, len, at));
}

/* What the entries of a bucket are compared with. */
struct word {
    const uint8_t *text;
    size_t len;
    size_t at;
    uint64_t head; /* eight bytes at `at`, | 0x20; blanks beyond the text */
    as_keyword_fn *found;
    void *context;
};

/* Whether the letter behind the keyword's first blank is there: most keywords of two words fail
 * here.
 */
static bool second_fits(const struct word *w, const struct as_keyword_entry *entry)
{
    size_t at = w->at + entry->head_len;
    at += at < w->len && is_blank(w->text[at]) ? 1 : 0;
    return at < w->len && (w->text[at] | 0x20U) == entry->second;
}

static void match_bucket(const struct as_keyword_index *x, uint32_t key, const struct word *w)
{
    uint32_t bucket = as_keyword_hash(key) >> 20;
    for (uint32_t e = x->buckets[bucket]; e < x->buckets[bucket + 1]; e++) {
        const struct as_keyword_entry *entry = &x->entries[e];
        if ((w->head & entry->mask) != entry->head || entry->key != key) {
            continue;
        }
        if (entry->second != 0 && !second_fits(w, entry)) {
            continue;
        }
        size_t end = match_text(x, &x->keywords[entry->keyword], w->text, w->len, w->at);
        if (end != 0 && starts_word(w->text, w->len, w->at) && ends_word(w->text, w->len, end)) {
            w->found(w->context, entry->keyword, w->at, end);
        }
    }
}

static bool is_ascii_letter(uint8_t c)
{
    return (c | 32U) >= 'a' && (c | 32U) <= 'z';
}

/* Eight bytes at `at`; those beyond the text are blanks. */
static uint64_t bytes_at(const uint8_t *text, size_t len, size_t at)
{
    uint64_t bytes = UINT64_C(0x2020202020202020);
    if (AS_LIKELY(len - at >= sizeof bytes)) {
        memcpy(&bytes, text + at, sizeof bytes);
    } else {
        memcpy(&bytes, text + at, len - at);
    }
    return bytes;
}

/* The key of the word that starts with these bytes. */
static uint32_t key_of(uint64_t bytes)
{
    unsigned letters = (unsigned)is_ascii_letter((uint8_t)(bytes >> 8)) |
                       (unsigned)is_ascii_letter((uint8_t)(bytes >> 16)) << 1 |
                       (unsigned)is_ascii_letter((uint8_t)(bytes >> 24)) << 2;
    return as_keyword_key((uint32_t)bytes, letters);
}

void as_keyword_match(const struct as_keyword_index *x, const uint8_t *text, size_t len, size_t at,
                      uint32_t key, as_keyword_fn *found, void *context)
{
    uint64_t bytes = bytes_at(text, len, at);
    struct word w = {.text = text,
                     .len = len,
                     .at = at,
                     .head = bytes | UINT64_C(0x2020202020202020),
                     .found = found,
                     .context = context};
    match_bucket(x, key, &w);
    if (text[at] >= 0x80) {
        return;
    }
    unsigned letters = 4U - ((unsigned)__builtin_clz(key) >> 3);
    if (letters < 4 && is_blank((uint8_t)(bytes >> (8 * letters)))) {
        match_bucket(x, key | BLANK_FOLLOWS, &w);
    }
    /* A shorter keyword ends here only before a capital: camelCase. */
    if (x->has_short[3] && key > 0xffffffU && (text[at + 3] & 0x20U) == 0) {
        match_bucket(x, key & 0xffffffU, &w);
    }
    if (x->has_short[2] && key > 0xffffU && (text[at + 2] & 0x20U) == 0) {
        match_bucket(x, key & 0xffffU, &w);
    }
}

/* Whether words are looked for at text[at]: a superset of word starts. */
static bool may_start(const struct as_keyword_index *x, const uint8_t *text, size_t at)
{
    uint8_t c = text[at];
    uint8_t before = at == 0 ? ' ' : text[at - 1];
    if (is_ascii_letter(c)) {
        return !is_ascii_letter(before) || ((c & 0x20U) == 0 && (before & 0x20U) != 0);
    }
    return (c >= 0xC0 && x->high_starts) ||
           (c >= '0' && c <= '9' && x->digit_starts && !(before >= '0' && before <= '9'));
}

void as_keyword_scan(const struct as_keyword_index *x, const uint8_t *text, size_t len, size_t from,
                     size_t to, as_keyword_fn *found, void *context)
{
    for (size_t at = from; at < to; at++) {
        if (!may_start(x, text, at)) {
            continue;
        }
        uint32_t key = key_of(bytes_at(text, len, at));
        if (as_keyword_maybe(x, key)) {
            as_keyword_match(x, text, len, at, key, found, context);
        }
    }
}

/* --- building --- */

static void set_bit(struct as_keyword_index *x, uint32_t key)
{
    uint32_t h = as_keyword_hash(key) >> x->shift;
    x->bitmap[h >> 6] |= 1ULL << (h & 63U);
}

/* The key and, where letters may follow in camelCase, what they make of it. */
static void set_bits(struct as_keyword_index *x, uint32_t key, unsigned known, bool ends)
{
    set_bit(x, key);
    for (uint32_t c = 'a'; ends && known < 4 && c <= 'z'; c++) {
        set_bits(x, key | c << (8 * known), known + 1, true);
    }
}

/* `ends`: the keyword has no byte after the known ones. */
static enum as_status add_entry(struct keyword_builder *b, uint32_t key, unsigned known, bool ends)
{
    struct as_keyword_index *x = b->x;
    uint32_t keyword = x->keyword_count - 1;
    if (ends && known < 4) {
        x->has_short[known] = true;
    }
    set_bits(x, key, known, ends);
    for (uint32_t i = x->entry_count; i > 0 && x->entries[i - 1].keyword == keyword; i--) {
        if (x->entries[i - 1].key == key) {
            return AS_OK;
        }
    }
    if (x->entry_count == b->entries_cap) {
        size_t cap = b->entries_cap * 2 + 256;
        struct as_keyword_entry *grown =
            cap > ENTRIES_MAX ? NULL : as_realloc(x->entries, cap, sizeof *grown);
        if (grown == NULL) {
            return AS_E_NO_MEMORY;
        }
        x->entries = grown;
        b->entries_cap = cap;
    }
    struct as_keyword_entry *entry = &x->entries[x->entry_count++];
    *entry = (struct as_keyword_entry){.key = key, .keyword = keyword};
    const struct as_keyword *k = &x->keywords[keyword];
    const char *text = x->texts + k->text;
    for (unsigned i = 0; i < 8 && i < k->len && text[i] != ' ' && (uint8_t)text[i] < 0x80; i++) {
        entry->head |= ((uint64_t)(uint8_t)text[i] | 0x20U) << (8 * i);
        entry->mask |= UINT64_C(0xff) << (8 * i);
        entry->head_len++;
    }
    uint8_t second = entry->head_len + 1U < k->len ? (uint8_t)text[entry->head_len + 1] : 0x80;
    if (entry->head_len < k->len && text[entry->head_len] == ' ' && second < 0x80) {
        entry->second = second | 0x20U;
    }
    return AS_OK;
}

/* Enters every form of an ASCII keyword: `key` holds the `known` bytes before `word`. */
static enum as_status add_forms(struct keyword_builder *b, uint32_t key, unsigned known,
                                const uint8_t *word, size_t len)
{
    if (known == 4 || len == 0) {
        return add_entry(b, key, known, len == 0);
    }
    if (word[0] == ' ') {
        set_bit(b->x, key);
        AS_TRY(add_entry(b, key | BLANK_FOLLOWS, known, false));
        return add_forms(b, key, known, word + 1, len - 1);
    }
    if (known != 0 && !is_ascii_letter(word[0])) {
        return add_entry(b, key, known, false);
    }
    uint32_t c = word[0] | 0x20U;
    return add_forms(b, key | c << (8 * known), known + 1, word + 1, len - 1);
}

/* Enters every form of a keyword that starts with a letter beyond ASCII: its first four bytes, as
 * far as it has them, in both cases. Shorter ones would need every byte that may follow. */
static enum as_status add_high_forms(struct keyword_builder *b, uint32_t key, unsigned known,
                                     const uint8_t *word, size_t len)
{
    if (known == 4) {
        return add_entry(b, key, 4, false);
    }
    if (len == 0) {
        return AS_E_USAGE;
    }
    if (word[0] == ' ') {
        for (const char *c = " _-"; *c != '\0'; c++) {
            uint32_t with = key | ((uint32_t)(uint8_t)*c | 0x20U) << (8 * known);
            AS_TRY(add_high_forms(b, with, known + 1, word + 1, len - 1));
        }
        return add_high_forms(b, key, known, word + 1, len - 1);
    }
    uint32_t c = 0;
    unsigned bytes = as_utf8_decode(word, len, &c);
    uint32_t forms[2] = {c, as_letter_upper(c)};
    for (unsigned f = 0; f < 2 && (f == 0 || forms[1] != c); f++) {
        uint8_t utf8[4];
        unsigned n = as_utf8_encode(forms[f], utf8);
        uint32_t with = key;
        unsigned at = known;
        for (unsigned i = 0; i < n && at < 4; i++, at++) {
            with |= ((uint32_t)utf8[i] | 0x20U) << (8 * at);
        }
        AS_TRY(add_high_forms(b, with, at, word + bytes, len - bytes));
    }
    return AS_OK;
}

/* Folds `word` to texts: lower case, single blanks. Its length. */
static uint16_t fold_text(struct keyword_builder *b, const char *word)
{
    uint8_t *out = (uint8_t *)b->x->texts + b->texts_len;
    size_t len = strlen(word);
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        uint32_t c = 0;
        unsigned bytes = as_utf8_decode((const uint8_t *)word + i, len - i, &c);
        if (bytes == 0) {
            return 0;
        }
        i += bytes;
        if (c == ' ' && (n == 0 || out[n - 1] == ' ' || i == len)) {
            continue;
        }
        uint8_t utf8[4];
        unsigned encoded = as_utf8_encode(as_letter_fold(c), utf8);
        memcpy(out + n, utf8, encoded);
        n += encoded;
    }
    return (uint16_t)n;
}

static uint32_t find_keyword(const struct as_keyword_index *x, const char *text, size_t len)
{
    for (uint32_t i = 0; i < x->keyword_count; i++) {
        if (x->keywords[i].len == len && memcmp(x->texts + x->keywords[i].text, text, len) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

static enum as_status add_keyword(struct keyword_builder *b, const char *word, uint16_t number)
{
    struct as_keyword_index *x = b->x;
    if (strlen(word) > AS_KEYWORD_BYTES_MAX) {
        return AS_E_USAGE;
    }
    uint16_t len = fold_text(b, word);
    const char *text = x->texts + b->texts_len;
    if (len < 2) {
        return AS_E_USAGE;
    }
    uint8_t first = (uint8_t)text[0];
    if (!as_letter_is(as_char_at((const uint8_t *)text, len, 0)) && first < 0x80 &&
        (first < '0' || first > '9')) {
        return AS_E_USAGE;
    }
    uint32_t keyword = find_keyword(x, text, len);
    if (keyword == UINT32_MAX) {
        keyword = x->keyword_count++;
        x->keywords[keyword] = (struct as_keyword){
            .text = (uint32_t)b->texts_len, .len = len, .set = keyword * x->set_words};
        x->longest = len > x->longest ? len : x->longest;
        x->digit_starts = x->digit_starts || (first >= '0' && first <= '9');
        x->high_starts = x->high_starts || first >= 0x80;
        AS_TRY(first < 0x80 ? add_forms(b, 0, 0, (const uint8_t *)text, len)
                            : add_high_forms(b, 0, 0, (const uint8_t *)text, len));
        b->texts_len += len;
    }
    x->longest_of[number] = len > x->longest_of[number] ? len : x->longest_of[number];
    x->letters_of[number] |= is_ascii_letter(first) ? 1U << (first & 31U) : UINT32_MAX;
    x->sets[x->keywords[keyword].set + number / 64] |= 1ULL << (number % 64);
    x->keywords[keyword].mask |= 1ULL << (number % 63);
    return AS_OK;
}

static int by_bucket(const void *a, const void *b)
{
    const struct as_keyword_entry *x = a;
    const struct as_keyword_entry *y = b;
    uint32_t p = as_keyword_hash(x->key) >> 20;
    uint32_t q = as_keyword_hash(y->key) >> 20;
    if (p != q) {
        return p < q ? -1 : 1;
    }
    return (x->keyword > y->keyword) - (x->keyword < y->keyword);
}

static void fill_buckets(struct as_keyword_index *x)
{
    if (x->entry_count != 0) {
        qsort(x->entries, x->entry_count, sizeof *x->entries, by_bucket);
    }
    uint32_t e = 0;
    for (uint32_t i = 0; i <= BUCKETS; i++) {
        while (e < x->entry_count && as_keyword_hash(x->entries[e].key) >> 20 < i) {
            e++;
        }
        x->buckets[i] = e;
    }
}

static bool is_keyworded(const struct as_detector *d, uint8_t enabled)
{
    return enabled && d->keyword_rule != AS_KEYWORD_NONE && d->keywords != NULL &&
           *d->keywords != NULL;
}

/* Numbers the keyworded detectors and allocates by what they need. */
static enum as_status prepare(struct as_keyword_index *x, const struct as_detector *detectors,
                              uint32_t count, const uint8_t *enabled)
{
    x->number_of = as_calloc((size_t)count + 1, sizeof *x->number_of);
    if (x->number_of == NULL) {
        return AS_E_NO_MEMORY;
    }
    size_t words = 0;
    size_t bytes = 1;
    for (uint32_t i = 0; i < count; i++) {
        x->number_of[i] = UINT16_MAX;
        if (!is_keyworded(&detectors[i], enabled[i])) {
            continue;
        }
        x->number_of[i] = (uint16_t)x->detectors++;
        for (const char *const *k = detectors[i].keywords; *k != NULL; k++) {
            words++;
            bytes += 2 * strlen(*k) + 4; /* folding may lengthen a letter by a byte */
        }
        x->distance_max = detectors[i].keyword_distance > x->distance_max
                              ? detectors[i].keyword_distance
                              : x->distance_max;
    }
    x->longest_of = as_calloc((size_t)x->detectors + 1, sizeof *x->longest_of);
    x->letters_of = as_calloc((size_t)x->detectors + 1, sizeof *x->letters_of);
    x->set_words = (x->detectors + 63) / 64;
    unsigned bits = 15;
    while (bits < 18 && words << 7 > (size_t)1 << bits) {
        bits++;
    }
    x->shift = 32 - bits;
    x->bitmap = as_calloc((1U << bits) / 64, sizeof *x->bitmap);
    x->buckets = as_calloc(BUCKETS + 1, sizeof *x->buckets);
    x->keywords = as_calloc(words + 1, sizeof *x->keywords);
    x->sets = as_calloc(words + 1, (x->set_words + 1) * sizeof *x->sets);
    x->texts = as_calloc(bytes + AS_KEYWORD_BYTES_MAX, 1);
    return x->longest_of == NULL || x->letters_of == NULL || x->bitmap == NULL ||
                   x->buckets == NULL || x->keywords == NULL || x->sets == NULL || x->texts == NULL
               ? AS_E_NO_MEMORY
               : AS_OK;
}

static enum as_status fill(struct keyword_builder *b, const struct as_detector *detectors,
                           uint32_t count, struct as_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        if (b->x->number_of[i] == UINT16_MAX) {
            continue;
        }
        for (const char *const *k = detectors[i].keywords; *k != NULL; k++) {
            enum as_status status = add_keyword(b, *k, b->x->number_of[i]);
            if (status == AS_E_USAGE) {
                return as_fail(
                    err, status,
                    "%s: keyword \"%s\" is not 2 to %u bytes of UTF-8 (4 and more beyond "
                    "ASCII) that start with a letter or digit",
                    detectors[i].id, *k, AS_KEYWORD_BYTES_MAX);
            }
            if (status != AS_OK) {
                return as_fail(err, status, "no memory for keywords");
            }
        }
    }
    fill_buckets(b->x);
    return AS_OK;
}

enum as_status as_keyword_index_init(struct as_keyword_index *x,
                                     const struct as_detector *detectors, uint32_t count,
                                     const uint8_t *enabled, struct as_error *err)
{
    *x = (struct as_keyword_index){0};
    struct keyword_builder b = {.x = x};
    enum as_status status = prepare(x, detectors, count, enabled);
    if (status != AS_OK) {
        (void)as_fail(err, status, "no memory for keywords");
    } else {
        status = fill(&b, detectors, count, err);
    }
    if (status != AS_OK) {
        as_keyword_index_fini(x);
    }
    return status;
}

void as_keyword_index_fini(struct as_keyword_index *x)
{
    as_free(x->bitmap);
    as_free(x->buckets);
    as_free(x->entries);
    as_free(x->keywords);
    as_free(x->texts);
    as_free(x->sets);
    as_free(x->number_of);
    as_free(x->longest_of);
    as_free(x->letters_of);
    *x = (struct as_keyword_index){0};
}
