/* SPDX-License-Identifier: Apache-2.0
 * See detector_test.h. FILE is read through the file source, so that it is opened as a scan would
 * open it. All confidences are shown, excluded hits with the reason, for that is what one wants to
 * know when trying a detector. The matched text is shown with --reveal only, and only on a
 * terminal. */
#include "cli/detector_test.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "api/memory_scan.h"
#include "cli/commands.h"
#include "cli/width.h"
#include "io/file/file_source.h"

struct printer {
    struct as_strbuf *out;
    const char *id; /* users' own detectors run beside the one that was selected */
    bool json;
    uint64_t count;
};

static const char *state_name(enum as_hit_state state)
{
    static const char *const names[AS_HIT_STATE_COUNT] = {
        [AS_HIT_REPORTED] = "reported",
        [AS_HIT_TEST_VALUE] = "testNumber",
        [AS_HIT_PLACEHOLDER] = "placeholder",
        [AS_HIT_LOW_CONFIDENCE] = "lowConfidence",
    };
    return names[state];
}

static enum as_status print_json(struct printer *p, const struct as_memory_hit *hit)
{
    cJSON *o = cJSON_CreateObject();
    bool made = true;
    if (*hit->member_path != '\0') {
        made = cJSON_AddStringToObject(o, "filePath", hit->member_path) != NULL;
    }
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"line", (double)hit->place->line},
                   {"column", (double)hit->place->line_column},
                   {"start", (double)hit->start},
                   {"end", (double)hit->end},
                   {"confidence", (double)hit->confidence}};
    for (size_t i = 0; i < AS_ARRAY_SIZE(numbers); i++) {
        made = cJSON_AddNumberToObject(o, numbers[i].name, numbers[i].value) != NULL && made;
    }
    made = cJSON_AddStringToObject(o, "state", state_name(hit->state)) != NULL && made;
    char *text = made ? cJSON_PrintUnformatted(o) : NULL;
    as_strbuf_puts(p->out, text != NULL ? text : "");
    as_strbuf_putc(p->out, '\n');
    enum as_status status = text == NULL || p->out->failed ? AS_E_NO_MEMORY : AS_OK;
    cJSON_free(text);
    cJSON_Delete(o);
    return status;
}

static enum as_status on_hit(void *context, const struct as_memory_hit *hit)
{
    struct printer *p = context;
    if (strcmp(hit->detector->id, p->id) != 0) {
        return AS_OK;
    }
    p->count++;
    if (p->json) {
        return print_json(p, hit);
    }
    if (*hit->member_path != '\0') {
        as_text_show(p->out, as_slice_of(hit->member_path), SIZE_MAX);
        as_strbuf_puts(p->out, ":");
    }
    as_strbuf_printf(
        p->out, "%" PRIu64 ":%" PRIu64 "  bytes %" PRIu64 " to %" PRIu64 "  confidence %u",
        hit->place->line, hit->place->line_column, hit->start, hit->end, hit->confidence);
    if (hit->state != AS_HIT_REPORTED) {
        as_strbuf_printf(p->out, "  excluded: %s", state_name(hit->state));
    }
    if (hit->value.len != 0) {
        as_strbuf_puts(p->out, "  ");
        as_text_show(p->out, hit->value, SIZE_MAX);
    }
    as_strbuf_putc(p->out, '\n');
    return p->out->failed ? AS_E_NO_MEMORY : AS_OK;
}

/* Opens the one object that FILE is. */
struct opening {
    struct as_source *source;
    struct as_object *object;
    unsigned listed;
};

static enum as_status on_object(void *context, struct as_object *object)
{
    struct opening *o = context;
    if (o->listed++ == 0) {
        o->object = object;
    } else {
        as_object_free(object);
    }
    return AS_OK;
}

static enum as_status open_file(const char *path, struct opening *o, struct as_stream **out,
                                struct as_error *err)
{
    AS_TRY(as_file_source_new(path, NULL, &o->source, err));
    AS_TRY(o->source->ops->list(o->source, on_object, o, NULL, err));
    if (o->listed != 1 || !o->source->single) {
        return as_fail(err, AS_E_USAGE,
                       "%s: detectors test reads one file, or - for standard input", path);
    }
    if (o->object->skip_reason != AS_REASON_NONE) {
        return as_fail(err, AS_E_UNSUPPORTED, "%s: %s", path,
                       as_reason_text((enum as_reason)o->object->skip_reason));
    }
    return o->source->ops->open(o->source, o->object, 0, out, err);
}

static void print_end(const struct printer *p, const struct as_memory_outcome *outcome)
{
    if (p->json) {
        as_strbuf_printf(p->out, "{\"status\":\"%s\",\"reason\":\"%s\"}\n",
                         as_coverage_name(outcome->coverage), as_reason_name(outcome->reason));
        return;
    }
    as_strbuf_printf(p->out, "%" PRIu64 " place%s; ", p->count, p->count == 1 ? "" : "s");
    if (outcome->coverage == AS_COMPLETE) {
        as_strbuf_puts(p->out, "all of it was read\n");
    } else {
        as_strbuf_printf(p->out, "%s: %s (%s)\n", as_coverage_name(outcome->coverage),
                         as_reason_text(outcome->reason), as_reason_name(outcome->reason));
    }
}

static enum as_status scan(struct as_memory_scanner *scanner, const char *path,
                           const struct as_settings *settings, struct as_strbuf *out, int *out_code,
                           struct as_error *err)
{
    struct opening o = {0};
    struct as_stream *stream = NULL;
    struct as_memory_outcome outcome = {.coverage = AS_SKIPPED};
    struct printer p = {
        .out = out, .id = settings->targets.items[1], .json = settings->format == AS_FORMAT_JSON};
    enum as_status status = open_file(path, &o, &stream, err);
    if (status == AS_OK) {
        const struct as_memory_scan how = {.name = o.object->key,
                                           .keep_values = settings->reveal,
                                           .on_hit = on_hit,
                                           .context = &p};
        status = as_memory_scan(scanner, stream, o.object->size, &how, &outcome, err);
    }
    as_stream_close(stream);
    as_object_free(o.object);
    as_source_free(o.source);
    AS_TRY(status);
    print_end(&p, &outcome);
    *out_code = outcome.coverage == AS_COMPLETE ? AS_EXIT_OK : AS_EXIT_PARTIAL;
    return AS_OK;
}

enum as_status as_detector_test(const struct as_settings *settings,
                                const struct as_catalog *catalog, struct as_strbuf *out,
                                int *out_code, struct as_error *err)
{
    int index;
    if (settings->targets.count != 3) {
        return as_fail(err, AS_E_USAGE, "detectors test needs an ID and a FILE (or -)");
    }
    if (settings->reveal && (isatty(STDOUT_FILENO) != 1 || settings->format == AS_FORMAT_JSON)) {
        return as_fail(err, AS_E_USAGE, "--reveal shows matched text on a terminal only");
    }
    AS_TRY(as_detector_find(catalog, settings->targets.items[1], &index, err));
    AS_TRY(as_scan_self_test(err));
    struct as_memory_scanner_options options;
    as_memory_scanner_options_init(&options);
    options.select = catalog->detectors[index].id;
    options.detector_files = settings->run.detector_files;
    options.detector_file_count = settings->run.detector_file_count;
    options.confidence_min = settings->run.confidence_min;
    options.include_test_data = settings->run.include_test_data;
    struct as_memory_scanner *scanner = NULL;
    AS_TRY(as_memory_scanner_new(&options, &scanner, err));
    enum as_status status = scan(scanner, settings->targets.items[2], settings, out, out_code, err);
    as_memory_scanner_free(scanner);
    return status;
}
