/* SPDX-License-Identifier: Apache-2.0
 * The types that accuracy is counted in. Labelled corpora know fewer types than the catalogue:
 * every country's bank account is BANK_ACCOUNT_NUMBER, every passport PASSPORT_NUMBER. A detector's
 * id is *folded* onto its corpus type; types of one *group* (a SECRET found where the label says
 * AWS_CREDENTIALS) count as each other. The rules are those of the corpora's own scorer, so that
 * figures can be compared; docs/accuracy.md lists them.
 *
 * Types have numbers in a table, since labels may name any. Threads: one owner while it grows. */
#ifndef AS_BENCH_ACCURACY_TYPES_H
#define AS_BENCH_ACCURACY_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "detectors/detector.h"

#define AS_TYPES_MAX 4096U
#define AS_TYPE_NAME_MAX 127U

/** What a type is reported under. */
enum as_type_area { AS_AREA_STRUCTURED, AS_AREA_CREDENTIALS, AS_AREA_NAMES, AS_AREA_COUNT };

struct as_type_table;
struct as_type_table *as_type_table_new(void) AS_MUST_CHECK;
void as_type_table_free(struct as_type_table *t); /* NULL is fine */
/** Number of the type that `name` folds onto; new names get the next number. AS_E_LIMIT when there
 * are too many, AS_E_USAGE for a name that is too long. */
enum as_status as_type_number(struct as_type_table *t, const char *name, uint16_t *out,
                              struct as_error *err) AS_MUST_CHECK;
/** The same for a detector's id: where the corpora have no type for a credential, it is a SECRET.
 */
enum as_status as_type_of_detector(struct as_type_table *t, const struct as_detector *detector,
                                   uint16_t *out, struct as_error *err) AS_MUST_CHECK;
size_t as_type_count(const struct as_type_table *t);
const char *as_type_name(const struct as_type_table *t, uint16_t number);
/** True when a prediction of one may stand for a label of the other. */
bool as_type_same_group(const struct as_type_table *t, uint16_t a, uint16_t b);
enum as_type_area as_type_area(const struct as_type_table *t, uint16_t number);
/** True when a scope that names `scope` (a type or a group's name) covers type `number`. */
bool as_type_in_scope(const struct as_type_table *t, const char *scope, uint16_t number);
/** "structured", "credentials", "names and addresses". */
const char *as_type_area_name(enum as_type_area area);

#endif
