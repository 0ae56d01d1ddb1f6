/* SPDX-License-Identifier: Apache-2.0
 * Limits of a walk. See account.h; tests: tests/unit/content/test_walk_limits.c. */
#include "content/account.h"

#include <pthread.h>

#include "base/clock.h"

/* Mutable state of the process, with a reason: walks of independent runs share one machine, and the
 * gate must be seen by every walk that shares a budget without a field that callers have to wire.
 * It only serialises. */
static pthread_mutex_t s_gate = PTHREAD_MUTEX_INITIALIZER;

const struct as_content_limits as_content_limits_default = {
    .depth_max = 10,
    .members_max = 1000000,
    .member_bytes_max = 64ULL << 30,
    .total_bytes_max = 256ULL << 30,
    .ratio_max = 1000,
    .seconds_max = 36000,
};

void as_account_init(struct as_account *a, const struct as_content_env *env)
{
    *a = (struct as_account){.env = env, .deadline_ns = UINT64_MAX};
    if (env->limits.seconds_max != 0) {
        a->deadline_ns = as_monotonic_ns() + (uint64_t)env->limits.seconds_max * 1000000000ULL;
    }
}

enum as_status as_account_check(struct as_account *a, struct as_error *err)
{
    if (as_cancel_requested(a->env->cancel)) {
        return as_fail(err, AS_E_CANCELLED, "interrupted");
    }
    if (a->over) {
        return as_account_limit(a, a->limit_reason, err);
    }
    if (as_monotonic_ns() >= a->deadline_ns) {
        return as_account_limit(a, AS_REASON_TIME_CUT_OFF_REACHED, err);
    }
    return AS_OK;
}

uint64_t as_account_room(const struct as_account *a)
{
    uint64_t most = a->env->limits.total_bytes_max;
    return most > a->total_bytes ? most - a->total_bytes : 0;
}

enum as_status as_account_limit(struct as_account *a, enum as_reason reason, struct as_error *err)
{
    a->limit_reason = reason;
    /* The total does not: bytes decoded before it are still on their way through the layers, and
     * every decoder meets it by itself. */
    if (reason == AS_REASON_TIME_CUT_OFF_REACHED ||
        reason == AS_REASON_ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT) {
        a->over = true;
    }
    return as_fail(err, AS_E_LIMIT, "%s", as_reason_text(reason));
}

enum as_reason as_account_reason(const struct as_account *a, enum as_status status)
{
    if (status == AS_E_LIMIT && a->limit_reason != AS_REASON_NONE) {
        return a->limit_reason;
    }
    if (status == AS_E_UNSUPPORTED) {
        return AS_REASON_UNSUPPORTED_ARCHIVE_FORMAT;
    }
    return as_reason_of_status(status);
}

static enum as_status take_gate(struct as_account *a, struct as_error *err)
{
    if (a->gated_bytes != 0) {
        return AS_OK; /* this walk has it */
    }
    while (pthread_mutex_trylock(&s_gate) != 0) {
        AS_TRY(as_account_check(a, err));
        as_sleep_ms(10);
    }
    return AS_OK;
}

enum as_status as_charge_raise(struct as_charge *c, struct as_account *a, uint64_t bytes,
                               struct as_error *err)
{
    uint64_t have = c->charged_bytes + c->gated_bytes;
    if (bytes <= have) {
        return AS_OK;
    }
    uint64_t more = bytes - have;
    uint64_t walk = a->charged_bytes + a->gated_bytes;
    struct as_budget *budget = a->env->decoders;
    if (more > budget->limit_bytes || walk > budget->limit_bytes - more) {
        return as_account_limit(a, AS_REASON_DECODER_MEMORY_OVER_LIMIT, err);
    }
    if (as_budget_try_charge(budget, more)) {
        c->charged_bytes += more;
        a->charged_bytes += more;
        return AS_OK;
    }
    if (walk == 0) {
        enum as_status status = as_budget_charge(budget, more, a->env->cancel);
        if (status != AS_OK) {
            return as_fail(err, status, "waiting for decoder memory");
        }
        c->charged_bytes += more;
        a->charged_bytes += more;
        return AS_OK;
    }
    AS_TRY(take_gate(a, err));
    c->gated_bytes += more;
    a->gated_bytes += more;
    return AS_OK;
}

void as_charge_fini(struct as_charge *c, struct as_account *a)
{
    if (c->charged_bytes != 0) {
        as_budget_release(a->env->decoders, c->charged_bytes);
        a->charged_bytes -= c->charged_bytes;
    }
    if (c->gated_bytes != 0) {
        a->gated_bytes -= c->gated_bytes;
        if (a->gated_bytes == 0) {
            pthread_mutex_unlock(&s_gate);
        }
    }
    *c = (struct as_charge){0};
}
