/* SPDX-License-Identifier: Apache-2.0
 * Building one JSON document over cJSON. Errors stick in `failed`, so that a builder checks once,
 * at print. Names are string constants and not copied. Numbers are written exactly (cJSON's doubles
 * lose digits above 2^53). Text may be any bytes: what is not UTF-8, and NUL, becomes U+FFFD.
 * Threads: one owner. */
#ifndef AS_FINDINGS_JSON_DOC_H
#define AS_FINDINGS_JSON_DOC_H

#include <cjson/cJSON.h>

#include "base/slice.h"
#include "base/strbuf.h"

struct as_doc {
    cJSON *root;
    bool failed;
    /** ASFF: strings must match `.*\S.*` as a whole line, so control characters and line separators
     * become U+FFFD, and a blank text is left out. */
    bool one_line;
};

/** An object as the root. */
void as_doc_init(struct as_doc *d, bool one_line);
/** Appends the document without blanks and frees it. AS_E_NO_MEMORY when anything failed; then
 * nothing was appended. */
enum as_status as_doc_finish(struct as_doc *d, struct as_strbuf *out) AS_MUST_CHECK;
/** The same over several lines, for people. */
enum as_status as_doc_finish_pretty(struct as_doc *d, struct as_strbuf *out) AS_MUST_CHECK;

/* `parent` is an object of the document, or NULL after a failure; then nothing happens. */
cJSON *as_doc_object(struct as_doc *d, cJSON *parent, const char *name);
cJSON *as_doc_array(struct as_doc *d, cJSON *parent, const char *name);
cJSON *as_doc_element(struct as_doc *d, cJSON *array); /* an object at the array's end */
void as_doc_bytes(struct as_doc *d, cJSON *parent, const char *name, struct as_slice text);
/** NULL gives null, or nothing in `one_line` documents. */
void as_doc_text(struct as_doc *d, cJSON *parent, const char *name, const char *text);
/** Text elements of an array. */
void as_doc_text_element(struct as_doc *d, cJSON *array, const char *text);
void as_doc_number_element(struct as_doc *d, cJSON *array, uint64_t value);
void as_doc_number(struct as_doc *d, cJSON *parent, const char *name, uint64_t value);
/** Three decimals, "." whatever the locale; below 0 and above 10^15 are clamped. */
void as_doc_decimal(struct as_doc *d, cJSON *parent, const char *name, double value);
void as_doc_bool(struct as_doc *d, cJSON *parent, const char *name, bool value);
void as_doc_null(struct as_doc *d, cJSON *parent, const char *name);
/** `YYYY-MM-DDTHH:MM:SS.mmmZ`; INT64_MIN (unknown) is as NULL text. */
void as_doc_time(struct as_doc *d, cJSON *parent, const char *name, int64_t unix_ms);
/** RFC 4648 base64. */
void as_doc_base64(struct as_doc *d, cJSON *parent, const char *name, struct as_slice bytes);

/** True when JSON can hold these bytes as they are: UTF-8 without NUL. */
bool as_doc_representable(struct as_slice text);
/** Appends `text` as the rules above make it. */
void as_doc_clean_text(struct as_slice text, bool one_line, struct as_strbuf *out);

#endif
