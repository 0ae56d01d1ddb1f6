/* SPDX-License-Identifier: Apache-2.0
 * Reader of ~/.aws/config and ~/.aws/credentials. Source: AWS SDKs and Tools reference guide,
 * "Format of the shared config and credentials files". Pure. */
#ifndef AS_IO_AWS_INI_H
#define AS_IO_AWS_INI_H

#include "base/slice.h"
#include "base/status.h"

/** One setting. `section` is what stands between the brackets, trimmed ("profile x", "default");
 * a nested setting (indented, below `parent =`) has the key "parent.key". Views into the text. Any
 * status but AS_OK ends the reading. */
struct as_ini_setting {
    struct as_slice section, parent, key, value; /* parent is empty for a plain setting */
    unsigned line;                               /* from 1 */
};
typedef enum as_status as_ini_fn(void *context, const struct as_ini_setting *setting);

/** Calls `found` for each setting, in order. AS_E_CORRUPT with *out_line for a line that is no
 * section, setting, comment or blank. */
enum as_status as_ini_read(struct as_slice text, as_ini_fn *found, void *context,
                           unsigned *out_line) AS_MUST_CHECK;
/** The section is the profile `name` of the config file ("profile NAME", or "default"), or of the
 * credentials file (just NAME) when `plain`. */
bool as_ini_is_profile(struct as_slice section, const char *name, bool plain);

#endif
