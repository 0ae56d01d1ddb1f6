/* SPDX-License-Identifier: Apache-2.0
 * Cutting of names and paths to the lengths that Macie keeps (findings API, `Record.jsonPath`):
 * element names over 240 characters lose their start, paths over 250 their leading elements. Pure.
 */
#ifndef AS_FINDINGS_JSON_PATH_H
#define AS_FINDINGS_JSON_PATH_H

#include <stddef.h>

#define AS_JSON_PATH_CHARS_MAX 250U
#define AS_JSON_NAME_CHARS_MAX 240U
#define AS_COLUMN_NAME_CHARS_MAX 240U

/** A copy of `path` ("$.a['b c'][3]") of at most 250 characters: the same when it fits, else
 * "$..c" with the last elements. Text that is no such path keeps its end. as_free; NULL when out of
 * memory. */
char *as_json_path_cut(const char *path);
/** A copy of `name` of at most 240 characters: the same when it fits, else its end after "...". */
char *as_column_name_cut(const char *name);

#endif
