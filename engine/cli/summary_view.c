/* SPDX-License-Identifier: Apache-2.0
 * See summary_view.h. Words matter here: nothing says that data is free of anything; "nothing
 * found" is always followed by what was not read.
 *
 * Severity of a type depends on its count in one object, which the totals do not keep. With n hits
 * in m objects, one object holds at least n / m and at most n - m + 1 of them; when both give the
 * same severity that is the one, else the range is shown. */
#include "cli/summary_view.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/size.h"
#include "cli/table.h"
#include "cli/width.h"

static void puts_colour(const struct as_summary_view *v, const char *code, const char *text,
                        struct as_strbuf *out)
{
    as_strbuf_printf(out, "%s%s%s", v->screen.colour ? code : "", text,
                     v->screen.colour ? "\033[0m" : "");
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* What the type alone makes of its objects, "Low to High" where they differ. */
static void severity_text(uint8_t severities, char out[32])
{
    enum as_severity low = (enum as_severity)__builtin_ctz(severities);
    enum as_severity high = (enum as_severity)(31 - __builtin_clz(severities));
    if (low == high) {
        AS_IGNORE(snprintf(out, 32, "%s", as_severity_name(low)) < 0, "short");
    } else {
        AS_IGNORE(snprintf(out, 32, "%s to %s", as_severity_name(low), as_severity_name(high)) < 0,
                  "short");
    }
}

/* Detectors with hits, most severe first, then by count, then by id: n is small. */
struct row {
    uint32_t detector;
    uint8_t severities; /* bits; more severe types are greater numbers */
    uint64_t count;
};

static bool row_before(const struct as_catalog *c, const struct row *a, const struct row *b)
{
    int highest = __builtin_clz(b->severities) - __builtin_clz(a->severities);
    if (highest != 0) {
        return highest > 0;
    }
    if (a->count != b->count) {
        return a->count > b->count;
    }
    return strcmp(c->detectors[a->detector].id, c->detectors[b->detector].id) < 0;
}

static uint32_t collect_rows(const struct as_report *r, struct row *rows)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->catalog->count; i++) {
        if (r->summary.by_detector[i] == 0) {
            continue;
        }
        const struct row row = {.detector = i,
                                .severities = r->summary.severities_by_detector[i],
                                .count = r->summary.by_detector[i]};
        uint32_t at = count++;
        for (; at > 0 && row_before(r->catalog, &row, &rows[at - 1]); at--) {
            rows[at] = rows[at - 1];
        }
        rows[at] = row;
    }
    return count;
}

static void show_types(const struct as_summary_view *v, struct as_strbuf *out)
{
    static const struct as_table_column columns[] = {{"SEVERITY", false, false},
                                                     {"TYPE", false, true},
                                                     {"COUNT", true, false},
                                                     {"OBJECTS", true, false},
                                                     {"WHAT IT IS", false, true}};
    const struct as_report *r = v->report;
    AS_CLEANUP(as_free_ptr) struct row *rows = as_calloc(r->catalog->count, sizeof *rows);
    if (rows == NULL) {
        out->failed = true;
        return;
    }
    uint32_t count = collect_rows(r, rows);
    if (count == 0) {
        as_strbuf_puts(out, "  Nothing found in what was read.\n");
        return;
    }
    struct as_table table;
    as_table_init(&table, columns, AS_ARRAY_SIZE(columns));
    for (uint32_t i = 0; i < count; i++) {
        const struct as_detector *d = &r->catalog->detectors[rows[i].detector];
        char severity[32];
        severity_text(rows[i].severities, severity);
        as_table_cell(&table, severity);
        as_table_cell(&table, d->id);
        as_table_cell_number(&table, rows[i].count);
        as_table_cell_number(&table, r->summary.objects_by_detector[rows[i].detector]);
        as_table_cell(&table, d->title != NULL ? d->title : "");
    }
    as_table_render(&table, v->screen.columns, v->screen.colour, out);
    as_table_fini(&table);
}

static void show_findings(const struct as_summary_view *v, struct as_strbuf *out)
{
    const struct as_summary *s = &v->report->summary;
    puts_colour(v, "\033[1m", "Findings", out);
    as_strbuf_printf(out, ": %llu detection%s in %llu object%s", (unsigned long long)s->reported,
                     plural(s->reported), (unsigned long long)s->objects_with_findings,
                     plural(s->objects_with_findings));
    if (s->objects_with_findings != 0) {
        as_strbuf_printf(out, " (%llu High, %llu Medium, %llu Low)",
                         (unsigned long long)s->by_severity[AS_SEVERITY_HIGH],
                         (unsigned long long)s->by_severity[AS_SEVERITY_MEDIUM],
                         (unsigned long long)s->by_severity[AS_SEVERITY_LOW]);
    }
    as_strbuf_putc(out, '\n');
    if (v->report->facts.baseline != NULL) {
        as_strbuf_printf(out, "  New since the baseline: %llu High, %llu Medium, %llu Low\n",
                         (unsigned long long)s->new_by_severity[AS_SEVERITY_HIGH],
                         (unsigned long long)s->new_by_severity[AS_SEVERITY_MEDIUM],
                         (unsigned long long)s->new_by_severity[AS_SEVERITY_LOW]);
    }
    show_types(v, out);
    static const char *const words[AS_EXCLUDED_COUNT] = {"published test numbers", "placeholders",
                                                         "allow-listed", "low confidence"};
    const char *lead = "  Confirmed and not reported: ";
    for (unsigned i = 0; i < AS_EXCLUDED_COUNT; i++) {
        if (s->excluded[i] != 0) {
            as_strbuf_printf(out, "%s%llu %s", lead, (unsigned long long)s->excluded[i], words[i]);
            lead = ", ";
        }
    }
    as_strbuf_puts(out, *lead == ',' ? "\n" : "");
}

static void coverage_row(struct as_table *t, const char *what, const struct as_count *c,
                         const char *words)
{
    char size[AS_SIZE_TEXT];
    as_format_size(c->bytes, size);
    as_table_cell(t, what);
    as_table_cell_number(t, c->objects);
    as_table_cell(t, size);
    as_table_cell(t, words);
}

static void show_coverage(const struct as_summary_view *v, struct as_strbuf *out)
{
    static const struct as_table_column columns[] = {{"COVERAGE", false, false},
                                                     {"OBJECTS", true, false},
                                                     {"SIZE", true, false},
                                                     {"", false, true}};
    const struct as_summary *s = &v->report->summary;
    struct as_table t;
    as_table_init(&t, columns, AS_ARRAY_SIZE(columns));
    coverage_row(&t, "read in full", &s->complete, "");
    coverage_row(&t, "read in part", &s->partial, "");
    coverage_row(&t, "not read", &s->skipped, "");
    if (s->not_attempted.objects != 0) {
        coverage_row(&t, "not attempted", &s->not_attempted, "the run ended before they were read");
    }
    const struct as_count left_out = {s->filtered.objects - s->duplicates.objects,
                                      s->filtered.bytes - s->duplicates.bytes};
    if (left_out.objects != 0) {
        coverage_row(&t, "left out", &left_out, "by --include and --exclude-key");
    }
    if (s->duplicates.objects != 0) {
        coverage_row(&t, "listed twice", &s->duplicates, "counted above under the first TARGET");
    }
    as_table_render(&t, v->screen.columns, v->screen.colour, out);
    as_table_fini(&t);
}

static void show_reasons(const struct as_summary_view *v, struct as_strbuf *out)
{
    static const struct as_table_column columns[] = {{"WHY NOT IN FULL", false, false},
                                                     {"OBJECTS", true, false},
                                                     {"SIZE", true, false},
                                                     {"", false, true}};
    const struct as_summary *s = &v->report->summary;
    struct as_table t;
    as_table_init(&t, columns, AS_ARRAY_SIZE(columns));
    for (unsigned reason = 0; reason < AS_REASON_COUNT; reason++) {
        if (s->by_reason[reason].objects != 0) {
            coverage_row(&t, as_reason_name((enum as_reason)reason), &s->by_reason[reason],
                         as_reason_text((enum as_reason)reason));
        }
    }
    if (t.cell_count != 0) {
        as_strbuf_putc(out, '\n');
        as_table_render(&t, v->screen.columns, v->screen.colour, out);
    }
    as_table_fini(&t);
    if (s->members != 0) {
        as_strbuf_printf(
            out, "  Inside archives: %llu member%s opened, %llu read in part, %llu not read\n",
            (unsigned long long)s->members, plural(s->members),
            (unsigned long long)s->members_partial, (unsigned long long)s->members_skipped);
    }
}

static void show_targets(const struct as_summary_view *v, struct as_strbuf *out)
{
    const struct as_summary *s = &v->report->summary;
    for (uint32_t i = 0; i < s->target_count; i++) {
        const struct as_target_summary *t = &s->targets[i];
        if (t->status == AS_TARGET_COMPLETE) {
            continue;
        }
        as_strbuf_puts(out, "  ");
        as_text_show(out, as_slice_of(t->facts.target != NULL ? t->facts.target : ""), SIZE_MAX);
        as_strbuf_puts(out, t->status == AS_TARGET_FAILED ? ": could not be read: "
                                                          : ": the listing broke off: ");
        as_text_show(out, as_slice_of(t->message), SIZE_MAX);
        as_strbuf_putc(out, '\n');
    }
}

static void show_measures(const struct as_summary_view *v, struct as_strbuf *out)
{
    const struct as_summary *s = &v->report->summary;
    char scanned[AS_SIZE_TEXT];
    char rate[AS_SIZE_TEXT];
    char memory[AS_SIZE_TEXT];
    as_format_size(s->bytes_scanned, scanned);
    as_format_size(s->bytes_per_second > 0 ? (uint64_t)s->bytes_per_second : 0, rate);
    as_format_size(s->peak_memory_bytes, memory);
    as_strbuf_printf(out, "Scanned %s of text in %.1f s (%s/s), CPU %.1f s, peak memory %s\n",
                     scanned, s->wall_seconds, rate, s->cpu_seconds, memory);
}

static void show_files(const struct as_summary_view *v, struct as_strbuf *out)
{
    const struct as_summary *s = &v->report->summary;
    if (v->output_dir == NULL || s->file_count == 0) {
        return;
    }
    as_strbuf_puts(out, "Files in ");
    as_text_show(out, as_slice_of(v->output_dir), SIZE_MAX);
    as_strbuf_puts(out, ":");
    for (uint32_t i = 0; i < s->file_count; i++) {
        as_strbuf_printf(out, " %s,", s->files[i].name);
    }
    as_strbuf_puts(out, " summary.json\n");
}

void as_summary_show(const struct as_summary_view *v, struct as_strbuf *out)
{
    if (v->report->summary.interrupted) {
        puts_colour(v, "\033[1;33m", "Interrupted: this is what was done until then.\n", out);
    }
    show_findings(v, out);
    as_strbuf_putc(out, '\n');
    show_coverage(v, out);
    show_reasons(v, out);
    show_targets(v, out);
    as_strbuf_putc(out, '\n');
    show_measures(v, out);
    show_files(v, out);
}

static uint32_t unfinished_targets(const struct as_summary *s)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->target_count; i++) {
        count += s->targets[i].status != AS_TARGET_COMPLETE;
    }
    return count;
}

bool as_summary_has_unread(const struct as_summary *s)
{
    return s->partial.objects != 0 || s->skipped.objects != 0 || s->not_attempted.objects != 0 ||
           unfinished_targets(s) != 0;
}

void as_summary_show_unread(const struct as_summary *s, struct as_strbuf *out)
{
    char unread[AS_SIZE_TEXT];
    char in_part[AS_SIZE_TEXT];
    uint64_t objects = s->skipped.objects + s->not_attempted.objects;
    uint32_t targets = unfinished_targets(s);
    as_format_size(s->skipped.bytes + s->not_attempted.bytes, unread);
    as_format_size(s->partial.bytes, in_part);
    as_strbuf_printf(out, "Not read: %llu object%s, %s. Read in part: %llu object%s, %s.",
                     (unsigned long long)objects, plural(objects), unread,
                     (unsigned long long)s->partial.objects, plural(s->partial.objects), in_part);
    if (targets != 0) {
        as_strbuf_printf(out, " Unknown: the rest of %u target%s that could not be listed in full.",
                         targets, plural(targets));
    }
    as_strbuf_putc(out, '\n');
}
