/* SPDX-License-Identifier: Apache-2.0
 * Private to engine/text: the steps of as_text_profile. Each is pure and looks at a fixed prefix.
 */
#ifndef AS_TEXT_PROFILE_IMPL_H
#define AS_TEXT_PROFILE_IMPL_H

#include "text/profile.h"

/** Kinds and delimiters are decided from this much, and from the whole prefix where that does not
 * hold two lines: a fixed amount of text either way, and cheap for many small objects. */
#define AS_PROFILE_WINDOW 65536U

struct as_encoding {
    enum as_text_verdict verdict;
    enum as_charset charset;
    uint8_t bom_bytes;
    bool foreign; /* as as_text.foreign */
};
/** profile_charset.c */
struct as_encoding as_profile_encoding(struct as_slice s);

enum as_json_shape { AS_JSON_NONE, AS_JSON_DOCUMENT, AS_JSON_LINES };
/** profile_json.c: `body` is decoded; `hint_lines`: the name says JSON Lines. */
enum as_json_shape as_profile_json(struct as_slice body, bool whole, bool hint_lines);

/** What a name says about delimited text. */
enum as_delimited_hint { AS_HINT_NONE, AS_HINT_DELIMITED, AS_HINT_TABS };
struct as_delimited_profile {
    bool delimited;
    bool has_header;     /* names stand in a row, header_bytes behind the start */
    bool quotes_off;     /* a '"' is a byte like others */
    size_t header_bytes; /* blank lines, titles and comments above the header */
    uint32_t names;      /* cells of the header that are not empty */
    char delimiter;
    uint32_t columns;
};
/** profile_delimited.c. AS_E_NO_MEMORY only. */
enum as_status as_profile_delimited(struct as_slice body, bool whole, enum as_delimited_hint hint,
                                    struct as_delimited_profile *out) AS_MUST_CHECK;

/** The part of `body` that kinds are decided from. */
static inline struct as_slice as_profile_window(struct as_slice body)
{
    if (body.len <= AS_PROFILE_WINDOW) {
        return body;
    }
    const uint8_t *first = memchr(body.ptr, '\n', AS_PROFILE_WINDOW);
    const uint8_t *end = body.ptr + AS_PROFILE_WINDOW;
    bool two = first != NULL && memchr(first + 1, '\n', (size_t)(end - first) - 1) != NULL;
    return two ? as_slice(body.ptr, AS_PROFILE_WINDOW) : body;
}

#endif
