/* SPDX-License-Identifier: Apache-2.0
 * Macie's two forms of one result: the discovery result (results.jsonl, a record for everything
 * tried) and the finding (findings.macie.jsonl, GetFindings' shape, for what holds something). As
 * in Macie's own exports, a scalar that is not known is null.
 *
 * Additions of ours stand in results.jsonl only: `distinct`, `confidence`, `inName`, `excluded`,
 * `detail`, `keyBase64`, `memberIndex`, `filePathBase64`, `type` of custom identifiers and the
 * byte offsets. docs/findings.md describes each field. Tested by
 * tests/unit/findings/test_documents.c and tests/oracles/check_findings.py. */
#include "findings/finding_view.h"

#include <stdio.h>

#include "findings/json_doc.h"
#include "findings/occurrences.h"

static const char *severity_name(const struct as_finding_view *v)
{
    return as_severity_name(v->severity);
}

static void put_result_additions(struct as_doc *d, cJSON *item, const struct as_type_tally *type)
{
    if (type->distinct >= AS_DISTINCT_MAX) {
        as_doc_text(d, item, "distinct", "\xe2\x89\xa5 1000");
    } else {
        as_doc_number(d, item, "distinct", type->distinct);
    }
    as_doc_number(d, item, "confidence", type->confidence);
    if (type->in_name != 0) {
        as_doc_number(d, item, "inName", type->in_name);
    }
}

/** *left counts down the places that may still be written. */
static void put_detection(struct as_doc *d, cJSON *list, const struct as_finding_view *v,
                          const struct as_type_tally *type, enum as_document_form form,
                          uint32_t *left)
{
    const struct as_detector *detector = as_finding_detector(v, type);
    cJSON *item = as_doc_element(d, list);
    if (as_finding_group(v, type) == AS_CUSTOM_IDENTIFIER) {
        char arn[37]; /* the form of a UUID, as Macie writes it: from the definition's hash */
        AS_IGNORE(snprintf(arn, sizeof arn, "%.8s-%.4s-%.4s-%.4s-%.12s", detector->hash,
                           detector->hash + 8, detector->hash + 12, detector->hash + 16,
                           detector->hash + 20),
                  "36 characters");
        as_doc_text(d, item, "arn", arn);
        as_doc_text(d, item, "name", detector->id);
        if (form == AS_FORM_RESULT) {
            as_doc_text(d, item, "type", detector->id);
        }
    } else {
        as_doc_text(d, item, "type", detector->id);
    }
    as_doc_number(d, item, "count", type->count);
    if (form == AS_FORM_RESULT) {
        put_result_additions(d, item, type);
    }
    uint32_t limit = form == AS_FORM_RESULT ? AS_OCCURRENCES_MAX : *left;
    limit = v->r->is_archive ? 0 : limit;
    limit = limit < type->occurrence_count ? limit : type->occurrence_count;
    as_doc_occurrences(d, item, form, type, limit);
    *left -= form == AS_FORM_RESULT ? 0 : limit;
}

static void put_custom(struct as_doc *d, cJSON *result, const struct as_finding_view *v,
                       enum as_document_form form, uint32_t *left)
{
    cJSON *custom = as_doc_object(d, result, "customDataIdentifiers");
    cJSON *list = as_doc_array(d, custom, "detections");
    uint64_t total = 0;
    for (uint32_t i = 0; i < v->type_count; i++) {
        if (as_finding_group(v, v->types[i]) == AS_CUSTOM_IDENTIFIER) {
            put_detection(d, list, v, v->types[i], form, left);
            total += v->types[i]->count;
        }
    }
    as_doc_number(d, custom, "totalCount", total);
}

static void put_sensitive(struct as_doc *d, cJSON *result, const struct as_finding_view *v,
                          enum as_document_form form, uint32_t *left)
{
    cJSON *groups = as_doc_array(d, result, "sensitiveData");
    for (uint32_t i = 0; i < v->type_count;) {
        enum as_category group = as_finding_group(v, v->types[i]);
        if (group == AS_CUSTOM_IDENTIFIER) {
            break; /* the last group */
        }
        cJSON *item = as_doc_element(d, groups);
        as_doc_text(d, item, "category", as_category_name(group));
        cJSON *list = as_doc_array(d, item, "detections");
        uint64_t total = 0;
        for (; i < v->type_count && as_finding_group(v, v->types[i]) == group; i++) {
            put_detection(d, list, v, v->types[i], form, left);
            total += v->types[i]->count;
        }
        as_doc_number(d, item, "totalCount", total);
    }
}

static void put_excluded(struct as_doc *d, cJSON *result, const struct as_tally *t)
{
    static const char *const names[AS_EXCLUDED_COUNT] = {"testNumber", "placeholder", "allowList",
                                                         "lowConfidence"};
    cJSON *excluded = as_doc_object(d, result, "excluded");
    for (size_t i = 0; i < AS_EXCLUDED_COUNT; i++) {
        as_doc_number(d, excluded, names[i], t == NULL ? 0 : t->excluded[i]);
    }
}

static void put_status(struct as_doc *d, cJSON *result, const struct as_finding_view *v,
                       enum as_document_form form)
{
    const struct as_result *r = v->r;
    cJSON *status = as_doc_object(d, result, "status");
    as_doc_text(d, status, "code", as_coverage_name(r->coverage));
    as_doc_text(d, status, "reason", r->coverage == AS_COMPLETE ? NULL : as_reason_name(r->reason));
    bool names = v->masked_key || v->masked_member; /* messages name what they are about */
    if (form == AS_FORM_RESULT && r->detail != NULL && !names) {
        as_doc_text(d, status, "detail", r->detail);
    }
}

static void put_classification(struct as_doc *d, const struct as_finding_view *v,
                               enum as_document_form form)
{
    uint32_t left = AS_FINDING_OCCURRENCES_MAX;
    uint64_t located = 0;
    cJSON *details = as_doc_object(d, d->root, "classificationDetails");
    as_doc_text(d, details, "detailedResultsLocation", v->run->results_location);
    as_doc_null(d, details, "jobArn");
    as_doc_text(d, details, "jobId", v->run->job_id);
    as_doc_text(d, details, "originType", "SENSITIVE_DATA_DISCOVERY_JOB");
    cJSON *result = as_doc_object(d, details, "result");
    put_custom(d, result, v, form, &left);
    as_doc_text(d, result, "mimeType", v->r->mime);
    put_sensitive(d, result, v, form, &left);
    for (uint32_t i = 0; i < v->type_count && !v->r->is_archive; i++) {
        located += v->types[i]->occurrence_count;
    }
    if (form == AS_FORM_MACIE) {
        located = AS_FINDING_OCCURRENCES_MAX - left;
    }
    as_doc_bool(d, result, "additionalOccurrences", located < v->total);
    as_doc_number(d, result, "sizeClassified", v->r->bytes_classified);
    put_status(d, result, v, form);
    if (form == AS_FORM_RESULT) {
        put_excluded(d, result, v->r->tally);
    }
}

static void put_built(struct as_doc *d, cJSON *parent, const char *name,
                      const struct as_finding_view *v,
                      void (*build)(const struct as_finding_view *, struct as_strbuf *))
{
    struct as_strbuf text;
    as_strbuf_init(&text, 4U << 20);
    build(v, &text);
    d->failed = d->failed || text.failed;
    as_doc_text(d, parent, name, text.len == 0 ? NULL : text.ptr);
    as_strbuf_fini(&text);
}

static void put_encryption(struct as_doc *d, cJSON *object, const struct as_finding_view *v)
{
    cJSON *encryption = as_doc_object(d, object, "serverSideEncryption");
    const char *type = as_finding_encryption(v->r);
    as_doc_text(d, encryption, "encryptionType", type == NULL ? "UNKNOWN" : type);
    as_doc_text(d, encryption, "kmsMasterKeyId", v->r->kms_key_id);
}

static void put_member(struct as_doc *d, cJSON *object, const struct as_finding_view *v)
{
    const struct as_result *r = v->r;
    cJSON *member = as_doc_object(d, object, "embeddedFileDetails");
    as_doc_text(d, member, "filePath", v->member);
    as_doc_text(d, member, "fileExtension", as_finding_extension(v->member));
    if (r->member_size == UINT64_MAX) {
        as_doc_null(d, member, "fileSize");
    } else {
        as_doc_number(d, member, "fileSize", r->member_size);
    }
    as_doc_time(d, member, "fileLastModified", r->member_modified_ms);
    cJSON *index = as_doc_array(d, member, "memberIndex");
    for (uint32_t i = 0; i < r->depth; i++) {
        as_doc_number_element(d, index, r->index[i]);
    }
    if (r->member_path_raw.len != 0 && !v->masked_member) {
        as_doc_base64(d, member, "filePathBase64", r->member_path_raw);
    }
}

static void put_object(struct as_doc *d, cJSON *resources, const struct as_finding_view *v,
                       enum as_document_form form)
{
    const struct as_result *r = v->r;
    bool remote = r->target_facts->bucket != NULL;
    cJSON *object = as_doc_object(d, resources, "s3Object");
    put_built(d, object, "bucketArn", v, as_finding_bucket_id);
    as_doc_text(d, object, "eTag", r->etag == NULL ? "" : r->etag);
    as_doc_text(d, object, "extension", as_finding_extension(v->key));
    as_doc_text(d, object, "key", v->key);
    if (form == AS_FORM_RESULT && !v->masked_key && !as_doc_representable(r->key)) {
        as_doc_base64(d, object, "keyBase64", r->key);
    }
    as_doc_time(d, object, "lastModified", r->last_modified_ms);
    put_built(d, object, "path", v, as_finding_path);
    as_doc_null(d, object, "publicAccess");
    if (remote) {
        put_encryption(d, object, v);
    }
    as_doc_number(d, object, "size", r->size);
    as_doc_text(d, object, "storageClass", as_finding_storage_class(r));
    as_doc_text(d, object, "versionId", r->version_id == NULL ? "" : r->version_id);
    if (form == AS_FORM_RESULT && r->depth > 0) {
        put_member(d, object, v);
    }
}

static void put_resources(struct as_doc *d, const struct as_finding_view *v,
                          enum as_document_form form)
{
    cJSON *resources = as_doc_object(d, d->root, "resourcesAffected");
    if (v->r->target_facts->bucket != NULL) {
        cJSON *bucket = as_doc_object(d, resources, "s3Bucket");
        put_built(d, bucket, "arn", v, as_finding_bucket_id);
        as_doc_text(d, bucket, "name", v->r->target_facts->bucket);
    }
    put_object(d, resources, v, form);
}

/** type, title, description and severity; null when nothing was found. */
static void put_verdict(struct as_doc *d, const struct as_finding_view *v)
{
    if (v->type_count == 0) {
        as_doc_null(d, d->root, "type");
        as_doc_null(d, d->root, "title");
        as_doc_null(d, d->root, "description");
        as_doc_null(d, d->root, "severity");
        return;
    }
    char type[64];
    AS_IGNORE(
        snprintf(type, sizeof type, "SensitiveData:S3Object/%s", as_finding_words(v->kind)->macie),
        "long enough");
    as_doc_text(d, d->root, "type", type);
    put_built(d, d->root, "title", v, as_finding_title);
    put_built(d, d->root, "description", v, as_finding_description);
    cJSON *severity = as_doc_object(d, d->root, "severity");
    as_doc_text(d, severity, "description", severity_name(v));
    as_doc_number(d, severity, "score", (uint64_t)v->severity);
}

static enum as_status put_document(const struct as_finding_view *v, enum as_document_form form,
                                   struct as_strbuf *out)
{
    struct as_doc d;
    as_doc_init(&d, false);
    as_doc_text(&d, d.root, "schemaVersion", "1.0");
    as_doc_text(&d, d.root, "id", v->id);
    as_doc_text(&d, d.root, "accountId", v->run->account_id);
    as_doc_text(&d, d.root, "partition", v->run->partition);
    as_doc_text(&d, d.root, "region", as_finding_region(v));
    as_doc_text(&d, d.root, "category", "CLASSIFICATION");
    put_verdict(&d, v);
    as_doc_time(&d, d.root, "createdAt", v->run->stamp_ms);
    as_doc_time(&d, d.root, "updatedAt", v->run->stamp_ms);
    put_resources(&d, v, form);
    put_classification(&d, v, form);
    if (form == AS_FORM_MACIE) {
        as_doc_number(&d, d.root, "count", 1);
        as_doc_null(&d, d.root, "policyDetails");
        as_doc_bool(&d, d.root, "sample", false);
        as_doc_bool(&d, d.root, "archived", false);
    }
    AS_TRY(as_doc_finish(&d, out));
    as_strbuf_putc(out, '\n');
    return out->failed ? AS_E_NO_MEMORY : AS_OK;
}

enum as_status as_document_result(const struct as_run_facts *run, const struct as_result *r,
                                  struct as_strbuf *out)
{
    struct as_finding_view v;
    AS_TRY(as_finding_view_init(&v, run, r));
    enum as_status status = put_document(&v, AS_FORM_RESULT, out);
    as_finding_view_fini(&v);
    return status;
}

enum as_status as_document_macie(const struct as_run_facts *run, const struct as_result *r,
                                 struct as_strbuf *out)
{
    if (r->depth > 0) {
        return AS_OK;
    }
    struct as_finding_view v;
    AS_TRY(as_finding_view_init(&v, run, r));
    enum as_status status = AS_OK;
    if (v.type_count != 0) {
        status = put_document(&v, AS_FORM_MACIE, out);
    }
    as_finding_view_fini(&v);
    return status;
}
