/* SPDX-License-Identifier: Apache-2.0
 * The one contract between detectors and the engine: what a definition says, and what a check sees.
 * Definitions are data (detectors/packs/ *.yaml, format in docs/detectors.md); checks are pure C
 * functions in detectors/checks/: no allocation, I/O, lock, log or state. This header depends on
 * nothing. */
#ifndef AS_DETECTORS_DETECTOR_H
#define AS_DETECTORS_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum as_category {
    AS_CREDENTIALS,
    AS_FINANCIAL_INFORMATION,
    AS_PERSONAL_INFORMATION,
    AS_CUSTOM_IDENTIFIER, /* users' own packs, unless they name another */
    AS_CATEGORY_COUNT
};

enum as_severity { AS_SEVERITY_LOW = 1, AS_SEVERITY_MEDIUM = 2, AS_SEVERITY_HIGH = 3 };

/** How stage one nominates places for a detector. */
enum as_nominator {
    AS_NOMINATE_SHAPE, /* tokens (runs of ASCII letters and digits, at least one digit) and joiners,
                          by length */
    AS_NOMINATE_ANCHOR, /* a literal, found by Hyperscan; the check finds the bounds around it */
    AS_NOMINATE_RUN,    /* a maximal run of [A-Za-z0-9+/_-=] of min_bytes..max_bytes: keys without a
                           prefix */
    AS_NOMINATE_PATTERN,  /* a regular expression of bounded length; its match (or group `value`) is
                             the value */
    AS_NOMINATE_HEX_COLON /* a run of hex digits, ':' and '.' with '::' or five colons or more */
};

enum as_keyword_rule {
    AS_KEYWORD_NONE,     /* not looked for */
    AS_KEYWORD_RAISES,   /* raises confidence */
    AS_KEYWORD_REQUIRED, /* no detection without one */
    AS_KEYWORD_ABSENT /* only where no keyword of the list is in reach: the "(NO_KEYWORD)" twin */
};

/** What a passing check proves. Points in docs/detectors.md. */
enum as_strength {
    AS_STRENGTH_NONE,      /* shape only */
    AS_STRENGTH_STRUCTURE, /* ranges, prefixes, calendar dates: under 1 in 2 by chance but no check
                              digit */
    AS_STRENGTH_DIGIT,     /* one check digit: about 1 in 10 */
    AS_STRENGTH_STRONG,    /* two check digits or mod 97: about 1 in 97 or better */
    AS_STRENGTH_PROOF      /* CRC, decodable structure or vendor prefix: chance is negligible */
};

enum as_verdict {
    AS_REJECT,     /* not one */
    AS_ACCEPT,     /* one; start and end are exact */
    AS_TEST_VALUE, /* a published test number or sample key: counted as excluded */
    AS_PLACEHOLDER /* masked, all zeroes, a template: counted as excluded */
};

#define AS_COMPACT_MAX 128U

struct as_detector;

/** What a check sees: a window of text that it may only read, and the nominee's bounds in it. */
struct as_value {
    const uint8_t *text; /* window; bytes [0, text_len) are readable */
    size_t text_len;
    size_t start; /* in: the nominee. out on AS_ACCEPT and kin: the value, exactly. May move both
                     ways, within the window */
    size_t end;   /* end exclusive; end - start within the definition's min_bytes..max_bytes */
    char compact[AS_COMPACT_MAX + 1]; /* SHAPE: letters (upper case) and digits of the nominee,
                                         separators left out; NUL */
    size_t compact_len;
    unsigned parameter; /* the definition's `parameter`, for checks that serve several (0 when not
                           given) */
    enum as_strength
        strength; /* in: the definition's; a check may lower or raise it for this value */
    const struct as_detector *definition; /* whose nominee it is; NULL when a check is called for
                                             itself, as tests do */
};

typedef enum as_verdict as_check_fn(struct as_value *value);

/** A named check. checks/checks.def lists them all; the pack loader binds names to functions. */
struct as_check {
    const char *name;
    as_check_fn *check;
    enum as_nominator nominator; /* whose nominees it understands */
};
/** NULL when there is none of that name. */
const struct as_check *as_check_find(const char *name);
/** For tests and documentation; ends with a NULL name. */
extern const struct as_check as_checks[];

#define AS_LIST_END NULL

/** One definition. Strings are static or owned by the catalog; lists end with NULL. */
struct as_detector {
    const char *id; /* Macie's where it has one; [A-Z0-9_()]+ */
    unsigned revision;
    const char *title;
    enum as_category category;
    const char *countries; /* comma list of English names, or "Any" */
    const char *family;    /* the pack's family: finance, identity, health, contact, secrets, … */
    enum as_severity severity[3]; /* for 1, 2–99, 100 and more */
    bool macie;                   /* in Macie's catalogue */
    bool recommended; /* interface.md: chance match rarer than 1 in 10,000, or keyword required */
    bool macie_recommended;
    bool custom; /* from a user's pack: does not compete with managed ones for overlaps */

    enum as_nominator nominator;
    const char *const *shapes; /* AS_NOMINATE_SHAPE, see docs/detectors.md: "ddd-dd-dddd",
                                  "d{13,19}", "AAddddddA" */
    const char *separators; /* SHAPE: joiners allowed where a shape has '-', out of " -./_" and 'n'
                               for no-break spaces, '(' for ") " */
    bool separators_equal;  /* SHAPE: all joiners of a nominee must be the same */
    const char *const *anchors; /* AS_NOMINATE_ANCHOR */
    bool anchors_caseless;
    const char *const *forms; /* for checks of tokens: what one looks like
                                 (detectors/checks/token_form.h) */
    const char *pattern;      /* AS_NOMINATE_PATTERN */
    bool pattern_caseless;
    unsigned min_bytes;     /* of the value; >= 1 */
    unsigned max_bytes;     /* <= 65536; <= 4096 for patterns */
    const char *check_name; /* NULL for none */
    as_check_fn *check;
    unsigned parameter;
    enum as_strength strength; /* of a passing check */

    enum as_keyword_rule keyword_rule;
    const char *const *keywords; /* lower case UTF-8; a blank also matches '_', '-' or nothing */
    unsigned keyword_distance; /* characters between keyword and value in unstructured text; default
                                  30 */
    const char *const
        *test_values; /* compared with the compact form (SHAPE) or the value: AS_TEST_VALUE */
    const char *const *placeholders; /* likewise: AS_PLACEHOLDER */
    const char *const *excludes;     /* values that are never this: rejected outright */
    int confidence;                  /* points added or taken by the definition itself; default 0 */

    const char *source;               /* standard or authority's page */
    const char *const *examples_hit;  /* whole texts in which exactly one detection of this id
                                         stands, between ⟦ and ⟧ */
    const char *const *examples_miss; /* whole texts without a detection of this id */
    char hash[65];                    /* SHA-256 of the canonical definition, hex */
};

#endif
