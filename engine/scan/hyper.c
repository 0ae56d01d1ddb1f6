/* SPDX-License-Identifier: Apache-2.0
 * Hyperscan databases of anchors and patterns (hyper.h).
 *
 * Literals are compiled as expressions of \xHH escapes. A callback's status stops the scan: libhs
 * then returns HS_SCAN_TERMINATED and the status is handed on. A pattern must have a greatest width
 * (hs_expression_info) of at most AS_PATTERN_BYTES_MAX: that is what makes its matches independent
 * of where blocks were cut. */
#include "scan/hyper.h"

#include <hs/hs.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define PCRE2_MATCH_LIMIT 100000U
#define PCRE2_HEAP_KIB 1024U

struct hyper_literal {
    uint32_t list;
    uint32_t len;
};

struct hyper_pattern {
    uint32_t list;
    pcre2_code *value; /* NULL: the match is the value */
};

struct as_hyper {
    hs_database_t *anchors;  /* NULL: none */
    hs_database_t *patterns; /* NULL: none */
    struct hyper_literal *literals;
    struct hyper_pattern *details;
    size_t pattern_count;
    size_t anchor_bytes;
    size_t pattern_bytes;
};

struct as_hyper_scratch {
    hs_scratch_t *hs;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

struct database_input {
    const char **expressions;
    unsigned *flags;
    unsigned *ids;
    unsigned count;
};

static void input_fini(struct database_input *in)
{
    as_free(in->expressions);
    as_free(in->flags);
    as_free(in->ids);
}

static enum as_status input_init(struct database_input *in, size_t count)
{
    *in = (struct database_input){.count = (unsigned)count};
    in->expressions = as_calloc(count + 1, sizeof *in->expressions);
    in->flags = as_calloc(count + 1, sizeof *in->flags);
    in->ids = as_calloc(count + 1, sizeof *in->ids);
    if (in->expressions == NULL || in->flags == NULL || in->ids == NULL) {
        input_fini(in);
        return AS_E_NO_MEMORY;
    }
    for (unsigned i = 0; i < in->count; i++) {
        in->ids[i] = i;
    }
    return AS_OK;
}

static const char *message_of(const hs_compile_error_t *wrong)
{
    return wrong != NULL && wrong->message != NULL ? wrong->message : "no memory";
}

/* libhs has one code for all that goes wrong in compiling; only its text tells this apart. */
static bool is_no_memory(const hs_compile_error_t *wrong)
{
    return wrong == NULL || strstr(message_of(wrong), "allocate memory") != NULL;
}

static enum as_status compile(const struct database_input *in, const char *const *names,
                              hs_database_t **out, struct as_error *err)
{
    hs_compile_error_t *wrong = NULL;
    hs_error_t e = hs_compile_multi(in->expressions, in->flags, in->ids, in->count, HS_MODE_BLOCK,
                                    NULL, out, &wrong);
    if (e == HS_SUCCESS) {
        return AS_OK;
    }
    int at = wrong != NULL ? wrong->expression : -1;
    bool named = at >= 0 && names != NULL;
    enum as_status status = as_fail(err, is_no_memory(wrong) ? AS_E_NO_MEMORY : AS_E_USAGE,
                                    "%s: pattern cannot be used: %s",
                                    named ? names[at] : "all patterns together", message_of(wrong));
    hs_free_compile_error(wrong);
    return status;
}

/* --- anchors --- */

static enum as_status compile_anchors(struct as_hyper *h, const struct as_anchor *anchors,
                                      size_t count, struct as_error *err)
{
    if (count == 0) {
        return AS_OK;
    }
    struct database_input in;
    AS_TRY(input_init(&in, count));
    struct as_strbuf text;
    as_strbuf_init(&text, 1U << 22);
    h->literals = as_calloc(count, sizeof *h->literals);
    size_t *at = as_calloc(count, sizeof *at);
    enum as_status status = h->literals == NULL || at == NULL ? AS_E_NO_MEMORY : AS_OK;
    for (size_t i = 0; i < count && status == AS_OK; i++) {
        size_t len = strlen(anchors[i].literal);
        at[i] = text.len;
        for (size_t j = 0; j < len; j++) {
            as_strbuf_printf(&text, "\\x%02x", (unsigned)(uint8_t)anchors[i].literal[j]);
        }
        as_strbuf_putc(&text, '\0');
        in.flags[i] = anchors[i].caseless ? HS_FLAG_CASELESS : 0U;
        h->literals[i] = (struct hyper_literal){anchors[i].list, (uint32_t)len};
        h->anchor_bytes = len > h->anchor_bytes ? len : h->anchor_bytes;
        status = text.failed ? AS_E_NO_MEMORY : len == 0 ? AS_E_USAGE : AS_OK;
    }
    for (size_t i = 0; i < count && status == AS_OK; i++) {
        in.expressions[i] = text.ptr + at[i];
    }
    status = status == AS_OK ? compile(&in, NULL, &h->anchors, err)
                             : as_fail(err, status, "anchors cannot be compiled");
    as_free(at);
    as_strbuf_fini(&text);
    input_fini(&in);
    return status;
}

/* --- patterns --- */

static enum as_status check_pattern(struct as_hyper *h, const struct as_pattern *p, unsigned flags,
                                    struct as_error *err)
{
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *wrong = NULL;
    if (hs_expression_info(p->expression, flags, &info, &wrong) != HS_SUCCESS) {
        enum as_status status = as_fail(err, is_no_memory(wrong) ? AS_E_NO_MEMORY : AS_E_USAGE,
                                        "%s: pattern cannot be used: %s", p->id, message_of(wrong));
        hs_free_compile_error(wrong);
        return status;
    }
    unsigned least = info->min_width;
    unsigned most = info->max_width;
    as_free(info);
    if (least == 0) {
        return as_fail(err, AS_E_USAGE, "%s: pattern matches nothing at all", p->id);
    }
    if (most > AS_PATTERN_BYTES_MAX) {
        return as_fail(err, AS_E_USAGE,
                       "%s: pattern can match more than %u bytes: bound its repeats, as in {1,64}",
                       p->id, AS_PATTERN_BYTES_MAX);
    }
    h->pattern_bytes = most > h->pattern_bytes ? most : h->pattern_bytes;
    return AS_OK;
}

static enum as_status compile_value(struct hyper_pattern *detail, const struct as_pattern *p,
                                    struct as_error *err)
{
    if (strstr(p->expression, "(?<value>") == NULL) {
        return AS_OK;
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    detail->value = pcre2_compile((PCRE2_SPTR)p->expression, PCRE2_ZERO_TERMINATED,
                                  p->caseless ? PCRE2_CASELESS : 0, &code, &offset, NULL);
    if (detail->value == NULL) {
        return as_fail(err, AS_E_USAGE, "%s: PCRE2 refuses the pattern (error %d at byte %zu)",
                       p->id, code, (size_t)offset);
    }
    return AS_OK;
}

static enum as_status fill_patterns(struct as_hyper *h, const struct as_pattern *patterns,
                                    struct database_input *in, const char **names,
                                    struct as_error *err)
{
    for (unsigned i = 0; i < in->count; i++) {
        const struct as_pattern *p = &patterns[i];
        in->expressions[i] = p->expression;
        in->flags[i] = HS_FLAG_SOM_LEFTMOST | (p->caseless ? HS_FLAG_CASELESS : 0U);
        names[i] = p->id;
        h->details[i].list = p->list;
        AS_TRY(check_pattern(h, p, in->flags[i], err));
        AS_TRY(compile_value(&h->details[i], p, err));
    }
    return compile(in, names, &h->patterns, err);
}

static enum as_status compile_patterns(struct as_hyper *h, const struct as_pattern *patterns,
                                       size_t count, struct as_error *err)
{
    if (count == 0) {
        return AS_OK;
    }
    struct database_input in;
    AS_TRY(input_init(&in, count));
    h->details = as_calloc(count, sizeof *h->details);
    h->pattern_count = count;
    const char **names = as_calloc(count, sizeof *names);
    enum as_status status = h->details == NULL || names == NULL
                                ? AS_E_NO_MEMORY
                                : fill_patterns(h, patterns, &in, names, err);
    as_free(names);
    input_fini(&in);
    return status;
}

enum as_status as_hyper_new(const struct as_anchor *anchors, size_t anchor_count,
                            const struct as_pattern *patterns, size_t pattern_count,
                            struct as_hyper **out, struct as_error *err)
{
    /* So that what hs_expression_info hands over can be freed by us. Process-wide, the same value
     * each time. */
    struct as_hyper *h = as_calloc(1, sizeof *h);
    if (h == NULL || hs_set_misc_allocator(as_malloc, as_free) != HS_SUCCESS) {
        as_free(h);
        return as_fail(err, AS_E_NO_MEMORY, "no memory for Hyperscan databases");
    }
    enum as_status status = compile_anchors(h, anchors, anchor_count, err);
    if (status == AS_OK) {
        status = compile_patterns(h, patterns, pattern_count, err);
    }
    if (status != AS_OK) {
        as_hyper_free(h);
        return status;
    }
    *out = h;
    return AS_OK;
}

void as_hyper_free(struct as_hyper *h)
{
    if (h == NULL) {
        return;
    }
    AS_IGNORE(hs_free_database(h->anchors), "freeing cannot fail usefully");
    AS_IGNORE(hs_free_database(h->patterns), "freeing cannot fail usefully");
    for (size_t i = 0; h->details != NULL && i < h->pattern_count; i++) {
        pcre2_code_free(h->details[i].value);
    }
    as_free(h->literals);
    as_free(h->details);
    as_free(h);
}

size_t as_hyper_anchor_bytes(const struct as_hyper *h)
{
    return h->anchor_bytes;
}

size_t as_hyper_pattern_bytes(const struct as_hyper *h)
{
    return h->pattern_bytes;
}

/* --- scanning --- */

struct as_hyper_scratch *as_hyper_scratch_new(const struct as_hyper *h)
{
    struct as_hyper_scratch *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->match = pcre2_match_data_create(64, NULL);
    s->limits = pcre2_match_context_create(NULL);
    bool good = s->match != NULL && s->limits != NULL;
    if (good && h->anchors != NULL) {
        good = hs_alloc_scratch(h->anchors, &s->hs) == HS_SUCCESS;
    }
    if (good && h->patterns != NULL) {
        good = hs_alloc_scratch(h->patterns, &s->hs) == HS_SUCCESS;
    }
    if (!good) {
        as_hyper_scratch_free(s);
        return NULL;
    }
    pcre2_set_match_limit(s->limits, PCRE2_MATCH_LIMIT);
    pcre2_set_heap_limit(s->limits, PCRE2_HEAP_KIB);
    return s;
}

void as_hyper_scratch_free(struct as_hyper_scratch *s)
{
    if (s == NULL) {
        return;
    }
    AS_IGNORE(hs_free_scratch(s->hs), "freeing cannot fail usefully");
    pcre2_match_data_free(s->match);
    pcre2_match_context_free(s->limits);
    as_free(s);
}

struct hyper_call {
    const struct as_hyper *h;
    as_hyper_fn *found;
    void *context;
    enum as_status status;
};

static int on_anchor(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                     void *context)
{
    (void)from;
    (void)flags;
    struct hyper_call *call = context;
    const struct hyper_literal *l = &call->h->literals[id];
    call->status = call->found(call->context, l->list, (size_t)to - l->len, (size_t)to);
    return call->status != AS_OK;
}

static int on_pattern(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *context)
{
    (void)flags;
    struct hyper_call *call = context;
    call->status = call->found(call->context, call->h->details[id].list, (size_t)from, (size_t)to);
    return call->status != AS_OK;
}

static enum as_status scan(const hs_database_t *db, struct as_hyper_scratch *s,
                           const uint8_t *bytes, size_t len, match_event_handler on_match,
                           struct hyper_call *call)
{
    if (db == NULL || len == 0) {
        return AS_OK;
    }
    hs_error_t e = hs_scan(db, (const char *)bytes, (unsigned)len, 0, s->hs, on_match, call);
    if (e == HS_SUCCESS) {
        return AS_OK;
    }
    return e == HS_SCAN_TERMINATED && call->status != AS_OK ? call->status : AS_E_BUG;
}

enum as_status as_hyper_anchors(const struct as_hyper *h, struct as_hyper_scratch *s,
                                const uint8_t *bytes, size_t len, as_hyper_fn *found, void *context)
{
    struct hyper_call call = {.h = h, .found = found, .context = context};
    return scan(h->anchors, s, bytes, len, on_anchor, &call);
}

enum as_status as_hyper_patterns(const struct as_hyper *h, struct as_hyper_scratch *s,
                                 const uint8_t *bytes, size_t len, as_hyper_fn *found,
                                 void *context)
{
    struct hyper_call call = {.h = h, .found = found, .context = context};
    return scan(h->patterns, s, bytes, len, on_pattern, &call);
}

bool as_hyper_value(const struct as_hyper *h, struct as_hyper_scratch *s, uint32_t list,
                    const uint8_t *bytes, size_t *start, size_t *end)
{
    const pcre2_code *code = NULL;
    for (size_t i = 0; i < h->pattern_count; i++) {
        code = h->details[i].list == list ? h->details[i].value : code;
    }
    if (code == NULL) {
        return true;
    }
    int groups = pcre2_match(code, (PCRE2_SPTR)bytes, *end, *start,
                             PCRE2_ANCHORED | PCRE2_ENDANCHORED, s->match, s->limits);
    int number = pcre2_substring_number_from_name(code, (PCRE2_SPTR) "value");
    if (groups <= 0 || number <= 0 || number >= groups) {
        return false;
    }
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->match);
    at += 2 * (size_t)number;
    if (at[0] == PCRE2_UNSET || at[0] >= at[1]) {
        return false;
    }
    *start = at[0];
    *end = at[1];
    return true;
}
