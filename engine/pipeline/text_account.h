/* SPDX-License-Identifier: Apache-2.0
 * The account of one text: takes the hits of its blocks in any order, puts them back into sequence,
 * resolves overlaps and adds what is left to the member's tally. Blocks may be scanned by any
 * thread; the outcome depends only on the text.
 *
 *     block 3 ──┐
 *     block 1 ──┼─▶ slots (ring by sequence) ─▶ resolver ─▶ tally of the member
 *     block 2 ──┘
 *
 * Invariants: 1 blocks are resolved strictly by sequence; 2 the tally is touched only under the
 * member's lock; 3 at most `window` blocks are begun and not settled. Threads:
 * begin, wait and free by the content thread; done by any. */
#ifndef AS_PIPELINE_TEXT_ACCOUNT_H
#define AS_PIPELINE_TEXT_ACCOUNT_H

#include <pthread.h>

#include "findings/tally.h"
#include "pipeline/kept_values.h"
#include "scan/scan.h"

struct as_text_account;

/** Called for each reported hit, in ascending order, under the member's lock. `value` may be NULL.
 */
typedef enum as_status as_reveal_fn(void *context, const struct as_hit *hit,
                                    const struct as_kept_value *value);

struct as_text_account_options {
    const struct as_scanner *scanner;
    struct as_text *text;       /* outlives the account */
    struct as_tally *tally;     /* of the member */
    unsigned window;            /* most blocks begun and not settled */
    pthread_mutex_t *lock;      /* guards the tally: one a member, shared by its texts */
    const char *object_name;    /* for the crash handler; outlives the account */
    _Atomic uint64_t *reported; /* counts reported hits for the progress display; may be NULL */
    as_reveal_fn *reveal;       /* NULL: no matched text is copied */
    void *reveal_context;
};

struct as_text_account *
as_text_account_new(const struct as_text_account_options *options) AS_MUST_CHECK;
void as_text_account_free(struct as_text_account *a);
/** The next block is about to be scanned or queued. False when `window` blocks are unsettled
 * already: the caller helps or waits, and asks again. */
bool as_text_account_begin_block(struct as_text_account *a) AS_MUST_CHECK;
/** Scans the block with `worker`, frees it and settles what is in sequence. Faults are kept for the
 * wait. */
void as_text_account_scan(struct as_scan_worker *worker, struct as_block *block);
/** A block will not be scanned (cancelled run): frees it and counts it as gone. */
void as_text_account_drop(struct as_block *block);
/** True when every block begun is settled. */
bool as_text_account_idle(struct as_text_account *a);
/** Waits at most `ms` for as_text_account_idle. */
bool as_text_account_wait(struct as_text_account *a, unsigned ms);
/** After the last block: settles the rest. The first fault of any block, else AS_OK. */
enum as_status as_text_account_finish(struct as_text_account *a,
                                      struct as_scan_worker *worker) AS_MUST_CHECK;
const char *as_text_account_object(const struct as_block *block);

#endif
