/* SPDX-License-Identifier: Apache-2.0
 * What the tests of content share: a sink that records a walk, byte strings that grow, and building
 * archives with the system's tools in a folder of their own. Included by one test program each. */
#ifndef AS_TESTS_CONTENT_HARNESS_H
#define AS_TESTS_CONTENT_HARNESS_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "content/content.h"

#define RECORD_MEMBERS_MAX 512U
#define RECORD_TEXTS_MAX 3U

struct recorded_text {
    struct as_strbuf bytes; /* payloads joined */
    enum as_charset charset;
    enum as_text_kind kind;
    uint64_t last_source_offset;
    size_t before; /* bytes of the texts of metadata before this one */
    bool ended;
};

struct recorded_member {
    char *path;
    struct as_strbuf path_raw;
    uint32_t depth;
    uint64_t index[AS_DEPTH_MAX];
    uint64_t size;
    int64_t modified_ms;
    uint32_t text_count;
    struct recorded_text texts[RECORD_TEXTS_MAX];
    struct recorded_text metadata; /* of all texts that are, joined */
    bool ended;
    struct as_member_end end;
};

struct record {
    struct recorded_member members[RECORD_MEMBERS_MAX];
    uint32_t count;
    enum as_status status; /* of the walk */
    uint64_t block_calls;
    uint64_t fail_block; /* the call of block that returns AS_E_OUTPUT; 0: none */
};

struct record_options {
    struct as_content_limits limits;
    uint64_t decoder_bytes; /* of the decoders' budget */
    uint32_t block_bytes;
    size_t step;  /* the stream gives at most so many bytes a read */
    bool forward; /* no read_at */
    const char *name;
    struct as_cancel *cancel;
    uint64_t fail_block;
};

static inline struct record_options record_options_default(void)
{
    return (struct record_options){.limits = as_content_limits_default,
                                   .decoder_bytes = 128ULL << 20,
                                   .block_bytes = 256U << 10,
                                   .step = SIZE_MAX,
                                   .name = "object"};
}

static enum as_status rec_member_begin(void *context, const struct as_member *member, void **out)
{
    struct record *r = context;
    if (r->count == RECORD_MEMBERS_MAX) {
        return AS_E_BUG;
    }
    struct recorded_member *m = &r->members[r->count++];
    m->path = as_strdup(member->path);
    as_strbuf_init(&m->path_raw, 1U << 20);
    as_strbuf_append(&m->path_raw, member->path_raw.ptr, member->path_raw.len);
    m->depth = member->depth;
    memcpy(m->index, member->index, member->depth * sizeof *m->index);
    m->size = member->size;
    m->modified_ms = member->modified_ms;
    *out = m;
    return m->path == NULL || m->path_raw.failed ? AS_E_NO_MEMORY : AS_OK;
}

static enum as_status rec_text_begin(void *context, void *member, struct as_text *text,
                                     struct as_slice prefix)
{
    (void)context;
    (void)prefix;
    struct recorded_member *m = member;
    if (text->metadata) {
        assert_true(m->metadata.bytes.max_bytes == 0 || m->metadata.ended);
        if (m->metadata.bytes.max_bytes == 0) {
            as_strbuf_init(&m->metadata.bytes, 1U << 30);
        }
        m->metadata.ended = false;
        m->metadata.before = m->metadata.bytes.len;
        text->owner = &m->metadata;
        return AS_OK;
    }
    assert_true(m->text_count < RECORD_TEXTS_MAX);
    struct recorded_text *t = &m->texts[m->text_count++];
    as_strbuf_init(&t->bytes, 1U << 30);
    t->charset = text->charset;
    t->kind = text->kind;
    text->owner = t;
    return AS_OK;
}

static enum as_status rec_block(void *context, void *member, struct as_block *block)
{
    struct record *r = context;
    (void)member;
    struct recorded_text *t = block->text->owner;
    assert_int_equal(block->offset, t->bytes.len - t->before);
    if (++r->block_calls == r->fail_block) {
        return AS_E_OUTPUT; /* the block stays the caller's */
    }
    as_strbuf_append(&t->bytes, block->data, block->size);
    if (t->bytes.failed) {
        return AS_E_NO_MEMORY;
    }
    t->last_source_offset = block->source_offset;
    as_block_free(block);
    return AS_OK;
}

static enum as_status rec_text_end(void *context, void *member, struct as_text *text,
                                   uint64_t blocks)
{
    (void)context;
    (void)member;
    struct recorded_text *t = text->owner;
    assert_false(t->ended);
    assert_true(blocks > 0);
    t->ended = true;
    return AS_OK;
}

static enum as_status rec_member_end(void *context, void *member, const struct as_member_end *end)
{
    (void)context;
    struct recorded_member *m = member;
    assert_false(m->ended);
    assert_true((end->coverage == AS_COMPLETE) == (end->reason == AS_REASON_NONE));
    uint64_t text = 0;
    assert_true(m->metadata.bytes.len == 0 || m->metadata.ended);
    for (uint32_t i = 0; i < m->text_count; i++) {
        assert_true(m->texts[i].ended);
        text += m->texts[i].bytes.len;
    }
    assert_int_equal(end->text_bytes, text);
    assert_true(text == 0 || end->coverage != AS_SKIPPED);
    m->ended = true;
    m->end = *end;
    return AS_OK;
}

/* Walks `len` bytes; the record is freed with record_free. */
static inline struct record *record_walk(const void *bytes, size_t len,
                                         const struct record_options *o)
{
    struct record *r = as_calloc(1, sizeof *r);
    struct as_budget decoders;
    as_budget_init(&decoders, o->decoder_bytes);
    struct as_content_env env = {.limits = o->limits,
                                 .decoders = &decoders,
                                 .blocks = as_block_pool_new(o->block_bytes, 16, o->cancel),
                                 .cancel = o->cancel};
    const struct as_content_sink sink = {r,         rec_member_begin, rec_text_begin,
                                         rec_block, rec_text_end,     rec_member_end};
    struct as_stream *stream = as_memory_stream_open_stepped(bytes, len, o->step, !o->forward);
    struct as_error err = {0};
    r->fail_block = o->fail_block;
    r->status = as_content_walk(&env, stream, as_slice_of(o->name), len, &sink, &err);
    assert_int_equal(r->status, err.status);
    as_stream_close(stream);
    as_block_pool_free(env.blocks);
    assert_true(as_budget_try_charge(&decoders, o->decoder_bytes)); /* all was released */
    as_budget_fini(&decoders);
    return r;
}

static inline void record_free(struct record *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        as_free(r->members[i].path);
        as_strbuf_fini(&r->members[i].path_raw);
        as_strbuf_fini(&r->members[i].metadata.bytes);
        for (uint32_t t = 0; t < r->members[i].text_count; t++) {
            as_strbuf_fini(&r->members[i].texts[t].bytes);
        }
    }
    as_free(r);
}

/* Everything that a walk says, as one string: two walks are the same when these are. */
static inline void record_print(const struct record *r, struct as_strbuf *out)
{
    as_strbuf_printf(out, "status %s\n", as_status_name(r->status));
    for (uint32_t i = 0; i < r->count; i++) {
        const struct recorded_member *m = &r->members[i];
        as_strbuf_printf(out, "%s [", m->path);
        for (uint32_t d = 0; d < m->depth; d++) {
            as_strbuf_printf(out, "%llu ", (unsigned long long)m->index[d]);
        }
        as_strbuf_printf(out, "] %s %s %s media=%d decoded=%llu\n",
                         as_coverage_name(m->end.coverage), as_reason_name(m->end.reason),
                         m->end.mime == NULL ? "-" : m->end.mime, (int)m->end.media,
                         (unsigned long long)m->end.decoded_bytes);
        for (uint32_t t = 0; t < m->text_count; t++) {
            as_strbuf_printf(out, "text %d %d:", (int)m->texts[t].kind, (int)m->texts[t].charset);
            as_strbuf_append(out, m->texts[t].bytes.ptr, m->texts[t].bytes.len);
            as_strbuf_putc(out, '\n');
        }
        as_strbuf_append(out, m->metadata.bytes.ptr, m->metadata.bytes.len);
    }
}

static inline struct recorded_member *record_find(struct record *r, const char *path)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (strcmp(r->members[i].path, path) == 0) {
            return &r->members[i];
        }
    }
    print_error("no member '%s'\n", path);
    return NULL;
}

#define assert_end(member, want_coverage, want_reason)                                             \
    do {                                                                                           \
        const struct recorded_member *assert_member = (member);                                    \
        assert_non_null(assert_member);                                                            \
        assert_true(assert_member->ended);                                                         \
        assert_string_equal(as_coverage_name(assert_member->end.coverage),                         \
                            as_coverage_name(want_coverage));                                      \
        assert_string_equal(as_reason_name(assert_member->end.reason),                             \
                            as_reason_name(want_reason));                                          \
    } while (0)

static inline void assert_text(const struct recorded_member *m, const void *want, size_t len)
{
    assert_non_null(m);
    assert_int_equal(m->text_count, 1);
    assert_int_equal(m->texts[0].bytes.len, len);
    if (len != 0) {
        assert_memory_equal(m->texts[0].bytes.ptr, want, len);
    }
}

static inline bool has_metadata(const struct recorded_member *m, const char *what)
{
    return m != NULL && m->metadata.bytes.len != 0 &&
           memmem(m->metadata.bytes.ptr, m->metadata.bytes.len, what, strlen(what)) != NULL;
}

/* One walk whole and seekable, and the same in steps of 1, 3 and 1000 bytes: the record must not
 * change. Returns the first. */
static inline struct record *record_walk_any_step(const void *bytes, size_t len,
                                                  struct record_options o)
{
    static const size_t steps[] = {SIZE_MAX, 1, 3, 1000};
    struct as_strbuf first;
    struct as_strbuf other;
    struct record *kept = NULL;
    as_strbuf_init(&first, 1U << 30);
    as_strbuf_init(&other, 1U << 30);
    for (size_t i = 0; i < AS_ARRAY_SIZE(steps); i++) {
        o.step = steps[i];
        struct record *r = record_walk(bytes, len, &o);
        record_print(r, i == 0 ? &first : &other);
        if (i == 0) {
            kept = r;
        } else {
            assert_string_equal(first.ptr, other.ptr);
            as_strbuf_reset(&other);
            record_free(r);
        }
    }
    as_strbuf_fini(&first);
    as_strbuf_fini(&other);
    return kept;
}

/* --- files and tools --- */

struct workshop {
    char dir[64];
};

static inline void workshop_open(struct workshop *w)
{
    snprintf(w->dir, sizeof w->dir, "%s", "assay-content-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
}

static inline void workshop_close(struct workshop *w)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", w->dir);
    assert_int_equal(system(command), 0);
}

static inline void workshop_write(const struct workshop *w, const char *name, const void *bytes,
                                  size_t len)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", w->dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* Runs a shell script in the folder; false, loudly, when it fails (a tool is missing). */
static inline bool workshop_run(const struct workshop *w, const char *script)
{
    struct as_strbuf command;
    as_strbuf_init(&command, 1U << 16);
    as_strbuf_printf(&command, "cd '%s' && { %s\n} >/dev/null", w->dir, script);
    int result = system(command.ptr);
    if (result != 0) {
        print_message("SKIPPED: this failed, a tool may be missing: %s\n", script);
    }
    as_strbuf_fini(&command);
    return result == 0;
}

static inline void workshop_read(const struct workshop *w, const char *name, struct as_strbuf *out)
{
    char path[256];
    char buffer[8192];
    snprintf(path, sizeof path, "%s/%s", w->dir, name);
    as_strbuf_init(out, 1U << 30);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (size_t n = 1; n != 0;) {
        n = fread(buffer, 1, sizeof buffer, f);
        as_strbuf_append(out, buffer, n);
    }
    fclose(f);
}

/* Deterministic noise: xorshift. */
static inline uint64_t noise(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Text that compresses like text: words and numbers, one record a line. */
static inline void sample_text(struct as_strbuf *out, size_t len, uint64_t seed)
{
    static const char *const words[] = {"alpha", "invoice",       "Berlin", "42", "customer",
                                        "paid",  "M\xC3\xBCller", "note",   "x",  "2024-01-31"};
    uint64_t state = seed * 2654435761U + 1;
    as_strbuf_init(out, len + 64);
    while (out->len < len) {
        as_strbuf_puts(out, words[noise(&state) % AS_ARRAY_SIZE(words)]);
        as_strbuf_putc(out, noise(&state) % 9 == 0 ? '\n' : ' ');
    }
    /* Never cut inside a character. */
    as_strbuf_putc(out, '\n');
    while (out->len > len ||
           (out->len != 0 && ((unsigned char)out->ptr[out->len - 1] & 0x80U) != 0)) {
        out->len--;
    }
    out->ptr[out->len] = 0;
}

#endif
