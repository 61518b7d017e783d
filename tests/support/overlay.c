/* SPDX-License-Identifier: MIT
 *
 * overlay.c - a user namespace in which a test may mount, and trees as text.
 */
#include "support/overlay.h"

#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static int write_file(const char *path, const char *text)
{
    autofd fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = (ssize_t)strlen(text);

    return fd >= 0 && write(fd, text, (size_t)length) == length ? 0 : -1;
}

static int enter(void)
{
    unsigned uid = geteuid(), gid = getegid();
    char uids[64], gids[64];

    snprintf(uids, sizeof(uids), "0 %u 1\n", uid);
    snprintf(gids, sizeof(gids), "0 %u 1\n", gid);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || write_file("/proc/self/uid_map", uids) != 0 ||
        write_file("/proc/self/setgroups", "deny") != 0 ||
        write_file("/proc/self/gid_map", gids) != 0)
        return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int in_namespace(int (*body)(const void *data), const void *data)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        if (enter() != 0) {
            perror("no namespace in which to mount");
            _exit(255);
        }
        status = body(data);
        fflush(NULL);
        _exit(status);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

int overlay_mount(const char *lowers, const char *upper, const char *work, const char *target)
{
    char options[4096];

    if (upper)
        snprintf(options, sizeof(options), "userxattr,lowerdir=%s,upperdir=%s,workdir=%s", lowers,
                 upper, work);
    else
        snprintf(options, sizeof(options), "userxattr,lowerdir=%s", lowers);
    return mount("overlay", target, "overlay", 0, options);
}

/* ---- a tree as text ------------------------------------------------------------------------- */

/* nftw(3) gives its callback no argument. */
static char **lines;
static size_t line_count, line_room, prefix;

/* FNV-1a; 0 of a file that is all hole but for some blocks, and takes too long. */
static unsigned long long sum_of(const char *path, const struct stat *status)
{
    unsigned long long sum = 14695981039346656037ULL;
    unsigned char buffer[65536];
    autofd fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (status->st_size > 1 << 26)
        return 0;
    while (fd >= 0 && (length = read(fd, buffer, sizeof(buffer))) > 0)
        for (ssize_t i = 0; i < length; i++)
            sum = (sum ^ buffer[i]) * 1099511628211ULL;
    return sum;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The user attributes that are a program's own, sorted. */
static void print_attributes(FILE *out, const char *path)
{
    char names[4096], *sorted[64];
    size_t count = 0;
    ssize_t length = llistxattr(path, names, sizeof(names));

    for (char *name = names; length > 0 && name < names + length && count < 64;
         name += strlen(name) + 1)
        if (strncmp(name, "user.", 5) == 0 && strncmp(name, "user.overlay.", 13) != 0)
            sorted[count++] = name;
    qsort(sorted, count, sizeof(*sorted), by_text);
    for (size_t i = 0; i < count; i++) {
        char value[1024];
        ssize_t size = lgetxattr(path, sorted[i], value, sizeof(value));

        fprintf(out, " %s=%.*s", sorted[i], size > 0 ? (int)size : 0, value);
    }
}

static int print_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    char *text, link[4096] = "";
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)type;
    if (!out)
        return -1;
    fprintf(out, "%s %06o", path + prefix, status->st_mode);
    if (where->level > 0)
        fprintf(out, " %lld.%09ld", (long long)status->st_mtim.tv_sec, status->st_mtim.tv_nsec);
    if (!S_ISDIR(status->st_mode))
        fprintf(out, " %lu names", (unsigned long)status->st_nlink);
    if (S_ISREG(status->st_mode))
        fprintf(out, " %lld %016llx", (long long)status->st_size, sum_of(path, status));
    if (S_ISLNK(status->st_mode) && readlink(path, link, sizeof(link) - 1) >= 0)
        fprintf(out, " -> %s", link);
    print_attributes(out, path);
    fclose(out);
    if (line_count == line_room) {
        line_room = line_room ? 2 * line_room : 64;
        lines = reallocarray(lines, line_room, sizeof(*lines));
    }
    if (!lines)
        return -1;
    lines[line_count++] = text;
    return 0;
}

int tree_print(const char *tree, const char *file)
{
    FILE *out = fopen(file, "we");
    int status;

    prefix = strlen(tree);
    line_count = 0;
    status = out ? nftw(tree, print_one, 16, FTW_PHYS) : -1;
    if (line_count)
        qsort(lines, line_count, sizeof(*lines), by_text);
    for (size_t i = 0; i < line_count; i++) {
        if (out)
            fprintf(out, "%s\n", lines[i]);
        free(lines[i]);
    }
    line_count = 0;
    return out && fclose(out) == 0 && status == 0 ? 0 : -1;
}

bool tree_prints_equal(const char *a, const char *b)
{
    char left[8192], right[8192];
    FILE *first = fopen(a, "re"), *second = fopen(b, "re");
    bool equal = first && second;

    while (equal) {
        const char *one = fgets(left, sizeof(left), first);
        const char *two = fgets(right, sizeof(right), second);

        if (!one && !two)
            break;
        equal = one && two && strcmp(left, right) == 0;
        if (!equal)
            fprintf(stderr, "%s: %s%s: %s", a, one ? left : "(end)\n", b, two ? right : "(end)\n");
    }
    if (first)
        fclose(first);
    if (second)
        fclose(second);
    return equal;
}
