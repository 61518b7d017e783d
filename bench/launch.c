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
#include "race.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The walls of profiles/judge.ini that bubblewrap can build: it gets no seccomp filter, no limits
 * and no report. */
static void add_bwrap(struct race *race, const char *stamp, const char *name, bool network)
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
    struct launcher *bwrap = race_add(race, name);
    race_words(bwrap, walls);
    if (network)
        race_word(bwrap, "--unshare-net");
    for (const char *const *path = system; *path; path++) {
        char target[64];
        ssize_t length = readlink(*path, target, sizeof(target) - 1);
        if (length > 0) {
            target[length] = '\0';
            race_word(bwrap, "--symlink");
            race_word(bwrap, strdup(target));
            race_word(bwrap, *path);
        } else if (access(*path, F_OK) == 0) {
            race_word(bwrap, "--ro-bind");
            race_word(bwrap, *path);
            race_word(bwrap, *path);
        }
    }
    for (const char *const *path = etc; *path; path++) {
        race_word(bwrap, "--ro-bind-try");
        race_word(bwrap, *path);
        race_word(bwrap, *path);
    }
    const char *const rest[] = {"--ro-bind", stamp, "/box/stamp", "--chdir",
                                "/box",      "--",  "/box/stamp", NULL};
    race_words(bwrap, rest);
}

static void print_table(struct race *race)
{
    double base_start = 0, base_total = 0;
    printf("%zu rounds, interleaved; microseconds\n\n", race->rounds);
    printf(
        "| launcher | to the program: median | p99 | ratio | whole run: median | p99 | ratio |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < race->count; i++) {
        struct launcher *launcher = &race->launchers[i];
        if (launcher->failures) {
            printf("| %s | not measured: %zu of %zu runs failed | | | | | |\n", launcher->name,
                   launcher->failures, launcher->runs);
            continue;
        }
        double start = race_percentile(launcher, launcher->start_us, 50);
        double total = race_percentile(launcher, launcher->total_us, 50);
        if (i == 0) {
            base_start = start;
            base_total = total;
        }
        printf("| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %.2f |\n", launcher->name, start,
               race_percentile(launcher, launcher->start_us, 99), start / base_start, total,
               race_percentile(launcher, launcher->total_us, 99), total / base_total);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: launch SANDBOX STAMP [ROUNDS]\n");
        return 2;
    }
    struct race race = {.rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 300};
    const char *stamp = argv[2];
    if (race.rounds == 0)
        return 2;
    race_word(race_add(&race, "vfork + exec"), stamp);
    const char *const plain[] = {"unshare", "--user", "--map-root-user", "--mount", "--pid",
                                 "--fork",  "--ipc",  "--uts",           "--net",   "--cgroup",
                                 stamp,     NULL};
    race_words(race_add(&race, "unshare, all namespaces, no root"), plain);
    add_bwrap(&race, stamp, "bwrap, as judge.ini, no filter", true);
    const char *const judge[] = {argv[1], "--profile", "judge", "--", stamp, NULL};
    race_words(race_add(&race, "sandbox, judge.ini, with filter"), judge);
    add_bwrap(&race, stamp, "bwrap, the same, host network", false);
    const char *const host[] = {argv[1], "--profile", "judge", "--set", "network.mode=host",
                                "--",    stamp,       NULL};
    race_words(race_add(&race, "sandbox, judge.ini, host network"), host);
    race_run(&race);
    print_table(&race);
    for (size_t i = 0; i < race.count; i++)
        if (race.launchers[i].failures)
            return 1;
    return 0;
}
