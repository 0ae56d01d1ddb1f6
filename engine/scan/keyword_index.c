/* SPDX-License-Identifier: Apache-2.0
 * Building and asking the keyword index (keyword_index.h).
 *
 * Keys. A word of text has the key of its first byte and the ASCII letters that follow at once,
 * eight bytes at most, each | 0x20 to fold case. A keyword is entered under the key of every form
 * that those bytes can have: up to a blank that stands for ' ', '_', '-' or a change of case, or
 * without it. A first byte of 0x80 and above takes four bytes as they are. Only the full comparison
 * decides. */
#include "scan/keyword_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "scan/letter_case.h"

#define ENTRIES_MAX (1U << 22)

struct keyword_builder {
    struct as_keyword_index *x;
    size_t texts_len;
    size_t entries_cap;
    size_t keywords_cap;
};

/* --- comparing --- */

static bool is_ascii_letter(uint8_t c)
{
    return (c | 32U) >= 'a' && (c | 32U) <= 'z';
}

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

/* ASCII letters that belong together. */
static bool ascii_joined(uint8_t before, uint8_t after)
{
    return is_ascii_letter(before) && is_ascii_letter(after) &&
           ((before & 0x20U) == 0 || (after & 0x20U) != 0);
}

/* A boundary at `at`, which is neither the text's start nor its end. */
static bool is_boundary(const uint8_t *text, size_t len, size_t at)
{
    uint8_t before = text[at - 1];
    uint8_t after = text[at];
    if (AS_LIKELY((before | after) < 0x80)) {
        bool digits = before >= '0' && before <= '9' && after >= '0' && after <= '9';
        return !digits && !ascii_joined(before, after);
    }
    uint32_t last = before < 0x80 ? before : as_char_before(text, at);
    return !joined(last, as_char_at(text, len, at));
}

static bool starts_word(const uint8_t *text, size_t len, size_t at)
{
    return at == 0 || is_boundary(text, len, at);
}

static bool ends_word(const uint8_t *text, size_t len, size_t at)
{
    return at == len || is_boundary(text, len, at);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Whether text[start, end), a short keyword, is a piece of a hash or the like: 3f2cc7, cc5024a84.
 * A number behind it alone (ssn2) leaves it a word. Limit: longer runs of digits are numbers. */
#define HEX_DIGITS_MAX 32U
static bool is_in_hex(const uint8_t *text, size_t len, size_t start, size_t end)
{
    if (start != 0 && is_digit(text[start - 1])) {
        return true;
    }
    size_t at = end;
    while (at < len && at - end <= HEX_DIGITS_MAX && is_digit(text[at])) {
        at++;
    }
    return at != end && at < len && is_ascii_letter(text[at]);
}

/* The boundaries of keyword k, found at text[start, end). */
static bool stands_alone(const struct as_keyword *k, struct as_slice text, size_t start, size_t end)
{
    return starts_word(text.ptr, text.len, start) && ends_word(text.ptr, text.len, end) &&
           !(k->is_short && is_in_hex(text.ptr, text.len, start, end));
}

/* What goes on at bytes[0, len) behind a key, one blank passed over: an ASCII byte | 0x20, HIGH for
 * any other, 0 at the end. Most keywords of two words fail here. */
#define NEXT_HIGH 0x80U
static uint8_t next_of(const uint8_t *bytes, size_t len)
{
    size_t at = len != 0 && is_blank(bytes[0]) ? 1 : 0;
    return at == len ? 0 : bytes[at] >= 0x80 ? NEXT_HIGH : bytes[at] | 0x20U;
}

static bool has_pair(const struct as_keyword_index *x, uint64_t key, uint8_t next)
{
    uint64_t h = as_keyword_hash(as_keyword_hash(key) + next) >> x->shift;
    return (x->pairs[h >> 6] >> (h & 63U) & 1U) != 0;
}

static size_t key_bytes(uint64_t key)
{
    return 8 - (unsigned)__builtin_clzll(key) / 8;
}

void as_keyword_match(const struct as_keyword_index *x, struct as_slice text, size_t at,
                      uint64_t key, as_keyword_fn *found, void *context)
{
    size_t behind = at + key_bytes(key);
    uint8_t next = behind < text.len ? next_of(text.ptr + behind, text.len - behind) : 0;
    if (!has_pair(x, key, 0) && !has_pair(x, key, next)) {
        return;
    }
    uint64_t bucket = as_keyword_hash(key) >> x->bucket_shift;
    for (uint32_t e = x->buckets[bucket]; e < x->buckets[bucket + 1]; e++) {
        const struct as_keyword_entry *entry = &x->entries[e];
        if (entry->key != key || (entry->next != 0 && entry->next != next)) {
            continue;
        }
        const struct as_keyword *k = &x->keywords[entry->keyword];
        size_t end = entry->is_whole && behind <= text.len
                         ? behind
                         : match_text(x, k, text.ptr, text.len, at);
        if (end != 0 && stands_alone(k, text, at, end)) {
            found(context, entry->keyword, at, end);
        }
    }
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

static void match_key(const struct as_keyword_index *x, struct as_slice text, size_t at,
                      uint64_t key, as_keyword_fn *found, void *context)
{
    if (as_keyword_maybe(x->bitmap, x->shift, key) ||
        as_keyword_maybe(x->bitmap_rest, x->shift, key)) {
        as_keyword_match(x, text, at, key, found, context);
    }
}

/* All keys of the word at `at`. */
static void match_word(const struct as_keyword_index *x, struct as_slice text, size_t at,
                       as_keyword_fn *found, void *context)
{
    uint64_t bytes = bytes_at(text.ptr, text.len, at);
    if (text.ptr[at] >= 0x80) {
        match_key(x, text, at, as_keyword_key(bytes, AS_KEY_HIGH_BYTES), found, context);
        return;
    }
    unsigned letters = 1;
    while (letters < AS_KEY_LETTERS && is_ascii_letter((uint8_t)(bytes >> 8 * letters))) {
        uint8_t before = (uint8_t)(bytes >> 8 * (letters - 1));
        if (!ascii_joined(before, (uint8_t)(bytes >> 8 * letters))) {
            match_key(x, text, at, as_keyword_key(bytes, letters), found, context);
        }
        letters++;
    }
    match_key(x, text, at, as_keyword_key(bytes, letters), found, context);
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

void as_keyword_scan(const struct as_keyword_index *x, struct as_slice text, size_t from, size_t to,
                     as_keyword_fn *found, void *context)
{
    for (size_t at = from; at < to; at++) {
        if (may_start(x, text.ptr, at)) {
            match_word(x, text, at, found, context);
        }
    }
}

/* --- building --- */

/* `rest`: what goes on in the keyword behind the key; len 0: nothing, or not known. */
static enum as_status add_entry(struct keyword_builder *b, uint64_t key, const uint8_t *rest,
                                size_t len)
{
    struct as_keyword_index *x = b->x;
    uint32_t keyword = x->keyword_count - 1;
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
    bool blanks = len > 1 && is_blank(rest[0]) && is_blank(rest[1]);
    entry->next = len == 0 || blanks ? 0 : next_of(rest, len);
    uint64_t h = as_keyword_hash(as_keyword_hash(key) + entry->next) >> x->shift;
    x->pairs[h >> 6] |= UINT64_C(1) << (h & 63U);
    const struct as_keyword *k = &x->keywords[keyword];
    entry->is_whole = key_bytes(key) == k->len;
    for (unsigned i = 0; i < k->len; i++) {
        entry->is_whole = entry->is_whole && is_ascii_letter((uint8_t)x->texts[k->text + i]);
    }
    return AS_OK;
}

/* Enters every form of an ASCII keyword: `key` holds the `known` bytes before `word`. */
static enum as_status add_forms(struct keyword_builder *b, uint64_t key, unsigned known,
                                const uint8_t *word, size_t len)
{
    if (known == AS_KEY_LETTERS || len == 0) {
        return add_entry(b, key, word, len);
    }
    if (word[0] == ' ') {
        AS_TRY(add_entry(b, key, word, len));
        return add_forms(b, key, known, word + 1, len - 1);
    }
    if (known != 0 && !is_ascii_letter(word[0])) {
        return add_entry(b, key, word, len);
    }
    return add_forms(b, key | ((uint64_t)word[0] | 0x20U) << (8 * known), known + 1, word + 1,
                     len - 1);
}

/* Enters every form of a keyword that starts with a letter beyond ASCII: its first four bytes, as
 * far as it has them, in both cases. Shorter ones would need every byte that may follow. */
static enum as_status add_high_forms(struct keyword_builder *b, uint64_t key, unsigned known,
                                     const uint8_t *word, size_t len)
{
    if (known == 4) {
        return add_entry(b, key, word, 0);
    }
    if (len == 0) {
        return AS_E_USAGE;
    }
    if (word[0] == ' ') {
        enum as_status blanks = add_high_forms(b, key, known, word + 1, len - 1);
        for (const char *c = " _-"; blanks == AS_OK && *c != '\0'; c++) {
            uint64_t with = key | ((uint64_t)(uint8_t)*c | 0x20U) << (8 * known);
            blanks = add_high_forms(b, with, known + 1, word + 1, len - 1);
        }
        return blanks;
    }
    uint32_t c = 0;
    unsigned bytes = as_utf8_decode(word, len, &c);
    uint32_t forms[2] = {c, as_letter_upper(c)};
    enum as_status status = AS_OK;
    for (unsigned f = 0; status == AS_OK && f < 2 && (f == 0 || forms[1] != c); f++) {
        uint8_t utf8[4];
        unsigned n = as_utf8_encode(forms[f], utf8);
        uint64_t with = key;
        unsigned at = known;
        for (unsigned i = 0; i < n && at < 4; i++, at++) {
            with |= ((uint64_t)utf8[i] | 0x20U) << (8 * at);
        }
        status = add_high_forms(b, with, at, word + bytes, len - bytes);
    }
    return status;
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

static bool is_short(const char *text, size_t len)
{
    bool ascii = true;
    for (size_t i = 0; i < len; i++) {
        ascii = ascii && (uint8_t)text[i] < 0x80;
    }
    return ascii && len <= 3;
}

static enum as_status add_keyword(struct keyword_builder *b, const char *word, uint16_t number,
                                  bool required)
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
        x->keywords[keyword] = (struct as_keyword){.text = (uint32_t)b->texts_len,
                                                   .len = len,
                                                   .set = keyword * x->set_words,
                                                   .is_short = is_short(text, len)};
        x->longest = len > x->longest ? len : x->longest;
        x->digit_starts = x->digit_starts || (first >= '0' && first <= '9');
        x->high_starts = x->high_starts || first >= 0x80;
        AS_TRY(first < 0x80 ? add_forms(b, 0, 0, (const uint8_t *)text, len)
                            : add_high_forms(b, 0, 0, (const uint8_t *)text, len));
        b->texts_len += len;
    }
    x->sets[x->keywords[keyword].set + number / 64] |= 1ULL << (number % 64);
    x->keywords[keyword].mask |= 1ULL << (number % 62);
    x->keywords[keyword].required = x->keywords[keyword].required || required;
    return AS_OK;
}

static int by_hash(const void *a, const void *b)
{
    const struct as_keyword_entry *x = a;
    const struct as_keyword_entry *y = b;
    uint64_t p = as_keyword_hash(x->key);
    uint64_t q = as_keyword_hash(y->key);
    if (p != q) {
        return p < q ? -1 : 1;
    }
    return (x->keyword > y->keyword) - (x->keyword < y->keyword);
}

/* And the sieves. */
static enum as_status fill_buckets(struct as_keyword_index *x)
{
    unsigned bits = 8;
    while (bits < 20 && (uint32_t)1 << bits < x->entry_count) {
        bits++;
    }
    uint32_t buckets = (uint32_t)1 << bits;
    x->bucket_shift = 64 - bits;
    x->buckets = as_calloc((size_t)buckets + 1, sizeof *x->buckets);
    if (x->buckets == NULL) {
        return AS_E_NO_MEMORY;
    }
    if (x->entry_count != 0) {
        qsort(x->entries, x->entry_count, sizeof *x->entries, by_hash);
    }
    uint32_t e = 0;
    for (uint32_t i = 0; i <= buckets; i++) {
        while (e < x->entry_count && as_keyword_hash(x->entries[e].key) >> x->bucket_shift < i) {
            e++;
        }
        x->buckets[i] = e;
    }
    for (e = 0; e < x->entry_count; e++) {
        uint64_t h = as_keyword_hash(x->entries[e].key) >> x->shift;
        bool required = x->keywords[x->entries[e].keyword].required;
        (required ? x->bitmap : x->bitmap_rest)[h >> 6] |= UINT64_C(1) << (h & 63U);
    }
    return AS_OK;
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
    x->set_words = (x->detectors + 63) / 64;
    unsigned bits = 15;
    while (bits < 18 && words << 7 > (size_t)1 << bits) {
        bits++;
    }
    x->shift = 64 - bits;
    x->bitmap = as_calloc((1U << bits) / 64, sizeof *x->bitmap);
    x->bitmap_rest = as_calloc((1U << bits) / 64, sizeof *x->bitmap_rest);
    x->pairs = as_calloc((1U << bits) / 64, sizeof *x->pairs);
    x->keywords = as_calloc(words + 1, sizeof *x->keywords);
    x->sets = as_calloc(words + 1, (x->set_words + 1) * sizeof *x->sets);
    x->texts = as_calloc(bytes + AS_KEYWORD_BYTES_MAX, 1);
    return x->bitmap == NULL || x->bitmap_rest == NULL || x->pairs == NULL || x->keywords == NULL ||
                   x->sets == NULL || x->texts == NULL
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
            enum as_status status = add_keyword(b, *k, b->x->number_of[i],
                                                detectors[i].keyword_rule == AS_KEYWORD_REQUIRED);
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
    return fill_buckets(b->x) == AS_OK ? AS_OK
                                       : as_fail(err, AS_E_NO_MEMORY, "no memory for keywords");
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
    as_free(x->bitmap_rest);
    as_free(x->pairs);
    as_free(x->buckets);
    as_free(x->entries);
    as_free(x->keywords);
    as_free(x->texts);
    as_free(x->sets);
    as_free(x->number_of);
    *x = (struct as_keyword_index){0};
}
