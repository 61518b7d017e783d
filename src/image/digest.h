/* SPDX-License-Identifier: MIT
 *
 * digest.h - the digests that an image names its parts by: "sha256:" or "sha512:" and hexadecimal
 * digits. The only room of the house that knows nettle.
 */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>

enum digest_algorithm { DIGEST_SHA256, DIGEST_SHA512, DIGEST_ALGORITHMS };

enum { DIGEST_HEX = 2 * SHA512_DIGEST_SIZE };

struct digest {
    enum digest_algorithm algorithm;
    char hex[DIGEST_HEX + 1]; /* lower case */
};

/* "sha256:..." with its final NUL. */
struct digest_text {
    char text[DIGEST_HEX + 8];
};

/* "sha256", "sha512": also the name of the directory that holds such blobs and layers. */
const char *digest_algorithm_name(enum digest_algorithm algorithm);

/* Reads "ALGORITHM:HEX", and nothing else: other algorithms, upper-case digits and anything in
 * front or behind are refused. False leaves *digest as it was. */
bool digest_parse(const char *text, struct digest *digest);

/* The same where the algorithm is known, as with the name of a directory in the cache. */
bool digest_parse_hex(enum digest_algorithm algorithm, const char *hex, struct digest *digest);

bool digest_equal(const struct digest *one, const struct digest *other);

struct digest_text digest_text(const struct digest *digest);

/* Hashes what comes in pieces. */
struct hasher {
    enum digest_algorithm algorithm;
    union {
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    };
};

void hasher_start(struct hasher *hasher, enum digest_algorithm algorithm);
void hasher_add(struct hasher *hasher, const void *data, size_t length);
void hasher_finish(struct hasher *hasher, struct digest *digest);

#endif
