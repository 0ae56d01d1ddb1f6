/* SPDX-License-Identifier: Apache-2.0
 * `assay diff OLD NEW`: what came, went and changed between two runs. Exit codes are those of
 * diff(1): 0 nothing differs, 1 something does, 2 it cannot be told (wrong usage, unreadable
 * input); 5 is an internal fault, as everywhere. */
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/diff_view.h"
#include "cli/exit_code.h"
#include "cli/help.h"

#define SCREEN_BYTES_MAX ((size_t)1 << 30) /* one object's types; flushed between objects */

static enum as_status write_out(struct as_strbuf *out)
{
    enum as_status status = as_console_write(STDOUT_FILENO, out);
    as_strbuf_reset(out);
    return status;
}

static int compare(const struct as_settings *settings)
{
    struct as_error err = {0};
    struct as_diff_side old_side = {0};
    struct as_diff_side new_side = {0};
    struct as_diff_counts counts = {0};
    struct as_strbuf out;
    enum as_status status = AS_OK;
    as_strbuf_init(&out, SCREEN_BYTES_MAX);
    if (settings->targets.count != 2) {
        status = as_fail(&err, AS_E_USAGE, "diff needs two results: OLD and NEW");
    }
    if (status == AS_OK) {
        status = as_diff_read(settings->targets.items[0], &old_side, &err);
    }
    if (status == AS_OK) {
        status = as_diff_read(settings->targets.items[1], &new_side, &err);
    }
    if (status == AS_OK) {
        status = as_diff_show(&old_side, &new_side, settings->format == AS_FORMAT_JSON, &out,
                              write_out, &counts);
    }
    int code = counts.objects_differ != 0 ? AS_EXIT_FINDINGS : AS_EXIT_OK;
    if (status == AS_OK) {
        code = as_console_print(&out, code);
    } else if (status != AS_E_CLOSED) { /* closed: the reader has gone, end quietly */
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    }
    as_diff_side_fini(&old_side);
    as_diff_side_fini(&new_side);
    as_strbuf_fini(&out);
    return code;
}

int as_command_diff(int argc, char **argv)
{
    struct as_settings settings;
    struct as_error err = {0};
    int code;
    as_settings_init(&settings);
    enum as_status status = as_arguments_parse(argc, argv, AS_FOR_DIFF, &settings, &err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    } else if (settings.help || settings.version) {
        code = settings.help ? as_help_command("diff") : as_help_version();
    } else {
        code = compare(&settings);
    }
    as_settings_fini(&settings);
    return code;
}
