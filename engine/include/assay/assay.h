/* SPDX-License-Identifier: Apache-2.0
 * libassay: finds sensitive data in bytes, files and object storage.
 *
 * Two ways in. A *scanner* looks through bytes in memory and calls back for each place. A *run*
 * does what `assay scan` does: lists TARGETs, reads them, writes the findings into a folder.
 *
 * C99 and C++. Every config struct begins with its own size, so that a program built against this
 * header works with a later library: fields that it does not know keep their defaults. Strings that
 * are passed in are copied; strings that are handed out live as long as their comment says. Nothing
 * here prints, exits or installs signal handlers; a run without the option "output" writes to
 * standard output, and a program that does so must ignore SIGPIPE.
 *
 * Statuses and coverage are two different things: ASSAY_OK says that the call did its work;
 * assay_outcome and assay_report say how much of the input was read. Input that was not read in
 * full is never reported as ASSAY_COMPLETE. */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(ASSAY_BUILD) && defined(__GNUC__)
#define ASSAY_API __attribute__((visibility("default")))
#else
#define ASSAY_API
#endif

#define ASSAY_VERSION_MAJOR 0
#define ASSAY_VERSION_MINOR 1
#define ASSAY_VERSION_PATCH 0

enum assay_status {
    ASSAY_OK = 0,
    ASSAY_E_USAGE = 1,       /* wrong argument, option, detector list or pack */
    ASSAY_E_NOT_YET = 2,     /* a known option that this version does not support */
    ASSAY_E_NO_MEMORY = 3,   /* out of memory */
    ASSAY_E_CANCELLED = 4,   /* assay_run_cancel, or a callback asked to stop */
    ASSAY_E_OUTPUT = 5,      /* results cannot be written */
    ASSAY_E_UNREACHABLE = 6, /* no such target, denied, bad credentials, no connection */
    ASSAY_E_FAULT = 7        /* a fault of the library */
};

/** Detail of a failure. The caller's storage; may be NULL wherever it is taken. */
struct assay_error {
    enum assay_status status;
    char message[512]; /* one line; never holds matched bytes */
};

/** The version of the library that is loaded, for example "0.1.0". Static. */
ASSAY_API const char *assay_version(void);
/** One line of English. Static; never NULL. */
ASSAY_API const char *assay_status_text(enum assay_status status);

/* ---- Scanning bytes in memory ---- */

/** Immutable; shared by any threads. */
struct assay_scanner;

/** What to look for. Start from ASSAY_SCANNER_CONFIG. */
struct assay_scanner_config {
    size_t size;                       /* sizeof(struct assay_scanner_config) */
    const char *select;                /* as --select; NULL: recommended */
    const char *exclude;               /* as --exclude; NULL: nothing */
    const char *const *detector_files; /* more packs, paths; may be NULL when the count is 0 */
    size_t detector_file_count;
    uint32_t min_confidence;    /* 0 to 100; default 50 */
    uint32_t include_test_data; /* 1: report published test numbers and placeholders too */
    uint64_t decoder_bytes;     /* most memory for decompression in one scan; 0: 128 MiB */
};
#define ASSAY_SCANNER_CONFIG                                                                       \
    {                                                                                              \
        sizeof(struct assay_scanner_config), NULL, NULL, NULL, 0, 50, 0, 0                         \
    }

/**
 * Makes a scanner.
 *
 * @param config       NULL: the defaults.
 * @param out_scanner  written on ASSAY_OK only; free with assay_scanner_close().
 * Errors:  ASSAY_E_USAGE (unknown word, pack that cannot be used, or a Hyperscan library that
 *          misses matches), ASSAY_E_NO_MEMORY, ASSAY_E_FAULT.
 * Threads: any. Takes some tens of milliseconds: make one and keep it.
 * Memory:  some megabytes; keeps no reference to `config`.
 */
ASSAY_API enum assay_status assay_scanner_open(const struct assay_scanner_config *config,
                                               struct assay_scanner **out_scanner,
                                               struct assay_error *err);
/** After the last scan has returned. NULL is fine. */
ASSAY_API void assay_scanner_close(struct assay_scanner *scanner);

/** One place where a detector confirmed. Pointers are valid during the callback only. */
struct assay_hit {
    size_t size;             /* of the struct that the library filled */
    const char *type;        /* id, for example "CREDIT_CARD_NUMBER" */
    const char *category;    /* "CREDENTIALS", "FINANCIAL_INFORMATION", … */
    const char *member_path; /* "" for the bytes themselves; inside archives the path, nested ones
                                joined by "!/" */
    uint64_t start;          /* offset of the value's first byte, in the bytes or in the member as
                                decoded from its compression; half-open */
    uint64_t end;            /* both 0, and so the place, in text beside the content of a container,
                                such as a comment of a zip */
    uint64_t line;           /* 1-based */
    uint64_t line_column;    /* 1-based, characters */
    uint64_t row;            /* 1-based in delimited text; 0 otherwise */
    uint32_t column;         /* 1-based in delimited text; 0 otherwise */
    uint32_t confidence;     /* 0 to 100 */
};

/** Called for each hit, ascending by start within one text. Not 0: stop; the scan then returns
 * ASSAY_E_CANCELLED. */
typedef int assay_hit_fn(void *context, const struct assay_hit *hit);

/** How to scan. Start from ASSAY_SCAN_CONFIG. */
struct assay_scan_config {
    size_t size;          /* sizeof(struct assay_scan_config) */
    assay_hit_fn *on_hit; /* may be NULL: only the counts are wanted */
    void *context;
    const char *name; /* file name, a hint for text formats; NULL: none */
};
#define ASSAY_SCAN_CONFIG                                                                          \
    {                                                                                              \
        sizeof(struct assay_scan_config), NULL, NULL, NULL                                         \
    }

enum assay_coverage { ASSAY_COMPLETE = 0, ASSAY_PARTIAL = 1, ASSAY_SKIPPED = 2 };

/** What became of the bytes. Set `size` before the call. */
struct assay_outcome {
    size_t size; /* sizeof(struct assay_outcome) */
    enum assay_coverage coverage;
    const char *reason; /* why not COMPLETE, a code of docs/operations.md; "NONE". Static */
    uint64_t members;   /* archive members opened */
    uint64_t text_bytes;
    uint64_t reported; /* hits that were called back */
    uint64_t excluded; /* confirmed and not reported: test data, placeholders, low confidence */
};

/**
 * Looks through `len` bytes, opening archives and compression in them.
 *
 * @param bytes        not changed; no reference is kept. May be NULL when len is 0.
 * @param how          NULL: no callback.
 * @param out_outcome  must be given; written on ASSAY_OK only.
 * Errors:  ASSAY_E_USAGE, ASSAY_E_NO_MEMORY, ASSAY_E_CANCELLED (the callback stopped it),
 *          ASSAY_E_FAULT. Malformed input is none: see out_outcome->coverage.
 * Threads: any number at once with one scanner; callbacks run on the calling thread.
 * Memory:  a few megabytes a thread, kept for the next scan, and decoder_bytes at the most.
 */
ASSAY_API enum assay_status assay_scan_bytes(struct assay_scanner *scanner, const void *bytes,
                                             size_t len, const struct assay_scan_config *how,
                                             struct assay_outcome *out_outcome,
                                             struct assay_error *err);

/* ---- Runs ---- */

/** One run over TARGETs: made, set up, executed once, freed. */
struct assay_run;

/** Errors: ASSAY_E_NO_MEMORY. Free with assay_run_free(). */
ASSAY_API enum assay_status assay_run_new(struct assay_run **out_run, struct assay_error *err);
/** NULL is fine. Not while assay_run_execute() runs. */
ASSAY_API void assay_run_free(struct assay_run *run);
/** Adds s3://bucket[/prefix], a file, a folder, or "-". Errors: ASSAY_E_USAGE, ASSAY_E_NO_MEMORY.
 */
ASSAY_API enum assay_status assay_run_add_target(struct assay_run *run, const char *target,
                                                 struct assay_error *err);
/**
 * Sets an option of `assay scan` by its name without dashes: assay_run_set(run, "output", "found",
 * &err). Options that may be repeated add.
 *
 * @param value  as on the command line; NULL for options that take none.
 * Errors: ASSAY_E_USAGE names option, value and range; ASSAY_E_NOT_YET.
 */
ASSAY_API enum assay_status assay_run_set(struct assay_run *run, const char *name,
                                          const char *value, struct assay_error *err);

/** Totals of a run. Set `size` before the call. Bytes are as listed. */
struct assay_report {
    size_t size;   /* sizeof(struct assay_report) */
    int exit_code; /* what `assay scan` would return: docs/operations.md */
    uint64_t listed_objects, listed_bytes;
    uint64_t filtered_objects, filtered_bytes;
    uint64_t complete_objects, complete_bytes;
    uint64_t partial_objects, partial_bytes;
    uint64_t skipped_objects, skipped_bytes;
    uint64_t not_attempted_objects, not_attempted_bytes;
    uint64_t detections;
    uint64_t objects_with_findings;
    uint32_t worst_severity; /* 0 nothing found, 1 Low, 2 Medium, 3 High */
};

/**
 * Runs to the end, on threads of its own and the calling one.
 *
 * @param out_report  may be NULL; written on ASSAY_OK only.
 * Errors:  ASSAY_E_USAGE (also for a second call), ASSAY_E_NOT_YET, ASSAY_E_UNREACHABLE,
 *          ASSAY_E_OUTPUT, ASSAY_E_NO_MEMORY, ASSAY_E_FAULT. Objects that could not be read are no
 *          error but exit_code 3 or 4; a cancelled run is exit_code 130.
 * Threads: several runs at once are fine.
 */
ASSAY_API enum assay_status
assay_run_execute(struct assay_run *run, struct assay_report *out_report, struct assay_error *err);
/** Ends a run early, within two seconds; what was done is written. Any thread; a signal handler. */
ASSAY_API void assay_run_cancel(struct assay_run *run);

#ifdef __cplusplus
}
#endif

#endif
