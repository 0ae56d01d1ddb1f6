/* SPDX-License-Identifier: Apache-2.0
 * Private keys in textual armour: PEM (RFC 7468, RFC 1421 headers), OpenSSH (PROTOCOL.key), OpenPGP
 * (RFC 9580 6). The nominee is the BEGIN line; the value runs through the END line. The body must
 * decode: a DER SEQUENCE of the right length, "openssh-key-v1", a secret-key packet. A body that is
 * cut off or damaged is still a secret, with its strength lowered; a BEGIN line alone (source code
 * is full of them) is nothing, a body of dots a placeholder. */
#include <string.h>

#include "detectors/checks/armour.h"
#include "detectors/checks/base64.h"
#include "detectors/checks/checks.h"

#define KEY_BYTES_MAX (65536U - 64U) /* with a look past the end, within the scan's reach */
#define BODY_SYMBOLS_MIN 44U         /* so that the head is full */
#define HEAD_BYTES_DIFFERENT 10U

struct key {
    struct as_armour body;
    bool encrypted; /* RFC 1421 headers: the body is opaque */
    bool whole;     /* the END line was there */
    bool crc_wrong; /* OpenPGP: a CRC-24 line that does not fit */
};

/* RFC 1421 or OpenPGP header lines ("Name: value"), up to the first line without a colon. */
static size_t skip_headers(const struct as_value *v, size_t at, size_t limit, bool *out_encrypted)
{
    for (int lines = 0; lines < 16; lines++) {
        size_t start = as_armour_skip(v, at, limit);
        size_t colon = start;
        while (colon - start < 40 && (is_alnum(byte_at(v, colon)) || byte_at(v, colon) == '-')) {
            colon++;
        }
        if (colon == start || byte_at(v, colon) != ':') {
            return start;
        }
        *out_encrypted = *out_encrypted || as_armour_is(v, start, "Proc-Type:");
        at = as_armour_line_end(v, colon, limit);
    }
    return at;
}

/* The line "=xxxx" of OpenPGP. */
static size_t take_crc(const struct as_value *v, size_t at, size_t limit, struct key *k)
{
    size_t start = as_armour_skip(v, at, limit);
    struct as_armour crc;
    if (byte_at(v, start) != '=') {
        return at;
    }
    size_t p = start + 1;
    as_armour_read(v, &p, start + 5 < limit ? start + 5 : limit, &crc);
    if (crc.symbols != 4) {
        return at;
    }
    uint32_t given = (uint32_t)crc.head[0] << 16 | (uint32_t)crc.head[1] << 8 | crc.head[2];
    k->crc_wrong = given != (k->body.crc24 & 0xFFFFFFU);
    k->body.end = crc.end;
    return p;
}

/* Moves v->end; false when there is no key. `label` is what stands between BEGIN and the dashes. */
static bool read_key(struct as_value *v, const char *label, size_t label_len, struct key *k)
{
    size_t limit = v->start + KEY_BYTES_MAX;
    *k = (struct key){.encrypted = false};
    size_t at = skip_headers(v, v->end, limit, &k->encrypted);
    as_armour_read(v, &at, limit, &k->body);
    at = take_crc(v, at, limit, k);
    size_t dash = as_armour_skip(v, at, limit);
    if (as_armour_is(v, dash, "-----END ") && dash + 9 + label_len + 5 <= v->text_len &&
        memcmp(v->text + dash + 9, label, label_len) == 0 &&
        as_armour_is(v, dash + 9 + label_len, "-----") && dash + 14 + label_len <= limit) {
        k->whole = true;
        v->end = dash + 14 + label_len;
    } else {
        v->end = k->body.end;
    }
    bool random = is_varied(k->body.head, AS_ARMOUR_HEAD, HEAD_BYTES_DIFFERENT);
    return k->body.symbols >= BODY_SYMBOLS_MIN && random && (k->whole || !k->body.dots);
}

/* A body that was cut out, in whole or to some lines ("...", "<key>"), or says one thing over and
 * over. */
static enum as_verdict judge_short(const struct key *k)
{
    bool body = k->whole || k->body.dots || k->body.marked || k->body.symbols >= BODY_SYMBOLS_MIN;
    return body ? AS_PLACEHOLDER : AS_REJECT;
}

static enum as_verdict judge(struct as_value *v, const struct key *k, bool decodes)
{
    if (!k->whole || !decodes || k->crc_wrong) {
        v->strength = AS_STRENGTH_STRUCTURE;
    }
    return AS_ACCEPT;
}

/* A DER SEQUENCE (X.690) that is as long as the body. */
static bool is_der(const struct as_armour *body)
{
    const uint8_t *h = body->head;
    size_t len = h[1];
    size_t head = 2;
    if (body->bytes < 8 || h[0] != 0x30 || len == 0x80) {
        return false;
    }
    if (len > 0x80) {
        size_t count = len & 0x7F;
        if (count > 3) {
            return false;
        }
        len = 0;
        for (size_t i = 0; i < count; i++) {
            len = len << 8 | h[head++];
        }
    }
    return head + len == body->bytes;
}

/* A nominee "-----BEGIN <label>-----": start and length of its label; false for anything else. */
static bool label_of(const struct as_value *v, const char **out_label, size_t *out_len)
{
    if (v->end > v->text_len || v->end < v->start + 17 ||
        !as_armour_is(v, v->start, "-----BEGIN ") || !as_armour_is(v, v->end - 5, "-----")) {
        return false;
    }
    *out_label = (const char *)v->text + v->start + 11;
    *out_len = v->end - v->start - 16;
    return true;
}

/** PKCS: ANCHOR, the BEGIN line of PKCS #1, PKCS #8 (plain or encrypted), SEC 1 and DSA keys.
 * Source: RFC 7468 10–11, RFC 8017 A.1.2, RFC 5915, RFC 1421 4.6. */
enum as_verdict as_check_pkcs(struct as_value *v)
{
    struct key k;
    const char *label;
    size_t len;
    if (!label_of(v, &label, &len)) {
        return AS_REJECT;
    }
    if (!read_key(v, label, len, &k)) {
        return judge_short(&k);
    }
    return judge(v, &k, k.encrypted ? k.body.bytes % 8 == 0 : is_der(&k.body));
}

/** OPENSSH_PRIVATE_KEY: ANCHOR, the BEGIN line. Source: OpenSSH, PROTOCOL.key. */
enum as_verdict as_check_openssh(struct as_value *v)
{
    static const char magic[] = "openssh-key-v1"; /* with its NUL */
    struct key k;
    const char *label;
    size_t len;
    if (!label_of(v, &label, &len)) {
        return AS_REJECT;
    }
    if (!read_key(v, label, len, &k)) {
        return judge_short(&k);
    }
    return judge(v, &k, k.body.bytes > 64 && memcmp(k.body.head, magic, sizeof magic) == 0);
}

/** PGP_PRIVATE_KEY: ANCHOR, the BEGIN line; the first packet must be a secret key (tag 5) or secret
 * subkey (tag 7). Source: RFC 9580 4.2, 6.2. */
enum as_verdict as_check_pgp(struct as_value *v)
{
    struct key k;
    const char *label;
    size_t len;
    if (!label_of(v, &label, &len)) {
        return AS_REJECT;
    }
    if (!read_key(v, label, len, &k)) {
        return judge_short(&k);
    }
    unsigned first = k.body.head[0];
    unsigned tag = (first & 0x40) != 0 ? first & 0x3F : first >> 2 & 0x0F;
    return judge(v, &k, (first & 0x80) != 0 && (tag == 5 || tag == 7));
}
