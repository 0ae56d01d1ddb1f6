/* SPDX-License-Identifier: Apache-2.0
 * libyaml's event interface into a tree. Events and not libyaml's own documents: a document would
 * follow aliases, and a file of nested aliases grows without bound ("billion laughs").
 *
 * A stack of open collections, at most AS_YAML_DEPTH_MAX, holds the place where the next child
 * goes; there is no recursion. Test: tests/unit/pack/test_pack_parse.c,
 * tests/fuzz/pack/fuzz_pack.c. */
#include "pack/yaml_tree.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

struct level {
    struct as_yaml_node *node;
    struct as_yaml_node **tail; /* where the next child is linked */
    size_t children;
};

struct builder {
    const char *name;
    struct as_pack_arena *arena;
    struct as_error *err;
    struct level levels[AS_YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
    struct as_yaml_node *root;
    bool ended;
};

static enum as_status refuse(const struct builder *b, const yaml_mark_t *mark, const char *what)
{
    return as_fail(b->err, AS_E_USAGE, "%s:%zu: %s", b->name, mark->line + 1, what);
}

static enum as_status refuse_duplicate_key(const struct builder *b, const struct level *level,
                                           const struct as_yaml_node *key)
{
    const struct as_yaml_node *other = level->node->children;
    if (level->node->count >= AS_YAML_KEYS_MAX) {
        return as_fail(b->err, AS_E_USAGE, "%s:%zu: too many keys", b->name, key->line);
    }
    for (; other != key; other = other->next->next) { /* `key` was linked, so it is reached */
        if (other->len == key->len && memcmp(other->text, key->text, key->len) == 0) {
            return as_fail(b->err, AS_E_USAGE, "%s:%zu: key '%.60s' stands twice", b->name,
                           key->line, key->text);
        }
    }
    return AS_OK;
}

/* Links a new node below the open collection, or makes it the root. */
static enum as_status add(struct builder *b, const yaml_event_t *event, enum as_yaml_kind kind,
                          struct as_yaml_node **out)
{
    if (++b->nodes > AS_YAML_NODES_MAX) {
        return refuse(b, &event->start_mark, "too many values");
    }
    struct as_yaml_node *node = as_pack_arena_alloc(b->arena, 1, sizeof *node);
    if (node == NULL) {
        return as_fail(b->err, AS_E_NO_MEMORY, "%s: out of memory", b->name);
    }
    node->kind = kind;
    node->line = event->start_mark.line + 1;
    if (b->depth == 0) {
        if (b->root != NULL) {
            return refuse(b, &event->start_mark, "more than one document");
        }
        b->root = node;
    } else {
        struct level *level = &b->levels[b->depth - 1];
        assert(level->node != NULL); /* a collection is linked before it is opened */
        bool key = level->node->kind == AS_YAML_MAPPING && level->children % 2 == 0;
        if (key && kind != AS_YAML_SCALAR) {
            return refuse(b, &event->start_mark, "a key must be a plain word");
        }
        *level->tail = node;
        level->tail = &node->next;
        level->children++;
        level->node->count =
            level->node->kind == AS_YAML_MAPPING ? level->children / 2 : level->children;
    }
    *out = node;
    return AS_OK;
}

static enum as_status add_scalar(struct builder *b, const yaml_event_t *event)
{
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL) {
        return refuse(b, &event->start_mark, "anchors and tags are not allowed");
    }
    size_t len = event->data.scalar.length;
    if (len > AS_YAML_SCALAR_BYTES_MAX) {
        return refuse(b, &event->start_mark, "a value is longer than 65536 bytes");
    }
    if (memchr(event->data.scalar.value, 0, len) != NULL) {
        return refuse(b, &event->start_mark, "a value holds a NUL");
    }
    struct as_yaml_node *node = NULL;
    AS_TRY(add(b, event, AS_YAML_SCALAR, &node));
    assert(node != NULL);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->len = len;
    node->text = as_pack_arena_copy(b->arena, event->data.scalar.value, len);
    if (node->text == NULL) {
        return as_fail(b->err, AS_E_NO_MEMORY, "%s: out of memory", b->name);
    }
    if (b->depth > 0) {
        const struct level *level = &b->levels[b->depth - 1];
        if (level->node->kind == AS_YAML_MAPPING && level->children % 2 == 1) {
            return refuse_duplicate_key(b, level, node);
        }
    }
    return AS_OK;
}

static enum as_status open_collection(struct builder *b, const yaml_event_t *event,
                                      enum as_yaml_kind kind)
{
    bool mapping = kind == AS_YAML_MAPPING;
    const void *anchor =
        mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const void *tag = mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (anchor != NULL || tag != NULL) {
        return refuse(b, &event->start_mark, "anchors and tags are not allowed");
    }
    if (b->depth == AS_YAML_DEPTH_MAX) {
        return refuse(b, &event->start_mark, "nested too deeply");
    }
    struct as_yaml_node *node = NULL;
    AS_TRY(add(b, event, kind, &node));
    assert(node != NULL);
    b->levels[b->depth++] = (struct level){.node = node, .tail = &node->children};
    return AS_OK;
}

static enum as_status take(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return AS_OK;
    case YAML_DOCUMENT_START_EVENT:
        return b->root == NULL ? AS_OK : refuse(b, &event->start_mark, "more than one document");
    case YAML_STREAM_END_EVENT:
        b->ended = true;
        return AS_OK;
    case YAML_ALIAS_EVENT:
        return refuse(b, &event->start_mark, "aliases are not allowed");
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(b, event, AS_YAML_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        return open_collection(b, event, AS_YAML_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return AS_OK;
    }
    return as_fail(b->err, AS_E_BUG, "unknown YAML event");
}

static enum as_status take_all(struct builder *b, yaml_parser_t *parser)
{
    while (!b->ended) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            if (parser->error == YAML_MEMORY_ERROR) {
                return as_fail(b->err, AS_E_NO_MEMORY, "%s: out of memory", b->name);
            }
            return refuse(b, &parser->problem_mark,
                          parser->problem == NULL ? "not YAML" : parser->problem);
        }
        enum as_status status = take(b, &event);
        yaml_event_delete(&event);
        AS_TRY(status);
    }
    return AS_OK;
}

enum as_status as_yaml_tree_parse(struct as_slice yaml, const char *name,
                                  struct as_pack_arena *arena, struct as_yaml_node **out_root,
                                  struct as_error *err)
{
    struct builder b = {.name = name, .arena = arena, .err = err};
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return as_fail(err, AS_E_NO_MEMORY, "%s: out of memory", name);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, yaml.len == 0 ? (const uint8_t *)"" : yaml.ptr, yaml.len);
    enum as_status status = take_all(&b, &parser);
    yaml_parser_delete(&parser);
    AS_TRY(status);
    if (b.root == NULL) {
        return as_fail(err, AS_E_USAGE, "%s:1: the file is empty", name);
    }
    *out_root = b.root;
    return AS_OK;
}
