/* SPDX-License-Identifier: Apache-2.0
 * struct as_settings: what the user asked for, and the one table of all options that fills it. The
 * table feeds the command line, --help, the man page, the shell completions, the option tables in
 * docs/ and the library's assay_run_set(), so that none of them can disagree (tests/unit/cli).
 *
 * Adding an option is one entry in settings_table.c. Strings are borrowed from whoever gave them.
 * Threads: one owner. */
#ifndef AS_API_SETTINGS_H
#define AS_API_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "pipeline/run.h"

/** A growing list of borrowed strings; `items` is NULL-terminated once anything was added. */
struct as_text_list {
    const char **items;
    uint32_t count;
};
#define AS_LIST_ITEMS_MAX 65536U

enum as_format { AS_FORMAT_TABLE, AS_FORMAT_JSON };

/** Everything that options and TARGETs can say. */
struct as_settings {
    struct as_run_options run; /* lists and targets are bound by as_settings_finish */
    struct as_text_list targets;
    struct as_text_list detector_files;
    struct as_text_list includes;
    struct as_text_list excludes;
    int format;     /* enum as_format: --output of detectors and version */
    int fail_on;    /* enum as_severity, 0 for never */
    uint32_t limit; /* --limit of explain */
    bool quiet;
    bool verbose;
    bool no_progress;
    bool help;
    bool version;
    bool reveal;
    const char *reveal_to; /* NULL: no file */
};

/** What a value may look like. */
enum as_setting_type {
    AS_SETTING_FLAG,    /* no value; sets a bool */
    AS_SETTING_TEXT,    /* any non-empty text */
    AS_SETTING_LIST,    /* as TEXT, may be given several times */
    AS_SETTING_NUMBER,  /* decimal digits */
    AS_SETTING_SIZE,    /* base/size.h; "none" where the largest value means no limit */
    AS_SETTING_CHOICE,  /* one word of `choices`; stores its index + min in an int */
    AS_SETTING_ACCOUNT, /* 12 digits */
    AS_SETTING_RESERVED /* known, not yet supported; `value` says whether it takes one */
};

/** Where an option may stand: bits. */
enum as_setting_scope {
    AS_FOR_SCAN = 1,
    AS_FOR_DETECTORS = 2,
    AS_FOR_VERSION = 4,
    AS_FOR_LIBRARY = 8, /* assay_run_set */
    AS_FOR_HELP = 16,
    AS_FOR_EXPLAIN = 32,
    AS_FOR_DIFF = 64,
};
#define AS_FOR_ALL                                                                                 \
    (AS_FOR_SCAN | AS_FOR_DETECTORS | AS_FOR_VERSION | AS_FOR_HELP | AS_FOR_EXPLAIN | AS_FOR_DIFF)

/** One option. Strings are static. */
struct as_setting {
    const char *name; /* without the dashes */
    char letter;      /* short form, or 0 */
    enum as_setting_type type;
    unsigned scopes; /* enum as_setting_scope */
    size_t offset;   /* of the field in struct as_settings */
    size_t width;    /* of the field, bytes */
    uint64_t min;    /* NUMBER, SIZE; CHOICE: value of the first word */
    uint64_t max;    /* NUMBER, SIZE */
    const char *group;
    const char *value;    /* what --help calls the value; NULL for none */
    const char *choices;  /* CHOICE: words parted by '|' */
    const char *fallback; /* the default as one would type it; NULL for none */
    const char *help;     /* one sentence, no full stop */
};

/** All options; ends with a NULL name. */
extern const struct as_setting as_settings_table[];

void as_settings_init(struct as_settings *s);
void as_settings_fini(struct as_settings *s);
/** The option of that name (len bytes) in one of `scopes`, or NULL. */
const struct as_setting *as_setting_find(const char *name, size_t len, unsigned scopes);
const struct as_setting *as_setting_find_letter(char letter, unsigned scopes);
/** True when the option must be given a value. */
bool as_setting_takes_value(const struct as_setting *option);
/** Stores `value` (borrowed; NULL for flags). AS_E_USAGE names option, value and range;
 * AS_E_NOT_YET for reserved ones. */
enum as_status as_setting_apply(struct as_settings *s, const struct as_setting *option,
                                const char *value, struct as_error *err) AS_MUST_CHECK;
/** Appends a borrowed string. AS_E_LIMIT above AS_LIST_ITEMS_MAX. */
enum as_status as_text_list_add(struct as_text_list *list, const char *item) AS_MUST_CHECK;
/** Binds the lists to s->run and checks what concerns several options together. Call once, last. */
enum as_status as_settings_finish(struct as_settings *s, struct as_error *err) AS_MUST_CHECK;

#endif
