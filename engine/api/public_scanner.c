/* SPDX-License-Identifier: Apache-2.0
 * The public scanner over bytes in memory: memory_scan.h behind the stable names of assay.h. */
#include <string.h>

#include "api/memory_scan.h"
#include "api/public.h"
#include "base/mem.h"

struct assay_scanner {
    struct as_memory_scanner *scanner;
};

static enum as_status open_scanner(const struct assay_scanner_config *config,
                                   struct assay_scanner *s, struct as_error *err)
{
    struct as_memory_scanner_options options;
    if (config->min_confidence > 100) {
        return as_fail(err, AS_E_USAGE, "min_confidence must be 0 to 100");
    }
    if (as_scan_self_test(err) != AS_OK) {
        return AS_E_USAGE; /* another libhs must be installed; err says which */
    }
    as_memory_scanner_options_init(&options);
    options.select = config->select;
    options.exclude = config->exclude;
    options.detector_files = config->detector_files;
    options.detector_file_count = config->detector_file_count;
    options.confidence_min = (uint8_t)config->min_confidence;
    options.include_test_data = config->include_test_data != 0;
    if (config->decoder_bytes != 0) {
        options.decoder_bytes = config->decoder_bytes;
    }
    return as_memory_scanner_new(&options, &s->scanner, err);
}

enum assay_status assay_scanner_open(const struct assay_scanner_config *config,
                                     struct assay_scanner **out_scanner, struct assay_error *err)
{
    struct assay_scanner_config own = ASSAY_SCANNER_CONFIG;
    struct as_error detail = {0};
    if (out_scanner == NULL ||
        (config != NULL && !as_public_config_take(&own, sizeof own, config))) {
        as_fail(&detail, AS_E_USAGE, "an argument is NULL or a config has no size");
        return as_public_fail(err, AS_E_USAGE, &detail);
    }
    struct assay_scanner *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return as_public_fail(err, AS_E_NO_MEMORY, NULL);
    }
    enum as_status status = open_scanner(&own, s, &detail);
    if (status != AS_OK) {
        as_free(s);
        return as_public_fail(err, status, &detail);
    }
    *out_scanner = s;
    return ASSAY_OK;
}

void assay_scanner_close(struct assay_scanner *scanner)
{
    if (scanner != NULL) {
        as_memory_scanner_free(scanner->scanner);
        as_free(scanner);
    }
}

static enum as_status on_hit(void *context, const struct as_memory_hit *hit)
{
    const struct assay_scan_config *how = context;
    if (how->on_hit == NULL || hit->state != AS_HIT_REPORTED) {
        return AS_OK;
    }
    const struct assay_hit told = {
        .size = sizeof told,
        .type = hit->detector->id,
        .category = as_category_name(hit->detector->category),
        .member_path = hit->member_path,
        .start = hit->start,
        .end = hit->end,
        .line = hit->place->line,
        .line_column = hit->place->line_column,
        .row = hit->place->row,
        .column = hit->place->column,
        .confidence = hit->confidence,
    };
    return how->on_hit(how->context, &told) == 0 ? AS_OK : AS_E_CANCELLED;
}

static void give_outcome(const struct as_memory_outcome *from, struct assay_outcome *out)
{
    const struct assay_outcome own = {
        .size = sizeof own,
        .coverage = from->coverage == AS_COMPLETE  ? ASSAY_COMPLETE
                    : from->coverage == AS_PARTIAL ? ASSAY_PARTIAL
                                                   : ASSAY_SKIPPED,
        .reason = as_reason_name(from->reason),
        .members = from->members,
        .text_bytes = from->text_bytes,
        .reported = from->hits[AS_HIT_REPORTED],
        .excluded = from->hits[AS_HIT_TEST_VALUE] + from->hits[AS_HIT_PLACEHOLDER] +
                    from->hits[AS_HIT_LOW_CONFIDENCE],
    };
    AS_IGNORE(!as_public_struct_give(out, &own, sizeof own), "its size was checked before");
}

enum assay_status assay_scan_bytes(struct assay_scanner *scanner, const void *bytes, size_t len,
                                   const struct assay_scan_config *how,
                                   struct assay_outcome *out_outcome, struct assay_error *err)
{
    struct assay_scan_config own = ASSAY_SCAN_CONFIG;
    struct as_error detail = {0};
    bool valid = scanner != NULL && (bytes != NULL || len == 0) && out_outcome != NULL &&
                 out_outcome->size > sizeof out_outcome->size &&
                 (how == NULL || as_public_config_take(&own, sizeof own, how));
    if (!valid) {
        as_fail(&detail, AS_E_USAGE, "an argument is NULL or a struct has no size");
        return as_public_fail(err, AS_E_USAGE, &detail);
    }
    const struct as_memory_scan scan = {
        .name = as_slice_of(own.name), .on_hit = on_hit, .context = &own};
    struct as_memory_outcome outcome;
    struct as_stream *stream = as_memory_stream_open(bytes, len);
    if (stream == NULL) {
        return as_public_fail(err, AS_E_NO_MEMORY, NULL);
    }
    enum as_status status = as_memory_scan(scanner->scanner, stream, len, &scan, &outcome, &detail);
    as_stream_close(stream);
    if (status != AS_OK) {
        return as_public_fail(err, status, &detail);
    }
    give_outcome(&outcome, out_outcome);
    return ASSAY_OK;
}
