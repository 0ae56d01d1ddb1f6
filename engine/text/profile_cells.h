/* SPDX-License-Identifier: Apache-2.0
 * Private to engine/text: shapes of cells of delimited text, for profile_delimited.c. Pure. */
#ifndef AS_TEXT_PROFILE_CELLS_H
#define AS_TEXT_PROFILE_CELLS_H

#include <stdbool.h>

#include "base/slice.h"

static inline bool as_cell_is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

/** Without blanks around it and the quotes that enclose it. */
struct as_slice as_cell_strip(struct as_slice c);
/** 1900 to 2099 alone: a value as much as a name. */
bool as_cell_is_year(struct as_slice c);
/** A number of one to four digits alone. */
bool as_cell_is_number(struct as_slice c, uint32_t *out);
/** A value that no name is: an e-mail address, a truth value, or mostly digits in one or two words
 * (numbers, amounts, dates, times, numbers of cards, phones and identity cards). */
bool as_cell_is_typed(struct as_slice c);
/** May be the name of a column. */
bool as_cell_is_name(struct as_slice c);
/** A date with a time of day. */
bool as_cell_is_time(struct as_slice c);
/** Stands for a value that is missing, and so for no name. */
bool as_cell_is_missing(struct as_slice c);
/** Neither a name nor a value, but with letters: "ssn?", "note:". */
bool as_cell_is_odd_word(struct as_slice c);
/** Letters, '_', '-' and blanks, at least two letters, and none of the words that stand in columns
 * of values ("none", "yes", "male"). */
bool as_cell_is_word(struct as_slice c);
/** Begins with a digit, a sign, '(' or a sign of money, and is no address ("12 Main Street"). */
bool as_cell_begins_value(struct as_slice c);
/** Cells of a line, told apart by `delimiter` outside quotes, that are not empty. */
uint32_t as_cell_count_filled(struct as_slice line, char delimiter);

#endif
