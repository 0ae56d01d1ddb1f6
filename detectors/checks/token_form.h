/* SPDX-License-Identifier: Apache-2.0
 * Forms of tokens: what a definition's `forms` say, and matching them. Grammar and rules for
 * authors of packs: docs/detectors.md.
 *
 *     form    = 1*( literal / class / "(" / ")" )   at most 200 bytes; one "(" and one ")"
 *     class   = "[" 1*( byte / byte "-" byte ) "]" [ "{" n [ "," m ] "}" ]
 *     literal = any printable byte; "[", "]", "(", ")" and "\" after "\"
 *
 * A class takes as many bytes as it can, and never gives one back; so a form is read in one pass.
 * Between parentheses stands the value; without them it is the whole. */
#ifndef AS_DETECTORS_CHECKS_TOKEN_FORM_H
#define AS_DETECTORS_CHECKS_TOKEN_FORM_H

#include "detectors/detector.h"

#define AS_TOKEN_SECRET_MAX 256U

/** What a form took. Offsets into the window. */
struct as_token_match {
    size_t whole_start;
    size_t whole_end;
    size_t start; /* the value */
    size_t end;
    uint8_t secret[AS_TOKEN_SECRET_MAX]; /* the value's bytes that classes took; cut there */
    size_t secret_len;
    bool digits;     /* a class of the value, of six bytes or more, may hold digits */
    bool tail_joins; /* the byte behind the form could belong to its last class */
};

/** NULL when the form is well made, else what is wrong with it. Widths are of the value, in bytes.
 */
const char *as_token_form_check(const char *form, size_t *out_min, size_t *out_max);
/** Whether the form matches at `at`. Literals in any case when `caseless`. */
bool as_token_form_match(const char *form, const struct as_value *v, size_t at, bool caseless,
                         struct as_token_match *out);
/** Fewest and most bytes of the form before `anchor` (len bytes); false when the form does not hold
 * it among its literals. */
bool as_token_form_lead(const char *form, const uint8_t *anchor, size_t len, bool caseless,
                        size_t *out_min, size_t *out_max);

#endif
