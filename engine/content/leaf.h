/* SPDX-License-Identifier: Apache-2.0
 * struct as_leaf: the bytes of one leaf (a text or binary, all layers undone), with the member's
 * own limit applied at an exact byte. Between leaf.c and binary.c. Threads: one owner. */
#ifndef AS_CONTENT_LEAF_H
#define AS_CONTENT_LEAF_H

#include "content/walk_internal.h"

struct as_leaf {
    struct as_walk *walk;
    void *member;
    struct as_stream *stream; /* borrowed */
    struct as_member_end *end;
    size_t prefix_len;     /* bytes in walk->prefix */
    uint64_t bytes;        /* read so far, prefix included */
    bool ended;            /* the end was reached; nothing is missing */
    enum as_status failed; /* sticky */
    struct as_error error;
};

/** Reads on after the prefix; *out_len is 0 when ended or failed. Never fails itself: `failed`
 * tells. */
void as_leaf_more(struct as_leaf *leaf, void *buf, size_t cap, size_t *out_len);
/** Fills up to `cap` bytes; fewer only at the end or a failure. */
void as_leaf_fill(struct as_leaf *leaf, void *buf, size_t cap, size_t *out_len);

/** What a text is cut into and counted by. */
struct as_leaf_text {
    struct as_leaf *leaf;
    struct as_text *text;
    struct as_cutter *cutter;
};
/** Begins `text` (on AS_OK owned by *t) with the sink and opens its cutter. On failure the caller
 * keeps nothing. */
enum as_status as_leaf_text_begin(struct as_leaf_text *t, struct as_leaf *leaf,
                                  struct as_text *text, struct as_slice prefix) AS_MUST_CHECK;
/** Hands over the last blocks and ends the text with the sink. */
enum as_status as_leaf_text_end(struct as_leaf_text *t) AS_MUST_CHECK;
/** Frees; also after a failure. Zero-filled is fine. */
void as_leaf_text_fini(struct as_leaf_text *t);

/** What a binary is made of. */
struct as_binary_facts {
    bool zip;    /* the bytes hold a zip's directory end */
    bool blank;  /* all bytes are zero: there is nothing in it */
    bool packed; /* a program that carries more than a program */
};
/** The printable runs of a binary; `packed` is only asked of a program. binary.c. */
enum as_status as_binary_read(struct as_leaf *leaf, bool is_program,
                              struct as_binary_facts *out) AS_MUST_CHECK;

#endif
