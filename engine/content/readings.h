/* SPDX-License-Identifier: Apache-2.0
 * struct as_readings: bytes read as text in up to three ways at once, as UTF-8 and as UTF-16 from
 * even and from odd offsets, without knowing what they are. What is not printable in a reading
 * becomes line feeds, so that every offset stays what it is and no detection reaches across.
 *
 * Two uses. Of a binary all readings are taken. Beside a text in one character set, the others are
 * taken of those stretches that are no text in that set: UTF-16 behind UTF-8, ASCII behind UTF-16
 * (a log that two programs wrote). Such readings begin where they are needed and cost little
 * before. Threads: one owner. */
#ifndef AS_CONTENT_READINGS_H
#define AS_CONTENT_READINGS_H

#include "content/leaf.h"

#define AS_READING_UTF8 1U
#define AS_READING_EVEN 2U /* UTF-16, units at even offsets; little endian, see readings.c */
#define AS_READING_ODD 4U

struct as_readings;

/** `which`: the readings wanted. `beside`: the leaf is read as a text already. NULL when out of
 * memory. */
struct as_readings *as_readings_new(struct as_leaf *leaf, unsigned which,
                                    bool beside) AS_MUST_CHECK;
/** The leaf's next bytes, from its first on; any pieces. Begins texts with the walk's sink. */
enum as_status as_readings_feed(struct as_readings *r, const uint8_t *bytes,
                                size_t len) AS_MUST_CHECK;
/** No bytes follow: ends the texts. */
enum as_status as_readings_end(struct as_readings *r) AS_MUST_CHECK;
/** NULL is fine; also after a failure. */
void as_readings_free(struct as_readings *r);

#endif
