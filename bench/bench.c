/* SPDX-License-Identifier: Apache-2.0
 * `assay bench scan`: the scan rate of each corpus, clean and planted, on one core and on several,
 * all detectors on; beside it, over the same bytes in the same run, what the machine and Hyperscan
 * alone can do. */
#include "bench/bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/size.h"
#include "bench/baseline.h"
#include "bench/corpora.h"
#include "bench/scan_rate.h"

#define FILE_BYTES_MAX (1ULL << 30)

struct bench {
    uint64_t corpus_bytes;
    unsigned threads;
    unsigned rounds;
    bool json;
    const char *select;
    struct as_scanner *scanner;
    struct as_limit *literals;
    struct as_limit *baseline;
    uint32_t detectors;
    size_t literal_count;
    unsigned printed;
};

static const char usage[] =
    "usage: assay bench [scan] [PATH...] [OPTION...]\n"
    "       assay bench accuracy [--gold FILE]... [OPTION...]\n"
    "       assay bench receive s3://BUCKET[/PREFIX] [OPTION...]\n"
    "\n"
    "Measures the scan with all detectors on over four generated corpora (csv, log, jsonl, code), "
    "clean and with one\n"
    "finding every 50 KB, or over the files PATH...; beside it the limits, over the same bytes in "
    "the same run.\n"
    "\n"
    "  --size SIZE      bytes of each generated corpus (default 64MiB)\n"
    "  --threads N      threads of the figure for several cores (default 2)\n"
    "  --rounds N       rounds; the best counts (default 3)\n"
    "  --select LIST    detectors (default all; see 'assay help scan')\n"
    "  --output FORMAT  text (default) or json\n";

/* All anchors and keywords that the catalog holds, each once. */
static enum as_status gather_literals(const struct as_catalog *c, const char ***out,
                                      size_t *out_count)
{
    size_t cap = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct as_detector *d = &c->detectors[i];
        for (size_t k = 0; d->keywords != NULL && d->keywords[k] != NULL; k++) {
            cap++;
        }
        for (size_t k = 0; d->anchors != NULL && d->anchors[k] != NULL; k++) {
            cap++;
        }
    }
    const char **all = as_calloc(cap, sizeof *all);
    size_t count = 0;
    if (all == NULL) {
        return AS_E_NO_MEMORY;
    }
    for (uint32_t i = 0; i < c->count; i++) {
        const char *const *lists[] = {c->detectors[i].keywords, c->detectors[i].anchors};
        for (size_t l = 0; l < AS_ARRAY_SIZE(lists); l++) {
            for (const char *const *w = lists[l]; w != NULL && *w != NULL; w++) {
                size_t at = 0;
                while (at < count && strcmp(all[at], *w) != 0) {
                    at++;
                }
                all[at] = *w;
                count += at == count;
            }
        }
    }
    *out = all;
    *out_count = count;
    return AS_OK;
}

static enum as_status prepare(struct bench *b, struct as_error *err)
{
    const struct as_catalog *c = &as_catalog_builtin;
    AS_CLEANUP(as_free_ptr) uint8_t *enabled = as_calloc(c->count, 1);
    if (enabled == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    AS_TRY(as_catalog_select(c, b->select, NULL, enabled, err));
    for (uint32_t i = 0; i < c->count; i++) {
        b->detectors += enabled[i];
    }
    const struct as_scanner_options options = {.catalog = c,
                                               .enabled = enabled,
                                               .confidence_min = AS_CONFIDENCE_MIN_DEFAULT,
                                               .value_key = as_random64()};
    AS_TRY(as_scanner_new(&options, &b->scanner, err));
    const char **literals = NULL;
    AS_TRY(gather_literals(c, &literals, &b->literal_count));
    enum as_status status = as_limit_new(literals, b->literal_count, true, &b->literals, err);
    as_free(literals);
    AS_TRY(status);
    size_t patterns = 0;
    while (as_baseline_patterns[patterns] != NULL) {
        patterns++;
    }
    return as_limit_new(as_baseline_patterns, patterns, false, &b->baseline, err);
}

static double rate_mb(const struct as_bench_input *input, double seconds)
{
    return seconds > 0 ? (double)input->len / 1e6 / seconds : 0;
}

struct figures {
    struct as_bench_rate one, several, read, literals, baseline;
};

static enum as_status measure(struct bench *b, const struct as_bench_input *input,
                              struct figures *f)
{
    as_bench_read(input, b->rounds, &f->read);
    AS_TRY(as_bench_scan(b->scanner, input, 1, b->rounds, &f->one));
    AS_TRY(as_bench_scan(b->scanner, input, b->threads, b->rounds, &f->several));
    AS_TRY(as_bench_limit(b->literals, input, b->rounds, &f->literals));
    return as_bench_limit(b->baseline, input, 1, &f->baseline);
}

static void print_head(const struct bench *b)
{
    printf("%u detectors on; MB/s; one core by CPU time, %u threads by wall time, best of %u "
           "rounds\n\n",
           b->detectors, b->threads, b->rounds);
    printf("%-22s %8s %8s %6s %8s | %8s %10s %10s | %7s\n", "corpus", "one core", "threads",
           "x one", "hits", "read", "literals", "44 regexes", "x regex");
}

static void print_row(struct bench *b, const char *name, const struct as_bench_input *input,
                      const struct figures *f)
{
    double one = rate_mb(input, f->one.cpu_seconds);
    double baseline = rate_mb(input, f->baseline.cpu_seconds);
    double speed_up =
        f->several.wall_seconds > 0 ? f->one.wall_seconds / f->several.wall_seconds : 0;
    if (b->json) {
        printf("%s{\"corpus\":\"%s\",\"bytes\":%zu,\"mb_per_core_second\":%.1f,\"threads\":%u,"
               "\"threads_mb_per_second\":%.1f,"
               "\"speed_up\":%.2f,\"hits\":%llu,\"memory_read\":%.1f,\"literals_only\":%.1f,\"one_"
               "database\":%.1f}",
               b->printed++ == 0 ? "[" : ",\n ", name, input->len, one, b->threads,
               rate_mb(input, f->several.wall_seconds), speed_up, (unsigned long long)f->one.hits,
               rate_mb(input, f->read.cpu_seconds), rate_mb(input, f->literals.cpu_seconds),
               baseline);
        return;
    }
    printf("%-22s %8.0f %8.0f %6.2f %8llu | %8.0f %10.0f %10.0f | %7.1f\n", name, one,
           rate_mb(input, f->several.wall_seconds), speed_up, (unsigned long long)f->one.hits,
           rate_mb(input, f->read.cpu_seconds), rate_mb(input, f->literals.cpu_seconds), baseline,
           baseline > 0 ? one / baseline : 0);
}

static enum as_status bench_corpus(struct bench *b, enum as_corpus corpus, char *bytes,
                                   struct as_error *err)
{
    struct figures clean;
    struct figures planted;
    char name[64];
    const struct as_bench_input input = {as_corpus_file(corpus), bytes, b->corpus_bytes};
    as_corpus_fill(corpus, false, bytes, b->corpus_bytes);
    if (measure(b, &input, &clean) != AS_OK) {
        return as_fail(err, AS_E_BUG, "%s: the scan failed", as_corpus_name(corpus));
    }
    snprintf(name, sizeof name, "%s, clean", as_corpus_name(corpus));
    print_row(b, name, &input, &clean);
    uint64_t plants = as_corpus_fill(corpus, true, bytes, b->corpus_bytes);
    if (measure(b, &input, &planted) != AS_OK) {
        return as_fail(err, AS_E_BUG, "%s: the scan failed", as_corpus_name(corpus));
    }
    snprintf(name, sizeof name, "%s, planted", as_corpus_name(corpus));
    print_row(b, name, &input, &planted);
    double more = (planted.one.cpu_seconds - clean.one.cpu_seconds) * 1e6;
    uint64_t hits = planted.one.hits - clean.one.hits;
    if (!b->json) {
        printf("%-22s %llu planted, %llu found; a hit costs %.1f us\n", "",
               (unsigned long long)plants, (unsigned long long)hits,
               hits != 0 && more > 0 ? more / (double)hits : 0.0);
    }
    return AS_OK;
}

static enum as_status bench_corpora(struct bench *b, struct as_error *err)
{
    AS_CLEANUP(as_free_ptr) char *bytes = as_malloc(b->corpus_bytes);
    if (bytes == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory for a corpus of --size");
    }
    for (int corpus = 0; corpus < AS_CORPUS_COUNT; corpus++) {
        AS_TRY(bench_corpus(b, (enum as_corpus)corpus, bytes, err));
    }
    return AS_OK;
}

static enum as_status read_file(const char *path, char **out, size_t *out_len, struct as_error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be opened", path);
    }
    enum as_status status = AS_OK;
    char *bytes = NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size < 0 || (uint64_t)size > FILE_BYTES_MAX || fseek(file, 0, SEEK_SET) != 0) {
        status = as_fail(err, AS_E_USAGE, "%s: not a file of at most 1 GiB", path);
    } else {
        bytes = as_malloc((size_t)size);
        if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            status = as_fail(err, AS_E_USAGE, "%s: cannot be read", path);
        }
    }
    fclose(file);
    if (status != AS_OK) {
        as_free(bytes);
        return status;
    }
    *out = bytes;
    *out_len = (size_t)size;
    return AS_OK;
}

static enum as_status bench_file(struct bench *b, const char *path, struct as_error *err)
{
    char *bytes = NULL;
    struct figures f;
    struct as_bench_input input = {.name = path};
    AS_TRY(read_file(path, &bytes, &input.len, err));
    input.bytes = bytes;
    enum as_status status = measure(b, &input, &f);
    if (status == AS_OK) {
        const char *slash = strrchr(path, '/');
        print_row(b, slash != NULL ? slash + 1 : path, &input, &f);
    } else {
        as_fail(err, status, "%s: %s", path,
                status == AS_E_UNSUPPORTED ? "is no text" : "the scan failed");
    }
    as_free(bytes);
    return status;
}

static bool parse_count(const char *text, unsigned max, unsigned *out)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || value == 0 || value > max) {
        return false;
    }
    *out = (unsigned)value;
    return true;
}

static bool parse_option(struct bench *b, int option, const char *value)
{
    switch (option) {
    case 's':
        return as_parse_size(value, &b->corpus_bytes) && b->corpus_bytes >= 1024 &&
               b->corpus_bytes <= FILE_BYTES_MAX;
    case 't':
        return parse_count(value, 64, &b->threads);
    case 'r':
        return parse_count(value, 1000, &b->rounds);
    case 'l':
        b->select = value;
        return true;
    case 'o':
        b->json = strcmp(value, "json") == 0;
        return b->json || strcmp(value, "text") == 0;
    default:
        return false;
    }
}

static int run(struct bench *b, char **paths, int count)
{
    struct as_error err = {0};
    enum as_status status = prepare(b, &err);
    if (status == AS_OK && !b->json) {
        print_head(b);
    }
    if (status == AS_OK && count == 0) {
        status = bench_corpora(b, &err);
    }
    for (int i = 0; status == AS_OK && i < count; i++) {
        status = bench_file(b, paths[i], &err);
    }
    if (b->json && b->printed != 0) {
        puts("]");
    } else if (status == AS_OK) {
        printf("\nread: memory read alone. literals: Hyperscan with the %zu shipped anchors and "
               "keywords only.\n"
               "44 regexes: bench/baseline_patterns.txt as one Hyperscan database.\n",
               b->literal_count);
    }
    if (status != AS_OK) {
        fprintf(stderr, "assay bench: %s\n", err.message);
    }
    as_scanner_free(b->scanner);
    as_limit_free(b->literals);
    as_limit_free(b->baseline);
    return status == AS_OK ? 0 : status == AS_E_USAGE || status == AS_E_UNSUPPORTED ? 2 : 5;
}

int as_bench_main(int argc, char **argv)
{
    static const struct option options[] = {{"size", required_argument, NULL, 's'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"rounds", required_argument, NULL, 'r'},
                                            {"select", required_argument, NULL, 'l'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct bench b = {.corpus_bytes = 64U << 20, .threads = 2, .rounds = 3, .select = "all"};
    int first = argc > 1 && strcmp(argv[1], "scan") == 0 ? 2 : 1;
    int option;
    optind = first;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return 0;
        }
        if (!parse_option(&b, option, optarg)) {
            fprintf(stderr, "assay bench: wrong option or value; see 'assay bench --help'\n");
            return 2;
        }
    }
    return run(&b, argv + optind, argc - optind);
}
