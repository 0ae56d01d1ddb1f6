/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 (ISO 3309, as zlib's), bit by bit: for the few dozen bytes of a token. Pure. */
#ifndef AS_DETECTORS_CHECKS_CRC32_H
#define AS_DETECTORS_CHECKS_CRC32_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t as_crc32(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0);
        }
    }
    return ~crc;
}

#endif
