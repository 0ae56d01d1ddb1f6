/* SPDX-License-Identifier: Apache-2.0
 * Only the first AS_MAIL_LINE_BYTES of each line are kept: the headers looked for are short.
 * Tests: tests/unit/content/test_walk.c. */
#include "content/mail.h"

#include <string.h>

static bool contains(const char *line, size_t len, const char *what)
{
    return memmem(line, len, what, strlen(what)) != NULL;
}

static void judge_line(struct as_mail_watch *w)
{
    static const char header[] = "content-transfer-encoding";
    bool names = w->len >= sizeof header - 1 && memcmp(w->line, header, sizeof header - 1) == 0;
    /* A folded header puts the value on a line of its own. */
    bool folded = w->len != 0 && (w->line[0] == ' ' || w->line[0] == '\t');
    if ((names || folded) &&
        (contains(w->line, w->len, "base64") || contains(w->line, w->len, "quoted-printable") ||
         contains(w->line, w->len, "uuencode"))) {
        w->encoded = true;
    }
    if (contains(w->line, w->len, "=?") &&
        (contains(w->line, w->len, "?b?") || contains(w->line, w->len, "?q?"))) {
        w->encoded = true;
    }
    w->len = 0;
}

void as_mail_watch_feed(struct as_mail_watch *w, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len && !w->encoded; i++) {
        uint8_t c = bytes[i];
        if (c == '\n') {
            judge_line(w);
        } else if (w->len < AS_MAIL_LINE_BYTES) {
            w->line[w->len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    }
}

void as_mail_watch_end(struct as_mail_watch *w)
{
    judge_line(w);
}
