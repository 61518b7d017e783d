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
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int open_error(const struct source_request *request, const char *path, int number)
{
    const char *hint = NULL;
    if (number == ENOENT && request->extending && *request->name != '/')
        hint =
            "a path starts from the directory of the profile that extends it; '?' before it says "
            "that the file may be absent";
    else if (number == ENOENT && !strchr(request->name, '/'))
        hint = "a profile of the search path is named without its .ini; './' or a directory before "
               "the name says that a file is meant";
    else if (number == EACCES)
        hint = "whoever starts the sandbox must be able to read it";
    return diag_error(request->diag, request->origin, number, hint, "can't open the profile '%s'",
                      path);
}

/* Whether what was opened may be a profile. */
static int check_kind(const struct source_request *request, const char *path,
                      const struct outside_file *file)
{
    if (!S_ISREG(file->mode))
        return diag_error(request->diag, request->origin, 0, "a profile is a regular file",
                          "the profile '%s' is %s, not a file", path,
                          S_ISDIR(file->mode)    ? "a directory"
                          : S_ISFIFO(file->mode) ? "a pipe"
                                                 : "a device or socket");
    if (file->size > PROFILE_BYTES)
        return diag_error(request->diag, request->origin, 0, NULL,
                          "the profile '%s' has more than %d bytes", path, PROFILE_BYTES);
    return 0;
}

/* Opens one path. Returns 0, or an errno value where it can't be opened, or -1. */
static int try_path(const struct source_request *request, const char *path, struct source *source)
{
    const struct outside *outside = request->outside;
    if (outside->open(outside->context, path, &source->file) != 0)
        return errno == ENOTDIR ? ENOENT : errno;
    source->path = path;
    if (check_kind(request, path, &source->file) == 0)
        return 0;
    close_fd(&source->file.fd);
    return -1;
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
        return diag_memory(request->diag);
    int result = try_path(request, path, source);
    if (result <= 0)
        return result;
    return result == ENOENT && request->optional ? 1 : open_error(request, path, result);
}

static int not_found(const struct source_request *request, const struct search *search)
{
    char places[sizeof(request->diag->error->text)] = "";
    char hint[HINT_SIZE];
    size_t used = 0;
    for (size_t i = 0; i < search->count && used < sizeof(places); i++) {
        const char *prefix = search->prefix[i];
        int added = snprintf(places + used, sizeof(places) - used, "%s%s", used ? ", " : "",
                             *prefix ? prefix : "the current directory");
        used += added > 0 ? (size_t)added : 0;
    }
    search_suggest(request->outside, search, request->name, hint, sizeof(hint));
    if (!*hint)
        snprintf(hint, sizeof(hint), "a file is named by its path, for example ./%.64s.ini",
                 request->name);
    return diag_error(request->diag, request->origin, 0, hint, "there is no profile '%s' in %s",
                      request->name, places);
}

/* A directory that this user may not search holds no profile for it: HOME may be another user's. */
static bool closed_directory(const struct source_request *request, const char *prefix)
{
    return *prefix && request->outside->closed(request->outside->context, prefix);
}

static int by_name(const struct source_request *request, struct source *source)
{
    struct search search;
    if (search_path(request->outside, request->arena, request->extending, &search) != 0)
        return diag_memory(request->diag);
    for (size_t i = 0; i < search.count; i++) {
        char *path = arena_printf(request->arena, "%s%s.ini", search.prefix[i], request->name);
        if (!path)
            return diag_memory(request->diag);
        int result = try_path(request, path, source);
        if (result <= 0)
            return result;
        if (result != ENOENT && !(result == EACCES && closed_directory(request, search.prefix[i])))
            return open_error(request, path, result);
    }
    return request->optional ? 1 : not_found(request, &search);
}

int source_open(const struct source_request *request, struct source *source)
{
    if (!*request->name)
        return diag_error(request->diag, request->origin, 0, "name one, for example judge",
                          "the name of the profile is empty");
    return search_is_path(request->name) ? by_path(request, source) : by_name(request, source);
}

/* Reads until the end, into a buffer that has room for one byte more than the file was long.
 * Returns how many bytes there were; -1 after an error. */
static ssize_t read_all(const struct source_request *request, const struct source *source,
                        char *buffer)
{
    const struct outside *outside = request->outside;
    struct origin origin = {.file = source->path};
    size_t room = (size_t)source->file.size + 1, used = 0;
    while (used < room) {
        ssize_t got = outside->read(outside->context, &source->file, buffer + used, room - used);
        if (got < 0)
            return diag_error(request->diag, origin, errno, NULL, "can't read the profile '%s'",
                              source->path);
        if (got == 0)
            return (ssize_t)used;
        used += (size_t)got;
    }
    return diag_error(request->diag, origin, 0,
                      "a profile is a file that stays as it is: make a copy of it",
                      "the profile '%s' grew while it was read", source->path);
}

int source_read(const struct source_request *request, const struct source *source,
                const struct text **text)
{
    struct text *read = arena_alloc(request->arena, sizeof(*read));
    char *buffer = arena_alloc(request->arena, (size_t)source->file.size + 1);
    if (!read || !buffer)
        return diag_memory(request->diag);
    ssize_t length = read_all(request, source, buffer);
    if (length < 0)
        return -1;
    size_t skip = length >= 3 && memcmp(buffer, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* a BOM */
    *read = (struct text){.next = request->diag->texts->first,
                          .file = source->path,
                          .line = 1,
                          .start = buffer + skip,
                          .length = (size_t)length - skip};
    request->diag->texts->first = read;
    *text = read;
    return 0;
}
