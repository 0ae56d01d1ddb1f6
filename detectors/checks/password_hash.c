/* SPDX-License-Identifier: Apache-2.0
 * Password hashes in the modular crypt format and its kin: crypt(5) of libxcrypt, PHC strings
 * (Argon2, scrypt, PBKDF2), LDAP's userPassword schemes (RFC 2307, {SSHA} and kin), Django's
 * encoder, Kerberos hashes of the crackers' form. The prefix names the method, the method fixes
 * alphabet and least length; the body must look random, so that documentation ("$6$salt$hash") is
 * none. */
#include <string.h>

#include "detectors/checks/base64.h"
#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define HASH_MAX 4096U

struct scheme {
    const char *prefix;
    const char *also;  /* beside letters, digits, '.', '/' */
    unsigned fields;   /* parts over '$' behind the prefix, at least; 0 for LDAP */
    unsigned last_min; /* symbols of the last part */
    unsigned last_max;
};

/* Sources: crypt(5) of libxcrypt 4.4; the PHC string format; RFC 2307 5.3; Django, "Password
 * management"; hashcat's example hashes for Cisco 8 and 9 and Kerberos. */
static const struct scheme s_schemes[] = {
    {"$1$", "", 2, 22, 22},
    {"$apr1$", "", 2, 22, 22},
    {"$2a$", "", 2, 53, 53},
    {"$2b$", "", 2, 53, 53},
    {"$2x$", "", 2, 53, 53},
    {"$2y$", "", 2, 53, 53},
    {"$5$", "=", 2, 43, 43},
    {"$6$", "=", 2, 86, 86},
    {"$7$", "=", 2, 43, 43},
    {"$y$", "", 3, 43, 43},
    {"$gy$", "", 3, 43, 43},
    {"$8$", "", 2, 43, 43},
    {"$9$", "", 2, 43, 43},
    {"$P$", "", 1, 31, 31},
    {"$H$", "", 1, 31, 31},
    {"$sha1$", "", 3, 28, 28},
    {"$argon2i$", "+=,", 4, 20, 120},
    {"$argon2d$", "+=,", 4, 20, 120},
    {"$argon2id$", "+=,", 4, 20, 120},
    {"$scrypt$", "+=,", 3, 40, 120},
    {"$pbkdf2$", "+=,", 3, 20, 120},
    {"$pbkdf2-sha256$", "+=,", 3, 40, 120},
    {"$pbkdf2-sha512$", "+=,", 3, 80, 120},
    {"pbkdf2_sha256$", "+=", 3, 43, 44},
    {"pbkdf2_sha1$", "+=", 3, 27, 28},
    {"bcrypt_sha256$", "+=$", 4, 53, 53},
    {"$krb5asrep$", "@:-_", 2, 64, 4000},
    {"$krb5tgs$", "@:-_*", 3, 64, 4000},
    {"{ssha}", "+=", 0, 32, 48},
    {"{ssha256}", "+=", 0, 48, 80},
    {"{ssha512}", "+=", 0, 90, 128},
    {"{sha}", "+=", 0, 28, 28},
};

static const struct scheme *scheme_of(const struct as_value *v)
{
    size_t len = v->end - v->start;
    for (size_t i = 0; i < sizeof s_schemes / sizeof s_schemes[0]; i++) {
        const char *p = s_schemes[i].prefix;
        bool fold = p[0] == '{';
        size_t k = 0;
        while (k < len && p[k] != '\0' &&
               (fold ? to_lower(v->text[v->start + k]) : v->text[v->start + k]) == p[k]) {
            k++;
        }
        if (k == len && p[k] == '\0') {
            return &s_schemes[i];
        }
    }
    return NULL;
}

/** PASSWORD_HASH: ANCHOR, the prefix of a scheme. */
enum as_verdict as_check_password_hash(struct as_value *v)
{
    const struct scheme *scheme = scheme_of(v);
    if (scheme == NULL || is_alnum(byte_before(v, 1)) || byte_before(v, 1) == '$') {
        return AS_REJECT;
    }
    size_t at = v->end;
    size_t last = at;
    unsigned fields = scheme->fields == 0 ? 0 : 1;
    for (; at - v->start < HASH_MAX; at++) {
        int c = byte_at(v, at);
        if (c == '$' && scheme->fields != 0) {
            fields++;
            last = at + 1;
        } else if (!is_alnum(c) && c != '.' && c != '/' &&
                   (c == 0 || strchr(scheme->also, c) == NULL)) {
            break;
        }
    }
    while (at > last && v->text[at - 1] == '.' && at - last > scheme->last_max) {
        at--; /* the full stop of a sentence */
    }
    size_t len = at - last;
    v->end = at;
    if (fields < scheme->fields || len < scheme->last_min || len > scheme->last_max) {
        return AS_REJECT;
    }
    return is_varied(v->text + last, len, 10) ? AS_ACCEPT : AS_PLACEHOLDER;
}
