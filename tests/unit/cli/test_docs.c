/* SPDX-License-Identifier: Apache-2.0
 * Documents agree with the program: man page, completions, and the tables in docs/operations.md are
 * what the tables of options, commands, reasons and exit codes make. With ASSAY_UPDATE_DOCS set
 * they are written anew first, so changing an option is one edit and one run of this test. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/settings.h"
#include "base/attr.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/docs.h"
#include "cli/help.h"

#define FILE_BYTES_MAX (4U << 20)

static void read_file(const char *path, struct as_strbuf *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fail_msg("%s is missing", path);
        return;
    }
    char chunk[4096];
    for (size_t n = fread(chunk, 1, sizeof chunk, f); n != 0;
         n = fread(chunk, 1, sizeof chunk, f)) {
        as_strbuf_append(out, chunk, n);
    }
    assert_int_equal(fclose(f), 0);
}

static void write_file(const char *path, struct as_slice bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

static void whole_documents_are_what_the_tables_make(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        as_docs_fn *make;
    } documents[] = {
        {ASSAY_SOURCE_DIR "/man/assay.1", as_docs_man},
        {ASSAY_SOURCE_DIR "/completions/assay.bash", as_docs_bash},
        {ASSAY_SOURCE_DIR "/completions/_assay", as_docs_zsh},
        {ASSAY_SOURCE_DIR "/completions/assay.fish", as_docs_fish},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(documents); i++) {
        struct as_strbuf made;
        struct as_strbuf stands;
        as_strbuf_init(&made, FILE_BYTES_MAX);
        as_strbuf_init(&stands, FILE_BYTES_MAX);
        documents[i].make(&made);
        assert_false(made.failed);
        if (getenv("ASSAY_UPDATE_DOCS") != NULL) {
            write_file(documents[i].path, as_strbuf_view(&made));
        }
        read_file(documents[i].path, &stands);
        if (!as_slice_equal(as_strbuf_view(&made), as_strbuf_view(&stands))) {
            fail_msg("%s is not what the tables make; run this test with ASSAY_UPDATE_DOCS=1",
                     documents[i].path);
        }
        as_strbuf_fini(&made);
        as_strbuf_fini(&stands);
    }
}

/* Puts `made` between the marks of `name` in the document. */
static void replace_section(struct as_strbuf *document, const char *name, as_docs_fn *make,
                            const char *path)
{
    char mark[64];
    struct as_strbuf fresh;
    as_strbuf_init(&fresh, FILE_BYTES_MAX);
    assert_true(snprintf(mark, sizeof mark, "<!-- table: %s -->\n", name) > 0);
    const char *start = strstr(document->ptr, mark);
    assert_non_null(start);
    start += strlen(mark);
    const char *end = strstr(start, "<!-- end -->");
    assert_non_null(end);
    as_strbuf_append(&fresh, document->ptr, (size_t)(start - document->ptr));
    make(&fresh);
    as_strbuf_puts(&fresh, end);
    if (getenv("ASSAY_UPDATE_DOCS") == NULL &&
        !as_slice_equal(as_strbuf_view(&fresh), as_strbuf_view(document))) {
        fail_msg("%s: the table of %s is not what the program has; run this test with "
                 "ASSAY_UPDATE_DOCS=1",
                 path, name);
    }
    as_strbuf_fini(document);
    *document = fresh;
}

static void tables_in_operations_are_those_of_the_program(void **state)
{
    (void)state;
    static const char path[] = ASSAY_SOURCE_DIR "/docs/operations.md";
    struct as_strbuf document;
    as_strbuf_init(&document, FILE_BYTES_MAX);
    read_file(path, &document);
    replace_section(&document, "options", as_docs_options, path);
    replace_section(&document, "reasons", as_docs_reasons, path);
    replace_section(&document, "exit codes", as_docs_exit_codes, path);
    if (getenv("ASSAY_UPDATE_DOCS") != NULL) {
        write_file(path, as_strbuf_view(&document));
    }
    as_strbuf_fini(&document);
}

static void help_of_each_command_names_each_of_its_options(void **state)
{
    (void)state;
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        struct as_strbuf text;
        as_strbuf_init(&text, FILE_BYTES_MAX);
        as_help_command_text(c, 80, &text);
        assert_false(text.failed);
        for (const struct as_setting *o = as_settings_table; o->name != NULL; o++) {
            char name[64];
            assert_true(snprintf(name, sizeof name, "--%s", o->name) > 0);
            if (c->run != NULL && (o->scopes & c->scope) != 0) {
                assert_non_null(strstr(text.ptr, name));
            }
        }
        for (const char *line = text.ptr; *line != '\0';) {
            size_t len = strcspn(line, "\n");
            assert_true(len <= 100);
            line += len + (line[len] == '\n');
        }
        as_strbuf_fini(&text);
    }
}

static void overview_names_every_command(void **state)
{
    (void)state;
    struct as_strbuf text;
    as_strbuf_init(&text, FILE_BYTES_MAX);
    as_help_text(&text);
    for (const struct as_command *c = as_commands; c->name != NULL; c++) {
        assert_non_null(strstr(text.ptr, c->name));
    }
    as_strbuf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_documents_are_what_the_tables_make),
        cmocka_unit_test(tables_in_operations_are_those_of_the_program),
        cmocka_unit_test(help_of_each_command_names_each_of_its_options),
        cmocka_unit_test(overview_names_every_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
