/* SPDX-License-Identifier: Apache-2.0
 * What speaks for a document number that has no check digit: whose it is, and that it is no piece
 * of something else. Shared by licences, passports and national numbers. Pure. */
#ifndef AS_DETECTORS_CHECKS_COUNTRY_H
#define AS_DETECTORS_CHECKS_COUNTRY_H

#include "detectors/checks/window.h"

/** A country's two letters (ISO 3166-1 alpha-2) as definitions give them in `parameter`. */
#define AS_COUNTRY(a, b) ((unsigned)(a) << 8 | (unsigned)(b))

/** Whether the nominee's line names the country of v->parameter within 64 bytes: its name, one of
 * its states, its own word for the document. False for countries without a list. */
bool as_country_named(const struct as_value *v);

/** Whether the nominee is joined to more digits, as in dates, decimal fractions, times, amounts,
 * UUIDs, paths and addresses. "No.123" and "DL-123" are none. */
bool as_document_is_piece(const struct as_value *v);

/** Whether the digits of the compact form are filling: all the same, or counting up or down. */
bool as_document_is_filler(const struct as_value *v);

/** Whether another kind of number's label stands directly before it: "Passport: ", "phone=".
 * Keywords reach over lines and cells; a label belongs to what it stands before. */
bool as_document_is_labelled(const struct as_value *v);

/** Whether eight digits are a date of the years 1900 to 2099, whichever way round. */
bool as_document_is_date(const char *s, size_t len);

#endif
