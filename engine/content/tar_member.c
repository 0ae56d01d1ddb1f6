/* SPDX-License-Identifier: Apache-2.0
 * The bytes of a tar member. A sparse file is given as it was: its holes as zeros, so that offsets
 * are those of the file. Holes cost nothing in the archive, so they count against the total and the
 * ratio limits as decoded bytes do. */
#include <string.h>

#include "base/mem.h"
#include "content/tar_internal.h"

bool as_tar_block_is_zero(const uint8_t *block)
{
    return block[0] == 0 && memcmp(block, block + 1, AS_TAR_BLOCK - 1) == 0;
}

/* Takes stored bytes from the archive. */
static enum as_status take_stored(struct as_tar_member *m, void *buf, size_t cap, size_t *out_len,
                                  struct as_error *err)
{
    struct as_slice view = {NULL, 0};
    *out_len = 0;
    if (m->stored_left == 0) {
        return AS_OK;
    }
    AS_TRY(as_feed_view(&m->tar->feed, &view, err));
    if (view.len == 0) {
        return as_fail(err, AS_E_TRUNCATED, "the tar archive ends inside a member");
    }
    size_t n = view.len < cap ? view.len : cap;
    n = n < m->stored_left ? n : (size_t)m->stored_left;
    memcpy(buf, view.ptr, n);
    as_feed_skip(&m->tar->feed, n);
    m->stored_left -= n;
    *out_len = n;
    return AS_OK;
}

static enum as_status plain_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                 struct as_error *err)
{
    return take_stored((struct as_tar_member *)s, buf, cap, out_len, err);
}

static enum as_status hole_read(struct as_tar_member *m, uint64_t hole, void *buf, size_t cap,
                                size_t *out_len, struct as_error *err)
{
    struct as_account *a = &m->tar->walk->account;
    uint64_t room = as_account_room(a);
    size_t n = hole < cap ? (size_t)hole : cap;
    if (room == 0) {
        return as_account_limit(a, AS_REASON_ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT, err);
    }
    if (m->position >= m->allowed) {
        return as_account_limit(a, AS_REASON_COMPRESSION_RATIO_OVER_LIMIT, err);
    }
    n = n < room ? n : (size_t)room;
    n = n < m->allowed - m->position ? n : (size_t)(m->allowed - m->position);
    memset(buf, 0, n);
    a->total_bytes += n;
    m->position += n;
    *out_len = n;
    return AS_OK;
}

static enum as_status sparse_read(struct as_stream *s, void *buf, size_t cap, size_t *out_len,
                                  struct as_error *err)
{
    struct as_tar_member *m = (struct as_tar_member *)s;
    const struct as_tar_pax *p = &m->tar->pax;
    while (m->extent < p->extent_count &&
           m->position >= p->extents[m->extent].offset + p->extents[m->extent].size) {
        m->extent++;
    }
    if (m->position >= m->size) {
        *out_len = 0;
        return AS_OK;
    }
    uint64_t next = m->extent < p->extent_count ? p->extents[m->extent].offset : m->size;
    if (m->position < next) {
        return hole_read(m, next - m->position, buf, cap, out_len, err);
    }
    uint64_t left = p->extents[m->extent].offset + p->extents[m->extent].size - m->position;
    AS_TRY(take_stored(m, buf, cap < left ? cap : (size_t)left, out_len, err));
    if (*out_len == 0) {
        return as_fail(err, AS_E_CORRUPT, "the sparse map asks for more than is stored");
    }
    m->position += *out_len;
    return AS_OK;
}

static void member_close(struct as_stream *s)
{
    (void)s; /* the reader owns it */
}

void as_tar_member_init(struct as_tar_member *m, bool sparse)
{
    static const struct as_stream_ops plain = {plain_read, NULL, member_close};
    static const struct as_stream_ops unfolded = {sparse_read, NULL, member_close};
    m->base.ops = sparse ? &unfolded : &plain;
    uint64_t ratio = m->tar->walk->env->limits.ratio_max;
    if (ratio == 0 || __builtin_mul_overflow(m->stored_size + AS_TAR_BLOCK, ratio, &m->allowed)) {
        m->allowed = UINT64_MAX;
    }
    m->allowed = m->allowed > AS_RATIO_GRACE_BYTES ? m->allowed : AS_RATIO_GRACE_BYTES;
}

/* Up to `count` extents of 24 bytes at `at`; *good: all of them are numbers. */
static enum as_status take_extents(struct as_tar *t, const uint8_t *at, unsigned count, bool *good)
{
    enum as_status status = AS_OK;
    for (unsigned i = 0; i < count && status == AS_OK && (at[0] != 0 || at[12] != 0); i++) {
        uint64_t offset = 0;
        uint64_t size = 0;
        *good = *good && as_tar_number(at, 12, &offset) && as_tar_number(at + 12, 12, &size);
        status = as_tar_extent_add(t, offset, size);
        at += 24;
    }
    return status;
}

/* Old GNU: four extents in the header, more in blocks of 21 after it. */
static enum as_status open_old_gnu(struct as_tar *t, struct as_tar_member *m, struct as_error *err)
{
    bool more = t->block[482] != 0;
    uint64_t real = 0;
    bool good = as_tar_number(t->block + 483, 12, &real);
    t->pax.extent_count = 0;
    AS_TRY(take_extents(t, t->block + 386, 4, &good));
    while (more) {
        const uint8_t *next = NULL;
        AS_TRY(as_account_check(&t->walk->account, err));
        AS_TRY(as_feed_need(&t->feed, AS_TAR_BLOCK, &next, err));
        memcpy(t->block, next, AS_TAR_BLOCK);
        as_feed_skip(&t->feed, AS_TAR_BLOCK);
        AS_TRY(take_extents(t, t->block, 21, &good));
        more = t->block[504] != 0;
    }
    m->size = real;
    return good && !t->pax.sparse_bad
               ? AS_OK
               : as_fail(err, AS_E_CORRUPT, "the map of a sparse file is damaged");
}

/* One line of the map that version 1.0 puts before the data: a decimal number. */
static enum as_status map_number(struct as_tar_member *m, uint64_t *out, struct as_error *err)
{
    uint64_t value = 0;
    for (unsigned digits = 0; digits < 20; digits++) {
        uint8_t c = 0;
        size_t got = 0;
        AS_TRY(take_stored(m, &c, 1, &got, err));
        if (got == 1 && c == '\n' && digits != 0) {
            *out = value;
            return AS_OK;
        }
        if (got == 0 || c < '0' || c > '9' || __builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(c - '0'), &value)) {
            break;
        }
    }
    return as_fail(err, AS_E_CORRUPT, "the map of a sparse file is damaged");
}

static enum as_status open_version_1(struct as_tar *t, struct as_tar_member *m,
                                     struct as_error *err)
{
    uint64_t start = m->stored_left;
    uint64_t count = 0;
    t->pax.extent_count = 0;
    AS_TRY(map_number(m, &count, err));
    if (count > TAR_SPARSE_MAX) {
        return as_fail(err, AS_E_UNSUPPORTED, "a sparse file in too many pieces");
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset = 0;
        uint64_t size = 0;
        AS_TRY(map_number(m, &offset, err));
        AS_TRY(map_number(m, &size, err));
        AS_TRY(as_tar_extent_add(t, offset, size));
    }
    uint64_t used = start - m->stored_left;
    uint64_t padding = (AS_TAR_BLOCK - used % AS_TAR_BLOCK) % AS_TAR_BLOCK;
    padding = padding < m->stored_left ? padding : m->stored_left;
    AS_TRY(as_feed_discard(&t->feed, padding, err));
    m->stored_left -= padding;
    m->size = t->pax.real_size;
    return t->pax.sparse_bad ? as_fail(err, AS_E_CORRUPT, "the map of a sparse file is damaged")
                             : AS_OK;
}

enum as_status as_tar_sparse_open(struct as_tar *t, const struct as_tar_header *h,
                                  struct as_tar_member *m, bool *out_sparse, struct as_error *err)
{
    m->stored_size = m->stored_left;
    *out_sparse = true;
    if (h->type == 'S' && h->gnu) {
        return open_old_gnu(t, m, err);
    }
    if (t->pax.sparse && t->pax.sparse_in_data) {
        return open_version_1(t, m, err);
    }
    if (t->pax.sparse) {
        m->size = t->pax.real_size;
        return t->pax.sparse_bad || t->pax.half_extent
                   ? as_fail(err, AS_E_CORRUPT, "the map of a sparse file is damaged")
                   : AS_OK;
    }
    *out_sparse = false;
    return AS_OK;
}
