/* SPDX-License-Identifier: Apache-2.0
 * Sniffing: what a layer is, from its first bytes only, never from its name. Pure: the same bytes
 * always give the same answer. */
#ifndef AS_CONTENT_SNIFF_H
#define AS_CONTENT_SNIFF_H

#include <stdbool.h>

#include "base/slice.h"
#include "content/decoder.h"

/** How much of a layer is looked at: enough for the ISO 9660 descriptor at 32 KiB. */
#define AS_SNIFF_BYTES 36864U

enum as_format_class {
    AS_FORMAT_UNKNOWN,     /* no signature: a text, or an unknown binary */
    AS_FORMAT_COMPRESSION, /* one stream, undone by `codec` */
    AS_FORMAT_TAR,
    AS_FORMAT_ZIP,
    AS_FORMAT_DOCUMENT,      /* recognised, not read: UNSUPPORTED_DOCUMENT_FORMAT */
    AS_FORMAT_ARCHIVE_OTHER, /* recognised, not read: UNSUPPORTED_ARCHIVE_FORMAT */
    AS_FORMAT_MEDIA,         /* image, audio, video, font: UNSUPPORTED_FILE_TYPE_EXCEPTION */
    AS_FORMAT_ENCRYPTED,     /* OPAQUE_CONTENT */
    AS_FORMAT_EXECUTABLE     /* program or bytecode: its printable runs are all its text */
};

struct as_format {
    const char *mime; /* static; NULL for AS_FORMAT_UNKNOWN */
    enum as_format_class class;
    enum as_codec codec; /* AS_FORMAT_COMPRESSION */
    /** DOCUMENT and ENCRYPTED that are written in text: the text is scanned too, and the result is
     * PARTIAL with the class's reason. */
    bool is_text;
    bool is_mail; /* text mail: PARTIAL only when it holds encoded parts (mail.h) */
};

/** Judges the first bytes of a layer; `whole` when there are no more. */
struct as_format as_sniff(struct as_slice head, bool whole);

#endif
