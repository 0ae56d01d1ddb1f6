/* SPDX-License-Identifier: Apache-2.0
 * Byte sizes as people write them: `4096`, `8MiB`, `1.5GB`; and back. Pure. */
#ifndef AS_BASE_SIZE_H
#define AS_BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Accepts B, K/KB/KiB … T/TB/TiB in any case (KB is 1000, K and KiB 1024), a fraction, one blank.
 * False when it is no size or above UINT64_MAX. */
bool as_parse_size(const char *text, uint64_t *out_bytes);
#define AS_SIZE_TEXT 24
/** For people: `512 B`, `1.4 GiB`. */
void as_format_size(uint64_t bytes, char out[AS_SIZE_TEXT]);

#endif
