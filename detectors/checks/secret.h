/* SPDX-License-Identifier: Apache-2.0
 * Secrets without a shape of their own (passwords, tokens, keys of any vendor): what the parser
 * makes of an assignment, what the rules and the scorer then say. How it works: docs/secrets.md.
 *
 * A secret is known by the name that it is given. The nominee is a stem of such a name ("passw",
 * "token"); secret_parse.c reads the whole name around it, the link to a value and the value's
 * exact bounds; secret_rules.c drops what is no value at all (variables, calls, templates, masks);
 * secret_score.c weighs what is left. Pure, no allocation; every access is within the window. */
#ifndef AS_DETECTORS_CHECKS_SECRET_H
#define AS_DETECTORS_CHECKS_SECRET_H

#include "detectors/checks/window.h"

/** How far a name, a line and a value are followed, in bytes. */
#define AS_SECRET_NAME_BACK 64U
#define AS_SECRET_NAME_AHEAD 48U
#define AS_SECRET_LINE_BACK 256U
#define AS_SECRET_LINE_AHEAD 256U
#define AS_SECRET_VALUE_MIN 3U
#define AS_SECRET_VALUE_MAX 4096U

/** What stands between a name and its value. */
enum as_secret_link {
    AS_LINK_NONE,
    AS_LINK_ASSIGN,    /* = := += ?= ||= <- */
    AS_LINK_COLON,     /* : */
    AS_LINK_ARROW,     /* => -> */
    AS_LINK_COMPARE,   /* == === != eq */
    AS_LINK_ARGUMENT,  /* name, value: both quoted, over a comma */
    AS_LINK_CALL,      /* name(value) */
    AS_LINK_ELEMENT,   /* <name>value</name> */
    AS_LINK_ATTRIBUTE, /* name="name" value="value", "key": "name", "value": "value" */
    AS_LINK_FLAG,      /* --name value */
    AS_LINK_SCHEME,    /* Bearer value */
    AS_LINK_URL,       /* scheme://user:value@host */
    AS_LINK_BLANK      /* name "value", name value at the start of a line, identified by 'value' */
};

struct as_secret {
    size_t name_start; /* the whole name, with dots and dashes: "spring.datasource.password" */
    size_t name_end;
    size_t stem; /* of the nominee */
    size_t stem_end;
    size_t line; /* where the name's line starts, or AS_SECRET_LINE_BACK before it */
    enum as_secret_link link;
    int quote;         /* of the value: '"' '\'' '`' or 0 */
    unsigned escapes;  /* backslashes before the quote: a string in a string */
    int name_quote;    /* of the name, or 0 */
    size_t wrap_start; /* what wraps a quoted value: `Some(`, `[]byte(`; empty when equal */
    size_t wrap_end;
    size_t value_start;
    size_t value_end;
    bool certain; /* the place itself says that it is a password: an option, a line of .pgpass */
};

/** Reads the assignment around the nominee. False when there is none. */
bool as_secret_parse(const struct as_value *v, struct as_secret *s);
/** Where the value of the name may begin, s->link set; 0 when there is no link. `secret_link.c`. */
size_t as_secret_find_link(const struct as_value *v, struct as_secret *s);
/** Whether the name stands on a line of a .netrc file: "machine m login u password p". */
bool as_secret_is_netrc(const struct as_value *v, const struct as_secret *s);
/** As as_secret_parse, for a nominee "Bearer " (RFC 6750 2.1) and for the "://" of a URL with a
 * user and a password (RFC 3986 3.2.1); the value is the password. `secret_places.c`. */
bool as_secret_parse_bearer(const struct as_value *v, struct as_secret *s);
bool as_secret_parse_url(const struct as_value *v, struct as_secret *s);
/** The same for a command ("curl ", "mysql ") with a password among its options, and for the port
 * in a line of a .pgpass file (":5432:"). */
bool as_secret_parse_command(const struct as_value *v, struct as_secret *s);
bool as_secret_parse_pgpass(const struct as_value *v, struct as_secret *s);
/** What the nominee of PASSWORD is: one of these three. */
bool as_secret_parse_any(const struct as_value *v, struct as_secret *s);
/** Where the line of `at` starts, or AS_SECRET_LINE_BACK before it. */
size_t as_secret_line(const struct as_value *v, size_t at);

/** Whether name, link or surroundings say that the words have another use: a key of a table, the
 * result of a test, an option in a sentence, a caption. `secret_uses.c`. */
bool as_secret_is_other_use(const struct as_value *v, const struct as_secret *s);

/** The rules on the value, and as_secret_is_other_use. AS_ACCEPT: it may be one, ask the scorer. */
enum as_verdict as_secret_rules(const struct as_value *v, const struct as_secret *s);

/** Called with each feature of a candidate: its kind (a word of our own) and its text, lower case.
 */
typedef void as_secret_feature_fn(void *context, const char *kind, const uint8_t *text, size_t len);
/** All features, in a fixed order; at most AS_SECRET_FEATURES_MAX. */
void as_secret_features(const struct as_value *v, const struct as_secret *s,
                        as_secret_feature_fn *sink, void *context);

/** Evidence that it is a secret, in hundredths of a natural logit. Units and thresholds are the
 * training's (secret_weights.h). */
int as_secret_score(const struct as_value *v, const struct as_secret *s);

#endif
