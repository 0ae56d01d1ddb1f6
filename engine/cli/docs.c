/* SPDX-License-Identifier: Apache-2.0
 * The man page and the Markdown tables; see docs.h. Shell completions are in docs_shells.c. */
#include "cli/docs.h"

#include <string.h>

#include "api/settings.h"
#include "base/reason.h"
#include "cli/commands.h"

/* Text in man(7): backslashes and leading dots escaped, '-' as a plain minus so that it can be
 * copied, paragraphs parted. */
static void man_text(const char *text, struct as_strbuf *out)
{
    bool line_start = true;
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            if (!line_start) {
                as_strbuf_puts(out, "\n.PP\n");
            }
            line_start = true;
            continue;
        }
        if (line_start && (*text == '.' || *text == '\'')) {
            as_strbuf_puts(out, "\\&");
        }
        if (*text == '\\') {
            as_strbuf_puts(out, "\\e");
        } else if (*text == '-') {
            as_strbuf_puts(out, "\\-");
        } else {
            as_strbuf_putc(out, *text);
        }
        line_start = false;
    }
    as_strbuf_putc(out, '\n');
}

static void option_help(const struct as_setting *o, struct as_strbuf *out)
{
    as_strbuf_puts(out, o->help);
    if (o->choices != NULL) {
        as_strbuf_puts(out, ": ");
        for (const char *c = o->choices; *c != '\0'; c++) {
            as_strbuf_puts(out, *c == '|' ? ", " : "");
            if (*c != '|') {
                as_strbuf_putc(out, *c);
            }
        }
    }
    if (o->fallback != NULL) {
        as_strbuf_printf(out, " (default %s)", o->fallback);
    }
}

static void man_option(const struct as_setting *o, struct as_strbuf *out)
{
    as_strbuf_puts(out, ".TP\n.B ");
    struct as_strbuf head;
    as_strbuf_init(&head, 4096);
    if (o->letter != '\0') {
        as_strbuf_printf(&head, "-%c, ", o->letter);
    }
    as_strbuf_printf(&head, "--%s%s%s", o->name, o->value != NULL ? " " : "",
                     o->value != NULL ? o->value : "");
    man_text(head.ptr, out);
    as_strbuf_reset(&head);
    option_help(o, &head);
    as_strbuf_puts(&head, ".");
    man_text(head.ptr, out);
    as_strbuf_fini(&head);
}

static void man_commands(struct as_strbuf *out)
{
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL) {
            continue;
        }
        as_strbuf_puts(out, ".SS ");
        man_text(c->synopsis, out);
        man_text(c->details, out);
    }
    as_strbuf_puts(out, ".SS Not yet supported\n");
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        if (c->run == NULL) {
            as_strbuf_printf(out, ".TP\n.B %s\n", c->name);
            man_text(c->summary, out);
        }
    }
}

static void man_options(unsigned scope, const char *title, struct as_strbuf *out)
{
    const char *group = "";
    as_strbuf_printf(out, ".SH %s\n", title);
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & scope) == 0) {
            continue;
        }
        if (strcmp(group, o->group) != 0) {
            group = o->group;
            as_strbuf_printf(out, ".SS %s\n", group);
        }
        man_option(o, out);
    }
}

static void man_exit_codes(struct as_strbuf *out)
{
    as_strbuf_puts(out, ".SH EXIT STATUS\n");
    for (const struct as_exit_code *e = as_exit_codes; e->text != NULL; e++) {
        as_strbuf_printf(out, ".TP\n.B %d\n", e->code);
        man_text(e->text, out);
    }
}

void as_docs_man(struct as_strbuf *out)
{
    static const char head[] =
        ".\\\" Made from the program's tables; see engine/cli/docs.h.\n"
        ".TH ASSAY 1 \"\" \"assay " ASSAY_VERSION "\" \"User Commands\"\n"
        ".SH NAME\nassay \\- find sensitive data in object storage and files\n"
        ".SH SYNOPSIS\n.B assay\n.I COMMAND\n.RI [ ARGUMENT ...]\n"
        ".SH DESCRIPTION\n"
        "Lists buckets, reads objects in ranges, opens archives and compression, and finds "
        "personal "
        "data, financial data and credentials. Every object that was listed ends in one result: "
        "complete, partial or skipped, with its reason. Nothing that was not read is passed over "
        "in "
        "silence: the last line on the screen says how much that is.\n"
        ".SH COMMANDS\n";
    static const char tail[] =
        ".SH FILES\nIn the folder that \\-\\-output names:\n"
        ".TP\n.B findings.asff.json\nfindings as AWS Security Hub takes them, a JSON array\n"
        ".TP\n.B findings.macie.jsonl\nfindings as Amazon Macie writes them, one a line\n"
        ".TP\n.B findings.csv\none row for each object, member and type\n"
        ".TP\n.B results.jsonl\none record for each object tried and each archive member opened\n"
        ".TP\n.B summary.json\ntotals, coverage and evidence; its presence means that the run is "
        "whole\n"
        ".PP\nAll are of mode 0600. No file holds matched text.\n"
        ".SH ENVIRONMENT\n"
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, "
        "AWS_DEFAULT_REGION, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_ENDPOINT_URL, "
        "AWS_ENDPOINT_URL_S3 and AWS_CA_BUNDLE mean what they mean to the AWS CLI.\n"
        ".TP\n.B NO_COLOR\nwhen set, no colours\n"
        ".TP\n.B COLUMNS\nwidth where the terminal does not tell\n"
        ".TP\n.B SOURCE_DATE_EPOCH\nfixes the time stamps that assay makes itself, in seconds "
        "since "
        "1970\n"
        ".SH SIGNALS\nSIGINT, SIGTERM and SIGHUP end a scan within two seconds; what was done is "
        "reported. A second one ends it at once. Core dumps are off.\n"
        ".SH EXAMPLES\n.nf\n"
        "assay scan s3://my\\-bucket \\-\\-output findings/\n"
        "assay scan ./exports \\-\\-select pci \\-\\-fail\\-on high\n"
        "assay scan s3://b/logs/ \\-\\-endpoint\\-url http://127.0.0.1:9000 \\-\\-output out/\n"
        "zcat dump.sql.gz | assay scan \\- | head\n"
        "assay detectors test CREDIT_CARD_NUMBER sample.csv\n.fi\n";
    as_strbuf_puts(out, head);
    man_commands(out);
    man_options(AS_FOR_SCAN, "OPTIONS OF SCAN", out);
    as_strbuf_puts(out, ".PP\nSIZE is a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB.\n");
    man_options(AS_FOR_DETECTORS, "OPTIONS OF DETECTORS", out);
    man_options(AS_FOR_EXPLAIN, "OPTIONS OF EXPLAIN", out);
    man_options(AS_FOR_DIFF, "OPTIONS OF DIFF", out);
    man_options(AS_FOR_VERSION, "OPTIONS OF VERSION", out);
    man_exit_codes(out);
    as_strbuf_puts(out, tail);
}

/* A cell of a Markdown table. */
static void cell(const char *text, struct as_strbuf *out)
{
    for (; *text != '\0'; text++) {
        as_strbuf_puts(out, *text == '|' ? "\\" : "");
        as_strbuf_putc(out, *text);
    }
}

void as_docs_options(struct as_strbuf *out)
{
    as_strbuf_puts(out, "| option | default | meaning |\n| --- | --- | --- |\n");
    for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
        if ((o->scopes & AS_FOR_SCAN) == 0 || o->type == AS_SETTING_RESERVED) {
            continue;
        }
        as_strbuf_printf(out, "| `--%s%s%s` | %s | ", o->name, o->value != NULL ? " " : "",
                         o->value != NULL ? o->value : "", o->fallback != NULL ? o->fallback : "");
        cell(o->help, out);
        if (o->choices != NULL) {
            as_strbuf_puts(out, ": ");
            cell(o->choices, out);
        }
        as_strbuf_puts(out, " |\n");
    }
}

void as_docs_reasons(struct as_strbuf *out)
{
    as_strbuf_puts(out, "| reason | meaning |\n| --- | --- |\n");
    for (unsigned reason = AS_REASON_NONE + 1; reason < AS_REASON_COUNT; reason++) {
        as_strbuf_printf(out, "| `%s` | ", as_reason_name((enum as_reason)reason));
        cell(as_reason_text((enum as_reason)reason), out);
        as_strbuf_puts(out, " |\n");
    }
}

void as_docs_exit_codes(struct as_strbuf *out)
{
    as_strbuf_puts(out, "| code | means |\n| --- | --- |\n");
    for (const struct as_exit_code *e = as_exit_codes; e->text != NULL; e++) {
        as_strbuf_printf(out, "| %d | ", e->code);
        cell(e->text, out);
        as_strbuf_puts(out, " |\n");
    }
}
