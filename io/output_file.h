/* SPDX-License-Identifier: Apache-2.0
 * A file that appears whole or not at all: written beside its place as ".NAME.partial" (0600),
 * fsynced, renamed. Everything that fails is AS_E_OUTPUT and names the file. Threads: one owner. */
#ifndef AS_IO_OUTPUT_FILE_H
#define AS_IO_OUTPUT_FILE_H

#include "base/error.h"
#include "base/hash.h"
#include "base/slice.h"

struct as_output_file;

/** `dir_fd` is the folder, `dir` its path for messages (borrowed), `name` a plain file name
 * (borrowed). What an earlier crash left at the place beside is removed: the caller holds the
 * folder's lock. */
enum as_status as_output_file_open(int dir_fd, const char *dir, const char *name,
                                   struct as_output_file **out, struct as_error *err) AS_MUST_CHECK;
enum as_status as_output_file_write(struct as_output_file *f, struct as_slice bytes,
                                    struct as_error *err) AS_MUST_CHECK;
/** Everything written is on the disk; no more writes. The hex SHA-256 and length of the content. */
enum as_status as_output_file_settle(struct as_output_file *f, char out_sha256[65],
                                     uint64_t *out_bytes, struct as_error *err) AS_MUST_CHECK;
/** After settle: moves it to its name. The caller fsyncs the folder. */
enum as_status as_output_file_publish(struct as_output_file *f, struct as_error *err) AS_MUST_CHECK;
/** Frees; removes what was not published. NULL is fine. */
void as_output_file_close(struct as_output_file *f);

/** write(2) until all is written. False with errno set. */
bool as_write_all(int fd, const void *bytes, size_t len) AS_MUST_CHECK;

#endif
