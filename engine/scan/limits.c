/* SPDX-License-Identifier: Apache-2.0
 * See limits.h. One database, one scratch, a callback that counts. */
#include "scan/limits.h"

#include <hs.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define SLICE_BYTES (256U << 10)
#define PATTERN_BYTES_MAX 4096U

struct as_limit {
    hs_database_t *database;
    hs_scratch_t *scratch;
};

static char *escaped(const char *literal)
{
    struct as_strbuf s;
    as_strbuf_init(&s, PATTERN_BYTES_MAX);
    for (; *literal != '\0'; literal++) {
        if (strchr("\\.+*?()[]{}|^$/#-\"", *literal) != NULL) {
            as_strbuf_putc(&s, '\\');
        }
        as_strbuf_putc(&s, *literal);
    }
    return as_strbuf_detach(&s);
}

static enum as_status compile(struct as_limit *l, const char *const *patterns, size_t count,
                              unsigned flags, struct as_error *err)
{
    AS_CLEANUP(as_free_ptr) unsigned *all_flags = as_calloc(count, sizeof *all_flags);
    AS_CLEANUP(as_free_ptr) unsigned *ids = as_calloc(count, sizeof *ids);
    hs_compile_error_t *error = NULL;
    if (all_flags == NULL || ids == NULL) {
        return as_fail(err, AS_E_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        all_flags[i] = flags;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_multi(patterns, all_flags, ids, (unsigned)count, HS_MODE_BLOCK, NULL,
                         &l->database, &error) != HS_SUCCESS) {
        enum as_status status =
            as_fail(err, AS_E_USAGE, "pattern %d: %s", error->expression, error->message);
        hs_free_compile_error(error);
        return status;
    }
    return hs_alloc_scratch(l->database, &l->scratch) == HS_SUCCESS
               ? AS_OK
               : as_fail(err, AS_E_NO_MEMORY, "out of memory");
}

enum as_status as_limit_new(const char *const *patterns, size_t count, bool literal,
                            struct as_limit **out, struct as_error *err)
{
    struct as_limit *l = as_calloc(1, sizeof *l);
    char **copies = as_calloc(count, sizeof *copies);
    enum as_status status =
        l == NULL || copies == NULL ? as_fail(err, AS_E_NO_MEMORY, "out of memory") : AS_OK;
    for (size_t i = 0; status == AS_OK && i < count; i++) {
        copies[i] = literal ? escaped(patterns[i]) : as_strdup(patterns[i]);
        if (copies[i] == NULL) {
            status = as_fail(err, AS_E_NO_MEMORY, "out of memory");
        }
    }
    if (status == AS_OK) {
        status =
            compile(l, (const char *const *)copies, count, literal ? HS_FLAG_CASELESS : 0U, err);
    }
    for (size_t i = 0; copies != NULL && i < count; i++) {
        as_free(copies[i]);
    }
    as_free(copies);
    if (status != AS_OK) {
        as_limit_free(l);
        return status;
    }
    *out = l;
    return AS_OK;
}

void as_limit_free(struct as_limit *l)
{
    if (l != NULL) {
        AS_IGNORE(hs_free_scratch(l->scratch), "cannot fail on what was allocated");
        AS_IGNORE(hs_free_database(l->database), "cannot fail on what was compiled");
        as_free(l);
    }
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(uint64_t *)context;
    return 0;
}

enum as_status as_limit_scan(struct as_limit *l, const void *bytes, size_t len,
                             uint64_t *out_matches)
{
    uint64_t matches = 0;
    for (size_t offset = 0; offset < len; offset += SLICE_BYTES) {
        unsigned slice = (unsigned)(len - offset < SLICE_BYTES ? len - offset : SLICE_BYTES);
        if (hs_scan(l->database, (const char *)bytes + offset, slice, 0, l->scratch, on_match,
                    &matches) != HS_SUCCESS) {
            return AS_E_BUG;
        }
    }
    *out_matches = matches;
    return AS_OK;
}
