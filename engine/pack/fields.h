/* SPDX-License-Identifier: Apache-2.0
 * The fields of a definition as one table: it drives reading from YAML, the canonical hash and
 * packgen's C output, so that none of them can forget a field. */
#ifndef AS_PACK_FIELDS_H
#define AS_PACK_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "detectors/detector.h"

enum as_field_type {
    AS_FIELD_TEXT,      /* const char * */
    AS_FIELD_LIST,      /* const char *const *, ended by NULL; NULL when not given */
    AS_FIELD_BOOL,      /* bool: true or false */
    AS_FIELD_UNSIGNED,  /* unsigned, min..max */
    AS_FIELD_INT,       /* int, min..max */
    AS_FIELD_PARAMETER, /* unsigned, or two capital letters c1 << 8 | c2 */
    AS_FIELD_ENUM,      /* an enum; `words` from value `min` on */
    AS_FIELD_SEVERITY   /* enum as_severity[3]: one word or three */
};

struct as_field {
    const char *name;
    enum as_field_type type;
    size_t offset;            /* in struct as_detector */
    long min;                 /* ENUM: value of the first word */
    long max;                 /* TEXT: bytes; LIST: items */
    const char *const *words; /* ENUM */
    bool hashed;              /* part of the canonical definition: all but examples and title */
};

/** Ends with a NULL name; in the order of the documentation. */
extern const struct as_field as_fields[];

/** NULL when there is none of that name. */
const struct as_field *as_field_find(const char *name);
/** Value of an ENUM field. */
int as_field_enum(const struct as_detector *d, const struct as_field *f);
/** `d`'s field as text or list, for TEXT and LIST. */
const char *as_field_text(const struct as_detector *d, const struct as_field *f);
const char *const *as_field_list(const struct as_detector *d, const struct as_field *f);

/** SHA-256 of the canonical definition, as 64 hex digits, into d->hash. */
void as_detector_hash(struct as_detector *d);

#endif
