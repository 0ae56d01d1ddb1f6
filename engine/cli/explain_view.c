/* SPDX-License-Identifier: Apache-2.0
 * See explain_view.h: the text for people. */
#include "cli/explain_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/reason.h"
#include "cli/width.h"

#define IDS_SHOWN_MAX 8U

/* What became of a candidate, in the order in which a nominee's are shown. */
static const struct {
    enum as_trace_verdict verdict;
    const char *text;
} s_rejects[] = {
    {AS_TRACE_NO_KEYWORD, "no keyword in reach, else it would be one"},
    {AS_TRACE_KEYWORD_PRESENT, "a keyword is in reach, so another detector has it"},
    {AS_TRACE_EXCLUDED, "listed as never being one"},
    {AS_TRACE_BOUNDS, "too short, too long, or its ends cannot be told"},
    {AS_TRACE_CHECK, "the check says no"},
    {AS_TRACE_SHAPE, "letters and digits in another order"},
    {AS_TRACE_SEPARATORS, "separators that it does not have"},
};

static const char *strength_text(enum as_strength strength)
{
    switch (strength) {
    case AS_STRENGTH_NONE:
        return "shape alone";
    case AS_STRENGTH_STRUCTURE:
        return "structure";
    case AS_STRENGTH_DIGIT:
        return "check digit";
    case AS_STRENGTH_STRONG:
        return "strong check";
    case AS_STRENGTH_PROOF:
        return "proof";
    }
    return "";
}

static void show_state(const struct as_explain_view *v, const struct as_explained_hit *h,
                       struct as_strbuf *out)
{
    if (h->lost_to >= 0) {
        as_strbuf_printf(out, "overlap lost to %s, confidence %u",
                         v->catalog->detectors[h->lost_to].id, h->confidence);
        return;
    }
    switch (h->state) {
    case AS_HIT_REPORTED:
        as_strbuf_printf(out, "reported, confidence %u", h->confidence);
        return;
    case AS_HIT_TEST_VALUE:
        as_strbuf_puts(out, "excluded: a published test value");
        return;
    case AS_HIT_PLACEHOLDER:
        as_strbuf_puts(out, "excluded: a placeholder");
        return;
    case AS_HIT_LOW_CONFIDENCE:
        as_strbuf_printf(out, "excluded: confidence %u is below %u", h->confidence,
                         v->confidence_min);
        return;
    case AS_HIT_STATE_COUNT:
        break;
    }
}

static void show_keyword(const struct as_trace_keyword *k, struct as_strbuf *out)
{
    static const char *const where[] = {
        [AS_TRACE_NOWHERE] = "",
        [AS_TRACE_BEFORE] = "before it",
        [AS_TRACE_AFTER] = "after it",
        [AS_TRACE_COLUMN] = "in the column's name",
        [AS_TRACE_PATH] = "in a key of its path",
    };
    as_strbuf_puts(out, "    keyword \"");
    as_strbuf_append(out, k->text.ptr, k->text.len);
    as_strbuf_puts(out, "\" ");
    if (k->where == AS_TRACE_BEFORE || k->where == AS_TRACE_AFTER) {
        as_strbuf_printf(out, "%u character%s ", k->distance, k->distance == 1 ? "" : "s");
    }
    as_strbuf_printf(out, "%s\n", where[k->where]);
}

static void show_point(struct as_strbuf *out, int points, const char *what)
{
    if (points != 0) {
        as_strbuf_printf(out, ", %+d %s", points, what);
    }
}

static void show_points(const struct as_explained_hit *h, struct as_strbuf *out)
{
    const struct as_points *p = &h->points;
    bool keyword = h->keyword.where != AS_TRACE_NOWHERE;
    as_strbuf_printf(out, "    points: %d base", p->base);
    show_point(out, p->strength, strength_text(h->strength));
    show_point(out, p->keyword, keyword ? "keyword" : "no keyword");
    show_point(out, p->definition, "by its definition");
    show_point(out, p->formatted, "written with separators");
    show_point(out, p->column,
               p->column > 0 ? "its column agrees" : "its column speaks against it");
    show_point(out, p->neighbours,
               p->neighbours > 0 ? "numbers around it pass too"
                                 : "numbers around it fail the check");
    show_point(out, p->time, "a time beside it, as in a log");
    show_point(out, p->lone, "no field of its own");
    as_strbuf_putc(out, '\n');
}

static void show_hit(const struct as_explain_view *v, const struct as_explained *e,
                     const struct as_explained_hit *h, struct as_strbuf *out)
{
    as_strbuf_printf(out, "  %s: ", v->catalog->detectors[h->detector].id);
    show_state(v, h, out);
    if (!e->metadata && (h->start != e->start || h->end != e->end)) {
        as_strbuf_printf(out, ", bytes %" PRIu64 " to %" PRIu64, h->start, h->end);
    }
    as_strbuf_putc(out, '\n');
    if (h->keyword.where != AS_TRACE_NOWHERE) {
        show_keyword(&h->keyword, out);
    }
    show_points(h, out);
}

static void show_rejects(const struct as_explain_view *v, const struct as_explained *e,
                         struct as_strbuf *out)
{
    for (size_t k = 0; k < AS_ARRAY_SIZE(s_rejects); k++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < e->reject_count; i++) {
            if (e->rejects[i].verdict != (uint8_t)s_rejects[k].verdict) {
                continue;
            }
            if (count == 0) {
                as_strbuf_printf(out, "  %s: ", s_rejects[k].text);
            }
            if (count < IDS_SHOWN_MAX) {
                as_strbuf_printf(out, "%s%s", count == 0 ? "" : ", ",
                                 v->catalog->detectors[e->rejects[i].detector].id);
            }
            count++;
        }
        if (count > IDS_SHOWN_MAX) {
            as_strbuf_printf(out, " and %u more", count - IDS_SHOWN_MAX);
        }
        as_strbuf_puts(out, count != 0 ? "\n" : "");
    }
}

static void show_item(const struct as_explain_view *v, const struct as_explained *e,
                      struct as_strbuf *out)
{
    if (*e->member_path != '\0') {
        as_text_show(out, as_slice_of(e->member_path), SIZE_MAX);
        as_strbuf_putc(out, ':');
    }
    if (e->metadata) {
        as_strbuf_puts(out, "beside the content, so without a place");
    } else {
        as_strbuf_printf(out, "%" PRIu64 ":%" PRIu64 "  bytes %" PRIu64 " to %" PRIu64,
                         e->place.line, e->place.line_column, e->start, e->end);
    }
    if (e->place.row != 0 && !e->metadata) {
        as_strbuf_printf(out, ", row %" PRIu64 " column %u", e->place.row, e->place.column);
    }
    as_strbuf_putc(out, '\n');
    for (uint32_t i = 0; i < e->hit_count; i++) {
        show_hit(v, e, &e->hits[i], out);
    }
    show_rejects(v, e, out);
}

static void show_totals(const struct as_explain_view *v, struct as_strbuf *out)
{
    as_strbuf_printf(out, "%-44s %9s %9s %9s %9s %9s\n", "detector", "reported", "excluded", "lost",
                     "keyword", "rejected");
    for (uint32_t d = 0; d < v->catalog->count; d++) {
        const struct as_explain_totals *t = as_explain_record_totals(v->record, d);
        uint64_t keyword = t->verdicts[AS_TRACE_NO_KEYWORD] + t->verdicts[AS_TRACE_KEYWORD_PRESENT];
        uint64_t rejected = t->verdicts[AS_TRACE_SEPARATORS] + t->verdicts[AS_TRACE_SHAPE] +
                            t->verdicts[AS_TRACE_CHECK] + t->verdicts[AS_TRACE_BOUNDS] +
                            t->verdicts[AS_TRACE_EXCLUDED];
        uint64_t excluded = t->states[AS_HIT_TEST_VALUE] + t->states[AS_HIT_PLACEHOLDER] +
                            t->states[AS_HIT_LOW_CONFIDENCE];
        if (t->verdicts[AS_TRACE_CONFIRMED] + keyword != 0) {
            as_strbuf_printf(
                out, "%-44s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 "\n",
                v->catalog->detectors[d].id, t->states[AS_HIT_REPORTED], excluded, t->lost, keyword,
                rejected);
        }
    }
}

void as_explain_show(const struct as_explain_view *v, struct as_strbuf *out)
{
    uint32_t count;
    const struct as_explained *items = as_explain_record_items(v->record, &count);
    uint64_t all = as_explain_record_count(v->record);
    for (uint32_t i = 0; i < count; i++) {
        show_item(v, &items[i], out);
    }
    as_strbuf_puts(out, count != 0 ? "\n" : "");
    if (all != 0) {
        show_totals(v, out);
        as_strbuf_putc(out, '\n');
    }
    as_strbuf_printf(out, "%" PRIu64 " place%s looked at", all, all == 1 ? "" : "s");
    if (all > count) {
        as_strbuf_printf(out, ", %u of them shown, those with a hit first (--limit)", count);
    }
    if (v->outcome->coverage == AS_COMPLETE) {
        as_strbuf_puts(out, "; all of it was read\n");
    } else {
        as_strbuf_printf(out, "; %s: %s (%s)\n", as_coverage_name(v->outcome->coverage),
                         as_reason_text(v->outcome->reason), as_reason_name(v->outcome->reason));
    }
}
