/* SPDX-License-Identifier: Apache-2.0
 * Between tar.c (blocks and entries), tar_pax.c (extended headers), tar_header.c (header blocks)
 * and tar_member.c (the bytes of a member, sparse or not). */
#ifndef AS_CONTENT_TAR_INTERNAL_H
#define AS_CONTENT_TAR_INTERNAL_H

#include "content/feed.h"
#include "content/metadata.h"
#include "content/tar.h"
#include "content/walk_internal.h"

#define TAR_EXTENSION_MAX (1U << 20) /* bytes of one pax or long-name header; more is damage */
#define TAR_SPARSE_MAX 65536U        /* extents of one sparse file; more is not read */

/** A piece of a sparse file that is stored. */
struct as_tar_extent {
    uint64_t offset;
    uint64_t size;
};

/** What the pax header before an entry says. Slices point into pax_text. */
struct as_tar_pax {
    struct as_slice path;
    struct as_slice sparse_name;
    bool has_size;
    uint64_t size;
    bool has_modified;
    int64_t modified_ms;
    bool sparse;         /* GNU.sparse.* was there */
    bool sparse_in_data; /* version 1.0: the map stands before the data */
    bool sparse_bad;     /* the map makes no sense */
    uint64_t real_size;
    struct as_tar_extent *extents; /* [TAR_SPARSE_MAX] once any was needed; kept between entries */
    uint32_t extent_count;
    bool half_extent; /* version 0.0: an offset came and its size did not yet */
};

struct as_tar {
    struct as_walk *walk;
    void *member;              /* the archive */
    struct as_member_end *end; /* of the archive */
    struct as_metadata metadata;
    struct as_feed feed;
    struct as_strbuf name;
    struct as_strbuf scratch;   /* GNU 'K', pax 'g' */
    struct as_strbuf long_name; /* GNU 'L' */
    struct as_strbuf pax_text;
    struct as_tar_pax pax;
    uint8_t block[AS_TAR_BLOCK]; /* the header being worked on */
    uint64_t ordinal;
    bool end_seen; /* a block of zeros, and nothing after it */
    bool damaged;  /* a header is, or a block that is none stands between members */
    bool trailing; /* blocks of something else follow the end mark */
    bool stop;
};

/** The bytes of one member. */
struct as_tar_member {
    struct as_stream base;
    struct as_tar *tar;
    uint64_t stored_left; /* bytes in the archive that were not taken yet, padding apart */
    uint64_t stored_size; /* in the archive, padding apart */
    /* sparse */
    uint64_t size;     /* unfolded */
    uint64_t position; /* unfolded */
    uint64_t allowed;  /* by the ratio limit */
    uint32_t extent;
};

bool as_tar_block_is_zero(const uint8_t *block);
/** What the header in t->block says beside the member: names of owners and of links, the entry's
 * name where it has no content, and what stands in unused parts of its fields. */
void as_tar_note_header(struct as_tar *t, const struct as_tar_header *h);
/** Parses pax records; `global` ones (whose text does not stay) are metadata only. AS_E_NO_MEMORY
 * only; records that make no sense set `damaged`. */
enum as_status as_tar_pax_parse(struct as_tar *t, struct as_slice text, bool global) AS_MUST_CHECK;
/** Adds to the sparse map; false when it has too many extents or is out of order. */
enum as_status as_tar_extent_add(struct as_tar *t, uint64_t offset, uint64_t size) AS_MUST_CHECK;
/** Reads the sparse map that the entry has, if any. m->stored_left is what is left after it. */
enum as_status as_tar_sparse_open(struct as_tar *t, const struct as_tar_header *h,
                                  struct as_tar_member *m, bool *out_sparse,
                                  struct as_error *err) AS_MUST_CHECK;
/** Makes m->base readable. */
void as_tar_member_init(struct as_tar_member *m, bool sparse);

#endif
