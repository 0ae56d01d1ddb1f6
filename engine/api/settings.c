/* SPDX-License-Identifier: Apache-2.0
 * Storing option values by the table (settings.h). Fields are written by width through memcpy, so
 * the table can point at any integer of struct as_settings; the range check comes first, and a
 * test stores every option's limits. */
#include "api/settings.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/size.h"

void as_settings_init(struct as_settings *s)
{
    *s = (struct as_settings){.limit = 100};
    as_run_options_init(&s->run);
}

static void list_fini(struct as_text_list *list)
{
    as_free(list->items);
    *list = (struct as_text_list){0};
}

void as_settings_fini(struct as_settings *s)
{
    list_fini(&s->targets);
    list_fini(&s->detector_files);
    list_fini(&s->includes);
    list_fini(&s->excludes);
}

enum as_status as_text_list_add(struct as_text_list *list, const char *item)
{
    if (list->count >= AS_LIST_ITEMS_MAX) {
        return AS_E_LIMIT;
    }
    const char **grown = as_realloc(list->items, (size_t)list->count + 2, sizeof *grown);
    if (grown == NULL) {
        return AS_E_NO_MEMORY;
    }
    list->items = grown;
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
    return AS_OK;
}

const struct as_setting *as_setting_find(const char *name, size_t len, unsigned scopes)
{
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & scopes) != 0 && strlen(o->name) == len &&
            memcmp(o->name, name, len) == 0) {
            return o;
        }
    }
    return NULL;
}

const struct as_setting *as_setting_find_letter(char letter, unsigned scopes)
{
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & scopes) != 0 && o->letter != '\0' && o->letter == letter) {
            return o;
        }
    }
    return NULL;
}

bool as_setting_takes_value(const struct as_setting *option)
{
    return option->value != NULL;
}

static void store_number(void *field, size_t width, uint64_t value)
{
    const uint8_t narrow = (uint8_t)value;
    const uint32_t middle = (uint32_t)value;
    switch (width) {
    case sizeof narrow:
        memcpy(field, &narrow, sizeof narrow);
        break;
    case sizeof middle:
        memcpy(field, &middle, sizeof middle);
        break;
    default:
        assert(width == sizeof value);
        memcpy(field, &value, sizeof value);
        break;
    }
}

static bool parse_number(const char *text, uint64_t *out)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text) || __builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

static enum as_status range_error(const struct as_setting *o, const char *value,
                                  struct as_error *err)
{
    const char *kind = o->type == AS_SETTING_SIZE ? "a size such as 64MiB" : "a number";
    char least[AS_SIZE_TEXT];
    char most[AS_SIZE_TEXT];
    as_format_size(o->min, least);
    as_format_size(o->max, most);
    if (o->max == UINT64_MAX) {
        return as_fail(err, AS_E_USAGE, "--%s: '%s' is not %s of at least %llu%s", o->name, value,
                       kind, (unsigned long long)o->min,
                       o->type == AS_SETTING_SIZE ? " bytes, or none" : "");
    }
    if (o->type == AS_SETTING_SIZE) {
        return as_fail(err, AS_E_USAGE, "--%s: '%s' is not %s between %s and %s", o->name, value,
                       kind, least, most);
    }
    return as_fail(err, AS_E_USAGE, "--%s: '%s' is not %s between %llu and %llu", o->name, value,
                   kind, (unsigned long long)o->min, (unsigned long long)o->max);
}

static enum as_status apply_number(void *field, const struct as_setting *o, const char *value,
                                   struct as_error *err)
{
    uint64_t number = 0;
    bool valid;
    if (o->type == AS_SETTING_NUMBER) {
        valid = parse_number(value, &number);
    } else if (o->max == UINT64_MAX && strcmp(value, "none") == 0) {
        number = UINT64_MAX;
        valid = true;
    } else {
        valid = as_parse_size(value, &number);
    }
    if (!valid || number < o->min || number > o->max) {
        return range_error(o, value, err);
    }
    store_number(field, o->width, number);
    return AS_OK;
}

static enum as_status apply_choice(void *field, const struct as_setting *o, const char *value,
                                   struct as_error *err)
{
    size_t len = strlen(value);
    uint64_t index = o->min;
    for (const char *word = o->choices; word != NULL; index++) {
        const char *bar = strchr(word, '|');
        size_t word_len = bar != NULL ? (size_t)(bar - word) : strlen(word);
        if (word_len == len && memcmp(word, value, len) == 0) {
            store_number(field, o->width, index);
            return AS_OK;
        }
        word = bar != NULL ? bar + 1 : NULL;
    }
    return as_fail(err, AS_E_USAGE, "--%s: '%s' is not one of %s", o->name, value, o->choices);
}

static enum as_status check_text(const struct as_setting *o, const char *value,
                                 struct as_error *err)
{
    if (*value == '\0') {
        return as_fail(err, AS_E_USAGE, "--%s: the value is empty", o->name);
    }
    if (o->type == AS_SETTING_ACCOUNT &&
        (strlen(value) != 12 || strspn(value, "0123456789") != 12)) {
        return as_fail(err, AS_E_USAGE, "--%s: '%s' is not an account id of 12 digits", o->name,
                       value);
    }
    return AS_OK;
}

static enum as_status apply_list(struct as_text_list *list, const struct as_setting *o,
                                 const char *value, struct as_error *err)
{
    enum as_status status = as_text_list_add(list, value);
    return status == AS_OK ? AS_OK
                           : as_fail(err, status == AS_E_LIMIT ? AS_E_USAGE : status,
                                     "--%s: given too often", o->name);
}

enum as_status as_setting_apply(struct as_settings *s, const struct as_setting *option,
                                const char *value, struct as_error *err)
{
    char *field = (char *)s + option->offset;
    const bool on = true;
    if (option->type == AS_SETTING_RESERVED) {
        return as_fail(err, AS_E_NOT_YET, "--%s is not yet supported", option->name);
    }
    if (as_setting_takes_value(option) != (value != NULL)) {
        return as_fail(err, AS_E_USAGE, "--%s %s value", option->name,
                       value == NULL ? "needs a" : "takes no");
    }
    if (value == NULL && option->type != AS_SETTING_FLAG) {
        return as_fail(err, AS_E_BUG, "--%s has a type but no value", option->name);
    }
    switch (option->type) {
    case AS_SETTING_FLAG:
        memcpy(field, &on, sizeof on);
        return AS_OK;
    case AS_SETTING_NUMBER:
    case AS_SETTING_SIZE:
        return apply_number(field, option, value, err);
    case AS_SETTING_CHOICE:
        return apply_choice(field, option, value, err);
    case AS_SETTING_LIST:
        AS_TRY(check_text(option, value, err));
        return apply_list((struct as_text_list *)(void *)field, option, value, err);
    case AS_SETTING_TEXT:
    case AS_SETTING_ACCOUNT:
        AS_TRY(check_text(option, value, err));
        memcpy(field, &value, sizeof value);
        return AS_OK;
    case AS_SETTING_RESERVED:
        break;
    }
    return as_fail(err, AS_E_BUG, "--%s has no type", option->name);
}

/* All buckets at once is reserved; other schemes would be taken for odd file names. */
static enum as_status check_target(const char *target, struct as_error *err)
{
    if (*target == '\0') {
        return as_fail(err, AS_E_USAGE, "a TARGET is empty");
    }
    const char *scheme_end = strstr(target, "://");
    if (scheme_end == NULL) {
        return AS_OK;
    }
    if (strncmp(target, "s3://", 5) != 0) {
        for (const char *c = target; c < scheme_end; c++) {
            if (!isalnum((unsigned char)*c) && strchr("+-.", *c) == NULL) {
                return AS_OK; /* "dir/a://b" is a path */
            }
        }
        return as_fail(err, AS_E_USAGE,
                       "%s: only s3:// addresses, files, folders and - can be scanned", target);
    }
    if (target[5] == '*') {
        return as_fail(err, AS_E_NOT_YET, "%s: all buckets at once is not yet supported", target);
    }
    return target[5] == '\0' || target[5] == '/'
               ? as_fail(err, AS_E_USAGE, "%s: the bucket's name is missing", target)
               : AS_OK;
}

enum as_status as_settings_finish(struct as_settings *s, struct as_error *err)
{
    unsigned standard_inputs = 0;
    for (uint32_t i = 0; i < s->targets.count; i++) {
        AS_TRY(check_target(s->targets.items[i], err));
        standard_inputs += strcmp(s->targets.items[i], "-") == 0;
    }
    if (standard_inputs > 1) {
        return as_fail(err, AS_E_USAGE, "standard input (-) can be scanned once only");
    }
    if (s->run.overwrite && s->reveal_to == NULL &&
        (s->run.output_dir == NULL || strcmp(s->run.output_dir, "-") == 0)) {
        return as_fail(err, AS_E_USAGE, "--overwrite needs --output DIR");
    }
    s->run.targets = s->targets.items;
    s->run.target_count = s->targets.count;
    s->run.detector_files = s->detector_files.items;
    s->run.detector_file_count = s->detector_files.count;
    s->run.includes = s->includes.items;
    s->run.excludes = s->excludes.items;
    return AS_OK;
}
