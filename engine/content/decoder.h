/* SPDX-License-Identifier: Apache-2.0
 * Decoders: one single-stream compression undone, as a struct as_stream. A shell common to all
 * codecs (decoder.c) steps the codec in fixed pieces of AS_DECODER_STEP decoded bytes, charges the
 * account, and cuts at limits; a codec (codec_*.c) knows one format.
 *
 * A codec undoes everything that its format allows to stand in one file: several members or frames,
 * skippable frames, padding. Anything else after the end is AS_E_CORRUPT, and its beginning goes to
 * the metadata: bytes that were not read are never passed over in silence. The data ending too
 * early is AS_E_TRUNCATED. A failure comes after all bytes decoded before it. Threads: one owner.
 */
#ifndef AS_CONTENT_DECODER_H
#define AS_CONTENT_DECODER_H

#include "content/account.h"
#include "content/feed.h"
#include "content/metadata.h"

#define AS_DECODER_STEP 65536U

enum as_codec {
    AS_CODEC_NONE,
    AS_CODEC_GZIP,    /* RFC 1952 */
    AS_CODEC_ZLIB,    /* RFC 1950 */
    AS_CODEC_DEFLATE, /* RFC 1951, raw: zip members */
    AS_CODEC_ZSTD,    /* RFC 8878 */
    AS_CODEC_BZIP2,
    AS_CODEC_XZ,
    AS_CODEC_LZMA, /* .lzma, "alone" */
    AS_CODEC_LZIP,
    AS_CODEC_LZ4, /* frame format */
    AS_CODEC_COUNT
};

/** What a codec works with. */
struct as_codec_job {
    struct as_feed *feed;
    struct as_account *account;
    struct as_metadata *metadata; /* borrowed; gets what stands beside the content; may be NULL */
    struct as_charge charge; /* raise before allocating what depends on input; the shell releases */
    bool single;             /* stop after one member or frame; what follows is not the codec's */
};

/** Where a codec puts what it decodes. */
struct as_codec_out {
    uint8_t *bytes;
    size_t cap;
    size_t len; /* written so far */
    bool ended; /* all was read and checked */
};

struct as_codec_ops {
    size_t state_bytes; /* zeroed by the shell */
    enum as_status (*open)(void *state, struct as_codec_job *job, struct as_error *err);
    /** Fills `out` as far as it can. out->len counts also when failing: bytes before the failure.
     */
    enum as_status (*run)(void *state, struct as_codec_job *job, struct as_codec_out *out,
                          struct as_error *err);
    /** After open succeeded or failed; state is zeroed memory at least. */
    void (*close)(void *state);
};

extern const struct as_codec_ops as_codec_gzip, as_codec_zlib, as_codec_deflate, as_codec_zstd,
    as_codec_bzip2, as_codec_xz, as_codec_lzma, as_codec_lzip, as_codec_lz4;

/** A decoder over `source` (borrowed), which is positioned at the first encoded byte. Header
 * fields, skippable frames and what follows the data go to `metadata` (borrowed, may be NULL). */
enum as_status as_decoder_open(enum as_codec codec, struct as_stream *source,
                               struct as_account *account, struct as_metadata *metadata,
                               struct as_stream **out, struct as_error *err) AS_MUST_CHECK;
/** A decoder of one member or frame that takes its input from a feed that the caller goes on to
 * read: at the end the feed stands exactly after the last encoded byte. */
enum as_status as_decoder_open_on_feed(enum as_codec codec, struct as_feed *feed,
                                       struct as_account *account, struct as_metadata *metadata,
                                       struct as_stream **out, struct as_error *err) AS_MUST_CHECK;

#endif
