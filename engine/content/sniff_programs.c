/* SPDX-License-Identifier: Apache-2.0
 * Structure checks of programs and bytecode. A program is COMPLETE once its printable runs were
 * scanned, so its signature of two to four bytes must not be taken on trust: the headers' own
 * fields have to make sense, or the bytes are an unknown binary (PARTIAL). Memory dumps in a
 * program's format (ELF and Mach-O cores) hold whatever the process held and are no programs.
 *
 * Sources: Microsoft PE/COFF specification, System V ABI (gABI 4.1), Apple's mach-o/loader.h and
 * fat.h (facts), JVM specification 4.1 and 4.4, WebAssembly core 1.0, Dalvik executable format,
 * LLVM bitcode format, Lua 5 dump headers, CPython's importlib. Tests: test_sniff.c. */
#include "content/sniff_internal.h"

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
    return __builtin_bswap32(le32(p));
}

/* The header of a DOS program: sizes in pages of 512 and paragraphs of 16 bytes that fit each
 * other, the relocations inside the header, and not an overlay. */
static bool is_dos_header(const uint8_t *p)
{
    uint32_t last_page = le16(p + 2);
    uint32_t pages = le16(p + 4);
    uint32_t relocations = le16(p + 6);
    uint32_t header = le16(p + 8) * 16U;
    uint32_t table = le16(p + 24);
    bool sizes = last_page < 512 && pages != 0 && header >= 32 && header <= pages * 512U;
    bool memory = le16(p + 10) <= le16(p + 12);
    bool map = relocations == 0 || (table >= 28 && table + 4U * relocations <= header);
    return sizes && memory && map && table < 512 && le16(p + 26) == 0;
}

bool as_sniff_pe(struct as_slice head)
{
    if (head.len < 64) {
        return head.len >= 28 && as_sniff_is_binary(head) && is_dos_header(head.ptr);
    }
    uint32_t header = le32(head.ptr + 60);
    if (header >= 4 && header <= head.len - 4) {
        const uint8_t *p = head.ptr + header;
        if (memcmp(p, "PE\0\0", 4) == 0) {
            return true;
        }
        bool old = memcmp(p, "NE", 2) == 0 || memcmp(p, "LE", 2) == 0 || memcmp(p, "LX", 2) == 0;
        if (old && is_dos_header(head.ptr)) {
            return true;
        }
    }
    return as_sniff_is_binary(head) && is_dos_header(head.ptr);
}

bool as_sniff_elf(struct as_slice head)
{
    if (head.len < 52) {
        return false;
    }
    const uint8_t *p = head.ptr;
    bool wide = p[4] == 2;
    bool big = p[5] == 2;
    if ((p[4] != 1 && !wide) || (p[5] != 1 && !big) || p[6] != 1 || (wide && head.len < 64)) {
        return false;
    }
    uint32_t type = big ? (uint32_t)p[16] << 8 | p[17] : le16(p + 16);
    uint32_t version = big ? be32(p + 20) : le32(p + 20);
    const uint8_t *at = p + (wide ? 52 : 40);
    uint32_t header = big ? (uint32_t)at[0] << 8 | at[1] : le16(at);
    bool program = (type >= 1 && type <= 3) || type >= 0xFE00; /* 4 is a core dump */
    return program && version == 1 && header == (wide ? 64U : 52U);
}

/* Known processors: numbers up to 18, with the flags for 64 bits. */
static bool is_mach_processor(uint32_t type)
{
    uint32_t number = type & 0x00FFFFFFU;
    uint32_t flags = type >> 24;
    return number >= 1 && number <= 18 && flags <= 2;
}

bool as_sniff_macho(struct as_slice head)
{
    if (head.len < 28) {
        return false;
    }
    bool big = head.ptr[0] == 0xFE;
    uint32_t field[5]; /* processor, its kind, file type, commands, their bytes */
    for (size_t i = 0; i < 5; i++) {
        field[i] = big ? be32(head.ptr + 4 + 4 * i) : le32(head.ptr + 4 + 4 * i);
    }
    bool program = field[2] >= 1 && field[2] <= 12 && field[2] != 4; /* 4 is a core dump */
    return is_mach_processor(field[0]) && program && field[3] != 0 && field[3] < 65536 &&
           field[4] >= 8U * field[3] && field[4] < (64U << 20);
}

bool as_sniff_fat_macho(struct as_slice head)
{
    if (head.len < 28) {
        return false;
    }
    uint32_t parts = be32(head.ptr + 4);
    return parts >= 1 && parts <= 32 && is_mach_processor(be32(head.ptr + 8)) &&
           be32(head.ptr + 16) >= 28 && be32(head.ptr + 20) != 0 && be32(head.ptr + 24) <= 20;
}

bool as_sniff_class_file(struct as_slice head)
{
    /* Major version 45 (Java 1.0.2) and up, a pool of constants, and a first one of a known tag. */
    if (head.len < 24) {
        return false;
    }
    const uint8_t *p = head.ptr;
    uint32_t minor = (uint32_t)p[4] << 8 | p[5];
    uint32_t major = (uint32_t)p[6] << 8 | p[7];
    uint32_t pool = (uint32_t)p[8] << 8 | p[9];
    uint8_t tag = p[10];
    bool known = tag == 1 || (tag >= 3 && tag <= 12) || (tag >= 15 && tag <= 20);
    bool version = major >= 45 && major <= 120 && (minor == 0 || minor == 65535 || major == 45);
    return version && pool >= 2 && known;
}

bool as_sniff_wasm(struct as_slice head)
{
    return head.len >= 8 && (le32(head.ptr + 4) == 1 || le32(head.ptr + 4) == 0x0001000DU);
}

bool as_sniff_dex(struct as_slice head)
{
    /* header size, and the constant that tells the byte order */
    return head.len >= 112 && head.ptr[7] == 0 && le32(head.ptr + 36) == 112 &&
           le32(head.ptr + 40) == 0x12345678U;
}

bool as_sniff_llvm(struct as_slice head)
{
    /* the identification block, or (before LLVM 3.9) the module block */
    return head.len >= 16 && (memcmp(head.ptr + 4, "\x35\x14\0\0", 4) == 0 ||
                              memcmp(head.ptr + 4, "\x21\x0C\0\0", 4) == 0);
}

bool as_sniff_lua(struct as_slice head)
{
    return head.len >= 12 && head.ptr[4] >= 0x51 && head.ptr[4] <= 0x54 && head.ptr[5] == 0;
}

bool as_sniff_pyc(struct as_slice head)
{
    if (head.len < 24 || head.ptr[2] != '\r' || head.ptr[3] != '\n') {
        return false;
    }
    uint32_t version = le16(head.ptr);
    /* A code object follows the time stamp (2.7), the size (3.3) or the flags (3.7). */
    size_t code = version == 62211 ? 8 : version < 3390 ? 12 : 16;
    bool known = version == 62211 || (version >= 3000 && version < 3800);
    bool flags = version < 3390 || version == 62211 || le32(head.ptr + 4) <= 3;
    return known && flags && (head.ptr[code] & 0x7FU) == 'c';
}
