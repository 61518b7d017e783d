/* SPDX-License-Identifier: MIT
 *
 * source.c - opens and reads the file of a profile. A file that can't be read is never passed over
 * for another one of the same name further down the search path.
 */
#include "policy/source.h"
#include "base/fd.h"
#include "policy/diag.h"
#include "policy/search.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES = 1024 * 1024 };

static int open_error(const struct source_request *request, const char *path, int number)
{
    const char *hint = NULL;
    if (number == ENOENT && !request->extending && !strchr(request->name, '/'))
        hint = "a profile of the search path is named without its .ini; './' or a directory before "
               "the name says that a file is meant";
    return profile_error(request->error, request->origin, number, hint,
                         "can't open the profile '%s'", path);
}

/* Opens one path. Returns 0, ENOENT where nothing is there, or -1. */
static int try_path(const struct source_request *request, const char *path, struct source *source)
{
    struct stat status;
    /* O_NONBLOCK: a FIFO must not make us wait before we see that it is one. */
    autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ENOENT;
    if (fd < 0 || fstat(fd, &status) != 0)
        return open_error(request, path, errno);
    if (!S_ISREG(status.st_mode))
        return profile_error(request->error, request->origin, 0, "a profile is a regular file",
                             "the profile '%s' is %s, not a file", path,
                             S_ISDIR(status.st_mode)    ? "a directory"
                             : S_ISFIFO(status.st_mode) ? "a pipe"
                                                        : "a device or socket");
    if (status.st_size > FILE_BYTES)
        return profile_error(request->error, request->origin, 0, NULL,
                             "the profile '%s' has more than %d bytes", path, FILE_BYTES);
    source->fd = take_fd(&fd);
    source->path = path;
    source->device = status.st_dev;
    source->inode = status.st_ino;
    source->size = (size_t)status.st_size;
    return 0;
}

static int by_path(const struct source_request *request, struct source *source)
{
    const char *path = request->name;
    if (request->extending && *path != '/') {
        const char *prefix = search_prefix_of(request->arena, request->extending);
        path = prefix ? arena_printf(request->arena, "%s%s", prefix, path) : NULL;
    } else {
        path = arena_strdup(request->arena, path);
    }
    if (!path)
        return err_memory(request->error, "profile");
    int result = try_path(request, path, source);
    if (result != ENOENT)
        return result;
    return request->optional ? 1 : open_error(request, path, ENOENT);
}

static int not_found(const struct source_request *request, const struct search *search)
{
    char places[sizeof(request->error->text)] = "";
    char hint[HINT_SIZE];
    size_t used = 0;
    for (size_t i = 0; i < search->count && used < sizeof(places); i++) {
        const char *prefix = search->prefix[i];
        int added = snprintf(places + used, sizeof(places) - used, "%s%s", used ? ", " : "",
                             *prefix ? prefix : "the current directory");
        used += added > 0 ? (size_t)added : 0;
    }
    search_suggest(search, request->name, hint, sizeof(hint));
    return profile_error(request->error, request->origin, 0, hint, "there is no profile '%s' in %s",
                         request->name, places);
}

/* A directory that this user may not search holds no profile for it: HOME may be another user's. */
static bool closed_directory(const char *prefix)
{
    return *prefix && faccessat(AT_FDCWD, prefix, X_OK, AT_EACCESS) != 0 && errno == EACCES;
}

static int by_name(const struct source_request *request, struct source *source)
{
    struct search search;
    if (search_path(request->arena, request->extending, &search) != 0)
        return err_memory(request->error, "profile");
    for (size_t i = 0; i < search.count; i++) {
        char *path = arena_printf(request->arena, "%s%s.ini", search.prefix[i], request->name);
        if (!path)
            return err_memory(request->error, "profile");
        int result = try_path(request, path, source);
        if (result == 0)
            return 0;
        bool denied = result == -1 && request->error->sys_errno == EACCES;
        if (result == -1 && !(denied && closed_directory(search.prefix[i])))
            return -1;
    }
    return request->optional ? 1 : not_found(request, &search);
}

int source_open(const struct source_request *request, struct source *source)
{
    if (!*request->name)
        return profile_error(request->error, request->origin, 0, NULL,
                             "the name of the profile is empty");
    return search_is_path(request->name) ? by_path(request, source) : by_name(request, source);
}

int source_read(const struct source *source, char **text, size_t *length, struct sbx_error *error)
{
    struct origin origin = {source->path, 0};
    /* One byte more than fstat(2) told shows that the file has grown meanwhile. */
    size_t room = source->size + 1, used = 0;
    autofree char *buffer = malloc(room);
    while (buffer) {
        ssize_t got = read(source->fd, buffer + used, room - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return profile_error(error, origin, errno, NULL, "can't read the profile '%s'",
                                 source->path);
        used += (size_t)got;
        if (got == 0) {
            *text = buffer;
            *length = used;
            buffer = NULL;
            return 0;
        }
        if (used > FILE_BYTES || used == room)
            return profile_error(error, origin, 0, "try again",
                                 "the profile '%s' grew while it was read", source->path);
    }
    return err_memory(error, "profile");
}
