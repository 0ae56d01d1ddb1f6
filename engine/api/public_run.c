/* SPDX-License-Identifier: Apache-2.0
 * The public run: options by name through the table of settings, then pipeline/run.h. Strings of
 * the caller are copied, for settings borrow theirs. */
#include <string.h>

#include "api/public.h"
#include "api/settings.h"
#include "base/mem.h"

struct assay_run {
    struct as_settings settings;
    struct as_text_list strings; /* owned copies behind the settings */
    struct as_cancel cancel;
    bool executed;
};

enum assay_status assay_run_new(struct assay_run **out_run, struct assay_error *err)
{
    if (out_run == NULL) {
        return as_public_fail(err, AS_E_USAGE, NULL);
    }
    struct assay_run *run = as_calloc(1, sizeof *run);
    if (run == NULL) {
        return as_public_fail(err, AS_E_NO_MEMORY, NULL);
    }
    as_settings_init(&run->settings);
    *out_run = run;
    return ASSAY_OK;
}

void assay_run_free(struct assay_run *run)
{
    if (run == NULL) {
        return;
    }
    for (uint32_t i = 0; i < run->strings.count; i++) {
        as_free((void *)(uintptr_t)run->strings.items[i]);
    }
    as_free(run->strings.items);
    as_settings_fini(&run->settings);
    as_free(run);
}

/* A copy that lives as long as the run. */
static enum as_status keep(struct assay_run *run, const char *text, const char **out)
{
    char *copy = as_strdup(text);
    if (copy == NULL) {
        return AS_E_NO_MEMORY;
    }
    enum as_status status = as_text_list_add(&run->strings, copy);
    if (status != AS_OK) {
        as_free(copy);
        return status == AS_E_LIMIT ? AS_E_USAGE : status;
    }
    *out = copy;
    return AS_OK;
}

enum assay_status assay_run_add_target(struct assay_run *run, const char *target,
                                       struct assay_error *err)
{
    const char *kept = NULL;
    enum as_status status = run == NULL || target == NULL || run->executed ? AS_E_USAGE : AS_OK;
    if (status == AS_OK) {
        status = keep(run, target, &kept);
    }
    if (status == AS_OK) {
        status = as_text_list_add(&run->settings.targets, kept);
    }
    return status == AS_OK ? ASSAY_OK : as_public_fail(err, status, NULL);
}

enum assay_status assay_run_set(struct assay_run *run, const char *name, const char *value,
                                struct assay_error *err)
{
    struct as_error detail = {0};
    if (run == NULL || name == NULL || run->executed) {
        return as_public_fail(err, AS_E_USAGE, NULL);
    }
    const struct as_setting *option = as_setting_find(name, strlen(name), AS_FOR_LIBRARY);
    if (option == NULL) {
        as_fail(&detail, AS_E_USAGE, "there is no option %s for a run", name);
        return as_public_fail(err, AS_E_USAGE, &detail);
    }
    const char *kept = NULL;
    enum as_status status = value == NULL ? AS_OK : keep(run, value, &kept);
    if (status == AS_OK) {
        status = as_setting_apply(&run->settings, option, kept, &detail);
    }
    return status == AS_OK ? ASSAY_OK : as_public_fail(err, status, &detail);
}

static void give_report(const struct as_report *from, struct assay_report *out)
{
    const struct as_summary *s = &from->summary;
    const struct assay_report own = {
        .size = sizeof own,
        .exit_code = s->finished ? from->exit_code : 3, /* standard output was closed early */
        .listed_objects = s->listed.objects,
        .listed_bytes = s->listed.bytes,
        .filtered_objects = s->filtered.objects,
        .filtered_bytes = s->filtered.bytes,
        .complete_objects = s->complete.objects,
        .complete_bytes = s->complete.bytes,
        .partial_objects = s->partial.objects,
        .partial_bytes = s->partial.bytes,
        .skipped_objects = s->skipped.objects,
        .skipped_bytes = s->skipped.bytes,
        .not_attempted_objects = s->not_attempted.objects,
        .not_attempted_bytes = s->not_attempted.bytes,
        .detections = s->reported,
        .objects_with_findings = s->objects_with_findings,
        .worst_severity = (uint32_t)from->worst,
    };
    AS_IGNORE(!as_public_struct_give(out, &own, sizeof own), "its size was checked before");
}

static enum as_status execute(struct assay_run *run, struct assay_report *out_report,
                              struct as_error *err)
{
    struct as_run *inner = NULL;
    AS_TRY(as_settings_finish(&run->settings, err));
    if (as_scan_self_test(err) != AS_OK) {
        return AS_E_USAGE; /* another libhs must be installed; err says which */
    }
    AS_TRY(as_run_new(&run->settings.run, &run->cancel, &inner, err));
    enum as_status status = as_run_execute(inner, err);
    if (status == AS_OK && out_report != NULL) {
        give_report(as_run_report(inner), out_report);
    }
    as_run_free(inner);
    return status;
}

enum assay_status assay_run_execute(struct assay_run *run, struct assay_report *out_report,
                                    struct assay_error *err)
{
    struct as_error detail = {0};
    if (run == NULL || run->executed ||
        (out_report != NULL && out_report->size <= sizeof out_report->size)) {
        as_fail(&detail, AS_E_USAGE,
                "an argument is NULL, a struct has no size, or the run was executed before");
        return as_public_fail(err, AS_E_USAGE, &detail);
    }
    run->executed = true;
    enum as_status status = execute(run, out_report, &detail);
    return status == AS_OK ? ASSAY_OK : as_public_fail(err, status, &detail);
}

void assay_run_cancel(struct assay_run *run)
{
    if (run != NULL) {
        as_cancel_request(&run->cancel);
    }
}
