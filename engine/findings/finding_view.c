/* SPDX-License-Identifier: Apache-2.0
 * From a result to what its documents share.
 *
 * Masking (--redact-names) must not be undone by another line of the same object. So a key is
 * masked in the object's own record when something was found in it, and in every member's record,
 * found or not (a member is written before it is known what its siblings hold). A member's path is
 * masked when something was found in it, and always below the first level, for it holds the names
 * of the archives around it. Ids are those of the true names.
 *
 * Types are ordered by group and id, not by the order in the catalog, so that adding a detector
 * moves nothing. Tested by tests/unit/findings/test_documents.c. */
#include "findings/finding_view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "findings/json_doc.h"

#define NAME_BYTES_MAX (1U << 20)
#define EXTENSION_MASKED_MAX 8U

static const struct as_finding_words words[AS_FINDING_KIND_COUNT] = {
    [AS_FINDING_CREDENTIALS] = {"Credentials", "Passwords", "credentials"},
    [AS_FINDING_FINANCIAL] = {"Financial", "Financial", "financial information"},
    [AS_FINDING_PERSONAL] = {"Personal", NULL, "personal information"},
    [AS_FINDING_CUSTOM] = {"CustomIdentifier", NULL,
                           "text that matches custom data identifier criteria"},
    [AS_FINDING_MULTIPLE] = {"Multiple", NULL, "multiple categories of sensitive data"},
};

const struct as_finding_words *as_finding_words(enum as_finding_kind kind)
{
    return &words[kind];
}

const struct as_detector *as_finding_detector(const struct as_finding_view *v,
                                              const struct as_type_tally *type)
{
    return &v->run->catalog->detectors[type->detector];
}

enum as_category as_finding_group(const struct as_finding_view *v, const struct as_type_tally *type)
{
    const struct as_detector *d = as_finding_detector(v, type);
    return d->custom ? AS_CUSTOM_IDENTIFIER : d->category;
}

static int type_order(const void *a, const void *b, void *view)
{
    const struct as_type_tally *const *x = a;
    const struct as_type_tally *const *y = b;
    int x_group = (int)as_finding_group(view, *x);
    int y_group = (int)as_finding_group(view, *y);
    if (x_group != y_group) {
        return x_group - y_group;
    }
    return strcmp(as_finding_detector(view, *x)->id, as_finding_detector(view, *y)->id);
}

static enum as_finding_kind kind_of(enum as_category group)
{
    switch (group) {
    case AS_CREDENTIALS:
        return AS_FINDING_CREDENTIALS;
    case AS_FINANCIAL_INFORMATION:
        return AS_FINDING_FINANCIAL;
    case AS_PERSONAL_INFORMATION:
        return AS_FINDING_PERSONAL;
    case AS_CUSTOM_IDENTIFIER:
    case AS_CATEGORY_COUNT:
        break;
    }
    return AS_FINDING_CUSTOM;
}

static enum as_status collect_types(struct as_finding_view *v)
{
    const struct as_tally *t = v->r->tally;
    if (t == NULL || t->type_count == 0) {
        return AS_OK;
    }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    v->types = as_calloc(t->type_count, sizeof *v->types);
    if (v->types == NULL) {
        return AS_E_NO_MEMORY;
    }
    for (uint32_t i = 0; i < t->type_count; i++) {
        const struct as_type_tally *type = &t->types[i];
        if (type->count == 0 || type->detector >= v->run->catalog->count) {
            continue;
        }
        enum as_finding_kind kind = kind_of(as_finding_group(v, type));
        v->kind = v->type_count == 0 || v->kind == kind ? kind : AS_FINDING_MULTIPLE;
        enum as_severity severity = as_detector_severity(as_finding_detector(v, type), type->count);
        v->severity = severity > v->severity ? severity : v->severity;
        v->confidence = type->confidence > v->confidence ? type->confidence : v->confidence;
        v->total += type->count;
        v->types[v->type_count++] = type;
    }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    qsort_r(v->types, v->type_count, sizeof *v->types, type_order, v);
    return AS_OK;
}

static char *clean_name(struct as_slice name)
{
    struct as_strbuf out;
    as_strbuf_init(&out, NAME_BYTES_MAX);
    as_doc_clean_text(name, false, &out);
    return as_strbuf_detach(&out);
}

const char *as_finding_extension(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash == NULL ? name : slash + 1;
    const char *dot = strrchr(base, '.');
    return dot == NULL || dot == base ? "" : dot + 1;
}

/** "redacted-0123456789ab.csv": by the id, so that the same name is the same in every output. */
static char *mask(const char *id, const char *name)
{
    const char *extension = as_finding_extension(name);
    size_t len = strlen(extension);
    bool plain = len <= EXTENSION_MASKED_MAX;
    for (size_t i = 0; i < len && plain; i++) {
        char c = extension[i];
        plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    struct as_strbuf out;
    as_strbuf_init(&out, 64);
    as_strbuf_printf(&out, "redacted-%.12s", id);
    if (plain && len != 0) {
        as_strbuf_printf(&out, ".%s", extension);
    }
    return as_strbuf_detach(&out);
}

static enum as_status set_names(struct as_finding_view *v)
{
    const struct as_result *r = v->r;
    bool found = v->type_count != 0;
    v->masked_key = v->run->redact_names && (found || r->depth > 0);
    v->masked_member = v->run->redact_names && r->depth > 0 && (found || r->depth > 1);
    v->key = clean_name(r->key);
    v->member = clean_name(as_slice_of(r->member_path == NULL ? "" : r->member_path));
    if (v->key == NULL || v->member == NULL) {
        return AS_E_NO_MEMORY;
    }
    if (v->masked_key) {
        char object_id[33];
        as_finding_id(r->target_facts, r->key, NULL, 0, NULL, object_id);
        char *masked = mask(object_id, v->key);
        as_free(v->key);
        v->key = masked;
    }
    if (v->masked_member) {
        char *masked = mask(v->id, v->member);
        as_free(v->member);
        v->member = masked;
    }
    return v->key == NULL || v->member == NULL ? AS_E_NO_MEMORY : AS_OK;
}

enum as_status as_finding_view_init(struct as_finding_view *v, const struct as_run_facts *run,
                                    const struct as_result *r)
{
    *v = (struct as_finding_view){.run = run, .r = r};
    as_finding_id(r->target_facts, r->key, NULL, r->depth, r->index, v->id);
    enum as_status status = collect_types(v);
    status = status == AS_OK ? set_names(v) : status;
    if (status != AS_OK) {
        as_finding_view_fini(v);
    }
    return status;
}

void as_finding_view_fini(struct as_finding_view *v)
{
    as_free(v->types);
    as_free(v->key);
    as_free(v->member);
    *v = (struct as_finding_view){0};
}

bool as_result_severity(const struct as_run_facts *run, const struct as_result *r,
                        enum as_severity *out)
{
    const struct as_tally *t = r->tally;
    enum as_severity worst = (enum as_severity)0;
    for (uint32_t i = 0; t != NULL && i < t->type_count; i++) {
        if (t->types[i].count == 0 || t->types[i].detector >= run->catalog->count) {
            continue;
        }
        enum as_severity severity =
            as_detector_severity(&run->catalog->detectors[t->types[i].detector], t->types[i].count);
        worst = severity > worst ? severity : worst;
    }
    if (worst != 0) {
        *out = worst;
    }
    return worst != 0;
}

static bool is_file(const struct as_finding_view *v)
{
    return v->r->target_facts->bucket == NULL;
}

void as_finding_title(const struct as_finding_view *v, struct as_strbuf *out)
{
    as_strbuf_printf(out, "The %s contains %s", is_file(v) ? "file" : "S3 object",
                     words[v->kind].contains);
}

void as_finding_description(const struct as_finding_view *v, struct as_strbuf *out)
{
    const struct as_result *r = v->r;
    as_strbuf_printf(out, "%llu detection%s: ", (unsigned long long)v->total,
                     v->total == 1 ? "" : "s");
    uint32_t named = 0;
    for (; named < v->type_count; named++) {
        const char *id = as_finding_detector(v, v->types[named])->id;
        if (out->len + strlen(id) > AS_FINDING_DESCRIPTION_MAX - 200) {
            break;
        }
        as_strbuf_printf(out, "%s%s (%llu)", named == 0 ? "" : ", ", id,
                         (unsigned long long)v->types[named]->count);
    }
    if (named < v->type_count) {
        as_strbuf_printf(out, "%s%u types%s", named == 0 ? "" : " and ", v->type_count - named,
                         named == 0 ? "" : " more");
    }
    as_strbuf_puts(out, ".");
    if (r->coverage != AS_COMPLETE) {
        as_strbuf_printf(out, " Not all of it was read: %s.", as_reason_text(r->reason));
    }
}

/** HOST[:PORT] of an endpoint's URL; never a password that stands before it. */
static struct as_slice authority(const char *endpoint)
{
    const char *start = strstr(endpoint, "://");
    start = start == NULL ? endpoint : start + 3;
    size_t len = strcspn(start, "/?#");
    for (size_t i = 0; i < len; i++) {
        if (start[i] == '@') {
            start += i + 1;
            len -= i + 1;
            i = 0;
        }
    }
    return as_slice(start, len);
}

/** Outside AWS an ARN would name another bucket. */
static void put_endpoint(const struct as_finding_view *v, struct as_strbuf *out)
{
    const struct as_target_facts *t = v->r->target_facts;
    struct as_slice host = authority(t->endpoint == NULL ? t->origin : t->endpoint);
    as_strbuf_puts(out, "s3://");
    as_strbuf_append(out, host.ptr, host.len);
    as_strbuf_printf(out, "/%s", t->bucket);
}

static bool on_aws(const struct as_finding_view *v)
{
    return v->r->target_facts->origin_kind == AS_RESULT_ORIGIN_AWS;
}

void as_finding_bucket_id(const struct as_finding_view *v, struct as_strbuf *out)
{
    if (is_file(v)) {
        return;
    }
    if (on_aws(v)) {
        as_strbuf_printf(out, "arn:%s:s3:::%s", v->run->partition, v->r->target_facts->bucket);
    } else {
        put_endpoint(v, out);
    }
}

void as_finding_path(const struct as_finding_view *v, struct as_strbuf *out)
{
    const struct as_target_facts *t = v->r->target_facts;
    const char *root = is_file(v) ? t->root_path : t->bucket;
    if (root == NULL || strcmp(root, "-") == 0) { /* standard input */
        as_strbuf_puts(out, is_file(v) ? "/dev/stdin" : v->key);
        return;
    }
    struct as_strbuf clean;
    as_strbuf_init(&clean, NAME_BYTES_MAX);
    as_doc_clean_text(as_slice_of(root), false, &clean);
    out->failed = out->failed || clean.failed;
    as_strbuf_append(out, clean.ptr, clean.len);
    as_strbuf_printf(out, "%s%s", clean.len != 0 && clean.ptr[clean.len - 1] == '/' ? "" : "/",
                     v->key);
    as_strbuf_fini(&clean);
}

void as_finding_object_id(const struct as_finding_view *v, struct as_strbuf *out)
{
    if (is_file(v)) {
        as_strbuf_puts(out, "file://");
        as_finding_path(v, out);
    } else {
        as_finding_bucket_id(v, out);
        as_strbuf_printf(out, "/%s", v->key);
    }
}

const char *as_finding_region(const struct as_finding_view *v)
{
    /* The region of another cluster ("default") is none that Security Hub knows. */
    const char *region = on_aws(v) ? v->r->target_facts->region : NULL;
    return region == NULL || region[0] == '\0' ? v->run->region : region;
}

static const char *one_of(const char *value, const char *const *list, size_t count)
{
    for (size_t i = 0; value != NULL && i < count; i++) {
        if (strcmp(value, list[i]) == 0) {
            return list[i];
        }
    }
    return NULL;
}

const char *as_finding_storage_class(const struct as_result *r)
{
    static const char *const classes[] = {
        "STANDARD",     "REDUCED_REDUNDANCY", "STANDARD_IA", "INTELLIGENT_TIERING",
        "DEEP_ARCHIVE", "ONEZONE_IA",         "GLACIER",     "GLACIER_IR",
        "OUTPOSTS"};
    return one_of(r->storage_class, classes, AS_ARRAY_SIZE(classes));
}

const char *as_finding_encryption(const struct as_result *r)
{
    static const char *const types[] = {"NONE", "AES256", "aws:kms", "aws:kms:dsse"};
    return one_of(r->encryption, types, AS_ARRAY_SIZE(types));
}
