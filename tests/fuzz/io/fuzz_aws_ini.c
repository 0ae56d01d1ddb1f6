/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a shared configuration file. Must reach: as_ini_read, as_ini_is_profile. Views stay
 * inside the text, keys are not empty, a refused file names a line. */
#include <stdlib.h>

#include "io/s3/aws_ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bounds {
    const uint8_t *from, *to;
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void require_inside(const struct bounds *b, struct as_slice s)
{
    require(s.len == 0 || (s.ptr >= b->from && s.ptr + s.len <= b->to));
}

static enum as_status on_setting(void *context, const struct as_ini_setting *s)
{
    const struct bounds *b = context;
    require(s->key.len != 0 && s->line != 0);
    require_inside(b, s->section);
    require_inside(b, s->parent);
    require_inside(b, s->key);
    require_inside(b, s->value);
    bool plain = as_ini_is_profile(s->section, "default", true);
    require(!plain || as_ini_is_profile(s->section, "default", false));
    return AS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bounds b = {data, data + size};
    unsigned line = 0;
    enum as_status status = as_ini_read(as_slice(data, size), on_setting, &b, &line);
    require(status == AS_OK || (status == AS_E_CORRUPT && line != 0));
    return 0;
}
