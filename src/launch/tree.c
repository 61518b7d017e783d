/* SPDX-License-Identifier: MIT
 *
 * tree.c - what all processes of a running sandbox use together.
 *
 * Sources: proc(5) (children, stat, statm, smaps_rollup), clock_getcpuclockid(3).
 */
#include "launch/tree.h"
#include "base/fd.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PIDS_MAX = 4096 };

struct walk {
    unsigned count, done;
    pid_t pids[PIDS_MAX];
};

/* Reads a small file of /proc/PID; returns its length, or -1. text is terminated. */
static ssize_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[80];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    autofd fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    return got;
}

/* Adds the children that one thread of `pid` has forked. */
static void add_children(struct walk *walk, pid_t pid, const char *task)
{
    char path[80], text[16384];
    int child, length;
    snprintf(path, sizeof(path), "task/%s/children", task);
    if (read_proc(pid, path, text, sizeof(text)) <= 0)
        return;
    for (const char *next = text; sscanf(next, "%d%n", &child, &length) == 1; next += length)
        if (walk->count < PIDS_MAX)
            walk->pids[walk->count++] = child;
}

/* Adds the children of all threads of `pid`; returns how many threads it has. */
static unsigned add_family(struct walk *walk, pid_t pid)
{
    char path[40];
    unsigned tasks = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.') {
            tasks++;
            add_children(walk, pid, entry->d_name);
        }
    closedir(folder);
    return tasks;
}

/* The CPU clock of another process: clock_getcpuclockid(3) without its look whether it exists. */
static uint64_t own_cpu_ns(pid_t pid)
{
    struct timespec time;
    if (clock_gettime((clockid_t)((~(unsigned)pid << 3) | 2), &time) != 0)
        return 0;
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* cutime and cstime, fields 16 and 17; the command in field 2 may hold anything, so count from its
 * last ')'. */
static uint64_t waited_cpu_ns(pid_t pid)
{
    char text[1024];
    unsigned long user, sys;
    if (read_proc(pid, "stat", text, sizeof(text)) <= 0)
        return 0;
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lu %lu",
                        &user, &sys) != 2)
        return 0;
    return (uint64_t)(user + sys) * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Resident bytes, all and shared. */
static uint64_t resident_bytes(pid_t pid, uint64_t *shared)
{
    char text[128];
    unsigned long resident, common;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *shared = 0;
    if (read_proc(pid, "statm", text, sizeof(text)) <= 0 ||
        sscanf(text, "%*u %lu %lu", &resident, &common) != 2)
        return 0;
    *shared = common * page;
    return resident * page;
}

void tree_measure(pid_t init, struct tree_usage *usage)
{
    struct walk walk = {.count = 0};
    uint64_t shared;
    *usage = (struct tree_usage){0};
    add_family(&walk, init);
    while (walk.done < walk.count) {
        pid_t pid = walk.pids[walk.done++];
        usage->live_cpu_ns += waited_cpu_ns(pid);
        usage->live_cpu_ns += own_cpu_ns(pid);
        usage->rss_bytes += resident_bytes(pid, &shared);
        usage->tasks += add_family(&walk, pid);
    }
}

static uint64_t proportional_bytes(pid_t pid)
{
    char text[2048];
    unsigned long kib;
    uint64_t shared;
    if (read_proc(pid, "smaps_rollup", text, sizeof(text)) > 0) {
        const char *line = strstr(text, "\nPss:");
        if (line && sscanf(line, "\nPss: %lu kB", &kib) == 1)
            return (uint64_t)kib * 1024;
    }
    uint64_t resident = resident_bytes(pid, &shared);
    return resident > shared ? resident - shared : 0;
}

uint64_t tree_proportional_bytes(pid_t init)
{
    struct walk walk = {.count = 0};
    uint64_t total = 0;
    add_family(&walk, init);
    while (walk.done < walk.count) {
        pid_t pid = walk.pids[walk.done++];
        total += proportional_bytes(pid);
        add_family(&walk, pid);
    }
    return total;
}
