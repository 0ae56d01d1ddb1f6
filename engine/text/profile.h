/* SPDX-License-Identifier: Apache-2.0
 * Deciding what a text is from its first AS_PROFILE_BYTES bytes: charset, kind, delimiter, header,
 * column names. Pure: the same prefix always gives the same answer, whatever arrived when. */
#ifndef AS_TEXT_PROFILE_H
#define AS_TEXT_PROFILE_H

#include "text/text.h"

#define AS_COLUMNS_MAX 16384U /* columns that are told apart by name; what Excel has */

enum as_text_verdict {
    AS_VERDICT_TEXT,            /* a text; *out was filled */
    AS_VERDICT_BINARY,          /* no text */
    AS_VERDICT_UNKNOWN_ENCODING /* text, in an encoding that is not decoded (UTF-32, EBCDIC, …) */
};

/** Judges `prefix` (the whole content when `whole`). `name` is the last path element, used only as
 * a hint between kinds that the bytes allow (".csv", ".tsv", ".json", ".jsonl"); it never turns
 * binary into text. *out (one reference) is written for AS_VERDICT_TEXT only. AS_E_NO_MEMORY is the
 * only error. The rules are at the head of profile_charset.c, profile_json.c and
 * profile_delimited.c. */
enum as_status as_text_profile(struct as_slice prefix, bool whole, struct as_slice name,
                               enum as_text_verdict *out_verdict,
                               struct as_text **out) AS_MUST_CHECK;

#endif
