/* SPDX-License-Identifier: Apache-2.0
 * struct as_account: what one walk has used of its limits, shared by all its layers. Decoders ask
 * it before they give bytes away, so that limits cut at an exact decoded byte; it also remembers
 * which limit made an AS_E_LIMIT, since a status alone cannot say that.
 *
 * Decoder memory: every charge goes to env->decoders. A walk may hold at most that budget's limit;
 * more is refused at once, whatever else is going on, so that results do not depend on timing. The
 * first charge of a walk waits for room. A walk that holds memory already must not wait for others
 * that may be waiting for it: when there is no room for a nested decoder, it takes a process-wide
 * gate, one walk at a time, and goes over the budget by no more than the budget's limit.
 * Threads: one owner. */
#ifndef AS_CONTENT_ACCOUNT_H
#define AS_CONTENT_ACCOUNT_H

#include "content/content.h"

/** The ratio limit applies to what a layer yields after this many bytes. */
#define AS_RATIO_GRACE_BYTES (64ULL << 20)

struct as_account {
    const struct as_content_env *env; /* constant after init */
    uint64_t deadline_ns;             /* as_monotonic_ns; UINT64_MAX: none */
    uint64_t total_bytes;             /* decoded so far, all layers */
    uint64_t members;                 /* begun so far, all levels, without the object itself */
    enum as_reason limit_reason;      /* of the last AS_E_LIMIT; NONE before */
    bool over;                        /* time or members ran out: nothing more is read */
    uint64_t charged_bytes;           /* held of env->decoders */
    uint64_t gated_bytes;             /* held over the budget, behind the gate */
};

void as_account_init(struct as_account *a, const struct as_content_env *env);
/** Cancel and time limit: AS_E_CANCELLED, AS_E_LIMIT. Cheap; called for every step of 64 KiB. */
enum as_status as_account_check(struct as_account *a, struct as_error *err) AS_MUST_CHECK;
/** Decoded bytes that may still be given away. */
uint64_t as_account_room(const struct as_account *a);
/** Records the limit and returns AS_E_LIMIT. Time and members set `over`. */
enum as_status as_account_limit(struct as_account *a, enum as_reason reason, struct as_error *err);
/** The reason for a result that ended with `status`: as as_reason_of_status, but exact for limits
 * and for formats. */
enum as_reason as_account_reason(const struct as_account *a, enum as_status status);

/** One charge; fini releases it. Zero-filled is empty. */
struct as_charge {
    uint64_t charged_bytes;
    uint64_t gated_bytes;
};
/** Makes the charge at least `bytes` (it never shrinks). AS_E_LIMIT (DECODER_MEMORY_OVER_LIMIT)
 * when the walk would hold more than the budget; AS_E_CANCELLED while waiting. */
enum as_status as_charge_raise(struct as_charge *c, struct as_account *a, uint64_t bytes,
                               struct as_error *err) AS_MUST_CHECK;
void as_charge_fini(struct as_charge *c, struct as_account *a);

#endif
