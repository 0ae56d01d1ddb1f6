/* SPDX-License-Identifier: Apache-2.0
 * Arguments from anywhere: NUL-separated words parsed as options of every command, TARGETs checked,
 * and every word shown as a terminal would get it. Must reach as_arguments_parse, as_setting_apply
 * of every type, as_settings_finish, as_nearest_offer, as_text_show.
 *
 * Oracles: an error has a message; what is accepted keeps within the table's limits; what is shown
 * holds no control character and is never wider than asked. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/arguments.h"
#include "cli/width.h"

#define WORDS_MAX 32

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_shown(const char *word, size_t columns)
{
    struct as_strbuf out;
    as_strbuf_init(&out, 1U << 20);
    as_strbuf_puts(&out, "");
    as_text_show(&out, as_slice_of(word), columns);
    demand(!out.failed && as_text_width(out.ptr) <= columns);
    for (size_t i = 0; i < out.len; i++) {
        demand((unsigned char)out.ptr[i] >= 0x20 && out.ptr[i] != 0x7f);
    }
    as_strbuf_fini(&out);
}

static void check_parsed(int argc, char **argv, unsigned scope)
{
    struct as_settings settings;
    struct as_error err = {0};
    as_settings_init(&settings);
    enum as_status status = as_arguments_parse(argc, argv, scope, &settings, &err);
    if (status == AS_OK) {
        demand(settings.run.confidence_min <= 100 && settings.run.threads <= 256);
        demand(settings.run.part_bytes >= 1 && settings.run.part_bytes <= 256U << 20);
        demand(settings.run.memory_bytes >= 64U << 20);
        status = as_settings_finish(&settings, &err);
    }
    demand(status == AS_OK || status == AS_E_USAGE || status == AS_E_NOT_YET);
    demand(status == AS_OK || err.message[0] != '\0');
    as_settings_fini(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char command[] = "scan";
    char *argv[WORDS_MAX + 1] = {command};
    int argc = 1;
    char *bytes = as_memdup0(data, size);
    if (bytes == NULL) {
        return 0;
    }
    for (size_t at = 0; at < size && argc < WORDS_MAX; at += strlen(bytes + at) + 1) {
        argv[argc++] = bytes + at;
        check_shown(bytes + at, size % 100);
    }
    check_parsed(argc, argv, AS_FOR_SCAN);
    check_parsed(argc, argv, AS_FOR_DETECTORS);
    check_parsed(argc, argv, AS_FOR_VERSION);
    as_free(bytes);
    return 0;
}
