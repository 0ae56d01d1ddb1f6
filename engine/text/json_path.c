/* SPDX-License-Identifier: Apache-2.0
 * From the levels of a walk to the path as findings have it. Macie's documents show the form: dots
 * for names that are identifiers, "['…']" for others, indexes in brackets from 0, "$['...tail']"
 * for a name that was cut and "$..a.b['c']" for a path that lost its first elements. Lengths are in
 * characters. An element is never longer than a path may be, so the last one always stands. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "text/json_walk.h"

#define PATH_CHARACTERS 250U
#define NAME_CHARACTERS 240U
/* A quoted name: each of 240 bytes escaped or replaced (3 bytes), brackets, quotes, dots. */
#define ELEMENT_BYTES (3U * AS_JSON_KEY_MAX + 16U)

static bool is_identifier(const struct as_json_level *l)
{
    if (l->key_cut || l->key_len == 0) {
        return false;
    }
    for (uint32_t i = 0; i < l->key_len; i++) {
        uint8_t b = l->key[i];
        bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
        if (!letter && (i == 0 || b < '0' || b > '9')) {
            return false;
        }
    }
    return true;
}

/** One character of a name, quoted: its bytes, and in *taken those of the source. */
static size_t quote_character(const uint8_t *p, size_t len, char out[4], size_t *taken)
{
    unsigned n = as_utf8_decode(p, len, NULL);
    *taken = n == 0 ? 1 : n;
    if (n == 0) {
        memcpy(out, "\xef\xbf\xbd", 3);
        return 3;
    }
    if (*p == '\'' || *p == '\\') {
        out[0] = '\\';
        out[1] = (char)*p;
        return 2;
    }
    if (*p < 0x20 || *p == 0x7f) { /* a path is one line for people to read */
        out[0] = '?';
        return 1;
    }
    memcpy(out, p, n);
    return n;
}

/** "['name']" of a name that is no identifier, at most NAME_CHARACTERS characters of it. */
static size_t quote_name(const struct as_json_level *l, char out[ELEMENT_BYTES])
{
    char quoted[ELEMENT_BYTES] = ""; /* gcc cannot see that len bytes of it are set */
    size_t len = 0;
    for (uint32_t i = 0; i < l->key_len;) {
        size_t taken;
        len += quote_character(l->key + i, l->key_len - i, quoted + len, &taken);
        i += (uint32_t)taken;
    }
    size_t from = 0;
    uint64_t characters = as_utf8_count(quoted, len);
    bool cut = l->key_cut || characters > NAME_CHARACTERS;
    uint64_t kept_max = cut ? NAME_CHARACTERS - 3 : NAME_CHARACTERS;
    while (characters > kept_max && from < len) {
        from++;
        characters -= from == len || ((uint8_t)quoted[from] & 0xc0) != 0x80;
    }
    int n = snprintf(out, ELEMENT_BYTES, "['%s%.*s']", cut ? "..." : "", (int)(len - from),
                     quoted + from);
    return n < 0 ? 0 : (size_t)n;
}

static size_t format_element(const struct as_json_level *l, char out[ELEMENT_BYTES])
{
    int n;
    if (l->is_array) {
        n = snprintf(out, ELEMENT_BYTES, "[%" PRIu64 "]", l->index);
    } else if (is_identifier(l)) {
        n = snprintf(out, ELEMENT_BYTES, ".%.*s", (int)l->key_len, (const char *)l->key);
    } else {
        return quote_name(l, out);
    }
    return n < 0 ? 0 : (size_t)n;
}

void as_json_walk_path(const struct as_json_walk *w, struct as_strbuf *out)
{
    uint32_t count;
    const struct as_json_level *levels = as_json_walk_levels(w, &count);
    char element[ELEMENT_BYTES];
    uint64_t characters = 1; /* "$" */
    uint32_t first = count;
    for (; first != 0; first--) {
        size_t len = format_element(&levels[first - 1], element);
        uint64_t more = as_utf8_count(element, len);
        /* Unless this is the root's element, ".." must fit as well (one dot may be the name's). */
        uint64_t dots = first == 1 ? 0 : 2;
        if (characters + more + dots > PATH_CHARACTERS && first != count) {
            break;
        }
        characters += more;
    }
    as_strbuf_putc(out, '$');
    for (uint32_t i = first; i < count; i++) {
        size_t len = format_element(&levels[i], element);
        if (i == first && first != 0) {
            as_strbuf_puts(out, element[0] == '.' ? "." : "..");
        }
        as_strbuf_append(out, element, len);
    }
}
