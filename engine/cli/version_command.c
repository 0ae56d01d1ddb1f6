/* SPDX-License-Identifier: Apache-2.0
 * `assay version`: what a bug report needs. Library versions are asked of the libraries that are
 * loaded where they can tell, else those of the build (cmake/modules.cmake). */
#include <assert.h>
#include <bzlib.h>
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <lz4.h>
#include <lzma.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "pack/pack.h"

#define TEXT_BYTES_MAX (1U << 20)

struct fact {
    const char *name;
    const char *value;
};

#define LIBRARIES_MAX 16U

static size_t libraries(struct fact out[LIBRARIES_MAX])
{
    const struct fact all[] = {
        {"hyperscan", ASSAY_HYPERSCAN_VERSION},
        {"curl", curl_version_info(CURLVERSION_NOW)->version},
        {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"zlib", zlibVersion()},
        {"isa-l", ASSAY_ISAL_VERSION},
        {"zstd", ZSTD_versionString()},
        {"lz4", LZ4_versionString()},
        {"liblzma", lzma_version_string()},
        {"bzip2", BZ2_bzlibVersion()},
        {"cjson", cJSON_Version()},
        {"expat", ASSAY_EXPAT_VERSION},
        {"libyaml", ASSAY_YAML_VERSION},
        {"xxhash", ASSAY_XXHASH_VERSION},
    };
    static_assert(AS_ARRAY_SIZE(all) <= LIBRARIES_MAX, "the caller's array holds them");
    memcpy(out, all, sizeof all);
    return AS_ARRAY_SIZE(all);
}

#define FEATURES_MAX 8U

static size_t cpu_features(const char *out[FEATURES_MAX])
{
    size_t count = 0;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) {
        out[count++] = "sse4.2";
    }
    if (__builtin_cpu_supports("popcnt")) {
        out[count++] = "popcnt";
    }
    if (__builtin_cpu_supports("avx2")) {
        out[count++] = "avx2";
    }
    if (__builtin_cpu_supports("bmi2")) {
        out[count++] = "bmi2";
    }
    if (__builtin_cpu_supports("avx512bw")) {
        out[count++] = "avx512bw";
    }
    if (__builtin_cpu_supports("avx512vbmi")) {
        out[count++] = "avx512vbmi";
    }
    return count;
}

static uint32_t recommended_count(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < as_catalog_builtin.count; i++) {
        count += as_catalog_builtin.detectors[i].recommended;
    }
    return count;
}

static void show_table(struct as_strbuf *out)
{
    struct fact facts[LIBRARIES_MAX];
    const char *features[FEATURES_MAX];
    size_t fact_count = libraries(facts);
    size_t feature_count = cpu_features(features);
    as_strbuf_puts(out, "assay " ASSAY_VERSION "\n\nlibraries:");
    for (size_t i = 0; i < fact_count; i++) {
        as_strbuf_printf(out, "\n  %-10s %s", facts[i].name, facts[i].value);
    }
    as_strbuf_puts(out, "\n\nCPU features used when present:");
    for (size_t i = 0; i < feature_count; i++) {
        as_strbuf_printf(out, " %s", features[i]);
    }
    as_strbuf_printf(out, "\ndetectors: %u, of which recommended: %u\n", as_catalog_builtin.count,
                     recommended_count());
}

static void show_json(struct as_strbuf *out)
{
    struct fact facts[LIBRARIES_MAX];
    const char *features[FEATURES_MAX];
    size_t fact_count = libraries(facts);
    size_t feature_count = cpu_features(features);
    cJSON *root = cJSON_CreateObject();
    cJSON *versions = cJSON_AddObjectToObject(root, "libraries");
    cJSON *cpu = cJSON_AddArrayToObject(root, "cpuFeatures");
    bool made = cJSON_AddStringToObject(root, "version", ASSAY_VERSION) != NULL;
    for (size_t i = 0; i < fact_count; i++) {
        made = cJSON_AddStringToObject(versions, facts[i].name, facts[i].value) != NULL && made;
    }
    for (size_t i = 0; i < feature_count; i++) {
        made = cJSON_AddItemToArray(cpu, cJSON_CreateString(features[i])) && made;
    }
    made = cJSON_AddNumberToObject(root, "detectors", as_catalog_builtin.count) != NULL && made;
    made = cJSON_AddNumberToObject(root, "recommended", recommended_count()) != NULL && made;
    char *text = made ? cJSON_Print(root) : NULL;
    out->failed = out->failed || text == NULL;
    as_strbuf_puts(out, text != NULL ? text : "");
    as_strbuf_putc(out, '\n');
    cJSON_free(text);
    cJSON_Delete(root);
}

int as_command_version(int argc, char **argv)
{
    struct as_settings settings;
    struct as_error err = {0};
    int code = AS_EXIT_OK;
    as_settings_init(&settings);
    enum as_status status = as_arguments_parse(argc, argv, AS_FOR_VERSION, &settings, &err);
    if (status == AS_OK && settings.targets.count != 0) {
        status = as_fail(&err, AS_E_USAGE, "version takes no arguments");
    }
    if (status != AS_OK) {
        as_console_error(status, &err);
        code = as_exit_code_of_status(status);
    } else if (settings.help || settings.version) {
        code = settings.help ? as_help_command("version") : as_help_version();
    } else {
        struct as_strbuf text;
        as_strbuf_init(&text, TEXT_BYTES_MAX);
        (settings.format == AS_FORMAT_JSON ? show_json : show_table)(&text);
        code = as_console_print(&text, code);
        as_strbuf_fini(&text);
    }
    as_settings_fini(&settings);
    return code;
}
