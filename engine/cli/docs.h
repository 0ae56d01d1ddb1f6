/* SPDX-License-Identifier: Apache-2.0
 * Documents made from the tables of commands, options and reasons: the man page, the shell
 * completions, and the tables in docs/operations.md. They are kept in the tree, so that nobody
 * needs a build to read them; tests/unit/cli/test_docs.c fails when one is not what these functions
 * make, and writes them anew when ASSAY_UPDATE_DOCS is set. Pure. */
#ifndef AS_CLI_DOCS_H
#define AS_CLI_DOCS_H

#include "base/strbuf.h"

/** Makes one document. */
typedef void as_docs_fn(struct as_strbuf *out);

/** man/assay.1: a page in man(7). */
as_docs_fn as_docs_man;
/** completions/. */
as_docs_fn as_docs_bash;
as_docs_fn as_docs_zsh;
as_docs_fn as_docs_fish;
/** Markdown tables for docs/operations.md. */
as_docs_fn as_docs_options;
as_docs_fn as_docs_reasons;
as_docs_fn as_docs_exit_codes;

#endif
