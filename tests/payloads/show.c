/* SPDX-License-Identifier: MIT
 *
 * show.c - says in what surroundings it runs, one "key value" a line: show [ARG]...
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static void show_fds(void)
{
    int fd;

    printf("fds");
    for (fd = 0; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            printf(" %d", fd);
    }
    printf("\n");
}

static void show_folder(const char *name)
{
    struct dirent *entry;
    DIR *folder = opendir(name);

    printf("folder");
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.')
            printf(" %s", entry->d_name);
    }
    printf("\n");
    if (folder != NULL)
        closedir(folder);
}

/* The lines of /proc/self/status that a test asks for. */
static void show_status(void)
{
    static const char *const keys[] = {"CapInh:",     "CapPrm:",  "CapEff:", "CapBnd:", "CapAmb:",
                                       "NoNewPrivs:", "Seccomp:", "Groups:", "SigBlk:", "SigIgn:"};
    char line[1024];
    size_t i;
    FILE *file = fopen("/proc/self/status", "r");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
            if (strncmp(line, keys[i], strlen(keys[i])) == 0)
                printf("%s", line);
        }
    }
    if (file != NULL)
        fclose(file);
}

int main(int argc, char **argv, char **environment)
{
    struct utsname names;
    char cwd[4096];
    size_t bytes = 0, variables = 0;
    int i;

    show_fds();
    for (i = 1; i < argc; i++)
        bytes += strlen(argv[i]);
    for (; environment[variables] != NULL; variables++)
        printf("env %s\n", environment[variables]);
    printf("variables %zu\n", variables);
    printf("arguments %d bytes %zu\n", argc - 1, bytes);
    printf("cwd %s\n", getcwd(cwd, sizeof(cwd)) != NULL ? cwd : "?");
    printf("pid %d sid-own %d\n", (int)getpid(), getsid(0) == getpid());
    printf("uid %d gid %d\n", (int)getuid(), (int)getgid());
    printf("umask %03o\n", (unsigned)umask(0));
    printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
    printf("hostname %s\n", uname(&names) == 0 ? names.nodename : "?");
    show_folder(".");
    show_status();
    return 0;
}
