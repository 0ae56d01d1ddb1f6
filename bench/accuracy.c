/* SPDX-License-Identifier: Apache-2.0
 * See accuracy.h. Gold files are read, scanned and scored one after another, so that memory holds
 * one at a time. The matched text is never shown, only places: labelled data may be real. */
#include "bench/accuracy.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/size.h"
#include "bench/accuracy_report.h"
#include "bench/accuracy_scan.h"

#define GOLD_FILES_MAX 256U
#define PACKS_MAX 64U
#define REPORT_BYTES_MAX ((size_t)512 << 20)
#define GOLD_HERE "corpus/gold.jsonl"              /* in the source tree */
#define GOLD_INSTALLED "../share/assay/gold.jsonl" /* from the program's folder */

struct gold_file {
    char *path;
    bool of_folder; /* may be something else than gold; then it is left out and named */
};

struct accuracy {
    struct gold_file files[GOLD_FILES_MAX];
    size_t file_count;
    const char *packs[PACKS_MAX];
    size_t pack_count;
    const char *select;
    const char *predictions;
    unsigned threads;
    unsigned min_confidence;
    uint64_t misses;
    bool json;
    struct as_memory_scanner *scanner;
    struct as_type_table *types;
    uint16_t *detector_types; /* [detector] */
    struct as_scores *scores; /* of the file at hand */
    struct as_scores *total;
    struct as_strbuf out;
    struct as_doc doc;
    cJSON *doc_files;
    size_t measured;
};

/* Shows misses and wrong predictions of one gold file. */
struct errors {
    struct accuracy *a;
    const struct as_gold *gold;
    uint64_t missed;
    uint64_t wrong;
};

static const char usage[] =
    "usage: assay bench accuracy [--gold FILE]... [OPTION...]\n"
    "\n"
    "Scans labelled documents and prints precision, recall and F1 of each type and group, and how "
    "many places per MB\n"
    "were wrong. docs/accuracy.md has the format of FILE and the rules.\n"
    "\n"
    "  --gold FILE         gold file, or a folder of *.jsonl (default: the sample that comes with "
    "assay)\n"
    "  --select LIST       detectors (default all; see 'assay help scan')\n"
    "  --detectors FILE    more packs, as in scan\n"
    "  --min-confidence N  as in scan (default 50)\n"
    "  --threads N         threads (default: one for each CPU)\n"
    "  --predictions PATH  write what was found, as the corpora's scorer reads it; a folder takes "
    "a "
    "file for each gold file\n"
    "  --misses N          show where up to N labels of each file were missed, and N wrong places\n"
    "  --output FORMAT     text (default) or json\n";

static bool parse_count(const char *text, uint64_t most, uint64_t *out)
{
    return as_parse_size(text, out) && *out <= most;
}

static enum as_status add_file(struct accuracy *a, const char *folder, const char *name,
                               struct as_error *err)
{
    char path[4096];
    int len = folder == NULL ? snprintf(path, sizeof path, "%s", name)
                             : snprintf(path, sizeof path, "%s/%s", folder, name);
    if (len < 0 || (size_t)len >= sizeof path || a->file_count == GOLD_FILES_MAX) {
        return as_fail(err, AS_E_USAGE, "too many gold files, or too long a path");
    }
    a->files[a->file_count].of_folder = folder != NULL;
    a->files[a->file_count].path = as_strdup(path);
    return a->files[a->file_count++].path == NULL ? as_fail(err, AS_E_NO_MEMORY, "out of memory")
                                                  : AS_OK;
}

static int is_jsonl(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 6 && strcmp(entry->d_name + len - 6, ".jsonl") == 0;
}

static enum as_status add_gold(struct accuracy *a, const char *path, struct as_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return add_file(a, NULL, path, err); /* reading it tells what is wrong with it */
    }
    struct dirent **names = NULL;
    int count = scandir(path, &names, is_jsonl, alphasort);
    if (count < 0) {
        return as_fail_errno(err, AS_E_USAGE, errno, "%s: cannot be listed", path);
    }
    enum as_status status = AS_OK;
    for (int i = 0; i < count; i++) {
        if (status == AS_OK) {
            status = add_file(a, path, names[i]->d_name, err);
        }
        free(names[i]); /* own allocation of the library */
    }
    free(names); /* own allocation of the library */
    if (status == AS_OK && count == 0) {
        return as_fail(err, AS_E_USAGE, "%s: holds no *.jsonl", path);
    }
    return status;
}

static enum as_status add_default_gold(struct accuracy *a, struct as_error *err)
{
    char program[3072];
    char path[4096];
    if (access(GOLD_HERE, R_OK) == 0) {
        return add_file(a, NULL, GOLD_HERE, err);
    }
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    program[len < 0 ? 0 : len] = '\0';
    char *slash = strrchr(program, '/');
    if (slash != NULL) {
        slash[1] = '\0';
        snprintf(path, sizeof path, "%s" GOLD_INSTALLED, program);
        if (access(path, R_OK) == 0) {
            return add_file(a, NULL, path, err);
        }
    }
    return as_fail(err, AS_E_USAGE,
                   "the sample " GOLD_HERE " is not there: name labelled documents "
                   "with --gold FILE");
}

static enum as_status take_option(struct accuracy *a, int option, const char *value,
                                  struct as_error *err)
{
    uint64_t count = 0;
    bool good = true;
    switch (option) {
    case 'g':
        return add_gold(a, value, err);
    case 'd':
        good = a->pack_count < PACKS_MAX;
        a->packs[good ? a->pack_count++ : 0] = value;
        break;
    case 'l':
        a->select = value;
        break;
    case 'p':
        a->predictions = value;
        break;
    case 'c':
        good = parse_count(value, 100, &count);
        a->min_confidence = (unsigned)count;
        break;
    case 't':
        good = parse_count(value, 64, &count) && count != 0;
        a->threads = (unsigned)count;
        break;
    case 'm':
        good = parse_count(value, 1000000, &a->misses);
        break;
    case 'o':
        a->json = strcmp(value, "json") == 0;
        good = a->json || strcmp(value, "text") == 0;
        break;
    default:
        good = false;
    }
    return good ? AS_OK : as_fail(err, AS_E_USAGE, "wrong option or value; see --help");
}

static enum as_status parse_arguments(struct accuracy *a, int argc, char **argv,
                                      struct as_error *err)
{
    static const struct option options[] = {{"gold", required_argument, NULL, 'g'},
                                            {"select", required_argument, NULL, 'l'},
                                            {"detectors", required_argument, NULL, 'd'},
                                            {"min-confidence", required_argument, NULL, 'c'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"predictions", required_argument, NULL, 'p'},
                                            {"misses", required_argument, NULL, 'm'},
                                            {"output", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    int option;
    optind = 0; /* getopt_long is started anew */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        AS_TRY(take_option(a, option, optarg, err));
    }
    while (optind < argc) {
        AS_TRY(add_gold(a, argv[optind++], err));
    }
    return a->file_count == 0 ? add_default_gold(a, err) : AS_OK;
}

static enum as_status prepare(struct accuracy *a, struct as_error *err)
{
    struct as_memory_scanner_options options;
    as_memory_scanner_options_init(&options);
    options.select = a->select;
    options.detector_files = a->packs;
    options.detector_file_count = a->pack_count;
    options.confidence_min = (uint8_t)a->min_confidence;
    AS_TRY(as_memory_scanner_new(&options, &a->scanner, err));
    const struct as_catalog *catalog = as_memory_scanner_catalog(a->scanner);
    a->types = as_type_table_new();
    a->scores = as_calloc(1, sizeof *a->scores);
    a->total = as_calloc(1, sizeof *a->total);
    a->detector_types = as_calloc(catalog->count, sizeof *a->detector_types);
    if (a->types == NULL || a->scores == NULL || a->total == NULL || a->detector_types == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    for (uint32_t i = 0; i < catalog->count; i++) {
        AS_TRY(as_type_of_detector(a->types, &catalog->detectors[i], &a->detector_types[i], err));
    }
    return AS_OK;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void on_error(void *context, const struct as_gold_document *d,
                     const struct as_gold_span *span, bool missed)
{
    struct errors *e = context;
    uint64_t *count = missed ? &e->missed : &e->wrong;
    if ((*count)++ < e->a->misses && !e->a->json) {
        as_strbuf_printf(&e->a->out,
                         "%s %s:%" PRIu64 " %s, characters %" PRIu64 " to %" PRIu64 "\n",
                         missed ? "missed" : "wrong ", base_name(e->gold->path), d->line + 1,
                         as_type_name(e->a->types, span->type), span->start, span->end);
    }
}

static enum as_status write_predictions(struct accuracy *a, const struct as_gold *gold,
                                        struct as_error *err)
{
    char path[4096];
    struct stat info;
    bool folder = stat(a->predictions, &info) == 0 && S_ISDIR(info.st_mode);
    if (!folder && a->measured != 0) {
        return as_fail(err, AS_E_USAGE, "--predictions needs a folder for several gold files");
    }
    int len = folder ? snprintf(path, sizeof path, "%s/%s", a->predictions, base_name(gold->path))
                     : snprintf(path, sizeof path, "%s", a->predictions);
    if (len < 0 || (size_t)len >= sizeof path) {
        return as_fail(err, AS_E_USAGE, "--predictions: too long a path");
    }
    struct as_strbuf lines;
    as_strbuf_init(&lines, REPORT_BYTES_MAX);
    enum as_status status = as_accuracy_predictions(&lines, a->types, gold);
    FILE *file = status == AS_OK ? fopen(path, "wb") : NULL;
    if (status == AS_OK && (file == NULL || fwrite(lines.ptr, 1, lines.len, file) != lines.len)) {
        status = as_fail_errno(err, AS_E_OUTPUT, errno, "%s: cannot be written", path);
    }
    if (file != NULL && fclose(file) != 0 && status == AS_OK) {
        status = as_fail_errno(err, AS_E_OUTPUT, errno, "%s: cannot be written", path);
    }
    as_strbuf_fini(&lines);
    return status;
}

static enum as_status measure(struct accuracy *a, struct as_gold *gold, struct as_error *err)
{
    struct errors errors = {.a = a, .gold = gold};
    memset(a->scores, 0, sizeof *a->scores);
    AS_TRY(as_accuracy_scan(a->scanner, a->detector_types, a->threads, gold, a->scores, err));
    for (size_t i = 0; i < gold->count; i++) {
        as_score_document(a->types, &gold->documents[i], a->scores, on_error, &errors);
    }
    as_scores_add(a->total, a->scores, as_type_count(a->types));
    if (a->json) {
        cJSON *file = as_doc_element(&a->doc, a->doc_files);
        as_doc_text(&a->doc, file, "gold", gold->path);
        as_accuracy_json(&a->doc, file, a->types, a->scores);
    } else {
        as_accuracy_table(&a->out, base_name(gold->path), a->types, a->scores);
    }
    if (a->predictions != NULL) {
        AS_TRY(write_predictions(a, gold, err));
    }
    a->measured++;
    return AS_OK;
}

static enum as_status measure_all(struct accuracy *a, struct as_error *err)
{
    for (size_t i = 0; i < a->file_count; i++) {
        struct as_gold *gold = NULL;
        enum as_status status = as_gold_read(a->files[i].path, a->types, &gold, err);
        if (status == AS_E_UNSUPPORTED && a->files[i].of_folder) {
            fprintf(stderr, "assay bench accuracy: left out: %s\n", err->message);
            as_error_clear(err);
            continue;
        }
        AS_TRY(status);
        status = measure(a, gold, err);
        as_gold_free(gold);
        AS_TRY(status);
    }
    if (a->measured == 0) {
        return as_fail(err, AS_E_USAGE, "no gold file was there to measure");
    }
    return AS_OK;
}

static enum as_status report(struct accuracy *a, double seconds, struct as_error *err)
{
    if (a->json) {
        as_accuracy_json(&a->doc, as_doc_object(&a->doc, a->doc.root, "total"), a->types, a->total);
        as_doc_decimal(&a->doc, a->doc.root, "seconds", seconds);
        AS_TRY(as_doc_finish_pretty(&a->doc, &a->out));
        as_strbuf_putc(&a->out, '\n');
    } else {
        if (a->measured > 1) {
            as_accuracy_table(&a->out, "all files", a->types, a->total);
        }
        as_strbuf_printf(&a->out,
                         "%.1f seconds, %u threads, detectors: %s, confidence %u and more\n",
                         seconds, a->threads, a->select, a->min_confidence);
    }
    if (a->out.failed || fwrite(a->out.ptr, 1, a->out.len, stdout) != a->out.len) {
        return as_fail(err, AS_E_OUTPUT, "standard output cannot be written");
    }
    return AS_OK;
}

static enum as_status run(struct accuracy *a, int argc, char **argv, struct as_error *err)
{
    AS_TRY(parse_arguments(a, argc, argv, err));
    AS_TRY(as_scan_self_test(err));
    AS_TRY(prepare(a, err));
    if (a->json) {
        as_doc_init(&a->doc, false);
        a->doc_files = as_doc_array(&a->doc, a->doc.root, "files");
        as_doc_text(&a->doc, a->doc.root, "select", a->select);
        as_doc_number(&a->doc, a->doc.root, "minConfidence", a->min_confidence);
    }
    uint64_t start = as_monotonic_ns();
    AS_TRY(measure_all(a, err));
    return report(a, (double)(as_monotonic_ns() - start) / 1e9, err);
}

static void clean_up(struct accuracy *a)
{
    for (size_t i = 0; i < a->file_count; i++) {
        as_free(a->files[i].path);
    }
    cJSON_Delete(a->doc.root); /* NULL once it was printed */
    as_strbuf_fini(&a->out);
    as_memory_scanner_free(a->scanner);
    as_type_table_free(a->types);
    as_free(a->detector_types);
    as_free(a->scores);
    as_free(a->total);
}

int as_bench_accuracy(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct as_error err = {.status = AS_OK};
    enum as_status status = AS_E_NO_MEMORY;
    struct accuracy *a = as_calloc(1, sizeof *a);
    if (a != NULL) {
        a->select = "all";
        a->min_confidence = AS_CONFIDENCE_MIN_DEFAULT;
        a->threads = cpus < 1 ? 1 : cpus > 64 ? 64 : (unsigned)cpus;
        as_strbuf_init(&a->out, REPORT_BYTES_MAX);
        status = run(a, argc, argv, &err);
        clean_up(a);
        as_free(a);
    }
    if (status == AS_OK) {
        return 0;
    }
    fprintf(stderr, "assay bench accuracy: %s\n",
            err.message[0] == '\0' ? as_status_text(status) : err.message);
    return status == AS_E_USAGE || status == AS_E_UNSUPPORTED ? 2 : 5;
}
