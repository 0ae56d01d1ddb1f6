/* SPDX-License-Identifier: Apache-2.0
 * One pack: `format: 1`, `family`, and `detectors`, a list of definitions whose keys are the fields
 * of fields.c and `like: ID`, which starts from an earlier definition of the same pack (all but its
 * examples). Every message names file and line; an unknown, missing, repeated or mistyped key is an
 * error, so that a typing mistake can never switch a rule off in silence. */
#include "pack/read.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "pack/fields.h"
#include "pack/pack.h"
#include "pack/validate.h"
#include "pack/yaml_tree.h"

struct reader {
    const char *name;
    const char *family;
    struct as_pack_list *list;
    size_t first; /* index of this pack's first definition */
    struct as_error *err;
};

enum as_status as_pack_list_add(struct as_pack_list *list, const struct as_detector *d,
                                struct as_error *err)
{
    if (list->count == AS_DETECTORS_MAX) {
        return as_fail(err, AS_E_LIMIT, "more than %u detectors", AS_DETECTORS_MAX);
    }
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 64 : list->cap * 2;
        struct as_detector *items = as_realloc(list->items, cap, sizeof *items);
        if (items == NULL) {
            return as_fail(err, AS_E_NO_MEMORY, "out of memory");
        }
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = *d;
    return AS_OK;
}

void as_pack_list_fini(struct as_pack_list *list)
{
    as_free(list->items);
    list->items = NULL;
    list->count = 0;
    list->cap = 0;
}

static enum as_status refuse(const struct reader *r, const struct as_yaml_node *node,
                             const char *key, const char *what)
{
    return as_fail(r->err, AS_E_USAGE, "%s:%zu: %.60s: %s", r->name, node->line, key, what);
}

static const struct as_yaml_node *lookup(const struct as_yaml_node *mapping, const char *key)
{
    for (const struct as_yaml_node *k = mapping->children; k != NULL; k = k->next->next) {
        if (strcmp(k->text, key) == 0) {
            return k->next;
        }
    }
    return NULL;
}

/* A decimal number with an optional sign, at most nine digits. */
static bool parse_number(const struct as_yaml_node *node, long *out)
{
    const char *p = node->text;
    bool negative = *p == '-';
    p += negative ? 1 : 0;
    size_t digits = strlen(p);
    if (!node->plain || digits == 0 || digits > 9) {
        return false;
    }
    long value = 0;
    for (; *p != '\0'; p++) {
        if (*p < '0' || *p > '9') {
            return false;
        }
        value = value * 10 + (*p - '0');
    }
    *out = negative ? -value : value;
    return true;
}

static bool parse_word(const char *text, const char *const *words, int *out)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool parse_severity(const struct as_yaml_node *node, enum as_severity *out)
{
    static const char *const words[] = {"Low", "Medium", "High", NULL};
    int index;
    if (node == NULL || node->kind != AS_YAML_SCALAR || !parse_word(node->text, words, &index)) {
        return false;
    }
    *out = (enum as_severity)(index + AS_SEVERITY_LOW);
    return true;
}

static bool set_severity(struct as_detector *d, const struct as_yaml_node *node)
{
    enum as_severity s[3];
    if (node->kind == AS_YAML_SCALAR) {
        if (!parse_severity(node, &s[0])) {
            return false;
        }
        s[1] = s[0];
        s[2] = s[0];
    } else {
        const struct as_yaml_node *item = node->children;
        if (node->kind != AS_YAML_SEQUENCE || node->count != 3) {
            return false;
        }
        for (size_t i = 0; i < 3; i++, item = item->next) {
            if (!parse_severity(item, &s[i])) {
                return false;
            }
        }
    }
    memcpy(d->severity, s, sizeof s);
    return true;
}

static enum as_status set_list(const struct reader *r, void *to, const struct as_field *f,
                               const struct as_yaml_node *node)
{
    if (node->kind != AS_YAML_SEQUENCE) {
        return refuse(r, node, f->name, "a list is needed");
    }
    if (node->count > (size_t)f->max) {
        return refuse(r, node, f->name, "the list is too long");
    }
    const char **list = as_pack_arena_alloc(r->list->arena, node->count + 1, sizeof *list);
    if (list == NULL) {
        return as_fail(r->err, AS_E_NO_MEMORY, "%s: out of memory", r->name);
    }
    size_t i = 0;
    for (const struct as_yaml_node *item = node->children; item != NULL; item = item->next) {
        if (item->kind != AS_YAML_SCALAR) {
            return refuse(r, item, f->name, "the list takes texts only");
        }
        list[i++] = item->text;
    }
    memcpy(to, &list, sizeof list);
    return AS_OK;
}

static enum as_status set_number(const struct reader *r, void *to, const struct as_field *f,
                                 const struct as_yaml_node *node)
{
    long value;
    const char *t = node->text;
    if (f->type == AS_FIELD_PARAMETER && node->len == 2 && t[0] >= 'A' && t[0] <= 'Z' &&
        t[1] >= 'A' && t[1] <= 'Z') {
        value = t[0] * 256L + t[1];
    } else if (!parse_number(node, &value) || value < f->min || value > f->max) {
        return as_fail(r->err, AS_E_USAGE, "%s:%zu: %s: a number from %ld to %ld is needed",
                       r->name, node->line, f->name, f->min, f->max);
    }
    int stored = (int)value;
    memcpy(to, &stored, sizeof stored);
    return AS_OK;
}

static enum as_status set_scalar(const struct reader *r, void *to, const struct as_field *f,
                                 const struct as_yaml_node *node)
{
    int value;
    if (node->kind != AS_YAML_SCALAR) {
        return refuse(r, node, f->name, "a single value is needed");
    }
    switch (f->type) {
    case AS_FIELD_TEXT:
        if (node->len > (size_t)f->max) {
            return refuse(r, node, f->name, "the text is too long");
        }
        memcpy(to, &node->text, sizeof node->text);
        return AS_OK;
    case AS_FIELD_BOOL:
        if (!node->plain || (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0)) {
            return refuse(r, node, f->name, "true or false is needed");
        }
        *(bool *)to = node->text[0] == 't';
        return AS_OK;
    case AS_FIELD_ENUM:
        if (!parse_word(node->text, f->words, &value)) {
            return refuse(r, node, f->name, "unknown word");
        }
        memcpy(to, &value, sizeof value);
        return AS_OK;
    case AS_FIELD_UNSIGNED:
    case AS_FIELD_INT:
    case AS_FIELD_PARAMETER:
        return set_number(r, to, f, node);
    case AS_FIELD_LIST:
    case AS_FIELD_SEVERITY:
        break;
    }
    return as_fail(r->err, AS_E_BUG, "field %s is no scalar", f->name);
}

static enum as_status set_field(const struct reader *r, struct as_detector *d,
                                const struct as_field *f, const struct as_yaml_node *node)
{
    if (f->type == AS_FIELD_LIST) {
        return set_list(r, (char *)d + f->offset, f, node);
    }
    if (f->type == AS_FIELD_SEVERITY) {
        return set_severity(d, node)
                   ? AS_OK
                   : refuse(r, node, f->name, "Low, Medium or High is needed, or a list of three");
    }
    return set_scalar(r, (char *)d + f->offset, f, node);
}

/* The definition to start from: the defaults, or the one that `like` names. */
static enum as_status begin(const struct reader *r, const struct as_yaml_node *mapping,
                            struct as_detector *d)
{
    const struct as_yaml_node *like = lookup(mapping, "like");
    if (like == NULL) {
        *d = (struct as_detector){
            .revision = 1,
            .category = AS_CUSTOM_IDENTIFIER,
            .countries = "Any",
            .severity = {AS_SEVERITY_MEDIUM, AS_SEVERITY_MEDIUM, AS_SEVERITY_MEDIUM},
            .keyword_distance = 30};
        return AS_OK;
    }
    if (like->kind != AS_YAML_SCALAR) {
        return refuse(r, like, "like", "an id is needed");
    }
    for (size_t i = r->first; i < r->list->count; i++) {
        if (strcmp(r->list->items[i].id, like->text) == 0) {
            *d = r->list->items[i];
            d->id = NULL;
            d->examples_hit = NULL;
            d->examples_miss = NULL;
            return AS_OK;
        }
    }
    return refuse(r, like, "like", "no earlier definition of this pack has that id");
}

/* What has no default, unless it came by `like`. */
static enum as_status require(const struct reader *r, const struct as_yaml_node *mapping,
                              const struct as_detector *d)
{
    const char *missing = NULL;
    bool like = lookup(mapping, "like") != NULL;
    if (d->id == NULL) {
        missing = "id";
    } else if (d->title == NULL) {
        missing = "title";
    } else if (d->source == NULL) {
        missing = "source";
    } else if (!like && lookup(mapping, "nominator") == NULL) {
        missing = "nominator";
    } else if (d->min_bytes == 0) {
        missing = "min_bytes";
    } else if (d->max_bytes == 0) {
        missing = "max_bytes";
    }
    return missing == NULL ? AS_OK : refuse(r, mapping, missing, "is missing");
}

static enum as_status bind_check(const struct reader *r, const struct as_yaml_node *mapping,
                                 struct as_detector *d)
{
    if (d->check_name == NULL) {
        return AS_OK;
    }
    const struct as_yaml_node *at = lookup(mapping, "check");
    at = at == NULL ? mapping : at;
    const struct as_check *check = as_check_find(d->check_name);
    if (check == NULL) {
        return refuse(r, at, "check", "no check of that name is built in");
    }
    if (check->nominator != d->nominator) {
        return refuse(r, at, "check", "this check belongs to another nominator");
    }
    d->check = check->check;
    return AS_OK;
}

static enum as_status finish(const struct reader *r, const struct as_yaml_node *mapping,
                             struct as_detector *d)
{
    AS_TRY(require(r, mapping, d));
    AS_TRY(bind_check(r, mapping, d));
    const char *wrong = as_detector_validate(d);
    if (wrong != NULL) {
        return refuse(r, mapping, d->id, wrong);
    }
    for (size_t i = 0; i < r->list->count; i++) {
        if (strcmp(r->list->items[i].id, d->id) == 0) {
            return refuse(r, mapping, d->id, "this id is already taken");
        }
    }
    as_detector_hash(d);
    if (d->hash[0] == '\0') {
        return as_fail(r->err, AS_E_NO_MEMORY, "%s: out of memory", r->name);
    }
    return as_pack_list_add(r->list, d, r->err);
}

static enum as_status read_definition(const struct reader *r, const struct as_yaml_node *mapping)
{
    if (mapping->kind != AS_YAML_MAPPING) {
        return refuse(r, mapping, "detectors", "each definition is a mapping");
    }
    struct as_detector d;
    AS_TRY(begin(r, mapping, &d));
    d.family = r->family;
    for (const struct as_yaml_node *k = mapping->children; k != NULL; k = k->next->next) {
        if (strcmp(k->text, "like") == 0) {
            continue;
        }
        const struct as_field *f = as_field_find(k->text);
        if (f == NULL) {
            return refuse(r, k, k->text, "unknown key");
        }
        AS_TRY(set_field(r, &d, f, k->next));
    }
    return finish(r, mapping, &d);
}

static enum as_status read_family(struct reader *r, const struct as_yaml_node *root)
{
    const struct as_yaml_node *family = lookup(root, "family");
    r->family = "custom";
    if (family == NULL) {
        return AS_OK;
    }
    if (family->kind != AS_YAML_SCALAR || family->len == 0 || family->len > 40 ||
        strspn(family->text, "abcdefghijklmnopqrstuvwxyz-") != family->len) {
        return refuse(r, family, "family", "a word in lower case is needed");
    }
    r->family = family->text;
    return AS_OK;
}

static enum as_status read_head(struct reader *r, const struct as_yaml_node *root,
                                const struct as_yaml_node **out_detectors)
{
    if (root->kind != AS_YAML_MAPPING) {
        return refuse(r, root, "pack", "a mapping with format, family and detectors is needed");
    }
    for (const struct as_yaml_node *k = root->children; k != NULL; k = k->next->next) {
        if (strcmp(k->text, "format") != 0 && strcmp(k->text, "family") != 0 &&
            strcmp(k->text, "detectors") != 0) {
            return refuse(r, k, k->text, "unknown key");
        }
    }
    const struct as_yaml_node *format = lookup(root, "format");
    if (format == NULL || format->kind != AS_YAML_SCALAR || strcmp(format->text, "1") != 0) {
        return refuse(r, format == NULL ? root : format, "format", "format: 1 is needed");
    }
    const struct as_yaml_node *detectors = lookup(root, "detectors");
    if (detectors == NULL || detectors->kind != AS_YAML_SEQUENCE || detectors->count == 0) {
        return refuse(r, detectors == NULL ? root : detectors, "detectors",
                      "a list of definitions is needed");
    }
    *out_detectors = detectors;
    return read_family(r, root);
}

enum as_status as_pack_read(struct as_slice yaml, const char *name, struct as_pack_list *list,
                            struct as_error *err)
{
    if (yaml.len > AS_PACK_BYTES_MAX) {
        return as_fail(err, AS_E_USAGE, "%s: larger than %u bytes", name, AS_PACK_BYTES_MAX);
    }
    struct reader r = {.name = name, .list = list, .first = list->count, .err = err};
    struct as_yaml_node *root = NULL;
    AS_TRY(as_yaml_tree_parse(yaml, name, list->arena, &root, err));
    const struct as_yaml_node *detectors = NULL;
    AS_TRY(read_head(&r, root, &detectors));
    assert(detectors != NULL);
    for (const struct as_yaml_node *d = detectors->children; d != NULL; d = d->next) {
        AS_TRY(read_definition(&r, d));
    }
    return AS_OK;
}
