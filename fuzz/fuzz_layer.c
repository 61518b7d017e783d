/* SPDX-License-Identifier: MIT
 *
 * fuzz_layer.c - a layer's archive, of any bytes. Whatever it says, nothing is touched outside of
 * the directory that it is unpacked into; in there is nothing that overlayfs or the kernel would
 * give more than a file to; and all of it can be removed.
 */
#include "base/fd.h"
#include "expect.h"
#include "image/tree.h"
#include "image/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/xattr.h>

static char folder[] = "/tmp/sandbox-fuzz-layer-XXXXXX"; /* holds `root` and the file `guard` */
static int above = -1;

static void remove_folder(void)
{
    tree_remove_at(above, "root");
    unlinkat(above, "guard", 0);
    rmdir(folder);
}

static void begin(void)
{
    if (above >= 0)
        return;
    setlocale(LC_CTYPE, "C.UTF-8");
    EXPECT(mkdtemp(folder), "%s", strerror(errno));
    above = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autofd guard = openat(above, "guard", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT(above >= 0 && guard >= 0, "%s", strerror(errno));
    atexit(remove_folder);
}

static int look_at(const char *path, const struct stat *status, int type, struct FTW *where)
{
    char names[256];
    mode_t mode = status->st_mode;
    (void)type;
    EXPECT(!S_ISBLK(mode) && !S_ISSOCK(mode), "%s: mode %o", path, mode);
    EXPECT(!S_ISCHR(mode) || status->st_rdev == 0, "%s: a device", path);
    EXPECT(!(mode & (S_ISUID | S_ISGID)), "%s: mode %o", path, mode);
    EXPECT(status->st_uid == geteuid(), "%s: belongs to %u", path, status->st_uid);
    EXPECT(where->level <= 257, "%s: too deep", path);
    ssize_t length = llistxattr(path, names, sizeof(names));
    EXPECT(length <= 0 || (strcmp(names, "user.overlay.opaque") == 0 && S_ISDIR(mode) &&
                           length == sizeof("user.overlay.opaque")),
           "%s: has %s", path, names);
    return 0;
}

/* Makes the sums of all headers right, for no fuzzer guesses them. */
static void mend(uint8_t *data, size_t size)
{
    enum { BLOCK = 512, MAGIC = 257, SUM = 148, SUM_BYTES = 8 };
    for (; size >= BLOCK; data += BLOCK, size -= BLOCK) {
        unsigned sum = 0;
        if (memcmp(data + MAGIC, "ustar", 5) != 0)
            continue;
        memset(data + SUM, ' ', SUM_BYTES);
        for (int i = 0; i < BLOCK; i++)
            sum += data[i];
        snprintf((char *)data + SUM, SUM_BYTES, "%06o", sum);
    }
}

/* No packing, for no fuzzer guesses a digest either. */
static int unpack(const uint8_t *data, size_t size, int root)
{
    struct descriptor blob = {.media = MEDIA_TAR, .size = size};
    struct budget budget = {.bytes = 1 << 20, .entries = 100};
    struct unpacked unpacked;
    struct sbx_error error;
    struct hasher hasher;
    struct stream *stream;
    autofd fd = memfd_create("layer", MFD_CLOEXEC);
    EXPECT(fd >= 0 && pwrite(fd, data, size, 0) == (ssize_t)size, "%s", strerror(errno));
    hasher_start(&hasher, DIGEST_SHA256);
    hasher_add(&hasher, data, size);
    hasher_finish(&hasher, &blob.digest);
    EXPECT(stream_open(fd, &blob, &blob.digest, budget.bytes, &stream, &error) == 0, "no memory");
    int result = unpack_layer(stream, root, &budget, &unpacked, &error);
    stream_close(stream);
    EXPECT(result == 0 || (error.text[0] && error.code), "an error without a text");
    /* Names come later in a text. */
    EXPECT(result == 0 || strncmp(error.text, "the layer sha256:", 17) != 0, "%s", error.text);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[sizeof(folder) + 8];
    struct stat before, guard_before, after, guard_after;
    begin();
    EXPECT(mkdirat(above, "root", 0700) == 0, "%s", strerror(errno));
    int root = openat(above, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    EXPECT(root >= 0 && fstat(above, &before) == 0 &&
               fstatat(above, "guard", &guard_before, AT_SYMLINK_NOFOLLOW) == 0,
           "%s", strerror(errno));
    uint8_t *copy = malloc(size ? size : 1);
    EXPECT(copy, "out of memory");
    if (size)
        memcpy(copy, data, size);
    mend(copy, size);
    unpack(copy, size, root);
    free(copy);
    close(root);
    EXPECT(fstat(above, &after) == 0 &&
               fstatat(above, "guard", &guard_after, AT_SYMLINK_NOFOLLOW) == 0,
           "the guard is gone");
    EXPECT(memcmp(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim)) == 0,
           "the directory above has changed");
    EXPECT(memcmp(&guard_before.st_ctim, &guard_after.st_ctim, sizeof(before.st_ctim)) == 0,
           "the guard has changed");
    snprintf(path, sizeof(path), "%s/root", folder);
    EXPECT(nftw(path, look_at, 16, FTW_PHYS) == 0, "%s", strerror(errno));
    int result = tree_remove_at(above, "root");
    EXPECT(result == 0, "it can't be removed: %s", strerror(-result));
    return 0;
}
