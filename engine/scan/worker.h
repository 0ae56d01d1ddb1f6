/* SPDX-License-Identifier: Apache-2.0
 * Private structures of the scan module: the scanner's tables and a worker's state.
 *
 * Flow of a block (scan_block.c): for each *segment* of its payload (planes.h)
 *   nominate.c   class planes and Hyperscan anchors → nominees
 *   reach.c      which keywords may be in reach of a nominee → gate
 *   confirm.c    value, check, exclusions, exact keyword rule, confidence → raw hits
 * then hits are sorted and located.
 *
 * Coordinates. `window`: bytes that the block can read, from its `back`; an index into it is called
 * `at`. `span`: what the planes hold, AS_SEGMENT_BACK before the segment and on; an index into it
 * is a `bit`. bit = at - segment + AS_SEGMENT_BACK. */
#ifndef AS_SCAN_WORKER_H
#define AS_SCAN_WORKER_H

#include "base/strbuf.h"
#include "scan/hyper.h"
#include "scan/keyword_index.h"
#include "scan/planes.h"
#include "scan/scan.h"
#include "scan/shape_dfa.h"
#include "text/delimited.h"
#include "text/json_walk.h"

#define AS_NO_SHAPE UINT32_MAX
#define AS_NO_LIST UINT32_MAX
#define AS_RUN_MIN 15U
#define AS_RUN_MAX 2048U
#define AS_HEX_MAX 128U
#define AS_HEX_COLONS 5
#define AS_CELL_REACH 256U      /* bytes: keywords in the same cell or string */
#define AS_NEIGHBOUR_REACH 256U /* bytes: nominees that speak for or against a value */
#define AS_GATE_SLACK 32U       /* bytes by which a check may move the bounds of a shape */
#define AS_KEYWORD_DISTANCE_MAX 300U

/** One thing that a nominee may be. */
struct as_candidate {
    uint16_t detector;
    uint16_t number; /* keyworded detectors: their number in the index; else UINT16_MAX */
    uint32_t shape;  /* AS_NO_SHAPE when not nominated by shape */
    uint16_t head;   /* of its shape */
    uint8_t joiners; /* kinds allowed */
    bool joiners_equal;
    bool pure; /* the automaton proved the shape */
    bool required;
};

/** What a nominee may be, as a whole. */
struct as_candidate_list {
    uint32_t first;
    uint32_t count;
    uint64_t mask;  /* of the candidates that need a keyword */
    uint64_t any;   /* of all candidates that have keywords */
    bool free;      /* some candidate needs none, so the gate cannot drop the nominee */
    uint32_t reach; /* characters from the value to the end of a keyword */
};

struct as_scanner {
    const struct as_catalog *catalog;
    uint8_t *enabled;
    bool include_test_data;
    uint8_t confidence_min;
    uint64_t value_key;
    const struct as_kernels *kernels;
    struct as_shape_dfa shapes;
    struct as_keyword_index keywords;
    struct as_hyper *hyper;
    struct as_candidate *candidates;
    uint32_t candidate_count;
    struct as_candidate_list *lists; /* the automaton's first, then one an anchor, run, hex, … */
    uint32_t list_count;
    uint32_t run_list;
    size_t run_min;
    size_t run_max;
    uint32_t hex_list;
    size_t hex_max;
    uint32_t mark_list; /* the anchor of one byte that the planes find */
    uint8_t mark;
    uint32_t *distances;        /* [number] keyword_distance */
    bool *required;             /* [number] AS_KEYWORD_REQUIRED */
    uint8_t joiner_before[256]; /* kinds that may end with this byte */
};

/** Bits of the span, half-open. */
struct as_nominee {
    uint32_t start;
    uint32_t end;
    uint32_t list;
    uint8_t joiners; /* kinds seen */
};

struct as_nominees {
    struct as_nominee *items;
    uint32_t count;
    uint32_t cap;
};

/** A walk of the shape automaton. */
struct as_walk {
    uint32_t row;   /* of its state */
    uint16_t start; /* bit of the sequence's start */
    uint16_t bit;   /* of the token at which it goes on */
    uint8_t seen;   /* joiner kinds */
};
#define AS_CHUNK_WALKS 128U

enum as_source {
    AS_SOURCE_SHAPES,
    AS_SOURCE_RUNS,
    AS_SOURCE_HEX,
    AS_SOURCE_MARKS,
    AS_SOURCE_ANCHORS,
    AS_SOURCE_PATTERNS,
    AS_SOURCE_COUNT
};

/** Where a nominee of delimited text stands. */
struct as_column_cursor {
    uint64_t row;
    uint32_t column;
    struct as_delimited_state state;
};

struct as_cell_place {
    uint32_t column;
    uint64_t row;
    bool quoted;
};

/** Keywords of a JSON key, by the key's hash. */
#define AS_KEY_MASKS 1024U
struct as_key_mask {
    uint64_t hash; /* 0: free */
    uint64_t mask;
};

/** A keyword in the segment. */
struct as_found {
    uint32_t start; /* bits */
    uint32_t end;
    uint32_t keyword;
    uint32_t next; /* 1 + index of another that starts in the same word; 0: none */
};

/** Planes: where a keyword may be in reach that some detector requires, and where one of a detector
 * with brief shapes. */
struct as_open {
    uint64_t some[AS_PLANE_WORDS];
    uint64_t brief[AS_PLANE_WORDS];
};

/** Ends of cells and of rows in a word of delimited text. */
struct as_cell_ends {
    uint64_t cells; /* and rows */
    uint64_t rows;
};

/** Keywords anywhere in the line at hand, from its start to window `at`. */
struct as_line_words {
    size_t at;
    uint64_t mask;
    bool known; /* the line's start was seen */
};

struct as_evidence;
struct as_tally_columns;
struct as_trace;
struct as_points;

struct as_scan_worker {
    const struct as_scanner *scanner;
    struct as_hyper_scratch *scratch;
    struct as_planes planes;
    struct as_marks marks[AS_PLANE_WORDS]; /* delimited: quote, delimiter, CR, LF; JSON Lines:
                                              quote, backslash, CR, LF; words of the segment only */
    struct as_column_cursor
        cursors[AS_SEGMENT_BYTES / 64 + 1]; /* before each word of the segment */
    struct as_cell_ends cells[AS_SEGMENT_BYTES / 64];
    uint64_t letters[AS_PLANE_WORDS + 1]; /* planes of words.c, when words_known */
    uint64_t starts_of_words[AS_PLANE_WORDS + 1];
    uint64_t changes_of_words[AS_PLANE_WORDS];
    bool words_known;
    uint64_t looked_up[AS_PLANE_WORDS / 64 + 1];      /* bit k: required keywords in word k were */
    uint64_t looked_up_rest[AS_PLANE_WORDS / 64 + 1]; /* the others were */
    bool looks_required;                              /* which are looked up right now */
    uint32_t found_at[AS_PLANE_WORDS]; /* 1 + index of the last found in each word; 0 */
    struct as_found *found;
    uint32_t found_count;
    uint32_t found_cap;
    uint64_t keyword_at[AS_PLANE_WORDS]; /* plane: where required keywords start, as looked up */
    struct as_open open;
    struct as_nominees sources[AS_SOURCE_COUNT]; /* of the segment, each ascending */
    /* Of the shape sweep: first digits of tokens to walk, for each set of shapes. Written four
     * words at a time. */
    uint64_t triggers[AS_SHAPES_COUNT][AS_PLANE_WORDS + 3];
    struct as_walk walks[2 * AS_CHUNK_WALKS];
    uint32_t starts[AS_CHUNK_WALKS];
    struct as_nominees neighbours;
    struct as_nominees patterns; /* of the block, in window coordinates */
    struct as_strbuf path;
    struct as_json_walk *own_walk;

    /* the block at hand */
    const struct as_block *block;
    struct as_hits *out;
    const uint8_t *window;
    size_t window_len;
    size_t segment;     /* at of the segment's first byte */
    size_t segment_len; /* payload bytes in it */
    size_t first_bit;   /* readable bits: [first_bit, end_bit) */
    size_t end_bit;
    struct as_cell_place cell; /* of the nominee at hand */
    uint64_t *column_masks;    /* [column] keywords of its name; bit 63: some are required */
    uint32_t column_masks_cap;
    bool columns_open;    /* some column's are */
    bool open_everywhere; /* tests: as_reach_open leaves nothing out */
    bool line_open;       /* JSON Lines: the line at the segment's start is open */
    struct as_key_mask key_masks[AS_KEY_MASKS];
    struct as_json_walk *walk; /* the one in use; NULL when the text is not JSON */
    size_t walk_at;
    struct as_line_words line[2];   /* JSON Lines: required keywords; all of them */
    struct as_tally_columns *tally; /* profiling instead of reporting */
    const struct as_trace *trace;   /* trace.h; NULL for none */
    uint8_t rejection;              /* enum as_trace_verdict: why as_confirm_check said no last */
    enum as_status status;          /* first failure inside callbacks */
};

/** Detectors' numbers folded into masks: bit (number mod 62). Bit 63 says that a mask is known, bit
 * 62 that it holds a detector that has no detection without a keyword. */
#define AS_MASK_KNOWN (1ULL << 63)
#define AS_MASK_REQUIRED (1ULL << 62)
AS_INLINE uint64_t as_mask_of(uint16_t number)
{
    return number == UINT16_MAX ? 0 : 1ULL << (number % 62U);
}

AS_INLINE const uint8_t *as_byte_of(const struct as_scan_worker *w, size_t bit)
{
    return w->window + w->segment + bit - AS_SEGMENT_BACK;
}

AS_INLINE size_t as_at_of(const struct as_scan_worker *w, size_t bit)
{
    return w->segment + bit - AS_SEGMENT_BACK;
}

/* --- nominate.c --- */
enum as_status as_nominees_add(struct as_nominees *n, struct as_nominee item) AS_MUST_CHECK;
/** Loads the planes for the segment at w->segment; `fresh`: nothing of the segment before can be
 * kept. */
void as_segment_load(struct as_scan_worker *w, bool fresh);
/** Nominees of the planes that start in the segment, into w->sources, each nearly ascending. */
enum as_status as_nominate_segment(struct as_scan_worker *w) AS_MUST_CHECK;
/** All shape nominees that start in bits [from, to), to any list. Of the segment at hand only after
 * as_nominate_segment, whose triggers it overwrites. */
enum as_status as_nominate_shapes(struct as_scan_worker *w, size_t from, size_t to,
                                  struct as_nominees *out) AS_MUST_CHECK;

/* --- reach.c --- */
void as_reach_begin_block(struct as_scan_worker *w);
void as_reach_begin_segment(struct as_scan_worker *w);
/** After the sieve: the places where a required keyword may be in reach, or NULL when that is
 * everywhere. */
const struct as_open *as_reach_open(struct as_scan_worker *w);
void as_reach_end_block(struct as_scan_worker *w);
/** Superset of the detectors with a keyword in reach of the nominee, folded. Nominees must ascend.
 */
uint64_t as_reach_mask(struct as_scan_worker *w, const struct as_nominee *n);
/** Exact, for the value at window [start, end) of the nominee that as_reach_mask saw last. */
bool as_reach_has(struct as_scan_worker *w, uint16_t number, size_t start, size_t end);
/** Delimited text: moves to `bit` and sets w->cell. */
void as_columns_seek(struct as_scan_worker *w, size_t bit);
/** JSON: moves the walk to window `at`. */
void as_paths_seek(struct as_scan_worker *w, size_t at);

/* --- confirm.c --- */
/** Gate and confirm. */
enum as_status as_confirm(struct as_scan_worker *w, const struct as_nominee *n) AS_MUST_CHECK;
/** Whether detector `c` confirms the nominee: bounds, check and lists, no keyword rule. */
bool as_confirm_check(struct as_scan_worker *w, const struct as_nominee *n,
                      const struct as_candidate *c, struct as_value *v, enum as_verdict *out);
/** Sets v for the nominee: window and bounds; the compact form comes with the first candidate whose
 * shape fits. */
void as_value_prepare(const struct as_scan_worker *w, const struct as_nominee *n,
                      struct as_value *v);
/** Offset of v's window in the block's window. */
size_t as_value_base(const struct as_scan_worker *w, const struct as_value *v);

/* --- context.c --- */
struct as_context {
    const struct as_detector *detector;
    const struct as_candidate *candidate;
    bool keyword;
    bool formatted; /* joiners were seen */
    enum as_strength strength;
};
/** *points: what the sum is made of (trace.h). */
uint8_t as_context_confidence(struct as_scan_worker *w, const struct as_nominee *n,
                              const struct as_context *c, struct as_points *points);

/* --- evidence.c --- */
enum as_column_says { AS_COLUMN_SILENT, AS_COLUMN_FOR, AS_COLUMN_AGAINST };
enum as_column_says as_evidence_of(const struct as_evidence *e, uint32_t column, uint16_t detector);
/** Profiling: the nominee whose cell is w->cell passed or failed the check of `detector`. */
void as_tally_column(struct as_scan_worker *w, uint16_t detector, bool passed);

/* --- hits.c --- */
enum as_status as_hits_add(struct as_hits *h, const struct as_hit *hit) AS_MUST_CHECK;
enum as_status as_hits_add_path(struct as_hits *h, struct as_slice path,
                                uint32_t *out) AS_MUST_CHECK;
/** By (start, end, detector). */
int as_hit_order(const struct as_hit *a, const struct as_hit *b);

/* --- scan_block.c --- */
/** as_scan_block with a choice: profiling leaves out locations. */
enum as_status as_scan_window(struct as_scan_worker *w, const struct as_block *block,
                              struct as_hits *out) AS_MUST_CHECK;

#endif
