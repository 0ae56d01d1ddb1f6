/* SPDX-License-Identifier: Apache-2.0
 * The source port: where objects come from. One struct as_source a TARGET; S3 (io/s3) and local
 * files (io/file) implement it. A source knows bytes, names and versions, nothing of content.
 *
 * Protocol: list() runs on one thread and emits objects in ascending key order; open() may be
 * called from another thread for any emitted object, returns quickly and starts fetching in the
 * background where that helps (S3: the first ranged GET is under way when open returns). The
 * returned stream (base/stream.h) blocks in read. Errors met while opening may surface at the first
 * read. */
#ifndef AS_IO_SOURCE_H
#define AS_IO_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/stream.h"

/** One listed object (S3 object version or local file). Heap; freed with as_object_free. */
struct as_object {
    uint32_t target;     /* index of the TARGET on the command line */
    struct as_slice key; /* raw bytes of the S3 key, or the path relative to TARGET; owned */
    uint64_t size;       /* bytes, from the listing */
    bool size_is_guess;  /* standard input: the size is known when its end was read */
    int64_t last_modified_ms;
    char *etag;          /* without quotes; NULL for files */
    char *version_id;    /* NULL when not versioned */
    char *storage_class; /* NULL when not told */
    char *path;          /* files: what to open; NULL for S3 */
    /** AS_REASON_NONE, or why the listing alone already says that it cannot be read (symbolic link,
     * socket, archive storage class): then it is never opened. See base/reason.h. */
    int skip_reason;
};

struct as_object *as_object_new(struct as_slice key) AS_MUST_CHECK;
void as_object_free(struct as_object *o);

/** What the reader learnt about the version that it actually reads; strings live as long as the
 * stream. */
struct as_object_version {
    const char *etag;       /* NULL when none */
    const char *version_id; /* NULL when none */
    const char *content_type;
    const char *encryption; /* "AES256", "aws:kms", … or NULL */
    const char *kms_key_id; /* or NULL */
    uint64_t size;          /* of the version that is read */
    int64_t last_modified_ms;
    /** The source says that this is the version it listed, or does not say, but its size is not the
     * listed one: what is delivered may be a part of it, or something else. */
    bool size_disputed;
};

/** Takes the object on AS_OK. Any other status makes list() stop and return it. */
typedef enum as_status as_object_fn(void *context, struct as_object *object);

struct as_source;

struct as_source_ops {
    /** Emits every object of the target. AS_OK only when the listing reached its end. */
    enum as_status (*list)(struct as_source *s, as_object_fn *emit, void *context,
                           const struct as_cancel *cancel, struct as_error *err);
    /** Opens one object for reading; *out is written on AS_OK. `attempt` is 0, then counts
     * restarts. */
    enum as_status (*open)(struct as_source *s, const struct as_object *object, unsigned attempt,
                           struct as_stream **out, struct as_error *err);
    /** Version facts of an opened stream; complete after its first successful read. */
    void (*version)(struct as_source *s, const struct as_stream *stream,
                    struct as_object_version *out);
    /** After the last stream was closed. */
    void (*free)(struct as_source *s);
};

enum as_origin_kind { AS_ORIGIN_FILE, AS_ORIGIN_AWS, AS_ORIGIN_ENDPOINT };

struct as_source {
    const struct as_source_ops *ops;
    /* For identity and reports; constant after the source was made, owned by it. */
    enum as_origin_kind origin_kind;
    char *target;   /* the TARGET as given */
    char *origin;   /* AWS partition, the endpoint's authority, or "file" + absolute path
                       (decisions.md, Identity) */
    char *bucket;   /* NULL for files */
    char *prefix;   /* S3 prefix; "" for none; NULL for files */
    char *region;   /* NULL when unknown */
    char *endpoint; /* URL; NULL for AWS and files */
    bool single;    /* TARGET names one object, not what is below a folder or prefix */
    bool fetches;   /* true: open ahead of need, since reads wait for a network */
};

static inline void as_source_free(struct as_source *s)
{
    if (s != NULL) {
        s->ops->free(s);
    }
}

#endif
