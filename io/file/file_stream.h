/* SPDX-License-Identifier: Apache-2.0
 * Streams over an open file and over standard input. */
#ifndef AS_IO_FILE_STREAM_H
#define AS_IO_FILE_STREAM_H

#include <sys/stat.h>

#include "base/cancel.h"
#include "base/stream.h"

/** Takes `fd` on AS_OK. `name` is for messages. A file that is not a regular one (any more) is
 * AS_E_UNSUPPORTED. */
enum as_status as_file_stream_open(int fd, const char *name, struct as_stream **out,
                                   struct as_error *err) AS_MUST_CHECK;
/** Sequential only (no read_at). `fd` is not closed. `cancel` may be NULL. */
enum as_status as_file_pipe_open(int fd, const char *name, const struct as_cancel *cancel,
                                 struct as_stream **out, struct as_error *err) AS_MUST_CHECK;
/** Size and time of what an opened stream reads; a pipe's size is what was read so far. */
void as_file_stream_facts(const struct as_stream *s, uint64_t *out_size,
                          int64_t *out_last_modified_ms);

#endif
