/* SPDX-License-Identifier: Apache-2.0
 * All shapes of all detectors as one automaton over token lengths and classes, so that a token
 * costs one look-up however many detectors there are (grammar: docs/detectors.md, pack/shape.h).
 *
 * A symbol is a token's length (1–64) with what its class planes tell at once: all digits, all
 * letters, or mixed; with or without lower case; first byte a digit or not. States are sets of
 * (shape, groups matched), made by subset construction; symbols that no group tells apart are one
 * column. The automaton is exact for groups of one class and a sieve for mixed ones, which
 * as_shape_matches then decides.
 *
 * It has three starts (enum as_shapes): for text that has no keyword near (reach_open.c), for text
 * that has one, and for text that has one of a detector with brief shapes. Immutable once made. */
#ifndef AS_SCAN_SHAPE_DFA_H
#define AS_SCAN_SHAPE_DFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "detectors/detector.h"

#define AS_TOKEN_BYTES_MAX 64U
#define AS_SHAPE_STATES_MAX 16384U

/** Joiner kinds, one bit each; the letters of a definition's `separators`. */
enum as_joiner {
    AS_JOINER_BLANK = 1,
    AS_JOINER_HYPHEN = 2,
    AS_JOINER_DOT = 4,
    AS_JOINER_SLASH = 8,
    AS_JOINER_LOW_LINE = 16,
    AS_JOINER_PAREN = 32,   /* ") " or ")" or ")-" */
    AS_JOINER_NO_BREAK = 64 /* U+00A0, U+2007, U+2009, U+202F */
};
/** Bits of a definition's `separators`; NULL gives 0. */
uint8_t as_joiners_of(const char *separators);

/** A token's symbol, index into symbols[]: its length (1 to 64) and digits, whether it holds lower
 * case, and whether its first byte is a digit. */
#define AS_SYMBOLS (65U * 256U + 256U)
static inline unsigned as_shape_symbol(unsigned len, unsigned digits, unsigned lower,
                                       unsigned first)
{
    return (len << 6) * 4U + digits * 4U + lower * 2U + first;
}

struct as_shape_element {
    char kind; /* d A a x */
    uint8_t min;
    uint8_t max;
};

struct as_shape_group {
    uint16_t first_element; /* into elements */
    uint8_t elements;
    uint8_t min; /* bytes of the token */
    uint8_t max;
    bool pure; /* the automaton's symbol alone decides */
};

struct as_shape {
    uint16_t detector;
    uint16_t first_group; /* into groups */
    uint8_t group_count;
    uint8_t joiners; /* allowed kinds */
    uint16_t head;   /* kinds of bytes that the first ones may be, three bits each (kinds[]) */
    bool joiners_equal;
    bool pure;  /* all groups are */
    bool bound; /* its detector needs a keyword */
    bool brief; /* and it is so short that most numbers have it */
};

/** Shapes accepted in a state, ascending by detector: accepted[first .. first + count). */
struct as_shape_list {
    uint32_t first;
    uint32_t count;
};

/** Which shapes are looked for: those whose detectors need no keyword; all but the brief ones; all.
 */
enum as_shapes { AS_SHAPES_FREE, AS_SHAPES_LONG, AS_SHAPES_ALL, AS_SHAPES_COUNT };

/** Fewest bytes of a sequence from the token with its first digit on. A shape counts in the first
 * when only digits and joiners can follow there, else in the second. At most AS_LEAST_MAX. */
#define AS_LEAST_MAX 16U
/* A shape that needs a keyword and fewer bytes is brief. */
#define AS_BRIEF_DIGITS 6U
#define AS_BRIEF_ANY 7U
struct as_shape_least {
    unsigned digits;
    unsigned any;
};

struct as_shape_dfa {
    struct as_shape *shapes;
    uint32_t shape_count;
    struct as_shape_group *groups;
    uint32_t group_count;
    struct as_shape_element *elements;
    uint32_t element_count;

    uint8_t
        *symbols; /* [AS_SYMBOLS] column of each symbol; then [256] joiner kinds by first byte */
    uint32_t columns;
    /* Rows of `columns` entries, a row a state: [row + column] is the row that follows, and [row]
     * itself holds the state's facts: list << 9 | 0x80 when a token that begins with a letter may
     * follow | 0x100 for a digit | joiner kinds after which one may. Row 0 is the dead state, all
     * 0; the start is row `columns`. */
    uint32_t *rows;
#define AS_FACT_LIST_SHIFT 9U
#define AS_FACT_LETTER_SHIFT 7U /* and the next bit for a digit */
#define AS_FACT_JOINERS 0x7fU
    uint32_t starts[AS_SHAPES_COUNT]; /* rows; the dead row for no shapes */
    uint32_t states;
    struct as_shape_list *lists; /* [0] is empty */
    uint32_t list_count;
    uint32_t *accepted; /* shape indexes */
    uint32_t accepted_count;
#define AS_KIND_DIGIT 1U
    uint8_t kinds[256];     /* of bytes: AS_KIND_DIGIT, 2 upper case, 4 lower case, 0 neither */
    uint8_t letter_joiners; /* kinds that may follow a first token of letters only */
    struct as_shape_least least[AS_SHAPES_COUNT];
    unsigned longest_bound; /* bytes of the longest nominee of a shape that needs one */
};
/** From the detectors with enabled[i] that are nominated by shape. AS_E_USAGE names what is wrong.
 * An automaton without shapes is fine. */
enum as_status as_shape_dfa_init(struct as_shape_dfa *dfa, const struct as_detector *detectors,
                                 uint32_t count, const uint8_t *enabled,
                                 struct as_error *err) AS_MUST_CHECK;
void as_shape_dfa_fini(struct as_shape_dfa *dfa);

/** Bytes that as_shape.head tells of. */
#define AS_HEAD_BYTES 4U
/** The kinds of the first bytes of text[0, len), as in as_shape.head; joiners are none. What has
 * one that the shape's head lacks does not fit it. */
static inline unsigned as_shape_head(const struct as_shape_dfa *dfa, const uint8_t *text,
                                     size_t len)
{
    unsigned head = 0;
    for (size_t i = 0; i < AS_HEAD_BYTES && i < len; i++) {
        head |= (unsigned)dfa->kinds[text[i]] << (3 * i);
    }
    return head;
}
/** Whether the tokens in text[0, len) fit the shape byte for byte. */
bool as_shape_matches(const struct as_shape_dfa *dfa, const struct as_shape *shape,
                      const uint8_t *text, size_t len);

#endif
