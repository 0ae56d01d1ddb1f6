/* SPDX-License-Identifier: Apache-2.0
 * Cuts by characters, never inside a UTF-8 sequence. A path is split at '.', and at "['…']" or
 * "[n]", with backslash escapes inside quotes; what follows none of these forms is one element, so
 * that any text at all ends within the limit. Examples of Macie's own documents: `$['...tail']`,
 * `$..a.b['c']`. Idempotent. Tested by tests/unit/findings/test_tally.c. */
#include "findings/json_path.h"

#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#define CUT_MARK "..."
#define CUT_MARK_CHARS 3U

/** Start of the last `chars` characters of [text, text + len). */
static size_t tail_start(const char *text, size_t len, size_t chars)
{
    size_t at = len;
    while (at > 0 && chars > 0) {
        at--;
        if (((unsigned char)text[at] & 0xc0U) != 0x80U) {
            chars--;
        }
    }
    return at;
}

/** End of the path element that starts at `at` (at < len). */
static size_t element_end(const char *path, size_t len, size_t at)
{
    size_t i = at + 1;
    if (path[at] == '[' && i < len && path[i] == '\'') {
        for (i++; i < len && path[i] != '\''; i++) {
            i += path[i] == '\\';
        }
        while (i < len && path[i] != ']') {
            i++;
        }
        return i < len ? i + 1 : len;
    }
    while (i < len && path[i] != '.' && path[i] != '[') {
        i++;
    }
    return i;
}

static void append_element(struct as_strbuf *out, const char *element, size_t len)
{
    bool quoted = len >= 4 && element[0] == '[' && element[1] == '\'' && element[len - 1] == ']';
    size_t head = quoted ? 2 : element[0] == '.' || element[0] == '[';
    size_t tail = quoted ? 2 : 0;
    const char *name = element + head;
    size_t name_len = len - head - tail;
    if (as_utf8_count(name, name_len) <= AS_JSON_NAME_CHARS_MAX) {
        as_strbuf_append(out, element, len);
        return;
    }
    size_t from = tail_start(name, name_len, AS_JSON_NAME_CHARS_MAX - CUT_MARK_CHARS);
    as_strbuf_puts(out, "['" CUT_MARK);
    as_strbuf_append(out, name + from, name_len - from);
    as_strbuf_puts(out, "']");
}

/** The path with its names cut. Never longer than `path` by more than the marks of one name in 240
 * characters. */
static char *cut_names(const char *path, size_t len)
{
    struct as_strbuf out;
    as_strbuf_init(&out, len * 2 + 8);
    size_t at = len > 0 && path[0] == '$';
    as_strbuf_append(&out, path, at);
    while (at < len) {
        size_t end = element_end(path, len, at);
        append_element(&out, path + at, end - at);
        at = end;
    }
    return as_strbuf_detach(&out);
}

char *as_json_path_cut(const char *path)
{
    size_t len = strlen(path);
    if (len <= AS_JSON_NAME_CHARS_MAX) { /* bytes, so characters too */
        return as_memdup0(path, len);
    }
    if (!as_utf8_valid(path, len)) { /* characters mean nothing: by bytes */
        return as_strdup(path + (len > AS_JSON_PATH_CHARS_MAX ? len - AS_JSON_PATH_CHARS_MAX : 0));
    }
    char *named AS_CLEANUP(as_free_ptr) = cut_names(path, len);
    if (named == NULL) {
        return NULL;
    }
    len = strlen(named);
    if (as_utf8_count(named, len) <= AS_JSON_PATH_CHARS_MAX) {
        return as_memdup0(named, len);
    }
    size_t at = named[0] == '$';
    uint64_t chars = as_utf8_count(named + at, len - at);
    while (chars + CUT_MARK_CHARS > AS_JSON_PATH_CHARS_MAX) { /* each element is 245 at the most */
        size_t end = element_end(named, len, at);
        chars -= as_utf8_count(named + at, end - at);
        at = end;
    }
    struct as_strbuf out;
    as_strbuf_init(&out, len + CUT_MARK_CHARS);
    as_strbuf_puts(&out, named[at] == '.' ? "$." : "$..");
    as_strbuf_append(&out, named + at, len - at);
    return as_strbuf_detach(&out);
}

char *as_column_name_cut(const char *name)
{
    size_t len = strlen(name);
    if (!as_utf8_valid(name, len) && len > AS_COLUMN_NAME_CHARS_MAX) {
        return as_strdup(name + len - AS_COLUMN_NAME_CHARS_MAX);
    }
    if (as_utf8_count(name, len) <= AS_COLUMN_NAME_CHARS_MAX) {
        return as_memdup0(name, len);
    }
    size_t from = tail_start(name, len, AS_COLUMN_NAME_CHARS_MAX - CUT_MARK_CHARS);
    struct as_strbuf out;
    as_strbuf_init(&out, len - from + CUT_MARK_CHARS);
    as_strbuf_puts(&out, CUT_MARK);
    as_strbuf_append(&out, name + from, len - from);
    return as_strbuf_detach(&out);
}
