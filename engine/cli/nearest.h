/* SPDX-License-Identifier: Apache-2.0
 * "Did you mean": the known word that is nearest to a mistyped one. Pure. */
#ifndef AS_CLI_NEAREST_H
#define AS_CLI_NEAREST_H

#include <stddef.h>

/** Optimal string alignment distance (insert, delete, replace, swap of neighbours), each costing 1;
 * SIZE_MAX when a word is longer than 64 bytes. */
size_t as_word_distance(const char *a, const char *b);

/** Keeps the nearest of several words: start with zero, call as_nearest_offer for each. */
struct as_nearest {
    const char *typed;
    const char *best;
    size_t distance;
};
void as_nearest_init(struct as_nearest *n, const char *typed);
/** `word` is borrowed. */
void as_nearest_offer(struct as_nearest *n, const char *word);
/** The best word when it is near enough to be meant (a third of its length, at least 2, or one
 * begins with the other), else NULL. */
const char *as_nearest_word(const struct as_nearest *n);

#endif
