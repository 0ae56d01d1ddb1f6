/* SPDX-License-Identifier: Apache-2.0
 * Three rows of the distance matrix, on the stack; words are options, commands and ids, so 64 bytes
 * are plenty. */
#include "cli/nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORD_MAX 64U

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t as_word_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    if (a_len > WORD_MAX || b_len > WORD_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[a_len % 3][b_len];
}

void as_nearest_init(struct as_nearest *n, const char *typed)
{
    *n = (struct as_nearest){.typed = typed, .distance = SIZE_MAX};
}

void as_nearest_offer(struct as_nearest *n, const char *word)
{
    size_t typed_len = strlen(n->typed);
    size_t distance = as_word_distance(n->typed, word);
    if (typed_len >= 3 && distance != SIZE_MAX && strncmp(n->typed, word, typed_len) == 0) {
        distance = 1; /* an abbreviation */
    }
    if (distance < n->distance) {
        n->distance = distance;
        n->best = word;
    }
}

const char *as_nearest_word(const struct as_nearest *n)
{
    if (n->best == NULL) {
        return NULL;
    }
    size_t bound = strlen(n->best) / 3;
    bool near = n->distance <= (bound < 2 ? 2 : bound) && n->distance < strlen(n->best);
    return near ? n->best : NULL;
}
