/* SPDX-License-Identifier: Apache-2.0
 * Structure checks behind the magic table: what a signature alone does not prove. Every check looks
 * at the head only and tolerates any bytes in it. Tests: tests/unit/content/test_sniff.c. */
#include <stdlib.h>
#include <zlib.h>

#include "content/sniff_internal.h"
#include "content/tar.h"

static uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool at(struct as_slice head, size_t offset, const char *bytes)
{
    size_t len = strlen(bytes);
    return head.len >= offset + len && memcmp(head.ptr + offset, bytes, len) == 0;
}

bool as_sniff_is_binary(struct as_slice head)
{
    size_t len = head.len < 512 ? head.len : 512;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = head.ptr[i];
        if (c < 0x20 && (c < '\t' || c > '\r') && c != 0x1B) {
            return true;
        }
    }
    return false;
}

bool as_sniff_tar(struct as_slice head)
{
    return head.len >= AS_TAR_BLOCK && as_tar_header_valid(head.ptr);
}

bool as_sniff_gzip(struct as_slice head)
{
    return head.len < 4 || (head.ptr[3] & 0xE0U) == 0;
}

bool as_sniff_bzip2(struct as_slice head)
{
    return head.len >= 10 && head.ptr[3] >= '1' && head.ptr[3] <= '9' &&
           (memcmp(head.ptr + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(head.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

bool as_sniff_zlib(struct as_slice head)
{
    if (head.len < 6 || (head.ptr[0] & 0x8FU) != 8 ||
        ((uint32_t)head.ptr[0] << 8 | head.ptr[1]) % 31 != 0 || (head.ptr[1] & 0x20U) != 0) {
        return false;
    }
    uint8_t in[4096];
    uint8_t out[4096];
    z_stream z = {0};
    if (inflateInit(&z) != Z_OK) {
        return false;
    }
    size_t len = head.len < sizeof in ? head.len : sizeof in;
    memcpy(in, head.ptr, len);
    z.next_in = in;
    z.avail_in = (uInt)len;
    int result = Z_OK;
    while (result == Z_OK && z.avail_in != 0) {
        z.next_out = out;
        z.avail_out = sizeof out;
        result = inflate(&z, Z_SYNC_FLUSH);
    }
    size_t produced = z.total_out;
    inflateEnd(&z);
    return result == Z_STREAM_END || (result >= Z_OK && produced >= 16) ||
           (result == Z_BUF_ERROR && produced >= 16);
}

/* .lzma has no magic: properties as every encoder writes them, a dictionary of 2^n or 2^n + 2^(n-1)
 * bytes, a size that is unknown or believable, and the first byte of the range coder, always 0. */
bool as_sniff_lzma(struct as_slice head)
{
    if (head.len < 14 || head.ptr[0] != 0x5D || head.ptr[13] != 0) {
        return false;
    }
    uint32_t dictionary = le32(head.ptr + 1);
    uint32_t low = dictionary & (~dictionary + 1U);
    bool power = dictionary == low || dictionary == low * 3U || dictionary == UINT32_MAX;
    bool unknown = le32(head.ptr + 5) == UINT32_MAX && le32(head.ptr + 9) == UINT32_MAX;
    return dictionary >= 4096 && power && (unknown || le32(head.ptr + 9) < 256);
}

bool as_sniff_cpio(struct as_slice head)
{
    bool odc = at(head, 0, "070707");
    size_t len = odc ? 76 : 110;
    if (head.len < len + 2) {
        return false;
    }
    for (size_t i = 6; i < len; i++) {
        uint8_t c = head.ptr[i];
        bool digit = c >= '0' && c <= (odc ? '7' : '9');
        bool letter = !odc && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        if (!digit && !letter) {
            return false;
        }
    }
    return memchr(head.ptr + len, 0, head.len - len) != NULL;
}

bool as_sniff_riff_media(struct as_slice head)
{
    return at(head, 8, "WAVE") || at(head, 8, "AVI ") || at(head, 8, "WEBP") ||
           at(head, 8, "RMID") || at(head, 8, "ACON");
}

bool as_sniff_mp3(struct as_slice head)
{
    /* bit rate and sampling rate indexes that exist */
    return head.len >= 4 && (head.ptr[2] & 0xF0U) != 0xF0U && (head.ptr[2] & 0xF0U) != 0 &&
           (head.ptr[2] & 0x0CU) != 0x0CU && as_sniff_is_binary(head);
}

bool as_sniff_bmp(struct as_slice head)
{
    if (head.len < 30) {
        return false;
    }
    uint32_t header = le32(head.ptr + 14);
    return le32(head.ptr + 6) == 0 && (header == 12 || (header >= 40 && header <= 124)) &&
           (header == 12 || le16(head.ptr + 26) == 1);
}

bool as_sniff_ico(struct as_slice head)
{
    return head.len >= 22 && le16(head.ptr + 4) >= 1 && le16(head.ptr + 4) < 256 &&
           head.ptr[9] == 0 && le16(head.ptr + 10) <= 1;
}

bool as_sniff_ttf(struct as_slice head)
{
    uint32_t tables = head.len >= 28 ? (uint32_t)head.ptr[4] << 8 | head.ptr[5] : 0;
    if (tables == 0 || tables > 64) {
        return false;
    }
    for (size_t i = 12; i < 16; i++) { /* the first table's tag */
        if (head.ptr[i] < 0x20 || head.ptr[i] > 0x7E) {
            return false;
        }
    }
    return true;
}

bool as_sniff_iso_media(struct as_slice head)
{
    return head.len >= 12 && be32(head.ptr) >= 8 && be32(head.ptr) < 4096;
}

/* RFC 4880: a public-key (tag 1) or symmetric-key (tag 3) encrypted session key packet of version 3
 * or 4 (6 in RFC 9580) with a length that such packets have. */
bool as_sniff_pgp_packet(struct as_slice head)
{
    if (head.len < 16 || !as_sniff_is_binary(head)) {
        return false;
    }
    uint8_t tag = head.ptr[0];
    size_t version_at = tag == 0x85 ? 3 : 2;
    size_t len = tag == 0x85 ? (size_t)head.ptr[1] << 8 | head.ptr[2] : head.ptr[1];
    if (tag >= 0xC0 && head.ptr[1] >= 192) {
        len = (((size_t)head.ptr[1] - 192) << 8) + head.ptr[2] + 192;
        version_at = 3;
    }
    bool public_key = tag == 0x84 || tag == 0x85 || tag == 0xC1;
    uint8_t version = head.ptr[version_at];
    if (public_key) {
        /* version 3, key id, then an algorithm that exists */
        uint8_t algorithm = head.ptr[version_at + 9];
        return version == 3 && len >= 40 && len <= 2100 &&
               (algorithm <= 3 || (algorithm >= 16 && algorithm <= 26));
    }
    return (version == 4 || version == 5) && len >= 4 && len <= 128 &&
           head.ptr[version_at + 1] >= 1 && head.ptr[version_at + 1] <= 13;
}

/* The stream names that [MS-OFFCRYPTO] gives an encrypted OOXML package, as UTF-16. */
bool as_sniff_encrypted_ole2(struct as_slice head)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return memmem(head.ptr, head.len, name, sizeof name) != NULL;
}

/* One local header's name at `offset` of the head, as far as it is there. */
static bool zip_name(struct as_slice head, size_t offset, struct as_slice *out)
{
    if (head.len - offset < 30) {
        return false;
    }
    size_t len = le16(head.ptr + offset + 26);
    if (head.len - offset - 30 < len) {
        return false;
    }
    *out = as_slice(head.ptr + offset + 30, len);
    return true;
}

static bool starts(struct as_slice name, const char *with)
{
    return at(name, 0, with);
}

/* ODF and EPUB: the first entry is "mimetype", stored, and says it. */
static const char *mimetype_entry(struct as_slice head, size_t offset, struct as_slice name)
{
    if (name.len != 8 || !starts(name, "mimetype")) {
        return NULL;
    }
    size_t data = offset + 30 + 8 + le16(head.ptr + offset + 28);
    if (at(head, data, "application/epub+zip")) {
        return "application/epub+zip";
    }
    return at(head, data, "application/vnd.oasis.opendocument")
               ? "application/vnd.oasis.opendocument"
               : NULL;
}

const char *as_sniff_zip_document(struct as_slice head)
{
    static const struct {
        const char *folder;
        const char *mime;
    } parts[] = {
        {"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {"visio/", "application/vnd.ms-visio.drawing"},
    };
    bool content_types = false;
    const char *office = NULL;
    const uint8_t *from = head.ptr;
    const uint8_t *end = head.ptr + head.len;
    while (from != NULL && from < end) {
        from = memmem(from, (size_t)(end - from), "PK\3\4", 4);
        if (from == NULL) {
            break;
        }
        struct as_slice name;
        size_t offset = (size_t)(from - head.ptr);
        if (zip_name(head, offset, &name)) {
            const char *open_document = offset == 0 ? mimetype_entry(head, offset, name) : NULL;
            if (open_document != NULL) {
                return open_document;
            }
            content_types = content_types || starts(name, "[Content_Types].xml");
            for (size_t i = 0; i < AS_ARRAY_SIZE(parts) && office == NULL; i++) {
                office = starts(name, parts[i].folder) ? parts[i].mime : NULL;
            }
        }
        from += 4;
    }
    if (!content_types) {
        return NULL;
    }
    /* Open Packaging without a part seen yet: only Office writes the types first. */
    return office;
}

/* Lower-cases one header line's name and compares. */
static bool is_header(const uint8_t *line, size_t len, const char *name)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':') {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t c = line[i] >= 'A' && line[i] <= 'Z' ? (uint8_t)(line[i] + 32) : line[i];
        if (c != (uint8_t)name[i]) {
            return false;
        }
    }
    return true;
}

static bool header_name(const uint8_t *line, size_t len)
{
    size_t n = 0;
    while (n < len && n < 80 && line[n] > ' ' && line[n] < 0x7F && line[n] != ':') {
        n++;
    }
    return n > 0 && n < len && line[n] == ':';
}

bool as_sniff_mail(struct as_slice head, bool *out_mbox)
{
    /* `strong` headers only mail has; `weak` ones other text has too. */
    static const char *const strong[] = {
        "received",     "return-path",    "message-id", "delivered-to",
        "mime-version", "dkim-signature", "x-mailer",   "content-transfer-encoding"};
    static const char *const weak[] = {"from", "to",       "subject",     "date",
                                       "cc",   "reply-to", "content-type"};
    unsigned strong_seen = 0;
    unsigned weak_seen = 0;
    *out_mbox = at(head, 0, "From ");
    const uint8_t *line = head.ptr;
    const uint8_t *end = head.ptr + head.len;
    for (bool first = *out_mbox; line < end; first = false) {
        const uint8_t *newline = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((newline != NULL ? newline : end) - line);
        bool folded = line[0] == ' ' || line[0] == '\t';
        if (!first && !folded && !header_name(line, len)) {
            break; /* the empty line before the body, or no header at all */
        }
        for (size_t i = 0; i < AS_ARRAY_SIZE(strong); i++) {
            strong_seen += is_header(line, len, strong[i]);
        }
        for (size_t i = 0; i < AS_ARRAY_SIZE(weak); i++) {
            weak_seen += is_header(line, len, weak[i]);
        }
        if (newline == NULL) {
            break;
        }
        line = newline + 1;
    }
    return strong_seen >= 1 && strong_seen + weak_seen >= (*out_mbox ? 2U : 3U);
}

bool as_sniff_uuencode(struct as_slice head)
{
    /* "begin", a mode, a name; then a line of as many characters as its first one says. */
    if (!at(head, 0, "begin ") || head.len < 12) {
        return false;
    }
    for (size_t i = 6; i < 9; i++) {
        if (head.ptr[i] < '0' || head.ptr[i] > '7') {
            return false;
        }
    }
    const uint8_t *newline = memchr(head.ptr, '\n', head.len < 512 ? head.len : 512);
    if (head.ptr[9] != ' ' || newline == NULL) {
        return false;
    }
    struct as_slice line = as_slice(newline + 1, head.len - (size_t)(newline + 1 - head.ptr));
    size_t bytes = line.len == 0 ? 0 : ((size_t)line.ptr[0] - 32) & 63U;
    size_t len = 1 + (bytes + 2) / 3 * 4;
    for (size_t i = 0; i < len && i < line.len; i++) {
        if (line.ptr[i] < ' ' || line.ptr[i] > '`') {
            return false;
        }
    }
    return bytes != 0 && line.len > len && (line.ptr[len] == '\n' || line.ptr[len] == '\r');
}
