/* SPDX-License-Identifier: Apache-2.0
 * See arguments.h. Not getopt_long: that accepts unique abbreviations, whose meaning changes when
 * an option is added, prints by itself, and keeps global state. */
#include "cli/arguments.h"

#include <string.h>

#include "cli/nearest.h"

struct parser {
    int argc;
    char **argv;
    int next;
    unsigned scope;
    struct as_settings *settings;
    struct as_error *err;
};

static enum as_status unknown_option(const struct parser *p, const char *name, size_t len)
{
    char typed[65];
    size_t kept = len < sizeof typed - 1 ? len : sizeof typed - 1;
    memcpy(typed, name, kept);
    typed[kept] = '\0';
    struct as_nearest nearest;
    as_nearest_init(&nearest, typed);
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & p->scope) != 0) {
            as_nearest_offer(&nearest, o->name);
        }
    }
    const char *meant = as_nearest_word(&nearest);
    if (meant != NULL) {
        return as_fail(p->err, AS_E_USAGE, "unknown option --%s; did you mean --%s?", typed, meant);
    }
    return as_fail(p->err, AS_E_USAGE, "unknown option --%s; 'assay help %s' lists the options",
                   typed, p->argv[0]);
}

static enum as_status take_value(struct parser *p, const struct as_setting *o, const char **out)
{
    if (p->next >= p->argc) {
        return as_fail(p->err, AS_E_USAGE, "--%s needs a value (%s)", o->name, o->value);
    }
    *out = p->argv[p->next++];
    return AS_OK;
}

static enum as_status parse_long(struct parser *p, const char *name)
{
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct as_setting *o = as_setting_find(name, len, p->scope);
    if (o == NULL) {
        return unknown_option(p, name, len);
    }
    const char *value = equals != NULL ? equals + 1 : NULL;
    if (value == NULL && as_setting_takes_value(o) && o->type != AS_SETTING_RESERVED) {
        AS_TRY(take_value(p, o, &value));
    }
    return as_setting_apply(p->settings, o, value, p->err);
}

/* `rest`: what stands behind the letter in its word; the value, unless empty. */
static enum as_status apply_letter(struct parser *p, const struct as_setting *o, const char *rest)
{
    const char *value = rest;
    if (*rest == '\0') {
        AS_TRY(take_value(p, o, &value));
    }
    return as_setting_apply(p->settings, o, value, p->err);
}

static enum as_status parse_letters(struct parser *p, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        const struct as_setting *o = as_setting_find_letter(*letters, p->scope);
        if (o == NULL) {
            return as_fail(p->err, AS_E_USAGE,
                           "unknown option -%c; 'assay help %s' lists the options", *letters,
                           p->argv[0]);
        }
        if (as_setting_takes_value(o)) {
            return apply_letter(p, o, letters + 1);
        }
        AS_TRY(as_setting_apply(p->settings, o, NULL, p->err));
    }
    return AS_OK;
}

static enum as_status add_target(struct parser *p, const char *word)
{
    enum as_status status = as_text_list_add(&p->settings->targets, word);
    return status == AS_OK ? AS_OK
                           : as_fail(p->err, status == AS_E_LIMIT ? AS_E_USAGE : status,
                                     "too many arguments: %u at the most", AS_LIST_ITEMS_MAX);
}

static enum as_status parse_word(struct parser *p, const char *word, bool *options_over)
{
    if (*options_over || word[0] != '-' || word[1] == '\0') {
        return add_target(p, word);
    }
    if (word[1] != '-') {
        return parse_letters(p, word + 1);
    }
    *options_over = word[2] == '\0';
    return *options_over ? AS_OK : parse_long(p, word + 2);
}

enum as_status as_arguments_parse(int argc, char **argv, unsigned scope,
                                  struct as_settings *settings, struct as_error *err)
{
    struct parser p = {argc, argv, 1, scope, settings, err};
    bool options_over = false;
    while (p.next < argc && !settings->help && !settings->version) {
        AS_TRY(parse_word(&p, argv[p.next++], &options_over));
    }
    return AS_OK;
}
