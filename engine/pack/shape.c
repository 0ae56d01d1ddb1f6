/* SPDX-License-Identifier: Apache-2.0
 * Checks shapes; the scan engine compiles them. */
#include "pack/shape.h"

#include <stdbool.h>
#include <string.h>

/* At most three digits; false when there is none or the value is over the token limit. */
static bool take_number(const char **p, size_t *out)
{
    size_t value = 0;
    const char *start = *p;
    while (**p >= '0' && **p <= '9' && *p - start < 3) {
        value = value * 10 + (size_t)(**p - '0');
        (*p)++;
    }
    *out = value;
    return *p != start && value <= AS_SHAPE_TOKEN_BYTES_MAX;
}

/* `{n}` or `{n,m}` at *p; one when there is none. */
static const char *take_repeat(const char **p, size_t *out_min, size_t *out_max)
{
    *out_min = 1;
    *out_max = 1;
    if (**p != '{') {
        return NULL;
    }
    (*p)++;
    if (!take_number(p, out_min)) {
        return "a repeat needs a number of at most 64";
    }
    *out_max = *out_min;
    if (**p == ',') {
        (*p)++;
        if (!take_number(p, out_max)) {
            return "a repeat needs a number of at most 64";
        }
    }
    if (**p != '}') {
        return "a repeat needs '}'";
    }
    (*p)++;
    return *out_min > *out_max || *out_max == 0 ? "a repeat's bounds are reversed or zero" : NULL;
}

/* One group, up to '-' or the end. */
static const char *take_group(const char **p, size_t *out_min, size_t *out_max)
{
    *out_min = 0;
    *out_max = 0;
    while (**p != '\0' && **p != '-') {
        if (strchr("dAax", **p) == NULL) {
            return "only d, A, a, x, repeats and '-' make a shape";
        }
        (*p)++;
        size_t low;
        size_t high;
        const char *wrong = take_repeat(p, &low, &high);
        if (wrong != NULL) {
            return wrong;
        }
        *out_min += low;
        *out_max += high;
        if (*out_max > AS_SHAPE_TOKEN_BYTES_MAX) {
            return "a group is longer than 64";
        }
    }
    return *out_min == 0 ? "a group is empty" : NULL;
}

const char *as_shape_check(const char *shape, size_t *out_min, size_t *out_max)
{
    *out_min = 0;
    *out_max = 0;
    const char *p = shape;
    for (size_t groups = 1;; groups++) {
        if (groups > AS_SHAPE_GROUPS_MAX) {
            return "more than 12 groups";
        }
        size_t low;
        size_t high;
        const char *wrong = take_group(&p, &low, &high);
        if (wrong != NULL) {
            return wrong;
        }
        *out_min += low;
        *out_max += high;
        if (*p == '\0') {
            return NULL;
        }
        p++;
    }
}

const char *as_separators_check(const char *separators)
{
    static const char known[] = " -./_n(";
    for (const char *p = separators; *p != '\0'; p++) {
        if (strchr(known, *p) == NULL) {
            return "a separator is none of \" -./_n(\"";
        }
        if (strchr(p + 1, *p) != NULL) {
            return "a separator stands twice";
        }
    }
    return NULL;
}
