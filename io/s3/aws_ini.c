/* SPDX-License-Identifier: Apache-2.0
 * Line by line; nothing is allocated. Comments begin with '#' or ';' at the start of a line, or
 * after a blank within a value. Test: tests/unit/io/test_credentials.c; fuzz:
 * tests/fuzz/io/fuzz_aws_ini.c. */
#include "io/s3/aws_ini.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct as_slice trim(struct as_slice s)
{
    while (s.len != 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len != 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

static struct as_slice cut_comment(struct as_slice s)
{
    for (size_t i = 1; i < s.len; i++) {
        if ((s.ptr[i] == '#' || s.ptr[i] == ';') && is_blank(s.ptr[i - 1])) {
            s.len = i;
        }
    }
    return s;
}

/* [name], perhaps with a comment after it. */
static bool read_section(struct as_slice line, struct as_slice *out)
{
    const uint8_t *end = memchr(line.ptr, ']', line.len);
    if (end == NULL) {
        return false;
    }
    struct as_slice rest = trim(as_slice(end + 1, line.len - (size_t)(end + 1 - line.ptr)));
    *out = trim(as_slice(line.ptr + 1, (size_t)(end - line.ptr) - 1));
    return rest.len == 0 || rest.ptr[0] == '#' || rest.ptr[0] == ';';
}

static enum as_status read_line(struct as_slice line, struct as_ini_setting *at, as_ini_fn *found,
                                void *context)
{
    bool nested = line.len != 0 && is_blank(line.ptr[0]);
    struct as_slice text = trim(line);
    if (text.len == 0 || text.ptr[0] == '#' || text.ptr[0] == ';') {
        return AS_OK;
    }
    if (text.ptr[0] == '[') {
        at->parent = as_slice(NULL, 0);
        return read_section(text, &at->section) ? AS_OK : AS_E_CORRUPT;
    }
    const uint8_t *equals = memchr(text.ptr, '=', text.len);
    if (equals == NULL) {
        return nested ? AS_OK : AS_E_CORRUPT; /* a value that goes on: nothing we read has one */
    }
    struct as_ini_setting setting = *at;
    setting.key = trim(as_slice(text.ptr, (size_t)(equals - text.ptr)));
    setting.value =
        trim(cut_comment(as_slice(equals + 1, text.len - (size_t)(equals + 1 - text.ptr))));
    if (setting.key.len == 0) {
        return AS_E_CORRUPT;
    }
    if (!nested) {
        setting.parent = as_slice(NULL, 0);
        at->parent = setting.value.len == 0 ? setting.key : as_slice(NULL, 0);
    } else if (setting.parent.len == 0) {
        return AS_OK; /* indented below a setting that has a value: its continuation */
    }
    return at->section.ptr == NULL ? AS_OK : found(context, &setting);
}

enum as_status as_ini_read(struct as_slice text, as_ini_fn *found, void *context,
                           unsigned *out_line)
{
    struct as_ini_setting at = {.line = 0};
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) {
        text = as_slice(text.ptr + 3, text.len - 3);
    }
    for (size_t from = 0; from < text.len;) {
        const uint8_t *begin = text.ptr + from;
        const uint8_t *newline = memchr(begin, '\n', text.len - from);
        size_t len = newline == NULL ? text.len - from : (size_t)(newline - begin);
        from += len + 1;
        at.line++;
        enum as_status status = read_line(as_slice(begin, len), &at, found, context);
        if (status != AS_OK) {
            *out_line = at.line;
            return status;
        }
    }
    return AS_OK;
}

bool as_ini_is_profile(struct as_slice section, const char *name, bool plain)
{
    static const char prefix[] = "profile";
    size_t n = sizeof prefix - 1;
    struct as_slice wanted = as_slice_of(name);
    if (plain || strcmp(name, "default") == 0) {
        if (as_slice_equal(section, wanted)) {
            return true;
        }
    }
    if (plain || section.len <= n || memcmp(section.ptr, prefix, n) != 0 ||
        !is_blank(section.ptr[n])) {
        return false;
    }
    struct as_slice rest = trim(as_slice(section.ptr + n, section.len - n));
    if (rest.len >= 2 && rest.ptr[0] == '"' && rest.ptr[rest.len - 1] == '"') {
        rest = as_slice(rest.ptr + 1, rest.len - 2);
    }
    return as_slice_equal(rest, wanted);
}
