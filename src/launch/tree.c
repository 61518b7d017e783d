/* SPDX-License-Identifier: MIT
 *
 * tree.c - what all processes of a running sandbox use together.
 *
 * Sources: proc(5) (children, stat, statm, status, smaps_rollup), clock_getcpuclockid(3).
 */
#include "launch/tree.h"
#include "base/fd.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The pids that are found and not yet looked at, and those that are done. */
struct walk {
    pid_t *pids;
    size_t count, done, room;
    bool failed; /* memory has run out */
};

static void add_pid(struct walk *walk, pid_t pid)
{
    if (walk->count == walk->room) {
        size_t room = walk->room ? 2 * walk->room : 128;
        pid_t *pids = realloc(walk->pids, room * sizeof(*pids));
        if (!pids) {
            walk->failed = true;
            return;
        }
        walk->pids = pids;
        walk->room = room;
    }
    walk->pids[walk->count++] = pid;
}

static int open_proc(pid_t pid, const char *name)
{
    char path[80];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Reads the start of a small file of /proc/PID; returns its length, or -1. text is terminated. */
static ssize_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    autofd fd = open_proc(pid, name);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    return got;
}

/* Adds the children that one thread of `pid` has forked: numbers with a blank behind each. One read
 * gives a page at the most, and may end within a number. */
static void add_children(struct walk *walk, pid_t pid, const char *task)
{
    char name[40], text[4096];
    pid_t child = 0;
    ssize_t got;
    snprintf(name, sizeof(name), "task/%s/children", task);
    autofd fd = open_proc(pid, name);
    if (fd < 0)
        return;
    while ((got = read(fd, text, sizeof(text))) > 0)
        for (ssize_t i = 0; i < got; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                child = 10 * child + (text[i] - '0');
            } else if (child) {
                add_pid(walk, child);
                child = 0;
            }
        }
}

/* Adds the children of all threads of `pid`; returns how many threads it has. */
static unsigned add_family(struct walk *walk, pid_t pid)
{
    char path[40];
    unsigned tasks = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    errno = 0;
    DIR *folder = opendir(path);
    if (!folder) {
        walk->failed = walk->failed || errno == ENOMEM || errno == EMFILE || errno == ENFILE;
        return 0;
    }
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

/* cutime and cstime, fields 16 and 17, rounded down to ticks each; the command in field 2 may hold
 * anything, so count from its last ')'. Whoever has waited for a child has its page faults in field
 * 11 or 13, even where the child's time was less than a tick. */
static void add_waited(struct tree_usage *usage, pid_t pid)
{
    char text[1024];
    unsigned long minor, major, user, sys;
    const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
    if (read_proc(pid, "stat", text, sizeof(text)) <= 0)
        return;
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %lu %*u %lu %*u %*u %lu %lu",
                        &minor, &major, &user, &sys) != 4)
        return;
    usage->live_cpu_ns += (user + sys) * tick;
    if (minor || major || user || sys)
        usage->rounding_ns += 2 * tick;
}

struct pages {
    uint64_t size, resident, shared; /* bytes */
};

static struct pages pages_of(pid_t pid)
{
    char text[128];
    unsigned long size, resident, shared;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    if (read_proc(pid, "statm", text, sizeof(text)) <= 0 ||
        sscanf(text, "%lu %lu %lu", &size, &resident, &shared) != 3)
        return (struct pages){0, 0, 0};
    return (struct pages){size * page, resident * page, shared * page};
}

/* The number behind a label of status or smaps_rollup, in bytes; `missing` where there is none. */
static uint64_t labelled_bytes(const char *text, const char *label, uint64_t missing)
{
    unsigned long kib;
    const char *line = strstr(text, label);
    return line && sscanf(line + strlen(label), " %lu kB", &kib) == 1 ? (uint64_t)kib * 1024
                                                                      : missing;
}

/* A page table maps 512 pages, so only a vast address space can have many of them without having
 * the pages themselves. */
static uint64_t page_table_bytes(pid_t pid, uint64_t size)
{
    char text[4096];
    if (size < UINT64_C(16) << 30 || read_proc(pid, "status", text, sizeof(text)) <= 0)
        return 0;
    return labelled_bytes(text, "\nVmPTE:", 0);
}

bool tree_measure(pid_t init, struct tree_usage *usage)
{
    struct walk walk = {.pids = NULL};
    *usage = (struct tree_usage){0};
    add_family(&walk, init);
    while (walk.done < walk.count) {
        pid_t pid = walk.pids[walk.done++];
        add_waited(usage, pid);
        usage->live_cpu_ns += own_cpu_ns(pid);
        struct pages pages = pages_of(pid);
        usage->rss_bytes += pages.resident;
        usage->page_table_bytes += page_table_bytes(pid, pages.size);
        usage->tasks += add_family(&walk, pid);
    }
    free(walk.pids);
    return !walk.failed;
}

static uint64_t proportional_bytes(pid_t pid)
{
    char text[2048];
    struct pages pages = pages_of(pid);
    uint64_t unshared = pages.resident > pages.shared ? pages.resident - pages.shared : 0;
    if (read_proc(pid, "smaps_rollup", text, sizeof(text)) <= 0)
        return unshared;
    return labelled_bytes(text, "\nPss:", unshared);
}

uint64_t tree_proportional_bytes(pid_t init)
{
    struct walk walk = {.pids = NULL};
    uint64_t total = 0;
    add_family(&walk, init);
    while (walk.done < walk.count) {
        pid_t pid = walk.pids[walk.done++];
        total += proportional_bytes(pid);
        add_family(&walk, pid);
    }
    free(walk.pids);
    return total;
}
