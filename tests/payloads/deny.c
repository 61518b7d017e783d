/* SPDX-License-Identifier: MIT
 *
 * deny.c - makes system calls that a profile denies, in all the ways that could confuse whoever
 * answers them. `deny WAY [ARG]`; what got through is printed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* With a path, and on every architecture. */
static int cut(const char *path)
{
    return truncate(path, 0);
}

static void forbidden(void)
{
    long result = ptrace(PTRACE_TRACEME, 0, 0, 0);

    printf("ptrace %ld\n", result);
    fflush(stdout);
}

static void *forbidden_thread(void *unused)
{
    (void)unused;
    forbidden();
    return NULL;
}

/* ---- who makes the call --------------------------------------------------------------------- */

static void in_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, forbidden_thread, NULL);
    pthread_join(thread, NULL);
}

static void tell_child(pid_t child)
{
    int status = 0;

    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        printf("child: signal %d\n", WTERMSIG(status));
    else
        printf("child: exit %d\n", WEXITSTATUS(status));
}

/* The parent sleeps until the child is dead. */
static void in_vfork(void)
{
    pid_t child = vfork();

    if (child == 0) {
        syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
        _exit(7);
    }
    tell_child(child);
}

static void in_fork(void)
{
    pid_t child = fork();

    if (child == 0) {
        forbidden();
        _exit(7);
    }
    tell_child(child);
}

/* ---- who would rather live ------------------------------------------------------------------ */

static void on_sigsys(int number)
{
    (void)number;
    puts("handled");
    fflush(stdout);
}

static void with_handler(void)
{
    signal(SIGSYS, on_sigsys);
    forbidden();
}

static void ignoring(void)
{
    signal(SIGSYS, SIG_IGN);
    forbidden();
}

static void blocking(void)
{
    sigset_t set;

    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    forbidden();
}

static void *make_handlers(void *unused)
{
    (void)unused;
    for (;;) {
        signal(SIGSYS, on_sigsys);
        signal(SIGSYS, SIG_DFL);
    }
    return NULL;
}

/* What is looked at is not what is there a moment later. */
static void changing_handlers(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, make_handlers, NULL);
    usleep(1000);
    for (;;)
        forbidden();
}

/* ---- the memory behind a call --------------------------------------------------------------- */

enum { PAGE = 4096 };

static char *map(size_t pages)
{
    char *memory =
        mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

static void call_with(const char *path)
{
    int result = cut(path);

    printf("truncate %d %d\n", result, errno);
    fflush(stdout);
}

static void odd_paths(void)
{
    char *memory = map(3);

    if (memory == NULL)
        return;
    call_with("/etc/shadow");
    call_with("\x1b[2J\n\"),\xff");
    call_with((const char *)1);
    call_with((const char *)-PAGE);
    call_with(NULL);
    memset(memory, 'A', 3 * PAGE);
    munmap(memory + 2 * PAGE, PAGE);
    call_with(memory);                /* longer than a path may be */
    call_with(memory + 2 * PAGE - 5); /* ends with the memory */
    mprotect(memory, PAGE, PROT_NONE);
    call_with(memory + 100);
}

static char *volatile target;
static atomic_int writing = 1;

static void *rewrite(void *unused)
{
    unsigned round = 0;

    (void)unused;
    while (writing) {
        memset(target, round & 1 ? 'x' : 'y', PAGE);
        target[PAGE - 1] = round & 2 ? 'z' : '\0';
        if (++round % 64 == 0)
            madvise(target, PAGE, MADV_DONTNEED);
    }
    return NULL;
}

static void changing_path(void)
{
    pthread_t thread;
    int i, failed = 0;

    target = map(1);
    pthread_create(&thread, NULL, rewrite, NULL);
    for (i = 0; i < 2000; i++) /* each one is looked at anew: the path lies elsewhere */
        failed += cut(target + i) == -1 && errno == EACCES;
    writing = 0;
    pthread_join(thread, NULL);
    printf("failed %d\n", failed);
}

/* ---- many ----------------------------------------------------------------------------------- */

static void times(long count)
{
    long i, failed = 0;

    for (i = 0; i < count; i++)
        failed += cut("/x") == -1 && errno == EACCES;
    printf("failed %ld\n", failed);
}

static void on_alarm(int number)
{
    (void)number;
}

/* Signals that kill nobody come while a call waits for its answer. */
static void with_signals(long count)
{
    const struct itimerval often = {{0, 200}, {0, 200}};
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_alarm;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    times(count);
}

static void *flood_thread(void *unused)
{
    (void)unused;
    for (;;)
        cut("/x");
    return NULL;
}

static void flood(int threads)
{
    pthread_t thread;
    int i;

    for (i = 1; i < threads; i++)
        if (pthread_create(&thread, NULL, flood_thread, NULL) != 0)
            printf("thread %d failed\n", i);
    puts("flooding");
    fflush(stdout);
    flood_thread(NULL);
}

/* Threads make calls, and the process ends in the midst of them. */
static void leave(void)
{
    pthread_t thread;
    int i;

    for (i = 0; i < 8; i++)
        pthread_create(&thread, NULL, flood_thread, NULL);
    usleep(5000);
    _exit(9);
}

/* A thread makes calls while another one replaces the program. */
static void replace(char *self)
{
    char *argv[] = {self, "times", "10", NULL};
    pthread_t thread;
    int i;

    for (i = 0; i < 4; i++)
        pthread_create(&thread, NULL, flood_thread, NULL);
    usleep(5000);
    execv("/proc/self/exe", argv);
}

/* Each call differs from all before it. */
static void varied(int count)
{
    char path[32];
    int i;

    for (i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "/%d", i);
        syscall(SYS_unlinkat, i, path, 0);
    }
    forbidden();
}

static void logged(int count)
{
    int i, right = 0;

    for (i = 0; i < count; i++)
        right += syscall(SYS_getppid) == 1;
    printf("right %d\n", right);
}

/* Nobody answers any more. */
static void until_lost(void)
{
    puts("waiting");
    fflush(stdout);
    while (cut("/x") == -1 && errno == EACCES)
        usleep(1000);
    printf("lost %d\n", errno == ENOSYS);
}

/* socket(AF_INET, SOCK_STREAM, 0) of i386, where 359 is another call than natively; then
 * personality(0) and getuid32(), which is 199. */
static void of_i386(void)
{
#ifdef __x86_64__
    static const int calls[] = {136, 199, 359};
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        int result;
        __asm__ volatile("int $0x80"
                         : "=a"(result)
                         : "a"(calls[i]), "b"(calls[i] == 359 ? AF_INET : 0), "c"(SOCK_STREAM),
                           "d"(0)
                         : "memory", "r8", "r9", "r10", "r11");
        printf("%d: %d\n", calls[i], result < 0 ? result : 0);
        fflush(stdout);
    }
#endif
}

/* A filter of its own that fails the call: the stronger answer, unless the kernel kills. */
static void filtering(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

    printf("filter %ld\n", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    fflush(stdout);
    forbidden();
}

/* All processes that can be had are there, and wait. */
static void crowd(void)
{
    pid_t pid;

    while ((pid = fork()) > 0)
        continue;
    if (pid == 0)
        for (;;)
            pause();
    forbidden();
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    const int number = argc > 2 ? atoi(argv[2]) : 0;
    static const struct {
        const char *way;
        void (*run)(void);
    } ways[] = {
        {"call", forbidden},       {"thread", in_thread},
        {"vfork", in_vfork},       {"fork", in_fork},
        {"handler", with_handler}, {"ignore", ignoring},
        {"block", blocking},       {"handlers", changing_handlers},
        {"paths", odd_paths},      {"changing", changing_path},
        {"leave", leave},          {"lost", until_lost},
        {"i386", of_i386},         {"crowd", crowd},
        {"filter", filtering},
    };
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
        if (strcmp(way, ways[i].way) == 0)
            ways[i].run();
    if (strcmp(way, "times") == 0)
        times(number);
    if (strcmp(way, "signals") == 0)
        with_signals(number);
    if (strcmp(way, "flood") == 0)
        flood(number);
    if (strcmp(way, "replace") == 0)
        replace(argv[0]);
    if (strcmp(way, "varied") == 0)
        varied(number);
    if (strcmp(way, "logged") == 0)
        logged(number);
    if (strcmp(way, "socket") == 0)
        printf("socket %d\n", socket(AF_INET, SOCK_STREAM, 0));
    puts("end");
    return 0;
}
