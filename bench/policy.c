/* SPDX-License-Identifier: MIT
 *
 * policy.c - what loading a profile costs.
 *
 *     bench/policy [--gate FACTOR] [ROUNDS]
 *
 * Two profiles, profiles/judge.ini and one of 2,000 lines with three levels below it, each loaded
 * as a launch does, once in a fresh process, and many times in one process. Medians and 95th
 * percentiles in microseconds. With --gate it fails where the median of a fresh process is more
 * than FACTOR times its target. The large profile is made up; nothing is measured but
 * policy_load().
 */
#include "policy/load.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 300, LINES = 2000, LEVELS = 3, LEVEL_LINES = 200 };

struct subject {
    const char *name, *path;
    double target_us;
    double *fresh_us, *warm_us;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "policy: %s\n", what);
    exit(2);
}

/* ---- the large profile ---------------------------------------------------------------------- */

/* What a list has in it, in the forms that people write. `number` makes each word another one. */
static void write_word(FILE *out, const char *key, unsigned number)
{
    static const char *const calls[] = {"read",   "write", "openat", "mmap",
                                        "@base",  "futex", "clone",  "rt_sigaction",
                                        "execve", "poll",  "pread64"};
    static const char *const capabilities[] = {"cap_chown", "net_raw", "CAP_KILL", "setuid"};
    if (strcmp(key, "ro") == 0 && number % 7 == 0)
        fprintf(out, "${HOME}/data/%u", number);
    else if (strcmp(key, "ro") == 0 && number % 11 == 0)
        fprintf(out, "\"/srv/with blanks/%u\"", number);
    else if (strcmp(key, "ro") == 0 || strcmp(key, "rw") == 0)
        fprintf(out, "?/usr/share/%s/some-library-%u", key, number);
    else if (strcmp(key, "bind") == 0)
        fprintf(out, "/srv/jobs/%u:/work/%u%s", number, number, number % 3 ? "" : ":rw");
    else if (strcmp(key, "tmpfs") == 0)
        fprintf(out, "/scratch/%u:size=%uM,inodes=1000,mode=0700", number, number % 64 + 1);
    else if (strcmp(key, "symlink") == 0)
        fprintf(out, "../lib/thing-%u.so:/opt/lib/thing-%u.so.1", number, number);
    else if (strcmp(key, "set") == 0)
        fprintf(out, "VARIABLE_%u=%s", number, number % 5 ? "some-value" : "\"${USER} and more\"");
    else if (strcmp(key, "pass") == 0)
        fprintf(out, "?LC_THING_%u", number);
    else if (strcmp(key, "keep") == 0)
        fputs(capabilities[number % 4], out);
    else if (strcmp(key, "errno") == 0)
        fprintf(out, "%s:EPERM", calls[number % 11]);
    else
        fputs(calls[number % 11], out);
}

/* A list of so many lines, one in five of them a comment or empty; the first words of it take away
 * what the profile below has added. */
static void write_list(FILE *out, const char *key, unsigned lines, unsigned first, int level)
{
    fprintf(out, "%s =\n", key);
    for (unsigned i = 1; i < lines; i++) {
        if (i % 10 == 0) {
            fprintf(out, "\n");
        } else if (i % 5 == 0) {
            fprintf(out, "    ; why the words below are here, in a sentence of common length\n");
        } else if (level < LEVELS && i < 4 && strcmp(key, "set") == 0) {
            fputs("    !", out);
            write_word(out, key, first - 1000 + 5 + i);
            fputs("\n", out);
        } else {
            fputs("    ", out);
            write_word(out, key, first + i);
            fputs(i % 3 ? "\n" : " ; a comment behind it\n", out);
        }
    }
}

/* One profile of `lines` lines. Level 0 extends level 1, and so on. */
static void write_profile(const char *path, int level, unsigned lines)
{
    static const struct {
        const char *section, *key;
        unsigned percent;
    } lists[] = {{"files", "ro", 25},        {"files", "rw", 5},        {"files", "bind", 12},
                 {"files", "tmpfs", 3},      {"files", "symlink", 8},   {"environment", "set", 20},
                 {"environment", "pass", 5}, {"syscalls", "allow", 12}, {"syscalls", "errno", 5},
                 {"capabilities", "keep", 1}};
    static const char scalars[] =
        "[limits]\ncpu_time = 1500ms\nwall_time = 6s\nmemory = 256M ; a comment\npids = 64\n"
        "output = 64M\nfile_size = 64M\nopen_files = 256\nstack = 64M\ncore = 0\n"
        "enforce = best-effort\n[identity]\nuid = 1000\ngid = 1000\nhostname = box\n"
        "[network]\nmode = none\nrefused = kill\n[root]\nbase = host\nsize = 64M\n"
        "[process]\numask = 022\nnice = 5\n";
    FILE *out = fopen(path, "we");
    const char *section = "";
    if (!out)
        die("can't write the profile");
    fprintf(out, "[profile]\ndescription = Level %d of a made-up profile\n", level);
    if (level < LEVELS)
        fprintf(out, "extends = ./level%d.ini\n", level + 1);
    fputs(scalars, out);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(section, lists[i].section) != 0)
            fprintf(out, "\n[%s]\n", lists[i].section);
        section = lists[i].section;
        write_list(out, lists[i].key, lines * lists[i].percent / 100,
                   10000U - (unsigned)level * 1000, level);
    }
    if (fclose(out) != 0)
        die("can't write the profile");
}

/* Fills up with comments, so that it is as long as is said. */
static void fill_up(const char *path, unsigned lines)
{
    FILE *file = fopen(path, "r+e");
    unsigned have = 0;
    if (!file)
        die("can't read the profile");
    for (int c; (c = fgetc(file)) != EOF;)
        have += c == '\n';
    fseek(file, 0, SEEK_END);
    for (; have < lines; have++)
        fputs("# a line that says something about the profile, and sets nothing\n", file);
    if (fclose(file) != 0)
        die("can't write the profile");
}

static void write_all(const char *folder)
{
    char path[256];
    for (int level = 0; level <= LEVELS; level++) {
        unsigned lines = level ? LEVEL_LINES : LINES;
        snprintf(path, sizeof(path), "%s/level%d.ini", folder, level);
        write_profile(path, level, lines - 50);
        fill_up(path, lines);
    }
}

static void remove_all(const char *folder)
{
    char path[256];
    for (int level = 0; level <= LEVELS; level++) {
        snprintf(path, sizeof(path), "%s/level%d.ini", folder, level);
        unlink(path);
    }
    rmdir(folder);
}

/* ---- measuring ------------------------------------------------------------------------------ */

static double load_once(const char *path)
{
    struct sbx_error error;
    struct sbx_policy *policy;
    int64_t before = now_ns();
    if (policy_load(path, NULL, 0, &policy, &error) != 0) {
        fprintf(stderr, "%s:%u:%u: %s\n", error.origin.file, error.origin.line, error.origin.column,
                error.text);
        return -1;
    }
    double taken = (double)(now_ns() - before) / 1e3;
    policy_free(policy);
    return taken;
}

/* In a process that has loaded nothing yet. */
static double load_fresh(const char *path)
{
    int ends[2], status;
    double taken = -1;
    if (pipe(ends) != 0)
        die("can't make a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        taken = load_once(path);
        _exit(write(ends[1], &taken, sizeof(taken)) == sizeof(taken) ? 0 : 1);
    }
    close(ends[1]);
    if (pid < 0 || read(ends[0], &taken, sizeof(taken)) != sizeof(taken) ||
        waitpid(pid, &status, 0) != pid)
        die("a process failed");
    close(ends[0]);
    return taken;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Interleaved, so that the noise of the machine falls on all alike. All fresh ones come first:
 * later, each child would inherit a warm heap. Returns 0, or -1 where one did not load. */
static int measure(struct subject *subjects, size_t count, size_t rounds)
{
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            if ((subjects[i].fresh_us[round] = load_fresh(subjects[i].path)) < 0)
                return -1;
    for (size_t i = 0; i < count; i++)
        load_once(subjects[i].path);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            subjects[i].warm_us[round] = load_once(subjects[i].path);
    return 0;
}

static int print_table(struct subject *subjects, size_t count, size_t rounds, double gate)
{
    int result = 0;
    printf("%zu rounds; microseconds\n\n", rounds);
    printf("| profile | target | fresh process: median | p95 | warm: median | p95 |\n");
    printf("|---|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < count; i++) {
        struct subject *subject = &subjects[i];
        qsort(subject->fresh_us, rounds, sizeof(double), compare);
        qsort(subject->warm_us, rounds, sizeof(double), compare);
        double median = subject->fresh_us[rounds / 2];
        printf("| %s | %.0f | %.0f | %.0f | %.0f | %.0f |\n", subject->name, subject->target_us,
               median, subject->fresh_us[rounds * 95 / 100], subject->warm_us[rounds / 2],
               subject->warm_us[rounds * 95 / 100]);
        if (gate > 0 && median > gate * subject->target_us)
            result = 1;
    }
    if (result)
        printf("\nmore than %.1f times the target\n", gate);
    return result;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/sandbox-bench-XXXXXX", large[64];
    double gate = 0;
    size_t rounds = ROUNDS;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--gate") == 0 && i + 1 < argc)
            gate = strtod(argv[++i], NULL);
        else
            rounds = strtoul(argv[i], NULL, 10);
    }
    if (rounds == 0)
        die("usage: policy [--gate FACTOR] [ROUNDS]");
    setenv("HOME", "/home/somebody", 0);
    setenv("USER", "somebody", 0);
    if (!mkdtemp(folder))
        die("can't make a folder");
    snprintf(large, sizeof(large), "%s/level0.ini", folder);
    write_all(folder);
    struct subject subjects[] = {
        {.name = "judge.ini", .path = SANDBOX_PROFILES "/judge.ini", .target_us = 150},
        {.name = "2,000 lines, three levels of extends", .path = large, .target_us = 2000}};
    const size_t count = sizeof(subjects) / sizeof(subjects[0]);
    for (size_t i = 0; i < count; i++) {
        subjects[i].fresh_us = calloc(rounds, sizeof(double));
        subjects[i].warm_us = calloc(rounds, sizeof(double));
        if (!subjects[i].fresh_us || !subjects[i].warm_us)
            die("out of memory");
    }
    int result = measure(subjects, count, rounds) != 0 ? 2 : 0;
    remove_all(folder);
    if (result == 0)
        result = print_table(subjects, count, rounds, gate);
    for (size_t i = 0; i < count; i++) {
        free(subjects[i].fresh_us);
        free(subjects[i].warm_us);
    }
    return result;
}
