/* SPDX-License-Identifier: Apache-2.0
 * Any bytes through the whole engine by its public door: sniffing, decoders, archives, charsets,
 * structure, all detectors, resolving. Must reach assay_scan_bytes, as_content_walk, as_scan_block,
 * as_resolver_push, as_locate.
 *
 * Oracles: the call succeeds whatever the bytes are; hits have a length, a place and a confidence
 * within bounds, and lie within the bytes unless they are inside a layer; what is not complete has
 * a reason and what is complete has none; a second scan reports the same. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "assay/assay.h"

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct totals {
    uint64_t hits;
    uint64_t sum; /* of all places: differs when one does */
};

static int on_hit(void *context, const struct assay_hit *hit)
{
    struct totals *t = context;
    demand(hit->type != NULL && hit->category != NULL && hit->member_path != NULL);
    demand(hit->confidence <= 100);
    if (hit->end == 0) { /* beside the content of a container: no place at all */
        demand(hit->start == 0 && hit->line == 0 && hit->line_column == 0 && hit->row == 0);
    } else {
        demand(hit->start < hit->end && hit->line >= 1 && hit->line_column >= 1);
    }
    demand((hit->row == 0) == (hit->column == 0));
    t->hits++;
    t->sum += hit->start * 31 + hit->end * 7 + hit->line * 3 + hit->line_column;
    return 0;
}

static struct assay_scanner *scanner(void)
{
    static struct assay_scanner *s_scanner; /* made once: it is immutable */
    if (s_scanner == NULL) {
        struct assay_scanner_config config = ASSAY_SCANNER_CONFIG;
        config.select = "all";
        config.min_confidence = 0;
        config.include_test_data = 1;
        config.decoder_bytes = 16U << 20;
        demand(assay_scanner_open(&config, &s_scanner, NULL) == ASSAY_OK);
    }
    return s_scanner;
}

static struct totals scan(const uint8_t *data, size_t size, struct assay_outcome *outcome)
{
    struct totals totals = {0, 0};
    struct assay_scan_config how = ASSAY_SCAN_CONFIG;
    how.on_hit = on_hit;
    how.context = &totals;
    memset(outcome, 0, sizeof *outcome);
    outcome->size = sizeof *outcome;
    demand(assay_scan_bytes(scanner(), data, size, &how, outcome, NULL) == ASSAY_OK);
    return totals;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_outcome first;
    struct assay_outcome second;
    struct totals a = scan(data, size, &first);
    struct totals b = scan(data, size, &second);
    demand(a.hits == first.reported);
    demand((first.coverage == ASSAY_COMPLETE) == (strcmp(first.reason, "NONE") == 0));
    demand(a.hits == b.hits && a.sum == b.sum && first.coverage == second.coverage);
    demand(strcmp(first.reason, second.reason) == 0 && first.text_bytes == second.text_bytes);
    return 0;
}
