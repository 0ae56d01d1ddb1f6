/* SPDX-License-Identifier: Apache-2.0
 * Completions for bash, zsh and fish; see docs.h. Plain word lists by command, with the words of
 * choices and file names where a value is one. Reserved commands and options are left out: nobody
 * should be led to them. */
#include <string.h>

#include "api/settings.h"
#include "cli/commands.h"
#include "cli/docs.h"

static bool offered(const struct as_setting *o, unsigned scope)
{
    return (o->scopes & scope) != 0 && o->type != AS_SETTING_RESERVED;
}

static void command_names(struct as_strbuf *out)
{
    const char *gap = "";
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run != NULL) {
            as_strbuf_printf(out, "%s%s", gap, c->name);
            gap = " ";
        }
    }
}

static void option_names(unsigned scope, struct as_strbuf *out)
{
    const char *gap = "";
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if (offered(o, scope)) {
            as_strbuf_printf(out, "%s--%s", gap, o->name);
            gap = " ";
        }
    }
}

static void choice_words(const struct as_setting *o, struct as_strbuf *out)
{
    for (const char *c = o->choices; *c != '\0'; c++) {
        as_strbuf_putc(out, (char)(*c == '|' ? ' ' : *c));
    }
}

static void bash_choices(unsigned scope, struct as_strbuf *out)
{
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if (offered(o, scope) && o->choices != NULL) {
            as_strbuf_printf(out, "        --%s) COMPREPLY=($(compgen -W \"", o->name);
            choice_words(o, out);
            as_strbuf_puts(out, "\" -- \"$word\")); return ;;\n");
        }
    }
}

void as_docs_bash(struct as_strbuf *out)
{
    as_strbuf_puts(
        out, "# bash completion for assay. Made from the program's tables; see "
             "engine/cli/docs.h.\n"
             "_assay() {\n"
             "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
             "    COMPREPLY=()\n"
             "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
             "        COMPREPLY=($(compgen -W \"");
    command_names(out);
    as_strbuf_puts(out, " --help --version\" -- \"$word\"))\n        return\n    fi\n"
                        "    case \"${COMP_WORDS[1]}\" in\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL || c->scope == 0) {
            continue;
        }
        as_strbuf_printf(out, "    %s)\n        case \"$before\" in\n", c->name);
        bash_choices(c->scope, out);
        as_strbuf_puts(out, "        esac\n        case \"$word\" in\n"
                            "        -*) COMPREPLY=($(compgen -W \"");
        option_names(c->scope, out);
        as_strbuf_puts(out, "\" -- \"$word\")); return ;;\n        esac\n");
        if (c->scope == AS_FOR_DETECTORS) {
            as_strbuf_puts(out, "        [ \"$COMP_CWORD\" -eq 2 ] && COMPREPLY=($(compgen -W "
                                "\"list show test\" -- \"$word\")) && return\n");
        }
        if (c->scope == AS_FOR_HELP) {
            as_strbuf_puts(out, "        COMPREPLY=($(compgen -W \"");
            command_names(out);
            as_strbuf_puts(out, "\" -- \"$word\")); return\n");
        }
        as_strbuf_puts(out, "        ;;\n");
    }
    as_strbuf_puts(out, "    esac\n    COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
                        "complete -o filenames -F _assay assay\n");
}

/* Text inside zsh's '[…]' and single quotes, or fish's single quotes. */
static void quoted(const char *text, struct as_strbuf *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            as_strbuf_puts(out, "'\\''");
            continue;
        }
        if (*text == '[' || *text == ']' || *text == ':') {
            as_strbuf_putc(out, '\\');
        }
        as_strbuf_putc(out, *text);
    }
}

static void zsh_option(const struct as_setting *o, struct as_strbuf *out)
{
    as_strbuf_printf(out, " \\\n            '%s--%s%s[", o->type == AS_SETTING_LIST ? "*" : "",
                     o->name, o->value != NULL ? "=" : "");
    quoted(o->help, out);
    as_strbuf_puts(out, "]");
    if (o->choices != NULL) {
        as_strbuf_printf(out, ":%s:(", o->value);
        choice_words(o, out);
        as_strbuf_puts(out, ")");
    } else if (o->value != NULL) {
        bool path = strcmp(o->value, "FILE") == 0 || strcmp(o->value, "DIR") == 0;
        as_strbuf_printf(out, ":%s:%s", o->value, path ? "_files" : "");
    }
    as_strbuf_puts(out, "'");
}

void as_docs_zsh(struct as_strbuf *out)
{
    as_strbuf_puts(out, "#compdef assay\n# zsh completion. Made from the program's tables; see "
                        "engine/cli/docs.h.\n"
                        "_assay() {\n    if (( CURRENT == 2 )); then\n        compadd -- ");
    command_names(out);
    as_strbuf_puts(out, " --help --version\n        return\n    fi\n    local command=$words[2]\n"
                        "    shift words\n    (( CURRENT-- ))\n    case $command in\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL || c->scope == 0) {
            continue;
        }
        as_strbuf_printf(out, "    %s)\n        _arguments -s", c->name);
        for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
            if (offered(o, c->scope)) {
                zsh_option(o, out);
            }
        }
        if (c->scope == AS_FOR_DETECTORS) {
            as_strbuf_puts(out, " \\\n            '1:word:(list show test)'");
        } else if (c->scope == AS_FOR_HELP) {
            as_strbuf_puts(out, " \\\n            '1:command:(");
            command_names(out);
            as_strbuf_puts(out, ")'");
        }
        as_strbuf_puts(out, " \\\n            '*:file:_files'\n        ;;\n");
    }
    as_strbuf_puts(out, "    *) _files ;;\n    esac\n}\n_assay \"$@\"\n");
}

/* Text inside fish's single quotes. */
static void fish_quoted(const char *text, struct as_strbuf *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\') {
            as_strbuf_putc(out, '\\');
        }
        as_strbuf_putc(out, *text);
    }
}

void as_docs_fish(struct as_strbuf *out)
{
    as_strbuf_puts(out, "# fish completion for assay. Made from the program's tables; see "
                        "engine/cli/docs.h.\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL) {
            continue;
        }
        as_strbuf_printf(out, "complete -c assay -n __fish_use_subcommand -f -a %s -d '", c->name);
        fish_quoted(c->summary, out);
        as_strbuf_puts(out, "'\n");
        for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
            if (c->scope == 0 || !offered(o, c->scope)) {
                continue;
            }
            as_strbuf_printf(out, "complete -c assay -n '__fish_seen_subcommand_from %s' -l %s",
                             c->name, o->name);
            if (o->letter != '\0') {
                as_strbuf_printf(out, " -s %c", o->letter);
            }
            if (o->choices != NULL) {
                as_strbuf_puts(out, " -x -a '");
                choice_words(o, out);
                as_strbuf_puts(out, "'");
            } else if (o->value != NULL) {
                as_strbuf_puts(out, " -r");
            }
            as_strbuf_puts(out, " -d '");
            fish_quoted(o->help, out);
            as_strbuf_puts(out, "'\n");
        }
    }
    as_strbuf_puts(out,
                   "complete -c assay -n '__fish_seen_subcommand_from detectors' -a 'list show "
                   "test'\n");
}
