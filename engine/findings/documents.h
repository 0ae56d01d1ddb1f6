/* SPDX-License-Identifier: Apache-2.0
 * Results to documents, by docs/findings.md: the discovery result line, the Macie finding line, the
 * ASFF finding, the CSV rows. Pure and deterministic. Only modelled keys stand in findings files;
 * additions stand in results.jsonl. Limits that the services state (lengths, enums, patterns, 15
 * places, 240,000 bytes) hold for any input. */
#ifndef AS_FINDINGS_DOCUMENTS_H
#define AS_FINDINGS_DOCUMENTS_H

#include "findings/result.h"

/** 32 hex digits: SHA-256 over "assay1", origin, bucket, key and, when `version_id` is given, the
 * version, each with its length; a member's adds its ordinals. */
void as_finding_id(const struct as_target_facts *target, struct as_slice key,
                   const char *version_id, uint32_t depth, const uint64_t *index, char out[33]);

/** Appends one results.jsonl line with its '\n'. */
enum as_status as_document_result(const struct as_run_facts *run, const struct as_result *r,
                                  struct as_strbuf *out) AS_MUST_CHECK;
/** Appends one findings.macie.jsonl line. Nothing for members or results without a reported
 * detection. */
enum as_status as_document_macie(const struct as_run_facts *run, const struct as_result *r,
                                 struct as_strbuf *out) AS_MUST_CHECK;
/** Appends one ASFF object (no comma, no newline). Nothing for members or results without a
 * reported detection. */
enum as_status as_document_asff(const struct as_run_facts *run, const struct as_result *r,
                                struct as_strbuf *out) AS_MUST_CHECK;
/** Header row, and a row a type of this result. Cells that a spreadsheet would run as a formula are
 * defused. */
enum as_status as_document_csv_header(struct as_strbuf *out) AS_MUST_CHECK;
enum as_status as_document_csv(const struct as_run_facts *run, const struct as_result *r,
                               struct as_strbuf *out) AS_MUST_CHECK;

/** Severity of a result: the highest that any of its types reaches; false when nothing is reported.
 */
bool as_result_severity(const struct as_run_facts *run, const struct as_result *r,
                        enum as_severity *out);

#endif
