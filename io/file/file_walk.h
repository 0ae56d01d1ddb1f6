/* SPDX-License-Identifier: Apache-2.0
 * Walks a folder in byte order of the relative paths, in bounded memory. See file_walk.c. */
#ifndef AS_IO_FILE_WALK_H
#define AS_IO_FILE_WALK_H

#include <sys/stat.h>

#include "io/source.h"

/** Folders deeper than this are emitted with a skip reason and not entered: each open level holds a
 * file descriptor. */
#define AS_FILE_DEPTH_MAX 200U

struct as_file_walk_options {
    int root_fd;           /* open folder; not closed */
    const char *root_path; /* for as_object.path and messages */
    dev_t skip_dev;        /* the folder that is left out, or skip_set false */
    ino_t skip_ino;
    bool skip_set;
    size_t window_bytes; /* names held a level near the top; 0: the default of 4 MiB */
    as_object_fn *emit;
    void *context;
    const struct as_cancel *cancel;
};

/** Emits everything below the root. AS_OK only when it came to the end. What cannot be listed is
 * emitted as an object with a skip reason (a folder's key then ends in '/'). A root that cannot be
 * listed is an error. */
enum as_status as_file_walk(const struct as_file_walk_options *options,
                            struct as_error *err) AS_MUST_CHECK;
/** Size, time and skip reason of an object from its lstat. */
void as_file_object_describe(struct as_object *o, const struct stat *st);

#endif
