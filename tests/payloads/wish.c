/* SPDX-License-Identifier: MIT
 *
 * wish.c - `wish HOW WHAT...` wants one thing, and says by its exit status whether it got it: 0, or
 * 3 where it did not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { THREADS = 8, TIMES = 500 };

static int done(int result)
{
    if (result >= 0)
        return 0;
    printf("%s\n", strerror(errno));
    return 3;
}

static int connect_inet(const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    inet_pton(AF_INET, host, &address.sin_addr);
    return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

static void *stat_often(void *path)
{
    struct stat st;
    int i;

    for (i = 0; i < TIMES; i++)
        stat(path, &st);
    return NULL;
}

static int in_threads(char *path)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, stat_often, path) != 0)
            return -1;
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

static char shared[4200];

/* Changes the path under the eyes of whoever reads it. */
static void *scribble(void *path)
{
    unsigned round;

    for (round = 0; round < 2000000; round++) {
        memset(shared, round % 2 ? 27 : 'A', round % sizeof(shared));
        snprintf(shared, sizeof(shared), "%s", (const char *)path);
    }
    return NULL;
}

static int while_it_changes(char *path)
{
    pthread_t thread;
    struct stat st;
    int i;

    if (pthread_create(&thread, NULL, scribble, path) != 0)
        return -1;
    for (i = 0; i < 3000; i++)
        stat(shared, &st);
    return 0;
}

static int often(const char *path, int times)
{
    struct stat st;
    int i;

    for (i = 0; i < times; i++)
        if (stat(path, &st) == 0)
            return -1;
    return 0;
}

static int many(const char *directory, int times)
{
    char path[4096];
    int i;

    for (i = 0; i < times; i++) {
        snprintf(path, sizeof(path), "%s/%d", directory, i);
        mkdir(path, 0700);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *how = argc > 2 ? argv[1] : "";
    char *what = argc > 2 ? argv[2] : NULL;
    char *const words[] = {what, NULL}, *const none[] = {NULL};

    if (strcmp(how, "read") == 0)
        return done(open(what, O_RDONLY | O_CLOEXEC));
    if (strcmp(how, "write") == 0)
        return done(open(what, O_WRONLY | O_CLOEXEC));
    if (strcmp(how, "both") == 0)
        return done(open(what, O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (strcmp(how, "make") == 0)
        return done(open(what, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (strcmp(how, "remove") == 0)
        return done(unlink(what));
    if (strcmp(how, "enter") == 0)
        return done(chdir(what) == 0 ? open("here", O_RDONLY | O_CLOEXEC) : -1);
    if (strcmp(how, "unix") == 0)
        return done(connect_unix(what));
    if (strcmp(how, "inet") == 0 && argc > 3)
        return done(connect_inet(what, argv[3]));
    if (strcmp(how, "threads") == 0)
        return done(in_threads(what));
    if (strcmp(how, "change") == 0)
        return done(while_it_changes(what));
    if (strcmp(how, "often") == 0 && argc > 3)
        return done(often(what, atoi(argv[3])));
    if (strcmp(how, "many") == 0 && argc > 3)
        return done(many(what, atoi(argv[3])));
    if (strcmp(how, "exec") == 0)
        return done(execve(what, words, none));
    return 4;
}
