/* SPDX-License-Identifier: Apache-2.0
 * A YAML 1.1 document as a small tree of scalars, sequences and mappings, each with its line. Made
 * for hostile input: anchors, aliases, tags, a second document, duplicate keys, and anything past
 * the limits below are refused, so that the tree is never larger than the file. */
#ifndef AS_PACK_YAML_TREE_H
#define AS_PACK_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "pack/arena.h"

#define AS_YAML_DEPTH_MAX 6U
#define AS_YAML_NODES_MAX 500000U
#define AS_YAML_KEYS_MAX 64U /* of one mapping */
#define AS_YAML_SCALAR_BYTES_MAX 65536U

enum as_yaml_kind { AS_YAML_SCALAR, AS_YAML_SEQUENCE, AS_YAML_MAPPING };

struct as_yaml_node {
    enum as_yaml_kind kind;
    bool plain;                    /* a scalar without quotes */
    size_t line;                   /* 1-based */
    const char *text;              /* SCALAR: NUL-terminated, without a NUL inside; UTF-8 */
    size_t len;                    /* SCALAR: bytes */
    struct as_yaml_node *children; /* SEQUENCE: items; MAPPING: key, value, key, value, … */
    struct as_yaml_node *next;     /* the next child of the same parent */
    size_t count;                  /* SEQUENCE: items; MAPPING: pairs */
};

/** The single document of `yaml`; nodes and strings live in `arena`. `name` is for messages.
 * Errors: AS_E_USAGE ("name:LINE: …"), AS_E_NO_MEMORY. Threads: any. */
enum as_status as_yaml_tree_parse(struct as_slice yaml, const char *name,
                                  struct as_pack_arena *arena, struct as_yaml_node **out_root,
                                  struct as_error *err) AS_MUST_CHECK;

#endif
