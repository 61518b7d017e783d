/* SPDX-License-Identifier: MIT
 *
 * cache.c - finds, makes and checks the directories of the cache; puts layers in and takes them
 * out.
 */
#include "image/cache.h"
#include "base/error.h"
#include "base/fd.h"
#include "image/reference.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

/* No digest looks like these. */
static const char fresh_name[] = ".new", old_name[] = ".old";

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* ---- finding it ----------------------------------------------------------------------------- */

/* How much others may do in a directory. */
enum trust {
    TRUST_ABOVE, /* the directory of all caches: root's or ours, where nobody renames ours away */
    TRUST_OURS,  /* only we write */
    TRUST_ALONE, /* only we look */
};

static int check_folder(int fd, const char *path, enum trust trust, struct sbx_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't look at '%s'", path);
    bool ours = status.st_uid == geteuid() || (trust == TRUST_ABOVE && status.st_uid == 0);
    if (!ours) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                "the cache can't be trusted: '%s' belongs to another user", path);
        return err_hint(error, "XDG_CACHE_HOME can name a directory of your own");
    }
    mode_t open = trust == TRUST_ALONE ? 0077 : 0022;
    if (trust == TRUST_ABOVE && (status.st_mode & S_ISVTX))
        open = 0;
    if (status.st_mode & open) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "the cache can't be trusted: others may %s '%s'",
                trust == TRUST_ALONE ? "look into" : "write to", path);
        return err_hint(error, "chmod %s %s", trust == TRUST_ALONE ? "go-rwx" : "go-w", path);
    }
    return 0;
}

/* The directory of all caches, without links; made where it is missing, as XDG has it. */
static int find_base(char path[PATH_MAX], struct sbx_error *error)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char text[PATH_MAX];
    int length = -1;
    if (cache && *cache == '/')
        length = snprintf(text, sizeof(text), "%s", cache);
    else if (home && *home == '/')
        length = snprintf(text, sizeof(text), "%s/.cache", home);
    if (length < 0) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "there is no place for the cache");
        return err_hint(error, "set HOME, or XDG_CACHE_HOME, to the path of a directory");
    }
    if ((size_t)length >= sizeof(text) - 1)
        return err_set(error, SBX_E_HOST, ENAMETOOLONG, IMAGE_STAGE, "the path of the cache");
    if (mkdir(text, 0700) != 0 && errno != EEXIST)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't make the directory '%s'",
                       text);
    if (!realpath(text, path))
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't find the directory '%s'",
                       text);
    return 0;
}

/* One directory further down; adds its name to `path`. */
static int go_down(int *fd, char path[PATH_MAX], const char *name, enum trust trust,
                   struct sbx_error *error)
{
    size_t length = strlen(path);
    int added = snprintf(path + length, PATH_MAX - length, "/%s", name);
    if (added < 0 || (size_t)added >= PATH_MAX - length)
        return err_set(error, SBX_E_HOST, ENAMETOOLONG, IMAGE_STAGE, "the path of the cache");
    if (mkdirat(*fd, name, 0700) != 0 && errno != EEXIST)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't make the directory '%s'",
                       path);
    autofd next = openat(*fd, name, OPEN_FOLDER);
    if (next < 0) {
        int number = errno;
        err_set(error, SBX_E_HOST, number, IMAGE_STAGE, "can't open the directory '%s'", path);
        if (number == ELOOP || number == ENOTDIR)
            err_hint(error, "it must be a directory, and no link to one");
        return -1;
    }
    if (check_folder(next, path, trust, error) != 0)
        return -1;
    close_fd(fd);
    *fd = take_fd(&next);
    return 0;
}

int cache_open(struct cache *cache, struct sbx_error *error)
{
    char path[PATH_MAX];
    if (find_base(path, error) != 0)
        return -1;
    autofd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't open the directory '%s'",
                       path);
    if (check_folder(fd, path, TRUST_ABOVE, error) != 0 ||
        go_down(&fd, path, "sandbox", TRUST_OURS, error) != 0 ||
        go_down(&fd, path, "layers", TRUST_ALONE, error) != 0)
        return -1;
    memcpy(cache->path, path, sizeof(path));
    cache->fd = take_fd(&fd);
    cache->locked = false;
    return 0;
}

void cache_close(struct cache *cache)
{
    close_fd(&cache->fd);
}

/* ---- one at a time -------------------------------------------------------------------------- */

/* The directory of an algorithm's layers; made where it is missing. */
static int open_room(const struct cache *cache, enum digest_algorithm algorithm, int *fd,
                     struct sbx_error *error)
{
    char path[PATH_MAX];
    autofd room = openat(cache->fd, ".", OPEN_FOLDER);
    if (room < 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't open the cache");
    memcpy(path, cache->path, sizeof(path));
    if (go_down(&room, path, digest_algorithm_name(algorithm), TRUST_ALONE, error) != 0)
        return -1;
    *fd = take_fd(&room);
    return 0;
}

/* Whoever holds the lock may remove what carries these names: it is nobody's. */
static int clean_room(int room, struct sbx_error *error)
{
    int result = tree_remove_at(room, fresh_name);
    if (result == 0)
        result = tree_remove_at(room, old_name);
    return result == 0 ? 0
                       : err_set(error, SBX_E_HOST, -result, IMAGE_STAGE,
                                 "can't remove what an earlier run left in the cache");
}

int cache_lock(struct cache *cache, void (*waits)(void), struct sbx_error *error)
{
    int result = flock(cache->fd, LOCK_EX | LOCK_NB);
    if (result != 0 && errno == EWOULDBLOCK && waits)
        waits();
    while (result != 0 && (errno == EWOULDBLOCK || errno == EINTR))
        result = flock(cache->fd, LOCK_EX);
    if (result != 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't lock the cache '%s'",
                       cache->path);
    cache->locked = true;
    for (int i = 0; i < DIGEST_ALGORITHMS; i++) {
        autofd room = -1;
        if (open_room(cache, (enum digest_algorithm)i, &room, error) != 0 ||
            clean_room(room, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- layers --------------------------------------------------------------------------------- */

/* "sha256/HEX" */
static void name_layer(const struct digest *digest, char name[DIGEST_HEX + 16])
{
    snprintf(name, DIGEST_HEX + 16, "%s/%s", digest_algorithm_name(digest->algorithm), digest->hex);
}

bool cache_has(const struct cache *cache, const struct digest *digest)
{
    char name[DIGEST_HEX + 16];
    struct stat status;
    name_layer(digest, name);
    return fstatat(cache->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid();
}

int cache_layer_path(const struct cache *cache, const struct digest *digest, char path[PATH_MAX])
{
    char name[DIGEST_HEX + 16];
    name_layer(digest, name);
    int length = snprintf(path, PATH_MAX, "%s/%s", cache->path, name);
    return length > 0 && length < PATH_MAX ? 0 : -1;
}

bool cache_is_opaque(const struct cache *cache, const struct digest *digest)
{
    char name[DIGEST_HEX + 16], value = 0;
    name_layer(digest, name);
    autofd fd = openat(cache->fd, name, OPEN_FOLDER);
    return fd >= 0 && fgetxattr(fd, "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

int cache_begin(const struct cache *cache, const struct digest *digest, int *fd,
                struct sbx_error *error)
{
    autofd room = -1;
    if (open_room(cache, digest->algorithm, &room, error) != 0 || clean_room(room, error) != 0)
        return -1;
    if (mkdirat(room, fresh_name, 0700) != 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't make a directory in '%s'",
                       cache->path);
    int fresh = openat(room, fresh_name, OPEN_FOLDER);
    if (fresh < 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't open a directory in '%s'",
                       cache->path);
    *fd = fresh;
    return 0;
}

int cache_finish(const struct cache *cache, const struct digest *digest, struct sbx_error *error)
{
    autofd room = -1;
    if (open_room(cache, digest->algorithm, &room, error) != 0)
        return -1;
    /* A name that stands is a promise: first what it stands for, then the name. */
    if (syncfs(room) != 0 ||
        renameat2(room, fresh_name, room, digest->hex, RENAME_NOREPLACE) != 0 || fsync(room) != 0)
        return err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't put a layer into '%s'",
                       cache->path);
    return 0;
}

void cache_abandon(const struct cache *cache, const struct digest *digest)
{
    struct sbx_error ignored; /* what is left is removed by the next run */
    autofd room = -1;
    if (open_room(cache, digest->algorithm, &room, &ignored) == 0)
        clean_room(room, &ignored);
}

/* Whether nobody uses a layer; then *fd, which is the caller's, holds its lock. */
static int lock_layer(int room, const char *name, int operation, int *fd)
{
    int folder = openat(room, name, OPEN_FOLDER);
    if (folder < 0)
        return -errno;
    if (flock(folder, operation | LOCK_NB) != 0) {
        int result = -errno;
        close(folder);
        return result;
    }
    *fd = folder;
    return 0;
}

/* ---- looking and removing ------------------------------------------------------------------- */

static int tell_layer(int room, const struct digest *digest,
                      int (*each)(const struct cached *cached, void *context), void *context)
{
    struct cached cached = {.digest = *digest};
    autofd lock = -1;
    cached.used = lock_layer(room, digest->hex, LOCK_EX, &lock) == -EWOULDBLOCK;
    close_fd(&lock);
    /* What its owner can't look into is not counted. */
    if (tree_measure(room, digest->hex, &cached.size) != 0)
        cached.size = (struct tree_size){.entries = 0};
    return each(&cached, context);
}

int cache_list(const struct cache *cache, int (*each)(const struct cached *cached, void *context),
               void *context, struct sbx_error *error)
{
    int result = 0;
    for (int i = 0; i < DIGEST_ALGORITHMS && result == 0; i++) {
        const struct dirent *entry;
        autofd room = -1;
        if (open_room(cache, (enum digest_algorithm)i, &room, error) != 0)
            return -1;
        int copy = openat(room, ".", OPEN_FOLDER);
        DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
        if (!folder) {
            err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't read '%s'", cache->path);
            if (copy >= 0)
                close(copy);
            return -1;
        }
        while (result == 0 && (entry = readdir(folder)) != NULL) {
            struct digest digest;
            if (digest_parse_hex((enum digest_algorithm)i, entry->d_name, &digest))
                result = tell_layer(room, &digest, each, context);
        }
        closedir(folder);
    }
    return result;
}

int cache_remove(const struct cache *cache, const struct digest *digest, bool *used,
                 struct sbx_error *error)
{
    autofd room = -1, lock = -1;
    if (open_room(cache, digest->algorithm, &room, error) != 0)
        return -1;
    int result = lock_layer(room, digest->hex, LOCK_EX, &lock);
    if (result == -EWOULDBLOCK) {
        *used = true;
        return 0;
    }
    if (result == -ENOENT) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "the cache has no layer %s",
                digest_text(digest).text);
        return err_hint(error, "sandbox image list tells which it has");
    }
    /* Its name goes first: a layer is whole or not there. */
    if (result == 0 && renameat2(room, digest->hex, room, old_name, RENAME_NOREPLACE) != 0)
        result = -errno;
    if (result != 0)
        return err_set(error, SBX_E_HOST, -result, IMAGE_STAGE, "can't remove the layer %s",
                       digest_text(digest).text);
    if (clean_room(room, error) != 0)
        return -1;
    *used = false;
    return 0;
}
