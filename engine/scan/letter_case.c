/* SPDX-License-Identifier: Apache-2.0
 * Case folding by ranges instead of tables: the blocks below U+0530 are regular but for a few. */
#include "scan/letter_case.h"

#include "base/utf8.h"

#define REPLACEMENT 0xFFFDU

/* Latin Extended-A and kin, where upper and lower case alternate. `odd_is_lower` says which. */
static bool alternates(uint32_t c, bool *odd_is_lower)
{
    *odd_is_lower = true;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14A && c <= 0x177) ||
        (c >= 0x1DE && c <= 0x1EF) || (c >= 0x1F8 && c <= 0x21F) || (c >= 0x222 && c <= 0x233) ||
        (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F)) {
        return true;
    }
    *odd_is_lower = false;
    return (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x1CD && c <= 0x1DC);
}

uint32_t as_letter_fold(uint32_t c)
{
    if (c < 0x80) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3AB && c != 0x3A2) ||
        (c >= 0x410 && c <= 0x42F)) {
        return c + 32;
    }
    if (c >= 0x400 && c <= 0x40F) {
        return c + 80;
    }
    if (c >= 0x388 && c <= 0x38A) {
        return c + 37;
    }
    switch (c) {
    case 0x178:
        return 0xFF;
    case 0x386:
        return 0x3AC;
    case 0x38C:
        return 0x3CC;
    case 0x38E:
    case 0x38F:
        return c + 63;
    case 0x3C2: /* final sigma */
        return 0x3C3;
    default:
        break;
    }
    bool odd_is_lower;
    if (alternates(c, &odd_is_lower)) {
        return (c & 1U) == (odd_is_lower ? 1U : 0U) ? c : c + 1;
    }
    return c;
}

uint32_t as_letter_upper(uint32_t c)
{
    static const uint8_t back[] = {32, 80, 37, 63, 1};
    for (size_t i = 0; i < sizeof back; i++) {
        if (c > back[i] && as_letter_fold(c - back[i]) == c) {
            return c - back[i];
        }
    }
    return c == 0xFF ? 0x178 : c == 0x3AC ? 0x386 : c == 0x3CC ? 0x38C : c;
}

bool as_letter_is(uint32_t c)
{
    if (c < 0x80) {
        return (c | 32U) >= 'a' && (c | 32U) <= 'z';
    }
    return c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7;
}

uint32_t as_char_at(const uint8_t *text, size_t len, size_t at)
{
    if (at >= len) {
        return 0;
    }
    if (text[at] < 0x80) {
        return text[at];
    }
    uint32_t c = REPLACEMENT;
    return as_utf8_decode(text + at, len - at, &c) != 0 ? c : REPLACEMENT;
}

uint32_t as_char_before(const uint8_t *text, size_t at)
{
    if (at == 0) {
        return 0;
    }
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && (text[start] & 0xC0U) == 0x80) {
        start--;
    }
    uint32_t c = REPLACEMENT;
    unsigned bytes = as_utf8_decode(text + start, at - start, &c);
    return bytes == at - start ? c : text[at - 1] < 0x80 ? text[at - 1] : REPLACEMENT;
}
