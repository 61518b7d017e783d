/* SPDX-License-Identifier: MIT
 *
 * drive.h - runs `sandbox image` and its helper in a live test, on layouts that oci.h has made and
 * with a cache of the test's own, and looks at what came of it.
 */
#ifndef TESTS_IMAGE_DRIVE_H
#define TESTS_IMAGE_DRIVE_H

#include "image/oci.h"
#include "support/run.h"
#include <sys/stat.h>

/* The environment of the command: XDG_CACHE_HOME is drive_cache(). */
const char *const *drive_environment(void);

/* The folder of all caches, in the working directory. */
const char *drive_cache(void);

/* Runs `sandbox image WORD...`. The last word is NULL. */
void drive(struct result *result, const char *const *words);
#define DRIVE(result, ...) drive((result), LIST("image", __VA_ARGS__))

/* Runs the helper itself, as the launcher does. */
void drive_helper(struct result *result, const char *const *words);
#define HELPER(result, ...) drive_helper((result), LIST(__VA_ARGS__))

/* Makes the folder of all caches. */
int drive_enter(void **state);

/* The path of the one layout of a test. */
const char *drive_layout(void);

/* Makes an image of three layers there, each packed otherwise, with the tag 3.18. */
void drive_image(struct oci *oci);

/* Ends the archive, makes an image of that one layer there, and unpacks it. */
void drive_unpack(struct oci *oci, struct tar *tar, struct result *result);

/* The test fails where the command did. */
void drive_succeeded(const struct result *result);

/* `sandbox image unpack` fails, and says why. */
void drive_fails(const char *image, const char *why);

/* The path of the layer i in the cache. One of a few texts that take turns. */
const char *drive_layer(const struct oci *oci, unsigned i);

/* The path of a file in it. */
const char *drive_file(const struct oci *oci, unsigned i, const char *name);

/* lstat(2) of that file; the test fails where it is not there. */
struct stat drive_stat(const struct oci *oci, unsigned i, const char *name);

/* What a file holds, at most 4 KiB; "(none)" where it can't be read. */
const char *drive_content(const char *path);

/* All of a folder in words: names, kinds, modes, links, sizes, times, contents. The caller frees
 * it.
 */
char *drive_snapshot(const char *path);

/* Empties the cache and the folder of layouts, and looks that the cache held no rubbish. */
int drive_leave(void **state);

#endif
