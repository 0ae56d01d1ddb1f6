/* SPDX-License-Identifier: Apache-2.0
 * See token_form.h. A form is read as it stands, item by item; matching needs no memory but its
 * result, and takes time in proportion to the bytes it matches. */
#include "detectors/checks/token_form.h"

#include <string.h>

#include "detectors/checks/window.h"

#define FORM_BYTES_MAX 200U
#define REPEAT_MAX 4096U
#define LEAD_BYTES_MAX 256U /* before an anchor: each is tried as the start */

enum item_kind { ITEM_END, ITEM_LITERAL, ITEM_CLASS, ITEM_OPEN, ITEM_CLOSE };

struct item {
    enum item_kind kind;
    int literal;
    const char *class; /* behind '[' */
    size_t class_len;  /* up to ']' */
    size_t least;
    size_t most;
};

static bool read_number(const char **p, size_t *out)
{
    size_t value = 0;
    const char *from = *p;
    while (is_digit(**p) && value <= REPEAT_MAX) {
        value = value * 10 + digit(**p);
        (*p)++;
    }
    *out = value;
    return *p > from && value <= REPEAT_MAX;
}

/* "{n}" or "{n,m}" behind a class. */
static bool read_repeat(const char **p, struct item *out)
{
    if (**p != '{') {
        return true;
    }
    (*p)++;
    if (!read_number(p, &out->least)) {
        return false;
    }
    out->most = out->least;
    if (**p == ',') {
        (*p)++;
        if (!read_number(p, &out->most)) {
            return false;
        }
    }
    bool good = **p == '}' && out->most >= out->least && out->most > 0;
    *p += good ? 1 : 0;
    return good;
}

/* The next item; false when it is malformed. */
static bool read_item(const char **p, struct item *out)
{
    *out = (struct item){.kind = ITEM_LITERAL, .least = 1, .most = 1};
    switch (**p) {
    case '\0':
        out->kind = ITEM_END;
        return true;
    case '(':
    case ')':
        out->kind = **p == '(' ? ITEM_OPEN : ITEM_CLOSE;
        (*p)++;
        return true;
    case ']':
        return false;
    case '\\':
        (*p)++;
        if (**p == '\0') {
            return false;
        }
        break;
    case '[':
        out->kind = ITEM_CLASS;
        out->class = ++*p;
        out->class_len = strcspn(*p, "]");
        *p += out->class_len;
        if (out->class_len == 0 || **p != ']') {
            return false;
        }
        (*p)++;
        return read_repeat(p, out);
    default:
        break;
    }
    out->literal = (unsigned char)**p;
    (*p)++;
    return true;
}

static bool class_has(const struct item *item, int c)
{
    const char *s = item->class;
    for (size_t i = 0; i < item->class_len; i++) {
        int low = (unsigned char)s[i];
        int high = low;
        if (i + 2 < item->class_len && s[i + 1] == '-') {
            high = (unsigned char)s[i + 2];
            i += 2;
        }
        if (c >= low && c <= high) {
            return true;
        }
    }
    return false;
}

static bool same_literal(int a, int b, bool caseless)
{
    return caseless ? to_lower(a) == to_lower(b) : a == b;
}

static const char *check_class(const struct item *item)
{
    for (size_t i = 0; i + 2 < item->class_len; i++) {
        if (item->class[i + 1] == '-') {
            if ((unsigned char)item->class[i] > (unsigned char)item -> class[i + 2]) {
                return "a range of a class in a form runs backwards";
            }
            i += 2;
        }
    }
    return NULL;
}

const char *as_token_form_check(const char *form, size_t *out_min, size_t *out_max)
{
    struct item item;
    size_t opened = 0;
    size_t closed = 0;
    *out_min = 0;
    *out_max = 0;
    if (form[0] == '\0' || strlen(form) > FORM_BYTES_MAX) {
        return "a form has 1 to 200 bytes";
    }
    for (const char *p = form; read_item(&p, &item);) {
        if (item.kind == ITEM_END) {
            bool paired = opened == closed && opened <= 1;
            return !paired ? "a form has one '(' and one ')' behind it, or none"
                   : *out_min == 0 || *out_max > REPEAT_MAX ? "a form's value takes 1 to 4096 bytes"
                                                            : NULL;
        }
        if (item.kind == ITEM_OPEN) {
            opened++;
            *out_min = 0;
            *out_max = 0;
        } else if (item.kind == ITEM_CLOSE) {
            closed += opened > closed ? 1 : 2;
        } else if (closed == 0) {
            *out_min += item.least;
            *out_max += item.most;
        }
        const char *wrong = item.kind == ITEM_CLASS ? check_class(&item) : NULL;
        if (wrong != NULL) {
            return wrong;
        }
    }
    return "a form has a '[' without ']', or a repeat that is not {n} or {n,m}";
}

/* Bytes that a class takes at `at`; noted when they are the value's. */
static size_t take_class(const struct item *item, const struct as_value *v, size_t at, bool value,
                         struct as_token_match *out)
{
    size_t n = 0;
    while (n < item->most && at + n < v->text_len && class_has(item, v->text[at + n])) {
        if (value && out->secret_len < AS_TOKEN_SECRET_MAX) {
            out->secret[out->secret_len++] = v->text[at + n];
        }
        n++;
    }
    if (value && n >= 6 && class_has(item, '7')) {
        out->digits = true;
    }
    return n;
}

static bool is_grouped(const char *form)
{
    struct item item;
    for (const char *p = form; read_item(&p, &item) && item.kind != ITEM_END;) {
        if (item.kind == ITEM_OPEN) {
            return true;
        }
    }
    return false;
}

bool as_token_form_match(const char *form, const struct as_value *v, size_t at, bool caseless,
                         struct as_token_match *out)
{
    struct item item;
    struct item last = {.kind = ITEM_LITERAL};
    bool value = !is_grouped(form);
    *out = (struct as_token_match){.whole_start = at, .start = at};
    for (const char *p = form; read_item(&p, &item);) {
        switch (item.kind) {
        case ITEM_END:
            out->whole_end = at;
            out->end = out->end == 0 ? at : out->end;
            out->tail_joins =
                last.kind == ITEM_CLASS && at < v->text_len && class_has(&last, v->text[at]);
            return true;
        case ITEM_OPEN:
            out->start = at;
            value = true;
            continue;
        case ITEM_CLOSE:
            out->end = at;
            value = false;
            continue;
        case ITEM_LITERAL:
            if (!same_literal(byte_at(v, at), item.literal, caseless)) {
                return false;
            }
            at++;
            break;
        case ITEM_CLASS: {
            size_t n = take_class(&item, v, at, value, out);
            if (n < item.least) {
                return false;
            }
            at += n;
            break;
        }
        }
        last = item;
    }
    return false;
}

/* Whether the literals from `p` on begin with the anchor. */
static bool literals_are(const char *p, const uint8_t *anchor, size_t len, bool caseless)
{
    struct item item;
    size_t n = 0;
    while (n < len && read_item(&p, &item)) {
        if (item.kind == ITEM_OPEN || item.kind == ITEM_CLOSE) {
            continue;
        }
        if (item.kind != ITEM_LITERAL || !same_literal(item.literal, anchor[n], caseless)) {
            return false;
        }
        n++;
    }
    return n == len;
}

bool as_token_form_lead(const char *form, const uint8_t *anchor, size_t len, bool caseless,
                        size_t *out_min, size_t *out_max)
{
    struct item item;
    *out_min = 0;
    *out_max = 0;
    for (const char *p = form; *out_max <= LEAD_BYTES_MAX;) {
        if (literals_are(p, anchor, len, caseless)) {
            return true;
        }
        if (!read_item(&p, &item) || item.kind == ITEM_END) {
            return false;
        }
        if (item.kind == ITEM_LITERAL || item.kind == ITEM_CLASS) {
            *out_min += item.least;
            *out_max += item.most;
        }
    }
    return false;
}
