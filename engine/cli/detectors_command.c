/* SPDX-License-Identifier: Apache-2.0
 * `assay detectors list | show | test`. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/detector_test.h"
#include "cli/detectors_view.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "pack/pack.h"

#define TEXT_BYTES_MAX (64U << 20)

static enum as_status load_catalog(const struct as_settings *s, struct as_catalog **out_extended,
                                   const struct as_catalog **out, struct as_error *err)
{
    *out = &as_catalog_builtin;
    if (s->run.detector_file_count == 0) {
        return AS_OK;
    }
    AS_TRY(as_catalog_extend(&as_catalog_builtin, s->run.detector_files, s->run.detector_file_count,
                             out_extended, err));
    *out = *out_extended;
    return AS_OK;
}

enum as_status as_detector_find(const struct as_catalog *catalog, const char *id, int *out_index,
                                struct as_error *err)
{
    int index = as_catalog_find(catalog, id);
    if (index >= 0) {
        *out_index = index;
        return AS_OK;
    }
    struct as_nearest nearest;
    as_nearest_init(&nearest, id);
    for (uint32_t i = 0; i < catalog->count; i++) {
        as_nearest_offer(&nearest, catalog->detectors[i].id);
    }
    const char *meant = as_nearest_word(&nearest);
    return as_fail(err, AS_E_USAGE, "no detector %s%s%s%s", id,
                   meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                   meant != NULL ? "?" : "; see 'assay detectors list'");
}

static enum as_status list(const struct as_settings *s, const struct as_catalog *catalog,
                           struct as_strbuf *out, struct as_error *err)
{
    if (s->targets.count != 1) {
        return as_fail(err, AS_E_USAGE, "detectors list takes no arguments; use --select");
    }
    AS_CLEANUP(as_free_ptr) uint8_t *enabled = as_calloc(catalog->count, 1);
    if (enabled == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    const char *select = s->run.select != NULL ? s->run.select : "all";
    AS_TRY(as_catalog_select(catalog, select, s->run.exclude, enabled, err));
    if (s->format == AS_FORMAT_JSON) {
        as_detectors_list_json(catalog, enabled, out);
    } else {
        struct as_screen screen;
        as_screen_of(STDOUT_FILENO, &screen);
        as_detectors_list(catalog, enabled, &screen, out);
    }
    return AS_OK;
}

static enum as_status show(const struct as_settings *s, const struct as_catalog *catalog,
                           struct as_strbuf *out, struct as_error *err)
{
    if (s->targets.count < 2) {
        return as_fail(err, AS_E_USAGE, "detectors show needs an ID; see 'assay detectors list'");
    }
    bool json = s->format == AS_FORMAT_JSON;
    as_strbuf_puts(out, json ? "[\n" : "");
    for (uint32_t i = 1; i < s->targets.count; i++) {
        int index = -1;
        AS_TRY(as_detector_find(catalog, s->targets.items[i], &index, err));
        as_strbuf_puts(out, i == 1 ? "" : json ? ",\n" : "\n");
        (json ? as_detector_show_json : as_detector_show)(&catalog->detectors[index], out);
    }
    as_strbuf_puts(out, json ? "]\n" : "");
    return AS_OK;
}

static enum as_status run_words(const struct as_settings *s, struct as_strbuf *out, int *out_code,
                                struct as_error *err)
{
    struct as_catalog *extended = NULL;
    const struct as_catalog *catalog;
    const char *word = s->targets.count > 0 ? s->targets.items[0] : "";
    AS_TRY(load_catalog(s, &extended, &catalog, err));
    enum as_status status;
    if (strcmp(word, "list") == 0) {
        status = list(s, catalog, out, err);
    } else if (strcmp(word, "show") == 0) {
        status = show(s, catalog, out, err);
    } else if (strcmp(word, "test") == 0) {
        status = as_detector_test(s, catalog, out, out_code, err);
    } else {
        status = as_fail(err, AS_E_USAGE, "detectors: say list, show ID or test ID FILE");
    }
    as_catalog_free(extended);
    return status;
}

static int run(struct as_settings *settings)
{
    struct as_error err = {0};
    struct as_strbuf text;
    int code = AS_EXIT_OK;
    as_strbuf_init(&text, TEXT_BYTES_MAX);
    as_console_log_start(false, settings->verbose);
    settings->run.detector_files = settings->detector_files.items;
    settings->run.detector_file_count = settings->detector_files.count;
    enum as_status status = run_words(settings, &text, &code, &err);
    if (status == AS_OK) {
        code = as_console_print(&text, code);
    } else {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    }
    as_strbuf_fini(&text);
    return code;
}

int as_command_detectors(int argc, char **argv)
{
    struct as_settings settings;
    struct as_error err = {0};
    int code;
    as_settings_init(&settings);
    enum as_status status = as_arguments_parse(argc, argv, AS_FOR_DETECTORS, &settings, &err);
    if (status != AS_OK) {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    } else if (settings.help || settings.version) {
        code = settings.help ? as_help_command("detectors") : as_help_version();
    } else {
        code = run(&settings);
    }
    as_settings_fini(&settings);
    return code;
}
