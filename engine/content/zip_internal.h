/* SPDX-License-Identifier: Apache-2.0
 * Between zip.c (reading forward), zip_directory.c (reading by the central directory), zip_record.c
 * (records) and zip_member.c (the bytes of a member). Source: PKWARE APPNOTE 6.3.10. */
#ifndef AS_CONTENT_ZIP_INTERNAL_H
#define AS_CONTENT_ZIP_INTERNAL_H

#include "content/decoder.h"
#include "content/metadata.h"
#include "content/walk_internal.h"

#define ZIP_LOCAL 0x04034B50U
#define ZIP_CENTRAL 0x02014B50U
#define ZIP_END 0x06054B50U
#define ZIP64_END 0x06064B50U
#define ZIP64_LOCATOR 0x07064B50U
#define ZIP_DESCRIPTOR 0x08074B50U
#define ZIP_SPLIT 0x30304B50U

#define ZIP_LOCAL_BYTES 30U
#define ZIP_CENTRAL_BYTES 46U
#define ZIP_END_BYTES 22U
#define ZIP64_END_FIELDS 44U /* of the zip64 end record, behind its length */

#define ZIP_FLAG_ENCRYPTED 0x0001U
#define ZIP_FLAG_DESCRIPTOR 0x0008U

/** What a local header or a directory entry says. */
struct as_zip_entry {
    uint16_t flags;
    uint16_t method;
    uint32_t crc;
    uint64_t encoded; /* bytes in the archive */
    uint64_t size;    /* bytes unpacked */
    uint64_t offset;  /* directory: of the local header; UINT64_MAX in a local header */
    int64_t modified_ms;
    bool zip64; /* its sizes are 64 bits in a descriptor */
    struct as_strbuf name;
};

struct as_zip {
    struct as_walk *walk;
    struct as_stream *stream;
    void *member;              /* the archive */
    struct as_member_end *end; /* of the archive */
    struct as_metadata metadata;
    struct as_feed feed; /* at the archive's bytes */
    struct as_zip_entry local;
    struct as_zip_entry central;
    struct as_strbuf extra;
    struct as_strbuf comment; /* of an entry, or of the archive */
    uint64_t ordinal;
    uint64_t hash_seed;
    /* What was met and what the directory lists: sums of hashes, so that order does not matter. */
    uint64_t met_count, met_sum;
    uint64_t listed_count, listed_sum;
    bool directory_seen;
    bool checking; /* the directory is read for its shape only: no metadata is taken */
    bool mismatch;
    bool descriptor_due; /* the last entry's flags promise a descriptor */
    bool gaps_read;      /* the bytes between entries were read already, as a binary */
    bool office_types;   /* "[Content_Types].xml" was met */
    bool office_part;    /* "word/…", "xl/…", … was met */
    bool stop;
};

/** The bytes of one member, checked at their end. Embed on the stack. */
struct as_zip_member {
    struct as_stream base;
    struct as_zip *zip;
    struct as_zip_entry *entry; /* sizes and CRC are filled in when a descriptor gives them */
    struct as_stream *decoder;  /* NULL: stored */
    uint64_t data_start;
    uint64_t data_end; /* feed offset; UINT64_MAX: found by a descriptor */
    uint64_t given;
    uint32_t crc;
    bool ended;
    enum as_status failed;
    struct as_error error;
};

uint64_t as_zip_le(const uint8_t *p, unsigned bytes);
/** Consumes `len` bytes into `into`. */
enum as_status as_zip_field_read(struct as_feed *f, size_t len, struct as_strbuf *into,
                                 struct as_error *err) AS_MUST_CHECK;
/** Scans the metadata so far when there is enough of it. */
enum as_status as_zip_metadata_pace(struct as_zip *z) AS_MUST_CHECK;
/** Reads a local header (the feed stands at its signature) and consumes it. */
enum as_status as_zip_local_read(struct as_zip *z, struct as_zip_entry *out,
                                 struct as_error *err) AS_MUST_CHECK;
/** Reads a directory entry from `feed`. */
enum as_status as_zip_central_read(struct as_zip *z, struct as_feed *feed, struct as_zip_entry *out,
                                   struct as_error *err) AS_MUST_CHECK;
/** For the sums: name, sizes, CRC and place. */
uint64_t as_zip_entry_hash(const struct as_zip *z, const struct as_zip_entry *e, uint64_t offset);
/** AS_CODEC_COUNT when the method is not undone, AS_CODEC_NONE for stored. */
enum as_codec as_zip_codec(uint16_t method);

/** Opens the member's bytes, which start where the feed stands. */
enum as_status as_zip_member_open(struct as_zip_member *m, struct as_zip *z,
                                  struct as_zip_entry *entry, bool sizes_known,
                                  struct as_error *err) AS_MUST_CHECK;
/** Sizes in the local header, CRC in the descriptor behind the data (where the feed stands): takes
 * it over without consuming it. Nothing for other members. */
enum as_status as_zip_member_late_crc(struct as_zip_member *m, struct as_error *err) AS_MUST_CHECK;
/** Reads what the walk left, so that the feed stands after the member. Failures are in `failed`. */
void as_zip_member_drain(struct as_zip_member *m);
void as_zip_member_close(struct as_zip_member *m);

/** Walks one entry whose local header was read; the feed stands at its data and afterwards behind
 * it (behind its descriptor too when `sizes_known` is false). */
enum as_status as_zip_entry_walk(struct as_zip *z, struct as_zip_entry *e,
                                 bool sizes_known) AS_MUST_CHECK;
/** Skips to feed offset `until`, or to the next record when that is UINT64_MAX. Bytes that are
 * neither zeros, nor a descriptor, nor an APK signing block set `mismatch`, and the first of them
 * are metadata; a local header among them sets it always. */
enum as_status as_zip_gap(struct as_zip *z, uint64_t until, struct as_error *err) AS_MUST_CHECK;

/** Where the directory is. */
struct as_zip_directory {
    uint64_t start; /* offset of its first entry in the stream */
    uint64_t size;
    uint64_t entries;
    uint64_t shift; /* bytes before the archive: added to the offsets in it */
};
/** Finds the directory from the end of the stream. *out_found false: there is none that makes sense
 * or its entries are not in the order of their offsets; read forward then. */
enum as_status as_zip_directory_find(struct as_zip *z, uint64_t size, bool *out_found,
                                     struct as_zip_directory *out,
                                     struct as_error *err) AS_MUST_CHECK;
enum as_status as_zip_directory_walk(struct as_zip *z,
                                     const struct as_zip_directory *d) AS_MUST_CHECK;

#endif
