/* SPDX-License-Identifier: Apache-2.0
 * `assay explain TARGET`: why something was found in one object, or was not. The object is read and
 * scanned as a scan would, on one thread, with a trace. Names (the key, member paths) are no part
 * of it. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/explain_target.h"
#include "cli/explain_view.h"
#include "cli/help.h"

#define TEXT_BYTES_MAX (256U << 20)

struct explain {
    const struct as_settings *settings;
    struct as_memory_scanner *scanner;
    struct as_explain_target target;
    struct as_explain_record *record;
    struct as_memory_outcome outcome;
    struct as_strbuf out;
};

static enum as_status on_hit(void *context, const struct as_memory_hit *hit)
{
    (void)context;
    (void)hit; /* the trace told of it */
    return AS_OK;
}

static enum as_status prepare(struct explain *x, struct as_error *err)
{
    const struct as_run_options *run = &x->settings->run;
    struct as_memory_scanner_options options;
    as_memory_scanner_options_init(&options);
    options.select = run->select;
    options.exclude = run->exclude;
    options.detector_files = run->detector_files;
    options.detector_file_count = run->detector_file_count;
    options.confidence_min = run->confidence_min;
    options.include_test_data = run->include_test_data;
    options.limits = run->limits;
    if (x->settings->targets.count != 1) {
        return as_fail(err, AS_E_USAGE, "explain needs one TARGET");
    }
    enum as_status status = as_scan_self_test(err);
    AS_TRY(status == AS_E_BUG ? AS_E_USAGE : status); /* a faulty libhs: install another */
    AS_TRY(as_memory_scanner_new(&options, &x->scanner, err));
    return as_explain_target_open(x->settings->targets.items[0], x->settings, &x->target, err);
}

static enum as_status scan(struct explain *x, struct as_error *err)
{
    const struct as_catalog *catalog = as_memory_scanner_catalog(x->scanner);
    x->record = as_explain_record_new(catalog, x->target.member, x->settings->limit);
    if (x->record == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    const struct as_object *object = x->target.object;
    const struct as_memory_scan how = {
        .name = object->key, .on_hit = on_hit, .trace = as_explain_record_trace(x->record)};
    uint64_t size = object->size_is_guess ? AS_STREAM_SIZE_UNKNOWN : object->size;
    AS_TRY(as_memory_scan(x->scanner, x->target.stream, size, &how, &x->outcome, err));
    AS_TRY(as_explain_record_finish(x->record));
    if (x->target.member != NULL && !as_explain_record_saw_member(x->record)) {
        return as_fail(err, AS_E_NOT_FOUND, "%s: holds no member %s", x->target.name,
                       x->target.member);
    }
    return AS_OK;
}

static enum as_status show(struct explain *x)
{
    const struct as_explain_view view = {.target = x->settings->targets.items[0],
                                         .catalog = as_memory_scanner_catalog(x->scanner),
                                         .record = x->record,
                                         .outcome = &x->outcome,
                                         .confidence_min = x->settings->run.confidence_min};
    if (x->settings->format == AS_FORMAT_JSON) {
        return as_explain_show_json(&view, &x->out);
    }
    as_explain_show(&view, &x->out);
    return x->out.failed ? AS_E_NO_MEMORY : AS_OK;
}

static int explain(struct as_settings *settings)
{
    struct explain x = {.settings = settings};
    struct as_error err = {0};
    int code;
    as_console_log_start(false, settings->verbose);
    as_strbuf_init(&x.out, TEXT_BYTES_MAX);
    enum as_status status = as_settings_finish(settings, &err);
    if (status == AS_OK) {
        status = prepare(&x, &err);
    }
    if (status == AS_OK) {
        status = scan(&x, &err);
    }
    if (status == AS_OK) {
        status = show(&x);
    }
    if (status == AS_OK) {
        code = as_console_print(&x.out,
                                x.outcome.coverage == AS_COMPLETE ? AS_EXIT_OK : AS_EXIT_PARTIAL);
    } else {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    }
    as_explain_record_free(x.record);
    as_explain_target_close(&x.target);
    as_memory_scanner_free(x.scanner);
    as_strbuf_fini(&x.out);
    return code;
}

int as_command_explain(int argc, char **argv)
{
    struct as_settings settings;
    struct as_error err = {0};
    int code;
    as_settings_init(&settings);
    enum as_status status = as_arguments_parse(argc, argv, AS_FOR_EXPLAIN, &settings, &err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    } else if (settings.help || settings.version) {
        code = settings.help ? as_help_command("explain") : as_help_version();
    } else {
        code = explain(&settings);
    }
    as_settings_fini(&settings);
    return code;
}
