/* SPDX-License-Identifier: Apache-2.0
 * The table of fields and the canonical form: for every hashed field, in table order,
 * `name=` and each value as `LENGTH:bytes,`, then a newline. Order, comments and layout of the file
 * do not change it; a change of any rule does. */
#include "pack/fields.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static const char *const category_words[] = {"CREDENTIALS", "FINANCIAL_INFORMATION",
                                             "PERSONAL_INFORMATION", "CUSTOM_IDENTIFIER", NULL};
static const char *const nominator_words[] = {"shape",   "anchor",    "run",
                                              "pattern", "hex_colon", NULL};
static const char *const keyword_words[] = {"none", "raises", "required", "absent", NULL};
static const char *const strength_words[] = {"none", "structure", "digit", "strong", "proof", NULL};

#define AT(member) offsetof(struct as_detector, member)
#define TEXT(member, bytes, hashed)                                                                \
    {                                                                                              \
#member, AS_FIELD_TEXT, AT(member), 0, bytes, NULL, hashed                                 \
    }
#define LIST(member, items, hashed)                                                                \
    {                                                                                              \
#member, AS_FIELD_LIST, AT(member), 0, items, NULL, hashed                                 \
    }
#define BOOL(member)                                                                               \
    {                                                                                              \
#member, AS_FIELD_BOOL, AT(member), 0, 1, NULL, true                                       \
    }
#define UNSIGNED(member, min, max)                                                                 \
    {                                                                                              \
#member, AS_FIELD_UNSIGNED, AT(member), min, max, NULL, true                               \
    }
#define ENUM(member, words)                                                                        \
    {                                                                                              \
#member, AS_FIELD_ENUM, AT(member), 0, 0, words, true                                      \
    }

const struct as_field as_fields[] = {
    TEXT(id, 96, true),
    UNSIGNED(revision, 1, 1000000),
    TEXT(title, 160, false),
    ENUM(category, category_words),
    TEXT(countries, 2000, true),
    {"severity", AS_FIELD_SEVERITY, AT(severity), 0, 0, NULL, true},
    BOOL(macie),
    BOOL(recommended),
    BOOL(macie_recommended),
    ENUM(nominator, nominator_words),
    LIST(shapes, 64, true),
    TEXT(separators, 8, true),
    BOOL(separators_equal),
    LIST(anchors, 256, true),
    BOOL(anchors_caseless),
    LIST(forms, 64, true),
    TEXT(pattern, 4096, true),
    BOOL(pattern_caseless),
    UNSIGNED(min_bytes, 1, 65536),
    UNSIGNED(max_bytes, 1, 65536),
    {"check", AS_FIELD_TEXT, AT(check_name), 0, 64, NULL, true},
    {"parameter", AS_FIELD_PARAMETER, AT(parameter), 0, 65535, NULL, true},
    ENUM(strength, strength_words),
    ENUM(keyword_rule, keyword_words),
    LIST(keywords, 4096, true),
    UNSIGNED(keyword_distance, 1, 300),
    LIST(test_values, 4096, true),
    LIST(placeholders, 4096, true),
    LIST(excludes, 4096, true),
    {"confidence", AS_FIELD_INT, AT(confidence), -100, 100, NULL, true},
    TEXT(source, 1000, false),
    LIST(examples_hit, 64, false),
    LIST(examples_miss, 64, false),
    {NULL, AS_FIELD_TEXT, 0, 0, 0, NULL, false}};

const struct as_field *as_field_find(const char *name)
{
    for (const struct as_field *f = as_fields; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

static const void *at(const struct as_detector *d, const struct as_field *f)
{
    return (const char *)d + f->offset;
}

const char *as_field_text(const struct as_detector *d, const struct as_field *f)
{
    const char *text;
    memcpy(&text, at(d, f), sizeof text);
    return text;
}

const char *const *as_field_list(const struct as_detector *d, const struct as_field *f)
{
    const char *const *list;
    memcpy(&list, at(d, f), sizeof list);
    return list;
}

int as_field_enum(const struct as_detector *d, const struct as_field *f)
{
    static_assert(sizeof(enum as_category) == sizeof(int) &&
                      sizeof(enum as_strength) == sizeof(int),
                  "enums are read as int");
    int value;
    memcpy(&value, at(d, f), sizeof value);
    return value;
}

static void hash_value(struct as_sha256 *h, const char *value, size_t len)
{
    char head[32];
    int n = snprintf(head, sizeof head, "%zu:", len);
    as_sha256_update(h, head, (size_t)n);
    as_sha256_update(h, value, len);
    as_sha256_update(h, ",", 1);
}

static void hash_number(struct as_sha256 *h, int64_t number)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRId64, number);
    hash_value(h, text, (size_t)n);
}

static void hash_unsigned(struct as_sha256 *h, const void *from)
{
    unsigned value;
    memcpy(&value, from, sizeof value);
    hash_number(h, value);
}

static void hash_field(struct as_sha256 *h, const struct as_detector *d, const struct as_field *f)
{
    switch (f->type) {
    case AS_FIELD_TEXT: {
        const char *text = as_field_text(d, f);
        if (text != NULL) {
            hash_value(h, text, strlen(text));
        }
        return;
    }
    case AS_FIELD_LIST: {
        const char *const *list = as_field_list(d, f);
        for (; list != NULL && *list != NULL; list++) {
            hash_value(h, *list, strlen(*list));
        }
        return;
    }
    case AS_FIELD_BOOL:
        hash_number(h, *(const unsigned char *)at(d, f));
        return;
    case AS_FIELD_UNSIGNED:
    case AS_FIELD_PARAMETER:
        hash_unsigned(h, at(d, f));
        return;
    case AS_FIELD_INT:
    case AS_FIELD_ENUM:
        hash_number(h, as_field_enum(d, f));
        return;
    case AS_FIELD_SEVERITY:
        for (size_t i = 0; i < 3; i++) {
            hash_number(h, d->severity[i]);
        }
        return;
    }
}

void as_detector_hash(struct as_detector *d)
{
    struct as_sha256 *h = as_sha256_new();
    if (h == NULL) {
        d->hash[0] = '\0'; /* the caller reports it: a hash is never empty */
        return;
    }
    for (const struct as_field *f = as_fields; f->name != NULL; f++) {
        if (!f->hashed) {
            continue;
        }
        as_sha256_update(h, f->name, strlen(f->name));
        as_sha256_update(h, "=", 1);
        hash_field(h, d, f);
        as_sha256_update(h, "\n", 1);
    }
    uint8_t digest[AS_SHA256_SIZE];
    as_sha256_finish(h, digest);
    as_hex(digest, sizeof digest, d->hash);
}
