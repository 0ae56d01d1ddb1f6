/* SPDX-License-Identifier: Apache-2.0
 * How wide text is on a terminal, and making any bytes safe to show there. No locale is consulted:
 * UTF-8 is assumed, as decided for names. Widths follow Unicode 15 East Asian Width (W and F are
 * two columns) and general categories Mn, Me, Cf (none); the ranges are rounded to blocks. Pure. */
#ifndef AS_CLI_WIDTH_H
#define AS_CLI_WIDTH_H

#include <stddef.h>

#include "base/slice.h"
#include "base/strbuf.h"

/** Columns (0–2) of one code point. */
unsigned as_code_point_width(uint32_t code_point);
/** Columns of well-formed UTF-8; a malformed byte counts one. */
size_t as_text_width(const char *text);
/** Appends `text` so that a terminal shows it and does nothing else: control characters, malformed
 * UTF-8 and bidirectional overrides become '?'. Cut to `columns_max` columns, the last three then
 * being dots; SIZE_MAX for no cut. */
void as_text_show(struct as_strbuf *out, struct as_slice text, size_t columns_max);

#endif
