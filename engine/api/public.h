/* SPDX-License-Identifier: Apache-2.0
 * What the files behind assay.h share: statuses and errors of the modules to public ones, and
 * config structs of other sizes than this library's. */
#ifndef AS_API_PUBLIC_H
#define AS_API_PUBLIC_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/assay.h"
#include "base/error.h"

enum assay_status as_public_status(enum as_status status);
/** Copies into *to (may be NULL) and returns the public status. */
enum assay_status as_public_fail(struct assay_error *to, enum as_status status,
                                 const struct as_error *from);
/** Fills a struct of this library (`own`, own_size bytes, holding the defaults) from a caller's one
 * that begins with its size. False when that size is too small to be one. */
bool as_public_config_take(void *own, size_t own_size, const void *given);
/** The other way: writes as many bytes as the caller's struct holds, keeping its size field. */
bool as_public_struct_give(void *given, const void *own, size_t own_size);

#endif
