/* SPDX-License-Identifier: Apache-2.0
 * What spool.c (writing) and spool_merge.c (reading back in order) share: the layout of the spool
 * file and the state.
 *
 *     spool file:  ( head | sort key | section 0 | … | section 3 )*      native byte order
 *
 * A commit is a head of kind AS_SPOOL_COMMIT alone. Both hashes are chained XXH3 over pieces of at
 * most AS_SPOOL_PIECE bytes. A torn tail (crash) fails its hash and ends the file. */
#ifndef AS_IO_SPOOL_INTERNAL_H
#define AS_IO_SPOOL_INTERNAL_H

#include <stdbool.h>

#include "io/external_sort.h"
#include "io/output_file.h"
#include "io/spool.h"

#define AS_SPOOL_PIECE (64U << 10)
#define AS_SPOOL_KEY_MAX AS_SORT_KEY_MAX
#define AS_SPOOL_NAME ".assay-spool"
#define AS_SPOOL_SUMMARY "summary.json"
#define AS_SPOOL_MAGIC 0x31707341U

enum as_spool_kind { AS_SPOOL_RECORD = 1, AS_SPOOL_COMMIT = 2 };

struct as_spool_head {
    uint32_t magic;
    uint32_t kind;
    uint64_t object;
    uint32_t attempt;
    uint32_t key_len;
    uint64_t section_len[AS_SPOOL_SECTIONS];
    uint64_t body_hash; /* of sort key and sections */
    uint64_t head_hash; /* of all before it */
};

/** Records of (object, attempt) between two places of the file. */
struct as_spool_attempt {
    uint64_t object;
    uint32_t attempt;
    uint64_t from;
    uint64_t to;
};

struct as_spool_attempts {
    struct as_spool_attempt *items;
    size_t count;
    size_t cap;
};

struct as_spool {
    char *dir;
    char *path;
    bool dir_made; /* by this spool: removed again when nothing came into it */
    int dir_fd;
    int fd;
    struct as_spool_file files[AS_SPOOL_SECTIONS]; /* deep copies */
    size_t file_count;
    uint64_t memory_bytes;
    uint64_t end;     /* of the file, what is buffered included */
    uint64_t records; /* appended */
    size_t buffered;
    uint8_t *buffer;
    struct as_spool_attempts open;   /* records, no commit yet: as many as objects in flight */
    struct as_spool_attempts voided; /* given up: as many as restarts */
    struct as_error failure;         /* the first; sticks */
    bool finished;
};

/** Chained hash of `len` more bytes. */
uint64_t as_spool_hash(uint64_t hash, struct as_slice bytes);
uint64_t as_spool_head_hash(const struct as_spool_head *head);
/** Bytes of a record after its head; UINT64_MAX when they cannot be. */
uint64_t as_spool_body_len(const struct as_spool_head *head);
enum as_status as_spool_flush(struct as_spool *s, struct as_error *err) AS_MUST_CHECK;
/** Keeps the failure, so that every later call gives it. */
enum as_status as_spool_failed(struct as_spool *s, enum as_status status, struct as_error *err);
enum as_status as_spool_void_open(struct as_spool *s, struct as_error *err) AS_MUST_CHECK;
/** Sorts, merges and writes the files. Called once, by as_spool_finish. */
enum as_status as_spool_merge(struct as_spool *s, struct as_output_file **outputs,
                              struct as_error *err) AS_MUST_CHECK;

#endif
