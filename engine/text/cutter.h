/* SPDX-License-Identifier: Apache-2.0
 * The cutter: bytes of one text, in order, to blocks with their entry states. It decodes the
 * charset, runs the structure pass (text/structure.h) and hands each block over as soon as
 * AS_REACH_AHEAD bytes after it are known.
 *
 * Usage: as_cutter_new, then as_cutter_space / as_cutter_commit (read straight into the cutter's
 * buffer) or as_cutter_feed (copies), from the text's first byte with its byte order mark, and
 * as_cutter_finish, which hands over the last block. Where reading ends early (an error, a limit),
 * finish all the same to have what was read scanned as if the text ended there. Errors stick.
 *
 * Block sizes: about block_bytes of decoded payload. JSON Lines blocks end after a line's end where
 * the block holds one, else the block and the rest of that line carry a walk (text.h). Empty texts
 * give one empty block. Memory: at most two buffers of the pool at a time,
 * 64 KiB for a text that is not UTF-8, 70 KiB for a JSON walk. Threads: one owner. */
#ifndef AS_TEXT_CUTTER_H
#define AS_TEXT_CUTTER_H

#include "base/cancel.h"
#include "base/error.h"
#include "text/text.h"

/** Buffers for blocks, shared by all cutters of a run. Blocks in flight are bounded by it: taking a
 * buffer waits. */
struct as_block_pool;
#define AS_BLOCK_BYTES_MAX (8U << 20)
/** `count` >= 2 × cutters + scan threads avoids waiting; anything > number of cutters avoids
 * deadlock. block_bytes: 1 to AS_BLOCK_BYTES_MAX; count: 2 and up; both are moved into range. NULL
 * when out of memory. */
struct as_block_pool *as_block_pool_new(uint32_t block_bytes, unsigned count,
                                        const struct as_cancel *cancel) AS_MUST_CHECK;
/** All blocks and cutters that use it must be gone. NULL is fine. */
void as_block_pool_free(struct as_block_pool *p);
/** Bytes that the pool holds when all its buffers are in use. */
uint64_t as_block_pool_bytes(uint32_t block_bytes, unsigned count);

/** Takes the block on AS_OK. */
typedef enum as_status as_block_fn(void *context, struct as_block *block);

struct as_cutter;
/** References `text`, whose kind, charset, delimiter and bom_bytes say how to read the bytes. */
struct as_cutter *as_cutter_new(struct as_text *text, struct as_block_pool *pool, as_block_fn *emit,
                                void *context) AS_MUST_CHECK;
/** Where to put the next bytes; *out_cap > 0. May wait for a buffer. */
enum as_status as_cutter_space(struct as_cutter *c, void **out_ptr, size_t *out_cap) AS_MUST_CHECK;
enum as_status as_cutter_commit(struct as_cutter *c, size_t len) AS_MUST_CHECK;
enum as_status as_cutter_feed(struct as_cutter *c, const void *bytes, size_t len) AS_MUST_CHECK;
/** The text ends here: hands over what is left. The cutter can then only be freed. */
enum as_status as_cutter_finish(struct as_cutter *c) AS_MUST_CHECK;
void as_cutter_free(struct as_cutter *c);
/** Blocks handed over so far. After a finish, how many the text has. */
uint64_t as_cutter_blocks(const struct as_cutter *c);

#endif
