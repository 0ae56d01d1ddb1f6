/* SPDX-License-Identifier: Apache-2.0
 * `assay scan`: settings to a run, progress beside it, the summary after it, the exit code.
 *
 * Streams: with --output DIR the summary goes to standard output; without it, or with `--output -`,
 * standard output belongs to the machine and the summary goes to standard error. Progress and
 * messages always go to standard error. */
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "cli/reveal.h"
#include "cli/signals.h"
#include "cli/summary_view.h"

#define SCREEN_BYTES_MAX (16U << 20)

static bool has_output_dir(const struct as_settings *s)
{
    return s->run.output_dir != NULL && strcmp(s->run.output_dir, "-") != 0;
}

/* The exit code, unless the summary cannot be shown. */
static int show_summary(const struct as_settings *settings, const struct as_report *report,
                        int exit_code)
{
    const struct as_summary *s = &report->summary;
    bool to_stdout = has_output_dir(settings) && !settings->quiet;
    struct as_summary_view view = {
        .report = report, .output_dir = has_output_dir(settings) ? settings->run.output_dir : NULL};
    struct as_strbuf text;
    as_strbuf_init(&text, SCREEN_BYTES_MAX);
    as_screen_of(to_stdout ? STDOUT_FILENO : STDERR_FILENO, &view.screen);
    if (!settings->quiet) {
        as_summary_show(&view, &text);
    }
    if (!settings->quiet || as_summary_has_unread(s)) {
        as_summary_show_unread(s, &text);
    }
    if (to_stdout) {
        exit_code = as_console_print(&text, exit_code);
    } else {
        AS_IGNORE(as_console_write(STDERR_FILENO, &text) != AS_OK, "nobody is looking");
    }
    as_strbuf_fini(&text);
    return exit_code;
}

/* Exit code 4 without a target that failed: say why there was nothing to read. */
static void explain_nothing(const struct as_summary *s)
{
    for (uint32_t i = 0; i < s->target_count; i++) {
        if (s->targets[i].status != AS_TARGET_COMPLETE) {
            return; /* its listing's error was told when it came */
        }
    }
    if (s->listed.objects == 0) {
        if (s->target_count == 1) { /* of several, each was told when its listing ended */
            as_console_message("error: %s: nothing is there; --allow-empty makes that fine",
                               s->targets[0].facts.target);
        }
    } else {
        as_console_message("error: nothing to read: --include and --exclude-key leave out all "
                           "objects that were listed; --allow-empty makes that fine");
    }
}

static int execute(const struct as_settings *settings, struct as_run *run)
{
    struct as_error err = {0};
    struct as_progress_display *display = NULL;
    if (!settings->quiet && !settings->no_progress) {
        display = as_progress_start(as_run_progress(run));
    }
    enum as_status status = as_run_execute(run, &err);
    as_progress_stop(display);
    const struct as_report *report = as_run_report(run);
    if (status != AS_OK) {
        as_console_error(status, &err);
        if (has_output_dir(settings)) {
            as_console_message("this run is not whole: %s holds no new summary.json",
                               settings->run.output_dir);
        }
        return report->exit_code;
    }
    if (!report->summary.finished) {
        return AS_EXIT_PARTIAL; /* the reader of standard output has gone: end quietly */
    }
    if (report->exit_code == AS_EXIT_NO_TARGET) {
        explain_nothing(&report->summary);
    }
    int code = as_exit_code_with_fail_on(report->exit_code, (int)report->worst, settings->fail_on);
    return show_summary(settings, report, code);
}

static int scan(struct as_settings *settings)
{
    static struct as_cancel cancel; /* outlives this call: signal handlers point to it */
    struct as_error err = {0};
    struct as_run *run = NULL;
    struct as_reveal *reveal = NULL;
    as_console_log_start(settings->quiet, settings->verbose);
    enum as_status status = as_settings_finish(settings, &err);
    if (status == AS_OK) {
        status = as_scan_self_test(&err);
        status = status == AS_E_BUG ? AS_E_USAGE : status; /* a faulty libhs: install another */
    }
    if (status == AS_OK) {
        status = as_reveal_open(settings, &reveal, &err);
    }
    if (status == AS_OK) {
        as_signals_describe_run(settings->run.output_dir, settings->run.redact_names);
        as_signals_cancel_on_interrupt(&cancel);
        status = as_run_new(&settings->run, &cancel, &run, &err);
    }
    if (status != AS_OK) {
        as_reveal_discard(reveal);
        as_console_error(status, &err);
        return as_exit_code_of_status(status);
    }
    int code = execute(settings, run);
    if (as_run_report(run)->exit_code == AS_EXIT_FAULT) {
        as_reveal_discard(reveal); /* as the other outputs: whole, or not there */
        reveal = NULL;
    }
    as_run_free(run);
    status = as_reveal_close(reveal, &err);
    if (status != AS_OK && code != AS_EXIT_FAULT) {
        as_console_error(status, &err);
        code = AS_EXIT_FAULT;
    }
    return code;
}

int as_command_scan(int argc, char **argv)
{
    struct as_settings settings;
    struct as_error err = {0};
    int code;
    as_settings_init(&settings);
    settings.run.arguments = (const char *const *)argv;
    enum as_status status = as_arguments_parse(argc, argv, AS_FOR_SCAN, &settings, &err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    } else if (settings.help || settings.version) {
        code = settings.help ? as_help_command("scan") : as_help_version();
    } else {
        code = scan(&settings);
    }
    as_settings_fini(&settings);
    return code;
}
