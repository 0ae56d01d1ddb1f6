/* SPDX-License-Identifier: Apache-2.0
 * Runs a fuzz target without a fuzzer, with any compiler: the empty input, then every seed of the
 * folders and files given, whole, cut short at a few places, and with a fixed number of
 * deterministic byte changes. So each seed, and each crash that was kept as a seed, is a test of
 * every build.
 *
 * Each input stands in a block of exactly its size, so that AddressSanitizer sees the first byte
 * read beyond it. A crash names its input: the last line on standard error is written before the
 * target is called. Threads: one. Limits: seeds over 4 MiB are refused, which fails the run.
 *
 * Usage: replay_fuzz_TARGET [--mutations N] PATH... */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEED_BYTES_MAX (4U << 20)
#define SEEDS_MAX 100000U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static unsigned mutations_per_seed = 32;
static unsigned long inputs_run;
static unsigned long seeds_run;

/** xorshift64*: changes must be the same on every run and machine. */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static bool run_input(const char *name, const char *variant, unsigned number, const uint8_t *bytes,
                      size_t size)
{
    uint8_t *copy = malloc(size + (size == 0)); /* of the library: targets count as_malloc's */
    if (copy == NULL) {
        fprintf(stderr, "out of memory\n");
        return false;
    }
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    fprintf(stderr, "\r%s (%s %u)\033[K", name, variant, number);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy); /* of the library */
    inputs_run++;
    return true;
}

static bool run_variants(const char *name, uint8_t *bytes, size_t size)
{
    if (!run_input(name, "whole", 0, bytes, size)) {
        return false;
    }
    for (unsigned eighth = 1; eighth < 8; eighth++) {
        if (!run_input(name, "cut", eighth, bytes, size * eighth / 8)) {
            return false;
        }
    }
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15) ^ size;
    for (unsigned number = 0; number < mutations_per_seed && size > 0; number++) {
        size_t at = (size_t)(random_next(&state) % size);
        uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)(random_next(&state) >> 32);
        bool good = run_input(name, "changed", number, bytes, size);
        bytes[at] = kept;
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool run_file(const char *path, size_t size)
{
    if (size > SEED_BYTES_MAX) {
        fprintf(stderr, "%s: a seed of more than %u bytes\n", path, SEED_BYTES_MAX);
        return false;
    }
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size + 1); /* of the library */
    bool good = false;
    if (file == NULL || bytes == NULL || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
    } else {
        good = run_variants(path, bytes, size);
        seeds_run++;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    free(bytes); /* of the library */
    return good;
}

static bool run_path(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0) {
        fprintf(stderr, "%s: not there\n", path);
        return false;
    }
    if (!S_ISDIR(facts.st_mode)) {
        return run_file(path, (size_t)facts.st_size);
    }
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    bool good = count >= 0 && (unsigned)count <= SEEDS_MAX;
    for (int i = 0; i < count; i++) {
        char name[4096];
        int length = snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (good && length > 0 && (size_t)length < sizeof name && stat(name, &facts) == 0 &&
            S_ISREG(facts.st_mode)) {
            good = run_file(name, (size_t)facts.st_size);
        }
        free(entries[i]); /* of the library: scandir's */
    }
    free(entries); /* of the library: scandir's */
    return good;
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize != NULL && LLVMFuzzerInitialize(&argc, &argv) != 0) {
        return 1;
    }
    static const uint8_t nothing[1];
    if (!run_input("no seed", "empty", 0, nothing, 0)) {
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        unsigned number = 0;
        if (strcmp(argv[i], "--mutations") == 0 && i + 1 < argc &&
            sscanf(argv[i + 1], "%u", &number) == 1) {
            mutations_per_seed = number;
            i++;
            continue;
        }
        if (!run_path(argv[i])) {
            return 1;
        }
    }
    fprintf(stderr, "\r%lu seeds, %lu inputs\033[K\n", seeds_run, inputs_run);
    return 0;
}
