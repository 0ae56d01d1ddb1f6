/* SPDX-License-Identifier: Apache-2.0
 * Credentials of HTTP: JSON Web Tokens (RFC 7519, compact JWS of RFC 7515) and Basic authorization
 * (RFC 7617). Both are decoded and must hold what the standard says; what passes is proof. */
#include <string.h>

#include "detectors/checks/base64.h"
#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

#define HEADER_BYTES_MAX 6144U /* decoded; certificate chains in "x5c" are the long ones */
#define JWT_BYTES_MAX 16384U
#define BASIC_SYMBOLS_MAX 1024U

static bool is_symbol(int c)
{
    return is_alnum(c) || c == '-' || c == '_';
}

static size_t symbols_end(const struct as_value *v, size_t at)
{
    size_t limit = v->start + JWT_BYTES_MAX;
    while (at < limit && is_symbol(byte_at(v, at))) {
        at++;
    }
    return at;
}

/* Past the JSON string that begins at `i` (its quote); `len` when it does not end. */
static size_t skip_string(const uint8_t *json, size_t len, size_t i)
{
    for (i++; i < len && json[i] != '"'; i++) {
        i += json[i] == '\\' ? 1 : 0;
    }
    return i < len ? i + 1 : len;
}

/* Whether `json` is one object, balanced to its last byte, with "alg" among its own names. */
static bool has_alg(const uint8_t *json, size_t len)
{
    unsigned depth = 0;
    bool found = false;
    if (len < 2 || json[0] != '{') {
        return false;
    }
    for (size_t i = 0; i < len;) {
        uint8_t c = json[i];
        if (c == '"') {
            size_t next = skip_string(json, len, i);
            size_t colon = next;
            while (colon < len && (json[colon] == ' ' || json[colon] == '\n')) {
                colon++;
            }
            found = found || (depth == 1 && next - i == 5 && memcmp(json + i, "\"alg\"", 5) == 0 &&
                              colon < len && json[colon] == ':');
            i = next;
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0 || (--depth == 0 && i + 1 != len)) {
                return false;
            }
        } else if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
            return false;
        }
        i++;
    }
    return found && depth == 0;
}

static bool header_ok(const struct as_value *v, size_t start, size_t end, bool *out_unsigned)
{
    uint8_t json[HEADER_BYTES_MAX];
    size_t len = base64_decode(v->text + start, end - start, json, sizeof json - 1);
    if (len == 0 || !has_alg(json, len)) {
        return false;
    }
    json[len] = '\0';
    const char *alg = strstr((const char *)json, "\"none\"");
    *out_unsigned = memchr(json, 0, len) == NULL && alg != NULL;
    return true;
}

/* The claims begin as a JSON object does. */
static bool claims_ok(const struct as_value *v, size_t start, size_t end)
{
    uint8_t bytes[3];
    return end - start >= 4 && (end - start) % 4 != 1 &&
           base64_decode(v->text + start, 4, bytes, sizeof bytes) == 3 && bytes[0] == '{' &&
           (bytes[1] == '"' || bytes[1] == '}' || bytes[1] == ' ' || bytes[1] == '\n' ||
            bytes[1] == '\r');
}

/** JSON_WEB_TOKEN: ANCHOR "eyJ". Header with "alg", claims, signature (absent only with "none").
 * Encrypted tokens (five parts) are not taken. Source: RFC 7515 3.1, RFC 7519 3. */
enum as_verdict as_check_jwt(struct as_value *v)
{
    bool is_unsigned = false;
    int before = byte_before(v, 1);
    if (is_symbol(before) || (before == '.' && is_symbol(byte_before(v, 2)))) {
        return AS_REJECT;
    }
    size_t header = symbols_end(v, v->start);
    if (byte_at(v, header) != '.') {
        return AS_REJECT;
    }
    size_t claims = symbols_end(v, header + 1);
    if (byte_at(v, claims) != '.' || !claims_ok(v, header + 1, claims) ||
        !header_ok(v, v->start, header, &is_unsigned)) {
        return AS_REJECT;
    }
    size_t end = symbols_end(v, claims + 1);
    size_t signature = end - claims - 1;
    if ((signature < 16 && !is_unsigned) || signature % 4 == 1 ||
        (byte_at(v, end) == '.' && is_symbol(byte_at(v, end + 1)))) {
        return AS_REJECT;
    }
    v->end = end;
    return AS_ACCEPT;
}

/* "Authorization" or "Proxy-Authorization" shortly before the scheme, over what stands between a
 * name and a value in headers, JSON, code and shells. */
static bool follows_header_name(const struct as_value *v)
{
    static const char name[] = "noitazirohtua"; /* backwards */
    size_t back = 1;
    while (back < 16 && byte_before(v, back) != 0 &&
           strchr(" \t\"':=>,]\\[()", byte_before(v, back)) != NULL) {
        back++;
    }
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (to_lower(byte_before(v, back + i)) != name[i]) {
            return false;
        }
    }
    return true;
}

/* "Basic …" as a whole string in quotes: headers kept as values, in tests and requests on disk.
 * What it decodes to must then be plain ASCII. */
static bool is_quoted(const struct as_value *v, size_t end, const uint8_t *bytes, size_t len)
{
    int quote = byte_before(v, 1);
    if ((quote != '"' && quote != '\'' && quote != '`') || byte_at(v, end) != quote || len < 6 ||
        byte_at(v, v->start) != 'B') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] >= 0x7F) {
            return false;
        }
    }
    return true;
}

/* user:password in printable UTF-8, neither control characters nor nothing behind the colon. */
static bool is_user_password(const uint8_t *bytes, size_t len)
{
    const uint8_t *colon = memchr(bytes, ':', len);
    if (colon == NULL || (size_t)(colon - bytes) + 1 == len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

/** HTTP_BASIC_AUTH_HEADER: ANCHOR "Basic "; the value is the base64 part. Source: RFC 7617 2. */
enum as_verdict as_check_basic_auth(struct as_value *v)
{
    uint8_t bytes[BASIC_SYMBOLS_MAX];
    size_t start = v->end;
    while (byte_at(v, start) == ' ' && start - v->end < 4) {
        start++;
    }
    size_t end = start;
    while (end - start < BASIC_SYMBOLS_MAX && base64_value(byte_at(v, end)) >= 0) {
        end++;
    }
    if (end - start < 4) {
        return AS_REJECT;
    }
    size_t len = base64_decode(v->text + start, end - start, bytes, sizeof bytes);
    for (size_t pad = (end - start) % 4; pad != 0 && pad < 4 && byte_at(v, end) == '='; pad++) {
        end++;
    }
    if (!is_user_password(bytes, len) ||
        !(follows_header_name(v) || is_quoted(v, end, bytes, len))) {
        return AS_REJECT;
    }
    v->start = start;
    v->end = end;
    return AS_ACCEPT;
}
