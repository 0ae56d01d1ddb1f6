/* SPDX-License-Identifier: Apache-2.0
 * Macie's location schema: cells (row and column from 1, the header is row 1), lineRanges (lines
 * from 1, startColumn in characters from 1), records (recordIndex from 0). ASFF has the same keys
 * in PascalCase. offsetRanges is reserved in Macie's findings and counts characters in ASFF, so
 * byte offsets stand in results.jsonl alone. */
#include "findings/occurrences.h"

struct names {
    const char *occurrences;
    const char *cells;
    const char *cell_reference;
    const char *column;
    const char *column_name;
    const char *row;
    const char *line_ranges;
    const char *start;
    const char *end;
    const char *start_column;
    const char *offset_ranges;
    const char *pages;
    const char *records;
    const char *json_path;
    const char *record_index;
};

static const struct names camel = {"occurrences", "cells",       "cellReference", "column",
                                   "columnName",  "row",         "lineRanges",    "start",
                                   "end",         "startColumn", "offsetRanges",  "pages",
                                   "records",     "jsonPath",    "recordIndex"};
static const struct names pascal = {"Occurrences", "Cells",       "CellReference", "Column",
                                    "ColumnName",  "Row",         "LineRanges",    "Start",
                                    "End",         "StartColumn", "OffsetRanges",  "Pages",
                                    "Records",     "JsonPath",    "RecordIndex"};

static const char *name_of(const struct names *n, enum as_place_kind kind)
{
    switch (kind) {
    case AS_PLACE_CELL:
        return n->cells;
    case AS_PLACE_RECORD:
        return n->records;
    case AS_PLACE_LINE:
        break;
    }
    return n->line_ranges;
}

static void put_place(struct as_doc *d, cJSON *list, const struct names *n,
                      const struct as_occurrence *o)
{
    cJSON *item = as_doc_element(d, list);
    switch ((enum as_place_kind)o->kind) {
    case AS_PLACE_CELL:
        as_doc_text(d, item, n->cell_reference, NULL);
        as_doc_number(d, item, n->column, o->column);
        as_doc_text(d, item, n->column_name, o->column_name);
        as_doc_number(d, item, n->row, o->row);
        return;
    case AS_PLACE_RECORD:
        as_doc_text(d, item, n->json_path, o->json_path);
        as_doc_number(d, item, n->record_index, o->record);
        return;
    case AS_PLACE_LINE:
        break;
    }
    as_doc_number(d, item, n->start, o->line);
    as_doc_number(d, item, n->end, o->end_line < o->line ? o->line : o->end_line);
    as_doc_number(d, item, n->start_column, o->line_column);
}

/** The places of one kind among the first `limit`. False when there are none. */
static bool put_kind(struct as_doc *d, cJSON *parent, const struct names *n,
                     enum as_place_kind kind, const struct as_type_tally *type, uint32_t limit)
{
    cJSON *list = NULL;
    for (uint32_t i = 0; i < limit; i++) {
        if (type->occurrences[i].kind == (uint8_t)kind) {
            list = list == NULL ? as_doc_array(d, parent, name_of(n, kind)) : list;
            put_place(d, list, n, &type->occurrences[i]);
        }
    }
    return list != NULL;
}

static void put_offsets(struct as_doc *d, cJSON *parent, const struct names *n,
                        const struct as_type_tally *type, uint32_t limit)
{
    cJSON *list = as_doc_array(d, parent, n->offset_ranges);
    for (uint32_t i = 0; i < limit; i++) {
        cJSON *item = as_doc_element(d, list);
        as_doc_number(d, item, n->start, type->occurrences[i].start);
        as_doc_number(d, item, n->end, type->occurrences[i].end);
        as_doc_number(d, item, "confidence", type->occurrences[i].confidence);
    }
}

void as_doc_occurrences(struct as_doc *d, cJSON *detection, enum as_document_form form,
                        const struct as_type_tally *type, uint32_t limit)
{
    const struct names *n = form == AS_FORM_ASFF ? &pascal : &camel;
    limit = limit > type->occurrence_count ? type->occurrence_count : limit;
    if (form == AS_FORM_ASFF && limit == 0) {
        return;
    }
    static const enum as_place_kind kinds[] = {AS_PLACE_CELL, AS_PLACE_LINE, AS_PLACE_RECORD};
    cJSON *places = as_doc_object(d, detection, n->occurrences);
    for (size_t i = 0; i < AS_ARRAY_SIZE(kinds); i++) {
        if (!put_kind(d, places, n, kinds[i], type, limit) && form != AS_FORM_ASFF) {
            as_doc_null(d, places, name_of(n, kinds[i]));
        }
    }
    if (form == AS_FORM_RESULT) {
        put_offsets(d, places, n, type, limit);
    } else if (form == AS_FORM_MACIE) {
        as_doc_null(d, places, n->offset_ranges);
    }
    if (form != AS_FORM_ASFF) {
        as_doc_null(d, places, n->pages);
    }
}
