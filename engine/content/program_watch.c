/* SPDX-License-Identifier: Apache-2.0
 * See program_watch.h. Windows of 2 KiB are compared with evenly spread bytes by chi-square (255
 * degrees of freedom: random bytes give 255 +- 23, deflate 300 to 700, machine code and tables
 * thousands). Two in a row are a packed stretch, since tables for cryptography pass for random over
 * shorter ones; every stretch of 6 KiB holds two. Less than RANDOM_LEAST is too even to be random:
 * permutations and counting tables.
 *
 * Sources: System V ABI (gABI 4.1) and Microsoft PE/COFF specification (facts).
 * Tests: tests/unit/content/test_program_watch.c. */
#include "content/program_watch.h"

#include <string.h>

#include "base/mem.h"

#define WINDOW 2048U
#define RANDOM_LEAST 150U
#define RANDOM_MOST 700U
#define TABLE_BYTES_MAX (1U << 20)
#define PADDING_MAX 64U

#define ELF_NULL 0U
#define ELF_NO_BITS 8U
#define PE_SECTION_BYTES 40U
#define PE_SYMBOL_BYTES 18U

static uint64_t number(const uint8_t *p, unsigned bytes, bool big)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * (big ? bytes - 1 - i : i));
    }
    return value;
}

static void extend(struct as_program_watch *w, uint64_t start, uint64_t len)
{
    uint64_t end = 0;
    if (__builtin_add_overflow(start, len, &end)) {
        w->odd = true;
    } else if (end > w->end) {
        w->end = end;
    }
}

static enum as_status keep(struct as_program_watch *w, unsigned i, uint64_t start, uint64_t len)
{
    extend(w, start, len);
    if (len > TABLE_BYTES_MAX) {
        w->odd = true;
    }
    if (len == 0 || w->odd) {
        return AS_OK;
    }
    w->tables[i] = (struct as_program_table){
        .start = start, .len = (size_t)len, .bytes = as_calloc(1, (size_t)len)};
    return w->tables[i].bytes == NULL ? AS_E_NO_MEMORY : AS_OK;
}

static size_t segment_bytes(const struct as_program_watch *w)
{
    return w->wide ? 56 : 32;
}

static size_t section_bytes(const struct as_program_watch *w)
{
    return w->wide ? 64 : 40;
}

static enum as_status begin_elf(struct as_program_watch *w, struct as_slice head)
{
    const uint8_t *p = head.ptr;
    w->wide = p[4] == 2;
    w->big = p[5] == 2;
    w->elf = true;
    const unsigned word = w->wide ? 8 : 4;
    uint64_t segments_at = number(p + (w->wide ? 32 : 28), word, w->big);
    uint64_t sections_at = number(p + (w->wide ? 40 : 32), word, w->big);
    const uint8_t *sizes = p + (w->wide ? 52 : 40);
    uint64_t segments = number(sizes + 4, 2, w->big);
    uint64_t sections = number(sizes + 8, 2, w->big);
    extend(w, 0, number(sizes, 2, w->big));
    w->odd = (segments != 0 && number(sizes + 2, 2, w->big) != segment_bytes(w)) ||
             (sections != 0 && number(sizes + 6, 2, w->big) != section_bytes(w)) ||
             (sections == 0 && sections_at != 0); /* the number is elsewhere: more than 65279 */
    AS_TRY(keep(w, 0, segments_at, segments * segment_bytes(w)));
    return keep(w, 1, sections_at, sections * section_bytes(w));
}

/* The certificate table is the one directory whose place is an offset in the file. */
static void extend_by_certificates(struct as_program_watch *w, const uint8_t *optional, size_t len)
{
    if (len < 2) {
        return;
    }
    size_t count_at = number(optional, 2, false) == 0x20B ? 108 : 92;
    if (len < count_at + 4) {
        return;
    }
    extend(w, 0, number(optional + 60, 4, false)); /* of all headers */
    if (number(optional + count_at, 4, false) > 4 && len >= count_at + 4 + 40) {
        const uint8_t *p = optional + count_at + 4 + 32;
        extend(w, number(p, 4, false), (number(p + 4, 4, false) + 7) & ~(uint64_t)7);
    }
}

static enum as_status begin_pe(struct as_program_watch *w, struct as_slice head, size_t at)
{
    const uint8_t *coff = head.ptr + at + 4;
    size_t optional = at + 24;
    size_t optional_bytes = number(coff + 16, 2, false);
    size_t sections = number(coff + 2, 2, false);
    size_t sections_end = optional + optional_bytes + sections * PE_SECTION_BYTES;
    w->pe = true;
    if (sections_end > head.len) {
        w->odd = true;
        return AS_OK;
    }
    extend(w, 0, sections_end);
    extend_by_certificates(w, head.ptr + optional, optional_bytes);
    for (size_t i = 0; i < sections; i++) {
        const uint8_t *p = head.ptr + optional + optional_bytes + i * PE_SECTION_BYTES;
        extend(w, number(p + 20, 4, false), number(p + 16, 4, false));
    }
    /* Symbols, and behind them strings with their length in front. */
    uint64_t symbols = number(coff + 8, 4, false);
    uint64_t strings = symbols + PE_SYMBOL_BYTES * number(coff + 12, 4, false);
    return symbols == 0 ? AS_OK : keep(w, 0, strings, 4);
}

enum as_status as_program_watch_init(struct as_program_watch *w, struct as_slice head)
{
    *w = (struct as_program_watch){0};
    if (head.len >= 64 && memcmp(head.ptr,
                                 "\x7F"
                                 "ELF",
                                 4) == 0) {
        return begin_elf(w, head);
    }
    if (head.len >= 64 && memcmp(head.ptr, "MZ", 2) == 0) {
        uint64_t at = number((const uint8_t *)head.ptr + 60, 4, false);
        if (at + 24 <= head.len && memcmp(head.ptr + at, "PE\0\0", 4) == 0) {
            return begin_pe(w, head, (size_t)at);
        }
    }
    return AS_OK;
}

static void end_window(struct as_program_watch *w)
{
    uint64_t squares = 0;
    for (unsigned i = 0; i < 256; i++) {
        uint64_t count = (uint64_t)w->counts[0][i] + w->counts[1][i];
        squares += count * count;
    }
    /* sum of (count - 8)^2 / 8, as the counts sum up to 2048 */
    uint64_t chi = squares / 8 - WINDOW;
    bool random = chi >= RANDOM_LEAST && chi <= RANDOM_MOST;
    w->packed = w->packed || (random && w->random_before);
    w->random_before = random;
    memset(w->counts, 0, sizeof w->counts);
    w->in_window = 0;
}

static void count(struct as_program_watch *w, const uint8_t *bytes, size_t len)
{
    while (len != 0 && !w->packed) {
        size_t n = WINDOW - w->in_window < len ? WINDOW - w->in_window : len;
        for (size_t i = 0; i < n; i++) {
            w->counts[i & 1][bytes[i]]++;
        }
        w->in_window += (uint32_t)n;
        bytes += n;
        len -= n;
        if (w->in_window == WINDOW) {
            end_window(w);
        }
    }
}

static void table_feed(struct as_program_table *t, uint64_t at, const uint8_t *bytes, size_t len)
{
    uint64_t from = at > t->start ? at : t->start;
    uint64_t to = at + len < t->start + t->len ? at + len : t->start + t->len;
    if (t->bytes != NULL && from < to) {
        memcpy(t->bytes + (from - t->start), bytes + (from - at), (size_t)(to - from));
        t->have += (size_t)(to - from);
    }
}

void as_program_watch_feed(struct as_program_watch *w, const uint8_t *bytes, size_t len)
{
    for (unsigned i = 0; i < 2; i++) {
        table_feed(&w->tables[i], w->bytes, bytes, len);
    }
    count(w, bytes, len);
    size_t used = len;
    while (used != 0 && bytes[used - 1] == 0) {
        used--;
    }
    w->last = used != 0 ? w->bytes + used : w->last;
    w->bytes += len;
}

/* The ends of all segments and sections. */
static void extend_by_tables(struct as_program_watch *w)
{
    const unsigned word = w->wide ? 8 : 4;
    const struct as_program_table *t = &w->tables[0];
    for (size_t at = 0; at < t->have; at += segment_bytes(w)) {
        const uint8_t *p = t->bytes + at;
        extend(w, number(p + (w->wide ? 8 : 4), word, w->big),
               number(p + (w->wide ? 32 : 16), word, w->big));
    }
    t = &w->tables[1];
    for (size_t at = 0; at < t->have; at += section_bytes(w)) {
        const uint8_t *p = t->bytes + at;
        uint64_t type = number(p + 4, 4, w->big);
        if (type != ELF_NULL && type != ELF_NO_BITS) {
            extend(w, number(p + (w->wide ? 24 : 16), word, w->big),
                   number(p + (w->wide ? 32 : 20), word, w->big));
        }
    }
}

bool as_program_watch_is_alone(const struct as_program_watch *w)
{
    struct as_program_watch end = *w;
    if (w->packed || w->odd || w->tables[0].have != w->tables[0].len ||
        w->tables[1].have != w->tables[1].len) {
        return false;
    }
    if (w->elf) {
        extend_by_tables(&end);
    } else if (w->pe && w->tables[0].len != 0) {
        extend(&end, w->tables[0].start, number(w->tables[0].bytes, 4, false));
    } else if (!w->pe) {
        return true;
    }
    return !end.odd && w->last <= end.end && w->bytes <= end.end + PADDING_MAX;
}

void as_program_watch_fini(struct as_program_watch *w)
{
    as_free(w->tables[0].bytes);
    as_free(w->tables[1].bytes);
    *w = (struct as_program_watch){0};
}
