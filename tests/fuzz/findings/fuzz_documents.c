/* SPDX-License-Identifier: Apache-2.0
 * Results with any names, column names, paths and figures to all four documents. Must reach:
 * as_document_result, as_document_macie, as_document_asff, as_document_csv, as_finding_view_init,
 * as_doc_clean_text, as_doc_base64, as_json_path_cut, as_column_name_cut, as_tally_add. Checks that
 * each document parses, is UTF-8 and keeps its limits.
 *
 * Input: 8 bytes of choices, then texts, each ended by the byte 0x1e: key, member path, column
 * name, JSON path, ETag, detail, version. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "findings/documents.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { TEXTS = 7, CHOICES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct as_detector detectors[] = {
    {.id = "A", .category = AS_CREDENTIALS, .severity = {3, 3, 3}, .hash = "0"},
    {.id = "B", .category = AS_FINANCIAL_INFORMATION, .severity = {1, 2, 3}, .hash = "1"},
    {.id = "C", .category = AS_PERSONAL_INFORMATION, .severity = {2, 2, 2}, .hash = "2"},
    {.id = "D", .category = AS_CUSTOM_IDENTIFIER, .severity = {1, 1, 1}, .custom = true},
};
static const struct as_catalog catalog = {.detectors = detectors, .count = 4};

struct input {
    uint8_t choices[CHOICES];
    char *texts[TEXTS]; /* NUL-terminated copies */
    size_t lens[TEXTS];
};

static void read_input(struct input *in, const uint8_t *data, size_t size)
{
    size_t head = size < CHOICES ? size : CHOICES;
    memset(in, 0, sizeof *in);
    if (head != 0) {
        memcpy(in->choices, data, head);
    }
    size_t at = head;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t start = at;
        while (at < size && data[at] != 0x1e) {
            at++;
        }
        in->lens[i] = at - start;
        in->texts[i] = as_memdup0(data + start, at - start);
        CHECK(in->texts[i] != NULL);
        at += at < size;
    }
}

static void add_hits(const struct input *in, struct as_tally *t)
{
    unsigned hits = in->choices[0] % 40U;
    for (unsigned i = 0; i < hits; i++) {
        struct as_occurrence o = {.start = (uint64_t)in->choices[1] << (i % 56),
                                  .kind = (uint8_t)((in->choices[2] + i) % 3),
                                  .line = i,
                                  .end_line = in->choices[3],
                                  .confidence = (uint8_t)(i % 101),
                                  .column_name = i % 3 == 0 ? NULL : in->texts[2],
                                  .json_path = i % 5 == 0 ? NULL : in->texts[3]};
        o.end = o.start + 1;
        CHECK(as_tally_add(t, i * in->choices[4] % 4U, i, o.confidence, i % 7 == 6 ? NULL : &o) ==
              AS_OK);
    }
    as_tally_seal(t);
}

typedef enum as_status document_fn(const struct as_run_facts *run, const struct as_result *r,
                                   struct as_strbuf *out);

/** ASFF: no null, no blank string, nothing over several lines. Documents nest less than 12 deep. */
static void check_strict(const cJSON *item)
{
    for (; item != NULL; item = item->next) {
        CHECK(!cJSON_IsNull(item));
        if (cJSON_IsString(item)) {
            const char *text = item->valuestring;
            CHECK(text[strspn(text, " ")] != '\0' && strpbrk(text, "\n\r") == NULL);
        }
        check_strict(item->child);
    }
}

static void check_json(const struct as_strbuf *out, bool strict)
{
    cJSON *parsed = cJSON_ParseWithLength(out->ptr, out->len);
    CHECK(parsed != NULL);
    if (strict) {
        CHECK(out->len <= 240000);
        check_strict(parsed);
    }
    cJSON_Delete(parsed);
}

static void check_document(document_fn *make, const struct as_run_facts *run,
                           const struct as_result *r)
{
    struct as_strbuf out;
    as_strbuf_init(&out, 256U << 20);
    CHECK(make(run, r, &out) == AS_OK);
    CHECK(as_utf8_valid(out.ptr, out.len) && (out.len == 0 || memchr(out.ptr, 0, out.len) == NULL));
    if (out.len != 0 && make != as_document_csv) {
        check_json(&out, make == as_document_asff);
    }
    as_strbuf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t index[] = {UINT64_MAX, 7, 0};
    static const struct as_target_facts targets[] = {
        {.origin_kind = AS_RESULT_ORIGIN_FILE, .origin = "file/d", .root_path = "/d"},
        {.origin_kind = AS_RESULT_ORIGIN_AWS, .origin = "aws", .bucket = "b"},
        {.origin_kind = AS_RESULT_ORIGIN_ENDPOINT,
         .origin = "h",
         .bucket = "b",
         .endpoint = "http://h"},
    };
    struct input in;
    struct as_tally tally;
    read_input(&in, data, size);
    as_tally_init(&tally);
    add_hits(&in, &tally);
    struct as_run_facts run = {.catalog = &catalog,
                               .account_id = "000000000000",
                               .region = "us-east-1",
                               .partition = "aws",
                               .results_location = "stdout",
                               .job_id = "0",
                               .stamp_ms = (int64_t)in.choices[5] << 44,
                               .redact_names = in.choices[6] % 2 == 1};
    struct as_result r = {.target_facts = &targets[in.choices[6] / 2 % 3],
                          .key = as_slice(in.texts[0], in.lens[0]),
                          .member_path = in.texts[1],
                          .member_path_raw = as_slice(in.texts[1], in.lens[1]),
                          .depth = in.choices[7] % 4U,
                          .index = index,
                          .etag = in.texts[4],
                          .storage_class = in.texts[4],
                          .encryption = in.texts[5],
                          .detail = in.texts[5],
                          .version_id = in.texts[6],
                          .is_archive = in.choices[7] % 8U > 3,
                          .coverage = in.choices[7] % 3U,
                          .reason = in.choices[7] % (unsigned)AS_REASON_COUNT,
                          .member_modified_ms = INT64_MIN,
                          .last_modified_ms = INT64_MIN + in.choices[5],
                          .tally = &tally};
    check_document(as_document_result, &run, &r);
    check_document(as_document_macie, &run, &r);
    check_document(as_document_asff, &run, &r);
    check_document(as_document_csv, &run, &r);
    as_tally_fini(&tally);
    for (size_t i = 0; i < TEXTS; i++) {
        as_free(in.texts[i]);
    }
    return 0;
}
