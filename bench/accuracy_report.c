/* SPDX-License-Identifier: Apache-2.0
 * See accuracy_report.h. Types in alphabetical order, then the sums by area and of all. */
#include "bench/accuracy_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Type numbers in the order of their names. */
struct order {
    const struct as_type_table *types;
    uint16_t numbers[AS_TYPES_MAX];
    size_t count;
};

static int compare_names(const void *a, const void *b, void *context)
{
    const struct order *o = context;
    return strcmp(as_type_name(o->types, *(const uint16_t *)a),
                  as_type_name(o->types, *(const uint16_t *)b));
}

static void order_types(struct order *o, const struct as_type_table *types)
{
    o->types = types;
    o->count = as_type_count(types);
    for (size_t i = 0; i < o->count; i++) {
        o->numbers[i] = (uint16_t)i;
    }
    qsort_r(o->numbers, o->count, sizeof o->numbers[0], compare_names, o);
}

static bool counted(const struct as_score_count *c)
{
    return c->found + c->missed + c->wrong != 0;
}

static void add(struct as_score_count *to, const struct as_score_count *c)
{
    to->found += c->found;
    to->missed += c->missed;
    to->wrong += c->wrong;
    to->ignored += c->ignored;
}

struct sums {
    struct as_score_count areas[AS_AREA_COUNT];
    struct as_score_count all;
};

static void sum_up(const struct as_type_table *types, const struct as_scores *s, struct sums *out)
{
    *out = (struct sums){0};
    for (size_t t = 0; t < as_type_count(types); t++) {
        add(&out->areas[as_type_area(types, (uint16_t)t)], &s->types[t]);
        add(&out->all, &s->types[t]);
    }
}

static void put_rate(struct as_strbuf *out, double rate)
{
    if (rate < 0) {
        as_strbuf_puts(out, "      -");
    } else {
        as_strbuf_printf(out, " %6.3f", rate);
    }
}

static void put_row(struct as_strbuf *out, const char *name, const struct as_score_count *c)
{
    struct as_score_rates r = as_score_rates(c);
    as_strbuf_printf(out, "%-42s %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64,
                     name, c->found + c->missed, c->found, c->missed, c->wrong, c->ignored);
    put_rate(out, r.precision);
    put_rate(out, r.recall);
    put_rate(out, r.f1);
    as_strbuf_putc(out, '\n');
}

static double per_mb(uint64_t count, uint64_t bytes)
{
    return bytes == 0 ? 0 : (double)count / ((double)bytes / 1e6);
}

static void put_notes(struct as_strbuf *out, const struct order *o, const struct as_scores *s)
{
    if (s->unlabelled_bytes != 0) {
        as_strbuf_printf(out,
                         "documents without a label: %.2f MB, %" PRIu64 " wrong, %.2f per MB\n",
                         (double)s->unlabelled_bytes / 1e6, s->unlabelled_wrong,
                         per_mb(s->unlabelled_wrong, s->unlabelled_bytes));
    }
    if (s->expected_some[0] + s->expected_some[1] + s->expected_none[0] + s->expected_none[1]) {
        as_strbuf_printf(out,
                         "labelled as a whole: something found in %" PRIu64 " of %" PRIu64
                         " that hold something, in %" PRIu64 " of %" PRIu64 " that hold nothing\n",
                         s->expected_some[1], s->expected_some[0] + s->expected_some[1],
                         s->expected_none[1], s->expected_none[0] + s->expected_none[1]);
    }
    const char *before = "found, but not labelled there and so not judged: ";
    for (size_t i = 0; i < o->count; i++) {
        uint64_t count = s->unjudged[o->numbers[i]];
        if (count != 0) {
            as_strbuf_printf(out, "%s%s %" PRIu64, before, as_type_name(o->types, o->numbers[i]),
                             count);
            before = ", ";
        }
    }
    as_strbuf_puts(out, *before == ',' ? "\n" : "");
    if (s->members != 0) {
        as_strbuf_printf(out,
                         "%" PRIu64
                         " found inside members or beside the content, with no place to compare\n",
                         s->members);
    }
    if (s->incomplete != 0) {
        as_strbuf_printf(out, "%" PRIu64 " documents were NOT read in full\n", s->incomplete);
    }
}

void as_accuracy_table(struct as_strbuf *out, const char *title, const struct as_type_table *types,
                       const struct as_scores *scores)
{
    struct order o;
    struct sums sums;
    order_types(&o, types);
    sum_up(types, scores, &sums);
    as_strbuf_printf(out, "== %s: %" PRIu64 " documents, %.2f MB\n", title, scores->documents,
                     (double)scores->bytes / 1e6);
    as_strbuf_printf(out, "%-42s %7s %7s %7s %7s %7s %6s %6s %6s\n", "type", "labels", "found",
                     "missed", "wrong", "ignored", "prec", "recall", "F1");
    for (size_t i = 0; i < o.count; i++) {
        const struct as_score_count *c = &scores->types[o.numbers[i]];
        if (counted(c)) {
            put_row(out, as_type_name(types, o.numbers[i]), c);
        }
    }
    for (int a = 0; a < AS_AREA_COUNT; a++) {
        if (counted(&sums.areas[a])) {
            put_row(out, as_type_area_name((enum as_type_area)a), &sums.areas[a]);
        }
    }
    put_row(out, "all", &sums.all);
    as_strbuf_printf(out, "%.2f wrong per MB\n", per_mb(sums.all.wrong, scores->bytes));
    put_notes(out, &o, scores);
    as_strbuf_putc(out, '\n');
}

static void json_rate(struct as_doc *doc, cJSON *object, const char *name, double rate)
{
    if (rate < 0) {
        as_doc_null(doc, object, name);
    } else {
        as_doc_decimal(doc, object, name, rate);
    }
}

static void json_count(struct as_doc *doc, cJSON *parent, const char *name,
                       const struct as_score_count *c)
{
    cJSON *o = as_doc_object(doc, parent, name);
    struct as_score_rates r = as_score_rates(c);
    as_doc_number(doc, o, "labels", c->found + c->missed);
    as_doc_number(doc, o, "found", c->found);
    as_doc_number(doc, o, "missed", c->missed);
    as_doc_number(doc, o, "wrong", c->wrong);
    as_doc_number(doc, o, "ignored", c->ignored);
    json_rate(doc, o, "precision", r.precision);
    json_rate(doc, o, "recall", r.recall);
    json_rate(doc, o, "f1", r.f1);
}

void as_accuracy_json(struct as_doc *doc, cJSON *object, const struct as_type_table *types,
                      const struct as_scores *s)
{
    struct order o;
    struct sums sums;
    order_types(&o, types);
    sum_up(types, s, &sums);
    as_doc_number(doc, object, "documents", s->documents);
    as_doc_number(doc, object, "bytes", s->bytes);
    as_doc_number(doc, object, "notReadInFull", s->incomplete);
    as_doc_number(doc, object, "foundInMembers", s->members);
    as_doc_decimal(doc, object, "wrongPerMb", per_mb(sums.all.wrong, s->bytes));
    cJSON *unlabelled = as_doc_object(doc, object, "unlabelled");
    as_doc_number(doc, unlabelled, "bytes", s->unlabelled_bytes);
    as_doc_number(doc, unlabelled, "wrong", s->unlabelled_wrong);
    cJSON *whole = as_doc_object(doc, object, "whole");
    as_doc_number(doc, whole, "some", s->expected_some[0] + s->expected_some[1]);
    as_doc_number(doc, whole, "someFound", s->expected_some[1]);
    as_doc_number(doc, whole, "none", s->expected_none[0] + s->expected_none[1]);
    as_doc_number(doc, whole, "noneFound", s->expected_none[1]);
    cJSON *areas = as_doc_object(doc, object, "groups");
    for (int a = 0; a < AS_AREA_COUNT; a++) {
        json_count(doc, areas, as_type_area_name((enum as_type_area)a), &sums.areas[a]);
    }
    json_count(doc, areas, "all", &sums.all);
    cJSON *by_type = as_doc_object(doc, object, "types");
    cJSON *unjudged = as_doc_object(doc, object, "notJudged");
    for (size_t i = 0; i < o.count; i++) {
        const char *name = as_type_name(types, o.numbers[i]);
        if (counted(&s->types[o.numbers[i]])) {
            json_count(doc, by_type, name, &s->types[o.numbers[i]]);
        }
        if (s->unjudged[o.numbers[i]] != 0) {
            as_doc_number(doc, unjudged, name, s->unjudged[o.numbers[i]]);
        }
    }
}

enum as_status as_accuracy_predictions(struct as_strbuf *out, const struct as_type_table *types,
                                       const struct as_gold *gold)
{
    for (size_t i = 0; i < gold->count; i++) {
        const struct as_gold_document *d = &gold->documents[i];
        struct as_doc doc;
        as_doc_init(&doc, false);
        as_doc_text(&doc, doc.root, "source", d->source);
        as_doc_number(&doc, doc.root, "doc", d->line);
        cJSON *spans = as_doc_array(&doc, doc.root, "spans");
        for (size_t p = 0; p < d->prediction_count; p++) {
            cJSON *span = as_doc_element(&doc, spans);
            as_doc_number(&doc, span, "start", d->predictions[p].start);
            as_doc_number(&doc, span, "end", d->predictions[p].end);
            as_doc_text(&doc, span, "type", as_type_name(types, d->predictions[p].type));
        }
        AS_TRY(as_doc_finish(&doc, out));
        as_strbuf_putc(out, '\n');
    }
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}
