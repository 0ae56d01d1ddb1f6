/* SPDX-License-Identifier: Apache-2.0
 * Bytes of a character set to UTF-8, resumable at any byte.
 *
 *   UTF-8       as it is; malformed bytes too, since detectors look at bytes
 *   Latin-1     windows-1252 by the WHATWG Encoding Standard, which is a superset in practice: its
 *               five unused bytes become the C1 controls of the same number
 *   UTF-16      Unicode Standard 15, section 3.9; a lone surrogate becomes U+FFFD, and so does an
 *               odd last byte
 *
 * Each decoded character tells how many bytes it came from (as_source_length), with one exception:
 * the U+FFFD of an odd last byte stands for one byte and counts as two. Threads: one owner. */
#ifndef AS_TEXT_CHARSET_H
#define AS_TEXT_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "text/text.h"

/** as_decode may write as many bytes beyond what it was asked for. */
#define AS_DECODE_SLACK 48U

/** State between two bytes of the source. Zero but for `charset` at the start. */
struct as_decoder {
    enum as_charset charset; /* not AS_CHARSET_UTF8, which needs no decoding */
    uint16_t high;           /* UTF-16: a high surrogate that waits; 0 when none */
    uint8_t odd;             /* UTF-16: first byte of a unit */
    bool has_odd;
};

/** Decodes from `in` until all of it is used or `want` (> 0) bytes were written, which need
 * want + AS_DECODE_SLACK bytes at `out`. Returns the bytes written, *in_used those taken. */
size_t as_decode(struct as_decoder *d, struct as_slice in, size_t *in_used, uint8_t *out,
                 size_t want);
/** The source ends here: what waits becomes U+FFFD. At most 6 bytes. */
size_t as_decode_finish(struct as_decoder *d, uint8_t *out);

/** The decoded start of a text, for profiles and column evidence: `raw` without the byte order
 * mark, at most AS_PROFILE_BYTES decoded bytes. *out views `raw` (then *out_owned is NULL) or
 * *out_owned, which the caller frees with as_free. A character cut by the end of `raw` is left out.
 * AS_E_NO_MEMORY. */
enum as_status as_decode_prefix(enum as_charset charset, unsigned bom_bytes, struct as_slice raw,
                                struct as_slice *out, uint8_t **out_owned) AS_MUST_CHECK;

#endif
