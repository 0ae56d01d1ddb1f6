/* SPDX-License-Identifier: Apache-2.0
 * One AWS Security Finding Format object, as BatchImportFindings takes it (Security Hub user guide,
 * "AWS Security Finding Format"; limits in docs/findings.md). null is never legal there: what is
 * not known is left out. Every string has a character that is not blank and stays on one line.
 *
 * Size: a finding is at most AS_ASFF_BYTES_MAX bytes. One that is larger is made again with less,
 * in this order: without places, without Details, then with half, a quarter, … of its types. Counts
 * in the description and TotalCount always are those of everything; AdditionalOccurrences says that
 * something was left out, and results.jsonl has it all.
 *
 * Severity, Types and Confidence stand at the top and under FindingProviderFields: the service lets
 * the latter win, older consumers read the former. Tested by tests/unit/findings/test_documents.c
 * and tests/oracles/check_findings.py. */
#include <stdio.h>

#include "base/utf8.h"
#include "findings/finding_view.h"
#include "findings/json_doc.h"
#include "findings/occurrences.h"

#define AS_ASFF_BYTES_MAX 240000U
#define RESOURCE_ID_CHARS_MAX 512U
#define FIELD_CHARS_MAX 2048U
#define OTHER_CHARS_MAX 1024U
#define REGION_CHARS_MAX 16U
#define BUILD_BYTES_MAX (4U << 20)

/** How much a finding says; see the head of this file. */
struct extent {
    bool places;
    bool details;
    uint32_t types_max;
};

struct asff {
    struct as_doc d;
    const struct as_finding_view *v;
    struct extent extent;
    uint32_t left; /* places that may still be written */
    bool cut;      /* something was left out */
};

/** Bytes of the first `chars` characters. */
static size_t head_bytes(const char *text, size_t len, size_t chars)
{
    size_t at = 0;
    while (at < len && chars > 0) {
        unsigned n = as_utf8_decode((const uint8_t *)text + at, len - at, NULL);
        at += n == 0 ? 1 : n;
        chars--;
    }
    return at;
}

/** `text` when it has at most `chars` characters, else its start with a mark and the finding's id,
 * so that two long names stay apart. */
static void put_limited(struct asff *a, cJSON *parent, const char *name,
                        const struct as_strbuf *text, size_t chars)
{
    struct as_strbuf cut;
    a->d.failed = a->d.failed || text->failed;
    as_strbuf_init(&cut, text->len + 64);
    if (as_utf8_count(text->ptr, text->len) <= chars) {
        as_strbuf_append(&cut, text->ptr, text->len);
    } else {
        as_strbuf_append(&cut, text->ptr, head_bytes(text->ptr, text->len, chars - 36));
        as_strbuf_printf(&cut, "...#%s", a->v->id);
    }
    a->d.failed = a->d.failed || cut.failed;
    if (cut.len != 0) {
        as_doc_text(&a->d, parent, name, cut.ptr);
    }
    as_strbuf_fini(&cut);
}

typedef void build_fn(const struct as_finding_view *v, struct as_strbuf *out);

static void put_built(struct asff *a, cJSON *parent, const char *name, build_fn *build,
                      size_t chars)
{
    struct as_strbuf text;
    as_strbuf_init(&text, BUILD_BYTES_MAX);
    build(a->v, &text);
    put_limited(a, parent, name, &text, chars);
    as_strbuf_fini(&text);
}

static void put_field(struct asff *a, cJSON *fields, const char *name, const char *value)
{
    struct as_strbuf text;
    as_strbuf_init(&text, BUILD_BYTES_MAX);
    as_strbuf_puts(&text, value == NULL ? "" : value);
    put_limited(a, fields, name, &text, FIELD_CHARS_MAX);
    as_strbuf_fini(&text);
}

/* ---- DataClassification ---- */

static void put_detection(struct asff *a, cJSON *list, const struct as_type_tally *type)
{
    const struct as_detector *detector = as_finding_detector(a->v, type);
    cJSON *item = as_doc_element(&a->d, list);
    if (as_finding_group(a->v, type) == AS_CUSTOM_IDENTIFIER) {
        as_doc_text(&a->d, item, "Arn", detector->id);
        as_doc_text(&a->d, item, "Name", detector->id);
    } else {
        as_doc_text(&a->d, item, "Type", detector->id);
    }
    as_doc_number(&a->d, item, "Count", type->count);
    uint32_t limit = a->extent.places && !a->v->r->is_archive ? a->left : 0;
    limit = limit < type->occurrence_count ? limit : type->occurrence_count;
    as_doc_occurrences(&a->d, item, AS_FORM_ASFF, type, limit);
    a->left -= limit;
    a->cut = a->cut || limit < type->count;
}

/** Detections of the types [from, to) that the extent allows; their counts in all. */
static void put_detections(struct asff *a, cJSON *parent, uint32_t from, uint32_t to)
{
    uint64_t total = 0;
    cJSON *list = as_doc_array(&a->d, parent, "Detections");
    for (uint32_t i = from; i < to; i++) {
        total += a->v->types[i]->count;
        if (i < a->extent.types_max) {
            put_detection(a, list, a->v->types[i]);
        } else {
            a->cut = true;
        }
    }
    as_doc_number(&a->d, parent, "TotalCount", total);
}

static void put_classification(struct asff *a, cJSON *resource)
{
    struct as_doc *d = &a->d;
    const struct as_result *r = a->v->r;
    cJSON *classification = as_doc_object(d, resource, "DataClassification");
    as_doc_text(d, classification, "DetailedResultsLocation", a->v->run->results_location);
    cJSON *result = as_doc_object(d, classification, "Result");
    as_doc_text(d, result, "MimeType", r->mime);
    as_doc_number(d, result, "SizeClassified", r->bytes_classified);
    cJSON *status = as_doc_object(d, result, "Status");
    as_doc_text(d, status, "Code", as_coverage_name(r->coverage));
    if (r->coverage != AS_COMPLETE) {
        as_doc_text(d, status, "Reason", as_reason_name(r->reason));
    }
    uint32_t at = 0;
    cJSON *groups = NULL;
    while (at < a->v->type_count) {
        enum as_category group = as_finding_group(a->v, a->v->types[at]);
        uint32_t from = at;
        while (at < a->v->type_count && as_finding_group(a->v, a->v->types[at]) == group) {
            at++;
        }
        if (group == AS_CUSTOM_IDENTIFIER) {
            put_detections(a, as_doc_object(d, result, "CustomDataIdentifiers"), from, at);
            break;
        }
        groups = groups == NULL ? as_doc_array(d, result, "SensitiveData") : groups;
        cJSON *item = as_doc_element(d, groups);
        as_doc_text(d, item, "Category", as_category_name(group));
        put_detections(a, item, from, at);
    }
    as_doc_bool(d, result, "AdditionalOccurrences", a->cut);
}

/* ---- Resources ---- */

static void put_partition_and_region(struct asff *a, cJSON *resource)
{
    as_doc_text(&a->d, resource, "Partition", a->v->run->partition);
    const char *region = as_finding_region(a->v);
    if (region != NULL && as_utf8_count(region, strlen(region)) <= REGION_CHARS_MAX) {
        as_doc_text(&a->d, resource, "Region", region);
    }
}

static void put_bucket(struct asff *a, cJSON *resources)
{
    bool aws = a->v->r->target_facts->origin_kind == AS_RESULT_ORIGIN_AWS;
    cJSON *bucket = as_doc_element(&a->d, resources);
    as_doc_text(&a->d, bucket, "Type", aws ? "AwsS3Bucket" : "Other");
    put_built(a, bucket, "Id", as_finding_bucket_id, RESOURCE_ID_CHARS_MAX);
    if (!aws) {
        return;
    }
    put_partition_and_region(a, bucket);
    if (a->extent.details) {
        cJSON *details = as_doc_object(&a->d, bucket, "Details");
        cJSON *of_bucket = as_doc_object(&a->d, details, "AwsS3Bucket");
        as_doc_text(&a->d, of_bucket, "Name", a->v->r->target_facts->bucket);
    }
}

static void put_aws_details(struct asff *a, cJSON *object)
{
    const struct as_result *r = a->v->r;
    const char *encryption = as_finding_encryption(r);
    cJSON *details = as_doc_object(&a->d, object, "Details");
    cJSON *of_object = as_doc_object(&a->d, details, "AwsS3Object");
    as_doc_time(&a->d, of_object, "LastModified", r->last_modified_ms);
    as_doc_text(&a->d, of_object, "ETag", r->etag);
    as_doc_text(&a->d, of_object, "VersionId", r->version_id);
    if (encryption != NULL && strcmp(encryption, "NONE") != 0) {
        as_doc_text(&a->d, of_object, "ServerSideEncryption", encryption);
        as_doc_text(&a->d, of_object, "SSEKMSKeyId", r->kms_key_id);
    }
}

static void put_key(const struct as_finding_view *v, struct as_strbuf *out)
{
    as_strbuf_puts(out, v->key);
}

static void put_endpoint(const struct as_finding_view *v, struct as_strbuf *out)
{
    const char *endpoint = v->r->target_facts->endpoint;
    as_strbuf_puts(out, endpoint == NULL || strchr(endpoint, '@') != NULL ? "" : endpoint);
}

/** What an `Other` resource is, as a map of strings. */
static void put_other_details(struct asff *a, cJSON *object)
{
    const struct as_result *r = a->v->r;
    cJSON *details = as_doc_object(&a->d, object, "Details");
    cJSON *other = as_doc_object(&a->d, details, "Other");
    put_built(a, other, "Key", put_key, OTHER_CHARS_MAX);
    put_built(a, other, "Endpoint", put_endpoint, OTHER_CHARS_MAX);
    as_doc_text(&a->d, other, "Bucket", r->target_facts->bucket);
    as_doc_time(&a->d, other, "LastModified", r->last_modified_ms);
    as_doc_text(&a->d, other, "ETag", r->etag);
    as_doc_text(&a->d, other, "VersionId", r->version_id);
}

static void put_object(struct asff *a, cJSON *resources)
{
    bool aws = a->v->r->target_facts->origin_kind == AS_RESULT_ORIGIN_AWS;
    cJSON *object = as_doc_element(&a->d, resources);
    as_doc_text(&a->d, object, "Type", aws ? "AwsS3Object" : "Other");
    put_built(a, object, "Id", as_finding_object_id, RESOURCE_ID_CHARS_MAX);
    if (aws) {
        put_partition_and_region(a, object);
    }
    put_classification(a, object);
    if (a->extent.details && aws) {
        put_aws_details(a, object);
    } else if (a->extent.details) {
        put_other_details(a, object);
    }
}

/* ---- the finding ---- */

static void put_types(struct asff *a, cJSON *parent)
{
    const struct as_finding_words *words = as_finding_words(a->v->kind);
    char type[128];
    cJSON *types = as_doc_array(&a->d, parent, "Types");
    AS_IGNORE(snprintf(type, sizeof type,
                       "Sensitive Data Identifications/PII/SensitiveData:S3Object-%s",
                       words->macie),
              "long enough");
    as_doc_text_element(&a->d, types, type);
    if (words->asff_area != NULL) {
        AS_IGNORE(snprintf(type, sizeof type,
                           "Sensitive Data Identifications/%s/SensitiveData:S3Object-%s",
                           words->asff_area, words->macie),
                  "long enough");
        as_doc_text_element(&a->d, types, type);
    }
}

static cJSON *put_severity(struct asff *a, cJSON *parent)
{
    static const char *const labels[] = {
        [AS_SEVERITY_LOW] = "LOW", [AS_SEVERITY_MEDIUM] = "MEDIUM", [AS_SEVERITY_HIGH] = "HIGH"};
    cJSON *severity = as_doc_object(&a->d, parent, "Severity");
    as_doc_text(&a->d, severity, "Label", labels[a->v->severity]);
    as_doc_text(&a->d, severity, "Original", as_severity_name(a->v->severity));
    return severity;
}

static void put_grades(struct asff *a)
{
    static const uint64_t normalized[] = {
        [AS_SEVERITY_LOW] = 1, [AS_SEVERITY_MEDIUM] = 40, [AS_SEVERITY_HIGH] = 70};
    struct as_doc *d = &a->d;
    put_types(a, d->root);
    as_doc_number(d, put_severity(a, d->root), "Normalized", normalized[a->v->severity]);
    as_doc_number(d, d->root, "Confidence", a->v->confidence);
    cJSON *own = as_doc_object(d, d->root, "FindingProviderFields");
    put_types(a, own);
    put_severity(a, own);
    as_doc_number(d, own, "Confidence", a->v->confidence);
}

static void put_product_fields(struct asff *a)
{
    const struct as_result *r = a->v->r;
    cJSON *fields = as_doc_object(&a->d, a->d.root, "ProductFields");
    char number[24];
    AS_IGNORE(snprintf(number, sizeof number, "%llu", (unsigned long long)r->size),
              "20 digits at the most");
    put_field(a, fields, "JobId", a->v->run->job_id);
    put_field(a, fields, "OriginType", "SENSITIVE_DATA_DISCOVERY_JOB");
    put_field(a, fields, "S3Object.Extension", as_finding_extension(a->v->key));
    put_field(a, fields, "S3Object.Size", number);
    put_field(a, fields, "S3Object.StorageClass", as_finding_storage_class(r));
    put_built(a, fields, "S3Object.Path", as_finding_path, FIELD_CHARS_MAX);
    put_built(a, fields, "assay/S3Object.Key", put_key, FIELD_CHARS_MAX);
}

static void put_identity(struct asff *a)
{
    const struct as_run_facts *run = a->v->run;
    char arn[512];
    AS_IGNORE(snprintf(arn, sizeof arn, "arn:%s:securityhub:%s:%s:product/%s/default",
                       run->partition, as_finding_region(a->v), run->account_id, run->account_id),
              "cut when somebody gives a region of 400 characters: then no service takes it");
    struct as_doc *d = &a->d;
    as_doc_text(d, d->root, "SchemaVersion", "2018-10-08");
    as_doc_text(d, d->root, "Id", a->v->id);
    as_doc_text(d, d->root, "ProductArn", arn);
    as_doc_text(d, d->root, "ProductName", "assay");
    as_doc_text(d, d->root, "CompanyName", "assay");
    as_doc_text(d, d->root, "GeneratorId", "assay");
    as_doc_text(d, d->root, "AwsAccountId", run->account_id);
    as_doc_time(d, d->root, "CreatedAt", run->stamp_ms);
    as_doc_time(d, d->root, "UpdatedAt", run->stamp_ms);
}

static enum as_status build(const struct as_finding_view *v, const struct extent *extent,
                            struct as_strbuf *out)
{
    struct asff a = {.v = v, .extent = *extent, .left = AS_FINDING_OCCURRENCES_MAX};
    as_doc_init(&a.d, true);
    put_identity(&a);
    put_built(&a, a.d.root, "Title", as_finding_title, 256);
    put_built(&a, a.d.root, "Description", as_finding_description, 1024);
    put_grades(&a);
    put_product_fields(&a);
    cJSON *resources = as_doc_array(&a.d, a.d.root, "Resources");
    if (v->r->target_facts->bucket != NULL) {
        put_bucket(&a, resources);
    }
    put_object(&a, resources);
    as_doc_text(&a.d, a.d.root, "RecordState", "ACTIVE");
    as_doc_bool(&a.d, a.d.root, "Sample", false);
    return as_doc_finish(&a.d, out);
}

static enum as_status build_within_limit(const struct as_finding_view *v, struct as_strbuf *out)
{
    struct as_strbuf text;
    as_strbuf_init(&text, 64U << 20);
    struct extent extent = {.places = true, .details = true, .types_max = UINT32_MAX};
    enum as_status status = build(v, &extent, &text);
    while (status == AS_OK && text.len > AS_ASFF_BYTES_MAX) {
        if (extent.places) {
            extent.places = false;
        } else if (extent.details) {
            extent.details = false;
        } else {
            extent.types_max =
                extent.types_max > v->type_count ? v->type_count : extent.types_max / 2;
        }
        as_strbuf_reset(&text);
        status = build(v, &extent, &text);
    }
    if (status == AS_OK) {
        as_strbuf_append(out, text.ptr, text.len);
        status = out->failed ? AS_E_NO_MEMORY : AS_OK;
    }
    as_strbuf_fini(&text);
    return status;
}

enum as_status as_document_asff(const struct as_run_facts *run, const struct as_result *r,
                                struct as_strbuf *out)
{
    if (r->depth > 0) {
        return AS_OK;
    }
    struct as_finding_view v;
    AS_TRY(as_finding_view_init(&v, run, r));
    enum as_status status = v.type_count == 0 ? AS_OK : build_within_limit(&v, out);
    as_finding_view_fini(&v);
    return status;
}
