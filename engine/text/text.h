/* SPDX-License-Identifier: Apache-2.0
 * The model of located text: what content hands to scan.
 *
 * A *text* is decoded (UTF-8) content of one member with a kind that says what places mean in it.
 * It is cut into *blocks*; each block knows its entry state (line, row, column, quotes) and so can
 * be scanned by any thread in any order. A block owns the nominees that start in its payload; the
 * bytes around it (reach: AS_REACH_BACK before, AS_REACH_AHEAD after) are there to be read only:
 *
 *      data - back        data                      data + size        data + size + ahead
 *         |-- read only ----|== payload, owned ========|-- read only -----|-- 64 B padding
 *
 * `back` is min(AS_REACH_BACK, offset): at the start of a text there is nothing before. `ahead` is
 * at least min(AS_REACH_AHEAD, bytes left). So what a scan sees around a place never depends on
 * where blocks were cut.
 *
 * Invariant 1 (chunking changes nothing) rests on this file: blocks are cut at decoded offsets,
 * never by what arrived when. Texts and blocks are immutable after they were handed over; both are
 * reference-counted. */
#ifndef AS_TEXT_TEXT_H
#define AS_TEXT_TEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

#define AS_REACH_BACK 4096U
#define AS_REACH_AHEAD 65536U
#define AS_BLOCK_PADDING 64U /* readable bytes after the last, of value 0 */
#define AS_PROFILE_BYTES                                                                           \
    (1U << 20) /* kind, charset, delimiter and header are decided from this prefix */

enum as_text_kind {
    AS_TEXT_PLAIN,     /* lines */
    AS_TEXT_DELIMITED, /* CSV, TSV and kin: rows and columns */
    AS_TEXT_JSON,      /* one document (or several run together): scanned in order */
    AS_TEXT_JSON_LINES /* one document a line: record index = line index */
};

enum as_charset {
    AS_CHARSET_UTF8,   /* also ASCII, and UTF-8 with some malformed bytes */
    AS_CHARSET_LATIN1, /* windows-1252 superset: one byte a character */
    AS_CHARSET_UTF16LE,
    AS_CHARSET_UTF16BE
};

/** A column of delimited text, from its header row. */
struct as_column {
    struct as_slice name; /* unquoted, trimmed UTF-8; empty when the text has no header */
};

struct as_text {
    /* constant after hand-over */
    enum as_text_kind kind;
    enum as_charset charset;
    uint8_t bom_bytes; /* bytes of the byte order mark, not part of the decoded text */
    bool foreign; /* AS_CHARSET_UTF8: in a set that holds ASCII and is not decoded (Shift JIS, GBK,
                     Cyrillic): bytes above ASCII are no letters that are known */
    char delimiter;      /* AS_TEXT_DELIMITED: ',', '\t', ';' or '|' */
    bool has_header;     /* AS_TEXT_DELIMITED: a row holds column names */
    uint32_t header_row; /* 1-based, that row; titles and blank lines may stand above. 0: none */
    bool quotes_off;     /* AS_TEXT_DELIMITED: a '"' is a byte like others, everywhere */
    bool metadata;       /* what a container carries beside its content (comments, owners, links):
                            its offsets and lines are no places in the member */
    uint32_t column_count;
    struct as_column *columns;
    const char *mime; /* "text/plain", "text/csv", "text/tab-separated-values", "application/json",
                         … static */
    void *evidence;   /* scan's column evidence (scan.h), or NULL; freed by evidence_free */
    void (*evidence_free)(void *evidence);
    void *owner;    /* the pipeline's account of this text; not touched here */
    uint8_t *names; /* storage of column names */
    atomic_uint refs;
};

/** Where a byte of delimited text stands in its cell (text/delimited.h has the rules). */
enum as_cell_state {
    AS_CELL_START,      /* first byte of a cell: only here does '"' open quotes */
    AS_CELL_PLAIN,      /* inside a cell, outside quotes */
    AS_CELL_QUOTED,     /* inside quotes */
    AS_CELL_QUOTE_SEEN, /* after a '"' inside quotes: it closed them unless another one follows */
    AS_CELL_LITERAL     /* quotes mean nothing in this text (quotes_off): anywhere in a cell */
};

/** State of the text at a block's first byte. Everything is 0 at the start of a text, but for
 * `cell` where quotes are off. */
struct as_entry {
    uint64_t
        line; /* lines ended before: 0-based line number ("\n", "\r\n" and lone "\r" end a line) */
    uint64_t line_chars; /* characters between the last line end and here */
    uint64_t
        row; /* AS_TEXT_DELIMITED: rows ended before (line ends inside quotes do not end a row) */
    uint64_t cell_bytes; /* AS_TEXT_DELIMITED: decoded bytes between the cell's start and here */
    uint32_t column;     /* AS_TEXT_DELIMITED: 0-based column of the first byte */
    uint8_t cell;        /* AS_TEXT_DELIMITED: enum as_cell_state */
    uint8_t open_lines;  /* AS_CELL_QUOTED: line ends since the last quote (delimited.h); else 0 */
    bool in_quotes;      /* cell == AS_CELL_QUOTED: the first byte is inside a quoted cell */
    bool after_cr;       /* the byte before was '\r': a '\n' here ends no second line */
};

struct as_json_walk; /* text/json_walk.h */

struct as_block {
    struct as_text *text;   /* referenced */
    uint64_t sequence;      /* 0, 1, 2, … within the text */
    uint64_t offset;        /* decoded offset of data[0] in the text */
    uint64_t source_offset; /* offset of data[0] in the member's bytes before charset decoding */
    const uint8_t *data;
    uint32_t size;  /* payload bytes; 0 only for the single block of an empty text */
    uint32_t back;  /* readable bytes before data */
    uint32_t ahead; /* readable bytes after the payload */
    struct as_entry entry;
    bool last; /* no block follows */
    /** JSON whose path at data[0] depends on earlier blocks (a JSON document; a JSON line longer
     * than a block): such blocks must be scanned in sequence order by one thread at a time, sharing
     * `walk`, which stands at data[0] when the block's turn comes and must have been advanced over
     * exactly the payload when it ends. The block holds a reference. NULL: independent, a JSON
     * Lines block then starts at a line's start. */
    struct as_json_walk *walk;
    void *buffer; /* private to block.c */
};

struct as_text *as_text_new(void) AS_MUST_CHECK; /* one reference, all zero */
struct as_text *as_text_ref(struct as_text *t);
void as_text_unref(struct as_text *t); /* NULL is fine */

/** Gives the buffer back to its pool and drops the reference to the text. NULL is fine. Any thread.
 */
void as_block_free(struct as_block *b);

/** Bytes of the member (before charset decoding) that `bytes` at payload-relative [0, len) took:
 * how a decoded offset becomes a source offset. One byte a byte in UTF-8; one a character in
 * Latin-1; two a character in UTF-16, four for a character outside the basic plane. */
uint64_t as_source_length(enum as_charset charset, const uint8_t *bytes, size_t len);

/** A block over `len` bytes that the caller keeps alive until as_block_free: for names, tests and
 * benches. The text is plain UTF-8 unless `text` (referenced) is given. Copies the bytes so that
 * padding is there. */
struct as_block *as_block_of_bytes(struct as_text *text, const void *bytes,
                                   size_t len) AS_MUST_CHECK;

#endif
