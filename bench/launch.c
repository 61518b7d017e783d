/* SPDX-License-Identifier: MIT
 *
 * launch.c - what a launch costs, beside other launchers of the same machine.
 *
 *     bench/launch SANDBOX STAMP [ROUNDS]
 *
 * Each round starts STAMP once through every launcher, one after the other, so that the noise of
 * the machine falls on all alike. Two times are taken: from before the launcher's own exec to the
 * program's first instruction, and to the launcher's end. Medians, 99th percentiles, and the ratio
 * to plain vfork+exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGS_MAX = 80, LAUNCHERS_MAX = 12 };

struct launcher {
    const char *name;
    const char *argv[ARGS_MAX];
    size_t argc;
    double *start_us, *total_us;
    unsigned failures;
};

struct bench {
    struct launcher launchers[LAUNCHERS_MAX];
    size_t count, rounds;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void add(struct launcher *launcher, const char *word)
{
    if (launcher->argc + 1 < ARGS_MAX)
        launcher->argv[launcher->argc++] = word;
}

static void add_words(struct launcher *launcher, const char *const *words)
{
    for (; *words; words++)
        add(launcher, *words);
}

static struct launcher *new_launcher(struct bench *bench, const char *name)
{
    struct launcher *launcher = &bench->launchers[bench->count++];
    launcher->name = name;
    launcher->start_us = calloc(bench->rounds, sizeof(double));
    launcher->total_us = calloc(bench->rounds, sizeof(double));
    if (!launcher->start_us || !launcher->total_us)
        exit(2);
    return launcher;
}

/* The walls of profiles/judge.ini that bubblewrap can build: it gets no seccomp filter, no limits
 * and no report. */
static void add_bwrap(struct bench *bench, const char *stamp, const char *name, bool network)
{
    static const char *const walls[] = {"bwrap",
                                        "--unshare-user",
                                        "--unshare-pid",
                                        "--unshare-ipc",
                                        "--unshare-uts",
                                        "--unshare-cgroup",
                                        "--uid",
                                        "1000",
                                        "--gid",
                                        "1000",
                                        "--hostname",
                                        "sandbox",
                                        "--cap-drop",
                                        "ALL",
                                        "--die-with-parent",
                                        "--new-session",
                                        "--clearenv",
                                        "--ro-bind",
                                        "/usr",
                                        "/usr",
                                        "--proc",
                                        "/proc",
                                        "--dev",
                                        "/dev",
                                        "--tmpfs",
                                        "/tmp",
                                        "--tmpfs",
                                        "/box",
                                        NULL};
    static const char *const system[] = {"/bin",   "/sbin",   "/lib", "/lib32",
                                         "/lib64", "/libx32", NULL};
    static const char *const etc[] = {"/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime",
                                      "/etc/ssl", NULL};
    struct launcher *bwrap = new_launcher(bench, name);
    add_words(bwrap, walls);
    if (network)
        add(bwrap, "--unshare-net");
    for (const char *const *path = system; *path; path++) {
        char target[64];
        ssize_t length = readlink(*path, target, sizeof(target) - 1);
        if (length > 0) {
            target[length] = '\0';
            add(bwrap, "--symlink");
            add(bwrap, strdup(target));
            add(bwrap, *path);
        } else if (access(*path, F_OK) == 0) {
            add(bwrap, "--ro-bind");
            add(bwrap, *path);
            add(bwrap, *path);
        }
    }
    for (const char *const *path = etc; *path; path++) {
        add(bwrap, "--ro-bind-try");
        add(bwrap, *path);
        add(bwrap, *path);
    }
    const char *const rest[] = {"--ro-bind", stamp, "/box/stamp", "--chdir",
                                "/box",      "--",  "/box/stamp", NULL};
    add_words(bwrap, rest);
}

static void run_once(struct launcher *launcher, size_t round)
{
    int ends[2], status;
    int64_t stamp = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        exit(2);
    int64_t before = now_ns();
    pid_t pid = vfork();
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(126);
        execvp(launcher->argv[0], (char *const *)launcher->argv);
        _exit(127);
    }
    close(ends[1]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        exit(2);
    int64_t after = now_ns();
    if (read(ends[0], &stamp, sizeof(stamp)) != sizeof(stamp) || status != 0)
        launcher->failures++;
    close(ends[0]);
    launcher->start_us[round] = (double)(stamp - before) / 1e3;
    launcher->total_us[round] = (double)(after - before) / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_table(struct bench *bench)
{
    double base_start = 0, base_total = 0;
    printf("%zu rounds, interleaved; microseconds\n\n", bench->rounds);
    printf(
        "| launcher | to the program: median | p99 | ratio | whole run: median | p99 | ratio |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < bench->count; i++) {
        struct launcher *launcher = &bench->launchers[i];
        if (launcher->failures) {
            printf("| %s | not measured: %u of %zu runs failed | | | | | |\n", launcher->name,
                   launcher->failures, bench->rounds);
            continue;
        }
        qsort(launcher->start_us, bench->rounds, sizeof(double), compare);
        qsort(launcher->total_us, bench->rounds, sizeof(double), compare);
        double start = launcher->start_us[bench->rounds / 2];
        double total = launcher->total_us[bench->rounds / 2];
        if (i == 0) {
            base_start = start;
            base_total = total;
        }
        printf("| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %.2f |\n", launcher->name, start,
               launcher->start_us[bench->rounds * 99 / 100], start / base_start, total,
               launcher->total_us[bench->rounds * 99 / 100], total / base_total);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: launch SANDBOX STAMP [ROUNDS]\n");
        return 2;
    }
    struct bench bench = {.rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 300};
    const char *stamp = argv[2];
    if (bench.rounds == 0)
        return 2;
    add(new_launcher(&bench, "vfork + exec"), stamp);
    const char *const plain[] = {"unshare", "--user", "--map-root-user", "--mount", "--pid",
                                 "--fork",  "--ipc",  "--uts",           "--net",   "--cgroup",
                                 stamp,     NULL};
    add_words(new_launcher(&bench, "unshare, all namespaces, no root"), plain);
    add_bwrap(&bench, stamp, "bwrap, as judge.ini, no filter", true);
    const char *const judge[] = {argv[1], "--profile", "judge", "--", stamp, NULL};
    add_words(new_launcher(&bench, "sandbox, judge.ini, with filter"), judge);
    add_bwrap(&bench, stamp, "bwrap, the same, host network", false);
    const char *const host[] = {argv[1], "--profile", "judge", "--set", "network.mode=host",
                                "--",    stamp,       NULL};
    add_words(new_launcher(&bench, "sandbox, judge.ini, host network"), host);
    for (size_t round = 0; round < bench.rounds; round++)
        for (size_t i = 0; i < bench.count; i++)
            run_once(&bench.launchers[i], round);
    print_table(&bench);
    for (size_t i = 0; i < bench.count; i++)
        if (bench.launchers[i].failures)
            return 1;
    return 0;
}
