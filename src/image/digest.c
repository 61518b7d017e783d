/* SPDX-License-Identifier: MIT
 *
 * digest.c - reading, writing and computing digests. Touches no file.
 */
#include "image/digest.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
} algorithms[DIGEST_ALGORITHMS] = {
    [DIGEST_SHA256] = {"sha256", SHA256_DIGEST_SIZE},
    [DIGEST_SHA512] = {"sha512", SHA512_DIGEST_SIZE},
};

const char *digest_algorithm_name(enum digest_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

bool digest_parse_hex(enum digest_algorithm algorithm, const char *hex, struct digest *digest)
{
    size_t length = strlen(hex);
    if (length != 2 * algorithms[algorithm].bytes || strspn(hex, "0123456789abcdef") != length)
        return false;
    digest->algorithm = algorithm;
    memcpy(digest->hex, hex, length + 1);
    return true;
}

bool digest_parse(const char *text, struct digest *digest)
{
    for (int i = 0; i < DIGEST_ALGORITHMS; i++) {
        size_t length = strlen(algorithms[i].name);
        if (strncmp(text, algorithms[i].name, length) == 0 && text[length] == ':')
            return digest_parse_hex((enum digest_algorithm)i, text + length + 1, digest);
    }
    return false;
}

bool digest_equal(const struct digest *one, const struct digest *other)
{
    return one->algorithm == other->algorithm && strcmp(one->hex, other->hex) == 0;
}

struct digest_text digest_text(const struct digest *digest)
{
    struct digest_text text;
    snprintf(text.text, sizeof(text.text), "%s:%s", algorithms[digest->algorithm].name,
             digest->hex);
    return text;
}

void hasher_start(struct hasher *hasher, enum digest_algorithm algorithm)
{
    hasher->algorithm = algorithm;
    if (algorithm == DIGEST_SHA256)
        sha256_init(&hasher->sha256);
    else
        sha512_init(&hasher->sha512);
}

void hasher_add(struct hasher *hasher, const void *data, size_t length)
{
    if (hasher->algorithm == DIGEST_SHA256)
        sha256_update(&hasher->sha256, length, data);
    else
        sha512_update(&hasher->sha512, length, data);
}

void hasher_finish(struct hasher *hasher, struct digest *digest)
{
    uint8_t bytes[SHA512_DIGEST_SIZE];
    size_t length = algorithms[hasher->algorithm].bytes;
    if (hasher->algorithm == DIGEST_SHA256)
        sha256_digest(&hasher->sha256, length, bytes);
    else
        sha512_digest(&hasher->sha512, length, bytes);
    digest->algorithm = hasher->algorithm;
    for (size_t i = 0; i < length; i++)
        snprintf(digest->hex + 2 * i, 3, "%02x", bytes[i]);
}
