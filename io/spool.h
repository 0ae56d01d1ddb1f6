/* SPDX-License-Identifier: Apache-2.0
 * The results spool and the output folder. While a run goes on, the documents of each finished
 * object are appended to a spool file in DIR; at the end they are merged, sorted, into the output
 * files (written beside, fsynced, renamed; the summary last, by the caller). Memory is bounded: an
 * external merge sort. A crash leaves the spool.
 *
 * A record has a sort key and up to AS_SPOOL_SECTIONS sections; section i goes to file i. Records
 * of an attempt that was not committed are dropped at the merge. Threads: one owner (the writer).
 * Files are 0600. */
#ifndef AS_IO_SPOOL_H
#define AS_IO_SPOOL_H

#include "base/error.h"
#include "base/slice.h"

#define AS_SPOOL_SECTIONS 4U

/** How sections become a file. */
struct as_spool_file {
    const char *name;        /* "results.jsonl" */
    struct as_slice head;    /* written first, e.g. "[\n" */
    struct as_slice between; /* between non-empty sections, e.g. ",\n" */
    struct as_slice tail;
};

/** What a finished file turned out to be. */
struct as_spool_written {
    char sha256[65];
    uint64_t bytes;
};

struct as_spool;

/** Makes DIR (and parents) when missing, refuses one that holds a run (summary.json or a spool)
 * unless `overwrite`: AS_E_USAGE, as for one that another process writes to at this moment. A
 * folder that cannot be written is AS_E_OUTPUT. `memory_bytes` (1 MiB at least) bounds the merge.
 * `files` is copied, with what it points to. The program must ignore
 * SIGXFSZ, or a full quota kills it. */
enum as_status as_spool_open(const char *dir, bool overwrite, const struct as_spool_file *files,
                             size_t file_count, uint64_t memory_bytes, struct as_spool **out,
                             struct as_error *err) AS_MUST_CHECK;
/** Appends one record of (object, attempt) before its commit. `sort_key` (at most 64 KiB) is
 * compared as bytes; equal keys stay in the order of appending. sections[file_count]; an empty one
 * leaves no trace in its file. After a failed call (AS_E_OUTPUT names the file) every later one
 * fails alike. */
enum as_status as_spool_append(struct as_spool *s, uint64_t object, uint32_t attempt,
                               struct as_slice sort_key, const struct as_slice *sections,
                               struct as_error *err) AS_MUST_CHECK;
/** The records of this attempt count; all other attempts of the object are void. Once an object.
 * They outlive a kill from here on. */
enum as_status as_spool_commit(struct as_spool *s, uint64_t object, uint32_t attempt,
                               struct as_error *err) AS_MUST_CHECK;
/** Merges into DIR: all files appear, or none when it fails. written[file_count]. Files of an
 * earlier run (`overwrite`) are replaced, its summary.json removed first. The spool file stays
 * until as_spool_close, so that a crash before the summary leaves it. Once, after the last commit.
 */
enum as_status as_spool_finish(struct as_spool *s, struct as_spool_written *written,
                               struct as_error *err) AS_MUST_CHECK;
/** Writes `bytes` as DIR/name: beside, fsync, rename. "summary.json" last: its presence means that
 * the run is whole. */
enum as_status as_spool_write_file(struct as_spool *s, const char *name, struct as_slice bytes,
                                   struct as_error *err) AS_MUST_CHECK;
/** Path of the spool file, for messages. */
const char *as_spool_path(const struct as_spool *s);
/** Closes; removes the spool file only when as_spool_finish and all after it succeeded, or when
 * nothing was appended (then also a DIR that it made). NULL is fine. */
void as_spool_close(struct as_spool *s);

#endif
