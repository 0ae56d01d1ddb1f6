/* SPDX-License-Identifier: Apache-2.0
 * Watching a text mail go by for parts that its text does not show: base64 and quoted-printable
 * bodies (RFC 2045 section 6) and encoded words in headers (RFC 2047). Threads: one owner. */
#ifndef AS_CONTENT_MAIL_H
#define AS_CONTENT_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AS_MAIL_LINE_BYTES 96U

struct as_mail_watch {
    char line[AS_MAIL_LINE_BYTES]; /* start of the current line, lower case */
    uint32_t len;
    bool encoded; /* result: such a part was seen */
};

/** Zero-filled is the start. The next bytes of the mail, in order, cut anywhere. */
void as_mail_watch_feed(struct as_mail_watch *w, const uint8_t *bytes, size_t len);
/** The mail ends: judges the last line. */
void as_mail_watch_end(struct as_mail_watch *w);

#endif
