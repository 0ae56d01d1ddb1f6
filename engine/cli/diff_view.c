/* SPDX-License-Identifier: Apache-2.0
 * See diff_view.h. Both sides are sorted by bucket and key, so that comparing is a merge, and what
 * is shown is never held as a whole. A type that is gone from an object which was not read in full,
 * or that the new run did not look for, is shown with that remark: it may still be there. */
#include "cli/diff_view.h"

#include <inttypes.h>
#include <string.h>

#include "cli/width.h"
#include "findings/json_doc.h"

#define FLUSH_BYTES ((size_t)64 << 10)

struct comparison {
    const struct as_diff_side *old_side;
    const struct as_diff_side *new_side;
    bool json;
    struct as_strbuf *out;
    as_diff_flush_fn *flush;
    struct as_diff_counts *counts;
    uint64_t shown;
};

static const struct as_past_object s_nothing = {
    .bucket = "", .key = "", .identity = "", .status = "", .reason = ""};

static bool is_complete(const struct as_past_object *o)
{
    return strcmp(o->status, "COMPLETE") == 0;
}

/* --- types of two objects, merged --- */

struct pair {
    const char *type;
    uint64_t old_count;
    uint64_t new_count;
};

struct merge {
    const struct as_past_object *a;
    const struct as_past_object *b;
    uint32_t i;
    uint32_t k;
};

static bool next_pair(struct merge *m, struct pair *out)
{
    const struct as_past_type *a = m->i < m->a->type_count ? &m->a->types[m->i] : NULL;
    const struct as_past_type *b = m->k < m->b->type_count ? &m->b->types[m->k] : NULL;
    if (a == NULL && b == NULL) {
        return false;
    }
    int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->name, b->name);
    *out = (struct pair){.type = order <= 0 ? a->name : b->name,
                         .old_count = order <= 0 ? a->count : 0,
                         .new_count = order >= 0 ? b->count : 0};
    m->i += order <= 0;
    m->k += order >= 0;
    return true;
}

/* Counts what differs; false when nothing does. */
static bool count_types(struct comparison *c, const struct as_past_object *a,
                        const struct as_past_object *b)
{
    struct merge m = {.a = a, .b = b};
    struct pair p;
    bool differ = false;
    while (next_pair(&m, &p)) {
        c->counts->types_came += p.old_count == 0;
        c->counts->types_went += p.new_count == 0;
        c->counts->types_changed +=
            p.old_count != 0 && p.new_count != 0 && p.old_count != p.new_count;
        differ = differ || p.old_count != p.new_count;
    }
    return differ;
}

/* --- text --- */

static void show_name(struct as_strbuf *out, const struct as_past_object *o)
{
    if (*o->bucket != '\0') {
        as_strbuf_puts(out, "s3://");
        as_text_show(out, as_slice_of(o->bucket), SIZE_MAX);
        as_strbuf_putc(out, '/');
    }
    as_text_show(out, as_slice_of(o->key), SIZE_MAX);
}

static void show_status(struct as_strbuf *out, const struct as_past_object *o)
{
    as_text_show(out, as_slice_of(o->status), 40);
    if (*o->reason != '\0') {
        as_strbuf_puts(out, " (");
        as_text_show(out, as_slice_of(o->reason), 80);
        as_strbuf_puts(out, ")");
    }
}

/* Why what went may still be there. */
static const char *doubt(const struct comparison *c, const struct as_past_object *b, bool there,
                         const struct pair *p)
{
    if (p->new_count != 0) {
        return "";
    }
    if (!as_diff_looked_for(c->new_side, p->type)) {
        return "  (not looked for in the new run)";
    }
    return there && !is_complete(b) ? "  (the object was not read in full)" : "";
}

static void show_text(struct comparison *c, const struct as_past_object *a,
                      const struct as_past_object *b, bool in_old, bool in_new)
{
    struct merge m = {.a = a, .b = b};
    struct pair p;
    show_name(c->out, in_old ? a : b);
    as_strbuf_puts(c->out, in_old && in_new ? "\n"
                           : in_old         ? "  only in OLD\n"
                                            : "  only in NEW\n");
    if (in_old && in_new && strcmp(a->status, b->status) != 0) {
        as_strbuf_puts(c->out, "  status ");
        show_status(c->out, a);
        as_strbuf_puts(c->out, " -> ");
        show_status(c->out, b);
        as_strbuf_putc(c->out, '\n');
    }
    while (next_pair(&m, &p)) {
        if (p.old_count == p.new_count) {
            continue;
        }
        as_strbuf_puts(c->out, p.old_count == 0 ? "  + " : p.new_count == 0 ? "  - " : "  ~ ");
        as_text_show(c->out, as_slice_of(p.type), SIZE_MAX);
        if (p.old_count != 0) {
            as_strbuf_printf(c->out, " %" PRIu64, p.old_count);
        }
        if (p.new_count != 0) {
            as_strbuf_printf(c->out, "%s %" PRIu64, p.old_count != 0 ? " ->" : "", p.new_count);
        }
        as_strbuf_printf(c->out, "%s\n", doubt(c, b, in_new, &p));
    }
}

/* --- JSON --- */

static void put_status(struct as_doc *doc, cJSON *parent, const char *name,
                       const struct as_past_object *o, bool there)
{
    if (!there) {
        as_doc_null(doc, parent, name);
        return;
    }
    cJSON *status = as_doc_object(doc, parent, name);
    as_doc_text(doc, status, "code", o->status);
    as_doc_text(doc, status, "reason", *o->reason == '\0' ? NULL : o->reason);
}

static enum as_status show_json(struct comparison *c, const struct as_past_object *a,
                                const struct as_past_object *b, bool in_old, bool in_new)
{
    struct merge m = {.a = a, .b = b};
    struct pair p;
    struct as_doc doc;
    const struct as_past_object *o = in_old ? a : b;
    as_doc_init(&doc, false);
    as_doc_text(&doc, doc.root, "bucket", *o->bucket == '\0' ? NULL : o->bucket);
    as_doc_text(&doc, doc.root, "key", o->key);
    as_doc_text(&doc, doc.root, "change", in_old && in_new ? "CHANGED" : in_old ? "WENT" : "CAME");
    cJSON *status = as_doc_object(&doc, doc.root, "status");
    put_status(&doc, status, "old", a, in_old);
    put_status(&doc, status, "new", b, in_new);
    cJSON *types = as_doc_array(&doc, doc.root, "types");
    while (next_pair(&m, &p)) {
        if (p.old_count == p.new_count) {
            continue;
        }
        cJSON *type = as_doc_element(&doc, types);
        as_doc_text(&doc, type, "type", p.type);
        as_doc_number(&doc, type, "old", p.old_count);
        as_doc_number(&doc, type, "new", p.new_count);
        as_doc_bool(&doc, type, "certain", *doubt(c, b, in_new, &p) == '\0');
    }
    as_strbuf_puts(c->out, c->shown == 0 ? "\n  " : ",\n  ");
    return as_doc_finish(&doc, c->out);
}

/* --- objects --- */

static enum as_status show(struct comparison *c, const struct as_past_object *a,
                           const struct as_past_object *b, bool in_old, bool in_new)
{
    if (c->json) {
        AS_TRY(show_json(c, a, b, in_old, in_new));
    } else {
        show_text(c, a, b, in_old, in_new);
    }
    c->shown++;
    if (c->out->failed) {
        return AS_E_NO_MEMORY;
    }
    return c->out->len >= FLUSH_BYTES ? c->flush(c->out) : AS_OK;
}

/* One object; NULL on the side that does not have it. Only what bears on findings or coverage of an
 * object that both have is a difference: objects come and go. */
static enum as_status compare(struct comparison *c, const struct as_past_object *a,
                              const struct as_past_object *b)
{
    bool in_old = a != NULL;
    bool in_new = b != NULL;
    a = in_old ? a : &s_nothing;
    b = in_new ? b : &s_nothing;
    c->counts->only_old += !in_new;
    c->counts->only_new += !in_old;
    c->counts->unread_old += in_old && !is_complete(a);
    c->counts->unread_new += in_new && !is_complete(b);
    bool status = in_old && in_new && strcmp(a->status, b->status) != 0;
    bool types = count_types(c, a, b);
    c->counts->statuses_changed += status;
    if (!status && !types) {
        c->counts->objects_same += in_old && in_new;
        return AS_OK;
    }
    c->counts->objects_differ++;
    return show(c, a, b, in_old, in_new);
}

static enum as_status compare_all(struct comparison *c)
{
    size_t old_count;
    size_t new_count;
    const struct as_past_object *a = as_past_objects(c->old_side->past, &old_count);
    const struct as_past_object *b = as_past_objects(c->new_side->past, &new_count);
    size_t i = 0;
    size_t k = 0;
    while (i < old_count || k < new_count) {
        int order = i == old_count ? 1 : k == new_count ? -1 : as_past_compare(&a[i], &b[k]);
        AS_TRY(compare(c, order <= 0 ? &a[i] : NULL, order >= 0 ? &b[k] : NULL));
        i += order <= 0;
        k += order >= 0;
    }
    return AS_OK;
}

/* --- the end --- */

static void show_side(struct as_strbuf *out, const char *name, const struct as_diff_side *side,
                      const struct as_diff_side *other, uint64_t unread)
{
    size_t missing = 0;
    for (size_t i = 0; side->detector_count != 0 && i < other->detector_count; i++) {
        missing += !as_diff_looked_for(side, other->detectors[i]);
    }
    if (side->is_run && !side->is_whole) {
        as_strbuf_printf(out, "%s is not whole: it holds no finished summary.json\n", name);
    }
    if (missing != 0) {
        as_strbuf_printf(out, "%s did not look for %zu of the other's detectors\n", name, missing);
    }
    if (unread != 0) {
        as_strbuf_printf(out, "%s did not read %" PRIu64 " objects in full\n", name, unread);
    }
}

static void show_end(const struct comparison *c)
{
    const struct as_diff_counts *n = c->counts;
    as_strbuf_printf(c->out,
                     "%s%" PRIu64 " objects differ, %" PRIu64 " are the same; types: %" PRIu64
                     " came, %" PRIu64 " went, %" PRIu64 " changed; objects only in OLD: %" PRIu64
                     ", only in NEW: %" PRIu64 "\n",
                     c->shown != 0 ? "\n" : "", n->objects_differ, n->objects_same, n->types_came,
                     n->types_went, n->types_changed, n->only_old, n->only_new);
    show_side(c->out, "OLD", c->old_side, c->new_side, n->unread_old);
    show_side(c->out, "NEW", c->new_side, c->old_side, n->unread_new);
}

static void put_side(struct as_doc *doc, const char *name, const struct as_diff_side *side,
                     const struct as_diff_side *other, uint64_t unread)
{
    cJSON *o = as_doc_object(doc, doc->root, name);
    as_doc_text(doc, o, "path", side->path);
    as_doc_bool(doc, o, "whole", !side->is_run || side->is_whole);
    as_doc_number(doc, o, "notReadInFull", unread);
    cJSON *missing = as_doc_array(doc, o, "notLookedFor");
    for (size_t i = 0; side->detector_count != 0 && i < other->detector_count; i++) {
        if (!as_diff_looked_for(side, other->detectors[i])) {
            as_doc_text_element(doc, missing, other->detectors[i]);
        }
    }
}

static enum as_status json_end(const struct comparison *c)
{
    const struct as_diff_counts *n = c->counts;
    struct as_doc doc;
    as_doc_init(&doc, false);
    as_doc_bool(&doc, doc.root, "same", n->objects_differ == 0);
    put_side(&doc, "old", c->old_side, c->new_side, n->unread_old);
    put_side(&doc, "new", c->new_side, c->old_side, n->unread_new);
    cJSON *counts = as_doc_object(&doc, doc.root, "counts");
    as_doc_number(&doc, counts, "objectsDiffer", n->objects_differ);
    as_doc_number(&doc, counts, "objectsSame", n->objects_same);
    as_doc_number(&doc, counts, "onlyOld", n->only_old);
    as_doc_number(&doc, counts, "onlyNew", n->only_new);
    as_doc_number(&doc, counts, "typesCame", n->types_came);
    as_doc_number(&doc, counts, "typesWent", n->types_went);
    as_doc_number(&doc, counts, "typesChanged", n->types_changed);
    as_doc_number(&doc, counts, "statusesChanged", n->statuses_changed);
    as_strbuf_puts(c->out, "],\n \"summary\": ");
    AS_TRY(as_doc_finish(&doc, c->out));
    as_strbuf_puts(c->out, "}\n");
    return AS_OK;
}

enum as_status as_diff_show(const struct as_diff_side *old_side,
                            const struct as_diff_side *new_side, bool json, struct as_strbuf *out,
                            as_diff_flush_fn *flush, struct as_diff_counts *counts)
{
    struct comparison c = {.old_side = old_side,
                           .new_side = new_side,
                           .json = json,
                           .out = out,
                           .flush = flush,
                           .counts = counts};
    *counts = (struct as_diff_counts){0};
    as_strbuf_puts(out, json ? "{\"objects\": [" : "");
    AS_TRY(compare_all(&c));
    if (json) {
        AS_TRY(json_end(&c));
    } else {
        show_end(&c);
    }
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}
