/* SPDX-License-Identifier: Apache-2.0
 * Between sniff.c (order of judging), sniff_checks.c and sniff_programs.c (structure checks). */
#ifndef AS_CONTENT_SNIFF_INTERNAL_H
#define AS_CONTENT_SNIFF_INTERNAL_H

#include "content/sniff.h"

/** True when the head has the structure that its signature promises. */
typedef bool as_sniff_check_fn(struct as_slice head);

/** The first 512 bytes hold a byte that text does not: a NUL or another control character. */
bool as_sniff_is_binary(struct as_slice head);
/** A tar header: numbers in octal or base 256 and the right check sum (POSIX and old, signed). */
bool as_sniff_tar(struct as_slice head);
bool as_sniff_gzip(struct as_slice head);
bool as_sniff_bzip2(struct as_slice head);
/** Header check and a trial inflate of the head: two bytes alone prove nothing. */
bool as_sniff_zlib(struct as_slice head);
bool as_sniff_lzma(struct as_slice head);
bool as_sniff_cpio(struct as_slice head);
bool as_sniff_riff_media(struct as_slice head);
bool as_sniff_mp3(struct as_slice head);
bool as_sniff_bmp(struct as_slice head);
bool as_sniff_ico(struct as_slice head);
bool as_sniff_ttf(struct as_slice head);
bool as_sniff_iso_media(struct as_slice head);
bool as_sniff_pgp_packet(struct as_slice head);
bool as_sniff_encrypted_ole2(struct as_slice head);
/** The document that a zip is by the names in its local headers, or NULL for a plain archive. */
const char *as_sniff_zip_document(struct as_slice head);
/** Mail: headers that only mail has, or an mbox "From " line with them after it. */
bool as_sniff_mail(struct as_slice head, bool *out_mbox);

/** The text is a file in uuencode from its first line on. */
bool as_sniff_uuencode(struct as_slice head);
/* sniff_programs.c */
bool as_sniff_pe(struct as_slice head);
bool as_sniff_elf(struct as_slice head);
bool as_sniff_macho(struct as_slice head);
bool as_sniff_fat_macho(struct as_slice head);
bool as_sniff_class_file(struct as_slice head);
bool as_sniff_wasm(struct as_slice head);
bool as_sniff_dex(struct as_slice head);
bool as_sniff_llvm(struct as_slice head);
bool as_sniff_lua(struct as_slice head);
bool as_sniff_pyc(struct as_slice head);

#endif
