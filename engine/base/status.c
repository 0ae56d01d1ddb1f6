/* SPDX-License-Identifier: Apache-2.0
 * The tables behind status.h, made from status.def. */
#include "base/status.h"

#include <assert.h>

struct status_row {
    const char *name;
    const char *text;
    enum as_status_class class;
};

static const struct status_row rows[] = {
#define AS_STATUS(code, class, text) {#code, text, AS_CLASS_##class},
#include "base/status.def"
#undef AS_STATUS
};
static_assert(AS_ARRAY_SIZE(rows) == AS_STATUS_COUNT, "one row a status");

static const struct status_row *row_of(enum as_status status)
{
    static const struct status_row unknown = {"E_UNKNOWN", "unknown status", AS_CLASS_BUG};
    return (unsigned)status < AS_STATUS_COUNT ? &rows[status] : &unknown;
}

const char *as_status_name(enum as_status status)
{
    return row_of(status)->name;
}

const char *as_status_text(enum as_status status)
{
    return row_of(status)->text;
}

enum as_status_class as_status_class(enum as_status status)
{
    return row_of(status)->class;
}
