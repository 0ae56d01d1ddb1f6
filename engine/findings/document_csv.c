/* SPDX-License-Identifier: Apache-2.0
 * findings.csv: for a spreadsheet. RFC 4180 (quotes, CRLF), UTF-8 with a byte order mark, since
 * spreadsheets take it for something else otherwise. A cell that one of them would run as a formula
 * gets an apostrophe before it; control characters become U+FFFD, so that a row is a line. As in
 * results.jsonl, an archive has its own rows with the sums (member empty) and rows of its members:
 * sum over rows without a member. */
#include <stdio.h>

#include "findings/finding_view.h"
#include "findings/json_doc.h"

#define CELL_BYTES_MAX (4U << 20)

/** What Excel, LibreOffice or Google Sheets take for the start of a formula, full-width forms
 * included. */
static bool starts_formula(struct as_slice text)
{
    static const char *const starts[] = {"=",
                                         "+",
                                         "-",
                                         "@",
                                         "\t",
                                         "\r",
                                         "\n",
                                         "|",
                                         "\xef\xbc\x9d",  /* U+FF1D = */
                                         "\xef\xbc\x8b",  /* U+FF0B + */
                                         "\xef\xbc\x8d",  /* U+FF0D - */
                                         "\xef\xbc\xa0"}; /* U+FF20 @ */
    for (size_t i = 0; i < AS_ARRAY_SIZE(starts); i++) {
        size_t len = strlen(starts[i]);
        if (text.len >= len && memcmp(text.ptr, starts[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static void put_cell(struct as_strbuf *out, struct as_slice text, bool last)
{
    struct as_strbuf clean;
    as_strbuf_init(&clean, CELL_BYTES_MAX);
    if (starts_formula(text)) {
        as_strbuf_putc(&clean, '\'');
    }
    as_doc_clean_text(text, true, &clean);
    out->failed = out->failed || clean.failed;
    as_strbuf_putc(out, '"');
    for (size_t i = 0; i < clean.len; i++) {
        as_strbuf_append(out, "\"\"", clean.ptr[i] == '"' ? 2 : 0);
        as_strbuf_append(out, clean.ptr + i, clean.ptr[i] != '"');
    }
    as_strbuf_puts(out, last ? "\"\r\n" : "\",");
    as_strbuf_fini(&clean);
}

static void put_text(struct as_strbuf *out, const char *text)
{
    put_cell(out, as_slice_of(text == NULL ? "" : text), false);
}

static void put_number(struct as_strbuf *out, uint64_t value)
{
    as_strbuf_printf(out, "%llu,", (unsigned long long)value);
}

/** "line 3, column 5", "row 7, column 2 (ssn)", "record 0, $.a": the first place, for a person. */
static void put_first_place(struct as_strbuf *out, const struct as_finding_view *v,
                            const struct as_type_tally *type)
{
    struct as_strbuf text;
    as_strbuf_init(&text, CELL_BYTES_MAX);
    if (!v->r->is_archive && type->occurrence_count != 0) {
        const struct as_occurrence *o = &type->occurrences[0];
        if (o->kind == AS_PLACE_CELL) {
            as_strbuf_printf(&text, "row %llu, column %u", (unsigned long long)o->row, o->column);
        } else if (o->kind == AS_PLACE_RECORD) {
            as_strbuf_printf(&text, "record %llu", (unsigned long long)o->record);
        } else {
            as_strbuf_printf(&text, "line %llu, column %llu", (unsigned long long)o->line,
                             (unsigned long long)o->line_column);
        }
        if (o->kind == AS_PLACE_CELL && o->column_name != NULL) {
            as_strbuf_printf(&text, " (%s)", o->column_name);
        } else if (o->kind == AS_PLACE_RECORD && o->json_path != NULL) {
            as_strbuf_printf(&text, ", %s", o->json_path);
        }
    } else if (type->in_name != 0) {
        as_strbuf_puts(&text, "in the name");
    }
    out->failed = out->failed || text.failed;
    put_cell(out, as_strbuf_view(&text), false);
    as_strbuf_fini(&text);
}

enum as_status as_document_csv_header(struct as_strbuf *out)
{
    as_strbuf_puts(out, "\xef\xbb\xbf"
                        "bucket,object,member,type,category,count,distinct,confidence,severity,"
                        "first_location,status,id\r\n");
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}

static void put_row(struct as_strbuf *out, const struct as_finding_view *v,
                    const struct as_type_tally *type)
{
    const struct as_detector *detector = as_finding_detector(v, type);
    put_text(out, v->r->target_facts->bucket);
    put_text(out, v->key);
    put_text(out, v->member);
    put_text(out, detector->id);
    put_text(out, as_category_name(as_finding_group(v, type)));
    put_number(out, type->count);
    if (type->distinct >= AS_DISTINCT_MAX) {
        put_text(out, "\xe2\x89\xa5 1000");
    } else {
        put_number(out, type->distinct);
    }
    put_number(out, type->confidence);
    put_text(out, as_severity_name(as_detector_severity(detector, type->count)));
    put_first_place(out, v, type);
    put_text(out, as_coverage_name(v->r->coverage));
    put_cell(out, as_slice_of(v->id), true);
}

enum as_status as_document_csv(const struct as_run_facts *run, const struct as_result *r,
                               struct as_strbuf *out)
{
    struct as_finding_view v;
    AS_TRY(as_finding_view_init(&v, run, r));
    for (uint32_t i = 0; i < v.type_count; i++) {
        put_row(out, &v, v.types[i]);
    }
    as_finding_view_fini(&v);
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}
