/* SPDX-License-Identifier: Apache-2.0
 * See help.h. Everything is printed from the tables, wrapped to the terminal (60 to 100 columns),
 * so help cannot promise an option that does not exist. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/settings.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/nearest.h"

#define HELP_BYTES_MAX (1U << 20)
#define OPTION_COLUMN 28U
#define COLUMNS_MOST 100U

/* Words of `text` from column `at` on, later lines indented by `indent`. Ends the line. */
static void wrap(const char *text, size_t at, size_t indent, size_t columns, struct as_strbuf *out)
{
    bool first = true;
    while (*text != '\0') {
        if (*text == '\n') {
            as_strbuf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
            text++;
            continue;
        }
        size_t len = strcspn(text, " \n");
        if (!first && at + 1 + len > columns) {
            as_strbuf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        if (!first) {
            as_strbuf_putc(out, ' ');
            at++;
        }
        as_strbuf_append(out, text, len);
        at += len;
        first = false;
        text += len;
        text += *text == ' ';
    }
    as_strbuf_putc(out, '\n');
}

void as_help_text(struct as_strbuf *out)
{
    as_strbuf_puts(out, "assay finds sensitive data in object storage and files.\n\n"
                        "Usage: assay COMMAND [ARGUMENT...]\n\nCommands:\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run != NULL) {
            as_strbuf_printf(out, "  %-11s %s\n", c->name, c->summary);
        }
    }
    as_strbuf_puts(out, "\nNot yet supported:\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL) {
            as_strbuf_printf(out, "  %-11s %s\n", c->name, c->summary);
        }
    }
    as_strbuf_puts(out, "\nTo begin:\n"
                        "  assay scan s3://my-bucket --output findings/\n"
                        "  assay scan ./exports --output findings/\n\n"
                        "'assay help COMMAND' lists a command's options. Exit codes: 0 all read,\n"
                        "1 --fail-on met, 2 usage, 3 not all read, 4 no target read, 5 fault,\n"
                        "6 as 3 with --fail-on met, 130 interrupted.\n");
}

static void show_option(const struct as_setting *o, size_t columns, struct as_strbuf *out)
{
    char head[80];
    char letter[8] = "    ";
    if (o->letter != '\0') {
        AS_IGNORE(snprintf(letter, sizeof letter, "-%c, ", o->letter) < 0, "short");
    }
    int used = snprintf(head, sizeof head, "  %s--%s%s%s", letter, o->name,
                        o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
    size_t at = used < 0 ? 0 : (size_t)used;
    as_strbuf_puts(out, head);
    if (at + 2 > OPTION_COLUMN) {
        as_strbuf_putc(out, '\n');
        at = 0;
    }
    as_strbuf_printf(out, "%*s", (int)(OPTION_COLUMN - at), "");
    struct as_strbuf text;
    as_strbuf_init(&text, HELP_BYTES_MAX);
    as_strbuf_puts(&text, o->help);
    if (o->choices != NULL) {
        as_strbuf_printf(&text, ": %s", o->choices);
    }
    if (o->fallback != NULL) {
        as_strbuf_printf(&text, " (default %s)", o->fallback);
    }
    wrap(text.failed ? o->help : text.ptr, OPTION_COLUMN, OPTION_COLUMN, columns, out);
    as_strbuf_fini(&text);
}

void as_help_command_text(const struct as_command *command, size_t columns, struct as_strbuf *out)
{
    columns = columns > COLUMNS_MOST ? COLUMNS_MOST : columns < 60 ? 60 : columns;
    as_strbuf_printf(out, "Usage: assay %s\n\n", command->synopsis);
    if (command->run == NULL) {
        as_strbuf_printf(out, "%s: not yet supported.\n", command->summary);
        return;
    }
    wrap(command->details, 0, 0, columns, out);
    const char *group = "";
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & command->scope) == 0) {
            continue;
        }
        if (strcmp(group, o->group) != 0) {
            group = o->group;
            as_strbuf_printf(out, "\n%s:\n", group);
        }
        show_option(o, columns, out);
    }
    if (command->scope == AS_FOR_SCAN) {
        as_strbuf_puts(out, "\nSIZE takes B, KiB, MiB, GiB, TiB, KB, MB, GB, TB.\n");
    }
}

static int print(void (*fill)(struct as_strbuf *out))
{
    struct as_strbuf text;
    as_strbuf_init(&text, HELP_BYTES_MAX);
    fill(&text);
    int code = as_console_print(&text, AS_EXIT_OK);
    as_strbuf_fini(&text);
    return code;
}

int as_help_overview(void)
{
    return print(as_help_text);
}

static void version_line(struct as_strbuf *out)
{
    as_strbuf_puts(out, "assay " ASSAY_VERSION "\n");
}

int as_help_version(void)
{
    return print(version_line);
}

int as_help_command(const char *name)
{
    const struct as_command *command = as_command_find(name);
    if (command == NULL) {
        return as_help_unknown(name);
    }
    struct as_strbuf text;
    struct as_screen screen;
    as_strbuf_init(&text, HELP_BYTES_MAX);
    as_screen_of(STDOUT_FILENO, &screen);
    as_help_command_text(command, screen.columns, &text);
    int code = as_console_print(&text, AS_EXIT_OK);
    as_strbuf_fini(&text);
    return code;
}

int as_help_unknown(const char *word)
{
    struct as_nearest nearest;
    as_nearest_init(&nearest, word);
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        as_nearest_offer(&nearest, c->name);
    }
    const char *meant = as_nearest_word(&nearest);
    if (meant != NULL) {
        as_console_message("error: unknown command '%s'; did you mean '%s'?", word, meant);
    } else {
        as_console_message("error: unknown command '%s'; 'assay help' lists the commands", word);
    }
    return AS_EXIT_USAGE;
}
