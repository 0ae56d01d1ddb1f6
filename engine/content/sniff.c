/* SPDX-License-Identifier: Apache-2.0
 * The magic table. A row is a signature at an offset, what it means, and, where the signature could
 * also start a text or is short, a check of the structure behind it. Rows are judged in order, so
 * the special stand before the general. Formats without a signature (tar of version 7, raw zlib,
 * mail) come after the table.
 *
 * Why own: libmagic takes 1.2 ms for 4 KiB; this takes about a microsecond. `file` is the oracle of
 * tests/unit/content/test_sniff.c. Sources: the formats' own specifications and the IANA media
 * types registry. */
#include "content/sniff.h"

#include <string.h>

#include "content/sniff_internal.h"

struct magic {
    uint16_t offset;
    uint8_t len;
    const char *bytes;
    const char *mime;
    enum as_format_class class;
    enum as_codec codec;
    as_sniff_check_fn *check; /* NULL: the signature is proof enough */
};

#define AT(offset, bytes) (offset), sizeof(bytes) - 1, (bytes)
#define CODEC(bytes, mime, codec, check)                                                           \
    {                                                                                              \
        AT(0, bytes), (mime), AS_FORMAT_COMPRESSION, (codec), (check)                              \
    }
#define ROW(offset, bytes, mime, class, check)                                                     \
    {                                                                                              \
        AT(offset, bytes), (mime), (class), AS_CODEC_NONE, (check)                                 \
    }
#define DOCUMENT(bytes, mime, check) ROW(0, bytes, mime, AS_FORMAT_DOCUMENT, check)
#define ARCHIVE(bytes, mime, check) ROW(0, bytes, mime, AS_FORMAT_ARCHIVE_OTHER, check)
#define MEDIA(bytes, mime, check) ROW(0, bytes, mime, AS_FORMAT_MEDIA, check)
#define ENCRYPTED(bytes, mime, check) ROW(0, bytes, mime, AS_FORMAT_ENCRYPTED, check)
#define PROGRAM(bytes, mime, check) ROW(0, bytes, mime, AS_FORMAT_EXECUTABLE, check)

static const struct magic table[] = {
    /* compression */
    CODEC("\x1F\x8B\x08", "application/gzip", AS_CODEC_GZIP, as_sniff_gzip),
    CODEC("\x28\xB5\x2F\xFD", "application/zstd", AS_CODEC_ZSTD, NULL),
    CODEC("BZh", "application/x-bzip2", AS_CODEC_BZIP2, as_sniff_bzip2),
    CODEC("\xFD"
          "7zXZ\0",
          "application/x-xz", AS_CODEC_XZ, NULL),
    CODEC("LZIP\1", "application/x-lzip", AS_CODEC_LZIP, NULL),
    CODEC("\x04\x22\x4D\x18", "application/x-lz4", AS_CODEC_LZ4, NULL),
    ARCHIVE("\x02\x21\x4C\x18", "application/x-lz4", NULL), /* legacy lz4 */
    ARCHIVE("\x1F\x9D", "application/x-compress", as_sniff_is_binary),
    ARCHIVE("\x1F\xA0", "application/x-lzh-compress", as_sniff_is_binary),
    ARCHIVE("\x1F\x1E", "application/x-pack", as_sniff_is_binary),
    ARCHIVE("\xFF\x06\0\0sNaPpY", "application/x-snappy-framed", NULL),
    ARCHIVE("\x89LZO\0\r\n\x1A\n", "application/x-lzop", NULL),
    ARCHIVE("\xCE\xB2\xCF\x81", "application/x-brotli", as_sniff_is_binary),
    ARCHIVE("bvx", "application/x-lzfse", as_sniff_is_binary),
    /* archives */
    ROW(0, "PK\3\4", "application/zip", AS_FORMAT_ZIP, NULL),
    ROW(0, "PK\5\6", "application/zip", AS_FORMAT_ZIP, NULL),
    ROW(0, "PK\7\10PK\3\4", "application/zip", AS_FORMAT_ZIP, NULL),
    ROW(0, "PK00PK\3\4", "application/zip", AS_FORMAT_ZIP, NULL),
    ARCHIVE("7z\xBC\xAF\x27\x1C", "application/x-7z-compressed", NULL),
    ARCHIVE("Rar!\x1A\x07", "application/vnd.rar", NULL),
    ARCHIVE("MSCF\0\0\0\0", "application/vnd.ms-cab-compressed", NULL),
    ARCHIVE("ISc(", "application/x-installshield", as_sniff_is_binary),
    ARCHIVE("!<arch>\ndebian-binary", "application/vnd.debian.binary-package", NULL),
    ARCHIVE("!<arch>\n", "application/x-archive", NULL),
    ARCHIVE("!<thin>\n", "application/x-archive", NULL),
    ARCHIVE("\xED\xAB\xEE\xDB", "application/x-rpm", NULL),
    ARCHIVE("070701", "application/x-cpio", as_sniff_cpio),
    ARCHIVE("070702", "application/x-cpio", as_sniff_cpio),
    ARCHIVE("070707", "application/x-cpio", as_sniff_cpio),
    ARCHIVE("\xC7\x71", "application/x-cpio", as_sniff_is_binary),
    ARCHIVE("\x71\xC7", "application/x-cpio", as_sniff_is_binary),
    ARCHIVE("xar!", "application/x-xar", as_sniff_is_binary),
    ARCHIVE("hsqs", "application/vnd.squashfs", as_sniff_is_binary),
    ARCHIVE("MSWIM\0\0\0", "application/x-ms-wim", NULL),
    ARCHIVE("PBZX", "application/x-pbzx", as_sniff_is_binary),
    ARCHIVE("ITSF\3\0\0\0", "application/vnd.ms-htmlhelp", NULL),
    ROW(2, "-lh", "application/x-lzh", AS_FORMAT_ARCHIVE_OTHER, as_sniff_is_binary),
    ARCHIVE("\x60\xEA", "application/x-arj", as_sniff_is_binary),
    ARCHIVE("QFI\xFB", "application/x-qemu-disk", NULL),
    ARCHIVE("KDMV", "application/x-vmdk", as_sniff_is_binary),
    ARCHIVE("vhdxfile", "application/x-vhdx", as_sniff_is_binary),
    ARCHIVE("conectix", "application/x-vhd", as_sniff_is_binary),
    ROW(32769, "CD001", "application/x-iso9660-image", AS_FORMAT_ARCHIVE_OTHER, NULL),
    ROW(1080, "\x53\xEF", "application/x-ext-filesystem", AS_FORMAT_ARCHIVE_OTHER,
        as_sniff_is_binary),
    /* encrypted */
    ENCRYPTED("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/encrypted-office",
              as_sniff_encrypted_ole2),
    ENCRYPTED("age-encryption.org/v1", "application/x-age-encryption", NULL),
    ENCRYPTED("LUKS\xBA\xBE", "application/x-luks", NULL),
    ENCRYPTED("SKUL\xBA\xBE", "application/x-luks", NULL),
    ENCRYPTED("Salted__", "application/x-openssl-encrypted", as_sniff_is_binary),
    ENCRYPTED("\x03\xD9\xA2\x9A", "application/x-keepass2", NULL),
    ENCRYPTED("PARE", "application/vnd.apache.parquet", as_sniff_is_binary),
    ENCRYPTED("AES\1", "application/x-aescrypt", as_sniff_is_binary),
    ENCRYPTED("AES\2", "application/x-aescrypt", as_sniff_is_binary),
    ENCRYPTED("\xD3\x85\x0A", "application/x-encrypted", as_sniff_is_binary),
    ENCRYPTED("\x84", "application/pgp-encrypted", as_sniff_pgp_packet),
    ENCRYPTED("\x85", "application/pgp-encrypted", as_sniff_pgp_packet),
    ENCRYPTED("\x8C", "application/pgp-encrypted", as_sniff_pgp_packet),
    ENCRYPTED("\xC1", "application/pgp-encrypted", as_sniff_pgp_packet),
    ENCRYPTED("\xC3", "application/pgp-encrypted", as_sniff_pgp_packet),
    /* documents and data files */
    DOCUMENT("%PDF-", "application/pdf", NULL),
    DOCUMENT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage", NULL),
    DOCUMENT("PAR1", "application/vnd.apache.parquet", as_sniff_is_binary),
    DOCUMENT("Obj\1", "application/vnd.apache.avro", NULL),
    DOCUMENT("ORC", "application/vnd.apache.orc", as_sniff_is_binary),
    DOCUMENT("ARROW1\0\0", "application/vnd.apache.arrow.file", NULL),
    DOCUMENT("SEQ\6", "application/x-hadoop-sequence", NULL),
    DOCUMENT("SQLite format 3\0", "application/vnd.sqlite3", NULL),
    DOCUMENT("\x89HDF\r\n\x1A\n", "application/x-hdf5", NULL),
    DOCUMENT("CDF\1", "application/x-netcdf", NULL),
    DOCUMENT("CDF\2", "application/x-netcdf", NULL),
    DOCUMENT("\x93NUMPY", "application/x-npy", NULL),
    DOCUMENT("!BDN", "application/vnd.ms-outlook", as_sniff_is_binary),
    DOCUMENT("x\x9F\x3E\x22", "application/ms-tnef", NULL),
    DOCUMENT("PGDMP", "application/x-postgresql-dump", as_sniff_is_binary),
    ROW(4, "Standard Jet DB", "application/x-msaccess", AS_FORMAT_DOCUMENT, as_sniff_is_binary),
    ROW(4, "Standard ACE DB", "application/x-msaccess", AS_FORMAT_DOCUMENT, as_sniff_is_binary),
    DOCUMENT("bplist0", "application/x-bplist", as_sniff_is_binary),
    DOCUMENT("REDIS0", "application/x-redis-dump", as_sniff_is_binary),
    DOCUMENT("\xD7\xCD\xC6\x9A", "image/wmf", NULL),
    DOCUMENT("\xFF\x57\x50\x43", "application/vnd.wordperfect", NULL),
    DOCUMENT("AT&TFORM", "image/vnd.djvu", as_sniff_is_binary),
    ROW(60, "BOOKMOBI", "application/x-mobipocket-ebook", AS_FORMAT_DOCUMENT, NULL),
    /* images */
    MEDIA("\x89PNG\r\n\x1A\n", "image/png", NULL),
    MEDIA("\xFF\xD8\xFF", "image/jpeg", NULL),
    MEDIA("GIF87a", "image/gif", as_sniff_is_binary),
    MEDIA("GIF89a", "image/gif", as_sniff_is_binary),
    MEDIA("BM", "image/bmp", as_sniff_bmp),
    MEDIA("II*\0", "image/tiff", NULL),
    MEDIA("MM\0*", "image/tiff", NULL),
    MEDIA("8BPS\0\1", "image/vnd.adobe.photoshop", NULL),
    MEDIA("\0\0\1\0", "image/x-icon", as_sniff_ico),
    MEDIA("\0\0\0\x0CjP  \r\n\x87\n", "image/jp2", NULL),
    MEDIA("\xFF\x0A", "image/jxl", as_sniff_is_binary),
    MEDIA("\0\0\0\x0CJXL \r\n\x87\n", "image/jxl", NULL),
    MEDIA("gimp xcf ", "image/x-xcf", as_sniff_is_binary),
    MEDIA("v/1\1", "image/x-exr", NULL),
    MEDIA("RIFF", "application/x-riff", as_sniff_riff_media),
    /* audio and video */
    ROW(4, "ftyp", "video/mp4", AS_FORMAT_MEDIA, as_sniff_iso_media),
    MEDIA("ID3", "audio/mpeg", as_sniff_is_binary),
    MEDIA("\xFF\xFB", "audio/mpeg", as_sniff_mp3),
    MEDIA("\xFF\xF3", "audio/mpeg", as_sniff_mp3),
    MEDIA("\xFF\xF2", "audio/mpeg", as_sniff_mp3),
    MEDIA("\xFF\xFA", "audio/mpeg", as_sniff_mp3),
    MEDIA("\xFF\xF1", "audio/aac", as_sniff_is_binary),
    MEDIA("\xFF\xF9", "audio/aac", as_sniff_is_binary),
    MEDIA("OggS\0", "audio/ogg", NULL),
    MEDIA("fLaC", "audio/flac", as_sniff_is_binary),
    MEDIA("MThd\0\0\0\6", "audio/midi", NULL),
    MEDIA("FORM", "audio/aiff", as_sniff_is_binary),
    MEDIA("#!AMR\n", "audio/amr", NULL),
    MEDIA("\x1A\x45\xDF\xA3", "video/x-matroska", NULL),
    MEDIA("FLV\1", "video/x-flv", NULL),
    MEDIA("\0\0\1\xBA", "video/mpeg", NULL),
    MEDIA("\0\0\1\xB3", "video/mpeg", NULL),
    MEDIA("\x30\x26\xB2\x75\x8E\x66\xCF\x11", "video/x-ms-asf", NULL),
    /* fonts */
    MEDIA("wOFF", "font/woff", as_sniff_is_binary),
    MEDIA("wOF2", "font/woff2", as_sniff_is_binary),
    MEDIA("OTTO\0", "font/otf", NULL),
    MEDIA("\0\1\0\0", "font/ttf", as_sniff_ttf),
    MEDIA("ttcf\0", "font/collection", NULL),
    /* programs and bytecode */
    PROGRAM("\x7F"
            "ELF",
            "application/x-elf", as_sniff_elf),
    PROGRAM("MZ", "application/vnd.microsoft.portable-executable", as_sniff_pe),
    PROGRAM("\xCA\xFE\xBA\xBE", "application/java-vm", as_sniff_class_file),
    PROGRAM("\xCA\xFE\xBA\xBE", "application/x-mach-binary", as_sniff_fat_macho),
    PROGRAM("\xFE\xED\xFA\xCE", "application/x-mach-binary", as_sniff_macho),
    PROGRAM("\xFE\xED\xFA\xCF", "application/x-mach-binary", as_sniff_macho),
    PROGRAM("\xCE\xFA\xED\xFE", "application/x-mach-binary", as_sniff_macho),
    PROGRAM("\xCF\xFA\xED\xFE", "application/x-mach-binary", as_sniff_macho),
    PROGRAM("\0asm", "application/wasm", as_sniff_wasm),
    PROGRAM("dex\n0", "application/vnd.android.dex", as_sniff_dex),
    PROGRAM("BC\xC0\xDE", "application/x-llvm-bitcode", as_sniff_llvm),
    PROGRAM("\x1BLua", "application/x-lua-bytecode", as_sniff_lua),
};

static bool row_matches(const struct magic *row, struct as_slice head)
{
    return head.len >= (size_t)row->offset + row->len &&
           memcmp(head.ptr + row->offset, row->bytes, row->len) == 0 &&
           (row->check == NULL || row->check(head));
}

/* Formats written in text whose content is not all text that can be read. */
static bool sniff_text_format(struct as_slice head, struct as_format *out)
{
    static const struct {
        const char *start;
        const char *mime;
        enum as_format_class class;
    } starts[] = {
        {"{\\rtf", "application/rtf", AS_FORMAT_DOCUMENT},
        {"%!PS", "application/postscript", AS_FORMAT_DOCUMENT},
        {"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted", AS_FORMAT_ENCRYPTED},
        {"-----BEGIN AGE ENCRYPTED FILE-----", "application/x-age-encryption", AS_FORMAT_ENCRYPTED},
        {"-----BEGIN PKCS7-----", "application/pkcs7-mime", AS_FORMAT_DOCUMENT},
        {"-----BEGIN CMS-----", "application/pkcs7-mime", AS_FORMAT_DOCUMENT},
        {"$ANSIBLE_VAULT;", "application/x-ansible-vault", AS_FORMAT_ENCRYPTED},
        {"U2FsdGVkX1", "application/x-openssl-encrypted", AS_FORMAT_ENCRYPTED},
    };
    for (size_t i = 0; i < AS_ARRAY_SIZE(starts); i++) {
        struct as_slice start = as_slice_of(starts[i].start);
        if (head.len >= start.len && memcmp(head.ptr, start.ptr, start.len) == 0) {
            *out = (struct as_format){
                .mime = starts[i].mime, .class = starts[i].class, .is_text = true};
            return true;
        }
    }
    if (as_sniff_uuencode(head)) {
        *out = (struct as_format){
            .mime = "text/x-uuencode", .class = AS_FORMAT_DOCUMENT, .is_text = true};
        return true;
    }
    bool mbox = false;
    if (as_sniff_mail(head, &mbox)) {
        *out = (struct as_format){.mime = mbox ? "application/mbox" : "message/rfc822",
                                  .class = AS_FORMAT_DOCUMENT,
                                  .is_text = true,
                                  .is_mail = true};
        return true;
    }
    return false;
}

/* zstd and lz4 files may begin with skippable frames, which share one magic. What follows them
 * decides; the head holds the first of them at most, so the codec of zstd, which skips them, is
 * taken unless lz4's magic is seen. */
static bool sniff_skippable(struct as_slice head, struct as_format *out)
{
    size_t at = 0;
    for (unsigned frames = 0; frames < 64; frames++) {
        if (head.len - at < 8 || (head.ptr[at] & 0xF0U) != 0x50U ||
            memcmp(head.ptr + at + 1, "\x2A\x4D\x18", 3) != 0) {
            break;
        }
        size_t len = (size_t)head.ptr[at + 4] | (size_t)head.ptr[at + 5] << 8 |
                     (size_t)head.ptr[at + 6] << 16 | (size_t)head.ptr[at + 7] << 24;
        if (len > head.len - at - 8) {
            at = head.len;
            break;
        }
        at += 8 + len;
    }
    if (at == 0) {
        return false;
    }
    bool lz4 = head.len - at >= 4 && memcmp(head.ptr + at, "\x04\x22\x4D\x18", 4) == 0;
    *out = (struct as_format){.mime = lz4 ? "application/x-lz4" : "application/zstd",
                              .class = AS_FORMAT_COMPRESSION,
                              .codec = lz4 ? AS_CODEC_LZ4 : AS_CODEC_ZSTD};
    return true;
}

/* A script that unpacks itself: "#!", lines of text, and an entry of a zip (zipapp, executable
 * JAR). The entry's header has a method and a name that can be true. */
static bool is_script_with_zip(struct as_slice head)
{
    if (head.len < 2 || memcmp(head.ptr, "#!", 2) != 0) {
        return false;
    }
    const uint8_t *p = memmem(head.ptr, head.len, "PK\3\4", 4);
    if (p == NULL || (size_t)(head.ptr + head.len - p) < 31) {
        return false;
    }
    for (const uint8_t *at = head.ptr; at < p; at++) {
        if (*at == 0x7F || (*at < 0x20 && (*at < '\t' || *at > '\r'))) {
            return false;
        }
    }
    return p[5] == 0 && p[4] >= 10 && p[4] <= 63 && p[9] == 0 && p[27] <= 4 &&
           (p[26] | p[27]) != 0 && p[30] >= 0x20;
}

static struct as_format compression(const char *mime, enum as_codec codec)
{
    return (struct as_format){.mime = mime, .class = AS_FORMAT_COMPRESSION, .codec = codec};
}

struct as_format as_sniff(struct as_slice head, bool whole)
{
    (void)whole;
    struct as_format format = {0};
    if (head.len == 0) {
        return format;
    }
    /* tar first: a header's first bytes are a member's name, which may look like anything. */
    if (as_sniff_tar(head)) {
        return (struct as_format){.mime = "application/x-tar", .class = AS_FORMAT_TAR};
    }
    for (size_t i = 0; i < AS_ARRAY_SIZE(table); i++) {
        if (row_matches(&table[i], head)) {
            format = (struct as_format){
                .mime = table[i].mime, .class = table[i].class, .codec = table[i].codec};
            const char *document =
                format.class == AS_FORMAT_ZIP ? as_sniff_zip_document(head) : NULL;
            if (document != NULL) {
                format = (struct as_format){.mime = document, .class = AS_FORMAT_DOCUMENT};
            }
            return format;
        }
    }
    if (is_script_with_zip(head)) {
        return (struct as_format){.mime = "application/zip", .class = AS_FORMAT_ZIP};
    }
    if (sniff_skippable(head, &format) || sniff_text_format(head, &format)) {
        return format;
    }
    if (as_sniff_zlib(head)) {
        return compression("application/zlib", AS_CODEC_ZLIB);
    }
    if (as_sniff_lzma(head)) {
        return compression("application/x-lzma", AS_CODEC_LZMA);
    }
    if (as_sniff_pyc(head)) {
        return (struct as_format){.mime = "application/x-python-code",
                                  .class = AS_FORMAT_EXECUTABLE};
    }
    return format;
}
