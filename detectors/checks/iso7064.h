/* SPDX-License-Identifier: Apache-2.0
 * Check character systems of ISO/IEC 7064 and Verhoeff's dihedral check. Pure. */
#ifndef AS_DETECTORS_CHECKS_ISO7064_H
#define AS_DETECTORS_CHECKS_ISO7064_H

#include "detectors/checks/digits.h"

/** MOD 11,10 (hybrid) over digits, the last being the check digit. */
static inline bool mod11_10_ok(const char *s, size_t len)
{
    unsigned check = 5;
    for (size_t i = 0; i < len; i++) {
        check = ((check == 0 ? 10 : check) * 2 % 11 + digit(s[i])) % 10;
    }
    return check == 1;
}

/** Verhoeff, "Error Detecting Decimal Codes" (1969): the last digit is the check digit. */
static inline bool verhoeff_ok(const char *s, size_t len)
{
    static const uint8_t product[10][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
    static const uint8_t turned[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    unsigned check = 0;
    for (size_t i = 0; i < len; i++) {
        check = product[check][turned[i % 8][digit(s[len - 1 - i])]];
    }
    return check == 0;
}

#endif
