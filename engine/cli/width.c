/* SPDX-License-Identifier: Apache-2.0
 * See width.h. Names come from other people's buckets, so showing them is showing hostile bytes. */
#include "cli/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/utf8.h"

struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x2614, 0x2615},   {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},
    {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FF},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F1FF}, {0x1F200, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7F0}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x3FFFD},
};
static const struct range none[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x0610, 0x061A},
    {0x064B, 0x065F},   {0x06D6, 0x06DC},   {0x0900, 0x0902},   {0x093C, 0x093C},
    {0x0941, 0x0948},   {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E},
    {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},   {0x200B, 0x200F},   {0x202A, 0x202E},
    {0x2060, 0x2064},   {0x2066, 0x206F},   {0x20D0, 0x20FF},   {0x302A, 0x302D},
    {0x3099, 0x309A},   {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},   {0xFEFF, 0xFEFF},
    {0x1F3FB, 0x1F3FF}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF},
};

static bool within(const struct range *ranges, size_t count, uint32_t code_point)
{
    for (size_t i = 0; i < count && ranges[i].first <= code_point; i++) {
        if (code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

unsigned as_code_point_width(uint32_t code_point)
{
    if (code_point < 0x300) {
        return code_point >= 0x20 && (code_point < 0x7f || code_point >= 0xa0);
    }
    if (within(none, AS_ARRAY_SIZE(none), code_point)) {
        return 0;
    }
    return within(wide, AS_ARRAY_SIZE(wide), code_point) ? 2 : 1;
}

size_t as_text_width(const char *text)
{
    size_t columns = 0;
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t code_point = 0;
        unsigned step = as_utf8_decode((const uint8_t *)text + i, len - i, &code_point);
        columns += step == 0 ? 1 : as_code_point_width(code_point);
        i += step == 0 ? 1 : step;
    }
    return columns;
}

void as_text_show(struct as_strbuf *out, struct as_slice text, size_t columns_max)
{
    size_t columns = 0;
    size_t cut_len = out->len; /* where the dots go when it does not fit */
    for (size_t i = 0; i < text.len;) {
        uint32_t code_point = 0;
        unsigned step = as_utf8_decode(text.ptr + i, text.len - i, &code_point);
        bool safe = step != 0 && !as_code_point_steers(code_point);
        unsigned width = safe ? as_code_point_width(code_point) : 1;
        if (width > columns_max - columns) {
            static const char dots[] = "...";
            size_t kept = columns_max < 3 ? columns_max : 3;
            out->len = cut_len < out->len ? cut_len : out->len;
            as_strbuf_append(out, dots, kept);
            return;
        }
        if (safe) {
            as_strbuf_append(out, text.ptr + i, step);
        } else {
            as_strbuf_putc(out, '?');
        }
        columns += width;
        if (columns_max >= 3 && columns <= columns_max - 3) {
            cut_len = out->len;
        }
        i += step == 0 ? 1 : step;
    }
}
