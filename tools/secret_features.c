/* SPDX-License-Identifier: Apache-2.0
 * secret_features: prints what the scorer of secrets sees, for its training
 * (tools/train_secret_scorer.py builds and runs it).
 *
 *     secret_features STEM… < DOCUMENTS
 *
 * DOCUMENTS are framed: the length in bytes as eight hex digits, a line feed, the bytes. Each stem
 * is looked for without regard to case, as stage one does. One line a candidate that the rules
 * accept: document (from 0), start and end of the value, start of the name, then each feature as
 * kind:text; fields are parted by tabs, bytes outside of printable ASCII are %XX. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "detectors/checks/secret.h"

#define DOCUMENT_MAX (8U << 20)
#define BACK 4096U
#define AHEAD 65536U

static uint8_t s_document[DOCUMENT_MAX];

static void print_feature(void *context, const char *kind, const uint8_t *text, size_t len)
{
    FILE *out = context;
    fprintf(out, "\t%s:", kind);
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= 0x20 || text[i] >= 0x7F || text[i] == '%') {
            fprintf(out, "%%%02X", text[i]);
        } else {
            fputc(text[i], out);
        }
    }
}

static bool is_stem(const uint8_t *at, size_t left, const char *stem)
{
    size_t i = 0;
    while (stem[i] != '\0' && i < left && to_lower(at[i]) == stem[i]) {
        i++;
    }
    return stem[i] == '\0';
}

static bool parse(const char *stem, const struct as_value *v, struct as_secret *s)
{
    if (strcmp(stem, "bearer ") == 0) {
        return as_secret_parse_bearer(v, s);
    }
    return strcmp(stem, "://") == 0 ? as_secret_parse_url(v, s) : as_secret_parse_any(v, s);
}

static void print_candidate(unsigned document, size_t at, size_t len, const char *stem)
{
    size_t low = at > BACK ? at - BACK : 0;
    struct as_value v = {.text = s_document + low,
                         .text_len = (len - at > AHEAD ? at + AHEAD : len) - low,
                         .start = at - low,
                         .end = at + strlen(stem) - low};
    struct as_secret s;
    if (!parse(stem, &v, &s) || as_secret_rules(&v, &s) != AS_ACCEPT) {
        return;
    }
    printf("%u\t%zu\t%zu\t%zu", document, low + s.value_start, low + s.value_end,
           low + s.name_start);
    as_secret_features(&v, &s, print_feature, stdout);
    putchar('\n');
}

int main(int argc, char **argv)
{
    uint32_t len;
    for (unsigned document = 0; scanf("%8" SCNx32, &len) == 1 && getchar() == '\n'; document++) {
        if (len > DOCUMENT_MAX || fread(s_document, 1, len, stdin) != len) {
            fputs("secret_features: cannot read the documents\n", stderr);
            return 1;
        }
        for (size_t at = 0; at < len; at++) {
            for (int i = 1; i < argc; i++) {
                if (is_stem(s_document + at, len - at, argv[i])) {
                    print_candidate(document, at, len, argv[i]);
                }
            }
        }
    }
    return 0;
}
