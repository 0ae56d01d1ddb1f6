/* SPDX-License-Identifier: Apache-2.0
 * Gold files: labelled documents, one JSON object a line (docs/accuracy.md has the format). Read as
 * a whole; offsets count characters of the text. Owner frees. Threads: one owner while it is read,
 * then any reader, and one writer a document (its predictions). */
#ifndef AS_BENCH_ACCURACY_GOLD_H
#define AS_BENCH_ACCURACY_GOLD_H

#include "bench/accuracy_types.h"

#define AS_GOLD_BYTES_MAX (1ULL << 30) /* of a file */

/** A place in a document and what it is; characters, half-open. */
struct as_gold_span {
    uint64_t start;
    uint64_t end;
    uint16_t type;
    bool free; /* labels: counted neither way (marked ignore, or a value that fails its check) */
    bool hit;  /* set by the scorer: found, or a prediction that finds */
};

/** What is known of a document as a whole when it has no offsets. */
enum as_gold_expect { AS_EXPECT_SPANS, AS_EXPECT_SOME, AS_EXPECT_NONE };

struct as_gold_document {
    char *source; /* where it comes from; for showing */
    char *name;   /* a file name with the document's ending, as a hint for formats */
    char *text;
    size_t bytes;
    uint64_t line; /* 0-based, in the gold file */
    enum as_gold_expect expect;
    struct as_gold_span *labels;
    size_t label_count;
    char **scope; /* types and groups that are labelled exhaustively */
    size_t scope_count;
    struct as_gold_span *predictions;
    size_t prediction_count;
    size_t prediction_cap;
};

struct as_gold {
    char *path;
    struct as_gold_document *documents;
    size_t count;
    size_t cap;
    uint64_t bytes; /* of all texts */
};

/** AS_E_USAGE names file and line of what cannot be used. AS_E_UNSUPPORTED: the first line is no
 * labelled document at all (another kind of file). */
enum as_status as_gold_read(const char *path, struct as_type_table *types, struct as_gold **out,
                            struct as_error *err) AS_MUST_CHECK;
void as_gold_free(struct as_gold *g); /* NULL is fine */
/** Appends a prediction. AS_E_NO_MEMORY only. */
enum as_status as_gold_predict(struct as_gold_document *d,
                               const struct as_gold_span *span) AS_MUST_CHECK;

#endif
