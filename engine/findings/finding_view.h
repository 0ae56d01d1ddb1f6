/* SPDX-License-Identifier: Apache-2.0
 * struct as_finding_view: one result as all documents see it: its types in order, its Macie type,
 * severity, words, and the names to write (masked when names are to be redacted). Pure. */
#ifndef AS_FINDINGS_FINDING_VIEW_H
#define AS_FINDINGS_FINDING_VIEW_H

#include "findings/documents.h"

/** What kind of data a finding is about. */
enum as_finding_kind {
    AS_FINDING_CREDENTIALS,
    AS_FINDING_FINANCIAL,
    AS_FINDING_PERSONAL,
    AS_FINDING_CUSTOM,
    AS_FINDING_MULTIPLE,
    AS_FINDING_KIND_COUNT
};

/** Names of one kind: `SensitiveData:S3Object/Personal` is written with "Personal". */
struct as_finding_words {
    const char *macie;     /* last segment of Macie's type */
    const char *asff_area; /* category of the ASFF type beside PII; NULL for none */
    const char *contains;  /* "personal information" */
};

struct as_finding_view {
    const struct as_run_facts *run;
    const struct as_result *r;
    char id[33];
    /** Types with a count, by (group, id); group is the category, custom ones last. Owned. */
    const struct as_type_tally **types;
    uint32_t type_count;
    enum as_finding_kind kind; /* with types only */
    enum as_severity severity; /* with types only */
    uint8_t confidence;        /* the best */
    uint64_t total;            /* detections */
    bool masked_key;
    bool masked_member;
    char *key;    /* clean for JSON: masked, or UTF-8 with U+FFFD; owned */
    char *member; /* "" for the object; owned */
};

enum as_status as_finding_view_init(struct as_finding_view *v, const struct as_run_facts *run,
                                    const struct as_result *r) AS_MUST_CHECK;
void as_finding_view_fini(struct as_finding_view *v);

const struct as_detector *as_finding_detector(const struct as_finding_view *v,
                                              const struct as_type_tally *type);
/** Category, or AS_CUSTOM_IDENTIFIER for every user's own. */
enum as_category as_finding_group(const struct as_finding_view *v,
                                  const struct as_type_tally *type);
const struct as_finding_words *as_finding_words(enum as_finding_kind kind);
/** "The S3 object contains personal information". */
void as_finding_title(const struct as_finding_view *v, struct as_strbuf *out);
/** What was found in how much of the object, in at most AS_FINDING_DESCRIPTION_MAX bytes. */
#define AS_FINDING_DESCRIPTION_MAX 1000U
void as_finding_description(const struct as_finding_view *v, struct as_strbuf *out);
/** After the last '.' of the last path element; "" when there is none. */
const char *as_finding_extension(const char *name);
/** The bucket's ARN, or s3://HOST/BUCKET outside AWS. Nothing for files. */
void as_finding_bucket_id(const struct as_finding_view *v, struct as_strbuf *out);
/** ARN, s3://HOST/BUCKET/KEY, or file://PATH. */
void as_finding_object_id(const struct as_finding_view *v, struct as_strbuf *out);
/** BUCKET/KEY, or the path of the file. */
void as_finding_path(const struct as_finding_view *v, struct as_strbuf *out);
/** The target's region on AWS, else the run's. */
const char *as_finding_region(const struct as_finding_view *v);
/** `value` when it is one of the services' storage classes or encryption types; else NULL. */
const char *as_finding_storage_class(const struct as_result *r);
const char *as_finding_encryption(const struct as_result *r);

#endif
