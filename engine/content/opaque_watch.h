/* SPDX-License-Identifier: Apache-2.0
 * A watch over bytes that are read as UTF-8 or Latin-1 text. A text is judged by its first MiB
 * only; what comes later may be something else (a binary tail, lines in UTF-16, EBCDIC), which a
 * scan of text cannot read. The watch looks at windows of 4 KiB by offset, so that reads of any
 * size give the same answer, and says when one is no such text. Threads: one owner. */
#ifndef AS_CONTENT_OPAQUE_WATCH_H
#define AS_CONTENT_OPAQUE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/slice.h"

#define AS_OPAQUE_WINDOW 4096U

struct as_opaque_watch {
    bool utf8;             /* malformed sequences count too */
    enum as_reason reason; /* NONE while everything was text */
    uint32_t len;
    uint8_t window[AS_OPAQUE_WINDOW];
};

void as_opaque_watch_init(struct as_opaque_watch *w, bool utf8);
void as_opaque_watch_feed(struct as_opaque_watch *w, const uint8_t *bytes, size_t len);
/** After the last byte: the reason that the member is PARTIAL for, or AS_REASON_NONE. */
enum as_reason as_opaque_watch_end(struct as_opaque_watch *w);

/** True when the text that begins with `prefix` is base64 (RFC 4648, MIME lines) from its first
 * line on: an encoding of the whole, which is not undone. Lines of hex digits are lists of hashes
 * more often, and are not meant. */
bool as_is_base64_whole(struct as_slice prefix);
/** As as_is_base64_whole, and also base64 (its URL variant too), base32 or hex without line breaks
 * and hex in lines of 60 digits, from 512 bytes on. Digits only are no encoding. */
bool as_is_encoded_whole(struct as_slice prefix);

#endif
