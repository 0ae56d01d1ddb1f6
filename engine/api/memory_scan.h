/* SPDX-License-Identifier: Apache-2.0
 * Scanning one stream of bytes on the calling thread, without a run: for the library's
 * assay_scan_bytes and for `assay detectors test`. The same content walk, scanner and resolver as
 * in a run, so what is found is the same; only names (keys, member paths) are not scanned, since a
 * buffer has none.
 *
 * A struct as_memory_scanner is immutable after it was made and shared by any threads; each scan
 * borrows a bench (Hyperscan scratch, block buffers) from its pool and gives it back. */
#ifndef AS_API_MEMORY_SCAN_H
#define AS_API_MEMORY_SCAN_H

#include "base/stream.h"
#include "content/content.h"
#include "scan/trace.h"

struct as_memory_scanner_options {
    const char *select; /* NULL: recommended */
    const char *exclude;
    const char *const *detector_files;
    size_t detector_file_count;
    uint8_t confidence_min;
    bool include_test_data;
    struct as_content_limits limits;
    uint64_t decoder_bytes; /* windows and dictionaries of one scan */
};
void as_memory_scanner_options_init(struct as_memory_scanner_options *o);

struct as_memory_scanner;
enum as_status as_memory_scanner_new(const struct as_memory_scanner_options *options,
                                     struct as_memory_scanner **out,
                                     struct as_error *err) AS_MUST_CHECK;
/** After its last scan. NULL is fine. */
void as_memory_scanner_free(struct as_memory_scanner *s);
const struct as_catalog *as_memory_scanner_catalog(const struct as_memory_scanner *s);

/** One confirmed place. Pointers are valid during the call. */
struct as_memory_hit {
    const struct as_detector *detector;
    const char *member_path; /* "" for the bytes themselves; else inside archives, joined by "!/" */
    uint64_t start;          /* bytes of the member as decoded from its compression, half-open */
    uint64_t end; /* both 0 beside the content of a container: a comment, an owner's name */
    const struct as_place *place; /* of start; all 0 there */
    uint64_t record;              /* JSON and JSON Lines: record index */
    uint8_t confidence;
    enum as_hit_state state; /* anything but AS_HIT_REPORTED is for information */
    struct as_slice value;   /* decoded (UTF-8) matched text; empty unless keep_values */
};
/** Any status but AS_OK ends the scan with that status. */
typedef enum as_status as_memory_hit_fn(void *context, const struct as_memory_hit *hit);

/** What `assay explain` listens to: trace.h, with the member that a text belongs to. */
struct as_memory_trace {
    void *context;
    /** A member is opened; "" for the bytes themselves. */
    void (*member)(void *context, const char *member_path);
    void (*event)(void *context, const char *member_path, const struct as_trace_event *event);
    void (*lost)(void *context, const char *member_path, const struct as_hit *lost,
                 const struct as_hit *winner);
};

struct as_memory_scan {
    struct as_slice name; /* file name as a hint for formats; may be empty */
    bool keep_values;     /* fill as_memory_hit.value: only for showing to a person */
    as_memory_hit_fn *on_hit;
    void *context;
    const struct as_cancel *cancel;      /* may be NULL */
    const struct as_memory_trace *trace; /* may be NULL */
};

/** What became of the bytes: never COMPLETE unless all of them were read. */
struct as_memory_outcome {
    enum as_coverage coverage;
    enum as_reason reason;
    bool media;
    uint64_t members; /* archive members opened */
    uint64_t decoded_bytes;
    uint64_t text_bytes;
    uint64_t hits[AS_HIT_STATE_COUNT];
    char detail[512]; /* of the error that cut reading short; may be empty */
};

/** Scans what `stream` holds; `size` may be AS_STREAM_SIZE_UNKNOWN. The stream stays the caller's.
 * AS_OK whenever the walk ended, however little could be read: look at out->coverage. Hits come in
 * ascending order within each text. */
enum as_status as_memory_scan(struct as_memory_scanner *s, struct as_stream *stream, uint64_t size,
                              const struct as_memory_scan *how, struct as_memory_outcome *out,
                              struct as_error *err) AS_MUST_CHECK;

#endif
