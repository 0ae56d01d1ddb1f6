/* SPDX-License-Identifier: Apache-2.0
 * Objects that are listed twice: by TARGETs that overlap (`scan dir dir/sub`), or by one listing
 * that repeats itself. Each is scanned and recorded once, under the first TARGET that lists it, for
 * a finding's identity must be unique in a run.
 *
 * Memory does not grow with the listings. TARGETs are compared, not keys: listings run one after
 * the other, and one that came to its end has listed everything below its path or prefix. Of one
 * that broke off, the last key says how far it came, since keys ascend. Within a listing a repeated
 * key is one that does not ascend and is among the RECENT_KEYS seen last; a server that lists in
 * some other order loses nothing by that, since only keys that were seen are left out.
 *
 * In doubt an object is not taken for a duplicate: twice is better than never. Limits: what is
 * created below an earlier TARGET after that was listed counts as listed by it, as does what is
 * created behind any listing's back. Threads: the lister's. */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "io/file/file_walk.h"
#include "pipeline/run_internal.h"

#define RECENT_KEYS 4096U        /* four pages of ListObjectsV2 */
#define REPEATED_KEYS_MAX 10000U /* in a row: the listing does not come forward */

struct as_listed_keys {
    uint64_t seed;
    uint64_t recent[RECENT_KEYS];
    uint64_t count; /* keys that were new */
    uint64_t repeated;
    struct as_strbuf greatest;
    bool disordered;
};

struct as_listed_keys *as_listed_keys_new(void)
{
    struct as_listed_keys *k = as_calloc(1, sizeof *k);
    if (k != NULL) {
        k->seed = as_random64();
        as_strbuf_init(&k->greatest, 1U << 20);
    }
    return k;
}

void as_listed_keys_free(struct as_listed_keys *k)
{
    if (k != NULL) {
        as_strbuf_fini(&k->greatest);
        as_free(k);
    }
}

enum as_status as_listed_keys_add(struct as_listed_keys *k, struct as_slice key, bool *out_repeated,
                                  struct as_error *err)
{
    uint64_t hash = as_hash64(key.ptr, key.len, k->seed);
    bool ascends = k->count == 0 || as_slice_compare(key, as_strbuf_view(&k->greatest)) > 0;
    uint64_t known = k->count < RECENT_KEYS ? k->count : RECENT_KEYS;
    *out_repeated = false;
    for (uint64_t i = 0; !ascends && i < known; i++) {
        *out_repeated = *out_repeated || k->recent[i] == hash;
    }
    if (*out_repeated) {
        return ++k->repeated < REPEATED_KEYS_MAX
                   ? AS_OK
                   : as_fail(err, AS_E_PROTOCOL,
                             "the server lists the same keys again and again; the listing has no "
                             "end");
    }
    k->disordered = k->disordered || !ascends;
    k->repeated = 0;
    k->recent[k->count++ % RECENT_KEYS] = hash;
    if (ascends) {
        as_strbuf_reset(&k->greatest);
        as_strbuf_append(&k->greatest, key.ptr, key.len);
    }
    return k->greatest.failed ? as_fail(err, AS_E_NO_MEMORY, "out of memory while listing") : AS_OK;
}

void as_listed_keys_end(struct as_listed_keys *k, struct as_target *t)
{
    if (k->count != 0 && !k->disordered) {
        t->last_key_len = k->greatest.len;
        t->last_key =
            as_strbuf_detach(&k->greatest); /* NULL: then nothing counts as listed by it */
    }
}

static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* The path below the folder `root`; empty for `root` itself. */
static bool path_below(const char *root, const char *path, struct as_slice *out)
{
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(root, path, len) != 0 || (path[len] != '/' && path[len] != '\0')) {
        return false;
    }
    *out = as_slice_of(path + len + (path[len] == '/'));
    return true;
}

/* The key that the object has under a target of files. */
static bool file_key(const struct as_run *r, const struct as_target *t, const char *path,
                     struct as_slice *out)
{
    const char *root = t->source->origin + strlen("file");
    struct as_slice ignored;
    if (path == NULL || !path_below(root, path, out)) {
        return false;
    }
    if (out->len == 0) {
        *out = as_slice_of(last_component(t->source->target));
        return true;
    }
    size_t folders = 0;
    for (size_t i = 0; i < out->len; i++) {
        folders += out->ptr[i] == '/';
    }
    /* Folders that an earlier TARGET does not enter. */
    return folders < AS_FILE_DEPTH_MAX &&
           (r->output_dir == NULL || !path_below(r->output_dir, path, &ignored));
}

static bool s3_key(const struct as_run *r, const struct as_target *t, const struct as_target *own,
                   struct as_slice key, struct as_slice *out)
{
    const struct as_source *s = t->source;
    struct as_slice prefix = as_slice_of(s->prefix);
    *out = key;
    if (strcmp(s->bucket, own->source->bucket) != 0 ||
        strcmp(s->origin, own->source->origin) != 0 || key.len < prefix.len ||
        !as_slice_equal(as_slice(key.ptr, prefix.len), prefix)) {
        return false;
    }
    return !r->options.exact || key.len == prefix.len;
}

static bool listed_by(const struct as_run *r, uint32_t target, const struct as_object *o)
{
    const struct as_target *t = &r->targets[target];
    const struct as_target *own = &r->targets[o->target];
    struct as_object as_listed = *o;
    if (t->source == NULL || (t->source->bucket == NULL) != (own->source->bucket == NULL)) {
        return false;
    }
    bool below = t->source->bucket == NULL ? file_key(r, t, o->path, &as_listed.key)
                                           : s3_key(r, t, own, o->key, &as_listed.key);
    if (!below || !as_filter_takes(&r->options, &as_listed)) {
        return false;
    }
    return t->listed_whole ||
           (t->last_key != NULL &&
            as_slice_compare(as_listed.key, as_slice(t->last_key, t->last_key_len)) <= 0);
}

bool as_listed_before(const struct as_run *r, const struct as_object *o)
{
    for (uint32_t i = 0; i < o->target; i++) {
        if (listed_by(r, i, o)) {
            return true;
        }
    }
    return false;
}
