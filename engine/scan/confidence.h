/* SPDX-License-Identifier: Apache-2.0
 * The table of confidence: points that a detection gets, summed and kept within 1 to 100. The page
 * docs/detectors.md shows this table; the numbers here are the ones that count.
 *
 * Meant so that: a keyworded value with a check digit is at least 80; a value that needs no keyword
 * and proves itself (mod 97, CRC, vendor prefix) at least 60; a lone check digit without a keyword
 * is near the default minimum of 50 and tips below it when its surroundings speak against it, or
 * nothing in them speaks for it (surroundings.c). */
#ifndef AS_SCAN_CONFIDENCE_H
#define AS_SCAN_CONFIDENCE_H

enum {
    AS_POINTS_BASE = 20,

    /* What the check proves (enum as_strength). */
    AS_POINTS_STRENGTH_NONE = 0,
    AS_POINTS_STRENGTH_STRUCTURE = 10,
    AS_POINTS_STRENGTH_DIGIT = 20,
    AS_POINTS_STRENGTH_STRONG = 40,
    AS_POINTS_STRENGTH_PROOF = 65,

    /* Keywords, by the definition's rule. */
    AS_POINTS_KEYWORD = 45,         /* one is in reach, required or not */
    AS_POINTS_KEYWORD_NONE = 30,    /* the rule is none: the value speaks for itself */
    AS_POINTS_KEYWORD_MISSING = 15, /* the rule is raises or absent, and there is none */

    /* Shape: joiners where the definition wants them, as people write such numbers. */
    AS_POINTS_FORMATTED = 5,

    /* Column of delimited text, from its first rows: at least 8 filled cells, 95 % of which pass;
     * or at least 8 of this shape, of which fewer than half pass. */
    AS_POINTS_COLUMN_FOR = 20,
    AS_POINTS_COLUMN_AGAINST = -20,

    /* Numbers of the same shape within 256 bytes that fail the check, for values with one check
     * digit and no keyword: two or more that outnumber those that pass; five or more and none that
     * passes. Two or more that pass and none that fails speak for it. */
    AS_POINTS_NEIGHBOURS_AGAINST = -15,
    AS_POINTS_NEIGHBOURS_RANDOM = -30,
    AS_POINTS_NEIGHBOURS_FOR = 10,

    /* For the same values: a time of day or a Unix time within 256 bytes before, or behind it on
     * its line; no separators, and neither a field nor a line of its own. */
    AS_POINTS_TIME = -15,
    AS_POINTS_LONE = -10
};

#endif
