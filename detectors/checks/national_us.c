/* SPDX-License-Identifier: Apache-2.0
 * Identifiers of the United States: SSN, ITIN, bank accounts, DEA and NPI numbers. SSN, ITIN and
 * account numbers have no check digit; their definitions require a keyword. */
#include "detectors/checks/checks.h"
#include "detectors/checks/window.h"

/** USA_SOCIAL_SECURITY_NUMBER: SHAPE of 9 digits. Without separators nine of ten numbers pass, so
 * the strength drops to none. Source: SSA, "SSN randomization" (area 000, 666, 900–999, group 00,
 * serial 0000 are never assigned). */
enum as_verdict as_check_ssn(struct as_value *v)
{
    if (v->compact_len != 9 || !all_digits(v->compact, 9) || is_number_piece(v)) {
        return AS_REJECT;
    }
    if (all_same(v->compact, 9)) {
        return AS_PLACEHOLDER; /* before the area rule, for 000-00-0000 and 999-99-9999 */
    }
    uint64_t area = number(v->compact, 3);
    if (area == 0 || area == 666 || area >= 900 || number(v->compact + 3, 2) == 0 ||
        number(v->compact + 5, 4) == 0) {
        return AS_REJECT;
    }
    if (separator_of(v) == 0) {
        v->strength = AS_STRENGTH_NONE;
    }
    return AS_ACCEPT;
}
