/* SPDX-License-Identifier: Apache-2.0
 * Opening below a folder without following symbolic links: each component by openat with
 * O_NOFOLLOW, so that a folder swapped for a link between listing and opening leads nowhere, and so
 * that paths longer than PATH_MAX work. */
#ifndef AS_IO_FILE_PATH_H
#define AS_IO_FILE_PATH_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/** Opens `relative` (components joined by '/') below the folder `root_fd` for reading;
 * `directory`: as a folder. -1 and errno on failure. The caller closes. */
int as_file_open_below(int root_fd, struct as_slice relative, bool directory) AS_MUST_CHECK;
/** The status that stands for a failed system call on a path. */
enum as_status as_file_status_of_errno(int sys_errno);

#endif
