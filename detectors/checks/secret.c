/* SPDX-License-Identifier: Apache-2.0
 * The checks of generic secrets: PASSWORD, SECRET, HTTP_BEARER_TOKEN, URL_CREDENTIALS. Each reads
 * the place around its nominee (secret_parse.c, secret_places.c), asks the rules (secret_rules.c)
 * and then the scorer (secret_score.c), and turns the score into a strength, so that the table of
 * confidence says the rest: a value that is barely more likely a secret than not stays below the
 * default --min-confidence and is counted as such. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/secret.h"

/* Scores, in hundredths of a natural logit: 0 is as likely as not among named values in code. */
#define SCORE_POSSIBLE (-150)
#define SCORE_LIKELY (-25)
#define SCORE_SURE 150
#define SCORE_CERTAIN 200 /* what a place that takes nothing but passwords is worth */

/* What the score stands for. The definitions take 5 points: 45, 55 and 85. */
static bool set_strength(struct as_value *v, int score)
{
    v->strength = score >= SCORE_SURE     ? AS_STRENGTH_STRONG
                  : score >= SCORE_LIKELY ? AS_STRENGTH_STRUCTURE
                                          : AS_STRENGTH_NONE;
    return score >= SCORE_POSSIBLE;
}

static enum as_verdict judge(struct as_value *v, const struct as_secret *s)
{
    enum as_verdict verdict = as_secret_rules(v, s);
    if (verdict == AS_REJECT) {
        return AS_REJECT;
    }
    if (verdict == AS_ACCEPT) {
        int score = as_secret_score(v, s) + (s->certain ? SCORE_CERTAIN : 0);
        if (!set_strength(v, score)) {
            return AS_REJECT;
        }
    }
    v->start = s->value_start;
    v->end = s->value_end;
    return verdict;
}

/** PASSWORD, SECRET: ANCHOR, a stem of a name, in any case; the name of a command and a blank; the
 * port of a .pgpass line. */
enum as_verdict as_check_secret(struct as_value *v)
{
    struct as_secret s;
    return as_secret_parse_any(v, &s) ? judge(v, &s) : AS_REJECT;
}

/** HTTP_BEARER_TOKEN: ANCHOR "bearer ". Source: RFC 6750 2.1. */
enum as_verdict as_check_bearer(struct as_value *v)
{
    struct as_secret s;
    return as_secret_parse_bearer(v, &s) ? judge(v, &s) : AS_REJECT;
}

/** URL_CREDENTIALS: ANCHOR "://"; the value is user:password. Source: RFC 3986 3.2.1. */
enum as_verdict as_check_url_credentials(struct as_value *v)
{
    struct as_secret s;
    if (!as_secret_parse_url(v, &s)) {
        return AS_REJECT;
    }
    size_t user = v->end;
    enum as_verdict verdict = judge(v, &s);
    if (verdict != AS_REJECT && byte_at(v, user) != ':') {
        v->start = user;
    }
    return verdict;
}
