/* SPDX-License-Identifier: Apache-2.0
 * What a run says on the screen when it is over: findings by type, coverage with reasons in words,
 * where the files are, and as the very last line what was not read. Pure. */
#ifndef AS_CLI_SUMMARY_VIEW_H
#define AS_CLI_SUMMARY_VIEW_H

#include "base/strbuf.h"
#include "cli/console.h"
#include "pipeline/run.h"

struct as_summary_view {
    const struct as_report *report;
    const char *output_dir; /* NULL: nothing was written to a folder */
    struct as_screen screen;
};

/** All but the last line. */
void as_summary_show(const struct as_summary_view *v, struct as_strbuf *out);
/** The last line: objects and bytes that were not read, and those read in part; also when 0. */
void as_summary_show_unread(const struct as_summary *s, struct as_strbuf *out);
/** True when something listed was not read in full, or a listing did not reach its end. */
bool as_summary_has_unread(const struct as_summary *s);

#endif
