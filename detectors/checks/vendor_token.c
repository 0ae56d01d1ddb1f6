/* SPDX-License-Identifier: Apache-2.0
 * Tokens of vendors by their form alone, as the definition's `forms` give it: checks `token` (found
 * by a literal in it) and `token_near` (found by the vendor's name before it, and a label).
 *
 * A token stands free: no letter, digit or '_' beside it, but for an escape ("\n", "%3D") before.
 * What follows a name is often a file's name, a slug or a hash, so `token_near` asks for more: the
 * whole of a run of symbols or what stands behind its '=', within NEAR_BYTES and NEAR_LINES of the
 * name, with a word such as key or token before it on its line (or an assignment to
 * the name itself), and none such as sha256 or commit.
 * The time that a name costs is bounded by those too. */
#include "detectors/checks/vendor_token.h"

#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/filler.h"
#include "detectors/checks/window.h"

#define LABEL_BYTES 64U
#define NEAR_BYTES 120U
#define NEAR_LINES 2U

static bool is_word(int c)
{
    return is_alnum(c) || c == '_';
}

static bool is_hex(int c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The byte `back` places before `at`; 0 outside. */
static int before(const struct as_value *v, size_t at, size_t back)
{
    return back <= at ? byte_at(v, at - back) : 0;
}

/* Whether an escape ends at `at`: "\n", "\t", "\r" or "%3D". */
static bool is_escaped(const struct as_value *v, size_t at)
{
    int last = before(v, at, 1);
    if (before(v, at, 2) == '\\' && (last == 'n' || last == 't' || last == 'r')) {
        return true;
    }
    return before(v, at, 3) == '%' && is_hex(before(v, at, 2)) && is_hex(last);
}

static bool stands_free(const struct as_value *v, const struct as_token_match *m)
{
    bool first = is_word(byte_at(v, m->whole_start));
    bool joined = first && is_word(before(v, m->whole_start, 1));
    if (joined && !is_escaped(v, m->whole_start)) {
        return false;
    }
    return !m->tail_joins && !is_word(byte_at(v, m->whole_end));
}

static enum as_verdict verdict_of(struct as_value *v, const struct as_token_match *m)
{
    v->start = m->start;
    v->end = m->end;
    bool wordy = m->digits && as_is_wordy(m->secret, m->secret_len);
    return wordy || as_is_filler(m->secret, m->secret_len) ? AS_PLACEHOLDER : AS_ACCEPT;
}

/* A form around the nominee, whose literal stands `least` to `most` bytes behind the start. */
static bool find_form(const char *form, const struct as_value *v, bool caseless,
                      struct as_token_match *out)
{
    size_t least;
    size_t most;
    size_t at = v->start;
    bool held = as_token_form_lead(form, v->text + at, v->end - at, caseless, &least, &most);
    if (!held && !is_word(v->text[at])) {
        /* A short anchor has the byte before the token in front of it, to be rarer. */
        at++;
        held = at < v->end &&
               as_token_form_lead(form, v->text + at, v->end - at, caseless, &least, &most);
    }
    if (!held) {
        return false;
    }
    for (size_t lead = most + 1; lead-- > least;) {
        if (lead <= at && as_token_form_match(form, v, at - lead, caseless, out) &&
            out->whole_end >= v->end && stands_free(v, out)) {
            return true;
        }
    }
    return false;
}

enum as_verdict as_vendor_token_find(struct as_value *v, struct as_token_match *out)
{
    const struct as_detector *d = v->definition;
    if (d == NULL || d->forms == NULL) {
        return AS_REJECT;
    }
    for (const char *const *form = d->forms; *form != NULL; form++) {
        if (find_form(*form, v, d->anchors_caseless, out)) {
            return verdict_of(v, out);
        }
    }
    return AS_REJECT;
}

/** Any token that its definition's forms describe. ANCHOR. */
enum as_verdict as_check_token(struct as_value *v)
{
    struct as_token_match m;
    return as_vendor_token_find(v, &m);
}

/* --- without a literal of its own --- */

static bool is_run(int c)
{
    return is_alnum(c) || (c != 0 && strchr("+/_-=", c) != NULL);
}

/* Whether a word of the list stands in text[from, to), in any case. */
static bool has_word(const struct as_value *v, size_t from, size_t to, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t len = strlen(*words);
        for (size_t i = from; i + len <= to; i++) {
            size_t k = 0;
            while (k < len && to_lower(v->text[i + k]) == (*words)[k]) {
                k++;
            }
            if (k == len) {
                return true;
            }
        }
    }
    return false;
}

/* Start of the line that holds `at`, at most LABEL_BYTES back. */
static size_t line_start(const struct as_value *v, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < LABEL_BYTES && v->text[from - 1] != '\n' &&
           v->text[from - 1] != '\r') {
        from--;
    }
    return from;
}

/* Nothing between the name and the value but an assignment. */
static bool is_assigned(const struct as_value *v, size_t at)
{
    bool sign = false;
    for (size_t i = v->end; i < at; i++) {
        int c = v->text[i];
        sign = sign || c == '=' || c == ':';
        if (c == 0 || strchr(" \t\"'`:=>", c) == NULL) {
            return false;
        }
    }
    return sign;
}

/* A label before the value says that it is a secret, and none that it is a hash or an id. Where the
 * line says but "value" or "default", the one above counts too. */
static bool is_labelled(const struct as_value *v, size_t at)
{
    static const char *const good[] = {"key",  "token",  "secret", "auth",  "pass", "pwd",
                                       "cred", "bearer", "pat",    "login", "sid",  NULL};
    static const char *const bad[] = {"sha1",   "sha256",      "sha512", "sha-",      "md5",
                                      "digest", "checksum",    "commit", "revision",  "etag",
                                      "hash=",  "hash:",       "hash\"", "integrity", "public",
                                      "pubkey", "resourcekey", NULL};
    static const char *const plain[] = {"default", "value", NULL};
    size_t from = line_start(v, at);
    if (from > 1 && has_word(v, from, at, plain)) {
        from = line_start(v, from - 1);
    }
    if (has_word(v, from, at, bad)) {
        return false;
    }
    return has_word(v, from, at, good) || is_assigned(v, at);
}

static bool has_letter_and_digit(const struct as_token_match *m)
{
    bool letter = false;
    bool number = false;
    for (size_t i = 0; i < m->secret_len; i++) {
        letter = letter || is_letter(m->secret[i]);
        number = number || is_digit(m->secret[i]);
    }
    return letter && number;
}

/* Whether a form takes all of the run from `at` on; a file's name, a version or a host is none. */
static bool takes_rest(const char *form, const struct as_value *v, size_t at,
                       struct as_token_match *out)
{
    if (!as_token_form_match(form, v, at, false, out) || out->tail_joins) {
        return false;
    }
    int next = byte_at(v, out->whole_end);
    bool dotted = next == '.' && is_word(byte_at(v, out->whole_end + 1));
    return !is_run(next) && !dotted && has_letter_and_digit(out) &&
           !as_is_camel(out->secret, out->secret_len) && is_labelled(v, at);
}

/* Whether the name at the nominee is a word, or begins one as in camelCase. */
static bool begins_word(const struct as_value *v)
{
    int prev = byte_before(v, 1);
    int first = byte_at(v, v->start);
    return !is_alnum(prev) || !is_letter(first) || (is_upper(first) && !is_upper(prev));
}

/* Whether a token may begin at `at`: at the start of a run, behind '=' or behind an escape. */
static bool may_begin(const struct as_value *v, size_t at)
{
    int prev = before(v, at, 1);
    bool joined = prev == '.' || prev == '\\' || prev == '%' || (is_run(prev) && prev != '=');
    return is_alnum(byte_at(v, at)) && (!joined || is_escaped(v, at));
}

bool as_vendor_token_near(struct as_value *v, struct as_token_match *out)
{
    const struct as_detector *d = v->definition;
    unsigned lines = 0;
    if (d == NULL || d->forms == NULL || !begins_word(v)) {
        return false;
    }
    for (size_t at = v->end; at < v->text_len && at - v->end < NEAR_BYTES; at++) {
        lines += v->text[at] == '\n' ? 1 : 0;
        if (lines > NEAR_LINES) {
            return false;
        }
        if (!may_begin(v, at)) {
            continue;
        }
        for (const char *const *form = d->forms; *form != NULL; form++) {
            if (takes_rest(*form, v, at, out)) {
                return true;
            }
        }
    }
    return false;
}

/** A token without a literal of its own, behind the vendor's name. ANCHOR: the name. */
enum as_verdict as_check_token_near(struct as_value *v)
{
    struct as_token_match m;
    return as_vendor_token_near(v, &m) ? verdict_of(v, &m) : AS_REJECT;
}
