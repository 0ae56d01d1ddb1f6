/* SPDX-License-Identifier: Apache-2.0
 * Numbers of devices and subscribers: IMEI, IMSI, MAC addresses. Each rule is the standard's, named
 * at the function. */
#include "detectors/checks/checks.h"
#include "detectors/checks/national.h"

/** IMEI: SHAPE of 15, Luhn; the first two digits name the body that gave it out. Source: 3GPP TS
 * 23.003 clause 6; GSMA TS.06. */
enum as_verdict as_check_imei(struct as_value *v)
{
    const char *s = number_of(v, 15);
    return verdict_of(v, s != NULL && luhn_ok(s, 15, 0));
}

/** IMSI: SHAPE of 15 that begins with a mobile country code: 2 to 7 by region, 901 and 999. Source:
 * ITU-T E.212. */
enum as_verdict as_check_imsi(struct as_value *v)
{
    const char *s = number_of(v, 15);
    bool region = s != NULL && ((s[0] >= '2' && s[0] <= '7') || memcmp(s, "901", 3) == 0);
    return verdict_of(v, region);
}

static bool is_hex(int c)
{
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

/* Octets of a device's own: of one station, and none of those that stand for all or nothing. */
static enum as_verdict address_verdict(const char *twelve)
{
    if (all_same(twelve, 12) || memcmp(twelve, "001122334455", 12) == 0 ||
        memcmp(twelve, "AABBCCDDEEFF", 12) == 0 || memcmp(twelve, "123456789ABC", 12) == 0) {
        return AS_PLACEHOLDER;
    }
    if (memcmp(twelve, "00005E0053", 10) == 0) {
        return AS_TEST_VALUE; /* RFC 7042, for documentation */
    }
    return value_36(twelve[1]) % 2 == 0 ? AS_ACCEPT : AS_REJECT; /* odd: to a group */
}

/** MAC_ADDRESS: HEX_COLON, six pairs of hexadecimal digits with colons between them. Source: IEEE
 * 802-2014 clause 8; RFC 7042. */
enum as_verdict as_check_mac(struct as_value *v)
{
    char twelve[13] = {0};
    if (v->end - v->start != 17 || is_alnum(byte_before(v, 1)) || is_alnum(byte_after(v, 0))) {
        return AS_REJECT;
    }
    for (size_t i = 0; i < 17; i++) {
        int c = v->text[v->start + i];
        if (i % 3 == 2 ? c != ':' : !is_hex(c)) {
            return AS_REJECT;
        }
        if (i % 3 != 2) {
            twelve[i / 3 * 2 + i % 3] = (char)to_upper(c);
        }
    }
    return address_verdict(twelve);
}

/** MAC_ADDRESS_(HYPHENS): SHAPE, the same with hyphens. Source: as above. */
enum as_verdict as_check_mac_hyphens(struct as_value *v)
{
    if (v->compact_len != 12 || is_number_piece(v) || byte_before(v, 1) == '-' ||
        byte_after(v, 0) == '-') {
        return AS_REJECT;
    }
    size_t letters = 0;
    for (size_t i = 0; i < 12; i++) {
        if (!is_hex(v->compact[i])) {
            return AS_REJECT;
        }
        letters += is_letter(v->compact[i]) ? 1 : 0;
    }
    return letters == 0 ? AS_REJECT : address_verdict(v->compact);
}
