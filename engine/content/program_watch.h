/* SPDX-License-Identifier: Apache-2.0
 * A watch over the bytes of a program: is it a program alone, or does it carry something that its
 * printable runs do not show? Answers that from two facts: whether bytes stand behind the end that
 * an ELF or PE file's own tables give, and whether a stretch looks compressed or encrypted.
 * Threads: one owner. Memory: at most 2 MiB of tables, and about 3 KiB. */
#ifndef AS_CONTENT_PROGRAM_WATCH_H
#define AS_CONTENT_PROGRAM_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

/** A part of the file that is kept to be read at the end. */
struct as_program_table {
    uint64_t start;
    size_t len;
    size_t have;
    uint8_t *bytes; /* NULL when len is 0 */
};

struct as_program_watch {
    bool wide, big;     /* ELF: 64 bits, big-endian */
    bool elf, pe;       /* neither: no end is known */
    bool packed;        /* a stretch looks compressed or encrypted */
    bool odd;           /* the tables make no sense or are too large */
    bool random_before; /* the window before this one looked random */
    uint64_t bytes;     /* seen */
    uint64_t last;      /* offset behind the last byte that is not zero */
    uint64_t end;       /* that the headers give; the tables may put it further */
    struct as_program_table tables[2];
    uint32_t in_window;
    uint16_t counts[2][256]; /* two, so that a run of one byte does not wait for itself */
};

/** `head`: the first bytes of the file, with all the headers of a PE. AS_E_NO_MEMORY; fini is
 * needed all the same. */
enum as_status as_program_watch_init(struct as_program_watch *w,
                                     struct as_slice head) AS_MUST_CHECK;
/** All bytes from the first on, in pieces of any size. */
void as_program_watch_feed(struct as_program_watch *w, const uint8_t *bytes, size_t len);
/** After the last byte: nothing but a program was seen. */
bool as_program_watch_is_alone(const struct as_program_watch *w);
void as_program_watch_fini(struct as_program_watch *w);

#endif
