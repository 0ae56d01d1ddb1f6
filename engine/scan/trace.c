/* SPDX-License-Identifier: Apache-2.0
 * See trace.h. Slow on purpose: a trace looks again at what the scan passed over, so that the scan
 * itself need not remember why. The keyword is looked for anew around the value, by the index
 * alone; of several the nearest is told. */
#include <string.h>

#include "base/utf8.h"
#include "scan/trace_impl.h"

void as_scan_worker_trace(struct as_scan_worker *w, const struct as_trace *trace)
{
    w->trace = trace;
}

static struct as_trace_event event_of(const struct as_scan_worker *w, const struct as_nominee *n,
                                      const struct as_candidate *c, enum as_trace_verdict verdict)
{
    const struct as_block *b = w->block;
    return (struct as_trace_event){.block = b,
                                   .detector = &w->scanner->catalog->detectors[c->detector],
                                   .nominee_start = b->offset + as_at_of(w, n->start) - b->back,
                                   .nominee_end = b->offset + as_at_of(w, n->end) - b->back,
                                   .verdict = verdict};
}

void as_trace_rejected(struct as_scan_worker *w, const struct as_nominee *n,
                       const struct as_candidate *c, enum as_trace_verdict verdict)
{
    struct as_trace_event e = event_of(w, n, c, verdict);
    w->trace->event(w->trace->context, &e);
}

void as_trace_shut(struct as_scan_worker *w, const struct as_nominee *n,
                   const struct as_candidate *c)
{
    struct as_value v;
    enum as_verdict verdict;
    as_value_prepare(w, n, &v);
    bool passed = as_confirm_check(w, n, c, &v, &verdict);
    as_trace_rejected(w, n, c, passed ? AS_TRACE_NO_KEYWORD : (enum as_trace_verdict)w->rejection);
}

void as_trace_dropped(struct as_scan_worker *w, const struct as_nominee *n)
{
    struct as_candidate_list list = w->scanner->lists[n->list];
    for (uint32_t i = list.first; i < list.first + list.count; i++) {
        as_trace_shut(w, n, &w->scanner->candidates[i]);
    }
}

/* --- the keyword --- */

struct finding {
    const struct as_keyword_index *x;
    uint16_t number;
    const uint8_t *text; /* of the window, or of a name */
    size_t start;        /* the value in it; a name has none */
    size_t end;
    bool name;
    size_t reach; /* characters; SIZE_MAX for no limit */
    struct as_trace_keyword best;
    bool found;
};

static void on_keyword(void *context, uint32_t keyword, size_t start, size_t end)
{
    struct finding *f = context;
    const uint64_t *set = as_keyword_set(f->x, keyword);
    if ((set[f->number / 64] >> (f->number % 64) & 1U) == 0) {
        return;
    }
    const struct as_keyword *k = &f->x->keywords[keyword];
    struct as_trace_keyword here = {.text = as_slice(f->x->texts + k->text, k->len)};
    uint64_t distance = 0;
    if (!f->name && end <= f->start) {
        here.where = AS_TRACE_BEFORE;
        distance = as_utf8_count(f->text + end, f->start - end);
    } else if (!f->name && start >= f->end) {
        here.where = AS_TRACE_AFTER;
        distance = as_utf8_count(f->text + f->end, start - f->end);
    } else if (!f->name) {
        return; /* inside the value */
    }
    here.distance = (uint32_t)distance;
    bool nearer = !f->found || here.distance < f->best.distance ||
                  (here.distance == f->best.distance && here.text.len > f->best.text.len);
    if (distance <= f->reach && nearer) {
        f->best = here;
        f->found = true;
    }
}

static bool find_in_name(struct finding *f, struct as_slice name, enum as_trace_where where)
{
    f->name = true;
    f->found = false;
    as_keyword_scan(f->x, name, 0, name.len, on_keyword, f);
    f->best.where = where;
    return f->found;
}

static bool find_in_names(struct as_scan_worker *w, const struct as_nominee *n, struct finding *f)
{
    const struct as_text *text = w->block->text;
    if (text->kind == AS_TEXT_DELIMITED) {
        return w->cell.column < text->column_count && text->columns != NULL &&
               find_in_name(f, text->columns[w->cell.column].name, AS_TRACE_COLUMN);
    }
    if (w->walk == NULL) {
        return false;
    }
    as_paths_seek(w, as_at_of(w, n->start));
    uint32_t count;
    const struct as_json_level *levels = as_json_walk_levels(w->walk, &count);
    for (uint32_t i = count; i > 0; i--) {
        const struct as_json_level *level = &levels[i - 1];
        if (!level->is_array &&
            find_in_name(f, as_slice(level->key, level->key_len), AS_TRACE_PATH)) {
            return true;
        }
    }
    return false;
}

/* The nearest keyword by the rule of reach.c, which said that there is one. */
static struct as_trace_keyword find_keyword(struct as_scan_worker *w, const struct as_nominee *n,
                                            uint16_t number, const struct as_value *v)
{
    struct finding f = {.x = &w->scanner->keywords, .number = number, .reach = SIZE_MAX};
    if (find_in_names(w, n, &f)) {
        return f.best;
    }
    size_t bytes = AS_CELL_REACH;
    if (w->block->text->kind == AS_TEXT_PLAIN) {
        f.reach = w->scanner->distances[number];
        bytes = 4 * f.reach;
    }
    bytes += f.x->longest;
    f.name = false;
    f.found = false;
    f.text = w->window;
    f.start = as_value_base(w, v) + v->start;
    f.end = as_value_base(w, v) + v->end;
    size_t from = f.start > bytes ? f.start - bytes : 0;
    size_t to = w->window_len - f.end > bytes ? f.end + bytes : w->window_len;
    as_keyword_scan(f.x, as_slice(w->window, w->window_len), from, to, on_keyword, &f);
    return f.found ? f.best : (struct as_trace_keyword){.where = AS_TRACE_NOWHERE};
}

void as_trace_confirmed(struct as_scan_worker *w, const struct as_nominee *n,
                        const struct as_context *c, const struct as_value *v,
                        const struct as_hit *hit, const struct as_points *points)
{
    struct as_trace_event e = event_of(w, n, c->candidate, AS_TRACE_CONFIRMED);
    e.start = hit->start;
    e.end = hit->end;
    e.state = (enum as_hit_state)hit->state;
    e.strength = (enum as_strength)hit->strength;
    e.confidence = hit->confidence;
    e.points = *points;
    if (c->keyword && c->candidate->number != UINT16_MAX) {
        e.keyword = find_keyword(w, n, c->candidate->number, v);
    }
    w->trace->event(w->trace->context, &e);
}
