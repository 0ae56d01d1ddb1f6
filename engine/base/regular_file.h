/* SPDX-License-Identifier: Apache-2.0
 * Opening a file that the user names for reading, such that nothing but a regular file is read: a
 * pipe nobody writes to would block for ever, where no signal that asks for an end is heard. */
#ifndef AS_BASE_REGULAR_FILE_H
#define AS_BASE_REGULAR_FILE_H

#include "base/error.h"

/** *out_fd is open for reading, close-on-exec; the caller closes it. Links are followed. AS_E_USAGE
 * when it cannot be opened, or is a folder, a pipe, a socket or a device; the message begins with
 * `option` (such as "--baseline") and `path`. Never blocks on a pipe. Any thread. */
enum as_status as_regular_file_open(const char *option, const char *path, int *out_fd,
                                    struct as_error *err) AS_MUST_CHECK;

#endif
