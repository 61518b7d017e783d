/* SPDX-License-Identifier: MIT
 *
 * mounted.c - mounted PATH: what can be done with the mount at a path that has a device node "zero"
 * and a setuid copy of this program, "who". mounted: whether it got another user id by its start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell_open(const char *folder, const char *name, int flags)
{
    char path[4096];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, flags, 0600);
    printf("%s: %s\n", name, fd >= 0 ? "open" : strerror(errno));
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    char path[4096];
    struct statvfs fs;
    pid_t child;

    if (argc < 2) {
        puts(geteuid() == getuid() ? "who: nobody else" : "who: another user");
        return 0;
    }
    if (statvfs(argv[1], &fs) != 0)
        return 1;
    printf("%s%s%s\n", fs.f_flag & ST_RDONLY ? "ro" : "rw", fs.f_flag & ST_NOSUID ? " nosuid" : "",
           fs.f_flag & ST_NODEV ? " nodev" : "");
    tell_open(argv[1], "zero", O_RDONLY);
    tell_open(argv[1], "new", O_WRONLY | O_CREAT);
    fflush(stdout);
    snprintf(path, sizeof(path), "%s/who", argv[1]);
    child = fork();
    if (child == 0) {
        execl(path, path, (char *)NULL);
        printf("who: %s\n", strerror(errno));
        exit(0);
    }
    waitpid(child, NULL, 0);
    return 0;
}
