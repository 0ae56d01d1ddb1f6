/* SPDX-License-Identifier: Apache-2.0
 * Rules of a single definition. Each nominator has its own fields and refuses those of the others,
 * so that a definition never says something that is silently not done. Pure. */
#include "pack/validate.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "detectors/checks/token_form.h"
#include "pack/shape.h"

#define PATTERN_BYTES_MAX 4096U
#define ANCHOR_BYTES_MAX 64U
#define KEYWORD_BYTES_MIN 2U
#define KEYWORD_BYTES_MAX 96U

static const char *check_id(const char *id)
{
    if (id[0] == '\0') {
        return "id is empty";
    }
    for (const char *p = id; *p != '\0'; p++) {
        bool known = (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' ||
                     *p == '(' || *p == ')';
        if (!known) {
            return "id takes only A-Z, 0-9, '_', '(' and ')'";
        }
    }
    return NULL;
}

static bool is_upper(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
           (c >= 0x391 && c <= 0x3AB) || (c >= 0x400 && c <= 0x42F);
}

static const char *check_keyword(const char *keyword)
{
    size_t len = strlen(keyword);
    if (len < KEYWORD_BYTES_MIN || len > KEYWORD_BYTES_MAX) {
        return "a keyword has 2 to 96 bytes";
    }
    if (keyword[0] == ' ' || keyword[len - 1] == ' ' || strstr(keyword, "  ") != NULL) {
        return "a keyword has no blank at its ends and no two together";
    }
    const uint8_t *bytes = (const uint8_t *)keyword;
    for (size_t i = 0; i < len;) {
        uint32_t c;
        unsigned n = as_utf8_decode(bytes + i, len - i, &c);
        if (n == 0 || c < 0x20 || c == 0x7F) {
            return "a keyword holds a control character";
        }
        if (is_upper(c)) {
            return "a keyword must be in lower case";
        }
        i += n;
    }
    return NULL;
}

static const char *check_keywords(const struct as_detector *d)
{
    bool given = d->keywords != NULL && d->keywords[0] != NULL;
    if (d->keyword_rule == AS_KEYWORD_NONE) {
        return given ? "keywords need a keyword_rule" : NULL;
    }
    if (!given) {
        return "keyword_rule needs keywords";
    }
    for (const char *const *k = d->keywords; *k != NULL; k++) {
        const char *wrong = check_keyword(*k);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

static const char *check_shapes(const struct as_detector *d)
{
    if (d->shapes == NULL || d->shapes[0] == NULL) {
        return "nominator shape needs shapes";
    }
    for (const char *const *s = d->shapes; *s != NULL; s++) {
        size_t low;
        size_t high;
        const char *wrong = as_shape_check(*s, &low, &high);
        if (wrong != NULL) {
            return wrong;
        }
        if (high > AS_COMPACT_MAX) {
            return "a shape takes more than 128 letters and digits";
        }
        if (strchr(*s, '-') != NULL && (d->separators == NULL || d->separators[0] == '\0')) {
            return "a shape of several groups needs separators";
        }
    }
    return d->separators == NULL ? NULL : as_separators_check(d->separators);
}

static const char *check_anchors(const struct as_detector *d)
{
    if (d->anchors == NULL || d->anchors[0] == NULL) {
        return "nominator anchor needs anchors";
    }
    if (d->check == NULL) {
        return "nominator anchor needs a check, which finds the bounds";
    }
    for (const char *const *a = d->anchors; *a != NULL; a++) {
        if ((*a)[0] == '\0' || strlen(*a) > ANCHOR_BYTES_MAX) {
            return "an anchor has 1 to 64 bytes";
        }
    }
    return NULL;
}

/* Forms are for checks that read them; those would find nothing without. */
static const char *check_forms(const struct as_detector *d)
{
    bool reads = d->check_name != NULL && strncmp(d->check_name, "token", 5) == 0;
    bool given = d->forms != NULL && d->forms[0] != NULL;
    if (reads != given) {
        return reads ? "this check needs forms" : "forms belong to a check token or token_…";
    }
    for (const char *const *f = d->forms; given && *f != NULL; f++) {
        size_t least;
        size_t most;
        const char *wrong = as_token_form_check(*f, &least, &most);
        if (wrong != NULL) {
            return wrong;
        }
        if (least > d->max_bytes || most < d->min_bytes) {
            return "a form lies outside of min_bytes and max_bytes";
        }
    }
    return NULL;
}

static const char *check_nominator(const struct as_detector *d)
{
    bool shape = d->nominator == AS_NOMINATE_SHAPE;
    if (!shape && (d->shapes != NULL || d->separators != NULL || d->separators_equal)) {
        return "shapes and separators belong to nominator shape";
    }
    if (d->nominator != AS_NOMINATE_ANCHOR && (d->anchors != NULL || d->anchors_caseless)) {
        return "anchors belong to nominator anchor";
    }
    if (d->nominator != AS_NOMINATE_PATTERN && (d->pattern != NULL || d->pattern_caseless)) {
        return "pattern belongs to nominator pattern";
    }
    switch (d->nominator) {
    case AS_NOMINATE_SHAPE:
        return check_shapes(d);
    case AS_NOMINATE_ANCHOR:
        return check_anchors(d);
    case AS_NOMINATE_PATTERN:
        if (d->pattern == NULL || d->pattern[0] == '\0') {
            return "nominator pattern needs a pattern";
        }
        return d->max_bytes > PATTERN_BYTES_MAX ? "a pattern's max_bytes is at most 4096" : NULL;
    case AS_NOMINATE_RUN:
    case AS_NOMINATE_HEX_COLON:
        return d->check == NULL ? "this nominator needs a check" : NULL;
    }
    return "unknown nominator";
}

/* Lists that are compared with the compact form can only match letters and digits. */
static const char *check_values(const struct as_detector *d, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++) {
        if ((*list)[0] == '\0') {
            return "a value in test_values, placeholders or excludes is empty";
        }
        for (const char *p = *list; d->nominator == AS_NOMINATE_SHAPE && *p != '\0'; p++) {
            if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z'))) {
                return "values of a shape are compared without separators, in upper case";
            }
        }
    }
    return NULL;
}

static const char *check_values_all(const struct as_detector *d)
{
    const char *wrong = check_values(d, d->test_values);
    if (wrong == NULL) {
        wrong = check_values(d, d->placeholders);
    }
    return wrong != NULL ? wrong : check_values(d, d->excludes);
}

static const char *check_bounds(const struct as_detector *d)
{
    if (d->title[0] == '\0' || d->source[0] == '\0' || d->countries[0] == '\0') {
        return "title, source and countries must not be empty";
    }
    if (d->min_bytes > d->max_bytes) {
        return "min_bytes is greater than max_bytes";
    }
    if (d->check == NULL && d->strength > AS_STRENGTH_STRUCTURE) {
        return "a strength above structure needs a check";
    }
    for (size_t i = 1; i < 3; i++) {
        if (d->severity[i] < d->severity[i - 1]) {
            return "severity must not fall as counts rise";
        }
    }
    return NULL;
}

const char *as_detector_validate(const struct as_detector *d)
{
    const char *wrong = check_id(d->id);
    if (wrong == NULL) {
        wrong = check_bounds(d);
    }
    if (wrong == NULL) {
        wrong = check_nominator(d);
    }
    if (wrong == NULL) {
        wrong = check_keywords(d);
    }
    if (wrong == NULL) {
        wrong = check_forms(d);
    }
    return wrong != NULL ? wrong : check_values_all(d);
}
