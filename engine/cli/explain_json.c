/* SPDX-License-Identifier: Apache-2.0
 * See explain_view.h: the JSON document. Its keys are described in docs/operations.md. */
#include "base/reason.h"
#include "cli/explain_view.h"
#include "findings/json_doc.h"

static const char *const s_verdicts[AS_TRACE_VERDICT_COUNT] = {
    [AS_TRACE_CONFIRMED] = "CONFIRMED",
    [AS_TRACE_NO_KEYWORD] = "NO_KEYWORD",
    [AS_TRACE_KEYWORD_PRESENT] = "KEYWORD_PRESENT",
    [AS_TRACE_SEPARATORS] = "SEPARATORS",
    [AS_TRACE_SHAPE] = "SHAPE",
    [AS_TRACE_CHECK] = "CHECK",
    [AS_TRACE_BOUNDS] = "BOUNDS",
    [AS_TRACE_EXCLUDED] = "EXCLUDED_VALUE",
};

static const char *const s_states[AS_HIT_STATE_COUNT] = {
    [AS_HIT_REPORTED] = "REPORTED",
    [AS_HIT_TEST_VALUE] = "TEST_VALUE",
    [AS_HIT_PLACEHOLDER] = "PLACEHOLDER",
    [AS_HIT_LOW_CONFIDENCE] = "LOW_CONFIDENCE",
};

/* Points may be below 0, which as_doc_number cannot write. */
static void add_points(struct as_doc *doc, cJSON *parent, const struct as_points *p)
{
    const struct {
        const char *name;
        int points;
    } parts[] = {{"base", p->base},
                 {"strength", p->strength},
                 {"keyword", p->keyword},
                 {"definition", p->definition},
                 {"separators", p->formatted},
                 {"column", p->column},
                 {"neighbours", p->neighbours},
                 {"time", p->time},
                 {"lone", p->lone}};
    cJSON *o = as_doc_object(doc, parent, "points");
    for (size_t i = 0; i < AS_ARRAY_SIZE(parts) && o != NULL; i++) {
        if (cJSON_AddNumberToObject(o, parts[i].name, parts[i].points) == NULL) {
            doc->failed = true;
        }
    }
}

static void add_keyword(struct as_doc *doc, cJSON *parent, const struct as_trace_keyword *k)
{
    static const char *const where[] = {[AS_TRACE_NOWHERE] = "",
                                        [AS_TRACE_BEFORE] = "BEFORE",
                                        [AS_TRACE_AFTER] = "AFTER",
                                        [AS_TRACE_COLUMN] = "COLUMN_NAME",
                                        [AS_TRACE_PATH] = "JSON_PATH"};
    if (k->where == AS_TRACE_NOWHERE) {
        return;
    }
    cJSON *o = as_doc_object(doc, parent, "keyword");
    as_doc_bytes(doc, o, "text", k->text);
    as_doc_text(doc, o, "where", where[k->where]);
    if (k->where == AS_TRACE_BEFORE || k->where == AS_TRACE_AFTER) {
        as_doc_number(doc, o, "distance", k->distance);
    }
}

static void add_hit(const struct as_explain_view *v, struct as_doc *doc, cJSON *hits,
                    const struct as_explained_hit *h, bool placed)
{
    cJSON *o = as_doc_element(doc, hits);
    as_doc_text(doc, o, "detector", v->catalog->detectors[h->detector].id);
    as_doc_text(doc, o, "state", h->lost_to >= 0 ? "LOST_OVERLAP" : s_states[h->state]);
    if (h->lost_to >= 0) {
        as_doc_text(doc, o, "lostTo", v->catalog->detectors[h->lost_to].id);
    }
    if (placed) {
        as_doc_number(doc, o, "start", h->start);
        as_doc_number(doc, o, "end", h->end);
    }
    as_doc_number(doc, o, "confidence", h->confidence);
    add_points(doc, o, &h->points);
    add_keyword(doc, o, &h->keyword);
}

static void add_place(struct as_doc *doc, cJSON *o, const struct as_explained *e)
{
    as_doc_number(doc, o, "line", e->place.line);
    as_doc_number(doc, o, "column", e->place.line_column);
    if (e->place.row != 0) {
        as_doc_number(doc, o, "cellRow", e->place.row);
        as_doc_number(doc, o, "cellColumn", e->place.column);
    }
    as_doc_number(doc, o, "start", e->start);
    as_doc_number(doc, o, "end", e->end);
}

static void add_item(const struct as_explain_view *v, struct as_doc *doc, cJSON *list,
                     const struct as_explained *e)
{
    cJSON *o = as_doc_element(doc, list);
    if (*e->member_path != '\0') {
        as_doc_text(doc, o, "member", e->member_path);
    }
    if (e->metadata) {
        as_doc_bool(doc, o, "besideContent", true);
    } else {
        add_place(doc, o, e);
    }
    cJSON *hits = as_doc_array(doc, o, "hits");
    for (uint32_t i = 0; i < e->hit_count; i++) {
        add_hit(v, doc, hits, &e->hits[i], !e->metadata);
    }
    cJSON *rejected = as_doc_object(doc, o, "rejected");
    for (int verdict = 0; verdict < AS_TRACE_VERDICT_COUNT; verdict++) {
        cJSON *ids = NULL;
        for (uint32_t i = 0; i < e->reject_count; i++) {
            if (e->rejects[i].verdict == verdict) {
                ids = ids != NULL ? ids : as_doc_array(doc, rejected, s_verdicts[verdict]);
                as_doc_text_element(doc, ids, v->catalog->detectors[e->rejects[i].detector].id);
            }
        }
    }
}

static void add_totals(const struct as_explain_view *v, struct as_doc *doc)
{
    cJSON *totals = as_doc_array(doc, doc->root, "totals");
    for (uint32_t d = 0; d < v->catalog->count; d++) {
        const struct as_explain_totals *t = as_explain_record_totals(v->record, d);
        uint64_t all = 0;
        for (int i = 0; i < AS_TRACE_VERDICT_COUNT; i++) {
            all += t->verdicts[i];
        }
        if (all == 0) {
            continue;
        }
        cJSON *o = as_doc_element(doc, totals);
        as_doc_text(doc, o, "detector", v->catalog->detectors[d].id);
        for (int i = 0; i < AS_HIT_STATE_COUNT; i++) {
            as_doc_number(doc, o, s_states[i], t->states[i]);
        }
        as_doc_number(doc, o, "LOST_OVERLAP", t->lost);
        for (int i = AS_TRACE_CONFIRMED + 1; i < AS_TRACE_VERDICT_COUNT; i++) {
            as_doc_number(doc, o, s_verdicts[i], t->verdicts[i]);
        }
    }
}

enum as_status as_explain_show_json(const struct as_explain_view *v, struct as_strbuf *out)
{
    struct as_doc doc;
    uint32_t count;
    const struct as_explained *items = as_explain_record_items(v->record, &count);
    as_doc_init(&doc, false);
    as_doc_text(&doc, doc.root, "target", v->target);
    cJSON *status = as_doc_object(&doc, doc.root, "status");
    as_doc_text(&doc, status, "code", as_coverage_name(v->outcome->coverage));
    if (v->outcome->reason != AS_REASON_NONE) {
        as_doc_text(&doc, status, "reason", as_reason_name(v->outcome->reason));
    }
    as_doc_number(&doc, doc.root, "minConfidence", v->confidence_min);
    as_doc_number(&doc, doc.root, "places", as_explain_record_count(v->record));
    as_doc_number(&doc, doc.root, "shown", count);
    cJSON *list = as_doc_array(&doc, doc.root, "nominees");
    for (uint32_t i = 0; i < count; i++) {
        add_item(v, &doc, list, &items[i]);
    }
    add_totals(v, &doc);
    AS_TRY(as_doc_finish_pretty(&doc, out));
    as_strbuf_putc(out, '\n');
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}
