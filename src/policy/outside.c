/* SPDX-License-Identifier: MIT
 *
 * outside.c - this machine: its files, and the environment of the process.
 */
#include "policy/outside.h"
#include "base/fd.h"
#include "policy/search.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int machine_open(void *context, const char *path, struct outside_file *file)
{
    struct stat status;
    (void)context;
    /* O_NONBLOCK: a FIFO must not make us wait before we see that it is one. */
    autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status) != 0)
        return -1;
    *file = (struct outside_file){.fd = take_fd(&fd),
                                  .mode = status.st_mode,
                                  .device = status.st_dev,
                                  .inode = status.st_ino,
                                  .size = (uint64_t)status.st_size};
    return 0;
}

static ssize_t machine_read(void *context, const struct outside_file *file, void *buffer,
                            size_t size)
{
    ssize_t got;
    (void)context;
    do
        got = read(file->fd, buffer, size);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool machine_closed(void *context, const char *directory)
{
    (void)context;
    return faccessat(AT_FDCWD, directory, X_OK, AT_EACCESS) != 0 && errno == EACCES;
}

static const char *machine_variable(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

static const char *machine_directory(void *context, struct arena *arena, const char *path)
{
    char real[PATH_MAX];
    (void)context;
    return realpath(path, real) ? arena_strdup(arena, real) : NULL;
}

static const char *machine_program(void *context, struct arena *arena)
{
    char path[PATH_MAX];
    (void)context;
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    return search_prefix_of(arena, path);
}

static void machine_names(void *context, const char *directory, struct suggest *suggest)
{
    (void)context;
    DIR *stream = opendir(*directory ? directory : ".");
    struct dirent *entry;
    if (!stream)
        return;
    while ((entry = readdir(stream)) != NULL) {
        size_t stem = search_stem(entry->d_name);
        if (!stem)
            continue;
        entry->d_name[stem] = '\0';
        suggest_offer(suggest, entry->d_name);
    }
    closedir(stream);
}

const struct outside outside_machine = {
    .open = machine_open,
    .read = machine_read,
    .closed = machine_closed,
    .variable = machine_variable,
    .directory = machine_directory,
    .program = machine_program,
    .names = machine_names,
};
