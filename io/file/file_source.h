/* SPDX-License-Identifier: Apache-2.0
 * Local files, folders and standard input as a source. Reads by pread, never mmap; symbolic links
 * are not followed; special files are listed with a skip reason; a change while reading (size,
 * mtime, inode) is AS_E_OBJECT_CHANGED. Keys: path relative to the folder, or the file's name, or
 * "-". A folder is listed in byte order of the keys. */
#ifndef AS_IO_FILE_SOURCE_H
#define AS_IO_FILE_SOURCE_H

#include "io/source.h"

/** `skip_dir`: absolute path of a folder that is not listed (the output folder inside TARGET), or
 * NULL. */
enum as_status as_file_source_new(const char *path, const char *skip_dir, struct as_source **out,
                                  struct as_error *err) AS_MUST_CHECK;

#endif
