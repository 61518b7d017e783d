/* SPDX-License-Identifier: MIT
 *
 * sha256.h - the digest of FIPS 180-4, for fingerprints of a few kilobytes. Not for secrets: it
 * clears nothing, and does not stream.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

void sha256(const void *data, size_t size, uint8_t digest[SHA256_SIZE]);

#endif
