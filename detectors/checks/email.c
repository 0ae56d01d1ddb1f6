/* SPDX-License-Identifier: Apache-2.0
 * E-mail addresses around an '@': RFC 5321 4.1.2 (dot-string local part of at most 64 bytes, domain
 * of letters, digits and hyphens, 254 bytes in all), without quoted local parts and address
 * literals. What only looks like one is refused: scp paths, URL userinfo, image names ("x@2x.png"),
 * package versions. Domains that are reserved for examples are placeholders. Internationalised
 * addresses (RFC 6531) may hold letters of the alphabets up to U+053F; scripts that are written
 * without blanks would run into the text around them. In URLs the
 * '@' may be escaped. */
#include <string.h>

#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define LOCAL_MAX 64U
#define DOMAIN_MAX 253U
#define LABEL_MAX 63U
#define TLD_MAX 24U

/* A byte of a Latin, Greek or Cyrillic letter beyond ASCII, in UTF-8. */
static bool is_foreign(int c)
{
    return (c >= 0xC3 && c <= 0xD4) || (c >= 0x80 && c <= 0xBF);
}

static bool is_local(int c)
{
    return is_alnum(c) || is_foreign(c) || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

/* The local part that ends at `at`; its start, or `at` when there is none. */
static size_t find_local(const struct as_value *v, size_t at)
{
    size_t start = at;
    while (start > 0 && at - start <= LOCAL_MAX && is_local(v->text[start - 1])) {
        start--;
    }
    if (at - start > LOCAL_MAX) {
        return at;
    }
    /* Punctuation before a name belongs to the text around it: '…', =…, /…, {{…}}. */
    for (size_t i = at; i > start; i--) {
        int c = v->text[i - 1];
        if (c != 0 && strchr("/=?{}|'`!&*^$", c) != NULL) {
            start = i;
            break;
        }
    }
    while (start < at && !is_alnum(v->text[start]) && v->text[start] != '_' &&
           !(v->text[start] >= 0xC3 && is_foreign(v->text[start]))) {
        start++;
    }
    return start;
}

static bool local_ok(const struct as_value *v, size_t start, size_t at)
{
    if (start == at || v->text[at - 1] == '.') {
        return false;
    }
    for (size_t i = start + 1; i < at; i++) {
        if (v->text[i] == '.' && v->text[i - 1] == '.') {
            return false;
        }
    }
    return true;
}

/* End of the domain that starts at `from`; `from` when there is none. `out_tld` gets the start of
 * its last label. */
static size_t find_domain(const struct as_value *v, size_t from, size_t *out_tld)
{
    size_t end = from; /* behind the last whole label */
    size_t labels = 0;
    for (size_t at = from; at < v->text_len && at - from <= DOMAIN_MAX;) {
        size_t label = at;
        while (is_alnum(byte_at(v, at)) || byte_at(v, at) == '-' || is_foreign(byte_at(v, at))) {
            at++;
        }
        size_t len = at - label;
        while (len > 0 && v->text[label + len - 1] == '-') {
            len--;
        }
        if (len == 0 || len > LABEL_MAX || v->text[label] == '-') {
            break;
        }
        labels++;
        *out_tld = label;
        end = label + len;
        if (label + len != at || byte_at(v, at) != '.') {
            break;
        }
        at++;
    }
    return labels < 2 || end - from > DOMAIN_MAX ? from : end;
}

/* Letters (or an internationalised label), and no file extension that follows "name@2x". */
static bool tld_ok(const struct as_value *v, size_t tld, size_t end)
{
    static const char *const files[] = {"png", "jpg", "jpeg", "gif", "svg",  "webp", "bmp",  "ico",
                                        "css", "js",  "ts",   "py",  "html", "htm",  "json", "xml",
                                        "txt", "yml", "yaml", "md",  "pdf",  "tgz",  "gz",   NULL};
    size_t len = end - tld;
    if (len > 4 && memcmp(v->text + tld, "xn--", 4) == 0) {
        return true;
    }
    if (len < 2 || len > TLD_MAX) {
        return false;
    }
    char lower[TLD_MAX + 1] = {0};
    for (size_t i = 0; i < len; i++) {
        if (!is_letter(v->text[tld + i]) && !is_foreign(v->text[tld + i])) {
            return false;
        }
        lower[i] = (char)to_lower(v->text[tld + i]);
    }
    for (size_t i = 0; files[i] != NULL; i++) {
        if (strcmp(files[i], lower) == 0) {
            return false;
        }
    }
    return true;
}

/* The domain from `from` to `end` is `name` or one under it. */
static bool domain_is(const struct as_value *v, size_t from, size_t end, const char *name)
{
    size_t len = strlen(name);
    if (end - from < len || (end - from > len && v->text[end - len - 1] != '.')) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (to_lower(v->text[end - len + i]) != name[i]) {
            return false;
        }
    }
    return true;
}

/* Domains that no one can have, and those under them: RFC 2606, RFC 6761, IANA's example.edu. */
static bool is_reserved(const struct as_value *v, size_t from, size_t end)
{
    static const char *const names[] = {"example.com", "example.org", "example.net", "example.edu",
                                        "example",     "test",        "invalid",     "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (domain_is(v, from, end, names[i])) {
            return true;
        }
    }
    return false;
}

/* user@host and user:password@host in a URL, and git@host:path. */
static bool is_userinfo(const struct as_value *v)
{
    if (byte_before(v, 1) == '/' && byte_before(v, 2) == '/' && byte_before(v, 3) == ':') {
        return true;
    }
    if (byte_after(v, 0) == ':' && (is_letter(byte_after(v, 1)) || byte_after(v, 1) == '/')) {
        return v->end - v->start > 4 && memcmp(v->text + v->start, "git@", 4) == 0;
    }
    size_t back = 1;
    while (back < 80 && byte_before(v, back) > ' ' && byte_before(v, back) != '/' &&
           byte_before(v, back) != '@') {
        back++;
    }
    return back > 1 && byte_before(v, back) == '/' && byte_before(v, back + 1) == '/' &&
           byte_before(v, back + 2) == ':';
}

/** EMAIL_ADDRESS: ANCHOR '@' or "%40". Source: RFC 5321 4.1.2, RFC 1035 2.3.1. */
enum as_verdict as_check_email(struct as_value *v)
{
    size_t at = v->start;
    size_t behind = v->end;
    if (byte_at(v, at) != '@' && byte_at(v, at) != '%') {
        return AS_REJECT;
    }
    size_t tld = 0;
    size_t start = find_local(v, at);
    size_t end = find_domain(v, behind, &tld);
    if (end == behind || !local_ok(v, start, at) || !tld_ok(v, tld, end) || end - start > 254 ||
        byte_at(v, end) == '@' || byte_at(v, end) == '_') {
        return AS_REJECT;
    }
    v->start = start;
    v->end = end;
    if (is_userinfo(v)) {
        return AS_REJECT;
    }
    return is_reserved(v, behind, end) ? AS_PLACEHOLDER : AS_ACCEPT;
}
